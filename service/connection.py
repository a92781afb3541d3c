"""The connection to Temporal: the SDK's own environment (TEMPORAL_ADDRESS, ...), and what every activity has around it."""

from typing import Any

import asyncpg
import structlog
import temporalio.client
import temporalio.worker
from temporalio import activity
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

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
            except asyncpg.PostgresError as error:
                # Its own words repeat the row: names, addresses. A failure is kept in a history and in the logs.
                raise ApplicationError(_without_values(error), type=type(error).__name__) from None


def _without_values(error: asyncpg.PostgresError) -> str:
    where = error.constraint_name or error.table_name or ""
    return f"PostgreSQL: {type(error).__name__} {error.sqlstate} {where}".strip()
