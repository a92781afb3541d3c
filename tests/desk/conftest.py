from collections.abc import AsyncIterator

import asyncpg
import pytest

from stack.postgres import PostgresServer
from tests.desk.town import Town, small_town


@pytest.fixture
async def town(
    postgres: PostgresServer, database_name: str, admin: asyncpg.Connection
) -> AsyncIterator[Town]:
    async with small_town(postgres.url_of("bluepals_app", database_name), admin) as town:
        yield town
