from collections.abc import AsyncIterator

import pytest

from stack.postgres import PostgresServer
from tests.bluepals.facts.canaries import live_a_year
from tests.bluepals.facts.two_schools import TwoSchools, begun_year, copied


@pytest.fixture(scope="session")
async def begun(postgres: PostgresServer, template: str) -> str:
    return await begun_year(postgres, template)


@pytest.fixture
async def schools(postgres: PostgresServer, begun: str) -> AsyncIterator[TwoSchools]:
    """Two schools on the first of September, everybody paired and introduced."""
    async with copied(postgres, begun) as schools:
        yield schools


@pytest.fixture(scope="session")
async def lived_year(postgres: PostgresServer, template: str) -> str:
    return await begun_year(postgres, template, lived=live_a_year)


@pytest.fixture
async def lived(postgres: PostgresServer, lived_year: str) -> AsyncIterator[TwoSchools]:
    """The same two schools some weeks later: Ana has a name that is found wherever it stands."""
    async with copied(postgres, lived_year) as schools:
        yield schools
