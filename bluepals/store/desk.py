"""What the two pages of the desk show: an officer's pals, a teacher's classes. Ids, dates and states; no content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.domain.letters import DeliveryKind, Side, Verdict
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class OfficerCard:
    id: UUID
    first_name: str
    agency: str


async def officer(connection: Connection, officer_id: UUID) -> OfficerCard | None:
    """An officer who takes part."""
    row = await connection.fetchrow(
        "SELECT id, first_name, agency_id AS agency FROM officer WHERE id = $1 AND withdrawn_at IS NULL",
        officer_id,
    )
    return OfficerCard(**row) if row else None


@dataclass(frozen=True, slots=True)
class PalRow:
    """A pairing as its officer sees it, with the round that the next letter is for; no number: there is none left."""

    pairing_id: UUID
    first_name: str
    program_year: str
    school: str
    school_name: str
    ended: bool
    settled: int  # the last round whose officer's letter was approved or referred; 0 before the first
    round_number: int | None
    begun: bool | None
    students_due_at: datetime | None
    officers_due_at: datetime | None
    late: bool | None
    invited: bool
    visit_answer: str | None
    visit_over: bool


# The next letter is for the round that goes on; else, late, for the last that went on; else for the one to come.
# Rounds before a letter that is settled are never written any more.
PALS = """
    SELECT pairing.id AS pairing_id, pal.student_first_name AS first_name, pairing.program_year_id AS program_year,
           pairing.school_id AS school, school.name AS school_name, pairing.ended_at IS NOT NULL AS ended,
           settled.number AS settled, open.number AS round_number, open.begun, open.students_due_at,
           open.officers_due_at, open.officers_due_at < program_now() AS late,
           visit.pairing_id IS NOT NULL AS invited, visit.answer AS visit_answer,
           visit.attended IS NOT NULL AS visit_over
      FROM pairing
      JOIN pal ON pal.pairing_id = pairing.id
      JOIN school ON school.program_id = pairing.program_id AND school.id = pairing.school_id
      LEFT JOIN visit ON visit.pairing_id = pairing.id
     CROSS JOIN LATERAL (
           SELECT coalesce(max(letter.round_number), 0) AS number
             FROM letter JOIN draft ON draft.letter_id = letter.id JOIN decision ON decision.draft_id = draft.id
            WHERE letter.pairing_id = pairing.id AND letter.side = 'officer' AND verdict IN ('approve', 'refer')
           ) AS settled
      LEFT JOIN LATERAL (
           SELECT round.*, round.begun AND round.pack_closes_at <= program_now() AS missed
             FROM (SELECT pairing_round.*, students_due_at <= program_now() OR EXISTS (
                          SELECT FROM delivery
                           WHERE delivery.pairing_id = pairing_round.pairing_id AND side = 'student'
                             AND delivery.round_number = pairing_round.number) AS begun
                     FROM pairing_round WHERE pairing_round.pairing_id = pairing.id) AS round
            WHERE round.number > settled.number AND round.number >= pairing.first_round
            ORDER BY (round.begun AND round.pack_closes_at > program_now()) DESC, round.begun DESC,
                  CASE WHEN round.begun AND round.pack_closes_at <= program_now()
                       THEN -round.number ELSE round.number END
            LIMIT 1) AS open ON true
     WHERE pairing.officer_id = $1 AND pairing.introduced_at IS NOT NULL
     ORDER BY ended, first_name, pairing.id
"""


async def pals(connection: Connection, officer_id: UUID) -> Sequence[PalRow]:
    """The children whom this officer has been introduced to."""
    return [PalRow(**row) for row in await connection.fetch(PALS, officer_id)]


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter that an officer got or wrote: its newest draft, and what was decided about it."""

    pairing_id: UUID
    round_number: int
    side: Side
    draft_id: UUID
    kind: str
    at: datetime
    verdict: Verdict | None
    reason: str | None
    due_again_at: datetime | None


