"""The stopwatch of a suspected harm: it tells one rung of the list after the other until nobody has still to attest.

It depends on no pairing, and takes no word for an attestation: each time it asks the record. A cancellation is nothing
to it. One that was terminated is started again by the outbox, and goes on where the record says.
"""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.cases import MOST_RINGS, CaseActivities, OneCase, PageOfCase, StopwatchStands
    from activities.tells import Answer
    from bluepals.domain.sentences import counted
    from workflows.api.referral import WORKFLOW, ReferralInput, ReferralOver, Stage

from workflows.options import TRANSACTION, ActivityOptions
from workflows.search_attributes import ATTENTION, DUE, STAGE
from workflows.waiting import cut_when_long, happened

SUSPECTED_HARM = "suspected harm: somebody has not attested"
# The second channel is tried a few times; the stopwatch waits for it no longer.
RING = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=5), maximum_attempts=MOST_RINGS),
)


@workflow.defn(name=WORKFLOW)
class Referral:
    @workflow.init
    def __init__(self, start: ReferralInput) -> None:
        self._start = start
        self._this = OneCase(start.program, start.case_id)
        self._woken = False

    @workflow.run
    async def run(self, _: ReferralInput) -> ReferralOver:
        running = asyncio.create_task(self._until_all_have_attested())
        while True:
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                if running.done():  # It was not asked to stop, but taken out of the worker's memory.
                    raise
                workflow.logger.warning("a cancellation is ignored: only attestations end this")

    @workflow.update
    def attested(self) -> Answer:
        """Somebody has: the record is asked now, and not only when the next page is due."""
        self._woken = True
        return Answer.TAKEN

    async def _until_all_have_attested(self) -> ReferralOver:
        standing = await self._look()
        while standing.missing:
            due = workflow.now() + timedelta(seconds=standing.seconds)
            missing = counted(standing.missing, "has", "have")
            self._show(f"{missing} still to attest; {counted(standing.page, 'page', 'pages')} so far", due)
            await self._ring()
            if await self._woken_before(due, f"page {standing.page}"):
                standing = await self._look()
            else:
                standing = await self._page(standing.page)
            await cut_when_long(lambda: self._start)
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._show_end()
        return ReferralOver(standing.page)

    async def _look(self) -> StopwatchStands:
        return await workflow.execute_activity_method(
            CaseActivities.look_at_stopwatch, self._this, summary="who has still to attest?", **TRANSACTION
        )

    async def _page(self, number: int) -> StopwatchStands:
        return await workflow.execute_activity_method(
            CaseActivities.page,
            PageOfCase(self._start.program, self._start.case_id, number),
            summary=f"page {number}, unless all have attested",
            **TRANSACTION,
        )

    async def _ring(self) -> None:
        try:
            await workflow.execute_activity_method(
                CaseActivities.ring_pager, self._this, summary="the second channel", **RING
            )
        except ActivityError:
            workflow.logger.warning("the second channel does not answer; mail goes out all the same")

    async def _woken_before(self, due: datetime, what_for: str) -> bool:
        woken = await happened(lambda: self._woken, max(due, workflow.now()), what_for)
        self._woken = False
        return woken

    def _show(self, what: str, due: datetime) -> None:
        workflow.upsert_search_attributes(
            [STAGE.value_set(Stage.STOPWATCH), ATTENTION.value_set(SUSPECTED_HARM), DUE.value_set(due)]
        )
        workflow.set_current_details(what)

    def _show_end(self) -> None:
        workflow.upsert_search_attributes(
            [STAGE.value_set(Stage.ATTESTED), ATTENTION.value_unset(), DUE.value_unset()]
        )
        workflow.set_current_details("nobody has still to attest")
