"""Starting the stopwatch of a suspected harm: by whoever commits the referral, and by the outbox while one is open."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from bluepals.store.cases import OpenReferral
from workflows.api import referral
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import SCHOOL, STAGE

PATIENCE = timedelta(seconds=5)


class Referrals:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self, program: str, one: OpenReferral) -> None:
        """Beside none that runs, and after none that has ended by itself; one that was terminated comes back."""
        attributes = [SearchAttributePair(STAGE, "stopwatch")]
        if one.school:
            attributes.append(SearchAttributePair(SCHOOL, one.school))
        with suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                referral.WORKFLOW,
                referral.ReferralInput(program, str(one.case_id)),
                id=referral.workflow_id(str(one.case_id)),
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary="stopwatch of a suspected harm",
                search_attributes=TypedSearchAttributes(attributes),
            )

    async def start_at_once(self, program: str, one: OpenReferral) -> None:
        """By whoever commits the referral; while Temporal is away, the outbox does it when it is back."""
        with suppress(RPCError, RuntimeError):  # A client that has not connected yet raises the latter.
            await self.start(program, one)

    async def attested(self, case_id: UUID) -> None:
        """Let it ask the record now. It does so by itself with its next page: nobody has to repeat this."""
        handle = self._client.get_workflow_handle(referral.workflow_id(str(case_id)))
        with suppress(
            RPCError, RuntimeError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
        ):
            await handle.execute_update(referral.ATTESTED, rpc_timeout=PATIENCE)