async def letters(connection: Connection, officer_id: UUID) -> Sequence[LetterRow]:
    """The children's letters that were delivered to this officer, and the officer's own; the newest first."""
    rows = await connection.fetch(
        "WITH these AS (SELECT id FROM pairing WHERE officer_id = $1 AND introduced_at IS NOT NULL)"
        " SELECT pairing_id, round_number, side, draft_id, draft.kind, released_at AS at, verdict,"
        " NULL AS reason, NULL::timestamptz AS due_again_at"
        " FROM delivery JOIN draft ON draft.id = delivery.draft_id"
        " WHERE pairing_id IN (SELECT id FROM these) AND side = 'student'"
        " UNION ALL (SELECT DISTINCT ON (letter.id) pairing_id, round_number, side, draft.id, draft.kind,"
        " draft.received_at, decision.verdict, decision.reason_for_adult, decision.due_again_at"
        " FROM letter JOIN draft ON draft.letter_id = letter.id"
        " LEFT JOIN decision ON decision.draft_id = draft.id"
        " WHERE pairing_id IN (SELECT id FROM these) AND side = 'officer' ORDER BY letter.id, draft.number DESC)"
        " ORDER BY round_number DESC, side",
        officer_id,
    )
    return [
        LetterRow(**{**row, "side": Side(row["side"]), "verdict": _verdict(row["verdict"])}) for row in rows
    ]


def _verdict(name: str | None) -> Verdict | None:
    return Verdict(name) if name else None


@dataclass(frozen=True, slots=True)
class SchoolClass:
    program_year: str
    school: str
    school_name: str
    class_name: str


async def teacher(connection: Connection, staff_id: UUID) -> str | None:
    """The name of somebody who is a teacher now."""
    name: str | None = await connection.fetchval(
        "SELECT name FROM staff WHERE id = $1"
        " AND EXISTS (SELECT FROM staff_role WHERE staff_id = staff.id AND role = 'teacher')",
        staff_id,
    )
    return name


