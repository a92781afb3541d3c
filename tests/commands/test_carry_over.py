"""carry-over: what there is to say while a year goes on, and what the next one begins with."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from tests.commands.starter_line import COORDINATOR, NOBODY, WEEK, StarterLine, write_folder


def test_while_the_year_goes_on_there_is_no_past_pair(starter: StarterLine, paired: str) -> None:
    assert starter.answers("carry-over", "list", paired) == []


def test_a_wish_about_nobody_or_a_pairing_of_the_year_that_runs_is_refused(
    starter: StarterLine, paired: str
) -> None:
    for pairing in (NOBODY, starter.answers("status", paired)["pairings"][0]["pairing"]):
        said = starter.is_refused(
            "carry-over", "say", paired, pairing, "--side", "officer", "--by", COORDINATOR, "--yes"
        )
        assert said.startswith(f"There is no pairing {pairing} of a year that is over.")


def test_a_year_that_goes_on_carries_nobody_over(starter: StarterLine, paired: str) -> None:
    said = starter.is_refused("carry-over", "open", paired, "--by", COORDINATOR)
    assert "No year of this program is over yet" in said


def test_a_pair_goes_on_in_the_next_year_and_that_is_said_again(
    starter: StarterLine, unopened: tuple[str, str], on_record: Callable[..., Any], tmp_path: Path
) -> None:
    program, pairing = unopened
    for over in (
        "UPDATE program_year SET (state, opened_at, closed_at) = ('closed', now(), now()) WHERE program_id = $1",
        "UPDATE pairing SET (ended_at, end_reason) = (now(), 'year closed') WHERE program_id = $1",
    ):
        on_record(over, program)
    imported = starter.says("import", _a_year_later(write_folder(tmp_path / program, program)))
    assert "Pairs of last year that may go on: 1." in imported
    assert f"starter.py carry-over open {program}" in imported
    for side in ("student", "officer"):
        words = ("say", program, pairing, "--side", side, "--by", COORDINATOR, "--yes")
        starter.says("carry-over", *words)
    for said in ("1 pair goes on; 0 do not.\n", "1 pair goes on already; 0 more pairs go on; 0 do not.\n"):
        assert starter.says("carry-over", "open", program, "--by", COORDINATOR) == said


def _a_year_later(folder: Path) -> Path:
    """The next year's calendar, with one other child."""
    calendar, students = folder / "program.toml", folder / "students.csv"
    calendar.write_text(
        re.sub(
            r"\d{4}-\d\d-\d\d",
            lambda day: str(date.fromisoformat(day[0]) + 52 * WEEK),
            calendar.read_text("utf-8"),
        ),
        "utf-8",
    )
    students.write_text(students.read_text("utf-8").replace("s01", "s02"), "utf-8")
    return folder
