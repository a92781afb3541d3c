"""What runs on this machine."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path


def is_running(process_id: int) -> bool:
    return any(number == process_id for number, _ in _processes())


def of(folder: Path) -> list[str]:
    """The command lines that name this folder, or something in it."""
    return [command for _, command in _processes() if str(folder) in command]


async def until(happened: Callable[[], bool]) -> None:
    """For what another program does, and nobody tells."""
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.01)


def _processes() -> list[tuple[int, str]]:
    """Without those that have ended and that nobody has asked for."""
    whole_lines = ["ps", "-ww", "-eo", "pid=,stat=,args="]
    listed = subprocess.run(whole_lines, capture_output=True, text=True, check=True)
    rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    return [(int(number), command) for number, state, command in rows if not state.startswith("Z")]
