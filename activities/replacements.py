"""A child between two officers, as its workflow asks for it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from temporalio import activity

from activities.letters import PackFilled
from bluepals.facts import replacements
from bluepals.facts.office import Office
from bluepals.facts.replacements import Standing
from bluepals.store.database import Scope


@dataclass(frozen=True)
class OneReplacement:
    program: str
    replacement_id: str


@dataclass(frozen=True)
class OpeningBetween:
    """An opening day between two officers; its delivery belongs to the pairing that has ended."""

    program: str
    replacement_id: str
    pairing_id: str
    round_number: int


@dataclass(frozen=True)
class ReplacementStands:
    """How far it is by the program's clock, and when to look again. `empty_packs`: opening days to be filled now."""

    version: int
    read_at: datetime
    farewell_until: datetime
    rest_until: datetime
    look_again: datetime
    farewell_over: bool
    rested: bool
    proposed: bool
    approved: bool
    family_told: bool
    begun: bool
    outcome: str | None
    empty_packs: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, found: Standing) -> "ReplacementStands":
        return cls(
            version=found.version,
            read_at=found.read_at,
            farewell_until=found.farewell_until,
            rest_until=found.rest_until,
            look_again=found.look_again,
            farewell_over=found.farewell_over,
            rested=found.rested,
            proposed=found.proposed,
            approved=found.approved,
            family_told=found.family_told,
            begun=found.begun,
            outcome=found.outcome,
            empty_packs=list(found.empty_packs),
        )


class ReplacementActivities:
    def __init__(self, office: Office) -> None:
        self._office = office

    @activity.defn
    async def look_after_child(self, order: OneReplacement) -> ReplacementStands:
        scope = Scope.whole(order.program)
        return ReplacementStands.of(
            await replacements.look_after(self._office, scope, UUID(order.replacement_id))
        )

    @activity.defn
    async def tell_family(self, order: OneReplacement) -> None:
        await replacements.tell_family(self._office, Scope.whole(order.program), UUID(order.replacement_id))

    @activity.defn
    async def put_stock_letter_meanwhile(self, order: OpeningBetween) -> PackFilled:
        put = await replacements.put_stock_letter(
            self._office, Scope.whole(order.program), UUID(order.replacement_id), order.round_number
        )
        return PackFilled.by(put)

    @activity.defn
    async def begin_next_pairing(self, order: OneReplacement) -> ReplacementStands:
        scope = Scope.whole(order.program)
        return ReplacementStands.of(
            await replacements.begin_next(self._office, scope, UUID(order.replacement_id))
        )
