"""What the teacher's page shows: classes, children, what each opens. Ids, dates and states; no content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.domain.letters import DeliveryKind, Verdict
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class SchoolClass:
    program_year: str
    school: str
    school_name: str
    class_name: str


async def teacher(connection: Connection, staff_id: UUID) -> str:
    """A teacher's name."""
    name: str = await connection.fetchval("SELECT name FROM staff WHERE id = $1", staff_id)
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
    """`students_due_at` None: frozen by a pause."""

    number: int
    students_due_at: datetime | None
    late: bool


async def class_round(connection: Connection, program_year: str) -> ClassRound | None:
    """The round whose letters a class writes: the first that is not opened, or else the last."""
    row = await connection.fetchrow(
        "SELECT number, students_due_at, coalesce(students_due_at < program_now(), false) AS late"
        " FROM round, LATERAL (SELECT coalesce(opens_at > program_now(), true) AS ahead) AS this"
        " WHERE program_year_id = $1 AND left_out IS NULL"
        " ORDER BY ahead DESC, CASE WHEN ahead THEN number ELSE -number END LIMIT 1",
        program_year,
    )
    return ClassRound(**row) if row else None


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child, its pal if there is one, and its letter of a round: the newest draft's verdict, or none handed in.

    `first_round` None: no round of the year is left for the two, or there are none.
    """

    student_id: UUID
    name: str
    numbered_name: str | None
    language: str
    consented: bool
    pairing_id: UUID | None
    pal_name: str | None
    first_round: int | None
    ended: bool | None
    waits_for_officer: bool
    draft_id: UUID | None
    draft_number: int | None
    verdict: Verdict | None
    reason: str | None
    due_again_at: datetime | None


async def children(connection: Connection, of: SchoolClass, round_number: int) -> Sequence[ChildRow]:
    """A class in roster order."""
    rows = await connection.fetch(
        "SELECT student.id AS student_id, student.first_name || ' ' || student.last_name AS name, student.language,"
        " nullif(name_on_sheet(student), student.first_name) AS numbered_name, has_consent(student) AS consented, pairing.id AS pairing_id, pal.officer_first_name AS pal_name,"
        " (SELECT min(number) FROM pairing_round AS own WHERE own.pairing_id = pairing.id AND number >= pairing.first_round"
        "   AND left_out IS NULL) AS first_round,"
        " pairing.ended_at IS NOT NULL AS ended, waits_for_officer(student.id) AS waits_for_officer, latest.draft_id, latest.draft_number, latest.verdict,"
        " latest.reason_for_child AS reason,"
        " CASE WHEN NOT is_frozen('letters', latest.due_again_at, pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id)"
        "   THEN latest.due_again_at END AS due_again_at"
        " FROM student"
        " LEFT JOIN LATERAL (SELECT * FROM pairing WHERE pairing.student_id = student.id"
        "   AND pairing.program_year_id = $1 AND introduced_at IS NOT NULL"
        "   ORDER BY ended_at IS NOT NULL, begins_on DESC LIMIT 1) AS pairing ON true"
        " LEFT JOIN pal ON pal.pairing_id = pairing.id"
        " LEFT JOIN LATERAL (SELECT draft.id AS draft_id, draft.number AS draft_number, decision.* FROM letter JOIN draft ON draft.letter_id = letter.id"
        "   LEFT JOIN LATERAL (SELECT standing.verdict, reason_for_child, due_again(decision) AS due_again_at"
        "     FROM (SELECT standing_verdict(draft.id) AS verdict) AS standing LEFT JOIN decision"
        "     ON decision.draft_id = draft.id AND decision.verdict = standing.verdict) AS decision ON true"
        "   WHERE letter.pairing_id = pairing.id AND letter.side = 'student' AND letter.round_number = $3"
        "   ORDER BY draft.number DESC LIMIT 1) AS latest ON true"
        " WHERE student.program_year_id = $1 AND student.class_name = $2 AND student.withdrawn_at IS NULL"
        " AND (left_at IS NULL OR pairing.id IS NOT NULL)"
        " ORDER BY in_alphabet(student.last_name), in_alphabet(student.first_name), student.id",
        of.program_year,
        of.class_name,
        round_number,
    )
    return [
        ChildRow(**{**row, "verdict": Verdict(row["verdict"]) if row["verdict"] else None}) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What is on record for a child who has no pal now; which officer it is stays with the coordinator.

    `paired`, and until when the two may decline, None while that rests; `chosen`: the coordinator has approved another officer, and until when the child
    rests; `proposed`: the coordinator has to say. `found_none`: the newest look for officers had none for this child.
    """

    student_id: UUID
    consented: bool
    paired: bool
    declining_until: datetime | None
    chosen: bool
    rest_until: datetime | None
    proposed: bool
    found_none: bool


