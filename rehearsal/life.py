"""What life brings into a rehearsed year, to whom and on which day: planned beforehand, by dice and rates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from bluepals.domain.calendar import SchoolCalendar, visit_day
from bluepals.domain.program import Program
from bluepals.domain.visit_plan import visit_instants
from bluepals.facts.roster import Roster
from bluepals.store.endings import Reason
from rehearsal.cast import Couple
from rehearsal.dice import Dice
from rehearsal.rates import LifeRates

CLOSED_WEEKS = 6
LATE_WEEKS = 8  # of the year, in which children still come
EVE = 3  # school days before a visit, when it moves or is called off
REST_DAYS = 10  # school days in which the letters of an agency or of one child rest


@dataclass(frozen=True, slots=True)
class SchoolsClose:
    """One school for snow, or with None all of them for an epidemic: nobody writes and nobody visits."""

    school: str | None = None


@dataclass(frozen=True, slots=True)
class SchoolsOpen:
    school: str | None = None


@dataclass(frozen=True, slots=True)
class LateChildren:
    """Whoever came after the first matching is in the roster now."""

    roster: Roster


@dataclass(frozen=True, slots=True)
class OfficerGoes:
    officer: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    student: str


@dataclass(frozen=True, slots=True)
class ChildLeaves:
    student: str


@dataclass(frozen=True, slots=True)
class ChildTransfers:
    student: str


@dataclass(frozen=True, slots=True)
class ChildDies:
    student: str


@dataclass(frozen=True, slots=True)
class ChildStays:
    """It was a mistake that this child leaves."""

    student: str


@dataclass(frozen=True, slots=True)
class FamilyErases:
    """After its consent is withdrawn."""

    student: str


@dataclass(frozen=True, slots=True)
class LettersRest:
    """Of an agency's officers, or of one child."""

    agency: str | None = None
    student: str | None = None


@dataclass(frozen=True, slots=True)
class LettersGoOn:
    rest: LettersRest


@dataclass(frozen=True, slots=True)
class VisitMoves:
    school: str


@dataclass(frozen=True, slots=True)
class VisitCalledOff:
    """`read_aloud`: there is to be no other day."""

    school: str
    read_aloud: bool


ToSchools = SchoolsClose | SchoolsOpen | LettersRest | LettersGoOn | VisitMoves | VisitCalledOff
ToPeople = (
    LateChildren
    | OfficerGoes
    | ConsentWithdrawn
    | FamilyErases
    | ChildLeaves
    | ChildStays
    | ChildTransfers
    | ChildDies
)
Event = ToSchools | ToPeople


@dataclass(frozen=True, slots=True)
class Summer:
    """The roster before the year begins, and that of the children who come later."""

    roster: Roster
    late: Roster | None


def summer(roster: Roster, rates: LifeRates, dice: Dice) -> Summer:
    """Some children are not there yet, and some clearances end before the year does."""
    late = [one for one in roster.students if dice.happens(rates.child_late, "late", one.student_id)]
    calendar = SchoolCalendar.of(roster.program)
    until = _settled_days(roster.program, calendar)
    officers = [
        replace(one, cleared_until=dice.pick(until, "cleared until", one.officer_id))
        if one.cleared_until and dice.happens(rates.clearance_ends, "clearance", one.officer_id)
        else one
        for one in roster.officers
    ]
    here = [one for one in roster.students if one not in late]
    return Summer(
        replace(roster, students=here, officers=officers),
        replace(roster, students=late, officers=officers) if late else None,
    )


def events(
    program: Program, couples: Sequence[Couple], late: Roster | None, rates: LifeRates, dice: Dice
) -> Mapping[date, Sequence[Event]]:
    """By day, in the order in which they happen."""
    calendar = SchoolCalendar.of(program)
    planned: dict[date, list[Event]] = defaultdict(list)
    for day, event in _all(program, calendar, couples, late, rates, dice):
        planned[day].append(event)
    return planned


def _all(
    program: Program,
    calendar: SchoolCalendar,
    couples: Sequence[Couple],
    late: Roster | None,
    rates: LifeRates,
    dice: Dice,
) -> Iterator[tuple[date, Event]]:
    yield from _closings(program, calendar, rates, dice)
    if late is not None:
        first = program.year.first_day
        weeks = [day for day in calendar.school_days if first < day < first + timedelta(weeks=LATE_WEEKS)]
        yield dice.pick(weeks or calendar.school_days, "late children"), LateChildren(late)
    days = _middle(calendar.school_days)
    yield from _officers(sorted({one.officer_key for one in couples}), days, rates, dice)
    yield from _children(program, calendar, couples, days, rates, dice)
    yield from _rests(program, calendar, couples, days, rates, dice)
    yield from _visits(program, calendar, rates, dice)


