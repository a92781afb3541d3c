"""visit show | answer | attend | host | move | call-off | sheet | guests: who comes, who came, and when."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from bluepals.domain.visit_plan import VisitState
from bluepals.facts import visit_hosts, visit_sheets, visits
from bluepals.facts.office import Office
from bluepals.facts.visit_sheets import Overview
from bluepals.store.database import Scope
from bluepals.store.visit_sheets import RequestRow
from commands.printing import PdfFile, say_written, write
from commands.shell import AsJson, ProgramId, answer, ids, out, parts_of, run
from service.asking import Asking
from workflows.api.visit_day import Plan, VisitChanged

app = typer.Typer(help="The visit: answers, the day, and what changes it.", no_args_is_help=True)

Pairing = Annotated[UUID, typer.Argument(help="The pairing's id, as in `pairing list`.")]
SchoolYear = Annotated[
    str,
    typer.Argument(metavar="SCHOOL-YEAR", help="The program year's id, as `status` lists it: kc.north.2026."),
]
Because = Annotated[str | None, typer.Option(help="A sentence for everybody who is told.")]
PrintIt = Callable[[Office, Scope, str], Awaitable[bytes]]


@app.command()
def show(program: ProgramId, school_year: SchoolYear, json: AsJson = False) -> None:
    """The day, where and when each child meets whom, and which reserves have been asked."""
    run(_show(program, school_year, json))


async def _show(program: str, school_year: str, json: bool) -> None:
    async with parts_of(program) as service:
        found = await visit_sheets.overview(service.office, Scope.whole(program), school_year)
    answer(asdict(found), json, lambda: _print(found))


def _print(found: Overview) -> None:
    table = Table(
        "class",
        ids("child, and the pairing"),
        "who meets them",
        "own officer said",
        title=f"{found.on}: {found.state}",
        caption=found.because and f"People were told: {found.because}",
    )
    for one in found.meetings:
        table.add_row(
            f"{one.class_name}\n{one.begins:%H:%M} {one.room}",
            f"{one.child}\n{one.pairing}",
            one.officer or "nobody yet",
            f"{one.own_officer}: {_said(one.own_answer, one.own_answer_by)}"
            if one.own_officer
            else "between two officers",
            end_section=True,
        )
    out.print(table)
    if found.requests:
        _print_requests(found.requests)


def _print_requests(requests: Sequence[RequestRow]) -> None:
    table = Table("reserve", "said", ids("request, and for which pairing"), title="Reserves who were asked")
    for one in requests:
        table.add_row(
            one.officer,
            f"let go ({one.answer or 'no answer'})" if one.released else _said(one.answer, one.answer_by),
            f"{one.request}\n{one.pairing_id}",
        )
    out.print(table)


def _said(answer: str | None, by: datetime | None) -> str:
    """What an answer is, or until when it may come."""
    return answer or (f"nothing yet, by {by:%b %-d}" if by else "nothing yet")


@app.command("answer")
def answer_invitation(
    program: ProgramId,
    asked: Annotated[
        UUID, typer.Argument(metavar="ID", help="The pairing's id; of a reserve, the request's.")
    ],
    comes: Annotated[bool, typer.Option("--yes/--no", help="Whether the officer will come.")],
    json: AsJson = False,
) -> None:
    """Record whether an officer will come; the last answer counts."""
    run(_answer(program, asked, "yes" if comes else "no", json))


async def _answer(program: str, asked: UUID, said: str, json: bool) -> None:
    async with parts_of(program) as service:
        await visits.answer(service.office, Scope.whole(program), asked, said)
    answer({"asked": asked, "answer": said}, json, lambda: out.print(f"Recorded: {said}."))


@app.command()
def attend(
    program: ProgramId,
    who: Annotated[str, typer.Argument(help="The officer's first and last name, or the pairing's id.")],
    came: Annotated[
        bool, typer.Option("--came/--did-not-come", help="Whether the officer was there.")
    ] = True,
    json: AsJson = False,
) -> None:
    """Record whether an officer came: on the day by name, from that day on by pairing."""
    run(_attend(program, who, came, json))


async def _attend(program: str, who: str, came: bool, json: bool) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        if pairing := _uuid(who):
            await visits.attend(service.office, scope, pairing, came=came)
            pairings: Sequence[UUID] = [pairing]
        else:
            pairings = await visits.attend_by_name(service.office, scope, who, came=came)
    answer({"pairings": pairings, "attended": came}, json, lambda: out.print("Recorded."))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@app.command()
def host(program: ProgramId, pairing: Pairing, json: AsJson = False) -> None:
    """On the day: find a host among those who came, for a child whose officer did not."""
    run(_host(program, pairing, json))


async def _host(program: str, pairing: UUID, json: bool) -> None:
    async with parts_of(program) as service:
        found = await visit_hosts.host_now(service.office, Scope.whole(program), pairing)
    shape = {"pairing": pairing, "request": found.id, "officer": found.officer_name}
    answer(
        shape,
        json,
        lambda: out.print(f"{found.officer_name} meets {found.student_first_name}.", highlight=False),
    )


@app.command()
def move(
    program: ProgramId,
    school_year: SchoolYear,
    to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The new date.")],
    because: Because = None,
    json: AsJson = False,
) -> None:
    """Move the visit, or give it a second date; everybody is told, with a new calendar file."""
    run(_move(program, school_year, to.date(), because, json))


async def _move(program: str, school_year: str, to: date, because: str | None, json: bool) -> None:
    async with parts_of(program) as service:
        await visits.give_reason(service.office, Scope.whole(program), school_year, because)
        changed = await Asking(service.client).move_visit(school_year, to)
    _say(school_year, changed, json)


@app.command("call-off")
def call_off(
    program: ProgramId,
    school_year: SchoolYear,
    read_aloud: Annotated[
        bool, typer.Option("--read-aloud", help="No second date: the class reads letters aloud instead.")
    ] = False,
    because: Because = None,
    json: AsJson = False,
) -> None:
    """Call the visit off; everybody is told, and their calendars are cleared."""
    run(_call_off(program, school_year, read_aloud, because, json))


async def _call_off(
    program: str, school_year: str, read_aloud: bool, because: str | None, json: bool
) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        known, plan = await visits.standing(service.office, scope, school_year)
        if read_aloud and plan is VisitState.READ_ALOUD:
            changed = VisitChanged(Plan.READ_ALOUD, known.over.isoformat())
        else:
            await visits.give_reason(service.office, scope, school_year, because)
            changed = await Asking(service.client).call_off_visit(school_year, read_aloud=read_aloud)
    _say(school_year, changed, json)


def _say(school_year: str, changed: VisitChanged, json: bool) -> None:
    shape = {"program_year": school_year, "plan": changed.plan, "over": changed.over}
    day = f"{datetime.fromisoformat(changed.over):%Y-%m-%d}"
    answer(shape, json, lambda: out.print(f"{day}: {changed.plan}. Everybody is told.", highlight=False))


@app.command("sheet")
def run_sheet(program: ProgramId, school_year: SchoolYear, file: PdfFile, json: AsJson = False) -> None:
    """Write the run sheet: who meets whom, where and when."""
    run(_write(visit_sheets.run_sheet, program, school_year, file, json))


@app.command("guests")
def visitors_list(program: ProgramId, school_year: SchoolYear, file: PdfFile, json: AsJson = False) -> None:
    """Write the visitors' list for the front desk; no child is named in it."""
    run(_write(visit_sheets.visitors_list, program, school_year, file, json))


async def _write(print_it: PrintIt, program: str, school_year: str, file: Path, json: bool) -> None:
    async with parts_of(program) as service:
        content = await print_it(service.office, Scope.whole(program), school_year)
    write(file, content)
    answer({"file": file}, json, lambda: say_written(file))
