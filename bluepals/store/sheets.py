"""Who gets a printed sheet for a letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class WriterRow:
    pairing_id: UUID
    name: str
    class_name: str
    language: str
    pal_name: str


async def writers(
    connection: Connection, program_year: str, class_name: str | None, round_number: int
) -> Sequence[WriterRow]:
    """Whose letter of this round may still be handed in, of one class, in roster order; None: of all, class by class."""
    rows = await connection.fetch(
        "SELECT pairing.id AS pairing_id, name_on_sheet(student) AS name, class_name, student.language,"
        " pal.officer_first_name AS pal_name"
        " FROM student JOIN pairing ON pairing.student_id = student.id AND pairing.program_year_id = $1"
        "   AND introduced_at IS NOT NULL AND ended_at IS NULL AND first_round <= $3"
        " JOIN pal ON pal.pairing_id = pairing.id"
        " WHERE student.program_year_id = $1 AND ($2::text IS NULL OR class_name = $2) AND withdrawn_at IS NULL"
        "   AND NOT EXISTS (SELECT FROM letter JOIN draft ON letter_id = letter.id"
        "     WHERE letter.pairing_id = pairing.id AND side = 'student' AND round_number = $3"
        "     AND standing_verdict(draft.id) IN ('approve', 'refer'))"
        " ORDER BY class_name, in_alphabet(last_name), in_alphabet(first_name), student.id",
        program_year,
        class_name,
        round_number,
    )
    return [WriterRow(**row) for row in rows]
