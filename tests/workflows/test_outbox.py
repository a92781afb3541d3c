"""The outbox tells workflows what was committed and sends what is due: when it is woken, and by itself when something is due."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Replayer, Worker

from activities.mail import BatchSent, SendBatch
from activities.open_rows import StartAgain
from activities.tells import TellDue, Told
from bluepals.domain.letters import Side, Verdict
from rehearsal.clock import VirtualClock
from service.workers import SANDBOX
from tests.histories.one_after_the_other import OneAfterTheOther
from tests.workflows.world import World, eventually
from workflows.api.outbox import OutboxInput
from workflows.outbox import Outbox

MEGABYTES_SUGGESTED = 4  # of a history, before a continue-as-new is
TELLS, MAIL, ENDED = "tells", "mail", "ended workflows"


@dataclass
class Desk:
    """Stands in for the database and the mail server: what is due next, who works how long, how often somebody looked."""

    next_due: datetime | None = None
    looked: list[str] = field(default_factory=list)
    stuck: dict[str, asyncio.Event] = field(default_factory=dict)

    @activity.defn
    async def tell_due(self, _: TellDue) -> Told:
        await self._look(TELLS)
        return Told(0, 0, None)

    @activity.defn
    async def send_batch(self, _: SendBatch) -> BatchSent:
        await self._look(MAIL)
        return BatchSent(0, 0, self.next_due)

    @activity.defn
    async def start_again(self, _: StartAgain) -> int:
        await self._look(ENDED)
        return 0

    async def _look(self, at: str) -> None:
        self.looked.append(at)
        if (stuck := self.stuck.get(at)) is not None:
            await stuck.wait()

    async def has_looked(self, *, tells: int, mail: int, ended: int = 0) -> None:
        """So often from the start on, and no more."""
        times = {TELLS: tells, MAIL: mail, ENDED: ended}

        async def reached() -> bool:
            return all(self.looked.count(at) >= count for at, count in times.items())

        await eventually(reached, f"{times} looks, after {self.looked}")
        assert {at: self.looked.count(at) for at in times} == times


@asynccontextmanager
async def running(
    client: Client, desk: Desk, *, kind: type = Outbox, queue: str = ""
) -> AsyncIterator[WorkflowHandle[Outbox, None]]:
    queue = queue or f"outbox-{uuid4()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=[kind],
        activities=[desk.tell_due, desk.send_batch, desk.start_again],
        workflow_runner=SANDBOX,
    ):
        yield await client.start_workflow(
            Outbox.run,
            OutboxInput("stl"),
            id=queue,
            task_queue=queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )


async def fill(outbox: WorkflowHandle[Outbox, None]) -> None:
    """Its history is long from here on."""
    for _ in range(MEGABYTES_SUGGESTED + 1):
        await outbox.signal("unknown", "x" * 1024 * 1024)


async def test_it_tells_and_sends_each_time_it_is_woken(client: Client) -> None:
    desk = Desk()
    async with running(client, desk) as outbox:
        await desk.has_looked(tells=1, mail=1)
        await outbox.signal(Outbox.wake)
        await desk.has_looked(tells=2, mail=2)
        await outbox.terminate()


@pytest.mark.parametrize(("stuck", "free"), [(TELLS, MAIL), (MAIL, TELLS)])
async def test_neither_tells_nor_mail_wait_for_the_other(client: Client, stuck: str, free: str) -> None:
    desk = Desk(stuck={stuck: asyncio.Event()})
    async with running(client, desk) as outbox:
        await desk.has_looked(tells=1, mail=1)
        for times in (2, 3):
            await outbox.signal(Outbox.wake)
            await eventually(partial(_looked, desk, free, times), f"{free} go on")
        assert desk.looked.count(stuck) == 1, "what is under way is not done twice"
        desk.stuck[stuck].set()
        await eventually(partial(_looked, desk, stuck, 2), f"{stuck} again, since something was committed")
        await outbox.terminate()


async def _looked(desk: Desk, at: str, times: int) -> bool:
    return desk.looked.count(at) >= times


async def test_it_wakes_by_itself_when_something_is_due(client: Client, admin: object) -> None:
    desk = Desk(next_due=datetime.now(UTC) + timedelta(minutes=20))
    async with running(client, desk) as outbox:
        await desk.has_looked(tells=1, mail=1)
        clock = VirtualClock(client, admin, "stl")  # type: ignore[arg-type] # moves workflows only
        await clock.move([outbox.id], datetime.now(UTC) + timedelta(minutes=18))
        assert desk.looked.count(MAIL) == 1
        desk.next_due = None
        await clock.move([outbox.id], datetime.now(UTC) + timedelta(minutes=20))
        await desk.has_looked(tells=1, mail=2)
        await clock.move([outbox.id], datetime.now(UTC) + timedelta(minutes=90))
        await desk.has_looked(tells=2, mail=3, ended=1)
        await outbox.terminate()


async def test_it_looks_for_ended_workflows_every_hour_however_often_it_is_woken(
    client: Client, admin: object
) -> None:
    desk = Desk()
    async with running(client, desk) as outbox:
        clock = VirtualClock(client, admin, "stl")  # type: ignore[arg-type] # moves workflows only
        for minutes in range(20, 121, 20):
            await clock.move([outbox.id], datetime.now(UTC) + timedelta(minutes=minutes))
            await outbox.signal(Outbox.wake)
        await eventually(partial(_looked, desk, ENDED, 2), "two hours, two looks")
        await outbox.terminate()


async def test_a_long_history_is_cut_when_nothing_is_under_way(client: Client) -> None:
    desk = Desk(stuck={MAIL: asyncio.Event()})
    async with running(client, desk) as outbox:
        await desk.has_looked(tells=1, mail=1)
        await fill(outbox)
        await outbox.signal(Outbox.wake)
        await eventually(partial(_looked, desk, TELLS, 2), "tells go on")
        latest = client.get_workflow_handle(outbox.id)

        async def is_cut() -> bool:
            return (await latest.describe()).run_id != outbox.first_execution_run_id

        assert not await is_cut(), "mail is under way"
        desk.stuck[MAIL].set()
        await eventually(is_cut, "a continue-as-new")
        await eventually(partial(_looked, desk, TELLS, 3), "the next run looks at once")
        begun = (await latest.fetch_history()).events[0].workflow_execution_started_event_attributes
        (handed_over,) = await client.data_converter.decode(begun.input.payloads, [OutboxInput])
        assert handed_over.looked_at is not None, "the hour goes on"
        await latest.terminate()


async def test_one_that_began_when_mail_waited_for_tells_changes_with_its_next_turn(client: Client) -> None:
    queue, desk = f"outbox-{uuid4()}", Desk()
    async with running(client, desk, kind=OneAfterTheOther, queue=queue) as outbox:
        await desk.has_looked(tells=1, mail=1)
        await outbox.signal(Outbox.wake)
        await desk.has_looked(tells=2, mail=2)
    desk.stuck[TELLS] = asyncio.Event()
    async with running(client, desk, queue=queue) as outbox:
        await outbox.signal(Outbox.wake)
        await desk.has_looked(tells=3, mail=3)
        desk.stuck[TELLS].set()
        await outbox.signal(Outbox.wake)
        await desk.has_looked(tells=4, mail=4)
        history = await outbox.fetch_history()
        await outbox.terminate()
    await Replayer(workflows=[Outbox], workflow_runner=SANDBOX).replay_workflow(history)


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
