"""Letters on their way: released, missed, replaced by a stock letter."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from temporalio import activity

from activities.counters import HELD, LETTERS
from bluepals.domain.letters import DeliveryKind, Side
from bluepals.facts import letters
from bluepals.facts.office import Office
from bluepals.store.database import Scope
from bluepals.store.deliveries import Delivery, Held


@dataclass(frozen=True)
class ReleaseLetter:
    program: str
    pairing_id: str
    draft_id: str
    hash: str


@dataclass(frozen=True)
class Released:
    """The delivery, or why the letter is held."""

    draft_id: str
    held: str | None = None
    side: Side | None = None
    kind: DeliveryKind | None = None
    round_number: int | None = None
    opening: int | None = None


@dataclass(frozen=True)
class SideOfRound:
    """`due`: the date that was waited for."""

    program: str
    pairing_id: str
    round_number: int
    side: Side
    due: datetime | None = None


@dataclass(frozen=True)
class PackFilled:
    """Which draft the child has for this opening day. None: no stock letter is left, or what holds it back."""

    draft_id: str | None = None
    kind: DeliveryKind | None = None
    held: str | None = None

    @classmethod
    def by(cls, put: Delivery | Held | None) -> "PackFilled":
        if put is None:
            return cls()
        if isinstance(put, Held):
            return cls(held=put)
        if put.new:
            LETTERS.labels(put.kind).inc()
        return cls(str(put.draft_id), put.kind)


class LetterActivities:
    def __init__(self, office: Office) -> None:
        self._office = office

    @activity.defn
    async def release_letter(self, order: ReleaseLetter) -> Released:
        outcome = await letters.release(
            self._office,
            Scope.whole(order.program),
            pairing_id=UUID(order.pairing_id),
            draft_id=UUID(order.draft_id),
            draft_hash=bytes.fromhex(order.hash),
        )
        if isinstance(outcome, Held):
            LETTERS.labels(HELD).inc()
            return Released(order.draft_id, held=outcome)
        if outcome.new:
            LETTERS.labels(outcome.kind).inc()
        return Released(
            order.draft_id,
            side=outcome.side,
            kind=outcome.kind,
            round_number=outcome.round_number,
            opening=outcome.opening,
        )

    @activity.defn
    async def record_miss(self, order: SideOfRound) -> bool:
        """True: missed, on record. False: a letter is there, received in time."""
        return await letters.record_miss(
            self._office,
            Scope.whole(order.program),
            UUID(order.pairing_id),
            order.round_number,
            order.side,
            order.due,
        )

    @activity.defn
    async def put_stock_letter(self, order: SideOfRound) -> PackFilled:
        put = await letters.put_stock_letter(
            self._office, Scope.whole(order.program), UUID(order.pairing_id), order.round_number
        )
        return PackFilled.by(put)
