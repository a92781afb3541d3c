"""What may be said to a program's outbox."""

from dataclasses import dataclass

WORKFLOW = "Outbox"


def workflow_id(program: str) -> str:
    return f"outbox-{program}"


@dataclass(frozen=True)
class OutboxInput:
    program: str
