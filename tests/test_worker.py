"""The worker as its own process: it says what is missing, serves, is watched, and finishes what it began."""

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from temporalio.client import Client, WorkflowHandle

from bluepals.store.database import Database
from service.connection import connect
from stack.ports import free_port
from stack.postgres import PostgresServer
from stack.temporal import TemporalOptions, TemporalServer, temporal_server
from tests.mailroom import PROGRAM, Mailroom, open_mailroom
from workflows.api import daily_mail, outbox
from workflows.daily_mail import DailyMail
from workflows.outbox import Outbox
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import TYPES

ROOT = Path(__file__).parent.parent
SECONDS = 30.0  # longer than anything here takes
MAILS = 40

Environment = dict[str, str]


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[TemporalServer]:
    """One of this module's own: a worker's version is made current on it."""
    async with temporal_server(TemporalOptions(search_attributes=TYPES), print) as server:
        yield server


@pytest.fixture(scope="module")
async def temporal_client(server: TemporalServer) -> Client:
    return await connect(target_host=server.address)


@pytest.fixture
def environment(server: TemporalServer, postgres: PostgresServer, database_name: str) -> Environment:
    """All that a worker has to be told."""
    return {
        "TEMPORAL_ADDRESS": server.address,
        "BLUEPALS_DATABASE_URL": postgres.url_of("bluepals_app", database_name),
        "BLUEPALS_MASTER_KEYS": f"test:{base64.b64encode(bytes(32)).decode()}",
        "BLUEPALS_LINK_KEY": "k" * 32,
        "BLUEPALS_HEALTH_PORT": str(free_port()),
        "BLUEPALS_TEMPORAL_METRICS_PORT": str(free_port()),
        "BLUEPALS_SMTP_SECURITY": "none",
        "BLUEPALS_SMTP_PORT": "1",
    }


@pytest.fixture
async def room(database: Database, admin: asyncpg.Connection) -> AsyncIterator[Mailroom]:
    async with open_mailroom(database, admin) as room:
        yield room


@dataclass
class RunningWorker:
    process: asyncio.subprocess.Process
    address: str
    printed: list[str] = field(default_factory=list)

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient() as http:
            return await http.get(f"{self.address}{path}")

    async def health(self) -> int:
        """0: nothing listens yet."""
        try:
            return (await self.get("/health")).status_code
        except httpx.TransportError:
            return 0

    async def count(self, sample: str) -> float:
        lines = (await self.get("/metrics")).text.splitlines()
        (value,) = [line.rpartition(" ")[2] for line in lines if line.startswith(f"{sample} ")]
        return float(value)

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop, and wait until it has; its exit status."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), SECONDS)

    def lines(self) -> list[dict[str, Any]]:
        """What it logged, each line as the JSON that it is."""
        return [json.loads(line) for line in self.printed]


@asynccontextmanager
async def running(environment: Mapping[str, str]) -> AsyncIterator[RunningWorker]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "worker.py", cwd=ROOT, env=_bare(environment), stderr=asyncio.subprocess.PIPE
    )
    worker = RunningWorker(process, f"http://127.0.0.1:{environment['BLUEPALS_HEALTH_PORT']}")
    listening = asyncio.create_task(_listen(process, worker.printed))
    try:
        await eventually(lambda: _is(worker.health(), 200))
        yield worker
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening


async def _listen(process: asyncio.subprocess.Process, printed: list[str]) -> None:
    assert process.stderr is not None
    async for line in process.stderr:
        printed.append(line.decode().rstrip())  # noqa: PERF401 - a test reads them while more come


