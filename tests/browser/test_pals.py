"""An officer's ten minutes between shifts: without a mouse, without JavaScript, on a phone."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import pytest

from bluepals.domain.letters import Side, TypedLetter
from bluepals.domain.survey import QUESTIONS, Reply, Taker
from tests.browser.conftest import Enter
from tests.desk.test_closing import after_the_visit
from tests.desk.test_pals import asks_a_reserve
from tests.desk.town import FIRST_ROUND, NORTH, Town


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_letter_is_read_and_answered(town: Town, screens: Enter, scripts: bool) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("noah", "I have a dog named Biscuit.")
    screen = await screens(scripts=scripts, width=390)
    await screen.enters("sam", at="pals")
    assert "I have a dog named Biscuit." in await screen.reads()
    await screen.is_looked_at("pals-to-answer")
    await screen.writes("Your letter to Noah", "Dear Noah, mine is called Rex.")
    await screen.presses("Send to Noah")
    assert "Your letter has arrived" in await screen.reads()
    await screen.is_looked_at("pals-answered")
    assert await town.written("noah", Side.OFFICER) == TypedLetter("Dear Noah, mine is called Rex.")


async def test_an_officer_says_that_they_come_to_the_visit(town: Town, screens: Enter) -> None:
    await town.invites(NORTH)
    screen = await screens()
    await screen.enters("dana", at="pals")
    await screen.presses("Yes, I will come")
    assert "You said that you will come." in await screen.reads()
    await screen.is_looked_at("pals-visit")


async def test_an_officer_who_can_not_go_on_says_so_in_two_steps(town: Town, screens: Enter) -> None:
    screen = await screens(scripts=False, width=390)
    await screen.enters("dana", at="pals")
    await screen.unfolds("I can’t go on writing")
    await screen.presses("I’m moving away")
    await screen.is_looked_at("pals-leave")
    await screen.presses("Yes, I can’t go on")
    assert "please write a last letter to each pal by" in await screen.reads()


async def test_an_officer_is_worried_about_a_letter_in_one_step(town: Town, screens: Enter) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("noah", "I want to run away.")
    screen = await screens()
    await screen.enters("sam", at="pals")
    await screen.unfolds("I’m worried about this letter")
    await screen.is_looked_at("pals-worry")
    await screen.presses("The child is sad, or lonely")
    assert "Thank you. Somebody looks at the letter, and it is not shown until then." in await screen.reads()


async def test_a_reserve_says_whether_they_host_a_child(town: Town, screens: Enter) -> None:
    await asks_a_reserve(town)
    screen = await screens()
    await screen.enters("rita", at="pals")
    await screen.is_looked_at("pals-host")
    await screen.presses("Yes, I will come")
    assert "Thank you, your answer is noted." in await screen.reads()
    await screen.is_looked_at("pals-host-answered")


async def test_an_officer_says_how_the_year_was(town: Town, screens: Enter) -> None:
    await after_the_visit(town)
    screen = await screens()
    await screen.enters("dana", at="pals")
    await screen.is_looked_at("pals-survey")
    for _ in QUESTIONS[Taker.OFFICER]:
        await screen.goes_to(Reply.YES)
        await screen.page.keyboard.press("Space")
    await screen.presses("Send my answers")
    assert "Thank you. Your answers are noted." in await screen.reads()
