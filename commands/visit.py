"""visit answer | attend: who comes to the visit, and who came."""

from typing import Annotated
from uuid import UUID

import typer

from bluepals.facts import visits
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, out, parts_of, run

app = typer.Typer(help="Answers to the visit, and who came.", no_args_is_help=True)

Pairing = Annotated[UUID, typer.Argument(help="The pairing's id.")]


@app.command("answer")
def answer_invitation(
    program: ProgramId,
    pairing: Pairing,
    comes: Annotated[bool, typer.Option("--yes/--no", help="Whether the officer will come.")],
    json: AsJson = False,
) -> None:
    """Record whether the officer will come; the last answer counts."""
    run(_answer(program, pairing, "yes" if comes else "no", json))


async def _answer(program: str, pairing: UUID, said: str, json: bool) -> None:
    async with parts_of(program) as service:
        await visits.answer(service.office, Scope.whole(program), pairing, said)
    answer({"pairing": pairing, "answer": said}, json, lambda: out.print(f"Recorded: {said}."))


@app.command()
def attend(
    program: ProgramId,
    pairing: Pairing,
    came: Annotated[
        bool, typer.Option("--came/--did-not-come", help="Whether the officer was there.")
    ] = True,
    json: AsJson = False,
) -> None:
    """Record whether the officer came."""
    run(_attend(program, pairing, came, json))


async def _attend(program: str, pairing: UUID, came: bool, json: bool) -> None:
    async with parts_of(program) as service:
        await visits.attend(service.office, Scope.whole(program), pairing, came=came)
    answer({"pairing": pairing, "attended": came}, json, lambda: out.print("Recorded."))
