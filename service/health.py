"""The worker's health and metrics, for whoever watches over it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import asyncpg
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from temporalio.service import RPCError

from bluepals.store.database import Scope
from service.parts import Parts

PATIENCE = 3.0  # seconds; a probe that waits longer is a probe that failed


class PortTaken(Exception):
    """Something else listens where health is to be served; the message says where."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the worker's: it answers probes until all that it began is finished."""
        yield


@asynccontextmanager
async def serve_health(parts: Parts, port: int) -> AsyncIterator[None]:
    """/health and /metrics while the block runs. Raises PortTaken."""
    try:
        listening = socket.create_server(("0.0.0.0", port))  # noqa: S104 - probed from outside
    except OSError:
        raise PortTaken(f"Port {port} is in use. Set BLUEPALS_HEALTH_PORT to a free one.") from None
    config = uvicorn.Config(
        _app(parts),
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _app(parts: Parts) -> Starlette:
    async def health(_: Request) -> Response:
        """200 while Temporal and PostgreSQL answer; 503 says which does not."""
        if not await _temporal_answers(parts):
            return PlainTextResponse("Temporal does not answer\n", 503)
        if not await _postgres_answers(parts):
            return PlainTextResponse("PostgreSQL does not answer\n", 503)
        return PlainTextResponse("ok\n")

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/health", health), Route("/metrics", metrics)])


async def _temporal_answers(parts: Parts) -> bool:
    try:
        return await parts.client.service_client.check_health(timeout=timedelta(seconds=PATIENCE))
    except RPCError:
        return False


async def _postgres_answers(parts: Parts) -> bool:
    try:
        async with asyncio.timeout(PATIENCE), parts.database.transaction(Scope("none")) as connection:
            await connection.fetchval("SELECT 1")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True
