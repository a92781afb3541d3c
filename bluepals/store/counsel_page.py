"""What a counselor's page shows: the cases that wait for their word, and where each stands. No content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import Side
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case and its letter. No school and no child: it is a stock letter. `read`: by this counselor, on record.

    `worried`: who opened the case. `held`: the letter, or the copy that goes on instead, goes nowhere. `held_by_another`: since another case about it is open.
    `had_gone_on`: its reader had it before.
    """

    case_id: UUID
    draft_id: UUID
    kind: Concern
    side: Side
    pages: bool
    round_number: int | None
    school: str | None
    school_name: str | None
    child: str | None
    class_name: str | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: LetterOutcome | None
    look_again_on: date | None
    partners: tuple[str, ...]
    read: bool
    to_attest: int
    mine_to_attest: bool
    worried: str
    held: bool
    held_by_another: bool
    had_gone_on: bool


# An officer's conduct is others' to decide about.
_CASES = """
    SELECT case_file.id AS case_id, case_file.draft_id, case_file.kind, letter.side, draft.kind = 'pages' AS pages,
           letter.round_number, case_file.school_id AS school, school.name AS school_name,
           student.first_name || ' ' || student.last_name AS child, student.class_name, case_file.opened_at,
           case_file.closed_at, case_file.letter AS outcome, plan.look_again_on,
           ARRAY(SELECT partner FROM case_plan_partner WHERE plan_id = plan.id ORDER BY partner) AS partners,
           EXISTS (SELECT FROM letter_read WHERE letter_read.draft_id = draft.id AND reader = $1) AS read,
           still_to_attest(case_file.id)::int AS to_attest,
           EXISTS (SELECT FROM case_reader WHERE case_id = case_file.id AND is_one_person(person, $1)
                      AND has_still_to_attest(case_reader)) AS mine_to_attest,
           coalesce(opener.name, opening_officer.first_name) AS worried,
           is_held(coalesce((SELECT copy.id FROM draft AS copy WHERE copy.source = draft.id ORDER BY number DESC LIMIT 1), draft.id))
             AS held,
           EXISTS (SELECT FROM case_file AS other WHERE other.draft_id = draft.id AND other.id <> case_file.id
                      AND other.closed_at IS NULL) AS held_by_another,
           EXISTS (SELECT FROM delivery JOIN draft AS gone ON gone.id = delivery.draft_id
                    WHERE draft.id IN (gone.id, gone.source) AND released_at < case_file.opened_at) AS had_gone_on
      FROM case_file
      JOIN draft ON draft.id = case_file.draft_id
      JOIN letter ON letter.id = draft.letter_id
      LEFT JOIN school ON school.program_id = case_file.program_id AND school.id = case_file.school_id
      LEFT JOIN pairing ON pairing.id = letter.pairing_id
      LEFT JOIN student ON student.id = pairing.student_id
      LEFT JOIN staff AS opener ON opener.id = case_file.opened_by
      LEFT JOIN officer AS opening_officer ON opening_officer.id = case_file.opened_by
      LEFT JOIN LATERAL (SELECT id, look_again_on FROM case_plan WHERE case_id = case_file.id
                          ORDER BY sequence DESC LIMIT 1) AS plan ON true
     WHERE case_file.kind <> 'conduct' AND ($2::uuid IS NULL OR case_file.id = $2)
       AND holds_role($1, 'counselor', case_file.school_id, case_file.agency_id)
     ORDER BY case_file.closed_at DESC NULLS FIRST, case_file.sequence
"""


async def cases_of(connection: Connection, staff_id: UUID, case_id: UUID | None = None) -> Sequence[CaseRow]:
    """All that are this counselor's, or this one if it is: open ones first, the oldest on top."""
    return [
        CaseRow(
            **{
                **row,
                "kind": Concern(row["kind"]),
                "side": Side(row["side"]),
                "outcome": LetterOutcome(row["outcome"]) if row["outcome"] else None,
                "partners": tuple(row["partners"]),
            }
        )
        for row in await connection.fetch(_CASES, staff_id, case_id)
    ]
