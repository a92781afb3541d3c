"""What families have agreed to: brought by the roster or recorded from paper, withdrawn by a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.domain.people import ConsentScope, Student
from bluepals.store.database import Connection
from bluepals.store.mail import CALLED_BACK, MAY_STILL_GO

# What a person has withdrawn stays so, whatever an older form says; only a later one brings it back.
_NOT_WITHDRAWN = (
    "NOT EXISTS (SELECT FROM consent AS old WHERE old.student_id = student.id AND old.scope = new.scope"
    " AND old.withdrawn_by IS NOT NULL AND new.given_on <= local_day(old.withdrawn_at))"
)


async def save(connection: Connection, students: Iterable[Student]) -> None:
    """As the roster has them now; what a person has recorded stays where it says nothing. A newer consent brings a child
    back.
    """
    roster = list(students)
    given = [(one, scope, day) for one in roster for scope, day in one.consents.items()]
    await connection.execute(
        "WITH new AS (SELECT * FROM unnest($1::text[], $2::text[]) AS new (external_id, scope))"
        " UPDATE consent SET withdrawn_at = program_now() FROM student"
        " WHERE student.id = consent.student_id AND consent.withdrawn_at IS NULL AND consent.recorded_by IS NULL"
        " AND student.external_id = ANY ($3::text[]) AND NOT EXISTS"
        "  (SELECT FROM new WHERE new.external_id = student.external_id AND new.scope = consent.scope)",
        [one.student_id for one, _, _ in given],
        [scope for _, scope, _ in given],
        [one.student_id for one in roster],
    )
    await connection.execute(
        "INSERT INTO consent AS known (program_id, student_id, scope, given_on, form_version, given_by)"
        " SELECT student.program_id, student.id, new.scope, new.given_on, new.form_version, new.given_by"
        " FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::int[])"
        "   AS new (external_id, scope, given_on, form_version, given_by)"
        f" JOIN student USING (external_id) WHERE {_NOT_WITHDRAWN}"
        " ON CONFLICT (student_id, scope) WHERE withdrawn_at IS NULL DO UPDATE"
        " SET (given_on, form_version, given_by) = (excluded.given_on, excluded.form_version, excluded.given_by)"
        " WHERE (known.given_on, known.form_version, known.given_by)"
        "  IS DISTINCT FROM (excluded.given_on, excluded.form_version, excluded.given_by)",
        [one.student_id for one, _, _ in given],
        [scope for _, scope, _ in given],
        [day for _, _, day in given],
        [one.consent_form for one, _, _ in given],
        [one.consent_by for one, _, _ in given],
    )
    await connection.execute(
        "UPDATE student SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL AND external_id = ANY ($1::text[])"
        " AND consent_on > local_day(withdrawn_at)",
        [one.student_id for one in roster],
    )


async def record(
    connection: Connection,
    student_ids: Sequence[UUID],
    scopes: Sequence[ConsentScope],
    given_on: date,
    form_version: str | None,
    by: UUID,
    guardian: int | None = None,
) -> int:
    """For how many children something is in force that was not, or by another form.

    From forms on paper; or by the child whose first or second guardian says it now, after all that was withdrawn.
    """
    rows = await connection.fetch(
        "INSERT INTO consent AS known (program_id, student_id, scope, given_on, form_version, recorded_by, given_by)"
        " SELECT student.program_id, student.id, new.scope, new.given_on, $4, $5, $6 FROM student"
        " CROSS JOIN (SELECT unnest($2::text[]) AS scope, $3::date AS given_on) AS new"
        " WHERE student.id = ANY ($1::uuid[]) AND student.erased_at IS NULL"
        f" AND (student.id = $5 OR {_NOT_WITHDRAWN})"
        " ON CONFLICT (student_id, scope) WHERE withdrawn_at IS NULL DO UPDATE"
        " SET (given_on, form_version, recorded_by, given_by)"
        "  = (excluded.given_on, excluded.form_version, excluded.recorded_by, excluded.given_by)"
        " WHERE (known.given_on, known.form_version) IS DISTINCT FROM (excluded.given_on, excluded.form_version)"
        " RETURNING student_id",
        list(student_ids),
        list(scopes),
        given_on,
        form_version,
        by,
        guardian,
    )
    await connection.execute(
        "UPDATE student SET consent_on = given_on, withdrawn_at = NULL FROM consent"
        " WHERE student.id = ANY ($1::uuid[]) AND student_id = student.id AND scope = 'letters'"
        " AND consent.withdrawn_at IS NULL AND recorded_by IS NOT NULL"
        " AND (student.withdrawn_at IS NULL OR recorded_by = student.id OR given_on > local_day(student.withdrawn_at))",
        list(student_ids),
    )
    return len({row["student_id"] for row in rows})


async def is_in_force(connection: Connection, student_id: UUID, scope: ConsentScope) -> bool:
    found: bool = await connection.fetchval(
        "SELECT has_consent_for(student, $2) FROM student WHERE id = $1", student_id, scope
    )
    return found


async def open_to_guardian(
    connection: Connection, student_id: UUID, guardian: int
) -> frozenset[ConsentScope]:
    """What the first or second guardian of this child may agree to now: without the letters only to them, and to nothing
    that somebody else has withdrawn. Nothing once the child is gone, or is to be erased.
    """
    rows = await connection.fetch(
        "SELECT asked.scope FROM student CROSS JOIN unnest($3::text[]) AS asked (scope) WHERE student.id = $1"
        " AND student.erased_at IS NULL AND student.left_at IS NULL AND is_in_an_open_year(student)"
        " AND (asked.scope = 'letters') IS DISTINCT FROM has_consent(student)"
        " AND NOT EXISTS (SELECT FROM consent WHERE student_id = student.id AND consent.scope = asked.scope"
        "  AND consent.withdrawn_at IS NULL)"
        " AND coalesce((SELECT withdrawn_by = student.id AND coalesce(withdrawn_guardian, $2) = $2 FROM consent"
        "  WHERE student_id = student.id AND consent.scope = asked.scope AND withdrawn_by IS NOT NULL"
        "  ORDER BY consent.withdrawn_at DESC LIMIT 1), student.withdrawn_at IS NULL)"
        " AND NOT EXISTS (SELECT FROM erasure WHERE erasure.student_id = student.id)"
        " AND NOT EXISTS (SELECT FROM ending JOIN pairing ON pairing.id = pairing_id"
        "  WHERE pairing.student_id = student.id AND reason = 'child died')",
        student_id,
        guardian,
        list(ConsentScope),
    )
    return frozenset(ConsentScope(row["scope"]) for row in rows)


async def version_in_use(connection: Connection, student_id: UUID) -> str | None:
    """Of the form that families of this child's year have signed last; None: none says its version."""
    version: str | None = await connection.fetchval(
        "SELECT form_version FROM student AS own JOIN student USING (program_year_id)"
        " JOIN consent ON consent.student_id = student.id WHERE own.id = $1 AND form_version IS NOT NULL"
        " ORDER BY given_on DESC, form_version DESC LIMIT 1",
        student_id,
    )
    return version


