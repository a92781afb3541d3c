"""rehearse: a program folder's whole year on virtual clocks, played by actors, proved by the audit."""

import json
import os
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from audit import audit
from audit.report import AuditReport
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import counted
from bluepals.facts.board import board_of
from bluepals.facts.roster import Roster
from bluepals.roster import read_folder
from bluepals.store import board
from bluepals.store.database import Scope
from bluepals.store.migrate import migrate
from commands.embedded import DESK_PORT, Environment, environment, left_running, new_keys, service
from commands.import_folder import print_problems
from commands.shell import Exit, out, parts, run
from rehearsal import chronicle, figures, pairs
from rehearsal.clock import Stuck, VirtualClock
from rehearsal.dice import Dice
from rehearsal.figures import Report
from rehearsal.page import Chronicle, page
from rehearsal.rates import DEFAULT, Preset, Rates, RatesRefused
from rehearsal.shift import shifted, weeks_later
from rehearsal.workload import ReadingDay, too_much
from rehearsal.year import Year
from service.parts import Parts
from stack.embedded import WELL_KNOWN, Ports, Stack, embedded_stack
from stack.temporal import VIRTUAL_CLOCKS
from workflows.search_attributes import TYPES

FOLDER = Path("out/rehearsal")


def rehearse(
    folder: Annotated[Path, typer.Argument(help="The program folder; docs/formats.md describes it.")],
    report: Annotated[Path | None, typer.Option(help="Write the year's numbers here, as JSON.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same year.")] = 1,
    rates: Annotated[Path, typer.Option(help="How often people do what.")] = DEFAULT,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave everything running to look at, until Ctrl-C.")
    ] = False,
    midyear: Annotated[
        bool, typer.Option("--midyear", help="Stop when the letters of the middle round are due.")
    ] = False,
    preset: Annotated[
        Preset,
        typer.Option(
            help="calm: nobody leaves. usual: snow, officers and children who leave, letters that worry someone."
            " epidemic: in spring the schools close as well."
        ),
    ] = Preset.CALM,
) -> None:
    """Play a whole year with invented letters, on clocks that run ahead, and prove that no rule was broken."""
    run(_rehearse(folder, report, seed, rates, keep, midyear, preset))


async def _rehearse(
    folder: Path,
    report_file: Path | None,
    seed: int,
    rates: Path,
    keep: bool,
    midyear: bool,
    preset: Preset,
) -> None:
    roster, how_often = _roster(folder), _rates(rates)
    started = time.monotonic()
    ports = WELL_KNOWN if keep else Ports()
    async with AsyncExitStack() as running:
        stack = await running.enter_async_context(
            embedded_stack(out.print, ports=ports, search_attributes=TYPES, dynamic_config=VIRTUAL_CLOCKS)
        )
        await migrate(stack.postgres.admin_url)
        settings = environment(stack, new_keys(), DESK_PORT if keep else 0)
        os.environ.update(settings)
        out.print("starting worker and desk")
        await running.enter_async_context(service(settings, FOLDER))
        service_parts = await running.enter_async_context(parts())
        dice = Dice(seed)
        year = await _year(running, stack, service_parts, roster, how_often, dice, preset)
        busiest = _say_what_is_to_be_read(year)
        try:
            days = await _played(year, year.middle if midyear else year.program.year.last_day)
        except Stuck as stuck:
            out.print(f"It is {year.calendar.label(year.seen)}, and the year does not go on. {stuck}")
            if keep:
                await _leave_running(stack, settings)
            raise typer.Exit(Exit.BUG) from None
        out.print("auditing database and histories")
        audited = await audit(service_parts, year.program.id)
        told = await _told(service_parts, stack, year, audited, busiest, days, started)
        _write(told, report_file)
        _print(told.report, audited)
        if keep:
            await _leave_running(stack, settings)
    if _is_broken(told.report, audited):
        raise typer.Exit(Exit.RULE_BROKEN)


async def _leave_running(stack: Stack, settings: Environment) -> None:
    out.print("All of it is left running; Ctrl-C stops everything.")
    await left_running(stack, settings)


def _rates(file: Path) -> Rates:
    try:
        return Rates.read(file)
    except RatesRefused as refused:
        raise Refused(str(refused)) from None


