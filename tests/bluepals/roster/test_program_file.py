"""program.toml: defaults, keys by name, dates with the arithmetic, and the line of each problem."""

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from bluepals.domain.program import Break, Policy, Room, Safety, VisitWindow
from bluepals.roster import Problem
from bluepals.roster.program_file import POLICY, SENTENCES, read_program
from tests.bluepals.roster.village import PROGRAM, read, the_problem


def changed(old: str, new: str) -> list[Problem]:
    assert old in PROGRAM
    found = read_program(PROGRAM.replace(old, new).encode())
    assert (found.program is None) == bool(found.problems)
    return found.problems


def only(old: str, new: str) -> Problem:
    (problem,) = changed(old, new)
    return problem


def line_of(text: str) -> int:
    return PROGRAM[: PROGRAM.index(text)].count("\n") + 1


def with_policy(line: str) -> list[Problem]:
    return read_program(f"{PROGRAM}\n[policy]\n{line}\n".encode()).problems


def test_a_good_file_is_a_program() -> None:
    program = read_program(PROGRAM.encode()).program
    assert program is not None
    assert [school.agencies for school in program.schools] == [("city", "county"), ("county",)]
    assert [one.number for one in program.rounds] == [1, 2]
    assert program.year.breaks[0] == Break(date(2026, 11, 25), date(2026, 11, 27))
    assert program.policy == Policy()


def test_all_but_ids_names_and_dates_has_a_default() -> None:
    left_out = ("timezone", "holidays", "breaks")
    lines = [line for line in PROGRAM.splitlines() if not line.startswith(left_out)]
    program = read_program("\n".join(lines).encode()).program
    assert program is not None
    assert (program.timezone, program.holidays, program.year.breaks) == ("America/Chicago", None, ())
    assert program.visit == VisitWindow(date(2027, 5, 10), date(2027, 5, 21), 75)


def test_every_policy_has_its_range_and_its_default_is_in_it() -> None:
    assert {*POLICY, *SENTENCES} == {one.name for one in fields(Policy)}
    for name, (least, most) in POLICY.items():
        value = getattr(Policy(), name)
        assert all(least <= one <= most for one in (value if isinstance(value, tuple) else (value,)))


def test_a_policy_is_read() -> None:
    content = f"{PROGRAM}\n[policy]\ndue_hour = 15\nnudge_hours = [48]\nvisit_reminder_days = []\n"
    program = read_program(content.encode()).program
    assert program is not None
    assert program.policy == Policy(due_hour=15, nudge_hours=(48,), visit_reminder_days=())


@pytest.mark.parametrize(
    "line",
    [
        "capacity_max = 4",
        "capacity_max = 0",
        "due_hour = 24",
        "due_hour = 0",
        "due_hour = true",
        'due_hour = "17"',
        "due_hour = 17.0",
        "reply_days = 0",
        "reply_days = -1",
        "nudge_hours = 72",
        "nudge_hours = [72, 0]",
        "opening_gap_school_days = 1",
        "capacity_default = 9223372036854775808",
    ],
)
def test_a_policy_out_of_its_range_is_refused_with_the_range(line: str) -> None:
    (problem,) = with_policy(line)
    assert problem.column == f"policy.{line.split(' ', maxsplit=1)[0]}"
    assert problem.line == PROGRAM.count("\n") + 3
    assert "from" in problem.problem


@pytest.mark.parametrize(
    ("line", "less"),
    [
        ("capacity_default = 2\ncapacity_max = 1", "capacity_default"),
        ("moderation_escalation_school_days = 1", "moderation_school_days"),
        ("visit_hour = 18", "visit_hour"),
        ("due_hour = 13", "visit_hour"),
    ],
)
def test_policies_that_contradict_each_other_are_refused(line: str, less: str) -> None:
    (problem,) = with_policy(line)
    assert problem.column == f"policy.{less}"


