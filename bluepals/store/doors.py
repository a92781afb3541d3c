"""Who asked to be let in, and who is in. Secrets and addresses come as digests; see bluepals.links."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bluepals.domain.entering import Door, Standing
from bluepals.domain.people import Role
from bluepals.store.database import Connection

# A guess at six digits is right once in a million. Twenty a day at one address, from wherever they come, get in once in
# 50,000 days: whoever goes on for a year has one chance in 137, and has sent the owner a mail for every five guesses.
MOST_WRONG_CODES = 5  # of one wish
MOST_WRONG_CODES_WITHIN = ((timedelta(hours=1), 10), (timedelta(days=1), 20))  # for one address


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything that one address is in a program: a member of the staff, an officer, a guardian of children.

    `second_of`: those of the children whose second guardian it is.
    """

    staff: UUID | None
    officer: UUID | None
    children: tuple[UUID, ...]
    second_of: tuple[UUID, ...] = ()

    @property
    def is_nobody(self) -> bool:
        return self.staff is None and self.officer is None and not self.children


@dataclass(frozen=True, slots=True)
class Session:
    """A visitor who is in."""

    id: UUID
    identity: Identity
    entered_at: datetime
    now: datetime
    standing: Standing
    door: Door


async def identity_of(connection: Connection, address: str) -> Identity:
    """Whom this address belongs to now."""
    row = await connection.fetchrow(
        "SELECT (SELECT id FROM staff WHERE lower(email) = $1 AND left_at IS NULL"
        "          AND EXISTS (SELECT FROM staff_role WHERE staff_id = staff.id) ORDER BY external_id LIMIT 1) AS staff,"
        " (SELECT id FROM officer WHERE lower(email) = $1 AND withdrawn_at IS NULL ORDER BY external_id LIMIT 1) AS officer,"
        " array(SELECT id FROM student WHERE erased_at IS NULL AND $1 IN (lower(guardian_email), lower(guardian2_email))"
        "   ORDER BY external_id) AS children,"
        " array(SELECT id FROM student WHERE erased_at IS NULL AND $1 = lower(guardian2_email)"
        "   AND $1 IS DISTINCT FROM lower(guardian_email)) AS second_of",
        address.lower(),
    )
    return _identity(row)


async def language_of_child(connection: Connection, student_id: UUID) -> str:
    language: str = await connection.fetchval("SELECT language FROM student WHERE id = $1", student_id)
    return language


async def identity_named(connection: Connection, external_id: str) -> Identity:
    """The member of the staff or the officer of this id in the files."""
    row = await connection.fetchrow(
        "SELECT (SELECT id FROM staff WHERE external_id = $1 AND left_at IS NULL) AS staff,"
        " (SELECT id FROM officer WHERE external_id = $1 AND withdrawn_at IS NULL) AS officer, '{}'::uuid[] AS children,"
        " '{}'::uuid[] AS second_of",
        external_id,
    )
    return _identity(row)


async def is_one_person(connection: Connection, identity: Identity) -> bool:
    """Whether the member of the staff and the officer are: one address is one person."""
    one: bool = await connection.fetchval("SELECT is_one_person($1, $2)", identity.staff, identity.officer)
    return one


async def is_named(connection: Connection, external_id: str) -> bool:
    """Whether the files have known somebody by this id, who may take no part any more."""
    named: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM staff WHERE external_id = $1) OR EXISTS (SELECT FROM officer WHERE external_id = $1)",
        external_id,
    )
    return named


def _identity(row: object) -> Identity:
    children, second_of = tuple(row["children"]), tuple(row["second_of"])  # type: ignore[index]  # an asyncpg.Record
    return Identity(row["staff"], row["officer"], children, second_of)  # type: ignore[index]


_STANDING = (
    " array(SELECT DISTINCT role FROM staff_role WHERE staff_role.staff_id = {staff}) AS roles,"
    " EXISTS (SELECT FROM passkey WHERE passkey.staff_id = {staff} AND removed_at IS NULL) AS has_passkey"
)


async def standing(connection: Connection, staff_id: UUID) -> Standing:
    row = await connection.fetchrow(f"SELECT {_STANDING.format(staff='$1')}", staff_id)
    return _standing(row)


def _standing(row: object) -> Standing:
    roles = frozenset(Role(role) for role in row["roles"])  # type: ignore[index]  # an asyncpg.Record
    return Standing(roles, row["has_passkey"])  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class Asking:
    """One wish to be let in, as digests. `source` and `browser` None: an administrator made it, for any browser."""

    address: bytes
    source: bytes | None
    browser: bytes | None
    link: bytes
    code: bytes | None
    stays: timedelta


async def one_at_a_time(connection: Connection, address: bytes) -> None:
    """Until the end of the transaction: what is counted for an address stays as it was counted."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('entry ' || $1::bytea::text, 0))", address
    )


async def ask(connection: Connection, program: str, asking: Asking, identity: Identity | None) -> None:
    """`identity` None: nothing goes out, and nothing is kept that could open."""
    await connection.execute(
        "INSERT INTO entry (program_id, address, source, browser, link, code, staff_id, officer_id, children, second_of,"
        " expires_at, went_out) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, program_now() + $11::interval, $12)",
        program,
        asking.address,
        asking.source,
        asking.browser,
        asking.link,
        asking.code if identity else None,
        identity.staff if identity else None,
        identity.officer if identity else None,
        list(identity.children) if identity else [],
        list(identity.second_of) if identity else [],
        asking.stays,
        identity is not None,
    )


async def asked_from(connection: Connection, source: bytes, within: timedelta) -> int:
    """How often this source has asked of late."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM entry WHERE source = $1 AND asked_at > program_now() - $2::interval",
        source,
        within,
    )
    return count


