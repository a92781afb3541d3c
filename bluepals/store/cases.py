"""Cases of suspected harm, of worry and of conduct: opened about a draft, and what is held while one is open. Ids, dates and states; no content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import Side
from bluepals.store.database import Connection
from bluepals.store.letters import NotTaken


@dataclass(frozen=True, slots=True)
class CaseRecord:
    id: UUID
    draft_id: UUID
    pairing_id: UUID | None
    program: str
    school: str | None
    agency: str
    side: Side
    kind: Concern
    officer_id: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    letter: LetterOutcome | None
    arrived: bool  # whoever the letter is for had it before: an officer, or a class on its opening day


RECORD = (
    "SELECT case_file.id, case_file.draft_id, letter.pairing_id, case_file.program_id AS program,"
    " case_file.school_id AS school, case_file.agency_id AS agency, letter.side, case_file.kind,"
    " case_file.officer_id, case_file.opened_at, case_file.closed_at, case_file.letter,"
    " has_arrived(draft.id) AS arrived"
    " FROM case_file JOIN draft ON draft.id = case_file.draft_id JOIN letter ON letter.id = draft.letter_id"
)


def _record(row: asyncpg.Record) -> CaseRecord:
    kinds = {"side": Side(row["side"]), "kind": Concern(row["kind"])}
    letter = LetterOutcome(row["letter"]) if row["letter"] else None
    return CaseRecord(**{**row, **kinds, "letter": letter})


async def record(connection: Connection, case_id: UUID) -> CaseRecord:
    """With its row locked. Raises NotTaken when there is no such case."""
    row = await connection.fetchrow(f"{RECORD} WHERE case_file.id = $1 FOR UPDATE OF case_file", case_id)
    if row is None:
        raise NotTaken("There is no case {case_id} here. See: starter.py case list PROGRAM", case_id=case_id)
    return _record(row)


async def lock_letter(connection: Connection, draft_id: UUID) -> Side:
    """Neither a decision nor a release slips in beside what follows. Raises NotTaken when there is no such draft."""
    row = await connection.fetchrow(
        "SELECT letter.side, letter.pairing_id FROM draft JOIN letter ON letter.id = draft.letter_id"
        " WHERE draft.id = $1 FOR UPDATE OF letter",
        draft_id,
    )
    if row is None:
        raise NotTaken(
            "There is no draft {draft_id} here. See: starter.py letter waiting PROGRAM", draft_id=draft_id
        )
    await connection.execute("SELECT FROM pairing WHERE id = $1 FOR UPDATE", row["pairing_id"])
    return Side(row["side"])


async def open_case(
    connection: Connection, draft_id: UUID, concern: Concern, opened_by: UUID
) -> tuple[UUID, bool]:
    """The case, and whether it is new: while one of this kind is open about a draft, it is the same case."""
    opened: UUID | None = await connection.fetchval(
        "INSERT INTO case_file (program_id, school_id, agency_id, draft_id, written_for, kind, officer_id, opened_by)"
        " SELECT draft.program_id, draft.school_id, draft.agency_id, draft.id, draft.written_for, $2,"
        " CASE WHEN $2 = 'conduct' THEN coalesce(pairing.officer_id, draft.uploaded_by) END, $3"
        " FROM draft JOIN letter ON letter.id = draft.letter_id LEFT JOIN pairing ON pairing.id = letter.pairing_id"
        " WHERE draft.id = $1 ON CONFLICT (draft_id, kind) WHERE closed_at IS NULL DO NOTHING RETURNING id",
        draft_id,
        concern,
        opened_by,
    )
    if opened is not None:
        return opened, True
    known: UUID = await connection.fetchval(
        "SELECT id FROM case_file WHERE draft_id = $1 AND kind = $2 AND closed_at IS NULL", draft_id, concern
    )
    return known, False


async def may_see(connection: Connection, draft_id: UUID, someone: UUID) -> bool:
    """Staff of the letter's school, or of all; its pairing's officer, for their own and for what was delivered.

    A stock letter is of each school whose children were given it.
    """
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM staff_role WHERE staff_id = $2 AND role <> 'liaison' AND (school_id IS NULL"
        "   OR school_id IN (SELECT school_id FROM draft WHERE id = $1 UNION SELECT school_id FROM delivery WHERE draft_id = $1)))"
        " OR EXISTS (SELECT FROM draft JOIN letter ON letter.id = draft.letter_id"
        "   JOIN pairing ON pairing.id = letter.pairing_id WHERE draft.id = $1 AND pairing.officer_id = $2"
        "   AND (letter.side = 'officer' OR EXISTS (SELECT FROM delivery WHERE delivery.draft_id = draft.id)))",
        draft_id,
        someone,
    )
    return found


async def under_open_case(connection: Connection, draft_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these drafts a case is open about, whoever asks."""
    rows = await connection.fetch(
        "SELECT id FROM unnest($1::uuid[]) AS id WHERE has_open_case(id)", list(draft_ids)
    )
    return frozenset(row["id"] for row in rows)


