"""What the program folder says about the time after the year: other programs, consent to hear of them, periods."""

from datetime import date
from pathlib import Path

import pytest

from bluepals.domain.people import ConsentScope, FollowOn
from bluepals.domain.program import Retention
from tests.bluepals.roster.village import (
    OFFICER_COLUMNS,
    PROGRAM,
    STUDENT_COLUMNS,
    read,
    student,
    students,
    the_problem,
)

COLUMNS = "name,begins,ends,ages,link\n"
ACADEMY = "Teen Academy,2027-06-07,2027-06-18,10 to 12,https://academy.example\n"


def test_other_programs_are_read_and_may_be_left_out(tmp_path: Path) -> None:
    assert read(tmp_path).follow_on == ()
    found = read(tmp_path, follow_on__csv=COLUMNS + ACADEMY + ACADEMY)
    assert found.follow_on == (
        FollowOn("Teen Academy", date(2027, 6, 7), date(2027, 6, 18), "10 to 12", "https://academy.example"),
    )
    assert found.repeated == 1


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        ("A,2027-06-07,2027-06-18,10,http://a.example", "link", "https://"),
        ("A,2027-06-07,2027-06-18,10,javascript:alert(1)", "link", "https://"),
        ("A,2027-06-18,2027-06-07,10,https://a.example", "ends", "is before 2027-06-18"),
        (",2027-06-07,2027-06-18,10,https://a.example", "name", "fill it in"),
    ],
)
def test_a_row_that_no_family_could_use_is_a_problem(
    tmp_path: Path, row: str, column: str, sentence: str
) -> None:
    problem = the_problem(read(tmp_path, follow_on__csv=f"{COLUMNS}{row}\n"))
    assert (problem.column, problem.line) == (column, 2)
    assert sentence in problem.problem


def test_a_family_agrees_to_hear_of_them_by_a_day_that_has_been(tmp_path: Path) -> None:
    def with_day(day: str) -> str:
        return students(f"{student()},{day}", columns=f"{STUDENT_COLUMNS},consent_follow_on")

    (agreed,) = read(tmp_path, students__csv=with_day("2026-08-01")).students
    assert agreed.consents[ConsentScope.FOLLOW_ON] == date(2026, 8, 1)
    (silent,) = read(tmp_path, students__csv=with_day("")).students
    assert ConsentScope.FOLLOW_ON not in silent.consents
    assert "is after today" in the_problem(read(tmp_path, students__csv=with_day("2026-12-01"))).problem


def test_an_officers_precinct_is_read(tmp_path: Path) -> None:
    row = "O-1,Pat,Poe,F,city,pat@city.example.org,2,en,2027-08-31,sworn,Central"
    found = read(tmp_path, officers__csv=f"{OFFICER_COLUMNS},precinct\n{row}\n")
    assert [one.precinct for one in found.officers] == ["Central"]


def test_each_period_has_a_default_and_may_be_set(tmp_path: Path) -> None:
    usual = read(tmp_path).program
    assert usual is not None
    assert usual.retention == Retention()
    changed = read(tmp_path, program__toml=f"{PROGRAM}\n[retention]\nletters = 400\n").program
    assert changed is not None
    assert (changed.retention.letters, changed.retention.mails) == (400, Retention().mails)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [("letters = 7", "30 to 3650"), ("stacks = 90", "1 to 30"), ("leters = 90", "is letters meant?")],
)
def test_a_period_that_is_too_short_or_unknown_is_a_problem(tmp_path: Path, line: str, sentence: str) -> None:
    assert sentence in the_problem(read(tmp_path, program__toml=f"{PROGRAM}\n[retention]\n{line}\n")).problem
