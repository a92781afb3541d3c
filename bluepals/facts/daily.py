"""The daily mail: one for each person who has something to do today, with all of it."""

from datetime import date

from bluepals.facts import leaving, silence
from bluepals.facts.daily_lines import desks_of, post_desk
from bluepals.facts.office import Letterhead, Office
from bluepals.store import attention
from bluepals.store.database import Scope


async def compose_daily_mail(office: Office, scope: Scope, day: date) -> int:
    """One mail a person for this day; when it is over none, or this morning's. Composed again, it changes nothing. How many people."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        today = letterhead.now.astimezone(letterhead.calendar.zone).date()
        if day < today and letterhead.now >= letterhead.calendar.instant(
            today, letterhead.program.policy.daily_mail_hour
        ):
            day = today  # Its own was left out, since the Schedule starts none beside one that still waits for a worker.
        if day < today or not letterhead.calendar.is_school_day(day):
            return 0
        await leaving.look_at_clearances(connection, letterhead)
        climbed = await silence.climb(connection, letterhead)
        await attention.settle_what_is_over(connection)
        desks = await desks_of(connection, letterhead, day, climbed)
        for person, desk in desks.items():
            await post_desk(connection, letterhead, desk, key=f"daily-{day}-{person}")
        return len(desks)
