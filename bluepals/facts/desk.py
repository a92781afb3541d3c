"""What the pages of the desk rest on: what is not for a visitor, and what is taken from them."""

from uuid import UUID

from bluepals.domain.letters import ScannedLetter, Side
from bluepals.domain.refusals import Worded
from bluepals.domain.sentences import Sentence
from bluepals.facts import letters
from bluepals.facts.office import Office
from bluepals.store import desk
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import DraftRecord, Handed, NotTaken


class NotTheirs(Exception):
    """What was asked for is not this visitor's, or is not there at all: a visitor can't tell which."""


class PageClosed(Worded):
    """This page is not for this visitor, or not any more; the message says so."""


async def hand_in_after(
    office: Office,
    scope: Scope,
    shown: int,
    *,
    pairing_id: UUID,
    round_number: int,
    side: Side,
    handed: Handed,
) -> DraftRecord:
    """From a page that showed the draft of this number; 0: it showed none. All or nothing. Raises NotTaken with a sentence."""
    async with office.committing(scope) as connection:
        draft = await letters.take_in(
            office,
            connection,
            scope.program,
            pairing_id=pairing_id,
            round_number=round_number,
            side=side,
            handed=handed,
        )
        if draft.known:
            await _refuse_what_came_before(connection, draft)
        elif draft.number != shown + 1:
            raise NotTaken(_newer_than_shown(handed))
        return draft


async def _refuse_what_came_before(connection: Connection, draft: DraftRecord) -> None:
    """The same draft again is no new one: whoever sends what came back, unchanged, has to hear it."""
    if not await desk.still_counts(connection, draft.id):
        raise NotTaken(
            "This is word for word a letter that came back or was replaced. Change it, and send it again."
        )


def _newer_than_shown(handed: Handed) -> Sentence:
    """Nobody replaces a letter that they have not seen."""
    if isinstance(handed.letter, ScannedLetter):
        return Sentence(
            "A newer letter has come in since you opened this page, so yours was not taken and the newer one stays."
            " If yours is to take its place, choose your pages again and send them."
        )
    return Sentence(
        "A newer letter has come in since you opened this page, so yours was not taken and the newer one stays."
        " If yours is to take its place, send it again: it is still in the box below."
    )
