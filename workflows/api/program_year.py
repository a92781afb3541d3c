"""What may be said to a school's year."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

WORKFLOW = "ProgramYear"

BATCH_KEY = re.compile(r"[0-9a-f-]{8,64}")


def workflow_id(program_year: str) -> str:
    return f"program-year-{program_year}"


class Stage(StrEnum):
    ROUNDS = "rounds"
    VISIT = "visit"
    LAST_WEEKS = "last weeks"
    CLOSED = "closed"


@dataclass(frozen=True)
class PairsApproved:
    """The coordinator has approved pairs of this school; they are on record and may begin. `batch`: an opaque key."""

    rule: ClassVar[str] = "batch has to be the key of a tell."

    batch: str

    @property
    def is_well_formed(self) -> bool:
        return BATCH_KEY.fullmatch(self.batch) is not None


@dataclass
class ProgramYearState:
    """All that crosses a continue-as-new."""

    pairs_waiting: bool = False
    batches: list[str] = field(default_factory=list)
    opening_days_done: int = 0


@dataclass
class ProgramYearInput:
    program: str
    program_year: str
    school: str
    state: ProgramYearState = field(default_factory=ProgramYearState)
