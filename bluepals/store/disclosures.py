"""Who outside a child's school has seen a letter of it, and on which day. Ids, roles and times; no content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.store.database import Connection


async def note(connection: Connection, draft_ids: Sequence[UUID], viewer: UUID) -> None:
    """Of these, the children's letters, unless the viewer is of the child's school. Once a day."""
    await connection.execute("SELECT note_disclosure($1, $2)", list(draft_ids), viewer)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """`who`: a name, and the id in the files."""

    at: datetime
    student: str
    school: str
    round_number: int
    draft: UUID
    who: str
    who_id: str
    role: str


async def of_program(connection: Connection, student: str | None) -> Sequence[Disclosure]:
    """All that is on record, or of one child by the id of the roster; in order."""
    rows = await connection.fetch(
        "SELECT first_at AS at, student.external_id AS student, disclosure.school_id AS school, letter.round_number,"
        " disclosure.draft_id AS draft, coalesce(staff.name, officer.first_name || ' ' || officer.last_name) AS who,"
        " coalesce(staff.external_id, officer.external_id) AS who_id, role"
        " FROM disclosure JOIN student ON student.id = disclosure.student_id"
        " JOIN draft ON draft.id = disclosure.draft_id JOIN letter ON letter.id = draft.letter_id"
        " LEFT JOIN staff ON staff.id = viewer LEFT JOIN officer ON officer.id = viewer"
        " WHERE $1::text IS NULL OR student.external_id = $1 ORDER BY first_at, student, who_id, draft",
        student,
    )
    return [Disclosure(**row) for row in rows]
