import shutil
from pathlib import Path

import asyncpg
import pytest

from bluepals.store.migrate import MIGRATIONS, MigrationRefused, migrate
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


async def test_the_application_owns_nothing_and_passes_no_policy(admin: asyncpg.Connection) -> None:
    role = await admin.fetchrow("SELECT * FROM pg_roles WHERE rolname = 'bluepals_app'")
    assert not role["rolsuper"]
    assert not role["rolbypassrls"]
    owned = await admin.fetchval(
        "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = 'bluepals_app'"
    )
    assert owned == 0


async def test_every_table_of_people_and_letters_is_guarded(admin: asyncpg.Connection) -> None:
    unguarded = await admin.fetch(
        "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE nspname = 'public' AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert {row["relname"] for row in unguarded} == {"applied_migration", "virtual_clock"}