async def plans(connection: Connection, of: SchoolClass) -> Sequence[PlanRow]:
    """For the office: a school sees neither proposals nor who is to be next."""
    rows = await connection.fetch(
        "SELECT student.id AS student_id, has_consent(student) AS consented, next.id IS NOT NULL AS paired,"
        " CASE WHEN NOT is_frozen('letters', next.declining_until, next.program_id, next.school_id, next.agency_id, next.id)"
        "   THEN next.declining_until END AS declining_until, approved_at IS NOT NULL AS chosen,"
        " CASE WHEN NOT is_frozen('letters', rest_until, replacement.program_id, replacement.school_id, replacement.agency_id,"
        "   replacement.pairing_id) THEN rest_until END AS rest_until,"
        " reserve_id IS NOT NULL OR coalesce(pair.state = 'proposed', false) AS proposed,"
        " replacement.id IS NOT NULL OR coalesce(pair.id IS NULL AND pal_gender IS NOT NULL AND"
        "   local_day(newest.made_at) >= greatest(waiting_since, (SELECT given_on FROM consent"
        "     WHERE consent.student_id = student.id AND scope = 'letters' AND withdrawn_at IS NULL)), false) AS found_none"
        " FROM student"
        " LEFT JOIN replacement ON replacement.student_id = student.id AND closed_at IS NULL"
        " LEFT JOIN pairing AS next ON next.student_id = student.id AND next.ended_at IS NULL"
        "   AND next.introduced_at IS NULL"
        " LEFT JOIN (SELECT id, made_at FROM proposal ORDER BY number DESC LIMIT 1) AS newest ON true"
        " LEFT JOIN proposed_pair AS pair ON pair.student_id = student.id AND pair.proposal_id = newest.id"
        " WHERE student.program_year_id = $1 AND student.class_name = $2 AND student.withdrawn_at IS NULL"
        " AND NOT EXISTS (SELECT FROM pairing WHERE pairing.student_id = student.id AND ended_at IS NULL"
        "   AND introduced_at IS NOT NULL)",
        of.program_year,
        of.class_name,
    )
    return [PlanRow(**row) for row in rows]


async def class_of(connection: Connection, pairing_id: UUID) -> tuple[str, str] | None:
    """The program year and the class of this pairing's child."""
    row = await connection.fetchrow(
        "SELECT pairing.program_year_id, student.class_name FROM pairing JOIN student ON student.id = pairing.student_id"
        " WHERE pairing.id = $1 AND pairing.introduced_at IS NOT NULL",
        pairing_id,
    )
    return (row["program_year_id"], row["class_name"]) if row else None


async def pairing_of_childs_letter(connection: Connection, draft_id: UUID) -> UUID | None:
    """None: it is no child's, or not in sight."""
    found: UUID | None = await connection.fetchval(
        "SELECT pairing_id FROM draft JOIN letter ON letter.id = draft.letter_id"
        " WHERE draft.id = $1 AND letter.side = 'student'",
        draft_id,
    )
    return found


@dataclass(frozen=True, slots=True)
class OpenedDay:
    """An opening day whose pack has come, with how many letters the class opens, and when; None: while letters rest."""

    number: int
    opens_on: date | None
    letters: int


async def opened_days(connection: Connection, of: SchoolClass) -> Sequence[OpenedDay]:
    """The newest first; days without a letter for this class are left out."""
    rows = await connection.fetch(
        "SELECT round.number, class_opens_on(round, $2) AS opens_on, count(*) AS letters FROM round"
        " JOIN delivery ON delivery.opening = round.number"
        " JOIN pairing ON pairing.id = delivery.pairing_id AND pairing.program_year_id = round.program_year_id"
        " JOIN student ON student.id = pairing.student_id"
        " WHERE round.program_year_id = $1 AND student.class_name = $2 AND round.pack_sent_at IS NOT NULL"
        " AND withheld_at IS NULL AND may_be_opened(delivery.draft_id) AND has_consent(student)"
        " GROUP BY round.number, 2 ORDER BY round.number DESC",
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
        " WHERE pairing.program_year_id = $1 AND student.class_name = $2 AND may_be_opened(delivery.draft_id)"
        " AND withheld_at IS NULL AND has_consent(student)"
        " AND delivery.side = 'officer' AND delivery.opening IS NULL ORDER BY delivery.sequence",
        of.program_year,
        of.class_name,
    )
    return [SingleLetter(**{**row, "kind": DeliveryKind(row["kind"])}) for row in rows]


async def visit_ahead(connection: Connection, program_year: str) -> date | None:
    """The day of a visit to which somebody has been invited; None before that, after it, and when it is called off."""
    on: date | None = await connection.fetchval(
        "SELECT visit_on FROM program_year WHERE id = $1 AND visit_is_ahead(id)"
        " AND EXISTS (SELECT FROM visit JOIN pairing ON pairing.id = visit.pairing_id WHERE program_year_id = $1)",
        program_year,
    )
    return on
