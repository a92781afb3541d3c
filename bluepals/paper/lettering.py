"""The letters that print: which signs the project's fonts hold, and what stands on paper for the others."""

import re
from functools import cache
from pathlib import Path

import typst

from bluepals.paper.charmap import characters_of

FOLDER = Path(__file__).parent / "fonts"
UNPRINTABLE = "▢"

# These are never drawn: joiners, selectors and marks that tell how their neighbors look.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
# These turn the order of what follows: on paper nobody could see it, so a moderator's reading order is printed.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNBROKEN = re.compile(r"\S{30}(?=\S)")
_TAB = " " * 4


@cache
def fonts() -> typst.Fonts:
    """Only the project's own, so that a pack looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])


@cache
def _covered() -> frozenset[str]:
    return frozenset().union(*map(characters_of, FOLDER.glob("*-Regular.ttf")))


def uncovered(text: str) -> frozenset[str]:
    """The characters of a text that no font here can print; line breaks and unseen joiners are none of them."""
    seen = _UNSEEN.sub("", "".join(text.splitlines())).replace("\t", "")
    return frozenset(seen) - _covered()


def printable_lines(text: str) -> list[str]:
    """The text's lines as they print: UNPRINTABLE stands for what can't be, and no word is too long for a line."""
    missing = uncovered(text)
    return [_printable(line, missing) for line in text.splitlines()]


def _printable(line: str, missing: frozenset[str]) -> str:
    drawn = "".join(UNPRINTABLE if character in missing else character for character in line)
    drawn = _REORDERING.sub("", drawn).replace("\t", _TAB)
    return _UNBROKEN.sub("\\g<0>\u200b", drawn)
