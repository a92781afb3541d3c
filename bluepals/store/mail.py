"""The outbox's rows: queued with the thing they tell about, claimed, and marked before and after the body goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bluepals.store.database import Connection

LEASE = timedelta(minutes=15)  # Longer than a body may wait for its answer.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (30, 60, 120, 240, 480, 720))
UNREACHABLE_PAUSE = timedelta(minutes=5)
GIVE_UP = timedelta(days=5)  # RFC 5321, 4.5.4.1
MOST_BODIES = 2  # After an unknown outcome the same message once more, then a person.


class ClaimLost(Exception):
    """Another batch has taken this mail over; the outcome is not ours to write."""


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A composed message. `key`: the thing it tells about and whom; the same key is mailed once."""

    key: str
    kind: str
    to: str
    message_id: str
    message: bytes
    school: str | None = None
    agency: str | None = None
    pairing_id: UUID | None = None
    useful_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    id: UUID
    to_address: str
    message: bytes


async def is_queued(connection: Connection, key: str) -> bool:
    found: bool = await connection.fetchval("SELECT EXISTS (SELECT FROM mail WHERE key = $1)", key)
    return found


async def queue(connection: Connection, mail: QueuedMail) -> None:
    """In the transaction of the thing it tells about."""
    await connection.execute(
        "INSERT INTO mail (program_id, key, kind, to_address, message_id, message, body_hash, school_id, agency_id,"
        " pairing_id, useful_until)"
        " VALUES (current_setting('bluepals.program'), $1, $2, $3, $4, $5, sha256($5), $6, $7, $8, $9)"
        " ON CONFLICT (program_id, key) DO NOTHING",
        mail.key,
        mail.kind,
        mail.to,
        mail.message_id,
        mail.message,
        mail.school,
        mail.agency,
        mail.pairing_id,
        mail.useful_until,
    )


async def cancel_stale(connection: Connection) -> None:
    """Reminders whose time has passed, and mail to addresses that their server called invalid."""
    await connection.execute(
        "UPDATE mail SET state = 'cancelled' WHERE state IN ('pending', 'retry') AND (useful_until < program_now()"
        " OR to_address IN (SELECT address FROM suppressed_address))"
    )


async def take_over_lost(connection: Connection) -> None:
    """Claims whose batch has died: a body that had started may have arrived."""
    await connection.execute(
        "UPDATE mail SET state = CASE state WHEN 'claimed' THEN 'retry' ELSE 'unknown' END,"
        " claim = NULL, claimed_until = NULL, next_attempt_at = program_now()"
        " WHERE state IN ('claimed', 'data_started') AND claimed_until < clock_timestamp()"
    )


async def claim(connection: Connection, claim_id: UUID, limit: int) -> Sequence[ClaimedMail]:
    """Due mails, schools in turn, the oldest of each first."""
    rows = await connection.fetch(
        "WITH due AS (SELECT id, row_number() OVER (PARTITION BY school_id ORDER BY sequence) AS turn FROM mail"
        "   WHERE next_attempt_at <= program_now()"
        "   AND (state IN ('pending', 'retry') OR (state = 'unknown' AND bodies_started < $3))),"
        " taken AS (SELECT mail.id, due.turn, mail.sequence FROM mail JOIN due USING (id)"
        "   ORDER BY due.turn, mail.sequence LIMIT $2 FOR UPDATE OF mail SKIP LOCKED)"
        " UPDATE mail SET state = 'claimed', claim = $1, claimed_until = clock_timestamp() + $4::interval,"
        " attempts = attempts + 1 FROM taken WHERE mail.id = taken.id"
        " RETURNING mail.id, mail.to_address, mail.message, taken.turn, mail.sequence",
        claim_id,
        limit,
        MOST_BODIES,
        LEASE,
    )
    in_turn = sorted(rows, key=lambda row: (row["turn"], row["sequence"]))
    return [ClaimedMail(row["id"], row["to_address"], row["message"]) for row in in_turn]


