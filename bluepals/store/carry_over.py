"""Pairs of a year that is over, and whether both want to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.letters import Side, Verdict
from bluepals.domain.sentences import Sentence, kept
from bluepals.store.database import Connection
from bluepals.store.letters import Decided, NotTaken


@dataclass(frozen=True, slots=True)
class PastPair:
    """`student_wants`, `officer_wants`: None, nobody has said. `hindered`: why they can't, whatever they want. `letters`: how
    many are kept that could not go out in their year.
    """

    pairing_id: UUID
    school: str
    student_id: UUID
    student: str
    officer: str
    student_wants: bool | None
    officer_wants: bool | None
    hindered: str | None
    letters: int

    @property
    def goes_on(self) -> bool:
        return bool(self.student_wants and self.officer_wants and self.hindered is None)


NO_PLACE = "the officer has no free place"
_PAST_PAIRS = f"""
    SELECT pairing.id AS pairing_id, pairing.school_id AS school, student.id AS student_id,
           student.external_id AS student, officer.external_id AS officer,
           child.wants AS student_wants, adult.wants AS officer_wants,
           CASE WHEN student.left_at IS NOT NULL THEN 'the child has left'
                WHEN NOT has_consent(student) THEN 'no consent'
                WHEN NOT is_cleared(officer) THEN 'officer not cleared'
                WHEN officer.leaves_at IS NOT NULL THEN 'the officer leaves'
                WHEN EXISTS (SELECT FROM pairing AS other WHERE other.student_id = student.id AND other.ended_at IS NULL)
                THEN 'the child has a pal'
                WHEN officer.agency_id <> pairing.agency_id THEN 'the officer is at another agency'
                WHEN (SELECT count(*) FROM pairing AS other
                       WHERE other.officer_id = officer.id AND other.ended_at IS NULL) >= officer.capacity
                THEN '{NO_PLACE}' END AS hindered,
           (SELECT count(*) FROM kept_letters(pairing.id))::int AS letters
      FROM pairing
      JOIN program_year AS past ON past.id = pairing.program_year_id AND past.state = 'closed'
      JOIN student ON student.id = pairing.student_id
      JOIN officer ON officer.id = pairing.officer_id
      LEFT JOIN wish AS child ON child.pairing_id = pairing.id AND child.side = 'student'
      LEFT JOIN wish AS adult ON adult.pairing_id = pairing.id AND adult.side = 'officer'
     WHERE pairing.end_reason = 'year closed' AND student.program_year_id = past.id
     ORDER BY pairing.school_id, student.external_id
"""


async def past_pairs(connection: Connection) -> Sequence[PastPair]:
    """Pairs whose year closed, of children who have not come into another year since."""
    return [PastPair(**row) for row in await connection.fetch(_PAST_PAIRS)]


async def going_on(connection: Connection, first_year: int) -> int:
    """How many pairs of this school year are the same two people as in an earlier one."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM pairing JOIN program_year AS year ON year.id = program_year_id"
        " WHERE year.first_year = $1 AND ended_at IS NULL AND goes_on(pairing)",
        first_year,
    )
    return count


async def say(connection: Connection, pairing_id: UUID, side: Side, wants: bool, by: UUID) -> None:
    """The last word counts. Raises NotTaken with a sentence."""
    said = await connection.fetchval(
        "INSERT INTO wish (pairing_id, side, program_id, school_id, agency_id, wants, said_by)"
        " SELECT pairing.id, $2, pairing.program_id, pairing.school_id, pairing.agency_id, $3, $4"
        "   FROM pairing JOIN program_year AS past ON past.id = program_year_id AND past.state = 'closed'"
        "   WHERE pairing.id = $1 AND end_reason = 'year closed'"
        " ON CONFLICT (pairing_id, side) DO UPDATE SET wants = excluded.wants, said_at = program_now(),"
        " said_by = excluded.said_by RETURNING pairing_id",
        pairing_id,
        side,
        wants,
        by,
    )
    if said is None:
        raise NotTaken(
            "There is no pairing {pairing_id} of a year that is over. See: starter.py carry-over list PROGRAM",
            pairing_id=pairing_id,
        )


async def take_along(connection: Connection, student_id: UUID, program_year: str) -> None:
    await connection.execute(
        "UPDATE student SET program_year_id = $2 WHERE id = $1", student_id, program_year
    )


_SINCE_LAST_YEAR = Sentence("pals since last year")


async def propose(connection: Connection, program: str, pairs: Sequence[UUID]) -> Sequence[UUID]:
    """Proposed pairs of the same two people as in these pairings."""
    rows = await connection.fetch(
        "WITH made AS (INSERT INTO proposal (program_id, number, seed, needs)"
        "   VALUES ($1, (SELECT count(*) + 1 FROM proposal), 0, '[]') RETURNING id)"
        " INSERT INTO proposed_pair (proposal_id, program_id, school_id, agency_id, student_id, officer_id, gender, reason,"
        " pattern)"
        " SELECT made.id, program_id, school_id, agency_id, student_id, officer_id, gender, $3, $4"
        " FROM made, pairing WHERE pairing.id = ANY ($2::uuid[]) RETURNING id",
        program,
        list(pairs),
        _SINCE_LAST_YEAR,
        kept(_SINCE_LAST_YEAR),
    )
    return [row["id"] for row in rows]


async def still_proposed(connection: Connection, pairs: Sequence[UUID]) -> frozenset[UUID]:
    """The children of those of these pairs that can be."""
    rows = await connection.fetch(
        "SELECT student_id FROM proposed_pair WHERE id = ANY ($1::uuid[]) AND state = 'proposed'", list(pairs)
    )
    return frozenset(row["student_id"] for row in rows)


async def take_letters_along(connection: Connection, pairing_ids: Sequence[UUID]) -> Sequence[Decided]:
    """What these past pairs have kept is of their next pairing from here on. The approvals of it, for that to hear of."""
    rows = await connection.fetch(
        "SELECT past.id AS past, next.id AS next FROM pairing AS past"
        " JOIN pairing AS next ON next.student_id = past.student_id AND next.officer_id = past.officer_id"
        " WHERE past.id = ANY ($1::uuid[]) AND next.ended_at IS NULL",
        list(pairing_ids),
    )
    for row in rows:
        await connection.execute("SELECT take_letters_along($1, $2)", row["past"], row["next"])
    approved = await connection.fetch(
        "SELECT decision.id, draft.id AS draft_id, decision.hash, verdict, pairing_id, round_number, side,"
        " draft.uploaded_by, false AS known FROM letter JOIN draft ON draft.letter_id = letter.id"
        " JOIN decision ON decision.draft_id = draft.id AND verdict = 'approve'"
        " WHERE pairing_id = ANY ($1::uuid[]) ORDER BY decision.sequence",
        [row["next"] for row in rows],
    )
    return [
        Decided(**{**row, "verdict": Verdict(row["verdict"]), "side": Side(row["side"])}) for row in approved
    ]
