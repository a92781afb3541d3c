"""What may be said to a school's visit."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from activities.year import VisitTimes
from bluepals.domain.visit_plan import VisitState

WORKFLOW = "VisitDay"


def workflow_id(program_year: str) -> str:
    return f"visit-day-{program_year}"


class Stage(StrEnum):
    """What the visit waits for."""

    INVITATIONS = "invitations"
    REMINDERS = "reminders"
    SHEETS = "run sheet"
    VISIT = "the visit"
    SECOND_DATE = "a second date"


class Plan(StrEnum):
    TAKES_PLACE = "takes place"
    RESTS = "rests"
    CALLED_OFF = "called off"
    READ_ALOUD = "read aloud"

    @classmethod
    def of(cls, state: VisitState) -> "Plan":
        """As it is on record."""
        return cls.TAKES_PLACE if state is VisitState.PLANNED else cls(state.value)


@dataclass(frozen=True)
class VisitAnswered:
    """An officer or a reserve has said yes or no; who and what is on record. `answer_id`: an opaque key."""

    rule: ClassVar[str] = "answer_id has to be the key of a tell."

    answer_id: str

    @property
    def is_well_formed(self) -> bool:
        try:
            return str(UUID(self.answer_id)) == self.answer_id
        except ValueError:
            return False


@dataclass(frozen=True)
class MoveVisit:
    """`to`: an ISO date. The reason is on record before; it never comes here."""

    to: str

    @property
    def is_well_formed(self) -> bool:
        try:
            return date.fromisoformat(self.to).isoformat() == self.to
        except ValueError:
            return False


@dataclass(frozen=True)
class CallOffVisit:
    """`read_aloud`: there is to be no second date; the class reads letters aloud instead."""

    read_aloud: bool


@dataclass(frozen=True)
class VisitChanged:
    """`over`: when the visit ends now, as an ISO instant."""

    plan: Plan
    over: str


@dataclass
class VisitDayState:
    """All that crosses a continue-as-new. `passed`: the last step that was taken; `limit`: when a silence ends.

    `heard`: an answer has come; `dates_are_old`: they have changed on record. `invited`, `thanked`: how many officers;
    `story`: what the Web UI shows.
    """

    plan: Plan = Plan.TAKES_PLACE
    passed_at: datetime | None = None
    passed: str = ""
    limit: datetime | None = None
    heard: bool = False
    dates_are_old: bool = False
    invited: int = 0
    story: list[str] = field(default_factory=list)
    thanked: int = 0


@dataclass(frozen=True)
class VisitDayInput:
    program: str
    program_year: str
    times: VisitTimes
    state: VisitDayState = field(default_factory=VisitDayState)
