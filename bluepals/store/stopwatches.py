"""The pages of a case of suspected harm, and the cases whose stopwatch has to run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Paged:
    """How many pages there were, and how long ago the last one was."""

    pages: int
    since: timedelta


async def paged(connection: Connection, case_id: UUID) -> Paged:
    row = await connection.fetchrow(
        "SELECT count(*)::int AS pages, coalesce(program_now() - max(paged_at), interval '0') AS since"
        " FROM case_page WHERE case_id = $1",
        case_id,
    )
    assert row is not None  # noqa: S101 - an aggregate always returns its row
    return Paged(**row)


async def page(connection: Connection, case_id: UUID, number: int) -> bool:
    """Whether this page is new."""
    row = await connection.fetchval(
        "INSERT INTO case_page (case_id, number, program_id) VALUES ($1, $2, current_setting('bluepals.program'))"
        " ON CONFLICT DO NOTHING RETURNING number",
        case_id,
        number,
    )
    return row is not None


async def pages_to_ring(connection: Connection, case_id: UUID) -> Sequence[int]:
    """Those that the second channel has not had."""
    rows = await connection.fetch(
        "SELECT number FROM case_page WHERE case_id = $1 AND rung_at IS NULL ORDER BY number", case_id
    )
    return [row["number"] for row in rows]


async def mark_rung(connection: Connection, case_id: UUID, number: int) -> None:
    await connection.execute(
        "UPDATE case_page SET rung_at = program_now() WHERE case_id = $1 AND number = $2", case_id, number
    )


async def open_referrals(connection: Connection) -> Sequence[UUID]:
    """Cases whose stopwatch has to run: somebody has not attested."""
    rows = await connection.fetch(
        "SELECT id FROM case_file"
        " WHERE kind = 'harm' AND closed_at IS NULL AND still_to_attest(id) > 0 ORDER BY sequence"
    )
    return [row["id"] for row in rows]
