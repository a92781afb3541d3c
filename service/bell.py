"""Waking a program's outbox after a commit. A lost ring costs time only: the outbox looks again by itself."""

import asyncio
from contextlib import suppress

import structlog
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from workflows.api import outbox
from workflows.outbox import Outbox
from workflows.queue import TASK_QUEUE

TOGETHER = 0.02  # seconds in which many commits are one ring

log = structlog.get_logger(__name__)


class Bell:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._due: set[str] = set()
        self._ringing: set[asyncio.Task[None]] = set()

    def ring(self, program: str) -> None:
        """Something was committed that has to leave."""
        if program not in self._due:
            self._due.add(program)
            ringing = asyncio.create_task(self._ring(program))
            self._ringing.add(ringing)
            ringing.add_done_callback(self._ringing.discard)

    async def quiet(self) -> None:
        """Until nothing rings any more."""
        await asyncio.gather(*self._ringing)

    async def _ring(self, program: str) -> None:
        await asyncio.sleep(TOGETHER)
        self._due.discard(program)  # What is committed from here on needs a ring of its own.
        with suppress(RPCError, RuntimeError):  # A client that has not connected yet raises the latter.
            await self._client.start_workflow(
                Outbox.run,
                outbox.OutboxInput(program),
                id=outbox.workflow_id(program),
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal="wake",
                static_summary=f"outbox of {program}",
            )
