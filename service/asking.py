"""Commands: what is asked of a workflow by somebody who waits for the answer."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from uuid import UUID

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.service import RPCError, RPCStatusCode

from activities.matching import PairsDecided
from bluepals.domain.program import Program
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, made_of, together
from workflows.api import assignment, visit_day
from workflows.api.assignment import DecideAboutPairs
from workflows.api.visit_day import CallOffVisit, MoveVisit, VisitChanged
from workflows.assignment import Assignment
from workflows.visit_day import VisitDay

PATIENCE = timedelta(minutes=1)


class CommandRefused(Refused):
    """The workflow has said no; the message is its own, and says what to do."""


class HasToWait(Refused):
    """The workflow can't be asked now; the message says what that means for everything else."""


class Asking:
    """`patience`: how long to wait for a worker's answer."""

    def __init__(self, client: Client, patience: timedelta = PATIENCE) -> None:
        self._client = client
        self._patience = patience

    async def approve_pairs(self, program: Program, pairs: Sequence[UUID], by: UUID) -> PairsDecided:
        """No pair named: all that are open."""
        return await self._matching(program).execute_update(
            Assignment.approve_pairs, _about(pairs, by), rpc_timeout=self._patience
        )

    async def reject_pairs(self, program: Program, pairs: Sequence[UUID], by: UUID) -> PairsDecided:
        """Their reason has to be on record."""
        return await self._matching(program).execute_update(
            Assignment.reject_pairs, _about(pairs, by), rpc_timeout=self._patience
        )

    async def propose_again(self, program: Program) -> int:
        """How many pairs are open."""
        return await self._matching(program).execute_update(
            Assignment.propose_again, rpc_timeout=self._patience
        )

    async def move_visit(self, program_year: str, to: date) -> VisitChanged:
        """The reason has to be on record."""
        return await self._visit(program_year).execute_update(
            VisitDay.move_visit, MoveVisit(to.isoformat()), rpc_timeout=self._patience
        )

    async def call_off_visit(self, program_year: str, *, read_aloud: bool) -> VisitChanged:
        return await self._visit(program_year).execute_update(
            VisitDay.call_off_visit, CallOffVisit(read_aloud), rpc_timeout=self._patience
        )

    def _matching(self, program: Program) -> WorkflowHandle[Assignment, None]:
        workflow_id = assignment.workflow_id(program.id, program.first_year)
        return self._client.get_workflow_handle_for(Assignment.run, workflow_id)

    def _visit(self, program_year: str) -> WorkflowHandle[VisitDay, int]:
        return self._client.get_workflow_handle_for(VisitDay.run, visit_day.workflow_id(program_year))


def _about(pairs: Sequence[UUID], by: UUID) -> DecideAboutPairs:
    return DecideAboutPairs([str(pair) for pair in pairs], str(by))


def sentence_of(refused: WorkflowUpdateFailedError) -> str:
    """What the workflow said, without the type that it gives its refusal. Of an older one's no parts are kept."""
    cause = refused.cause
    if isinstance(cause, ApplicationError) and cause.details:
        said: str = made_of(cause.details[0])
        return said
    return cause.message if isinstance(cause, FailureError) else str(cause)


@asynccontextmanager
async def in_a_sentence() -> AsyncIterator[None]:
    """Whatever goes wrong when a workflow is asked, as CommandRefused or HasToWait."""
    try:
        yield
    except WorkflowUpdateFailedError as refused:
        raise CommandRefused(together(sentence_of(refused))) from None
    except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError):
        raise HasToWait(
            "Nobody has answered in time. It may be done all the same: look again in a minute, and then repeat it if it"
            " is not; that is safe. Everything else on the desk goes on."
        ) from None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise CommandRefused(
                "This year has not been opened, or is over. Whoever runs the service opens it: starter.py open PROGRAM"
            ) from None
        raise HasToWait(_AWAY) from None
    except RuntimeError:  # The SDK's own, for a client that has not connected yet.
        raise HasToWait(_AWAY) from None


_AWAY = Sentence(
    "This has to wait: the service that carries it out is away, and nothing has changed. Letters, and what people decide"
    " about them, are taken all the same. Try again in a few minutes."
)
