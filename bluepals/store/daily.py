"""Who owes what today: the questions behind the daily mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.mail import CALLED_BACK, MAY_STILL_GO

# The last round's letters are the farewell.
_FAREWELL = (
    "round.number = (SELECT max(one.number) FROM round AS one"
    " WHERE one.program_year_id = pairing.program_year_id AND one.left_out IS NULL)"
)


@dataclass(frozen=True, slots=True)
class OwedByOfficer:
    officer_id: UUID
    first_name: str
    email: str
    agency: str
    student_first_name: str
    due_at: datetime
    farewell: bool


async def owed_by_officers(connection: Connection, until: datetime) -> Sequence[OwedByOfficer]:
    """Letters due from now to `until` that have not been handed in, one row for each pal. Who says farewell owes none."""
    rows = await connection.fetch(
        "SELECT officer.id AS officer_id, officer.first_name, officer.email, officer.agency_id AS agency,"
        " student.first_name AS student_first_name, round.officers_due_at AS due_at,"
        f" {_FAREWELL} AS farewell"
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
    farewell: bool


async def owed_by_classes(connection: Connection, until: datetime) -> Sequence[OwedByClass]:
    """Children's letters due from now to `until` that have not been handed in, counted by class."""
    rows = await connection.fetch(
        "SELECT pairing.school_id AS school, student.class_name, count(*)::int AS letters,"
        f" round.students_due_at AS due_at, {_FAREWELL} AS farewell"
        " FROM pairing JOIN pairing_round AS round ON round.pairing_id = pairing.id"
        "   AND round.number >= pairing.first_round AND round.students_due_at BETWEEN program_now() AND $1"
        " JOIN student ON student.id = pairing.student_id"
        " WHERE pairing.ended_at IS NULL AND pairing.introduced_at IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM ending WHERE ending.pairing_id = pairing.id)"
        " AND has_consent(student) AND NOT EXISTS (SELECT FROM letter"
        "   WHERE letter.pairing_id = pairing.id AND letter.round_number = round.number AND letter.side = 'student')"
        " GROUP BY 1, 2, 4, 5 ORDER BY 1, 2, 4",
        until,
    )
    return [OwedByClass(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class ToBeRead:
    """Drafts of one school in one language that wait for a reader; None: stock letters."""

    school: str | None
    language: str
    letters: int
    oldest: datetime


async def to_be_read(connection: Connection) -> Sequence[ToBeRead]:
    rows = await connection.fetch(
        "SELECT draft.school_id AS school, draft.language, count(*)::int AS letters, min(draft.received_at) AS oldest FROM draft"
        " WHERE NOT EXISTS (SELECT FROM decision WHERE decision.draft_id = draft.id) AND NOT is_held(draft.id)"
        " AND NOT EXISTS (SELECT FROM draft AS newer WHERE newer.letter_id = draft.letter_id AND newer.number > draft.number)"
        " AND NOT is_paused('letters', draft.program_id, draft.school_id, draft.agency_id, NULL)"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [ToBeRead(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class CaseToLookAt:
    """An open case that waits for its counselor's plan, for a look again, or for the word of who decides.

    `closed`: what is left of it is a day to look again.
    """

    case_id: UUID
    school: str | None
    agency: str
    conduct: bool
    opened_at: datetime
    closed: bool
    look_again_on: date | None


async def cases_to_look_at(connection: Connection) -> Sequence[CaseToLookAt]:
    rows = await connection.fetch(
        "SELECT case_file.id AS case_id, school_id AS school, agency_id AS agency, kind = 'conduct' AS conduct, opened_at,"
        " closed_at IS NOT NULL AS closed, look_again_on FROM case_file"
        " LEFT JOIN LATERAL (SELECT look_again_on FROM case_plan WHERE case_id = case_file.id ORDER BY sequence DESC LIMIT 1)"
        "   AS plan ON true"
        " WHERE closed_at IS NULL OR look_again_on > program_today() - 7 ORDER BY sequence"
    )
    return [CaseToLookAt(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class ClearanceEnds:
    officer_id: UUID
    external_id: str
    name: str
    agency: str
    cleared_until: date


async def mark_clearances(connection: Connection, day: date, marks: Sequence[int]) -> None:
    """Who has come within one of these numbers of days; each once, and of several that are new the nearest counts."""
    await connection.execute(
        "INSERT INTO clearance_mark (officer_id, cleared_until, days, program_id, told_on)"
        " SELECT officer.id, cleared_until, mark, program_id, $1 FROM officer, unnest($2::int[]) AS mark"
        " WHERE withdrawn_at IS NULL AND cleared_until BETWEEN $1 AND $1 + mark ON CONFLICT DO NOTHING",
        day,
        list(marks),
    )


async def clearances_marked(connection: Connection, day: date) -> Sequence[ClearanceEnds]:
    """Whom the liaisons hear of on this day, by agency."""
    rows = await connection.fetch(
        "SELECT DISTINCT officer.id AS officer_id, external_id, first_name || ' ' || last_name AS name,"
        " agency_id AS agency, officer.cleared_until"
        " FROM clearance_mark AS mark JOIN officer ON officer.id = mark.officer_id"
        " AND officer.cleared_until = mark.cleared_until WHERE told_on = $1 AND withdrawn_at IS NULL ORDER BY 4, 5, 2",
        day,
    )
    return [ClearanceEnds(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class CalledBack:
    """A person's daily mail that is not sent any more, or not once more."""

    mail_id: UUID
    day: date
    person: UUID
    composed_at: datetime


async def call_back(connection: Connection, people: Sequence[UUID]) -> Sequence[CalledBack]:
    """Of these people what has not left; one that is just going out is left to whatever becomes of it."""
    rows = await connection.fetch(
        f"UPDATE mail SET {CALLED_BACK} WHERE key LIKE 'daily-%' AND recalled_at IS NULL AND {MAY_STILL_GO}"
        " AND substr(key, 18, 36) = ANY ($1::text[]) RETURNING id AS mail_id, substr(key, 7, 10)::date AS day,"
        " substr(key, 18, 36)::uuid AS person, created_at AS composed_at, state",
        [str(one) for one in people],
    )
    return [
        CalledBack(row["mail_id"], row["day"], row["person"], row["composed_at"])
        for row in rows
        if row["state"] != "data_started"
    ]


async def told_of_child(connection: Connection, student_id: UUID) -> Sequence[UUID]:
    """Whose daily mail may name this child: its officers and its teachers."""
    rows = await connection.fetch(
        "SELECT officer_id AS id FROM pairing WHERE student_id = $1 UNION"
        " SELECT staff_id FROM staff_role JOIN student ON student.id = $1 WHERE role = 'teacher'"
        " AND coalesce(staff_role.school_id = student.school_id, true)"
        " AND coalesce(staff_role.class_name = student.class_name, true) ORDER BY 1",
        student_id,
    )
    return [row["id"] for row in rows]


async def told_of_officer(connection: Connection, officer_id: UUID) -> Sequence[UUID]:
    """Whose daily mail may name this officer: their own, and that of the agency's liaisons and of the coordinators."""
    rows = await connection.fetch(
        "SELECT id FROM officer WHERE id = $1 UNION"
        " SELECT staff_id FROM staff_role JOIN officer ON officer.id = $1 WHERE role = 'coordinator'"
        " OR (role = 'liaison' AND staff_role.agency_id = officer.agency_id) ORDER BY 1",
        officer_id,
    )
    return [row["id"] for row in rows]
