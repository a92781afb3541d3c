"""Invitations to the visit, answers, and who came."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.letters import NotTaken


async def invite(connection: Connection, program_year: str) -> None:
    """One invitation for each living pairing that has been introduced and whose gates are open."""
    await connection.execute(
        "INSERT INTO visit (pairing_id, program_id, school_id, agency_id)"
        " SELECT pairing.id, pairing.program_id, pairing.school_id, pairing.agency_id FROM pairing"
        " JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        " WHERE pairing.program_year_id = $1 AND introduced_at IS NOT NULL AND ended_at IS NULL"
        " AND has_consent_for(student, 'visit') AND is_cleared(officer) ON CONFLICT DO NOTHING",
        program_year,
    )


@dataclass(frozen=True, slots=True)
class Guest:
    """An officer who is asked to a school's visit, with one or more pals there."""

    officer_id: UUID
    first_name: str
    email: str
    agency: str
    answer: str | None


GUESTS = (
    "SELECT officer.id AS officer_id, officer.first_name, officer.email, officer.agency_id AS agency,"
    " max(visit.answer) AS answer"
    " FROM visit JOIN pairing ON pairing.id = visit.pairing_id JOIN officer ON officer.id = pairing.officer_id"
    " JOIN student ON student.id = pairing.student_id"
    " WHERE pairing.program_year_id = $1 AND NOT is_stopped(officer.id) AND {} GROUP BY officer.id ORDER BY officer.id"
)


async def guests(connection: Connection, program_year: str) -> Sequence[Guest]:
    rows = await connection.fetch(
        GUESTS.format("pairing.ended_at IS NULL AND has_consent_for(student, 'visit')"), program_year
    )
    return [Guest(**row) for row in rows]


async def came(connection: Connection, program_year: str) -> Sequence[Guest]:
    """Also when the year has closed on the evening of the visit."""
    rows = await connection.fetch(
        GUESTS.format("visit.attended AND coalesce(pairing.end_reason, 'year closed') = 'year closed'"),
        program_year,
    )
    return [Guest(**row) for row in rows]


async def answer(connection: Connection, pairing_id: UUID, said: str) -> None:
    """Yes or no; the last answer counts, until somebody has come or not. Raises NotTaken with a sentence."""
    changed = await connection.execute(
        "UPDATE visit SET answer = $2, answered_at = program_now() WHERE pairing_id = $1 AND attended IS NULL",
        pairing_id,
        said,
    )
    if changed != "UPDATE 1":
        raise NotTaken(f"Pairing {pairing_id} has no open invitation. See: starter.py pairing show")


async def attend(connection: Connection, pairing_id: UUID, *, came: bool) -> None:
    """Raises NotTaken with a sentence."""
    changed = await connection.execute(
        "UPDATE visit SET attended = $2, recorded_at = program_now() WHERE pairing_id = $1", pairing_id, came
    )
    if changed != "UPDATE 1":
        raise NotTaken(f"Pairing {pairing_id} was never invited. See: starter.py pairing show")


async def invited(connection: Connection, program_year: str) -> Sequence[UUID]:
    rows = await connection.fetch(
        "SELECT pairing_id FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        " WHERE program_year_id = $1 ORDER BY pairing_id",
        program_year,
    )
    return [row["pairing_id"] for row in rows]
