"""The least that a page with one query can be, served as the desk is: python -m bench.plain_page PORT."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bluepals.settings import Settings
from stack.ports import LOOPBACK

POOL = 10  # connections, as the desk has


@asynccontextmanager
async def _pool(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(Settings().database_url, max_size=POOL) as app.state.pool:
        yield


async def _page(request: Request) -> Response:
    now = await request.app.state.pool.fetchval("SELECT now()")
    return HTMLResponse(f"<!doctype html><title>Plain</title><p>{now}</p>")


async def _health(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def main(port: int) -> None:
    plain = Starlette(routes=[Route("/", _page), Route("/health", _health)], lifespan=_pool)
    config = uvicorn.Config(plain, LOOPBACK, port, access_log=False, log_config=None, server_header=False)
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main(int(sys.argv[1]))
