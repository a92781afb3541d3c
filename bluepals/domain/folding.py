"""A plain copy of a text to search in, and the way back to the text as it was written."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Letters of other scripts that pass for a Latin one. NFKC keeps them apart, a reader does not.
_LOOKALIKES = dict(
    zip(
        "авсԁеһіјкӏмнорԛгѕтυνԝхуαεηικορτχωɡıłøđŋʟɪʀɴ‘’‛´`′¦∣",
        "abcdehijklmhopqrstuvwxyaenikoptxwgilodnlirn''''''||",
        strict=True,
    )
)
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_LINE_ENDS = frozenset("\t\n\v\f\r\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` in small plain letters; its n-th character stands for original[starts[n]:ends[n]]."""

    text: str
    original: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the folded text, not empty, stands in the original."""
        return self.starts[start], self.ends[end - 1]

    def is_capital(self, place: int) -> bool:
        return self.original[self.starts[place]].isupper()


def fold(text: str) -> Folded:
    """NFKC, small letters, no accents, no invisible characters, lookalikes as what they look like."""
    if text.isascii() and text.replace("\n", " ").isprintable():
        return Folded(text.lower(), text, range(len(text)), range(1, len(text) + 1))
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(text):
        plain = _plain(character)
        if not plain and ends and unicodedata.category(character)[0] == "M":
            ends[-1] = place + 1
        for letter in plain:
            letters.append(letter)
            starts.append(place)
            ends.append(place + 1)
    return Folded("".join(letters), text, starts, ends)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n" if character != "\t" else " "
    if character in _INVISIBLE_LETTERS:
        return ""
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    return "".join(map(_plain_part, unicodedata.normalize("NFKD", decomposed)))


def _plain_part(part: str) -> str:
    category = unicodedata.category(part)
    if category in {"Cf", "Cc", "Mn", "Me", "Mc"}:
        return ""
    if category == "Zs":
        return " "
    if category == "Pd":
        return "-"
    if category == "Nd":
        return str(unicodedata.digit(part))
    return _LOOKALIKES.get(part, part)
