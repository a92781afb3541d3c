"""One program's way from the button that opens its year to its visit, each person from the mail to what is theirs to do.

With Temporal, a worker, the desk as it is served and a mail server; with the keyboard only.
"""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import asyncio
from datetime import timedelta

import pytest

from tests.browser.conftest import Enter
from tests.browser.running import RunningTown
from tests.browser.screen import Screen
from tests.desk.test_following import FOLLOWS
from tests.workflows.world import PATIENCE, eventually
from workflows.api import referral

pytestmark = pytest.mark.begun_first

COORDINATOR, TEACHER, MODERATOR, COUNSELOR = (
    f"{role}@north.example" for role in ("coordinator", "teacher", "moderator", "counselor")
)
GUARDIAN, OFFICER, LIAISON = "parent1@home.example", "officer2@pd.example", "liaison@pd.example"
DOG, HOME, CAT = "I have a dog named Rex.", "I do not want to go home.", "Dear Child1, mine is a cat."


async def test_each_person_s_way_from_the_mail_to_what_is_theirs_to_do(
    running_town: RunningTown, running_screens: Enter
) -> None:
    town, screens = running_town, running_screens
    program = town.world.program
    coordinator, teacher = [await screens() for _ in range(2)]
    family, officer, moderator = [await screens(scripts=False, width=390) for _ in range(3)]

    await town.lets_in(coordinator, COORDINATOR, at="setup")
    await opens_the_year(coordinator)
    await town.year_begins()
    await approves_the_pairs(coordinator)

    pairings = await town.pairings()
    await family.enters_by_mail(GUARDIAN, at="family")
    await comes_to_read(family, "We would like to introduce Child1 to Officer2 of Police Department")

    await town.reach(program.year.first_day + timedelta(days=2), 9)
    await officer.page.goto(await town.mailed_link(OFFICER, "pals"))
    await town.lets_in(officer, OFFICER, at="pals")
    assert "Nothing to do now." in await officer.reads()

    await town.lets_in(teacher, TEACHER, at="class")
    await hands_in(teacher, {"Child1": DOG, "Child2": HOME})
    await town.lets_in(moderator, MODERATOR, at="reading")
    await suspects_harm_in_one_and_approves_the_other(moderator)
    await a_case_is_closed(town, screens, [moderator, teacher])

    await comes_to_read(officer, DOG)
    await answers(officer)
    await approves_the_answer(moderator)

    await town.reach(program.rounds[0].opens_on, 8)
    await town.lets_in(teacher, TEACHER, at="class")
    await opens_the_pack(teacher)
    await town.lets_in(officer, OFFICER, at="pals")
    assert "Visit Child1 at North School" in await officer.reads()
    await town.lets_in(coordinator, COORDINATOR, at="calendar")
    await calls_off_the_visit(coordinator)
    await hears_that_nobody_comes(town, officer, teacher)

    await stops_the_boys_officer(town, await screens(width=390))
    await coordinator.page.goto(f"/stl/pairings/{pairings['s002']}")
    assert "Ended: officer left." in await coordinator.reads()
    await approves_the_next_officer(coordinator)


async def comes_to_read(screen: Screen, text: str) -> None:
    """What a workflow brings about is there a moment later."""

    async def is_there() -> bool:
        await screen.page.reload()
        return text in await screen.reads()

    await eventually(is_there, f"{text!r} on {screen.page.url}")


async def is_done(screen: Screen, said: str) -> None:
    """And all that follows from it, too."""
    page = await screen.reads()
    assert said in page
    assert FOLLOWS not in page


async def opens_the_year(coordinator: Screen) -> None:
    await coordinator.goes_to("The dates are right")
    await coordinator.page.keyboard.press("Space")
    await coordinator.presses("Open the year")
    await is_done(coordinator, "The year begins.")


async def approves_the_pairs(coordinator: Screen) -> None:
    await coordinator.presses("Proposed pairs")
    await comes_to_read(coordinator, "Child2 Doe and Officer")
    await coordinator.presses("Approve all 2")
    await is_done(coordinator, "2 pairs approved.")
    assert "No pair is open." in await coordinator.reads()


async def hands_in(teacher: Screen, letters: dict[str, str]) -> None:
    await teacher.unfolds("Hand the letter in of Child1 Doe")
    for child, text in letters.items():
        await teacher.writes(f"{child} Doe’s letter", text)
        await teacher.presses("Hand in")
        await is_done(teacher, "The letter has arrived.")


