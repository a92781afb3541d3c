"""Who wants to become an officer of the program, and the links by which they say so. Secrets come as digests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from bluepals.domain.people import Gender, OfficerKind
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says of themselves. No gender: they would rather be asked."""

    first_name: str
    last_name: str
    gender: Gender | None
    email: str
    languages: tuple[str, ...]
    capacity: int
    kind: OfficerKind
    profile: str


@dataclass(frozen=True, slots=True)
class Joining:
    """A wish that nobody has decided about."""

    id: UUID
    agency: str
    asked_at: datetime
    wish: Wish


@dataclass(frozen=True, slots=True)
class JoiningLink:
    id: UUID
    agency: str
    agency_name: str
    expires_at: datetime


_LIVE = (
    "SELECT joining_link.id, agency_id AS agency, agency.name AS agency_name, expires_at FROM joining_link"
    " JOIN agency ON agency.program_id = joining_link.program_id AND agency.id = agency_id"
    " WHERE revoked_at IS NULL AND expires_at > program_now()"
)


async def make_link(
    connection: Connection, agency: str, digest: bytes, made_by: UUID, stays: timedelta
) -> None:
    await connection.execute(
        "INSERT INTO joining_link (program_id, agency_id, digest, made_by, expires_at)"
        " VALUES (current_setting('bluepals.program'), $1, $2, $3, program_now() + $4::interval)",
        agency,
        digest,
        made_by,
        stays,
    )


async def links(connection: Connection) -> Sequence[JoiningLink]:
    """Those that open something, of the agencies in sight."""
    return [JoiningLink(**row) for row in await connection.fetch(f"{_LIVE} ORDER BY expires_at, 1")]


async def link(connection: Connection, digest: bytes) -> JoiningLink | None:
    row = await connection.fetchrow(f"{_LIVE} AND digest = $1", digest)
    return JoiningLink(**row) if row else None


async def revoke(connection: Connection, link_id: UUID) -> bool:
    """False: there is none in sight that is not revoked already."""
    done = await connection.execute(
        "UPDATE joining_link SET revoked_at = program_now() WHERE id = $1 AND revoked_at IS NULL", link_id
    )
    return done == "UPDATE 1"


async def asked_from(connection: Connection, source: bytes, within: timedelta) -> int:
    """How often this source has asked of late."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM joining WHERE source = $1 AND asked_at > program_now() - $2::interval",
        source,
        within,
    )
    return count


async def ask(connection: Connection, link_id: UUID, wish: Wish, source: bytes) -> None:
    """While one of this address waits, it is the same wish."""
    await connection.execute(
        "INSERT INTO joining (program_id, agency_id, link_id, source, first_name, last_name, gender, email, languages,"
        " capacity, kind, profile) SELECT program_id, agency_id, id, $2, $3, $4, $5, $6, $7, $8, $9, $10"
        " FROM joining_link WHERE id = $1"
        " ON CONFLICT (program_id, lower(email)) WHERE decided_at IS NULL DO NOTHING",
        link_id,
        source,
        wish.first_name,
        wish.last_name,
        wish.gender,
        wish.email,
        list(wish.languages),
        wish.capacity,
        wish.kind,
        wish.profile,
    )


_WAITING = (
    "SELECT id, agency_id AS agency, asked_at, first_name, last_name, gender, email, languages, capacity, kind, profile"
    " FROM joining WHERE decided_at IS NULL"
)


async def waiting(connection: Connection) -> Sequence[Joining]:
    """Of the agencies in sight, the oldest first."""
    return [_joining(row) for row in await connection.fetch(f"{_WAITING} ORDER BY asked_at, id")]


async def waiting_one(connection: Connection, joining_id: UUID) -> Joining | None:
    """With its row locked: somebody else who decides about it waits."""
    row = await connection.fetchrow(f"{_WAITING} AND id = $1 FOR UPDATE", joining_id)
    return _joining(row) if row else None


def _joining(row: asyncpg.Record) -> Joining:
    said = {**row, "gender": Gender(row["gender"]) if row["gender"] else None}
    said |= {"kind": OfficerKind(row["kind"]), "languages": tuple(row["languages"])}
    joining_id, agency, asked_at = said.pop("id"), said.pop("agency"), said.pop("asked_at")
    return Joining(joining_id, agency, asked_at, Wish(**said))


async def decide(connection: Connection, joining_id: UUID, decided_by: UUID, officer_id: UUID | None) -> None:
    """Accepted as this officer, or declined; what was said goes."""
    await connection.execute(
        "UPDATE joining SET decided_at = program_now(), decided_by = $2, officer_id = $3, first_name = NULL,"
        " last_name = NULL, gender = NULL, email = NULL, languages = NULL, capacity = NULL, kind = NULL, profile = NULL"
        " WHERE id = $1 AND decided_at IS NULL",
        joining_id,
        decided_by,
        officer_id,
    )


async def forget(connection: Connection, kept: timedelta) -> None:
    """Wishes that nobody has decided about for so long."""
    await connection.execute(
        "DELETE FROM joining WHERE decided_at IS NULL AND asked_at < program_now() - $1::interval", kept
    )


@dataclass(frozen=True, slots=True)
class WaitingAtAgency:
    agency: str
    wishes: int


async def waiting_by_agency(connection: Connection) -> Sequence[WaitingAtAgency]:
    rows = await connection.fetch(
        "SELECT agency_id AS agency, count(*)::int AS wishes FROM joining WHERE decided_at IS NULL GROUP BY 1 ORDER BY 1"
    )
    return [WaitingAtAgency(**row) for row in rows]


async def officer_at(connection: Connection, address: str, external_id: str) -> str | None:
    """The id in the files of an officer who has this address, or this id, already."""
    found: str | None = await connection.fetchval(
        "SELECT external_id FROM officer WHERE lower(email) = lower($1) OR external_id = $2 LIMIT 1",
        address,
        external_id,
    )
    return found
