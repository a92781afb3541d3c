"""Serves the desk until told to stop (SIGTERM or SIGINT): python -m desk."""

import asyncio
import sys

import asyncpg
import uvicorn

from bluepals.settings import Settings
from desk.app import app
from service.connection import connect
from service.logs import set_up_logs
from service.parts import assembled
from service.start import SettingsWrong, settings


async def main(found: Settings) -> None:
    # Lazy: letters are taken in before Temporal is there.
    async with assembled(found, await connect(lazy=True)) as parts:
        # No access log: the paths hold the links.
        config = uvicorn.Config(
            app(parts),
            found.desk_host,
            found.desk_port,
            access_log=False,
            log_config=None,
            lifespan="off",
            server_header=False,
            forwarded_allow_ips=found.proxies,
            timeout_graceful_shutdown=20,
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    try:
        loaded = settings()
    except SettingsWrong as wrong:
        sys.exit(str(wrong))
    set_up_logs(loaded.log_format)
    try:
        asyncio.run(main(loaded))
    except (OSError, TimeoutError, asyncpg.PostgresError) as away:
        sys.exit(f"PostgreSQL does not answer ({type(away).__name__}). Check BLUEPALS_DATABASE_URL.")
