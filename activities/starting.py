"""Starting workflows that live by themselves: many at once, each at most once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError


@dataclass(frozen=True)
class WorkflowStart:
    """One workflow: its id and its one argument."""

    workflow_id: str
    argument: Any


@dataclass(frozen=True)
class StartWorkflows:
    """Workflows of one kind, with the summary and the search attributes (keywords) that all of them keep."""

    workflow: str
    summary: str
    task_queue: str
    search_attributes: dict[str, str]
    starts: list[WorkflowStart]


class StartActivities:
    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn
    async def start_workflows(self, order: StartWorkflows) -> int:
        """How many run or have run under these ids, now that those which were missing are started. Tried again, it goes on.

        One that was ended by hand is the outbox's to begin again: it asks the record where it stands.
        """
        done = next(iter(activity.info().heartbeat_details), 0)
        for number, start in enumerate(order.starts[done:], start=done + 1):
            await self._start(order, start)
            activity.heartbeat(number)
        return len(order.starts)

    async def _start(self, order: StartWorkflows, start: WorkflowStart) -> None:
        try:
            await self._client.start_workflow(
                order.workflow,
                start.argument,
                id=start.workflow_id,
                task_queue=order.task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=order.summary,
                search_attributes=keywords(order.search_attributes),
            )
        except WorkflowAlreadyStartedError:
            activity.logger.info("has run already", extra={"started": start.workflow_id})


def keywords(values: Mapping[str, str]) -> TypedSearchAttributes:
    pairs: Sequence[SearchAttributePair[str]] = [
        SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in values.items()
    ]
    return TypedSearchAttributes(pairs)
