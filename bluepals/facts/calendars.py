"""Whoever lives by dates is told that they have changed; the dates themselves are on record, and are read there."""

from collections.abc import Sequence

from bluepals.domain.program import Program
from bluepals.domain.visit_plan import VisitState, visit_instants
from bluepals.store import pauses, programs, tells, visits
from bluepals.store.database import Connection
from bluepals.store.pauses import Target


async def tell_of_new_dates(connection: Connection, target: Target) -> int:
    """In the transaction of the change. How many workflows are told: those that live by the dates of this."""
    program = await programs.load(connection)
    told = [f"pairing-{one.id}" for one in await pauses.live_pairings(connection, target)]
    if target.is_of_classes:
        for year, school, state in await programs.years(connection):
            if state == "open" and target.school in (None, school):
                told.append(f"program-year-{year}")
                if await _visit_waits(connection, program, year):
                    told.append(f"visit-day-{year}")
    await tell_these(connection, program.id, told)
    return len(told)


async def _visit_waits(connection: Connection, program: Program, program_year: str) -> bool:
    """Whether it is ahead, may get a second date, or rested when its hour came."""
    visit, now = await visits.date_now(connection, program_year), await programs.now(connection)
    instants = visit_instants(program, visit.on)
    match visit.state:
        case VisitState.PLANNED:
            return now < instants.over or await visits.rested_at(connection, program_year, instants.over)
        case VisitState.CALLED_OFF:
            return now < instants.latest
        case _:
            return False


async def tell_these(connection: Connection, program: str, workflow_ids: Sequence[str]) -> None:
    version = await pauses.next_version(connection)
    for workflow_id in workflow_ids:
        await tells.add(
            connection,
            program,
            workflow_id=workflow_id,
            fact="dates_changed",
            key=f"dates-{version}",
            body={"version": version},
        )
