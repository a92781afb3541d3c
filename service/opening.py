"""Opening a program's years: its workflows started, its daily mail on a Schedule. Again, it starts what is missing."""

from dataclasses import replace

from temporalio.client import Schedule, ScheduleAlreadyRunningError, ScheduleUpdate, ScheduleUpdateInput

from bluepals.domain.program import Program
from bluepals.store import open_rows
from bluepals.store.database import Scope
from service import schedules
from service.open_rows import start
from service.parts import Parts
from service.starts import SEED, of_matching, of_year
from workflows.api import daily_mail, retention


async def begin_years(parts: Parts, program: Program, *, seed: int = SEED) -> None:
    """Matching, opening days, daily mail, retention: all that runs by itself from then on."""
    await open_program(parts, program, seed=seed)
    await schedule_daily_mail(parts, program)
    await schedule_retention(parts, program)


async def open_program(parts: Parts, program: Program, *, seed: int) -> None:
    """The years of every school, and the matching over all of them. What was ended by hand begins again."""
    this_year = {program.program_year_id(school.id) for school in program.schools}
    async with parts.database.transaction(Scope.whole(program.id)) as connection:
        years = [one for one in await open_rows.years(connection) if one.id in this_year]
        matching = await open_rows.matching(connection)
    for one in years:
        await start(parts.client, of_year(program.id, one))
    await start(parts.client, of_matching(program, matching, seed))
    parts.bell.ring(program.id)


async def schedule_daily_mail(parts: Parts, program: Program) -> None:
    """Every morning at the program's hour, in its zone."""
    await _schedule(
        parts,
        daily_mail.workflow_id(program.id),
        schedules.of_daily_mail(program.id, program.timezone, program.policy.daily_mail_hour),
    )


async def schedule_retention(parts: Parts, program: Program) -> None:
    """Every night, also when no year is open."""
    await _schedule(
        parts,
        retention.workflow_id(program.id),
        schedules.of_retention(program.id, program.timezone),
    )


async def _schedule(parts: Parts, schedule_id: str, planned: Schedule) -> None:
    """Or as it is planned now; one that somebody has paused stays so."""

    def as_planned(known: ScheduleUpdateInput) -> ScheduleUpdate:
        return ScheduleUpdate(replace(planned, state=known.description.schedule.state))

    try:
        await parts.client.create_schedule(schedule_id, planned)
    except ScheduleAlreadyRunningError:
        await parts.client.get_schedule_handle(schedule_id).update(as_planned)
