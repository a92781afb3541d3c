"""The real servers, once for all tests; a fresh database and a program of its own for each test that asks."""

import gc
import itertools
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from temporalio.client import Client

from bluepals.store.database import Database
from bluepals.store.migrate import migrate
from service.connection import connect
from stack.mail_catcher import MailCatcher, mail_catcher
from stack.memory import memory
from stack.postgres import PostgresServer, postgres_server
from stack.temporal import VIRTUAL_CLOCKS, TemporalOptions, TemporalServer, temporal_server
from tests.databases import administer, copied
from tests.desk import town
from tests.stack.folders import open_folder
from tests.workflows.world import SHORT_HISTORIES, Served, World, a_program, apart
from workflows.search_attributes import TYPES

# Test processes that run side by side believe to sit at a terminal, and consoles would keep its width.
os.environ.pop("COLUMNS", None)

# What is tested is the program, and not how busy the machine is.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of files that run side by side, the longest are begun first."""
    items.sort(key=lambda item: item.get_closest_marker("begun_first") is None)


def pytest_collection_finish() -> None:
    """What is loaded by now stays. To walk through it took a full garbage collection a third of a second of a busy
    machine's time, and a workflow that seems stuck for two is interrupted by Temporal.
    """
    gc.collect()
    gc.freeze()


_numbers = itertools.count(1)


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[PostgresServer]:
    with open_folder(parent=memory()) as folder:
        # Nothing here has to outlive a power cut.
        async with postgres_server(folder / "postgres", {"fsync": "off"}) as server:
            yield server


@pytest.fixture(scope="session")
async def template(postgres: PostgresServer) -> str:
    """A migrated database, to be copied."""
    await administer(postgres, "CREATE DATABASE template_of_tests")
    await migrate(postgres.url_of("postgres", "template_of_tests"))
    return "template_of_tests"


@pytest.fixture
async def database_name(postgres: PostgresServer, template: str) -> AsyncIterator[str]:
    async with copied(postgres, template, f"test_{next(_numbers)}") as name:
        yield name


@pytest.fixture
async def database(postgres: PostgresServer, database_name: str) -> AsyncIterator[Database]:
    """A fresh database, as the service sees it."""
    async with Database.connected(postgres.url_of("bluepals_app", database_name), size=6) as database:
        yield database


@pytest.fixture
async def admin(postgres: PostgresServer, database_name: str) -> AsyncIterator[asyncpg.Connection]:
    """The same database, as its superuser sees it."""
    connection = await asyncpg.connect(postgres.url_of("postgres", database_name))
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def begun_town(postgres: PostgresServer, template: str) -> str:
    """A database of a small town whose desk is open, to be copied."""
    return await town.begun_town(postgres, template)


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[TemporalServer]:
    """One server in memory, whose workflows may have virtual clocks."""
    options = TemporalOptions(search_attributes=TYPES, dynamic_config=VIRTUAL_CLOCKS)
    async with temporal_server(options, print) as server:
        yield server


@pytest.fixture(scope="session")
async def client(temporal: TemporalServer) -> Client:
    return await connect(target_host=temporal.address)


@pytest.fixture
async def mails() -> AsyncIterator[MailCatcher]:
    async with mail_catcher() as catcher:
        yield catcher


# A world: a small program with its workflows. One worker for all of them, a program of its own for each test.


@pytest.fixture(scope="session")
async def served(postgres: PostgresServer, template: str) -> AsyncIterator[Served]:
    async with apart(postgres, template, "workflows") as served:
        yield served


@pytest.fixture(scope="session")
async def short_histories(postgres: PostgresServer, template: str) -> AsyncIterator[Served]:
    """The same on a server that asks for a continue-as-new early."""
    async with apart(postgres, template, "short_histories", **SHORT_HISTORIES) as served:
        yield served


@pytest.fixture
def make_world(served: Served) -> Callable[..., World]:
    """A program of its own, with so many rounds."""

    def make(**program: Any) -> World:
        return World(served, a_program(f"test{next(_numbers)}", **program))

    return make


@pytest.fixture
async def world(make_world: Callable[..., World]) -> World:
    """A child and an officer, two rounds, a stock letter."""
    world = make_world(rounds=2)
    await world.enroll(stock=2)
    return world
