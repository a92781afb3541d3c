"""The connection to Temporal: the SDK's own environment (TEMPORAL_ADDRESS, ...), and what every activity has around it."""

from typing import Any

import structlog
import temporalio.client
import temporalio.worker
from temporalio import activity
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.failures import without_values

HERE = "127.0.0.1:7233"  # unless TEMPORAL_ADDRESS says otherwise


async def connect(**override: Any) -> Client:
    """Raises RuntimeError when the server can't be reached."""
    config = {"target_host": HERE, **ClientConfig.load_client_connect_config(), **override}
    return await Client.connect(**config, interceptors=[AroundActivities()])


class AroundActivities(temporalio.client.Interceptor, temporalio.worker.Interceptor):
    """Log lines say which workflow, run and activity they come from; failures say nothing about people."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK's name
        return _Around(next)


class _Around(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        info = activity.info()
        with structlog.contextvars.bound_contextvars(
            workflow=info.workflow_id,
            run=info.workflow_run_id,
            activity=info.activity_type,
            attempt=info.attempt,
        ):
            try:
                return await super().execute_activity(input)
            except Exception as error:  # noqa: BLE001 - it goes on, without the values of rows: histories and logs keep it
                raise without_values(error).with_traceback(error.__traceback__) from None
