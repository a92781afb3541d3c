"""Children between two officers: whose pairing ends, who is to be next, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bluepals.domain.matching import Child
from bluepals.domain.people import Gender
from bluepals.store.database import Connection


class Over(StrEnum):
    """How a replacement ended."""

    PAIRED = "paired"
    TAKEN_BACK = "taken back"
    CHILD_LEFT = "child left"
    YEAR_OVER = "year over"
    PEOPLE_DECIDE = "people decide"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A replacement as it stands. The `_id`s and dates of steps are None until they have come."""

    id: UUID
    version: int
    program: str
    program_year: str
    school: str
    pairing_id: UUID
    was_introduced: bool
    farewell_until: datetime
    farewell_over: bool
    rest_until: datetime
    rested: bool
    reserve: str | None
    approved: bool
    guardian_told: bool
    next_pairing_id: UUID | None
    next_first_round: int | None
    next_ended: bool
    outcome: Over | None
    child_left: bool
    year_closed: bool


async def open_for(
    connection: Connection, pairing_id: UUID, farewell_until: datetime, rest_until: datetime, by: UUID
) -> UUID:
    """The open replacement of this pairing's child; the same one again, with its new dates."""
    await connection.execute(
        "UPDATE replacement SET closed_at = program_now(), outcome = 'paired', version = version + 1"
        " WHERE next_pairing_id = $1 AND closed_at IS NULL",
        pairing_id,
    )
    opened: UUID = await connection.fetchval(
        "INSERT INTO replacement (program_id, school_id, agency_id, program_year_id, pairing_id, student_id, gender,"
        " farewell_until, rest_until, begun_by)"
        " SELECT program_id, school_id, agency_id, program_year_id, id, student_id, gender, $2, $3, $4 FROM pairing"
        " WHERE id = $1 ON CONFLICT (student_id) WHERE closed_at IS NULL DO UPDATE SET"
        " farewell_until = excluded.farewell_until, rest_until = excluded.rest_until, dated_at = program_now(),"
        " rest_planned = NULL, version = replacement.version + 1"
        " RETURNING id",
        pairing_id,
        farewell_until,
        rest_until,
        by,
    )
    return opened


# Not while a pause keeps it from coming nearer.
_OVER = (
    "({0} <= program_now() AND NOT is_frozen('letters', {0}, replacement.program_id, replacement.school_id, replacement.agency_id,"
    " replacement.pairing_id))"
)


async def one(connection: Connection, replacement_id: UUID) -> Replacement:
    """Its row is locked: of two who go on with it, one waits. Raises LookupError with a sentence."""
    row = await connection.fetchrow(
        "SELECT replacement.id, replacement.version, replacement.program_id AS program,"
        " student.program_year_id AS program_year, student.school_id AS school, replacement.pairing_id,"
        " old.introduced_at IS NOT NULL AS was_introduced, farewell_until, rest_until,"
        f" {_OVER.format('farewell_until')} AS farewell_over, {_OVER.format('rest_until')} AS rested,"
        " officer.external_id AS reserve, approved_at IS NOT NULL AS approved,"
        " guardian_told_at IS NOT NULL AS guardian_told, next_pairing_id, next.first_round AS next_first_round,"
        " next.ended_at IS NOT NULL AS next_ended, outcome,"
        " coalesce(student.withdrawn_at, student.left_at) IS NOT NULL AS child_left,"
        " program_year.state = 'closed' AS year_closed"
        " FROM replacement JOIN pairing AS old ON old.id = replacement.pairing_id"
        " JOIN student ON student.id = replacement.student_id"
        " JOIN program_year ON program_year.id = student.program_year_id"
        " LEFT JOIN officer ON officer.id = reserve_id LEFT JOIN pairing AS next ON next.id = next_pairing_id"
        " WHERE replacement.id = $1 FOR UPDATE OF replacement",
        replacement_id,
    )
    if row is None:
        raise LookupError(
            f"There is no replacement {replacement_id} here. See: starter.py replacement list PROGRAM"
        )
    return Replacement(**{**row, "outcome": Over(row["outcome"]) if row["outcome"] else None})


