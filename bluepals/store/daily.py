"""Who owes what today: the questions behind the daily mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class OwedByOfficer:
    officer_id: UUID
    first_name: str
    email: str
    agency: str
    student_first_name: str
    due_at: datetime


async def owed_by_officers(connection: Connection, until: datetime) -> Sequence[OwedByOfficer]:
    """Letters due from now to `until` that have not been handed in, one row for each pal. Who says farewell owes none."""
    rows = await connection.fetch(
        "SELECT officer.id AS officer_id, officer.first_name, officer.email, officer.agency_id AS agency,"
        " student.first_name AS student_first_name, round.officers_due_at AS due_at"
        " FROM pairing JOIN pairing_round AS round ON round.pairing_id = pairing.id"
        "   AND round.number >= pairing.first_round AND round.officers_due_at BETWEEN program_now() AND $1"
        " JOIN officer ON officer.id = pairing.officer_id JOIN student ON student.id = pairing.student_id"
        " WHERE pairing.ended_at IS NULL AND pairing.introduced_at IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM ending WHERE ending.pairing_id = pairing.id)"
        " AND has_consent(student) AND is_cleared(officer) AND NOT EXISTS (SELECT FROM letter"
        "   WHERE letter.pairing_id = pairing.id AND letter.round_number = round.number AND letter.side = 'officer')"
        " ORDER BY officer.id, round.officers_due_at, student.first_name",
        until,
    )
    return [OwedByOfficer(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class OwedByClass:
    school: str
    class_name: str
    letters: int
    due_at: datetime


async def owed_by_classes(connection: Connection, until: datetime) -> Sequence[OwedByClass]:
    """Children's letters due from now to `until` that have not been handed in, counted by class."""
    rows = await connection.fetch(
        "SELECT pairing.school_id AS school, student.class_name, count(*)::int AS letters,"
        " round.students_due_at AS due_at"
        " FROM pairing JOIN pairing_round AS round ON round.pairing_id = pairing.id"
        "   AND round.number >= pairing.first_round AND round.students_due_at BETWEEN program_now() AND $1"
        " JOIN student ON student.id = pairing.student_id"
        " WHERE pairing.ended_at IS NULL AND pairing.introduced_at IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM ending WHERE ending.pairing_id = pairing.id)"
        " AND has_consent(student) AND NOT EXISTS (SELECT FROM letter"
        "   WHERE letter.pairing_id = pairing.id AND letter.round_number = round.number AND letter.side = 'student')"
        " GROUP BY 1, 2, 4 ORDER BY 1, 2, 4",
        until,
    )
    return [OwedByClass(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class ToBeRead:
    """Drafts of one school that wait for a reader; None: stock letters."""

    school: str | None
    letters: int
    oldest: datetime


async def to_be_read(connection: Connection) -> Sequence[ToBeRead]:
    rows = await connection.fetch(
        "SELECT draft.school_id AS school, count(*)::int AS letters, min(draft.received_at) AS oldest FROM draft"
        " WHERE NOT EXISTS (SELECT FROM decision WHERE decision.draft_id = draft.id)"
        " AND NOT EXISTS (SELECT FROM draft AS newer WHERE newer.letter_id = draft.letter_id AND newer.number > draft.number)"
        " AND NOT is_paused('letters', draft.program_id, draft.school_id, draft.agency_id, NULL)"
        " GROUP BY 1 ORDER BY 1"
    )
    return [ToBeRead(**row) for row in rows]
