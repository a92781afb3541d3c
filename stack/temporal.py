"""The Temporal server on one machine: found on PATH, built before, downloaded by the SDK, or built with Go."""

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

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
PATIENCE = 60.0  # seconds
STARTS = 5  # With its own services, the server chooses a dozen ports.
TO_FINISH, IN_MEMORY = 30.0, 1.0  # seconds to stop in: a server in memory has nothing to keep

# Virtual clocks: workflows may skip time, and a skip takes some hundredths of a second.
VIRTUAL_CLOCKS: Mapping[str, object] = {
    "frontend.WorkflowTimeSkippingEnabled": True,
    "history.timerProcessorMaxTimeShift": "10ms",
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


class StoppedWhileStarting(StackFailure):
    """The server ended by itself before it answered."""


class PortWasTaken(StoppedWhileStarting):
    """Another program took a port between the moment it was chosen and the one it was listened on."""


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
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Several that start at once: one builds, the others wait.
        if not target.exists():
            _build_with(go, target, say)


def _build_with(go: str, target: Path, say: Say) -> None:
    unfinished = target.with_name("unfinished")
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
    """A running server; it is stopped at the end of the block. Raises StackFailure when it can't start."""
    program = await executable(say)
    async with AsyncExitStack() as opened:
        yield await _on_free_ports(opened, program, options)


async def _on_free_ports(opened: AsyncExitStack, program: Path, options: TemporalOptions) -> TemporalServer:
    for _ in range(STARTS - 1):
        with suppress(PortWasTaken):
            return await opened.enter_async_context(_serving(program, options))
    return await opened.enter_async_context(_serving(program, options))


def _forget_dead_hosts(file: Path) -> None:
    """A server that was killed stays on its own list of hosts, and the next one would pass tasks on to it for a minute."""
    try:
        with closing(sqlite3.connect(file)) as database, database, suppress(sqlite3.OperationalError):
            database.execute("DELETE FROM cluster_membership")
    except sqlite3.DatabaseError as error:
        raise StackFailure(
            f"{file} can't be read: {error}. If nothing in it is needed, run `make clean` to begin anew."
        ) from error


@asynccontextmanager
async def _serving(program: Path, options: TemporalOptions) -> AsyncIterator[TemporalServer]:
    port, ui_port = options.port or free_port(), options.ui_port or free_port()
    for number in (port, ui_port):
        if is_taken(number):
            raise StackFailure(
                f"Port {number} is in use, perhaps by another stack of this program. Stop that one first."
            )
    address = f"{LOOPBACK}:{port}"
    old_data = options.file if options.file and options.file.exists() else None
    if old_data:
        await asyncio.to_thread(_forget_dead_hosts, old_data)
    with NamedTemporaryFile("r", prefix="bluepals-temporal-", encoding="utf-8", errors="replace") as log:
        command, patience = _arguments(options, port, ui_port), TO_FINISH if options.file else IN_MEMORY
        async with running([program, *command], log=Path(log.name), patience=patience) as process:
            if not await _answering(address, process):
                raise _stopped(log.read(), old_data)
            yield TemporalServer(address, f"http://{LOOPBACK}:{ui_port}", process.pid)


def _stopped(said: str, old_data: Path | None) -> StoppedWhileStarting:
    last = _without_its_frame((said.strip().splitlines() or ["nothing"])[-1])
    advice = " Its data may be from another version: run `make clean` to begin anew." if old_data else ""
    why = f'The Temporal server stopped while it was starting. Its last words: "{last}".{advice}'
    return PortWasTaken(why) if "address already in use" in last else StoppedWhileStarting(why)


def _without_its_frame(line: str) -> str:
    """The server logs JSON with a stack trace, and ends with plain text."""
    with suppress(ValueError):
        match json.loads(line):
            case {"msg": what, "error": why}:
                return f"{what}: {why}"
    return line


def _arguments(options: TemporalOptions, port: int, ui_port: int) -> Iterable[str]:
    yield from ("server", "start-dev", "--ip", LOOPBACK, "--port", str(port), "--ui-port", str(ui_port))
    yield from ("--namespace", NAMESPACE, "--log-level", "error")
    if options.file:
        yield from ("--db-filename", str(options.file))
    for name, kind in options.search_attributes.items():
        yield from ("--search-attribute", f"{name}={kind}")
    for key, value in options.dynamic_config.items():
        yield from ("--dynamic-config-value", f"{key}={json.dumps(value)}")


async def _answering(address: str, process: asyncio.subprocess.Process) -> bool:
    """False when it has ended instead: whoever answers then is another one."""
    answered, ended = asyncio.ensure_future(_answer(address)), asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait({answered, ended}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            return False
        if answered.done():
            answered.result()
            return True
    finally:
        answered.cancel()
        ended.cancel()
    raise StackFailure(
        "The Temporal server runs but does not answer. Run this again when the machine has less to do."
    )


async def _answer(address: str) -> None:
    while True:
        try:
            client = await Client.connect(address, namespace=NAMESPACE)
            await client.count_workflows()
        except (RuntimeError, RPCError):
            await asyncio.sleep(0.1)
        else:
            return
