"""One school's year, as its workflow asks for it."""

from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from bluepals.domain.visit_plan import VisitInstants, VisitState
from bluepals.facts import pairings, year
from bluepals.facts.office import Office
from bluepals.store.database import Scope


@dataclass(frozen=True)
class ThisYear:
    program: str
    program_year: str


@dataclass(frozen=True)
class OneOpening:
    """`opens_at`: the morning that was waited for."""

    program: str
    program_year: str
    number: int
    opens_at: datetime | None = None


@dataclass(frozen=True)
class OpeningDay:
    """`opens_at` None: frozen by a pause."""

    number: int
    opens_at: datetime | None


@dataclass(frozen=True)
class VisitTimes:
    """`sheets_at`: the day before. `latest`: until then a visit that was called off may get a second date."""

    invite_at: datetime
    remind_at: list[datetime]
    over: datetime
    sheets_at: datetime | None = None
    latest: datetime | None = None

    @classmethod
    def of(cls, found: VisitInstants) -> "VisitTimes":
        return cls(found.invite_at, list(found.remind_at), found.over, found.sheets_at, found.latest)


@dataclass(frozen=True)
class YearCalendar:
    """`visit_stands`: as on record, or that it rests."""

    opening_days: list[OpeningDay]
    visit: VisitTimes
    closes: datetime
    version: int = 0
    visit_stands: VisitState = VisitState.PLANNED


@dataclass(frozen=True)
class PairToBegin:
    """`declinable_until` None: nobody is asked, or a gate is closed and they are asked when it opens."""

    pairing_id: str
    declinable_until: datetime | None


@dataclass(frozen=True)
class YearNumbers:
    pairings: int
    letters: int
    stock_letters: int
    missed: int
    late: int
    visits: int


class YearActivities:
    def __init__(self, office: Office) -> None:
        self._office = office

    @activity.defn
    async def open_year(self, order: ThisYear) -> YearCalendar:
        opened = await year.open_year(self._office, Scope.whole(order.program), order.program_year)
        return YearCalendar(
            opening_days=[OpeningDay(number, at) for number, at in opened.opening_days],
            visit=VisitTimes.of(opened.visit),
            closes=opened.closes,
            version=opened.version,
            visit_stands=opened.visit_stands,
        )

    @activity.defn
    async def pairings_to_begin(self, order: ThisYear) -> list[PairToBegin]:
        """Those concerned are asked now whether they agree."""
        scope, pairs = Scope.whole(order.program), []
        for pairing_id in await year.pairings_to_begin(self._office, scope, order.program_year):
            until = await pairings.ask(self._office, scope, pairing_id)
            pairs.append(PairToBegin(str(pairing_id), until))
            activity.heartbeat(len(pairs))
        return pairs

    @activity.defn
    async def send_packs(self, order: OneOpening) -> int:
        return await year.send_packs(
            self._office, Scope.whole(order.program), order.program_year, order.number, order.opens_at
        )

    @activity.defn
    async def say_farewells(self, order: ThisYear) -> int:
        """To all whose letters go on until the year ends. How many pairs."""
        scope = Scope.whole(order.program)
        pairs = await year.pairings_to_end(self._office, scope, order.program_year)
        for number, pairing_id in enumerate(pairs, start=1):
            await pairings.say_farewell(self._office, scope, pairing_id)
            activity.heartbeat(number)
        return len(pairs)

    @activity.defn
    async def close_year(self, order: ThisYear) -> YearNumbers:
        numbers = await year.close_year(self._office, Scope.whole(order.program), order.program_year)
        return YearNumbers(
            numbers.pairings,
            numbers.letters,
            numbers.stock_letters,
            numbers.missed,
            numbers.late,
            numbers.visits,
        )
