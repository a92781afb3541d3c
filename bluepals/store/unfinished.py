"""Letters that officers have begun and not handed in. What they say goes in and out through bluepals.store.content only."""

from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.letters import TypedLetter
from bluepals.store.content import ContentErased, Keyring, key_to_read, key_to_write
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Place:
    """Where one officer's next letter to one child is kept."""

    pairing_id: UUID
    officer_id: UUID


async def keep(
    connection: Connection, keyring: Keyring, place: Place, round_number: int, letter: TypedLetter
) -> None:
    """In place of what had been kept before. `round_number`: whose letter takes it away, or a later one's."""
    pairing = await connection.fetchrow(
        "SELECT program_id, agency_id, student_id FROM pairing WHERE id = $1", place.pairing_id
    )
    assert pairing is not None  # noqa: S101 - the page has shown it
    key = await key_to_write(connection, keyring, pairing["program_id"], pairing["student_id"])
    await connection.execute(
        "INSERT INTO unfinished (pairing_id, round_number, program_id, agency_id, officer_id, stored)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (pairing_id) DO UPDATE"
        " SET round_number = excluded.round_number, stored = excluded.stored, kept_at = program_now()",
        place.pairing_id,
        round_number,
        pairing["program_id"],
        pairing["agency_id"],
        place.officer_id,
        key.seal(letter, place.pairing_id).stored,
    )


async def drop(connection: Connection, place: Place) -> None:
    await connection.execute(
        "DELETE FROM unfinished WHERE pairing_id = $1 AND officer_id = $2",
        place.pairing_id,
        place.officer_id,
    )


async def kept(connection: Connection, keyring: Keyring, place: Place) -> str:
    """Empty: nothing has been begun, or it has been erased."""
    row = await connection.fetchrow(
        "SELECT unfinished.program_id, student_id, stored FROM unfinished JOIN pairing ON pairing.id = pairing_id"
        " WHERE pairing_id = $1 AND unfinished.officer_id = $2",
        place.pairing_id,
        place.officer_id,
    )
    if row is None:
        return ""
    try:
        key = await key_to_read(connection, keyring, row["program_id"], row["student_id"])
    except ContentErased:
        return ""
    letter = key.open("text", row["stored"], place.pairing_id)
    return letter.text if isinstance(letter, TypedLetter) else ""
