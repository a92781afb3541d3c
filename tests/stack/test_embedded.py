"""The whole stack: it refuses what it would share, and whatever it has started ends with it."""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import asyncpg
import httpx
import pytest
from temporalio.client import Client

from commands.shell import Exit
from stack.embedded import Ports, Stack, embedded_stack
from stack.failure import StackFailure
from stack.ports import LOOPBACK, free_port, is_taken
from tests.stack import processes

ROOT = Path(__file__).parents[2]


def free_ports() -> Ports:
    return Ports(*(free_port() for _ in asdict(Ports())))


async def answers(stack: Stack) -> None:
    await Client.connect(stack.temporal.address)
    await (await asyncpg.connect(stack.postgres.admin_url)).close()
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=8)) as browser:
        assert (await browser.get(stack.temporal.ui)).status_code == 200
        assert (await browser.get(stack.mail.page)).status_code == 200


@pytest.mark.parametrize("name", asdict(Ports()))
async def test_a_port_in_use_is_told_before_anything_is_started(folder: Path, name: str):
    told: list[str] = []
    with socket.create_server((LOOPBACK, 0)) as other:
        port: int = other.getsockname()[1]
        ports = replace(free_ports(), **{name: port})
        with pytest.raises(StackFailure) as refused:
            async with embedded_stack(told.append, folder=folder / "data", ports=ports, search_attributes={}):
                pass
    assert str(refused.value) == (
        f"Port {port} ({name}) is in use. If a stack of this program runs already, use that one or stop it "
        "with Ctrl-C; otherwise end what holds the port."
    )
    assert told == []
    assert not (folder / "data").exists()


async def test_a_stack_answers_refuses_a_second_start_and_leaves_nothing_running(used_before: Path):
    told: list[str] = []
    ports = free_ports()
    (used_before / "temporal.db").unlink(missing_ok=True)
    async with embedded_stack(print, folder=used_before, ports=ports, search_attributes={}) as stack:
        await answers(stack)

        with pytest.raises(StackFailure, match="If a stack of this program runs already, use that one"):
            async with embedded_stack(told.append, folder=used_before, ports=ports, search_attributes={}):
                pass
        with pytest.raises(StackFailure) as refused:
            async with embedded_stack(told.append, folder=used_before, search_attributes={}):
                pass
        assert str(refused.value) == (
            f"A stack of this program runs already over {used_before}. Use that one, or stop it with Ctrl-C."
        )
        assert told == []

        await answers(stack)
    assert processes.of(used_before) == []
    assert [port for port in asdict(ports).values() if is_taken(port)] == []


async def test_when_temporal_can_not_start_the_others_are_stopped(used_before: Path):
    ports = free_ports()
    (used_before / "temporal.db").unlink(missing_ok=True)
    with closing(sqlite3.connect(used_before / "temporal.db")) as database, database:
        database.execute("CREATE TABLE executions (of_another_version TEXT)")
    with pytest.raises(StackFailure, match="The Temporal server stopped while it was starting"):
        async with embedded_stack(print, folder=used_before, ports=ports, search_attributes={}):
            pass
    assert processes.of(used_before) == []
    assert not is_taken(ports.smtp)


@pytest.mark.parametrize("moment", ["starting PostgreSQL", "starting Temporal"])
async def test_a_rehearsal_that_is_stopped_while_it_starts_says_so_and_leaves_neither_processes_nor_data(
    folder: Path, moment: str
):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "starter.py"), "rehearse", str(ROOT / "examples/small")),
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while moment.encode() not in (line := await process.stdout.readline()):
            assert line, "it ended by itself"
        process.send_signal(signal.SIGTERM)
        said = await process.stdout.read()
        assert await process.wait() == Exit.STOPPED
    assert said == b"Stopped.\n"
    assert processes.of(folder) == []
    assert not files_like("bluepals-*", folder)


def files_like(pattern: str, folder: Path) -> list[Path]:
    return list(folder.glob(pattern))
