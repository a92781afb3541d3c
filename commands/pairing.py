"""pairing show: one pairing's year, from the database."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from bluepals.store import status
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
    """Its rounds, letters and visit, and the id of its workflow in the Web UI."""
    run(_show(program, pairing, json))


async def _show(program: str, pairing: UUID, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        card = await status.pairing(connection, pairing)
        rounds = await status.rounds_of(connection, pairing)
    shape = {**card, "workflow": workflow_id(str(pairing)), "rounds": rounds}
    answer(shape, json, lambda: _print(shape, rounds))


def _print(card: Mapping[str, object], rounds: Sequence[Mapping[str, object]]) -> None:
    for name, value in card.items():
        if name != "rounds":
            out.print(f"{name}: {value}", highlight=False)
    table = Table("round", "student", "officer", "opening day")
    for row in rounds:
        table.add_row(str(row["number"]), str(row["student"]), str(row["officer"]), str(row["opens_on"]))
    out.print(table)
