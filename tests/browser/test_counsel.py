"""A counselor between two children: a letter read, a plan made, the case closed, with the keyboard alone."""

import pytest

from bluepals.domain.cases import Concern
from tests.browser.conftest import Enter
from tests.desk.test_counsel import a_case, save_partners
from tests.desk.town import Town


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_worry_is_read_planned_and_closed(town: Town, screens: Enter, scripts: bool) -> None:
    await save_partners(town)
    await a_case(town, Concern.SAD)
    screen = await screens(scripts=scripts)
    await screen.enters("coco", at="counsel")
    await screen.is_looked_at("counsel")
    await screen.presses("A child is sad, or lonely")
    await screen.presses("Read the letter")
    assert "I feel so lonely." in await screen.reads()
    await screen.is_looked_at("counsel-case")
    await screen.writes("Look again on", "09082026")
    await screen.presses("Plan")
    assert "You look again on Tuesday, September 8, 2026" in await screen.reads()
    await screen.presses("It is kept, and goes nowhere")
    assert "The case is closed." in await screen.reads()
    await screen.is_looked_at("counsel-case-closed")


async def test_a_suspected_harm_is_attested(town: Town, screens: Enter) -> None:
    await a_case(town, Concern.HARM, "My uncle hits me.")
    screen = await screens(width=390)
    await screen.enters("coco", at="counsel")
    await screen.presses("Suspected harm")
    await screen.presses("Read the letter")
    await screen.is_looked_at("counsel-harm")
    await screen.presses("I read it and have no reasonable cause")
    await screen.is_looked_at("counsel-no-cause")
    await screen.presses("Yes, I have no reasonable cause")
    assert "It is on record, for you." in await screen.reads()


async def test_a_familys_trouble_is_left_out(town: Town, screens: Enter) -> None:
    await a_case(town, Concern.FAMILY, "I have a dog. They took Leo away.")
    screen = await screens()
    await screen.enters("coco", at="counsel")
    await screen.presses("Trouble in the family")
    await screen.presses("Read the letter")
    await screen.writes("Look again on", "09082026")
    await screen.presses("Plan")
    await screen.unfolds("Words are left out, and the rest goes on")
    await screen.writes("Words to leave out", "They took Leo away.")
    await screen.presses("See the copy")
    await screen.is_looked_at("counsel-copy")
    assert "Leo" not in await screen.page.inner_text(".paper")
