"""students, officers, staff and stock letters: what each column takes, and what goes to a person."""

from datetime import date
from pathlib import Path

import pytest

from bluepals.domain.people import OfficerKind, Role, StaffRole
from bluepals.roster import NeedsPerson, RosterReading
from tests.bluepals.roster.village import (
    OFFICERS,
    PROGRAM,
    STAFF,
    STAFF_COLUMNS,
    STUDENTS,
    TODAY,
    cells_of,
    officer,
    officers,
    read,
    staff,
    student,
    students,
    the_problem,
    workbook,
)


def asked(reading: RosterReading, column: str) -> list[NeedsPerson]:
    return [one for one in reading.needs_person if one.column == column]


def test_the_good_folder_needs_nobody(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert (reading.problems, reading.needs_person) == ((), ())
    assert [one.student_id for one in reading.students] == ["S-1", "S-2", "S-3", "S-4"]
    assert (reading.skipped, reading.repeated) == (1, 0)


def test_empty_cells_mean_the_defaults(tmp_path: Path) -> None:
    reading = read(tmp_path)
    chloe, quinn = reading.students[2], reading.officers[1]
    assert (chloe.language, chloe.guardian_name, chloe.guardian_email) == ("en", None, None)
    assert (quinn.capacity, quinn.languages, quinn.kind) == (1, ("en",), OfficerKind.SWORN)


def test_the_program_says_the_default_of_a_capacity(tmp_path: Path) -> None:
    reading = read(tmp_path, program__toml=f"{PROGRAM}\n[policy]\ncapacity_default = 2\n")
    assert reading.officers[1].capacity == 2


def test_columns_with_a_default_may_be_left_out_and_the_others_may_not(tmp_path: Path) -> None:
    short = "officer_id,first_name,last_name,gender,agency,email,cleared_until\nO-1,Pat,Poe,F,city,p@x.org,2027-08-31\n"
    assert read(tmp_path, officers__csv=short).officers[0].capacity == 1
    problem = the_problem(read(tmp_path, officers__csv=short.replace("cleared_until", "clearance_date")))
    assert (problem.line, problem.column) == (1, "cleared_until")


@pytest.mark.parametrize(("header", "name"), [("Langauge", "language"), ("consents", "consent")])
def test_a_header_that_seems_to_mean_a_column_is_not_passed_over(
    tmp_path: Path, header: str, name: str
) -> None:
    problem = the_problem(read(tmp_path, students__csv=STUDENTS.replace(f",{name}", f",{header}")))
    assert (problem.line, problem.column, problem.value) == (1, name, header)


@pytest.mark.parametrize(
    "grade", ["5", "05", "5th", "Grade 5", "grade 05", "5.0", " 5 ", "5th Grade", "Fifth"]
)
def test_every_way_to_write_the_fifth_grade(tmp_path: Path, grade: str) -> None:
    assert len(read(tmp_path, students__csv=students(student(grade=grade))).students) == 1


@pytest.mark.parametrize(
    "grade", ["4", "06", "6th", "K", "KG", "PK", "Grade 4", "12", "0", "-1", "15", "Pre-K"]
)
def test_other_grades_are_left_out_with_whatever_is_wrong_in_their_rows(tmp_path: Path, grade: str) -> None:
    row = student("S-9", grade=grade, guardian_email="none", consent="soon", first_name="")
    reading = read(tmp_path, students__csv=students(row))
    assert (reading.problems, reading.students, reading.skipped) == ((), (), 1)


@pytest.mark.parametrize("grade", ["", "five-ish", "F", "5A", "2015-01-01"])
def test_a_grade_that_is_none_is_a_problem(tmp_path: Path, grade: str) -> None:
    problem = the_problem(read(tmp_path, students__csv=students(student(grade=grade))))
    assert (problem.line, problem.column, problem.value) == (2, "grade", grade)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-03", date(2026, 8, 3)),
        ("2026-8-3", date(2026, 8, 3)),
        ("8/3/2026", date(2026, 8, 3)),
        ("08/03/2026", date(2026, 8, 3)),
        (str(TODAY), TODAY),
    ],
)
def test_dates_are_iso_or_american(tmp_path: Path, text: str, day: date) -> None:
    assert read(tmp_path, students__csv=students(student(consent=text))).students[0].consent == day


