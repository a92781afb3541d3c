"""Serves the task queue until told to stop (SIGTERM or SIGINT), then finishes what it has begun."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from bluepals.mail.sending import Postbox
from bluepals.settings import Settings
from service.connection import connect
from service.health import PortTaken, serve_health
from service.logs import set_up_logs
from service.parts import assembled
from service.start import SettingsWrong, settings
from service.workers import worker

log = structlog.get_logger("worker")


class TemporalAway(Exception):
    """The server can't be reached."""


async def main(service: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with (
        assembled(service, await _temporal(service)) as parts,
        _postbox(service) as postbox,
        serve_health(parts, service.health_port),  # Until all is finished: it stops last.
        worker(parts, postbox, service.build_id),
    ):
        log.info("serving", build=service.build_id or "unversioned")
        await stop.wait()
        log.info("stopping: no new work, what has begun is finished")
    log.info("stopped")


async def _temporal(service: Settings) -> Client:
    try:
        return await connect(runtime=_runtime(service))
    except RuntimeError:  # The SDK's own for a server that can't be reached.
        raise TemporalAway from None


def _runtime(service: Settings) -> Runtime:
    """The SDK's own log lines go where ours go; its metrics are served where they are wanted."""
    port = service.temporal_metrics_port
    return Runtime(
        telemetry=TelemetryConfig(
            logging=LoggingConfig(
                TelemetryFilter(core_level="WARN", other_level="ERROR"),
                forwarding=LogForwardingConfig(logging.getLogger("temporalio.core")),
            ),
            metrics=PrometheusConfig(bind_address=f"0.0.0.0:{port}") if port else None,
        )
    )


@asynccontextmanager
async def _postbox(service: Settings) -> AsyncIterator[Postbox]:
    postbox = Postbox(service.smtp)
    try:
        yield postbox
    finally:
        await postbox.close()


if __name__ == "__main__":
    try:
        loaded = settings()
        set_up_logs(loaded.log_format)
        asyncio.run(main(loaded))
    except (SettingsWrong, PortTaken) as wrong:
        sys.exit(str(wrong))
    except TemporalAway:
        sys.exit("Temporal does not answer. Check that it runs, and TEMPORAL_ADDRESS.")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        sys.exit("PostgreSQL does not answer. Check that it runs and is migrated, and BLUEPALS_DATABASE_URL.")
