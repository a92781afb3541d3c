"""screen: marks for the readers of letters, one JSON line in, one out. Needs neither database nor Temporal."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict

import typer

from bluepals.domain.refusals import Refused
from bluepals.domain.screening import screen as screen_text
from commands.shell import run

_SHAPE = '{"id": "...", "text": "..."}'


def screen() -> None:
    """Read letters as JSON lines {"id", "text"} from standard input; print their marks and risk as JSON lines."""
    run(_screen())


async def _screen() -> None:
    try:
        for answer in _answers(typer.get_binary_stream("stdin")):
            typer.echo(answer)
    except BrokenPipeError:
        _let_go_of_standard_output()


def _answers(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answer(line, number)


def _answer(line: bytes, number: int) -> str:
    letter = _letter(line, number)
    screening = screen_text(letter["text"])
    return json.dumps(
        {
            "id": letter["id"],
            "marks": [asdict(mark) for mark in screening.marks],
            "risk": screening.risk,
        }
    )


def _letter(line: bytes, number: int) -> dict[str, str]:
    try:
        letter = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refused(
            "Line {number} is not UTF-8. Save the file as UTF-8 and send it again.", number=number
        ) from None
    except (ValueError, RecursionError):
        raise Refused(
            "Line {number} is not JSON. Each line has to be {shape}.", number=number, shape=_SHAPE
        ) from None
    if not isinstance(letter, dict):
        raise Refused(
            "Line {number} is no JSON object. Each line has to be {shape}.", number=number, shape=_SHAPE
        )
    missing = [
        name for name, kinds in (("id", str | int), ("text", str)) if not isinstance(letter.get(name), kinds)
    ]
    if missing:
        raise Refused(
            "Line {number} lacks {missing}. Each line has to be {shape}.",
            number=number,
            missing=" and ".join(missing),
            shape=_SHAPE,
        )
    return letter


def _let_go_of_standard_output() -> None:
    """Whoever reads has gone (screen | head): nothing is left to do, also for the flush when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
