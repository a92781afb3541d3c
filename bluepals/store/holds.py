"""Legal holds: while one stands, the database deletes nothing of its child."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.letters import NotTaken


class Subject(StrEnum):
    """What a hold names. A pairing or a letter holds its child as a whole."""

    STUDENT = "student"
    PAIRING = "pairing"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Hold:
    key: str
    subject: Subject
    subject_id: UUID
    reason: str
    set_at: datetime


async def hold(
    connection: Connection,
    *,
    key: str,
    subject: Subject,
    subject_id: UUID,
    reason: str,
    set_by: UUID | None = None,
) -> None:
    """Until it is released. `key`: what it is held for; while it stands, the same key again changes nothing."""
    await connection.execute(
        "INSERT INTO legal_hold (program_id, key, student_id, pairing_id, draft_id, reason, set_by)"
        " SELECT current_setting('bluepals.program'), $1, CASE $2 WHEN 'student' THEN $3::uuid END,"
        " CASE $2 WHEN 'pairing' THEN $3::uuid END, CASE $2 WHEN 'draft' THEN $3::uuid END, $4, $5"
        " ON CONFLICT (program_id, key) WHERE released_at IS NULL DO NOTHING",
        key,
        subject,
        subject_id,
        reason,
        set_by,
    )


async def known(connection: Connection, subject: Subject, subject_id: UUID) -> UUID:
    """The same id. Raises LookupError with a sentence when there is no such thing here."""
    if not await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pairing WHERE $1 = 'pairing' AND id = $2)"
        " OR EXISTS (SELECT FROM draft WHERE $1 = 'draft' AND id = $2)"
        " OR EXISTS (SELECT FROM student WHERE $1 = 'student' AND id = $2)",
        subject,
        subject_id,
    ):
        raise LookupError(
            f"There is no {subject} {subject_id} in this program. See: starter.py pairing list PROGRAM, or: starter.py letter waiting PROGRAM"
        )
    return subject_id


async def release(connection: Connection, key: str, released_by: UUID | None = None) -> None:
    """Raises NotTaken with a sentence."""
    changed = await connection.execute(
        "UPDATE legal_hold SET released_at = program_now(), released_by = $2"
        " WHERE key = $1 AND released_at IS NULL",
        key,
        released_by,
    )
    if changed != "UPDATE 1":
        raise NotTaken("No hold “{key}” stands. See which do: starter.py hold list PROGRAM", key=key)


async def standing(connection: Connection) -> Sequence[Hold]:
    """The oldest first."""
    rows = await connection.fetch(
        "SELECT key, CASE WHEN student_id IS NOT NULL THEN 'student' WHEN pairing_id IS NOT NULL THEN 'pairing'"
        " ELSE 'draft' END AS subject, coalesce(student_id, pairing_id, draft_id) AS subject_id, reason, set_at"
        " FROM legal_hold WHERE released_at IS NULL ORDER BY set_at, key"
    )
    return [Hold(**{**row, "subject": Subject(row["subject"])}) for row in rows]
