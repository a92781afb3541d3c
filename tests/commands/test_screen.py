"""The screen command: JSON lines in, JSON lines out."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from commands.screen import screen

APP = typer.Typer()
APP.command()(screen)


def answers(*lines: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(APP, input="\n".join(lines) + "\n")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def refusal(*lines: str | bytes) -> str:
    data = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    result = CliRunner().invoke(APP, input=data)
    assert result.exit_code == 3
    return " ".join(result.stderr.split())


def test_each_letter_is_answered_with_its_id_its_marks_and_its_risk() -> None:
    assert answers('{"id": "a", "text": "call 314-555-0123"}', '{"id": "b", "text": "I like dogs"}') == [
        {"id": "a", "marks": [{"kind": "phone", "start": 5, "end": 17}], "risk": "low"},
        {"id": "b", "marks": [], "risk": "none"},
    ]


def test_empty_lines_are_skipped_and_no_line_is_no_error() -> None:
    assert answers("", '{"id": "a", "text": ""}', "   ") == [{"id": "a", "marks": [], "risk": "none"}]
    assert answers("") == []


def test_what_else_a_line_holds_is_ignored() -> None:
    assert answers('{"id": "a", "text": "hi", "school": "north"}')[0]["risk"] == "none"


def test_surrogates_and_nul_come_in_as_escapes_and_go_out_as_ascii() -> None:
    result = CliRunner().invoke(APP, input='{"id": "\\ud800", "text": "I want\\u0000 to \\udfffdie"}\n')
    assert result.exit_code == 0
    assert result.stdout.isascii()
    assert json.loads(result.stdout)["risk"] == "high"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("hello", "Line 2 is not JSON."),
        ("[" * 100_000, "Line 2 is not JSON."),
        ("[1, 2]", "Line 2 is no JSON object."),
        ('{"id": "b"}', "Line 2 lacks text."),
        ('{"id": null, "text": 7}', "Line 2 lacks id and text."),
        (b'{"id": "b", "text": "Jos\xe9"}', "Line 2 is not UTF-8."),
    ],
)
def test_a_line_that_is_no_letter_is_refused_by_its_number(line: str | bytes, sentence: str) -> None:
    assert refusal('{"id": "a", "text": "hi"}', line).startswith(sentence)


def test_an_answer_comes_before_the_next_letter_is_written() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import typer; from commands.screen import screen; typer.run(screen)"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name in ("a", "b"):
            process.stdin.write(json.dumps({"id": name, "text": "hi"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == name
        process.stdin.close()
        assert process.wait() == 0
