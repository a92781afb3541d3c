"""School days, deadlines as instants, and dates that are refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.calendar import (
    DateProblem,
    SchoolCalendar,
    check_dates,
    round_deadlines,
    visit_day,
)
from bluepals.domain.program import (
    Agency,
    Break,
    Policy,
    Program,
    RoundDates,
    School,
    VisitWindow,
    YearDates,
)
from bluepals.domain.sentences import Sentence

ONE_DAY = timedelta(days=1)

YEAR = YearDates(
    first_day=date(2026, 8, 17),
    last_day=date(2027, 5, 28),
    breaks=(Break(date(2026, 11, 25), date(2026, 11, 27)), Break(date(2026, 12, 21), date(2027, 1, 1))),
)

PROGRAM = Program(
    id="stl",
    name="St. Louis",
    timezone="America/Chicago",
    holidays="US-MO",
    schools=(School("north", "North", ("city",)),),
    agencies=(Agency("city", "City Police"),),
    year=YEAR,
    rounds=(
        RoundDates(1, date(2026, 9, 18), date(2026, 10, 2), date(2026, 10, 9)),
        RoundDates(2, date(2026, 10, 26), date(2026, 11, 9), date(2026, 11, 18)),
        RoundDates(3, date(2027, 1, 15), date(2027, 1, 29), date(2027, 2, 5)),
    ),
    visit=VisitWindow(date(2027, 5, 10), date(2027, 5, 21)),
)

CALENDAR = SchoolCalendar.of(PROGRAM)

days = st.dates(min_value=date(2026, 7, 1), max_value=date(2027, 7, 31))
school_days = st.sampled_from(CALENDAR.school_days)


def with_round(number: int, **dates: Any) -> Program:
    rounds = tuple(replace(one, **dates) if one.number == number else one for one in PROGRAM.rounds)
    return replace(PROGRAM, rounds=rounds)


def with_year(**dates: Any) -> Program:
    return replace(PROGRAM, year=replace(YEAR, **dates))


def with_visit(start: date, end: date) -> Program:
    return replace(PROGRAM, visit=VisitWindow(start, end))


def only_problem(program: Program) -> DateProblem:
    (problem,) = check_dates(program)
    return problem


# School days


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 9, 7), "Labor Day"),
        (date(2026, 9, 12), "a Saturday"),
        (date(2026, 9, 13), "a Sunday"),
        (date(2026, 12, 21), "in the break from 2026-12-21 to 2027-01-01"),
        (date(2027, 1, 1), "in the break from 2026-12-21 to 2027-01-01"),
        (date(2026, 8, 14), "before the first day, 2026-08-17"),
        (date(2027, 5, 29), "after the last day, 2027-05-28"),
        (date(2027, 1, 18), "Martin Luther King Jr. Day"),
    ],
)
def test_a_closed_day_says_why(day, why):
    assert CALENDAR.why_closed(day) == why


def test_the_first_and_the_last_day_are_school_days():
    assert CALENDAR.is_school_day(YEAR.first_day)
    assert CALENDAR.is_school_day(YEAR.last_day)


def test_without_a_region_there_are_no_holidays():
    assert SchoolCalendar.of(replace(PROGRAM, holidays=None)).is_school_day(date(2026, 9, 7))


@given(days)
def test_a_day_moves_to_the_nearest_school_day_at_or_after_it(day):
    moved = CALENDAR.next_school_day(day)
    assert moved >= day
    if day <= YEAR.last_day:
        assert CALENDAR.is_school_day(moved)
        skipped = [day + ONE_DAY * n for n in range((moved - day).days)]
        assert not any(map(CALENDAR.is_school_day, skipped))
    else:
        assert moved == day


breaks = st.lists(
    st.tuples(days, st.integers(0, 20)).map(lambda one: Break(one[0], one[0] + ONE_DAY * one[1])), max_size=6
)
zones = st.sampled_from(["America/Chicago", "Pacific/Auckland", "America/St_Johns", "UTC"])


@given(breaks, zones, days, st.integers(8, 20))
def test_each_date_is_reminded_of_once_three_days_and_once_a_day_before_it_if_there_was_school_then(
    these, zone, day, due_hour
):
    calendar = SchoolCalendar(ZoneInfo(zone), replace(YEAR, breaks=tuple(these)), {})
    due = calendar.instant(day, due_hour)
    for hours in (72, 24):
        in_time = [
            one for one in calendar.school_days if calendar.instant(one, 7) <= due - timedelta(hours=hours)
        ]
        reminded = calendar.reminder_day(due, hours, 7)
        assert reminded == (in_time[-1] if in_time else None)
        if hours == 24 and calendar.year.first_day < day <= calendar.year.last_day and in_time:
            assert reminded == calendar.last_school_day_by(day - ONE_DAY)


def test_school_days_are_counted_over_weekends_holidays_and_breaks():
    assert CALENDAR.add_school_days(date(2026, 9, 4), 1) == date(2026, 9, 8)
    assert CALENDAR.add_school_days(date(2026, 12, 18), 1) == date(2027, 1, 4)
    assert CALENDAR.add_school_days(date(2026, 9, 8), -1) == date(2026, 9, 4)
    assert CALENDAR.add_school_days(date(2026, 9, 12), 1) == date(2026, 9, 14)
    assert CALENDAR.add_school_days(date(2026, 9, 12), 0) == date(2026, 9, 12)


@given(school_days, st.integers(-40, 40))
def test_as_many_school_days_lie_between_as_were_added(day, count):
    reached = CALENDAR.add_school_days(day, count)
    between = CALENDAR.school_days_between(day, reached)
    if reached in {CALENDAR.school_days[0], CALENDAR.school_days[-1]}:
        assert abs(between) <= abs(count)
    else:
        assert between == count


@given(days, st.integers(0, 400))
def test_the_end_of_the_year_never_sends_a_deadline_back(day, count):
    assert CALENDAR.add_school_days(day, count) >= day
    assert CALENDAR.add_school_days(day, -count) <= day


def test_so_many_days_on_is_a_school_day_and_a_break_makes_it_later() -> None:
    assert CALENDAR.days_on(date(2026, 9, 21), 14) == date(2026, 10, 5)
    assert CALENDAR.days_on(date(2026, 9, 20), 14) == date(2026, 10, 5), "a Sunday"
    assert CALENDAR.days_on(date(2026, 12, 18), 14) == date(2027, 1, 15), "ten school days after the break"
    assert CALENDAR.days_on(date(2026, 12, 18), 1) == date(2027, 1, 4)


@given(day=days, count=st.integers(1, 60))
def test_so_many_days_on_leaves_the_school_days_of_as_many_weeks(day: date, count: int) -> None:
    reached = CALENDAR.days_on(day, count)
    assert reached >= day + count * ONE_DAY
    if reached < CALENDAR.school_days[-1]:
        assert CALENDAR.is_school_day(reached)
        assert CALENDAR.school_days_between(day, reached) >= count * 5 // 7


@given(days, days, days)
def test_counts_of_school_days_add_up(first, middle, last):
    whole = CALENDAR.school_days_between(first, last)
    parts = CALENDAR.school_days_between(first, middle) + CALENDAR.school_days_between(middle, last)
    assert whole == parts


@given(days, st.integers(0, 60))
def test_a_count_leaves_out_the_first_day_and_takes_in_the_last(first, length):
    after = [first + ONE_DAY * n for n in range(1, length + 1)]
    expected = sum(map(CALENDAR.is_school_day, after))
    assert CALENDAR.school_days_between(first, first + ONE_DAY * length) == expected


# Deadlines as instants


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        (date(2027, 3, 12), 17, datetime(2027, 3, 12, 23, tzinfo=UTC)),
        (date(2027, 3, 19), 17, datetime(2027, 3, 19, 22, tzinfo=UTC)),
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        (date(2026, 11, 1), time(1, 30, fold=1), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        (date(2027, 3, 14), time(2, 30), datetime(2027, 3, 14, 8, 30, tzinfo=UTC)),
        (date(2027, 3, 14), time(2, 30, fold=1), datetime(2027, 3, 14, 8, 30, tzinfo=UTC)),
    ],
)
def test_fault_35_a_local_time_is_turned_into_one_instant(day, at, instant):
    assert CALENDAR.instant(day, at) == instant
    assert CALENDAR.instant(day, at).tzinfo is UTC


def test_fault_35_a_missing_time_is_moved_forward():
    moved = CALENDAR.instant(date(2027, 3, 14), time(2, 30)).astimezone(CALENDAR.zone)
    assert moved.strftime("%H:%M %Z") == "03:30 CDT"


def test_fault_35_two_weeks_to_reply_may_end_on_the_leap_day():
    program = replace(
        PROGRAM,
        year=YearDates(date(2027, 8, 16), date(2028, 5, 26)),
        rounds=(RoundDates(1, date(2028, 2, 15), date(2028, 2, 28), date(2028, 3, 10)),),
        visit=VisitWindow(date(2028, 5, 8), date(2028, 5, 19)),
    )
    assert only_problem(program).problem.endswith("14 are needed: 2028-02-29 or later")
    on_leap_day = replace(program.rounds[0], officers_due=date(2028, 2, 29))
    assert check_dates(replace(program, rounds=(on_leap_day,))) == []


def test_fault_35_a_person_reads_the_local_time_with_its_zone():
    assert CALENDAR.label(datetime(2027, 3, 12, 23, tzinfo=UTC)) == "Friday, March 12, 2027, 5:00 PM CST"
    assert CALENDAR.label(datetime(2027, 3, 19, 22, tzinfo=UTC)) == "Friday, March 19, 2027, 5:00 PM CDT"
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (6, 7))
    assert CALENDAR.label(first) == "Sunday, November 1, 2026, 1:30 AM CDT"
    assert CALENDAR.label(second) == "Sunday, November 1, 2026, 1:30 AM CST"


@given(st.sampled_from(["America/Chicago", "America/Phoenix", "Europe/Madrid", "Australia/Lord_Howe"]), days)
def test_fault_35_an_hour_of_the_day_comes_once_on_each_day_and_in_order(zone, day):
    calendar = replace(CALENDAR, zone=ZoneInfo(zone))
    for hour in range(24):
        instants = [calendar.instant(day + ONE_DAY * n, hour) for n in range(3)]
        assert [one.astimezone(calendar.zone).date() for one in instants] == [
            day + ONE_DAY * n for n in range(3)
        ]
        assert all(earlier < later for earlier, later in pairwise(instants))


def test_a_round_has_five_instants_in_order():
    first = round_deadlines(PROGRAM)[0]
    assert first.number == 1
    assert first.students_due == datetime(2026, 9, 18, 22, tzinfo=UTC)
    assert first.officers_due == datetime(2026, 10, 2, 22, tzinfo=UTC)
    assert first.pack_closes == datetime(2026, 10, 8, 22, tzinfo=UTC)
    assert first.opens == datetime(2026, 10, 9, 12, tzinfo=UTC)


def test_the_pack_closes_on_a_school_day_even_when_the_class_opens_it_after_a_break():
    program = with_round(2, opens_on=date(2026, 11, 30))
    assert round_deadlines(program)[1].pack_closes == datetime(2026, 11, 24, 23, tzinfo=UTC)


def test_the_policy_names_the_hours():
    early = replace(PROGRAM, policy=Policy(due_hour=9, opening_hour=6))
    first = round_deadlines(early)[0]
    assert [first.students_due.hour, first.pack_closes.hour, first.opens.hour] == [14, 14, 11]


def test_the_visit_is_on_the_middle_school_day_of_its_window():
    assert visit_day(PROGRAM) == date(2027, 5, 17)
    assert visit_day(with_visit(date(2027, 5, 15), date(2027, 5, 18))) == date(2027, 5, 18)


# Dates that can't be kept


def test_a_good_year_has_no_problem():
    assert check_dates(PROGRAM) == []


@pytest.mark.parametrize(
    ("number", "name", "day", "problem"),
    [
        (1, "students_due", date(2026, 9, 7), "is Labor Day; choose a school day: 2026-09-08 or later"),
        (1, "opens_on", date(2026, 10, 10), "is a Saturday; choose a school day: 2026-10-13 or later"),
        (
            2,
            "opens_on",
            date(2026, 11, 26),
            "is in the break from 2026-11-25 to 2026-11-27; choose a school day: 2026-11-30 or later",
        ),
        (
            1,
            "students_due",
            date(2026, 8, 12),
            "is before the first day, 2026-08-17; choose a school day: 2026-08-17 or later",
        ),
    ],
)
def test_a_round_s_date_without_school_is_refused_with_the_next_one_that_would_do(number, name, day, problem):
    found = only_problem(with_round(number, **{name: day}))
    assert found == DateProblem(f"rounds[{number}].{name}", str(day), problem)


def test_a_short_time_to_reply_is_refused_with_the_arithmetic():
    found = only_problem(with_round(2, officers_due=date(2026, 11, 4)))
    assert found == DateProblem(
        "rounds[2].officers_due",
        "2026-11-04",
        Sentence(
            "leaves 9 days to reply after the children's letters of 2026-10-26; 14 are needed: 2026-11-09 or later"
        ),
    )


def test_a_reply_that_is_due_before_the_letter_is_refused():
    found = only_problem(with_round(2, officers_due=date(2026, 10, 23)))
    assert found.problem.startswith("leaves 0 days to reply after the children's letters of 2026-10-26;")


def test_a_short_time_to_read_is_refused_in_school_days():
    found = only_problem(with_round(1, opens_on=date(2026, 10, 6)))
    assert found == DateProblem(
        "rounds[1].opens_on",
        "2026-10-06",
        Sentence(
            "leaves 2 school days for reading after the officers' letters of 2026-10-02; 5 are needed: 2026-10-09 or later"
        ),
    )


@pytest.mark.parametrize("policy", [Policy(reply_days=3), Policy(reply_days=0)])
def test_the_policy_says_how_long_a_reply_takes(policy):
    shorter = with_round(2, officers_due=date(2026, 10, 29))
    assert check_dates(replace(shorter, policy=policy)) == []


def test_no_policy_puts_three_dates_of_a_round_on_one_day():
    one_day = with_round(1, officers_due=date(2026, 9, 18), opens_on=date(2026, 9, 18))
    found = check_dates(replace(one_day, policy=Policy(reply_days=0, opening_gap_school_days=0)))
    assert [problem.key for problem in found] == ["rounds[1].officers_due", "rounds[1].opens_on"]


def test_children_answer_what_they_have_read():
    found = only_problem(with_round(1, officers_due=date(2026, 10, 16), opens_on=date(2026, 10, 26)))
    assert found == DateProblem(
        "rounds[2].students_due",
        "2026-10-26",
        Sentence(
            "comes before the class has read the letters of round 1, opened on 2026-10-26; "
            "choose 2026-10-27 or later"
        ),
    )


def test_a_round_too_late_in_the_year_is_told_to_begin_earlier():
    late = with_round(
        3, students_due=date(2027, 5, 7), officers_due=date(2027, 5, 24), opens_on=date(2027, 5, 26)
    )
    found = check_dates(replace(late, visit=VisitWindow(date(2027, 5, 27), date(2027, 5, 27))))
    assert [problem.problem for problem in found] == [
        "is Truman Day (observed); choose a school day: 2027-05-10 or later",
        (
            "leaves 2 school days for reading after the officers' letters of 2027-05-24; 5 are needed: "
            "none is left before the last day, 2027-05-28, so begin earlier"
        ),
    ]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_most_distant_dates_are_refused_like_others(day):
    found = check_dates(with_round(2, students_due=day, officers_due=day, opens_on=day))
    assert [problem.key for problem in found] == [
        "rounds[2].students_due",
        "rounds[2].officers_due",
        "rounds[2].opens_on",
    ]


@pytest.mark.parametrize("count", [0, 13])
def test_a_year_has_one_to_twelve_rounds(count):
    one = PROGRAM.rounds[0]
    rounds = tuple(replace(one, number=number) for number in range(1, count + 1))
    assert check_dates(replace(PROGRAM, rounds=rounds))[0] == DateProblem(
        "rounds", str(count), Sentence("is how many rounds there are; a year has 1 to 12, usually 4 to 8")
    )


@pytest.mark.parametrize(
    ("start", "end", "key", "problem"),
    [
        (
            date(2027, 5, 21),
            date(2027, 5, 10),
            "visit.window_end",
            "is before window_start 2027-05-21; exchange the two dates",
        ),
        (
            date(2027, 2, 5),
            date(2027, 5, 10),
            "visit.window_start",
            "is not after the last opening day, 2027-02-05; choose 2027-02-08 or later",
        ),
        (
            date(2027, 5, 10),
            date(2027, 5, 28),
            "visit.window_end",
            "leaves no time for a farewell before the last day, 2027-05-28; choose an earlier day",
        ),
        (
            date(2027, 5, 22),
            date(2027, 5, 23),
            "visit.window_end",
            "leaves no school day for the visit after window_start 2027-05-22: widen the window",
        ),
    ],
)
def test_a_visit_s_window_is_in_the_year_after_the_last_opening(start, end, key, problem):
    found = only_problem(with_visit(start, end))
    assert (found.key, found.problem) == (key, problem)


@pytest.mark.parametrize(
    ("year", "key", "problem"),
    [
        (
            {"last_day": date(2026, 8, 17)},
            "year.last_day",
            "is not after first_day 2026-08-17; choose a day of the next twelve months",
        ),
        (
            {"last_day": date(2028, 5, 26)},
            "year.last_day",
            "is 648 days after first_day 2026-08-17; choose a day of the next twelve months",
        ),
        (
            {"breaks": (Break(date(2027, 1, 1), date(2026, 12, 21)),)},
            "year.breaks[1]",
            "ends before it begins; exchange the two dates",
        ),
        (
            {"breaks": (YEAR.breaks[0], Break(date(2025, 12, 21), date(2026, 1, 1)))},
            "year.breaks[2]",
            "is not in the year 2026-08-17 to 2027-05-28; correct it or leave it out",
        ),
    ],
)
def test_the_year_itself_is_looked_at_first(year, key, problem):
    found = only_problem(with_year(**year))
    assert (found.key, found.problem) == (key, problem)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "America", "America/Chicago "])
def test_an_unknown_time_zone_is_refused(zone):
    found = only_problem(replace(PROGRAM, timezone=zone))
    assert found == DateProblem(
        "program.timezone", zone, Sentence('is no known time zone; write one such as "America/Chicago"')
    )


@pytest.mark.parametrize("region", ["US-XX", "Missouri", "", "us-mo", "US-MO-X"])
def test_an_unknown_region_is_refused(region):
    found = only_problem(replace(PROGRAM, holidays=region))
    assert found == DateProblem(
        "program.holidays",
        region,
        Sentence('is no region of the holidays library; write a country or a part of one, such as "US-MO"'),
    )
