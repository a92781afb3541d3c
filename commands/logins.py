"""Who plays which part in the programs on a machine, and how to be let in as them: for `demo` and `dev`."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg

from bluepals.domain.people import Role
from bluepals.facts import doors
from bluepals.facts.office import Office
from bluepals.links import DeskPage
from bluepals.store import people
from bluepals.store.database import Scope

LOOK_AGAIN = 0.5  # seconds
GUARDIAN = "guardian"
PARTS = {*Role, "officer", GUARDIAN}


async def logins(office: Office, admin: asyncpg.Connection, mails: str) -> AsyncIterator[str]:
    """A line for each part, as soon as somebody plays it. A link lets staff and officers in, once; a family asks for a mail.

    It ends when there is a program, and each part of all of them is told. `admin` is a superuser, who sees all programs;
    `mails` is the page that shows what was sent.
    """
    told: dict[str, set[str]] = {}
    while not told or any(parts != PARTS for parts in told.values()):
        for row in await admin.fetch("SELECT id FROM program ORDER BY id"):
            known = told.setdefault(row["id"], set())
            for part, person in (await _players(office, row["id"])).items():
                if part not in known:
                    known.add(part)
                    yield f"{part:<16} {person}: {await _way_in(office, row['id'], part, person, mails)}"
        await asyncio.sleep(LOOK_AGAIN)


async def _players(office: Office, program: str) -> dict[str, str]:
    async with office.database.transaction(Scope.whole(program)) as connection:
        players = await people.one_of_each_part(connection)
        family = await people.address_of_a_family(connection)
        return players if family is None else {**players, GUARDIAN: family}


async def _way_in(office: Office, program: str, part: str, person: str, mails: str) -> str:
    if part == GUARDIAN:
        return f"{office.links.page(program, DeskPage.FAMILY)} sends a code, which is at {mails}"
    return await doors.link_for(office, program, person)
