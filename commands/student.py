"""student withdraw | leave | transfer: a child takes part no longer, or at another school."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from bluepals.domain.people import ConsentScope
from bluepals.facts import consents
from bluepals.facts.consents import Withdrawn
from bluepals.store import people
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run
from service.parts import Parts

app = typer.Typer(help="A child leaves, or changes schools.", no_args_is_help=True)

StudentId = Annotated[str, typer.Argument(metavar="STUDENT", help="The student_id, as in students.csv.")]
By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv.")]


@app.command()
def withdraw(
    program: ProgramId,
    student: StudentId,
    by: By,
    scope: Annotated[
        ConsentScope, typer.Option(help="What is withdrawn; the letters take everything else along.")
    ] = ConsentScope.LETTERS,
    json: AsJson = False,
) -> None:
    """A family's consent is withdrawn. Of the letters: nothing goes out from this moment on."""
    run(_withdraw(program, student, by, scope, json))


async def _withdraw(program: str, student: str, by: str, consent: ConsentScope, json: bool) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        done = await consents.withdraw(service.office, Scope.whole(program), student, consent, by=who)
    answer(asdict(done), json, lambda: out.print(_withdrawn(student, done), highlight=False))


def _withdrawn(student: str, done: Withdrawn) -> str:
    if done.known:
        return f"This had been withdrawn before; nothing changed for {student}."
    ended = (
        ""
        if done.pairing_id is None
        else f" Pairing {done.pairing_id} has ended; what had not left is cancelled."
    )
    return f"Withdrawn for {student}: {', '.join(done.scopes)}.{ended}"


async def _person(service: Parts, program: str, by: str) -> UUID:
    async with service.database.transaction(Scope.whole(program)) as connection:
        return await people.staff_id(connection, by)
