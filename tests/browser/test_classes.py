"""A teacher's stack of letters, and the pack of opening day."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import pytest

from bluepals.domain.letters import Side, TypedLetter
from bluepals.facts import leaving
from tests.browser.conftest import Enter
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, NORTH, SCOPE, SEPTEMBER, Town


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


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_class_opens_its_letters_on_another_day(town: Town, screens: Enter, scripts: bool) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    screen = await screens(scripts=scripts)
    await screen.enters("tess", at="class")
    await screen.unfolds("Our class opens them on another day")
    await screen.writes("Class 5A opens the letters of round 1 on", "10172026")
    await screen.is_looked_at("class-another-day")
    await screen.presses("Open them on this day")
    assert "There is no school on Saturday, October 17." in await screen.reads()
    await screen.is_looked_at("class-another-day-refused")
    assert "opens the letters of round 1 on 2026-10-17" in await screen.stands_at()
    await screen.page.keyboard.type("10192026")
    await screen.presses("Open them on this day")
    assert "Class 5A opens the letters of round 1 on Monday, October 19, 2026." in await screen.reads()
    await screen.is_looked_at("class-another-day-moved")
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    await screen.enters("tess", at="class")
    assert "1 letter for opening day, Monday, October 19, 2026" in await screen.reads()
    await screen.is_looked_at("class-pack-for-another-day")


async def test_a_teacher_sees_what_comes_next_for_each_child_without_a_pal(
    town: Town, screens: Enter
) -> None:
    await town.on(SEPTEMBER)
    await town.admin.execute("UPDATE student SET consent_on = NULL WHERE external_id = 'uma'")
    await leaving.stop(town.parts.office, SCOPE, town.officers["sam"], by=town.staff["cora"])
    screen = await screens()
    await screen.enters("tess", at="class")
    shown = await screen.reads()
    assert "The family’s form is missing: ask for it, and give it to the coordinator." in shown
    assert "No officer is free: the child is paired first when one comes." in shown
    await screen.is_looked_at("class-what-comes-next")
