"""What may be said to a program's retention."""

from dataclasses import dataclass

WORKFLOW = "Retention"


def workflow_id(program: str) -> str:
    return f"retention-{program}"


@dataclass(frozen=True)
class RetentionInput:
    program: str
