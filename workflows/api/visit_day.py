"""What may be said to a school's visit."""

from dataclasses import dataclass

from activities.year import VisitTimes

INVITATIONS, REMINDERS, VISIT = "invitations", "reminders", "the visit"

WORKFLOW = "VisitDay"


def workflow_id(program_year: str) -> str:
    return f"visit-day-{program_year}"


@dataclass(frozen=True)
class VisitDayInput:
    program: str
    program_year: str
    times: VisitTimes