async def recorded(connection: Connection) -> Sequence[str]:
    """Children whose consent to the letters a person has recorded, by their ids in the roster."""
    rows = await connection.fetch(
        "SELECT external_id FROM student JOIN consent ON student_id = student.id"
        " WHERE scope = 'letters' AND consent.withdrawn_at IS NULL AND recorded_by IS NOT NULL ORDER BY 1"
    )
    return [row["external_id"] for row in rows]


async def without_letters(connection: Connection, student_ids: Sequence[UUID]) -> Sequence[str]:
    """Those of these children who have no consent to the letters, by their ids in the roster."""
    rows = await connection.fetch(
        "SELECT external_id FROM student WHERE id = ANY ($1::uuid[]) AND NOT has_consent(student) ORDER BY 1",
        list(student_ids),
    )
    return [row["external_id"] for row in rows]


async def withdrawn_since(
    connection: Connection, student_ids: Sequence[UUID], scopes: Sequence[ConsentScope], given_on: date
) -> Sequence[str]:
    """Those whose family has withdrawn one of these on that day or later, by their ids in the roster."""
    rows = await connection.fetch(
        "SELECT DISTINCT external_id FROM student JOIN consent ON student_id = student.id"
        " WHERE student.id = ANY ($1::uuid[]) AND scope = ANY ($2::text[]) AND withdrawn_by IS NOT NULL"
        " AND local_day(consent.withdrawn_at) >= $3 ORDER BY 1",
        list(student_ids),
        list(scopes),
        given_on,
    )
    return [row["external_id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Form:
    """Of one scope. `on_paper`: a person has recorded it. `on_their_page`: the family has said it at the desk."""

    given_on: date
    version: str | None
    on_paper: bool
    on_their_page: bool


@dataclass(frozen=True, slots=True)
class ChildsConsents:
    """What is in force. `withdrawn`: the family takes no part any more."""

    id: UUID
    external_id: str
    name: str
    withdrawn: bool
    forms: Mapping[ConsentScope, Form]


async def of_class(connection: Connection, program_year: str, class_name: str) -> Sequence[ChildsConsents]:
    rows = await connection.fetch(
        "SELECT student.id, external_id, first_name || ' ' || last_name AS name, withdrawn_at IS NOT NULL AS withdrawn,"
        " (SELECT coalesce(jsonb_object_agg(scope, jsonb_build_array(given_on, form_version,"
        "   coalesce(recorded_by <> student.id, false), coalesce(recorded_by = student.id, false))), '{}') FROM consent WHERE student_id = student.id AND consent.withdrawn_at IS NULL) AS forms"
        " FROM student WHERE program_year_id = $1 AND class_name = $2 AND erased_at IS NULL AND left_at IS NULL"
        " ORDER BY in_alphabet(last_name), in_alphabet(first_name), external_id",
        program_year,
        class_name,
    )
    return [
        ChildsConsents(
            **{
                **row,
                "forms": {
                    ConsentScope(scope): Form(date.fromisoformat(day), *how)
                    for scope, (day, *how) in row["forms"].items()
                },
            }
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Child:
    """`pairing_id`: the one that lives, if there is one. `introduced`: its two know of each other."""

    id: UUID
    program_year: str
    school: str
    class_name: str
    pairing_id: UUID | None
    introduced: bool


async def locked(connection: Connection, external_id: str) -> Child:
    """Whatever is about to be released or introduced waits. Raises LookupError with a sentence."""
    pairing = await connection.fetchrow(
        "SELECT pairing.id, introduced_at IS NOT NULL AS introduced FROM pairing"
        " JOIN student ON student.id = student_id WHERE external_id = $1 AND ended_at IS NULL FOR UPDATE OF pairing",
        external_id,
    )
    row = await connection.fetchrow(
        "SELECT id, program_year_id AS program_year, school_id AS school, class_name FROM student"
        " WHERE external_id = $1 FOR NO KEY UPDATE",
        external_id,
    )
    if row is None:
        raise LookupError(f"There is no student {external_id!r}. The ids are those of students.csv.")
    introduced = pairing is not None and pairing["introduced"]
    return Child(**row, pairing_id=pairing["id"] if pairing else None, introduced=introduced)


async def withdraw(
    connection: Connection,
    student_id: UUID,
    scopes: Sequence[ConsentScope],
    by: UUID,
    guardian: int | None = None,
) -> int:
    """How many of these were in force until now."""
    rows = await connection.fetch(
        "UPDATE consent SET withdrawn_at = program_now(), withdrawn_by = $3, withdrawn_guardian = $4"
        " WHERE student_id = $1 AND scope = ANY ($2::text[]) AND withdrawn_at IS NULL RETURNING id",
        student_id,
        list(scopes),
        by,
        guardian,
    )
    return len(rows)


async def take_no_part(connection: Connection, student_id: UUID) -> bool:
    """From now on `has_consent` is closed for this child. False: it was before."""
    changed = await connection.execute(
        "UPDATE student SET withdrawn_at = program_now() WHERE id = $1 AND withdrawn_at IS NULL", student_id
    )
    return changed == "UPDATE 1"


async def cancel_mail_to_no_family(connection: Connection) -> None:
    """To an address that a roster has taken off because its guardian has no access, when it has not left."""
    await connection.execute(
        f"UPDATE mail SET {CALLED_BACK} FROM pairing JOIN student ON student.id = student_id"
        " WHERE mail.pairing_id = pairing.id AND NOT (guardian1_access AND guardian2_access) AND mail.key ~ '-guardian-[12]$'"
        f" AND to_address NOT IN (coalesce(guardian_email, ''), coalesce(guardian2_email, '')) AND {MAY_STILL_GO}"
    )