def refused(environment: Mapping[str, str]) -> str:
    """What a worker prints that can't start."""
    ended = subprocess.run(
        [sys.executable, "worker.py"],
        cwd=ROOT,
        env=_bare(environment),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode != 0
    return ended.stderr


def _bare(environment: Mapping[str, str]) -> Environment:
    """Nothing of whoever runs the tests but what Python needs."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment}


async def eventually(reached: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await reached():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.05)


async def _is(awaited: Awaitable[object], wanted: object) -> bool:
    return await awaited == wanted


@asynccontextmanager
async def started_outbox(client: Client) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    handle = await client.start_workflow(
        Outbox.run,
        outbox.OutboxInput(PROGRAM),
        id=outbox.workflow_id(PROGRAM),
        task_queue=TASK_QUEUE,
    )
    try:
        yield handle
    finally:
        await handle.terminate("the test is over")


async def test_on_sigterm_it_finishes_what_it_began_and_begins_nothing_more(
    environment: Environment, temporal_client: Client, room: Mailroom
) -> None:
    for number in range(MAILS):
        await room.queue(f"m{number}")
    slowly = {"BLUEPALS_SMTP_PORT": str(room.smtp.port), "BLUEPALS_SMTP_PER_MINUTE": "600"}
    async with started_outbox(temporal_client) as handle, running(environment | slowly) as worker:
        await eventually(lambda: _has_taken(room, 5))
        assert await worker.stop() == 0
        states = await room.admin.fetch("SELECT state, count(*) FROM mail GROUP BY 1")
        history = await handle.fetch_history()
    count = {row["state"]: row["count"] for row in states}
    assert set(count) == {"sent", "retry"}, "no mail stands in the middle of anything"
    assert count["sent"] == len(room.smtp.stored) < MAILS
    assert len(set(room.arrived_ids())) == len(room.smtp.stored), "and none went twice"
    kinds = [event.WhichOneof("attributes") for event in history.events]
    assert "activity_task_timed_out_event_attributes" not in kinds
    assert kinds.count("activity_task_completed_event_attributes") == 2, "the batch said how far it came"


async def _has_taken(room: Mailroom, mails: int) -> bool:
    return len(room.smtp.stored) >= mails


async def test_it_is_watched_by_its_health_its_counters_and_the_sdks(
    environment: Environment, temporal_client: Client, room: Mailroom
) -> None:
    await room.queue("m")
    delivering = environment | {"BLUEPALS_SMTP_PORT": str(room.smtp.port)}
    async with started_outbox(temporal_client), running(delivering) as worker:
        await eventually(lambda: _is(worker.count('bluepals_mails_total{result="sent"}'), 1.0))
        assert await worker.count('bluepals_mails_total{result="unknown"}') == 0.0
        assert await worker.count('bluepals_letters_total{kind="held"}') == 0.0
        assert await worker.count('bluepals_tells_total{answer="none"}') == 0.0
        async with httpx.AsyncClient() as http:
            port = environment["BLUEPALS_TEMPORAL_METRICS_PORT"]
            metrics = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
        assert "temporal_workflow_task_queue_poll_succeed" in metrics
        assert await worker.stop() == 0


async def test_it_is_unhealthy_while_postgresql_is_away_and_well_when_it_is_back(
    environment: Environment, postgres: PostgresServer, database_name: str
) -> None:
    async with running(environment) as worker:
        server = await asyncpg.connect(postgres.admin_url)
        await server.execute(f"ALTER DATABASE {database_name} ALLOW_CONNECTIONS false")
        await server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database_name
        )
        await eventually(lambda: _is(worker.health(), 503))
        assert "PostgreSQL" in (await worker.get("/health")).text
        await server.execute(f"ALTER DATABASE {database_name} ALLOW_CONNECTIONS true")
        await server.close()
        await eventually(lambda: _is(worker.health(), 200))
        assert await worker.stop(signal.SIGINT) == 0, "with nothing to finish"


async def test_its_log_is_json_and_says_which_workflow_and_activity_a_line_is_about(
    environment: Environment, temporal_client: Client, room: Mailroom
) -> None:
    """Its mail server is away; and a zone that is none suspends a workflow, which the SDK logs."""
    await room.queue("m")
    stuck = await temporal_client.start_workflow(
        DailyMail.run,
        daily_mail.DailyMailInput(PROGRAM, "No/Where"),
        id="daily-mail-nowhere",
        task_queue=TASK_QUEUE,
    )
    async with started_outbox(temporal_client) as handle, running(environment) as worker:
        await eventually(lambda: _said(worker, "mail server can't be used", "Failed activation on workflow"))
        await stuck.terminate("the test is over")
        assert await worker.stop() == 0
    activitys = next(line for line in worker.lines() if line["event"] == "mail server can't be used")
    assert (activitys["workflow"], activitys["activity"]) == (handle.id, "send_batch")
    assert activitys["run"] == handle.result_run_id
    workflows = next(line for line in worker.lines() if line["event"].startswith("Failed activation"))
    assert workflows["workflow"] == stuck.id
    assert worker.lines()[-1]["event"] == "stopped"


async def _said(worker: RunningWorker, *events: str) -> bool:
    return all(any(line["event"].startswith(event) for line in worker.lines()) for event in events)


async def test_a_versioned_worker_gets_no_task_until_its_version_is_made_current(
    environment: Environment, temporal_client: Client, room: Mailroom
) -> None:
    await room.queue("m")
    release = {"BLUEPALS_BUILD_ID": "release-7", "BLUEPALS_SMTP_PORT": str(room.smtp.port)}
    async with running(environment | release), started_outbox(temporal_client) as handle:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                await eventually(lambda: _has_begun(handle))
        await _deploy("release-7", environment)
        await eventually(lambda: _has_begun(handle))
        await eventually(lambda: _is(room.state("m"), "sent"))
    await _deploy("", environment)


async def _has_begun(handle: WorkflowHandle[Any, Any]) -> bool:
    history = await handle.fetch_history()
    return any(event.HasField("workflow_task_started_event_attributes") for event in history.events)


async def _deploy(build: str, environment: Environment) -> None:
    """As an operator does it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "starter.py", "deploy", build, cwd=ROOT, env=_bare(environment)
    )
    assert await asyncio.wait_for(process.wait(), SECONDS) == 0


def test_missing_settings_are_named(environment: Environment) -> None:
    del environment["BLUEPALS_DATABASE_URL"], environment["BLUEPALS_LINK_KEY"]
    assert refused(environment) == (
        "Set BLUEPALS_DATABASE_URL, BLUEPALS_LINK_KEY in the environment. docs/settings.md explains each.\n"
    )


def test_without_a_database_it_ends_with_a_sentence(environment: Environment) -> None:
    environment["BLUEPALS_DATABASE_URL"] = f"postgresql://bluepals_app@127.0.0.1:{free_port()}/bluepals"
    said = refused(environment)
    assert said.startswith("PostgreSQL does not answer.")
    assert "Traceback" not in said


def test_without_temporal_it_ends_with_a_sentence(environment: Environment) -> None:
    environment["TEMPORAL_ADDRESS"] = f"127.0.0.1:{free_port()}"
    said = refused(environment)
    assert said.startswith("Temporal does not answer.")
    assert "Traceback" not in said


async def test_a_port_in_use_is_named(environment: Environment) -> None:
    taken = await asyncio.start_server(lambda _reader, _writer: None, "0.0.0.0", 0)
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        said = await asyncio.to_thread(refused, environment | {"BLUEPALS_HEALTH_PORT": str(port)})
    assert said.splitlines()[-1] == f"Port {port} is in use. Set BLUEPALS_HEALTH_PORT to a free one."
