"""Two schools of two programs, far into their year, once for a module: its tests roll back what they try."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import pytest

from bluepals.store.database import Database
from stack.postgres import PostgresServer
from tests.bluepals.facts.two_schools import TwoSchools, two_schools
from tests.bluepals.store.busy_year import live_a_year
from tests.databases import copy


@pytest.fixture(scope="module")
async def busy(
    postgres: PostgresServer, template: str, request: pytest.FixtureRequest
) -> AsyncIterator[TwoSchools]:
    """The program `stl`. Beside it is `kc`, with schools of the same names."""
    name = f"busy_{request.module.__name__.rpartition('.')[2]}"
    async with AsyncExitStack() as stack:
        await copy(postgres, template, name)
        database = await stack.enter_async_context(
            Database.connected(postgres.url_of("bluepals_app", name), size=6)
        )
        admin = await asyncpg.connect(postgres.url_of("postgres", name))
        stack.push_async_callback(admin.close)
        other = await two_schools(database, admin, program_id="kc")
        await live_a_year(other)
        schools = await two_schools(database, admin)
        await live_a_year(schools)
        yield schools
