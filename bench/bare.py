"""The least that a pairing's year can be: as many updates, activities and deadlines, and nothing in them.

Served on the same queue and in the same sandbox as the real workflows: python -m bench.bare
"""

import asyncio
import signal
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from service.connection import connect
    from service.workers import SANDBOX
    from workflows.options import TRANSACTION
    from workflows.queue import TASK_QUEUE
    from workflows.search_attributes import DUE, ROUND, STAGE

AHEAD = timedelta(days=200)  # No deadline passes before the letter is there.


@dataclass(frozen=True)
class BareInput:
    """`shown`: it says in search attributes where it stands, as often as a real one."""

    letters: int
    shown: bool


@dataclass(frozen=True)
class BareLetter:
    """As much as a real letter's fact says."""

    draft_id: str
    hash: str
    verdict: str
    round_number: int
    side: str


@activity.defn
async def nothing(_: BareLetter) -> BareLetter:
    return _


@workflow.defn
class Hears:
    """Nothing but Updates, as many as it was told."""

    def __init__(self) -> None:
        self._heard = 0

    @workflow.run
    async def run(self, updates: int) -> None:
        await workflow.wait_condition(lambda: self._heard == updates)

    @workflow.update
    def letter_decided(self, _: BareLetter) -> str:
        self._heard += 1
        return "taken"


@workflow.defn
class Bare:
    @workflow.init
    def __init__(self, start: BareInput) -> None:
        self._start = start
        self._told: list[BareLetter] = []

    @workflow.run
    async def run(self, _: BareInput) -> None:
        """Introduced; each letter released; visit; farewell; closed."""
        await self._do_nothing(BareLetter("", "", "", 0, ""))
        for letter in range(self._start.letters):
            self._enter(letter)
            await workflow.wait_condition(lambda: bool(self._told), timeout=AHEAD)
            await self._do_nothing(self._told.pop(0))
        for ending in range(2):
            self._enter(self._start.letters + ending)
            await workflow.sleep(AHEAD)
        self._enter(self._start.letters + 2)
        await self._do_nothing(BareLetter("", "", "", 0, ""))

    @workflow.update
    def letter_decided(self, letter: BareLetter) -> str:
        self._told.append(letter)
        return "taken"

    def _enter(self, step: int) -> None:
        if self._start.shown:
            workflow.upsert_search_attributes(
                [STAGE.value_set(f"step {step}"), ROUND.value_set(step), DUE.value_set(workflow.now())]
            )

    async def _do_nothing(self, letter: BareLetter) -> None:
        await workflow.execute_activity(nothing, letter, **TRANSACTION)


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Worker(
        await connect(),
        task_queue=TASK_QUEUE,
        workflows=[Bare, Hears],
        activities=[nothing],
        workflow_runner=SANDBOX,
    ):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