async def suspects_harm_in_one_and_approves_the_other(moderator: Screen) -> None:
    await moderator.presses("Read the next letter")
    assert "please read first" in await moderator.reads()
    await moderator.unfolds("I’m worried about this letter")
    await moderator.presses("I suspect harm")
    await is_done(moderator, "The letter is held.")
    await moderator.presses("Read the next letter")
    assert DOG in await moderator.reads()
    await moderator.presses("Approve")
    await is_done(moderator, "Nothing waits for you here.")


async def a_case_is_closed(town: RunningTown, screens: Enter, others: list[Screen]) -> None:
    """By a counselor whom its workflow has called, on a phone, once all who have read the letter have said their word."""
    case = await town.world.admin.fetchval("SELECT id FROM case_file")
    stopwatch = town.world.client.get_workflow_handle(referral.workflow_id(str(case)))
    counselor = await screens(width=390)
    await town.mailed(COUNSELOR, str(case))
    await town.lets_in(counselor, COUNSELOR, at="counsel")
    await counselor.presses("Suspected harm")
    await counselor.presses("Read the letter")
    assert HOME in await counselor.reads()
    for one in others:
        await one.page.goto("/stl/cases")
        await has_no_cause(one)
    await has_no_cause(counselor)
    async with asyncio.timeout(PATIENCE):
        await stopwatch.result()
    await counselor.presses("The letter goes on")
    await is_done(counselor, "The case is closed.")


async def has_no_cause(screen: Screen) -> None:
    await screen.presses("I read it and have no reasonable cause")
    await screen.presses("Yes, I have no reasonable cause")
    await is_done(screen, "It is on record, for you.")


async def answers(officer: Screen) -> None:
    await officer.writes("Your letter to Child1", CAT)
    await officer.presses("Send to Child1")
    await is_done(officer, "Your letter has arrived")


async def approves_the_answer(moderator: Screen) -> None:
    await moderator.page.goto("/stl/reading")
    await moderator.presses("Read the next letter")
    assert CAT in await moderator.reads()
    await moderator.presses("Approve")
    await is_done(moderator, "Nothing waits for you here.")


async def opens_the_pack(teacher: Screen) -> None:
    assert "2 letters for opening day" in await teacher.reads(), (
        "a stock letter is in the place of a missing one"
    )
    await teacher.goes_to("Download the pack")
    async with teacher.page.expect_download() as loading:
        await teacher.page.keyboard.press("Enter")
    assert (await loading.value).suggested_filename == "letters-5A-1.pdf"


async def calls_off_the_visit(coordinator: Screen) -> None:
    await coordinator.presses("Move it or call it off")
    await coordinator.presses("See it called off: letters are read aloud instead")
    assert "2 invited officers are told" in await coordinator.reads()
    await coordinator.writes("Why, in a sentence", "Snow.")
    await coordinator.presses("Call it off for good")
    await is_done(coordinator, "Everybody who was invited is told")
    assert "Read aloud: Snow." in await coordinator.reads()


async def hears_that_nobody_comes(town: RunningTown, officer: Screen, teacher: Screen) -> None:
    await town.mailed(OFFICER, "Snow")
    await officer.page.reload()
    assert "The visit does not take place: Snow." in await officer.reads()
    await teacher.page.reload()
    assert "The officers’ visit" not in await teacher.reads(), "there is no run sheet to print"
    await teacher.presses("The whole year of Child1")
    assert "The officers' visit was called off." in await teacher.reads()


async def stops_the_boys_officer(town: RunningTown, liaison: Screen) -> None:
    name = await town.world.admin.fetchval(
        "SELECT officer.first_name FROM pairing JOIN officer ON officer.id = officer_id"
        " WHERE pairing.gender = 'male'"
    )
    await town.lets_in(liaison, LIAISON, at="agency")
    await liaison.presses(f"Stop at once : {name}")
    await liaison.presses("Yes, stop at once")
    await is_done(liaison, "Stopped, from this moment on.")


async def approves_the_next_officer(coordinator: Screen) -> None:
    await coordinator.page.goto("/stl/board")
    await comes_to_read(coordinator, "is proposed as the next one")
    await coordinator.presses("Approve the officer")
    await is_done(coordinator, "Done. Whoever lives by it is told now.")
