from collections.abc import AsyncIterator

import pytest

from stack.postgres import PostgresServer
from tests.desk.town import Town, small_town


@pytest.fixture
async def town(postgres: PostgresServer, begun_town: str) -> AsyncIterator[Town]:
    async with small_town(postgres, begun_town) as town:
        yield town
