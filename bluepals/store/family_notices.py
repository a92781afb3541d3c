"""Whose families get a notice on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """`asked_until`: the child is not introduced to this officer, and its family has been asked."""

    first_name: str
    last_name: str
    language: str
    school: str
    class_name: str
    officer_first_name: str | None
    agency_name: str | None
    asked_until: datetime | None
    goes_on: bool


async def children(connection: Connection, program_year: str, class_name: str | None) -> Sequence[NoticeRow]:
    """Who takes part, of one class, in roster order; None: of all classes, one after the other."""
    rows = await connection.fetch(
        "SELECT student.first_name, student.last_name, student.language, school.name AS school, class_name,"
        " pal.officer_first_name, agency.name AS agency_name, declining_until AS asked_until,"
        " coalesce(goes_on(pairing), false) AS goes_on"
        " FROM student JOIN school ON school.program_id = student.program_id AND school.id = student.school_id"
        " LEFT JOIN pairing ON pairing.student_id = student.id AND ended_at IS NULL AND introduced_at IS NULL"
        "  AND declining_until > program_now()"
        " LEFT JOIN pal ON pal.pairing_id = pairing.id"
        " LEFT JOIN agency ON agency.program_id = pairing.program_id AND agency.id = pairing.agency_id"
        " WHERE student.program_year_id = $1 AND ($2::text IS NULL OR class_name = $2) AND has_consent(student)"
        " ORDER BY class_name, in_alphabet(last_name), in_alphabet(first_name), student.id",
        program_year,
        class_name,
    )
    return [NoticeRow(**row) for row in rows]
