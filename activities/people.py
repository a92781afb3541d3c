"""The two people of a pairing, at its beginning and its end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from temporalio import activity

from bluepals.facts import pairings
from bluepals.facts.office import Office
from bluepals.store.database import Scope
from bluepals.store.deliveries import Held


@dataclass(frozen=True)
class OnePairing:
    program: str
    pairing_id: str


@dataclass(frozen=True)
class ClosingPairing:
    """`waited_until`: its end, as its workflow knows it."""

    program: str
    pairing_id: str
    waited_until: datetime | None = None


@dataclass(frozen=True)
class Round:
    """One exchange's deadlines, as instants; None: frozen by a pause, or no longer within the year."""

    number: int
    students_due: datetime | None
    officers_due: datetime | None
    pack_closes: datetime | None
    opens: datetime | None


@dataclass(frozen=True)
class Calendar:
    """A pairing's year: the rounds that it writes, the end of the visit, the end of the year; and whose year it is."""

    rounds: list[Round]
    visit_over: datetime | None
    closes: datetime
    version: int = 0
    ends_early: bool = False
    school: str | None = None
    program_year: str | None = None

    @classmethod
    def of(cls, found: pairings.PairingCalendar) -> "Calendar":
        rounds = [
            Round(one.number, one.students_due, one.officers_due, one.pack_closes, one.opens)
            for one in found.rounds
        ]
        return cls(
            rounds,
            found.visit_over,
            found.closes,
            found.version,
            found.ends_early,
            found.school,
            found.program_year,
        )

    def round(self, number: int) -> Round | None:
        """None: it was left out."""
        return next((one for one in self.rounds if one.number == number), None)


@dataclass(frozen=True)
class Introduction:
    """The calendar of the two from now on, or the gate that is closed, or until when somebody may say no."""

    on: str | None = None  # ISO date
    calendar: Calendar | None = None
    held: str | None = None
    declinable_until: datetime | None = None


class PeopleActivities:
    def __init__(self, office: Office) -> None:
        self._office = office

    @activity.defn
    async def introduce(self, order: OnePairing) -> Introduction:
        introduced = await pairings.introduce(
            self._office, Scope.whole(order.program), UUID(order.pairing_id)
        )
        if isinstance(introduced, Held):
            return Introduction(held=introduced)
        if isinstance(introduced, pairings.Asked):
            return Introduction(declinable_until=introduced.until)
        return Introduction(on=introduced.on.isoformat(), calendar=Calendar.of(introduced.calendar))

    @activity.defn
    async def read_calendar(self, order: OnePairing) -> Calendar:
        return Calendar.of(
            await pairings.calendar_of(self._office, Scope.whole(order.program), UUID(order.pairing_id))
        )

    @activity.defn
    async def close_pairing(self, order: ClosingPairing) -> None:
        scope = Scope.whole(order.program)
        await pairings.close(self._office, scope, UUID(order.pairing_id), order.waited_until)
