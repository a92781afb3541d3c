"""Who may be matched, what was proposed, and what a coordinator decided about it.

The matching knows people by the ids of their files, so that the same files and seed give the same proposal.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bluepals.domain.matching import Avoided, Candidate, Child, Need, Pair
from bluepals.domain.people import Gender
from bluepals.domain.sentences import kept, made_of
from bluepals.store.database import Connection


async def one_at_a_time(connection: Connection, program: str) -> None:
    """Two matchings in the same second: the second one sees what the first one did."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('matching ' || $1, 0))", program)


async def children(connection: Connection) -> Sequence[Child]:
    """Those who may be matched now: consent, a pal's gender, no pal, and none who is sought already."""
    rows = await connection.fetch(
        "SELECT external_id AS id, pal_gender, language, school_id, waiting_since FROM student"
        " WHERE pal_gender IS NOT NULL AND has_consent(student) AND left_at IS NULL AND is_in_an_open_year(student)"
        " AND NOT EXISTS (SELECT FROM pairing WHERE pairing.student_id = student.id AND ended_at IS NULL)"
        " AND NOT EXISTS (SELECT FROM replacement WHERE replacement.student_id = student.id AND closed_at IS NULL)"
        " ORDER BY id"
    )
    return [
        Child(
            str(row["id"]), Gender(row["pal_gender"]), row["language"], row["school_id"], row["waiting_since"]
        )
        for row in rows
    ]


async def candidates(connection: Connection) -> Sequence[Candidate]:
    """Officers with a clearance in date who stay, and the places that are taken or kept for a child between two officers."""
    rows = await connection.fetch(
        "SELECT external_id AS id, gender, languages, agency_id, capacity,"
        " (SELECT count(*) FROM pairing WHERE pairing.officer_id = officer.id AND ended_at IS NULL)"
        " + (SELECT count(*) FROM replacement WHERE reserve_id = officer.id AND closed_at IS NULL"
        "   AND next_pairing_id IS NULL) AS taken"
        " FROM officer WHERE gender IS NOT NULL AND is_cleared(officer) AND leaves_at IS NULL ORDER BY id"
    )
    return [
        Candidate(
            row["id"],
            Gender(row["gender"]),
            frozenset(row["languages"]),
            row["agency_id"],
            row["capacity"],
            row["taken"],
        )
        for row in rows
    ]


async def rejected(connection: Connection) -> Avoided:
    """By the coordinator, or by the people themselves."""
    rows = await connection.fetch(
        "SELECT student.external_id AS child, officer.external_id AS officer FROM ("
        "   SELECT student_id, officer_id FROM proposed_pair WHERE state = 'rejected' UNION"
        "   SELECT student_id, officer_id FROM pairing JOIN ending ON pairing_id = pairing.id WHERE reason = 'declined'"
        " ) AS pair JOIN student ON student.id = student_id JOIN officer ON officer.id = officer_id"
    )
    return {(row["child"], row["officer"]) for row in rows}


async def save_proposal(
    connection: Connection, program: str, seed: int, pairs: Sequence[Pair], needs: Sequence[Need]
) -> int:
    """The proposal's number. What was open before is superseded, unless it is the same, and then nothing changes."""
    if known := await _same_proposal(connection, seed, pairs, needs):
        return known
    await connection.execute("UPDATE proposed_pair SET state = 'superseded' WHERE state = 'proposed'")
    proposal = await connection.fetchrow(
        "INSERT INTO proposal (program_id, number, seed, needs)"
        " VALUES ($1, (SELECT count(*) + 1 FROM proposal), $2, $3) RETURNING id, number",
        program,
        seed,
        _as_json(needs),
    )
    assert proposal is not None  # noqa: S101 - INSERT ... RETURNING
    await connection.executemany(
        "INSERT INTO proposed_pair (proposal_id, program_id, school_id, agency_id, student_id, officer_id, gender, reason,"
        " pattern)"
        " SELECT $1, student.program_id, student.school_id, officer.agency_id, student.id, officer.id,"
        " student.pal_gender, $4, $5 FROM student, officer WHERE student.external_id = $2 AND officer.external_id = $3",
        [(proposal["id"], pair.child, pair.officer, pair.reason, kept(pair.reason)) for pair in pairs],
    )
    number: int = proposal["number"]
    return number


