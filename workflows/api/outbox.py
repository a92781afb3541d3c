"""What may be said to a program's outbox."""

from dataclasses import dataclass
from datetime import datetime

WORKFLOW = "Outbox"


def workflow_id(program: str) -> str:
    return f"outbox-{program}"


@dataclass(frozen=True)
class OutboxInput:
    """`looked_at`: when it last looked for workflows that somebody had ended. It crosses a continue-as-new."""

    program: str
    looked_at: datetime | None = None
