"""Who is asked at the year's end, and what they say. The report counts answers, never people."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.survey import Answers, Reply, Taker
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is asked, as a notice knows them."""

    person: UUID
    taker: Taker
    first_year: int
    name: str
    email: str
    school: str | None
    agency: str | None
    answered: bool


async def ask(connection: Connection, program_year: str) -> Sequence[Asked]:
    """The officers of this school's pairings and its teachers; each once a year, whatever their schools."""
    await connection.execute(
        "INSERT INTO survey (program_id, first_year, role, agency_id, person)"
        " SELECT DISTINCT pairing.program_id, first_year, 'officer', officer.agency_id, officer.id FROM pairing"
        " JOIN program_year AS year ON year.id = pairing.program_year_id"
        " JOIN officer ON officer.id = pairing.officer_id AND officer.withdrawn_at IS NULL"
        " WHERE year.id = $1 AND introduced_at IS NOT NULL"
        " AND coalesce(end_reason, 'year closed') = 'year closed' ON CONFLICT DO NOTHING",
        program_year,
    )
    await connection.execute(
        "INSERT INTO survey (program_id, first_year, role, school_id, person)"
        " SELECT DISTINCT year.program_id, first_year, 'teacher', year.school_id, staff_id FROM program_year AS year"
        " JOIN staff_role AS role ON role.program_id = year.program_id AND role.school_id = year.school_id"
        "  AND role.role = 'teacher'"
        " WHERE year.id = $1 AND EXISTS (SELECT FROM pairing JOIN student ON student.id = pairing.student_id"
        "   WHERE pairing.program_year_id = year.id AND introduced_at IS NOT NULL"
        "   AND student.class_name = coalesce(role.class_name, student.class_name)) ON CONFLICT DO NOTHING",
        program_year,
    )
    return await asked(connection, program_year)


async def asked(connection: Connection, program_year: str) -> Sequence[Asked]:
    """Who of this school's year has been asked; without the officers who take part no longer."""
    rows = await connection.fetch(
        "SELECT person, survey.role AS taker, survey.first_year, coalesce(officer.first_name, staff.name) AS name,"
        " coalesce(officer.email, staff.email) AS email, survey.school_id AS school, survey.agency_id AS agency,"
        " answered_at IS NOT NULL AS answered FROM survey"
        " JOIN program_year AS year ON year.id = $1 AND year.first_year = survey.first_year"
        " LEFT JOIN officer ON officer.id = person LEFT JOIN staff ON staff.id = person"
        " WHERE officer.withdrawn_at IS NULL AND (survey.school_id = year.school_id OR EXISTS (SELECT FROM pairing"
        "   WHERE pairing.program_year_id = year.id AND pairing.officer_id = person)) ORDER BY person",
        program_year,
    )
    return [Asked(**{**row, "taker": Taker(row["taker"])}) for row in rows]


# Who has said nothing about one year is asked about the next one only, and answers for that.
_NEWEST = "first_year = (SELECT max(first_year) FROM survey AS newest WHERE newest.person = survey.person)"


async def is_open(connection: Connection, person: UUID) -> bool:
    """Whether this person has been asked and has said nothing yet."""
    found: bool = await connection.fetchval(
        f"SELECT EXISTS (SELECT FROM survey WHERE person = $1 AND answered_at IS NULL AND {_NEWEST})", person
    )
    return found


async def answer(connection: Connection, person: UUID, said: Answers) -> bool:
    """False when nothing is asked any more. What was said stays."""
    changed = await connection.execute(
        "UPDATE survey SET answers = $2, remark = $3, answered_at = program_now()"
        f" WHERE person = $1 AND answered_at IS NULL AND {_NEWEST}",
        person,
        {key: reply.value for key, reply in said.replies.items()},
        said.remark,
    )
    return changed != "UPDATE 0"


async def counts(connection: Connection, taker: Taker, first_year: int) -> dict[str, dict[Reply, int]]:
    """How often each reply was given to each question."""
    rows = await connection.fetch(
        "SELECT key, value, count(*)::int AS given FROM survey, jsonb_each_text(answers)"
        " WHERE role = $1 AND first_year = $2 GROUP BY key, value",
        taker,
        first_year,
    )
    found: dict[str, dict[Reply, int]] = {}
    for row in rows:
        found.setdefault(row["key"], {})[Reply(row["value"])] = row["given"]
    return found


async def remarks(connection: Connection, first_year: int) -> Sequence[str]:
    """In no order that tells whose they are."""
    rows = await connection.fetch(
        "SELECT remark FROM survey WHERE remark IS NOT NULL AND first_year = $1 ORDER BY md5(id::text)",
        first_year,
    )
    return [row["remark"] for row in rows]
