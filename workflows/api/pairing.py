"""What may be said to a pairing."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from activities.people import Calendar
from bluepals.domain.gates import Cause
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.silence import Rung

WORKFLOW = "Pairing"

HASH_BYTES = 32  # SHA-256


def workflow_id(pairing_id: str) -> str:
    return f"pairing-{pairing_id}"


class Stage(StrEnum):
    INTRODUCTION = "introduction"
    STUDENT_WRITES = "student writes"
    OFFICER_ANSWERS = "officer answers"
    BEING_READ = "being read"
    VISIT = "visit"
    FAREWELL = "farewell"
    CLOSED = "closed"


@dataclass(frozen=True)
class LetterDecided:
    """A reader has decided about a draft of this pairing."""

    rule: ClassVar[str] = (
        "draft_id has to be a UUID, hash the hexadecimal SHA-256 of the draft, round_number at least 1."
    )

    draft_id: str
    hash: str
    verdict: Verdict
    round_number: int
    side: Side

    @property
    def key(self) -> str:
        """All that is decided: a fact that somebody made up never stands for the true one."""
        return f"{self.draft_id} {self.verdict} {self.hash}"

    @property
    def is_well_formed(self) -> bool:
        try:
            return (
                str(UUID(self.draft_id)) == self.draft_id
                and len(bytes.fromhex(self.hash)) == HASH_BYTES
                and self.round_number > 0
            )
        except ValueError:
            return False


@dataclass(frozen=True)
class GateOpened:
    """A consent came in, a clearance was renewed or a case was closed: what was held may go."""

    cause: Cause


@dataclass(frozen=True)
class RungReached:
    """One side is silent, or somebody has said something to that. `reached_on`: an ISO date."""

    side: Side
    rung: Rung
    reached_on: str

    @property
    def line(self) -> str:
        return f"{self.side} silent: {self.rung} on {self.reached_on}"


def silence_of(side: Side) -> str:
    """What a person is called for."""
    return f"silence of the {side}"


@dataclass
class PairingState:
    """All that crosses a continue-as-new."""

    stage: Stage = Stage.INTRODUCTION
    calendar: Calendar | None = None
    rounds_done: int = 0
    last_round: int = 0
    decided: list[str] = field(default_factory=list)
    approved: list[LetterDecided] = field(default_factory=list)
    held: list[LetterDecided] = field(default_factory=list)
    calendar_is_old: bool = False
    settled: list[str] = field(default_factory=list)
    calls: dict[str, str] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)
    rungs: list[str] = field(default_factory=list)


@dataclass
class PairingInput:
    """`closes`: the end of the school's year, as an ISO instant. Two whom no gate ever let meet wait no longer.

    `declinable_until`: those concerned were asked, and may say no until then. None: nobody was asked yet.
    """

    program: str
    pairing_id: str
    closes: str
    declinable_until: datetime | None = None
    state: PairingState = field(default_factory=PairingState)


@dataclass(frozen=True)
class PairingClosed:
    rounds: int
    settled: list[str]
