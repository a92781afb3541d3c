"""PostgreSQL in a folder of its own: what was left there by a server that died, or by another version."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from stack.failure import StackFailure
from stack.postgres import PostgresServer, postgres_server
from stack.process import running
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
    (pid_file.parent / ".handle_pids.json").write_text("[12, ")
    async with postgres_server(pid_file.parent) as server:
        assert await ask(server, "SELECT word FROM kept") == "committed"
        assert pid_file.read_text() != left
    assert processes.of(used_before) == []
    assert not pid_file.exists()


async def test_a_program_that_has_by_now_the_number_in_a_left_pid_file_is_not_taken_for_the_server(
    used_before: Path,
):
    pid_file = used_before / "postgres" / "postmaster.pid"
    async with postgres_server(pid_file.parent):
        living = pid_file.read_text()
    async with running([sys.executable, "-c", "import time; time.sleep(600)"]) as stranger:
        pid_file.write_text(with_number(living, stranger.pid))
        async with postgres_server(pid_file.parent) as server:
            assert await ask(server, "SELECT 1") == 1
        assert processes.is_running(stranger.pid), "it was stopped in the server's place"


async def test_a_pid_file_that_was_copied_from_another_folder_does_not_lead_to_that_one(
    used_before: Path, folder: Path
):
    async with postgres_server(used_before / "postgres") as other:
        (folder / "postgres").mkdir()
        (folder / "postgres" / "postmaster.pid").write_text((other.folder / "postmaster.pid").read_text())
        async with postgres_server(folder / "postgres") as server:
            assert await ask(server, "SHOW data_directory") == str(server.folder)
        assert await ask(other, "SELECT 1") == 1


async def test_the_end_of_a_server_that_was_killed_is_no_error(folder: Path):
    async with postgres_server(folder / "postgres") as server:
        os.kill(int((server.folder / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        await processes.until(lambda: processes.of(folder) == [])


async def test_a_start_that_is_cancelled_is_waited_for_and_leaves_nothing_running(folder: Path):
    async def start() -> None:
        async with postgres_server(folder / "postgres"):
            pytest.fail("it was cancelled before")

    starting = asyncio.create_task(start())
    await processes.until(lambda: processes.of(folder) != [])
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert processes.of(folder) == []


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


@pytest.mark.parametrize("version", ["", "x\n"])
async def test_damaged_data_is_refused_in_a_sentence(folder: Path, version: str):
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text(version)
    with pytest.raises(StackFailure, match=r"^PostgreSQL could not start over .*/postgres: ValueError\."):
        async with postgres_server(folder / "postgres"):
            pass


async def test_after_a_start_that_failed_the_next_one_begins_anew(folder: Path):
    letter = folder / "letter.txt"
    letter.write_text("PostgreSQL makes no data beside others' files")
    with pytest.raises(StackFailure, match=r"^PostgreSQL could not start over .*: CalledProcessError\."):
        async with postgres_server(folder):
            pass
    letter.unlink()
    async with postgres_server(folder) as server:
        assert await ask(server, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["a+b-50%-José", "deep" * 25])
async def test_a_path_may_be_deep_and_have_signs_that_mean_something_in_a_url(folder: Path, name: str):
    async with postgres_server(folder / name) as server:
        assert await ask(server, "SHOW data_directory") == str(folder / name)


@pytest.mark.parametrize("name", ["with space", "a&b", "it's", "a,b", "a$HOME"])
async def test_a_path_that_postgresql_can_not_be_given_is_refused_in_a_sentence(folder: Path, name: str):
    with pytest.raises(StackFailure) as refused:
        async with postgres_server(folder / name):
            pass
    assert str(refused.value) == (
        f"PostgreSQL can't run in {folder / name}: its path may have no space, comma, quote, or sign that means "
        "something to a shell. Move it and run this again."
    )
    assert not (folder / name).exists()


async def test_a_file_where_the_folder_should_be_is_refused_in_a_sentence(folder: Path):
    (folder / "postgres").write_text("no folder")
    with pytest.raises(StackFailure, match=r"^PostgreSQL could not start over .*/postgres: "):
        async with postgres_server(folder / "postgres"):
            pass
