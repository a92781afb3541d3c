"""The visit's day: when people hear of it, and in which room and time slot each class meets its officers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program, Room
from bluepals.domain.refusals import Worded
from bluepals.domain.sentences import Sentence, counted

NOON = 12


class VisitState(StrEnum):
    """A school's visit as it is on record; planned, and frozen by a pause, it rests."""

    PLANNED = "planned"
    CALLED_OFF = "called off"
    READ_ALOUD = "read aloud"
    RESTS = "rests"


# Why a visit stays as it is.
STAYS_READ_ALOUD = Sentence("Letters are read aloud instead of this visit: that stays so.")
IS_OVER = Sentence("The visit is over: it can neither move nor be called off.")
NO_DAY_LEFT = Sentence("The visit is called off, and the year has no day left for a second date.")


@dataclass(frozen=True, slots=True)
class VisitInstants:
    """What happens by itself around one day. `latest`: the last moment at which a visit of this year may be."""

    invite_at: datetime
    remind_at: tuple[datetime, ...]
    sheets_at: datetime
    begins: datetime
    over: datetime
    latest: datetime


def visit_instants(program: Program, day: date) -> VisitInstants:
    """Nobody is written to on a day without school: what would fall on one goes out on the school day before."""
    calendar, policy = SchoolCalendar.of(program), program.policy

    def days_before(days: int) -> datetime:
        return calendar.instant(
            calendar.last_school_day_by(day - timedelta(days=days)), policy.daily_mail_hour
        )

    return VisitInstants(
        invite_at=days_before(policy.invitation_days),
        remind_at=tuple(days_before(days) for days in policy.visit_reminder_days),
        sheets_at=calendar.instant(calendar.add_school_days(day, -1), NOON),
        begins=calendar.instant(day, policy.visit_hour),
        over=calendar.instant(day, policy.due_hour),
        latest=calendar.instant(calendar.add_school_days(program.year.last_day, -1), policy.visit_hour),
    )


def over_at(found: VisitInstants, plan: VisitState) -> datetime:
    """When the visit is over; while it rests, when it can't be this year any more."""
    return found.latest if plan is VisitState.RESTS else found.over


def why_it_stays(plan: VisitState, found: VisitInstants, now: datetime) -> Sentence | None:
    """Why the visit can neither move nor be called off any more; None while it can."""
    if plan is VisitState.READ_ALOUD:
        return STAYS_READ_ALOUD
    if plan is VisitState.PLANNED and found.over <= now:
        return IS_OVER
    if plan is VisitState.CALLED_OFF and found.latest <= now:
        return NO_DAY_LEFT
    return None


def answer_limit(program: Program, visit_on: date, now: datetime, days: int) -> datetime | None:
    """So many days from now, on a school day; at the latest when the run sheet is made. None: it is made already."""
    calendar, sheets_at = SchoolCalendar.of(program), visit_instants(program, visit_on).sheets_at
    day = calendar.next_school_day(now.astimezone(calendar.zone).date() + timedelta(days=days))
    return min(calendar.instant(day, program.policy.due_hour), sheets_at) if now < sheets_at else None


def waits_for_the_resting_until(program: Program, visit_on: date) -> datetime:
    """From then on a child whose officer rests is not left to wait: two reserves, one after the other, have their days."""
    calendar, policy = SchoolCalendar.of(program), program.policy
    sheets_on = visit_instants(program, visit_on).sheets_at.astimezone(calendar.zone).date()
    day = calendar.last_school_day_by(sheets_on - timedelta(days=2 * policy.visit_reserve_days + 1))
    return calendar.instant(day, policy.daily_mail_hour)


def why_not_on(program: Program, day: date, now: datetime, last_opening: date | None) -> Sentence | None:
    """Why the visit can't be moved to this day, and what to do; None when it can.

    `last_opening`: of the school's rounds as they are now; None: those that are left rest.
    """
    calendar, last_day = SchoolCalendar.of(program), program.year.last_day
    if day > last_day:
        return Sentence(
            "{day} is after the last day, {last_day}. Choose an earlier day.", day=day, last_day=last_day
        )
    if why := calendar.why_closed(day):
        near = calendar.next_school_day(day)
        return Sentence("{day} is {why}. Choose a school day, such as {near}.", day=day, why=why, near=near)
    if day == last_day:
        return Sentence(
            "{day} leaves no time for a farewell before the last day, {last_day}. Choose an earlier day.",
            day=day,
            last_day=last_day,
        )
    if last_opening is not None and day <= last_opening:
        return Sentence(
            "{day} is not after the last opening day, {last_opening}. Choose a later day.",
            day=day,
            last_opening=last_opening,
        )
    if visit_instants(program, day).sheets_at <= now:
        return Sentence(
            "{day} is too soon: everybody has to know by noon of the school day before. Choose a later day.",
            day=day,
        )
    return None


@dataclass(frozen=True, slots=True)
class Group:
    """Some children of a class, counted in roster order from `first`: together in one room at one time."""

    class_name: str
    first: int
    count: int
    slot: int
    room: str


class NoRoom(Worded):
    """The message says how many places are missing, and what to do."""


def most_slots(program: Program) -> int:
    """How many visits follow each other between the visit's hour and the hour at which dates end."""
    minutes = 60 * (program.policy.due_hour - program.policy.visit_hour)
    return max(minutes // program.visit.minutes, 1)


def place_classes(classes: Mapping[str, int], rooms: Sequence[Room], slots: int) -> tuple[Group, ...]:
    """Every child once, no room over its places; a class stays together where one room holds it.

    The largest class chooses first, the earliest slot before the smallest room. Without rooms all meet at once.
    Raises NoRoom.
    """
    if not rooms:
        return tuple(Group(name, 0, count, 0, "") for name, count in sorted(classes.items()) if count)
    children, places = sum(classes.values()), slots * sum(room.places for room in rooms)
    if children > places:
        raise NoRoom(
            "{children} children have a visit, and the school's rooms hold {places} in {slots}."
            " Name more rooms or more places in program.toml, or set a shorter visit (minutes).",
            children=children,
            places=places,
            slots=counted(slots, "time slot", "time slots"),
        )
    free = {(slot, room.name): room.places for slot in range(slots) for room in rooms}
    largest_first = sorted(classes.items(), key=lambda one: (-one[1], one[0]))
    groups = [group for name, count in largest_first for group in _place(name, count, free)]
    return tuple(sorted(groups, key=lambda group: (group.slot, group.class_name, group.first)))


def _place(name: str, count: int, free: dict[tuple[int, str], int]) -> Iterator[Group]:
    """In one room; else in rooms of one slot; else in what is free, the earliest and largest first."""
    left = count
    for slot, room in _places_for(count, free):
        taken = min(left, free[slot, room])
        if taken:
            yield Group(name, count - left, taken, slot, room)
            free[slot, room] -= taken
            left -= taken


def _places_for(count: int, free: Mapping[tuple[int, str], int]) -> Sequence[tuple[int, str]]:
    whole = [place for place, places in free.items() if places >= count]
    if whole:
        return [min(whole, key=lambda place: (place[0], free[place], place[1]))]
    by_size = sorted(free, key=lambda place: (place[0], -free[place], place[1]))
    for slot in sorted({slot for slot, _ in free}):
        together = [place for place in by_size if place[0] == slot]
        if sum(free[place] for place in together) >= count:
            return together
    return by_size
