"""student withdraw | leave | take-back | transfer | died: a child takes part no longer, or at another school."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.people import ConsentScope
from bluepals.facts import consents, leaving, moves
from bluepals.facts.consents import Withdrawn
from bluepals.facts.moves import Left, Transferred
from bluepals.store import leaving as records
from bluepals.store import people, programs
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run, say
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


@app.command()
def leave(program: ProgramId, student: StudentId, by: By, json: AsJson = False) -> None:
    """The child goes to a school elsewhere: both may write a last letter, then it is over."""
    run(_leave(program, student, by, json))


async def _leave(program: str, student: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        done = await moves.leave(service.office, Scope.whole(program), student, by=who)
        async with service.database.transaction(Scope.whole(program)) as connection:
            calendar = SchoolCalendar.of(await programs.load(connection))
    answer(asdict(done), json, lambda: out.print(_left(student, done, calendar), highlight=False))


def _left(student: str, done: Left, calendar: SchoolCalendar) -> str:
    if done.known:
        return f"{student} had left before; nothing changed."
    if done.farewell_until is None:
        return f"{student} has left; nobody had been introduced to write a farewell."
    return f"{student} leaves. Both may write a last letter by {calendar.label(done.farewell_until)}."


@app.command("take-back")
def take_back(program: ProgramId, student: StudentId, by: By, json: AsJson = False) -> None:
    """Leaving was a mistake: everything goes on, as long as no farewell has gone out."""
    run(_take_back(program, student, by, json))


async def _take_back(program: str, student: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        pairing = await moves.take_back(service.office, Scope.whole(program), student, by=who)
    answer(
        {"pairing_id": pairing},
        json,
        lambda: say(
            f"Taken back: pairing {pairing} goes on. If its officer leaves too, see who is next: starter.py replacement list {program}"
            if pairing
            else f"Taken back. The pairing has ended: match {student} again with starter.py match propose {program}",
        ),
    )


@app.command()
def transfer(
    program: ProgramId,
    student: StudentId,
    by: By,
    school: Annotated[str, typer.Option("--to", help="The school's id, as in program.toml.")],
    class_name: Annotated[str, typer.Option("--class", help="The class there.")],
    json: AsJson = False,
) -> None:
    """The child goes to another school or class of the program, and takes pal and letters along."""
    run(_transfer(program, student, by, school, class_name, json))


async def _transfer(program: str, student: str, by: str, school: str, class_name: str, json: bool) -> None:
    async with parts_of(program) as service:
        await _person(service, program, by)
        done = await moves.transfer(
            service.office, Scope.whole(program), student, school=school, class_name=class_name
        )
    answer(asdict(done), json, lambda: out.print(_transferred(student, done), highlight=False))


def _transferred(student: str, done: Transferred) -> str:
    where = f"class {done.class_name} of {done.school}"
    if done.known:
        return f"{student} is in {where} already; nothing changed."
    along = "" if done.pairing_id is None else f" Pairing {done.pairing_id} and its letters came along."
    return f"{student} is in {where} now.{along} Write that into students.csv too."


@app.command()
def died(program: ProgramId, student: StudentId, by: By, json: AsJson = False) -> None:
    """All automatic mail about it halts, the counselor is told first, and people decide the rest."""
    run(_died(program, student, by, json))


async def _died(program: str, student: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        scope = Scope.whole(program)
        async with service.database.transaction(scope) as connection:
            who, whom = await people.staff_id(connection, by), await records.student(connection, student)
        left = await leaving.student_died(service.office, scope, whom, by=who)
    answer(
        {"pairings": left.pairings},
        json,
        lambda: say(
            f"Pairings that end by this: {left.pairings}. Nothing goes out by itself. See: starter.py status {program}",
        ),
    )


async def _person(service: Parts, program: str, by: str) -> UUID:
    async with service.database.transaction(Scope.whole(program)) as connection:
        return await people.staff_id(connection, by)
