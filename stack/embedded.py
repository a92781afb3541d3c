"""Everything the service needs on one machine: Temporal with its Web UI, PostgreSQL, a mail catcher."""

import fcntl
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from stack.failure import StackFailure
from stack.mail_catcher import MailCatcher, mail_catcher
from stack.memory import memory
from stack.ports import is_taken
from stack.postgres import PostgresServer, postgres_server
from stack.temporal import Say, TemporalOptions, TemporalServer, temporal_server

# For data that nobody keeps and that grows by a year in minutes: no commit waits for a disk, and the planner hears of it soon.
SHORT_LIVED: Mapping[str, str] = {"fsync": "off", "autovacuum_naptime": "2s"}


@dataclass(frozen=True)
class Ports:
    """0: any free one."""

    temporal: int = 0
    temporal_ui: int = 0
    smtp: int = 0
    mail_page: int = 0


WELL_KNOWN = Ports(temporal=7233, temporal_ui=8233, smtp=1025, mail_page=8025)


@dataclass(frozen=True)
class Stack:
    temporal: TemporalServer
    postgres: PostgresServer
    mail: MailCatcher


@asynccontextmanager
async def embedded_stack(
    say: Say,
    *,
    folder: Path | None = None,
    ports: Ports = Ports(),
    search_attributes: Mapping[str, str],
    dynamic_config: Mapping[str, object] | None = None,
) -> AsyncIterator[Stack]:
    """A running stack; all of it is stopped at the end of the block. No folder: everything is gone then.

    Raises StackFailure with a sentence when a part can't run.
    """
    _refuse_taken(ports)
    async with AsyncExitStack() as running:
        data = folder or Path(
            running.enter_context(
                tempfile.TemporaryDirectory(prefix="bluepals-", dir=memory(), ignore_cleanup_errors=True)
            )
        )
        data.mkdir(parents=True, exist_ok=True)
        running.enter_context(_to_itself(data))
        data.chmod(0o755)  # PostgreSQL runs as a user of its own when this is root.
        say("starting PostgreSQL")
        postgres = await running.enter_async_context(
            postgres_server(data / "postgres", None if folder else SHORT_LIVED)
        )
        mail = await running.enter_async_context(mail_catcher(ports.smtp, ports.mail_page))
        say("starting Temporal")
        options = TemporalOptions(
            search_attributes=search_attributes,
            file=folder / "temporal.db" if folder else None,
            port=ports.temporal,
            ui_port=ports.temporal_ui,
            dynamic_config=dynamic_config or {},
        )
        temporal = await running.enter_async_context(temporal_server(options, say))
        yield Stack(temporal, postgres, mail)


def _refuse_taken(ports: Ports) -> None:
    """Before anything is started."""
    for name, number in asdict(ports).items():
        if number and is_taken(number):
            raise StackFailure(
                f"Port {number} ({name}) is in use. If a stack of this program runs already, use that one or stop it "
                "with Ctrl-C; otherwise end what holds the port."
            )


@contextmanager
def _to_itself(folder: Path) -> Iterator[None]:
    """A second stack over the same folder would share, and then stop, the first one's servers."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackFailure(
                f"A stack of this program runs already over {folder}. Use that one, or stop it with Ctrl-C."
            ) from None
        yield
