"""What goes to the other side, and what goes instead when a side misses its date."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import asyncpg

from bluepals.domain.letters import DeliveryKind, Side
from bluepals.store.database import Connection


class Held(StrEnum):
    """Why a letter is not released now."""

    NO_SUCH_DECISION = "no such decision"
    NO_CONSENT = "no consent"
    NOT_CLEARED = "officer not cleared"
    ENDED = "pairing ended"
    PAUSED = "letters are paused"
    CASE = "with the counselor"
    OFFICER_STOPPED = "officer stopped"
    NEXT_YEAR = "its round goes into the next year"


class TooEarly(Exception):
    """By the program's clock the date has not come: ask again."""


class DateMoved(Exception):
    """The date is no longer the one that was waited for: read the calendar again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery on record. `opening`: the round with whose opening day it goes; None: by itself."""

    id: UUID
    draft_id: UUID
    round_number: int
    side: Side
    kind: DeliveryKind
    opening: int | None
    new: bool


async def release(
    connection: Connection, pairing_id: UUID, draft_id: UUID, draft_hash: bytes
) -> Delivery | Held:
    """Deliver an approved draft of this pairing, once: to the officer at once, to the child with an opening day."""
    draft = await connection.fetchrow(
        "SELECT letter.side, letter.round_number, pairing.ended_at,"
        " (SELECT min(received_at) FROM draft AS first WHERE first.letter_id = letter.id) AS first_received_at,"
        " has_consent(student) AS consented, is_cleared(officer) AS cleared,"
        " is_paused('letters', pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id) AS paused,"
        " is_held(draft.id) AS under_a_case, is_stopped(officer.id) AS stopped,"
        " letter.side = 'officer' AND round.left_out IS NOT DISTINCT FROM 'carried' AS carried"
        " FROM decision"
        " JOIN draft ON draft.id = decision.draft_id JOIN letter ON letter.id = draft.letter_id"
        " JOIN round ON round.program_year_id = letter.program_year_id AND round.number = letter.round_number"
        " JOIN pairing ON pairing.id = letter.pairing_id"
        " JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        " WHERE decision.draft_id = $1 AND decision.hash = $2 AND decision.verdict = 'approve' AND pairing.id = $3"
        " FOR SHARE OF pairing, student, officer, decision",
        draft_id,
        draft_hash,
        pairing_id,
    )
    if draft is None:
        return Held.NO_SUCH_DECISION
    if existing := await _delivery(connection, pairing_id, draft_id):
        return existing
    if held := _closed_gate(draft):
        return held
    kind, opening = await _way_out(connection, pairing_id, draft)
    return await _insert(
        connection, pairing_id, draft_id, draft["round_number"], Side(draft["side"]), kind, opening
    )


def _closed_gate(gates: asyncpg.Record) -> Held | None:
    """The first of them that is closed."""
    closed = {
        Held.ENDED: gates["ended_at"] is not None,
        Held.CASE: gates["under_a_case"],
        Held.OFFICER_STOPPED: gates["stopped"],
        Held.NO_CONSENT: not gates["consented"],
        Held.NOT_CLEARED: not gates["cleared"],
        Held.PAUSED: gates["paused"],
        Held.NEXT_YEAR: gates["carried"],
    }
    return next((held for held, is_closed in closed.items() if is_closed), None)


async def _way_out(
    connection: Connection, pairing_id: UUID, draft: asyncpg.Record
) -> tuple[DeliveryKind, int | None]:
    """Which kind of delivery it becomes, and the opening day it goes with."""
    own = await connection.fetchrow(
        "SELECT students_due_at, pack_closes_at > program_now() AS pack_open, EXISTS (SELECT FROM delivery"
        "   WHERE pairing_id = $1 AND round_number = $2 AND side = 'officer' AND kind <> 'late'"
        "   AND withheld_at IS NULL) AS filled"
        " FROM pairing_round WHERE pairing_id = $1 AND number = $2",
        pairing_id,
        draft["round_number"],
    )
    assert own is not None  # noqa: S101 - a letter's round is a foreign key
    if draft["side"] == Side.STUDENT:
        due = own["students_due_at"]  # None: frozen, or its round was left out
        late = due is not None and draft["first_received_at"] > due
        return (DeliveryKind.LATE if late else DeliveryKind.LETTER), None
    if own["pack_open"] and not own["filled"]:
        return DeliveryKind.LETTER, draft["round_number"]
    next_opening: int | None = await connection.fetchval(
        "SELECT min(number) FROM pairing_round WHERE pairing_id = $1 AND number > $2 AND pack_closes_at > program_now()",
        pairing_id,
        draft["round_number"],
    )
    return DeliveryKind.LATE, next_opening


