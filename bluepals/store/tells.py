"""Tells: which workflow has to hear of which fact. Written with the fact, repeated until answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bluepals.store.database import Connection

AT_ONCE = timedelta(0)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Tell:
    """One fact for one workflow: `fact` is the Update's name, `body` its argument (ids, dates and states only)."""

    id: UUID
    workflow_id: str
    fact: str
    body: Mapping[str, object]


async def add(
    connection: Connection,
    program: str,
    *,
    workflow_id: str,
    fact: str,
    key: str,
    body: Mapping[str, object],
    school: str | None = None,
    agency: str | None = None,
    after: timedelta = AT_ONCE,
) -> Tell:
    """In the transaction of the fact. The same fact again is the same tell. `school`, `agency`: who may see it."""
    row = await connection.fetchrow(
        "INSERT INTO tell (program_id, workflow_id, fact, key, body, school_id, agency_id, next_attempt_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, program_now() + $8::interval)"
        " ON CONFLICT (program_id, workflow_id, fact, key) DO UPDATE SET key = excluded.key"
        " RETURNING id, workflow_id, fact, body",
        program,
        workflow_id,
        fact,
        key,
        dict(body),
        school,
        agency,
        after,
    )
    assert row is not None  # noqa: S101 - an upsert always returns its row
    return Tell(**row)


async def due(connection: Connection, limit: int) -> Sequence[Tell]:
    rows = await connection.fetch(
        # One that is being taken back is locked, and soon there no more.
        "SELECT id, workflow_id, fact, body FROM tell WHERE answered_at IS NULL AND next_attempt_at <= program_now()"
        " ORDER BY sequence LIMIT $1 FOR KEY SHARE SKIP LOCKED",
        limit,
    )
    return [Tell(**row) for row in rows]


async def answered(connection: Connection, tell_id: UUID, answer: str) -> None:
    await connection.execute(
        "UPDATE tell SET answer = $2, answered_at = program_now(), attempts = attempts + 1"
        " WHERE id = $1 AND answered_at IS NULL",
        tell_id,
        answer,
    )


async def put_off(connection: Connection, tell_id: UUID) -> None:
    """Not answered: again later, each time twice as late, at most every ten minutes."""
    await connection.execute(
        "UPDATE tell SET attempts = attempts + 1,"
        " next_attempt_at = program_now() + least($2::interval * power(2, least(attempts, 20)), $3::interval)"
        " WHERE id = $1 AND answered_at IS NULL",
        tell_id,
        FIRST_PAUSE,
        LONGEST_PAUSE,
    )


async def next_due(connection: Connection) -> datetime | None:
    due_at: datetime | None = await connection.fetchval(
        "SELECT min(next_attempt_at) FROM tell WHERE answered_at IS NULL"
    )
    return due_at
