"""What may be said to a program's matching."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

WORKFLOW = "Assignment"


def workflow_id(program: str, first_year: int) -> str:
    return f"assignment-{program}.{first_year}"


class Stage(StrEnum):
    PROPOSED = "proposed"
    MATCHED = "matched"


@dataclass(frozen=True)
class DecideAboutPairs:
    """No pair named: all that are open. The reason of a rejection is on record before; it never comes here."""

    pairs: list[str]
    decided_by: str

    @property
    def is_well_formed(self) -> bool:
        try:
            return all(UUID(one) for one in (*self.pairs, self.decided_by))
        except ValueError:
            return False


@dataclass
class AssignmentState:
    """All that crosses a continue-as-new."""

    asked: bool = True
    rejected: bool = False
    open_pairs: int = 0


@dataclass
class AssignmentInput:
    """`closes`: the end of the school year, and of this, as an ISO instant."""

    program: str
    closes: str
    seed: int = 1
    state: AssignmentState = field(default_factory=AssignmentState)
