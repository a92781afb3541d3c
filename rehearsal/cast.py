"""Who plays: the pairings with their people, as the actors have to know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.domain.people import Role
from bluepals.store import people
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Couple:
    """A pairing; `key` is the same in every rehearsal of the same folder."""

    pairing_id: UUID
    key: str
    school: str
    class_name: str
    language: str
    student_name: str
    officer_id: UUID
    officer_key: str
    officer_name: str
    officer_languages: Sequence[str]
    first_round: int
    ended: bool = False


async def couples(connection: Connection) -> Sequence[Couple]:
    """Pairings that have been introduced."""
    rows = await connection.fetch(
        "SELECT pairing.id AS pairing_id, student.external_id AS key, pairing.school_id AS school, student.class_name,"
        " student.language, student.first_name AS student_name, officer.id AS officer_id,"
        " officer.external_id AS officer_key, officer.first_name AS officer_name,"
        " officer.languages AS officer_languages, pairing.first_round,"
        " ended_at IS NOT NULL AS ended"
        " FROM pairing JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        " WHERE introduced_at IS NOT NULL ORDER BY student.external_id, introduced_at"
    )
    return [Couple(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class LetterToCome:
    """A letter that one side of a pairing has still to hand in. `due`: a day of the program's zone."""

    pairing_id: UUID
    side: Side
    round_number: int
    due: date


async def letters_to_come(connection: Connection, zone: str) -> Sequence[LetterToCome]:
    """By the dates on record. Who says farewell writes one more letter until then; nobody writes whose letters rest."""
    rows = await connection.fetch(
        "SELECT DISTINCT ON (pairing.id, side.name, place) pairing.id AS pairing_id, side.name AS side,"
        " round.number AS round_number, (coalesce(farewell_until, side.due_at) AT TIME ZONE $1)::date AS due"
        " FROM pairing JOIN student ON student.id = pairing.student_id"
        " JOIN pairing_round AS round ON round.pairing_id = pairing.id AND round.number >= pairing.first_round"
        "   AND round.left_out IS NULL"
        # Whose pairing rests goes on with the class.
        " JOIN round AS class ON class.program_year_id = pairing.program_year_id AND class.number = round.number"
        " LEFT JOIN ending ON ending.pairing_id = pairing.id"
        " CROSS JOIN LATERAL (VALUES ('student', coalesce(round.students_due_at, class.students_due_at)),"
        "   ('officer', coalesce(round.officers_due_at, class.officers_due_at))) AS side(name, due_at)"
        " CROSS JOIN LATERAL (SELECT CASE WHEN farewell_until IS NULL THEN round.number END AS place) AS of"
        " WHERE introduced_at IS NOT NULL AND ended_at IS NULL AND side.due_at IS NOT NULL"
        " AND has_consent(student) AND (side.name = 'student' OR NOT is_stopped(pairing.officer_id))"
        " AND NOT EXISTS (SELECT FROM letter WHERE letter.pairing_id = pairing.id"
        "   AND letter.round_number = round.number AND letter.side = side.name)"
        " ORDER BY pairing.id, side.name, place, round.number",
        zone,
    )
    return [LetterToCome(**{**row, "side": Side(row["side"])}) for row in rows]


async def changes(connection: Connection) -> tuple[int, ...]:
    """Another one when the letters to come may have other dates, or other writers."""
    row = await connection.fetchrow(
        "SELECT (SELECT max(calendar_version) FROM program)::int,"
        " (SELECT count(*) FROM pairing WHERE introduced_at IS NOT NULL)::int,"
        " (SELECT count(*) FROM case_file WHERE kind = 'conduct' AND closed_at IS NULL)::int"
    )
    return tuple(row or ())


@dataclass(frozen=True, slots=True)
class Invited:
    """An officer who is asked to a visit that is ahead, or today. `moves`: how often its day has changed."""

    pairing_id: UUID
    key: str
    officer_key: str
    answer: str | None
    invited_on: date
    visit_on: date
    moves: int


