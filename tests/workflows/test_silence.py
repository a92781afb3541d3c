"""A pairing shows the silence of a side, and that a person is needed, until the next letter."""

from typing import Any

from temporalio.client import WorkflowHandle

from bluepals.domain.letters import Side
from bluepals.domain.silence import Rung
from tests.workflows.world import World, eventually
from workflows.api.pairing import RungReached
from workflows.search_attributes import ATTENTION


async def reach(handle: WorkflowHandle[Any, Any], rung: Rung) -> str:
    fact = RungReached(Side.OFFICER, rung, "2027-03-01")
    answer: str = await handle.execute_update("rung_reached", fact, result_type=str)
    return answer


async def test_who_looks_for_what_needs_a_person_finds_it_until_the_next_letter(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    assert await reach(handle, Rung.TO_DECIDE) == "taken"
    line = "officer silent: to decide on 2027-03-01"
    assert await world.attribute(handle, ATTENTION) == line
    assert await reach(handle, Rung.TO_DECIDE) == "known"
    await world.letter(pair, Side.OFFICER, 1)
    await eventually(lambda: _needs_nobody(world, handle), "the letter has ended it")
    assert line in await world.story(handle)


async def test_what_needs_no_coordinator_is_only_told(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await reach(handle, Rung.KIND_WORD)
    assert await world.attribute(handle, ATTENTION) is None
    assert "officer silent: kind word on 2027-03-01" in await world.story(handle)


async def _needs_nobody(world: World, handle: WorkflowHandle[Any, Any]) -> bool:
    return await world.attribute(handle, ATTENTION) is None
