"""match show | approve | reject | propose: what the matching proposes, and the coordinator's word about it."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from activities.matching import PairsDecided
from bluepals.domain.matching import CAPACITIES
from bluepals.domain.program import Program
from bluepals.domain.sentences import counted
from bluepals.facts import declining
from bluepals.facts import matching as facts
from bluepals.roster.formulas import csv_file
from bluepals.store import matching, people, programs
from bluepals.store.database import Scope
from bluepals.store.matching import OpenPair, WaitingChild
from commands.shell import AsJson, ProgramId, answer, ids, out, parts_of, run, say
from service.asking import Asking
from service.parts import Parts

app = typer.Typer(help="Look at the proposed pairs, approve or reject them.", no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv.")]
Pairs = Annotated[list[UUID] | None, typer.Argument(help="Ids of pairs; none: all that are open.")]


SHEET = ("school", "class_name", "student", "officer", "agency", "reason", "id")


@app.command()
def show(
    program: ProgramId,
    csv: Annotated[Path | None, typer.Option(help="Write the open pairs here, for a spreadsheet.")] = None,
    json: AsJson = False,
) -> None:
    """The open pairs with their reasons, what is missing, and who waits, the longest first."""
    run(_show(program, csv, json))


async def _show(program: str, csv: Path | None, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        pairs = await matching.open_pairs(connection)
        waiting = await matching.waiting_children(connection)
        needs = await matching.latest_needs(connection)
    shape = {
        "pairs": [asdict(one) for one in pairs],
        "needs": needs,
        "waiting": [asdict(one) for one in waiting],
    }
    if csv is not None:
        _write(csv, pairs)
    answer(shape, json, lambda: _print(pairs, needs, waiting))


def _write(file: Path, pairs: Sequence[OpenPair]) -> None:
    file.write_bytes(csv_file(SHEET, [[str(getattr(pair, name)) for name in SHEET] for pair in pairs]))


def _print(
    pairs: Sequence[OpenPair], needs: Sequence[dict[str, object]], waiting: Sequence[WaitingChild]
) -> None:
    table = Table(
        "class",
        "child",
        "officer",
        ids("why, and the pair's id"),
        title=counted(len(pairs), "open pair", "open pairs"),
    )
    for pair in pairs:
        table.add_row(
            f"{pair.class_name}\n{pair.school}",
            pair.student,
            f"{pair.officer}\n{pair.agency}",
            f"{pair.reason}\n{pair.id}",
            end_section=True,
        )
    out.print(table)
    lacking = Table(
        "gender", "children", "officers", "free places", title="Officers needed and missing, if each took"
    )
    for capacity in CAPACITIES:
        lacking.add_column(f"{capacity}: needed, missing")
    for need in needs:
        wanted = zip(_counts(need["needed"]), _counts(need["missing"]), strict=True)
        lacking.add_row(
            *(str(need[name]) for name in ("gender", "children", "officers", "places")),
            *(f"{needed}, {missing}" for needed, missing in wanted),
        )
    out.print(lacking)
    queue = Table(
        "student", "school", "class", "since", title=counted(len(waiting), "child waits", "children wait")
    )
    for child in waiting:
        queue.add_row(child.name, child.school, child.class_name, str(child.waiting_since))
    out.print(queue)


def _counts(value: object) -> list[int]:
    return value if isinstance(value, list) else []


@app.command()
def approve(program: ProgramId, by: By, pairs: Pairs = None, json: AsJson = False) -> None:
    """Approve open pairs: they are introduced to each other."""
    run(_approve(program, by, pairs or [], json))


async def _approve(program: str, by: str, pairs: list[UUID], json: bool) -> None:
    async with parts_of(program) as service:
        who, definition = await _who_and_what(service, program, by)
        decided = await Asking(service.client).approve_pairs(definition, pairs, who)
    answer(asdict(decided), json, lambda: _print_decided("approved", decided))


@app.command()
def reject(
    program: ProgramId,
    by: By,
    why: Annotated[str, typer.Option("--reason", help="Kept on record.")],
    pairs: Pairs = None,
    json: AsJson = False,
) -> None:
    """Reject open pairs: they are not proposed again, and the children are matched anew."""
    run(_reject(program, by, why, pairs or [], json))


async def _reject(program: str, by: str, why: str, pairs: list[UUID], json: bool) -> None:
    async with parts_of(program) as service:
        await facts.give_reason(service.office, Scope.whole(program), pairs, why)
        who, definition = await _who_and_what(service, program, by)
        decided = await Asking(service.client).reject_pairs(definition, pairs, who)
    answer(asdict(decided), json, lambda: _print_decided("rejected", decided))


@app.command()
def propose(program: ProgramId, json: AsJson = False) -> None:
    """Match everybody who has no pal, once more: late children, new officers, rejected pairs."""
    run(_propose(program, json))


async def _propose(program: str, json: bool) -> None:
    async with parts_of(program) as service:
        async with service.database.transaction(Scope.whole(program)) as connection:
            definition = await programs.load(connection)
        count = await Asking(service.client).propose_again(definition)
    answer({"open": count}, json, lambda: say(f"Open pairs: {count}. See: starter.py match show {program}"))


@app.command()
def decline(
    program: ProgramId,
    pairing: Annotated[UUID, typer.Argument(help="The pairing's id, as in the counselor's mail.")],
    by: By,
    json: AsJson = False,
) -> None:
    """Say no to an approved pair before it is introduced, without a reason; the child is matched again."""
    run(_decline(program, pairing, by, json))


async def _decline(program: str, pairing: UUID, by: str, json: bool) -> None:
    async with parts_of(program) as service:
        async with service.database.transaction(Scope.whole(program)) as connection:
            who = await people.staff_id(connection, by)
        await declining.decline(service.office, Scope.whole(program), pairing, by=who)
    answer(
        {"pairing": pairing},
        json,
        lambda: say(
            f"Pairing {pairing} is not introduced. For another pal: starter.py match propose {program}",
        ),
    )


async def _who_and_what(service: Parts, program: str, by: str) -> tuple[UUID, Program]:
    async with service.database.transaction(Scope.whole(program)) as connection:
        return await people.staff_id(connection, by), await programs.load(connection)


def _print_decided(what: str, decided: PairsDecided) -> None:
    out.print(f"{counted(decided.changed, 'pair', 'pairs')} {what}, {decided.still_open} still open.")
    if decided.superseded:
        out.print(
            f"{decided.superseded} can't be any more, since the child or the officer's place has been taken, or the officer"
            " takes no new child: these children are matched again."
        )
