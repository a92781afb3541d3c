"""Where things stand, as lists for a screen."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bluepals.domain.sentences import Sentence
from bluepals.domain.silence import RUNGS
from bluepals.store.database import Connection

Row = dict[str, Any]

# Why a pairing has ended, as everybody may know it.
ENDED = {
    "year closed": Sentence("year closed"),
    "student left": Sentence("student left"),
    "officer left": Sentence("officer left"),
}


async def schools(connection: Connection) -> Sequence[Row]:
    """Each school's year in a line."""
    rows = await connection.fetch(
        "SELECT year.id AS program_year, year.school_id AS school, year.state AS year,"
        " (SELECT count(*) FROM student WHERE program_year_id = year.id) AS students,"
        " (SELECT count(*) FROM pairing WHERE program_year_id = year.id) AS pairings,"
        " (SELECT count(*) FROM student WHERE program_year_id = year.id AND NOT EXISTS"
        "   (SELECT FROM pairing WHERE pairing.student_id = student.id AND pairing.program_year_id = year.id"
        "    AND coalesce(end_reason, 'year closed') = 'year closed')) AS without_pal,"
        " (SELECT count(*) FROM draft JOIN letter ON letter.id = letter_id WHERE letter.program_year_id = year.id AND NOT EXISTS"
        "   (SELECT FROM decision WHERE decision.draft_id = draft.id) AND NOT is_held(draft.id)) AS to_read,"
        " (SELECT count(*) FROM delivery JOIN pairing ON pairing.id = pairing_id"
        "   WHERE pairing.program_year_id = year.id) AS delivered,"
        " (SELECT min(due)::date FROM round, unnest(ARRAY[students_due_at, officers_due_at, opens_at]) AS due"
        "   WHERE program_year_id = year.id AND due > program_now()) AS next_date"
        " FROM program_year AS year ORDER BY year.first_year, year.school_id"
    )
    return [dict(row) for row in rows]


async def pairings(connection: Connection) -> Sequence[Row]:
    """Every pairing with the ids that other commands take."""
    rows = await connection.fetch(
        "SELECT pairing.id::text AS pairing, student.external_id AS student_id, officer.external_id AS officer_id,"
        " concat_ws(' ', student.first_name, student.last_name) AS student,"
        " concat_ws(' ', officer.first_name, officer.last_name) AS officer,"
        " pairing.program_year_id AS program_year, pairing.school_id AS school, student.class_name AS class, pairing.first_round, pairing.end_reason"
        " FROM pairing JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        " JOIN program_year AS year ON year.id = pairing.program_year_id"
        " ORDER BY year.first_year, pairing.school_id, student.external_id"
    )
    return [dict(row) for row in rows]


async def pairings_by_class(connection: Connection) -> Sequence[Row]:
    """As a school may know them: of officers the first name only. Those that have ended come last."""
    rows = await connection.fetch(
        "SELECT pairing.id, school.name AS school_name, student.class_name,"
        " student.first_name || ' ' || student.last_name AS student, pal.officer_first_name AS officer,"
        " pairing.ended_at IS NOT NULL AS ended"
        " FROM pairing JOIN pal ON pal.pairing_id = pairing.id JOIN student ON student.id = pairing.student_id"
        " JOIN school ON school.program_id = pairing.program_id AND school.id = pairing.school_id"
        " WHERE is_in_an_open_year(student) AND student.program_year_id = pairing.program_year_id"
        " ORDER BY school.name, school.id, class_name, ended, in_alphabet(last_name), in_alphabet(student.first_name), pairing.begins_on"
    )
    return [dict(row) for row in rows]


async def pairing(connection: Connection, pairing_id: UUID) -> Row:
    """Raises LookupError with a sentence."""
    row = await connection.fetchrow(
        "SELECT pairing.id::text AS pairing, pal.student_first_name AS student, pal.officer_first_name AS officer,"
        " pairing.school_id AS school, pairing.agency_id AS agency, pairing.introduced_at, pairing.ended_at,"
        " pairing.end_reason, visit.answer AS visit_answer, visit.attended AS visit_attended"
        " FROM pairing JOIN pal ON pal.pairing_id = pairing.id LEFT JOIN visit ON visit.pairing_id = pairing.id"
        " WHERE pairing.id = $1",
        pairing_id,
    )
    if row is None:
        raise LookupError(
            f"There is no pairing {pairing_id} in this program. See: starter.py pairing list PROGRAM"
        )
    return dict(row)


