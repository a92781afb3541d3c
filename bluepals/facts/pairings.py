"""A pairing's beginning and end, with what the people concerned are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program
from bluepals.domain.visit_plan import over_at, visit_instants
from bluepals.facts import declining
from bluepals.facts.office import Letterhead, Office, post, post_to_family
from bluepals.facts.visit_hosts import tell_visit_of_pairing
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.mail.notice import Notice
from bluepals.paper.words import words_in
from bluepals.store import attention, endings, follow_on, pairings, programs, visits
from bluepals.store.database import Connection, Scope
from bluepals.store.deliveries import DateMoved, Held
from bluepals.store.pairings import PairingCard, RoundTimes


@dataclass(frozen=True, slots=True)
class PairingCalendar:
    """What a pairing lives by. `version`: how often the program's calendar had changed when it was read.

    `ends_early`: it closes before the year does.
    """

    rounds: Sequence[RoundTimes]
    visit_over: datetime | None
    closes: datetime
    version: int
    ends_early: bool
    school: str
    program_year: str


@dataclass(frozen=True, slots=True)
class Introduced:
    """Two people know of each other, and have a calendar."""

    on: date
    calendar: PairingCalendar


@dataclass(frozen=True, slots=True)
class Asked:
    """The people concerned know who it is to be, and may decline `until` then."""

    until: datetime


async def ask(office: Office, scope: Scope, pairing_id: UUID) -> datetime | None:
    """Tell those concerned who it is to be. Until when they may decline; None: nobody may, or a gate is closed."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        if await _closed_gate(connection, letterhead, pairing_id):
            return None
        return await declining.asked_until(connection, letterhead, pairing_id)


async def introduce(office: Office, scope: Scope, pairing_id: UUID) -> Introduced | Asked | Held:
    """Tell the officer and the family, unless a gate is closed or somebody may still say no."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        if held := await _closed_gate(connection, letterhead, pairing_id):
            return held
        if until := await declining.asked_until(connection, letterhead, pairing_id):
            return Asked(until)
        await pairings.introduce(connection, pairing_id, letterhead.program.policy.joining_days)
        pairing = await pairings.card(connection, pairing_id)
        calendar = await _calendar(connection, letterhead.program, pairing)
        await _tell_officer(connection, letterhead, pairing, calendar.rounds)
        await _tell_guardian(connection, letterhead, pairing, calendar.rounds)
        await tell_visit_of_pairing(connection, pairing)
        return Introduced(letterhead.now.astimezone(letterhead.calendar.zone).date(), calendar)


async def _closed_gate(connection: Connection, letterhead: Letterhead, pairing_id: UUID) -> Held | None:
    """On the year's last evening it is too late, whether or not its workflow has closed it already."""
    held = await pairings.closed_gate(connection, pairing_id)
    return Held.ENDED if letterhead.now >= letterhead.year_closes else held


async def calendar_of(office: Office, scope: Scope, pairing_id: UUID) -> PairingCalendar:
    """As it stands now. Raises LookupError with a sentence."""
    async with office.database.transaction(scope) as connection:
        program = await programs.load(connection)
        return await _calendar(connection, program, await pairings.card(connection, pairing_id))


async def _calendar(connection: Connection, program: Program, pairing: PairingCard) -> PairingCalendar:
    version = await programs.calendar_version(connection)  # First: dates are never older than it says.
    calendar, policy = SchoolCalendar.of(program), program.policy
    visit = visit_instants(program, await programs.visit_on(connection, pairing.program_year))
    ending = await endings.of(connection, pairing.id)
    year_closes = calendar.instant(program.year.last_day, policy.due_hour - 1)
    return PairingCalendar(
        rounds=await pairings.rounds(connection, pairing.id),
        visit_over=over_at(visit, await visits.standing(connection, pairing.program_year)),
        closes=year_closes if ending is None or ending.frozen else min(ending.farewell_until, year_closes),
        ends_early=ending is not None,
        version=version,
        school=pairing.school,
        program_year=pairing.program_year,
    )


async def _tell_officer(
    connection: Connection, letterhead: Letterhead, pairing: PairingCard, rounds: Sequence[RoundTimes]
) -> None:
    link = letterhead.link_to(DeskPage.PALS)
    if first_due := _first_due(rounds):
        tell = notices.introductions.again_to_officer if pairing.goes_on else notices.introductions.to_officer
        notice = tell(
            officer=pairing.officer_first_name,
            student=pairing.student_first_name,
            first_due=letterhead.calendar.label(first_due),
            link=link,
        )
    else:
        day = await _visit_to_come(connection, pairing)
        notice = notices.introductions.after_the_rounds_to_officer(
            officer=pairing.officer_first_name,
            student=pairing.student_first_name,
            school=pairing.school_name,
            visit_day=f"{day:%A, %B %-d}" if day else None,
            link=link,
        )
    await post(
        connection,
        letterhead,
        notice,
        key=f"introduction-{pairing.id}-officer",
        to=pairing.officer_email,
        agency=pairing.agency,
        pairing_id=pairing.id,
    )


