"""What the pages of the desk rest on: what is not for a visitor, and what is taken from them."""

from bluepals.facts.office import Office
from bluepals.store import desk
from bluepals.store.database import Scope
from bluepals.store.letters import DraftRecord, NotTaken


class NotTheirs(Exception):
    """What was asked for is not this visitor's, or is not there at all: a visitor can't tell which."""


class PageClosed(Exception):
    """This page is not for this visitor, or not any more; the message says so."""


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
