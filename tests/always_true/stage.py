"""The servers, on a loop of their own: hypothesis drives its machines from a thread without one."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
from temporalio.worker import Worker

from bluepals.mail.sending import Postbox
from bluepals.settings import SmtpSettings
from bluepals.store.database import Database
from service.connection import connect
from service.parts import Parts
from service.workers import worker
from stack.postgres import PostgresServer
from stack.temporal import VIRTUAL_CLOCKS, TemporalOptions, temporal_server
from tests.databases import copy
from tests.scripted_smtp import HOST, scripted_smtp
from tests.workflows.world import parts_of
from workflows.search_attributes import TYPES

Result = TypeVar("Result")

A_STEP = 120.0  # seconds; one that takes longer hangs


@dataclass
class Stage:
    """What all sequences share: a Temporal server, a database, a mail server, and a worker that comes and goes."""

    parts: Parts
    admin: asyncpg.Connection
    postbox: Postbox
    loop: asyncio.AbstractEventLoop
    _worker: Worker | None = None
    _working: asyncio.Task[None] | None = None

    def run(self, step: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(step, self.loop).result(A_STEP)

    @property
    def is_served(self) -> bool:
        return self._worker is not None

    async def start_worker(self) -> None:
        if self._worker is None:
            self._worker = worker(self.parts, self.postbox, build_id="")
            self._working = asyncio.create_task(self._worker.run())

    async def stop_worker(self) -> None:
        if self._worker is not None and self._working is not None:
            await self._worker.shutdown()
            await self._working
            self._worker = self._working = None


@asynccontextmanager
async def _serving(postgres: PostgresServer, template: str) -> AsyncIterator[Stage]:
    name = await copy(postgres, template, "always_true")
    options = TemporalOptions(search_attributes=TYPES, dynamic_config=VIRTUAL_CLOCKS)
    async with (
        temporal_server(options, print) as server,
        scripted_smtp() as smtp,
        Database.connected(postgres.url_of("bluepals_app", name), size=8) as database,
    ):
        client = await connect(target_host=server.address)
        settings = {"host": HOST, "port": smtp.port, "security": "none", "per_minute": 60_000}
        postbox = Postbox(SmtpSettings.model_validate(settings))
        admin = await asyncpg.connect(postgres.url_of("postgres", name))
        parts = parts_of(client, database, lambda _: None)
        stage = Stage(parts, admin, postbox, asyncio.get_running_loop())
        await stage.start_worker()
        yield stage
        await stage.stop_worker()
        await admin.close()
        await postbox.close()


@contextmanager
def staged(postgres: PostgresServer, template: str) -> Iterator[Stage]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="always true", daemon=True)
    thread.start()

    def run(step: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(step, loop).result(A_STEP)

    serving = _serving(postgres, template)
    try:
        yield run(serving.__aenter__())
    finally:
        run(serving.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
