"""Many pairings' years at once: started, told of each letter in turn, moved past their end."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.client import Client

from activities.starting import keywords
from bench.bare import AHEAD, Bare, BareInput, BareLetter
from bench.program import LETTERS, Pairs
from bluepals.domain.program import Program
from bluepals.store.database import Scope
from rehearsal.clock import VirtualClock
from service.parts import Parts
from workflows.api import pairing
from workflows.pairing import Pairing
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import PROGRAM_YEAR, SCHOOL

AT_ONCE = 24
AN_HOUR = timedelta(hours=1)  # until the last of them has begun
# The worker is about to act again.
UNDER_WAY = (
    "activity_task_completed_event_attributes",
    "workflow_task_scheduled_event_attributes",
    "workflow_task_started_event_attributes",
)
PATIENCE = 30.0  # seconds
# What moving a clock leaves in a history; a year without a virtual clock has none of it.
OF_THE_CLOCK = (
    "workflow_execution_options_updated_event_attributes",
    "workflow_execution_time_skipping_transitioned_event_attributes",
)


@dataclass(frozen=True)
class Years:
    """The same for both kinds. `tell`: the n-th workflow hears of its m-th letter."""

    ids: Sequence[str]
    start: Callable[[int], Awaitable[object]]
    tell: Callable[[int, int], Awaitable[object]]
    closes: datetime


@dataclass(frozen=True)
class Size:
    events: int
    bytes: int


def real(parts: Parts, program: Program, pairs: Pairs) -> Years:
    ids = [pairing.workflow_id(str(one)) for one in pairs.pairings]
    scope = Scope.whole(program.id)
    school = program.schools[0].id
    of_the_school = keywords({SCHOOL.name: school, PROGRAM_YEAR.name: program.program_year_id(school)})

    async def start(number: int) -> object:
        argument = pairing.PairingInput(program.id, str(pairs.pairings[number]), pairs.closes.isoformat())
        return await parts.client.start_workflow(
            Pairing.run, argument, id=ids[number], task_queue=TASK_QUEUE, search_attributes=of_the_school
        )

    async def tell(number: int, letter: int) -> object:
        return await parts.teller.tell(scope, pairs.tells[number][letter])

    return Years(ids, start, tell, pairs.closes)


def bare(client: Client, count: int, *, shown: bool = False) -> Years:
    ids = [f"bare-{uuid4()}" for _ in range(count)]

    async def start(number: int) -> object:
        return await client.start_workflow(
            Bare.run, BareInput(LETTERS, shown), id=ids[number], task_queue=TASK_QUEUE
        )

    async def tell(number: int, letter: int) -> object:
        fact = BareLetter(str(uuid4()), "0" * 64, "approve", letter // 2 + 1, "student")
        return await client.get_workflow_handle(ids[number]).execute_update(Bare.letter_decided, fact)

    return Years(ids, start, tell, datetime.now(UTC) + 2 * AHEAD + AN_HOUR)


async def begin(client: Client, years: Years) -> None:
    """All of them, until each waits for its first letter."""
    numbers = range(len(years.ids))
    await _side_by_side(years.start(number) for number in numbers)
    await _side_by_side(_has_done(client, years.ids[number], activities=1) for number in numbers)


async def live(years: Years, clock: VirtualClock) -> None:
    """From the first start to the last close; wave by wave, so that each letter is released before the next comes."""
    numbers = range(len(years.ids))
    await _side_by_side(years.start(number) for number in numbers)
    for letter in range(LETTERS):
        await _side_by_side(years.tell(number, letter) for number in numbers)
    closed = await clock.move(years.ids, years.closes)
    assert len(closed) == len(years.ids)  # noqa: S101 - what is not over can't be measured


async def live_slowly(client: Client, years: Years, clock: VirtualClock) -> Size:
    """One year, undisturbed: each letter is released before the next comes, as weeks would have it. Its history's size."""
    await years.start(0)
    for letter in range(LETTERS):
        await _has_done(client, years.ids[0], activities=letter + 1)
        await years.tell(0, letter)
    await _has_done(client, years.ids[0], activities=LETTERS + 1)
    await clock.move(years.ids[:1], years.closes)
    return await _size(client, years.ids[0])


async def _has_done(client: Client, workflow_id: str, activities: int) -> None:
    handle = client.get_workflow_handle(workflow_id)
    async with asyncio.timeout(PATIENCE):
        while True:
            events = (await handle.fetch_history()).events
            last = [event.WhichOneof("attributes") for event in events][-1]
            done = sum(event.HasField("activity_task_completed_event_attributes") for event in events)
            if done == activities and last not in UNDER_WAY:
                return
            await asyncio.sleep(0.02)


async def _side_by_side(work: Iterable[Awaitable[object]]) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(task: Awaitable[object]) -> None:
        async with places:
            await task

    await asyncio.gather(*(one(task) for task in work))


async def _size(client: Client, workflow_id: str) -> Size:
    """Of a history, without what its virtual clock left there."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    own = [event for event in history.events if event.WhichOneof("attributes") not in OF_THE_CLOCK]
    return Size(len(own), sum(event.ByteSize() for event in own))