def _middle(days: Sequence[date]) -> Sequence[date]:
    """Not in the first weeks, and not in the last."""
    return days[len(days) // 8 : -len(days) // 8]


def _settled_days(program: Program, calendar: SchoolCalendar) -> Sequence[date]:
    """On which a clearance may end so that the children have other officers before the visit is prepared."""
    patience = timedelta(days=program.policy.clearance_days + 7)
    invited = min(
        visit_instants(program, visit_day(program, school.id)).invite_at for school in program.schools
    )
    days = _middle(calendar.school_days)
    return [day for day in days if day + patience < invited.date()] or days[:1]


def _closings(
    program: Program, calendar: SchoolCalendar, rates: LifeRates, dice: Dice
) -> Iterator[tuple[date, Event]]:
    days = calendar.school_days
    for school in program.schools:
        for day, next_day in pairwise(days[:-2]):
            if dice.happens(rates.snow, "snow", school.id, day):
                yield day, SchoolsClose(school.id)
                yield next_day, SchoolsOpen(school.id)
    if dice.happens(rates.closed, "closed"):
        closes = days[len(days) * 5 // 8 : len(days) * 6 // 8]
        day = dice.pick(closes, "closed on")
        yield day, SchoolsClose()
        if not dice.happens(rates.closed_for_good, "closed for good"):
            opens = calendar.add_school_days(day + timedelta(weeks=CLOSED_WEEKS), -1)
            yield min(opens, days[-3]), SchoolsOpen()


def _officers(
    officers: Iterable[str], days: Sequence[date], rates: LifeRates, dice: Dice
) -> Iterator[tuple[date, Event]]:
    shares = {
        Reason.MOVED: rates.officer_moved,
        Reason.BUSY: rates.officer_busy,
        Reason.STOPPED: rates.officer_stopped,
        Reason.OFFICER_DIED: rates.officer_died,
    }
    for officer in officers:
        if reason := dice.share(shares, "officer goes", officer):
            yield dice.pick(days, "officer goes on", officer), OfficerGoes(officer, reason)


def _children(
    program: Program,
    calendar: SchoolCalendar,
    couples: Sequence[Couple],
    days: Sequence[date],
    rates: LifeRates,
    dice: Dice,
) -> Iterator[tuple[date, Event]]:
    shares: dict[type[ConsentWithdrawn | ChildLeaves | ChildTransfers | ChildDies | ChildStays], float] = {
        ConsentWithdrawn: rates.consent_withdrawn,
        ChildLeaves: rates.child_leaves,
        ChildDies: rates.child_died,
    }
    if len(program.schools) > 1:
        shares[ChildTransfers] = rates.child_transfers
    shares[ChildStays] = rates.child_stays
    for couple in couples:
        happens = dice.share(shares, "child goes", couple.key)
        if happens is None:
            continue
        day = dice.pick(days, "child goes on", couple.key)
        if happens is ChildStays:
            yield day, ChildLeaves(couple.key)
            yield calendar.add_school_days(day, 1), ChildStays(couple.key)
            continue
        yield day, happens(couple.key)
        if happens is ConsentWithdrawn and dice.happens(rates.erased, "erased", couple.key):
            yield calendar.add_school_days(day, 2), FamilyErases(couple.key)


def _rests(
    program: Program,
    calendar: SchoolCalendar,
    couples: Sequence[Couple],
    days: Sequence[date],
    rates: LifeRates,
    dice: Dice,
) -> Iterator[tuple[date, Event]]:
    """Officers who are needed elsewhere, a child who is away."""
    agencies = [
        LettersRest(agency=one.id)
        for one in program.agencies
        if dice.happens(rates.agency_rests, "agency rests", one.id)
    ]
    children = [
        LettersRest(student=one)
        for one in sorted({couple.key for couple in couples})
        if dice.happens(rates.pairing_rests, "pairing rests", one)
    ]
    for rest in (*agencies, *children):
        day = dice.pick(days, "rests from", rest.agency, rest.student)
        yield day, rest
        yield min(calendar.add_school_days(day, REST_DAYS), calendar.school_days[-3]), LettersGoOn(rest)


def _visits(
    program: Program, calendar: SchoolCalendar, rates: LifeRates, dice: Dice
) -> Iterator[tuple[date, Event]]:
    """One that is called off has another day, or letters are read aloud instead."""
    shares = {VisitMoves: rates.visit_moved, VisitCalledOff: rates.visit_called_off}
    for school in program.schools:
        day = calendar.add_school_days(visit_day(program, school.id), -EVE)
        happens = dice.share(shares, "visit moves", school.id)
        if happens is VisitCalledOff:
            read_aloud = dice.happens(0.5, "read aloud", school.id)
            yield day, VisitCalledOff(school.id, read_aloud)
            if not read_aloud:
                yield calendar.add_school_days(day, 1), VisitMoves(school.id)
        elif happens is VisitMoves:
            yield day, VisitMoves(school.id)
