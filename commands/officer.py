"""officer leave | stop | died | take-back: an officer goes, and the children get another one."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.sentences import counted
from bluepals.facts import leaving
from bluepals.facts.leaving import Left
from bluepals.store import people, programs
from bluepals.store.database import Scope
from bluepals.store.endings import Reason
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run, say
from service.parts import Parts

app = typer.Typer(help="An officer goes: all their children at once.", no_args_is_help=True)

Officer = Annotated[str, typer.Argument(metavar="OFFICER", help="The officer_id, as in officers.csv.")]
By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv.")]


class Withdrawal(StrEnum):
    MOVED = Reason.MOVED.value
    BUSY = Reason.BUSY.value


@app.command()
def leave(
    program: ProgramId,
    officer: Officer,
    by: By,
    reason: Annotated[Withdrawal, typer.Option(help="Kept on record; no child or family learns it.")],
    json: AsJson = False,
) -> None:
    """They move away, or no longer have time: both may write a last letter, then the child gets another officer."""

    async def fact(service: Parts, scope: Scope, who: UUID, whom: UUID) -> Left:
        return await leaving.leave(service.office, scope, whom, Reason(reason), by=who)

    run(_go(program, officer, by, fact, json))


@app.command()
def stop(program: ProgramId, officer: Officer, by: By, json: AsJson = False) -> None:
    """No contact from now on, and no cause shown: for the liaison of the agency or a coordinator."""

    async def fact(service: Parts, scope: Scope, who: UUID, whom: UUID) -> Left:
        return await leaving.stop(service.office, scope, whom, by=who)

    run(_go(program, officer, by, fact, json))


@app.command()
def died(program: ProgramId, officer: Officer, by: By, json: AsJson = False) -> None:
    """All automatic mail about it halts, the counselors are told first, and people decide the rest."""

    async def fact(service: Parts, scope: Scope, who: UUID, whom: UUID) -> Left:
        return await leaving.officer_died(service.office, scope, whom, by=who)

    run(_go(program, officer, by, fact, json))


@app.command("take-back")
def take_back(program: ProgramId, officer: Officer, by: By, json: AsJson = False) -> None:
    """It was a mistake: everything goes on, as long as no farewell has gone out."""
    run(_take_back(program, officer, by, json))


async def _take_back(program: str, officer: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        who, whom = await _people(service, program, by, officer)
        count = await leaving.take_back(service.office, Scope.whole(program), whom, by=who)
    answer(
        {"pairings": count},
        json,
        lambda: out.print(f"Taken back: {counted(count, 'pairing goes', 'pairings go')} on."),
    )


async def _go(
    program: str,
    officer: str,
    by: str,
    fact: Callable[[Parts, Scope, UUID, UUID], Awaitable[Left]],
    json: bool,
) -> None:
    async with parts_of(program) as service:
        scope = Scope.whole(program)
        who, whom = await _people(service, program, by, officer)
        left = await fact(service, scope, who, whom)
        async with service.database.transaction(scope) as connection:
            calendar = SchoolCalendar.of(await programs.load(connection))
    shape = {"pairings": left.pairings, "farewell_until": left.farewell_until}
    answer(shape, json, lambda: say(_sentence(program, left, calendar)))


def _sentence(program: str, left: Left, calendar: SchoolCalendar) -> str:
    ends = f"Pairings that end by this: {left.pairings}."
    if left.farewell_until is None:
        return f"{ends} Nothing goes out any more. See: starter.py status {program}"
    day = calendar.label(left.farewell_until)
    return f"{ends} A last letter may be written by {day}. Who is next: starter.py replacement list {program}"


async def _people(service: Parts, program: str, by: str, officer: str) -> tuple[UUID, UUID]:
    async with service.database.transaction(Scope.whole(program)) as connection:
        return await people.staff_id(connection, by), await people.officer_id(connection, officer)
