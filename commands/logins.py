"""Who plays which part in the programs on a machine, and how to be let in as them: for `demo` and `dev`."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg

from bluepals.facts import doors
from bluepals.facts.office import Office
from bluepals.links import DeskPage
from bluepals.store import people
from bluepals.store.database import Scope

LOOK_AGAIN = 0.5  # seconds


async def logins(office: Office, admin: asyncpg.Connection, mails: str) -> AsyncIterator[str]:
    """A line for each part, with somebody who plays it. A link lets staff and officers in, once; a family asks for a mail.

    Where there is no program yet, as soon as one has come in. `admin` is a superuser, who sees all programs; `mails` is
    the page that shows what was sent.
    """
    while not (programs := await admin.fetch("SELECT id FROM program ORDER BY id")):  # noqa: ASYNC110 - the event is in the database
        await asyncio.sleep(LOOK_AGAIN)
    for row in programs:
        program = row["id"]
        async with office.database.transaction(Scope.whole(program)) as connection:
            players = await people.one_of_each_part(connection)
            family = await people.address_of_a_family(connection)
        for part, person in players.items():
            yield f"{part:<16} {person}: {await doors.link_for(office, program, person)}"
        if family is not None:
            page = office.links.page(program, DeskPage.FAMILY)
            yield f"{'guardian':<16} {family}: {page} sends a code, which is at {mails}"
