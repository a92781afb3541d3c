"""A teacher's stack of letters, and the pack of opening day."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import pytest

from bluepals.domain.letters import Side, TypedLetter
from tests.browser.conftest import Enter
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, NORTH, SEPTEMBER, Town


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_letter_is_typed_in_and_the_next_child_is_open(
    town: Town, screens: Enter, scripts: bool
) -> None:
    await town.on(SEPTEMBER)
    screen = await screens(scripts=scripts)
    await screen.enters("tess", at="class")
    await screen.is_looked_at("class")
    await screen.unfolds("Hand the letter in of Ana")
    await screen.writes("Ana Ortiz’s letter", "Hello, I am Ana.")
    await screen.presses("Hand in")
    assert "The letter has arrived." in await screen.reads()
    await screen.is_looked_at("class-next-child")
    assert await town.written("ana", Side.STUDENT) == TypedLetter("Hello, I am Ana.")


async def test_the_pack_is_there_on_opening_day(town: Town, screens: Enter) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    screen = await screens()
    await screen.enters("tess", at="class")
    await screen.is_looked_at("class-opening-day")
    await screen.goes_to("Download the pack")
    async with screen.page.expect_download() as loading:
        await screen.page.keyboard.press("Enter")
    assert (await loading.value).suggested_filename == "letters-5A-1.pdf"
