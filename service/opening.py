"""Opening a program's years: its workflows started, its daily mail on a Schedule. Again, it changes nothing."""

from temporalio.client import ScheduleAlreadyRunningError
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program
from service.parts import Parts
from workflows import assignment, daily_mail, program_year
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import PROGRAM_YEAR, SCHOOL


async def open_program(parts: Parts, program: Program, *, seed: int) -> None:
    """The years of every school, and the matching over all of them."""
    for school in program.schools:
        await _open_year(parts, program, school.id)
    await parts.client.start_workflow(
        assignment.Assignment.run,
        assignment.AssignmentInput(program.id, _closes(program), seed),
        id=assignment.workflow_id(program.id, program.first_year),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=f"matching of {program.id}, {program.first_year}",
    )
    parts.bell.ring(program.id)


def _closes(program: Program) -> str:
    return SchoolCalendar.of(program).instant(program.year.last_day, program.policy.due_hour).isoformat()


async def _open_year(parts: Parts, program: Program, school: str) -> None:
    year = program.program_year_id(school)
    await parts.client.start_workflow(
        program_year.ProgramYear.run,
        program_year.ProgramYearInput(program.id, year, school),
        id=program_year.workflow_id(year),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=f"the year of {school}",
        search_attributes=TypedSearchAttributes(
            [SearchAttributePair(SCHOOL, school), SearchAttributePair(PROGRAM_YEAR, year)]
        ),
    )


async def schedule_daily_mail(parts: Parts, program: Program) -> None:
    """Every morning at the program's hour, in its zone."""
    try:
        await parts.client.create_schedule(
            daily_mail.workflow_id(program.id),
            daily_mail.schedule(program.id, program.timezone, program.policy.daily_mail_hour),
        )
    except ScheduleAlreadyRunningError:
        return