_MISS = """
    INSERT INTO miss (pairing_id, round_number, side, program_id, school_id, agency_id)
    SELECT pairing.id, round.number, due.side, pairing.program_id, pairing.school_id, pairing.agency_id
      FROM pairing JOIN pairing_round AS round ON round.pairing_id = pairing.id
     CROSS JOIN LATERAL (VALUES ('student', students_due_at), ('officer', officers_due_at)) AS due (side, at)
     WHERE pairing.id = $1 AND NOT EXISTS (
           SELECT FROM letter JOIN draft ON draft.letter_id = letter.id
            WHERE letter.pairing_id = $1 AND letter.round_number = round.number AND letter.side = due.side
              AND draft.received_at <= due.at)
"""


async def record_miss(
    connection: Connection, pairing_id: UUID, round_number: int, side: Side, due: datetime | None = None
) -> bool:
    """Whether this side missed its date: recorded unless a draft was received in time (design: one conditional INSERT).

    `due`: the date that was waited for; None takes it as it is. Raises DateMoved when it is another one now, and TooEarly while the program's
    clock, which judges, is behind the one that woke whoever asks.
    """
    now = await connection.fetchrow(
        "SELECT due, due > program_now() AS ahead FROM (SELECT"
        "   CASE WHEN $3::text = 'student' THEN students_due_at ELSE officers_due_at END AS due"
        "   FROM pairing_round WHERE pairing_id = $1 AND number = $2) AS this",
        pairing_id,
        round_number,
        side,
    )
    if now is None or now["due"] is None or (due is not None and now["due"] != due):
        raise DateMoved(f"Round {round_number} has another date now.")
    if now["ahead"]:
        raise TooEarly
    await connection.execute(
        f"{_MISS} AND round.number = $2 AND due.side = $3::text ON CONFLICT DO NOTHING",
        pairing_id,
        round_number,
        side,
    )
    missed: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM miss WHERE pairing_id = $1 AND round_number = $2 AND side = $3::text)",
        pairing_id,
        round_number,
        side,
    )
    return missed


async def record_misses_of_opened_rounds(connection: Connection, pairing_id: UUID) -> None:
    """Of those that nobody has recorded. Whoever says farewell misses no date."""
    await connection.execute(
        f"{_MISS} AND round.number >= first_round AND round.left_out IS NULL AND round.opens_at <= program_now()"
        " AND due.at <= program_now() AND NOT EXISTS (SELECT FROM ending WHERE ending.pairing_id = $1)"
        " ON CONFLICT DO NOTHING",
        pairing_id,
    )


async def put_stock_letter(
    connection: Connection, pairing_id: UUID, round_number: int
) -> Delivery | Held | None:
    """Put a stock letter into the pack of a child whose officer's letter is not there; None when none is left.

    In the child's language if there is one, otherwise in English, never one that this child has had; the least used first.
    Raises DateMoved when the class's opening day is frozen or was left out.
    """
    filled = await _in_the_pack(connection, pairing_id, round_number)
    if filled is None and not await _has_opening_day(connection, pairing_id, round_number):
        raise DateMoved(f"Round {round_number} has no opening day now.")
    return filled or await put_stock_letter_instead(connection, pairing_id, round_number)