@pytest.mark.parametrize(
    "text", ["2026-08-11", "yes", "13/1/2026", "2026-02-30", "8/3/26", "3.8.2026", "46237"]
)
def test_a_consent_that_is_no_day_or_a_day_to_come_is_a_problem(tmp_path: Path, text: str) -> None:
    problem = the_problem(read(tmp_path, students__csv=students(student(consent=text))))
    assert (problem.column, problem.value) == ("consent", text)


def test_a_child_without_consent_stays_and_a_person_is_asked_by_id(tmp_path: Path) -> None:
    reading = read(tmp_path, students__csv=students(student(consent="")))
    assert len(reading.students) == 1
    (ask,) = asked(reading, "consent")
    assert (ask.line, ask.value, ask.about, ask.school) == (2, "", "S-9", "north")
    assert "S-9" in ask.problem
    assert "Ana" not in repr(ask)
    assert "Lopez" not in repr(ask)


@pytest.mark.parametrize(("day", "is_asked"), [("", True), ("2026-08-09", True), ("2026-08-10", False)])
def test_a_clearance_that_has_ended_or_is_not_there_is_asked_for(
    tmp_path: Path, day: str, is_asked: bool
) -> None:
    reading = read(tmp_path, officers__csv=officers(officer(cleared_until=day)))
    assert len(reading.officers) == 1
    assert [one.about for one in asked(reading, "cleared_until")] == (["O-9"] if is_asked else [])


@pytest.mark.parametrize(("text", "capacity"), [("0", 0), ("3", 3), ("2.0", 2), ("", 1)])
def test_capacity_is_a_number_of_children(tmp_path: Path, text: str, capacity: int) -> None:
    assert read(tmp_path, officers__csv=officers(officer(capacity=text))).officers[0].capacity == capacity


@pytest.mark.parametrize("text", ["-1", "4", "1000000000", "1.5", "two", "1e0", "9" * 50])
def test_capacity_out_of_range_is_refused(tmp_path: Path, text: str) -> None:
    problem = the_problem(read(tmp_path, officers__csv=officers(officer(capacity=text))))
    assert problem.column == "capacity"
    assert "0 to 3" in problem.problem


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("en es", ("en", "es")),
        ("English;Spanish", ("en", "es")),
        ("es, en, es", ("es", "en")),
        ("Español", ("es",)),
        ("Haitian Creole", ("ht",)),
        ("en-US/es-MX", ("en", "es")),
    ],
)
def test_languages_are_codes_or_names(tmp_path: Path, text: str, languages: tuple[str, ...]) -> None:
    assert read(tmp_path, officers__csv=officers(officer(languages=text))).officers[0].languages == languages


@pytest.mark.parametrize("language", ["klingonese", "e", "12"])
def test_a_language_that_is_none_is_refused(tmp_path: Path, language: str) -> None:
    assert (
        the_problem(read(tmp_path, students__csv=students(student(language=language)))).column == "language"
    )


@pytest.mark.parametrize(
    "address",
    [
        "ana",
        "ana@",
        "ana@x",
        "ana@x..org",
        "a na@x.org",
        "a@x.org,b@x.org",
        '"A" <evil@x.org>',
        "a@x.org\r\nBcc: b@x.org",
        "ñ@x.org",
        f"{'a' * 250}@x.org",
        "a@x.org\u2028",
    ],
)
def test_fault_18_an_address_is_one_plain_address(tmp_path: Path, address: str) -> None:
    problem = the_problem(read(tmp_path, officers__csv=officers(officer(email=address))))
    assert (problem.line, problem.column) == (2, "email")
    assert problem.value.isprintable()


@pytest.mark.parametrize("column", ["first_name", "last_name", "guardian_name", "class_"])
@pytest.mark.parametrize(
    "name",
    ["Ann\r\nBcc: x@y.z", "Ann\nLee", "Ann\u2028Lee", "=?utf-8?q?Ann?=", "A" * 998, "Ann\0", "Ann\x1b[31m"],
)
def test_fault_18_a_name_is_one_line_of_letters(tmp_path: Path, column: str, name: str) -> None:
    problem = the_problem(read(tmp_path, students__csv=students(student(**{column: name}))))
    assert (problem.line, problem.column) == (2, column.rstrip("_"))
    assert problem.value.isprintable()
    assert len(problem.value) <= 60


