"""Somebody in front of a screen, with a keyboard and no mouse."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from bluepals.facts import doors
from service.parts import Parts
from tests.desk.town import PROGRAM

DESK_SIZE, PHONE_SIZE = (1280, 900), (390, 844)
MOST_TABS = 400

# What a screen reader would say of the element that has the focus.
FOCUSED = """() => {
    const here = document.activeElement;
    if (here === document.body) return '';
    const labels = [...(here.labels ?? [])].map(one => one.innerText).join(' ');
    return [here.getAttribute('aria-label') ?? '', labels, here.innerText ?? '', here.value ?? ''].join(' ')
        .replace(/\\s+/g, ' ').trim();
}"""

# Whether the form that has the focus is sent by htmx; and when what it changes has settled.
CHANGES_IN_PLACE = (
    "() => 'htmx' in window && document.activeElement.closest('form')?.getAttribute('hx-boost') === 'true'"
)
WAIT_FOR_THE_CHANGE = """() => {
    window.changed = new Promise(done =>
        document.addEventListener('htmx:afterSettle', () => done(true), { once: true }));
}"""


class Place(Protocol):
    """Whose desk it is, and where its people get their mail."""

    @property
    def parts(self) -> Parts: ...

    async def mailed_code(self, address: str) -> str: ...


@dataclass
class Screen:
    town: Place
    page: Page
    pictures: Path
    has_scripts: bool

    async def enters(self, name: str, at: str) -> None:
        """By a link that an administrator made, and its button."""
        link = await doors.link_for(self.town.parts.office, PROGRAM.id, name)
        await self.page.goto(urlsplit(link).path)
        await self.presses("Enter")
        await self.page.goto(f"/{PROGRAM.id}/{at}")

    async def enters_by_mail(self, address: str, at: str) -> None:
        """As a family does: with the code that it is sent."""
        await self.page.goto(f"/{PROGRAM.id}/{at}")
        await self.writes("E-mail address", address)
        await self.presses("Send me a mail")
        await self.writes("Code of six digits", await self.town.mailed_code(address))
        await self.presses("Enter")

    async def goes_to(self, name: str) -> None:
        """With the tabulator, to what is called so."""
        for _ in range(MOST_TABS):
            await self.page.keyboard.press("Tab")
            if name in await self.page.evaluate(FOCUSED):
                return
        raise AssertionError(f"The keyboard does not come to {name!r} on {self.page.url}.")

    async def presses(self, name: str) -> None:
        """A button or a link that leads to a page, or to another state of this one."""
        await self.goes_to(name)
        if await self.page.evaluate(CHANGES_IN_PLACE):
            await self.page.evaluate(WAIT_FOR_THE_CHANGE)
            await self.page.keyboard.press("Enter")
            await self.page.evaluate("changed")
            return
        await self.presses_enter()

    async def presses_enter(self) -> None:
        """Where the keyboard is, in a form without anything that changes it in place."""
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def unfolds(self, name: str) -> None:
        await self.goes_to(name)
        await self.page.keyboard.press("Enter")

    async def writes(self, label: str, text: str) -> None:
        await self.goes_to(label)
        await self.page.keyboard.type(text)

    async def stands_at(self) -> str:
        """What a screen reader reads out: of what has the focus, which a page gives after it has loaded."""
        await self.page.locator(":focus").wait_for()
        return str(await self.page.evaluate(FOCUSED))

    async def reads(self) -> str:
        return await self.page.inner_text("body")

    async def shows_whole_tables(self) -> bool:
        """On a phone, without being pushed aside."""
        before = self.page.viewport_size
        await self.page.set_viewport_size({"width": PHONE_SIZE[0], "height": PHONE_SIZE[1]})
        whole: bool = await self.page.evaluate(
            "[...document.querySelectorAll('.wide-table')].every(one => one.scrollWidth <= one.clientWidth)"
        )
        if before:
            await self.page.set_viewport_size(before)
        return whole

    async def is_looked_at(self, name: str) -> None:
        """No fault that axe knows; and on a desk's and a phone's screen nothing wider than it, and a picture.

        Both screens show the same elements in the same colors, so axe looks once.
        """
        if self.has_scripts:  # Axe is one.
            found = await Axe().run(self.page)
            assert found.violations_count == 0, found.generate_report()
        self.pictures.mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size
        for width, height in (DESK_SIZE, PHONE_SIZE):
            await self.page.set_viewport_size({"width": width, "height": height})
            assert await self.page.evaluate("document.documentElement.scrollWidth") <= width
            await self.page.screenshot(path=self.pictures / f"{name}-{width}.png", full_page=True)
        if before:
            await self.page.set_viewport_size(before)
