"""A year that has begun is played some years of 52 weeks later: the same year, weekday by weekday."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program
from bluepals.facts.roster import Roster
from bluepals.roster import read_folder
from rehearsal.shift import LEAD, shifted, weeks_later
from tests.bluepals.facts.two_schools import program

SMALL = Path(__file__).parents[2] / "examples" / "small"
A_YEAR = timedelta(weeks=52)


@pytest.fixture(scope="module")
def roster() -> Roster:
    return Roster.of(read_folder(SMALL))


@pytest.fixture(scope="module")
def later(roster: Roster) -> Roster:
    return shifted(roster, A_YEAR)


def dates(program: Program) -> list[date]:
    """All that a program has, but for its breaks."""
    rounds = [day for one in program.rounds for day in (one.students_due, one.officers_due, one.opens_on)]
    return [program.year.first_day, *rounds, program.visit.start, program.visit.end, program.year.last_day]


def test_a_year_that_is_still_to_come_is_played_when_it_is(roster: Roster):
    in_time = roster.program.year.first_day - LEAD - timedelta(days=1)
    assert weeks_later(roster.program, in_time) == timedelta(0)
    assert shifted(roster, timedelta(0)) == roster


@pytest.mark.parametrize(("late", "years"), [(0, 1), (1, 1), (363, 1), (364, 2), (3_000, 9)])
def test_a_year_whose_summer_has_begun_is_played_whole_years_later(roster: Roster, late: int, years: int):
    today = roster.program.year.first_day - LEAD + timedelta(days=late)
    assert weeks_later(roster.program, today) == years * A_YEAR


def test_every_date_moves_and_stays_on_its_weekday(roster: Roster, later: Roster):
    before, after = dates(roster.program), dates(later.program)
    assert [day - A_YEAR for day in after] == before
    assert [f"{day:%a}" for day in after] == [f"{day:%a}" for day in before]


def test_every_school_day_stays_one_and_every_holiday_a_day_off(roster: Roster, later: Roster):
    days = SchoolCalendar.of(roster.program).school_days
    assert [day - A_YEAR for day in SchoolCalendar.of(later.program).school_days] == list(days)


def test_consents_and_clearances_move_along_and_what_is_missing_stays_missing(roster: Roster, later: Roster):
    assert [one.consent and one.consent - A_YEAR for one in later.students] == [
        one.consent for one in roster.students
    ]
    assert [one.cleared_until and one.cleared_until - A_YEAR for one in later.officers] == [
        one.cleared_until for one in roster.officers
    ]


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_the_year_never_begins_within_two_weeks_and_never_later_than_it_must(today: date):
    first = program("stl").year.first_day
    begins = first + weeks_later(program("stl"), today)
    assert begins > today + LEAD
    assert begins == first or begins - A_YEAR <= today + LEAD
