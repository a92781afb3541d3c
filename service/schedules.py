"""What begins by itself every day, at the program's own hour."""

from datetime import timedelta

from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from workflows.api import daily_mail, retention
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import STAGE

CATCH_UP = timedelta(hours=12)
AT_NIGHT = 3  # o'clock, when nobody writes or reads


def of_daily_mail(program: str, zone: str, hour: int) -> Schedule:
    """Also on days without school: which those are is the calendar's to say."""
    start = ScheduleActionStartWorkflow(
        daily_mail.WORKFLOW,
        daily_mail.DailyMailInput(program, zone),
        id=daily_mail.workflow_id(program),
        task_queue=TASK_QUEUE,
        static_summary=f"daily mail of {program}",
        typed_search_attributes=TypedSearchAttributes([SearchAttributePair(STAGE, "daily mail")]),
    )
    return _every_day(start, hour, zone)


def of_retention(program: str, zone: str) -> Schedule:
    start = ScheduleActionStartWorkflow(
        retention.WORKFLOW,
        retention.RetentionInput(program),
        id=retention.workflow_id(program),
        task_queue=TASK_QUEUE,
        static_summary=f"retention of {program}",
        typed_search_attributes=TypedSearchAttributes([SearchAttributePair(STAGE, "retention")]),
    )
    return _every_day(start, AT_NIGHT, zone)


def _every_day(start: ScheduleActionStartWorkflow, hour: int, zone: str) -> Schedule:
    return Schedule(
        action=start,
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(hour)])], time_zone_name=zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
