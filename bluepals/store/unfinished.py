"""Letters that officers have begun and not handed in. What they say goes in and out through bluepals.store.content only."""

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Begun:
    """What has been typed on one page. `digest`: of what is stored of it, so another one after the next key."""

    page: UUID
    digest: str
    text: str


@dataclass(frozen=True, slots=True)
class TypedOn:
    """A page on which a letter is typed, and the digests of what it has shown: in the box at first (empty: nothing), and beside it."""

    page: UUID
    in_box: str = ""
    beside: Sequence[str] = ()

    def goes_on_from(self, one: Begun) -> bool:
        return one.page == self.page or one.digest == self.in_box

    def has_shown(self, one: Begun) -> bool:
        return self.goes_on_from(one) or one.digest in self.beside


async def keep(
    connection: Connection,
    keyring: Keyring,
    place: Place,
    typed_on: TypedOn,
    round_number: int,
    letter: TypedLetter,
) -> None:
    """In place of what the page went on from. `round_number`: whose letter takes it away, or a later one's."""
    pairing = await connection.fetchrow(
        "SELECT program_id, agency_id, student_id FROM pairing WHERE id = $1", place.pairing_id
    )
    assert pairing is not None  # noqa: S101 - the page has shown it
    await drop(connection, place, typed_on)
    key = await key_to_write(connection, keyring, pairing["program_id"], pairing["student_id"])
    await connection.execute(
        "INSERT INTO unfinished (pairing_id, page, round_number, program_id, agency_id, officer_id, stored)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (pairing_id, page) DO UPDATE"
        " SET round_number = excluded.round_number, stored = excluded.stored, kept_at = program_now()",
        place.pairing_id,
        typed_on.page,
        round_number,
        pairing["program_id"],
        pairing["agency_id"],
        place.officer_id,
        key.seal(letter, place.pairing_id).stored,
    )


async def drop(connection: Connection, place: Place, typed_on: TypedOn) -> None:
    """What the page went on from. What was typed elsewhere stays."""
    await connection.execute(
        "DELETE FROM unfinished WHERE pairing_id = $1 AND officer_id = $2"
        " AND (page = $3 OR encode(sha256(stored), 'hex') = $4)",
        place.pairing_id,
        place.officer_id,
        typed_on.page,
        typed_on.in_box,
    )


async def kept(connection: Connection, keyring: Keyring, place: Place) -> Sequence[Begun]:
    """The newest first. None: nothing has been begun, or it has been erased."""
    rows = await connection.fetch(
        "SELECT unfinished.program_id, student_id, page, encode(sha256(stored), 'hex') AS digest, stored"
        " FROM unfinished JOIN pairing ON pairing.id = pairing_id"
        " WHERE pairing_id = $1 AND unfinished.officer_id = $2 ORDER BY kept_at DESC, page",
        place.pairing_id,
        place.officer_id,
    )
    if not rows:
        return ()
    try:
        key = await key_to_read(connection, keyring, rows[0]["program_id"], rows[0]["student_id"])
    except ContentErased:
        return ()
    opened = [(row, key.open("text", row["stored"], place.pairing_id)) for row in rows]
    return [
        Begun(row["page"], row["digest"], letter.text)
        for row, letter in opened
        if isinstance(letter, TypedLetter)
    ]
