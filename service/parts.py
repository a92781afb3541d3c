"""The service's parts, put together once from the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from temporalio.client import Client

from activities.tells import Teller
from bluepals.facts.office import Office
from bluepals.links import Links
from bluepals.pager import LogPager, Pager, pager
from bluepals.settings import Settings, SignOnSettings
from bluepals.store.content import Keyring
from bluepals.store.database import Database
from service.bell import Bell


@dataclass(frozen=True)
class Parts:
    """What an edge or a worker works with."""

    client: Client
    database: Database
    office: Office
    teller: Teller
    bell: Bell
    pager: Pager = field(default_factory=LogPager)
    sign_on: SignOnSettings = field(default_factory=SignOnSettings)


@asynccontextmanager
async def assembled(settings: Settings, client: Client) -> AsyncIterator[Parts]:
    async with Database.connected(settings.database_url) as database:
        bell = Bell(client)
        office = Office(
            database=database,
            keyring=Keyring.parse(settings.master_keys.get_secret_value()),
            links=Links(settings.link_key.get_secret_value(), settings.desk_url),
            from_address=settings.smtp.from_address,
            ring=bell.ring,
            single_sign_on=settings.sign_on.is_on,
        )
        yield Parts(
            client,
            database,
            office,
            Teller(client, database),
            bell,
            pager(settings.pager_url),
            settings.sign_on,
        )
        await bell.quiet()
