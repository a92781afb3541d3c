"""Who decides about an officer's conduct, and who says no to a pair: by keyboard, on a phone, without JavaScript."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import pytest

from bluepals.domain.letters import Side
from tests.browser.conftest import Enter
from tests.desk.test_conduct import a_case
from tests.desk.test_declines import may_be_declined
from tests.desk.town import FIRST_ROUND, Town


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_coordinator_reads_and_says_their_word(town: Town, screens: Enter, scripts: bool) -> None:
    await a_case(town)
    screen = await screens(scripts=scripts, width=390)
    await screen.enters("cora", at="cases")
    await screen.is_looked_at("cases-conduct")
    await screen.presses("Sam Ruiz, City Police")
    await screen.presses("Read the letter")
    assert "Don't tell anybody that we meet." in await screen.reads()
    await screen.is_looked_at("conduct")
    await screen.goes_to("The letter goes on")
    await screen.page.keyboard.press("ArrowDown")
    await screen.page.keyboard.press("Space")
    await screen.goes_to("The officer goes on with all pals")
    await screen.page.keyboard.press("Space")
    await screen.presses("Say this, as the coordinator")
    assert "Your word is on record." in await screen.reads()
    await screen.is_looked_at("conduct-said")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_counselor_says_no_to_a_pair(town: Town, screens: Enter, scripts: bool) -> None:
    await may_be_declined(town)
    screen = await screens(scripts=scripts)
    await screen.enters("coco", at="counsel")
    await screen.unfolds("Say no to Maya Lopez and Dana")
    await screen.is_looked_at("counsel-pairs")
    await screen.presses("Don’t introduce Maya Lopez and Dana")
    assert "They are not introduced; somebody else is looked for." in await screen.reads()


async def test_a_letter_is_opened_from_the_year(town: Town, screens: Enter) -> None:
    await town.delivers("maya", "Hello Dana,\n\nI have a dog named Biscuit.\n\nMaya")
    await town.on(FIRST_ROUND)
    await town.hands_in("maya", "Dear Maya", side=Side.OFFICER)
    screen = await screens()
    await screen.enters("mo", at=f"pairings/{town.pairings['maya']}")
    await screen.is_looked_at("pairing-with-letters")
    await screen.presses("Maya's letter of round 1 was released to Dana.")
    assert "I have a dog named Biscuit." in await screen.reads()
    await screen.is_looked_at("letter")
    teacher = await screens(width=390)
    await teacher.enters("tess", at="class")
    await teacher.presses("The whole year of Maya Lopez")
    await teacher.is_looked_at("pairing-of-a-teacher")
