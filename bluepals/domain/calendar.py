"""School days, deadlines and the instants they are turned into."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays

from bluepals.domain.program import Break, Policy, Program, RoundDates, YearDates

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@cache
def _public_holidays(region: str | None, first_year: int, last_year: int) -> Mapping[date, str]:
    """`region` is a country or country-subdivision of the holidays library, as "US-MO"; None: no holidays."""
    if region is None:
        return MappingProxyType({})
    country, _, subdivision = region.partition("-")
    years = range(first_year, last_year + 1)
    return MappingProxyType(dict(holidays.country_holidays(country, subdiv=subdivision or None, years=years)))


@dataclass(frozen=True, slots=True)
class RoundDeadlines:
    """A round's dates as instants (UTC)."""

    number: int
    students_due: datetime
    officers_due: datetime
    pack_closes: datetime
    opens: datetime


@dataclass(frozen=True, slots=True)
class DateProblem:
    """A date of the program file that can't be kept: its key, its value, and the arithmetic."""

    key: str
    value: str
    problem: str


@dataclass(frozen=True)
class SchoolCalendar:
    """One program's school days, in its zone."""

    zone: ZoneInfo
    year: YearDates
    holidays: Mapping[date, str]

    @classmethod
    def of(cls, program: Program) -> "SchoolCalendar":
        years = program.year.first_day.year, program.year.last_day.year
        return cls(ZoneInfo(program.timezone), program.year, _public_holidays(program.holidays, *years))

    def why_closed(self, day: date) -> str | None:
        """Why there is no school on this day; None on a school day."""
        if day < self.year.first_day:
            return f"before the first day, {self.year.first_day}"
        if day > self.year.last_day:
            return f"after the last day, {self.year.last_day}"
        if day.weekday() >= SATURDAY:
            return f"a {day:%A}"
        if pause := self._break_of(day):
            return f"in the break from {pause.first} to {pause.last}"
        return self.holidays.get(day)

    def is_school_day(self, day: date) -> bool:
        return self.why_closed(day) is None

    def next_school_day(self, day: date) -> date:
        """The day itself, or the first school day after it; after the last day, the day itself."""
        return next((d for d in self._days_from(day) if self.is_school_day(d)), day)

    def add_school_days(self, day: date, count: int) -> date:
        """The `count`-th school day after (before, if negative) this day; the year's ends are where it stops."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            following = day + step
            while (
                not self.is_school_day(following) and self.year.first_day <= following <= self.year.last_day
            ):
                following += step
            day = following
        return day

    def school_days_between(self, first: date, last: date) -> int:
        """School days after `first` up to `last`, `last` included."""
        return sum(self.is_school_day(first + ONE_DAY * n) for n in range(1, (last - first).days + 1))

    def instant(self, day: date, at: int | time) -> datetime:
        """A local date and time (or full hour) as an instant: the earlier of two, a missing one moved forward."""
        local = datetime.combine(day, at if isinstance(at, time) else time(at), tzinfo=self.zone)
        return local.astimezone(UTC)

    def label(self, instant: datetime) -> str:
        """For people: the local date and time with its zone."""
        return f"{instant.astimezone(self.zone):%A, %B %-d, %Y, %-I:%M %p %Z}"

    def _break_of(self, day: date) -> Break | None:
        return next((pause for pause in self.year.breaks if pause.first <= day <= pause.last), None)

    def _days_from(self, day: date) -> Iterator[date]:
        while day <= self.year.last_day:
            yield day
            day += ONE_DAY


def round_deadlines(program: Program) -> tuple[RoundDeadlines, ...]:
    calendar, policy = SchoolCalendar.of(program), program.policy
    return tuple(
        RoundDeadlines(
            number=dates.number,
            students_due=calendar.instant(dates.students_due, policy.due_hour),
            officers_due=calendar.instant(dates.officers_due, policy.due_hour),
            pack_closes=calendar.instant(calendar.add_school_days(dates.opens_on, -1), policy.due_hour),
            opens=calendar.instant(dates.opens_on, policy.opening_hour),
        )
        for dates in program.rounds
    )


def visit_day(program: Program) -> date:
    """The middle school day of the window, unless people set another one."""
    calendar, window = SchoolCalendar.of(program), program.visit
    days = [window.start + ONE_DAY * n for n in range((window.end - window.start).days + 1)]
    school_days = [day for day in days if calendar.is_school_day(day)]
    return school_days[len(school_days) // 2]


def check_dates(program: Program) -> list[DateProblem]:
    """Every date that can't be kept, with the arithmetic that says so."""
    if program.year.last_day <= program.year.first_day:
        return [
            DateProblem(
                "year.last_day",
                str(program.year.last_day),
                f"is not after first_day {program.year.first_day}",
            )
        ]
    calendar = SchoolCalendar.of(program)
    return [*_rounds_problems(calendar, program.policy, program.rounds), *_visit_problems(calendar, program)]


