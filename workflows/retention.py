"""Deletes each night what the policy keeps no longer. A Schedule in the program's zone starts it.

What is past its time is the database's to say: no timer waits for years.
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
from temporalio.common import SearchAttributePair, TypedSearchAttributes

with workflow.unsafe.imports_passed_through():
    from activities.retention import Deleted, DeletePast, RetentionActivities
    from workflows.api.retention import WORKFLOW, RetentionInput, workflow_id

from workflows.options import BATCH
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import STAGE

CATCH_UP = timedelta(hours=12)
HOUR = 3  # when nobody writes or reads


@workflow.defn(name=WORKFLOW)
class Retention:
    @workflow.run
    async def run(self, start: RetentionInput) -> Deleted:
        deleted = await workflow.execute_activity_method(
            RetentionActivities.delete_past,
            DeletePast(start.program),
            summary="delete what is past its time",
            **BATCH,
        )
        workflow.set_current_details(_told(deleted))
        return deleted


def _told(deleted: Deleted) -> str:
    kinds = [f"- {kind}: {count}" for kind, count in deleted.counts.items()]
    return "\n".join(["**deleted**", *kinds]) if kinds else "nothing was past its time"


def schedule(program: str, zone: str) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            Retention.run,
            RetentionInput(program),
            id=workflow_id(program),
            task_queue=TASK_QUEUE,
            static_summary=f"retention of {program}",
            typed_search_attributes=TypedSearchAttributes([SearchAttributePair(STAGE, "retention")]),
        ),
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(HOUR)])], time_zone_name=zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
