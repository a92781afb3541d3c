"""With JavaScript a form changes its own part of the page: all else stays as it was, and the keyboard goes on from there."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import pytest
from playwright.async_api import expect

from bluepals.domain.letters import Side, TypedLetter
from tests.browser.conftest import Enter
from tests.browser.screen import Screen
from tests.browser.test_coordinator import a_busy_autumn
from tests.desk.test_following import FOLLOWS
from tests.desk.town import FIRST_ROUND, SEPTEMBER, Town

SAME_PAGE = "window.beenHere === true"


async def marked(screen: Screen) -> None:
    await screen.page.evaluate("window.beenHere = true")


async def test_after_a_child_s_letter_the_keyboard_stands_before_the_next_child(
    town: Town, screens: Enter
) -> None:
    await town.on(SEPTEMBER)
    screen = await screens()
    await screen.enters("tess", at="class")
    await marked(screen)
    await screen.unfolds("Hand the letter in of Ana")
    await screen.writes("Ana Ortiz’s letter", "Hello, I am Ana.")
    await screen.presses("Hand in")
    assert await screen.stands_at() == "The letter has arrived."
    assert await screen.page.evaluate(SAME_PAGE)
    await screen.is_looked_at("class-in-place")
    await screen.writes("Noah Smith’s letter", "Hello, I am Noah.")
    await screen.presses("Hand in")
    assert await town.written("noah", Side.STUDENT) == TypedLetter("Hello, I am Noah.")


async def test_what_is_written_to_one_pal_stays_while_a_letter_to_another_is_sent(
    town: Town, screens: Enter
) -> None:
    await town.on(FIRST_ROUND)
    screen = await screens(width=390)
    await screen.enters("dana", at="pals")
    await screen.writes("Your letter to Maya", "Dear Maya, I have begun")
    await screen.writes("Your letter to Ana", "Dear Ana, here I am.")
    await screen.presses("Send to Ana")
    assert "Thank you. Your letter has arrived" in await screen.stands_at()
    assert FOLLOWS in await screen.reads(), "Temporal is away here"
    assert await screen.page.get_by_label("Your letter to Maya").input_value() == "Dear Maya, I have begun"
    assert await town.written("ana", Side.OFFICER) == TypedLetter("Dear Ana, here I am.")


async def test_what_comes_after_a_change_is_kept_too(town: Town, screens: Enter) -> None:
    await town.on(FIRST_ROUND)
    screen = await screens()
    await screen.enters("sam", at="pals")
    await screen.writes("Your letter to Noah", "Dear Noah, this is the first.")
    await screen.presses("Send to Noah")
    await screen.unfolds("Read or replace your letter")
    await screen.writes("Your letter to Noah", "Dear Noah, a better one")
    await expect(screen.page.get_by_text("Kept. You can go on later")).to_be_visible()
    assert await town.admin.fetchval("SELECT count(*) FROM unfinished") == 1


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_old_tab_shows_the_newer_letter_before_it_replaces_it(
    town: Town, screens: Enter, scripts: bool
) -> None:
    await town.on(FIRST_ROUND)
    old_tab, phone = await screens(scripts=scripts), await screens(width=390)
    await old_tab.enters("sam", at="pals")
    await phone.enters("sam", at="pals")
    await phone.writes("Your letter to Noah", "Dear Noah, this is the whole letter.")
    await phone.presses("Send to Noah")
    await old_tab.writes("Your letter to Noah", "Dear Noah, this is")
    await old_tab.presses("Send to Noah")
    assert "A newer letter has come in since you opened this page" in await old_tab.reads()
    assert "this is the whole letter" in await old_tab.reads()
    assert await old_tab.page.input_value("textarea") == "Dear Noah, this is"
    await old_tab.is_looked_at("pals-newer")
    await old_tab.presses("Send this one instead")
    assert "Your letter has arrived" in await old_tab.reads()
    assert await town.written("noah", Side.OFFICER) == TypedLetter("Dear Noah, this is")


async def test_a_refusal_is_read_where_the_letter_is_and_named_in_the_title(
    town: Town, screens: Enter
) -> None:
    await town.on(FIRST_ROUND)
    screen = await screens()
    await screen.enters("sam", at="pals")
    await screen.presses("Send to Noah")
    assert (await screen.stands_at()).startswith("Your letter to Noah")
    assert await screen.page.title() == "Not sent: Your pals · Blue Pals"
    await screen.is_looked_at("pals-refused")


async def test_without_a_connection_nothing_is_lost_and_it_is_said(town: Town, screens: Enter) -> None:
    await town.on(FIRST_ROUND)
    screen = await screens(width=390)
    await screen.enters("sam", at="pals")
    await screen.writes("Your letter to Noah", "Dear Noah, from the tunnel")
    await screen.page.context.set_offline(True)
    await screen.goes_to("Send to Noah")
    await screen.page.keyboard.press("Enter")
    await expect(screen.page.get_by_text("Not sent: there is no connection.")).to_be_visible()
    await screen.is_looked_at("pals-offline")
    await screen.page.context.set_offline(False)
    await screen.presses("Send to Noah")
    assert await town.written("noah", Side.OFFICER) == TypedLetter("Dear Noah, from the tunnel")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_decision_leaves_the_board_where_it_was(town: Town, screens: Enter, scripts: bool) -> None:
    await a_busy_autumn(town)
    screen = await screens(scripts=scripts)
    await screen.enters("cora", at="board")
    await marked(screen)
    await screen.presses("Approve the officer")
    assert FOLLOWS in await screen.reads(), "Temporal is away here"
    assert await screen.page.evaluate(SAME_PAGE) is scripts
    if scripts:
        assert "Done." in await screen.stands_at()
        await screen.is_looked_at("board-in-place")
