"""A child changes schools: the same workflow goes on, by the new school's calendar and under its name."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from temporalio.client import WorkflowHandle

from bluepals.domain.letters import Side
from bluepals.domain.program import School
from bluepals.facts import moves
from tests.workflows.world import World, eventually
from workflows.search_attributes import PROGRAM_YEAR, SCHOOL


async def test_a_transfer_in_mid_round_loses_nothing(make_world: Callable[..., World]) -> None:
    world = make_world(rounds=2)
    world.program = replace(
        world.program, schools=(*world.program.schools, School("south", "South School", ("pd",)))
    )
    await world.enroll(stock=2)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.letter(pair, Side.STUDENT, 1)
    await world.reach(world.round(1).students_due)
    await moves.transfer(world.office, world.scope, "s001", school="south", class_name="5C")
    await world.tell()
    await eventually(lambda: _is_of(world, handle, "south"), "its school is another one")
    assert await world.attribute(handle, PROGRAM_YEAR) == world.program.program_year_id("south")
    await world.reach(world.round(1).opens_on, 6)
    assert await world.deliveries(pair) == [(1, "student", "letter", None), (1, "officer", "stock", 1)]
    await world.reach(world.program.year.last_day)
    assert (await handle.result()).rounds == 2


async def _is_of(world: World, handle: WorkflowHandle[Any, Any], school: str) -> bool:
    return bool(await world.attribute(handle, SCHOOL) == school)
