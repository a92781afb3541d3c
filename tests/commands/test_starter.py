"""starter.py --help: what there is, told by itself."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from commands.shell import Exit
from starter import app
from tests.commands.documented import SHAPES

ROOT = Path(__file__).parents[2]


def commands_of(group: Any, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, *path, name)
        else:
            yield (*path, name)


COMMANDS = tuple(commands_of(typer.main.get_command(app)))


def test_the_program_tells_its_commands_and_its_exit_statuses() -> None:
    told = subprocess.run(
        [sys.executable, "starter.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    words = told.split()
    for first, *_ in COMMANDS:
        assert first in words
    assert "0 done, 1 a rule is broken, 2 wrong usage, 3 input refused, 4 a service is away" in " ".join(
        words
    )


def test_without_its_environment_it_says_how_to_get_one() -> None:
    without_packages = [sys.executable, "-S", "starter.py", "status"]
    said = subprocess.run(without_packages, cwd=ROOT, capture_output=True, text=True, check=False).stderr
    assert said == (
        "Blue Pals is not installed for this Python. Run `make setup`, then `. .venv/bin/activate`, and this again.\n"
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_says_what_it_does(command: tuple[str, ...]) -> None:
    helped = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "120"})
    assert helped.exit_code == Exit.DONE
    usage, what_it_does, *_ = (line.strip() for line in helped.stdout.splitlines() if line.strip())
    assert usage.startswith("Usage:")
    assert len(what_it_does.split()) > 3
    assert ("--json" in helped.stdout) == (" ".join(command) in SHAPES)


@pytest.mark.parametrize(
    "words", [(), ("match",), ("letter",), ("visit",), ("pairing",), ("officer",), ("replacement",)]
)
def test_without_a_command_there_is_help_and_no_work(words: tuple[str, ...]) -> None:
    helped = CliRunner().invoke(app, list(words))
    assert helped.exit_code == Exit.WRONG_USAGE
    assert "Usage:" in helped.output


def test_a_command_that_is_not_there_is_wrong_usage() -> None:
    assert CliRunner().invoke(app, ["celebrate"]).exit_code == Exit.WRONG_USAGE
