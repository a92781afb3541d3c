"""A coordinator's day: decisions on the board, pairs, dates, files and forms, with the keyboard and without JavaScript."""

from pathlib import Path

import pytest

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.facts import cases, erasure, leaving, replacements, year
from bluepals.facts.office import Letterhead
from bluepals.store.endings import Reason
from tests.bluepals.roster.village import OFFICERS, STAFF, STUDENTS
from tests.browser.conftest import Enter
from tests.desk.test_proposal import propose
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, NORTH, SCOPE, SOUTH, Town


async def a_busy_autumn(town: Town) -> None:
    office = town.parts.office
    await town.stocks("A letter for whoever needs it.")
    for one in (NORTH, SOUTH):
        await year.open_year(office, SCOPE, one)
    for child in ("maya", "noah", "leo"):
        await town.delivers(child, "Hello")
    await town.hands_in("zoe", "Hello, I am Zoe.")
    worry = await town.hands_in("ana", "I feel so lonely.")
    await cases.worry(office, SCOPE, draft_id=worry.id, by=town.staff["mo"], concern=Concern.SAD)
    await town.on(FIRST_ROUND)
    await town.delivers("noah", "Dear Noah", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.misses_with_stock("maya")
    await leaving.leave(office, SCOPE, town.officers["kim"], Reason.BUSY, by=town.staff["cora"])
    async with office.committing(SCOPE) as connection:
        await replacements.seek(connection, await Letterhead.of(office, connection))
    await erasure.request(office, SCOPE, "uma", "tess")


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_board_answers_what_needs_somebody(town: Town, screens: Enter, scripts: bool) -> None:
    await a_busy_autumn(town)
    screen = await screens(scripts=scripts)
    await screen.enters("cora", at="board")
    await screen.is_looked_at("board-busy")
    await screen.presses("Approve the officer")
    assert "Done." in await screen.reads()


async def test_pairs_and_needs_are_looked_at(town: Town, screens: Enter) -> None:
    await propose(town, "uma")
    screen = await screens()
    await screen.enters("cora", at="setup/pairs")
    await screen.is_looked_at("proposal")
    await screen.presses("Approve all 1")
    assert "This has to wait" in await screen.reads(), "Temporal is away here"
    await screen.is_looked_at("proposal-waits")


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_enter_key_decides_about_no_pair(town: Town, screens: Enter, scripts: bool) -> None:
    await propose(town, "uma")
    screen = await screens(scripts=scripts)
    await screen.enters("cora", at="setup/pairs")
    await screen.goes_to("Uma")
    await screen.page.keyboard.press("Space")
    await screen.writes("Or why not the ticked ones", "They are siblings.")
    await screen.presses_enter()
    assert "Choose one of the buttons" in await screen.reads()
    await screen.presses("Reject the ticked ones")
    assert "This has to wait" in await screen.reads(), (
        "what was ticked and typed is sent: Temporal is away here"
    )


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_date_is_moved_after_a_look(town: Town, screens: Enter, scripts: bool) -> None:
    for one in (NORTH, SOUTH):
        await year.open_year(town.parts.office, SCOPE, one)
    screen = await screens(scripts=scripts)
    await screen.enters("cora", at="calendar")
    await screen.is_looked_at("calendar")
    assert await screen.shows_whole_tables()
    await screen.goes_to("Dates of North School")
    await screen.presses("Change round 1 of North School")
    await screen.writes("Opening day", "10152026")
    await screen.presses("See what that moves")
    assert "North School, Round 1" in await screen.reads()
    await screen.is_looked_at("calendar-round")
    await screen.presses("Move exactly these dates")
    assert "The dates are moved." in await screen.reads()
    await screen.presses("See what would rest")
    await screen.is_looked_at("calendar-pause")
    await screen.writes("Why for the program", "Snow.")
    await screen.presses("Let exactly this rest from now on")
    await screen.presses("End it: see the dates first")
    await screen.is_looked_at("calendar-resume")
    await screen.presses("Go on with exactly these dates")
    assert "It goes on, with the dates that you have seen." in await screen.reads()


async def test_a_visit_is_called_off_by_whoever_has_seen_who_is_told(town: Town, screens: Enter) -> None:
    await year.open_year(town.parts.office, SCOPE, NORTH)
    screen = await screens(width=390)
    await screen.enters("cora", at="calendar")
    await screen.presses("Move it or call it off")
    await screen.presses("See it called off: letters are read aloud instead")
    assert "No officer has been invited yet." in await screen.reads()
    await screen.is_looked_at("calendar-visit")
    await screen.writes("Why, in a sentence", "Snow.")
    await screen.presses("Call it off for good")
    assert "This has to wait" in await screen.reads(), "Temporal is away here"


async def test_files_are_sent_with_a_problem_and_forms_are_ticked(
    town: Town, screens: Enter, tmp_path: Path
) -> None:
    spoilt = STUDENTS.replace("S-2,Ben,O'Neil,M,5,5A,north", "S-2,Ben,O'Neil,M,5,5A,nowhere")
    files = {"students.csv": spoilt, "officers.csv": OFFICERS, "staff.csv": STAFF}
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    screen = await screens()
    await screen.enters("cora", at="setup")
    await screen.is_looked_at("setup")
    await screen.page.set_input_files("#chosen", [tmp_path / name for name in files])
    await screen.presses("Take them in")
    assert "Nothing was taken in." in await screen.reads()
    await screen.is_looked_at("setup-problems")
    await screen.presses("class 5A of North School")
    await screen.goes_to("Uma Yang")
    await screen.page.keyboard.press("Space")
    await screen.is_looked_at("consents")
    await screen.presses("Record the ticked ones")
    assert "Recorded, for 1 child." in await screen.reads()


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_year_is_opened_from_the_set_up_page(town: Town, screens: Enter, scripts: bool) -> None:
    screen = await screens(scripts=scripts, width=390)
    await screen.enters("cora", at="setup")
    await screen.goes_to("The dates are right")
    await screen.page.keyboard.press("Space")
    await screen.presses("Open the year")
    assert "This has to wait" in await screen.reads(), "Temporal is away here"
    await screen.is_looked_at("setup-waits")


async def test_a_pairing_s_year_is_looked_at(town: Town, screens: Enter) -> None:
    await a_busy_autumn(town)
    screen = await screens()
    await screen.enters("cora", at="pairings")
    await screen.is_looked_at("pairings")
    await screen.presses("Maya Lopez and Dana")
    await screen.is_looked_at("pairing")
    assert await screen.shows_whole_tables()
    await screen.page.locator("svg a", has_text="Maya and Dana were introduced").press("Enter")
    assert "Maya and Dana were introduced to each other." in await screen.stands_at()
