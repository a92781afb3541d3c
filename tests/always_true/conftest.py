"""The servers for all sequences, and how many of them are played: see `make soak`."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from stack.postgres import PostgresServer
from tests.always_true.stage import Stage, staged

SOAK = "soak"

settings.register_profile(
    SOAK,
    max_examples=250,
    stateful_step_count=30,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="session")
def stage(postgres: PostgresServer, template: str) -> Iterator[Stage]:
    with staged(postgres, template) as stage:
        yield stage
