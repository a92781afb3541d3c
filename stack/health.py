"""Waiting until a program that was started answers on its health page."""

import asyncio
import urllib.error
import urllib.request

from stack.failure import StackFailure

PATIENCE = 60.0  # seconds


async def healthy(url: str, name: str, process: asyncio.subprocess.Process) -> None:
    """Raises StackFailure when the program ends, or does not answer in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(_answers, url):
                if process.returncode is not None:
                    raise StackFailure(f"The {name} stopped while it was starting; its log says why.")
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise StackFailure(f"The {name} does not answer; its log says why.") from None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False
