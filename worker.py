"""Serves the task queue until told to stop (SIGTERM or SIGINT), then finishes what it has begun."""

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from collections.abc import AsyncIterator

import structlog
from pydantic import ValidationError
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from bluepals.mail.sending import Postbox
from bluepals.settings import Settings
from service.connection import connect
from service.health import serve_health
from service.logs import set_up_logs
from service.parts import assembled
from service.workers import worker

log = structlog.get_logger("worker")


async def main(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    client = await connect(runtime=_runtime(settings))
    async with assembled(settings, client) as parts, _postbox(settings) as postbox:
        async with worker(parts, postbox, settings.build_id), serve_health(parts, settings.health_port):
            log.info("serving", build=settings.build_id or "unversioned")
            await stop.wait()
            log.info("stopping: no new work, what has begun is finished")
    log.info("stopped")


def _runtime(settings: Settings) -> Runtime | None:
    """The SDK's own metrics, where they are wanted."""
    if not settings.temporal_metrics_port:
        return None
    metrics = PrometheusConfig(bind_address=f"0.0.0.0:{settings.temporal_metrics_port}")  # noqa: S104 - scraped from outside
    return Runtime(telemetry=TelemetryConfig(metrics=metrics))


@asynccontextmanager
async def _postbox(settings: Settings) -> AsyncIterator[Postbox]:
    postbox = Postbox(settings.smtp)
    try:
        yield postbox
    finally:
        await postbox.close()


if __name__ == "__main__":
    try:
        loaded = Settings()
    except ValidationError as missing:
        names = ", ".join(f"BLUEPALS_{error['loc'][0]}".upper() for error in missing.errors())
        sys.exit(f"Set {names} in the environment; docs/settings.md explains each.")
    set_up_logs(loaded.log_format)
    try:
        asyncio.run(main(loaded))
    except (OSError, RuntimeError) as away:
        sys.exit(f"Temporal or PostgreSQL is not there ({type(away).__name__}). Check TEMPORAL_ADDRESS and the settings.")
