"""The phone sleeps in the middle of a letter, and nothing is lost: with JavaScript by itself, without it by a button."""

import pytest
from playwright.async_api import expect

from bluepals.domain.letters import Side
from tests.browser.conftest import Enter
from tests.desk.town import FIRST_ROUND, PROGRAM, Town


async def test_what_is_typed_is_kept_and_there_on_another_device(town: Town, screens: Enter) -> None:
    await town.on(FIRST_ROUND)
    phone, laptop = await screens(width=390), await screens()
    await phone.enters("sam", at="pals")
    await phone.writes("Your letter to Noah", "Dear Noah, I have begun")
    await expect(phone.page.get_by_text("Kept. You can go on later")).to_be_visible()
    await phone.is_looked_at("pals-kept")
    await laptop.enters("sam", at="pals")
    assert await laptop.page.input_value("textarea") == "Dear Noah, I have begun"
    await laptop.presses("Send to Noah")
    assert await town.admin.fetchval("SELECT count(*) FROM unfinished") == 0


async def test_an_older_tab_shows_what_was_typed_elsewhere_and_takes_none_of_it_away(
    town: Town, screens: Enter
) -> None:
    await town.on(FIRST_ROUND)
    station, phone = await screens(), await screens(width=390)
    await station.enters("sam", at="pals")
    await station.writes("Your letter to Noah", "Dear Noah,")
    await expect(station.page.get_by_text("Kept. You can go on later")).to_be_visible()
    await town.on(FIRST_ROUND, hour=10)
    await phone.enters("sam", at="pals")
    await phone.page.locator("textarea").fill("Dear Noah, on the bus")
    await expect(phone.page.get_by_text("Kept. You can go on later")).to_be_visible()
    await town.on(FIRST_ROUND, hour=11)
    await station.page.locator("textarea").fill("Dear Noah, at my desk")
    await expect(station.page.get_by_text("both texts are here, and both are kept")).to_be_visible()
    assert "Dear Noah, on the bus" in await station.reads()
    assert await station.page.input_value("textarea") == "Dear Noah, at my desk"
    await station.is_looked_at("pals-twice")
    await station.presses("Send to Noah")
    assert "Your letter has arrived" in await station.reads()


@pytest.mark.parametrize("in_place", [True, False])
async def test_a_letter_that_is_refused_and_given_back_is_kept_before_the_next_key(
    town: Town, screens: Enter, in_place: bool
) -> None:
    await town.on(FIRST_ROUND)
    old_tab = await screens(width=390)
    if not in_place:
        await old_tab.page.route("**/htmx-*.js", lambda route: route.abort())
    await old_tab.enters("sam", at="pals")
    await town.hands_in("noah", "The whole letter", side=Side.OFFICER)
    await old_tab.page.locator("textarea").fill("Dear Noah, a long one")
    await old_tab.page.get_by_role("button", name="Send to Noah").click()
    await expect(old_tab.page.get_by_text("A newer letter has come in")).to_be_visible()
    await expect(old_tab.page.get_by_text("Kept. You can go on later")).to_be_visible()
    await old_tab.page.goto(f"/{PROGRAM.id}/pals")
    assert await old_tab.page.input_value("textarea") == "Dear Noah, a long one"


async def test_without_scripts_a_button_keeps_it(town: Town, screens: Enter) -> None:
    await town.on(FIRST_ROUND)
    screen = await screens(scripts=False, width=390)
    await screen.enters("sam", at="pals")
    await screen.writes("Your letter to Noah", "Dear Noah, I have begun")
    await screen.presses("Keep for later")
    assert "Kept. It is here when you come back" in await screen.reads()
    assert await screen.page.input_value("textarea") == "Dear Noah, I have begun"


async def test_who_is_out_meanwhile_is_told_and_loses_nothing(town: Town, screens: Enter) -> None:
    await town.on(FIRST_ROUND)
    screen = await screens()
    await screen.enters("sam", at="pals")
    await town.admin.execute("UPDATE session SET ended_at = now()")
    await screen.writes("Your letter to Noah", "Dear Noah, I have begun")
    await expect(screen.page.get_by_text("Not kept yet")).to_be_visible()
    await screen.presses("Send to Noah")
    assert await screen.page.input_value("textarea") == "Dear Noah, I have begun"
