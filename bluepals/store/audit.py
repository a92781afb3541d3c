"""The questions of an audit. They take nothing for granted that a constraint promises, and change nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.store.database import Connection


async def read_only(connection: Connection) -> None:
    """Nothing can be written in this transaction from here on."""
    await connection.execute("SET TRANSACTION READ ONLY")


@dataclass(frozen=True, slots=True)
class AuditedDelivery:
    """A delivery beside its draft and the approval of it, as far as they are there.

    `bytes_hash` is computed now; it is None when the content has been erased. `stands_in`: for a letter that was held back.
    `between_officers`: a stock letter for a child whose pairing had ended, perhaps before it began.
    """

    id: UUID
    pairing_id: UUID
    draft_id: UUID
    round_number: int
    kind: str
    hash: bytes
    released_at: datetime
    introduced_at: datetime | None
    draft_hash: bytes | None
    bytes_hash: bytes | None
    approved_hash: bytes | None
    approved_by_uploader: bool | None
    approved_at: datetime | None
    stands_in: bool = False
    between_officers: bool = False


async def deliveries(connection: Connection) -> Sequence[AuditedDelivery]:
    rows = await connection.fetch(
        "SELECT delivery.id, delivery.pairing_id, delivery.draft_id, delivery.round_number, delivery.kind,"
        " delivery.hash, delivery.released_at, pairing.introduced_at, draft.hash AS draft_hash,"
        " content_hash(draft.stored, draft.translation) AS bytes_hash, decision.hash AS approved_hash,"
        " is_one_person(decision.decided_by, draft.uploaded_by) AS approved_by_uploader,"
        " decision.decided_at AS approved_at,"
        " delivery.kind = 'stock' AND EXISTS (SELECT FROM delivery AS held WHERE held.pairing_id = delivery.pairing_id"
        "   AND held.round_number = delivery.round_number AND held.withheld_at IS NOT NULL) AS stands_in,"
        " delivery.kind = 'stock' AND coalesce(pairing.ended_at <= delivery.released_at, false) AS between_officers"
        " FROM delivery LEFT JOIN pairing ON pairing.id = delivery.pairing_id"
        " LEFT JOIN draft ON draft.id = delivery.draft_id"
        " LEFT JOIN decision ON decision.draft_id = delivery.draft_id AND decision.verdict = 'approve'"
        " ORDER BY delivery.sequence"
    )
    return [AuditedDelivery(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class AuditedPairing:
    """A pairing's gender beside what is on record of its two people now."""

    id: UUID
    gender: str
    student_gender: str | None
    officer_gender: str | None
    pal_gender: str | None
    has_reason: bool


