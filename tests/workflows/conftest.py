"""One worker over one database for every workflow test; a world of its own for each."""

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from temporalio.client import Client

from stack.postgres import PostgresServer
from tests.conftest import _admin
from tests.workflows.world import Served, World, a_program, serving

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
async def served(client: Client, postgres: PostgresServer, template: str) -> AsyncIterator[Served]:
    await _admin(postgres, f"CREATE DATABASE workflows TEMPLATE {template}")
    urls = postgres.url_of("bluepals_app", "workflows"), postgres.url_of("postgres", "workflows")
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
