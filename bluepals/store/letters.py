"""Letters from draft to delivery. What a letter says goes in and out through bluepals.store.content only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from bluepals.domain.letters import Letter, ScannedLetter, Side, Translation, Verdict
from bluepals.domain.refusals import Refused
from bluepals.domain.screening import Mark, Risk, Screening
from bluepals.store.content import ContentKey, Keyring, key_to_read, key_to_write
from bluepals.store.database import Connection


class NotTaken(Refused):
    """The fact contradicts what is on record; the message says what is there and what to do."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A letter as it is handed in, before it has a draft of its own."""

    letter: Letter
    language: str
    uploaded_by: UUID
    screening: Screening | None  # None: pages, which no filter reads


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """A draft on record: ids, states and times, nothing of what it says."""

    id: UUID
    letter_id: UUID
    number: int
    hash: bytes
    received_at: datetime
    known: bool


@dataclass(frozen=True, slots=True)
class WaitingDraft:
    """A draft that a reader has to decide about."""

    draft_id: UUID
    hash: bytes
    pairing_id: UUID | None
    school: str | None
    round_number: int | None
    side: Side
    kind: str
    language: str
    risk: Risk | None
    received_at: datetime
    uploaded_by: UUID


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on record, with what its consequences need to know."""

    id: UUID
    draft_id: UUID
    hash: bytes
    verdict: Verdict
    pairing_id: UUID | None
    round_number: int | None
    side: Side
    uploaded_by: UUID
    known: bool


async def hand_in(
    connection: Connection,
    keyring: Keyring,
    *,
    pairing_id: UUID,
    round_number: int,
    side: Side,
    handed: Handed,
) -> DraftRecord:
    """Commit a draft of this side's letter of this round; the same content again is the same draft.

    Raises NotTaken when there is no such pairing or round, when another officer hands it in, or when the letter has been
    approved or referred.
    """
    pairing = await connection.fetchrow(
        "SELECT pairing.*, round.number IS NOT NULL AS has_round,"
        " EXISTS (SELECT FROM officer WHERE id = $3 AND id <> pairing.officer_id) AS by_another,"
        " $4 = 'officer' AND is_stopped(pairing.officer_id) AS stopped FROM pairing"
        " LEFT JOIN pairing_round AS round ON round.pairing_id = pairing.id AND round.number = $2"
        "   AND round.left_out IS NULL"
        " WHERE pairing.id = $1",
        pairing_id,
        round_number,
        handed.uploaded_by,
        side,
    )
    if pairing is None or not pairing["has_round"]:
        raise NotTaken(
            "There is no round {round_number} of pairing {pairing_id} here. See: starter.py pairing show PROGRAM "
            "{pairing_id}",
            round_number=round_number,
            pairing_id=pairing_id,
        )
    if pairing["by_another"]:
        raise NotTaken(
            "Pairing {pairing_id} has another officer. Ask for the letter's own pairing.",
            pairing_id=pairing_id,
        )
    if pairing["stopped"]:
        raise NotTaken("Your letters rest for now. The coordinator can tell you more.")
    letter_id: UUID = await connection.fetchval(
        "INSERT INTO letter (program_id, school_id, agency_id, pairing_id, program_year_id, round_number, side)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (pairing_id, round_number, side) DO UPDATE SET side = excluded.side RETURNING id",
        pairing["program_id"],
        pairing["school_id"],
        pairing["agency_id"],
        pairing_id,
        pairing["program_year_id"],
        round_number,
        side,
    )
    return await _add_draft(connection, keyring, letter_id, pairing["student_id"], handed)


async def hand_in_stock(
    connection: Connection, keyring: Keyring, *, officer_id: UUID, stock_id: str, handed: Handed
) -> DraftRecord:
    """A reserve officer's letter, written for whichever child will need one."""
    letter_id: UUID | None = await connection.fetchval(
        "INSERT INTO letter (program_id, agency_id, side, stock_id, stock_gender)"
        " SELECT program_id, agency_id, 'officer', $2, gender FROM officer WHERE id = $1 AND gender IS NOT NULL"
        " ON CONFLICT (program_id, stock_id) DO UPDATE SET side = excluded.side RETURNING id",
        officer_id,
        stock_id,
    )
    if letter_id is None:
        raise NotTaken(
            "Officer {officer_id} is not on record with a gender; import the officers first.",
            officer_id=officer_id,
        )
    return await _add_draft(connection, keyring, letter_id, None, handed)


