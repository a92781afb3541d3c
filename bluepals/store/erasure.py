"""Erasing a person: what tells who it was goes, and the ids, hashes and times that prove what happened stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.letters import NotTaken

# Mails about a child ($1): those of its pairings, those to its guardians alone ($2), those to who was asked to host it at
# the visit, and the daily ones of its officers.
_ABOUT_THE_CHILD = (
    "(pairing_id IN (SELECT id FROM pairing WHERE student_id = $1)"
    " OR (pairing_id IS NULL AND lower(to_address) = ANY ($2::text[]) AND NOT EXISTS"
    "   (SELECT FROM student WHERE id <> $1 AND lower(to_address) IN (lower(guardian_email), lower(guardian2_email))))"
    " OR EXISTS (SELECT FROM visit_host JOIN pairing ON pairing.id = visit_host.pairing_id"
    "   WHERE pairing.student_id = $1 AND starts_with(mail.key, 'visit-host-' || visit_host.id))"
    " OR (kind = 'daily' AND to_address IN (SELECT officer.email FROM officer"
    "   JOIN pairing ON pairing.officer_id = officer.id WHERE pairing.student_id = $1)))"
)
# Mails to others that may name it among much else: at a death, of new pairs, and the daily ones of its teachers. What of them has not
# left is written anew without the child.
_NAMING_THE_CHILD = (
    "(starts_with(key, 'death-student-' || $1)"
    " OR (starts_with(key, 'pairs-') AND tells_of && ARRAY(SELECT id FROM pairing WHERE student_id = $1))"
    " OR (kind = 'daily' AND school_id IN (SELECT school_id FROM student WHERE id = $1 UNION"
    "   SELECT from_school FROM pairing_turn JOIN pairing ON pairing.id = pairing_id WHERE student_id = $1)))"
)
_SAYING_WHO = f"({_ABOUT_THE_CHILD} OR {_NAMING_THE_CHILD})"


@dataclass(frozen=True, slots=True)
class ErasedStudent:
    """A child as the roster knows it. `erased`: nothing else is known of it any more."""

    id: UUID
    external_id: str
    school: str
    erased: bool
    living_pairing: UUID | None


async def student(connection: Connection, external_id: str) -> ErasedStudent:
    """Raises LookupError with a sentence."""
    row = await connection.fetchrow(
        "SELECT student.id, external_id, student.school_id AS school, erased_at IS NOT NULL AS erased,"
        " pairing.id AS living_pairing FROM student"
        " LEFT JOIN pairing ON pairing.student_id = student.id AND ended_at IS NULL WHERE external_id = $1",
        external_id,
    )
    if row is None:
        raise LookupError(f"There is no student {external_id!r}. The ids are those of students.csv.")
    return ErasedStudent(**row)


async def external_id_of(connection: Connection, student_id: UUID) -> str:
    """As the roster names the child."""
    found: str = await connection.fetchval("SELECT external_id FROM student WHERE id = $1", student_id)
    return found


@dataclass(frozen=True, slots=True)
class Erased:
    """By their ids in the files: students with their school, officers with their agency."""

    students: dict[str, str]
    officers: dict[str, str]


async def erased(connection: Connection) -> Erased:
    students = await connection.fetch(
        "SELECT external_id, school_id FROM student WHERE erased_at IS NOT NULL"
    )
    officers = await connection.fetch(
        "SELECT external_id, agency_id FROM officer WHERE erased_at IS NOT NULL"
    )
    return Erased(
        dict(map(tuple, students)),
        dict(map(tuple, officers)),
    )


async def request(connection: Connection, student_id: UUID, requested_by: UUID) -> None:
    """Again, it changes nothing."""
    await connection.execute(
        "INSERT INTO erasure (student_id, program_id, requested_by)"
        " SELECT id, program_id, $2 FROM student WHERE id = $1 ON CONFLICT DO NOTHING",
        student_id,
        requested_by,
    )


async def confirm(connection: Connection, student_id: UUID, confirmed_by: UUID) -> None:
    """Raises NotTaken with a sentence when nobody has asked for it."""
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM erasure WHERE student_id = $1)", student_id):
        raise NotTaken(
            "Nobody has asked for this. Record the family's wish first: starter.py erase request PROGRAM STUDENT --by YOUR-ID"
        )
    await connection.execute(
        "UPDATE erasure SET confirmed_by = $2, confirmed_at = program_now()"
        " WHERE student_id = $1 AND confirmed_at IS NULL",
        student_id,
        confirmed_by,
    )


async def erase_student(connection: Connection, student_id: UUID) -> None:
    """Name, family, letters and mails. The database refuses it under a legal hold and while letters go back and forth.

    Raises NotTaken when a mail about the child is just going out.
    """
    # The lock comes first: whoever sets a hold waits for it.
    family = await connection.fetchrow(
        "SELECT lower(guardian_email), lower(guardian2_email) FROM student WHERE id = $1 FOR UPDATE",
        student_id,
    )
    addresses = [address for address in family or () if address]
    await _erase_mails(connection, student_id, addresses)
    await connection.execute(
        "UPDATE student SET erased_at = program_now(), withdrawn_at = coalesce(withdrawn_at, program_now()),"
        " first_name = 'erased', last_name = 'erased', class_name = 'erased', language = 'en', guardian_name = NULL,"
        " guardian_email = NULL, guardian2_name = NULL, guardian2_email = NULL, consent_on = NULL,"
        " pal_gender_reason = CASE WHEN pal_gender_reason IS NOT NULL THEN 'erased' END WHERE id = $1",
        student_id,
    )
    await erase_letters(connection, student_id)
    await connection.execute(
        "UPDATE proposed_pair SET decided_why = 'erased' WHERE student_id = $1 AND decided_why IS NOT NULL",
        student_id,
    )
    await connection.execute(
        "UPDATE pause SET reason = 'erased' WHERE pairing_id IN (SELECT id FROM pairing WHERE student_id = $1)",
        student_id,
    )
    await connection.execute(
        "UPDATE attestation SET reference = 'erased' FROM case_file WHERE case_file.id = case_id AND reference IS NOT NULL"
        " AND child_of(NULL, NULL, draft_id) = $1",
        student_id,
    )
    await connection.execute(
        "UPDATE legal_hold SET reason = 'erased' WHERE child_of(legal_hold.student_id, pairing_id, draft_id) = $1",
        student_id,
    )
    await connection.execute(
        "DELETE FROM suppressed_address WHERE lower(address) = ANY ($1::text[])", addresses
    )
    await connection.execute(
        "UPDATE consent SET withdrawn_at = program_now() WHERE student_id = $1 AND withdrawn_at IS NULL",
        student_id,
    )


async def erase_letters(connection: Connection, student_id: UUID) -> int:
    """The child's key, the bytes that it opened, and what readers wrote about them. How many drafts."""
    of_the_child = (
        "(SELECT draft.id FROM draft JOIN letter ON letter.id = draft.letter_id"
        " JOIN pairing ON pairing.id = letter.pairing_id WHERE pairing.student_id = $1)"
    )
    await connection.execute("DELETE FROM content_key WHERE student_id = $1", student_id)
    await connection.execute(
        "UPDATE decision SET reason_for_child = CASE WHEN reason_for_child IS NOT NULL THEN 'erased' END,"
        " reason_for_adult = CASE WHEN reason_for_adult IS NOT NULL THEN 'erased' END"
        f" WHERE draft_id IN {of_the_child} AND num_nonnulls(reason_for_child, reason_for_adult) > 0",
        student_id,
    )
    gone = await connection.execute(
        f"UPDATE draft SET stored = NULL, translation = NULL WHERE stored IS NOT NULL AND id IN {of_the_child}",
        student_id,
    )
    return int(gone.removeprefix("UPDATE "))