@dataclass(frozen=True, slots=True)
class Mailed:
    """How many mails an address has been sent of late: in all, and because one source has asked."""

    in_all: int
    to_source: int


async def mailed(connection: Connection, address: bytes, source: bytes | None, within: timedelta) -> Mailed:
    [row] = await connection.fetch(
        "SELECT count(*) AS in_all, count(*) FILTER (WHERE source = $2) AS to_source FROM entry"
        " WHERE address = $1 AND went_out AND asked_at > program_now() - $3::interval",
        address,
        source,
        within,
    )
    return Mailed(**row)


# Of what one browser has asked for an address the newest that went out counts, and only until it is spent or over.
_OPEN = (
    " spent_at IS NULL AND expires_at > program_now()"
    " AND num_nonnulls(staff_id, officer_id) + cardinality(children) > 0"
    " AND NOT EXISTS (SELECT FROM entry AS newer WHERE newer.address = entry.address AND newer.sequence > entry.sequence"
    "   AND newer.went_out AND newer.browser IS NOT DISTINCT FROM entry.browser)"
)


async def fits(connection: Connection, link: bytes, browser: bytes) -> bool:
    """Whether this link lets in, in this browser. Looking spends nothing."""
    found: bool = await connection.fetchval(
        f"SELECT EXISTS (SELECT FROM entry WHERE link = $1 AND coalesce(browser, $2) = $2 AND {_OPEN})",
        link,
        browser,
    )
    return found


async def spend_link(connection: Connection, link: bytes, browser: bytes) -> tuple[Identity, Door] | None:
    row = await connection.fetchrow(
        "UPDATE entry SET spent_at = program_now()"
        f" WHERE link = $1 AND coalesce(browser, $2) = $2 AND {_OPEN}"
        " RETURNING staff_id AS staff, officer_id AS officer, children, second_of, source IS NULL AS by_office",
        link,
        browser,
    )
    return (_identity(row), Door.OFFICE if row["by_office"] else Door.MAIL) if row else None


async def spend_code(connection: Connection, code: bytes, browser: bytes) -> Identity | None:
    """A wrong code counts against this browser's newest wish and against its address. A link can't be guessed, and works on."""
    wish = await connection.fetchrow(
        f"SELECT id, address FROM entry WHERE browser = $1 AND {_OPEN} ORDER BY sequence DESC LIMIT 1",
        browser,
    )
    if wish is None:
        return None
    await one_at_a_time(connection, wish["address"])
    for within, most in MOST_WRONG_CODES_WITHIN:
        if await wrong_codes(connection, wish["address"], within) >= most:
            return None
    row = await connection.fetchrow(
        "UPDATE entry SET wrong_codes = wrong_codes + (code <> $1)::int,"
        " spent_at = CASE WHEN code = $1 THEN program_now() END"
        f" WHERE id = $2 AND wrong_codes < $3 AND {_OPEN}"
        " RETURNING code = $1 AS right, staff_id AS staff, officer_id AS officer, children, second_of",
        code,
        wish["id"],
        MOST_WRONG_CODES,
    )
    return _identity(row) if row and row["right"] else None


async def wrong_codes(connection: Connection, address: bytes, within: timedelta) -> int:
    """That have been typed for this address of late, in whatever browser."""
    count: int = await connection.fetchval(
        "SELECT coalesce(sum(wrong_codes), 0)::int FROM entry"
        " WHERE address = $1 AND expires_at > program_now() - $2::interval",
        address,
        within,
    )
    return count


async def open_session(
    connection: Connection, program: str, token: bytes, identity: Identity, door: Door, stays: timedelta
) -> None:
    await connection.execute(
        "INSERT INTO session (program_id, token, staff_id, officer_id, children, second_of, door, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, program_now() + $8::interval)",
        program,
        token,
        identity.staff,
        identity.officer,
        list(identity.children),
        list(identity.second_of),
        door,
        stays,
    )


async def session(connection: Connection, token: bytes) -> Session | None:
    row = await connection.fetchrow(
        "SELECT id, staff_id AS staff, officer_id AS officer, children, second_of, door, entered_at, program_now() AS now,"
        f"{_STANDING.format(staff='session.staff_id')}"
        " FROM session WHERE token = $1 AND ended_at IS NULL AND expires_at > program_now()",
        token,
    )
    if row is None:
        return None
    return Session(
        row["id"], _identity(row), row["entered_at"], row["now"], _standing(row), Door(row["door"])
    )


async def end_session(connection: Connection, session_id: UUID) -> None:
    await connection.execute(
        "UPDATE session SET ended_at = program_now() WHERE id = $1 AND ended_at IS NULL", session_id
    )


async def end_sessions(connection: Connection, identity: Identity) -> int:
    """All of these people, on whatever device; how many were still open."""
    rows = await connection.fetch(
        "UPDATE session SET ended_at = program_now() WHERE ended_at IS NULL"
        " AND (staff_id = $1 OR officer_id = $2 OR children && $3::uuid[])"
        " RETURNING expires_at > program_now() AS open",
        identity.staff,
        identity.officer,
        list(identity.children),
    )
    return sum(row["open"] for row in rows)


async def forget(connection: Connection, kept: timedelta) -> None:
    """Wishes and sessions that have been over for so long."""
    await connection.execute("DELETE FROM entry WHERE asked_at < program_now() - $1::interval", kept)
    await connection.execute(
        "DELETE FROM session WHERE least(ended_at, expires_at) < program_now() - $1::interval", kept
    )
