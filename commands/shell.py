"""What every command shares: the service's parts, an answer for people or as JSON, and errors in a sentence."""

import asyncio
import json
import os
import signal
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import asyncpg
import typer
from pydantic import ValidationError
from rich.console import Console
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import FailureError
from temporalio.service import RPCError, RPCStatusCode

from bluepals.domain.letters import LetterRefused
from bluepals.paper.pages import PagesRefused
from bluepals.settings import Settings
from bluepals.store import programs
from bluepals.store.database import Scope
from bluepals.store.letters import NotTaken
from bluepals.store.migrate import MigrationRefused
from service.connection import connect
from service.parts import Parts, assembled
from stack.failure import StackFailure

DEV_ENVIRONMENT = Path("build/dev.env")
ERROR_REPORT = Path("build/last-error.txt")

AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON instead of text; docs/formats.md has the shapes.")
]
ProgramId = Annotated[
    str, typer.Argument(metavar="PROGRAM", help="The program's id, as in its program.toml.")
]

out = Console()
err = Console(stderr=True)


class Exit(IntEnum):
    DONE = 0
    RULE_BROKEN = 1
    WRONG_USAGE = 2
    REFUSED = 3
    SERVICE_AWAY = 4
    BUG = 70


class Refused(Exception):
    """The input can't be taken; the message says why and what to do."""


class ServiceAway(Exception):
    """Temporal or PostgreSQL is not to be reached; the message says which and what to do."""


REFUSALS = (NotTaken, LetterRefused, PagesRefused, LookupError, Refused, MigrationRefused)
POSTGRES_AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, TimeoutError)


def run(work: Coroutine[Any, Any, Any]) -> None:
    """Do it, and turn whatever goes wrong into a sentence and an exit status."""
    _use_dev_stack()
    try:
        asyncio.run(_until_told_to_stop(work))
    except typer.Exit:  # It is an exception of Python's too; the work has said its own status.
        raise
    except REFUSALS as refused:
        _leave(str(refused), Exit.REFUSED)
    except WorkflowUpdateFailedError as refused:
        _leave(_sentence_of(refused), Exit.REFUSED)
    except ValidationError as missing:
        names = ", ".join(f"BLUEPALS_{error['loc'][0]}".upper() for error in missing.errors())
        _leave(f"{names}: not set. Start `make dev`, or see docs/settings.md.", Exit.SERVICE_AWAY)
    except (StackFailure, ServiceAway) as away:
        _leave(str(away), Exit.SERVICE_AWAY)
    except RPCError as error:
        _leave(*_said_by_temporal(error))
    except POSTGRES_AWAY as away:
        _leave(
            f"PostgreSQL does not answer ({type(away).__name__}). Start it (`make dev`), or check BLUEPALS_DATABASE_URL.",
            Exit.SERVICE_AWAY,
        )
    except (KeyboardInterrupt, asyncio.CancelledError):
        _leave("Stopped.", Exit.DONE)
    except Exception:  # noqa: BLE001 - a person gets a sentence, whoever mends it the whole story
        ERROR_REPORT.parent.mkdir(parents=True, exist_ok=True)
        ERROR_REPORT.write_text(traceback.format_exc(), "utf-8")
        _leave(f"This is a fault of the program. Please report it with {ERROR_REPORT}.", Exit.BUG)


def _sentence_of(refused: WorkflowUpdateFailedError) -> str:
    """What the workflow said, without the type that it gives its refusal."""
    cause = refused.cause
    return cause.message if isinstance(cause, FailureError) else str(cause)


async def _until_told_to_stop(work: Coroutine[Any, Any, Any]) -> None:
    """Ctrl-C and SIGTERM cancel the work, so that whatever it has started is stopped in order."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


def _said_by_temporal(error: RPCError) -> tuple[str, Exit]:
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
    err.print(sentence, style="bold red" if status else "", markup=False, highlight=False)
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


@asynccontextmanager
async def parts() -> AsyncIterator[Parts]:
    """The service's parts, for one command. Raises ServiceAway."""
    async with assembled(Settings(), await client()) as assembled_parts:
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
        out.print_json(json.dumps(value, default=str))
    else:
        show()
