"""Who is meant by an id."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Pair:
    """A child and its officer, each with where they are."""

    child: str
    class_name: str
    school: str
    officer: str
    agency: str


@dataclass(frozen=True, slots=True)
class Person:
    """`place`: a child's school, or an officer's agency."""

    name: str
    place: str | None
    class_name: str | None


async def pairs(connection: Connection, pairing_ids: Sequence[UUID]) -> Mapping[UUID, Pair]:
    """Those of which nobody is erased."""
    rows = await connection.fetch(
        "SELECT pairing.id, student.first_name || ' ' || student.last_name AS child, class_name, school.name AS school,"
        " officer.first_name || ' ' || officer.last_name AS officer, agency.name AS agency FROM pairing"
        " JOIN student ON student.id = pairing.student_id AND student.erased_at IS NULL"
        " JOIN officer ON officer.id = pairing.officer_id AND officer.erased_at IS NULL"
        " JOIN school ON school.program_id = pairing.program_id AND school.id = pairing.school_id"
        " JOIN agency ON agency.program_id = pairing.program_id AND agency.id = pairing.agency_id"
        " WHERE pairing.id = ANY ($1)",
        pairing_ids,
    )
    return {row["id"]: Pair(**{name: row[name] for name in Pair.__slots__}) for row in rows}


async def people(connection: Connection, external_ids: Collection[str]) -> Mapping[tuple[str, str], Person]:
    """By the kind and the id of the files. Without who is erased."""
    rows = await connection.fetch(
        "SELECT 'student' AS kind, external_id, first_name || ' ' || last_name AS name, school.name AS place, class_name"
        "  FROM student JOIN school ON school.program_id = student.program_id AND school.id = student.school_id"
        "  WHERE external_id = ANY ($1) AND erased_at IS NULL"
        " UNION ALL SELECT 'officer', external_id, first_name || ' ' || last_name, agency.name, NULL"
        "  FROM officer JOIN agency ON agency.program_id = officer.program_id AND agency.id = officer.agency_id"
        "  WHERE external_id = ANY ($1) AND erased_at IS NULL"
        " UNION ALL SELECT 'staff_member', external_id, name, NULL, NULL FROM staff WHERE external_id = ANY ($1)",
        external_ids,
    )
    return {
        (row["kind"], row["external_id"]): Person(row["name"], row["place"], row["class_name"])
        for row in rows
    }


async def schools(connection: Connection) -> Mapping[str, str]:
    """The name of each school, by its id and by that of each of its years."""
    rows = await connection.fetch(
        "SELECT school.id, school.name, year.id AS year FROM school LEFT JOIN program_year AS year"
        " ON year.program_id = school.program_id AND year.school_id = school.id"
    )
    return {key: row["name"] for row in rows for key in (row["id"], row["year"]) if key is not None}
