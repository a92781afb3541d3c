from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from bluepals.domain.program import Policy
from bluepals.facts import matching, roster
from bluepals.store.database import Database
from stack.postgres import PostgresServer
from tests.bluepals.facts.canaries import live_a_year
from tests.bluepals.facts.two_schools import TwoSchools, begun_year, copied, people, two_schools


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


@pytest.fixture
async def asking(database: Database, admin: asyncpg.Connection) -> TwoSchools:
    """Everybody is paired; each may be declined."""
    schools = await two_schools(database, admin)
    roster_again = people(schools.program)
    await roster.apply(
        schools.office,
        replace(roster_again, program=replace(roster_again.program, policy=Policy(declining_days=7))),
    )
    await matching.make_proposal(schools.office, schools.scope, seed=7)
    await matching.approve(schools.office, schools.scope, [], schools.staff["Cora"])
    await schools.know_pairings()
    return schools
