"""A child's next officer: farewell, rest, the next pairing; and what may come between."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from temporalio import activity
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor, Worker

from activities.replacements import ReplacementActivities
from audit.histories import Expected, Histories
from audit.releases import Releases
from bluepals.domain.letters import DeliveryKind, Side, TypedLetter
from bluepals.facts import leaving, letters, matching, moves, replacements
from bluepals.store import audit, deliveries
from bluepals.store.endings import Reason
from service.workers import SANDBOX
from tests.workflows.world import World, a_student, an_officer, eventually
from workflows.api import new_officer, pairing
from workflows.new_officer import NewOfficer
from workflows.search_attributes import ATTENTION, STAGE

DAY = timedelta(days=1)


class Change:
    """What people do about an officer who goes."""

    def __init__(self, world: World, pair: str) -> None:
        self.world, self.pair = world, pair
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

    async def after(self, days: int) -> None:
        """So many days after the year's first."""
        await self.world.reach(self.world.program.year.first_day + days * DAY, 18)

    async def next_pairing(self, replacement: str) -> str | None:
        found = await self.world.admin.fetchval(
            "SELECT next_pairing_id FROM replacement WHERE id = $1", UUID(replacement)
        )
        return str(found) if found else None

    async def has_begun(self, replacement: str) -> bool:
        return await self.next_pairing(replacement) is not None

    async def audited(self, workflow_id: str) -> bool:
        """Whether each delivery was brought about by the pairing's workflow, or by this one."""
        releases = Releases(self.world.client.data_converter)
        read = [Expected(one, begun=True) for one in (pairing.workflow_id(self.pair), workflow_id)]
        await Histories(self.world.client).read(read, releases.take_note_of)
        async with self.world.parts.database.transaction(self.scope) as connection:
            found = await audit.deliveries(connection)
        return bool(found) and all(releases.brought_about(one) for one in found)

    async def calls(self, replacement: str, why: str) -> bool:
        return bool(await self.world.attribute(self.handle(replacement), ATTENTION) == why)

    async def free(self, *officers: str) -> None:
        """Reserves, from now on with a place."""
        await self.world.admin.execute(
            "UPDATE officer SET capacity = 1 WHERE program_id = $1 AND external_id = ANY ($2)",
            self.world.program.id,
            list(officers),
        )


@pytest.fixture
async def change(make_world: Callable[..., World]) -> Change:
    return await begun(make_world(rounds=3))


async def begun(world: World) -> Change:
    """A child and its officer, two reserves without a place; three rounds, stock letters."""
    reserves = [an_officer(number, capacity=0) for number in (2, 3)]
    await world.enroll(officers=[an_officer(1), *reserves])
    for number in range(3):
        await letters.hand_in_stock(
            world.office,
            world.scope,
            officer_id=world.people["o003"],
            stock_id=f"stock{number}",
            letter=TypedLetter(f"Dear child, this is reserve letter {number}."),
            language="en",
        )
    await world.approve_stock()
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    return Change(world, pair)


async def test_farewell_rest_and_the_next_officer(change: Change) -> None:
    world = change.world
    await change.free("o002")
    (one,) = await change.leaves()
    handle = change.handle(one)
    assert await world.attribute(handle, STAGE) == "farewell"
    assert await world.attribute(handle, ATTENTION) == "an officer is proposed"
    assert await change.reserve(one) == "o002"
    await change.approve(one)
    await change.after(15)
    assert await world.attribute(handle, STAGE) == "rest"
    assert await world.attribute(handle, ATTENTION) is None
    assert await world.mails("successor") == ["parent1@home.example", "teacher@north.example"]
    assert await change.next_pairing(one) is None
    await change.after(29)
    begun = await change.next_pairing(one)
    assert begun
    assert await world.attribute(handle, STAGE) == "introduction"
    await world.begin_pairing(begun)
    await change.after(60)
    assert await handle.result() == "paired"
    assert (await world.mails("introduction"))[-2:] == ["officer2@pd.example", "parent1@home.example"]
    assert await world.story(handle) == [
        "an officer is proposed",
        "the next officer is approved",
        "the family is told",
        "round 1: a stock letter is in the pack",
        "the next pairing has begun",
        "round 2: a stock letter is in the pack",  # Too few days were left to join it.
        "over: paired",
    ]


