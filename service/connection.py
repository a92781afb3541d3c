"""The connection to Temporal: the SDK's own environment (TEMPORAL_ADDRESS, ...), and logs that know where they come from."""

from typing import Any

import structlog
import temporalio.client
import temporalio.worker
from temporalio import activity
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput


async def connect(**override: Any) -> Client:
    """Raises RuntimeError when the server can't be reached."""
    config = {**ClientConfig.load_client_connect_config(), **override}
    return await Client.connect(**config, interceptors=[LogContext()])


class LogContext(temporalio.client.Interceptor, temporalio.worker.Interceptor):
    """Binds workflow, run and activity to every log line of an activity."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the SDK's name
        return _Bound(next)


class _Bound(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        info = activity.info()
        with structlog.contextvars.bound_contextvars(
            workflow=info.workflow_id,
            run=info.workflow_run_id,
            activity=info.activity_type,
            attempt=info.attempt,
        ):
            return await super().execute_activity(input)
