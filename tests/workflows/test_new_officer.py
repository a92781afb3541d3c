"""A child's next officer: farewell, rest, the next pairing; and what may come between."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from temporalio.client import WorkflowHandle

from bluepals.facts import leaving, replacements
from bluepals.store.endings import Reason
from tests.workflows.world import World, an_officer
from workflows.api import new_officer
from workflows.search_attributes import STAGE

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
RESERVE = an_officer(2)


class Change:
    """What people do about an officer who goes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.office, self.scope = world.office, world.scope

    @property
    def by(self) -> UUID:
        return self.world.people["coordinator"]

    async def leaves(self, officer: str = "o001", reason: Reason = Reason.MOVED) -> list[str]:
        await leaving.leave(self.office, self.scope, self.world.people[officer], reason, by=self.by)
        return await self.under_way()

    async def under_way(self) -> list[str]:
        """The open replacements, whose workflows have come to the program's time."""
        await self.world.tell()
        ids = [str(row["id"]) for row in await self._open()]
        for one in ids:
            if new_officer.workflow_id(one) not in self.world.running:
                await self.world.attend(new_officer.workflow_id(one))
        return ids

    async def _open(self) -> list[Any]:
        rows: list[Any] = await self.world.admin.fetch(
            "SELECT replacement.id FROM replacement JOIN student ON student.id = student_id"
            " WHERE replacement.program_id = $1 AND closed_at IS NULL ORDER BY external_id",
            self.world.program.id,
        )
        return rows

    def handle(self, replacement: str) -> WorkflowHandle[Any, str]:
        return self.world.client.get_workflow_handle(new_officer.workflow_id(replacement), result_type=str)

    async def reserve(self, replacement: str) -> str | None:
        found: str | None = await self.world.admin.fetchval(
            "SELECT external_id FROM replacement JOIN officer ON officer.id = reserve_id WHERE replacement.id = $1",
            UUID(replacement),
        )
        return found

    async def approve(self, replacement: str) -> None:
        await replacements.approve(self.office, self.scope, UUID(replacement), by=self.by)
        await self.world.tell()

    async def pass_days(self, days: int) -> None:
        """One by one, each up to the afternoon."""
        for _ in range(days):
            day = self.world.now.astimezone(self.world.calendar.zone).date() + DAY
            await self.world.reach(day, 18)

    async def next_pairing(self, replacement: str) -> str | None:
        found = await self.world.admin.fetchval(
            "SELECT next_pairing_id FROM replacement WHERE id = $1", UUID(replacement)
        )
        return str(found) if found else None


@pytest.fixture
async def change(make_world: Any) -> Change:
    """A child, its officer and a reserve; three rounds, stock letters."""
    world = make_world(rounds=3)
    await world.enroll(officers=[an_officer(1), an_officer(2, capacity=0)], stock=3)
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.admin.execute("UPDATE officer SET capacity = 1 WHERE program_id = $1", world.program.id)
    return Change(world)


async def test_farewell_rest_and_the_next_officer(change: Change) -> None:
    world = change.world
    (one,) = await change.leaves()
    handle = change.handle(one)
    assert await world.attribute(handle, STAGE) == "farewell"
    assert await change.reserve(one) == "o002"
    await change.approve(one)
    await change.pass_days(15)
    assert await world.attribute(handle, STAGE) == "rest"
    assert await world.mails("new officer") == ["parent1@home.example", "teacher@north.example"]
    assert await change.next_pairing(one) is None
    await change.pass_days(14)
    begun = await change.next_pairing(one)
    assert begun
    assert await world.attribute(handle, STAGE) == "introduction"
    await world.begin_pairing(begun)
    await change.pass_days(30)
    assert await handle.result() == "paired"
    assert "officer2@pd.example" in await world.mails("introduction")
