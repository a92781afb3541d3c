"""What every command shares: the service's parts, an answer for people or as JSON, and errors in a sentence."""

import asyncio
import json
import os
import signal
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import date
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import asyncpg
import typer
from rich.console import Console
from rich.table import Column
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from bluepals.domain.refusals import Refused
from bluepals.store import programs
from bluepals.store.content import ContentUnreadable
from bluepals.store.database import Scope
from service.asking import sentence_of
from service.connection import connect
from service.parts import Parts, assembled
from service.start import SettingsWrong, settings
from stack.failure import StackFailure

DEV_ENVIRONMENT = Path("build/dev.env")
ERROR_REPORT = Path("build/last-error.txt")

AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON instead of text; docs/formats.md has the shapes.")
]
ProgramId = Annotated[
    str, typer.Argument(metavar="PROGRAM", help="The program's id, as in its program.toml.")
]

# What is between square brackets or colons in somebody's name is no markup.
out = Console(markup=False, emoji=False)
err = Console(stderr=True, markup=False, emoji=False)


def ids(header: str) -> Column:
    """A table's column whose ids are never cut, however narrow the window: people copy them."""
    return Column(header, width=36)


class Exit(IntEnum):
    DONE = 0
    RULE_BROKEN = 1
    WRONG_USAGE = 2
    REFUSED = 3
    SERVICE_AWAY = 4
    BUG = 70
    STOPPED = 130


class ServiceAway(Exception):
    """Temporal or PostgreSQL is not to be reached; the message says which and what to do."""


def run(work: Coroutine[Any, Any, Any]) -> None:
    """Do it, and turn whatever goes wrong into a sentence and an exit status."""
    _use_dev_stack()
    try:
        asyncio.run(_until_told_to_stop(work))
    except typer.Exit:  # It is an exception of Python's too; the work has said its own status.
        raise
    except (KeyboardInterrupt, asyncio.CancelledError):
        _leave("Stopped.", Exit.STOPPED)
    except Exception as error:  # noqa: BLE001 - a person gets a sentence, whoever mends it the whole story
        _leave(*_explained(error))


def _explained(error: Exception) -> tuple[str, Exit]:
    if isinstance(error, RPCError):
        return _said_by_temporal(error)
    if sentence := _refused(error):
        return sentence, Exit.REFUSED
    if sentence := _away(error):
        return sentence, Exit.SERVICE_AWAY
    return f"This is a fault of the program. Please report it with {_error_report()}.", Exit.BUG


def _refused(error: Exception) -> str | None:
    match error:
        case Refused():
            return str(error)
        case LookupError() if (
            type(error) is LookupError
        ):  # A KeyError has no sentence: it is a fault of ours.
            return str(error)
        case WorkflowUpdateFailedError():
            return sentence_of(error)
        case UnicodeEncodeError() | asyncpg.DataError(__cause__=UnicodeEncodeError()):
            return "Something in this line is no UTF-8 text. Set the terminal to UTF-8, and type it again."
        case OSError() if error.filename:
            return f"{error.filename} can't be used: {error.strerror}."
    return None


def _away(error: Exception) -> str | None:
    match error:
        case StackFailure() | ServiceAway() | ContentUnreadable():
            return str(error)
        case SettingsWrong():
            return f"{error} Or start `make dev` first."
        case WorkflowUpdateRPCTimeoutOrCancelledError():
            return "No worker answers. Start one (`make dev`, or worker.py) and run this again: it is safe to repeat."
        case (
            asyncpg.UndefinedTableError() | asyncpg.UndefinedColumnError() | asyncpg.UndefinedFunctionError()
        ):
            return "The database is older than this release. Bring it up to date: starter.py migrate"
        case (
            asyncpg.PostgresConnectionError() | asyncpg.InterfaceError() | ConnectionError() | TimeoutError()
        ):
            return "The connection to PostgreSQL was lost. Run this again: it is safe to repeat."
    return None


def _error_report() -> str:
    """Where the whole story stands; where nothing may be written, what is shown instead of it."""
    story = traceback.format_exc()
    try:
        ERROR_REPORT.parent.mkdir(parents=True, exist_ok=True)
        ERROR_REPORT.write_text(story, "utf-8")
    except OSError:
        return f"this line: {story.splitlines()[-1]}"
    return str(ERROR_REPORT)


async def _until_told_to_stop(work: Coroutine[Any, Any, Any]) -> None:
    """Ctrl-C and SIGTERM cancel the work, so that whatever it has started is stopped in order."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


def _said_by_temporal(error: RPCError) -> tuple[str, Exit]:
    if error.status is RPCStatusCode.NOT_FOUND and "amespace" in error.message:
        return f"{error.message} Check TEMPORAL_NAMESPACE.", Exit.SERVICE_AWAY
    if error.status is RPCStatusCode.NOT_FOUND:
        return (
            "There is no such workflow. Start the program's years first: starter.py open PROGRAM",
            Exit.REFUSED,
        )
    return (
        f"Temporal did not answer ({error.status.name}). Does it run, and a worker with it?",
        Exit.SERVICE_AWAY,
    )


def _leave(sentence: str, status: Exit) -> NoReturn:
    err.print(sentence, style="bold red" if status else "", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(status)


def _use_dev_stack() -> None:
    """The stack of `make dev`, unless the environment names another one."""
    if "BLUEPALS_DATABASE_URL" not in os.environ and DEV_ENVIRONMENT.exists():
        for line in DEV_ENVIRONMENT.read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            os.environ.setdefault(name, value)


async def client() -> Client:
    """Raises ServiceAway."""
    try:
        return await connect()
    except RuntimeError:  # The SDK's own for a server that can't be reached.
        raise ServiceAway(
            "Temporal does not answer. Start it (`make dev`), or check TEMPORAL_ADDRESS."
        ) from None


@contextmanager
def reaching_postgres() -> Iterator[None]:
    """Around connecting. Raises ServiceAway."""
    try:
        yield
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as away:
        raise ServiceAway(
            f"PostgreSQL does not answer ({type(away).__name__}). Start it (`make dev`), or check BLUEPALS_DATABASE_URL."
        ) from None


@asynccontextmanager
async def parts() -> AsyncIterator[Parts]:
    """The service's parts, for one command. Raises ServiceAway and SettingsWrong."""
    async with AsyncExitStack() as opened:
        found = settings()
        temporal = await client()
        with reaching_postgres():
            assembled_parts = await opened.enter_async_context(assembled(found, temporal))
        yield assembled_parts


@asynccontextmanager
async def parts_of(program: str) -> AsyncIterator[Parts]:
    """The parts, for a command about one program. Raises LookupError with a sentence when it has not been imported."""
    async with parts() as service:
        async with service.database.transaction(Scope.whole(program)) as connection:
            await programs.load(connection)
        yield service


def answer(value: object, as_json: bool, show: Callable[[], None]) -> None:
    """As JSON on standard output, or as `show` prints it."""
    if as_json:
        typer.echo(json.dumps(value, default=_plain, indent=2))
    else:
        show()


def say(sentence: str) -> None:
    """In one line, however narrow the window: people copy the command that it names."""
    out.print(sentence, markup=False, highlight=False, soft_wrap=True)


def print_item(sentence: str, how: str | None = None) -> None:
    """One of a list, and below it the command that answers it."""
    out.print(f"- {sentence}", markup=False, highlight=False)
    if how:
        say(f"  {how}")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