async def test_one_that_was_terminated_comes_back_as_long_as_its_row_is_open(change: Change) -> None:
    (one,) = await change.leaves()
    handle = change.handle(one)
    await handle.terminate("somebody's mistake")
    await change.world.tell()
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await leaving.take_back(change.office, change.scope, change.world.people["o001"], by=change.by)
    await change.world.tell()
    assert await handle.result() == "taken back"
    await change.world.tell()
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED, "what has ended stays so"


async def test_without_a_reserve_the_child_waits_gets_stock_letters_and_comes_first(change: Change) -> None:
    world = change.world
    (one,) = await change.leaves()
    handle = change.handle(one)
    await change.after(30)
    assert await world.attribute(handle, STAGE) == "next officer to approve"
    assert await world.attribute(handle, ATTENTION) == "no officer is free"
    assert any("waits: no officer has a free place" in call for call in await world.calls())
    assert await world.deliveries(change.pair) == [(1, "officer", "stock", 1)]
    assert await change.audited(handle.id), "the audit knows who has put it there"
    await change.free("o003")
    await matching.make_proposal(world.office, world.scope, seed=1)
    assert await change.reserve(one) == "o003", "no other child gets the place"
    await change.approve(one)
    await eventually(lambda: change.has_begun(one), "the next pairing begins")


async def test_who_is_approved_before_the_rest_is_over_waits_it_out(change: Change) -> None:
    world = change.world
    (one,) = await change.leaves()
    handle = change.handle(one)
    await change.after(30)
    assert await world.attribute(handle, STAGE) == "next officer to approve"
    await world.admin.execute(
        "UPDATE replacement SET rest_until = rest_until + interval '10 days', version = version + 1 WHERE id = $1",
        UUID(one),
    )
    await change.free("o002")
    await matching.make_proposal(world.office, world.scope, seed=1)
    await change.approve(one)
    await change.after(32)
    events = (await handle.describe()).history_length
    await change.after(35)
    assert (await handle.describe()).history_length < events + 40, "it looks once a day"
    assert not await change.has_begun(one)
    await change.after(42)
    assert await change.has_begun(one)


async def test_after_a_rejection_another_one_is_proposed_at_once(change: Change) -> None:
    await change.free("o002", "o003")
    (one,) = await change.leaves()
    first = await change.reserve(one)
    await change.approve(one)
    await replacements.reject(change.office, change.scope, UUID(one), why="neighbours", by=change.by)
    other = {"o002": "o003", "o003": "o002"}[first or ""]
    assert await change.reserve(one) == other
    await change.world.tell()
    await eventually(lambda: change.calls(one, "an officer is proposed"), "a person is called again")


