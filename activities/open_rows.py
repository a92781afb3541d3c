"""Workflows that have to run because a row of theirs is open: begun where nobody else does it, and begun again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import structlog
from temporalio import activity
from temporalio.common import WorkflowIDReusePolicy

from activities.heartbeats import heartbeats
from bluepals.store.database import Connection

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class OpenRow:
    """A row that needs its workflow, and with what it is started. `look_again`: when sooner than the outbox looks anyhow.

    `reuse`: what became of the one before, for it to begin anew. One that was terminated always does.
    """

    workflow: str
    workflow_id: str
    argument: Any
    summary: str
    search_attributes: Mapping[str, str]
    look_again: timedelta | None = None
    reuse: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY


@dataclass(frozen=True)
class LeftAlone:
    """`read`: with what it goes on, as far as the record has come."""

    workflow_id: str
    read: Callable[[], Awaitable[OpenRow]]


class OpenRows(Protocol):
    """Rows that are open, and their workflows; who knows the workflows has them."""

    async def of(self, connection: Connection, program: str) -> Sequence[OpenRow]:
        """Those that the outbox begins: few."""
        ...

    async def left_alone(self, program: str) -> Sequence[LeftAlone]:
        """Those that others have begun, and whose workflow does not run."""
        ...

    async def start(self, row: OpenRow) -> None: ...


@dataclass(frozen=True)
class StartAgain:
    program: str


class OpenRowActivities:
    def __init__(self, open_rows: OpenRows) -> None:
        self._open_rows = open_rows

    @activity.defn
    async def start_again(self, order: StartAgain) -> int:
        """How many ran no more although their row is open: somebody has terminated or cancelled them."""
        async with heartbeats():
            left = await self._open_rows.left_alone(order.program)
            for one in left:
                log.warning("workflow started again", started=one.workflow_id)
                with _by_itself(one.workflow_id):
                    await self._open_rows.start(await one.read())
        return len(left)


async def start_each(open_rows: OpenRows, rows: Sequence[OpenRow]) -> None:
    async def begin(row: OpenRow) -> None:
        with _by_itself(row.workflow_id):
            await open_rows.start(row)

    await asyncio.gather(*map(begin, rows))


@contextmanager
def _by_itself(workflow_id: str) -> Iterator[None]:
    """One that can't be started keeps no other waiting; the next look tries it again."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this row's
        log.error("workflow not started", started=workflow_id, kind=type(error).__name__)  # noqa: TRY400 - no values
