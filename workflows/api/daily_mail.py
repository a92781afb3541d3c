"""What may be said to a program's daily mail."""

from dataclasses import dataclass

WORKFLOW = "DailyMail"


def workflow_id(program: str) -> str:
    return f"daily-mail-{program}"


@dataclass(frozen=True)
class DailyMailInput:
    """`day`: an ISO date; None is today, in the program's zone."""

    program: str
    zone: str
    day: str | None = None