async def rounds_of(connection: Connection, pairing_id: UUID) -> Sequence[Row]:
    """Each round with what became of both letters: delivered (its kind), a decision, being read, missed, or not yet.

    A pairing without a letter in it came later, or had ended before.
    """
    rows = await connection.fetch(
        "SELECT round.number, round.opens_on, officer.state AS officer, student.state AS student"
        " FROM pairing_round AS round JOIN pairing ON pairing.id = round.pairing_id,"
        " LATERAL (SELECT CASE WHEN number < first_round THEN 'before this pairing' WHEN ended_at IS NOT NULL"
        "   THEN 'after this pairing' ELSE 'not yet' END AS nothing) AS without,"
        " LATERAL (SELECT coalesce(nullif(side_state($1, round.number, 'student'), 'not yet'), nothing) AS state) AS student,"
        " LATERAL (SELECT coalesce(nullif(side_state($1, round.number, 'officer'), 'not yet'), nothing) AS state) AS officer"
        " WHERE round.pairing_id = $1 ORDER BY round.number",
        pairing_id,
    )
    return [dict(row) for row in rows]


_STORY = """
    WITH this AS (SELECT pairing.*, definition ->> 'timezone' AS zone FROM pairing JOIN program ON program.id = program_id
                   WHERE pairing.id = $1)
    SELECT at, what, round_number, letter, detail FROM (
    SELECT opened_at AS at, 0 AS place, 'after another pairing' AS what, NULL::int AS round_number, NULL AS letter,
           pairing_id::text AS detail
      FROM replacement WHERE next_pairing_id = $1
    UNION ALL
    SELECT this.introduced_at, 0.5, 'pals since', NULL, NULL, before.id::text
      FROM this JOIN pairing AS before USING (student_id, officer_id)
     WHERE before.program_year_id <> this.program_year_id AND before.end_reason = 'year closed'
       AND this.introduced_at IS NOT NULL
    UNION ALL
    SELECT introduced_at, 1, 'introduced', NULL, NULL, NULL FROM this WHERE introduced_at IS NOT NULL
    UNION ALL
    SELECT received_at, 2, 'came in', round_number, letter.side, NULL
      FROM draft JOIN letter ON letter.id = letter_id WHERE pairing_id = $1
    UNION ALL
    -- Why it is delayed is the case's own to say.
    SELECT opened_at, 3, 'delayed', round_number, letter.side, NULL
      FROM case_file JOIN draft ON draft.id = draft_id JOIN letter ON letter.id = letter_id WHERE pairing_id = $1
    UNION ALL
    SELECT decided_at, 4, CASE verdict WHEN 'approve' THEN 'approved' ELSE 'returned' END, round_number, letter.side, NULL
      FROM decision JOIN draft ON draft.id = draft_id JOIN letter ON letter.id = letter_id
     WHERE pairing_id = $1 AND verdict <> 'refer'
    UNION ALL
    SELECT recorded_at, 5, 'missed', round_number, side, NULL FROM miss WHERE pairing_id = $1
    UNION ALL
    SELECT released_at, 6, CASE WHEN side = 'student' THEN 'released' WHEN opening IS NULL THEN 'released by itself'
                ELSE 'in a pack' END, round_number, CASE kind WHEN 'stock' THEN kind ELSE side END, opening::text
      FROM delivery WHERE pairing_id = $1
    UNION ALL
    SELECT withheld_at, 7, 'held back', round_number, side, NULL
      FROM delivery WHERE pairing_id = $1 AND withheld_at IS NOT NULL
    UNION ALL
    SELECT reached_on::timestamp AT TIME ZONE zone, 8 + array_position(ARRAY['kind word', 'liaison', 'warning proposed',
             'warned', 'to decide', 'more time', 'teacher', 'coordinator', 'rest proposed', 'rests'], name) / 100.0,
           CASE side WHEN 'student' THEN 'student silent' ELSE 'officer silent' END, NULL, NULL, name
      FROM rung JOIN this ON this.id = rung.pairing_id
    UNION ALL
    -- One ends before another begins in the same moment, and after it has begun itself.
    SELECT pause.at, pause.place, format('%s %s', what, happens), NULL, NULL, NULL FROM this JOIN (
           SELECT pause.*, began_at AS at, 9 AS place, 'paused' AS happens FROM pause
           UNION ALL SELECT pause.*, ended_at, CASE WHEN began_at = ended_at THEN 9.1 ELSE 8.9 END, 'go on'
             FROM pause WHERE ended_at IS NOT NULL) AS pause
        ON num_nonnulls(pause.school_id, pause.agency_id, pause.pairing_id) = 0
           OR pause.school_id = this.school_id OR pause.agency_id = this.agency_id OR pause.pairing_id = this.id
     WHERE pause.at BETWEEN this.introduced_at AND coalesce(this.ended_at, program_now())
    UNION ALL
    -- A child between two officers has a visit too: then somebody else is asked to meet it.
    SELECT invited_at, 10, 'invited', NULL, NULL, NULL FROM visit JOIN this ON this.id = pairing_id
     WHERE invited_at <= coalesce(ended_at, 'infinity')
    UNION ALL
    SELECT answered_at, 11, format('says %s', answer), NULL, NULL, NULL FROM visit JOIN this ON this.id = pairing_id
     WHERE answered_at <= coalesce(ended_at, 'infinity')
    UNION ALL
    -- Teachers may say it when the year has closed.
    SELECT least(recorded_at, ended_at), 12,
           CASE WHEN attended THEN 'came' ELSE 'did not come' END, NULL, NULL, NULL
      FROM visit JOIN this ON this.id = pairing_id WHERE recorded_at IS NOT NULL
    UNION ALL
    SELECT at, 12.5, 'at another school', NULL, NULL, to_school FROM pairing_turn
     WHERE pairing_id = $1 AND to_school IS NOT NULL
    UNION ALL
    SELECT since, 13, CASE WHEN farewell_until > since THEN 'farewell' ELSE 'ends at once' END, NULL, NULL,
           local_day(farewell_until)::text
      FROM (SELECT pairing_id, since, farewell_until FROM ending
             UNION ALL SELECT pairing_id, ending_since, farewell_until FROM pairing_turn WHERE to_school IS NULL) AS ending
     WHERE pairing_id = $1
    UNION ALL
    SELECT at, 13.5, 'goes on', NULL, NULL, NULL FROM pairing_turn WHERE pairing_id = $1 AND to_school IS NULL
    UNION ALL
    SELECT ended_at, 14, 'closed', NULL, NULL, end_reason FROM this WHERE ended_at IS NOT NULL
    UNION ALL
    SELECT greatest(next.begins_on::timestamp AT TIME ZONE zone, this.ended_at), 15, 'before another pairing', NULL, NULL, next.id::text
      FROM replacement JOIN this ON this.id = replacement.pairing_id JOIN pairing AS next ON next.id = next_pairing_id
    ) AS moments ORDER BY at, place, round_number, letter, what, detail
"""


