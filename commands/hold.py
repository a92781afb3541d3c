"""hold set | release | list: what may have to be shown to an authority is not deleted."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from bluepals.domain.refusals import Refused
from bluepals.store import erasure, holds, people
from bluepals.store.database import Connection, Scope
from bluepals.store.holds import Hold, Subject
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run

LONGEST_REASON = 200

app = typer.Typer(help="Legal holds: what they name is not deleted.", no_args_is_help=True)

Key = Annotated[
    str, typer.Argument(help="What it is held for, as a number of a case; the same key is held once.")
]
By = Annotated[str, typer.Option(help="Who orders it: a staff_id.")]


@app.command("set")
def set_hold(
    program: ProgramId,
    key: Key,
    subject: Annotated[
        Subject, typer.Option(help="What is held; a pairing or a draft holds its child as a whole.")
    ],
    subject_id: Annotated[
        str, typer.Option("--id", help="A student_id of students.csv, or a pairing's or draft's id.")
    ],
    reason: Annotated[str, typer.Option(help="Short, and without a name.")],
    by: By,
    json: AsJson = False,
) -> None:
    """Hold a child, a pairing or a draft: neither retention nor an erasure deletes anything of it."""
    run(_set(program, key, subject, subject_id, reason, by, json))


async def _set(
    program: str, key: str, subject: Subject, subject_id: str, reason: str, by: str, json: bool
) -> None:
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Refused(
            "A reason has 1 to {most} characters. Refer to the case instead of telling it.",
            most=LONGEST_REASON,
        )
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        await holds.hold(
            connection,
            key=key,
            subject=subject,
            subject_id=await _id_of(connection, subject, subject_id),
            reason=reason,
            set_by=await people.staff_id(connection, by),
        )
    answer({"key": key, "state": "held"}, json, lambda: out.print(f"{key} is held.", highlight=False))


async def _id_of(connection: Connection, subject: Subject, given: str) -> UUID:
    if subject is Subject.STUDENT:
        return (await erasure.student(connection, given)).id
    try:
        return await holds.known(connection, subject, UUID(given))
    except ValueError:
        raise Refused(
            "{given} is no id of a {subject}. See: starter.py pairing list PROGRAM, or: starter.py letter waiting"
            " PROGRAM",
            given=given,
            subject=subject,
        ) from None


@app.command()
def release(program: ProgramId, key: Key, by: By, json: AsJson = False) -> None:
    """Release a hold; what is past its time is deleted the next night."""
    run(_release(program, key, by, json))


async def _release(program: str, key: str, by: str, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        await holds.release(connection, key, await people.staff_id(connection, by))
    answer({"key": key, "state": "released"}, json, lambda: out.print(f"{key} is released.", highlight=False))


@app.command("list")
def list_holds(program: ProgramId, json: AsJson = False) -> None:
    """The holds that stand, the oldest first."""
    run(_list(program, json))


async def _list(program: str, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        found = await holds.standing(connection)
    answer([asdict(one) for one in found], json, lambda: _print(found))


def _print(found: Sequence[Hold]) -> None:
    for one in found:
        out.print(f"- {one.key}: {one.subject} {one.subject_id}, {one.reason}", markup=False, highlight=False)
    if not found:
        out.print("Nothing is held.")
