"""Consent and clearance: the gates that every contact has to pass."""

from uuid import UUID

from bluepals.store.database import Connection


async def closed(connection: Connection) -> set[UUID]:
    """Living pairings that may not be in contact now."""
    rows = await connection.fetch(
        "SELECT pairing.id FROM pairing JOIN student ON student.id = pairing.student_id"
        " JOIN officer ON officer.id = pairing.officer_id WHERE pairing.ended_at IS NULL"
        " AND (student.consent_on IS NULL OR student.withdrawn_at IS NOT NULL"
        "   OR officer.cleared_until IS NULL OR officer.cleared_until < program_today()"
        "   OR officer.withdrawn_at IS NOT NULL)"
    )
    return {row["id"] for row in rows}