async def _same_proposal(
    connection: Connection, seed: int, pairs: Sequence[Pair], needs: Sequence[Need]
) -> int | None:
    """The newest proposal's number, if what is open of it says the same."""
    newest = await connection.fetchrow(
        "SELECT id, number, seed, needs FROM proposal ORDER BY number DESC LIMIT 1"
    )
    if newest is None or (newest["seed"], newest["needs"]) != (seed, _as_json(needs)):
        return None
    rows = await connection.fetch(
        "SELECT student.external_id AS child, officer.external_id AS officer FROM proposed_pair AS pair"
        " JOIN student ON student.id = student_id JOIN officer ON officer.id = officer_id"
        " WHERE proposal_id = $1 AND state = 'proposed'",
        newest["id"],
    )
    number: int = newest["number"]
    return number if {tuple(row) for row in rows} == {(pair.child, pair.officer) for pair in pairs} else None


def _as_json(needs: Sequence[Need]) -> Any:
    """As the database gives it back: tuples are lists there."""
    return json.loads(json.dumps([asdict(need) for need in needs]))


@dataclass(frozen=True, slots=True)
class OpenPair:
    """A proposed pair, as the coordinator sees it."""

    id: UUID
    school: str
    class_name: str
    student: str
    officer: str
    agency: str
    gender: str
    reason: str


async def open_pairs(connection: Connection) -> Sequence[OpenPair]:
    rows = await connection.fetch(
        "SELECT proposed_pair.id, proposed_pair.school_id AS school, student.class_name,"
        " student.first_name || ' ' || student.last_name AS student,"
        " officer.first_name || ' ' || officer.last_name AS officer, proposed_pair.agency_id AS agency,"
        " proposed_pair.gender, proposed_pair.reason, proposed_pair.pattern"
        " FROM proposed_pair JOIN student ON student.id = proposed_pair.student_id"
        " JOIN officer ON officer.id = proposed_pair.officer_id WHERE state = 'proposed'"
        " ORDER BY school, class_name, in_alphabet(student.last_name), in_alphabet(student.first_name), proposed_pair.id"
    )
    return [_open_pair(**row) for row in rows]


def _open_pair(*, pattern: Any, **row: Any) -> OpenPair:
    """The reason of a pair from before patterns were kept stays in English."""
    return OpenPair(**row | ({"reason": made_of(pattern)} if pattern else {}))


async def latest_needs(connection: Connection) -> Sequence[dict[str, object]]:
    needs = await connection.fetchval("SELECT needs FROM proposal ORDER BY number DESC LIMIT 1")
    return list(needs or [])


async def matched_on(connection: Connection) -> date | None:
    """The day of the newest matching; None: there was none."""
    day: date | None = await connection.fetchval(
        "SELECT local_day(made_at) FROM proposal ORDER BY number DESC LIMIT 1"
    )
    return day


@dataclass(frozen=True, slots=True)
class WaitingChild:
    student_id: str
    name: str
    school: str
    class_name: str
    gender: str
    waiting_since: date


async def waiting_children(connection: Connection) -> Sequence[WaitingChild]:
    """Children who may be matched and are in no pair, open or approved; the longest waiting first."""
    rows = await connection.fetch(
        "SELECT external_id AS student_id, first_name || ' ' || last_name AS name, school_id AS school, class_name,"
        " pal_gender AS gender, waits_since(student) AS waiting_since FROM student"
        " WHERE pal_gender IS NOT NULL AND has_consent(student) AND left_at IS NULL AND is_in_an_open_year(student)"
        " AND NOT EXISTS (SELECT FROM pairing WHERE pairing.student_id = student.id AND ended_at IS NULL)"
        " AND NOT EXISTS (SELECT FROM proposed_pair WHERE proposed_pair.student_id = student.id AND state = 'proposed')"
        " ORDER BY waits_since(student), external_id"
    )
    return [WaitingChild(**row) for row in rows]