async def open_harm_about(connection: Connection, draft_id: UUID) -> Sequence[UUID]:
    """The open cases of suspected harm about this draft, or about a copy of it: whoever reads the one has read the other."""
    rows = await connection.fetch(
        "SELECT case_file.id FROM case_file JOIN draft ON draft.id = draft_id"
        " WHERE $1 IN (draft.id, draft.source) AND case_file.kind = 'harm' AND closed_at IS NULL ORDER BY case_file.sequence",
        draft_id,
    )
    return [row["id"] for row in rows]


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """Whose letter a case is about. No child: it is a stock letter."""

    side: Side
    round_number: int | None
    first_name: str | None
    last_name: str | None


async def letter_of(connection: Connection, draft_id: UUID) -> CaseLetter:
    row = await connection.fetchrow(
        "SELECT letter.side, letter.round_number, student.first_name, student.last_name"
        " FROM draft JOIN letter ON letter.id = draft.letter_id LEFT JOIN pairing ON pairing.id = letter.pairing_id"
        " LEFT JOIN student ON student.id = pairing.student_id WHERE draft.id = $1",
        draft_id,
    )
    assert row is not None  # noqa: S101 - a case's draft is a foreign key
    return CaseLetter(**{**row, "side": Side(row["side"])})


@dataclass(frozen=True, slots=True)
class PlaceInPack:
    """A child's place in a pack that is still to be opened; `empty`: its letter is taken out."""

    pairing_id: UUID
    opening: int
    empty: bool


async def places_in_packs(connection: Connection, case_id: UUID) -> Sequence[PlaceInPack]:
    """Of the case's letter or a copy of it, and of all letters of an officer whose conduct it is."""
    rows = await connection.fetch(
        "SELECT delivery.pairing_id, delivery.opening, withheld_at IS NULL AND NOT may_be_opened(draft.id) AS empty"
        " FROM case_file"
        " JOIN draft ON case_file.draft_id IN (draft.id, draft.source) OR draft.uploaded_by = case_file.officer_id"
        " JOIN delivery ON delivery.draft_id = draft.id AND delivery.kind <> 'late'"
        " JOIN pairing_round ON pairing_round.pairing_id = delivery.pairing_id"
        "   AND pairing_round.number = delivery.opening"
        "   AND (opens_at > program_now() OR opens_on > program_today())"
        " WHERE case_file.id = $1 ORDER BY delivery.sequence",
        case_id,
    )
    return [PlaceInPack(**row) for row in rows]


async def left_out_of_packs(connection: Connection, case_id: UUID) -> Sequence[PlaceInPack]:
    """Of the same letters those that a class may open now, and whose pack has come without them while the case was open."""
    rows = await connection.fetch(
        "SELECT delivery.pairing_id, delivery.opening, false AS empty FROM case_file"
        " JOIN draft ON case_file.draft_id IN (draft.id, draft.source) OR draft.uploaded_by = case_file.officer_id"
        " JOIN delivery ON delivery.draft_id = draft.id"
        " JOIN pairing_round AS round ON round.pairing_id = delivery.pairing_id AND round.number = delivery.opening"
        " JOIN pairing ON pairing.id = delivery.pairing_id JOIN student ON student.id = pairing.student_id"
        " WHERE case_file.id = $1 AND pack_sent_at >= case_file.opened_at AND withheld_at IS NULL"
        " AND may_be_opened(draft.id) AND has_consent(student) ORDER BY delivery.sequence",
        case_id,
    )
    return [PlaceInPack(**row) for row in rows]


async def about(connection: Connection, someone: UUID) -> frozenset[UUID]:
    """Those of this person's own conduct."""
    rows = await connection.fetch("SELECT id FROM case_file WHERE is_one_person(officer_id, $1)", someone)
    return frozenset(row["id"] for row in rows)


async def pairings_of(connection: Connection, officer_id: UUID) -> Sequence[UUID]:
    """This officer's living pairings."""
    rows = await connection.fetch(
        "SELECT id FROM pairing WHERE officer_id = $1 AND ended_at IS NULL ORDER BY id", officer_id
    )
    return [row["id"] for row in rows]
