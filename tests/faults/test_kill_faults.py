"""Processes killed for real: rows 23, 37 and 38 of docs/faults.md."""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.failures import Refusal, without_values
from activities.visit import Reminder
from activities.year import ThisYear, VisitTimes
from bluepals.domain.letters import Side, Verdict
from bluepals.store.database import Database, Scope
from bluepals.store.migrate import migrate
from service.connection import connect
from service.workers import SANDBOX
from stack.mail_catcher import MailCatcher
from stack.memory import memory
from stack.ports import free_port
from stack.postgres import PostgresServer, postgres_server
from stack.temporal import TemporalOptions, temporal_server
from tests.mailroom import open_mailroom
from tests.stack.folders import open_folder
from tests.workflows.world import Served, World, a_program, parts_of
from workflows.api.visit_day import VisitDayInput
from workflows.search_attributes import TYPES
from workflows.visit_day import VisitDay

pytestmark = pytest.mark.begun_first

MAILS, DEATHS = 60, 8  # mails for each life
TIMERS, APART = 100, timedelta(seconds=0.04)
TO_BEGIN = timedelta(seconds=40)  # enough to start them all before the first is due
PATIENCE = 180.0  # seconds


@pytest.mark.parametrize("seed", [1, 2])
async def test_fault_23_senders_that_are_killed_lose_no_mail_and_repeat_none_twice(
    database: Database,
    admin: asyncpg.Connection,
    mails: MailCatcher,
    postgres: PostgresServer,
    database_name: str,
    seed: int,
) -> None:
    """Eight deaths at moments that a seed chose: before, in and after a conversation, before and after the mark."""
    interrupted = 0
    async with (
        open_mailroom(database, admin) as room,
        _dying_sender(postgres.url_of("bluepals_app", database_name), mails.smtp_port, seed) as (dead, go_on),
    ):
        for life in range(DEATHS):
            for number in range(MAILS):
                await room.queue(f"m{life}-{number}", to=f"officer{number}@pd.example")
            await go_on()
            await dead()
            interrupted += await admin.fetchval("SELECT count(*) FROM mail WHERE claim IS NOT NULL") > 0
            await admin.execute(
                "UPDATE mail SET claimed_until = now() - interval '1 s' WHERE claim IS NOT NULL"
            )
        await go_on()
    assert interrupted > 0, "otherwise this proves nothing"
    copies = Counter(str(caught.message["Message-ID"]) for caught in mails.messages)
    rows = await admin.fetch("SELECT id, message_id, state, bodies_started FROM mail")
    calls = await room.calls()
    assert len(rows) == MAILS * DEATHS
    for row in rows:
        assert copies[row["message_id"]] <= row["bodies_started"] <= 2, "each copy is on record"
        if row["state"] != "sent":
            assert row["state"] == "unknown"
            assert any(str(row["id"]) in call for call in calls), "a person is asked"
        else:
            assert copies[row["message_id"]] >= 1, "nothing that counts as sent is lost"
    print(f"{interrupted} of {DEATHS} deaths in a batch, {sum(copies.values()) - len(copies)} second copies")  # noqa: T201 - the figures, for `pytest -s`


