"""One school's year, as its workflow asks for it."""

from dataclasses import dataclass
from datetime import datetime

from temporalio import activity

from bluepals.domain.visit_plan import VisitInstants
from bluepals.facts import year
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
    opening_days: list[OpeningDay]
    visit: VisitTimes
    closes: datetime
    version: int = 0


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
        )

    @activity.defn
    async def pairings_to_begin(self, order: ThisYear) -> list[str]:
        ids = await year.pairings_to_begin(self._office, Scope.whole(order.program), order.program_year)
        return [str(pairing_id) for pairing_id in ids]

    @activity.defn
    async def send_packs(self, order: OneOpening) -> int:
        return await year.send_packs(
            self._office, Scope.whole(order.program), order.program_year, order.number, order.opens_at
        )

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
