"""case list | show | attest | not-reached | plan | close: a letter that worried someone, until its case is closed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.cases import LetterOutcome, OfficerOutcome
from bluepals.domain.sentences import counted
from bluepals.facts import cases, closing
from bluepals.facts.closing import Closing, Word
from bluepals.store import case_lists, case_readers, people, programs
from bluepals.store.database import Scope
from commands.shell import AsJson, ProgramId, answer, ids, out, parts_of, run
from service.referrals import Referrals

app = typer.Typer(help="Letters that worried someone, until their cases are closed.", no_args_is_help=True)

Case = Annotated[UUID, typer.Argument(help="The case's id, as `case list` shows it.")]
By = Annotated[str, typer.Option("--by", help="Your own id, as in staff.csv or officers.csv.")]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date. Write year-month-day, such as 2026-12-01.") from None


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time. Write it as 2026-12-01T14:30.") from None


@app.command("list")
def list_cases(program: ProgramId, json: AsJson = False) -> None:
    """Open cases first, each with what it waits for."""
    run(_list(program, json))


async def _list(program: str, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        zone = ZoneInfo((await programs.load(connection)).timezone)
        found = await case_lists.cases(connection)
    answer(found, json, lambda: _print_list(found, zone))


def _print_list(found: Sequence[Mapping[str, object]], zone: ZoneInfo) -> None:
    still_open = sum(not one["closed_at"] for one in found)
    table = Table(
        ids("case"), "kind", "opened", "waits for",
        title=counted(still_open, "open case", "open cases"), box=SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    for one in found:
        opened = one["opened_at"]
        shown = f"{opened.astimezone(zone):%b %-d, %H:%M}" if isinstance(opened, datetime) else ""
        table.add_row(str(one["case"]), str(one["kind"]), shown, _waits_for(one))
    out.print(table)


def _waits_for(one: Mapping[str, object]) -> str:
    if one["closed_at"]:
        return f"closed: {one['letter']}"
    if one["to_attest"]:
        return f"{one['to_attest']} to attest"
    return f"a look on {one['look_again_on']}" if one["look_again_on"] else "a word"


@app.command()
def show(program: ProgramId, case: Case, json: AsJson = False) -> None:
    """Who has read the letter and attested, the plans, whose word is there, and partners that may help."""
    run(_show(program, case, json))


async def _show(program: str, case: UUID, json: bool) -> None:
    async with parts_of(program) as service, service.database.transaction(Scope.whole(program)) as connection:
        defined = await programs.load(connection)
        card = await case_lists.case_card(connection, case)
        shape = {
            **card,
            "hotline": defined.safety.hotline,
            "readers": await case_lists.readers_of(connection, case),
            "plans": await case_lists.plans_of(connection, case),
            "words": await case_lists.words_of(connection, case),
            "partners": [
                {
                    "name": one.name,
                    "what_for": one.what_for,
                    "languages": one.languages,
                    "contact": one.contact,
                }
                for one in await people.partners(connection)
            ],
        }
    answer(shape, json, lambda: _print(shape, SchoolCalendar.of(defined)))


def _print(shape: Mapping[str, object], calendar: SchoolCalendar) -> None:
    def said(value: object) -> str:
        if isinstance(value, datetime):
            return calendar.label(value)
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

    for name, value in shape.items():
        if isinstance(value, list):
            out.print(f"{name}: {len(value) or 'none'}", highlight=False)
            for row in value:
                line = ", ".join(
                    f"{key.replace('_', ' ')} {said(one)}" for key, one in row.items() if one is not None
                )
                out.print(f"- {line}", markup=False, highlight=False)
        elif value is not None:
            out.print(f"{name.replace('_', ' ')}: {said(value)}", markup=False, highlight=False)


@app.command()
def attest(
    program: ProgramId,
    case: Case,
    by: By,
    reported: Annotated[
        datetime | None,
        typer.Option("--reported", parser=_time, metavar="WHEN", help="When you reported: 2026-12-01T14:30."),
    ] = None,
    reference: Annotated[str | None, typer.Option(help="The report's reference, if there is one.")] = None,
    no_cause: Annotated[
        bool, typer.Option("--no-cause", help="You read it and have no reasonable cause.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Say for yourself that you have reported, or that you read the letter and have no reasonable cause."""
    if (reported is None) != no_cause:
        raise typer.BadParameter("Say either --reported WHEN or --no-cause.")
    if reference and no_cause:
        raise typer.BadParameter("A reference is a report's: it comes with --reported.")
    run(_attest(program, case, by, reported, reference, json))


