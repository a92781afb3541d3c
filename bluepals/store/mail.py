"""The outbox's rows: queued with the thing they tell about, claimed, and marked before and after the body goes out.

pending, retry, unknown -> claimed -> data_started -> sent, retry, unknown, failed
pending, retry -> cancelled;  claimed -> retry, unknown, failed
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bluepals.store.database import Connection

# How long a batch may hold a mail whose body has not gone out. Longer costs nothing but the wait after a crash.
LEASE = timedelta(minutes=15)
# After a server that put the mail off (RFC 5321, 4.5.4.1: at least 30 minutes, giving up after 4 to 5 days) ...
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (30, 60, 120, 240, 480, *[720] * 8))
# ... and while our own mail server takes nothing from us at all.
SERVER_AWAY_PAUSE = timedelta(minutes=5)
MOST_BODIES = 2  # After an unknown outcome the same message once more, then a person.

_TO_BE_SENT = (
    "recalled_at IS NULL AND (state IN ('pending', 'retry') OR (state = 'unknown'"
    f" AND bodies_started < {MOST_BODIES} AND coalesce(useful_until >= program_now(), true)))"
    " AND NOT held_by_a_pause(mail) AND NOT held_by_a_case(mail) AND message IS NOT NULL"
)
# A mail that may have arrived stays unknown, whatever else happens to it, until a server says yes or no.
_WAITING = "CASE WHEN bodies_started > 0 THEN 'unknown' ELSE 'retry' END"
_UNCLAIMED = "claim = NULL, claimed_until = NULL"
# What is called back is not sent any more, nor a second time where it may have arrived. A body that is on its way stays on record
# as whatever becomes of it.
MAY_STILL_GO = "state IN ('pending', 'retry', 'claimed', 'data_started', 'unknown')"
CALLED_BACK = (
    "recalled_at = program_now(),"
    " state = CASE WHEN state IN ('data_started', 'unknown') THEN state"
    "   WHEN bodies_started > 0 THEN 'unknown' ELSE 'cancelled' END,"
    " claim = CASE state WHEN 'data_started' THEN claim END,"
    " claimed_until = CASE state WHEN 'data_started' THEN claimed_until END"
)
# A body that was answered with a refusal has not been taken.
_BODIES_TAKEN = "bodies_started - (state = 'data_started')::int"


class ClaimLost(Exception):
    """Another batch has taken this mail over; the outcome is not ours to write."""


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A composed message. `key`: the thing it tells about and whom; the same key is mailed once.

    `tells_of`: pairings that it is about without being one pairing's own. `held_until`: from then on no pause holds it back.
    """

    key: str
    kind: str
    to: str
    message_id: str
    message: bytes
    school: str | None = None
    agency: str | None = None
    pairing_id: UUID | None = None
    tells_of: Sequence[UUID] = ()
    useful_until: datetime | None = None
    held_until: datetime | None = None
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    id: UUID
    to_address: str
    message: bytes
    school: str | None
    agency: str | None


@dataclass(frozen=True, slots=True)
class LostMail:
    """A mail that may have arrived twice and may not be sent again: for a person."""

    id: UUID
    school: str | None
    agency: str | None


async def is_queued(connection: Connection, key: str) -> bool:
    found: bool = await connection.fetchval("SELECT EXISTS (SELECT FROM mail WHERE key = $1)", key)
    return found


