"""What a students file says of consents and guardians, and what it may not say."""

from datetime import date
from pathlib import Path

import pytest

from bluepals.domain.people import ConsentScope, Student
from bluepals.roster import RosterReading
from tests.bluepals.roster.village import STUDENT_COLUMNS, read, student, students, the_problem

FIRST, SECOND = date(2026, 8, 1), date(2026, 8, 2)


def row_of(tmp_path: Path, **cells: str) -> RosterReading:
    """A child with these columns beside the usual ones."""
    columns = ",".join((STUDENT_COLUMNS, *cells))
    return read(tmp_path, students__csv=students(",".join((student(), *cells.values())), columns=columns))


def child(tmp_path: Path, **cells: str) -> Student:
    reading = row_of(tmp_path, **cells)
    assert reading.problems == ()
    return reading.students[0]


def test_one_form_without_scopes_is_for_letters_and_visit(tmp_path: Path) -> None:
    assert child(tmp_path).consents == {ConsentScope.LETTERS: FIRST, ConsentScope.VISIT: FIRST}


def test_each_scope_has_a_column_and_an_empty_cell_is_no_consent(tmp_path: Path) -> None:
    found = child(tmp_path, consent_visit="", consent_photos="8/2/2026", consent_follow_on="2026-08-02")
    assert found.consents == {
        ConsentScope.LETTERS: FIRST,
        ConsentScope.PHOTOS: SECOND,
        ConsentScope.FOLLOW_ON: SECOND,
    }


def test_the_form_and_who_signed_it_are_kept(tmp_path: Path) -> None:
    found = child(tmp_path, consent_form="2026-2", consent_by="2", guardian2_name="Leo Lopez")
    assert (found.consent_form, found.consent_by, found.guardian2_name) == ("2026-2", 2, "Leo Lopez")


def test_the_address_of_a_guardian_without_access_is_not_kept(tmp_path: Path) -> None:
    found = child(tmp_path, guardian1_access="no", guardian2_email="leo@example.org")
    assert (found.guardian_email, found.guardian2_email) == (None, "leo@example.org")
    found = child(tmp_path, guardian2_access="No", guardian2_email="leo@example.org")
    assert (found.guardian_email, found.guardian2_email) == ("eva@example.org", None)


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        (
            {"consent_by": "1", "guardian1_access": "no"},
            "consent_by",
            "is a guardian without access, whose consent doesn't count",
        ),
        (
            {"guardian2_email": "EVA@example.org", "guardian1_access": "no"},
            "guardian2_email",
            "is also read by the guardian without access",
        ),
        (
            {"guardian2_email": "eva@example.org", "guardian2_access": "no"},
            "guardian_email",
            "is also read by the guardian without access",
        ),
        ({"consent_by": "3"}, "consent_by", "is neither 1 nor 2"),
        ({"guardian1_access": "maybe"}, "guardian1_access", "is neither yes nor no"),
        ({"consent_photos": "2099-01-01"}, "consent_photos", "is after today"),
    ],
)
def test_what_a_court_or_a_calendar_does_not_allow_is_a_problem(
    tmp_path: Path, cells: dict[str, str], column: str, words: str
) -> None:
    problem = the_problem(row_of(tmp_path, **cells))
    assert (problem.line, problem.column) == (2, column)
    assert words in problem.problem
