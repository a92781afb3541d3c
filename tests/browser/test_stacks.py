"""A teacher's stack, from the copier to done: with the keyboard, with JavaScript and without, on a phone too."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

from random import Random

import pytest
from playwright.async_api import FilePayload

from bluepals.domain.letters import ScannedLetter, Side
from bluepals.paper.pages import page_pictures
from tests.bluepals.paper.scanner import as_scans, scanned
from tests.browser.conftest import Enter
from tests.browser.screen import Screen
from tests.desk.test_stacks import own_paper, sheets_of
from tests.desk.town import SEPTEMBER, Town


async def drops(screen: Screen, content: bytes) -> None:
    """A file chooser belongs to the browser: the file is given to the field, and its button pressed."""
    chosen = FilePayload(name="stack.pdf", mimeType="application/pdf", buffer=content)
    await screen.page.set_input_files("#stack-1", chosen)
    await screen.goes_to("Sort the stack")
    async with screen.page.expect_navigation(timeout=60_000):  # Each page is drawn anew first.
        await screen.page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_stack_of_sheets_is_filed_and_what_is_asked_about_is_answered(
    town: Town, screens: Enter, scripts: bool
) -> None:
    await town.on(SEPTEMBER)
    dice = Random(5)
    maya, ana, noah = [scanned(sheet, dice) for sheet in await sheets_of(town.teacher("tess"))]
    screen = await screens(scripts=scripts)
    await screen.enters("tess", at="class")
    await drops(screen, as_scans([noah, maya, *own_paper("And my dog"), ana, *own_paper("")]))
    assert "1 page has no name yet" in await screen.reads()
    await screen.is_looked_at("stack-asked")
    await screen.presses("It goes with the page before (page 3)")
    await screen.presses("Swap with the page before (page 3)")
    await screen.is_looked_at("stack-sorted")
    await screen.presses("The names are right: hand in 3 letters")
    assert "the letters of the stack have arrived" in await screen.reads()
    await screen.is_looked_at("stack-done")
    letter = await town.written("maya", Side.STUDENT)
    assert isinstance(letter, ScannedLetter)
    assert len(page_pictures(letter.pdf)) == 2


async def test_own_paper_is_turned_moved_and_marked_absent_on_a_phone(town: Town, screens: Enter) -> None:
    await town.on(SEPTEMBER)
    screen = await screens(width=390)
    await screen.enters("tess", at="class")
    await drops(screen, as_scans(own_paper("Maya", "Noah")))
    await screen.is_looked_at("stack-by-the-order")
    await screen.presses("Absent (Ana Ortiz)")
    await screen.presses("Turn page 2")
    await screen.goes_to("Page 2 is of")
    await screen.page.keyboard.type("Noah")
    await screen.presses("Move (page 2)")
    await screen.unfolds("I’m worried about this letter of Noah Smith")
    await screen.presses("The child is sad")
    assert "The letter is held" in await screen.reads()
    await screen.presses("The names are right: hand in 1 letter")
    assert [await town.count_drafts(child) for child in ("maya", "ana", "noah")] == [1, 0, 1]
