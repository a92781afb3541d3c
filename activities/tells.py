"""Telling workflows what was committed. The edge tells at once; the outbox repeats what was not answered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from temporalio import activity
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.counters import TELLS
from activities.heartbeats import heartbeats
from activities.open_rows import OpenRows, start_each
from bluepals.domain.sentences import Sentence
from bluepals.store import attention, tells
from bluepals.store.database import Database, Scope
from bluepals.store.tells import Tell

PATIENCE = timedelta(seconds=5)
AT_ONCE = 8  # side by side; the server takes ten updates of one workflow
BATCH = 200

log = structlog.get_logger(__name__)


class Answer(StrEnum):
    """What a workflow says to a fact; the last one is said for it, when its validator did not take it."""

    TAKEN = "taken"
    KNOWN = "known"
    CLOSED = "closed"
    REFUSED = "refused"


_CLOSED_MEANWHILE = "AcceptedUpdateCompletedWorkflow"


@dataclass(frozen=True)
class TellDue:
    program: str


@dataclass(frozen=True)
class Told:
    answered: int
    put_off: int
    next_due: datetime | None


class Teller:
    """Delivers tells to workflows and records their answers."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client
        self._database = database

    async def tell(self, scope: Scope, tell: Tell) -> bool:
        """Whether the workflow answered. What it did not answer stays due, for the outbox."""
        answer = await self._ask(tell)
        TELLS.labels(answer or "none").inc()
        async with self._database.transaction(scope) as connection:
            if answer is None:
                await tells.put_off(connection, tell.id)
            else:
                await tells.answered(connection, tell.id, answer)
                if sentence := _for_a_person(answer, tell):
                    await attention.call(
                        connection,
                        key=f"tell-{tell.id}",
                        kind="late fact" if answer is Answer.CLOSED else "refused fact",
                        sentence=sentence,
                    )
        return answer is not None

    async def tell_all(self, scope: Scope, due: Sequence[Tell]) -> int:
        """How many were answered. Facts for one workflow are told in the order in which they were committed."""
        by_workflow: dict[str, list[Tell]] = {}
        for tell in due:
            by_workflow.setdefault(tell.workflow_id, []).append(tell)
        places = asyncio.Semaphore(AT_ONCE)

        async def in_order(queue: list[Tell]) -> int:
            async with places:
                return sum([await self._tell_or_put_off(scope, tell) for tell in queue])

        return sum(await asyncio.gather(*(in_order(queue) for queue in by_workflow.values())))

    async def _tell_or_put_off(self, scope: Scope, tell: Tell) -> bool:
        """One in which something breaks keeps no other waiting."""
        try:
            return await self.tell(scope, tell)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this tell's
            log.error("tell failed", tell=str(tell.id), fact=tell.fact, kind=type(error).__name__)  # noqa: TRY400 - no values
        try:
            async with self._database.transaction(scope) as connection:
                await tells.put_off(connection, tell.id)
        except Exception as error:  # noqa: BLE001 - it stays due
            log.error("tell not put off", tell=str(tell.id), fact=tell.fact, kind=type(error).__name__)  # noqa: TRY400 - no values
        return False

    async def _ask(self, tell: Tell) -> Answer | None:
        """None: it did not answer, or has not begun."""
        handle = self._client.get_workflow_handle(tell.workflow_id)
        try:
            answer: str = await handle.execute_update(
                tell.fact, dict(tell.body), id=str(tell.id), result_type=str, rpc_timeout=PATIENCE
            )
        except WorkflowUpdateFailedError as refused:
            if _kind(refused) == _CLOSED_MEANWHILE:
                return await self._closed(tell.workflow_id)
            log.warning("tell refused", tell=str(tell.id), fact=tell.fact, kind=_kind(refused))
            return Answer.REFUSED
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            return None
        except RPCError as error:
            return await self._closed(tell.workflow_id) if error.status is RPCStatusCode.NOT_FOUND else None
        return Answer(answer)

    async def _closed(self, workflow_id: str) -> Answer | None:
        """None: it has begun meanwhile, or somebody has ended it by hand and it comes back."""
        try:
            found = await self._client.get_workflow_handle(workflow_id).describe(rpc_timeout=PATIENCE)
        except RPCError:
            return None
        return Answer.CLOSED if found.status is WorkflowExecutionStatus.COMPLETED else None


def _kind(refused: WorkflowUpdateFailedError) -> str | None:
    return refused.cause.type if isinstance(refused.cause, ApplicationError) else None


def _for_a_person(answer: Answer, tell: Tell) -> Sentence | None:
    match answer:
        case Answer.CLOSED:
            return Sentence(
                "{fact} came after {workflow} had closed: a person has to look at it.",
                fact=tell.fact,
                workflow=tell.workflow_id,
            )
        case Answer.REFUSED:
            return Sentence(
                "{workflow} did not take {fact}: the worker is older than the desk, or one of them is wrong. Look at the"
                " fact's row in the table tell.",
                fact=tell.fact,
                workflow=tell.workflow_id,
            )
    return None


class TellActivities:
    def __init__(self, teller: Teller, database: Database, open_rows: OpenRows) -> None:
        self._teller = teller
        self._database = database
        self._open_rows = open_rows

    @activity.defn
    async def tell_due(self, order: TellDue) -> Told:
        """And every workflow whose row is open is started, should it not be running."""
        scope = Scope.whole(order.program)
        async with heartbeats():
            async with self._database.transaction(scope) as connection:
                rows = await self._open_rows.of(connection, order.program)
                due = await tells.due(connection, BATCH)
            await start_each(self._open_rows, rows)
            answered = await self._teller.tell_all(scope, due)
        async with self._database.transaction(scope) as connection:
            next_due = await tells.next_due(connection)
            if pauses := [row.look_again for row in rows if row.look_again is not None]:
                look_again = await connection.fetchval("SELECT program_now()") + min(pauses)
                next_due = min(next_due or look_again, look_again)
            return Told(answered, len(due) - answered, next_due)
