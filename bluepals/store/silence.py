"""Who has stopped writing, and which rung of the ladder that has reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.domain.letters import Side
from bluepals.domain.pauses import Pause
from bluepals.domain.silence import Rung, Silence
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class SilentSide:
    """One side of a pairing that has missed its last dates. `reached`: mail gets through to the officer, or to a teacher of
    the child.
    """

    pairing_id: UUID
    school: str
    class_name: str
    agency: str
    officer_id: UUID
    officer: str
    officer_name: str
    officer_first_name: str
    officer_email: str
    student_first_name: str
    first_missed: int
    reached: bool
    silence: Silence


# Misses after the last letter that this side has handed in, whichever round it was for; not of pairings that rest or end.
# They are few, and found first.
_SILENT = """
    WITH missed AS MATERIALIZED (
         SELECT pairing_id, side, min(round_number) AS first_missed, count(*)::int AS missed, min(recorded_at) AS since
           FROM miss
          WHERE round_number > coalesce((SELECT max(letter.round_number) FROM letter
                                          WHERE letter.pairing_id = miss.pairing_id AND letter.side = miss.side), 0)
            AND NOT EXISTS (SELECT FROM letter JOIN draft ON draft.letter_id = letter.id
                             WHERE letter.pairing_id = miss.pairing_id AND letter.side = miss.side
                               AND draft.source IS NULL AND draft.received_at > miss.recorded_at)
          GROUP BY pairing_id, side),
    silent AS MATERIALIZED (
         SELECT missed.*, pairing.program_id, pairing.school_id, pairing.agency_id, pairing.student_id, pairing.officer_id
           FROM missed JOIN pairing ON pairing.id = missed.pairing_id
          WHERE ended_at IS NULL AND ($1::uuid IS NULL OR pairing.id = $1)
            AND NOT EXISTS (SELECT FROM ending WHERE ending.pairing_id = pairing.id)
            AND NOT is_paused('letters', pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id))
    SELECT silent.pairing_id, silent.school_id AS school, student.class_name, silent.agency_id AS agency,
           officer.id AS officer_id, officer.external_id AS officer,
           officer.first_name || ' ' || officer.last_name AS officer_name, officer.first_name AS officer_first_name,
           officer.email AS officer_email,
           student.first_name AS student_first_name, silent.side, silent.first_missed, silent.missed,
           (silent.since AT TIME ZONE (program.definition ->> 'timezone'))::date AS since,
           CASE silent.side WHEN 'officer' THEN is_reached_by_mail(officer) ELSE has_a_reached_teacher(student) END AS reached,
           ladder.rungs, ladder.days
      FROM silent
      JOIN program ON program.id = silent.program_id
      JOIN student ON student.id = silent.student_id
      JOIN officer ON officer.id = silent.officer_id
     CROSS JOIN LATERAL (
           SELECT coalesce(array_agg(name), '{}') AS rungs, coalesce(array_agg(newest), '{}') AS days
             FROM (SELECT name, max(reached_on) AS newest FROM rung
                    WHERE rung.pairing_id = silent.pairing_id AND rung.side = silent.side
                      AND rung.first_missed = silent.first_missed GROUP BY name) AS this) AS ladder
     WHERE has_consent(student) AND is_cleared(officer)
     ORDER BY silent.school_id, student.class_name, silent.pairing_id, silent.side
"""


async def silent_sides(connection: Connection, pairing_id: UUID | None = None) -> Sequence[SilentSide]:
    """All of the program, or of one pairing."""
    found = []
    for row in await connection.fetch(_SILENT, pairing_id):
        values = dict(row)
        reached = {Rung(name): day for name, day in zip(values.pop("rungs"), values.pop("days"), strict=True)}
        silence = Silence(Side(values.pop("side")), values.pop("missed"), values.pop("since"), reached)
        found.append(SilentSide(**values, silence=silence))
    return found


async def reach(connection: Connection, one: SilentSide, rung: Rung, day: date, by: UUID | None) -> None:
    """Again, it changes nothing."""
    await connection.execute(
        "INSERT INTO rung (pairing_id, side, first_missed, name, program_id, school_id, agency_id, reached_on, reached_by)"
        " SELECT id, $2, $3, $4, program_id, school_id, agency_id, $5, $6 FROM pairing WHERE id = $1"
        " ON CONFLICT DO NOTHING",
        one.pairing_id,
        one.silence.side,
        one.first_missed,
        rung,
        day,
        by,
    )


async def stretches_of(connection: Connection, kind: str) -> Mapping[str, Sequence[Pause]]:
    """From when to when a person was asked for a thing of this kind, by its key."""
    rows = await connection.fetch(
        "SELECT key, opened_at, closed_at FROM attention WHERE kind = $1 ORDER BY opened_at", kind
    )
    found: dict[str, list[Pause]] = {}
    for row in rows:
        found.setdefault(row["key"], []).append(Pause(row["opened_at"], row["closed_at"]))
    return found


async def resting_with_a_letter(connection: Connection, reason: str) -> Sequence[UUID]:
    """Pairings that rest for this reason, and whose child has handed in a letter since."""
    rows = await connection.fetch(
        "SELECT pause.pairing_id FROM pause WHERE pause.ended_at IS NULL AND pause.what = 'letters' AND reason = $1"
        " AND EXISTS (SELECT FROM draft JOIN letter ON letter.id = draft.letter_id"
        "   WHERE letter.pairing_id = pause.pairing_id AND letter.side = 'student' AND draft.source IS NULL"
        "   AND draft.received_at > began_at)"
        " ORDER BY 1",
        reason,
    )
    return [row["pairing_id"] for row in rows]
