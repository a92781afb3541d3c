"""Cases of an officer's conduct, for those whose word they take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class ConductRow:
    """A case, its letter and its officer. No school: it is a stock letter. `roles`: as whom this person decides."""

    case_id: UUID
    draft_id: UUID
    pages: bool
    round_number: int | None
    school_name: str | None
    child: str | None
    officer_name: str
    agency_name: str
    opened_at: datetime
    closed_at: datetime | None
    letter: str | None
    officer: str | None
    read: bool
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conduct:
    """Whose letter a case is about. No round: it is a stock letter."""

    officer_name: str
    agency_name: str
    round_number: int | None
    opened_at: datetime


async def conduct_of(connection: Connection, case_id: UUID) -> Conduct:
    row = await connection.fetchrow(
        "SELECT officer.first_name || ' ' || officer.last_name AS officer_name, agency.name AS agency_name,"
        " letter.round_number, case_file.opened_at FROM case_file JOIN officer ON officer.id = case_file.officer_id"
        " JOIN agency ON agency.program_id = case_file.program_id AND agency.id = case_file.agency_id"
        " JOIN draft ON draft.id = case_file.draft_id JOIN letter ON letter.id = draft.letter_id WHERE case_file.id = $1",
        case_id,
    )
    assert row is not None  # noqa: S101 - a case of conduct has its officer
    return Conduct(**row)


# Nobody decides about their own conduct.
_CASES = """
    SELECT * FROM (
    SELECT case_file.id AS case_id, case_file.draft_id, draft.kind = 'pages' AS pages, letter.round_number,
           school.name AS school_name, student.first_name AS child,
           officer.first_name || ' ' || officer.last_name AS officer_name, agency.name AS agency_name,
           case_file.opened_at, case_file.closed_at, case_file.letter, case_file.officer,
           EXISTS (SELECT FROM letter_read WHERE letter_read.draft_id = draft.id AND reader = $1) AS read,
           ARRAY(SELECT role FROM unnest(words_needed(case_file)) AS role
                  WHERE holds_role($1, role, case_file.school_id, case_file.agency_id)) AS roles
      FROM case_file
      JOIN officer ON officer.id = case_file.officer_id
      JOIN agency ON agency.program_id = case_file.program_id AND agency.id = case_file.agency_id
      JOIN draft ON draft.id = case_file.draft_id
      JOIN letter ON letter.id = draft.letter_id
      LEFT JOIN school ON school.program_id = case_file.program_id AND school.id = case_file.school_id
      LEFT JOIN pairing ON pairing.id = letter.pairing_id
      LEFT JOIN student ON student.id = pairing.student_id
     WHERE case_file.kind = 'conduct' AND ($2::uuid IS NULL OR case_file.id = $2)
       AND NOT is_one_person(case_file.officer_id, $1)
     ORDER BY case_file.sequence
    ) AS found WHERE roles <> '{}'
"""


async def to_decide(
    connection: Connection, staff_id: UUID, case_id: UUID | None = None
) -> Sequence[ConductRow]:
    """All that take this person's word, or this one if it does; the oldest first."""
    rows = await connection.fetch(_CASES, staff_id, case_id)
    return [ConductRow(**{**row, "roles": tuple(row["roles"])}) for row in rows]


@dataclass(frozen=True, slots=True)
class SaidWord:
    """The last word of one role; None: not said yet."""

    role: str
    at: datetime | None
    letter: str | None
    officer: str | None


async def words(connection: Connection, case_id: UUID) -> Sequence[SaidWord]:
    """Of each role whose word it takes."""
    rows = await connection.fetch(
        "SELECT needed.role, said.said_at AS at, said.letter, said.officer"
        " FROM case_file, unnest(words_needed(case_file)) AS needed (role)"
        " LEFT JOIN LATERAL (SELECT * FROM case_word WHERE case_id = $1 AND case_word.role = needed.role"
        "   ORDER BY sequence DESC LIMIT 1) AS said ON true WHERE case_file.id = $1",
        case_id,
    )
    return [SaidWord(**row) for row in rows]
