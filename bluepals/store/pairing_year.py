"""A pairing's year, for one line: days, states and ids; nothing of what a letter says, and of a case only a delay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind, Moment, OpeningDay, Rest
from bluepals.store.database import Connection

# What was delivered, what has become of each letter that was not, each draft that came back, and each missed date.
# Whatever keeps a letter back, its day is the one on which it came in or was released: no day of a case is told.
_LETTERS = """
    WITH written AS (
        SELECT draft.id, side, round_number, received_at,
               lead(draft.id) OVER (PARTITION BY letter_id ORDER BY draft.number) IS NULL AS newest,
               (SELECT max(decided_at) FROM decision WHERE draft_id = draft.id AND verdict <> 'refer') AS decided_at,
               CASE WHEN has_open_case(draft.id) THEN 'delayed' ELSE
               CASE standing_verdict(draft.id) WHEN 'approve' THEN 'approved' WHEN 'return' THEN 'returned'
                    WHEN 'refer' THEN 'delayed' ELSE 'being read' END END AS kind
          FROM draft JOIN letter ON letter.id = letter_id WHERE pairing_id = $1),
    moments AS (
        SELECT released_at AS at, side, round_number, draft_id AS about,
               CASE WHEN withheld_at IS NOT NULL THEN 'delayed' WHEN kind = 'stock' THEN 'stock letter'
                    WHEN kind = 'late' THEN 'delivered late' ELSE 'delivered' END AS kind
          FROM delivery WHERE pairing_id = $1
        UNION ALL
        SELECT CASE WHEN kind IN ('approved', 'returned') THEN coalesce(decided_at, received_at) ELSE received_at END,
               side, round_number, id, kind
          FROM written WHERE (newest OR kind = 'returned')
           AND NOT EXISTS (SELECT FROM delivery WHERE pairing_id = $1 AND draft_id = written.id)
        UNION ALL
        SELECT recorded_at, side, round_number, NULL, 'missed' FROM miss WHERE pairing_id = $1)
    -- A letter that was kept for this year came before it.
    SELECT greatest(local_day(at), (SELECT begins_on FROM pairing WHERE id = $1)) AS "on",
           kind, side, round_number, about FROM moments
     ORDER BY at, array_position(ARRAY['returned', 'missed'], kind), side, round_number, about
"""


async def letters(connection: Connection, pairing_id: UUID) -> Sequence[Moment]:
    """In their order, as far as this scope sees letters."""
    rows = await connection.fetch(_LETTERS, pairing_id)
    return [Moment(**{**row, "kind": Kind(row["kind"]), "side": Side(row["side"])}) for row in rows]


# Only what those concerned were told of: an officer who goes has no cause here.
_TURNS = """
    WITH this AS (
        SELECT pairing.*, visit_on, visit_state FROM pairing JOIN program_year AS year ON year.id = program_year_id
         WHERE pairing.id = $1 AND introduced_at IS NOT NULL)
    SELECT "on", kind, about FROM (
    SELECT local_day(introduced_at) AS "on", 1 AS place, 'officer before' AS kind, replacement.pairing_id AS about
      FROM this JOIN replacement ON next_pairing_id = this.id
    UNION ALL
    SELECT local_day(introduced_at), 2, 'introduced', NULL FROM this
    UNION ALL
    SELECT local_day(at), 2.5, 'another school', NULL FROM this JOIN pairing_turn ON pairing_id = this.id
     WHERE to_school IS NOT NULL
    UNION ALL
    SELECT local_day(since), 3, 'farewell', NULL
      FROM this JOIN (SELECT pairing_id, since, farewell_until FROM ending
                       UNION ALL SELECT pairing_id, ending_since, farewell_until FROM pairing_turn
                        WHERE to_school IS NULL) AS ending ON pairing_id = this.id
     WHERE farewell_until > since
    UNION ALL
    SELECT local_day(at), 3.5, 'goes on after all', NULL FROM this JOIN pairing_turn ON pairing_id = this.id
     WHERE farewell_until > ending_since
    UNION ALL
    SELECT visit_on, 4, CASE WHEN attended THEN 'came to the visit' WHEN NOT attended THEN 'did not come'
                             WHEN visit_state <> 'planned' THEN 'visit called off'
                             WHEN answer = 'no' AND visit_on < program_today() THEN 'did not come'
                             ELSE 'visit' END, NULL
      FROM this LEFT JOIN visit ON visit.pairing_id = this.id
     WHERE attended IS NOT NULL OR (coalesce(local_day(ended_at), visit_on) >= visit_on
                                    AND NOT is_paused('visits', this.program_id, this.school_id, this.agency_id, this.id))
    UNION ALL
    SELECT local_day(ended_at), 5, 'closed', NULL FROM this WHERE ended_at IS NOT NULL
    UNION ALL
    SELECT local_day(next.introduced_at), 6, 'next officer', next.id
      FROM this JOIN replacement ON replacement.pairing_id = this.id JOIN pairing AS next ON next.id = next_pairing_id
     WHERE next.introduced_at IS NOT NULL
    ) AS turns WHERE "on" IS NOT NULL ORDER BY "on", place, about
"""


async def turns(connection: Connection, pairing_id: UUID) -> Sequence[Moment]:
    """How the pairing begins and ends, who was before and who comes after, and the visit; in their order."""
    rows = await connection.fetch(_TURNS, pairing_id)
    return [Moment(row["on"], Kind(row["kind"]), about=row["about"]) for row in rows]


async def rests(connection: Connection, pairing_id: UUID) -> Sequence[Rest]:
    """The pauses that reached this pairing, wherever they were commanded; within its own days."""
    rows = await connection.fetch(
        "SELECT local_day(greatest(began_at, introduced_at)) AS first,"
        " local_day(least(pause.ended_at, this.ended_at)) AS last, what FROM pairing AS this JOIN pause"
        " ON num_nonnulls(pause.school_id, pause.agency_id, pause.pairing_id) = 0"
        "  OR pause.school_id = this.school_id OR pause.agency_id = this.agency_id OR pause.pairing_id = this.id"
        " WHERE this.id = $1 AND began_at < coalesce(this.ended_at, 'infinity')"
        " AND introduced_at < coalesce(pause.ended_at, 'infinity') ORDER BY began_at, what, pause.id",
        pairing_id,
    )
    return [Rest(**row) for row in rows]


async def opening_days(connection: Connection, pairing_id: UUID) -> Sequence[OpeningDay]:
    """Those of its class that have a date."""
    rows = await connection.fetch(
        'SELECT number, opens_on AS "on" FROM pairing_round WHERE pairing_id = $1 AND opens_on IS NOT NULL'
        " ORDER BY number",
        pairing_id,
    )
    return [OpeningDay(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Pair:
    """First names, and the pairing's own days. `last_day`: today while it lives."""

    student: str
    officer: str
    first_year: int
    first_day: date
    last_day: date
    today: date


async def pair(connection: Connection, pairing_id: UUID) -> Pair:
    row = await connection.fetchrow(
        "SELECT student_first_name AS student, officer_first_name AS officer, first_year, begins_on AS first_day,"
        " coalesce(local_day(ended_at), program_today()) AS last_day, program_today() AS today"
        " FROM pairing JOIN pal ON pal.pairing_id = pairing.id"
        " JOIN program_year ON program_year.id = program_year_id WHERE pairing.id = $1",
        pairing_id,
    )
    if row is None:
        raise LookupError(f"There is no pairing {pairing_id} here. See: starter.py pairing list PROGRAM")
    return Pair(**row)