async def invited(connection: Connection, zone: str) -> Sequence[Invited]:
    rows = await connection.fetch(
        "SELECT pairing.id AS pairing_id, student.external_id AS key, officer.external_id AS officer_key,"
        " visit.answer, (invited_at AT TIME ZONE $1)::date AS invited_on, visit_on, visit_sequence AS moves"
        " FROM visit JOIN pairing ON pairing.id = visit.pairing_id JOIN student ON student.id = pairing.student_id"
        " JOIN officer ON officer.id = pairing.officer_id JOIN program_year ON program_year.id = pairing.program_year_id"
        " WHERE ended_at IS NULL AND attended IS NULL AND visit_is_ahead(pairing.program_year_id)"
        " AND has_consent_for(student, 'visit') AND is_cleared(officer) AND NOT is_stopped(officer.id)"
        " AND NOT rests_for_visit(pairing)"
        " ORDER BY student.external_id, introduced_at",
        zone,
    )
    return [Invited(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A letter of a pairing that worries someone."""

    id: UUID
    kind: Concern
    school: str
    agency: str
    key: str
    officer_key: str
    pairing_id: UUID
    side: Side
    round_number: int
    opened_on: date
    look_again_on: date | None
    readers: Sequence[UUID]  # who have still to attest


async def open_cases(connection: Connection, zone: str) -> Sequence[OpenCase]:
    rows = await connection.fetch(
        "SELECT case_file.id, case_file.kind, pairing.school_id AS school, case_file.agency_id AS agency,"
        " student.external_id AS key, officer.external_id AS officer_key, letter.pairing_id, letter.side,"
        " letter.round_number, (opened_at AT TIME ZONE $1)::date AS opened_on,"
        " (SELECT max(look_again_on) FROM case_plan WHERE case_id = case_file.id) AS look_again_on,"
        " ARRAY(SELECT person FROM case_reader WHERE case_id = case_file.id AND NOT EXISTS (SELECT FROM attestation"
        "   WHERE attestation.case_id = case_file.id AND attestation.person = case_reader.person)) AS readers"
        " FROM case_file JOIN draft ON draft.id = draft_id JOIN letter ON letter.id = letter_id"
        " JOIN pairing ON pairing.id = letter.pairing_id JOIN student ON student.id = pairing.student_id"
        " JOIN officer ON officer.id = pairing.officer_id WHERE closed_at IS NULL"
        " ORDER BY student.external_id, officer.external_id, letter.side, round_number, case_file.sequence",
        zone,
    )
    return [OpenCase(**{**row, "kind": Concern(row["kind"]), "side": Side(row["side"])}) for row in rows]


async def keys_of_pairings(connection: Connection) -> Mapping[UUID, tuple[str, str]]:
    """The schools' own ids of child and officer: the same in every rehearsal."""
    rows = await connection.fetch(
        "SELECT pairing.id, student.external_id AS student, officer.external_id AS officer FROM pairing"
        " JOIN student ON student.id = student_id JOIN officer ON officer.id = officer_id"
    )
    return {row["id"]: (row["student"], row["officer"]) for row in rows}


@dataclass(frozen=True, slots=True)
class ProposedReserve:
    """An officer who is to be a child's next one, when the coordinator agrees."""

    replacement_id: UUID
    key: str
    reserve: str


async def proposed_reserves(connection: Connection) -> Sequence[ProposedReserve]:
    rows = await connection.fetch(
        "SELECT replacement.id AS replacement_id, student.external_id AS key, officer.external_id AS reserve"
        " FROM replacement JOIN student ON student.id = student_id JOIN officer ON officer.id = reserve_id"
        " WHERE closed_at IS NULL AND approved_at IS NULL ORDER BY student.external_id"
    )
    return [ProposedReserve(**row) for row in rows]


@dataclass(frozen=True)
class Staff:
    """Who hands in for which class, who reads for which school, who runs it all."""

    coordinator: UUID
    teachers: Mapping[tuple[str, str], UUID]
    readers: Mapping[str, Sequence[UUID]]
    all_readers: Sequence[UUID]  # of stock letters, which belong to no school
    names: Mapping[UUID, str]  # of the readers

    @classmethod
    async def of(cls, connection: Connection, classes: set[tuple[str, str]]) -> "Staff":
        coordinators = await people.staff(connection, Role.COORDINATOR)
        moderators = await people.staff(connection, Role.MODERATOR)
        return cls(
            coordinator=coordinators[0].id,
            teachers={
                (school, name): found[0].id
                for school, name in sorted(classes)
                if (found := await people.staff(connection, Role.TEACHER, school=school, class_name=name))
            },
            readers={
                school: [one.id for one in await people.staff(connection, Role.MODERATOR, school=school)]
                for school in sorted({school for school, _ in classes})
            },
            all_readers=[one.id for one in moderators],
            names={one.id: one.name for one in moderators},
        )
