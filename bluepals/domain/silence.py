"""The ladder for silence: what follows when one side of a pairing no longer writes, rung by rung.

Silence begins with the first date missed after the last letter of that side, and any letter ends it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bluepals.domain.letters import Side
from bluepals.domain.program import Policy
from bluepals.domain.sentences import Sentence

# Why a pairing rests until its child writes again; on record in English.
ABSENT = Sentence("the child is absent")


class Rung(StrEnum):
    KIND_WORD = "kind word"
    LIAISON = "liaison"
    WARNING_PROPOSED = "warning proposed"
    WARNED = "warned"
    TO_DECIDE = "to decide"
    MORE_TIME = "more time"
    TEACHER = "teacher"
    COORDINATOR = "coordinator"
    REST_PROPOSED = "rest proposed"
    RESTS = "rests"

    @property
    def needs_coordinator(self) -> bool:
        return self in (Rung.WARNING_PROPOSED, Rung.TO_DECIDE, Rung.COORDINATOR, Rung.REST_PROPOSED)


RUNGS: Mapping[str, Sentence] = {
    Rung.KIND_WORD: Sentence("kind word"),
    Rung.LIAISON: Sentence("liaison"),
    Rung.WARNING_PROPOSED: Sentence("warning proposed"),
    Rung.WARNED: Sentence("warned"),
    Rung.TO_DECIDE: Sentence("to decide"),
    Rung.MORE_TIME: Sentence("more time"),
    Rung.TEACHER: Sentence("teacher"),
    Rung.COORDINATOR: Sentence("coordinator"),
    Rung.REST_PROPOSED: Sentence("rest proposed"),
    Rung.RESTS: Sentence("rests"),
}


@dataclass(frozen=True, slots=True)
class Silence:
    """One side's silence. `missed`: dates in a row; `since`: the first of them; `reached`: each rung's last day."""

    side: Side
    missed: int
    since: date
    reached: Mapping[Rung, date]


# So many days after a day, as they count in this program: pauses and days without school are left out at the end.
Later = Callable[[date, int], date | None]


def next_rung(silence: Silence, policy: Policy, later: Later) -> tuple[Rung, date | None] | None:
    """The rung that follows, and the day on which it is reached: None while a pause goes on. None: a person has to act."""
    ladder = _for_officer if silence.side is Side.OFFICER else _for_student
    return ladder(silence, policy, later)


def _for_officer(silence: Silence, policy: Policy, later: Later) -> tuple[Rung, date | None] | None:
    reached = silence.reached
    if Rung.KIND_WORD not in reached:
        return Rung.KIND_WORD, silence.since
    if Rung.LIAISON not in reached:
        return (Rung.LIAISON, silence.since) if silence.missed > 1 else None
    if Rung.WARNING_PROPOSED not in reached:
        return Rung.WARNING_PROPOSED, later(reached[Rung.LIAISON], policy.silence_warning_days)
    if Rung.WARNED not in reached:
        return None
    asked, waits_since = reached.get(Rung.TO_DECIDE), reached.get(Rung.MORE_TIME, reached[Rung.WARNED])
    if asked is not None and asked > waits_since:
        return None
    return Rung.TO_DECIDE, later(waits_since, policy.silence_decision_days)


def _for_student(silence: Silence, policy: Policy, later: Later) -> tuple[Rung, date | None] | None:
    reached = silence.reached
    if Rung.TEACHER not in reached:
        return Rung.TEACHER, silence.since
    if Rung.COORDINATOR not in reached and silence.missed > 1:
        return Rung.COORDINATOR, silence.since
    if Rung.REST_PROPOSED not in reached:
        return Rung.REST_PROPOSED, later(silence.since, policy.absence_proposal_days)
    if Rung.RESTS not in reached:
        return Rung.RESTS, later(silence.since, policy.absence_pause_days)
    return None
