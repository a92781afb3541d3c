import asyncpg
import pytest

from bluepals.store.database import Database
from tests.bluepals.facts.two_schools import TwoSchools, two_schools


@pytest.fixture
async def schools(database: Database, admin: asyncpg.Connection) -> TwoSchools:
    """Two schools on the first of September, everybody paired and introduced."""
    schools = await two_schools(database, admin)
    await schools.pair()
    return schools
