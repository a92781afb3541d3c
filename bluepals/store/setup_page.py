"""What is set up so far: classes with their forms, agencies with their places, and the staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class ClassInSetup:
    """`agreed`: children with a consent to the letters in force; `paired`: with a pal."""

    program_year: str
    school: str
    class_name: str
    children: int
    agreed: int
    paired: int


async def classes(connection: Connection) -> Sequence[ClassInSetup]:
    """Of the years that are not closed."""
    rows = await connection.fetch(
        "SELECT program_year_id AS program_year, student.school_id AS school, class_name, count(*)::int AS children,"
        " count(*) FILTER (WHERE has_consent(student))::int AS agreed,"
        " count(*) FILTER (WHERE EXISTS (SELECT FROM pairing WHERE pairing.student_id = student.id"
        "   AND ended_at IS NULL))::int AS paired"
        " FROM student WHERE is_in_an_open_year(student) AND erased_at IS NULL AND left_at IS NULL"
        " GROUP BY 1, 2, 3 ORDER BY 2, 3"
    )
    return [ClassInSetup(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class AgencyInSetup:
    """`cleared`: officers whose clearance is in date; `places`: what those offer, and `taken` of them."""

    name: str
    officers: int
    cleared: int
    places: int
    taken: int


async def agencies(connection: Connection) -> Sequence[AgencyInSetup]:
    rows = await connection.fetch(
        "SELECT agency.name, count(officer.id)::int AS officers,"
        " count(*) FILTER (WHERE is_cleared(officer))::int AS cleared,"
        " coalesce(sum(capacity) FILTER (WHERE is_cleared(officer)), 0)::int AS places,"
        " (SELECT count(*) FROM pairing WHERE pairing.agency_id = agency.id AND ended_at IS NULL)::int AS taken"
        " FROM agency LEFT JOIN officer ON officer.program_id = agency.program_id AND officer.agency_id = agency.id"
        "  AND officer.withdrawn_at IS NULL GROUP BY agency.program_id, agency.id, agency.name ORDER BY agency.name"
    )
    return [AgencyInSetup(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class PersonInSetup:
    """One of the staff, and what they are: each role with its school, class or agency."""

    name: str
    roles: Sequence[str]
    schools: frozenset[str | None]


async def staff(connection: Connection) -> Sequence[PersonInSetup]:
    rows = await connection.fetch(
        "SELECT name, array_agg(concat_ws(' ', role, class_name, school_id, staff_role.agency_id) ORDER BY role, school_id, class_name)"
        " AS roles, array_agg(DISTINCT school_id) AS schools"
        " FROM staff JOIN staff_role ON staff_id = staff.id GROUP BY staff.id, name ORDER BY name, staff.id"
    )
    return [PersonInSetup(row["name"], row["roles"], frozenset(row["schools"])) for row in rows]
