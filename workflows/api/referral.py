"""What may be said to the stopwatch of a suspected harm: to ask the record. Only attestations, on record, end it."""

from dataclasses import dataclass
from enum import StrEnum

WORKFLOW = "Referral"
ATTESTED = "attested"  # its Update


def workflow_id(case_id: str) -> str:
    return f"referral-{case_id}"


class Stage(StrEnum):
    STOPWATCH = "stopwatch"
    ATTESTED = "attested"


@dataclass(frozen=True)
class ReferralInput:
    program: str
    case_id: str


@dataclass(frozen=True)
class ReferralOver:
    """All have attested. `pages`: how often somebody had to be told."""

    pages: int