def _rounds_problems(
    calendar: SchoolCalendar, policy: Policy, rounds: tuple[RoundDates, ...]
) -> Iterator[DateProblem]:
    if not rounds:
        yield DateProblem("rounds", "", "there is none: a year has at least one round, usually 4 to 8")
    for dates in rounds:
        yield from _closed_days(calendar, dates)
        yield from _short_times(calendar, policy, dates)
    for previous, following in itertools.pairwise(rounds):
        if following.students_due <= previous.opens_on:
            yield DateProblem(
                f"rounds[{following.number}].students_due",
                str(following.students_due),
                f"comes before the class has opened the letters of round {previous.number} on {previous.opens_on}; "
                "children answer what they have read, so choose a later day",
            )


def _closed_days(calendar: SchoolCalendar, dates: RoundDates) -> Iterator[DateProblem]:
    for name in ("students_due", "officers_due", "opens_on"):
        day: date = getattr(dates, name)
        if why := calendar.why_closed(day):
            yield DateProblem(
                f"rounds[{dates.number}].{name}",
                str(day),
                f"is {why}; choose a school day, for example {calendar.next_school_day(day)}",
            )


def _short_times(calendar: SchoolCalendar, policy: Policy, dates: RoundDates) -> Iterator[DateProblem]:
    reply = (dates.officers_due - dates.students_due).days
    if reply < policy.reply_days:
        enough = dates.students_due + timedelta(days=policy.reply_days)
        yield DateProblem(
            f"rounds[{dates.number}].officers_due",
            str(dates.officers_due),
            f"leaves {reply} days to reply after students_due {dates.students_due}; {policy.reply_days} are needed: "
            f"{calendar.next_school_day(enough)} or later",
        )
    gap = calendar.school_days_between(dates.officers_due, dates.opens_on)
    if gap < policy.opening_gap_school_days:
        enough = calendar.add_school_days(dates.officers_due, policy.opening_gap_school_days)
        yield DateProblem(
            f"rounds[{dates.number}].opens_on",
            str(dates.opens_on),
            f"leaves {gap} school days for reading after officers_due {dates.officers_due}; "
            f"{policy.opening_gap_school_days} are needed: {enough} or later",
        )


def _visit_problems(calendar: SchoolCalendar, program: Program) -> Iterator[DateProblem]:
    window = program.visit
    label = f"{window.start} to {window.end}"
    last_opening = max((dates.opens_on for dates in program.rounds), default=program.year.first_day)
    if window.end < window.start:
        yield DateProblem("visit.window_end", str(window.end), f"is before window_start {window.start}")
    elif window.start <= last_opening:
        yield DateProblem(
            "visit.window_start", str(window.start), f"is not after the last opening day, {last_opening}"
        )
    elif window.end >= program.year.last_day:
        yield DateProblem(
            "visit.window_end", str(window.end), f"leaves no time before last_day {program.year.last_day}"
        )
    elif calendar.school_days_between(window.start - ONE_DAY, window.end) == 0:
        yield DateProblem("visit", label, "holds no school day; widen the window")