@pytest.mark.parametrize(
    ("old", "new", "key", "hint"),
    [
        ('timezone = "America/Chicago"', 'time_zone = "UTC"', "program.time_zone", "is timezone meant?"),
        (
            "students_due = 2027-01-15",
            "colour = 3",
            "rounds[2].colour",
            "students_due, officers_due, opens_on",
        ),
        ("[[agencies]]", "[polcy]\n\n[[agencies]]", "polcy", "is policy meant?"),
    ],
)
def test_an_unknown_key_is_refused_by_name_with_the_nearest_known_one(
    old: str, new: str, key: str, hint: str
) -> None:
    found = read_program(PROGRAM.replace(old, new, 1).encode()).problems
    problem = next(one for one in found if one.column == key)
    assert problem.line == line_of(old)
    assert hint in problem.problem


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('id = "kc"', 'id = "Kansas City"', "program.id"),
        ('id = "kc"', "id = 5", "program.id"),
        ('id = "kc"', 'id = "static"', "program.id"),
        ('id = "south"', 'id = "north"', "schools[2].id"),
        ('id = "county"', 'id = "city"', "agencies[2].id"),
        ('agencies = ["county"]', 'agencies = ["country"]', "schools[2].agencies"),
        ('agencies = ["county"]', "agencies = []", "schools[2].agencies"),
        ('agencies = ["county"]', 'agencies = "county"', "schools[2].agencies"),
        ('name = "North Elementary"', 'name = "North\\r\\nBcc: x@y.z"', "schools[1].name"),
        ('name = "North Elementary"', 'name = " "', "schools[1].name"),
        ("first_day = 2026-08-17", "first_day = 17", "year.first_day"),
        ("first_day = 2026-08-17", "first_day = 2026-08-17T08:00:00", "year.first_day"),
        ("first_day = 2026-08-17", "first_day = 1026-08-17", "year.first_day"),
        ("[[2026-11-25, 2026-11-27],", "[[2026-11-25],", "year.breaks"),
        ("[[2026-11-25, 2026-11-27],", "[[2026-11-27, 2026-11-25],", "year.breaks[1]"),
        ("window_end = 2027-05-21", "minutes = 5\nwindow_end = 2027-05-21", "visit.minutes"),
        ('"America/Chicago"', '"America/Chikago"', "program.timezone"),
        ('"US-MO"', '"Missouri"', "program.holidays"),
        ('"US-MO"', '"US-XX"', "program.holidays"),
        ("opens_on = 2026-10-09", "opens_on = 2026-10-10", "rounds[1].opens_on"),
    ],
)
def test_each_value_that_cannot_be_taken_is_named_with_its_line(old: str, new: str, key: str) -> None:
    problem = only(old, new)
    assert (problem.column, problem.line) == (key, line_of(old))


@pytest.mark.parametrize(
    ("old", "key"),
    [
        ('id = "kc"\n', "program.id"),
        ('name = "County Sheriff"\n', "agencies[2].name"),
        ("opens_on = 2027-02-05\n", "rounds[2].opens_on"),
        ("window_start = 2027-05-10\n", "visit.window_start"),
    ],
)
def test_what_has_no_default_has_to_be_there(old: str, key: str) -> None:
    assert only(old, "").column == key


@pytest.mark.parametrize("table", ["program", "year", "visit"])
def test_a_table_that_is_empty_or_missing_is_named(table: str) -> None:
    start = PROGRAM.index(f"[{table}]")
    end = PROGRAM.find("\n\n", start)
    section = PROGRAM[start : end if end > 0 else None]
    missing = changed(section, "")
    assert [one.column for one in missing] == [table]
    empty = changed(section, f"[{table}]\n")
    assert {one.column.split(".")[0] for one in empty} == {table}


@pytest.mark.parametrize("table", ["schools", "agencies", "rounds"])
def test_there_is_one_school_agency_and_round_at_least(table: str) -> None:
    found = read_program(
        PROGRAM.replace(f"[[{table}]]", f"[{table}_before]", 1)
        .replace(f"[[{table}]]", f"[{table}_x]")
        .encode()
    )
    assert table in {one.column for one in found.problems}


@pytest.mark.parametrize(
    "breaks",
    [
        "[[2026-11-25, 2026-11-27]]",
        '[["2026-11-25", "11/27/2026"]]',
        "[{first = 2026-11-25, last = 2026-11-27}]",
        "[2026-11-25, 2026-11-26, 2026-11-27]",
    ],
)
def test_breaks_may_be_written_as_pairs_tables_or_days(breaks: str) -> None:
    line = "breaks = [[2026-11-25, 2026-11-27], [2026-12-21, 2027-01-01]]"
    program = read_program(PROGRAM.replace(line, f"breaks = {breaks}").encode()).program
    assert program is not None
    off = {day for one in program.year.breaks for day in (one.first, one.last)}
    assert {date(2026, 11, 25), date(2026, 11, 27)} <= off


