"""How far each school's rounds are, in counts only, and who writes to nobody. A letter under a case is not read yet."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

import asyncpg

from bluepals.domain.board import SchoolRound, SideCount
from bluepals.domain.sentences import Sentence
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
# Counted before schools and days are looked up: once for each round, and not for each of its letters.
_ROUNDS = f"""
    WITH expected AS MATERIALIZED ({_EXPECTED}),
    counted AS (
        SELECT program_year_id, number, side, count(*)::int AS of, count(draft_id)::int AS written,
               count(*) FILTER (WHERE read OR released)::int AS read, count(*) FILTER (WHERE released)::int AS released,
               count(*) FILTER (WHERE missed AND draft_id IS NOT NULL)::int AS late,
               count(*) FILTER (WHERE missed AND draft_id IS NULL)::int AS missing,
               count(*) FILTER (WHERE stock)::int AS stock
          FROM expected GROUP BY program_year_id, number, side)
    SELECT school.id AS school, school.name AS school_name, round.number, opening_day(round) AS opens_on,
           coalesce(of, 0) AS of, coalesce(written, 0) AS written, coalesce(read, 0) AS read,
           coalesce(released, 0) AS released, coalesce(late, 0) AS late, coalesce(missing, 0) AS missing,
           coalesce(stock, 0) AS stock
      FROM program_year AS year JOIN round ON round.program_year_id = year.id AND left_out IS NULL
      JOIN school ON school.program_id = year.program_id AND school.id = year.school_id
     CROSS JOIN (VALUES ('student'), ('officer')) AS side (name)
      LEFT JOIN counted ON counted.program_year_id = year.id AND counted.number = round.number
                       AND counted.side = side.name
     WHERE year.first_year = $1 ORDER BY school.name, school.id, round.number, side.name = 'officer'
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


class WhyAlone(StrEnum):
    """What a child without a pal waits for."""

    CONSENT = Sentence("no consent on record")
    GENDER = Sentence("whose pal it is to be is undecided")
    APPROVAL = Sentence("a pal is proposed, and to be approved")
    NEXT_OFFICER = Sentence("between two officers")
    OFFICER = Sentence("no officer with a free place yet")


@dataclass(frozen=True, slots=True)
class WithoutPal:
    student_id: str
    name: str
    school: str
    school_name: str
    class_name: str
    since: date
    why: WhyAlone


async def without_pal(connection: Connection) -> Sequence[WithoutPal]:
    """Children of a year that is not over who take part and write to nobody, the longest waiting first."""
    rows = await connection.fetch(
        "SELECT external_id AS student_id, first_name || ' ' || last_name AS name, student.school_id AS school,"
        " school.name AS school_name, class_name, waits_since(student) AS since,"
        " CASE WHEN NOT has_consent(student) THEN 'no consent on record'"
        "  WHEN EXISTS (SELECT FROM replacement WHERE replacement.student_id = student.id AND closed_at IS NULL)"
        "   THEN 'between two officers'"
        "  WHEN pal_gender IS NULL THEN 'whose pal it is to be is undecided'"
        "  WHEN EXISTS (SELECT FROM proposed_pair AS pair WHERE pair.student_id = student.id AND state = 'proposed')"
        "   THEN 'a pal is proposed, and to be approved'"
        "  ELSE 'no officer with a free place yet' END AS why"
        " FROM student JOIN school ON school.program_id = student.program_id AND school.id = student.school_id"
        " WHERE is_in_an_open_year(student) AND withdrawn_at IS NULL AND left_at IS NULL AND erased_at IS NULL"
        " AND NOT EXISTS (SELECT FROM pairing WHERE pairing.student_id = student.id AND ended_at IS NULL)"
        " ORDER BY since, external_id"
    )
    return [WithoutPal(**{**row, "why": WhyAlone(row["why"])}) for row in rows]
