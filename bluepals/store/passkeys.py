"""The passkeys of the staff, and the challenges that have been answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Passkey:
    id: UUID
    staff_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    made_at: datetime
    used_at: datetime | None


_KEPT = (
    "SELECT id, staff_id, credential_id, public_key, sign_count, made_at, used_at FROM passkey"
    " WHERE removed_at IS NULL"
)


async def of(connection: Connection, staff_id: UUID) -> list[Passkey]:
    rows = await connection.fetch(f"{_KEPT} AND staff_id = $1 ORDER BY made_at, id", staff_id)
    return [Passkey(**row) for row in rows]


async def locked(connection: Connection, credential_id: bytes) -> Passkey | None:
    """For whoever answers with it: two answers at once are judged one after the other."""
    row = await connection.fetchrow(f"{_KEPT} AND credential_id = $1 FOR UPDATE", credential_id)
    return Passkey(**row) if row else None


async def holder(connection: Connection, staff_id: UUID) -> tuple[str, str]:
    """Their name and address."""
    [row] = await connection.fetch("SELECT name, email FROM staff WHERE id = $1", staff_id)
    return row["name"], row["email"]


async def save(
    connection: Connection,
    program: str,
    staff_id: UUID,
    *,
    credential_id: bytes,
    public_key: bytes,
    sign_count: int,
) -> UUID | None:
    """None: there is one of this id."""
    saved: UUID | None = await connection.fetchval(
        "INSERT INTO passkey (program_id, staff_id, credential_id, public_key, sign_count)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (program_id, credential_id) DO NOTHING RETURNING id",
        program,
        staff_id,
        credential_id,
        public_key,
        sign_count,
    )
    return saved


async def note_use(connection: Connection, passkey_id: UUID, sign_count: int) -> None:
    await connection.execute(
        "UPDATE passkey SET used_at = program_now(), sign_count = $2 WHERE id = $1", passkey_id, sign_count
    )


async def remove(connection: Connection, staff_id: UUID, passkey_id: UUID) -> bool:
    """Whether it was theirs, and not removed yet."""
    removed = await connection.fetchval(
        "UPDATE passkey SET removed_at = program_now()"
        " WHERE id = $2 AND staff_id = $1 AND removed_at IS NULL RETURNING true",
        staff_id,
        passkey_id,
    )
    return removed is not None


async def remove_all(connection: Connection, staff_id: UUID) -> int:
    """How many there were."""
    rows = await connection.fetch(
        "UPDATE passkey SET removed_at = program_now() WHERE staff_id = $1 AND removed_at IS NULL RETURNING id",
        staff_id,
    )
    return len(rows)


async def answer_once(connection: Connection, program: str, challenge: bytes, kept: timedelta) -> bool:
    """Whether nobody has answered this challenge before; `kept`: no shorter than a challenge stays open."""
    await connection.execute("DELETE FROM answered_challenge WHERE expires_at < program_now()")
    first = await connection.fetchval(
        "INSERT INTO answered_challenge (program_id, challenge, expires_at)"
        " VALUES ($1, $2, program_now() + $3::interval) ON CONFLICT DO NOTHING RETURNING true",
        program,
        challenge,
        kept,
    )
    return first is not None
