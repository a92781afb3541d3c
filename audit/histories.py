"""The histories that the server still has, run by run, and word of those that are gone."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

AT_ONCE = 16
IDS_IN_A_QUERY = 50
PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Expected:
    """A workflow that there is or was. `begun`: it has run for certain, so no history means that it is gone."""

    workflow_id: str
    begun: bool


@dataclass(frozen=True, slots=True)
class Run:
    workflow_id: str
    run_id: str
    events: Sequence[HistoryEvent]


LookAt = Callable[[Run], Awaitable[None]]


@dataclass
class Histories:
    """Reads every run of the workflows that are asked for.

    `gone`: workflows and runs that the server no longer has, for people; `incomplete`: the workflows' ids.
    """

    client: Client
    gone: list[str] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def read(self, expected: Iterable[Expected], look_at: LookAt) -> None:
        """Each run is looked at and let go: a program's histories need not fit into memory."""
        wanted = {one.workflow_id: one.begun for one in expected}
        listed = await self._listed(list(wanted))
        await asyncio.gather(
            *(self._read(one, begun, listed.get(one, set()), look_at) for one, begun in wanted.items())
        )
        self.gone.sort()

    async def started_by(self, prefix: str) -> Sequence[str]:
        """Ids that begin so, as the server lists them."""
        query = f'WorkflowId STARTS_WITH "{prefix}"'
        return sorted({one.id async for one in self.client.list_workflows(query)})

    async def _listed(self, workflow_ids: Sequence[str]) -> dict[str, set[str]]:
        """Runs by workflow. Lists lag behind, so they only add to what the histories themselves say."""
        runs: dict[str, set[str]] = {}
        for some in _batches(workflow_ids):
            names = ", ".join(f'"{one}"' for one in some)
            async for execution in self.client.list_workflows(f"WorkflowId IN ({names})"):
                runs.setdefault(execution.id, set()).add(execution.run_id)
        return runs

    async def _read(self, workflow_id: str, begun: bool, listed: set[str], look_at: LookAt) -> None:
        newest = await self._newest(workflow_id)
        to_read = listed | ({newest} if newest else set())
        seen: set[str] = set()
        missing: list[str] = []
        while to_read:
            run_id = to_read.pop()
            seen.add(run_id)
            if run := await self._fetch(workflow_id, run_id):
                await look_at(run)
                to_read |= _earlier(run) - seen
            else:
                missing.append(run_id)
        if len(seen) > len(missing):
            self._note_gone(workflow_id, [f"{workflow_id} (run {run_id})" for run_id in missing])
        elif begun or missing:
            self._note_gone(workflow_id, [workflow_id])

    def _note_gone(self, workflow_id: str, what: Sequence[str]) -> None:
        if what:
            self.gone += what
            self.incomplete.add(workflow_id)

    async def _newest(self, workflow_id: str) -> str | None:
        async with self._places:
            try:
                described = await self.client.get_workflow_handle(workflow_id).describe(rpc_timeout=PATIENCE)
            except RPCError as error:
                _raise_unless_not_found(error)
                return None
        return described.run_id

    async def _fetch(self, workflow_id: str, run_id: str) -> Run | None:
        async with self._places:
            try:
                history = await self.client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history(
                    rpc_timeout=PATIENCE
                )
            except RPCError as error:
                _raise_unless_not_found(error)
                return None
        return Run(workflow_id, run_id, history.events)


def _raise_unless_not_found(error: RPCError) -> None:
    if error.status is not RPCStatusCode.NOT_FOUND:
        raise error


def _batches(workflow_ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (
        workflow_ids[start : start + IDS_IN_A_QUERY] for start in range(0, len(workflow_ids), IDS_IN_A_QUERY)
    )


def _earlier(run: Run) -> set[str]:
    """The runs that this one goes on from: continued as new, or reset."""
    started = run.events[0].workflow_execution_started_event_attributes
    return {started.continued_execution_run_id, started.original_execution_run_id} - {"", run.run_id}
