"""The Temporal server on one machine: found on PATH, built before, downloaded by the SDK, or built with Go."""

import asyncio
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from stack.failure import StackFailure
from stack.ports import LOOPBACK, free_port, is_taken
from stack.process import running

SOURCE = Path(__file__).parent / "temporal_server"
CACHE = Path(os.environ.get("BLUEPALS_CACHE", Path.home() / ".cache" / "blue-pals"))
NAMESPACE = "default"
CLI_VERSION = "v1.9.1"

# Virtual clocks: workflows may skip time, and a skip takes a tenth of a second.
VIRTUAL_CLOCKS: Mapping[str, object] = {
    "frontend.WorkflowTimeSkippingEnabled": True,
    "history.timerProcessorMaxTimeShift": "100ms",
    "history.workflowIdReuseMinimalInterval": "0s",
}

Say = Callable[[str], None]


@dataclass(frozen=True)
class TemporalOptions:
    """How to run the server. No file: in memory, gone at the end. Ports of 0 are chosen."""

    search_attributes: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None
    port: int = 0
    ui_port: int = 0
    dynamic_config: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class TemporalServer:
    address: str
    ui: str
    process_id: int


async def executable(say: Say) -> Path:
    """The server's program; fetched or built first where that is needed.

    Raises StackFailure when there is no way to one.
    """
    if on_path := shutil.which("temporal"):
        return Path(on_path)
    built = _built_path()
    if built.exists():
        return built
    if downloaded := await _downloaded(say):
        return downloaded
    await asyncio.to_thread(_build, built, say)
    return built


async def _downloaded(say: Say) -> Path | None:
    """The Temporal CLI, where the machine may download it; the SDK does so by itself."""
    folder = CACHE / f"temporal-cli-{CLI_VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        say("looking for a Temporal server to download")
        try:
            async with asyncio.timeout(180):
                environment = await WorkflowEnvironment.start_local(
                    download_dest_dir=str(folder), dev_server_download_version=CLI_VERSION
                )
                await environment.shutdown()
        except (RuntimeError, TimeoutError):
            return None
    return next((file for file in folder.iterdir() if os.access(file, os.X_OK)), None)


def _built_path() -> Path:
    sources = b"".join((SOURCE / name).read_bytes() for name in ("main.go", "go.mod", "go.sum"))
    return CACHE / f"temporal-server-{hashlib.sha256(sources).hexdigest()[:12]}" / "temporal-server"


def _build(target: Path, say: Say) -> None:
    go = shutil.which("go")
    if go is None:
        raise StackFailure(
            "There is no Temporal server here. Install the Temporal CLI (temporal) or Go 1.26 or later, and run this again."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"unfinished-{os.getpid()}")
    say("building the Temporal server, about 7 minutes, once")
    result = subprocess.run(
        [go, "build", "-o", unfinished, "."], cwd=SOURCE, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        last = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise StackFailure(
            f"Go could not build the Temporal server: {last} Install the Temporal CLI instead."
        )
    unfinished.replace(target)


@asynccontextmanager
async def temporal_server(options: TemporalOptions, say: Say) -> AsyncIterator[TemporalServer]:
    """A running server; it is stopped at the end of the block."""
    program = await executable(say)
    port, ui_port = options.port or free_port(), options.ui_port or free_port()
    for number in (port, ui_port):
        if is_taken(number):
            raise StackFailure(
                f"Port {number} is in use, perhaps by another stack of this program. Stop that one first."
            )
    if options.file and options.file.exists():
        await asyncio.to_thread(_forget_dead_hosts, options.file)
    async with running([program, *_arguments(options, port, ui_port)]) as process:
        await _answering(f"{LOOPBACK}:{port}", process)
        yield TemporalServer(f"{LOOPBACK}:{port}", f"http://{LOOPBACK}:{ui_port}", process.pid)


def _forget_dead_hosts(file: Path) -> None:
    """A server that was killed stays on its own list of hosts, and the next one would pass tasks on to it for a minute."""
    with closing(sqlite3.connect(file)) as database, database, suppress(sqlite3.OperationalError):
        database.execute("DELETE FROM cluster_membership")


def _arguments(options: TemporalOptions, port: int, ui_port: int) -> Iterable[str]:
    yield from ("server", "start-dev", "--ip", LOOPBACK, "--port", str(port), "--ui-port", str(ui_port))
    yield from ("--namespace", NAMESPACE, "--log-level", "error")
    if options.file:
        yield from ("--db-filename", str(options.file))
    for name, kind in options.search_attributes.items():
        yield from ("--search-attribute", f"{name}={kind}")
    for key, value in options.dynamic_config.items():
        yield from ("--dynamic-config-value", f"{key}={json.dumps(value)}")


async def _answering(address: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(60):
        while True:
            if process.returncode is not None:
                raise StackFailure(
                    "The Temporal server stopped while it was starting. Its data may be from another version: "
                    "run `make clean` to begin anew."
                )
            try:
                client = await Client.connect(address, namespace=NAMESPACE)
                await client.count_workflows()
            except (RuntimeError, RPCError):
                await asyncio.sleep(0.1)
            else:
                return
