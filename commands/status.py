"""status: where a program's schools stand, what rests, and what needs a person."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from bluepals.domain.program import Program
from bluepals.store import attention, pauses, programs
from bluepals.store import status as store
from bluepals.store.attention import Call
from bluepals.store.database import Scope
from bluepals.store.pauses import OpenPause
from commands.pauses import print_paused
from commands.shell import AsJson, ProgramId, answer, out, parts_of, print_item, run

COUNTS = ("students", "pairings", "without_pal", "to_read", "delivered")


def status(program: ProgramId, json: AsJson = False) -> None:
    """Where each school stands, and what needs a person."""
    run(_status(program, json))


async def _status(program: str, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        definition = await programs.load(connection)
        schools = await store.schools(connection)
        paused = await pauses.open_pauses(connection)
        calls = await attention.open_calls(connection)
        pairings = await store.pairings(connection)
    shape = {
        "schools": schools,
        "attention": [asdict(call) for call in calls],
        "pauses": [_shape(one) for one in paused],
        "pairings": pairings,
    }
    answer(shape, json, lambda: _print(definition, schools, paused, calls))


def _shape(one: OpenPause) -> dict[str, object]:
    return {
        "what": one.what,
        "school": one.target.school,
        "agency": one.target.agency,
        "pairing": one.target.pairing_id,
        "reason": one.reason,
        "began_at": one.began_at,
    }


def _print(
    program: Program,
    schools: Sequence[Mapping[str, Any]],
    paused: Sequence[OpenPause],
    calls: Sequence[Call],
) -> None:
    # Six columns on a screen of eighty characters; the first is an id, which people copy.
    table = Table(
        Column("school year", no_wrap=True), "children", "pairs", "no pal", "to read", "released",
        box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0),
    )  # fmt: skip
    for row in schools:
        table.add_row(f"{row['program_year']}\n{_state(row)}", *(str(row[count]) for count in COUNTS))
    out.print(table)
    print_paused(program, paused)
    for call in calls:
        print_item(call.sentence, call.how)
    if not calls:
        out.print("Nothing needs you.")


def _state(row: Mapping[str, Any]) -> str:
    return f"{row['year']}, next date {row['next_date']:%b %-d}" if row["next_date"] else row["year"]
