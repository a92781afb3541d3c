"""Virtual time: workflows are moved to it one by one, and the database judges by it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bluepals.store.database import Scope
from rehearsal import clock as module
from rehearsal.clock import ClockStuck, VirtualClock
from tests.bluepals.facts.two_schools import TwoSchools
from workflows.search_attributes import DUE

DAY = timedelta(days=1)
PROGRAM = "clocks"
QUEUE, NOBODYS_QUEUE = "alarms", "nobody's"


@workflow.defn
class Alarm:
    """Two of them, so many days away."""

    @workflow.run
    async def run(self, days: int) -> None:
        for _ in range(2):
            await workflow.sleep(days * DAY)


@pytest.fixture(scope="module")
async def clock(client: Client, lived: TwoSchools) -> AsyncIterator[VirtualClock]:
    """Of a program that is not on record; its database and its server are others' too."""
    worker = Worker(client, task_queue=QUEUE, workflows=[Alarm], workflow_runner=UnsandboxedWorkflowRunner())
    async with worker:
        yield VirtualClock(client, lived.admin, PROGRAM)


def now() -> datetime:
    return datetime.now(UTC)


async def alarm(
    client: Client, days: int, *, queue: str = QUEUE, due: datetime | None = None
) -> WorkflowHandle[Alarm, None]:
    attributes = [SearchAttributePair(DUE, due)] if due else []
    return await client.start_workflow(
        Alarm.run,
        days,
        id=f"alarm-{uuid4()}",
        task_queue=queue,
        search_attributes=TypedSearchAttributes(attributes),
    )


async def status(handle: WorkflowHandle[Alarm, None]) -> WorkflowExecutionStatus | None:
    return (await handle.describe()).status


async def test_what_is_due_on_the_way_happens_and_those_that_have_closed_are_told(
    client: Client, clock: VirtualClock
):
    soon, later = await alarm(client, 10), await alarm(client, 200)
    closed = await clock.move([soon.id, later.id], now() + 30 * DAY)
    assert closed == {soon.id}
    assert await status(soon) is WorkflowExecutionStatus.COMPLETED
    assert await status(later) is WorkflowExecutionStatus.RUNNING


async def test_it_is_known_whether_all_have_begun(client: Client, clock: VirtualClock):
    one, other = await alarm(client, 10), await alarm(client, 10)
    assert await clock.have_begun([one.id, other.id])
    assert not await clock.have_begun([one.id, "alarm-of-tomorrow"])


async def test_a_workflow_waits_until_it_is_moved_and_goes_no_further(client: Client, clock: VirtualClock):
    one = await alarm(client, 10)
    assert await clock.move([one.id], now() + 15 * DAY) == set()
    fired = [
        event async for event in one.fetch_history_events() if event.HasField("timer_fired_event_attributes")
    ]
    assert len(fired) == 1


async def test_time_only_moves_forward(client: Client, clock: VirtualClock):
    one = await alarm(client, 10)
    await clock.move([one.id], now() + 15 * DAY)
    assert await clock.move([one.id], now() + 5 * DAY) == set()
    assert await clock.move([one.id], now() + 25 * DAY) == {one.id}


async def test_a_workflow_that_has_closed_already_is_told_as_closed(client: Client, clock: VirtualClock):
    one = await alarm(client, 0)
    await one.result()
    assert await clock.move([one.id], now() + DAY) == {one.id}


async def test_a_workflow_that_nobody_works_for_is_named_and_not_waited_for_for_ever(
    client: Client, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    stuck = await alarm(client, 10, queue=NOBODYS_QUEUE)
    with pytest.raises(
        ClockStuck,
        match=f"^{stuck.id} did not reach .*: it waits for a workflow task, attempt 1. Look at it in the Web UI",
    ):
        await clock.move([stuck.id], now() + 30 * DAY)
    await stuck.terminate()


async def test_only_those_are_due_that_wait_for_something_by_then_or_do_not_say(
    client: Client, clock: VirtualClock
):
    by = now() + 30 * DAY
    before, after, silent = (
        await alarm(client, 100, due=by - DAY),
        await alarm(client, 100, due=by + DAY),
        await alarm(client, 100),
    )
    assert await clock.due([before.id, after.id, silent.id], by) == {before.id, silent.id}


async def test_the_database_judges_by_the_time_that_was_set_for_this_program_alone(
    clock: VirtualClock, lived: TwoSchools
):
    for virtual in (datetime(2031, 5, 1, 12, tzinfo=UTC), datetime(2031, 5, 2, 12, tzinfo=UTC)):
        await clock.turn_to(virtual)
        async with lived.database.transaction(Scope.whole(PROGRAM)) as connection:
            assert await connection.fetchval("SELECT program_now()") == virtual
    async with lived.database.transaction(Scope.whole("another")) as connection:
        assert abs(await connection.fetchval("SELECT program_now()") - now()) < DAY
