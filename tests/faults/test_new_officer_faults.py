"""A child between two officers, and a worker that is killed: row 23's kill at the step that must not be lost or repeated."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bluepals.facts import leaving, replacements
from stack.postgres import PostgresServer
from tests.workflows.test_new_officer import begun
from tests.workflows.world import World
from workflows.api import new_officer
from workflows.new_officer import NewOfficer
from workflows.search_attributes import STAGE

pytestmark = pytest.mark.begun_first

KILLED = -9
PATIENCE = 120.0  # seconds; the dead worker's step is given up after one minute
QUEUE = "killed-between-two-officers"


async def test_a_worker_killed_when_the_next_pairing_is_committed_begins_no_second_one(
    make_world: Callable[..., World], postgres: PostgresServer
) -> None:
    change = await begun(make_world(rounds=3))
    world = change.world
    await leaving.stop(change.office, change.scope, world.people["o001"], by=change.by)
    await change.free("o002")
    one: UUID = await world.admin.fetchval(
        "SELECT id FROM replacement WHERE program_id = $1", world.program.id
    )
    await replacements.look_after(change.office, change.scope, one)
    await replacements.approve(change.office, change.scope, one, by=change.by)
    await world.turn_clock(world.now + timedelta(days=29))
    handle = await world.client.start_workflow(
        NewOfficer.run,
        new_officer.NewOfficerInput(world.program.id, str(one), change.pair),
        id=f"{new_officer.workflow_id(str(one))}-killed",
        task_queue=QUEUE,
    )
    async with _worker(world, postgres, "begin_next_pairing") as first:
        assert await asyncio.wait_for(first.wait(), PATIENCE) == KILLED
    assert await change.has_begun(str(one)), "it had been committed"
    assert await world.attribute(handle, STAGE) != "introduction", "and nobody had heard of it"
    async with _worker(world, postgres), asyncio.timeout(PATIENCE):
        while await world.attribute(handle, STAGE) != "introduction":  # noqa: ASYNC110 - the event is on a server
            await asyncio.sleep(0.5)
    await handle.terminate("the test is over")
    officers = await world.admin.fetch(
        "SELECT external_id, ended_at IS NULL AS live FROM pairing JOIN officer ON officer.id = officer_id"
        " WHERE pairing.program_id = $1 ORDER BY begins_on, external_id",
        world.program.id,
    )
    assert [tuple(row) for row in officers] == [("o001", False), ("o002", True)]
    assert await world.mails("successor") == ["parent1@home.example", "teacher@north.example"]


@asynccontextmanager
async def _worker(
    world: World, postgres: PostgresServer, last_act: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    """One in a process of its own, that dies after `last_act`, or with the block."""
    url = postgres.url_of("bluepals_app", await world.admin.fetchval("SELECT current_database()"))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("dying_worker.py")),
        *(world.client.service_client.config.target_host, url, QUEUE, last_act),
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