async def _erase_mails(connection: Connection, student_id: UUID, addresses: Sequence[str]) -> None:
    if await connection.fetchval(
        f"SELECT EXISTS (SELECT FROM mail WHERE {_SAYING_WHO} AND state IN ('claimed', 'data_started'))",
        student_id,
        addresses,
    ):
        raise NotTaken("A mail about this child is going out just now. Run this again in a minute.")
    await connection.execute(
        f"UPDATE mail SET state = 'cancelled' WHERE {_ABOUT_THE_CHILD} AND state IN ('pending', 'retry')",
        student_id,
        addresses,
    )
    await connection.fetchval(
        f"SELECT blank_mails(array(SELECT id FROM mail WHERE {_SAYING_WHO} AND message IS NOT NULL"
        " AND state NOT IN ('pending', 'retry')))",
        student_id,
        addresses,
    )


async def erase_officer(connection: Connection, officer_id: UUID) -> None:
    """Somebody who left. Each keeps an address of its own: one address is one person."""
    address = await connection.fetchval("SELECT email FROM officer WHERE id = $1 FOR UPDATE", officer_id)
    await _blank_mails_to(connection, address)
    await connection.execute(
        "UPDATE officer SET erased_at = program_now(), withdrawn_at = coalesce(withdrawn_at, program_now()),"
        " first_name = 'erased', last_name = 'erased', email = id || '@erased.invalid', precinct = NULL WHERE id = $1",
        officer_id,
    )


async def erase_staff(connection: Connection, staff_id: UUID) -> None:
    """The same for one of the staff."""
    address = await connection.fetchval("SELECT email FROM staff WHERE id = $1 FOR UPDATE", staff_id)
    await _blank_mails_to(connection, address)
    await connection.execute(
        "UPDATE staff SET erased_at = program_now(), name = 'erased', email = id || '@erased.invalid' WHERE id = $1",
        staff_id,
    )


async def _blank_mails_to(connection: Connection, address: str) -> None:
    await connection.fetchval(
        "SELECT blank_mails(array(SELECT id FROM mail WHERE to_address = $1"
        " AND state NOT IN ('pending', 'retry', 'claimed', 'data_started')))",
        address,
    )
