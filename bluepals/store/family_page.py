"""What a family's page shows: its children, who writes to them, and the letters that were delivered. No content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.domain.letters import Side
from bluepals.domain.people import ConsentScope
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child and its newest pairing. `schools`: where any of its letters are, its own among them. `asked_until`: they are not introduced, and the family has been asked.

    `goes_on`: they were pals in an earlier year.
    """

    student_id: UUID
    external_id: str
    first_name: str
    language: str
    school: str
    school_name: str
    schools: tuple[str, ...]
    died: bool
    erasure_requested: bool
    pairing_id: UUID | None
    officer_first_name: str | None
    agency_name: str | None
    asked: bool
    asked_until: datetime | None
    introduced: bool
    ended: bool
    goes_on: bool


_CHILDREN = """
    SELECT student.id AS student_id, student.external_id, student.first_name, student.language,
           student.school_id AS school, school.name AS school_name,
           ARRAY(SELECT student.school_id::text UNION SELECT any_one.school_id FROM pairing AS any_one
                  WHERE any_one.student_id = student.id ORDER BY 1) AS schools,
           EXISTS (SELECT FROM ending JOIN pairing AS any_one ON any_one.id = ending.pairing_id
                    WHERE any_one.student_id = student.id AND reason = 'child died') AS died,
           EXISTS (SELECT FROM erasure WHERE erasure.student_id = student.id) AS erasure_requested,
           pairing.id AS pairing_id, officer.first_name AS officer_first_name, agency.name AS agency_name,
           coalesce(introduced_at IS NULL AND ended_at IS NULL AND (declining_until > program_now() OR rests), false) AS asked,
           CASE WHEN NOT rests THEN declining_until END AS asked_until,
           introduced_at IS NOT NULL AS introduced, ended_at IS NOT NULL AS ended,
           EXISTS (SELECT FROM pairing AS own WHERE own.id = pairing.id AND goes_on(own)) AS goes_on
      FROM student
      JOIN school ON school.program_id = student.program_id AND school.id = student.school_id
      LEFT JOIN LATERAL (SELECT * FROM pairing WHERE pairing.student_id = student.id
                          ORDER BY ended_at IS NOT NULL, begins_on DESC, pairing.id LIMIT 1) AS pairing ON true
      LEFT JOIN LATERAL (SELECT is_frozen('letters', declining_until, pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id)
                  AS rests) AS date ON true
      LEFT JOIN officer ON officer.id = pairing.officer_id
      LEFT JOIN agency ON agency.program_id = pairing.program_id AND agency.id = pairing.agency_id
     WHERE student.id = ANY ($1::uuid[]) AND student.erased_at IS NULL
     ORDER BY in_alphabet(student.first_name), student.external_id
"""


async def children(connection: Connection, student_ids: Sequence[UUID]) -> Sequence[ChildRow]:
    """For the office: a school does not learn why a pairing ended, nor what a family wishes."""
    rows = await connection.fetch(_CHILDREN, list(student_ids))
    return [ChildRow(**{**row, "schools": tuple(row["schools"])}) for row in rows]


async def consents_in_force(connection: Connection, student_id: UUID) -> dict[ConsentScope, date]:
    """What the family agrees to, and since when."""
    rows = await connection.fetch(
        "SELECT scope, given_on FROM consent WHERE student_id = $1 AND withdrawn_at IS NULL", student_id
    )
    return {ConsentScope(row["scope"]): row["given_on"] for row in rows}


@dataclass(frozen=True, slots=True)
class FamilyLetter:
    """A letter that its reader has; `stock`: of a reserve officer."""

    draft_id: UUID
    side: Side
    round_number: int
    officer_first_name: str
    stock: bool
    pages: bool
    translated: bool
    delivered_on: date


# An officer's letter is the child's first: when its class opens it, or by itself after the last opening day. What a case holds is not there.
_LETTERS = """
    SELECT delivery.draft_id, delivery.side, delivery.round_number, pal.officer_first_name,
           delivery.kind = 'stock' AS stock, coalesce(draft.kind = 'pages', false) AS pages,
           coalesce(draft.translated_into IS NOT NULL, false) AS translated,
           greatest(local_day(delivery.released_at), CASE WHEN delivery.side = 'officer' THEN round.opens_on END)
             AS delivered_on
      FROM delivery
      JOIN pairing ON pairing.id = delivery.pairing_id
      JOIN pal ON pal.pairing_id = pairing.id
      LEFT JOIN draft ON draft.id = delivery.draft_id
      LEFT JOIN pairing_round AS round ON round.pairing_id = pairing.id AND round.number = delivery.opening
     WHERE pairing.student_id = $1 AND withheld_at IS NULL AND NOT is_held(delivery.draft_id)
       AND (delivery.side = 'student' OR delivery.opening IS NULL OR round.opened)
     ORDER BY (SELECT first_year FROM program_year AS year WHERE year.id = pairing.program_year_id) DESC NULLS LAST,
              delivery.round_number DESC, delivery.sequence DESC
"""


async def letters(connection: Connection, student_id: UUID) -> Sequence[FamilyLetter]:
    """Both ways, the newest first."""
    rows = await connection.fetch(_LETTERS, student_id)
    return [FamilyLetter(**{**row, "side": Side(row["side"])}) for row in rows]
