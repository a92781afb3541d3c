"""Pages that belong to nobody's usual day: a no to a pair, a letter that was read and worries, a step that asks to enter again, a dead end."""

from datetime import timedelta

import pytest

from bluepals.domain.cases import Concern
from bluepals.facts.declining import Decliner
from tests.browser.conftest import Enter
from tests.desk.test_attests import stopped_after_reading
from tests.desk.test_counsel import a_case
from tests.desk.test_declines import not_introduced, path
from tests.desk.town import PROGRAM, Town


@pytest.mark.parametrize("decliner", Decliner)
async def test_a_pair_is_declined_by_its_link(town: Town, screens: Enter, decliner: Decliner) -> None:
    await not_introduced(town)
    screen = await screens(scripts=False)
    await screen.page.goto(path(town, decliner))
    looking = await screens()
    await looking.page.goto(path(town, decliner))
    await looking.is_looked_at(decliner)
    await screen.presses("introduce them")
    assert "Thank you." in await screen.reads()


async def test_whoever_has_read_a_letter_of_suspected_harm_is_asked_for_their_word(
    town: Town, screens: Enter
) -> None:
    await a_case(town, Concern.HARM, "My uncle hits me.")
    screen = await screens()
    await screen.enters("mo", at="cases")
    await screen.is_looked_at("cases")


async def test_what_is_not_there_says_so(town: Town, screens: Enter) -> None:
    screen = await screens()
    await screen.page.goto(f"/{PROGRAM.id}/nothing/here")
    await screen.is_looked_at("not-there")
    assert "There is no such page." in await screen.reads()


async def test_what_matters_asks_to_enter_again(town: Town, screens: Enter) -> None:
    screen = await screens()
    await screen.page.goto(f"/{PROGRAM.id}/pals")
    await screen.writes("E-mail address", "sam@city.example")
    await screen.presses("Send me a mail")
    await screen.writes("Code of six digits", await town.mailed_code("sam@city.example"))
    await screen.goes_to("emember")
    await screen.page.keyboard.press("Space")
    await screen.presses("Enter")
    await town.on((town.now + timedelta(days=30)).date())
    await screen.page.goto(f"/{PROGRAM.id}/pals/leave?reason=moved")
    await screen.presses("Yes")
    await screen.is_looked_at("enter-again")
    assert "This step matters, so please enter again first." in await screen.reads()


async def test_whoever_can_not_enter_any_more_attests_by_their_own_link(town: Town, screens: Enter) -> None:
    screen = await screens(width=390)
    await screen.page.goto(await stopped_after_reading(town))
    await screen.is_looked_at("attest")
    await screen.presses("I read it and have no reasonable cause")
    await screen.is_looked_at("attest-no-cause")
    await screen.presses("Yes, I have no reasonable cause")
    assert "Thank you." in await screen.reads()
