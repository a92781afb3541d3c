"""replacement list | approve | reject | begin: children between two officers, and who is next."""

from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.sentences import counted
from bluepals.facts import leaving, replacements
from bluepals.store import people, programs
from bluepals.store import replacements as store
from bluepals.store.database import Scope
from bluepals.store.endings import Reason
from bluepals.store.replacements import Listed
from commands.shell import AsJson, ProgramId, answer, ids, out, parts_of, run, say
from service.parts import Parts

app = typer.Typer(help="Children between two officers, and who is next.", no_args_is_help=True)

Replacement = Annotated[
    UUID, typer.Argument(metavar="REPLACEMENT", help="Its id, as `replacement list` shows it.")
]
By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv: a coordinator's.")]


class Cause(StrEnum):
    SILENCE = "silence"
    CLEARANCE = "clearance"
    MOVED = "moved"
    BUSY = "busy"


REASONS = {
    Cause.SILENCE: Reason.SILENCE,
    Cause.CLEARANCE: Reason.CLEARANCE_ENDED,
    Cause.MOVED: Reason.MOVED,
    Cause.BUSY: Reason.BUSY,
}


@app.command("list")
def show(program: ProgramId, json: AsJson = False) -> None:
    """Who waits for another officer, the longest first, and who is proposed."""
    run(_show(program, json))


async def _show(program: str, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        calendar = SchoolCalendar.of(await programs.load(connection))
        found = await store.listed(connection)
    answer([asdict(one) for one in found], json, lambda: _print(found, calendar))


def _print(found: Sequence[Listed], calendar: SchoolCalendar) -> None:
    table = Table(
        "child",
        "next officer",
        ids("and the replacement's id"),
        title=f"{counted(len(found), 'child', 'children')} between two officers",
    )
    for one in found:
        state = "approved" if one.approved else "to approve" if one.reserve else "none has a free place"
        table.add_row(
            f"{one.student}\n{one.class_name} {one.school}",
            f"{one.reserve or 'waits'}\n{state}",
            f"not before {one.rest_until.astimezone(calendar.zone):%B %-d}\n{one.id}",
            end_section=True,
        )
    out.print(table)


@app.command()
def approve(program: ProgramId, replacement: Replacement, by: By, json: AsJson = False) -> None:
    """The proposed officer is the next one, when farewell and rest are over."""
    run(_approve(program, replacement, by, json))


async def _approve(program: str, replacement: UUID, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        new = await replacements.approve(service.office, Scope.whole(program), replacement, by=who)
    answer(
        {"replacement": replacement, "known": not new},
        json,
        lambda: out.print("Approved. The two are paired when farewell and rest are over."),
    )


@app.command()
def reject(
    program: ProgramId,
    replacement: Replacement,
    by: By,
    why: Annotated[str, typer.Option("--reason", help="Kept on record.")],
    json: AsJson = False,
) -> None:
    """Not these two: another officer is sought at once. Also after an approval, until they have been paired."""
    run(_reject(program, replacement, by, why, json))


async def _reject(program: str, replacement: UUID, by: str, why: str, json: bool) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        await replacements.reject(service.office, Scope.whole(program), replacement, why=why, by=who)
    answer(
        {"replacement": replacement},
        json,
        lambda: say(f"Rejected. See who is next: starter.py replacement list {program}"),
    )


@app.command()
def begin(
    program: ProgramId,
    pairing: Annotated[UUID, typer.Argument(help="The pairing whose officer is to be replaced.")],
    by: By,
    cause: Annotated[
        Cause, typer.Option("--reason", help="Kept on record; no child or family learns it.")
    ] = Cause.SILENCE,
    json: AsJson = False,
) -> None:
    """Another officer for one child: after silence, an ended clearance, or when it may go on after a death."""
    run(_begin(program, pairing, by, cause, json))


async def _begin(program: str, pairing: UUID, by: str, cause: Cause, json: bool) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        opened = await leaving.begin(service.office, Scope.whole(program), pairing, REASONS[cause], by=who)
    answer(
        {"replacement": opened},
        json,
        lambda: say(f"Begun: {opened}. Who is next: starter.py replacement list {program}"),
    )


async def _person(service: Parts, program: str, by: str) -> UUID:
    async with service.database.transaction(Scope.whole(program)) as connection:
        return await people.staff_id(connection, by)