async def _attest(
    program: str, case: UUID, by: str, reported: datetime | None, reference: str | None, json: bool
) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        async with service.database.transaction(scope) as connection:
            zone = ZoneInfo((await programs.load(connection)).timezone)
            person = await case_readers.person(connection, by)
        if reported is not None and reported.tzinfo is None:
            reported = reported.replace(tzinfo=zone)
        attested = await cases.attest(
            service.office, scope, case_id=case, by=person, reported_at=reported, reference=reference
        )
        await Referrals(service.client).attested(case)
    shape = {"case": case, "known": attested.known, "to_attest": attested.still_to_attest}
    left = (
        f"{counted(attested.still_to_attest, 'person', 'people')} still to attest."
        if attested.still_to_attest
        else "All have."
    )
    answer(shape, json, lambda: out.print(f"Attested, for yourself. {left}"))


@app.command("not-reached")
def not_reached(
    program: ProgramId,
    case: Case,
    person: Annotated[str, typer.Argument(help="Who has left, by their id in staff.csv or officers.csv.")],
    by: By,
    json: AsJson = False,
) -> None:
    """The counselor's record that a reader who has left could not be reached. It attests nothing."""
    run(_not_reached(program, case, person, by, json))


async def _not_reached(program: str, case: UUID, person: str, by: str, json: bool) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        async with service.database.transaction(scope) as connection:
            reader = await case_readers.person(connection, person)
            counselor = await people.staff_by_external_id(connection, by)
        left = await cases.not_reached(service.office, scope, case_id=case, by=counselor.id, person=reader)
        await Referrals(service.client).attested(case)
    shape = {"case": case, "person": person, "to_attest": left}
    still = f"{counted(left, 'person', 'people')} still to attest." if left else "Nobody has still to attest."
    answer(shape, json, lambda: out.print(f"On record: {person} could not be reached. {still}"))


@app.command()
def plan(
    program: ProgramId,
    case: Case,
    by: By,
    look_again: Annotated[
        date,
        typer.Option("--look-again", parser=_day, metavar="DATE", help="The school day to look again."),
    ],
    partner: Annotated[
        list[str] | None, typer.Option(help="An organisation of partners.csv, by its name; may be repeated.")
    ] = None,
    json: AsJson = False,
) -> None:
    """The counselor's plan: a day to look again, and who helps. What it says stays with the counselor."""
    run(_plan(program, case, by, look_again, partner or [], json))


async def _plan(program: str, case: UUID, by: str, look_again: date, partners: list[str], json: bool) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        async with service.database.transaction(scope) as connection:
            counselor = await people.staff_by_external_id(connection, by)
        await cases.plan(
            service.office,
            scope,
            case_id=case,
            by=counselor.id,
            look_again_on=look_again,
            partners=partners,
        )
    shape = {"case": case, "look_again_on": look_again, "partners": partners}
    answer(shape, json, lambda: out.print(f"Planned. You are reminded to look again on {look_again}."))


@app.command()
def close(
    program: ProgramId,
    case: Case,
    by: By,
    letter: Annotated[LetterOutcome, typer.Option(help="What becomes of the letter.")],
    officer: Annotated[
        OfficerOutcome | None, typer.Option(help="In a case of conduct: what becomes of the officer.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Of a return, for the adult who gets it back.")] = None,
    reason_for_child: Annotated[str | None, typer.Option(help="The same in a child's words.")] = None,
    counsel_asked: Annotated[
        date | None,
        typer.Option(
            "--counsel-asked",
            parser=_day,
            metavar="DATE",
            help="When counsel was asked about a family's letter.",
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Say your word; with the last one that is needed, the case is closed."""
    word = Word(letter, officer, reason_for_child, reason, counsel_asked)
    run(_close(program, case, by, word, json))


async def _close(program: str, case: UUID, by: str, word: Word, json: bool) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        async with service.database.transaction(scope) as connection:
            person = await people.staff_by_external_id(connection, by)
        done = await closing.close(service.office, scope, case_id=case, by=person.id, word=word)
        told = await service.teller.tell_all(scope, done.tells) == len(done.tells)
    shape = {"case": case, "closed": done.closed, "waits_for": done.waits_for, "told": told}
    answer(shape, json, lambda: out.print(_said(done, word, told=told)))


def _said(done: Closing, word: Word, *, told: bool) -> str:
    if not done.closed:
        return f"Your word is on record. The case waits for its {' and its '.join(done.waits_for)}."
    follows = "" if told else " The pairing hears of it as soon as the worker is back."
    return f"Closed: {word.letter}.{follows}"
