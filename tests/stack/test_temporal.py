"""The Temporal server: which program is taken, and what is said when there is none or when it can't start."""

import asyncio
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from temporalio.client import Client

from stack import temporal
from stack.failure import StackFailure
from stack.ports import LOOPBACK, free_port
from stack.temporal import TemporalOptions, temporal_server

Told = list[str]


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without Temporal, without Go and without a way out, but for what a test puts into this folder of PATH."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(temporal, "CACHE", tmp_path / "cache")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{LOOPBACK}:{free_port()}")
    return programs


def put(program: Path, text: str = "") -> Path:
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return program


async def test_the_program_on_path_is_taken_first(bare: Path):
    put(temporal._built_path())
    on_path = put(bare / "temporal")
    assert await temporal.executable(print) == on_path


async def test_a_program_that_was_built_before_is_taken_without_asking_anybody(bare: Path):
    told: Told = []
    built = put(temporal._built_path())
    assert await temporal.executable(told.append) == built
    assert told == []


async def test_without_any_way_to_a_server_one_sentence_names_the_ways_out(bare: Path):
    with pytest.raises(StackFailure) as failed:
        await temporal.executable(print)
    assert str(failed.value) == (
        "There is no Temporal server here. Install the Temporal CLI (temporal) or Go 1.26 or later, and run this again."
    )


async def test_with_go_the_server_is_built_once(bare: Path):
    put(bare / "go", 'test "$1 $2 $4" = "build -o ." && echo built > "$3"')
    told: Told = []
    built = await temporal.executable(told.append)
    assert built.read_text() == "built\n"
    assert told[-1] == "building the Temporal server, about 7 minutes, once"
    assert await temporal.executable(told.append) == built
    assert told.count(told[-1]) == 1


async def test_of_two_that_start_at_once_one_builds_and_the_other_waits(bare: Path):
    put(bare / "go", '/bin/sleep 0.2 && echo built > "$3"')
    told: Told = []
    first, second = await asyncio.gather(temporal.executable(told.append), temporal.executable(told.append))
    assert first == second
    assert first.read_text() == "built\n"
    assert told.count("building the Temporal server, about 7 minutes, once") == 1


async def test_when_go_can_not_build_it_its_last_words_and_a_way_out_are_told(bare: Path):
    put(bare / "go", "echo downloading >&2; echo 'no such host.' >&2; exit 1")
    with pytest.raises(StackFailure) as failed:
        await temporal.executable(print)
    assert str(failed.value) == (
        "Go could not build the Temporal server: no such host. Install the Temporal CLI instead."
    )
    assert not temporal._built_path().exists()


@pytest.mark.parametrize(
    "options",
    [lambda port: TemporalOptions(port=port), lambda port: TemporalOptions(ui_port=port)],
    ids=["port", "ui_port"],
)
async def test_a_taken_port_is_refused_by_its_number(options: Callable[[int], TemporalOptions]):
    with socket.create_server((LOOPBACK, 0)) as other:
        port: int = other.getsockname()[1]
        with pytest.raises(StackFailure, match=rf"^Port {port} is in use"):
            async with temporal_server(options(port), print):
                pass


async def test_data_of_another_version_is_refused_with_what_to_do(tmp_path: Path):
    file = tmp_path / "temporal.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE schema_version (version INTEGER)")
        database.execute("CREATE TABLE executions (of_another_version TEXT)")
    with pytest.raises(StackFailure, match=r"stopped while it was starting.*`make clean`"):
        async with temporal_server(TemporalOptions(file=file), print):
            pass


async def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path):
    file = tmp_path / "temporal.db"
    file.write_bytes(b"no database" * 100)
    with pytest.raises(StackFailure) as refused:
        async with temporal_server(TemporalOptions(file=file), print):
            pass
    assert str(refused.value) == (
        f"{file} can't be read: file is not a database. "
        "If nothing in it is needed, run `make clean` to begin anew."
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("starting\nerror: no such option", "error: no such option"),
        ('{"msg":"No listener","error":"address in use","stacktrace":"..."}', "No listener: address in use"),
        ("", "nothing"),
    ],
)
async def test_the_last_words_of_a_server_that_stops_while_it_starts_are_told(
    bare: Path, tmp_path: Path, said: str, told: str
):
    put(bare / "temporal", f"echo '{said}' >&2; exit 1")
    with pytest.raises(StackFailure) as failed:
        async with temporal_server(TemporalOptions(file=tmp_path / "new.db"), print):
            pass
    assert str(failed.value) == (
        f'The Temporal server stopped while it was starting. Its last words: "{told}".'
    )


TAKEN = "Failed to start a listener: listen tcp 127.0.0.1:41331: bind: address already in use"


async def test_a_server_that_finds_a_port_taken_which_was_free_before_is_started_on_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    real = await temporal.executable(print)
    put(
        tmp_path / "temporal",
        f'echo "$@" >> "$0.starts"; [ -e "$0.tried" ] && exec {real} "$@"; : > "$0.tried"; echo "{TAKEN}"',
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    async with temporal_server(TemporalOptions(), print) as server:
        await Client.connect(server.address)
    first, second = (tmp_path / "temporal.starts").read_text().splitlines()
    assert first != second


async def test_a_server_that_finds_no_free_port_at_all_is_given_up_with_its_last_words(bare: Path):
    put(bare / "temporal", f'echo "$@" >> "$0.starts"; echo "{TAKEN}"')
    with pytest.raises(StackFailure, match="address already in use"):
        async with temporal_server(TemporalOptions(), print):
            pass
    starts = (bare / "temporal.starts").read_text().splitlines()
    assert len(set(starts)) == len(starts) == temporal.STARTS


async def test_a_server_that_stops_for_another_reason_is_started_once(bare: Path):
    put(bare / "temporal", 'echo "$@" >> "$0.starts"')
    with pytest.raises(StackFailure, match="stopped while it was starting"):
        async with temporal_server(TemporalOptions(), print):
            pass
    assert len((bare / "temporal.starts").read_text().splitlines()) == 1


async def test_a_server_that_never_answers_is_not_waited_for_for_ever(
    bare: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(temporal, "PATIENCE", 0.3)
    put(bare / "temporal", "exec /bin/sleep 600")
    with pytest.raises(StackFailure, match="does not answer"):
        async with temporal_server(TemporalOptions(), print):
            pass
