"""An officer who was asked to a visit need not come: the child is at another school or has left, or its family would rather not."""

from collections.abc import Callable

from bluepals.facts.office import Letterhead, post
from bluepals.facts.visit_files import calendar_file
from bluepals.facts.visit_sheets import arranged, school_of, stay, visit_begins
from bluepals.mail import notices
from bluepals.mail.notice import Notice
from bluepals.store import visit_hosts, visits
from bluepals.store.database import Connection
from bluepals.store.visits import Guest


async def let_guests_go(connection: Connection, letterhead: Letterhead, program_year: str) -> None:
    """Whose children have left, or their families agree to the visit no longer; nobody waits for an answer any more."""
    away = await visits.who_stay_away(connection, program_year)
    for guest in await visits.meets_nobody_else(connection, program_year, away):
        await tell_not_to_come(
            connection, letterhead, guest, program_year, notices.visits.child_stays_away, "nobody"
        )
    for pairing_id in away:
        await visits.forget_answer(connection, pairing_id)


async def tell_not_to_come(
    connection: Connection,
    letterhead: Letterhead,
    guest: Guest,
    program_year: str,
    write: Callable[..., Notice],
    why: str,
) -> None:
    """With a calendar file that takes the visit out."""
    visit = await visits.date_of(connection, program_year)
    school = await school_of(connection, letterhead, program_year)
    begins = await visit_begins(connection, letterhead, program_year)
    own = stay(letterhead, await arranged(connection, letterhead, program_year), guest.pairings, begins)
    await post(
        connection,
        letterhead,
        write(
            officer=guest.first_name,
            school=school.name,
            day=f"{visit.on:%A, %B %-d}",
            hosts=await visit_hosts.agreed(connection, program_year, guest.officer_id),
            calendar_file=calendar_file(
                letterhead,
                subject=f"{program_year}-{guest.officer_id}",
                to=guest.email,
                school=school,
                stay=own,
                sequence=guest.file_sequence(visit.sequence) + 1,
                cancelled=True,
            ),
        ),
        key=f"visit-{program_year}-{guest.officer_id}-{why}-{visit.sequence}.{guest.times_asked}",
        to=guest.email,
        agency=guest.agency,
        tells_of=guest.pairings,
    )
