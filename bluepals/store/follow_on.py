"""Programs that a family may hear of at the year's end."""

from collections.abc import Sequence
from uuid import UUID

from bluepals.domain.people import FollowOn
from bluepals.store.database import Connection


async def save(connection: Connection, programs: Sequence[FollowOn]) -> None:
    """These, and no others any more."""
    await connection.execute("DELETE FROM follow_on WHERE name <> ALL ($1)", [one.name for one in programs])
    await connection.executemany(
        "INSERT INTO follow_on (program_id, name, begins_on, ends_on, ages, link)"
        " VALUES (current_setting('bluepals.program'), $1, $2, $3, $4, $5)"
        " ON CONFLICT (program_id, name) DO UPDATE SET (begins_on, ends_on, ages, link)"
        " = (excluded.begins_on, excluded.ends_on, excluded.ages, excluded.link)",
        [(one.name, one.begins, one.ends, one.ages, one.link) for one in programs],
    )


async def to_come(connection: Connection) -> Sequence[FollowOn]:
    """Those that are not over, the first to begin first."""
    rows = await connection.fetch(
        "SELECT name, begins_on AS begins, ends_on AS ends, ages, link FROM follow_on"
        " WHERE ends_on >= program_today() ORDER BY begins_on, name"
    )
    return [FollowOn(**row) for row in rows]


async def is_wanted(connection: Connection, pairing_id: UUID) -> bool:
    """Whether the guardian agreed to hear of other programs, and has not taken the consent back."""
    wanted: bool = await connection.fetchval(
        "SELECT has_consent_for(student, 'follow-on') FROM pairing"
        " JOIN student ON student.id = pairing.student_id WHERE pairing.id = $1",
        pairing_id,
    )
    return wanted