async def _tell_guardian(
    connection: Connection, letterhead: Letterhead, pairing: PairingCard, rounds: Sequence[RoundTimes]
) -> None:
    """To a family without an address the school hands out a paper notice."""
    link, language = letterhead.link_to(DeskPage.FAMILY), pairing.student_language
    student, officer = pairing.student_first_name, pairing.officer_first_name
    if _first_due(rounds):
        tell = (
            notices.introductions.again_to_guardian if pairing.goes_on else notices.introductions.to_guardian
        )
        notice = tell(student=student, officer=officer, link=link, language=language)
    else:
        day = await _visit_to_come(connection, pairing)
        notice = notices.introductions.after_the_rounds_to_guardian(
            student=student,
            officer=officer,
            visit_day=words_in(language).long_date(day) if day else None,
            link=link,
            language=language,
        )
    await post_to_family(connection, letterhead, notice, pairing, key=f"introduction-{pairing.id}")


def _first_due(rounds: Sequence[RoundTimes]) -> datetime | None:
    """None: no round of the year is left."""
    return next((one.students_due for one in rounds if one.students_due), None)


async def _visit_to_come(connection: Connection, pairing: PairingCard) -> date | None:
    """None: there is none, or it rests and has no day yet."""
    ahead = await visits.is_ahead(connection, pairing.program_year)
    if ahead and not await visits.rests(connection, pairing.program_year):
        return await programs.visit_on(connection, pairing.program_year)
    return None


async def say_farewell(office: Office, scope: Scope, pairing_id: UUID) -> None:
    """The year of letters is over: thanks to the officer, a word to the family."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        pairing = await pairings.card(connection, pairing_id)
        await post(
            connection,
            letterhead,
            notices.closing.farewell_to_officer(
                officer=pairing.officer_first_name, student=pairing.student_first_name
            ),
            key=f"farewell-{pairing_id}-officer",
            to=pairing.officer_email,
            agency=pairing.agency,
            pairing_id=pairing_id,
            useful_until=letterhead.thanks_until,
            held_until=letterhead.year_closes,
        )
        notice = notices.closing.farewell_to_guardian(
            student=pairing.student_first_name,
            officer=pairing.officer_first_name,
            language=pairing.student_language,
        )
        await _post_at_the_end(connection, letterhead, notice, pairing, key=f"farewell-{pairing_id}")
        await _tell_what_comes_next(connection, letterhead, pairing)


async def _tell_what_comes_next(connection: Connection, letterhead: Letterhead, pairing: PairingCard) -> None:
    """Other programs, to a family that agreed to hear of them."""
    offered = await follow_on.to_come(connection)
    if not offered or not await follow_on.is_wanted(connection, pairing.id):
        return
    words = words_in(pairing.student_language)
    lines = [
        f"{one.name}, {words.long_date(one.begins)} - {words.long_date(one.ends)} ({one.ages}): {one.link}"
        for one in offered
    ]
    notice = notices.closing.follow_on(
        student=pairing.student_first_name, programs=lines, language=pairing.student_language
    )
    await _post_at_the_end(connection, letterhead, notice, pairing, key=f"follow-on-{pairing.id}")


async def _post_at_the_end(
    connection: Connection, letterhead: Letterhead, notice: Notice, pairing: PairingCard, *, key: str
) -> None:
    """A pause holds it back until the year closes, and no longer."""
    await post_to_family(
        connection,
        letterhead,
        notice,
        pairing,
        key=key,
        useful_until=letterhead.thanks_until,
        held_until=letterhead.year_closes,
    )


async def close(office: Office, scope: Scope, pairing_id: UUID, waited_until: datetime | None = None) -> None:
    """`waited_until`: the end that was waited for. Raises DateMoved when it is a later one now."""
    async with office.committing(scope) as connection:
        card = await pairings.card(connection, pairing_id)
        if waited_until is not None and not card.ended:
            calendar = await _calendar(connection, await programs.load(connection), card)
            if calendar.closes > waited_until:
                raise DateMoved(f"Pairing {pairing_id} does not end yet.")
        ending = await endings.of(connection, pairing_id)
        await pairings.end(connection, pairing_id, ending.reason.shown if ending else "year closed")
        await attention.settle_what_is_over(connection, pairing_id)
        if ending is not None:
            await tell_visit_of_pairing(connection, card)