async def _add_draft(
    connection: Connection, keyring: Keyring, letter_id: UUID, student_id: UUID | None, handed: Handed
) -> DraftRecord:
    """The caller holds the letter's row lock, by its upsert."""
    letter = await connection.fetchrow("SELECT * FROM letter WHERE id = $1", letter_id)
    assert letter is not None  # noqa: S101 - upserted above
    try:
        key = await key_to_write(connection, keyring, letter["program_id"], student_id)
    except asyncpg.CheckViolationError:
        raise NotTaken(
            "This child has been erased at the family's wish: no letter is taken any more."
        ) from None
    sealed = key.seal(handed.letter, letter_id)
    known = await connection.fetchrow(
        "SELECT id, letter_id, number, hash, received_at FROM draft WHERE letter_id = $1 AND fingerprint = $2",
        letter_id,
        sealed.fingerprint,
    )
    if known is not None:
        return DraftRecord(**known, known=True)
    await _refuse_if_settled(connection, letter_id)
    screening = handed.screening
    row = await connection.fetchrow(
        "INSERT INTO draft (program_id, school_id, agency_id, letter_id, written_for, number, kind, language,"
        " stored, hash, fingerprint, uploaded_by, marks, risk)"
        " VALUES ($1, $2, $3, $4, $5, (SELECT count(*) + 1 FROM draft WHERE letter_id = $4), $6, $7,"
        " $8, $9, $10, $11, $12, $13) RETURNING id, letter_id, number, hash, received_at",
        letter["program_id"],
        letter["school_id"],
        letter["agency_id"],
        letter_id,
        letter["written_for"],
        "pages" if isinstance(handed.letter, ScannedLetter) else "text",
        handed.language,
        sealed.stored,
        sealed.hash,
        sealed.fingerprint,
        handed.uploaded_by,
        None if screening is None else [_mark_to_json(mark) for mark in screening.marks],
        None if screening is None else screening.risk,
    )
    assert row is not None  # noqa: S101 - INSERT ... RETURNING
    return DraftRecord(**row, known=False)


def _mark_to_json(mark: Mark) -> dict[str, object]:
    return {"kind": mark.kind, "start": mark.start, "end": mark.end}


async def _refuse_if_settled(connection: Connection, letter_id: UUID) -> None:
    """Under a case nobody who hands letters in learns more than that it is being read."""
    row = await connection.fetchrow(
        "SELECT bool_or(has_open_case(id)) AS held, max(standing_verdict(id))"
        "   FILTER (WHERE standing_verdict(id) IN ('approve', 'refer')) AS verdict FROM draft WHERE letter_id = $1",
        letter_id,
    )
    assert row is not None  # noqa: S101 - an aggregate always returns its row
    if row["held"] or row["verdict"] == Verdict.REFER:
        raise NotTaken(
            "This letter is being read and can't be changed now. What is new belongs in the next one."
        )
    if row["verdict"] == Verdict.APPROVE:
        raise NotTaken(
            "This letter has been approved and can't be changed. What is new belongs in the next one."
        )


