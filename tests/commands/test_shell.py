"""What every command does when something is wrong: a sentence on standard error, and an exit status."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from bluepals.domain.refusals import Refused
from commands import shell
from commands.shell import DEV_ENVIRONMENT, ERROR_REPORT, Exit
from stack.ports import LOOPBACK
from tests.commands.starter_line import NOBODY, StarterLine
from tests.workflows.world import LINK_KEY, MASTER_KEY

NOBODY_LISTENS = f"{LOOPBACK}:1"
REQUIRED = {
    "BLUEPALS_DATABASE_URL": f"postgresql://bluepals_app@{NOBODY_LISTENS}/bluepals",
    "BLUEPALS_MASTER_KEYS": MASTER_KEY,
    "BLUEPALS_LINK_KEY": LINK_KEY,
}
AWAY = {**REQUIRED, "TEMPORAL_ADDRESS": NOBODY_LISTENS}

PROGRAM_COMMANDS = (
    ("open", "town"),
    ("status", "town"),
    ("audit", "town"),
    ("match", "show", "town"),
    ("match", "approve", "town", "--by", "cora"),
    ("match", "reject", "town", "--by", "cora", "--reason", "Neighbours."),
    ("match", "propose", "town"),
    ("letter", "submit", "town", NOBODY, "--round", "1", "--side", "student", "--by", "tess"),
    ("letter", "waiting", "town"),
    ("letter", "show", "town", NOBODY, "--by", "mo"),
    ("letter", "decide", "town", NOBODY, "approve", "--by", "mo", "--hash", "00" * 32),
    ("visit", "answer", "town", NOBODY, "--yes"),
    ("visit", "attend", "town", NOBODY),
    ("pairing", "show", "town", NOBODY),
)


@pytest.fixture(autouse=True)
def _nobodys_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No stack of `make dev` is found here, and the report of a fault is nobody else's."""
    monkeypatch.chdir(tmp_path)


def starter(**settings: str | None) -> StarterLine:
    return StarterLine({**dict.fromkeys(AWAY), **settings})


def does(work: Coroutine[Any, Any, None], *, columns: int = 250) -> Result:
    """A command whose work is this."""
    app = typer.Typer()
    app.command()(lambda: shell.run(work))
    return CliRunner().invoke(app, env={"COLUMNS": str(columns)})


# A service is away


@pytest.mark.parametrize("words", PROGRAM_COMMANDS, ids=" ".join)
def test_without_temporal_every_command_says_so(words: tuple[str, ...]) -> None:
    refused = starter(**AWAY).is_refused(*words, status=Exit.SERVICE_AWAY, typed="Dear pal, hello.")
    assert refused == "Temporal does not answer. Start it (`make dev`), or check TEMPORAL_ADDRESS."


@pytest.mark.parametrize("words", [("search-attributes",), ("deploy", "b1")], ids=" ".join)
def test_without_temporal_a_release_is_not_prepared(words: tuple[str, ...]) -> None:
    refused = starter(**AWAY).is_refused(*words, status=Exit.SERVICE_AWAY)
    assert refused.startswith("Temporal does not answer.")


def test_without_postgres_a_command_says_so(settings: dict[str, str]) -> None:
    there = {**REQUIRED, "TEMPORAL_ADDRESS": settings["TEMPORAL_ADDRESS"]}
    refused = starter(**there).is_refused("status", "town", status=Exit.SERVICE_AWAY)
    assert refused == (
        "PostgreSQL does not answer (ConnectionRefusedError). Start it (`make dev`), or check BLUEPALS_DATABASE_URL."
    )


def test_without_postgres_nothing_is_migrated() -> None:
    admin = starter(**REQUIRED, BLUEPALS_DATABASE_ADMIN_URL=REQUIRED["BLUEPALS_DATABASE_URL"])
    assert admin.is_refused("migrate", status=Exit.SERVICE_AWAY).startswith("PostgreSQL does not answer")


# Settings


@pytest.mark.parametrize("words", [("status", "town"), ("migrate",)], ids=" ".join)
def test_missing_settings_are_named_all_at_once(words: tuple[str, ...]) -> None:
    refused = starter().is_refused(*words, status=Exit.SERVICE_AWAY)
    assert refused.startswith(f"Set {', '.join(REQUIRED)} in the environment.")
    assert refused.endswith("Or start `make dev` first.")