@pytest.mark.parametrize("name", ['"A" <evil@x>', "A\u202eB", "A\u200bB", "12", "<b>Ann</b>"])
def test_fault_18_a_name_has_no_brackets_marks_or_invisible_characters(tmp_path: Path, name: str) -> None:
    assert (
        the_problem(read(tmp_path, students__csv=students(student(first_name=name)))).column == "first_name"
    )


@pytest.mark.parametrize(
    "name", ["O'Neil", "O\u2019Neil", "Núñez-Ruiz", "St. John", "Nguyễn", "李", "d'Arc", "Mary  Ann"]
)
def test_names_are_kept_as_the_school_writes_them(tmp_path: Path, name: str) -> None:
    reading = read(tmp_path, students__csv=students(student(last_name=name)))
    assert reading.students[0].last_name == " ".join(name.split())


@pytest.mark.parametrize(
    ("column", "value"), [("school", "nroth"), ("student_id", ""), ("student_id", "a@b.org"), ("class_", "")]
)
def test_what_a_student_s_row_cannot_do_without(tmp_path: Path, column: str, value: str) -> None:
    problem = the_problem(read(tmp_path, students__csv=students(student(**{column: value}))))
    assert (problem.line, problem.column) == (2, column.rstrip("_"))


def test_an_unknown_school_or_agency_is_refused_with_those_there_are(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        students__csv=students(student(school="nroth")),
        officers__csv=officers(officer(agency="citty")),
    )
    assert [one.problem for one in reading.problems] == [
        "is no id of program.toml's [[schools]]; there are: north, south (is north meant?)",
        "is no id of program.toml's [[agencies]]; there are: city, county (is city meant?)",
    ]


def test_each_cell_of_a_row_that_cannot_be_taken_is_named(tmp_path: Path) -> None:
    row = student(first_name="", class_="", guardian_email="x", consent="x")
    reading = read(tmp_path, students__csv=students(row))
    assert [one.column for one in reading.problems] == ["first_name", "class", "guardian_email", "consent"]


# ---- staff


def test_a_person_may_have_several_roles_and_schools(tmp_path: Path) -> None:
    roles = read(tmp_path).staff
    whose = ("C-1", "Cora Diaz", "cora@example.org", Role.MODERATOR, None, None, None)
    assert StaffRole(*whose, languages=("en", "es")) in roles
    assert len(roles) == 6


def test_a_language_of_a_schools_children_that_no_moderator_reads_needs_a_person(tmp_path: Path) -> None:
    (asked,) = read(tmp_path, staff__csv=STAFF.replace("English; es", "")).needs_person
    assert (asked.column, asked.school) == ("languages", "north")
    assert "children who write in es, and no moderator reads it" in asked.problem


def test_a_row_of_the_staff_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    reading = read(tmp_path, staff__csv=staff("T-1,Tom Hall,tom@example.org,Teacher,north,,,"))
    assert (reading.problems, len(reading.staff), reading.repeated) == ((), 6, 1)


@pytest.mark.parametrize(
    "row", ["T-1,Tim Hall,tom@example.org,teacher,south,,,", "T-1,Tom Hall,t@example.org,teacher,south,,,"]
)
def test_one_person_has_one_name_and_one_address(tmp_path: Path, row: str) -> None:
    problem = the_problem(read(tmp_path, staff__csv=staff(row)))
    assert (problem.line, problem.value) == (8, "T-1")
    assert "line 5" in problem.problem
    assert "line 8" in problem.problem


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("X-1,Xi,x@example.org,teacher,,,,", "school"),
        ("X-1,Xi,x@example.org,liaison,,,,", "agency"),
        ("X-1,Xi,x@example.org,coordinator,,5A,,", "class"),
        ("X-1,Xi,x@example.org,moderator,,,city,", "agency"),
        ("X-1,Xi,x@example.org,principal,,,,", "role"),
        ("X-1,Xi,x@example.org,,,,,", "role"),
        ("X-1,Xi,x@example.org,teacher,west,,,", "school"),
        ("X-1,Xi,,teacher,north,,,", "email"),
    ],
)
def test_a_role_has_its_place(tmp_path: Path, row: str, column: str) -> None:
    problem = the_problem(read(tmp_path, staff__csv=staff(row)))
    assert (problem.line, problem.column) == (8, column)


