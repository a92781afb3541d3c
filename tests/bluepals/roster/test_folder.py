"""A folder is people or problems, whatever is in it."""

import json
import random
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bluepals.domain.people import Partner
from bluepals.domain.sentences import Sentence
from bluepals.roster import Problem, RosterReading, is_of_a_folder, read_files, read_folder
from tests.bluepals.roster.village import GOOD, TODAY, cells_of, read, the_problem, workbook, write

ANY_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
NAMES = [*GOOD, "stock_letters.csv"]
UNLUCKY = (b'"', b"\r", b"\0", b"\xff", b",", b"[[", b"=", b"999999999999", b"\n\n")
WORKBOOK = workbook(cells_of(GOOD["students.csv"]))


def is_told(reading: RosterReading) -> bool:
    """A reading that may be printed anywhere, and that has a program or says why it has none."""
    for one in (*reading.problems, *reading.needs_person):
        assert one.problem.strip()
        assert one.value.isprintable()
        assert one.column.isprintable()
        assert len(one.value) <= 60
        json.dumps(asdict(one))
    return bool(reading.problems) or reading.program is not None


def test_a_folder_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    problem = the_problem(read_folder(tmp_path / "nowhere", TODAY))
    assert problem.problem == "is no folder that can be opened; give the folder that holds program.toml"


@pytest.mark.parametrize("name", ["program.toml", "students.csv", "officers.csv", "staff.csv"])
def test_each_file_has_to_be_there(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    (tmp_path / name).unlink()
    problem = the_problem(read_folder(tmp_path, TODAY))
    assert (problem.file, problem.line) == (name, None)
    assert f"has no {name}" in problem.problem


def test_a_folder_in_a_file_s_place_is_no_file(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "staff.csv").unlink()
    (tmp_path / "staff.csv").mkdir()
    assert "has no staff.csv" in the_problem(read_folder(tmp_path, TODAY)).problem


def test_names_of_files_may_be_in_capitals(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "students.csv").rename(tmp_path / "Students.CSV")
    assert read_folder(tmp_path, TODAY).problems == ()


def test_of_two_files_for_the_same_people_nobody_guesses(tmp_path: Path) -> None:
    problem = the_problem(read(tmp_path, students__xlsx=WORKBOOK))
    assert problem.problem == "the folder has students.csv and students.xlsx; keep the one that counts"


def test_a_value_is_shown_short_and_printable() -> None:
    problem = Problem("x.csv", 1, "a\nb", "\x1b[31m" + "é" * 100, Sentence("is wrong"))
    assert problem.value.startswith("\\u001b[31mé")
    assert (len(problem.value), problem.column) == (60, "a\\u000ab")


@given(name=st.sampled_from(NAMES), content=st.binary(max_size=200))
@ANY_FOLDER
def test_no_bytes_make_the_reader_stumble(tmp_path: Path, name: str, content: bytes) -> None:
    assert is_told(read(tmp_path, stock_letters__csv=None, **{name: content}))


@given(name=st.sampled_from(NAMES), content=st.text(max_size=200))
@ANY_FOLDER
def test_no_text_makes_the_reader_stumble(tmp_path: Path, name: str, content: str) -> None:
    content = content.encode(errors="ignore").decode()
    header = GOOD.get(name, "stock_id,officer_id,language,text\n").split("\n", 1)[0]
    assert is_told(read(tmp_path, stock_letters__csv=None, **{name: f"{header}\n{content}"}))


def mutated(content: bytes, dice: random.Random) -> bytes:
    """The file with a few bytes lost, doubled, exchanged or moved."""
    data = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        place, length = dice.randrange(len(data) or 1), dice.randint(1, 12)
        other = dice.choice((b"", bytes(data[place : place + length]) * 2, dice.randbytes(length), *UNLUCKY))
        data[place : place + length] = other
    return bytes(data)


@given(name=st.sampled_from(list(GOOD)), dice=st.randoms(use_true_random=False))
@ANY_FOLDER
def test_no_change_of_a_good_file_makes_the_reader_stumble(
    tmp_path: Path, name: str, dice: random.Random
) -> None:
    assert is_told(read(tmp_path, **{name: mutated(GOOD[name].encode(), dice)}))


@given(dice=st.randoms(use_true_random=False))
@ANY_FOLDER
def test_no_change_of_a_workbook_makes_the_reader_stumble(tmp_path: Path, dice: random.Random) -> None:
    assert is_told(read(tmp_path, students__csv=mutated(WORKBOOK, dice)))


def test_passwords_of_a_school_system_s_export_never_get_through(tmp_path: Path) -> None:
    users = (
        "sourcedId,username,givenName,familyName,password,email\n"
        "114001,jcraig@example.org,Jack,Craig,P@ssword123,jcraig@example.org\n"
    )
    reading = read(tmp_path, students__csv=users, staff__csv=users, officers__csv=users)
    assert [one.file for one in reading.problems] == ["students.csv", "officers.csv", "staff.csv"]
    assert "P@ssword123" not in repr(reading)


def test_partners_are_read_and_their_file_may_be_missing(tmp_path: Path) -> None:
    assert read(tmp_path).partners == ()
    rows = 'name,what_for,languages,contact\nGrief Circle,"loss, and grief",en es,555-0132\nOther,quarrels,,a@b.example\n'
    assert read(tmp_path, partners__csv=rows).partners == (
        Partner("Grief Circle", "loss, and grief", ("en", "es"), "555-0132"),
        Partner("Other", "quarrels", ("en",), "a@b.example"),
    )
    twice = f"{rows}Other,else,en,555-0100\n"
    assert "on line 3 with other content" in the_problem(read(tmp_path, partners__csv=twice)).problem


def test_the_list_of_a_suspected_harm_names_roles_and_people_of_the_staff(tmp_path: Path) -> None:
    def told(who: str) -> str:
        return f'{GOOD["program.toml"]}\n[safety]\ntold = ["counselor", "{who}"]\n'

    assert read(tmp_path, program__toml=told("K-1")).problems == ()
    problem = the_problem(read(tmp_path, program__toml=told("K-9")))
    assert (problem.column, problem.value) == ("safety.told", "K-9")
    assert "is no role and no staff_id of staff.csv" in problem.problem


def test_files_that_were_sent_are_read_like_a_folder(tmp_path: Path) -> None:
    program = read(tmp_path).program
    assert program is not None
    sent = {name.upper(): text.encode() for name, text in GOOD.items()}
    assert read_files(sent, program, TODAY) == read_folder(tmp_path, TODAY)


def test_without_a_program_file_the_program_on_record_stays(tmp_path: Path) -> None:
    program = read(tmp_path).program
    assert program is not None
    sent = {name: text.encode() for name, text in GOOD.items() if name != "program.toml"}
    reading = read_files(sent, program, TODAY)
    assert (reading.problems, reading.program) == ((), program)
    elsewhere = {**sent, "students.csv": GOOD["students.csv"].replace("north", "nowhere").encode()}
    assert {one.column for one in read_files(elsewhere, program, TODAY).problems} == {"school"}


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Students.CSV", True),
        ("officers.xlsx", True),
        ("program.toml", True),
        ("notes.csv", False),
        ("staff.pdf", False),
    ],
)
def test_a_file_is_known_by_its_name(name: str, known: bool) -> None:
    assert is_of_a_folder(name) is known
