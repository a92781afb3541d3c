"""Students, officers and staff: written by the import, looked up by whoever tells them something."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.people import Officer, Partner, Role, StaffRole, Student
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class StaffMember:
    id: UUID
    name: str
    email: str


# What a roster says of a child.
_CHILD = (
    "school_id, program_year_id, first_name, last_name, gender, class_name, language, guardian_name, guardian_email,"
    " guardian1_access, guardian2_name, guardian2_email, guardian2_access, consent_on"
)
_KNOWN = ", ".join(f"known.{column}" for column in _CHILD.split(", "))
# A consent that a person has recorded stays when the roster says nothing of it.
_CONSENT = (
    "CASE WHEN EXISTS (SELECT FROM consent WHERE student_id = known.id AND scope = 'letters'"
    " AND withdrawn_at IS NULL AND recorded_by IS NOT NULL)"
    " THEN coalesce(excluded.consent_on, known.consent_on) ELSE excluded.consent_on END"
)
_EXCLUDED = ", ".join(
    _CONSENT if column == "consent_on" else f"excluded.{column}" for column in _CHILD.split(", ")
)


async def save_students(
    connection: Connection, program: str, year: dict[str, str], students: Iterable[Student]
) -> int:
    """How many are new or changed. `year`: each school's program year. A pal's gender that people decided stays."""
    return await _changed(
        connection,
        f"INSERT INTO student AS known (program_id, external_id, {_CHILD}, pal_gender, waiting_since)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $7, program_today())"
        f" ON CONFLICT (program_id, external_id) DO UPDATE SET ({_CHILD}, pal_gender) = ({_EXCLUDED},"
        " CASE WHEN known.pal_gender_by IS NULL THEN excluded.gender ELSE known.pal_gender END)"
        # Who was erased is not brought back: a person is asked.
        f" WHERE known.erased_at IS NULL AND ({_KNOWN}) IS DISTINCT FROM ({_EXCLUDED}) RETURNING id",
        [
            (
                program,
                student.student_id,
                student.school,
                year[student.school],
                student.first_name,
                student.last_name,
                student.gender,
                student.class_name,
                student.language,
                student.guardian_name,
                student.guardian_email,
                student.guardian1_access,
                student.guardian2_name,
                student.guardian2_email,
                student.guardian2_access,
                student.consent,
            )
            for student in students
        ],
    )


# All children of a class of which the file says one new name, which no class there has or gets besides.
_RENAMED = """
    WITH renamed AS (
        SELECT known.program_year_id, known.class_name AS was, min(new.class_name) AS becomes
          FROM student AS known LEFT JOIN unnest($1::text[], $2::text[], $3::text[])
               AS new (external_id, program_year_id, class_name) USING (external_id, program_year_id)
         WHERE withdrawn_at IS NULL AND left_at IS NULL AND erased_at IS NULL
         GROUP BY known.program_year_id, known.class_name
        HAVING count(*) = count(new.class_name) AND count(DISTINCT new.class_name) = 1)
    SELECT min(was) AS was, becomes, program_year_id AS year FROM renamed
     WHERE NOT EXISTS (SELECT FROM student WHERE student.program_year_id = renamed.program_year_id
                          AND class_name = becomes)
     GROUP BY becomes, program_year_id HAVING count(*) = 1
"""


async def rename_classes(connection: Connection, year: dict[str, str], students: Sequence[Student]) -> None:
    """Before these are saved: what is a class's, by its name, is that of the same children with their new one."""
    renamed = await connection.fetch(
        _RENAMED,
        [one.student_id for one in students],
        [year[one.school] for one in students],
        [one.class_name for one in students],
    )
    names = [(row["was"], row["becomes"], row["year"]) for row in renamed]
    await connection.executemany(
        "UPDATE class_opening SET class_name = $2 WHERE class_name = $1 AND program_year_id = $3", names
    )
    await connection.executemany(
        "UPDATE stack SET class_name = $2 WHERE class_name = $1 AND program_year_id = $3", names
    )