def _roster(folder: Path) -> Roster:
    """Without a problem, and with its year still to come: virtual clocks only run ahead."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    reading = read_folder(folder)
    if reading.problems:
        print_problems(reading)
        raise typer.Exit(Exit.REFUSED)
    as_read = Roster.of(reading)
    later = weeks_later(as_read.program, date.today())  # noqa: DTZ011 - to the week
    if later:
        out.print(
            f"This year has begun already: it is played {counted(later.days // 7, 'week', 'weeks')} later."
        )
    return shifted(as_read, later)


async def _year(
    running: AsyncExitStack,
    stack: Stack,
    service_parts: Parts,
    roster: Roster,
    rates: Rates,
    dice: Dice,
    preset: Preset,
) -> Year:
    """The year, begun."""
    admin = await asyncpg.connect(stack.postgres.admin_url)
    running.push_async_callback(admin.close)
    clock = VirtualClock(service_parts.client, admin, roster.program.id)
    year = Year(service_parts, clock, roster, rates, dice, preset)
    with out.status("rosters in, pairs proposed and approved"):
        await year.begin()
    return year


def _say_what_is_to_be_read(year: Year) -> Sequence[ReadingDay]:
    """The days of every moderator, the fullest first."""
    days = sorted(year.reading_days(), key=lambda one: -one.letters)
    table = Table(
        "day",
        "letters",
        "moderator",
        title="What moderators will have to read, their fullest days",
        title_justify="left",
    )
    for one in days[:8]:
        table.add_row(f"{one.day:%a %b %-d, %Y}", str(one.letters), year.actors.staff.names[one.reader])
    out.print(table)
    most = year.program.policy.letters_per_moderator_per_day
    if heavy := list(too_much(days, most)):
        out.print(
            f"On {counted(len(heavy), 'day', 'days')} a moderator has more than {counted(most, 'letter', 'letters')} to read: find another reader, or let the "
            "schools' dates lie apart.",
            style="yellow",
        )
    return days


async def _played(year: Year, until: date) -> int:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out) as progress:
        days = [day for day in year.calendar.school_days if day <= until]
        task = progress.add_task("the school year", total=len(days))

        def show(day: date, number: int) -> None:
            progress.update(task, completed=number, description=f"{day:%a %b %-d, %Y}")

        return await year.play(show, until)


async def _told(
    service_parts: Parts,
    stack: Stack,
    year: Year,
    audited: AuditReport,
    busiest: Sequence[ReadingDay],
    days: int,
    started: float,
) -> Chronicle:
    caught, scope, first_year = stack.mail.messages, Scope.whole(year.program.id), year.program.first_year
    years = await pairs.years_of_pairs(service_parts.office, scope, first_year)
    eventful = pairs.most_eventful(years)
    async with service_parts.database.transaction(scope) as connection:
        return Chronicle(
            program=year.program,
            report=await figures.report(
                connection,
                year.program,
                audited,
                caught,
                waiting=year.waiting,
                virtual_days=days,
                seconds=round(time.monotonic() - started),
            ),
            audited=audited,
            weeks=await chronicle.weeks(connection, year.program.timezone),
            punctuality=await chronicle.punctuality(connection),
            rests=await chronicle.rests(connection, year.program.timezone, year.program.year.last_day),
            change=await chronicle.new_officers_story(connection),
            carried=await chronicle.carried_over(connection),
            board=board_of(await board.rounds(connection, first_year)),
            usual=pairs.usual(years),
            eventful=eventful,
            story=await chronicle.story(connection, service_parts.office.keyring, eventful.pairing_id)
            if eventful
            else None,
            mails=await chronicle.one_of_each_kind(connection, caught),
            busiest=busiest,
        )


def _write(told: Chronicle, report_file: Path | None) -> None:
    (FOLDER / "index.html").write_text(page(told), "utf-8")
    if report_file is not None:
        report_file.parent.mkdir(parents=True, exist_ok=True)
        report_file.write_text(json.dumps(asdict(told.report), indent=2) + "\n", "utf-8")


def _print(report: Report, audited: AuditReport) -> None:
    letters, mails = report.letters, report.mails
    table = Table("the year", "", show_header=False, title_justify="left")
    for name, value in (
        (
            "pairings",
            f"{report.pairings} at {counted(report.program_years, 'school', 'schools')}; {report.waiting} of the children waited",
        ),
        (
            "letters",
            f"{letters.submitted} handed in, {letters.returned} returned, {letters.delivered} delivered",
        ),
        (
            "dates",
            f"{letters.missed} missed, {letters.late} of them came late; {counted(letters.stock, 'stock letter', 'stock letters')} stood in",
        ),
        ("mails", f"{mails.sent} sent, {mails.duplicates} twice, {mails.misaddressed} to a wrong address"),
        (
            "visit",
            f"{report.visits.attended} of {counted(report.visits.invited, 'child', 'children')} met their own officer",
        ),
        (
            "life",
            f"{counted(report.paused_days, 'day', 'days')} paused, {counted(report.new_officers, 'new officer', 'new officers')}, {counted(report.cases, 'case', 'cases')}",
        ),
        (
            "and",
            (
                f"{report.declined} declined, {report.taken_back} taken back, {counted(report.rests, 'rest', 'rests')},"
                f" {counted(report.visits_called_off, 'visit', 'visits')} called off, {report.erased} erased,"
                f" {counted(report.survey_answers, 'survey', 'surveys')} answered"
            ),
        ),
        (
            "time",
            f"{counted(report.virtual_days, 'day', 'days')} in {counted(report.seconds, 'second', 'seconds')}",
        ),
    ):
        table.add_row(name, value)
    out.print(table)
    for check in audited.checks:
        for violation in check.violations:
            out.print(f"BROKEN {check.name}: {violation.sentence}", style="bold red", highlight=False)
    if not _is_broken(report, audited):
        out.print(
            f"No rule was broken. {counted(len(audited.checks), 'rule', 'rules')},"
            f" {counted(audited.histories, 'history', 'histories')} looked at.",
            style="green",
        )
    out.print(f"The year as a page: {FOLDER / 'index.html'}", highlight=False)


def _is_broken(report: Report, audited: AuditReport) -> bool:
    return not audited.clean or bool(report.mails.duplicates or report.mails.misaddressed)
