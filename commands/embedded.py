"""The service on the embedded stack: the same worker and desk, with the settings that a district would make."""

import asyncio
import base64
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from commands.logins import logins
from commands.shell import DEV_ENVIRONMENT, out, parts, say
from stack.embedded import Stack
from stack.health import healthy
from stack.ports import LOOPBACK, free_port
from stack.process import running

ROOT = Path(__file__).parent.parent
DESK_PORT = 8000  # where people look for it; 0 in `environment`: any free one
ROLE, DATABASE = "bluepals_app", "postgres"

Environment = dict[str, str]


def new_keys() -> Environment:
    """Keys of this installation alone. Whoever loses them can't read the letters any more."""
    return {
        "BLUEPALS_MASTER_KEYS": f"first:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "BLUEPALS_LINK_KEY": secrets.token_urlsafe(32),
    }


def environment(stack: Stack, keys: Mapping[str, str], desk_port: int = 0) -> Environment:
    """What the service has to be told of these servers; docs/settings.md explains each name."""
    desk_port = desk_port or free_port()
    return {
        **keys,
        "TEMPORAL_ADDRESS": stack.temporal.address,
        "BLUEPALS_DATABASE_URL": stack.postgres.url_of(ROLE, DATABASE),
        "BLUEPALS_DATABASE_ADMIN_URL": stack.postgres.admin_url,
        "BLUEPALS_DESK_URL": f"http://localhost:{desk_port}",  # A name: browsers bind no passkey to a number.
        "BLUEPALS_DESK_PORT": str(desk_port),
        "BLUEPALS_HEALTH_PORT": str(free_port()),
        "BLUEPALS_TEMPORAL_METRICS_PORT": "0",
        "BLUEPALS_TEMPORAL_UI_URL": stack.temporal.ui,
        "BLUEPALS_LOG_FORMAT": "console",
        "BLUEPALS_SMTP_HOST": LOOPBACK,
        "BLUEPALS_SMTP_PORT": str(stack.mail.smtp_port),
        "BLUEPALS_SMTP_SECURITY": "none",
        "BLUEPALS_SMTP_FROM_ADDRESS": "pals@bluepals.example",
        "BLUEPALS_SMTP_PER_MINUTE": "60000",
    }


def write(file: Path, values: Mapping[str, str]) -> None:
    """Readable by their owner alone: keys are among them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.writelines(f"{name}={value}\n" for name, value in values.items())


async def left_running(stack: Stack, settings: Environment) -> None:
    """Until Ctrl-C or SIGTERM. Meanwhile other commands of the starter find these servers by themselves."""
    write(DEV_ENVIRONMENT, settings)
    out.print(f"Temporal Web UI  {stack.temporal.ui}", highlight=False)
    out.print(f"mail             {stack.mail.page}", highlight=False)
    say(
        f"desk             {settings['BLUEPALS_DESK_URL']}/PROGRAM; let in by starter.py enter PROGRAM PERSON"
    )
    try:
        with suppress(asyncio.CancelledError):
            await _print_logins(stack)
            await asyncio.Event().wait()
    finally:
        DEV_ENVIRONMENT.unlink(missing_ok=True)


async def _print_logins(stack: Stack) -> None:
    async with parts() as service_parts:
        admin = await asyncpg.connect(stack.postgres.admin_url)
        try:
            async for line in logins(service_parts.office, admin, stack.mail.page):
                say(line)
        finally:
            await admin.close()


@dataclass(frozen=True)
class Service:
    """A worker and a desk that answer."""

    worker: int  # process ids
    desk: int


@asynccontextmanager
async def service(settings: Mapping[str, str], logs: Path) -> AsyncIterator[Service]:
    """Worker and desk as processes of their own, until the end of the block. Raises StackFailure.

    `logs` is a folder that is there.
    """
    surroundings = {**os.environ, **settings}
    async with AsyncExitStack() as started:
        worker = await started.enter_async_context(
            running([sys.executable, ROOT / "worker.py"], environment=surroundings, log=logs / "worker.log")
        )
        desk = await started.enter_async_context(
            running(
                [sys.executable, "-m", "desk"],
                environment={**surroundings, "PYTHONPATH": str(ROOT)},
                log=logs / "desk.log",
            )
        )
        await healthy(
            f"http://{LOOPBACK}:{settings['BLUEPALS_HEALTH_PORT']}/health",
            f"worker ({logs}/worker.log)",
            worker,
        )
        await healthy(
            f"http://{LOOPBACK}:{settings['BLUEPALS_DESK_PORT']}/health", f"desk ({logs}/desk.log)", desk
        )
        yield Service(worker.pid, desk.pid)
