"""Who meets whom, where and when: the school's run sheet, and the visitors' list of its front desk."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.domain.program import School
from bluepals.domain.sentences import Sentence, together
from bluepals.domain.visit_plan import NoRoom, VisitState, most_slots, place_classes
from bluepals.facts.office import Letterhead, Office, post
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.paper.visit_sheets import Sheet, Table, sheet
from bluepals.store import attention, people, programs, rounds, visit_sheets, visits
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import NotTaken
from bluepals.store.visit_sheets import MeetingRow, RequestRow


@dataclass(frozen=True, slots=True)
class Meeting:
    """A child, who meets it, and its place; without rooms on record the room is empty."""

    row: MeetingRow
    begins: datetime
    room: str


async def arranged(connection: Connection, letterhead: Letterhead, program_year: str) -> Sequence[Meeting]:
    """Every child that has a visit. Where the rooms hold too few, a person is called, and all meet at once."""
    meetings, missing = await _placed(connection, letterhead, program_year)
    key = f"visit-rooms-{program_year}"
    if missing is None:
        await attention.settle(connection, key)
    else:
        school = await school_of(connection, letterhead, program_year)
        await attention.call(connection, key=key, kind="visit", sentence=missing, school=school.id)
    return meetings


async def _placed(
    connection: Connection, letterhead: Letterhead, program_year: str
) -> tuple[Sequence[Meeting], Sentence | None]:
    """The meetings, and what the rooms lack."""
    school = await school_of(connection, letterhead, program_year)
    rows = await visit_sheets.meetings(connection, program_year)
    classes: dict[str, list[MeetingRow]] = {}
    for row in rows:
        classes.setdefault(row.class_name, []).append(row)
    sizes, missing = {name: len(children) for name, children in classes.items()}, None
    try:
        groups = place_classes(sizes, school.rooms, most_slots(letterhead.program))
    except NoRoom as lacking:
        groups, missing = place_classes(sizes, (), 1), lacking.sentence
    begins = await visit_begins(connection, letterhead, program_year)
    slot = timedelta(minutes=letterhead.program.visit.minutes)
    meetings = [
        Meeting(row, begins + group.slot * slot, group.room)
        for group in groups
        for row in classes[group.class_name][group.first : group.first + group.count]
    ]
    return meetings, missing


async def school_of(connection: Connection, letterhead: Letterhead, program_year: str) -> School:
    """As the program file has it, with its rooms. Raises LookupError with a sentence."""
    found = await rounds.school_of(connection, program_year)
    return next((one for one in letterhead.program.schools if one.id == found.id), found)


async def visit_begins(connection: Connection, letterhead: Letterhead, program_year: str) -> datetime:
    day = await programs.visit_on(connection, program_year)
    return letterhead.calendar.instant(day, letterhead.program.policy.visit_hour)


@dataclass(frozen=True, slots=True)
class Stay:
    """One officer's part of a visit: from the time slot of the first of its children to the end of the last one's."""

    begins: datetime
    minutes: int


def stay(
    letterhead: Letterhead, meetings: Sequence[Meeting], pairings: Sequence[UUID], otherwise: datetime
) -> Stay:
    slots = [one.begins for one in meetings if one.row.pairing_id in pairings] or [otherwise]
    between = max(slots) - min(slots)
    return Stay(min(slots), between // timedelta(minutes=1) + letterhead.program.visit.minutes)


async def stays(office: Office, program: str, wanted: Mapping[str, Sequence[UUID]]) -> Mapping[str, Stay]:
    """By program year, for these children of an officer. The slots hang on all children of a school: nothing else is told."""
    found = {}
    async with office.database.transaction(Scope.whole(program)) as connection:
        letterhead = await Letterhead.of(office, connection)
        for program_year, pairings in wanted.items():
            meetings, _ = await _placed(connection, letterhead, program_year)
            begins = await visit_begins(connection, letterhead, program_year)
            found[program_year] = stay(letterhead, meetings, pairings, begins)
    return found


async def called_off(office: Office, program: str, program_years: Iterable[str]) -> Mapping[str, Sentence]:
    """By program year, what is said of a visit that does not take place as planned, and why."""
    said = {}
    async with office.database.transaction(Scope.whole(program)) as connection:
        for program_year in program_years:
            standing = await visits.standing(connection, program_year)
            if standing in _NOW:
                now, because = _NOW[standing], (await visits.date_now(connection, program_year)).because
                if because and standing is not VisitState.RESTS:
                    now = together(now, because, between=": ")
                said[program_year] = now
    return said


@dataclass(frozen=True, slots=True)
class ShownMeeting:
    pairing: UUID
    class_name: str
    child: str
    begins: datetime
    room: str
    officer: str | None
    own_officer: str | None
    own_answer: str | None
    own_answer_by: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """A school's visit as it stands."""

    on: date
    state: VisitState
    because: str | None
    meetings: Sequence[ShownMeeting]
    requests: Sequence[RequestRow]


