"""Waking a program's outbox after a commit. A lost ring costs time only: the outbox looks again by itself."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from workflows.api import outbox
from workflows.outbox import Outbox
from workflows.queue import TASK_QUEUE

TOGETHER = 0.02  # seconds in which many commits are one ring
PATIENCE = 2.0  # seconds, of somebody who waits for a page

Ring = asyncio.Task[bool]  # whether Temporal has heard it

_listening: ContextVar[set[Ring] | None] = ContextVar("listening", default=None)


@contextmanager
def listening() -> Iterator[Collection[Ring]]:
    """To what is rung in this block, and by nobody else."""
    rung: set[Ring] = set()
    before = _listening.set(rung)
    try:
        yield rung
    finally:
        _listening.reset(before)


async def all_heard(rung: Collection[Ring]) -> bool:
    """False: Temporal is away, or too busy for somebody who waits."""
    if not rung:
        return True
    answered, late = await asyncio.wait(rung, timeout=PATIENCE)
    return not late and all(one.result() for one in answered)


class Bell:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._due: dict[str, Ring] = {}
        self._ringing: set[Ring] = set()

    def ring(self, program: str) -> None:
        """Something was committed that has to leave."""
        if program not in self._due:
            ringing = self._due[program] = asyncio.create_task(self._ring(program))
            self._ringing.add(ringing)
            ringing.add_done_callback(self._ringing.discard)
        if (rung := _listening.get()) is not None:
            rung.add(self._due[program])

    async def quiet(self) -> None:
        """Until nothing rings any more."""
        await asyncio.gather(*self._ringing)

    async def _ring(self, program: str) -> bool:
        await asyncio.sleep(TOGETHER)
        del self._due[program]  # What is committed from here on needs a ring of its own.
        try:
            await self._client.start_workflow(
                Outbox.run,
                outbox.OutboxInput(program),
                id=outbox.workflow_id(program),
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal="wake",
                static_summary=f"outbox of {program}",
            )
        except (RPCError, RuntimeError):  # A client that has not connected yet raises the latter.
            return False
        return True
