"""pairing: who writes to whom, and one pairing's year, from the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from bluepals.domain.calendar import SchoolCalendar
from bluepals.store import programs, status
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, ids, out, parts_of, run, say
from workflows.api.pairing import workflow_id

app = typer.Typer(help="Who writes to whom, and one pairing's year.", no_args_is_help=True)


@app.command("list")
def list_pairings(program: ProgramId, json: AsJson = False) -> None:
    """Who writes to whom, with the ids that other commands take."""
    run(_list(program, json))


async def _list(program: str, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        found = await status.pairings(connection)
    answer(found, json, lambda: _print_list(found))


def _print_list(found: Sequence[Mapping[str, Any]]) -> None:
    for program_year, group in groupby(found, key=itemgetter("program_year")):
        table = Table(
            ids("pairing"), "class", "child", "officer", title=program_year, box=SIMPLE_HEAD, pad_edge=False
        )
        for one in group:
            officer = one["officer"] + (f"\n({one['end_reason']})" if one["end_reason"] else "")
            cells = one["pairing"], one["class"], one["student"], officer
            table.add_row(*map(Text, cells))  # Text: square brackets in a name are no markup.
        out.print(table)
    if not found:
        say("There are no pairings yet. Next: starter.py match show PROGRAM")


@app.command()
def show(
    program: ProgramId,
    pairing: Annotated[UUID, typer.Argument(help="The pairing's id, as in `pairing list`.")],
    json: AsJson = False,
) -> None:
    """Its rounds and letters, its story in order, and the id of its workflow in the Web UI."""
    run(_show(program, pairing, json))


async def _show(program: str, pairing: UUID, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        calendar = SchoolCalendar.of(await programs.load(connection))
        card = await status.pairing(connection, pairing)
        rounds = await status.rounds_of(connection, pairing)
        story = await status.story_of(connection, pairing)
    shape = {**card, "workflow": workflow_id(str(pairing))}
    answer({**shape, "rounds": rounds, "story": story}, json, lambda: _print(shape, rounds, story, calendar))


def _print(
    card: Mapping[str, object],
    rounds: Sequence[Mapping[str, object]],
    story: Sequence[Mapping[str, Any]],
    calendar: SchoolCalendar,
) -> None:
    for name, value in card.items():
        if value is not None:
            shown = calendar.label(value) if isinstance(value, datetime) else value
            out.print(f"{name.replace('_', ' ')}: {shown}", highlight=False)
    table = Table("round", "student", "officer", "opening day")
    for row in rounds:
        table.add_row(
            str(row["number"]), str(row["student"]), str(row["officer"]), str(row["opens_on"] or "rests")
        )
    out.print(table)
    for moment in story:
        out.print(
            f"- {moment['at'].astimezone(calendar.zone):%Y-%m-%d} {moment['what']}",
            markup=False,
            highlight=False,
        )
