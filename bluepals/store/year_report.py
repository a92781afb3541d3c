"""What a program's year came to, by school, agency and precinct. Counts only."""

from collections.abc import Sequence
from dataclasses import dataclass

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Tally:
    """One group's numbers. `due`: letters of rounds whose date has come; `on_time`: those of them that were there."""

    group: str
    within: str | None
    children: int
    officers: int
    pairings: int
    letters: int
    due: int
    on_time: int
    invited: int
    came: int


# One row for each introduced pairing, with all that is counted of it.
_PAIRINGS = """
    WITH one AS (
        SELECT pairing.id, pairing.school_id, pairing.agency_id, officer.precinct, pairing.student_id, pairing.officer_id,
               (SELECT count(*) FROM delivery WHERE pairing_id = pairing.id AND kind <> 'stock') AS letters,
               2 * (SELECT count(*) FROM round WHERE round.program_year_id = pairing.program_year_id
                     AND number >= first_round AND officers_due_at < least(program_now(), ended_at)
                     AND left_out IS NULL) AS due,
               (SELECT count(*) FROM miss WHERE pairing_id = pairing.id) AS missed,
               (SELECT count(*) FROM visit WHERE pairing_id = pairing.id AND coalesce(invited_at < ended_at, true)) AS invited,
               (SELECT count(*) FROM visit WHERE pairing_id = pairing.id AND attended) AS came
          FROM pairing JOIN program_year AS year ON year.id = pairing.program_year_id
          JOIN officer ON officer.id = pairing.officer_id
         WHERE year.first_year = $1 AND introduced_at IS NOT NULL)
"""
_COUNTS = """
    count(DISTINCT student_id)::int AS children, count(DISTINCT officer_id)::int AS officers, count(*)::int AS pairings,
    coalesce(sum(letters), 0)::int AS letters, coalesce(sum(due), 0)::int AS due,
    coalesce(sum(greatest(due - missed, 0)), 0)::int AS on_time, coalesce(sum(invited), 0)::int AS invited,
    coalesce(sum(came), 0)::int AS came FROM one
"""


async def total(connection: Connection, first_year: int) -> Tally:
    row = await connection.fetchrow(f"{_PAIRINGS} SELECT '' AS group, NULL AS within, {_COUNTS}", first_year)
    assert row is not None  # noqa: S101 - an aggregate always has its row
    return Tally(**row)


async def by_school(connection: Connection, first_year: int) -> Sequence[Tally]:
    rows = await connection.fetch(
        f"{_PAIRINGS} SELECT school_id AS group, NULL AS within, {_COUNTS} GROUP BY 1 ORDER BY 1", first_year
    )
    return [Tally(**row) for row in rows]


async def by_agency(connection: Connection, first_year: int) -> Sequence[Tally]:
    rows = await connection.fetch(
        f"{_PAIRINGS} SELECT agency_id AS group, NULL AS within, {_COUNTS} GROUP BY 1 ORDER BY 1", first_year
    )
    return [Tally(**row) for row in rows]


async def by_precinct(connection: Connection, first_year: int) -> Sequence[Tally]:
    """Of the agencies that name precincts; officers without one stand together."""
    rows = await connection.fetch(
        f"{_PAIRINGS} SELECT coalesce(precinct, 'others') AS group, agency_id AS within, {_COUNTS}"
        " WHERE agency_id IN (SELECT agency_id FROM one WHERE precinct IS NOT NULL) GROUP BY 1, 2 ORDER BY 2, 1",
        first_year,
    )
    return [Tally(**row) for row in rows]


async def rounds(connection: Connection, first_year: int) -> int:
    """How many rounds were opened, at the school that opened most."""
    found: int = await connection.fetchval(
        "SELECT coalesce(max(opened), 0)::int FROM (SELECT count(*) AS opened FROM round"
        " JOIN program_year AS year ON year.id = program_year_id"
        " WHERE first_year = $1 AND pack_sent_at IS NOT NULL GROUP BY year.id) AS schools",
        first_year,
    )
    return found
