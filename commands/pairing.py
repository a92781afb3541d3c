"""pairing show: one pairing's year, from the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from bluepals.domain.calendar import SchoolCalendar
from bluepals.store import programs, status
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run
from workflows.api.pairing import workflow_id

app = typer.Typer(help="One pairing's year.", no_args_is_help=True)


@app.command()
def show(
    program: ProgramId,
    pairing: Annotated[UUID, typer.Argument(help="The pairing's id.")],
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
        table.add_row(str(row["number"]), str(row["student"]), str(row["officer"]), str(row["opens_on"]))
    out.print(table)
    for moment in story:
        out.print(
            f"- {moment['at'].astimezone(calendar.zone):%Y-%m-%d} {moment['what']}",
            markup=False,
            highlight=False,
        )
