"""A pair waits to be introduced as long as somebody may say no."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio.client import WorkflowHandle

from bluepals.domain.program import Policy
from bluepals.facts import declining
from tests.workflows.world import World, eventually
from workflows.search_attributes import DUE, STAGE

DAY = timedelta(days=1)


async def asking(make_world: Callable[..., World]) -> World:
    world = make_world(rounds=1, policy=Policy(declining_days=2))
    await world.enroll(stock=1)
    return world


async def test_they_are_introduced_when_the_date_is_over(make_world: Callable[..., World]) -> None:
    world = await asking(make_world)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    until = world.calendar.instant(world.program.year.first_day + 2 * DAY, 17)
    assert await world.attribute(handle, DUE) == until
    assert await world.mails("asked") == [
        "counselor@north.example",
        "officer1@pd.example",
        "parent1@home.example",
    ]
    await world.reach(until.date() - DAY)
    assert await world.mails("introduction") == []
    await world.reach(until.date())
    assert len(await world.mails("introduction")) == 2
    assert await world.attribute(handle, STAGE) == "student writes"


async def test_who_is_declined_is_never_introduced(make_world: Callable[..., World]) -> None:
    world = await asking(make_world)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await declining.decline(world.office, world.scope, UUID(pair), by=world.people["counselor"])
    await world.tell()
    assert (await handle.result()).rounds == 0
    assert await world.mails("introduction") == []


async def test_a_gate_that_closes_meanwhile_is_closed_at_the_introduction(
    make_world: Callable[..., World],
) -> None:
    world = await asking(make_world)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.set_consent(None)
    await world.reach(world.program.year.first_day + 2 * DAY)
    assert await world.mails("introduction") == []
    await world.open_gate(stock=1)
    await eventually(lambda: _writes(world, handle), "they are introduced")
    assert len(await world.mails("introduction")) == 2


async def test_who_could_decline_beyond_the_years_end_is_introduced_to_nobody(
    make_world: Callable[..., World],
) -> None:
    world = await asking(make_world)
    year = await world.begin_year()
    await world.reach(world.program.year.last_day - DAY)
    (pair,) = await world.pair()
    await world.tell()
    handle = await world.attend_pairing(pair)
    await world.reach(world.program.year.last_day, 18)
    await year.result()
    assert (await handle.result())["rounds"] == 0, "it does not wait for days that are not the year's"
    assert await world.mails("introduction") == []


async def test_a_worker_that_was_away_over_the_years_end_introduces_nobody(
    make_world: Callable[..., World],
) -> None:
    world = await asking(make_world)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.turn_clock(world.calendar.instant(world.program.year.last_day, 18))
    await world.attend(handle.id)
    assert (await handle.result()).rounds == 0
    assert await world.mails("introduction") == []


async def _writes(world: World, handle: WorkflowHandle[Any, Any]) -> bool:
    return bool(await world.attribute(handle, STAGE) == "student writes")


async def test_who_is_declined_before_the_workflow_began_is_over_all_the_same(
    make_world: Callable[..., World],
) -> None:
    world = await asking(make_world)
    await world.begin_year()
    (pair,) = await world.pair()
    await declining.decline(world.office, world.scope, UUID(pair), by=world.people["counselor"])
    await eventually(lambda: _all_answered(world), "nothing is told for ever")
    assert await world.mails("introduction") == []


async def _all_answered(world: World) -> bool:
    """What was not answered is told again after a pause."""
    await world.turn_clock(world.now + timedelta(minutes=1))
    await world.tell()
    return None not in await world.answers("dates_changed")
