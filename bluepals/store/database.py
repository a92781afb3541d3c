"""The door to PostgreSQL: every transaction says first whose rows it may see."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

ACQUIRE_TIMEOUT = 10.0  # seconds; a full or dead pool is an error that is retried, not a hang.
COMMAND_TIMEOUT = 30.0  # seconds

# Subscripted in the stubs only.
Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a transaction sees: a program's schools and agencies; none unless named."""

    program: str
    schools: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()

    @classmethod
    def whole(cls, program: str) -> "Scope":
        """The worker, the coordinator and the commands: all of one program, never of two."""
        return cls(program, ("*",), ("*",))


class Database:
    """A pool of connections of the role that no policy lets pass."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @property
    def size(self) -> int:
        """How many connections there may be."""
        return self._pool.get_max_size()

    @classmethod
    @asynccontextmanager
    async def connected(cls, url: str, *, size: int = 10) -> AsyncIterator["Database"]:
        """`url` logs in as `bluepals_app`. Raises OSError or asyncpg.PostgresError when it can't be reached."""
        async with asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            command_timeout=COMMAND_TIMEOUT,
            timeout=ACQUIRE_TIMEOUT,
            init=_speak_json,
            reset=_leave_as_it_is,
        ) as pool:
            yield cls(pool)

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncIterator[Connection]:
        """One transaction within `scope`; it commits when the block ends and rolls back on an exception."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT) as connection, connection.transaction():
            await connection.execute(
                "SELECT set_config('bluepals.program', $1, true), set_config('bluepals.schools', $2, true),"
                " set_config('bluepals.agencies', $3, true)",
                scope.program,
                ",".join(scope.schools),
                ",".join(scope.agencies),
            )
            yield connection


async def widen(connection: Connection, program: str) -> None:
    """For the rest of this transaction all of the program is seen: what follows is the office's, not its visitor's."""
    await connection.execute(
        "SELECT set_config('bluepals.program', $1, true), set_config('bluepals.schools', '*', true),"
        " set_config('bluepals.agencies', '*', true)",
        program,
    )


async def _speak_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    """What a transaction sets ends with it, and nothing else is ever set: a round trip less for each."""
