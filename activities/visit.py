"""The visit, as its workflow asks for it."""

from dataclasses import dataclass
from datetime import date, datetime

from temporalio import activity

from activities.year import ThisYear, VisitTimes
from bluepals.domain.visit_plan import VisitState
from bluepals.facts import visit_hosts, visit_sheets, visits
from bluepals.facts.office import Office
from bluepals.store.database import Scope


@dataclass(frozen=True)
class Reminder:
    program: str
    program_year: str
    number: int


@dataclass(frozen=True)
class AnotherDay:
    """`day`: an ISO date."""

    program: str
    program_year: str
    day: str


@dataclass(frozen=True)
class NoVisit:
    program: str
    program_year: str
    read_aloud: bool


@dataclass(frozen=True)
class VisitStands:
    times: VisitTimes
    plan: VisitState


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
    async def settle_hosts(self, order: ThisYear) -> datetime | None:
        """Reserves asked where nobody meets a child; when the next silence counts as a refusal."""
        return await visit_hosts.settle_hosts(self._office, Scope.whole(order.program), order.program_year)

    @activity.defn
    async def announce_sheets(self, order: ThisYear) -> int:
        return await visit_sheets.announce(self._office, Scope.whole(order.program), order.program_year)

    @activity.defn
    async def thank_officers(self, order: ThisYear) -> int:
        return await visits.thank(self._office, Scope.whole(order.program), order.program_year)

    @activity.defn
    async def read_visit(self, order: ThisYear) -> VisitStands:
        """As a pause or a resume has left it."""
        found, plan = await visits.standing(self._office, Scope.whole(order.program), order.program_year)
        return VisitStands(VisitTimes.of(found), plan)

    @activity.defn
    async def move_visit(self, order: AnotherDay) -> VisitTimes:
        day = date.fromisoformat(order.day)
        scope = Scope.whole(order.program)
        return VisitTimes.of(await visits.move(self._office, scope, order.program_year, day))

    @activity.defn
    async def call_off_visit(self, order: NoVisit) -> VisitTimes:
        scope = Scope.whole(order.program)
        return VisitTimes.of(
            await visits.call_off(self._office, scope, order.program_year, read_aloud=order.read_aloud)
        )