async def open_of(connection: Connection, pairing_id: UUID) -> UUID | None:
    """The open replacement that this pairing's end has begun."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM replacement WHERE pairing_id = $1 AND closed_at IS NULL", pairing_id
    )
    return found


async def given_up(connection: Connection, student_id: UUID) -> UUID | None:
    """The pairing whose officer goes or has gone, and whose child nobody seeks another one for, since it had left."""
    found: UUID | None = await connection.fetchval(
        "SELECT old.id FROM replacement JOIN pairing AS old ON old.id = pairing_id JOIN ending USING (pairing_id)"
        " JOIN student ON student.id = replacement.student_id AND student.program_year_id = old.program_year_id"
        " WHERE student.id = $1 AND outcome = 'child left' AND next_pairing_id IS NULL AND reason <> 'left the school'"
        " AND NOT EXISTS (SELECT FROM replacement AS one WHERE one.student_id = student.id AND one.closed_at IS NULL)"
        " AND NOT EXISTS (SELECT FROM pairing AS later WHERE later.student_id = student.id AND later.id <> old.id"
        "   AND coalesce(later.ended_at, 'infinity') > coalesce(old.ended_at, 'infinity'))"
        " ORDER BY replacement.closed_at DESC LIMIT 1",
        student_id,
    )
    return found


@dataclass(frozen=True, slots=True)
class OpenReplacement:
    id: UUID
    pairing_id: UUID
    school: str
    program_year: str


async def needing_workflow(connection: Connection) -> Sequence[OpenReplacement]:
    """Those that are open, and those whose workflow has still to hear that they are not."""
    rows = await connection.fetch(
        "SELECT id, pairing_id, school_id AS school, program_year_id AS program_year FROM replacement"
        " WHERE closed_at IS NULL OR EXISTS (SELECT FROM tell WHERE tell.program_id = replacement.program_id"
        "   AND workflow_id = 'new-officer-' || replacement.id AND answered_at IS NULL) ORDER BY opened_at, id"
    )
    return [OpenReplacement(**row) for row in rows]


async def close(connection: Connection, replacement_id: UUID, outcome: Over) -> None:
    await connection.execute(
        "UPDATE replacement SET closed_at = program_now(), outcome = $2, version = version + 1"
        " WHERE id = $1 AND closed_at IS NULL",
        replacement_id,
        outcome,
    )


# Who is next


@dataclass(frozen=True, slots=True)
class Seeking:
    """A child without a reserve, and the officer whom it has had."""

    id: UUID
    pairing_id: UUID
    child: Child
    officer: str


async def seeking(connection: Connection) -> Sequence[Seeking]:
    """Those who wait longest first."""
    rows = await connection.fetch(
        "SELECT replacement.id, pairing_id, student.external_id AS child, replacement.gender, student.language,"
        " student.school_id, opened_at::date AS since, officer.external_id AS officer"
        " FROM replacement JOIN student ON student.id = replacement.student_id"
        " JOIN pairing ON pairing.id = replacement.pairing_id JOIN officer ON officer.id = pairing.officer_id"
        " WHERE closed_at IS NULL AND reserve_id IS NULL AND has_consent(student) ORDER BY opened_at, student.external_id"
    )
    return [
        Seeking(
            row["id"],
            row["pairing_id"],
            Child(row["child"], Gender(row["gender"]), row["language"], row["school_id"], row["since"]),
            row["officer"],
        )
        for row in rows
    ]


async def propose(connection: Connection, replacement_id: UUID, external_id: str) -> None:
    """An officer, by the id of the file, is to be next."""
    await connection.execute(
        "UPDATE replacement SET reserve_id = officer.id, version = version + 1 FROM officer"
        " WHERE replacement.id = $1 AND officer.external_id = $2 AND reserve_id IS NULL AND closed_at IS NULL",
        replacement_id,
        external_id,
    )


async def approve(connection: Connection, replacement_id: UUID, by: UUID) -> None:
    await connection.execute(
        "UPDATE replacement SET approved_at = program_now(), approved_by = $2, version = version + 1"
        " WHERE id = $1 AND approved_at IS NULL",
        replacement_id,
        by,
    )


async def reject(connection: Connection, replacement_id: UUID, by: UUID, why: str) -> None:
    """On record, so that no matching proposes these two again."""
    await connection.execute(
        "INSERT INTO proposed_pair (replacement_id, program_id, school_id, agency_id, student_id, officer_id, gender,"
        " reason, state, decided_by, decided_at, decided_why)"
        " SELECT replacement.id, replacement.program_id, student.school_id, officer.agency_id, student_id, reserve_id,"
        " replacement.gender, 'a new officer', 'rejected', $2, program_now(), $3"
        " FROM replacement JOIN officer ON officer.id = reserve_id JOIN student ON student.id = student_id"
        " WHERE replacement.id = $1",
        replacement_id,
        by,
        why,
    )
    await drop_reserve(connection, replacement_id)


async def drop_reserve(connection: Connection, replacement_id: UUID) -> None:
    """Another one has to be found."""
    await connection.execute(
        "UPDATE replacement SET reserve_id = NULL, approved_at = NULL, approved_by = NULL, version = version + 1"
        " WHERE id = $1 AND next_pairing_id IS NULL",
        replacement_id,
    )


async def with_reserve(connection: Connection, officer_id: UUID) -> Sequence[UUID]:
    """Open replacements that count on this officer."""
    rows = await connection.fetch(
        "SELECT id FROM replacement WHERE reserve_id = $1 AND closed_at IS NULL AND next_pairing_id IS NULL"
        " ORDER BY id",
        officer_id,
    )
    return [row["id"] for row in rows]


async def reserve_is_fit(connection: Connection, replacement_id: UUID) -> bool:
    """Whether the reserve may still write, and has a place left for this child."""
    fit: bool = await connection.fetchval(
        "SELECT is_cleared(officer) AND leaves_at IS NULL AND capacity >"
        " (SELECT count(*) FROM pairing WHERE pairing.officer_id = officer.id AND ended_at IS NULL)"
        " FROM replacement JOIN officer ON officer.id = reserve_id WHERE replacement.id = $1",
        replacement_id,
    )
    return bool(fit)


async def begin_next(connection: Connection, replacement_id: UUID) -> UUID:
    """The next pairing, as it was approved. The one before has ended. The pair that it rests on."""
    pair_id: UUID = await connection.fetchval(
        "INSERT INTO proposed_pair (replacement_id, program_id, school_id, agency_id, student_id, officer_id, gender,"
        " reason, state, decided_by, decided_at)"
        " SELECT replacement.id, replacement.program_id, student.school_id, officer.agency_id, student_id, reserve_id,"
        " replacement.gender, 'a new officer', 'approved', approved_by, approved_at"
        " FROM replacement JOIN officer ON officer.id = reserve_id JOIN student ON student.id = student_id"
        " WHERE replacement.id = $1 AND next_pairing_id IS NULL RETURNING id",
        replacement_id,
    )
    await connection.execute(
        "WITH begun AS (INSERT INTO pairing (program_id, program_year_id, school_id, agency_id, student_id, officer_id,"
        "   gender, proposed_pair_id, begins_on)"
        "   SELECT pair.program_id, student.program_year_id, pair.school_id, pair.agency_id, pair.student_id,"
        "   pair.officer_id, pair.gender, pair.id, program_today()"
        "   FROM proposed_pair AS pair JOIN student ON student.id = pair.student_id"
        "   WHERE pair.id = $2 RETURNING id)"
        " UPDATE replacement SET next_pairing_id = begun.id, version = version + 1 FROM begun WHERE replacement.id = $1",
        replacement_id,
        pair_id,
    )
    return pair_id


# Meanwhile


async def mark_guardian_told(connection: Connection, replacement_id: UUID) -> None:
    await connection.execute(
        "UPDATE replacement SET guardian_told_at = program_now(), version = version + 1"
        " WHERE id = $1 AND guardian_told_at IS NULL",
        replacement_id,
    )


async def openings_without_letter(
    connection: Connection, replacement_id: UUID, until: datetime
) -> Sequence[int]:
    """Opening days between the two officers whose pack closes by then, and holds nothing for this child."""
    rows = await connection.fetch(
        "SELECT round.number FROM replacement JOIN pairing AS old ON old.id = replacement.pairing_id"
        " JOIN round ON round.program_year_id = old.program_year_id AND left_out IS NULL"
        " LEFT JOIN pairing AS next ON next.id = next_pairing_id"
        " WHERE replacement.id = $1 AND old.ended_at IS NOT NULL AND round.opens_at > program_now()"
        " AND round.pack_closes_at <= $2 AND round.number >= coalesce(old.first_round, 1)"
        " AND round.number < coalesce(next.first_round, round.number + 1)"
        " AND NOT EXISTS (SELECT FROM delivery JOIN pairing ON pairing.id = delivery.pairing_id"
        "   WHERE pairing.student_id = old.student_id AND pairing.program_year_id = old.program_year_id"
        "   AND delivery.side = 'officer' AND opening = round.number AND delivery.kind <> 'late' AND withheld_at IS NULL)"
        " ORDER BY round.number",
        replacement_id,
        until,
    )
    return [row["number"] for row in rows]


async def openings_ahead(connection: Connection, replacement_id: UUID) -> bool:
    """Whether a class of this child opens letters before its next officer's first round."""
    ahead: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM replacement JOIN pairing AS next ON next.id = next_pairing_id"
        " JOIN round ON round.program_year_id = next.program_year_id AND left_out IS NULL"
        " WHERE replacement.id = $1 AND round.number < next.first_round AND round.opens_at > program_now())",
        replacement_id,
    )
    return ahead


# For people


@dataclass(frozen=True, slots=True)
class Listed:
    """An open replacement, as the coordinator sees it."""

    id: UUID
    student: str
    school: str
    class_name: str
    pairing_id: UUID
    since: date
    farewell_until: datetime
    rest_until: datetime
    reserve: str | None
    approved: bool


async def listed(connection: Connection) -> Sequence[Listed]:
    """Who waits longest first."""
    rows = await connection.fetch(
        "SELECT replacement.id, student.first_name || ' ' || student.last_name AS student, student.school_id AS school,"
        " student.class_name, pairing_id, opened_at::date AS since, farewell_until, rest_until,"
        " officer.first_name || ' ' || officer.last_name AS reserve, approved_at IS NOT NULL AS approved"
        " FROM replacement JOIN student ON student.id = replacement.student_id"
        " LEFT JOIN officer ON officer.id = reserve_id WHERE closed_at IS NULL ORDER BY opened_at, replacement.id"
    )
    return [Listed(**row) for row in rows]
