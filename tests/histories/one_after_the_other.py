"""The outbox as it was before: runs that it began go on under this release."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.mail import MailActivities, SendBatch
    from activities.tells import TellActivities, TellDue
    from workflows.api.outbox import OutboxInput

from workflows.options import BATCH


@workflow.defn(name="Outbox")
class OneAfterTheOther:
    """Mail waits for tells."""

    @workflow.init
    def __init__(self, start: OutboxInput) -> None:
        self._program = start.program
        self._woken = False

    @workflow.run
    async def run(self, _: OutboxInput) -> None:
        while True:
            self._woken = False
            await workflow.execute_activity_method(
                TellActivities.tell_due, TellDue(self._program), summary="", **BATCH
            )
            await workflow.execute_activity_method(
                MailActivities.send_batch, SendBatch(self._program), summary="", **BATCH
            )
            try:
                await workflow.wait_condition(lambda: self._woken, timeout=timedelta(hours=1))
            except TimeoutError:
                continue

    @workflow.signal
    def wake(self) -> None:
        self._woken = True
