"""A class's letters on paper: the code on a printed sheet, and whose the pages of a scanned stack are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

SHEET = "BP"  # how the code on a printed sheet begins


@dataclass(frozen=True, slots=True)
class SheetCode:
    """What a printed sheet says of itself to the scanner: ids, and nothing that tells who it is."""

    pairing_id: UUID
    round_number: int


class Found(StrEnum):
    """What was found on a page. Only the first says whose it is; all between it and the last two are asked about."""

    SHEET = "sheet"
    UNREADABLE = "unreadable"
    SEVERAL = "several"
    ANOTHER_ROUND = "another round"
    NOT_HERE = "not here"  # a child of another class, or whose letter can't be changed any more
    NO_CODE = "no code"
    EMPTY = "empty"

    @property
    def is_printed(self) -> bool:
        return self not in {Found.NO_CODE, Found.EMPTY}


class Put(StrEnum):
    """Where a page was put."""

    CHILD = "child"
    BEFORE = "before"  # it goes with the page before
    ASIDE = "aside"  # it is no letter


@dataclass(frozen=True, slots=True)
class Page:
    """`put`: None, while nobody has said. `child`: a pairing's id, for Put.CHILD; whose it was, when it was put elsewhere since."""

    number: int
    put: Put | None = None
    child: UUID | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Page numbers. `proposed`: children whose letter is theirs by the order of the roster only."""

    letters: Mapping[UUID, tuple[int, ...]]
    proposed: frozenset[UUID]
    asked: tuple[int, ...]
    aside: tuple[int, ...]


def found_on(
    codes: Collection[SheetCode],
    *,
    is_printed: bool,
    is_empty: bool,
    roster: Collection[UUID],
    round_number: int,
) -> Found:
    """`codes`: those that can be read. `is_printed`: there is something of a sheet on it, read or not."""
    if not codes:
        if is_printed:
            return Found.UNREADABLE
        return Found.EMPTY if is_empty else Found.NO_CODE
    if len(codes) > 1:
        return Found.SEVERAL
    (code,) = codes
    if code.pairing_id not in roster:
        return Found.NOT_HERE
    return Found.SHEET if code.round_number == round_number else Found.ANOTHER_ROUND


def laid_out(
    pages: Sequence[Page],
    *,
    roster: Collection[UUID],
    next_in_order: Sequence[UUID],
) -> Layout:
    """`roster`: for whom a letter can be handed in. `next_in_order`: who gets a page that nobody has put; empty: it is asked about."""
    told = {page.child for page in pages if page.put is Put.CHILD}
    free = iter([child for child in next_in_order if child not in told])
    letters: dict[UUID, tuple[int, ...]] = {}
    proposed, asked, aside = set[UUID](), list[int](), list[int]()
    child: UUID | None = None
    for page in pages:
        if page.put is Put.ASIDE:
            aside.append(page.number)
            continue
        if page.put is None and (child := next(free, None)):
            proposed.add(child)
        elif page.put is Put.CHILD:
            child = page.child
        if child is not None and child in roster:
            letters[child] = (*letters.get(child, ()), page.number)
        else:
            asked.append(page.number)
    return Layout(letters, frozenset(proposed), tuple(asked), tuple(aside))
