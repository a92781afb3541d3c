"""A program that runs beside this one, and ends with it."""

import asyncio
import ctypes
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import IO

PATIENCE = 30.0  # seconds
PR_SET_PDEATHSIG = 1


@asynccontextmanager
async def running(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    patience: float = PATIENCE,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program, until the end of the block: told to stop then, and killed when it does not. No log: silent.

    `patience`: seconds in which it may finish what it has begun.
    """
    async with AsyncExitStack() as opened:
        output: IO[bytes] | int = asyncio.subprocess.DEVNULL
        if log is not None:
            output = opened.enter_context(log.open("ab"))
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches us, and we stop it in order.
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        try:
            yield process
        finally:
            await _stop(process, patience)


def _end_with_parent() -> None:
    """Should we be killed, nothing is left behind (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


async def _stop(process: asyncio.subprocess.Process, patience: float) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), patience)
    except TimeoutError:
        process.kill()
        await process.wait()
