"""silence list | warn | more-time: who has stopped writing, and what a coordinator says to it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from bluepals.domain.sentences import counted
from bluepals.domain.silence import Rung
from bluepals.facts import silence
from bluepals.store import people
from bluepals.store import silence as store
from bluepals.store.database import Scope
from bluepals.store.silence import SilentSide
from commands.shell import AsJson, ProgramId, answer, ids, out, parts_of, run

app = typer.Typer(help="Who has stopped writing, and what follows.", no_args_is_help=True)

Pairing = Annotated[UUID, typer.Argument(help="The pairing's id, as in `pairing list`.")]
By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv: a coordinator's.")]


@app.command("list")
def list_silent(program: ProgramId, json: AsJson = False) -> None:
    """Each side that has missed its last date, how long it is silent, and the rung that it has reached."""
    run(_list(program, json))


async def _list(program: str, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        silent = await store.silent_sides(connection)
    answer([_shape(one) for one in silent], json, lambda: print_silent(silent))


def _shape(one: SilentSide) -> dict[str, object]:
    return {
        "pairing": one.pairing_id,
        "school": one.school,
        "side": one.silence.side,
        "missed": one.silence.missed,
        "since": one.silence.since,
        "mail_gets_through": one.reached,
        "reached": [{"rung": rung, "on": day} for rung, day in _in_order(one)],
    }


def _in_order(one: SilentSide) -> Sequence[tuple[Rung, date]]:
    return sorted(one.silence.reached.items(), key=lambda reached: reached[1])


def print_silent(silent: Sequence[SilentSide]) -> None:
    table = Table(
        ids("pairing"), "who", "reached",
        box=SIMPLE_HEAD, pad_edge=False, title=counted(len(silent), "is silent", "are silent"),
    )  # fmt: skip
    for one in silent:
        rungs = [f"{rung} {day:%b %-d}" for rung, day in _in_order(one)]
        shown = "\n".join(rungs) if one.reached else "mail does not\nget through"
        table.add_row(
            f"{one.pairing_id}\nsince {one.silence.since:%b %-d, %Y}",
            f"{one.silence.side}\n{one.silence.missed} missed",
            shown or "nothing yet",
        )
    out.print(table)


@app.command()
def warn(program: ProgramId, pairing: Pairing, by: By, json: AsJson = False) -> None:
    """Approve the warning that was proposed: the officer gets it, and two weeks."""
    run(_say(silence.warn, "warned", program, pairing, by, json))


@app.command("more-time")
def more_time(program: ProgramId, pairing: Pairing, by: By, json: AsJson = False) -> None:
    """Wait once more as long as after the warning."""
    run(_say(silence.give_more_time, "more time", program, pairing, by, json))


async def _say(
    say: Callable[..., Awaitable[None]], rung: str, program: str, pairing: UUID, by: str, json: bool
) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        async with service.database.transaction(scope) as connection:
            coordinator = await people.staff_id(connection, by)
        await say(service.office, scope, pairing, by=coordinator)
    answer({"pairing": pairing, "rung": rung}, json, lambda: out.print(f"Recorded: {rung}."))
