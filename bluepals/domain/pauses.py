"""Pauses: time in which no deadline comes nearer.

A school day counts when its hour passes outside every pause. So a pause takes away the days whose hour it covers, and a
deadline that had three school days left before it has three left after it, at its usual hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Policy, RoundDates


@dataclass(frozen=True, slots=True)
class Pause:
    """From an instant to another; None while it goes on."""

    began: datetime
    ended: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """What ends with the pause was still frozen; what began with it had just passed."""
        return self.began < at and (self.ended is None or at <= self.ended)


def between(pauses: Sequence[Pause], since: datetime, until: datetime | None) -> Sequence[Pause]:
    """What of them lies there; None: whatever is to come."""
    return [
        Pause(max(one.began, since), min((end for end in (one.ended, until) if end), default=None))
        for one in pauses
        if (one.ended is None or one.ended > since) and (until is None or one.began < until)
    ]


def stretch_until(pauses: Sequence[Pause], now: datetime) -> Pause | None:
    """The pauses that ended just now, and those that they overlapped, as one; None: none has ended now."""
    stretch: Pause | None = None
    for pause in sorted(pauses, key=lambda one: one.began, reverse=True):
        ended = pause.ended or now
        if ended >= (stretch.began if stretch else now):
            stretch = Pause(pause.began, now)
    return stretch


@dataclass(frozen=True, slots=True)
class FrozenRound:
    """A round's deadlines after pauses. None: frozen by one that goes on, or no longer within the year."""

    number: int
    students_due: datetime | None
    officers_due: datetime | None
    pack_closes: datetime | None
    opens: datetime | None


def moved(calendar: SchoolCalendar, day: date, hour: int | time, pauses: Sequence[Pause]) -> date | None:
    """The school day on which a deadline of this day and hour falls; None: none is left, or not while a pause goes on."""
    first_free = calendar.next_school_day(day)
    if not calendar.is_school_day(first_free):
        return None
    if not any(pause.began <= calendar.instant(first_free, hour) for pause in pauses):
        return first_free
    place = calendar.school_days.index(first_free)
    counted = _counted(calendar, hour, pauses)
    return counted[place] if place < len(counted) else None


def unmoved(calendar: SchoolCalendar, day: date, hour: int, pauses: Sequence[Pause]) -> date:
    """The day that `moved` brings to this one. Raises ValueError when its hour lies in a pause, or it is no school day."""
    return calendar.school_days[_counted(calendar, hour, pauses).index(day)]


def _counted(calendar: SchoolCalendar, hour: int | time, pauses: Sequence[Pause]) -> list[date]:
    hours = ((day, calendar.instant(day, hour)) for day in calendar.school_days)
    return [day for day, at in hours if not any(pause.covers(at) for pause in pauses)]


def frozen_round(
    calendar: SchoolCalendar, policy: Policy, dates: RoundDates, pauses: Sequence[Pause]
) -> FrozenRound:
    """A class's round. The pack closes on a school day, and is opened on a later one."""

    def at(day: date | None, hour: int) -> datetime | None:
        return None if day is None else calendar.instant(day, hour)

    closes_on = moved(calendar, calendar.add_school_days(dates.opens_on, -1), policy.due_hour, pauses)
    return FrozenRound(
        number=dates.number,
        students_due=at(moved(calendar, dates.students_due, policy.due_hour, pauses), policy.due_hour),
        officers_due=at(moved(calendar, dates.officers_due, policy.due_hour, pauses), policy.due_hour),
        pack_closes=at(closes_on, policy.due_hour),
        opens=at(_opens_on(calendar, policy, dates.opens_on, closes_on, pauses), policy.opening_hour),
    )


def plan_to_open(calendar: SchoolCalendar, policy: Policy, day: date, pauses: Sequence[Pause]) -> date:
    """The latest planned opening day that pauses move to this one: where they took more evenings than mornings, its pack
    closes later than the mornings say.

    Raises ValueError when its hour lies in a pause, or it is no school day.
    """
    latest = unmoved(calendar, day, policy.opening_hour, pauses)
    place = calendar.school_days.index(latest) + 1
    for planned in reversed(calendar.school_days[:place]):
        closes_on = moved(calendar, calendar.add_school_days(planned, -1), policy.due_hour, pauses)
        opens_on = _opens_on(calendar, policy, planned, closes_on, pauses)
        if opens_on is not None and opens_on <= day:
            return planned if opens_on == day else latest
    return latest


def _opens_on(
    calendar: SchoolCalendar, policy: Policy, day: date, closes_on: date | None, pauses: Sequence[Pause]
) -> date | None:
    opens_on = moved(calendar, day, policy.opening_hour, pauses)
    if opens_on is None or closes_on is None or opens_on > closes_on:
        return opens_on if closes_on else None
    return next((one for one in _counted(calendar, policy.opening_hour, pauses) if one > closes_on), None)


def of_pairing(of_class: Sequence[Pause], own: Sequence[Pause], began: datetime) -> tuple[Pause, ...]:
    """What moves the dates of a pairing that began then, beside its class also what its agency or itself has paused since;
    empty: it follows its class.
    """
    since = between(own, began, None)
    return (*of_class, *since) if since else ()


def with_own_pauses(
    calendar: SchoolCalendar,
    policy: Policy,
    dates: RoundDates,
    of_class: FrozenRound,
    pauses: Sequence[Pause],
) -> FrozenRound:
    """A pairing's round when not only its class was paused: its own dates, and the opening day of the class."""
    own = frozen_round(calendar, policy, dates, pauses)
    return replace(own, pack_closes=of_class.pack_closes, opens=of_class.opens)


SHORTEST = 8  # school days in which a round can still be written, answered and read


def shortened(calendar: SchoolCalendar, number: int, after: date, opens_by: date) -> RoundDates | None:
    """A round's dates within these days, its parts as 3 to 3 to 2; None when there are too few."""
    days = calendar.school_days_between(after, opens_by)
    if days < SHORTEST:
        return None
    return RoundDates(
        number=number,
        students_due=calendar.add_school_days(after, days * 3 // 8),
        officers_due=calendar.add_school_days(after, days * 6 // 8),
        opens_on=calendar.add_school_days(after, days),
    )


def kept(
    calendar: SchoolCalendar, planned: datetime, since: datetime, pauses: Sequence[Pause]
) -> datetime | None:
    """When a deadline that was set at `since` falls: with the school days that it had left, at its hour; None: while it is frozen.

    What takes no school day from it leaves it where it is. Where the year has too few days left, it is the last one.
    """
    own = [
        replace(one, began=max(one.began, since)) for one in pauses if one.ended is None or one.ended > since
    ]
    local = planned.astimezone(calendar.zone)
    hours = [calendar.instant(day, local.time()) for day in calendar.school_days]
    open_hours = [planned, *(at for at in hours if since < at <= planned)]
    if not any(one.covers(at) for one in own for at in open_hours):
        return planned
    day = moved(calendar, local.date(), local.time(), own)
    if day is not None:
        return calendar.instant(day, local.time())
    if any(one.ended is None for one in own):
        return None
    return max(planned, calendar.instant(calendar.year.last_day, local.time()))