def test_dates_that_leave_too_little_time_are_refused_with_the_arithmetic() -> None:
    problem = only("officers_due = 2026-10-02", "officers_due = 2026-09-25")
    assert problem.value == "2026-09-25"
    assert problem.problem.startswith(
        "leaves 7 days to reply after the children's letters of 2026-09-18; 14 are needed"
    )


def test_text_that_is_no_toml_is_refused_with_its_line() -> None:
    problem = only("[visit]", "visit =\n")
    assert problem.line == line_of("[visit]")
    assert problem.problem.startswith("the file is not valid TOML: ")
    assert "at line" not in problem.problem


@pytest.mark.parametrize(
    "content", [b"\xff\xff", b"[" * 100_000, b"a = " + b"9" * 5000, b"a = 0x" + b"f" * 5000, b"\0"]
)
def test_bytes_that_are_no_toml_at_all_are_a_problem(content: bytes) -> None:
    assert read_program(content).problems


def test_all_problems_of_the_folder_are_told_at_once(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        program__toml=PROGRAM.replace('"US-MO"', "5").replace("opens_on = 2026-10-09", "opens_on = 5"),
        students__csv=None,
        officers__csv="nothing",
    )
    assert [(one.file, one.line) for one in reading.problems] == [
        ("students.csv", None),
        ("program.toml", line_of('holidays = "US-MO"')),
        ("program.toml", line_of("opens_on = 2026-10-09")),
        ("officers.csv", None),
    ]
    assert reading.program is None


def test_a_program_that_cannot_be_read_makes_no_noise_in_the_rows(tmp_path: Path) -> None:
    assert the_problem(read(tmp_path, program__toml="[")).file == "program.toml"


def test_who_is_told_of_a_suspected_harm_and_how_to_report_it() -> None:
    lines = '[safety]\nhotline = "Missouri, 1-800-392-3738"\ntold = ["counselor", "K-1"]\nliaison_decides = false\n'
    program = read_program(f"{PROGRAM}\n{lines}".encode()).program
    assert program is not None
    assert program.safety == Safety("Missouri, 1-800-392-3738", ("counselor", "K-1"), liaison_decides=False)
    assert read_program(PROGRAM.encode()).program.safety == Safety()  # type: ignore[union-attr] # It is a good file.


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("told = []", "names nobody; list roles"),
        ('told = ["Ms. Lee"]', "is no id"),
        ('liaison_decides = "no"', "is neither true nor false"),
        ('hotlin = "911"', "is hotline meant"),
    ],
)
def test_a_safety_table_that_can_not_be_read_is_a_problem(line: str, problem: str) -> None:
    (found,) = read_program(f"{PROGRAM}\n[safety]\n{line}\n".encode()).problems
    assert problem in found.problem


def test_a_school_names_its_day_its_rooms_and_a_program_what_officers_may_bring() -> None:
    own = 'visit_on = 2027-05-12\nrooms = [{name = "Gym", places = 40}, {name = "Library", places = 20}]'
    content = (
        PROGRAM.replace("[[schools]]", f"[[schools]]\n{own}", 1) + '\n[policy]\ngifts = "Bring a smile."\n'
    )
    program = read_program(content.encode()).program
    assert program is not None
    assert program.schools[0].visit_on == date(2027, 5, 12)
    assert program.schools[0].rooms == (Room("Gym", 40), Room("Library", 20))
    assert program.policy.gifts == "Bring a smile."


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ("visit_on = 2027-05-15", "schools[1].visit_on", "is a Saturday; choose a school day"),
        ("visit_on = 2027-04-12", "schools[1].visit_on", "is not in the visit's window"),
        ('rooms = [{name = "Gym"}]', "schools[1].rooms", "has a room that is none"),
        ('rooms = [{name = "Gym", places = 0}]', "schools[1].rooms", "is no whole number from 1 to"),
        (
            'rooms = [{name = "Gym", places = 1}, {name = "Gym", places = 2}]',
            "schools[1].rooms",
            "names a room twice",
        ),
    ],
)
def test_a_visit_s_day_or_room_that_can_t_be_is_a_problem(line: str, key: str, words: str) -> None:
    (problem,) = read_program(PROGRAM.replace("[[schools]]", f"[[schools]]\n{line}", 1).encode()).problems
    assert problem.column == key
    assert words in problem.problem
