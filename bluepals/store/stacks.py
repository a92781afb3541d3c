"""Scanned stacks while they are sorted. What is on their pages goes in and out through bluepals.store.content only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from bluepals.domain.stacks import Found, Page, Put
from bluepals.store.content import Keyring, StackKey
from bluepals.store.database import Connection
from bluepals.store.teachers_page import SchoolClass


@dataclass(frozen=True, slots=True)
class NewPage:
    jpeg: bytes
    found: Found
    put: Put | None
    pairing_id: UUID | None


@dataclass(frozen=True, slots=True)
class StackRow:
    id: UUID
    program_year: str
    class_name: str
    round_number: int
    received_at: datetime
    has_sheets: bool
    absent: Sequence[UUID]
    is_filed: bool


@dataclass(frozen=True, slots=True)
class PageRow:
    id: UUID
    number: int
    found: Found
    turned: int
    page: Page


_COLUMNS = (
    "stack.id, program_year_id AS program_year, class_name, round_number, received_at, has_sheets, absent,"
    " filed_at IS NOT NULL AS is_filed"
)


async def keep(
    connection: Connection,
    keyring: Keyring,
    of: SchoolClass,
    *,
    program: str,
    round_number: int,
    uploaded_by: UUID,
    pages: Sequence[NewPage],
) -> UUID:
    stack_id = uuid4()
    key, master, wrapped = StackKey.made(keyring, stack_id)
    await connection.execute(
        "INSERT INTO stack (id, program_id, school_id, program_year_id, class_name, round_number, uploaded_by, has_sheets,"
        " master_key_id, wrapped) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        stack_id,
        program,
        of.school,
        of.program_year,
        of.class_name,
        round_number,
        uploaded_by,
        any(page.found.is_printed for page in pages),
        master,
        wrapped,
    )
    for number, page in enumerate(pages, start=1):
        page_id = uuid4()
        await connection.execute(
            "INSERT INTO stack_page (id, program_id, school_id, stack_id, number, found, put, pairing_id, stored)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            page_id,
            program,
            of.school,
            stack_id,
            number,
            page.found,
            page.put,
            page.pairing_id,
            key.seal(page.jpeg, page_id),
        )
    return stack_id


async def find(connection: Connection, stack_id: UUID) -> StackRow | None:
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM stack WHERE id = $1", stack_id)
    return StackRow(**row) if row else None


async def lock(connection: Connection, stack_id: UUID) -> None:
    """Whoever changes or files it at the same time waits."""
    await connection.execute("SELECT FROM stack WHERE id = $1 FOR UPDATE", stack_id)


async def open_stacks(connection: Connection, of: SchoolClass) -> Sequence[StackRow]:
    """The newest first."""
    rows = await connection.fetch(
        f"SELECT {_COLUMNS} FROM stack WHERE program_year_id = $1 AND class_name = $2 AND filed_at IS NULL"
        " ORDER BY received_at DESC",
        of.program_year,
        of.class_name,
    )
    return [StackRow(**row) for row in rows]


async def pages(connection: Connection, stack_id: UUID) -> Sequence[PageRow]:
    rows = await connection.fetch(
        "SELECT id, number, found, turned, put, pairing_id FROM stack_page WHERE stack_id = $1 ORDER BY number",
        stack_id,
    )
    return [
        PageRow(
            row["id"],
            row["number"],
            Found(row["found"]),
            row["turned"],
            Page(row["number"], Put(row["put"]) if row["put"] else None, row["pairing_id"]),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Picture:
    jpeg: bytes
    turned: int


async def pictures(
    connection: Connection, keyring: Keyring, stack_id: UUID, numbers: Collection[int]
) -> Sequence[Picture]:
    """In the order of the stack; those that are gone are left out."""
    rows = await connection.fetch(
        "SELECT stack_page.id, stored, turned, master_key_id, wrapped FROM stack_page JOIN stack ON stack.id = stack_id"
        " WHERE stack_id = $1 AND number = ANY ($2::int[]) ORDER BY number",
        stack_id,
        list(numbers),
    )
    return [
        Picture(
            StackKey.of(keyring, stack_id, row["master_key_id"], row["wrapped"]).open(
                row["stored"], row["id"]
            ),
            row["turned"],
        )
        for row in rows
    ]


async def put(
    connection: Connection, stack_id: UUID, number: int, where: Put | None, pairing_id: UUID | None = None
) -> None:
    """None: back to the child whose it was, if anybody has said so."""
    await connection.execute(
        "UPDATE stack_page SET put = CASE WHEN $3::text IS NULL AND pairing_id IS NOT NULL THEN 'child' ELSE $3 END,"
        " pairing_id = coalesce($4, pairing_id) WHERE stack_id = $1 AND number = $2",
        stack_id,
        number,
        where,
        pairing_id,
    )


async def turn(connection: Connection, stack_id: UUID, number: int) -> None:
    """By a quarter, clockwise."""
    await connection.execute(
        "UPDATE stack_page SET turned = (turned + 90) % 360 WHERE stack_id = $1 AND number = $2",
        stack_id,
        number,
    )


async def swap(connection: Connection, stack_id: UUID, number: int, other: int) -> None:
    """What is on them changes places; whose the places are stays."""
    await connection.execute(
        "UPDATE stack_page AS page SET number = other.number, put = other.put, pairing_id = other.pairing_id"
        " FROM stack_page AS other WHERE page.stack_id = $1 AND other.stack_id = $1"
        " AND (page.number, other.number) IN (($2, $3), ($3, $2))",
        stack_id,
        number,
        other,
    )


async def set_absent(connection: Connection, stack_id: UUID, absent: Collection[UUID]) -> None:
    await connection.execute("UPDATE stack SET absent = $2 WHERE id = $1", stack_id, list(absent))


async def took_out(connection: Connection, stack_id: UUID, numbers: Collection[int]) -> None:
    """One letter's pages, which have become a draft."""
    await connection.execute(
        "DELETE FROM stack_page WHERE stack_id = $1 AND number = ANY ($2::int[])", stack_id, list(numbers)
    )


async def file(connection: Connection, stack_id: UUID) -> None:
    """All its letters are drafts: what else was on it goes, and so does its key."""
    await connection.execute("DELETE FROM stack_page WHERE stack_id = $1", stack_id)
    await connection.execute(
        "UPDATE stack SET filed_at = program_now(), master_key_id = NULL, wrapped = NULL WHERE id = $1",
        stack_id,
    )


async def throw_away(connection: Connection, stack_id: UUID) -> None:
    await connection.execute("DELETE FROM stack WHERE id = $1 AND filed_at IS NULL", stack_id)
