"""What both pages of the desk rest on: whom a link lets in, and what is taken from them."""

from datetime import UTC, datetime

from bluepals.facts.office import Office
from bluepals.links import Visitor
from bluepals.store import desk
from bluepals.store.database import Scope
from bluepals.store.letters import DraftRecord, NotTaken

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class NotTheirs(Exception):
    """What was asked for is not within this link, or is not there at all: a visitor can't tell which."""


async def visitor_of(office: Office, page: str, token: str) -> Visitor:
    """Raises LinkRefused. Only a signed link names the program, and only the program knows the time."""
    visitor = office.links.visitor(page, token, LONG_AGO)
    async with office.database.transaction(Scope(visitor.program)) as connection:
        now: datetime = await connection.fetchval("SELECT program_now()")
    return office.links.visitor(page, token, now)


async def refuse_what_came_before(office: Office, scope: Scope, draft: DraftRecord) -> None:
    """The same draft again is no new one: whoever sends what came back, unchanged, has to hear it.

    Raises NotTaken with a sentence.
    """
    if not draft.known:
        return
    async with office.database.transaction(scope) as connection:
        if not await desk.still_counts(connection, draft.id):
            raise NotTaken(
                "This is word for word a letter that came back or was replaced. Change it, and send it again."
            )
