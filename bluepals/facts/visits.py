"""The visit: officers invited, reminded and thanked; what they answer, and who came."""

from datetime import datetime
from uuid import UUID

from bluepals.facts import surveys
from bluepals.facts.office import Letterhead, Office, post
from bluepals.mail import notices
from bluepals.mail.notices import Notice
from bluepals.paper.invitation import visit_invitation
from bluepals.store import programs, rounds, visits
from bluepals.store.database import Connection, Scope
from bluepals.store.visits import Guest


async def invite(office: Office, scope: Scope, program_year: str) -> int:
    """Ask every officer of the year, with a calendar file. How many."""
    async with office.committing(scope) as connection:
        await visits.invite(connection, program_year)
        letterhead = await Letterhead.of(office, connection)
        school = await rounds.school_of(connection, program_year)
        begins = await _begins(connection, letterhead, program_year)
        guests = await visits.guests(connection, program_year)
        for guest in guests:
            file = visit_invitation(
                uid=f"{program_year}-{guest.officer_id}@{office.from_address.partition('@')[2]}",
                begins=begins,
                minutes=letterhead.program.visit.minutes,
                zone=letterhead.calendar.zone,
                location=school.name,
                organizer=office.from_address,
                sequence=0,
                now=letterhead.now,
            )
            notice = notices.visit_invitation(
                officer=guest.first_name,
                school=school.name,
                when=letterhead.calendar.label(begins),
                minutes=letterhead.program.visit.minutes,
                link=letterhead.officer_link(guest.officer_id),
                calendar_file=file,
            )
            await _post(connection, letterhead, guest, notice, key=f"visit-{program_year}-{guest.officer_id}")
        return len(guests)


async def remind(office: Office, scope: Scope, program_year: str, number: int) -> int:
    """Remind those who come, and those who have not answered. How many."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        school = await rounds.school_of(connection, program_year)
        begins = await _begins(connection, letterhead, program_year)
        expected = [guest for guest in await visits.guests(connection, program_year) if guest.answer != "no"]
        for guest in expected:
            notice = notices.visit_reminder(
                officer=guest.first_name, school=school.name, when=letterhead.calendar.label(begins)
            )
            key = f"visit-{program_year}-{guest.officer_id}-reminder-{number}"
            await _post(connection, letterhead, guest, notice, key=key, useful_until=begins)
        return len(expected)


async def thank(office: Office, scope: Scope, program_year: str) -> int:
    """Thank those who came, and ask everybody how the year was. How many came."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        school = await rounds.school_of(connection, program_year)
        came = await visits.came(connection, program_year)
        for guest in came:
            notice = notices.visit_thanks(officer=guest.first_name, school=school.name)
            await _post(
                connection, letterhead, guest, notice, key=f"visit-{program_year}-{guest.officer_id}-thanks"
            )
        await surveys.ask(connection, letterhead, program_year)
        return len(came)


async def answer(office: Office, scope: Scope, pairing_id: UUID, said: str) -> None:
    async with office.database.transaction(scope) as connection:
        await visits.answer(connection, pairing_id, said)


async def attend(office: Office, scope: Scope, pairing_id: UUID, *, came: bool) -> None:
    async with office.database.transaction(scope) as connection:
        await visits.attend(connection, pairing_id, came=came)


async def _begins(connection: Connection, letterhead: Letterhead, program_year: str) -> datetime:
    day = await programs.visit_on(connection, program_year)
    return letterhead.calendar.instant(day, letterhead.program.policy.visit_hour)


async def _post(
    connection: Connection,
    letterhead: Letterhead,
    guest: Guest,
    notice: Notice,
    *,
    key: str,
    useful_until: datetime | None = None,
) -> None:
    await post(
        connection,
        letterhead,
        notice,
        key=key,
        to=guest.email,
        agency=guest.agency,
        useful_until=useful_until,
    )
