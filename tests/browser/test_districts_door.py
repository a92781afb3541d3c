"""The door of a district that has single sign-on, on a day on which its sign-in is away."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from stack.postgres import PostgresServer
from tests.browser.conftest import Enter, served_town
from tests.desk.district.people import CLIENT, SECRET
from tests.desk.town import NOBODY_LISTENS, PROGRAM, Town


@pytest.fixture
async def town(chromium: Browser, postgres: PostgresServer, begun_town: str) -> AsyncIterator[Town]:
    sign_on = {"issuer": f"http://{NOBODY_LISTENS}/o", "client_id": CLIENT, "client_secret": SECRET}
    async with served_town(postgres, begun_town, sign_on=sign_on) as town:
        yield town


async def test_the_door_says_whose_it_is_and_what_to_do_when_it_does_not_open(
    town: Town, screens: Enter
) -> None:
    screen = await screens()
    await screen.page.goto(f"/{PROGRAM.id}/enter?lang=es")
    await screen.is_looked_at("enter-district-spanish")
    await screen.presses("English")
    await screen.is_looked_at("enter-district")
    await screen.presses("Enter with the district")
    assert "The district's sign-in does not answer right now." in await screen.reads()
    await screen.is_looked_at("enter-refused")
    await screen.presses("Enter")
    assert "Everybody else" in await screen.reads()