async def has_left(connection: Connection, key: str) -> bool:
    """Whether its body has gone out, at least once."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM mail WHERE key = $1 AND bodies_started > 0)", key
    )
    return found


async def queue(connection: Connection, mail: QueuedMail) -> None:
    """In the transaction of the thing it tells about."""
    await connection.execute(
        "INSERT INTO mail (program_id, key, kind, to_address, message_id, message, body_hash, school_id, agency_id,"
        " pairing_id, tells_of, useful_until, next_attempt_at, held_until)"
        " VALUES (current_setting('bluepals.program'), $1, $2, $3, $4, $5, sha256($5), $6, $7, $8, $9, $10,"
        " program_now() + $11::interval, $12)"
        " ON CONFLICT (program_id, key) DO NOTHING",
        mail.key,
        mail.kind,
        mail.to,
        mail.message_id,
        mail.message,
        mail.school,
        mail.agency,
        mail.pairing_id,
        list(mail.tells_of),
        mail.useful_until,
        mail.after,
        mail.held_until,
    )


async def call_back_about(connection: Connection, pairing_ids: Sequence[UUID]) -> None:
    """What tells of these pairings, and of no other one, is not sent any more, nor a second time."""
    await connection.execute(
        f"UPDATE mail SET {CALLED_BACK} WHERE tells_of <> '{{}}' AND tells_of <@ $1::uuid[] AND {MAY_STILL_GO}",
        list(pairing_ids),
    )


async def give_back_of(connection: Connection, officer_id: UUID) -> None:
    """What a batch has in hand for this officer and has not begun: it is asked anew whether it may go."""
    await connection.execute(
        f"UPDATE mail SET state = {_WAITING}, {_UNCLAIMED} WHERE officer_id = $1 AND state = 'claimed'",
        officer_id,
    )


async def call_back_return(connection: Connection, draft_id: UUID) -> None:
    """That this draft has come back to be changed is not said any more."""
    await connection.execute(
        f"UPDATE mail SET {CALLED_BACK} FROM decision WHERE decision.draft_id = $1"
        f" AND starts_with(mail.key, 'returned-' || decision.id || '-') AND {MAY_STILL_GO}",
        draft_id,
    )


async def cancel_stale(connection: Connection) -> None:
    """Reminders whose time has passed, mail to addresses that their server called invalid, and what has been recalled."""
    await connection.execute(
        "UPDATE mail SET state = 'cancelled' WHERE bodies_started = 0 AND state IN ('pending', 'retry')"
        " AND (useful_until < program_now() OR recalled_at IS NOT NULL OR to_address IN (SELECT address FROM suppressed_address))"
    )


async def recall(connection: Connection, key_begins: str, school: str | None = None) -> Sequence[str | None]:
    """What has not begun to leave of the mails whose keys begin so is not sent any more. Of which schools they were.

    `school`: of this one only.
    """
    rows = await connection.fetch(
        "UPDATE mail SET state = 'cancelled', recalled_at = program_now() WHERE state IN ('pending', 'retry')"
        " AND bodies_started = 0 AND starts_with(key, $1) AND coalesce(school_id = $2, $2 IS NULL) RETURNING school_id",
        key_begins,
        school,
    )
    return [row["school_id"] for row in rows]


async def recall_one(connection: Connection, key: str) -> None:
    """If it has not begun to leave, it is not sent any more."""
    await connection.execute(
        "UPDATE mail SET state = 'cancelled', recalled_at = program_now() WHERE state IN ('pending', 'retry')"
        " AND bodies_started = 0 AND key = $1",
        key,
    )


async def cancel_what_waits(connection: Connection) -> None:
    """What a pause holds back still when a year closes is sent no more; what has begun to leave, not a second time."""
    await connection.execute(
        "UPDATE mail SET recalled_at = program_now(), state = CASE state WHEN 'unknown' THEN state ELSE 'cancelled' END"
        " WHERE state IN ('pending', 'retry', 'unknown') AND held_by_a_pause(mail)"
    )


async def take_over_lost(connection: Connection) -> Sequence[LostMail]:
    """End the claims of a batch that has died: a body that had started may have arrived.

    Returns those that may not be sent again.
    """
    rows = await connection.fetch(
        f"UPDATE mail SET state = {_WAITING}, {_UNCLAIMED}, next_attempt_at = program_now()"
        " WHERE state IN ('claimed', 'data_started') AND claimed_until < clock_timestamp()"
        " RETURNING id, school_id AS school, agency_id AS agency, bodies_started"
    )
    return [
        LostMail(row["id"], row["school"], row["agency"])
        for row in rows
        if row["bodies_started"] >= MOST_BODIES
    ]


async def claim(connection: Connection, claim_id: UUID, limit: int) -> Sequence[ClaimedMail]:
    """Due mails, schools in turn, the oldest of each first."""
    rows = await connection.fetch(
        "WITH due AS (SELECT id, row_number() OVER (PARTITION BY school_id ORDER BY sequence) AS turn FROM mail"
        f"   WHERE next_attempt_at <= program_now() AND {_TO_BE_SENT}),"
        # The state is asked again here, for a row that another batch has claimed since.
        " taken AS (SELECT mail.id, due.turn FROM mail JOIN due USING (id)"
        f"   WHERE {_TO_BE_SENT} ORDER BY due.turn, mail.sequence LIMIT $2 FOR UPDATE OF mail SKIP LOCKED)"
        " UPDATE mail SET state = 'claimed', claim = $1, claimed_until = clock_timestamp() + $3::interval,"
        " attempts = attempts + 1 FROM taken WHERE mail.id = taken.id"
        " RETURNING mail.id, to_address, message, school_id AS school, agency_id AS agency, turn, sequence",
        claim_id,
        limit,
        LEASE,
    )
    in_turn = sorted(rows, key=lambda row: (row["turn"], row["sequence"]))
    return [
        ClaimedMail(row["id"], row["to_address"], row["message"], row["school"], row["agency"])
        for row in in_turn
    ]


async def release(connection: Connection, claim_id: UUID) -> None:
    """Give back what this batch has claimed and not begun, as if it had not been tried."""
    await connection.execute(
        f"UPDATE mail SET state = {_WAITING}, {_UNCLAIMED}, attempts = attempts - 1"
        " WHERE claim = $1 AND state = 'claimed'",
        claim_id,
    )


async def wait_for_server(connection: Connection) -> None:
    """Put off all that is due. It is no refusal: nothing of it counts towards giving a mail up."""
    await connection.execute(
        "UPDATE mail SET next_attempt_at = program_now() + $1::interval"
        f" WHERE next_attempt_at <= program_now() AND {_TO_BE_SENT}",
        SERVER_AWAY_PAUSE,
    )


async def mark_data_started(
    connection: Connection, mail_id: UUID, claim_id: UUID, patience: timedelta
) -> None:
    """Committed before the body goes out. `patience`: how long its answer may take. Raises ClaimLost."""
    await _fenced(
        connection,
        "UPDATE mail SET state = 'data_started', bodies_started = bodies_started + 1,"
        " claimed_until = clock_timestamp() + $3::interval + $4::interval"
        " WHERE id = $1 AND claim = $2 AND state = 'claimed'",
        mail_id,
        claim_id,
        patience,
        LEASE,
    )


async def mark_sent(connection: Connection, mail_id: UUID, claim_id: UUID, reply: str) -> None:
    """Raises ClaimLost, as all marks do."""
    await _fenced(
        connection,
        f"UPDATE mail SET state = 'sent', sent_at = program_now(), reply = $3, {_UNCLAIMED}"
        " WHERE id = $1 AND claim = $2 AND state = 'data_started'",
        mail_id,
        claim_id,
        reply,
    )


async def mark_refused_for_now(connection: Connection, mail_id: UUID, claim_id: UUID, reply: str) -> bool:
    """Later again, each time later; True when it has been refused for so long that it is given up."""
    await _fenced(
        connection,
        f"UPDATE mail SET reply = $3, {_UNCLAIMED}, bodies_started = {_BODIES_TAKEN}, refusals = refusals + 1,"
        " next_attempt_at = program_now() + coalesce(($4::interval[])[refusals + 1], interval '0'),"
        " state = CASE WHEN refusals >= array_length($4::interval[], 1) THEN 'failed'"
        f"   WHEN {_BODIES_TAKEN} > 0 THEN 'unknown' ELSE 'retry' END"
        " WHERE id = $1 AND claim = $2",
        mail_id,
        claim_id,
        reply,
        list(PAUSES),
    )
    state: str = await connection.fetchval("SELECT state FROM mail WHERE id = $1", mail_id)
    return state == "failed"


async def mark_refused(connection: Connection, mail_id: UUID, claim_id: UUID, reply: str) -> None:
    await _fenced(
        connection,
        f"UPDATE mail SET state = 'failed', reply = $3, {_UNCLAIMED}, bodies_started = {_BODIES_TAKEN}"
        " WHERE id = $1 AND claim = $2",
        mail_id,
        claim_id,
        reply,
    )


async def mark_unknown(connection: Connection, mail_id: UUID, claim_id: UUID, reply: str) -> bool:
    """It may have arrived. True when it may not be sent again: a person has to look."""
    await _fenced(
        connection,
        f"UPDATE mail SET state = 'unknown', reply = $3, {_UNCLAIMED}, next_attempt_at = program_now() + $4::interval"
        " WHERE id = $1 AND claim = $2 AND state = 'data_started'",
        mail_id,
        claim_id,
        reply,
        PAUSES[0],
    )
    bodies: int = await connection.fetchval("SELECT bodies_started FROM mail WHERE id = $1", mail_id)
    return bodies >= MOST_BODIES


async def suppress(connection: Connection, mail_id: UUID, reply: str) -> None:
    """Nothing more goes to this mail's address until a person mends it."""
    await connection.execute(
        "INSERT INTO suppressed_address (program_id, address, reply) SELECT program_id, to_address, $2 FROM mail"
        " WHERE id = $1 ON CONFLICT DO NOTHING",
        mail_id,
        reply,
    )


async def next_due(connection: Connection) -> datetime | None:
    """When the next mail may be sent, or a claim that nobody has ended runs out."""
    due_at: datetime | None = await connection.fetchval(
        f"SELECT least(min(next_attempt_at) FILTER (WHERE {_TO_BE_SENT}),"
        # Claims are kept in real time, since it is a real batch that dies; the rest in the program's.
        " program_now() + (min(claimed_until) - clock_timestamp())) FROM mail"
    )
    return due_at


async def _fenced(connection: Connection, statement: str, *values: object) -> None:
    if await connection.execute(statement, *values) != "UPDATE 1":
        raise ClaimLost(f"mail {values[0]} is no longer claimed by this batch")
