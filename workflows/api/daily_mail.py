"""What may be said to a program's daily mail."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

WORKFLOW = "DailyMail"


def workflow_id(program: str) -> str:
    return f"daily-mail-{program}"


@dataclass(frozen=True)
class DailyMailInput:
    """`day`: an ISO date; None is the day for which it was planned, in the program's zone."""

    program: str
    zone: str
    day: str | None = None

    def day_at(self, planned: datetime) -> str:
        """Here, since the sandbox hands a workflow's own module a zone that no instant takes."""
        return self.day or planned.astimezone(ZoneInfo(self.zone)).date().isoformat()
