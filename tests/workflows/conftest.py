"""One worker over one database for every workflow test; a world of its own for each."""

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from temporalio.client import Client

from service.connection import connect
from stack.postgres import PostgresServer
from stack.temporal import VIRTUAL_CLOCKS, TemporalOptions, temporal_server
from tests.conftest import _admin
from tests.workflows.world import SHORT_HISTORIES, Served, World, a_program, serving
from workflows.search_attributes import TYPES

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
async def served(client: Client, postgres: PostgresServer, template: str) -> AsyncIterator[Served]:
    await _admin(postgres, f"CREATE DATABASE workflows TEMPLATE {template}")
    urls = postgres.url_of("bluepals_app", "workflows"), postgres.url_of("postgres", "workflows")
    async with serving(client, *urls) as served:
        yield served


@pytest.fixture(scope="session")
async def short_histories(postgres: PostgresServer, template: str) -> AsyncIterator[Served]:
    """The same on a server that asks for a continue-as-new early."""
    await _admin(postgres, f"CREATE DATABASE short_histories TEMPLATE {template}")
    urls = postgres.url_of("bluepals_app", "short_histories"), postgres.url_of("postgres", "short_histories")
    options = TemporalOptions(search_attributes=TYPES, dynamic_config={**VIRTUAL_CLOCKS, **SHORT_HISTORIES})
    async with temporal_server(options, print) as server:
        client = await connect(target_host=server.address)
        async with serving(client, *urls) as served:
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
