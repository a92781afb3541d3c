"""Who took part in a year: those who were introduced to a pal, and stayed to the end of the letters."""

from collections.abc import Sequence
from dataclasses import dataclass

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class TookPart:
    name: str
    language: str
    where: str


async def children(connection: Connection, program_year: str, class_name: str | None) -> Sequence[TookPart]:
    """Of one class, in roster order; None: of all classes, one after the other."""
    rows = await connection.fetch(
        "SELECT student.first_name || ' ' || student.last_name AS name, student.language, school.name AS where"
        " FROM student JOIN school ON school.program_id = student.program_id AND school.id = student.school_id"
        " WHERE student.program_year_id = $1 AND ($2::text IS NULL OR class_name = $2) AND withdrawn_at IS NULL"
        " AND EXISTS (SELECT FROM pairing JOIN program_year AS its_year ON its_year.id = pairing.program_year_id"
        "   JOIN program_year AS this ON this.id = $1 AND this.first_year = its_year.first_year"
        "   WHERE student_id = student.id AND introduced_at IS NOT NULL"
        "   AND (left_at IS NULL OR end_reason = 'year closed'))"
        " ORDER BY class_name, in_alphabet(last_name), in_alphabet(first_name), student.id",
        program_year,
        class_name,
    )
    return [TookPart(**row) for row in rows]


async def officers(connection: Connection, agency: str, first_year: int) -> Sequence[TookPart]:
    rows = await connection.fetch(
        "SELECT officer.first_name || ' ' || officer.last_name AS name, 'en' AS language, agency.name AS where"
        " FROM officer JOIN agency ON agency.program_id = officer.program_id AND agency.id = officer.agency_id"
        " WHERE officer.agency_id = $1 AND withdrawn_at IS NULL AND EXISTS (SELECT FROM pairing"
        "   JOIN program_year AS year ON year.id = pairing.program_year_id AND year.first_year = $2"
        "   WHERE officer_id = officer.id AND introduced_at IS NOT NULL"
        "   AND CASE WHEN ended_at IS NULL THEN leaves_at IS NULL ELSE end_reason <> 'officer left' END)"
        " ORDER BY in_alphabet(last_name), in_alphabet(officer.first_name), officer.id",
        agency,
        first_year,
    )
    return [TookPart(**row) for row in rows]


async def is_due(connection: Connection, program_year: str) -> bool:
    """From the day of the visit on."""
    due: bool = await connection.fetchval(
        "SELECT coalesce(visit_on <= program_today(), false) FROM program_year WHERE id = $1", program_year
    )
    return due
