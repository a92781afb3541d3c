"""PostgreSQL in a folder of its own: what was left there by a server that died, or by another version."""

import asyncio
import sys
from pathlib import Path

import asyncpg
import pytest

from stack.failure import StackFailure
from stack.postgres import PostgresServer, postgres_server
from tests.stack import processes


async def ask(server: PostgresServer, *statements: str) -> object:
    """What the last one comes to."""
    admin = await asyncpg.connect(server.admin_url)
    try:
        for statement in statements:
            answer: object = await admin.fetchval(statement)
    finally:
        await admin.close()
    return answer


async def a_dead_process() -> int:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await process.wait()
    return process.pid


def with_number(pid_file: str, process_id: int) -> str:
    _, *others = pid_file.splitlines(keepends=True)
    return f"{process_id}\n{''.join(others)}"


async def test_the_pid_file_that_a_dead_server_left_is_no_obstacle(used_before: Path):
    pid_file = used_before / "postgres" / "postmaster.pid"
    async with postgres_server(pid_file.parent) as server:
        await ask(server, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('committed')")
        living = pid_file.read_text()
    left = with_number(living, await a_dead_process())
    pid_file.write_text(left)
    async with postgres_server(pid_file.parent) as server:
        assert await ask(server, "SELECT word FROM kept") == "committed"
        assert pid_file.read_text() != left
    assert processes.of(used_before) == []
    assert not pid_file.exists()


async def test_data_of_an_older_version_is_refused_in_a_sentence_and_left_as_it_is(folder: Path):
    data = folder / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(StackFailure) as refused:
        async with postgres_server(data):
            pass
    assert str(refused.value) == (
        f"PostgreSQL could not start over {data}: RuntimeError. "
        "If nothing in there is needed, remove the folder (`make clean`) and run this again."
    )
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


async def test_a_file_where_the_folder_should_be_is_refused_in_a_sentence(folder: Path):
    (folder / "postgres").write_text("no folder")
    with pytest.raises(StackFailure, match=r"^PostgreSQL could not start over .*/postgres: "):
        async with postgres_server(folder / "postgres"):
            pass
