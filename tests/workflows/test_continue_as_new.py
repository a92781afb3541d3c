"""Long histories are cut: what a workflow knows goes along, and nobody who asks notices."""

from typing import Any

from temporalio.client import WorkflowHandle

from bluepals.domain.letters import Side
from bluepals.facts import matching
from tests.workflows.test_assignment import Matching, begin, by_coordinator, enroll, open_pairs
from tests.workflows.world import Served, World, a_program, eventually
from workflows.assignment import Assignment


async def _runs(handle: WorkflowHandle[Any, Any]) -> bool:
    """Whether it is another run than the one that was started."""
    return (await handle.describe()).run_id != handle.first_execution_run_id


async def test_a_pairing_goes_on_with_its_letters_and_its_story(short_histories: Served) -> None:
    world = World(short_histories, a_program("long", rounds=6))
    await world.enroll(stock=2)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    draft = await world.letter(pair, Side.STUDENT, 1)
    for number in range(1, 7):
        await world.exchange(pair, number)
    assert await _runs(handle), "otherwise this proves nothing"
    fact = world.unpacked(await world.admin.fetchval("SELECT body FROM tell WHERE key = $1", str(draft.id)))
    assert await handle.execute_update("letter_decided", fact, result_type=str) == "known"
    assert len(await world.story(handle)) == 13
    await world.reach(world.program.year.last_day)
    assert (await world.client.get_workflow_handle(handle.id).result())["rounds"] == 6
    assert len(await world.deliveries(pair)) == 12


async def test_a_matching_keeps_what_is_open_and_what_was_rejected(short_histories: Served) -> None:
    world = World(short_histories, a_program("often"))
    await enroll(world, 2, 3)
    handle = await begin(world)
    rejected, open_pair = await open_pairs(world)
    await matching.give_reason(world.office, world.scope, [rejected], "they know each other")
    await handle.execute_update(Assignment.reject_pairs, by_coordinator(world, rejected))
    latest: Matching = world.client.get_workflow_handle_for(Assignment.run, handle.id)

    async def cut() -> bool:
        await latest.execute_update(Assignment.approve_pairs, by_coordinator(world, rejected))
        return await _runs(handle)

    await eventually(cut, "a continue-as-new")
    await latest.execute_update(Assignment.approve_pairs, by_coordinator(world, open_pair))

    async def matched_again() -> bool:
        return len(await open_pairs(world)) == 1

    await eventually(matched_again, "the rejected pair's child has a new proposal")
