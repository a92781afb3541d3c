"""What a failure may say: sentences of our own, kinds of errors, names of rules; nothing that stands in a row."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.failures import Refusal, without_values
from bluepals.domain.sentences import made_of
from bluepals.store.letters import NotTaken

CANARY = "Quetzalina"


@pytest.fixture
async def broken_rule(admin: asyncpg.Connection) -> asyncpg.PostgresError:
    """PostgreSQL's own error about a row that may not be there twice, with the row in its words."""
    await admin.execute("CREATE TEMPORARY TABLE child (name text CONSTRAINT one_of_a_name UNIQUE)")
    await admin.execute("INSERT INTO child VALUES ($1)", CANARY)
    with pytest.raises(asyncpg.UniqueViolationError) as broken:
        await admin.execute("INSERT INTO child VALUES ($1)", CANARY)
    assert CANARY in str(broken.value), "otherwise this proves nothing"
    return broken.value


async def test_a_broken_rule_is_named_and_its_row_is_not(broken_rule: asyncpg.PostgresError) -> None:
    failure = without_values(broken_rule)
    assert isinstance(failure, ApplicationError)
    assert failure.type == Refusal.RULE_BROKEN
    assert failure.message == "The database's rule one_of_a_name does not allow it."


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (NotTaken("A sentence of ours."), "NotTaken", "A sentence of ours."),
        (LookupError("There is no pairing here."), "NotOnRecord", "There is no pairing here."),
        (KeyError(CANARY), "KeyError", "KeyError"),
        (ValueError(f"{CANARY} is no UUID"), "ValueError", "ValueError"),
        (asyncpg.DataError(f"invalid input: {CANARY}"), "DataError", "PostgreSQL: DataError 22000"),
        (asyncpg.InterfaceError(f"expected str, got {CANARY}"), "InterfaceError", "InterfaceError"),
        (ApplicationError("ours", type="Ours"), "Ours", "ours"),
    ],
)
def test_of_other_errors_only_our_own_sentences_are_kept(error: Exception, kind: str, message: str) -> None:
    failure = without_values(error)
    assert isinstance(failure, ApplicationError)
    assert (failure.type, failure.message) == (kind, message)


def test_our_own_sentences_keep_their_values() -> None:
    failure = without_values(NotTaken("Pairing {id} has no open invitation.", id=7))
    assert isinstance(failure, ApplicationError)
    assert failure.message == made_of(failure.details[0]) == "Pairing 7 has no open invitation."
    assert made_of(failure.details[0]).values == {"id": 7}


@workflow.defn
class _Breaks:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(
            "break_rule",
            start_to_close_timeout=timedelta(seconds=5),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )


async def test_a_broken_rule_leaves_no_name_in_the_history(
    client: Client, broken_rule: asyncpg.PostgresError, caplog: pytest.LogCaptureFixture
) -> None:
    @activity.defn
    async def break_rule() -> None:
        try:
            raise broken_rule
        except asyncpg.PostgresError as error:
            raise RuntimeError(f"about {CANARY}") from error

    queue = f"failures-{uuid4()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[_Breaks],
        activities=[break_rule],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(_Breaks.run, id=queue, task_queue=queue)
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    history = (await handle.fetch_history()).to_json()
    assert "RuntimeError" in history
    assert CANARY not in history
    assert CANARY not in caplog.text
