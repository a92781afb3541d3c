"""The stopwatch of a suspected harm, for whoever commits the referral or an attestation."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

from service.open_rows import start
from service.starts import of_referral
from workflows.api import referral

PATIENCE = timedelta(seconds=5)


class Referrals:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def start_at_once(self, program: str, case_id: UUID) -> None:
        """By whoever commits the referral; while Temporal is away, the outbox does it when it is back."""
        with suppress(RPCError, RuntimeError):  # A client that has not connected yet raises the latter.
            await start(self._client, of_referral(program, case_id))

    async def attested(self, case_id: UUID) -> None:
        """Let it ask the record now. It does so by itself with its next page: nobody has to repeat this."""
        handle = self._client.get_workflow_handle(referral.workflow_id(str(case_id)))
        with suppress(
            RPCError, RuntimeError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
        ):
            await handle.execute_update(referral.ATTESTED, rpc_timeout=PATIENCE)
