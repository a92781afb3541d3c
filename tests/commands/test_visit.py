"""visit: the officers' answers, and who came. The last word counts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.shell import Exit
from tests.commands.starter_line import DAY, NO_UUID, NOBODY, WEEK, StarterLine, until
from tests.desk.town import read_pdf
from tests.workflows.world import first_day


@pytest.fixture(scope="module")
def silent(invited: str, pairings: list[dict[str, Any]]) -> Iterator[str]:
    """Those that have been invited and have said nothing."""
    return (one["pairing"] for one in pairings)


@pytest.fixture
def visit_is_today(starter: StarterLine, invited: str, on_record: Callable[..., Any]) -> Iterator[None]:
    (year,) = starter.answers("open", invited)["program_years"]
    day = on_record("SELECT visit_on FROM program_year WHERE id = $1", year)
    move = "UPDATE program_year SET visit_on = coalesce($2::date, (now() AT TIME ZONE 'America/Chicago')::date) WHERE id = $1"
    on_record(move, year, None)
    yield
    on_record(move, year, day)


@pytest.fixture
def pairing(silent: Iterator[str]) -> str:
    return next(silent)


def visit(starter: StarterLine, program: str, pairing: str) -> tuple[str | None, bool | None]:
    shown = starter.answers("pairing", "show", program, pairing)
    return shown["visit_answer"], shown["visit_attended"]


def test_the_last_answer_counts_and_the_same_again_changes_nothing(
    starter: StarterLine, invited: str, pairing: str
) -> None:
    for word, said in (("--yes", "yes"), ("--no", "no"), ("--no", "no")):
        answered = starter.answers("visit", "answer", invited, pairing, word)
        assert answered == {"asked": pairing, "answer": said}
        assert visit(starter, invited, pairing) == (said, None)
    assert starter.says("visit", "answer", invited, pairing, "--yes") == "Recorded: yes.\n"


@pytest.mark.usefixtures("visit_is_today")
def test_who_came_is_recorded_and_may_be_corrected(starter: StarterLine, invited: str, pairing: str) -> None:
    for words, came in (((), True), (("--came",), True), (("--did-not-come",), False)):
        attended = starter.answers("visit", "attend", invited, pairing, *words)
        assert attended == {"pairings": [pairing], "attended": came}
        assert visit(starter, invited, pairing) == (None, came)
    assert starter.says("visit", "attend", invited, pairing) == "Recorded.\n"


@pytest.mark.usefixtures("visit_is_today")
def test_once_it_is_recorded_who_came_no_answer_is_taken(
    starter: StarterLine, invited: str, pairing: str
) -> None:
    starter.says("visit", "attend", invited, pairing)
    refused = starter.is_refused("visit", "answer", invited, pairing, "--no")
    assert (
        refused == f"Pairing {pairing} has no open invitation. See: starter.py pairing show PROGRAM {pairing}"
    )
    assert visit(starter, invited, pairing) == (None, True)


def test_whom_nobody_has_invited_neither_answers_nor_comes(
    starter: StarterLine, unopened: tuple[str, str]
) -> None:
    program, uninvited = unopened
    for pairing in (uninvited, NOBODY):
        answered = starter.is_refused("visit", "answer", program, pairing, "--yes")
        assert answered.startswith(f"Pairing {pairing} has no open invitation.")
        came = starter.is_refused("visit", "attend", program, pairing)
        assert came.startswith(f"Pairing {pairing} was never invited.")


@pytest.mark.parametrize("words", [("answer", NO_UUID, "--yes"), ("answer", NOBODY), ("attend",)])
def test_what_is_typed_wrongly_is_wrong_usage(starter: StarterLine, words: tuple[str, ...]) -> None:
    command, *others = words
    starter.is_refused("visit", command, "town", *others, status=Exit.WRONG_USAGE)


# The day, and what changes it

SECOND_DAY = first_day() + 10 * WEEK  # A Monday, a week after the window of a program with two rounds.


@pytest.fixture
def school_year(starter: StarterLine, opened: Callable[..., str]) -> tuple[str, str]:
    """A program of its own and its year, whose visit waits for its invitations."""
    program = opened()
    (year,) = starter.answers("open", program)["program_years"]
    until(lambda: starter.run("visit", "call-off", program, year).exit_code == Exit.DONE)
    return program, year


def test_a_visit_is_called_off_and_gets_a_second_date_or_none_each_in_one_command(
    starter: StarterLine, school_year: tuple[str, str]
) -> None:
    assert starter.answers("visit", "show", *school_year)["state"] == "called off"
    moved = starter.answers("visit", "move", *school_year, "--to", SECOND_DAY, "--because", "Snow & ice.")
    assert (moved["program_year"], moved["plan"]) == (school_year[1], "takes place")
    shown = starter.answers("visit", "show", *school_year)
    assert (shown["on"], shown["state"]) == (SECOND_DAY.isoformat(), "planned")
    for _ in range(2):
        ended = starter.says("visit", "call-off", *school_year, "--read-aloud")
        assert ended == f"{SECOND_DAY}: read aloud. Everybody is told.\n"
    for words in (("move", *school_year, "--to", SECOND_DAY), ("call-off", *school_year)):
        refused = starter.is_refused("visit", *words)
        assert refused == "Letters are read aloud instead of this visit: that stays so."


def test_a_day_that_can_not_be_is_refused_with_what_to_do(
    starter: StarterLine, school_year: tuple[str, str]
) -> None:
    refused = starter.is_refused("visit", "move", *school_year, "--to", SECOND_DAY + 5 * DAY)
    assert "is a Saturday. Choose a school day" in refused
    starter.is_refused("visit", "move", *school_year, "--to", "someday", status=Exit.WRONG_USAGE)
    nowhere = starter.is_refused("visit", "move", school_year[0], "kc.nowhere.2026", "--to", SECOND_DAY)
    assert nowhere == "There is no program year kc.nowhere.2026. See: starter.py status PROGRAM"


def test_sheet_and_list_are_written_once_somebody_is_invited(
    starter: StarterLine, invited: str, school_year: tuple[str, str], tmp_path: Path
) -> None:
    off = starter.is_refused("visit", "sheet", *school_year, "--out", tmp_path / "none.pdf")
    assert off.endswith("is called off: there is nothing to print for it now.")
    starter.says("visit", "move", *school_year, "--to", SECOND_DAY)
    early = starter.is_refused("visit", "sheet", *school_year, "--out", tmp_path / "none.pdf")
    assert early.startswith("Nobody has been invited to the visit")
    (year,) = starter.answers("open", invited)["program_years"]
    for command, words in (
        ("sheet", "Run sheet: the visit at North School"),
        ("guests", "Visitors at North"),
    ):
        file = tmp_path / f"{command}.pdf"
        starter.answers("visit", command, invited, year, "--out", file)
        assert words in read_pdf(file.read_bytes())[0]


def test_who_is_not_expected_today_is_not_recorded_by_name_and_nobody_present_is_no_host(
    starter: StarterLine, invited: str, pairing: str
) -> None:
    refused = starter.is_refused("visit", "attend", invited, "Officer1 Roe")
    assert refused.startswith("Nobody of this name is expected at a visit today.")
    early = starter.is_refused("visit", "attend", invited, pairing, "--did-not-come")
    assert early.startswith("Who came is recorded from the day of the visit on")
    nobody = starter.is_refused("visit", "host", invited, NOBODY)
    assert nobody.startswith(f"There is no pairing {NOBODY}")