async def overview(office: Office, scope: Scope, program_year: str) -> Overview:
    """Raises LookupError with a sentence."""
    async with office.database.transaction(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        visit = await visits.date_of(connection, program_year)
        state = await visits.standing(connection, program_year)
        meetings = await arranged(connection, letterhead, program_year)
        zone = letterhead.calendar.zone
        requests = [
            replace(one, answer_by=one.answer_by.astimezone(zone))
            for one in await visit_sheets.requests(connection, program_year)
        ]
    shown = [
        ShownMeeting(
            pairing=one.row.pairing_id,
            class_name=one.row.class_name,
            child=one.row.child,
            begins=one.begins.astimezone(zone),
            room=one.room,
            officer=one.row.officer,
            own_officer=one.row.own_officer,
            own_answer=one.row.own_answer,
            own_answer_by=one.row.own_answer_by and one.row.own_answer_by.astimezone(zone),
        )
        for one in meetings
    ]
    return Overview(visit.on, state, visit.because, shown, requests)


async def announce(office: Office, scope: Scope, program_year: str) -> int:
    """The day before: tell the school's teachers that sheet and list are on their page. How many people."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        school = await school_of(connection, letterhead, program_year)
        begins = await visit_begins(connection, letterhead, program_year)
        teachers = await people.staff(connection, Role.TEACHER, school=school.id)
        for teacher in teachers:
            await post(
                connection,
                letterhead,
                notices.visits.sheets_ready(
                    name=teacher.name,
                    school=school.name,
                    when=letterhead.calendar.label(begins),
                    link=letterhead.link_to(DeskPage.CLASS),
                ),
                key=f"visit-{program_year}-sheets-{begins:%Y-%m-%d}-{teacher.id}",
                to=teacher.email,
                school=school.id,
            )
        return len(teachers)


async def run_sheet(office: Office, scope: Scope, program_year: str) -> bytes:
    """Room by room and slot by slot, who meets whom. Raises NotTaken with a sentence."""
    async with office.database.transaction(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        school = await school_of(connection, letterhead, program_year)
        meetings = await _arranged_or_refused(connection, letterhead, program_year)
    return await asyncio.to_thread(sheet, _run_sheet(letterhead, school, meetings))


async def visitors_list(office: Office, scope: Scope, program_year: str) -> bytes:
    """Who comes to the front desk, and when; no child is named. Raises NotTaken with a sentence."""
    async with office.database.transaction(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        school = await school_of(connection, letterhead, program_year)
        meetings = await _arranged_or_refused(connection, letterhead, program_year)
    return await asyncio.to_thread(sheet, _visitors_list(letterhead, school, meetings))


_NOW = {
    VisitState.CALLED_OFF: Sentence("The visit is called off"),
    VisitState.READ_ALOUD: Sentence("The visit does not take place"),
    VisitState.RESTS: Sentence("The visit rests"),
}


async def _arranged_or_refused(
    connection: Connection, letterhead: Letterhead, program_year: str
) -> Sequence[Meeting]:
    standing = await visits.standing(connection, program_year)
    if standing is not VisitState.PLANNED:
        raise NotTaken("{now}: there is nothing to print for it now.", now=_NOW[standing])
    if meetings := await arranged(connection, letterhead, program_year):
        return meetings
    raise NotTaken(
        "Nobody has been invited to the visit of {program_year} yet. See: starter.py status PROGRAM",
        program_year=program_year,
    )


def _run_sheet(letterhead: Letterhead, school: School, meetings: Sequence[Meeting]) -> Sheet:
    tables: dict[tuple[datetime, str, str], list[tuple[str, ...]]] = {}
    for one in meetings:
        rows = tables.setdefault((one.begins, one.room, one.row.class_name), [])
        who = one.row.officer or "nobody yet: ask the coordinator"
        rows.append((one.row.child, f"{who} (host)" if one.row.hosts else who, one.row.agency or ""))
    return Sheet(
        title=f"Run sheet: the visit at {school.name}",
        subtitle=_day(letterhead, meetings),
        notes=(letterhead.program.policy.gifts, letterhead.program.policy.photos, _as_of(letterhead)),
        columns=("Child", "Officer", "Agency"),
        tables=[
            Table(
                f"{_clock(letterhead, begins)}  ·  {' · '.join(filter(None, (room, f'Class {name}')))}",
                tuple(rows),
            )
            for (begins, room, name), rows in tables.items()
        ],
    )


def _visitors_list(letterhead: Letterhead, school: School, meetings: Sequence[Meeting]) -> Sheet:
    visitors: dict[UUID, tuple[str, str, datetime]] = {}
    for one in meetings:
        row = one.row
        if row.officer_id and row.officer and row.agency:
            known = visitors.get(row.officer_id, (row.officer, row.agency, one.begins))
            visitors[row.officer_id] = (row.officer, row.agency, min(known[2], one.begins))
    by_name = sorted(visitors.values())
    rows = tuple((name, agency, _clock(letterhead, begins), "") for name, agency, begins in by_name)
    return Sheet(
        title=f"Visitors at {school.name}",
        subtitle=_day(letterhead, meetings),
        notes=(_expected(len(rows)), _as_of(letterhead)),
        columns=("Visitor", "Agency", "Arrives", "Here"),
        tables=[Table("", rows)],
    )


def _expected(visitors: int) -> str:
    match visitors:
        case 0:
            return "Nobody has said yet that they come."
        case 1:
            return "1 visitor is expected. Please ask for a badge."
    return f"{visitors} visitors are expected. Please ask each for a badge."


def _day(letterhead: Letterhead, meetings: Sequence[Meeting]) -> str:
    first = min(one.begins for one in meetings)
    return f"{first.astimezone(letterhead.calendar.zone):%A, %B %-d, %Y}"


def _clock(letterhead: Letterhead, at: datetime) -> str:
    return f"{at.astimezone(letterhead.calendar.zone):%-I:%M %p}"


def _as_of(letterhead: Letterhead) -> str:
    return f"As of {letterhead.calendar.label(letterhead.now)}."
