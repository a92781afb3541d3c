"""A real browser at the desk of a small town. Pictures of what it showed are in out/desk/, for a person to look at."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, async_playwright

from desk.app import app
from stack.ports import LOOPBACK, free_port
from stack.postgres import PostgresServer
from tests.browser.running import RunningTown, running
from tests.browser.screen import Place, Screen
from tests.desk.town import Town, small_town

PICTURES = Path("out/desk")
HOW_TO = "Chromium is not on this machine. On Debian: apt-get install chromium-headless-shell"

Enter = Callable[..., Awaitable[Screen]]


class Announced(uvicorn.Server):
    """It says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answers.set()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    found = (
        shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    if found is None:
        pytest.skip(HOW_TO)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def town(chromium: Browser, postgres: PostgresServer, begun_town: str) -> AsyncIterator[Town]:
    async with served_town(postgres, begun_town) as town:
        yield town


@asynccontextmanager
async def served_town(postgres: PostgresServer, begun_town: str, **others: object) -> AsyncIterator[Town]:
    """Its desk answers on a port of its own. `others`: of its settings."""
    port = free_port()
    url = f"http://localhost:{port}"  # A name: a passkey is bound to one.
    async with (
        small_town(postgres, begun_town, url, **others) as town,
        _served(town, port),
    ):
        yield town


@asynccontextmanager
async def _served(town: Town, port: int) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app(town.parts), LOOPBACK, port, log_config=None, lifespan="off", access_log=False
    )
    server = Announced(config)
    serving = asyncio.create_task(server._serve())
    await server.answers.wait()
    yield
    server.should_exit = True
    await serving


@pytest.fixture
async def screens(chromium: Browser, town: Town) -> AsyncIterator[Enter]:
    """A device of somebody's: `await screens()`; `scripts=False` turns JavaScript off."""
    async with devices(chromium, town) as device:
        yield device


@pytest.fixture
async def running_town(
    chromium: Browser, postgres: PostgresServer, template: str, tmp_path: Path
) -> AsyncIterator[RunningTown]:
    """Where Temporal, a worker and the desk run as processes of their own."""
    async with running(postgres, template, tmp_path) as town:
        yield town


@pytest.fixture
async def running_screens(chromium: Browser, running_town: RunningTown) -> AsyncIterator[Enter]:
    async with devices(chromium, running_town) as device:
        yield device


@asynccontextmanager
async def devices(chromium: Browser, town: Place) -> AsyncIterator[Enter]:
    contexts = []

    async def device(*, scripts: bool = True, width: int = 1280) -> Screen:
        context = await chromium.new_context(
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            base_url=town.parts.office.links.desk,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Screen(town, await context.new_page(), PICTURES, has_scripts=scripts)

    yield device
    for context in contexts:
        await context.close()
