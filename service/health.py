"""The worker's health and metrics, for whoever watches over it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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


@asynccontextmanager
async def serve_health(parts: Parts, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(_app(parts), "0.0.0.0", port, log_level="warning", lifespan="off"))  # noqa: S104 - probed from outside
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _app(parts: Parts) -> Starlette:
    async def health(_: Request) -> Response:
        """200 while Temporal and PostgreSQL answer; 503 says which does not."""
        try:
            await parts.client.service_client.check_health()
        except RPCError:
            return PlainTextResponse("Temporal does not answer\n", 503)
        try:
            async with parts.database.transaction(Scope("none")) as connection:
                await connection.fetchval("SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return PlainTextResponse("PostgreSQL does not answer\n", 503)
        return PlainTextResponse("ok\n")

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/health", health), Route("/metrics", metrics)])
