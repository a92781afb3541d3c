"""staff leave, staff log-out: a teacher, a moderator or another one of the staff goes, or has lost a device."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from bluepals.domain.sentences import counted
from bluepals.facts import staff
from bluepals.store import people
from bluepals.store.database import Scope
from bluepals.store.staff import HeldRole
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run

app = typer.Typer(
    help="A teacher, a moderator or another one of the staff goes, or has lost a device.",
    no_args_is_help=True,
)
Member = Annotated[str, typer.Argument(metavar="STAFF", help="The staff_id, as in staff.csv.")]
By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv: a coordinator's.")]


@app.command()
def leave(program: ProgramId, member: Member, by: By, json: AsJson = False) -> None:
    """No role, no page and no mail from now on; what they decided stays on record."""
    run(_leave(program, member, by, json))


@app.command()
def log_out(program: ProgramId, member: Member, by: By, json: AsJson = False) -> None:
    """Out of the desk on every device, now; their passkeys open nothing any more. They may enter again."""
    run(_log_out(program, member, by, json))


async def _log_out(program: str, member: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        scope = Scope.whole(program)
        async with service.database.transaction(scope) as connection:
            who, whom = [await people.staff_id(connection, one) for one in (by, member)]
        done = await staff.log_out(service.office, scope, whom, by=who)
    sentence = f"{member} is out: {counted(done.sessions, 'session', 'sessions')} ended, {counted(done.passkeys, 'passkey', 'passkeys')} taken back."
    answer(asdict(done), json, lambda: out.print(sentence, highlight=False))


async def _leave(program: str, member: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        scope = Scope.whole(program)
        async with service.database.transaction(scope) as connection:
            who, whom = [await people.staff_id(connection, one) for one in (by, member)]
        held = await staff.leave(service.office, scope, whom, by=who)
    answer({"roles": [asdict(one) for one in held]}, json, lambda: _print(member, held))


def _print(member: str, held: Sequence[HeldRole]) -> None:
    if not held:
        out.print(f"{member} has no role; nothing changed.", highlight=False)
        return
    out.print(f"{member} has left. These need somebody else, in staff.csv:", highlight=False)
    for one in held:
        out.print(f"- {one}", highlight=False, markup=False)
