"""Telling workflows what was committed. The edge tells at once; the outbox repeats what was not answered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from activities.counters import TELLS
from bluepals.store import attention, tells
from bluepals.store.database import Database, Scope
from bluepals.store.tells import Tell

PATIENCE = timedelta(seconds=5)
AT_ONCE = 8  # side by side; the server takes ten updates of one workflow
BATCH = 200

log = structlog.get_logger(__name__)


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
                if answer == CLOSED:
                    await attention.call(
                        connection,
                        key=f"tell-{tell.id}",
                        kind="late fact",
                        sentence=f"{tell.fact} came after {tell.workflow_id} had closed: a person has to look at it.",
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
                return sum([await self.tell(scope, tell) for tell in queue])

        return sum(await asyncio.gather(*(in_order(queue) for queue in by_workflow.values())))

    async def _ask(self, tell: Tell) -> str | None:
        handle = self._client.get_workflow_handle(tell.workflow_id)
        try:
            answer: str = await handle.execute_update(
                tell.fact, dict(tell.body), id=str(tell.id), result_type=str, rpc_timeout=PATIENCE
            )
        except WorkflowUpdateFailedError as refused:
            log.warning("tell refused", tell=str(tell.id), fact=tell.fact, cause=type(refused.cause).__name__)
            return "refused"
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            return None
        except RPCError as error:
            return CLOSED if error.status is RPCStatusCode.NOT_FOUND else None
        return answer


CLOSED = "closed"


class TellActivities:
    def __init__(self, teller: Teller, database: Database) -> None:
        self._teller = teller
        self._database = database

    @activity.defn
    async def tell_due(self, order: TellDue) -> Told:
        scope = Scope.whole(order.program)
        async with self._database.transaction(scope) as connection:
            due = await tells.due(connection, BATCH)
        answered = await self._teller.tell_all(scope, due)
        async with self._database.transaction(scope) as connection:
            return Told(answered, len(due) - answered, await tells.next_due(connection))