async def note_reason(connection: Connection, pairs: Sequence[UUID], why: str) -> None:
    await connection.execute(
        "UPDATE proposed_pair SET decided_why = $2 WHERE id = ANY ($1) AND state = 'proposed'", pairs, why
    )


async def reject(connection: Connection, pairs: Sequence[UUID], decided_by: UUID) -> int:
    """How many of these open pairs are rejected now. Their reasons have to be on record."""
    return await _decide(connection, pairs, "rejected", decided_by)


async def approve(connection: Connection, pairs: Sequence[UUID], decided_by: UUID) -> int:
    """How many of these open pairs are approved now; each is a pairing from here on."""
    count = await _decide(connection, pairs, "approved", decided_by)
    await connection.execute(
        "INSERT INTO pairing (program_id, program_year_id, school_id, agency_id, student_id, officer_id, gender,"
        " proposed_pair_id, begins_on)"
        " SELECT pair.program_id, student.program_year_id, pair.school_id, pair.agency_id, pair.student_id,"
        " pair.officer_id, pair.gender, pair.id, program_today()"
        " FROM proposed_pair AS pair JOIN student ON student.id = pair.student_id"
        " WHERE pair.id = ANY ($1) AND pair.state = 'approved' ON CONFLICT (proposed_pair_id) DO NOTHING",
        pairs,
    )
    return count


async def supersede_impossible(connection: Connection, pairs: Sequence[UUID]) -> int:
    """How many of these open pairs can't be any more: the child has a pal by now, or may have none, or the officer no place
    left, or goes; or one of the two is at another school or agency since.

    Whoever would stop one of these officers waits, and whoever stops one is waited for.
    """
    await connection.execute(
        "SELECT FROM officer WHERE id IN (SELECT officer_id FROM proposed_pair WHERE id = ANY ($1) AND state = 'proposed')"
        " ORDER BY id FOR SHARE",
        pairs,
    )
    rows = await connection.fetch(
        "WITH asked AS (SELECT pair.id, row_number() OVER (PARTITION BY officer.id ORDER BY pair.id) AS place,"
        "  officer.capacity - (SELECT count(*) FROM pairing WHERE officer_id = officer.id AND ended_at IS NULL)"
        "   - (SELECT count(*) FROM replacement WHERE reserve_id = officer.id AND closed_at IS NULL"
        "     AND next_pairing_id IS NULL) AS free,"
        "  EXISTS (SELECT FROM pairing WHERE student_id = pair.student_id AND ended_at IS NULL) AS paired,"
        "  leaves_at IS NOT NULL OR NOT is_cleared(officer) OR left_at IS NOT NULL OR NOT has_consent(student) AS goes,"
        "  (student.school_id, officer.agency_id) <> (pair.school_id, pair.agency_id) AS moved"
        "  FROM proposed_pair AS pair JOIN officer ON officer.id = pair.officer_id"
        "  JOIN student ON student.id = pair.student_id"
        "  WHERE pair.id = ANY ($1) AND state = 'proposed')"
        " UPDATE proposed_pair SET state = 'superseded' FROM asked"
        " WHERE asked.id = proposed_pair.id AND (paired OR goes OR moved OR place > free) RETURNING proposed_pair.id",
        pairs,
    )
    return len(rows)


async def supersede_pairs_of(connection: Connection, student_id: UUID) -> None:
    """What is proposed for this child can't be any more, or not as it stands."""
    await connection.execute(
        "UPDATE proposed_pair SET state = 'superseded' WHERE student_id = $1 AND state = 'proposed'",
        student_id,
    )


async def _decide(connection: Connection, pairs: Sequence[UUID], state: str, decided_by: UUID) -> int:
    rows = await connection.fetch(
        "UPDATE proposed_pair SET state = $2, decided_by = $3, decided_at = program_now()"
        " WHERE id = ANY ($1) AND state = 'proposed' RETURNING id",
        pairs,
        state,
        decided_by,
    )
    return len(rows)


async def program_years_of(connection: Connection, pairs: Sequence[UUID]) -> Sequence[str]:
    rows = await connection.fetch(
        "SELECT DISTINCT program_year_id FROM pairing WHERE proposed_pair_id = ANY ($1) ORDER BY 1", pairs
    )
    return [row["program_year_id"] for row in rows]
