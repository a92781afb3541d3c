import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from bluepals.store.migrate import MIGRATIONS, MigrationRefused, migrate, migrations
from stack.postgres import PostgresServer


async def test_a_migrated_database_needs_nothing_more(postgres: PostgresServer, database_name: str) -> None:
    assert await migrate(postgres.url_of("postgres", database_name)) == []


async def test_an_edited_migration_is_refused_by_name(
    postgres: PostgresServer, database_name: str, tmp_path: Path
) -> None:
    folder = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    edited = folder / "0002_pairings.sql"
    edited.write_text(edited.read_text("utf-8") + "\n-- edited", "utf-8")
    with pytest.raises(MigrationRefused, match="0002_pairings"):
        await migrate(postgres.url_of("postgres", database_name), folder)


async def test_several_starters_at_once_apply_each_migration_once(
    postgres: PostgresServer, admin: asyncpg.Connection
) -> None:
    await admin.execute("CREATE DATABASE raced")
    url = postgres.url_of("postgres", "raced")
    applied = await asyncio.gather(*(migrate(url) for _ in range(3)))
    names = [migration.name for migration in migrations()]
    assert sorted(name for one in applied for name in one) == names


async def test_a_migration_that_fails_leaves_nothing_behind(
    postgres: PostgresServer, database_name: str, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    folder = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    (folder / "9999_half.sql").write_text("CREATE TABLE half (); SELECT 1 / 0;", "utf-8")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(postgres.url_of("postgres", database_name), folder)
    assert await admin.fetchval("SELECT to_regclass('half')") is None
    (folder / "9999_half.sql").write_text("CREATE TABLE half ();", "utf-8")
    assert await migrate(postgres.url_of("postgres", database_name), folder) == ["9999_half"]