_LETTERS = {
    "student": Sentence("student's letter"),
    "officer": Sentence("officer's letter"),
    "stock": Sentence("stock letter"),
}


def _told(what: str, number: int | None, letter: str | None, detail: str | None) -> Sentence:
    of_round = {"number": number, "letter": _LETTERS.get(letter or "")}
    return {
        "after another pairing": Sentence("another officer, after pairing {pairing}", pairing=detail),
        "pals since": Sentence("pals since an earlier year, in pairing {pairing}", pairing=detail),
        "introduced": Sentence("introduced"),
        "came in": Sentence("round {number}: {letter} came in", **of_round),
        "delayed": Sentence("round {number}: {letter} delayed", **of_round),
        "approved": Sentence("round {number}: {letter} approved", **of_round),
        "returned": Sentence("round {number}: {letter} returned", **of_round),
        "missed": Sentence("round {number}: {letter} missed", **of_round),
        "released": Sentence("round {number}: {letter} released", **of_round),
        "released by itself": Sentence("round {number}: {letter} released by itself", **of_round),
        "in a pack": Sentence(
            "round {number}: {letter} in the pack of opening day {opening}", **of_round, opening=detail
        ),
        "held back": Sentence("round {number}: {letter} held back", **of_round),
        "student silent": Sentence("student silent: {rung}", rung=RUNGS.get(detail or "")),
        "officer silent": Sentence("officer silent: {rung}", rung=RUNGS.get(detail or "")),
        "letters paused": Sentence("letters paused"),
        "letters go on": Sentence("letters go on"),
        "visits paused": Sentence("visits paused"),
        "visits go on": Sentence("visits go on"),
        "invited": Sentence("officer invited to the visit"),
        "says yes": Sentence("officer says yes to the visit"),
        "says no": Sentence("officer says no to the visit"),
        "came": Sentence("officer came to the visit"),
        "did not come": Sentence("officer did not come to the visit"),
        "at another school": Sentence("at {school} from now on", school=detail),
        "farewell": Sentence("ends, farewell until {day}", day=detail),
        "ends at once": Sentence("ends at once"),
        "goes on": Sentence("does not end early after all"),
        "closed": Sentence("closed: {why}", why=ENDED.get(detail or "")),
        "before another pairing": Sentence("another officer, in pairing {pairing}", pairing=detail),
    }[what]


async def story_of(connection: Connection, pairing_id: UUID) -> Sequence[Row]:
    """What has happened to a pairing, in order, as its office may know it: of a case no more than a delay."""
    return [
        {"at": row["at"], "what": _told(row["what"], row["round_number"], row["letter"], row["detail"])}
        for row in await connection.fetch(_STORY, pairing_id)
    ]
