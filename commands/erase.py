"""erase request | confirm: a family's wish that nothing is kept about a child."""

from typing import Annotated

import typer

from bluepals.facts import erasure
from bluepals.store import people
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run, say

app = typer.Typer(help="A family's wish that all about a child be erased.", no_args_is_help=True)

Student = Annotated[str, typer.Argument(help="The student_id of students.csv.")]


@app.command()
def request(
    program: ProgramId,
    student: Student,
    by: Annotated[str, typer.Option(help="Who heard the family's wish: a staff_id.")],
    json: AsJson = False,
) -> None:
    """Put a family's wish before the coordinator. Nothing is erased yet; again, it changes nothing."""
    run(_request(program, student, by, json))


async def _request(program: str, student: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        asked = await erasure.request(service.office, Scope.whole(program), student, by)
    said = "erased" if asked.erased else "requested"
    answer(
        {"student": student, "state": said},
        json,
        lambda: say(
            f"Student {student} has been erased already."
            if asked.erased
            else f"On record. The coordinator confirms it: starter.py erase confirm {program} {student} --by YOUR-ID",
        ),
    )


@app.command()
def confirm(
    program: ProgramId,
    student: Student,
    by: Annotated[str, typer.Option(help="The coordinator who confirms it: a staff_id.")],
    json: AsJson = False,
) -> None:
    """Erase a child whose family wishes it: key, letters, names, addresses, mails. It can't be taken back."""
    run(_confirm(program, student, by, json))


async def _confirm(program: str, student: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        async with service.database.transaction(Scope.whole(program)) as connection:
            coordinator = await people.staff_id(connection, by)
        await erasure.confirm(service.office, Scope.whole(program), student, by=coordinator)
    answer(
        {"student": student, "state": "erased"},
        json,
        lambda: out.print(
            f"Student {student} is erased. Take the row out of students.csv as well.", highlight=False
        ),
    )
