"""Officers who go, and children who have died: whom it concerns, and what of theirs must not go out any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.mail import CALLED_BACK, MAY_STILL_GO


@dataclass(frozen=True, slots=True)
class LivePairing:
    id: UUID
    school: str
    introduced: bool


async def pairings_of_officer(connection: Connection, officer_id: UUID) -> Sequence[LivePairing]:
    """Those that have not ended."""
    rows = await connection.fetch(
        "SELECT id, school_id AS school, introduced_at IS NOT NULL AS introduced FROM pairing"
        " WHERE officer_id = $1 AND ended_at IS NULL ORDER BY id",
        officer_id,
    )
    return [LivePairing(**row) for row in rows]


async def leave(connection: Connection, officer_id: UUID, at: datetime | None) -> None:
    """No new child from now on; None: it was a mistake."""
    await connection.execute("UPDATE officer SET leaves_at = $2 WHERE id = $1", officer_id, at)


async def leaves_at(connection: Connection, officer_id: UUID) -> datetime | None:
    at: datetime | None = await connection.fetchval("SELECT leaves_at FROM officer WHERE id = $1", officer_id)
    return at


async def withdraw_officer(connection: Connection, officer_id: UUID) -> bool:
    """No contact from now on. Its row is written first, so that no letter is released meanwhile. False: known."""
    withdrawn = await connection.fetchval(
        "UPDATE officer SET withdrawn_at = program_now(), leaves_at = coalesce(leaves_at, program_now())"
        " WHERE id = $1 AND withdrawn_at IS NULL RETURNING id",
        officer_id,
    )
    return withdrawn is not None


async def note_death(connection: Connection, officer_id: UUID) -> None:
    """Of who takes part no longer. All that is sent by itself to the dead halts, safety too."""
    await connection.execute(
        "UPDATE officer SET died_at = program_now() WHERE id = $1 AND died_at IS NULL", officer_id
    )
    await connection.execute(
        f"UPDATE mail SET {CALLED_BACK} FROM officer WHERE officer.id = $1 AND mail.to_address = officer.email"
        f" AND mail.kind = 'safety' AND {MAY_STILL_GO}",
        officer_id,
    )


async def is_withdrawn(connection: Connection, officer_id: UUID) -> bool:
    withdrawn: bool = await connection.fetchval(
        "SELECT withdrawn_at IS NOT NULL FROM officer WHERE id = $1", officer_id
    )
    return withdrawn


@dataclass(frozen=True, slots=True)
class Withheld:
    """A letter that its class has not opened, and will not."""

    pairing_id: UUID
    round_number: int
    opening: int | None


_WITHHOLD = (
    "UPDATE delivery SET withheld_at = program_now() FROM draft, pairing JOIN student ON student.id = pairing.student_id"
    " WHERE draft.id = delivery.draft_id AND pairing.id = delivery.pairing_id AND delivery.side = 'officer'"
    " AND withheld_at IS NULL AND (opening IS NULL OR EXISTS (SELECT FROM round"
    "   WHERE round.program_year_id = pairing.program_year_id AND number = opening"
    "   AND NOT class_has_opened(round, student.class_name)))"
    " AND {} RETURNING delivery.pairing_id, delivery.round_number, opening"
)


async def withhold_letters_by(connection: Connection, officer_id: UUID) -> Sequence[Withheld]:
    """Of any child, this officer's stock letters among them, unless the class has opened them."""
    rows = await connection.fetch(_WITHHOLD.format("draft.uploaded_by = $1"), officer_id)
    return [Withheld(**row) for row in rows]


async def withhold_letters_to(connection: Connection, student_id: UUID) -> Sequence[Withheld]:
    rows = await connection.fetch(_WITHHOLD.format("pairing.student_id = $1"), student_id)
    return [Withheld(**row) for row in rows]


async def cancel_mail_to_officer(connection: Connection, officer_id: UUID) -> None:
    """What has not left, nor anything a second time. Mail of other roles under the same address goes on."""
    await connection.execute(
        f"UPDATE mail SET {CALLED_BACK} WHERE officer_id = $1 AND kind <> 'safety' AND {MAY_STILL_GO}",
        officer_id,
    )


async def withdraw_student(connection: Connection, student_id: UUID) -> bool:
    """False: it is on record that this child takes part no longer."""
    withdrawn = await connection.fetchval(
        "UPDATE student SET withdrawn_at = program_now() WHERE id = $1 AND withdrawn_at IS NULL RETURNING id",
        student_id,
    )
    return withdrawn is not None


async def pairings_of_student(connection: Connection, student_id: UUID) -> Sequence[UUID]:
    """All there ever were."""
    rows = await connection.fetch("SELECT id FROM pairing WHERE student_id = $1 ORDER BY id", student_id)
    return [row["id"] for row in rows]


async def student(connection: Connection, external_id: str) -> UUID:
    """Raises LookupError with a sentence."""
    found: UUID | None = await connection.fetchval(
        "SELECT id FROM student WHERE external_id = $1", external_id
    )
    if found is None:
        raise LookupError(f"There is no student {external_id!r}. The ids are those of students.csv.")
    return found


@dataclass(frozen=True, slots=True)
class Bereaved:
    """A child or an officer who has died: by first name and school, for the counselor."""

    first_name: str
    schools: Sequence[str]


async def dead_officer(connection: Connection, officer_id: UUID) -> Bereaved:
    """The schools whose children have had letters from this officer."""
    row = await connection.fetchrow(
        "SELECT first_name, ARRAY(SELECT DISTINCT school_id::text FROM pairing WHERE officer_id = $1 ORDER BY 1) AS schools"
        " FROM officer WHERE id = $1",
        officer_id,
    )
    assert row is not None  # noqa: S101 - found by its id before
    return Bereaved(**row)


async def dead_student(connection: Connection, student_id: UUID) -> Bereaved:
    row = await connection.fetchrow(
        "SELECT first_name, ARRAY[school_id::text] AS schools FROM student WHERE id = $1", student_id
    )
    assert row is not None  # noqa: S101 - found by its id before
    return Bereaved(**row)


@dataclass(frozen=True, slots=True)
class ClearanceOver:
    """An officer with pals whose clearance has ended. `asked_on`: since when a person has known of it."""

    officer_id: UUID
    external_id: str
    agency: str
    ended_on: date | None
    asked_at: datetime | None


async def clearances_over(connection: Connection) -> Sequence[ClearanceOver]:
    rows = await connection.fetch(
        "SELECT officer.id AS officer_id, external_id, officer.agency_id AS agency, cleared_until AS ended_on,"
        " (SELECT opened_at FROM attention WHERE key = 'clearance-' || officer.id AND closed_at IS NULL) AS asked_at"
        " FROM officer WHERE withdrawn_at IS NULL AND NOT coalesce(cleared_until >= program_today(), false)"
        " AND EXISTS (SELECT FROM pairing WHERE officer_id = officer.id AND ended_at IS NULL) ORDER BY external_id"
    )
    return [ClearanceOver(**row) for row in rows]


async def concerned(connection: Connection, officer_id: UUID) -> tuple[str, Sequence[str]]:
    """This officer's agency, and the schools to whose children they write, or wrote until they went."""
    row = await connection.fetchrow(
        "SELECT agency_id::text, ARRAY(SELECT DISTINCT school_id::text FROM pairing WHERE officer_id = officer.id"
        " AND (ended_at IS NULL OR ended_at >= officer.withdrawn_at)) FROM officer WHERE id = $1",
        officer_id,
    )
    assert row is not None  # noqa: S101 - found by its id before
    agency, schools = row
    return agency, schools
