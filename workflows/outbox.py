"""One outbox for each program: tells workflows what was committed, and sends the mail that is due."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.mail import MailActivities, SendBatch
    from activities.tells import TellActivities, TellDue
    from workflows.api.outbox import WORKFLOW, OutboxInput

from workflows.options import BATCH

LOOK_AGAIN = timedelta(hours=1)  # Even when nothing is due: a commit whose wake-up was lost waits no longer.


@workflow.defn(name=WORKFLOW)
class Outbox:
    @workflow.init
    def __init__(self, start: OutboxInput) -> None:
        self._program = start.program
        self._woken = False

    @workflow.run
    async def run(self, start: OutboxInput) -> None:
        while not workflow.info().is_continue_as_new_suggested():
            self._woken = False
            due = await self._empty()
            await self._sleep_until(due)
        workflow.continue_as_new(start)

    @workflow.signal
    def wake(self) -> None:
        """Something was committed that has to leave."""
        self._woken = True

    async def _empty(self) -> datetime | None:
        told = await workflow.execute_activity_method(
            TellActivities.tell_due, TellDue(self._program), summary="tell workflows what is due", **BATCH
        )
        sent = await workflow.execute_activity_method(
            MailActivities.send_batch, SendBatch(self._program), summary="send the mail that is due", **BATCH
        )
        return min((due for due in (told.next_due, sent.next_due) if due is not None), default=None)

    async def _sleep_until(self, due: datetime | None) -> None:
        now = workflow.now()
        pause = min(max((due or now + LOOK_AGAIN) - now, timedelta(seconds=1)), LOOK_AGAIN)
        try:
            await workflow.wait_condition(
                lambda: self._woken, timeout=pause, timeout_summary="until something is due"
            )
        except TimeoutError:
            return
