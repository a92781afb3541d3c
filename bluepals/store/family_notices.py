"""Whose families get a notice on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """`agreed`: to the letters. `asked`: the child is not introduced to this officer, and its family may say no; `asked_until`
    None: as long as the letters rest.
    """

    first_name: str
    last_name: str
    language: str
    school: str
    class_name: str
    agreed: bool
    officer_first_name: str | None
    agency_name: str | None
    asked: bool
    asked_until: datetime | None
    goes_on: bool


# Who has agreed, or still may. Where a court keeps away every guardian that is on record, there is nobody to write to.
_OF_CLASS = (
    " student.program_year_id = $1 AND ($2::text IS NULL OR class_name = $2)"
    " AND withdrawn_at IS NULL AND left_at IS NULL AND erased_at IS NULL"
    " AND (has_consent(student) OR is_in_an_open_year(student))"
    " AND (guardian1_access OR guardian2_access AND coalesce(guardian2_name, guardian2_email) IS NOT NULL)"
)

# A pause of the letters keeps the day from coming nearer.
_RESTS = "is_frozen('letters', declining_until, pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id)"


async def are_any(connection: Connection, program_year: str, class_name: str) -> bool:
    found: bool = await connection.fetchval(
        f"SELECT EXISTS (SELECT FROM student WHERE {_OF_CLASS})", program_year, class_name
    )
    return found


async def children(connection: Connection, program_year: str, class_name: str | None) -> Sequence[NoticeRow]:
    """Who takes part or may, of one class, in roster order; None: of all classes, one after the other."""
    rows = await connection.fetch(
        "SELECT student.first_name, student.last_name, student.language, school.name AS school, class_name,"
        " has_consent(student) AS agreed,"
        " pal.officer_first_name, agency.name AS agency_name, pairing.id IS NOT NULL AS asked,"
        f" CASE WHEN NOT {_RESTS} THEN declining_until END AS asked_until,"
        " coalesce(goes_on(pairing), false) AS goes_on"
        " FROM student JOIN school ON school.program_id = student.program_id AND school.id = student.school_id"
        " LEFT JOIN pairing ON pairing.student_id = student.id AND ended_at IS NULL AND introduced_at IS NULL"
        f"  AND (declining_until > program_now() OR {_RESTS})"
        " LEFT JOIN pal ON pal.pairing_id = pairing.id"
        " LEFT JOIN agency ON agency.program_id = pairing.program_id AND agency.id = pairing.agency_id"
        f" WHERE {_OF_CLASS}"
        " ORDER BY class_name, in_alphabet(last_name), in_alphabet(first_name), student.id",
        program_year,
        class_name,
    )
    return [NoticeRow(**row) for row in rows]
