"""Who has read the letter of a case, and what each of them has attested."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.store import disclosures
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Somebody who has to hear of a case: of the staff, or an officer."""

    id: UUID
    name: str
    email: str
    gone_since: datetime | None = None  # they take no part any more


PEOPLE = (
    "(SELECT id, name, lower(email) AS key, email FROM staff"
    " UNION ALL SELECT id, first_name, lower(email), email FROM officer)"
)


# A child's officer has read what was delivered. Who wrote a letter is not its reader. Who has read what a copy was made of has
# read the copy.
READERS = """
    SELECT opened_by AS person FROM case_file WHERE id = $1
     UNION SELECT uploaded_by FROM draft WHERE draft.id = $2 AND written_for LIKE '%/student'
     UNION SELECT decided_by FROM decision WHERE draft_id = $2 AND case_id IS NULL
     UNION SELECT reader FROM letter_read WHERE draft_id = $2
     UNION SELECT reader FROM letter_read JOIN draft ON draft.source = letter_read.draft_id WHERE draft.id = $2
     UNION SELECT pairing.officer_id FROM delivery JOIN pairing ON pairing.id = delivery.pairing_id
            WHERE draft_id = $2 AND side = 'student'
"""


async def name_readers(connection: Connection, case_id: UUID, draft_id: UUID) -> Sequence[PersonCard]:
    """Put everybody who has read the letter on the case; those who are new to it, but for the dead. One address is one person."""
    rows = await connection.fetch(
        f"WITH people AS {PEOPLE}, named AS (INSERT INTO case_reader (case_id, person, program_id)"
        "   SELECT DISTINCT ON (people.key) $1, people.id, current_setting('bluepals.program')"
        f"    FROM ({READERS}) AS reader JOIN people ON people.id = reader.person"
        "    WHERE people.key NOT IN (SELECT known.key FROM case_reader JOIN people AS known ON known.id = person"
        "                              WHERE case_id = $1)"
        "    ORDER BY people.key, people.id ON CONFLICT DO NOTHING RETURNING person)"
        " SELECT people.id, people.name, people.email, gone_since(people.id) FROM named JOIN people ON people.id = named.person"
        " WHERE NOT has_died(people.id) AND NOT is_erased(people.id)"
        " ORDER BY in_alphabet(people.name), people.id",
        case_id,
        draft_id,
    )
    return [PersonCard(**row) for row in rows]


async def owed_attestation(connection: Connection, person: UUID) -> UUID | None:
    """An open case that waits for this one's word."""
    owed: UUID | None = await connection.fetchval(
        "SELECT case_id FROM case_reader JOIN case_file ON case_file.id = case_id"
        " WHERE person = $1 AND kind = 'harm' AND closed_at IS NULL AND has_still_to_attest(case_reader)"
        " ORDER BY sequence LIMIT 1",
        person,
    )
    return owed