def test_a_wrong_setting_is_named_and_its_value_is_not_said() -> None:
    refused = starter(**{**REQUIRED, "BLUEPALS_LINK_KEY": "too short"}).is_refused(
        "status", "town", status=Exit.SERVICE_AWAY
    )
    assert refused.startswith("The value of BLUEPALS_LINK_KEY can't be used:")
    assert "too short" not in refused


def test_the_stack_of_make_dev_is_used_unless_the_environment_names_a_database() -> None:
    DEV_ENVIRONMENT.parent.mkdir()
    DEV_ENVIRONMENT.write_text("".join(f"{name}={value}\n" for name, value in AWAY.items()), "utf-8")
    found = starter().is_refused("status", "town", status=Exit.SERVICE_AWAY)
    assert found.startswith("Temporal does not answer.")

    elsewhere = {"BLUEPALS_DATABASE_URL": REQUIRED["BLUEPALS_DATABASE_URL"]}
    passed_over = starter(**elsewhere).is_refused("status", "town", status=Exit.SERVICE_AWAY)
    assert passed_over.startswith("Set BLUEPALS_MASTER_KEYS, BLUEPALS_LINK_KEY in the environment.")


# Whatever else happens


async def fail(error: BaseException) -> None:
    raise error


def test_a_fault_of_the_program_is_said_to_be_one_and_its_story_is_kept() -> None:
    failed = does(fail(KeyError("a secret name")))
    assert (failed.exit_code, failed.stdout) == (Exit.BUG, "")
    assert failed.stderr == f"This is a fault of the program. Please report it with {ERROR_REPORT}.\n"
    story = ERROR_REPORT.read_text("utf-8")
    assert story.startswith("Traceback")
    assert story.endswith("KeyError: 'a secret name'\n")


def test_the_story_of_an_older_fault_gives_way_to_the_newest() -> None:
    does(fail(KeyError("older")))
    does(fail(IndexError("newest")))
    assert "older" not in ERROR_REPORT.read_text("utf-8")


def test_where_no_story_can_be_kept_its_last_line_is_said() -> None:
    ERROR_REPORT.parent.write_text("a file where the folder should be", "utf-8")
    failed = does(fail(IndexError("list index out of range")))
    assert failed.exit_code == Exit.BUG
    assert "report it with this line: IndexError: list index out of range." in failed.stderr


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (LookupError("There is no such thing."), Exit.REFUSED, "There is no such thing."),
        (
            PermissionError(13, "Permission denied", "pairs.csv"),
            Exit.REFUSED,
            "pairs.csv can't be used: Permission denied.",
        ),
        (
            ConnectionResetError(),
            Exit.SERVICE_AWAY,
            "The connection to PostgreSQL was lost. Run this again: it is safe to repeat.",
        ),
        (KeyboardInterrupt(), Exit.STOPPED, "Stopped."),
        (asyncio.CancelledError(), Exit.STOPPED, "Stopped."),
        (LookupError("[red]text[/red]"), Exit.REFUSED, "[red]text[/red]"),
    ],
)
def test_what_went_wrong_is_a_sentence_on_standard_error(
    error: BaseException, status: Exit, sentence: str
) -> None:
    failed = does(fail(error))
    assert (failed.exit_code, failed.stdout, failed.stderr) == (status, "", f"{sentence}\n")
    assert not ERROR_REPORT.exists()


def test_a_status_that_the_work_has_said_itself_stands() -> None:
    assert does(fail(typer.Exit(Exit.RULE_BROKEN))).exit_code == Exit.RULE_BROKEN


def test_a_command_that_a_sentence_names_is_copied_in_one_piece_from_a_narrow_window() -> None:
    command = f"starter.py pairing show PROGRAM {NOBODY}"

    async def work() -> None:
        shell.say(f"Done. See: {command}")
        raise Refused(f"It is over. See: {command}")

    told = does(work(), columns=40)
    assert told.stdout == f"Done. See: {command}\n"
    assert told.stderr == f"It is over. See: {command}\n"
