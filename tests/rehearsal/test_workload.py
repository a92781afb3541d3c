"""Beforehand: what each moderator will have to read."""

from datetime import date
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Side
from rehearsal.actors import Writing
from rehearsal.pen import samples
from rehearsal.workload import ReadingDay, reading_days, too_much
from tests.bluepals.facts.two_schools import program
from tests.rehearsal.people import couple

MONA, MAX, MIA = (UUID(int=number) for number in (1, 2, 3))
READERS = {"north": [MONA], "south": [MAX, MIA]}
CALENDAR = SchoolCalendar.of(program("stl"))
FRIDAY, MONDAY, TUESDAY = date(2026, 9, 18), date(2026, 9, 21), date(2026, 9, 22)


def letters(count: int, school: str = "north") -> list[Writing]:
    return [
        Writing(couple(f"S{number}", school=school), Side.STUDENT, 1, samples()[0]) for number in range(count)
    ]


def test_what_comes_in_on_a_friday_is_read_on_the_monday():
    assert reading_days({FRIDAY: letters(3)}, READERS, CALENDAR) == [ReadingDay(MONDAY, MONA, 3)]


def test_a_schools_moderators_share_its_letters_evenly():
    days = reading_days({FRIDAY: letters(5, "south")}, READERS, CALENDAR)
    assert days == [ReadingDay(MONDAY, MAX, 3), ReadingDay(MONDAY, MIA, 2)]


def test_who_reads_for_two_schools_has_one_pile():
    both = {"north": [MONA], "south": [MONA]}
    days = reading_days({FRIDAY: letters(2) + letters(3, "south")}, both, CALENDAR)
    assert days == [ReadingDay(MONDAY, MONA, 5)]


def test_days_come_in_order_and_days_without_letters_are_left_out():
    days = reading_days({MONDAY: letters(1), FRIDAY: letters(2)}, READERS, CALENDAR)
    assert days == [ReadingDay(MONDAY, MONA, 2), ReadingDay(TUESDAY, MONA, 1)]


def test_more_than_thirty_a_day_is_too_much_unless_the_program_says_otherwise():
    most = program("stl").policy.letters_per_moderator_per_day
    thirty, more = ReadingDay(MONDAY, MONA, 30), ReadingDay(TUESDAY, MONA, 31)
    assert list(too_much([thirty, more], most)) == [more]
    assert list(too_much([thirty, more], 29)) == [thirty, more]
