"""The heartbeats of long work end with it."""

import asyncio
from contextlib import suppress

import pytest
from temporalio.testing import ActivityEnvironment

from activities.heartbeats import heartbeats


@pytest.mark.parametrize("fails", [False, True])
async def test_they_begin_at_once_and_nothing_beats_on_when_the_work_is_done_or_has_failed(
    fails: bool,
) -> None:
    beats: list[str] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *_: beats.append("beat")

    async def work() -> None:
        async with heartbeats():
            await asyncio.sleep(0)
            if fails:
                raise LookupError

    before = asyncio.all_tasks()
    with suppress(LookupError):
        await environment.run(work)
    assert beats == ["beat"]
    assert asyncio.all_tasks() == before
