"""What may be said to a school's year."""

from dataclasses import dataclass, field

WORKFLOW = "ProgramYear"


def workflow_id(program_year: str) -> str:
    return f"program-year-{program_year}"


@dataclass(frozen=True)
class PairsApproved:
    """The coordinator has approved pairs of this school; they are on record and may begin. `batch`: an opaque key."""

    batch: str


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
