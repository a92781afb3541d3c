"""import: a program folder into the database, as a whole or not at all."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bluepals.facts import roster
from bluepals.facts.roster import Roster
from bluepals.roster import Problem, RosterReading, read_folder
from bluepals.store import attention
from bluepals.store.database import Scope
from commands.shell import AsJson, Exit, answer, out, parts, run
from service.parts import Parts


def import_folder(
    folder: Annotated[Path, typer.Argument(help="The program folder; docs/formats.md describes it.")],
    check: Annotated[bool, typer.Option("--check", help="Read and report; change nothing.")] = False,
    json: AsJson = False,
) -> None:
    """Read a program folder: program.toml, students, officers, staff. A problem stops it, and nothing is applied."""
    run(_import(folder, check, json))


async def _import(folder: Path, check: bool, json: bool) -> None:
    reading = read_folder(folder)
    changed = 0
    if not reading.problems and reading.program and not check:
        async with parts() as service:
            changed = await _apply(service, reading)
    shape = _shape(reading, changed)
    answer(shape, json, lambda: _print(reading, shape, check))
    if reading.problems:
        raise typer.Exit(Exit.REFUSED)


async def _apply(service: Parts, reading: RosterReading) -> int:
    assert reading.program is not None  # noqa: S101 - a reading without problems has one
    applied = await roster.apply(
        service.office,
        Roster(reading.program, reading.students, reading.officers, reading.staff, reading.stock_letters),
    )
    async with service.database.transaction(Scope.whole(reading.program.id)) as connection:
        for problem in reading.needs_person:
            await attention.call(
                connection,
                key=f"roster-{problem.file}-{problem.line}-{problem.column}",
                kind="roster",
                sentence=f"{problem.file}, line {problem.line}, {problem.column}: {problem.problem}",
            )
    return applied.total


def _shape(reading: RosterReading, changed: int) -> dict[str, object]:
    people = len(reading.students) + len(reading.officers) + len({role.staff_id for role in reading.staff})
    return {
        "students": len(reading.students),
        "officers": len(reading.officers),
        "staff": len({role.staff_id for role in reading.staff}),
        "unchanged": people - changed,
        "repeated": reading.repeated,
        "skipped": reading.skipped,
        "problems": [asdict(problem) for problem in reading.problems],
        "needs_person": [asdict(problem) for problem in reading.needs_person],
    }


def _print(reading: RosterReading, shape: Mapping[str, object], check: bool) -> None:
    counts = ", ".join(f"{shape[name]} {name}" for name in ("students", "officers", "staff", "repeated", "skipped"))
    out.print(counts, highlight=False)
    for title, problems in (("Problems", reading.problems), ("For a person", reading.needs_person)):
        if problems:
            out.print(_table(title, problems))
    if reading.problems:
        out.print("Nothing was imported. Mend the rows above and run this again.", style="bold red")
    elif check:
        out.print("No problem found; nothing was changed.")
    else:
        out.print("Imported. Next: starter.py open")


def _table(title: str, problems: tuple[Problem, ...]) -> Table:
    table = Table("file", "line", "column", "value", "what to do", title=title, title_justify="left")
    for problem in problems:
        table.add_row(problem.file, str(problem.line or ""), problem.column, problem.value, problem.problem)
    return table