async def put_stock_letter_instead(
    connection: Connection, pairing_id: UUID, round_number: int
) -> Delivery | Held | None:
    """The same in place of a letter that was in the pack, which may rest meanwhile."""
    if filled := await _in_the_pack(connection, pairing_id, round_number):
        return filled
    gates = await connection.fetchrow(
        # Another officer has written it: the clearance of the child's own is not asked for.
        "SELECT pairing.ended_at, has_consent(student) AS consented, true AS cleared, false AS paused,"
        " false AS under_a_case, false AS stopped, false AS carried"
        " FROM pairing JOIN student ON student.id = pairing.student_id WHERE pairing.id = $1"
        " FOR SHARE OF pairing, student",
        pairing_id,
    )
    if gates is None:
        return Held.ENDED
    return _closed_gate(gates) or await _put_stock_letter(connection, pairing_id, round_number)


async def put_stock_letter_meanwhile(
    connection: Connection, pairing_id: UUID, round_number: int
) -> Delivery | Held | None:
    """The same for a child between two officers: it belongs to the pairing that has ended, as long as the next one is sought."""
    if filled := await _in_the_pack(connection, pairing_id, round_number):
        return filled
    waits = await connection.fetchval(
        "SELECT has_consent(student) FROM replacement JOIN student ON student.id = replacement.student_id"
        " WHERE replacement.pairing_id = $1 AND replacement.closed_at IS NULL FOR SHARE OF replacement, student",
        pairing_id,
    )
    if waits is None:
        return Held.ENDED
    return await _put_stock_letter(connection, pairing_id, round_number) if waits else Held.NO_CONSENT


async def _has_opening_day(connection: Connection, pairing_id: UUID, round_number: int) -> bool:
    has: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pairing_round WHERE pairing_id = $1 AND number = $2 AND opens_at IS NOT NULL)",
        pairing_id,
        round_number,
    )
    return has


async def _in_the_pack(connection: Connection, pairing_id: UUID, round_number: int) -> Delivery | None:
    filled = await connection.fetchval(
        "SELECT draft_id FROM delivery WHERE pairing_id = $1 AND round_number = $2 AND side = 'officer' AND kind <> 'late'"
        " AND withheld_at IS NULL",
        pairing_id,
        round_number,
    )
    return None if filled is None else await _delivery(connection, pairing_id, filled)


async def _put_stock_letter(connection: Connection, pairing_id: UUID, round_number: int) -> Delivery | None:
    draft_id = await connection.fetchval(
        "SELECT draft.id FROM draft JOIN letter ON letter.id = draft.letter_id"
        " JOIN officer AS writer ON writer.id = draft.uploaded_by AND writer.withdrawn_at IS NULL"
        " JOIN decision ON decision.draft_id = draft.id AND decision.verdict = 'approve'"
        " JOIN pairing ON pairing.id = $1 JOIN student ON student.id = pairing.student_id"
        " WHERE draft.written_for = 'stock' AND may_be_opened(draft.id) AND letter.stock_gender = pairing.gender"
        " AND draft.language IN (student.language, 'en')"
        " AND NOT EXISTS (SELECT FROM delivery JOIN pairing AS earlier ON earlier.id = delivery.pairing_id"
        "   WHERE delivery.draft_id = draft.id AND earlier.student_id = pairing.student_id)"
        " ORDER BY draft.language = student.language DESC,"
        " (SELECT count(*) FROM delivery WHERE delivery.draft_id = draft.id), letter.stock_id LIMIT 1",
        pairing_id,
    )
    if draft_id is None:
        return None
    return await _insert(
        connection, pairing_id, draft_id, round_number, Side.OFFICER, DeliveryKind.STOCK, opening=round_number
    )


async def take_out_of_pack(
    connection: Connection, program_year: str, opening: int, pairing_id: UUID | None
) -> Sequence[tuple[UUID, Delivery]]:
    """Of a round that has been left out; with each its pairing. A stock letter has no other way. No pairing: of all."""
    rows = await connection.fetch(
        "SELECT pairing_id, id, draft_id, round_number, side, kind, opening FROM take_out_of_pack($1, $2, $3)",
        program_year,
        opening,
        pairing_id,
    )
    return [(row["pairing_id"], _of(row)) for row in rows]


