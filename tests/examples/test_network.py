"""The example programs: what their README says is in them."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bluepals.domain.calendar import SchoolCalendar, check_dates, visit_day
from bluepals.domain.matching import Candidate, Child, Proposal, Serving, needs, propose
from bluepals.domain.people import Gender, Role, StockLetter
from bluepals.domain.screening import screen
from bluepals.paper.lettering import uncovered
from bluepals.roster import RosterReading, read_folder

EXAMPLES = Path(__file__).parents[2] / "examples"
READ_ON = date(2026, 11, 25)


def read(name: str) -> RosterReading:
    return read_folder(EXAMPLES / name, READ_ON)


NETWORK, SMALL = read("network"), read("small")
both = pytest.mark.parametrize("folder", [NETWORK, SMALL], ids=["network", "small"])


def children(folder: RosterReading) -> list[Child]:
    return [
        Child(one.student_id, one.gender, one.language, one.school, READ_ON)
        for one in folder.students
        if one.gender and one.consent
    ]


def officers(folder: RosterReading) -> list[Candidate]:
    assert folder.program is not None
    return [
        Candidate(one.officer_id, one.gender, frozenset(one.languages), one.agency, one.capacity)
        for one in folder.officers
        if one.gender and one.cleared_until and one.cleared_until > folder.program.year.last_day
    ]


def serving(folder: RosterReading) -> Serving:
    assert folder.program is not None
    return {school.id: frozenset(school.agencies) for school in folder.program.schools}


def matched(folder: RosterReading) -> Proposal:
    return propose(children(folder), officers(folder), serving(folder), frozenset(), seed=1)


def stock_letters(folder: RosterReading, gender: Gender, language: str) -> list[StockLetter]:
    writers = {one.officer_id for one in folder.officers if one.gender is gender}
    return [one for one in folder.stock_letters if one.officer_id in writers and one.language == language]


@both
def test_nothing_in_a_folder_is_a_problem(folder: RosterReading):
    assert folder.problems == ()


@both
def test_every_date_holds(folder: RosterReading):
    assert folder.program is not None
    assert check_dates(folder.program) == []
    assert SchoolCalendar.of(folder.program).is_school_day(visit_day(folder.program))


@both
def test_mail_goes_to_invented_domains_only(folder: RosterReading):
    addresses = [
        *(one.guardian_email for one in folder.students if one.guardian_email),
        *(one.email for one in folder.officers),
        *(one.email for one in folder.staff),
    ]
    assert [address for address in addresses if not address.endswith(".example")] == []


@both
def test_a_school_has_each_role_and_a_class_its_teacher(folder: RosterReading):
    roles = {one.role for one in folder.staff}
    taught = {(one.school, one.class_name) for one in folder.staff if one.role is Role.TEACHER}
    assert roles == set(Role)
    assert {(one.school, one.class_name) for one in folder.students} == taught
    assert [one for one in folder.needs_person if one.file == "staff.csv"] == []


@both
def test_there_is_a_stock_letter_for_each_round_and_gender_and_some_in_spanish(folder: RosterReading):
    assert folder.program is not None
    for gender in Gender:
        assert len(stock_letters(folder, gender, "en")) > len(folder.program.rounds)
        assert stock_letters(folder, gender, "es")


@both
def test_stock_letters_are_by_reserve_officers_in_a_language_that_they_write(folder: RosterReading):
    writers = {one.officer_id: one for one in folder.officers}
    for letter in folder.stock_letters:
        assert writers[letter.officer_id].capacity == 0
        assert letter.language in writers[letter.officer_id].languages


@both
def test_a_stock_letter_fits_any_child_prints_and_holds_nothing_to_stumble_over(folder: RosterReading):
    assert len({one.text for one in folder.stock_letters}) == len(folder.stock_letters)
    for letter in folder.stock_letters:
        assert letter.text.startswith(("Hello, friend", "¡Hola, amig"))
        assert 40 <= len(letter.text.split()) <= 160
        assert "{" not in letter.text
        assert uncovered(letter.text) == frozenset()
        assert screen(letter.text).marks == ()


def test_the_network_has_three_schools_of_60_to_90_in_classes_of_20_to_28():
    schools = Counter(one.school for one in NETWORK.students)
    classes = Counter((one.school, one.class_name) for one in NETWORK.students)
    assert schools == {"riverbend": 66, "cottonwood": 61, "lantern-hill": 64}
    assert len(classes) == 9
    assert all(20 <= size <= 28 for size in classes.values())


def test_the_network_has_what_real_files_have():
    assert len(NETWORK.officers) == 148
    assert len({one.staff_id for one in NETWORK.staff}) == 18
    assert (NETWORK.repeated, NETWORK.skipped) == (1, 10)
    asked = Counter((one.file, one.column) for one in NETWORK.needs_person)
    assert asked == {
        ("students.csv", "consent"): 8,
        ("students.csv", "gender"): 3,
        ("officers.csv", "cleared_until"): 2,
    }


def test_three_families_in_ten_speak_spanish_at_one_school_and_one_in_ten_elsewhere():
    sizes = Counter(one.school for one in NETWORK.students)
    spanish = Counter(one.school for one in NETWORK.students if one.language == "es")
    shares = {school: round(10 * spanish[school] / size) for school, size in sizes.items()}
    assert shares == {"riverbend": 1, "cottonwood": 3, "lantern-hill": 1}


def test_a_quarter_of_the_guardians_have_no_address():
    without = [one for one in NETWORK.students if one.guardian_email is None]
    assert 0.2 < len(without) / len(NETWORK.students) < 0.3


def test_eight_girls_of_the_network_wait_for_a_woman_and_every_boy_has_a_pal():
    proposal = matched(NETWORK)
    girls = {one.id for one in children(NETWORK) if one.gender is Gender.FEMALE}
    assert len(proposal.pairs) == 172
    assert len(proposal.waiting) == 8
    assert set(proposal.waiting) <= girls
    women = next(
        need
        for need in needs(children(NETWORK), officers(NETWORK), serving(NETWORK))
        if need.gender is Gender.FEMALE
    )
    assert women.children - women.places == 8


def test_each_child_of_the_small_program_has_a_pal():
    assert SMALL.needs_person == ()
    assert len(SMALL.students) == 8
    assert Counter(one.gender for one in officers(SMALL) if one.capacity) == {
        Gender.FEMALE: 2,
        Gender.MALE: 2,
    }
    assert matched(SMALL).waiting == ()


def test_the_small_program_is_going_on_when_it_is_read():
    assert SMALL.program is not None
    assert SMALL.program.year.first_day < READ_ON < SMALL.program.rounds[0].students_due
