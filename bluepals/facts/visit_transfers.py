"""A child changes schools: its officer is expected at the other school's visit, and asked for its day."""

from uuid import UUID, uuid4

from bluepals.facts.office import Letterhead, post
from bluepals.facts.visit_files import calendar_file
from bluepals.facts.visit_hosts import tell_visit_day
from bluepals.facts.visit_sheets import arranged, school_of, stay, visit_begins
from bluepals.mail import notices
from bluepals.store import pairings, visits
from bluepals.store.database import Connection
from bluepals.store.visits import Guest


async def leave_visit(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, program_year: str
) -> None:
    """Before the child goes: who has been asked to come there for nobody else hears that they need not."""
    if not await visits.is_ahead(connection, program_year):
        return
    for guest in await visits.guests(connection, program_year):
        if list(guest.pairings) == [pairing_id] and guest.answer != "no":
            await _tell_that_nobody_waits(connection, letterhead, guest, program_year)


async def join_visit(connection: Connection, pairing_id: UUID, *, left: str) -> None:
    """After it: an answer was about another day. The visit that was left looks who is needed there; the new one is told
    with its pairing's dates.
    """
    await visits.forget_answer(connection, pairing_id)
    pairing = await pairings.card(connection, pairing_id)
    if await visits.is_ahead(connection, left):
        await tell_visit_day(connection, pairing.program, left, pairing.agency, uuid4())


async def _tell_that_nobody_waits(
    connection: Connection, letterhead: Letterhead, guest: Guest, program_year: str
) -> None:
    visit = await visits.date_of(connection, program_year)
    school = await school_of(connection, letterhead, program_year)
    begins = await visit_begins(connection, letterhead, program_year)
    own = stay(letterhead, await arranged(connection, letterhead, program_year), guest.pairings, begins)
    await post(
        connection,
        letterhead,
        notices.visits.child_elsewhere(
            officer=guest.first_name,
            school=school.name,
            day=f"{visit.on:%A, %B %-d}",
            calendar_file=calendar_file(
                letterhead,
                subject=f"{program_year}-{guest.officer_id}",
                to=guest.email,
                school=school,
                stay=own,
                sequence=visit.sequence + 1,
                cancelled=True,
            ),
        ),
        key=f"visit-{program_year}-{guest.officer_id}-elsewhere-{visit.sequence}",
        to=guest.email,
        agency=guest.agency,
    )
