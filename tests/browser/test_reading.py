"""A moderator's sixty letters: each with a key, on a phone, without JavaScript; and nothing decided by a slip."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import io

import pytest
from PIL import Image

from bluepals.domain.letters import ScannedLetter, Side, TypedLetter
from bluepals.paper.pages import Upload, clean_pages, page_pictures
from tests.browser.conftest import Enter
from tests.browser.screen import Screen
from tests.desk.test_stacks import own_paper
from tests.desk.town import FIRST_DUE, FIRST_ROUND, Town, scan

# The page takes no key before somebody has had time to look.
LOOKS = "new Promise(done => setTimeout(done, 1100))"
AT_ONCE = """document.addEventListener("DOMContentLoaded", () =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "a", bubbles: true})))"""


async def a_busy_day(town: Town) -> None:
    await town.delivers("noah", "Hello Sam, I have a dog named Biscuit. Do you have one?")
    await town.on(FIRST_ROUND)
    await town.delivers("noah", "Dear Noah, mine is called Rex. He is old.", side=Side.OFFICER)
    await town.on(FIRST_DUE)
    await town.hands_in("noah", "Call me at 314-555-0123, after school.\nNoah", number=2)
    await town.hands_in("zoe", scan("lightyellow"), number=2)
    await town.hands_in("maya", "I want to run away from home.", number=2)


async def presses_key(screen: Screen, key: str) -> None:
    await screen.page.evaluate(LOOKS)
    async with screen.page.expect_navigation():
        await screen.page.keyboard.press(key)


async def test_a_day_of_reading_with_a_key_for_each_step(town: Town, screens: Enter) -> None:
    await a_busy_day(town)
    screen = await screens()
    await screen.enters("mo", at="reading")
    await screen.is_looked_at("reading")
    await presses_key(screen, "n")
    assert "run away from home" in await screen.reads(), "the most worrying first"
    await screen.is_looked_at("reading-worrying")
    await presses_key(screen, "l")
    assert "mine is called Rex" in await screen.reads(), "what Noah answers stands beside it"
    await screen.is_looked_at("reading-marked")
    await screen.page.evaluate(LOOKS)
    await screen.page.keyboard.press("b")
    await screen.page.keyboard.press("Space")
    await screen.is_looked_at("reading-back")
    await screen.presses("Send it back")
    assert "Sent back: Noah’s letter to Sam." in await screen.reads()
    assert "Zoe’s letter" in await screen.reads(), "Maya's is put off"
    await screen.is_looked_at("reading-pages")
    await presses_key(screen, "a")
    assert "Approved: Zoe’s letter to Kim." in await screen.reads()
    await screen.is_looked_at("reading-next")
    await presses_key(screen, "u")
    assert "Taken back: the letter waits again" in await screen.reads()
    await screen.is_looked_at("reading-undone")
    await presses_key(screen, "a")
    rows = await town.admin.fetch("SELECT verdict FROM decision ORDER BY sequence OFFSET 2")
    assert [row["verdict"] for row in rows] == ["return", "approve"]


@pytest.mark.parametrize("width", [1280, 390])
async def test_without_scripts_each_step_is_a_button(town: Town, screens: Enter, width: int) -> None:
    await a_busy_day(town)
    screen = await screens(scripts=False, width=width)
    await screen.enters("mo", at="reading")
    await screen.presses("Read the next letter")
    await screen.unfolds("I’m worried about this letter")
    await screen.presses("I am not sure")
    assert "Thank you. The letter is held" in await screen.reads()
    await screen.presses("Read the next letter")
    await screen.presses("Approve")
    await screen.unfolds("Send it back, to be changed")
    await screen.writes("In your own words, for a child", "Please leave your number out.")
    await screen.writes("And for the adult", "It holds a phone number.")
    await screen.presses("Send it back")
    assert "Nothing waits for you here." in await screen.reads()


async def test_a_worrying_letter_is_not_approved_by_one_key(town: Town, screens: Enter) -> None:
    await town.hands_in("noah", "Hello Sam.")
    await town.hands_in("maya", "I want to run away from home.")
    screen = await screens()
    await screen.enters("mo", at="reading")
    await presses_key(screen, "n")
    await screen.page.evaluate(LOOKS)
    await screen.page.keyboard.press("a")
    assert "Approve it all the same?" in await screen.reads()
    await screen.is_looked_at("reading-all-the-same")
    await screen.page.keyboard.press("a")
    assert await town.admin.fetchval("SELECT count(*) FROM decision") == 0
    await presses_key(screen, "Enter")
    assert "Approved: Maya’s letter to Dana." in await screen.reads()
    await screen.page.evaluate(LOOKS)
    await screen.page.keyboard.press("w")
    await screen.page.keyboard.press("a")
    assert "Noah’s letter" in await screen.reads()
    assert await town.admin.fetchval("SELECT count(*) FROM decision") == 1, (
        "while the worry is open, A is no key"
    )


async def test_a_key_that_is_typed_or_held_down_decides_nothing(town: Town, screens: Enter) -> None:
    await a_busy_day(town)
    screen = await screens()
    await screen.enters("mo", at="reading")
    await screen.page.add_init_script(AT_ONCE)
    await presses_key(screen, "n")
    await screen.page.evaluate(LOOKS)
    await screen.page.keyboard.press("b")
    await screen.writes("In your own words, for a child", "a bad day, all in all")
    await screen.page.keyboard.press("Control+a")
    await screen.goes_to("Keys are on")
    await screen.page.keyboard.press("Enter")
    await screen.goes_to("All letters to read")
    await screen.page.keyboard.press("a")
    assert await town.admin.fetchval("SELECT count(*) FROM decision") == 2, "those of the letters before"


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_number_is_left_out_and_the_copy_seen_before_it_is_approved(
    town: Town, screens: Enter, scripts: bool
) -> None:
    await town.hands_in("noah", "Call me at 314-555-0123.\nI live with Aunt Rosa.")
    screen = await screens(scripts=scripts, width=390)
    await screen.enters("mo", at="reading")
    await screen.presses("Read the next letter")
    await screen.unfolds("Leave words out")
    await screen.presses("See the copy")
    assert "Nothing is left out yet." in await screen.stands_at()
    await screen.is_looked_at("reading-nothing-left-out")
    await screen.goes_to("314-555-0123")
    await screen.page.keyboard.press("Space")
    await screen.writes("Words to leave out", "Aunt Rosa")
    await screen.is_looked_at("reading-leave-out")
    await screen.presses("See the copy")
    assert "Call me at […].\nI live with […]." in await screen.reads()
    await screen.is_looked_at("reading-copy")
    await screen.presses("Change it")
    await screen.presses("See the copy")
    await screen.presses("Approve this copy")
    assert "Approved: Noah’s letter to Sam." in await screen.reads()
    assert await town.written("noah", Side.STUDENT) == TypedLetter("Call me at […].\nI live with […].")


async def test_a_letter_in_spanish_is_translated_and_both_are_approved(town: Town, screens: Enter) -> None:
    await town.hands_in("ana", "Hola, me llamo Ana.\n¿Tienes un perro?", language="es")
    screen = await screens()
    await screen.enters("mia", at="reading")
    await screen.presses("Read the next letter")
    await screen.is_looked_at("reading-spanish")
    await screen.writes("In English, for Dana", "Hello, my name is Ana. Do you have a dog?")
    await screen.presses("See the copy")
    await screen.is_looked_at("reading-translated")
    await presses_key(screen, "a")
    assert "Approved: Ana’s letter to Dana." in await screen.reads()


async def handed_in_on_paper(town: Town) -> None:
    picture = io.BytesIO()
    own_paper("Call 314-555-0123")[0].save(picture, "PNG")
    await town.hands_in("noah", ScannedLetter(clean_pages([Upload("n.png", picture.getvalue())])))


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_part_of_a_handwritten_page_is_black_in_the_copy(
    town: Town, screens: Enter, scripts: bool
) -> None:
    await handed_in_on_paper(town)
    screen = await screens(scripts=scripts, width=390)
    await screen.enters("mo", at="reading")
    await screen.presses("Read the next letter")
    await screen.unfolds("Black out parts of a page")
    for part in (1, 2, 3):
        await screen.goes_to(f"Page 1, line 3, part {part} of 6")
        await screen.page.keyboard.press("Space")
    await screen.is_looked_at("reading-black-out")
    await screen.presses("See the copy")
    await screen.is_looked_at("reading-black-copy")
    await screen.presses("Approve this copy")
    assert "Approved: Noah’s letter to Sam." in await screen.reads()
    letter = await town.written("noah", Side.STUDENT)
    page = Image.open(io.BytesIO(page_pictures(letter.content)[0])).convert("L")
    assert page.getpixel((page.width // 4, page.height * 5 // 48)) == 0


async def test_the_mouse_blackens_what_it_is_drawn_across(town: Town, screens: Enter) -> None:
    await handed_in_on_paper(town)
    screen = await screens()
    await screen.enters("mo", at="reading")
    await screen.presses("Read the next letter")
    await screen.unfolds("Black out parts of a page")
    begins, ends = (screen.page.locator(f'input[value="1-3-{part}"]') for part in (2, 4))
    await begins.hover()
    await screen.page.mouse.down()
    await screen.page.locator('input[value="1-3-3"]').hover()
    await ends.hover()
    await screen.page.mouse.up()
    ticked = await screen.page.eval_on_selector_all(
        "input[name=cell]:checked", "found => found.map(one => one.value)"
    )
    assert ticked == ["1-3-2", "1-3-3", "1-3-4"]
