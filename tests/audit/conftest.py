"""One town's finished year for all tests of the audit; each test has a copy of its database to plant something in."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest
from temporalio.client import Client

from audit import audit
from audit.report import AuditReport, Finding
from service.connection import connect
from service.parts import assembled
from stack.mail_catcher import mail_catcher
from stack.postgres import PostgresServer
from stack.temporal import VIRTUAL_CLOCKS, TemporalOptions, temporal_server
from tests.audit.town import PROGRAM, served, settings
from tests.databases import copied, copy
from workflows.search_attributes import TYPES

SEED = "audited_town"

_numbers = itertools.count(1)


@pytest.fixture(scope="package")
async def town_server() -> AsyncIterator[Client]:
    """A server of its own: no other test's worker takes this town's tasks."""
    options = TemporalOptions(search_attributes=TYPES, dynamic_config=VIRTUAL_CLOCKS)
    async with temporal_server(options, print) as server:
        yield await connect(target_host=server.address)


@pytest.fixture(scope="package")
async def finished_town(town_server: Client, postgres: PostgresServer, template: str) -> str:
    """The name of its database, which nobody is connected to any more."""
    await copy(postgres, template, SEED)
    urls = postgres.url_of("bluepals_app", SEED), postgres.url_of("postgres", SEED)
    async with mail_catcher() as catcher, served(town_server, *urls, catcher) as town:
        await town.play()
    return SEED


@dataclass
class Audited:
    """A copy of the finished town, its superuser, and its audit."""

    client: Client
    url: str
    admin: asyncpg.Connection

    async def plant(self, *statements: str) -> None:
        """As a superuser who lets no trigger and no foreign key stop him."""
        await self.admin.execute("SET session_replication_role = replica")
        for statement in statements:
            done = await self.admin.execute(statement)
            assert not done.endswith(" 0"), f"changed nothing: {statement}"

    async def without(self, table: str, constraint: str) -> None:
        await self.admin.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")

    async def pairing_without_history(self, *, introduced: bool = False) -> UUID:
        """One more pairing that has closed; introduced so late that it wrote in no round."""
        pairing: UUID = await self.one(
            "WITH another AS (INSERT INTO pairing SELECT (jsonb_populate_record(pairing, jsonb_build_object("
            "   'id', gen_random_uuid(), 'proposed_pair_id', gen_random_uuid(), 'first_round', 3))).*"
            "   FROM pairing WHERE introduced_at IS NOT NULL LIMIT 1 RETURNING id) SELECT id FROM another"
        )
        if not introduced:
            await self.plant(
                f"UPDATE pairing SET introduced_at = NULL, first_round = NULL WHERE id = '{pairing}'"
            )
        return pairing

    async def one(self, query: str, *values: object) -> UUID:
        await self.admin.execute("SET session_replication_role = replica")
        found = await self.admin.fetchval(query, *values)
        assert isinstance(found, UUID), query
        return found

    async def report(self) -> AuditReport:
        async with assembled(settings(self.url), self.client) as parts:
            return await audit(parts, PROGRAM)

    async def violations(self, check: str) -> list[Finding]:
        """What this check has found; no other one has found anything."""
        report = await self.report()
        assert [one.name for one in report.checks if one.violations] in ([], [check])
        return list(report.check(check).violations)


@asynccontextmanager
async def copy_of_town(
    client: Client, postgres: PostgresServer, finished_town: str
) -> AsyncIterator[Audited]:
    async with copied(postgres, finished_town, f"audited_{next(_numbers)}") as name:
        admin = await asyncpg.connect(postgres.url_of("postgres", name))
        yield Audited(client, postgres.url_of("bluepals_app", name), admin)
        await admin.close()


@pytest.fixture
async def town(town_server: Client, postgres: PostgresServer, finished_town: str) -> AsyncIterator[Audited]:
    async with copy_of_town(town_server, postgres, finished_town) as town:
        yield town
