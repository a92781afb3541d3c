"""Children who leave, or go to another school of the program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.store.database import Connection


async def leave(connection: Connection, student_id: UUID) -> bool:
    """The child is not matched any more. False: it had left before."""
    changed = await connection.execute(
        "UPDATE student SET left_at = program_now() WHERE id = $1 AND left_at IS NULL", student_id
    )
    return changed == "UPDATE 1"


async def come_back(connection: Connection, student_id: UUID) -> bool:
    """False: it had not left."""
    changed = await connection.execute(
        "UPDATE student SET left_at = NULL WHERE id = $1 AND left_at IS NOT NULL", student_id
    )
    return changed == "UPDATE 1"


async def who_left(connection: Connection) -> frozenset[str]:
    """By their ids in the roster."""
    rows = await connection.fetch(
        "SELECT external_id FROM student WHERE left_at IS NOT NULL AND erased_at IS NULL"
    )
    return frozenset(row["external_id"] for row in rows)


@dataclass(frozen=True, slots=True)
class SchoolYear:
    id: str
    school: str
    state: str


async def school_year(connection: Connection, school: str, like: str) -> SchoolYear:
    """A school's year of the same calendar as another one's. Raises LookupError with a sentence."""
    row = await connection.fetchrow(
        "SELECT id, school_id AS school, state FROM program_year WHERE school_id = $1"
        " AND first_year = (SELECT first_year FROM program_year AS other WHERE other.id = $2)",
        school,
        like,
    )
    if row is None:
        raise LookupError(f"There is no school {school!r} in this program. See: starter.py status PROGRAM")
    return SchoolYear(**row)


async def state_of(connection: Connection, program_year: str) -> str:
    state: str = await connection.fetchval("SELECT state FROM program_year WHERE id = $1", program_year)
    return state


async def move_child(connection: Connection, student_id: UUID, to: SchoolYear, class_name: str) -> None:
    await connection.execute(
        "UPDATE student SET (school_id, program_year_id, class_name) = ($2, $3, $4) WHERE id = $1",
        student_id,
        to.school,
        to.id,
        class_name,
    )


# The child's pairing; and of those of its year that have ended, the one whose packs are looked after until the next officer
# writes, and any with a letter that its class has not opened.
_ITS_OWN = (
    "(pairing.ended_at IS NULL"
    " OR EXISTS (SELECT FROM replacement WHERE replacement.pairing_id = pairing.id AND closed_at IS NULL)"
    " OR (pairing.program_year_id = student.program_year_id AND is_in_an_open_year(student)"
    "  AND EXISTS (SELECT FROM delivery JOIN round ON round.program_year_id = pairing.program_year_id AND number = opening"
    "   WHERE delivery.pairing_id = pairing.id AND withheld_at IS NULL AND NOT class_has_opened(round, student.class_name))))"
)


async def taken_along(connection: Connection, student_id: UUID) -> Sequence[UUID]:
    """The pairings that go where their child goes; after the year the one that may be carried over into the next, too."""
    rows = await connection.fetch(
        "SELECT pairing.id FROM pairing JOIN student ON student.id = student_id"
        f" WHERE student_id = $1 AND ({_ITS_OWN}"
        "  OR (end_reason = 'year closed' AND pairing.program_year_id = student.program_year_id)) ORDER BY ended_at, pairing.id FOR UPDATE OF pairing",
        student_id,
    )
    return [row["id"] for row in rows]


async def take_along(connection: Connection, pairing_id: UUID, left_school: str) -> None:
    """The pairing, its letters and all that repeats whose they are: to the school of its child, which has left this one."""
    await connection.execute("SELECT follow_its_child($1)", pairing_id)
    await connection.execute(
        "INSERT INTO pairing_turn (pairing_id, program_id, school_id, agency_id, from_school, to_school)"
        " SELECT id, program_id, school_id, agency_id, $2, school_id FROM pairing WHERE id = $1",
        pairing_id,
        left_school,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """Of schools: which one was left, and when."""

    left: str
    at: datetime


async def changes_of_school(connection: Connection) -> Mapping[UUID, Sequence[Change]]:
    """In order, of the pairings whose child has been at another school before."""
    rows = await connection.fetch(
        "SELECT pairing_id, from_school AS left, at FROM pairing_turn WHERE from_school IS NOT NULL ORDER BY sequence"
    )
    found: dict[UUID, list[Change]] = {}
    for row in rows:
        found.setdefault(row["pairing_id"], []).append(Change(row["left"], row["at"]))
    return found


async def elsewhere(
    connection: Connection, external_ids: list[str], schools: list[str]
) -> list[tuple[str, str, str]]:
    """Of these children and schools those that have a pal at another one, wait for their next, or have a letter to open there:
    child, school now, school asked for.
    """
    rows = await connection.fetch(
        "SELECT DISTINCT new.external_id, pairing.school_id, new.school_id AS asked"
        " FROM unnest($1::text[], $2::text[]) AS new (external_id, school_id)"
        " JOIN student USING (external_id) JOIN pairing ON student_id = student.id"
        f" WHERE {_ITS_OWN} AND pairing.school_id <> new.school_id ORDER BY 1",
        external_ids,
        schools,
    )
    return [tuple(row) for row in rows]
