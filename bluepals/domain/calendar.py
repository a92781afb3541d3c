"""School days, deadlines and the instants they are turned into."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from bluepals.domain.program import Break, Policy, Program, RoundDates, YearDates
from bluepals.domain.sentences import Sentence, counted, dated

ONE_DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_YEAR = timedelta(days=366)
MOST_ROUNDS = 12


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
    problem: Sentence


@dataclass(frozen=True)
class SchoolCalendar:
    """One program's school days, in its zone."""

    zone: ZoneInfo
    year: YearDates
    holidays: Mapping[date, str]

    @classmethod
    def of(cls, program: Program) -> "SchoolCalendar":
        """The program's calendar, which `check_dates` has found to have a known zone and region."""
        return _calendar(program.timezone, program.holidays, program.year)

    @cached_property
    def school_days(self) -> tuple[date, ...]:
        """Every school day of the year, in order."""
        span = (self.year.last_day - self.year.first_day).days
        days = (self.year.first_day + ONE_DAY * n for n in range(span + 1))
        return tuple(day for day in days if self.is_school_day(day))

    def why_closed(self, day: date) -> str | None:
        """What this day is, since there is no school: a Saturday, Labor Day; None on a school day."""
        if day < self.year.first_day:
            return Sentence("before the first day, {day}", day=self.year.first_day)
        if day > self.year.last_day:
            return Sentence("after the last day, {day}", day=self.year.last_day)
        if day.weekday() >= SATURDAY:
            return Sentence("a {weekday}", weekday=dated(day, "%A"))
        if pause := self._break_of(day):
            return Sentence("in the break from {first} to {last}", first=pause.first, last=pause.last)
        return self.holidays.get(day)

    def is_school_day(self, day: date) -> bool:
        return self.why_closed(day) is None

    def next_school_day(self, day: date) -> date:
        """The day itself, or the first school day after it; after the year's last one, the day itself."""
        return next(iter(self.school_days[bisect_left(self.school_days, day) :]), day)

    def last_school_day_by(self, day: date) -> date:
        """The day itself, or the last school day before it; before the year's first one, the day itself."""
        place = bisect_right(self.school_days, day)
        return self.school_days[place - 1] if place else day

    def add_school_days(self, day: date, count: int) -> date:
        """The `count`-th school day after (before, if negative) this day; 0 is the day itself.

        The year's school days are all there are: beyond the last one it stays there, and never goes back.
        """
        if count == 0 or not self.school_days:
            return day
        if count > 0:
            place = bisect_right(self.school_days, day) + count - 1
            return (
                self.school_days[place] if place < len(self.school_days) else max(day, self.school_days[-1])
            )
        place = bisect_left(self.school_days, day) + count
        return self.school_days[place] if place >= 0 else min(day, self.school_days[0])

    def days_on(self, day: date, count: int) -> date:
        """The school day so many days on; later where a break takes away some of the five in seven that are school days."""
        return max(self.next_school_day(day + ONE_DAY * count), self.add_school_days(day, count * 5 // 7))

    def school_days_between(self, first: date, last: date) -> int:
        """School days after `first` up to and with `last`; negative if `last` comes first."""
        return bisect_right(self.school_days, last) - bisect_right(self.school_days, first)

    def reminder_day(self, due: datetime, hours: int, mail_hour: int) -> date | None:
        """The last school day whose daily mail leaves so many hours before, or earlier; None: the year has none."""
        latest = due - timedelta(hours=hours)
        place = bisect_right(self.school_days, latest, key=lambda day: self.instant(day, mail_hour))
        return self.school_days[place - 1] if place else None

    def instant(self, day: date, at: int | time) -> datetime:
        """A local date and time (or full hour) as an instant: the earlier of two, a missing one moved forward."""
        clock = at.replace(fold=0, tzinfo=None) if isinstance(at, time) else time(at)
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)

    def label(self, instant: datetime) -> Sentence:
        """For people: the local date and time with its zone."""
        return dated(instant.astimezone(self.zone), "%A, %B %-d, %Y, %-I:%M %p %Z")

    def _break_of(self, day: date) -> Break | None:
        return next((pause for pause in self.year.breaks if pause.first <= day <= pause.last), None)


@lru_cache(maxsize=64)
def _calendar(timezone: str, region: str | None, year: YearDates) -> SchoolCalendar:
    return SchoolCalendar(ZoneInfo(timezone), year, _public_holidays(region, year))


def _public_holidays(region: str | None, year: YearDates) -> Mapping[date, str]:
    """`region` is a country or country-subdivision of the holidays library, as "US-MO"; None: no holidays."""
    if region is None:
        return MappingProxyType({})
    country, _, subdivision = region.partition("-")
    years = range(year.first_day.year, year.last_day.year + 1)
    return MappingProxyType(dict(holidays.country_holidays(country, subdiv=subdivision or None, years=years)))


def round_deadlines(program: Program) -> tuple[RoundDeadlines, ...]:
    """Letters are due at the due hour; the pack closes at that hour on the school day before it is opened."""
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


def visit_day(program: Program, school: str | None = None) -> date:
    """The day that the school has set, or else the middle school day of the window."""
    own = next((one.visit_on for one in program.schools if one.id == school), None)
    if own is not None:
        return own
    window = program.visit
    school_days = [day for day in SchoolCalendar.of(program).school_days if window.start <= day <= window.end]
    return school_days[len(school_days) // 2]


def check_dates(program: Program) -> list[DateProblem]:
    """Every date that can't be kept, with the arithmetic that says so."""
    if unknown := [*_unknown_names(program), *_year_problems(program.year)]:
        return unknown
    calendar = SchoolCalendar.of(program)
    return [*_rounds_problems(calendar, program.policy, program.rounds), *_visit_problems(calendar, program)]


def _unknown_names(program: Program) -> Iterator[DateProblem]:
    try:
        ZoneInfo(program.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield DateProblem(
            "program.timezone",
            program.timezone,
            Sentence('is no known time zone; write one such as "America/Chicago"'),
        )
    try:
        _public_holidays(program.holidays, YearDates(date(2026, 8, 1), date(2026, 8, 1)))
    except NotImplementedError:
        yield DateProblem(
            "program.holidays",
            program.holidays or "",
            Sentence(
                'is no region of the holidays library; write a country or a part of one, such as "US-MO"'
            ),
        )


def _year_problems(year: YearDates) -> Iterator[DateProblem]:
    length = year.last_day - year.first_day
    if not ONE_DAY <= length <= LONGEST_YEAR:
        too_long = Sentence(
            "is {days} days after first_day {first_day}; choose a day of the next twelve months",
            days=length.days,
            first_day=year.first_day,
        )
        too_short = Sentence(
            "is not after first_day {first_day}; choose a day of the next twelve months",
            first_day=year.first_day,
        )
        yield DateProblem(
            "year.last_day", str(year.last_day), too_long if length > LONGEST_YEAR else too_short
        )
        return
    for number, pause in enumerate(year.breaks, start=1):
        key = f"year.breaks[{number}]"
        value = Sentence("{first} to {last}", first=pause.first, last=pause.last)
        if pause.last < pause.first:
            yield DateProblem(key, value, Sentence("ends before it begins; exchange the two dates"))
        elif pause.last < year.first_day or pause.first > year.last_day:
            yield DateProblem(
                key,
                value,
                Sentence(
                    "is not in the year {first_day} to {last_day}; correct it or leave it out",
                    first_day=year.first_day,
                    last_day=year.last_day,
                ),
            )


def _rounds_problems(
    calendar: SchoolCalendar, policy: Policy, rounds: tuple[RoundDates, ...]
) -> Iterator[DateProblem]:
    if not 1 <= len(rounds) <= MOST_ROUNDS:
        yield DateProblem(
            "rounds",
            str(len(rounds)),
            Sentence(
                "is how many rounds there are; a year has 1 to {most}, usually 4 to 8", most=MOST_ROUNDS
            ),
        )
    for dates in rounds:
        yield from _closed_days(calendar, dates)
    in_year = [dates for dates in rounds if _is_in(calendar.year, dates)]
    for dates in in_year:
        yield from _short_times(calendar, policy, dates)
    for previous, following in itertools.pairwise(in_year):
        if following.students_due <= previous.opens_on:
            yield DateProblem(
                f"rounds[{following.number}].students_due",
                str(following.students_due),
                Sentence(
                    "comes before the class has read the letters of round {number}, opened on {opened}; choose {a_day}",
                    number=previous.number,
                    opened=previous.opens_on,
                    a_day=_from(calendar, previous.opens_on + ONE_DAY),
                ),
            )


def _is_in(year: YearDates, dates: RoundDates) -> bool:
    return all(year.first_day <= day <= year.last_day for day in _days_of(dates).values())


def _days_of(dates: RoundDates) -> dict[str, date]:
    return {
        "students_due": dates.students_due,
        "officers_due": dates.officers_due,
        "opens_on": dates.opens_on,
    }


def _closed_days(calendar: SchoolCalendar, dates: RoundDates) -> Iterator[DateProblem]:
    for name, day in _days_of(dates).items():
        if why := calendar.why_closed(day):
            yield _closed_day(calendar, f"rounds[{dates.number}].{name}", day, why)


def _closed_day(calendar: SchoolCalendar, key: str, day: date, why: str) -> DateProblem:
    problem = Sentence("is {why}; choose a school day: {a_day}", why=why, a_day=_from(calendar, day))
    return DateProblem(key, str(day), problem)


def _short_times(calendar: SchoolCalendar, policy: Policy, dates: RoundDates) -> Iterator[DateProblem]:
    reply = (dates.officers_due - dates.students_due).days
    needed = max(policy.reply_days, 1)
    if reply < needed:
        enough = dates.students_due + ONE_DAY * needed
        yield DateProblem(
            f"rounds[{dates.number}].officers_due",
            str(dates.officers_due),
            Sentence(
                "leaves {days} to reply after the children's letters of {students_due}; {needed} are needed: {a_day}",
                days=counted(max(reply, 0), "day", "days"),
                students_due=dates.students_due,
                needed=needed,
                a_day=_from(calendar, enough),
            ),
        )
    gap = calendar.school_days_between(dates.officers_due, dates.opens_on)
    needed = max(policy.opening_gap_school_days, 1)
    if gap < needed:
        enough = _day_after_school_days(calendar, dates.officers_due, needed)
        yield DateProblem(
            f"rounds[{dates.number}].opens_on",
            str(dates.opens_on),
            Sentence(
                "leaves {days} for reading after the officers' letters of {officers_due}; {needed} are needed: {a_day}",
                days=counted(max(gap, 0), "school day", "school days"),
                officers_due=dates.officers_due,
                needed=needed,
                a_day=_from(calendar, enough),
            ),
        )


def _day_after_school_days(calendar: SchoolCalendar, day: date, count: int) -> date:
    """The `count`-th school day after `day`, or a day after the year if there are not so many left."""
    reached = calendar.add_school_days(day, count)
    enough = calendar.school_days_between(day, reached) >= count
    return reached if enough else calendar.year.last_day + ONE_DAY


def _from(calendar: SchoolCalendar, day: date) -> Sentence:
    """The first school day that will do; none is left when it would be after the last one."""
    following = calendar.next_school_day(day)
    if calendar.is_school_day(following):
        return Sentence("{day} or later", day=following)
    return Sentence("none is left before the last day, {day}, so begin earlier", day=calendar.year.last_day)


def _visit_problems(calendar: SchoolCalendar, program: Program) -> Iterator[DateProblem]:
    yield from _own_visit_days(calendar, program)
    window, last_day = program.visit, program.year.last_day
    openings = (dates.opens_on for dates in program.rounds if _is_in(program.year, dates))
    last_opening = max(openings, default=program.year.first_day)
    if window.end < window.start:
        yield DateProblem(
            "visit.window_end",
            str(window.end),
            Sentence("is before window_start {start}; exchange the two dates", start=window.start),
        )
    elif window.start <= last_opening:
        yield DateProblem(
            "visit.window_start",
            str(window.start),
            Sentence(
                "is not after the last opening day, {last_opening}; choose {a_day}",
                last_opening=last_opening,
                a_day=_from(calendar, last_opening + ONE_DAY),
            ),
        )
    elif window.end >= last_day:
        yield DateProblem(
            "visit.window_end",
            str(window.end),
            Sentence(
                "leaves no time for a farewell before the last day, {last_day}; choose an earlier day",
                last_day=last_day,
            ),
        )
    elif calendar.school_days_between(window.start - ONE_DAY, window.end) == 0:
        yield DateProblem(
            "visit.window_end",
            str(window.end),
            Sentence(
                "leaves no school day for the visit after window_start {start}: widen the window",
                start=window.start,
            ),
        )


def _own_visit_days(calendar: SchoolCalendar, program: Program) -> Iterator[DateProblem]:
    window = program.visit
    for number, school in enumerate(program.schools, start=1):
        day = school.visit_on
        if day is None:
            continue
        key = f"schools[{number}].visit_on"
        if not window.start <= day <= window.end:
            yield DateProblem(
                key,
                str(day),
                Sentence(
                    "is not in the visit's window, {start} to {end}; choose a day of it",
                    start=window.start,
                    end=window.end,
                ),
            )
        elif why := calendar.why_closed(day):
            yield _closed_day(calendar, key, day, why)
