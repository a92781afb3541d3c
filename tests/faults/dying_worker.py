"""A worker for the search for a next officer that is killed: `dying_worker.py TEMPORAL DATABASE_URL QUEUE [ACTIVITY]`.

SIGKILL comes when that activity has committed and nobody has heard of it; without one, the worker lives.
"""

import asyncio
import os
import signal
import sys
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor, Worker

from activities.replacements import ReplacementActivities
from bluepals.store.database import Database
from service.connection import connect
from service.workers import SANDBOX
from tests.workflows.world import parts_of
from workflows.new_officer import NewOfficer


class Dying(Interceptor):
    def __init__(self, last_act: str) -> None:
        self._last_act = last_act

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK's name
        return _DiesAfter(next, self._last_act)


class _DiesAfter(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, last_act: str) -> None:
        super().__init__(following)
        self._last_act = last_act

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        done = await super().execute_activity(input)
        if activity.info().activity_type == self._last_act:
            os.kill(os.getpid(), signal.SIGKILL)
        return done


async def live(temporal: str, url: str, queue: str, last_act: str) -> None:
    client = await connect(target_host=temporal)
    async with Database.connected(url, size=4) as database:
        acts = ReplacementActivities(parts_of(client, database, lambda _: None).office)
        await Worker(
            client,
            task_queue=queue,
            workflows=[NewOfficer],
            activities=[
                acts.look_after_child,
                acts.tell_family,
                acts.put_stock_letter_meanwhile,
                acts.begin_next_pairing,
            ],
            workflow_runner=SANDBOX,
            interceptors=[Dying(last_act)],
        ).run()


if __name__ == "__main__":
    asyncio.run(live(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4] if len(sys.argv) > 4 else ""))
