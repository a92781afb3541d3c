"""One outbox for each program: tells workflows what was committed, and sends the mail that is due.

Neither waits for the other. Seldom it looks for workflows that somebody has ended although their row is open.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.mail import MailActivities, SendBatch
    from activities.open_rows import OpenRowActivities, StartAgain
    from activities.tells import TellActivities, TellDue
    from workflows.api.outbox import WORKFLOW, OutboxInput

from workflows.options import BATCH

LOOK_AGAIN = timedelta(hours=1)  # Even when nothing is due: a commit whose wake-up was lost waits no longer.
AT_LEAST = timedelta(seconds=1)


@dataclass
class Half:
    """`woken`: something was committed since its last look. `is_busy`: it looks."""

    look: Callable[[], Awaitable[datetime | None]]
    woken: bool = False
    is_busy: bool = False


@workflow.defn(name=WORKFLOW)
class Outbox:
    @workflow.init
    def __init__(self, start: OutboxInput) -> None:
        self._program = start.program
        self._looked_at = start.looked_at or workflow.now()
        self._tells, self._mail = Half(self._tell), Half(self._send)
        self._rest = Half(self._start_again)

    @workflow.run
    async def run(self, start: OutboxInput) -> None:
        if not await self._one_after_the_other():
            await asyncio.gather(*map(self._again_and_again, (self._tells, self._mail, self._rest)))
        workflow.continue_as_new(replace(start, looked_at=self._looked_at))

    @workflow.signal
    def wake(self) -> None:
        """Something was committed that has to leave."""
        self._tells.woken = self._mail.woken = True

    async def _tell(self) -> datetime | None:
        told = await workflow.execute_activity_method(
            TellActivities.tell_due, TellDue(self._program), summary="tell workflows what is due", **BATCH
        )
        return told.next_due

    async def _send(self) -> datetime | None:
        sent = await workflow.execute_activity_method(
            MailActivities.send_batch, SendBatch(self._program), summary="send the mail that is due", **BATCH
        )
        return sent.next_due

    async def _start_again(self) -> datetime | None:
        if (due := self._looked_at + LOOK_AGAIN) > workflow.now():
            return due
        self._looked_at = workflow.now()
        await workflow.execute_activity_method(
            OpenRowActivities.start_again,
            StartAgain(self._program),
            summary="start again what somebody has ended",
            **BATCH,
        )
        return None

    async def _again_and_again(self, half: Half) -> None:
        while not self._is_over:
            half.woken, half.is_busy = False, True
            due = await half.look()
            half.is_busy = False
            await self._sleep_until(due, lambda: half.woken or self._is_over)

    @property
    def _is_over(self) -> bool:
        """It is long enough, and nothing is under way that would have to be waited for."""
        busy = self._tells.is_busy or self._mail.is_busy or self._rest.is_busy
        return workflow.info().is_continue_as_new_suggested() and not busy

    async def _sleep_until(self, due: datetime | None, woken: Callable[[], bool]) -> None:
        now = workflow.now()
        pause = min(max((due or now + LOOK_AGAIN) - now, AT_LEAST), LOOK_AGAIN)
        try:
            await workflow.wait_condition(woken, timeout=pause, timeout_summary="until something is due")
        except TimeoutError:
            return

    async def _one_after_the_other(self) -> bool:
        """As it was when mail waited for tells: what of that is in a history is replayed. True: it was long enough."""
        turn = 0
        while not workflow.patched(
            f"halves-{turn}"
        ):  # Suffixed, so that a run that goes on changes with its next turn.
            self._tells.woken = False
            told, sent = await self._tell(), await self._send()
            due = min((due for due in (told, sent) if due is not None), default=None)
            await self._sleep_until(due, lambda: self._tells.woken)
            if workflow.info().is_continue_as_new_suggested():
                return True
            turn += 1
        return False
