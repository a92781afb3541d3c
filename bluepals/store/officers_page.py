"""What the officer's page shows: their pals and the letters between them. Ids, dates and states; no content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.domain.letters import Side, Verdict
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class OfficerCard:
    id: UUID
    first_name: str
    agency: str
    leaves_at: datetime | None
    languages: tuple[str, ...]
    stopped: bool


async def officer(connection: Connection, officer_id: UUID) -> OfficerCard | None:
    """An officer who takes part."""
    row = await connection.fetchrow(
        "SELECT id, first_name, agency_id AS agency, leaves_at, languages, is_stopped(id) AS stopped FROM officer"
        " WHERE id = $1 AND withdrawn_at IS NULL",
        officer_id,
    )
    return OfficerCard(**{**row, "languages": tuple(row["languages"])}) if row else None


@dataclass(frozen=True, slots=True)
class PalRow:
    """A pairing as its officer sees it, with the round that the next letter is for; no number: there is none left."""

    pairing_id: UUID
    first_name: str
    program_year: str
    school: str
    school_name: str
    ended: bool
    settled: int  # the last round whose officer's letter was approved or referred; 0 before the first
    round_number: int | None
    begun: bool | None
    came: bool  # the child's letter of this round, though it may not be shown now
    students_due_at: datetime | None
    officers_due_at: datetime | None
    late: bool | None
    delayed: bool
    invited: bool
    visit_rests: bool
    visit_answer: str | None
    visit_over: bool


# The next letter is for the round that goes on; else, late, for the last that went on; else for the one to come.
# Rounds before a letter that is settled are never written any more, nor those that were left out; one whose dates a pause has frozen
# is where it was when that began.
PALS = """
    SELECT pairing.id AS pairing_id, pal.student_first_name AS first_name, pairing.program_year_id AS program_year,
           pairing.school_id AS school, school.name AS school_name, pairing.ended_at IS NOT NULL AS ended,
           settled.number AS settled, open.number AS round_number, open.begun, open.students_due_at,
           open.officers_due_at, open.officers_due_at < program_now() AS late, is_delayed(pairing.id) AS delayed,
           EXISTS (SELECT FROM delivery WHERE delivery.pairing_id = pairing.id AND delivery.side = 'student'
                      AND delivery.round_number = open.number) AS came,
           visit.answer_by IS NOT NULL AS invited, rests_for_visit(pairing) AS visit_rests, visit.answer AS visit_answer,
           visit.attended IS NOT NULL AS visit_over
      FROM pairing
      JOIN pal ON pal.pairing_id = pairing.id
      JOIN school ON school.program_id = pairing.program_id AND school.id = pairing.school_id
      LEFT JOIN visit ON visit.pairing_id = pairing.id
     CROSS JOIN LATERAL (
           SELECT coalesce(max(letter.round_number), 0) AS number
             FROM letter JOIN draft ON draft.letter_id = letter.id
            WHERE letter.pairing_id = pairing.id AND letter.side = 'officer'
              AND standing_verdict(draft.id) IN ('approve', 'refer')
           ) AS settled
      LEFT JOIN LATERAL (
           SELECT round.*
             FROM (SELECT pairing_round.*, coalesce(students_due_at <= program_now(), false) OR EXISTS (
                          SELECT FROM delivery
                           WHERE delivery.pairing_id = pairing_round.pairing_id AND side = 'student'
                             AND delivery.round_number = pairing_round.number) AS begun,
                          coalesce(pack_closes_at <= program_now(), false) AS closed
                     FROM pairing_round WHERE pairing_round.pairing_id = pairing.id AND left_out IS NULL) AS round
            WHERE round.number > settled.number AND round.number >= pairing.first_round
            ORDER BY (round.begun AND NOT round.closed) DESC, round.begun DESC,
                  CASE WHEN round.begun AND round.closed THEN -round.number ELSE round.number END
            LIMIT 1) AS open ON true
     WHERE pairing.officer_id = $1 AND pairing.introduced_at IS NOT NULL
     ORDER BY ended, in_alphabet(pal.student_first_name), pairing.id
"""


async def pals(connection: Connection, officer_id: UUID) -> Sequence[PalRow]:
    """The children whom this officer has been introduced to."""
    return [PalRow(**row) for row in await connection.fetch(PALS, officer_id)]


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter that an officer got or wrote: its newest draft, and what was decided about it."""

    pairing_id: UUID
    round_number: int
    side: Side
    draft_id: UUID
    draft_number: int
    kind: str
    language: str
    at: datetime
    verdict: Verdict | None
    reason: str | None
    due_again_at: datetime | None  # None also while that rests
    held: bool  # not shown, nor why
    translated: bool


async def letters(connection: Connection, officer_id: UUID) -> Sequence[LetterRow]:
    """The children's letters that were delivered to this officer, and the officer's own; the newest first."""
    rows = await connection.fetch(
        "WITH these AS (SELECT id FROM pairing WHERE officer_id = $1 AND introduced_at IS NOT NULL)"
        " SELECT pairing_id, round_number, side, draft_id, draft.number AS draft_number, draft.kind,"
        " language, released_at AS at, verdict,"
        " NULL AS reason, NULL::timestamptz AS due_again_at, false AS held,"
        " translated_into IS NOT NULL AS translated"
        " FROM delivery JOIN draft ON draft.id = delivery.draft_id"
        " WHERE pairing_id IN (SELECT id FROM these) AND side = 'student' AND NOT is_held(draft.id)"
        " UNION ALL (SELECT DISTINCT ON (letter.id) pairing_id, round_number, side, draft.id, draft.number, draft.kind,"
        " language, draft.received_at, standing_verdict(draft.id), decision.reason_for_adult,"
        " CASE WHEN NOT is_frozen('letters', due_again(decision), pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id)"
        "   THEN due_again(decision) END, is_held(draft.id), translated_into IS NOT NULL FROM letter JOIN draft ON draft.letter_id = letter.id"
        " JOIN pairing ON pairing.id = letter.pairing_id"
        " LEFT JOIN decision ON decision.draft_id = draft.id AND decision.verdict = standing_verdict(draft.id)"
        " WHERE pairing_id IN (SELECT id FROM these) AND side = 'officer' ORDER BY letter.id, draft.number DESC)"
        " ORDER BY round_number DESC, side",
        officer_id,
    )
    return [
        LetterRow(
            **{
                **row,
                "side": Side(row["side"]),
                "verdict": Verdict(row["verdict"]) if row["verdict"] else None,
            }
        )
        for row in rows
    ]
