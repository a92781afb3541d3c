"""migrate, search-attributes, deploy: what a new release needs, done once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.client import Client
from temporalio.service import RPCError

from bluepals.mail.sending import Postbox
from bluepals.settings import SmtpSettings
from bluepals.store.database import Database
from bluepals.store.migrate import migrations
from commands.shell import Exit
from service.connection import connect
from service.workers import DEPLOYMENT, worker
from stack.postgres import PostgresServer
from stack.temporal import TemporalOptions, temporal_server
from tests.commands.starter_line import PATIENCE, StarterLine
from tests.databases import administer
from tests.workflows.world import parts_of
from workflows.search_attributes import TYPES


def with_settings(starter: StarterLine, **settings: str) -> StarterLine:
    return replace(starter, settings={**starter.settings, **settings})


@pytest.fixture
async def new_database(postgres: PostgresServer) -> str:
    await administer(postgres, "CREATE DATABASE new_release")
    return postgres.url_of("postgres", "new_release")


@pytest.fixture(scope="module")
async def new_server() -> AsyncIterator[str]:
    """A Temporal server that nobody has told of anything."""
    async with temporal_server(TemporalOptions(), print) as server:
        yield server.address


@pytest.fixture
async def released(new_server: str, settings: dict[str, str]) -> AsyncIterator[str]:
    """The release whose worker waits for being made current."""
    client = await connect(target_host=new_server)
    postbox = Postbox(SmtpSettings())
    async with (
        Database.connected(settings["BLUEPALS_DATABASE_URL"]) as database,
        worker(parts_of(client, database, print), postbox, "release-7"),
    ):
        async with asyncio.timeout(PATIENCE):
            while await deployment(client) is None:  # noqa: ASYNC110 - the event is on a server
                await asyncio.sleep(0.05)
        yield "release-7"
    await postbox.close()


async def deployment(client: Client) -> Any:
    try:
        found = await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=DEPLOYMENT)
        )
    except RPCError:
        return None
    return found.worker_deployment_info


async def current(address: str) -> str:
    found = await deployment(await connect(target_host=address))
    return str(found.routing_config.current_deployment_version.build_id)


def test_migrate_applies_every_migration_and_again_it_applies_nothing(
    starter: StarterLine, new_database: str
) -> None:
    admin = with_settings(starter, BLUEPALS_DATABASE_ADMIN_URL=new_database)
    assert admin.answers("migrate") == {"applied": [one.name for one in migrations()]}
    assert admin.answers("migrate") == {"applied": []}
    assert admin.says("migrate") == "Applied: nothing.\n"


def test_migrate_asks_for_the_login_that_may_create_tables(starter: StarterLine) -> None:
    nobody = with_settings(starter, BLUEPALS_DATABASE_ADMIN_URL="")
    assert nobody.is_refused("migrate").startswith("Set BLUEPALS_DATABASE_ADMIN_URL to a login")


def test_search_attributes_registers_what_is_missing_and_again_nothing(
    starter: StarterLine, new_server: str
) -> None:
    admin = with_settings(starter, TEMPORAL_ADDRESS=new_server)
    assert admin.answers("search-attributes") == {"added": sorted(TYPES)}
    assert admin.answers("search-attributes") == {"added": []}
    assert admin.says("search-attributes") == "Registered: nothing.\n"


def test_deploy_makes_a_release_current_and_again_it_changes_nothing(
    starter: StarterLine, new_server: str, released: str
) -> None:
    admin = with_settings(starter, TEMPORAL_ADDRESS=new_server)
    assert admin.answers("deploy", released) == {"current": released}
    assert asyncio.run(current(new_server)) == released
    assert admin.says("deploy", released) == f"Version {released} is current.\n"
    assert admin.says("deploy", "") == "Version unversioned is current.\n"
    assert asyncio.run(current(new_server)) == ""


def test_deploy_needs_to_be_told_which_release(starter: StarterLine) -> None:
    starter.is_refused("deploy", status=Exit.WRONG_USAGE)
