"""The outbox's bell: whether Temporal has heard it, for whoever has rung."""

from service.bell import Bell, all_heard, listening
from service.connection import connect
from tests.workflows.world import World

NOBODY_LISTENS = "127.0.0.1:1"


async def test_it_is_heard_where_temporal_is(world: World) -> None:
    bell = Bell(world.client)
    with listening() as rung:
        bell.ring(world.program.id)
        bell.ring(world.program.id)
    assert len(rung) == 1, "many commits are one ring"
    assert await all_heard(rung)


async def test_it_is_not_heard_while_temporal_is_away_and_nothing_breaks() -> None:
    bell = Bell(await connect(target_host=NOBODY_LISTENS, lazy=True))
    with listening() as rung:
        bell.ring("stl")
    assert not await all_heard(rung)
    await bell.quiet()


async def test_who_has_rung_nothing_waits_for_nobody() -> None:
    bell = Bell(await connect(target_host=NOBODY_LISTENS, lazy=True))
    bell.ring("stl")
    with listening() as rung:
        assert await all_heard(rung)
    await bell.quiet()
