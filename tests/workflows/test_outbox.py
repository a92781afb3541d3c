"""The outbox tells workflows what was committed and sends what is due: when it is woken, and by itself when something is due."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.mail import BatchSent, SendBatch
from activities.tells import TellDue, Told
from bluepals.domain.letters import Side, Verdict
from rehearsal.clock import VirtualClock
from service.workers import SANDBOX
from tests.workflows.world import World, eventually
from workflows.api.outbox import OutboxInput
from workflows.outbox import Outbox


@dataclass
class Desk:
    """Stands in for the database and the mail server: what is due next, and how often somebody looked."""

    next_due: datetime | None = None
    looked: list[str] = field(default_factory=list)

    @activity.defn
    async def tell_due(self, _: TellDue) -> Told:
        self.looked.append("tells")
        return Told(0, 0, None)

    @activity.defn
    async def send_batch(self, _: SendBatch) -> BatchSent:
        self.looked.append("mails")
        return BatchSent(0, 0, self.next_due)


@asynccontextmanager
async def running(client: Client, desk: Desk) -> AsyncIterator[WorkflowHandle[Outbox, None]]:
    queue = f"outbox-{uuid4()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[Outbox],
        activities=[desk.tell_due, desk.send_batch],
        workflow_runner=SANDBOX,
    ):
        handle = await client.start_workflow(Outbox.run, OutboxInput("stl"), id=queue, task_queue=queue)
        await eventually(lambda: _looked(desk, 1), "a first look")
        yield handle
        await handle.terminate()


async def _looked(desk: Desk, times: int) -> bool:
    return len(desk.looked) >= 2 * times


async def test_it_tells_first_and_sends_then_each_time_it_is_woken(client: Client) -> None:
    desk = Desk()
    async with running(client, desk) as outbox:
        await outbox.signal(Outbox.wake)
        await eventually(lambda: _looked(desk, 2), "a look after the signal")
        assert desk.looked == ["tells", "mails"] * 2


async def test_it_wakes_by_itself_when_something_is_due(client: Client, admin: object) -> None:
    desk = Desk(next_due=datetime.now(UTC) + timedelta(minutes=20))
    async with running(client, desk) as outbox:
        clock = VirtualClock(client, admin, "stl")  # type: ignore[arg-type] # moves workflows only
        await clock.move([outbox.id], datetime.now(UTC) + timedelta(minutes=18))
        assert desk.looked == ["tells", "mails"]
        desk.next_due = None
        await clock.move([outbox.id], datetime.now(UTC) + timedelta(minutes=20))
        await eventually(lambda: _looked(desk, 2), "a look when it is due")
        await clock.move([outbox.id], datetime.now(UTC) + timedelta(minutes=90))
        await eventually(lambda: _looked(desk, 3), "a look after an hour in which nothing is due")


async def test_tells_of_one_pairing_are_told_in_the_order_of_the_facts(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    for number in (1, 2):
        draft = await world.write(pair, Side.STUDENT, number)
        await world.decide(draft, Verdict.APPROVE)
    assert await world.tell() == 2
    await eventually(lambda: world.delivered(draft), "both letters are released")
    assert [number for number, _, _, _ in await world.deliveries(pair)] == [1, 2]
    assert await world.answers("letter_decided") == ["taken", "taken"]
    assert await world.tell() == 0, "an answered fact is not told again"
    assert len(await world.story(handle)) == 3
