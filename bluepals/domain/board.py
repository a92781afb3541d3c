"""How far the rounds of each school are, in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SideCount:
    """One side's letters of a round, of so many that are to be written.

    Of the written ones some are read (approved or returned), of those some are released; `late`: written after their
    date; `missing`: not written, and the date is over; `stock`: reserve officers' letters that stand in.
    """

    of: int
    written: int
    read: int
    released: int
    late: int
    missing: int
    stock: int


@dataclass(frozen=True, slots=True)
class SchoolRound:
    """`opens_on` None: its dates rest."""

    school: str
    school_name: str
    number: int
    opens_on: date | None
    students: SideCount
    officers: SideCount


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A school's rounds by number; what was left out is not among them."""

    school: str
    name: str
    rounds: Mapping[int, SchoolRound]


@dataclass(frozen=True, slots=True)
class Board:
    """Schools as rows, rounds as columns. `numbers`: those of all schools' rounds."""

    numbers: Sequence[int]
    rows: Sequence[BoardRow]
