"""Words left out of a letter before it goes on: what a reader names is gone, and everything else stays as it was written."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bluepals.domain.refusals import Refused

Span = tuple[int, int]

LEFT_OUT = "[…]"

# The grid that lies over a handwritten page: a line of writing is about as high as a row.
ROWS, COLUMNS = 24, 6


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a page that is made black; all count from 1."""

    page: int
    row: int
    column: int


class RedactionRefused(Refused):
    """Nothing has been left out; the message says why and what to do."""


def spans_of(text: str, words: Iterable[str]) -> list[Span]:
    """Wherever one of these stands, as a whole and in whatever case, also across the end of a line.

    Raises RedactionRefused for words that stand nowhere.
    """
    found: list[Span] = []
    for wanted in words:
        spans = [match.span() for match in _pattern(wanted).finditer(text)] if wanted.strip() else []
        if not spans:
            raise RedactionRefused(
                "“{words}” does not stand in this letter. Write it as it is written there.",
                words=wanted.strip(),
            )
        found += spans
    return found


def _pattern(wanted: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in wanted.split()]
    begins, ends = wanted.strip()[0], wanted.strip()[-1]
    before = r"(?<!\w)" if re.match(r"\w", begins) else ""
    after = r"(?!\w)" if re.match(r"\w", ends) else ""
    return re.compile(before + r"\s+".join(parts) + after, re.IGNORECASE)


def redacted(text: str, spans: Iterable[Span]) -> str:
    """The text without these, and a sign in the place of each."""
    kept, place = [], 0
    for start, end in merged(spans):
        kept.append(text[place:start])
        place = end
    return LEFT_OUT.join([*kept, text[place:]])


def merged(spans: Iterable[Span]) -> Sequence[Span]:
    """In order; those that overlap or touch as one."""
    ordered: list[Span] = []
    for start, end in sorted(spans):
        if ordered and start <= ordered[-1][1]:
            ordered[-1] = ordered[-1][0], max(ordered[-1][1], end)
        else:
            ordered.append((start, end))
    return ordered
