"""A plain copy of a text to search in, and the way back to the text as it was written."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Letters of other scripts that pass for a Latin one. NFKC keeps them apart, a reader does not.
_LOOKALIKES = dict(
    zip(
        "авсԁеһіјкӏмнорԛгѕтυνԝхуαβεηικορτχωɡɑıłøđŋʟɪʀɴ‘’‛´`′¦∣。，",  # noqa: RUF001 - the lookalikes themselves
        "abcdehijklmhopqrstuvwxyabenikoptxwgailodnlirn''''''||.,",
        strict=True,
    )
)
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_LINE_ENDS = frozenset("\t\n\v\f\r\x85\u2028\u2029")
_RIGHT_TO_LEFT_OVERRIDE = "\u202e"
_ENDS_AN_OVERRIDE = frozenset("\u202c\u202d\n\r\u2029")
# A zero-width character joins emoji and shapes letters of other scripts; in the middle of a Latin word it only hides.
_HIDING = re.compile(
    r"[\u202d\u202e]|(?<=[A-Za-z0-9\uff10-\uff5a])[\u200b-\u200f\u2060-\u2064\u2066-\u2069\ufeff\u202a\u202b]+(?=[A-Za-z0-9\uff10-\uff5a])"
)
_WORD_REACH = 40
_WORD_CHARACTERS = re.compile(r"[^\s]{0,40}")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` in small plain letters; its n-th character stands for original[starts[n]:ends[n]]."""

    text: str
    original: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the folded text, not empty, stands in the original."""
        return min(self.starts[start], self.starts[end - 1]), max(self.ends[start], self.ends[end - 1])

    def is_capital(self, place: int) -> bool:
        return self.original[self.starts[place]].isupper()


def fold(text: str) -> Folded:
    """NFKC, small letters, no accents, no invisible characters, lookalikes as what they look like."""
    if text.isascii() and text.replace("\n", " ").isprintable():
        return Folded(text.lower(), text, range(len(text)), range(1, len(text) + 1))
    return _folded(text, range(len(text)))


def fold_as_shown(text: str) -> Folded | None:
    """The same for a text in which an override makes the letters run from right to left on the screen."""
    if _RIGHT_TO_LEFT_OVERRIDE not in text:
        return None
    return _folded(text, list(_places_as_shown(text)))


def hiding_places(text: str) -> Iterator[tuple[int, int]]:
    """Words that a hidden character cuts or turns: whoever reads the letter should know that they look different."""
    for found in _HIDING.finditer(text):
        before = text[max(0, found.start() - _WORD_REACH) : found.start()].rsplit(" ", 1)[-1]
        after = _WORD_CHARACTERS.match(text, found.end())
        yield found.start() - len(before), after.end() if after else found.end()


def _places_as_shown(text: str) -> Iterator[int]:
    turned: list[int] | None = None
    for place, character in enumerate(text):
        if turned is not None and character in _ENDS_AN_OVERRIDE:
            yield from reversed(turned)
            turned = None
        if turned is not None:
            turned.append(place)
        elif character == _RIGHT_TO_LEFT_OVERRIDE:
            turned = []
        else:
            yield place
    yield from reversed(turned or [])


def _folded(text: str, places: Sequence[int]) -> Folded:
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place in places:
        character = text[place]
        plain = _plain(character)
        if not plain and ends and ends[-1] == place and unicodedata.category(character)[0] == "M":
            ends[-1] = place + 1
        letters += plain
        starts += [place] * len(plain)
        ends += [place + 1] * len(plain)
    return Folded("".join(letters), text, starts, ends)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n" if character != "\t" else " "
    if character in _INVISIBLE_LETTERS:
        return ""
    if character in _LOOKALIKES:
        return _LOOKALIKES[character]
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
