"""Whose families get a notice on paper."""

from collections.abc import Sequence
from dataclasses import dataclass

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class NoticeRow:
    first_name: str
    last_name: str
    language: str
    school: str
    class_name: str


async def children(connection: Connection, program_year: str, class_name: str | None) -> Sequence[NoticeRow]:
    """Who takes part, of one class, in roster order; None: of all classes, one after the other."""
    rows = await connection.fetch(
        "SELECT student.first_name, student.last_name, student.language, school.name AS school, class_name"
        " FROM student JOIN school ON school.program_id = student.program_id AND school.id = student.school_id"
        " WHERE student.program_year_id = $1 AND ($2::text IS NULL OR class_name = $2) AND has_consent(student)"
        " ORDER BY class_name, in_alphabet(last_name), in_alphabet(first_name), student.id",
        program_year,
        class_name,
    )
    return [NoticeRow(**row) for row in rows]
