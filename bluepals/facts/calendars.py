"""Whoever lives by dates is told that they have changed; the dates themselves are on record, and are read there."""

from bluepals.store import pauses, programs, tells
from bluepals.store.database import Connection
from bluepals.store.pauses import Target


async def tell_of_new_dates(connection: Connection, target: Target) -> int:
    """In the transaction of the change. How many workflows are told: those that live by the dates of this."""
    program = await programs.load(connection)
    version = await pauses.next_version(connection)
    told = [f"pairing-{one.id}" for one in await pauses.live_pairings(connection, target)]
    if target.is_of_classes:
        for year, school, state in await programs.years(connection):
            if state == "open" and target.school in (None, school):
                told += [f"program-year-{year}", f"visit-day-{year}"]
    for workflow_id in told:
        await tells.add(
            connection,
            program.id,
            workflow_id=workflow_id,
            fact="calendar_changed",
            key=f"calendar-{version}",
            body={"version": version},
        )
    return len(told)
