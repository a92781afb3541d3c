"""A coordinator beside another job: what needs them, answered with the keyboard."""

from bluepals.domain.letters import Side
from bluepals.facts import leaving, replacements
from bluepals.facts.office import Letterhead
from bluepals.store.endings import Reason
from tests.browser.conftest import Enter
from tests.desk.town import FIRST_ROUND, SCOPE, Town


async def test_the_next_officer_is_approved_where_the_board_asks(town: Town, screens: Enter) -> None:
    await town.delivers("noah", "Hello")
    await town.on(FIRST_ROUND)
    await town.hands_in("noah", "Dear Noah", side=Side.OFFICER)
    by = town.staff["cora"]
    await leaving.leave(town.parts.office, SCOPE, town.officers["kim"], Reason.BUSY, by=by)
    async with town.parts.office.committing(SCOPE) as connection:
        await replacements.seek(connection, await Letterhead.of(town.parts.office, connection))
    screen = await screens(scripts=False)
    await screen.enters("cora", at="board")
    looking = await screens()
    await looking.enters("cora", at="board")
    await looking.is_looked_at("board")
    await screen.presses("Approve the officer")
    assert "Nothing needs you." in await screen.reads()
