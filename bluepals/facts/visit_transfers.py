"""A child changes schools: its officer is expected at the other school's visit, and asked for its day."""

from uuid import UUID, uuid4

from bluepals.facts.office import Letterhead
from bluepals.facts.visit_guests import tell_not_to_come
from bluepals.facts.visit_hosts import tell_visit_day, tell_visit_of_pairing
from bluepals.mail import notices
from bluepals.store import pairings, visits
from bluepals.store.database import Connection


async def leave_visit(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, program_year: str
) -> None:
    """Before the child goes: who has been asked to come there for nobody else hears that they need not."""
    if not await visits.is_ahead(connection, program_year):
        return
    for guest in await visits.guests(connection, program_year):
        if list(guest.pairings) == [pairing_id] and guest.answer != "no":
            await tell_not_to_come(
                connection, letterhead, guest, program_year, notices.visits.child_elsewhere, "elsewhere"
            )


async def join_visit(connection: Connection, pairing_id: UUID, *, left: str) -> None:
    """After it: an answer was about another day. Both visits look who is needed there."""
    await visits.forget_answer(connection, pairing_id)
    pairing = await pairings.card(connection, pairing_id)
    if await visits.is_ahead(connection, left):
        await tell_visit_day(connection, pairing.program, left, pairing.agency, uuid4())
    await tell_visit_of_pairing(connection, pairing)
