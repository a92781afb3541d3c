"""A Temporal server, a database and a worker for all commands; their programs come in by the commands themselves."""

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from bluepals.facts import matching, visits
from bluepals.facts import pairings as facts
from bluepals.store.database import Database, Scope
from stack.health import healthy
from stack.ports import LOOPBACK, free_port
from stack.postgres import PostgresServer
from stack.process import running
from stack.temporal import TemporalOptions, temporal_server
from tests.bluepals.roster.village import office_on
from tests.commands.starter_line import COORDINATOR, StarterLine, until, write_folder
from tests.databases import copy
from tests.workflows.world import LINK_KEY, MASTER_KEY
from workflows.search_attributes import TYPES

ROOT = Path(__file__).parents[2]

_numbers = itertools.count(1)


@pytest.fixture(scope="package")
async def settings(postgres: PostgresServer, template: str) -> AsyncIterator[dict[str, str]]:
    """What the commands are told of their servers. No other test's worker takes this server's tasks."""
    name = await copy(postgres, template, "commands")
    async with temporal_server(TemporalOptions(search_attributes=TYPES), print) as server:
        yield {
            "TEMPORAL_ADDRESS": server.address,
            "BLUEPALS_DATABASE_URL": postgres.url_of("bluepals_app", name),
            "BLUEPALS_DATABASE_ADMIN_URL": postgres.url_of("postgres", name),
            "BLUEPALS_MASTER_KEYS": MASTER_KEY,
            "BLUEPALS_LINK_KEY": LINK_KEY,
            "BLUEPALS_HEALTH_PORT": str(free_port()),
            "BLUEPALS_TEMPORAL_METRICS_PORT": "0",
            "BLUEPALS_SMTP_PORT": "1",  # Mails are for other tests.
            "BLUEPALS_SMTP_SECURITY": "none",
        }


@pytest.fixture(scope="package")
async def worker(settings: dict[str, str]) -> AsyncIterator[None]:
    """A process of its own: the tests' loop stands still while a command runs."""
    async with running(
        [sys.executable, ROOT / "worker.py"], environment={**os.environ, **settings}
    ) as process:
        await healthy(f"http://{LOOPBACK}:{settings['BLUEPALS_HEALTH_PORT']}/health", "worker", process)
        yield


@pytest.fixture(scope="package")
def starter(settings: dict[str, str]) -> StarterLine:
    return StarterLine(settings)


@pytest.fixture
def imported(starter: StarterLine, tmp_path: Path) -> Callable[..., str]:
    """The id of a program that was imported just now, with so many people."""

    def import_one(**people: Any) -> str:
        program = f"program{next(_numbers)}"
        starter.says("import", write_folder(tmp_path / program, program, **people))
        return program

    return import_one


@pytest.fixture
def opened(starter: StarterLine, imported: Callable[..., str], worker: None) -> Callable[..., str]:
    """The same, with its years open and its first proposal made."""

    def open_one(**people: Any) -> str:
        program = imported(**people)
        starter.says("open", program)
        starter.says("match", "propose", program)
        return program

    return open_one


@pytest.fixture(scope="package")
def paired(starter: StarterLine, worker: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One program for all who only need pairings that have been introduced."""
    program = "paired"
    people = {"children": 6, "officers": 2, "capacity": 3, "rounds": 6}
    starter.says("import", write_folder(tmp_path_factory.mktemp(program) / program, program, **people))
    starter.says("open", program)
    starter.says("match", "propose", program)
    starter.says("match", "approve", program, "--by", COORDINATOR)
    until(lambda: all(one["first_round"] for one in starter.answers("status", program)["pairings"]))
    return program


@pytest.fixture(scope="package")
def pairings(starter: StarterLine, paired: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = starter.answers("status", paired)["pairings"]
    return found


@pytest.fixture(scope="package")
def places(pairings: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """Pairings and rounds in which nobody has written."""
    return itertools.product([one["pairing"] for one in pairings], range(1, 7))


@pytest.fixture
def place(places: Iterator[tuple[str, int]]) -> tuple[str, int]:
    return next(places)


@pytest.fixture(scope="package")
def on_record(settings: dict[str, str]) -> Callable[..., Any]:
    """One value of the database, as its superuser sees it."""

    async def fetch(query: str, *values: object) -> Any:
        connection = await asyncpg.connect(settings["BLUEPALS_DATABASE_ADMIN_URL"])
        try:
            return await connection.fetchval(query, *values)
        finally:
            await connection.close()

    return lambda query, *values: asyncio.run(fetch(query, *values))


@pytest.fixture(scope="package")
def by_hand(settings: dict[str, str]) -> Callable[..., None]:
    """What a workflow would bring about in its time."""

    async def work(fact: Callable[..., Awaitable[Any]], program: str, values: tuple[object, ...]) -> None:
        async with Database.connected(settings["BLUEPALS_DATABASE_URL"]) as database:
            await fact(office_on(database), Scope.whole(program), *values)

    return lambda fact, program, *values: asyncio.run(work(fact, program, values))


@pytest.fixture
def unopened(
    starter: StarterLine,
    imported: Callable[..., str],
    by_hand: Callable[..., None],
    on_record: Callable[..., Any],
) -> tuple[str, str]:
    """A program without a workflow, and its one pairing, whose two have been introduced."""
    program = imported()
    coordinator = on_record(
        "SELECT id FROM staff WHERE program_id = $1 AND external_id = $2", program, COORDINATOR
    )
    by_hand(matching.make_proposal, program, 1)
    by_hand(matching.approve, program, [], coordinator)
    (pairing,) = starter.answers("status", program)["pairings"]
    by_hand(facts.introduce, program, UUID(pairing["pairing"]))
    return program, pairing["pairing"]


@pytest.fixture(scope="package")
def invited(starter: StarterLine, paired: str, by_hand: Callable[..., None]) -> str:
    """The program `paired`, whose officers have been asked to the visit."""
    (year,) = starter.answers("open", paired)["program_years"]
    by_hand(visits.invite, paired, year)
    return paired
