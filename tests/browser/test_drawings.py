"""The drawings in a browser: no fault that axe knows, as wide as the page and no wider, each mark to be reached."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from bluepals.domain.board import SchoolRound, SideCount
from bluepals.domain.pairing_year import Moment
from bluepals.paper.round_bar import round_bar, round_key
from bluepals.paper.year_line import year_key, year_line
from bluepals.paper.year_words import nowhere, year_list
from tests.bluepals.paper.pairing_years import EVERYTHING
from tests.browser.conftest import PICTURES
from tests.browser.screen import DESK_SIZE, PHONE_SIZE

STYLE = Path("desk/static/desk.css").read_text("utf-8")
STUDENTS, OFFICERS = SideCount(28, 24, 20, 12, 2, 1, 0), SideCount(28, 9, 4, 0, 0, 0, 2)
ROUND = SchoolRound("north", "Northside", 3, None, STUDENTS, OFFICERS)
LONG = replace(EVERYTHING, officer="Maximiliana-Guadalupe Esperanza de los Ángeles")


def letter(moment: Moment) -> str | None:
    return f"#letter-{moment.about}" if moment.about else None


def html(*, linked: bool) -> str:
    line = year_line(LONG, letter) if linked else year_line(LONG)
    return f"""<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Drawings</title>
        <style>{STYLE}</style><main class="wide"><h1>Drawings</h1>
        <section class="card">{line}{year_key([LONG])}{year_list(LONG, letter if linked else nowhere)}</section>
        <section class="card">{round_bar(ROUND)}{round_key()}</section></main></html>"""


@pytest.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    page = await chromium.new_page()
    yield page
    await page.close()


@pytest.mark.parametrize("linked", [False, True])
async def test_on_a_desk_and_on_a_phone(page: Page, linked: bool) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width, height in (DESK_SIZE, PHONE_SIZE):
        await page.set_viewport_size({"width": width, "height": height})
        await page.set_content(html(linked=linked))
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        name = "drawings-linked" if linked else "drawings"
        await page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


async def test_each_mark_is_reached_by_keyboard_in_the_order_of_the_year_and_leads_to_what_it_was(
    page: Page,
) -> None:
    await page.set_content(html(linked=True))
    reached = []
    for _ in range(len(LONG.rests) + len(LONG.moments)):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.getAttribute('href')"))
    in_order = sorted(enumerate(LONG.moments), key=lambda one: one[1].on)
    assert reached == [
        *(f"#rest-{number}" for number, _ in enumerate(LONG.rests)),
        *(letter(one) or f"#moment-{number}" for number, one in in_order),
    ]


async def test_enter_on_a_mark_brings_one_to_its_entry(page: Page) -> None:
    await page.set_content(html(linked=True))
    called_off = page.locator("svg a", has_text="The officers' visit was called off.")
    await called_off.press("Enter")
    assert "The officers' visit was called off." in await page.evaluate("document.activeElement.innerText")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


async def test_marks_say_their_names_to_a_screen_reader(page: Page) -> None:
    await page.set_content(html(linked=True))
    said = await page.locator("svg.year-line").aria_snapshot()
    assert said.startswith('- group "The year of Ana and Maximiliana-Guadalupe Esperanza de los Ángeles"')
    assert "The officers' visit was called off." in said.replace("''", "'")
    assert said.count("- 'link ") == len(LONG.moments) + len(LONG.rests)
