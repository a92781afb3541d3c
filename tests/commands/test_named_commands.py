"""Each command that the program names in a sentence, a mail or a page of docs is one that it takes as it stands."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import typer

from starter import app

ROOT = Path(__file__).parents[2]
SOURCES = ("activities", "audit", "bluepals", "commands", "desk", "rehearsal", "service", "workflows")
PAGES = ("README.md", "docs/running.md", "docs/formats.md", "examples/README.md")
COMMAND_LINE = "starter.py "
# What is filled in stands for an id; a call, for options that may be left out.
SOMETHING = str(UUID(int=1))
PLACEHOLDERS = {"YEAR-MONTH-DAY": "2027-04-12"}
PLACE = re.compile(r"\{\w*\}|\b[A-Z][A-Z-]{2,}\b")
END = re.compile(r"[.,;:!)](?=\s|$)|`|\n")
# Typer has a click of its own, whose words for wrong usage are not public.
WrongUsage: type[Exception] = typer.BadParameter.__bases__[0]


def named() -> Iterator[tuple[str, str]]:
    """Where, and the words after `starter.py`."""
    for source in SOURCES:
        for file in sorted((ROOT / source).rglob("*.py")):
            code = file.read_text("utf-8")
            if COMMAND_LINE.strip() in code:
                for text in sentences(ast.parse(code)):
                    yield from ((str(file.relative_to(ROOT)), words) for words in commands_in(text))
    for page in PAGES:
        text = (ROOT / page).read_text("utf-8")
        for line in text.splitlines():
            yield from ((page, words) for words in commands_in(line.partition(" #")[0]))


def commands_in(text: str) -> Iterator[str]:
    for rest in text.split(COMMAND_LINE)[1:]:
        yield END.split(rest)[0].strip()


def sentences(tree: ast.AST) -> Iterator[str]:
    """Every string that is no docstring, in one piece."""
    match tree:
        case ast.JoinedStr():
            yield "".join(_part(part) for part in tree.values)
            return
        case ast.Constant(value=str(text)):
            yield text
            return
        case ast.Expr(value=ast.Constant()):
            return
    for child in ast.iter_child_nodes(tree):
        yield from sentences(child)


def _part(part: ast.expr) -> str:
    match part:
        case ast.Constant(value=str(text)):
            return text
        case ast.FormattedValue(value=ast.Call()):
            return ""
    return SOMETHING


NAMED = sorted(set(named()))


@pytest.mark.parametrize(("where", "words"), NAMED)
def test_a_command_that_is_named_is_taken_as_it_stands(where: str, words: str) -> None:
    filled = PLACE.sub(lambda place: PLACEHOLDERS.get(place[0], SOMETHING), words)
    try:
        parse(shlex.split(filled))
    except typer.Exit:  # --help
        return
    except WrongUsage as wrong:
        pytest.fail(f"{where} names `{COMMAND_LINE}{words}`: {wrong}")


def test_commands_are_found_where_there_are_some() -> None:
    assert {where.partition("/")[0] for where, _ in NAMED} >= {"bluepals", "commands", "README.md"}
    assert list(commands_in("Look: starter.py status kc. Then: starter.py open PROGRAM, or wait.")) == [
        "status kc",
        "open PROGRAM",
    ]


def parse(words: list[str]) -> None:
    """As the command line does, and no further."""
    command: Any = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    if hasattr(command, "commands") and words != ["--help"]:
        raise WrongUsage(f"there is no command {' '.join(words)!r}")
    command.make_context("starter.py", words)
