"""pause | resume: the time in which no deadline comes nearer, and the dates after it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Annotated
from uuid import UUID

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program
from bluepals.facts import pauses
from bluepals.facts.pauses import Choice, NewCalendar
from bluepals.store import people, programs
from bluepals.store.database import Scope
from bluepals.store.pauses import OpenPause, Target, What
from commands.shell import AsJson, ProgramId, answer, ids, out, parts_of, print_item, run, say
from service.parts import Parts

By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv: a coordinator's.")]
School = Annotated[str | None, typer.Option(help="Only this school.")]
Agency = Annotated[str | None, typer.Option(help="Only this agency's officers.")]
Pairing = Annotated[UUID | None, typer.Option(help="Only this pairing; its id is in `pairing list`.")]
Letters = Annotated[bool, typer.Option("--letters", help="The letters. Neither named: both.")]
Visits = Annotated[bool, typer.Option("--visits", help="The visits. Neither named: both.")]


def pause(
    program: ProgramId,
    by: By,
    reason: Annotated[str, typer.Option(help="Kept on record; only the program's office sees it.")],
    school: School = None,
    agency: Agency = None,
    pairing: Pairing = None,
    letters: Letters = False,
    visits: Visits = False,
    json: AsJson = False,
) -> None:
    """Freeze every deadline of the program, or of a school, an agency or a pairing. What comes in is kept."""
    run(_pause(program, by, reason, _target(school, agency, pairing), _whats(letters, visits), json))


async def _pause(
    program: str, by: str, reason: str, target: Target, whats: Sequence[What], json: bool
) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        changed = await pauses.pause(
            service.office, Scope.whole(program), target, whats, reason=reason, by=who
        )
    shape = {"paused": [f"{what} of {target}" for what in whats], "told": changed.told}
    answer(
        shape,
        json,
        lambda: say(
            f"Paused: {' and '.join(whats)} of {target}. Workflows told: {changed.told}. "
            f"When it ends: starter.py resume {program} {_as_options(target, whats)}--by {by} --preview",
        ),
    )


def resume(
    program: ProgramId,
    by: By,
    school: School = None,
    agency: Agency = None,
    pairing: Pairing = None,
    letters: Letters = False,
    visits: Visits = False,
    preview: Annotated[bool, typer.Option("--preview", help="Change nothing; show every date.")] = False,
    agreed: Annotated[
        str | None, typer.Option(metavar="CODE", help="The code of the preview whose dates you agree to.")
    ] = None,
    rounds: Annotated[
        list[str] | None,
        typer.Option(
            "--round", metavar="N=CHOICE", help="A round that no longer fits: drop, shorten or carry."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """End a pause. Look first with --preview; then it is done exactly so, or not at all."""
    if preview == (agreed is not None):
        raise typer.BadParameter("name one of the two: --preview to look, or --agreed CODE to do it.")
    target, whats = _target(school, agency, pairing), _whats(letters, visits)
    run(_resume(program, by, target, whats, _choices(rounds or []), agreed, json))


async def _resume(
    program: str,
    by: str,
    target: Target,
    whats: Sequence[What],
    choices: dict[int, Choice],
    agreed: str | None,
    json: bool,
) -> None:
    async with parts_of(program) as service:
        who = await _person(service, program, by)
        async with service.database.transaction(Scope.whole(program)) as connection:
            calendar = SchoolCalendar.of(await programs.load(connection))
        this = (service.office, Scope.whole(program), target, whats, choices)
        if agreed is None:
            changed = await pauses.preview(*this, by=who)
        else:
            changed = await pauses.resume(*this, by=who, agreed=agreed)
    answer(_shape(changed), json, lambda: _print(changed, calendar, agreed))


def _shape(changed: NewCalendar) -> dict[str, object]:
    return {
        "agree": changed.agreement,
        "rounds": [asdict(one) for one in changed.rounds],
        "own_dates": [asdict(one) for one in changed.own],
        "visits": [asdict(one) for one in changed.visits],
        "deadlines": [
            {
                "what": one.what.value,
                "pairing_id": one.pairing_id,
                "school": one.school,
                "at": None if one.frozen else one.at,
            }
            for one in changed.deadlines
        ],
        "without_a_day": sorted({one.number for one in changed.unfit}),
        "told": changed.told,
    }


def _print(changed: NewCalendar, calendar: SchoolCalendar, agreed: str | None) -> None:
    def day(at: datetime | None) -> str:
        return f"{at.astimezone(calendar.zone):%a %b %-d, %Y}" if at else "no date"

    classes = Table(
        "school",
        "round",
        "children's letters",
        "officers' letters",
        "opening day",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for one in changed.rounds:
        classes.add_row(
            one.school,
            str(one.number),
            day(one.students_due_at),
            day(one.officers_due_at),
            day(one.opens_at),
        )
    out.print(classes)
    if changed.own:
        pairings = Table(ids("pairing with dates of its own"), "round", "child's letter", "officer's letter")
        for own in changed.own:
            pairings.add_row(
                str(own.pairing_id), str(own.number), day(own.students_due_at), day(own.officers_due_at)
            )
        out.print(pairings)
    if changed.deadlines:
        counts = Counter((one.school, one.what, None if one.frozen else one.at) for one in changed.deadlines)
        deadlines = Table("school", "what", "until", "pairings", box=SIMPLE_HEAD, pad_edge=False)
        for (school, what, until), count in counts.items():
            deadlines.add_row(school, what, day(until), str(count))
        out.print(deadlines)
    for visit in changed.visits:
        shown = f"{visit.on:%a %b %-d, %Y}" if visit.on else "rests"
        out.print(f"Visit at {visit.school}: {shown}.", highlight=False)
    for number in sorted({one.number for one in changed.unfit}):
        out.print(
            f"Round {number} no longer fits before the last day. Add --round {number}=drop,"
            f" --round {number}=shorten, or --round {number}=carry to keep its letters for the next year.",
            highlight=False,
        )
    if agreed is None:
        out.print(f"Nothing is changed. To do this: --agreed {changed.agreement}", highlight=False)
    else:
        out.print(f"Resumed. Workflows told: {changed.told}.", highlight=False)


def print_paused(program: Program, paused: Sequence[OpenPause]) -> None:
    """What rests, since when, and how it is ended; letters and visits that rest together are one."""
    calendar = SchoolCalendar.of(program)
    for (target, reason), group in groupby(paused, key=lambda one: (one.target, one.reason)):
        together = list(group)
        whats = [one.what for one in together]
        since = together[0].began_at.astimezone(calendar.zone).date()
        began = f"{since:%B %-d, %Y}" + (
            ", before the first day of this school year" if since < calendar.year.first_day else ""
        )
        print_item(
            f"Paused since {began}: {' and '.join(whats)} of {target} ({reason}).",
            f"To end it: starter.py resume {program.id} {_as_options(target, whats)}--by YOUR-ID --preview",
        )


def _target(school: str | None, agency: str | None, pairing: UUID | None) -> Target:
    if sum(one is not None for one in (school, agency, pairing)) > 1:
        raise typer.BadParameter("name a school, an agency or a pairing; none of them is the whole program.")
    return Target(school, agency, pairing)


def _as_options(target: Target, whats: Sequence[What]) -> str:
    """As a person would write them again."""
    given = {"school": target.school, "agency": target.agency, "pairing": target.pairing_id}
    named = [f"--{name} {value} " for name, value in given.items() if value is not None]
    return "".join(named + ([f"--{what} " for what in whats] if len(whats) < len(What) else []))


def _whats(letters: bool, visits: bool) -> list[What]:
    named = [what for what, named in ((What.LETTERS, letters), (What.VISITS, visits)) if named]
    return named or list(What)


def _choices(written: Sequence[str]) -> dict[int, Choice]:
    choices = {}
    for one in written:
        number, _, choice = one.partition("=")
        if not number.isdecimal() or choice not in set(Choice):
            raise typer.BadParameter(f"--round {one}: write it as 4=drop, 4=shorten or 4=carry.")
        choices[int(number)] = Choice(choice)
    return choices


async def _person(service: Parts, program: str, by: str) -> UUID:
    async with service.database.transaction(Scope.whole(program)) as connection:
        return await people.staff_id(connection, by)
