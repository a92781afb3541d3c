"""status: where a program's schools stand, and what needs a person."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bluepals.store import attention
from bluepals.store import status as store
from bluepals.store.attention import Call
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run


def status(program: ProgramId, json: AsJson = False) -> None:
    """Where each school stands, and what needs a person."""
    run(_status(program, json))


async def _status(program: str, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        schools = await store.schools(connection)
        calls = await attention.open_calls(connection)
        pairings = await store.pairings(connection)
    shape = {"schools": schools, "attention": [asdict(call) for call in calls], "pairings": pairings}
    answer(shape, json, lambda: _print(schools, calls))


def _print(schools: Sequence[Mapping[str, object]], calls: Sequence[Call]) -> None:
    # Eight columns on a screen of eighty characters.
    table = Table(
        "school", "year", "children", "pairs", "no pal", "to read", "released", "next",
        box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1),
    )  # fmt: skip
    for row in schools:
        table.add_row(*(_cell(value) for value in row.values()))
    out.print(table)
    for call in calls:
        out.print(f"- {call.in_full}", markup=False, highlight=False)
    if not calls:
        out.print("Nothing needs you.")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:%b %-d}" if isinstance(value, date) else str(value)
