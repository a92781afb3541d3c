"""What is set up so far: classes with their forms, agencies with their places, and the staff."""

from collections.abc import Sequence
from dataclasses import dataclass

from bluepals.domain.people import ROLES, Role
from bluepals.domain.sentences import Sentence, together
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
    """One of the staff, and what they are: each role with its class, school or agency."""

    name: str
    roles: Sequence[Sentence]
    schools: frozenset[str | None]


async def staff(connection: Connection) -> Sequence[PersonInSetup]:
    rows = await connection.fetch(
        "SELECT name, array_agg(ARRAY[role, class_name, school_id, staff_role.agency_id] ORDER BY role, school_id, class_name)"
        " AS roles, array_agg(DISTINCT school_id) AS schools"
        " FROM staff JOIN staff_role ON staff_id = staff.id GROUP BY staff.id, name ORDER BY in_alphabet(name), staff.id"
    )
    return [
        PersonInSetup(row["name"], [_role(*one) for one in row["roles"]], frozenset(row["schools"]))
        for row in rows
    ]


def _role(role: Role, *where: str | None) -> Sentence:
    return together(ROLES[role], *(one for one in where if one is not None))


@dataclass(frozen=True, slots=True)
class CountsBeforeOpening:
    """Children of the years that are prepared, those who may have a pal, and the places of cleared officers."""

    children: int
    agreed: int
    places: int


async def counts_before_opening(connection: Connection) -> CountsBeforeOpening:
    (row,) = await connection.fetch(
        "SELECT count(*)::int AS children, count(*) FILTER (WHERE has_consent(student))::int AS agreed,"
        " (SELECT coalesce(sum(capacity), 0) FROM officer WHERE withdrawn_at IS NULL AND is_cleared(officer))::int AS places"
        " FROM student JOIN program_year AS year ON year.id = program_year_id AND year.state = 'prepared'"
        " WHERE student.erased_at IS NULL AND student.left_at IS NULL"
    )
    return CountsBeforeOpening(**row)


@dataclass(frozen=True, slots=True)
class NobodyThere:
    """A part that nobody plays at a school, or a class without a teacher."""

    school_name: str
    role: str
    class_name: str | None


async def nobody_there(connection: Connection) -> Sequence[NobodyThere]:
    """At schools whose year is prepared."""
    rows = await connection.fetch(
        "WITH prepared AS (SELECT year.id, year.program_id, year.school_id, school.name AS school_name"
        "   FROM program_year AS year JOIN school ON school.program_id = year.program_id AND school.id = year.school_id"
        "  WHERE state = 'prepared')"
        " SELECT school_name, role, NULL AS class_name FROM prepared, unnest(ARRAY['counselor', 'moderator']) AS role"
        "  WHERE NOT EXISTS (SELECT FROM staff_role AS has WHERE has.program_id = prepared.program_id AND has.role = role.role"
        "                      AND (has.school_id IS NULL OR has.school_id = prepared.school_id))"
        " UNION SELECT school_name, 'teacher', student.class_name FROM prepared JOIN student ON program_year_id = prepared.id"
        "  WHERE left_at IS NULL AND erased_at IS NULL AND NOT EXISTS (SELECT FROM staff_role AS has"
        "   WHERE has.program_id = prepared.program_id AND has.role = 'teacher' AND has.school_id = prepared.school_id"
        "     AND (has.class_name IS NULL OR has.class_name = student.class_name))"
        " ORDER BY school_name, role, class_name"
    )
    return [NobodyThere(**row) for row in rows]
