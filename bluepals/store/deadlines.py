"""Deadlines of single pairings that a pause of the letters freezes, and where it has moved them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bluepals.store.database import Connection


class Deadline(StrEnum):
    """What is open until then, as a coordinator calls it."""

    DECLINE = "may decline"
    FAREWELL = "last letters"
    REST = "rest before the next pal"
    RETURNED = "returned letter due"


@dataclass(frozen=True, slots=True)
class OpenDeadline:
    """`id`: of the pairing, the replacement or the decision that has it; `planned`: as it was set at `since`; `at`: as it stands."""

    what: Deadline
    id: UUID
    pairing_id: UUID
    school: str
    agency: str
    since: datetime
    planned: datetime
    at: datetime
    frozen: bool


_OPEN = """
    SELECT one.*, is_frozen('letters', at, current_setting('bluepals.program'), school, agency, pairing_id) AS frozen FROM (
    SELECT 'may decline' AS what, id, id AS pairing_id, school_id AS school, agency_id AS agency,
           coalesce(asked_at, '-infinity') AS since, coalesce(declining_planned, declining_until) AS planned, declining_until AS at
      FROM pairing WHERE introduced_at IS NULL AND ended_at IS NULL AND declining_until IS NOT NULL
    UNION ALL
    SELECT 'last letters', id, id, pairing.school_id, pairing.agency_id, since, coalesce(farewell_planned, farewell_until),
           farewell_until
      FROM ending JOIN pairing ON pairing.id = pairing_id WHERE ended_at IS NULL
    UNION ALL
    SELECT 'rest before the next pal', id, pairing_id, school_id, agency_id, dated_at, coalesce(rest_planned, rest_until), rest_until
      FROM replacement WHERE closed_at IS NULL AND next_pairing_id IS NULL
    UNION ALL
    SELECT 'returned letter due', decision.id, pairing.id, pairing.school_id, pairing.agency_id, decided_at, decision.due_again_at,
           due_again(decision)
      FROM decision JOIN draft ON draft.id = draft_id JOIN letter ON letter.id = letter_id
      JOIN pairing ON pairing.id = letter.pairing_id
     WHERE ended_at IS NULL AND verdict = 'return' AND standing_verdict(draft.id) = 'return'
       AND NOT EXISTS (SELECT FROM draft AS newer WHERE newer.letter_id = letter.id AND newer.number > draft.number)
    ) AS one
"""


async def open_deadlines(connection: Connection) -> Sequence[OpenDeadline]:
    """With those that have passed, since nothing may have followed from it yet."""
    rows = await connection.fetch(f"{_OPEN} ORDER BY at, what, id")
    return [OpenDeadline(**{**row, "what": Deadline(row["what"])}) for row in rows]


async def to_come(connection: Connection) -> Sequence[OpenDeadline]:
    """Those that are ahead, or frozen."""
    now = await connection.fetchval("SELECT program_now()")
    return [one for one in await open_deadlines(connection) if one.frozen or one.at > now]


_MOVE = {
    Deadline.DECLINE: "UPDATE pairing SET declining_planned = coalesce(declining_planned, declining_until), declining_until = $2"
    " WHERE id = $1",
    Deadline.FAREWELL: "UPDATE ending SET farewell_planned = coalesce(farewell_planned, farewell_until), farewell_until = $2"
    " WHERE pairing_id = $1",
    # The farewell that it follows has been moved before.
    Deadline.REST: "UPDATE replacement SET rest_planned = coalesce(rest_planned, rest_until), version = version + 1,"
    " farewell_until = farewell.until, rest_until = greatest($2, farewell.until)"
    " FROM (SELECT this.id, coalesce(ending.farewell_until, this.farewell_until) AS until FROM replacement AS this"
    "   LEFT JOIN ending ON ending.pairing_id = this.pairing_id) AS farewell"
    " WHERE farewell.id = replacement.id AND replacement.id = $1",
    Deadline.RETURNED: "INSERT INTO moved_return (decision_id, program_id, due_again_at)"
    " SELECT id, program_id, $2 FROM decision WHERE id = $1"
    " ON CONFLICT (decision_id) DO UPDATE SET due_again_at = excluded.due_again_at",
}


async def move(connection: Connection, one: OpenDeadline, at: datetime) -> None:
    await connection.execute(_MOVE[one.what], one.id, at)


async def officer_leaves_with(connection: Connection, pairing_id: UUID) -> None:
    """Whoever leaves is there as long as the last of their farewells."""
    await connection.execute(
        "UPDATE officer SET leaves_at = greatest(leaves_at, farewell_until)"
        " FROM pairing JOIN ending ON ending.pairing_id = pairing.id"
        " WHERE pairing.id = $1 AND officer.id = pairing.officer_id AND leaves_at IS NOT NULL",
        pairing_id,
    )
