"""import: a program folder into the database, as a whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bluepals.facts import carry_over, roster
from bluepals.facts.roster import Roster, RosterRefused
from bluepals.roster import Problem, RosterReading, read_folder
from bluepals.store.database import Scope
from commands.shell import AsJson, Exit, answer, out, parts, run, say


def import_folder(
    folder: Annotated[Path, typer.Argument(help="The program folder; docs/formats.md describes it.")],
    check: Annotated[bool, typer.Option("--check", help="Read and report; change nothing.")] = False,
    json: AsJson = False,
) -> None:
    """Read a program folder: program.toml, students, officers, staff. A problem stops it, and nothing is applied."""
    run(_import(folder, check, json))


async def _import(folder: Path, check: bool, json: bool) -> None:
    reading = read_folder(folder)
    unchanged = may_go_on = 0
    if not reading.problems and not check:
        async with parts() as service:
            try:
                found = Roster.of(reading)
                applied = await roster.apply(service.office, found)
                unchanged = _all_people(reading) - applied.total
                may_go_on = await carry_over.may_go_on(service.office, Scope.whole(found.program.id))
                reading = replace(reading, needs_person=(*reading.needs_person, *applied.needs_person))
            except RosterRefused as refused:
                reading = replace(reading, problems=refused.problems)
    shape = _shape(reading, unchanged)
    answer(shape, json, lambda: _print(reading, shape, check, may_go_on))
    if reading.problems:
        raise typer.Exit(Exit.REFUSED)


def _all_people(reading: RosterReading) -> int:
    return len(reading.students) + len(reading.officers) + _people(reading)


def _people(reading: RosterReading) -> int:
    return len({role.staff_id for role in reading.staff})


def _shape(reading: RosterReading, unchanged: int) -> dict[str, object]:
    return {
        "students": len(reading.students),
        "officers": len(reading.officers),
        "staff": _people(reading),
        "unchanged": unchanged,
        "repeated": reading.repeated,
        "skipped": reading.skipped,
        "problems": [_place(problem) for problem in reading.problems],
        "needs_person": [_place(problem) for problem in reading.needs_person],
    }


def _place(problem: Problem) -> dict[str, object]:
    return {name: getattr(problem, name) for name in ("file", "line", "column", "value", "problem")}


def _print(reading: RosterReading, shape: Mapping[str, object], check: bool, may_go_on: int) -> None:
    counts = ", ".join(
        f"{shape[name]} {name}" for name in ("students", "officers", "staff", "repeated", "skipped")
    )
    out.print(counts, highlight=False)
    print_problems(reading)
    if reading.problems:
        out.print("Nothing was imported. Mend the rows above and run this again.", style="bold red")
    elif check:
        out.print("No problem found; nothing was changed.")
    elif reading.program:
        say(f"Imported. Next: starter.py open {reading.program.id}")
        if may_go_on:
            say(
                f"Pairs of last year that may go on: {may_go_on}. See starter.py carry-over list {reading.program.id},"
                f" then begin with them: starter.py carry-over open {reading.program.id} --by YOUR-ID"
            )


def print_problems(reading: RosterReading) -> None:
    """What stops the folder, then what a person has to look at."""
    for title, problems in (("Problems", reading.problems), ("For a person", reading.needs_person)):
        if problems:
            out.print(_table(title, problems))


def _table(title: str, problems: Sequence[Problem]) -> Table:
    table = Table(
        "file", "line", "column", "value", "what is wrong, and what to do", title=title, title_justify="left"
    )
    for problem in problems:
        cells = (problem.file, str(problem.line or ""), problem.column, problem.value, problem.problem)
        table.add_row(*map(Text, cells))  # Text: square brackets in a roster are no markup.
    return table
