"""disclosures: who outside a school has seen its children's letters, for a family that asks."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from bluepals.domain.calendar import SchoolCalendar
from bluepals.facts.disclosures import INTERESTS, on_record
from bluepals.roster.formulas import csv_file
from bluepals.store import programs
from bluepals.store.database import Scope
from bluepals.store.disclosures import Disclosure
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run

SHEET = ("at", "student", "school", "round", "draft", "who", "who_id", "role", "interest")


def disclosures(
    program: ProgramId,
    student: Annotated[
        str | None, typer.Option(help="Only of this child: a student_id of students.csv.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--csv", help="Write them into this file, too.")] = None,
    json: AsJson = False,
) -> None:
    """Who outside a child's school has seen a letter of it: once for each person, letter and day."""
    run(_disclosures(program, student, file, json))


async def _disclosures(program: str, student: str | None, file: Path | None, json: bool) -> None:
    async with parts_of(program) as service:
        scope = Scope.whole(program)
        found = await on_record(service.office, scope, student)
        async with service.database.transaction(scope) as connection:
            calendar = SchoolCalendar.of(await programs.load(connection))
    if file is not None:
        _write(file, found)
    shape = [{**asdict(one), "interest": INTERESTS[one.role]} for one in found]
    answer(shape, json, lambda: _print(found, calendar, file))


def _write(file: Path, found: Sequence[Disclosure]) -> None:
    rows = [
        (
            one.at.isoformat(timespec="seconds"),
            one.student,
            one.school,
            str(one.round_number),
            str(one.draft),
            one.who,
            one.who_id,
            one.role,
            INTERESTS[one.role],
        )
        for one in found
    ]
    file.write_bytes(csv_file(SHEET, rows))


def _print(found: Sequence[Disclosure], calendar: SchoolCalendar, file: Path | None) -> None:
    table = Table(
        "when", "student", "round", "who", "as",
        title=f"Views of letters on record: {len(found)}", box=SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    for one in found:
        when = f"{one.at.astimezone(calendar.zone):%Y-%m-%d %H:%M}"
        table.add_row(when, one.student, str(one.round_number), f"{one.who} ({one.who_id})", one.role)
    out.print(table)
    if file is not None:
        out.print(f"Written: {file}", highlight=False)
