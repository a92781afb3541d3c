"""Workflows that run as long as a row of theirs is open. The outbox sees to it, whatever became of the one before."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.starting import keywords
from activities.tells import OpenRow
from bluepals.domain.cases import STEP
from bluepals.store import cases, replacements
from bluepals.store.cases import OpenReferral
from bluepals.store.database import Connection
from bluepals.store.replacements import OpenReplacement
from workflows.api import new_officer, referral
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import PROGRAM_YEAR, SCHOOL, STAGE


def of_referral(program: str, one: OpenReferral) -> OpenRow:
    case_id = str(one.case_id)
    return OpenRow(
        referral.WORKFLOW,
        referral.workflow_id(case_id),
        referral.ReferralInput(program, case_id),
        "stopwatch of a suspected harm",
        {STAGE.name: "stopwatch"} | ({SCHOOL.name: one.school} if one.school else {}),
        look_again=STEP,
        reuse=WorkflowIDReusePolicy.ALLOW_DUPLICATE,  # All have attested, and somebody reads the letter later.
    )


def of_replacement(program: str, one: OpenReplacement) -> OpenRow:
    replacement_id = str(one.id)
    return OpenRow(
        new_officer.WORKFLOW,
        new_officer.workflow_id(replacement_id),
        new_officer.NewOfficerInput(program, replacement_id, str(one.pairing_id)),
        f"a new officer for a child at {one.school}",
        {
            SCHOOL.name: one.school,
            PROGRAM_YEAR.name: one.program_year,
            STAGE.name: new_officer.Stage.FAREWELL,
        },
    )


async def _referrals(connection: Connection, program: str) -> Sequence[OpenRow]:
    return [of_referral(program, one) for one in await cases.open_referrals(connection)]


async def _replacements(connection: Connection, program: str) -> Sequence[OpenRow]:
    return [of_replacement(program, one) for one in await replacements.needing_workflow(connection)]


KINDS: Sequence[Callable[[Connection, str], Awaitable[Sequence[OpenRow]]]] = (_referrals, _replacements)


class OpenRows:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def of(self, connection: Connection, program: str) -> Sequence[OpenRow]:
        return [row for kind in KINDS for row in await kind(connection, program)]

    async def start(self, row: OpenRow) -> None:
        """Beside none that runs; one that was terminated comes back, one that has ended by itself as its row says."""
        with suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                row.workflow,
                row.argument,
                id=row.workflow_id,
                task_queue=TASK_QUEUE,
                id_reuse_policy=row.reuse,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=row.summary,
                search_attributes=keywords(row.search_attributes),
            )
