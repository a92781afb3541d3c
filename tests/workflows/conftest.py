"""One worker over one database for every workflow test; a world of its own for each."""

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from stack.postgres import PostgresServer
from tests.workflows.world import SHORT_HISTORIES, Served, World, a_program, apart

_numbers = itertools.count(1)


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