@asynccontextmanager
async def _dying_sender(
    url: str, port: int, seed: int
) -> AsyncIterator[tuple[Callable[[], Awaitable[object]], Callable[[], Awaitable[None]]]]:
    """Senders one after the other: wait for one's death, and let the next one live. The last one finishes."""
    sender = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("dying_sender.py")),
        *(url, str(port), str(seed), str(DEATHS)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert sender.stdin is not None
    assert sender.stdout is not None
    stdin = sender.stdin

    async def go_on() -> None:
        stdin.write(b"\n")
        await stdin.drain()

    async with asyncio.timeout(PATIENCE):
        yield sender.stdout.readline, go_on
        assert await sender.wait() == 0


@dataclass
class Officers:
    """Stands in for the database: who was reminded, and how often."""

    reminded: Counter[str] = field(default_factory=Counter)

    @activity.defn
    async def invite_officers(self, _: ThisYear) -> int:
        return 0

    @activity.defn
    async def remind_officers(self, order: Reminder) -> int:
        self.reminded[order.program_year] += 1
        return 1

    @activity.defn
    async def settle_hosts(self, _: ThisYear) -> datetime | None:
        return None

    @activity.defn
    async def thank_officers(self, _: ThisYear) -> int:
        return 0


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """What a process that is killed has written there is still there."""
    with open_folder(parent=memory()) as folder:
        yield folder


async def test_fault_37_timers_outlive_a_server_that_is_killed(in_memory: Path) -> None:
    """Killed with timers pending, back after some of them were due: each fires, once; the overdue at once."""
    options = TemporalOptions(
        search_attributes=TYPES, file=in_memory / "temporal.db", port=free_port(), ui_port=free_port()
    )
    officers = Officers()
    queue = "timers"
    async with temporal_server(options, print) as server:
        client = await connect(target_host=server.address)
        async with _reminding(client, officers, queue):
            due = datetime.now(UTC) + TO_BEGIN
            handles = await asyncio.gather(*(_start(client, queue, number, due) for number in range(TIMERS)))
            for handle in handles:
                await _until(partial(_waits, handle))
            assert not officers.reminded, "none was due yet"
        os.kill(server.process_id, signal.SIGKILL)
    await asyncio.sleep(max((due + TIMERS // 4 * APART - datetime.now(UTC)).total_seconds(), 0))
    async with temporal_server(options, print) as server:
        client = await connect(target_host=server.address)
        async with _reminding(client, officers, queue):
            await _until(lambda: _all_reminded(officers))
            for number in range(TIMERS):
                kinds = await _events(client.get_workflow_handle(f"visit-{number}"))
                assert kinds.count("timer_fired_event_attributes") == 1
    assert set(officers.reminded.values()) == {1}


def _reminding(client: Client, officers: Officers, queue: str) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=[VisitDay],
        activities=[
            officers.invite_officers,
            officers.remind_officers,
            officers.settle_hosts,
            officers.thank_officers,
        ],
        workflow_runner=SANDBOX,
        graceful_shutdown_timeout=timedelta(seconds=1),
    )


async def _start(client: Client, queue: str, number: int, due: datetime) -> WorkflowHandle[VisitDay, int]:
    """A visit with one reminder: a few are due while the server is away, the others when it is back."""
    at = due + number * APART
    times = VisitTimes(due - timedelta(days=20), [at], due + timedelta(days=1))
    return await client.start_workflow(
        VisitDay.run, VisitDayInput("stl", f"year-{number}", times), id=f"visit-{number}", task_queue=queue
    )


async def _waits(handle: WorkflowHandle[VisitDay, int]) -> bool:
    return "timer_started_event_attributes" in await _events(handle)


async def _events(handle: WorkflowHandle[Any, Any]) -> list[str]:
    return [event.WhichOneof("attributes") or "" async for event in handle.fetch_history_events()]


async def _all_reminded(officers: Officers) -> bool:
    return len(officers.reminded) == TIMERS


async def _until(reached: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await reached():  # noqa: ASYNC110 - the event is on a server
            await asyncio.sleep(0.1)


@pytest.fixture
async def mortal() -> AsyncIterator[PostgresServer]:
    """A PostgreSQL of this test's own."""
    async with AsyncExitStack() as opened:
        folder = opened.enter_context(open_folder())
        server = await opened.enter_async_context(postgres_server(folder / "postgres"))
        owner = await asyncpg.connect(server.admin_url)
        await owner.execute("CREATE DATABASE town")
        await owner.close()
        await migrate(server.url_of("postgres", "town"))
        yield server


async def _crash(server: PostgresServer) -> None:
    """As after a power cut: every connection is gone, what was not committed is gone, and it starts again."""
    program = Path((server.folder / "postmaster.opts").read_text("utf-8").split()[0])
    process = await asyncio.create_subprocess_exec(
        str(program.with_name("pg_ctl")),
        *(
            "-D",
            str(server.folder),
            "-m",
            "immediate",
            "-w",
            "-s",
            "-l",
            str(server.folder / "log"),
            "restart",
        ),
        user=server.folder.stat().st_uid,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0


async def test_fault_38_a_database_that_crashes_leaves_nothing_half_done_and_is_used_again(
    mortal: PostgresServer,
) -> None:
    async with Database.connected(mortal.url_of("bluepals_app", "town"), size=4) as database:
        admin = await asyncpg.connect(mortal.url_of("postgres", "town"))
        client = await Client.connect("127.0.0.1:1", lazy=True)
        world = World(Served(parts_of(client, database, lambda _: None), admin, []), a_program("town"))
        await world.enroll()
        (pair,) = await world.pair()
        draft = await world.write(pair, Side.STUDENT, 1)

        crashed = asyncio.Event()

        async def half_a_decision() -> None:
            async with database.transaction(world.scope) as connection:
                await connection.execute("UPDATE pairing SET ended_at = now(), end_reason = 'student left'")
                await crashed.wait()
                await connection.execute("SELECT 1")

        deciding = asyncio.create_task(half_a_decision())
        await asyncio.sleep(0.2)
        await _crash(mortal)
        crashed.set()
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await deciding

        began = time.monotonic()
        while True:  # as an activity's attempts do; the pool is full of dead connections
            try:
                decided = await world.decide(draft, Verdict.APPROVE)
                break
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.2)
        assert time.monotonic() - began < PATIENCE
        assert not decided.decided.known
        async with database.transaction(Scope.whole("town")) as connection:
            assert await connection.fetchval("SELECT count(*) FROM pairing WHERE ended_at IS NULL") == 1

        # The answer to a commit was lost: the same decision again is known, and told once.
        again = await world.decide(draft, Verdict.APPROVE)
        assert again.decided.known
        assert again.tell is not None
        assert decided.tell is not None
        assert again.tell.id == decided.tell.id


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DiskFullError("full"),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.SerializationError("no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_fault_38_what_another_attempt_may_mend_is_tried_again(error: asyncpg.PostgresError) -> None:
    failure = without_values(error)
    assert getattr(failure, "type", None) not in set(Refusal)
    assert getattr(failure, "non_retryable", None) is False
