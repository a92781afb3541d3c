"""Two schools far into their year, once for all who look at it: nobody here changes anything."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bluepals.domain.letters import Side
from bluepals.store.database import Connection
from stack.mail_catcher import Caught
from stack.postgres import PostgresServer
from tests.bluepals.facts.two_schools import TwoSchools, begun_year, copied
from tests.bluepals.store.busy_year import live_a_year

SUNDAY_EVENING = datetime(2026, 10, 12, 2, tzinfo=UTC)  # the 11th in Chicago


@pytest.fixture(scope="package")
async def lived(postgres: PostgresServer, template: str) -> AsyncIterator[TwoSchools]:
    """And one child more has written, on a Sunday evening, three weeks late."""
    async with copied(postgres, await begun_year(postgres, template)) as schools:
        await live_a_year(schools)
        await schools.at(SUNDAY_EVENING)
        await schools.write("Ben", Side.STUDENT, "Late, but here it is.")
        yield schools


@pytest.fixture
async def connection(lived: TwoSchools) -> AsyncIterator[Connection]:
    async with lived.database.transaction(lived.scope) as connection:
        yield connection


@pytest.fixture(scope="package")
async def arrived(lived: TwoSchools) -> list[Caught]:
    """The year's mails, as if each had come in."""
    return [Caught("", (row["to_address"],), row["message"]) for row in await lived.mails()]
