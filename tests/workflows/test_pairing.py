"""A pairing's year, as it is told to a newcomer: what happens when, and what follows from a miss."""

from bluepals.domain.letters import Side
from tests.workflows.world import World
from workflows.search_attributes import STAGE


async def test_letters_on_time_go_to_the_other_side_and_into_the_pack(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    for number in (1, 2):
        await world.letter(pair, Side.STUDENT, number)
        await world.reach(world.round(number).students_due)
        await world.letter(pair, Side.OFFICER, number)
        await world.reach(world.round(number).opens_on)
    assert await world.deliveries(pair) == [
        (1, "student", "letter", None),
        (1, "officer", "letter", 1),
        (2, "student", "letter", None),
        (2, "officer", "letter", 2),
    ]
    await world.reach(world.program.year.last_day)
    closed = await handle.result()
    assert closed.rounds == 2
    assert await world.misses(pair) == []
    assert await world.attribute(handle, STAGE) == "closed"
