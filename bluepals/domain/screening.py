"""Marks for the reader of a letter: contact details and words of worry. A filter never approves and never rejects."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from bluepals.domain.contact_details import addresses, emails, handles, links, phones
from bluepals.domain.folding import Folded, fold, fold_as_shown, hiding_places
from bluepals.domain.lexicon import Weight, worries

Span = tuple[int, int]


class Risk(StrEnum):
    """High: self-harm, abuse, secrecy or a threat. Low: any other mark. None: nothing was found, which proves nothing."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"


class Kind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    HANDLE = "handle"
    LINK = "link"
    WORRY = "worry"


@dataclass(frozen=True, slots=True)
class Mark:
    """`start` and `end` count code points of the text as it was written."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Screening:
    """Marks in the order of the text; those of one kind never overlap, those of two kinds may."""

    marks: tuple[Mark, ...]
    risk: Risk


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a text, with the kinds of the marks that lie over it: none, one or several."""

    text: str
    kinds: tuple[Kind, ...]


# In this order: what stands inside an address of one kind is no detail of a later kind.
_DETAILS: Mapping[Kind, Callable[[Folded], Iterator[Span]]] = {
    Kind.EMAIL: emails,
    Kind.LINK: links,
    Kind.HANDLE: handles,
    Kind.ADDRESS: addresses,
    Kind.PHONE: phones,
}


def screen(text: str) -> Screening:
    found: dict[Kind, list[Span]] = {kind: [] for kind in Kind}
    found[Kind.WORRY] += hiding_places(text)
    great = False
    for folded in filter(None, (fold(text), fold_as_shown(text))):
        taken = bytearray(len(text))
        for kind, details in _DETAILS.items():
            spans = [folded.span(*span) for span in details(folded)]
            found[kind] += [(start, end) for start, end in spans if 0 in taken[start:end]]
            for start, end in spans:
                taken[start:end] = b"\1" * (end - start)
        for worry in worries(folded.text):
            found[Kind.WORRY].append(folded.span(worry.start, worry.end))
            great = great or worry.weight is Weight.GREAT
    marks = sorted(
        (Mark(kind, *span) for kind, spans in found.items() for span in _merged(spans)),
        key=lambda mark: (mark.start, mark.end, mark.kind),
    )
    return Screening(tuple(marks), Risk.HIGH if great else Risk.LOW if marks else Risk.NONE)


def pieces(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """The whole text, cut wherever a mark begins or ends."""
    marks = list(marks)
    cuts = sorted({0, len(text), *(edge for mark in marks for edge in (mark.start, mark.end))})
    return tuple(
        Piece(
            text[start:end],
            tuple(dict.fromkeys(mark.kind for mark in marks if mark.start <= start and end <= mark.end)),
        )
        for start, end in pairwise(cuts)
    )


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Those that overlap as one."""
    waiting: Span | None = None
    for start, end in sorted(spans):
        if waiting and start < waiting[1]:
            waiting = waiting[0], max(waiting[1], end)
            continue
        if waiting:
            yield waiting
        waiting = start, end
    if waiting:
        yield waiting
