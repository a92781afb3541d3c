"""carry-over list | say | open: pairs of the last year that want to go on in this one."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from bluepals.domain.letters import Side
from bluepals.domain.sentences import counted
from bluepals.facts import carry_over
from bluepals.facts.carry_over import CarriedOver
from bluepals.store import carry_over as store
from bluepals.store import people
from bluepals.store.carry_over import PastPair
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, ids, out, parts_of, run
from service.parts import Parts

app = typer.Typer(help="Pairs of the last year that want to go on.", no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv.")]


@app.command("list")
def list_pairs(program: ProgramId, json: AsJson = False) -> None:
    """The pairs of years that are over, what each side wants, and what hinders them."""
    run(_list(program, json))


async def _list(program: str, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        pairs = await store.past_pairs(connection)
    answer([_shape(pair) for pair in pairs], json, lambda: _print(pairs))


@app.command()
def say(
    program: ProgramId,
    pairing: Annotated[UUID, typer.Argument(help="The pairing's id, of the year that is over.")],
    side: Annotated[Side, typer.Option(help="Whose wish it is: the child's family's, or the officer's.")],
    by: By,
    wants: Annotated[bool, typer.Option("--yes/--no", help="Whether they want to go on.")],
    json: AsJson = False,
) -> None:
    """Record what one side wants; the last word counts."""
    run(_say(program, pairing, side, by, wants, json))


async def _say(program: str, pairing: UUID, side: Side, by: str, wants: bool, json: bool) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        await carry_over.say(service.office, Scope.whole(program), pairing, side, wants=wants, by=who)
    answer(
        {"pairing": pairing, "side": side, "wants": wants},
        json,
        lambda: out.print(f"Recorded: {'yes' if wants else 'no'}."),
    )


@app.command("open")
def open_with_pairs(program: ProgramId, by: By, json: AsJson = False) -> None:
    """Begin this year with the pairs that both want; the others are matched anew, or leave."""
    run(_open(program, by, json))


async def _open(program: str, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        carried = await carry_over.carry(service.office, Scope.whole(program), by=who)
    answer(
        {
            "carried": [_shape(pair) for pair in carried.pairs],
            "left": [_shape(pair) for pair in carried.left],
            "before": carried.before,
        },
        json,
        lambda: out.print(_sentence(carried), highlight=False),
    )


def _sentence(carried: CarriedOver) -> str:
    now, before, left = len(carried.pairs), carried.before, len(carried.left)
    not_them = counted(left, "does not", "do not")
    kept = _kept(sum(one.letters for one in carried.pairs), sum(one.letters for one in carried.left))
    if not before:
        return f"{counted(now, 'pair goes', 'pairs go')} on; {not_them}.{kept}"
    already = counted(before, "pair goes", "pairs go")
    return f"{already} on already; {counted(now, 'more pair goes', 'more pairs go')} on; {not_them}.{kept}"


def _kept(along: int, left: int) -> str:
    """Letters that could not go out in the year that they were written in."""
    told = (
        f" {counted(along, 'letter', 'letters')} of the last year will be delivered in this one."
        if along
        else ""
    )
    not_out = f" {counted(left, 'letter', 'letters')} of pairs that do not go on will not be: `carry-over list` says whose."
    return told + (not_out if left else "")


def _shape(pair: PastPair) -> dict[str, object]:
    return {
        "pairing": pair.pairing_id,
        "school": pair.school,
        "student_id": pair.student,
        "officer_id": pair.officer,
        "student_wants": pair.student_wants,
        "officer_wants": pair.officer_wants,
        "hindered": pair.hindered,
        "letters": pair.letters,
    }


def _print(pairs: Sequence[PastPair]) -> None:
    table = Table(
        ids("pairing, and what hinders it"),
        "child",
        "officer",
        title=f"{counted(len(pairs), 'pair', 'pairs')} that may go on",
    )
    for pair in pairs:
        table.add_row(
            "\n".join(filter(None, (str(pair.pairing_id), pair.hindered, _kept_by(pair)))),
            f"{pair.student}\n{pair.school}\nfamily: {_WISHES[pair.student_wants]}",
            f"{pair.officer}\n{_WISHES[pair.officer_wants]}",
            end_section=True,
        )
    out.print(table)


def _kept_by(pair: PastPair) -> str:
    return f"{counted(pair.letters, 'letter', 'letters')} kept for the next year" if pair.letters else ""


_WISHES = {None: "not said", True: "yes", False: "no"}


async def _person(service: Parts, program: str, by: str) -> UUID:
    async with service.database.transaction(Scope.whole(program)) as connection:
        return await people.staff_id(connection, by)