async def pairings(connection: Connection) -> Sequence[AuditedPairing]:
    rows = await connection.fetch(
        "SELECT pairing.id, pairing.gender, student.gender AS student_gender, officer.gender AS officer_gender,"
        " student.pal_gender, student.pal_gender_reason IS NOT NULL AND student.pal_gender_by IS NOT NULL AS has_reason"
        " FROM pairing LEFT JOIN student ON student.id = pairing.student_id"
        " LEFT JOIN officer ON officer.id = pairing.officer_id ORDER BY pairing.id"
    )
    return [AuditedPairing(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class AuditedMail:
    """A mail as its row and as the head of its message have it. `intact`: its hash, computed now, is the one on record.

    Of a mail whose time is over neither its address nor its words are there any more.
    """

    id: UUID
    key: str
    state: str
    to_address: str | None
    message_id: str
    bodies_started: int
    intact: bool
    head: bytes | None


async def mails(connection: Connection) -> Sequence[AuditedMail]:
    rows = await connection.fetch(
        "SELECT id, key, state, to_address, message_id, bodies_started, coalesce(sha256(message) = body_hash, true) AS intact,"
        r" substring(message FROM 1 FOR position('\x0d0a0d0a'::bytea IN message) + 1) AS head"
        " FROM mail ORDER BY sequence"
    )
    return [AuditedMail(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class AuditedOpening:
    """An opening day that a pairing, closed since, took part in. `called`: a person was asked for a letter."""

    pairing_id: UUID
    round_number: int
    has_letter: bool
    called: bool


async def openings(connection: Connection) -> Sequence[AuditedOpening]:
    rows = await connection.fetch(
        "SELECT pairing.id AS pairing_id, round.number AS round_number,"
        " EXISTS (SELECT FROM delivery WHERE delivery.pairing_id = pairing.id AND side = 'officer'"
        "   AND opening = round.number AND kind <> 'late' AND withheld_at IS NULL"
        "   AND (released_at < round.opens_at OR local_day(released_at) < class_opens_on(round, student.class_name))) AS has_letter,"
        " EXISTS (SELECT FROM attention WHERE kind = 'no stock letter' AND subject_id = pairing.id"
        "   AND key = format('no-stock-%s-%s', pairing.id, round.number)) AS called"
        " FROM pairing JOIN student ON student.id = pairing.student_id"
        " JOIN program_year AS now ON now.id = pairing.program_year_id"
        " JOIN program_year AS year ON year.program_id = now.program_id AND year.first_year = now.first_year"
        " JOIN round ON round.program_year_id = year.id"
        "   AND round.number >= pairing.first_round AND round.opens_at < pairing.ended_at"
        # Of the school where the child was on that day: what had been opened at another one before it came was not its own.
        " WHERE round.school_id = coalesce((SELECT from_school FROM pairing_turn AS turn WHERE turn.pairing_id = pairing.id"
        "   AND to_school IS NOT NULL AND at > round.opens_at ORDER BY sequence LIMIT 1), pairing.school_id)"
        # Whose family no longer agrees opens nothing, even if it agrees again later.
        " AND (NOT EXISTS (SELECT FROM consent WHERE consent.student_id = pairing.student_id AND scope = 'letters'"
        "   AND withdrawn_at <= round.opens_at)"
        " OR EXISTS (SELECT FROM consent WHERE consent.student_id = pairing.student_id AND scope = 'letters'"
        "   AND coalesce(since, '-infinity') <= round.opens_at AND coalesce(withdrawn_at, 'infinity') > round.opens_at))"
        " ORDER BY pairing.id, round.number, round.opens_at"
    )
    return [AuditedOpening(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whose data must not be in a history, with all that tells who it is."""

    id: UUID
    kind: str
    first_name: str | None
    last_name: str | None
    full_name: str | None
    emails: Sequence[str]
    external_id: str | None


async def people(connection: Connection) -> Sequence[Person]:
    rows = await connection.fetch(
        "SELECT id, 'student' AS kind, first_name, last_name, first_name || ' ' || last_name AS full_name,"
        " array[]::text[] AS emails, external_id FROM student WHERE erased_at IS NULL"
        " UNION ALL SELECT id, 'guardian of student', NULL, NULL, guardian_name,"
        "   array_remove(array[guardian_email], NULL), NULL FROM student"
        " UNION ALL SELECT id, 'second guardian of student', NULL, NULL, guardian2_name,"
        "   array_remove(array[guardian2_email], NULL), NULL FROM student"
        " UNION ALL SELECT id, 'officer', first_name, last_name, first_name || ' ' || last_name, array[email],"
        "   external_id FROM officer WHERE erased_at IS NULL"
        " UNION ALL SELECT id, 'staff member', NULL, NULL, name, array[email], external_id FROM staff WHERE erased_at IS NULL"
        " ORDER BY 2, 1"
    )
    return [Person(**row) for row in rows]


async def typed_drafts(connection: Connection) -> Sequence[UUID]:
    """Drafts whose words can be read: neither scanned pages nor erased."""
    rows = await connection.fetch(
        "SELECT draft.id FROM draft JOIN letter ON letter.id = draft.letter_id"
        " LEFT JOIN pairing ON pairing.id = letter.pairing_id"
        " WHERE draft.kind = 'text' AND draft.stored IS NOT NULL AND EXISTS (SELECT FROM content_key"
        "   WHERE content_key.program_id = draft.program_id"
        "   AND content_key.student_id IS NOT DISTINCT FROM pairing.student_id) ORDER BY draft.sequence"
    )
    return [row["id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Begun:
    """What has a workflow of its own. `begun`: it has run for certain, so its history was there once."""

    id: str
    begun: bool


async def begun_pairings(connection: Connection) -> Sequence[Begun]:
    rows = await connection.fetch(
        "SELECT id::text, introduced_at IS NOT NULL AS begun FROM pairing ORDER BY id"
    )
    return [Begun(**row) for row in rows]


async def begun_replacements(connection: Connection) -> Sequence[Begun]:
    rows = await connection.fetch(
        "SELECT id::text, guardian_told_at IS NOT NULL AS begun FROM replacement ORDER BY id"
    )
    return [Begun(**row) for row in rows]


async def begun_years(connection: Connection) -> Sequence[Begun]:
    rows = await connection.fetch("SELECT id, state <> 'prepared' AS begun FROM program_year ORDER BY id")
    return [Begun(**row) for row in rows]


async def matchings(connection: Connection) -> Sequence[int]:
    """The first calendar years of the program's years: one matching each."""
    rows = await connection.fetch("SELECT DISTINCT first_year FROM program_year ORDER BY 1")
    return [row["first_year"] for row in rows]


async def referrals(connection: Connection) -> Sequence[str]:
    """Cases of suspected harm; a stopwatch that all were quicker than has never run."""
    rows = await connection.fetch("SELECT id::text FROM case_file WHERE kind = 'harm' ORDER BY sequence")
    return [row["id"] for row in rows]


async def has_proposal(connection: Connection) -> bool:
    found: bool = await connection.fetchval("SELECT EXISTS (SELECT FROM proposal)")
    return found