@pytest.mark.parametrize("role", ["coordinator", "moderator"])
def test_a_program_without_a_coordinator_or_a_moderator_is_refused(tmp_path: Path, role: str) -> None:
    rows = [line for line in STAFF.splitlines() if f",{role}," not in line]
    problem = the_problem(read(tmp_path, staff__csv="\n".join(rows)))
    assert (problem.file, problem.line, problem.column) == ("staff.csv", None, "role")
    assert f"no {role}" in problem.problem


def test_a_school_without_a_counselor_and_a_class_without_a_teacher_need_a_person(tmp_path: Path) -> None:
    rows = STAFF.replace("counselor,,", "counselor,south,").replace("teacher,north,,", "teacher,north,5A,")
    reading = read(tmp_path, staff__csv=rows)
    assert [(one.column, one.about, one.school) for one in reading.needs_person] == [
        ("role", "counselor north", "north"),
        ("class", "north 5B", "north"),
    ]


def test_a_teacher_of_a_class_without_fifth_graders_needs_nobody(tmp_path: Path) -> None:
    reading = read(tmp_path, staff__csv=staff("T-9,Tess Orr,tess@example.org,teacher,north,5Z,,"))
    assert (reading.problems, reading.needs_person, len(reading.staff)) == ((), (), 7)


# ---- stock letters


def stock(*rows: str) -> str:
    return "\n".join(("stock_id,officer_id,language,text", *rows)) + "\n"


def test_a_stock_letter_is_kept_to_the_letter(tmp_path: Path) -> None:
    reading = read(tmp_path, stock_letters__csv=stock('L-1,O-1,," Dear pal,\n\n""Hi""  "'))
    (letter,) = reading.stock_letters
    assert (letter.text, letter.language) == (' Dear pal,\n\n"Hi"  ', "en")


@pytest.mark.parametrize(
    ("row", "column"),
    [("L-1,O-7,en,Hello", "officer_id"), ("L-1,O-1,en,", "text"), (f"L-1,O-1,en,{'a' * 20_001}", "text")],
)
def test_a_stock_letter_has_words_and_an_officer(tmp_path: Path, row: str, column: str) -> None:
    problem = the_problem(read(tmp_path, stock_letters__csv=stock(row)))
    assert (problem.file, problem.line, problem.column) == ("stock_letters.csv", 2, column)


def test_a_stock_letter_waits_until_its_writer_has_a_gender(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        officers__csv=officers(*OFFICERS.splitlines()[1:], officer("O-9", gender="X")),
        stock_letters__csv=stock("L-1,O-9,en,Hello", "L-2,O-1,en,Hello"),
    )
    assert [one.stock_id for one in reading.stock_letters] == ["L-2"]
    assert [one.about for one in asked(reading, "officer_id")] == ["L-1"]


# ---- workbooks


def test_a_workbook_s_cells_are_read_as_people_see_them(tmp_path: Path) -> None:
    rows: list[list[object]] = [list(row) for row in cells_of(STUDENTS)[:1]]
    rows.append([1001, "María", "Núñez", "F", 5, "5A", "north", None, None, None, date(2026, 8, 1)])
    rows.append([1002.0, "Ben", "Ray", "M", 5.0, 5, "north", None, None, None, None])
    title: list[list[object]] = [["Roster of 2026"], [], *rows]
    reading = read(tmp_path, students__csv=None, students__xlsx=workbook([["Read me first"]], title))
    assert reading.problems == ()
    assert [(one.student_id, one.class_name, one.consent) for one in reading.students] == [
        ("1001", "5A", date(2026, 8, 1)),
        ("1002", "5", None),
    ]
    assert [(one.file, one.line) for one in asked(reading, "consent")] == [("students.xlsx", 5)]


def test_no_column_is_asked_for_that_the_format_does_not_name(tmp_path: Path) -> None:
    assert STAFF_COLUMNS.split(",") == list(cells_of(STAFF)[0])
