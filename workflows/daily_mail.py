"""One mail for each person and day. A Schedule in the program's zone starts it every morning.

One for the whole program: a person with a part in several schools gets one mail, not several.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)

with workflow.unsafe.imports_passed_through():
    from activities.daily import DailyActivities, DailyMailOf
    from workflows.api.daily_mail import WORKFLOW, DailyMailInput, workflow_id

from workflows.options import TRANSACTION
from workflows.queue import TASK_QUEUE

CATCH_UP = timedelta(hours=12)


@workflow.defn(name=WORKFLOW)
class DailyMail:
    @workflow.run
    async def run(self, start: DailyMailInput) -> int:
        return await workflow.execute_activity_method(
            DailyActivities.compose_daily_mail,
            DailyMailOf(start.program, start.day_at(workflow.now())),
            summary="write the daily mail",
            **TRANSACTION,
        )


def schedule(program: str, zone: str, hour: int) -> Schedule:
    """Every day: whether it is a school day is the calendar's to say."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            DailyMail.run, DailyMailInput(program, zone), id=workflow_id(program), task_queue=TASK_QUEUE
        ),
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(hour)])], time_zone_name=zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
