"""The visit, as its workflow asks for it."""

from dataclasses import dataclass

from temporalio import activity

from activities.year import ThisYear
from bluepals.facts import visits
from bluepals.facts.office import Office
from bluepals.store.database import Scope


@dataclass(frozen=True)
class Reminder:
    program: str
    program_year: str
    number: int


class VisitActivities:
    def __init__(self, office: Office) -> None:
        self._office = office

    @activity.defn
    async def invite_officers(self, order: ThisYear) -> int:
        return await visits.invite(self._office, Scope.whole(order.program), order.program_year)

    @activity.defn
    async def remind_officers(self, order: Reminder) -> int:
        return await visits.remind(self._office, Scope.whole(order.program), order.program_year, order.number)

    @activity.defn
    async def thank_officers(self, order: ThisYear) -> int:
        return await visits.thank(self._office, Scope.whole(order.program), order.program_year)