async def mark_data_started(connection: Connection, mail_id: UUID, claim_id: UUID) -> None:
    """Committed before the body goes out. Raises ClaimLost."""
    await _fenced(
        connection,
        "UPDATE mail SET state = 'data_started', bodies_started = bodies_started + 1"
        " WHERE id = $1 AND claim = $2 AND state = 'claimed'",
        mail_id,
        claim_id,
    )


async def mark_sent(connection: Connection, mail_id: UUID, claim_id: UUID, reply: str) -> None:
    await _fenced(
        connection,
        "UPDATE mail SET state = 'sent', sent_at = program_now(), reply = $3, claim = NULL, claimed_until = NULL"
        " WHERE id = $1 AND claim = $2",
        mail_id,
        claim_id,
        reply,
    )


async def mark_unreachable(connection: Connection, mail_id: UUID, claim_id: UUID) -> None:
    """Nobody answered: soon again, and no step towards giving up."""
    await _fenced(
        connection,
        "UPDATE mail SET state = 'retry', attempts = attempts - 1, next_attempt_at = program_now() + $3::interval,"
        " claim = NULL, claimed_until = NULL WHERE id = $1 AND claim = $2",
        mail_id,
        claim_id,
        UNREACHABLE_PAUSE,
    )


async def mark_refused_for_now(connection: Connection, mail_id: UUID, claim_id: UUID, reply: str) -> bool:
    """Later again, each time later; True when it has been refused for so long that it is given up."""
    await _fenced(
        connection,
        "UPDATE mail SET reply = $3, claim = NULL, claimed_until = NULL,"
        " first_refused_at = coalesce(first_refused_at, program_now()),"
        " next_attempt_at = program_now() + ($4::interval[])[least(attempts, array_length($4::interval[], 1))],"
        " state = CASE WHEN first_refused_at < program_now() - $5::interval THEN 'failed' ELSE 'retry' END"
        " WHERE id = $1 AND claim = $2",
        mail_id,
        claim_id,
        reply,
        list(PAUSES),
        GIVE_UP,
    )
    return await _state(connection, mail_id) == "failed"


async def mark_refused(connection: Connection, mail_id: UUID, claim_id: UUID, reply: str) -> None:
    await _fenced(
        connection,
        "UPDATE mail SET state = 'failed', reply = $3, claim = NULL, claimed_until = NULL WHERE id = $1 AND claim = $2",
        mail_id,
        claim_id,
        reply,
    )


async def mark_unknown(connection: Connection, mail_id: UUID, claim_id: UUID, reply: str) -> bool:
    """It may have arrived. True when it may not be sent again: a person has to look."""
    await _fenced(
        connection,
        "UPDATE mail SET state = 'unknown', reply = $3, claim = NULL, claimed_until = NULL,"
        " next_attempt_at = program_now() + $4::interval WHERE id = $1 AND claim = $2",
        mail_id,
        claim_id,
        reply,
        PAUSES[0],
    )
    bodies: int = await connection.fetchval("SELECT bodies_started FROM mail WHERE id = $1", mail_id)
    return bodies >= MOST_BODIES


async def suppress(connection: Connection, mail_id: UUID, reply: str) -> None:
    await connection.execute(
        "INSERT INTO suppressed_address (program_id, address, reply) SELECT program_id, to_address, $2 FROM mail"
        " WHERE id = $1 ON CONFLICT DO NOTHING",
        mail_id,
        reply,
    )


async def next_due(connection: Connection) -> datetime | None:
    due_at: datetime | None = await connection.fetchval(
        "SELECT min(next_attempt_at) FROM mail"
        " WHERE state IN ('pending', 'retry') OR (state = 'unknown' AND bodies_started < $1)",
        MOST_BODIES,
    )
    return due_at


async def _fenced(connection: Connection, statement: str, *values: object) -> None:
    if await connection.execute(statement, *values) != "UPDATE 1":
        raise ClaimLost(f"mail {values[0]} is no longer claimed by this batch")


async def _state(connection: Connection, mail_id: UUID) -> str:
    state: str = await connection.fetchval("SELECT state FROM mail WHERE id = $1", mail_id)
    return state
