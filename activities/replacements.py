"""A child between two officers, as its workflow asks for it."""

from dataclasses import dataclass
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


class ReplacementActivities:
    def __init__(self, office: Office) -> None:
        self._office = office

    @activity.defn
    async def look_after_child(self, order: OneReplacement) -> Standing:
        return await replacements.look_after(
            self._office, Scope.whole(order.program), UUID(order.replacement_id)
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
    async def begin_next_pairing(self, order: OneReplacement) -> Standing:
        return await replacements.begin_next(
            self._office, Scope.whole(order.program), UUID(order.replacement_id)
        )
