"""A year as `starter.py rehearse` plays it, in a process of its own: what it said, and what it wrote."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands.shell import ERROR_REPORT
from tests.stack.folders import open_folder

ROOT = Path(__file__).parents[2]
TOWN = Path(__file__).parent / "town"
PATIENCE = 600.0  # seconds; a year takes about 15, an eventful one twice as long


@dataclass(frozen=True)
class Rehearsal:
    """`lasting`: the report without the seconds that it took."""

    status: int | None
    said: str
    report: Mapping[str, Any]
    page: str

    @property
    def lasting(self) -> dict[str, Any]:
        return {key: value for key, value in self.report.items() if key != "seconds"}


async def rehearsed(here: Path, arguments: Sequence[str]) -> Rehearsal:
    """In `here`, which gets all of its files, the servers' as well."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "starter.py"), "rehearse", *arguments),
        *("--report", "made/for/it/report.json"),
        cwd=here,
        env={**os.environ, "TMPDIR": str(here), "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
    report = here / "made/for/it/report.json"
    assert report.exists(), said.decode() + _fault_of_the_program(here)
    page = here / "out/rehearsal/index.html"
    return Rehearsal(
        process.returncode, said.decode(), json.loads(report.read_text()), page.read_text("utf-8")
    )


async def rehearsed_town(preset: str, seed: int) -> Rehearsal:
    """So few people have so much happen to them only by rates of their own."""
    with open_folder() as here:
        shutil.copytree(TOWN, here / "town")
        arguments = ("town", "--preset", preset, "--rates", "town/rates.toml", "--seed", str(seed))
        async with asyncio.timeout(PATIENCE):
            return await rehearsed(here, arguments)


def _fault_of_the_program(here: Path) -> str:
    """What people are not shown, and whoever mends it needs."""
    told = here / ERROR_REPORT
    return told.read_text("utf-8") if told.exists() else ""
