"""Consent and clearance: the gates that every contact has to pass."""

from uuid import UUID

from bluepals.store.database import Connection


async def is_open(connection: Connection, pairing_id: UUID) -> bool:
    """Whether these two may be in contact now."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pairing JOIN student ON student.id = pairing.student_id"
        " JOIN officer ON officer.id = pairing.officer_id WHERE pairing.id = $1 AND pairing.ended_at IS NULL"
        " AND has_consent(student) AND is_cleared(officer))",
        pairing_id,
    )
    return found


async def closed(connection: Connection) -> set[UUID]:
    """Living pairings that may not be in contact now."""
    rows = await connection.fetch(
        "SELECT pairing.id FROM pairing JOIN student ON student.id = pairing.student_id"
        " JOIN officer ON officer.id = pairing.officer_id WHERE pairing.ended_at IS NULL"
        " AND NOT (has_consent(student) AND is_cleared(officer))"
    )
    return {row["id"] for row in rows}
