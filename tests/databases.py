"""Copies of a migrated database: quick to make, and gone again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from stack.postgres import PostgresServer


async def administer(postgres: PostgresServer, statement: str) -> None:
    connection = await asyncpg.connect(postgres.admin_url)
    await connection.execute(statement)
    await connection.close()


async def copy(postgres: PostgresServer, template: str, name: str) -> str:
    """The copy's name. As files: ten times as fast as through the log, where the server's folder is in memory."""
    await administer(postgres, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return name


@asynccontextmanager
async def copied(postgres: PostgresServer, template: str, name: str) -> AsyncIterator[str]:
    """For as long as it is needed."""
    yield await copy(postgres, template, name)
    await administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")
