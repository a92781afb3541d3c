"""student died: the counselor is told first, nothing is sent by itself, and people decide the rest."""

from typing import Annotated

import typer

from bluepals.facts import leaving
from bluepals.store import leaving as store
from bluepals.store import people
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run

app = typer.Typer(help="A child takes part no longer.", no_args_is_help=True)

Student = Annotated[str, typer.Argument(metavar="STUDENT", help="The student_id, as in students.csv.")]
By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv.")]


@app.callback()
def _student() -> None:
    """A child takes part no longer."""


@app.command()
def died(program: ProgramId, student: Student, by: By, json: AsJson = False) -> None:
    """All automatic mail about it halts, the counselor is told first, and people decide the rest."""
    run(_died(program, student, by, json))


async def _died(program: str, student: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        scope = Scope.whole(program)
        async with service.database.transaction(scope) as connection:
            who, whom = await people.staff_id(connection, by), await store.student(connection, student)
        left = await leaving.student_died(service.office, scope, whom, by=who)
    answer(
        {"pairings": left.pairings},
        json,
        lambda: out.print(
            f"{left.pairings} pairings end now; nothing goes out by itself. See: starter.py status {program}",
            highlight=False,
        ),
    )
