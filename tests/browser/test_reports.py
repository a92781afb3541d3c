"""The year's report and a rehearsal's page: nothing is cut and nothing is wider than the screen, on a phone too."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from bluepals.domain.board import SchoolRound
from bluepals.facts.board import board_of
from bluepals.paper.report import report_page
from rehearsal.page import page as rehearsed
from tests.bluepals.paper.test_report import REPORT
from tests.browser.conftest import PICTURES
from tests.browser.screen import DESK_SIZE, PHONE_SIZE
from tests.rehearsal.test_page import COUNT, YEAR

ROUNDS = [
    SchoolRound(school, name, number, date(2026, 10, 13), COUNT, COUNT)
    for school, name in (("north", "Thurgood Marshall Elementary School"), ("south", "South School"))
    for number in range(1, 9)
]
FULL_YEAR = replace(YEAR, board=board_of(ROUNDS))
# What stands to the right of the screen, on a phone also in a box that can be scrolled.
CUT = """() => [...document.querySelectorAll('td, th, svg')].filter(one => one.checkVisibility())
    .filter(one => innerWidth < 400 || !one.closest('[tabindex]'))
    .filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    page = await chromium.new_page()
    yield page
    await page.close()


@pytest.mark.parametrize(
    ("name", "html"),
    [("report", report_page(REPORT)), ("rehearsal", rehearsed(FULL_YEAR))],
    ids=["report", "rehearsal"],
)
async def test_nothing_is_cut_on_a_desk_and_on_a_phone(page: Page, name: str, html: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width, height in (DESK_SIZE, PHONE_SIZE):
        await page.set_viewport_size({"width": width, "height": height})
        await page.set_content(html)
        await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        await page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await page.evaluate(CUT) == []