async def waiting(connection: Connection) -> Sequence[WaitingDraft]:
    """Drafts that nobody has decided about: the worrying and the unscreened first, then the oldest.

    Also of pairings that have ended: what a child has written last may worry whoever reads it.
    """
    rows = await connection.fetch(
        "SELECT draft.id AS draft_id, draft.hash, letter.pairing_id, letter.school_id AS school, letter.round_number,"
        " letter.side, draft.kind, draft.language, draft.risk, draft.received_at, draft.uploaded_by"
        " FROM draft JOIN letter ON letter.id = draft.letter_id"
        " WHERE NOT EXISTS (SELECT FROM decision WHERE decision.draft_id = draft.id) AND NOT is_held(draft.id)"
        " AND NOT EXISTS (SELECT FROM draft AS newer WHERE newer.letter_id = draft.letter_id AND newer.number > draft.number)"
        " ORDER BY array_position(ARRAY['high', 'low', 'none'], coalesce(draft.risk, 'low')), draft.sequence"
    )
    return [
        WaitingDraft(**{**row, "side": Side(row["side"]), "risk": Risk(row["risk"]) if row["risk"] else None})
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class OpenedDraft:
    """A draft with what it says."""

    letter: Letter
    language: str
    hash: bytes
    marks: tuple[Mark, ...]
    risk: Risk | None
    translation: Translation | None = None


async def read(connection: Connection, keyring: Keyring, draft_id: UUID) -> OpenedDraft:
    """What the draft says. Raises NotTaken when there is none in sight."""
    row = await connection.fetchrow(
        "SELECT draft.*, pairing.student_id FROM draft JOIN letter ON letter.id = draft.letter_id"
        " LEFT JOIN pairing ON pairing.id = letter.pairing_id WHERE draft.id = $1",
        draft_id,
    )
    if row is None:
        raise NotTaken(
            "There is no draft {draft_id} here. See: starter.py letter waiting PROGRAM", draft_id=draft_id
        )
    key = await key_to_read(connection, keyring, row["program_id"], row["student_id"])
    return OpenedDraft(
        letter=key.open(row["kind"], row["stored"], row["letter_id"]),
        language=row["language"],
        hash=row["hash"],
        marks=tuple(Mark(**mark) for mark in row["marks"] or ()),
        risk=Risk(row["risk"]) if row["risk"] else None,
        translation=_translation(key, row),
    )


async def reads_letters(connection: Connection, staff_id: UUID, school: str) -> bool:
    """Whether somebody decides about this school's letters: its moderators and the coordinators do."""
    reads: bool = await connection.fetchval("SELECT reads_letters_of($1, $2)", staff_id, school)
    return reads


async def written_to(connection: Connection, someone: UUID, draft_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these are to this one, who may be the child's officer under another id."""
    rows = await connection.fetch(
        "SELECT id FROM unnest($2::uuid[]) AS id WHERE is_written_to($1, id)", someone, list(draft_ids)
    )
    return frozenset(row["id"] for row in rows)


async def may_be_shown(connection: Connection, draft_id: UUID, staff_id: UUID) -> bool:
    """To those who decide about it; one that the filter marks as worrying also to its counselors, who are told of it."""
    may: bool = await connection.fetchval(
        "SELECT (reads_letters_of($2, school_id) AND NOT is_written_to($2, id)) OR (risk = 'high' AND EXISTS (SELECT FROM staff_role WHERE staff_id = $2"
        "  AND role = 'counselor' AND (staff_role.school_id IS NULL OR staff_role.school_id = draft.school_id)))"
        " FROM draft WHERE id = $1",
        draft_id,
        staff_id,
    )
    return may


def _translation(key: ContentKey, row: asyncpg.Record) -> Translation | None:
    if row["translation"] is None:
        return None
    return Translation(row["translated_into"], key.open_translation(row["translation"], row["letter_id"]))


@dataclass(frozen=True, slots=True)
class Copy:
    """What a reader has made of a draft, to approve it: with words left out, with a translation, or both."""

    letter: Letter
    screening: Screening | None
    made_by: UUID
    translation: Translation | None = None


async def copy(
    connection: Connection, keyring: Keyring, source_id: UUID, source_hash: bytes, made: Copy
) -> DraftRecord:
    """A new draft of the same letter, of whoever handed the source in. Raises NotTaken as a decision about the source would."""
    source = await _lock_draft(connection, Decision(source_id, source_hash, Verdict.APPROVE, made.made_by))
    if (existing := await _decision_about(connection, source_id)) is not None:
        raise _decided_already(existing)
    _refuse_unfit(Decision(source_id, source_hash, Verdict.APPROVE, made.made_by), source)
    return await insert_copy(connection, keyring, source_id, made)


async def insert_copy(connection: Connection, keyring: Keyring, source_id: UUID, made: Copy) -> DraftRecord:
    """By whoever holds the lock of its letter, and decides about it. Raises NotTaken when it is no new content."""
    source = await connection.fetchrow(
        "SELECT draft.program_id, letter_id, student_id FROM draft JOIN letter ON letter.id = draft.letter_id"
        " LEFT JOIN pairing ON pairing.id = pairing_id WHERE draft.id = $1",
        source_id,
    )
    assert source is not None  # noqa: S101 - it has been locked
    key = await key_to_write(connection, keyring, source["program_id"], source["student_id"])
    translation = made.translation.text if made.translation else None
    sealed = key.seal(made.letter, source["letter_id"], translation)
    row = await connection.fetchrow(
        "INSERT INTO draft (program_id, school_id, agency_id, letter_id, written_for, number, kind, language, stored, hash,"
        " fingerprint, uploaded_by, marks, risk, source, made_by, translation, translated_into)"
        " SELECT program_id, school_id, agency_id, letter_id, written_for, number + 1, $2, language, $3, $4, $5, uploaded_by,"
        " $6, $7, id, $8, $9, $10 FROM draft WHERE id = $1"
        " ON CONFLICT (letter_id, fingerprint) DO NOTHING RETURNING id, letter_id, number, hash, received_at",
        source_id,
        "pages" if isinstance(made.letter, ScannedLetter) else "text",
        sealed.stored,
        sealed.hash,
        sealed.fingerprint,
        None if made.screening is None else [_mark_to_json(mark) for mark in made.screening.marks],
        None if made.screening is None else made.screening.risk,
        made.made_by,
        sealed.translation,
        made.translation.language if made.translation else None,
    )
    if row is None:
        raise NotTaken(
            "This copy says what an earlier draft of this letter said. Change it, or approve the letter itself."
        )
    return DraftRecord(**row, known=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """A reader's word about exactly one draft."""

    draft_id: UUID
    hash: bytes
    verdict: Verdict
    decided_by: UUID
    reason_for_child: str | None = None
    reason_for_adult: str | None = None
    due_again_at: datetime | None = None


async def decide(connection: Connection, decision: Decision) -> Decided:
    """Record the decision, once. The same one again is known.

    Raises NotTaken for another decision about the same draft, one about an older draft, one by its uploader, or one
    by somebody who reads no letters of this school.
    """
    draft = await _lock_draft(connection, decision)
    existing = await _decision_about(connection, decision.draft_id)
    if existing is None:
        _refuse_unfit(decision, draft)
        decision_id = await _insert_decision(connection, decision, draft)
    elif (existing["verdict"], existing["decided_by"]) != (decision.verdict, decision.decided_by):
        raise _decided_already(existing)
    else:
        decision_id = existing["id"]
    return Decided(
        id=decision_id,
        draft_id=decision.draft_id,
        hash=draft["hash"],
        verdict=decision.verdict,
        pairing_id=draft["pairing_id"],
        round_number=draft["round_number"],
        side=Side(draft["side"]),
        uploaded_by=draft["uploaded_by"],
        known=existing is not None,
    )


@dataclass(frozen=True, slots=True)
class Returned:
    """What a decision says to whoever has to write again."""

    id: UUID
    side: Side
    reason: str


async def returned(connection: Connection, decision_id: UUID) -> Returned:
    row = await connection.fetchrow(
        "SELECT decision.id, side, reason_for_adult AS reason FROM decision JOIN draft ON draft.id = draft_id"
        " JOIN letter ON letter.id = letter_id WHERE decision.id = $1",
        decision_id,
    )
    assert row is not None  # noqa: S101 - decisions are not deleted while they stand
    return Returned(row["id"], Side(row["side"]), row["reason"])


async def _decision_about(connection: Connection, draft_id: UUID) -> asyncpg.Record | None:
    """A reader's before a case's."""
    return await connection.fetchrow(
        "SELECT decision.id, verdict, decided_by, staff.name FROM decision JOIN staff ON staff.id = decided_by"
        " WHERE draft_id = $1 ORDER BY case_id NULLS FIRST LIMIT 1",
        draft_id,
    )


def _decided_already(existing: asyncpg.Record) -> NotTaken:
    name = existing["name"]
    match Verdict(existing["verdict"]):
        case Verdict.APPROVE:
            return NotTaken(
                "This letter has been approved already, by {name}. The first decision stands.", name=name
            )
        case Verdict.RETURN:
            return NotTaken(
                "This letter has been sent back to be changed already, by {name}. The first decision stands.",
                name=name,
            )
        case Verdict.REFER:
            return NotTaken(
                "This letter has been handed to the counselor already, by {name}. The first decision stands.",
                name=name,
            )


async def _lock_draft(connection: Connection, decision: Decision) -> asyncpg.Record:
    """The draft and its letter, whose row is locked so that neither a newer draft nor a second decision slips in."""
    await connection.execute(
        "SELECT FROM letter WHERE id = (SELECT letter_id FROM draft WHERE id = $1) FOR UPDATE",
        decision.draft_id,
    )
    draft = await connection.fetchrow(
        "SELECT draft.*, letter.pairing_id, letter.round_number, letter.side,"
        " newest.number AS newest, (SELECT name FROM staff WHERE staff.id = newest.made_by) AS copied_by,"
        " is_one_person($2, draft.uploaded_by) AS own, reads_letters_of($2, draft.school_id) AS reads,"
        " is_written_to($2, draft.id) AS to_them, is_held(draft.id) AS held"
        " FROM draft JOIN letter ON letter.id = draft.letter_id JOIN LATERAL (SELECT number, made_by FROM draft AS other"
        "   WHERE other.letter_id = letter.id ORDER BY number DESC LIMIT 1) AS newest ON true WHERE draft.id = $1",
        decision.draft_id,
        decision.decided_by,
    )
    if draft is None:
        raise NotTaken(
            "There is no draft {draft_id} here. See: starter.py letter waiting PROGRAM",
            draft_id=decision.draft_id,
        )
    return draft


def _refuse_unfit(decision: Decision, draft: asyncpg.Record) -> None:
    if draft["number"] != draft["newest"] and draft["copied_by"]:
        raise NotTaken(
            "A copy of this letter has been approved already, by {name}. The first decision stands.",
            name=draft["copied_by"],
        )
    if decision.hash != draft["hash"] or draft["number"] != draft["newest"]:
        raise NotTaken(
            "A newer draft has come in since this one was read. Read the newest and decide about that."
        )
    if draft["own"]:
        raise NotTaken("Whoever hands a letter in can't decide about it. Ask another moderator.")
    if draft["to_them"]:
        raise NotTaken("Whoever a letter is to can't decide about it. Ask another moderator.")
    if not draft["reads"]:
        raise NotTaken("Only a moderator of this school or the coordinator decides about its letters.")
    if draft["held"]:
        raise NotTaken(
            "This letter is under a case, which decides about it. See: starter.py case list PROGRAM"
        )


async def _insert_decision(connection: Connection, decision: Decision, draft: asyncpg.Record) -> UUID:
    decision_id: UUID = await connection.fetchval(
        "INSERT INTO decision (program_id, school_id, agency_id, draft_id, hash, uploaded_by, verdict, decided_by,"
        " reason_for_child, reason_for_adult, due_again_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        draft["program_id"],
        draft["school_id"],
        draft["agency_id"],
        decision.draft_id,
        decision.hash,
        draft["uploaded_by"],
        decision.verdict,
        decision.decided_by,
        decision.reason_for_child,
        decision.reason_for_adult,
        decision.due_again_at,
    )
    return decision_id
