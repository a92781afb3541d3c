"""One mail for each person and day. A Schedule in the program's zone starts it every morning.

One for the whole program: a person with a part in several schools gets one mail, not several.
"""

from datetime import datetime, timedelta

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
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

with workflow.unsafe.imports_passed_through():
    from activities.daily import DailyActivities, DailyMailOf
    from workflows.api.daily_mail import WORKFLOW, DailyMailInput, workflow_id

from workflows.options import BATCH
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import STAGE

CATCH_UP = timedelta(hours=12)
PLANNED_FOR = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")  # set by the Schedule


@workflow.defn(name=WORKFLOW)
class DailyMail:
    @workflow.run
    async def run(self, start: DailyMailInput) -> int:
        return await workflow.execute_activity_method(
            DailyActivities.compose_daily_mail,
            DailyMailOf(start.program, start.day_at(_planned_for())),
            summary="write the daily mail",
            **BATCH,
        )


def _planned_for() -> datetime:
    """A run that waited for a worker is still that morning's. One that was started by hand is today's."""
    return workflow.info().typed_search_attributes.get(PLANNED_FOR) or workflow.now()


def schedule(program: str, zone: str, hour: int) -> Schedule:
    """Every day: whether it is a school day is the calendar's to say."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            DailyMail.run,
            DailyMailInput(program, zone),
            id=workflow_id(program),
            task_queue=TASK_QUEUE,
            static_summary=f"daily mail of {program}",
            typed_search_attributes=TypedSearchAttributes([SearchAttributePair(STAGE, "daily mail")]),
        ),
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(hour)])], time_zone_name=zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