async def save_officers(connection: Connection, program: str, officers: Iterable[Officer]) -> int:
    """How many are new or changed."""
    return await _changed(
        connection,
        "INSERT INTO officer AS known (program_id, agency_id, external_id, first_name, last_name, gender, email, capacity,"
        " languages, cleared_until, kind, precinct) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " ON CONFLICT (program_id, external_id) DO UPDATE SET (agency_id, first_name, last_name, gender, email, capacity,"
        " languages, cleared_until, kind, precinct) = (excluded.agency_id, excluded.first_name, excluded.last_name, excluded.gender,"
        " excluded.email, excluded.capacity, excluded.languages, excluded.cleared_until, excluded.kind,"
        " excluded.precinct)"
        " WHERE known.erased_at IS NULL AND (known.agency_id, known.first_name, known.last_name, known.gender, known.email, known.capacity,"
        " known.languages, known.cleared_until, known.kind, known.precinct) IS DISTINCT FROM (excluded.agency_id, excluded.first_name,"
        " excluded.last_name, excluded.gender, excluded.email, excluded.capacity, excluded.languages,"
        " excluded.cleared_until, excluded.kind, excluded.precinct) RETURNING id",
        [
            (
                program,
                officer.agency,
                officer.officer_id,
                officer.first_name,
                officer.last_name,
                officer.gender,
                officer.email,
                officer.capacity,
                list(officer.languages),
                officer.cleared_until,
                officer.kind,
                officer.precinct,
            )
            for officer in officers
        ],
    )


async def children_of_another_gender(
    connection: Connection, students: Sequence[Student]
) -> Sequence[tuple[str, str, str | None]]:
    """Those who have been matched by the gender on record: child, on record, asked for."""
    rows = await connection.fetch(
        "SELECT external_id, known.gender, new.gender AS asked FROM unnest($1::text[], $2::text[]) AS new (external_id, gender)"
        " JOIN student AS known USING (external_id) WHERE erased_at IS NULL AND new.gender IS DISTINCT FROM known.gender"
        " AND pal_gender_by IS NULL AND EXISTS (SELECT FROM proposed_pair WHERE student_id = known.id) ORDER BY 1",
        [one.student_id for one in students],
        [one.gender for one in students],
    )
    return [tuple(row) for row in rows]


async def officers_of_another_gender(
    connection: Connection, officers: Sequence[Officer]
) -> Sequence[tuple[str, str, str | None]]:
    """Those who have been matched by the gender on record, or are proposed as somebody's next: officer, on record, asked for."""
    rows = await connection.fetch(
        "SELECT external_id, known.gender, new.gender AS asked FROM unnest($1::text[], $2::text[]) AS new (external_id, gender)"
        " JOIN officer AS known USING (external_id) WHERE erased_at IS NULL AND new.gender IS DISTINCT FROM known.gender"
        " AND (EXISTS (SELECT FROM proposed_pair WHERE officer_id = known.id)"
        "  OR EXISTS (SELECT FROM replacement WHERE reserve_id = known.id)) ORDER BY 1",
        [one.officer_id for one in officers],
        [one.gender for one in officers],
    )
    return [tuple(row) for row in rows]


async def officers_of_another_agency(
    connection: Connection, officers: Sequence[Officer]
) -> Sequence[tuple[str, str, str]]:
    """Those who write to a child for the agency on record: officer, agency now, agency asked for."""
    rows = await connection.fetch(
        "SELECT DISTINCT external_id, pairing.agency_id, new.agency_id AS asked"
        " FROM unnest($1::text[], $2::text[]) AS new (external_id, agency_id) JOIN officer USING (external_id)"
        " JOIN pairing ON officer_id = officer.id WHERE ended_at IS NULL AND pairing.agency_id <> new.agency_id ORDER BY 1",
        [one.officer_id for one in officers],
        [one.agency for one in officers],
    )
    return [tuple(row) for row in rows]


async def save_staff(connection: Connection, program: str, roles: Iterable[StaffRole]) -> int:
    """How many people are new or changed; their roles are those of the file."""
    by_person: dict[str, list[StaffRole]] = {}
    for role in roles:
        by_person.setdefault(role.staff_id, []).append(role)
    changed = 0
    for staff_id, held in by_person.items():
        changed += await _save_person(connection, program, staff_id, held)
    return changed


async def _save_person(connection: Connection, program: str, staff_id: str, held: list[StaffRole]) -> bool:
    before = await connection.fetchrow(
        "SELECT name, email, languages FROM staff WHERE program_id = $1 AND external_id = $2",
        program,
        staff_id,
    )
    languages = sorted({one for role in held for one in role.languages})
    person = await connection.fetchval(
        "INSERT INTO staff AS known (program_id, external_id, name, email, languages) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (program_id, external_id) DO UPDATE SET name = excluded.name, email = excluded.email,"
        " languages = excluded.languages RETURNING id",
        program,
        staff_id,
        held[0].name,
        held[0].email,
        languages,
    )
    wanted = {(role.role.value, role.school, role.class_name, role.agency) for role in held}
    known = {
        tuple(row)
        for row in await connection.fetch(
            "SELECT role, school_id, class_name, agency_id FROM staff_role WHERE staff_id = $1", person
        )
    }
    for gone in known - wanted:
        await connection.execute(
            "DELETE FROM staff_role WHERE staff_id = $1 AND (role, school_id, class_name, agency_id)"
            " IS NOT DISTINCT FROM ($2, $3::slug, $4, $5::slug)",
            person,
            *gone,
        )
    await connection.executemany(
        "INSERT INTO staff_role (staff_id, program_id, role, school_id, class_name, agency_id)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        [(person, program, *new) for new in wanted - known],
    )
    return wanted != known or before is None or tuple(before) != (held[0].name, held[0].email, languages)


async def _changed(connection: Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> int:
    prepared = await connection.prepare(statement)
    return sum([await prepared.fetchval(*row) is not None for row in rows])


async def staff(
    connection: Connection,
    role: Role,
    *,
    school: str | None = None,
    class_name: str | None = None,
    agency: str | None = None,
    reads: str | None = None,
) -> Sequence[StaffMember]:
    """Who has this role here: for this school, class or agency, or for all of the program. `reads`: a language."""
    rows = await connection.fetch(
        "SELECT staff.id, staff.name, staff.email FROM staff JOIN staff_role ON staff_role.staff_id = staff.id"
        " WHERE role = $1 AND (school_id IS NULL OR $2::text IS NULL OR school_id = $2)"
        " AND (class_name IS NULL OR $3::text IS NULL OR class_name = $3)"
        " AND (agency_id IS NULL OR $4::text IS NULL OR agency_id = $4)"
        " AND ($5::text IS NULL OR $5 = ANY (staff.languages))"
        " GROUP BY staff.id ORDER BY in_alphabet(staff.name), staff.id",
        role,
        school,
        class_name,
        agency,
        reads,
    )
    return [StaffMember(**row) for row in rows]


async def staff_by_external_id(connection: Connection, external_id: str) -> StaffMember:
    """Raises LookupError with a sentence."""
    row = await connection.fetchrow("SELECT id, name, email FROM staff WHERE external_id = $1", external_id)
    if row is None:
        raise LookupError(f"There is no staff member {external_id!r}. The ids are those of staff.csv.")
    return StaffMember(**row)


async def officer_id(connection: Connection, external_id: str) -> UUID:
    """Raises LookupError with a sentence."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM officer WHERE external_id = $1", external_id
    )
    if found is None:
        raise LookupError(f"There is no officer {external_id!r}. The ids are those of officers.csv.")
    return found


async def staff_id(connection: Connection, external_id: str) -> UUID:
    """Raises LookupError with a sentence."""
    return (await staff_by_external_id(connection, external_id)).id


async def staff_named(connection: Connection, external_id: str) -> Sequence[StaffMember]:
    """The one with this id, unless they have left; or nobody."""
    rows = await connection.fetch(
        "SELECT id, name, email FROM staff WHERE external_id = $1 AND left_at IS NULL", external_id
    )
    return [StaffMember(**row) for row in rows]


async def one_of_each_part(connection: Connection) -> dict[str, str]:
    """For each role, and for the officers with a pal, somebody's id in the files."""
    rows = await connection.fetch(
        "SELECT role AS part, min(external_id) AS person FROM staff_role JOIN staff ON staff.id = staff_id GROUP BY role"
        " UNION ALL SELECT 'officer', min(external_id) FROM officer"
        "  WHERE withdrawn_at IS NULL AND EXISTS (SELECT FROM pairing WHERE officer_id = officer.id AND ended_at IS NULL)"
        " ORDER BY part"
    )
    return {row["part"]: row["person"] for row in rows if row["person"] is not None}


async def address_of_a_family(connection: Connection) -> str | None:
    """Of a child with a pal."""
    address: str | None = await connection.fetchval(
        "SELECT min(guardian_email) FROM student"
        " WHERE EXISTS (SELECT FROM pairing WHERE student_id = student.id AND ended_at IS NULL)"
    )
    return address


async def save_partners(connection: Connection, program: str, partners: Iterable[Partner]) -> None:
    """The directory of organisations that help."""
    await connection.executemany(
        "INSERT INTO partner (program_id, name, what_for, languages, contact) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (program_id, name) DO UPDATE SET what_for = excluded.what_for, languages = excluded.languages,"
        " contact = excluded.contact",
        [(program, one.name, one.what_for, list(one.languages), one.contact) for one in partners],
    )


async def partners(connection: Connection) -> Sequence[Partner]:
    rows = await connection.fetch("SELECT name, what_for, languages, contact FROM partner ORDER BY name")
    return [Partner(**{**row, "languages": tuple(row["languages"])}) for row in rows]
