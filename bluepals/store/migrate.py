"""Brings a database to the newest schema: numbered SQL files, each applied once and never edited after."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bluepals.domain.refusals import Refused

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 0x626C7565  # The advisory lock's number: "blue".


class MigrationRefused(Refused):
    """The database and the files disagree; the message says how and what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    files = sorted(folder.glob("*.sql"))
    return [Migration(int(file.name[:4]), file.stem, file.read_text("utf-8")) for file in files]


async def migrate(admin_url: str, folder: Path = MIGRATIONS) -> list[str]:
    """Apply what is missing and return its names. Safe for several starters at once.

    `admin_url` is the login that may create roles and tables; the service itself logs in as `bluepals_app`.
    Raises MigrationRefused when an applied file has been edited or is gone.
    """
    connection = await asyncpg.connect(admin_url, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ONE_AT_A_TIME)
        await _create_roles(connection)
        await connection.execute("SET ROLE bluepals_owner")
        return await _apply_missing(connection, migrations(folder))
    finally:
        await connection.close()


async def _create_roles(connection: asyncpg.Connection) -> None:
    """The owner of the tables, and the application, which no policy lets pass."""
    for role in ("bluepals_owner NOLOGIN", "bluepals_app LOGIN NOINHERIT"):
        try:
            await connection.execute(f"CREATE ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS")
        except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            continue  # Roles belong to the server: another database or starter has made it.
    await connection.execute("GRANT bluepals_owner TO CURRENT_USER")
    await connection.execute("GRANT CREATE, USAGE ON SCHEMA public TO bluepals_owner")
    await connection.execute("GRANT USAGE ON SCHEMA public TO bluepals_app")


async def _apply_missing(connection: asyncpg.Connection, wanted: list[Migration]) -> list[str]:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS applied_migration (number int PRIMARY KEY, name text NOT NULL, digest text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())"
    )
    applied = {
        row["number"]: row
        for row in await connection.fetch("SELECT number, name, digest FROM applied_migration")
    }
    _refuse_edited(wanted, {number: (row["name"], row["digest"]) for number, row in applied.items()})
    missing = [migration for migration in wanted if migration.number not in applied]
    for migration in missing:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO applied_migration (number, name, digest) VALUES ($1, $2, $3)",
                migration.number,
                migration.name,
                migration.digest,
            )
    return [migration.name for migration in missing]


def _refuse_edited(wanted: list[Migration], applied: dict[int, tuple[str, str]]) -> None:
    known = {migration.number: migration.digest for migration in wanted}
    for number, (name, digest) in applied.items():
        if known.get(number) != digest:
            raise MigrationRefused(
                "Migration {name} was applied to this database in another form than the file has now. Put the file "
                "back as it was and write the change as a new migration.",
                name=name,
            )