async def test_an_officer_with_three_children_is_replaced_for_all_three(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    children = [a_student(number) for number in (1, 2, 3)]
    await world.enroll(children, [an_officer(1, capacity=3), an_officer(2, capacity=0)])
    pairs = await world.pair()
    for pair in pairs:
        await world.begin_pairing(pair)
    await world.admin.execute(
        "UPDATE officer SET capacity = 2 WHERE program_id = $1 AND external_id = 'o002'", world.program.id
    )
    change = Change(world, pairs[0])
    begun = await change.leaves()
    assert len(begun) == len(pairs)
    assert sorted([await change.reserve(one) or "waits" for one in begun]) == ["o002", "o002", "waits"]


async def test_stopped_the_rest_begins_at_once_and_the_pack_holds_a_stock_letter(change: Change) -> None:
    world = change.world
    draft = await world.letter(change.pair, Side.OFFICER, 1)
    assert await world.delivered(draft)
    await leaving.stop(change.office, change.scope, world.people["o001"], by=change.by)
    (one,) = await change.under_way()
    assert await world.attribute(change.handle(one), STAGE) == "rest"
    assert "stopped" not in await world.details(change.handle(one))
    async with world.parts.database.transaction(world.scope) as connection:
        (letter,) = await deliveries.pack(connection, world.year, "5A", 1)
    assert letter.kind is DeliveryKind.STOCK
    assert await change.audited(new_officer.workflow_id(one))


async def test_a_death_in_the_farewell_ends_all_steps(change: Change) -> None:
    (one,) = await change.leaves()
    await leaving.officer_died(change.office, change.scope, change.world.people["o001"], by=change.by)
    await change.world.tell()
    assert await change.handle(one).result() == "people decide"
    assert await change.world.mails("successor") == []


async def test_taken_back_the_two_go_on_and_nobody_is_sought(change: Change) -> None:
    world = change.world
    (one,) = await change.leaves()
    await leaving.take_back(change.office, change.scope, world.people["o001"], by=change.by)
    await world.tell()
    assert await change.handle(one).result() == "taken back"
    await world.reach(world.round(1).students_due)
    assert await world.misses(change.pair) == [(1, "student")]
    (again,) = await change.leaves()
    assert again != one, "it may begin anew"


@pytest.mark.parametrize("goes", [leaving.leave, leaving.stop])
async def test_a_child_whose_leaving_was_a_mistake_is_sought_an_officer_again(
    change: Change, goes: Callable[..., Awaitable[leaving.Left]]
) -> None:
    world = change.world
    reason = [Reason.MOVED] if goes is leaving.leave else []
    await goes(change.office, change.scope, world.people["o001"], *reason, by=change.by)
    (one,) = await change.under_way()
    await moves.leave(change.office, change.scope, "s001", by=change.by)
    await change.after(2)
    assert await change.handle(one).result() == "child left"
    await moves.take_back(change.office, change.scope, "s001", by=change.by)
    (again,) = await change.under_way()
    await change.free("o002")
    await change.after(4)
    assert await change.reserve(again) == "o002"
    await world.reach(world.round(1).opens_on, 6)
    assert (1, "officer", "stock", 1) in await world.deliveries(change.pair)


async def test_an_ended_year_ends_the_search(change: Change) -> None:
    (one,) = await change.leaves()
    await change.world.reach(change.world.program.year.last_day, 18)
    assert await change.handle(one).result() == "year over"


async def test_no_child_has_two_officers_or_none_when_every_answer_is_lost(change: Change) -> None:
    """Each step's first attempt commits and dies before it is heard of."""
    world = change.world
    await leaving.stop(change.office, change.scope, world.people["o001"], by=change.by)
    await change.free("o002")
    one = str(
        await world.admin.fetchval("SELECT id FROM replacement WHERE program_id = $1", world.program.id)
    )
    async with worker_that_forgets(world) as queue:
        handle = await world.client.start_workflow(
            NewOfficer.run,
            new_officer.NewOfficerInput(world.program.id, one, change.pair),
            id=f"{new_officer.workflow_id(one)}-forgetful",
            task_queue=queue,
        )
        await world.attend(handle.id)
        await replacements.approve(change.office, change.scope, UUID(one), by=change.by)
        await change.after(29)
    officers = await world.admin.fetch(
        "SELECT officer.external_id FROM pairing JOIN officer ON officer.id = officer_id"
        " WHERE pairing.program_id = $1 AND ended_at IS NULL",
        world.program.id,
    )
    assert [row["external_id"] for row in officers] == ["o002"]
    assert await world.mails("successor") == ["parent1@home.example", "teacher@north.example"]
    assert await world.deliveries(change.pair) == [(1, "officer", "stock", 1)]


class Forgetting(Interceptor):
    """A worker that dies after the commit of each step's first attempt."""

    def __init__(self) -> None:
        self.forgotten: set[str] = set()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK's name
        return _Once(next, self.forgotten)


class _Once(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, forgotten: set[str]) -> None:
        super().__init__(following)
        self._forgotten = forgotten

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        done = await super().execute_activity(input)
        name = activity.info().activity_type
        if name not in self._forgotten:
            self._forgotten.add(name)
            raise RuntimeError("the answer was lost")
        return done


@asynccontextmanager
async def worker_that_forgets(world: World) -> AsyncIterator[str]:
    queue, steps = f"forgetful-{world.program.id}", ReplacementActivities(world.office)
    activities: list[Callable[..., Any]] = [
        steps.look_after_child,
        steps.tell_family,
        steps.put_stock_letter_meanwhile,
        steps.begin_next_pairing,
    ]
    async with Worker(
        world.client,
        task_queue=queue,
        workflows=[NewOfficer],
        activities=activities,
        workflow_runner=SANDBOX,
        interceptors=[Forgetting()],
    ):
        yield queue
