"""Where things stand, as lists for a screen."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bluepals.store.database import Connection

Row = dict[str, Any]


async def schools(connection: Connection) -> Sequence[Row]:
    """Each school's year in a line."""
    rows = await connection.fetch(
        "SELECT year.school_id AS school, year.state AS year,"
        " (SELECT count(*) FROM student WHERE program_year_id = year.id) AS students,"
        " (SELECT count(*) FROM pairing WHERE program_year_id = year.id) AS pairings,"
        " (SELECT count(*) FROM student WHERE program_year_id = year.id AND NOT EXISTS"
        "   (SELECT FROM pairing WHERE pairing.student_id = student.id AND coalesce(end_reason, 'year closed') = 'year closed')) AS without_pal,"
        " (SELECT count(*) FROM draft WHERE draft.school_id = year.school_id AND NOT EXISTS"
        "   (SELECT FROM decision WHERE decision.draft_id = draft.id) AND NOT is_held(draft.id)) AS to_read,"
        " (SELECT count(*) FROM delivery WHERE delivery.school_id = year.school_id) AS delivered,"
        " (SELECT min(due)::date FROM round, unnest(ARRAY[students_due_at, officers_due_at, opens_at]) AS due"
        "   WHERE program_year_id = year.id AND due > program_now()) AS next_date"
        " FROM program_year AS year ORDER BY year.school_id"
    )
    return [dict(row) for row in rows]


async def pairings(connection: Connection) -> Sequence[Row]:
    """Every pairing with the ids that other commands take."""
    rows = await connection.fetch(
        "SELECT pairing.id::text AS pairing, student.external_id AS student_id, officer.external_id AS officer_id,"
        " pairing.school_id AS school, student.class_name AS class, pairing.first_round, pairing.end_reason"
        " FROM pairing JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        " ORDER BY pairing.school_id, student.external_id"
    )
    return [dict(row) for row in rows]


async def pairing(connection: Connection, pairing_id: UUID) -> Row:
    """Raises LookupError with a sentence."""
    row = await connection.fetchrow(
        "SELECT pairing.id::text AS pairing, pal.student_first_name AS student, pal.officer_first_name AS officer,"
        " pairing.school_id AS school, pairing.agency_id AS agency, pairing.introduced_at, pairing.ended_at,"
        " pairing.end_reason, visit.answer AS visit_answer, visit.attended AS visit_attended"
        " FROM pairing JOIN pal ON pal.pairing_id = pairing.id LEFT JOIN visit ON visit.pairing_id = pairing.id"
        " WHERE pairing.id = $1",
        pairing_id,
    )
    if row is None:
        raise LookupError(f"There is no pairing {pairing_id} in this program. See: starter.py status --json")
    return dict(row)


async def rounds_of(connection: Connection, pairing_id: UUID) -> Sequence[Row]:
    """Each round with what became of both letters: delivered (its kind), a decision, being read, missed, or nothing."""
    rows = await connection.fetch(
        "SELECT round.number, round.opens_on, officer.state AS officer, student.state AS student"
        " FROM pairing_round AS round,"
        " LATERAL (SELECT side_state($1, round.number, 'student') AS state) AS student,"
        " LATERAL (SELECT side_state($1, round.number, 'officer') AS state) AS officer"
        " WHERE round.pairing_id = $1 ORDER BY round.number",
        pairing_id,
    )
    return [dict(row) for row in rows]