async def classes(connection: Connection, staff_id: UUID) -> Sequence[SchoolClass]:
    """A teacher's classes of the newest year; without a class in the roster, all of the school's."""
    rows = await connection.fetch(
        "SELECT DISTINCT year.id AS program_year, school.id AS school, school.name AS school_name, student.class_name"
        " FROM staff_role AS role"
        " JOIN school ON school.program_id = role.program_id AND school.id = role.school_id"
        " JOIN student ON student.school_id = role.school_id AND student.withdrawn_at IS NULL"
        "  AND student.class_name = coalesce(role.class_name, student.class_name)"
        " JOIN program_year AS year ON year.id = student.program_year_id AND year.first_year ="
        "  (SELECT max(first_year) FROM program_year AS newest WHERE newest.school_id = year.school_id)"
        " WHERE role.staff_id = $1 AND role.role = 'teacher' ORDER BY school_name, class_name",
        staff_id,
    )
    return [SchoolClass(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class ClassRound:
    number: int
    students_due_at: datetime
    opens_on: date
    late: bool


async def class_round(connection: Connection, program_year: str) -> ClassRound | None:
    """The round whose letters a class writes: the first that is not opened, or else the last."""
    row = await connection.fetchrow(
        "SELECT number, students_due_at, opens_on, students_due_at < program_now() AS late FROM round"
        " WHERE program_year_id = $1 ORDER BY opens_at > program_now() DESC,"
        " CASE WHEN opens_at > program_now() THEN number ELSE -number END LIMIT 1",
        program_year,
    )
    return ClassRound(**row) if row else None


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child, its pal if there is one, and its letter of a round: the newest draft's verdict, or none handed in."""

    name: str
    language: str
    pairing_id: UUID | None
    pal_name: str | None
    first_round: int | None
    ended: bool | None
    draft_id: UUID | None
    verdict: Verdict | None
    reason: str | None
    due_again_at: datetime | None


async def children(connection: Connection, of: SchoolClass, round_number: int) -> Sequence[ChildRow]:
    """A class in roster order."""
    rows = await connection.fetch(
        "SELECT student.first_name || ' ' || student.last_name AS name, student.language,"
        " pairing.id AS pairing_id, pal.officer_first_name AS pal_name, pairing.first_round,"
        " pairing.ended_at IS NOT NULL AS ended, latest.draft_id, latest.verdict,"
        " latest.reason_for_child AS reason, latest.due_again_at"
        " FROM student"
        " LEFT JOIN LATERAL (SELECT * FROM pairing WHERE pairing.student_id = student.id"
        "   AND pairing.program_year_id = $1 AND introduced_at IS NOT NULL"
        "   ORDER BY ended_at IS NOT NULL, begins_on DESC LIMIT 1) AS pairing ON true"
        " LEFT JOIN pal ON pal.pairing_id = pairing.id"
        " LEFT JOIN LATERAL (SELECT draft.id AS draft_id, decision.* FROM letter JOIN draft ON draft.letter_id = letter.id"
        "   LEFT JOIN LATERAL (SELECT verdict, reason_for_child, due_again_at FROM decision"
        "     WHERE decision.draft_id = draft.id) AS decision ON true"
        "   WHERE letter.pairing_id = pairing.id AND letter.side = 'student' AND letter.round_number = $3"
        "   ORDER BY draft.number DESC LIMIT 1) AS latest ON true"
        " WHERE student.program_year_id = $1 AND student.class_name = $2 AND student.withdrawn_at IS NULL"
        " ORDER BY student.last_name, student.first_name, student.id",
        of.program_year,
        of.class_name,
        round_number,
    )
    return [ChildRow(**{**row, "verdict": _verdict(row["verdict"])}) for row in rows]


async def class_of(connection: Connection, pairing_id: UUID) -> tuple[str, str] | None:
    """The program year and the class of this pairing's child."""
    row = await connection.fetchrow(
        "SELECT pairing.program_year_id, student.class_name FROM pairing JOIN student ON student.id = pairing.student_id"
        " WHERE pairing.id = $1 AND pairing.introduced_at IS NOT NULL",
        pairing_id,
    )
    return (row["program_year_id"], row["class_name"]) if row else None


@dataclass(frozen=True, slots=True)
class OpenedDay:
    """An opening day that has come, with how many letters the class opens."""

    number: int
    opens_on: date
    letters: int


async def opened_days(connection: Connection, of: SchoolClass) -> Sequence[OpenedDay]:
    """The newest first; days without a letter for this class are left out."""
    rows = await connection.fetch(
        "SELECT round.number, round.opens_on, count(*) AS letters FROM round"
        " JOIN delivery ON delivery.opening = round.number"
        " JOIN pairing ON pairing.id = delivery.pairing_id AND pairing.program_year_id = round.program_year_id"
        " JOIN student ON student.id = pairing.student_id"
        " WHERE round.program_year_id = $1 AND student.class_name = $2 AND round.pack_sent_at IS NOT NULL"
        " GROUP BY round.number, round.opens_on ORDER BY round.number DESC",
        of.program_year,
        of.class_name,
    )
    return [OpenedDay(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class SingleLetter:
    """A letter that came after the last opening day and is handed to its child by itself."""

    draft_id: UUID
    student_name: str
    officer_first_name: str
    kind: DeliveryKind


async def single_letters(connection: Connection, of: SchoolClass) -> Sequence[SingleLetter]:
    rows = await connection.fetch(
        "SELECT delivery.draft_id, student.first_name || ' ' || student.last_name AS student_name,"
        " pal.officer_first_name, delivery.kind FROM delivery"
        " JOIN pairing ON pairing.id = delivery.pairing_id JOIN pal ON pal.pairing_id = pairing.id"
        " JOIN student ON student.id = pairing.student_id"
        " WHERE pairing.program_year_id = $1 AND student.class_name = $2"
        " AND delivery.side = 'officer' AND delivery.opening IS NULL ORDER BY delivery.sequence",
        of.program_year,
        of.class_name,
    )
    return [SingleLetter(**{**row, "kind": DeliveryKind(row["kind"])}) for row in rows]


async def stock_writers(connection: Connection, draft_ids: Sequence[UUID]) -> dict[UUID, str]:
    """First names of the reserve officers who wrote these stock letters."""
    rows = await connection.fetch(
        "SELECT draft.id, officer.first_name FROM draft JOIN officer ON officer.id = draft.uploaded_by"
        " WHERE draft.id = ANY($1) AND draft.written_for = 'stock'",
        list(draft_ids),
    )
    return {row["id"]: row["first_name"] for row in rows}
