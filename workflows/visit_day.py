"""The officers' visit at one school: invitations, reminders, the day, thanks. Answers stand in the database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.visit import Reminder, VisitActivities
    from activities.year import ThisYear
    from workflows.api.visit_day import INVITATIONS, REMINDERS, VISIT, WORKFLOW, VisitDayInput

from workflows.options import TRANSACTION
from workflows.search_attributes import DUE, STAGE

THANKS_AFTER = timedelta(days=1)  # By then the teachers have said who came.


@workflow.defn(name=WORKFLOW)
class VisitDay:
    @workflow.init
    def __init__(self, start: VisitDayInput) -> None:
        self._times = start.times
        self._this = ThisYear(start.program, start.program_year)

    @workflow.run
    async def run(self, _: VisitDayInput) -> int:
        await self._until(INVITATIONS, self._times.invite_at)
        await self._invite()
        for number, (at, until) in enumerate(self._reminders(), start=1):
            await self._until(REMINDERS, at)
            await self._remind(number, until)
            await self._invite()
        await self._until(VISIT, self._times.over + THANKS_AFTER)
        return await self._thank()

    def _reminders(self) -> Iterator[tuple[datetime, datetime]]:
        """When each is due, and until when: the next one, or the visit itself, makes it needless."""
        return pairwise([*sorted(self._times.remind_at), self._times.over])

    async def _invite(self) -> None:
        """Everybody once. Officers whose pairing began since then are invited with the next reminder."""
        if workflow.now() >= self._times.over:
            return
        await workflow.execute_activity_method(
            VisitActivities.invite_officers, self._this, summary="invite the officers", **TRANSACTION
        )

    async def _remind(self, number: int, until: datetime) -> None:
        """A worker that was away for days sends one reminder, not all that it missed."""
        if workflow.now() < until:
            await workflow.execute_activity_method(
                VisitActivities.remind_officers,
                Reminder(self._this.program, self._this.program_year, number),
                summary=f"reminder {number}",
                **TRANSACTION,
            )

    async def _thank(self) -> int:
        return await workflow.execute_activity_method(
            VisitActivities.thank_officers, self._this, summary="thank those who came", **TRANSACTION
        )

    async def _until(self, what_for: str, at: datetime) -> None:
        workflow.upsert_search_attributes([STAGE.value_set(what_for), DUE.value_set(at)])
        workflow.set_current_details(f"waiting for: {what_for}")
        if (pause := at - workflow.now()) > timedelta(0):
            await workflow.sleep(pause, summary=what_for)
