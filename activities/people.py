"""The two people of a pairing, at its beginning and its end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from temporalio import activity

from bluepals.domain.letters import Side
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

    def round(self, number: int, now: datetime) -> Round | None:
        """None: it was left out, or the year is over."""
        if self.closes <= now:
            return None
        return next((one for one in self.rounds if one.number == number), None)

    def round_after(self, number: int, now: datetime) -> int | None:
        """None: no round is left, or no year."""
        if self.closes <= now:
            return None
        return next((one.number for one in self.rounds if one.number > number), None)

    def date(self, number: int, side: Side, now: datetime) -> datetime | None:
        """When this side's letter is due; None: frozen or left out."""
        if (exchange := self.round(number, now)) is None:
            return None
        return exchange.students_due if side is Side.STUDENT else exchange.officers_due

    def due(self, number: int, side: Side, now: datetime) -> datetime | None:
        """Until when it is waited for: its date, and no longer than the class's pack is open."""
        dates = [self.date(number, side, now), self.pack_closes(number, now)]
        return min((date for date in dates if date is not None), default=None)

    def pack_closes(self, number: int, now: datetime) -> datetime | None:
        """None: frozen. A round that was left out is over now."""
        exchange = self.round(number, now)
        return exchange.pack_closes if exchange else now

    def changed_since(self, before: "Calendar", last_round: int) -> str:
        """In the words of the story; why is not known here."""
        if self.ends_early != before.ends_early:
            return f"ends on {self.closes:%Y-%m-%d}" if self.ends_early else "does not end early after all"
        if before.school is not None and self.school != before.school:
            return f"at {self.school} from now on"
        if self.rests_after(last_round) != before.rests_after(last_round):
            return "letters paused" if self.rests_after(last_round) else "letters go on"
        return f"dates read anew, change {self.version} of the year"

    def rests_after(self, last_round: int) -> bool:
        ahead = [one for one in self.rounds if one.number > last_round]
        return any(one.students_due is None and one.officers_due is None for one in ahead)


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
