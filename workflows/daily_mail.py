"""One mail for each person and day. A Schedule in the program's zone starts it every morning.

One for the whole program: a person with a part in several schools gets one mail, not several.
"""

from datetime import datetime

from temporalio import workflow
from temporalio.common import SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from activities.daily import DailyActivities, DailyMailOf
    from workflows.api.daily_mail import WORKFLOW, DailyMailInput

from workflows.options import BATCH

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
