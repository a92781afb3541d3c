"""Matching a program, and recording what the coordinator said about it."""

from dataclasses import dataclass
from uuid import UUID

from temporalio import activity

from bluepals.facts import matching
from bluepals.facts.office import Office
from bluepals.store.database import Scope


@dataclass(frozen=True)
class MakeProposal:
    program: str
    seed: int


@dataclass(frozen=True)
class Proposed:
    number: int
    pairs: int
    waiting: int


@dataclass(frozen=True)
class DecidePairs:
    """No pair named: all that are open."""

    program: str
    pairs: list[str]
    decided_by: str


@dataclass(frozen=True)
class PairsDecided:
    changed: int
    still_open: int
    superseded: int = (
        0  # pairs that can't be any more: somebody else has the place, or the child, or the officer goes
    )


class MatchingActivities:
    def __init__(self, office: Office) -> None:
        self._office = office

    @activity.defn
    async def make_proposal(self, order: MakeProposal) -> Proposed:
        proposed = await matching.make_proposal(self._office, Scope.whole(order.program), order.seed)
        return Proposed(proposed.number, proposed.pairs, proposed.waiting)

    @activity.defn
    async def approve_pairs(self, order: DecidePairs) -> PairsDecided:
        decided = await matching.approve(
            self._office, Scope.whole(order.program), _ids(order), UUID(order.decided_by)
        )
        return PairsDecided(decided.changed, decided.still_open, decided.superseded)

    @activity.defn
    async def reject_pairs(self, order: DecidePairs) -> PairsDecided:
        decided = await matching.reject(
            self._office, Scope.whole(order.program), _ids(order), UUID(order.decided_by)
        )
        return PairsDecided(decided.changed, decided.still_open)


def _ids(order: DecidePairs) -> list[UUID]:
    return [UUID(pair) for pair in order.pairs]
