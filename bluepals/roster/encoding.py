"""Bytes of a text file -> text, when there is one way to read them only."""

import re
import unicodedata

MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
LINE_END = re.compile(r"\r\n|\r|\n")

_UTF8_LETTER = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
# What a Windows file holds in no name and no sentence, and an old Macintosh or DOS file read as one often does: other
# signs, a capital after a small letter, an apostrophe or an opening sign inside a word.
_IMPLAUSIBLE = re.compile(
    r"[^\x00-\x7fÀ-ÔÖØ-öø-ÿŠšŽžŸª°º¿¡’]|(?<=[a-zß-ÿšž])[À-ÞŠŽŸ]|’(?![A-Z])|(?<=\w)[¿¡]"  # noqa: RUF001 - it is the sign that is meant
)
_WINDOWS_SIGNS = re.compile(r"[À-ÿ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")  # noqa: RUF001 - they are the signs that are meant


class Undecodable(ValueError):
    """The bytes are no text; `line` is the first one that can't be read."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is no text in UTF-8, UTF-16 or Windows-1252")
        self.line = line


def decode(data: bytes) -> str:
    """The text in NFC. UTF-8, UTF-16 with its mark, or Windows-1252 if that makes words. Raises Undecodable."""
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), None)
    try:
        text = data.decode(encoding or "utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as broken:
        if encoding is not None or (windows := _windows_text(data)) is None:
            before = data[: broken.start].decode(encoding or "utf-8", errors="replace")
            raise Undecodable(len(LINE_END.findall(before)) + 1) from None
        text = windows
    return unicodedata.normalize("NFC", text)


def was_misread(text: str) -> bool:
    """UTF-8 that somebody else has taken for Windows-1252, or has given up on."""
    if "\ufffd" in text:
        return True
    if not _WINDOWS_SIGNS.search(text):
        return False
    for encoding in ("cp1252", "latin-1"):
        try:
            text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False


def _windows_text(data: bytes) -> str | None:
    if _UTF8_LETTER.search(data):  # It is UTF-8 for the most part, and broken somewhere.
        return None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return None if _IMPLAUSIBLE.search(text) else text
