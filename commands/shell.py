"""What every command shares: the service's parts, an answer for people or as JSON, and errors in a sentence."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import asyncpg
import typer
from pydantic import ValidationError
from rich.console import Console
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from bluepals.domain.letters import LetterRefused
from bluepals.settings import Settings
from bluepals.store.letters import NotTaken
from service.connection import connect
from service.parts import Parts, assembled
from stack.failure import StackFailure

DEV_ENVIRONMENT = Path("build/dev.env")

AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON instead of text; docs/formats.md has the shapes.")
]
ProgramId = Annotated[
    str, typer.Option("--program", "-p", envvar="BLUEPALS_PROGRAM", help="The program's id.")
]

out = Console()
err = Console(stderr=True)


class Exit(IntEnum):
    DONE = 0
    RULE_BROKEN = 1
    WRONG_USAGE = 2
    REFUSED = 3
    SERVICE_AWAY = 4


class Refused(Exception):
    """The input can't be taken; the message says why and what to do."""


def run(work: Coroutine[Any, Any, Any]) -> None:
    """Do it, and turn whatever goes wrong into a sentence and an exit status."""
    _use_dev_stack()
    try:
        asyncio.run(work)
    except (NotTaken, LetterRefused, LookupError, Refused, asyncpg.CheckViolationError) as refused:
        _leave(str(refused), Exit.REFUSED)
    except WorkflowUpdateFailedError as refused:
        _leave(str(refused.cause), Exit.REFUSED)
    except ValidationError as missing:
        names = ", ".join(f"BLUEPALS_{error['loc'][0]}".upper() for error in missing.errors())
        _leave(
            f"Set {names} in the environment (docs/settings.md), or start `make dev` first.", Exit.WRONG_USAGE
        )
    except StackFailure as failure:
        _leave(str(failure), Exit.SERVICE_AWAY)
    except (RPCError, RuntimeError) as away:
        _leave(
            f"Temporal is not there or did not answer ({type(away).__name__}). Is it running?",
            Exit.SERVICE_AWAY,
        )
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, TimeoutError) as away:
        _leave(
            f"PostgreSQL is not there or did not answer ({type(away).__name__}). Is it running?",
            Exit.SERVICE_AWAY,
        )


def _leave(sentence: str, status: Exit) -> NoReturn:
    err.print(sentence, style="bold red", markup=False, highlight=False)
    raise typer.Exit(status)


def _use_dev_stack() -> None:
    """The stack of `make dev`, unless the environment names another one."""
    if "BLUEPALS_DATABASE_URL" not in os.environ and DEV_ENVIRONMENT.exists():
        for line in DEV_ENVIRONMENT.read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            os.environ.setdefault(name, value)


@asynccontextmanager
async def parts() -> AsyncIterator[Parts]:
    settings = Settings()
    async with assembled(settings, await connect()) as assembled_parts:
        yield assembled_parts


def answer(value: object, as_json: bool, show: Callable[[], None]) -> None:
    """As JSON on standard output, or as `show` prints it."""
    if as_json:
        out.print_json(json.dumps(value, default=str))
    else:
        show()
