"""The officers' visit at one school: invitations, reminders, the day, thanks. Answers stand in the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.visit import Reminder, VisitActivities
    from activities.year import ThisYear, VisitTimes

from workflows.options import TRANSACTION
from workflows.search_attributes import DUE, STAGE

THANKS_AFTER = timedelta(days=1)  # By then the teachers have said who came.


def workflow_id(program_year: str) -> str:
    return f"visit-day-{program_year}"


@dataclass(frozen=True)
class VisitDayInput:
    program: str
    program_year: str
    times: VisitTimes


@workflow.defn
class VisitDay:
    @workflow.init
    def __init__(self, start: VisitDayInput) -> None:
        self._times = start.times
        self._this = ThisYear(start.program, start.program_year)

    @workflow.run
    async def run(self, _: VisitDayInput) -> int:
        await self._invite()
        for number, at in enumerate(self._times.remind_at, start=1):
            await self._remind(number, at)
        return await self._thank()

    async def _invite(self) -> None:
        await self._until("invitations", self._times.invite_at)
        await workflow.execute_activity_method(
            VisitActivities.invite_officers, self._this, summary="invite the officers", **TRANSACTION
        )

    async def _remind(self, number: int, at: datetime) -> None:
        """A worker that was away over a reminder's day leaves it out once the visit has begun."""
        await self._until("reminders", at)
        if workflow.now() < self._times.over:
            await workflow.execute_activity_method(
                VisitActivities.remind_officers,
                Reminder(self._this.program, self._this.program_year, number),
                summary=f"reminder {number}",
                **TRANSACTION,
            )

    async def _thank(self) -> int:
        await self._until("the visit", self._times.over + THANKS_AFTER)
        return await workflow.execute_activity_method(
            VisitActivities.thank_officers, self._this, summary="thank those who came", **TRANSACTION
        )

    async def _until(self, what_for: str, at: datetime) -> None:
        workflow.upsert_search_attributes([STAGE.value_set(what_for), DUE.value_set(at)])
        workflow.set_current_details(f"waiting for: {what_for}")
        if (pause := at - workflow.now()) > timedelta(0):
            await workflow.sleep(pause, summary=what_for)