async def not_opened(connection: Connection, pairing_id: UUID) -> Sequence[int]:
    """The opening days for which a letter of this pairing is in a pack that its child's class has not opened."""
    rows = await connection.fetch(
        "SELECT DISTINCT opening FROM delivery JOIN pairing_round AS round USING (pairing_id)"
        " WHERE pairing_id = $1 AND round.number = opening AND withheld_at IS NULL AND NOT opened ORDER BY 1",
        pairing_id,
    )
    return [row["opening"] for row in rows]


async def is_left_out(connection: Connection, program_year: str, number: int) -> bool:
    left_out: bool = await connection.fetchval(
        "SELECT left_out IS NOT NULL FROM round WHERE program_year_id = $1 AND number = $2",
        program_year,
        number,
    )
    return left_out


async def in_opened_pack(connection: Connection, pairing_id: UUID, opening: int) -> Sequence[Delivery]:
    """What is in this pack for a child whose class has opened it."""
    rows = await connection.fetch(
        "SELECT delivery.* FROM delivery JOIN pairing_round AS round USING (pairing_id)"
        " WHERE pairing_id = $1 AND opening = $2 AND round.number = opening AND withheld_at IS NULL AND opened",
        pairing_id,
        opening,
    )
    return [_of(row) for row in rows]


async def _insert(
    connection: Connection,
    pairing_id: UUID,
    draft_id: UUID,
    round_number: int,
    side: Side,
    kind: DeliveryKind,
    opening: int | None,
) -> Delivery:
    await connection.execute(
        "INSERT INTO delivery (program_id, school_id, agency_id, pairing_id, round_number, side, kind, opening,"
        " draft_id, written_for, hash)"
        " SELECT pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id, $3, $4, $5, $6,"
        " draft.id, draft.written_for, draft.hash FROM pairing, draft WHERE pairing.id = $1 AND draft.id = $2",
        pairing_id,
        draft_id,
        round_number,
        side,
        kind,
        opening,
    )
    inserted = await _delivery(connection, pairing_id, draft_id)
    assert inserted is not None  # noqa: S101 - inserted above
    return replace(inserted, new=True)


async def _delivery(connection: Connection, pairing_id: UUID, draft_id: UUID) -> Delivery | None:
    row = await connection.fetchrow(
        "SELECT id, draft_id, round_number, side, kind, opening FROM delivery WHERE pairing_id = $1 AND draft_id = $2",
        pairing_id,
        draft_id,
    )
    return None if row is None else _of(row)


def _of(row: asyncpg.Record) -> Delivery:
    return Delivery(
        id=row["id"],
        draft_id=row["draft_id"],
        round_number=row["round_number"],
        side=Side(row["side"]),
        kind=DeliveryKind(row["kind"]),
        opening=row["opening"],
        new=False,
    )


@dataclass(frozen=True, slots=True)
class PackDraft:
    """One letter of a class's pack: for whom, from whom, which draft."""

    student_id: UUID
    student_name: str
    writer_first_name: str
    draft_id: UUID
    kind: DeliveryKind


async def pack(
    connection: Connection, program_year: str, class_name: str, opening: int
) -> Sequence[PackDraft]:
    """What a class opens on this opening day, in roster order."""
    rows = await connection.fetch(
        "SELECT student.id AS student_id, student.first_name || ' ' || student.last_name AS student_name,"
        " writer.first_name AS writer_first_name, delivery.draft_id, delivery.kind"
        " FROM delivery JOIN pairing ON pairing.id = delivery.pairing_id JOIN writer USING (draft_id, pairing_id)"
        " JOIN student ON student.id = pairing.student_id"
        " WHERE pairing.program_year_id = $1 AND student.class_name = $2 AND delivery.opening = $3"
        " AND withheld_at IS NULL AND may_be_opened(delivery.draft_id) AND has_consent(student)"
        " ORDER BY in_alphabet(student.last_name), in_alphabet(student.first_name), student.id, delivery.kind = 'late', delivery.sequence",
        program_year,
        class_name,
        opening,
    )
    return [PackDraft(**{**row, "kind": DeliveryKind(row["kind"])}) for row in rows]
