"""A clearance that a liaison enters, without waiting for the next roster."""

from datetime import date
from uuid import UUID

from bluepals.domain.gates import Cause
from bluepals.domain.refusals import Refused
from bluepals.facts import replacements, who_may
from bluepals.facts.office import Letterhead, Office
from bluepals.facts.roster import tell_gates_opened
from bluepals.facts.visit_hosts import tell_visits_of
from bluepals.store import agency_page, attention, gates, matching
from bluepals.store.database import Scope

LONGEST = 5  # years: a date further away is a slip


class ClearanceRefused(Refused):
    """The date is no clearance; the message says why."""


async def enter(office: Office, scope: Scope, officer_id: UUID, until: date, *, by: UUID) -> None:
    """What was held may go, and children who wait may be given to this officer. Raises ClearanceRefused, NotTheirsToSay."""
    async with office.committing(scope) as connection:
        await who_may.refuse_to_clear(connection, by, officer_id)
        await matching.one_at_a_time(connection, scope.program)
        letterhead = await Letterhead.of(office, connection)
        today = letterhead.now.astimezone(letterhead.calendar.zone).date()
        if until < today:
            raise ClearanceRefused("{until} is over. Write the last day of the clearance.", until=until)
        if until > today.replace(year=today.year + LONGEST, day=min(today.day, 28)):
            raise ClearanceRefused(
                "{until} is too far away. Write the last day of the clearance.", until=until
            )
        closed_before = await gates.closed(connection)
        await agency_page.enter_clearance(connection, officer_id, until)
        await attention.settle(connection, f"clearance-{officer_id}")
        await tell_gates_opened(connection, scope.program, closed_before, Cause.CLEARANCE)
        await replacements.seek(connection, letterhead)
        await tell_visits_of(connection, officer_id)
