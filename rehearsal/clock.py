"""Virtual time: each workflow has a clock of its own, and the database judges by one that is set here."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from workflows.options import TRANSACTION
from workflows.search_attributes import DUE

AT_ONCE = 32
# Seconds. Without a worker a move would wait for ever; what a worker took along when it went comes back after an activity's time.
PATIENCE = 2.5 * TRANSACTION["start_to_close_timeout"].total_seconds()
A_MINUTE = timedelta(minutes=1)


class Stuck(Exception):
    """The year can't go on; the message says what it waits for, and where to look."""


class ClockStuck(Stuck):
    """A workflow did not reach the time it was moved to; the message names it."""


class VirtualClock:
    """`now`: what the program takes for the present. Time only moves forward."""

    def __init__(self, client: Client, admin: asyncpg.Connection, program: str) -> None:
        # Workflows skip only when they are moved, and what they start has a clock of its own.
        config = TimeSkippingConfig(disable_propagation=True, max_session_skip_count=100_000)
        self._skipper = TimeSkipper(client, config=config)
        self._client = client
        self._admin = admin
        self._program = program
        self._places = asyncio.Semaphore(AT_ONCE)

    async def turn_to(self, now: datetime) -> None:
        """The database's time; tables that only the owner may write, the service can't."""
        await self._admin.execute(
            "INSERT INTO virtual_clock (program_id, now_at) VALUES ($1, $2)"
            " ON CONFLICT (program_id) DO UPDATE SET now_at = excluded.now_at",
            self._program,
            now,
        )

    async def move(self, workflow_ids: Iterable[str], to: datetime) -> set[str]:
        """Bring these workflows to a minute past `to`, with all that is due on the way. Those that have closed."""
        moved = await asyncio.gather(*(self._move(one, to + A_MINUTE) for one in workflow_ids))
        return {one for one in moved if one is not None}

    async def due(self, workflow_ids: Iterable[str], by: datetime) -> set[str]:
        """Those that wait for something by then, as their search attribute says; one without it may wait for anything."""

        async def is_due(workflow_id: str) -> bool:
            async with self._places:
                described = await self._client.get_workflow_handle(workflow_id).describe()
            at = described.typed_search_attributes.get(DUE)
            return at is None or at <= by

        asked = sorted(workflow_ids)
        answers = await asyncio.gather(*(is_due(one) for one in asked))
        return {one for one, due in zip(asked, answers, strict=True) if due}

    async def have_begun(self, workflow_ids: Iterable[str]) -> bool:
        """All of them; a workflow that has not begun yet looks to `move` like one that has closed."""

        async def has_begun(workflow_id: str) -> bool:
            async with self._places:
                try:
                    await self._client.get_workflow_handle(workflow_id).describe()
                except RPCError as error:
                    if error.status is RPCStatusCode.NOT_FOUND:
                        return False
                    raise
            return True

        return all(await asyncio.gather(*(has_begun(one) for one in workflow_ids)))

    async def _move(self, workflow_id: str, to: datetime) -> str | None:
        """The workflow's id when it has closed."""
        handle = self._client.get_workflow_handle(workflow_id)
        async with self._places:
            try:
                ahead = to - await self._skipper.get_current_time(handle)
                if ahead <= timedelta(0):
                    return None
                arrived = await asyncio.wait_for(self._skipper.fast_forward(handle, ahead), PATIENCE)
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return workflow_id
                raise
            except TimeoutError:
                raise ClockStuck(
                    f"{workflow_id} did not reach {to}: {await _what_it_waits_for(handle)}. Look at it in the Web UI."
                ) from None
            if arrived:
                return None
            if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
                raise ClockStuck(f"{workflow_id} skips time without end before {to}.")
            return workflow_id


async def _what_it_waits_for(handle: WorkflowHandle[Any, Any]) -> str:
    """Of a workflow that stands still: the task and the activities that nobody has done."""
    described = (await handle.describe()).raw_description
    waits = [
        f"activity {one.activity_type.name}, attempt {one.attempt}" for one in described.pending_activities
    ]
    if described.HasField("pending_workflow_task"):
        waits.append(f"a workflow task, attempt {described.pending_workflow_task.attempt}")
    return f"it waits for {' and '.join(waits)}" if waits else "it waits for nothing that was begun"
