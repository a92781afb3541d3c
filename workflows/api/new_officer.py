"""What may be said to the search for a child's next officer."""

from dataclasses import dataclass, field
from enum import StrEnum

from workflows.api.dates import RecordChanged

WORKFLOW = "NewOfficer"


def workflow_id(replacement_id: str) -> str:
    return f"new-officer-{replacement_id}"


class Stage(StrEnum):
    FAREWELL = "farewell"
    REST = "rest"
    APPROVAL = "next officer to approve"
    INTRODUCTION = "introduction"
    CLOSED = "closed"


@dataclass(frozen=True)
class ReplacementChanged(RecordChanged):
    """Its row: an officer proposed, approved or dropped, all of it taken back."""


@dataclass
class NewOfficerState:
    """All that crosses a continue-as-new."""

    stage: Stage | None = None
    attention: str | None = None
    so_far: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)


@dataclass
class NewOfficerInput:
    """`pairing_id`: the pairing that ends."""

    program: str
    replacement_id: str
    pairing_id: str
    state: NewOfficerState = field(default_factory=NewOfficerState)
