"""How far each school's rounds are. Counts only; a letter under a case is one that is not read yet."""

from collections.abc import Sequence
from dataclasses import fields

import asyncpg

from bluepals.domain.board import SchoolRound, SideCount
from bluepals.store.database import Connection


async def year_shown(connection: Connection) -> int | None:
    """The first calendar year of the school year that runs, or else of the newest one."""
    first_year: int | None = await connection.fetchval(
        "SELECT first_year FROM program_year ORDER BY state = 'open' DESC, first_year DESC LIMIT 1"
    )
    return first_year


# One row for each letter that is to be written: by pairs that were there when it was due, or wrote it all the same.
_EXPECTED = """
    SELECT round.program_year_id, round.number, side.name AS side, latest.draft_id,
           miss.pairing_id IS NOT NULL AS missed,
           EXISTS (SELECT FROM decision WHERE decision.draft_id = latest.draft_id AND verdict <> 'refer') AS read,
           EXISTS (SELECT FROM delivery WHERE delivery.pairing_id = pairing.id AND delivery.round_number = round.number
                      AND delivery.side = side.name AND kind <> 'stock' AND withheld_at IS NULL) AS released,
           EXISTS (SELECT FROM delivery WHERE delivery.pairing_id = pairing.id AND delivery.round_number = round.number
                      AND delivery.side = side.name AND kind = 'stock' AND withheld_at IS NULL) AS stock
      FROM pairing JOIN pairing_round AS round ON round.pairing_id = pairing.id AND round.number >= first_round
     CROSS JOIN (VALUES ('student'), ('officer')) AS side (name)
      LEFT JOIN LATERAL (SELECT draft.id AS draft_id FROM letter JOIN draft ON draft.letter_id = letter.id
                          WHERE letter.pairing_id = pairing.id AND letter.round_number = round.number
                            AND letter.side = side.name ORDER BY draft.number DESC LIMIT 1) AS latest ON true
      LEFT JOIN miss ON miss.pairing_id = pairing.id AND miss.round_number = round.number AND miss.side = side.name
     WHERE ended_at IS NULL OR latest.draft_id IS NOT NULL
        OR CASE side.name WHEN 'student' THEN students_due_at ELSE officers_due_at END <= ended_at
"""
# Materialized: each column would look up all of it again.
_ROUNDS = f"""
    WITH expected AS MATERIALIZED ({_EXPECTED})
    SELECT school.id AS school, school.name AS school_name, round.number, opening_day(round) AS opens_on,
           count(expected.number)::int AS of, count(draft_id)::int AS written,
           count(*) FILTER (WHERE read OR released)::int AS read, count(*) FILTER (WHERE released)::int AS released,
           count(*) FILTER (WHERE missed AND draft_id IS NOT NULL)::int AS late,
           count(*) FILTER (WHERE missed AND draft_id IS NULL)::int AS missing,
           count(*) FILTER (WHERE stock)::int AS stock
      FROM program_year AS year JOIN round ON round.program_year_id = year.id AND left_out IS NULL
      JOIN school ON school.program_id = year.program_id AND school.id = year.school_id
     CROSS JOIN (VALUES ('student'), ('officer')) AS side (name)
      LEFT JOIN expected ON expected.program_year_id = year.id AND expected.number = round.number
                        AND expected.side = side.name
     WHERE year.first_year = $1 GROUP BY school.id, school.name, round, side.name, 3, 4
     ORDER BY school.name, school.id, round.number, side.name = 'officer'
"""


async def rounds(connection: Connection, first_year: int) -> Sequence[SchoolRound]:
    """By school and number, without what was left out."""
    rows = await connection.fetch(_ROUNDS, first_year)
    return [
        SchoolRound(
            school=row["school"],
            school_name=row["school_name"],
            number=row["number"],
            opens_on=row["opens_on"],
            students=_count(row),
            officers=_count(officers),
        )
        for row, officers in zip(rows[::2], rows[1::2], strict=True)
    ]


def _count(row: asyncpg.Record) -> SideCount:
    return SideCount(**{one.name: row[one.name] for one in fields(SideCount)})
