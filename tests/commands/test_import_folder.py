"""import: what it prints, what it answers, and that nothing is applied of a folder with a problem."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bluepals.store.database import Database
from commands import import_folder
from stack.postgres import PostgresServer
from tests.bluepals.roster.village import PROGRAM, STUDENTS, office_on, student, students, write

EXPECTED = {"students": 4, "officers": 2, "staff": 5, "unchanged": 0, "repeated": 0, "skipped": 1}
NOBODY: dict[str, list[str]] = {"problems": [], "needs_person": []}

app = typer.Typer()
app.command()(import_folder.import_folder)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def answer(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    shape: dict[str, Any] = json.loads(result.stdout)
    return shape


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer, database_name: str) -> None:
    """The command finds a real database, and no Temporal: an import needs none but for the bell."""

    @asynccontextmanager
    async def parts() -> AsyncIterator[SimpleNamespace]:
        async with Database.connected(postgres.url_of("bluepals_app", database_name)) as database:
            yield SimpleNamespace(office=office_on(database))

    monkeypatch.setattr(import_folder, "parts", parts)


@pytest.fixture
def unserved(monkeypatch: pytest.MonkeyPatch) -> None:
    def parts() -> None:
        raise AssertionError("nothing may be asked of a service")

    monkeypatch.setattr(import_folder, "parts", parts)


def test_a_check_needs_no_service_and_changes_nothing(tmp_path: Path, unserved: None) -> None:
    assert answer(write(tmp_path), "--check") == {**EXPECTED, **NOBODY}
    said = run(tmp_path, "--check")
    assert said.exit_code == 0
    assert "No problem found; nothing was changed." in said.stdout


def test_the_same_folder_twice_changes_nothing_and_a_changed_one_what_changed(
    tmp_path: Path, served: None
) -> None:
    write(tmp_path)
    assert answer(tmp_path) == {**EXPECTED, **NOBODY}
    assert answer(tmp_path)["unchanged"] == 11
    write(tmp_path, students__csv=STUDENTS.replace("Ben", "Benjamin") + student("S-6") + "\n")
    again = answer(tmp_path)
    assert (again["students"], again["unchanged"]) == (5, 10)


def test_a_problem_stops_everything_before_any_service_is_asked(tmp_path: Path, unserved: None) -> None:
    write(tmp_path, students__csv=students(student(school="nroth"), student("S-10", consent="")))
    result = run(tmp_path, "--json")
    assert result.exit_code == 3
    shape = json.loads(result.stdout)
    assert shape["problems"] == [
        {
            "file": "students.csv",
            "line": 2,
            "column": "school",
            "value": "nroth",
            "problem": "is no id of program.toml's [[schools]]; there are: north, south (is north meant?)",
        }
    ]
    (ask, *_) = shape["needs_person"]
    assert ask.keys() == {"file", "line", "column", "value", "problem"}
    assert (ask["line"], ask["column"], ask["value"]) == (3, "consent", "")
    said = run(tmp_path)
    assert said.exit_code == 3
    assert "Nothing was imported." in said.stdout


def test_what_contradicts_the_record_is_refused_like_any_problem(tmp_path: Path, served: None) -> None:
    answer(write(tmp_path))
    cut = PROGRAM[: PROGRAM.rindex("[[rounds]]")] + PROGRAM[PROGRAM.index("[visit]") :]
    result = run(write(tmp_path, program__toml=cut), "--json")
    assert result.exit_code == 3
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["file"], problem["column"], problem["value"]) == ("program.toml", "rounds", "1")


def test_brackets_in_a_roster_are_no_markup(tmp_path: Path, unserved: None) -> None:
    write(tmp_path, students__csv=students(student(school="[red]x[/red][")))
    result = run(tmp_path, "--check")
    assert "[red]" in result.stdout
