"""Opening a program's years: its workflows started, its daily mail on a Schedule. Again, it changes nothing."""

from collections.abc import Sequence
from contextlib import suppress

from temporalio.client import ScheduleAlreadyRunningError
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program
from service.parts import Parts
from workflows import retention as retention_workflow
from workflows.api import assignment, daily_mail, program_year, retention
from workflows.daily_mail import schedule
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import PROGRAM_YEAR, SCHOOL

SEED = 1  # Decides among pairs that are equally good, unless somebody names another one.


async def begin_years(parts: Parts, program: Program, *, seed: int = SEED) -> None:
    """Matching, opening days, daily mail, retention: all that runs by itself from then on."""
    await open_program(parts, program, seed=seed)
    await schedule_daily_mail(parts, program)
    await schedule_retention(parts, program)


async def open_program(parts: Parts, program: Program, *, seed: int) -> None:
    """The years of every school, and the matching over all of them."""
    for school in program.schools:
        year = program.program_year_id(school.id)
        await _start(
            parts,
            program_year.WORKFLOW,
            program_year.ProgramYearInput(program.id, year, school.id),
            program_year.workflow_id(year),
            f"the year of {school.id}",
            [SearchAttributePair(SCHOOL, school.id), SearchAttributePair(PROGRAM_YEAR, year)],
        )
    await _start(
        parts,
        assignment.WORKFLOW,
        assignment.AssignmentInput(program.id, _closes(program), seed),
        assignment.workflow_id(program.id, program.first_year),
        f"matching of {program.id}, {program.first_year}",
        [],
    )
    parts.bell.ring(program.id)


async def _start(
    parts: Parts,
    workflow: str,
    argument: object,
    workflow_id: str,
    summary: str,
    attributes: Sequence[SearchAttributePair[str]],
) -> None:
    """Once: neither beside one that runs nor after one that has closed."""
    with suppress(WorkflowAlreadyStartedError):
        await parts.client.start_workflow(
            workflow,
            argument,
            id=workflow_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=summary,
            search_attributes=TypedSearchAttributes(attributes),
        )


def _closes(program: Program) -> str:
    return SchoolCalendar.of(program).instant(program.year.last_day, program.policy.due_hour).isoformat()


async def schedule_daily_mail(parts: Parts, program: Program) -> None:
    """Every morning at the program's hour, in its zone."""
    with suppress(ScheduleAlreadyRunningError):
        await parts.client.create_schedule(
            daily_mail.workflow_id(program.id),
            schedule(program.id, program.timezone, program.policy.daily_mail_hour),
        )


async def schedule_retention(parts: Parts, program: Program) -> None:
    """Every night, also when no year is open."""
    with suppress(ScheduleAlreadyRunningError):
        await parts.client.create_schedule(
            retention.workflow_id(program.id), retention_workflow.schedule(program.id, program.timezone)
        )