async def still_to_attest(connection: Connection, case_id: UUID) -> Sequence[PersonCard]:
    rows = await connection.fetch(
        f"SELECT people.id, people.name, people.email, gone_since(people.id) FROM {PEOPLE} AS people"
        " JOIN case_reader ON person = people.id WHERE case_id = $1 AND has_still_to_attest(case_reader)"
        " ORDER BY in_alphabet(people.name), people.id",
        case_id,
    )
    return [PersonCard(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class GoneReader:
    """Who owes nothing any more, and has not attested. `recorded_by`: who could not reach them; None: they have died, or are erased."""

    name: str
    died: bool
    gone_since: datetime
    recorded_by: str | None
    recorded_at: datetime | None


async def gone_readers(connection: Connection, case_id: UUID) -> Sequence[GoneReader]:
    rows = await connection.fetch(
        f"SELECT people.name, has_died(people.id) AS died, gone_since(people.id), staff.name AS recorded_by, recorded_at"
        f" FROM {PEOPLE} AS people JOIN case_reader ON person = people.id"
        " LEFT JOIN case_unreachable AS record USING (case_id, person) LEFT JOIN staff ON staff.id = recorded_by"
        " WHERE case_id = $1 AND gone_since(people.id) IS NOT NULL AND NOT has_still_to_attest(case_reader)"
        " AND NOT EXISTS (SELECT FROM attestation WHERE attestation.case_id = $1"
        "   AND attestation.person = case_reader.person) ORDER BY in_alphabet(people.name), people.id",
        case_id,
    )
    return [GoneReader(**row) for row in rows]


async def record_unreachable(connection: Connection, case_id: UUID, person: UUID, recorded_by: UUID) -> None:
    """Again, it changes nothing."""
    await connection.execute(
        "INSERT INTO case_unreachable (case_id, person, program_id, recorded_by)"
        " VALUES ($1, $2, current_setting('bluepals.program'), $3) ON CONFLICT DO NOTHING",
        case_id,
        person,
        recorded_by,
    )


async def person(connection: Connection, external_id: str) -> UUID:
    """Of the staff, or an officer. Raises LookupError with a sentence."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM staff WHERE external_id = $1 UNION ALL SELECT id FROM officer WHERE external_id = $1 LIMIT 1",
        external_id,
    )
    if found is None:
        raise LookupError(
            f"There is nobody with the id {external_id!r}. The ids are those of staff.csv and officers.csv."
        )
    return found


async def note_read(connection: Connection, draft_id: UUID, reader: UUID) -> None:
    """Who was shown a draft, once; and, of a child's letter, on which days."""
    await connection.execute(
        "INSERT INTO letter_read (draft_id, reader, program_id) VALUES ($1, $2, current_setting('bluepals.program'))"
        " ON CONFLICT DO NOTHING",
        draft_id,
        reader,
    )
    await disclosures.note(connection, [draft_id], reader)


async def attest(
    connection: Connection, case_id: UUID, someone: UUID, reported_at: datetime | None, reference: str | None
) -> bool:
    """For oneself only, by the constraint. Whether it is new."""
    row = await connection.fetchval(
        "INSERT INTO attestation (case_id, person, program_id, attested_by, reported_at, reference)"
        " VALUES ($1, $2, current_setting('bluepals.program'), $2, $3, $4) ON CONFLICT DO NOTHING RETURNING case_id",
        case_id,
        someone,
        reported_at,
        reference,
    )
    return row is not None


@dataclass(frozen=True, slots=True)
class HandedIn:
    """When a case's letter came in; a copy's, its source. `own`: by this person, who has had the paper before."""

    at: datetime
    own: bool


async def handed_in(connection: Connection, draft_id: UUID, someone: UUID) -> HandedIn:
    row = await connection.fetchrow(
        "SELECT min(received_at) AS at, bool_or(is_one_person(uploaded_by, $2)) AS own FROM draft"
        " WHERE id = $1 OR id = (SELECT source FROM draft AS copy WHERE copy.id = $1)",
        draft_id,
        someone,
    )
    assert row is not None  # noqa: S101 - an aggregate always returns its row
    return HandedIn(**row)


@dataclass(frozen=True, slots=True)
class Attestation:
    """What somebody has said in a case. `reported_at`: None, when they saw no reasonable cause."""

    case_id: UUID
    attested_at: datetime
    reported_at: datetime | None
    reference: str | None


async def own_attestations(connection: Connection, reader_ids: Collection[UUID]) -> Sequence[Attestation]:
    """Of one person under these ids, in the cases that are open."""
    rows = await connection.fetch(
        "SELECT case_id, attested_at, reported_at, reference FROM attestation"
        " JOIN case_file ON case_file.id = case_id WHERE person = ANY ($1) AND closed_at IS NULL"
        " ORDER BY case_file.sequence, attested_at",
        list(reader_ids),
    )
    return [Attestation(**row) for row in rows]


async def attestations_in(
    connection: Connection, case_id: UUID, reader_ids: Collection[UUID]
) -> Sequence[Attestation]:
    """The same in this case, also when it is closed."""
    rows = await connection.fetch(
        "SELECT case_id, attested_at, reported_at, reference FROM attestation"
        " WHERE case_id = $1 AND person = ANY ($2) ORDER BY attested_at",
        case_id,
        list(reader_ids),
    )
    return [Attestation(**row) for row in rows]


async def has_died(connection: Connection, person: UUID) -> bool:
    died: bool = await connection.fetchval("SELECT has_died($1)", person)
    return died


async def may_attest(connection: Connection, case_id: UUID, person: UUID) -> bool:
    """A reader of the case who has not said anything yet, also when nobody could reach them."""
    may: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM case_reader WHERE case_id = $1 AND person = $2 AND NOT has_died(person)"
        " AND NOT EXISTS (SELECT FROM attestation WHERE case_id = $1 AND attestation.person = $2))",
        case_id,
        person,
    )
    return may


async def reader_as(connection: Connection, case_id: UUID, someone: UUID) -> UUID | None:
    """As whom somebody stands on the case: under one of their own ids, or not at all."""
    found: UUID | None = await connection.fetchval(
        "SELECT person FROM case_reader WHERE case_id = $1 AND is_one_person(person, $2)", case_id, someone
    )
    return found
