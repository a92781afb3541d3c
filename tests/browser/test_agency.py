"""A liaison's week: a new officer signs up on a phone and is taken in, and another one is stopped at once."""

import re
from datetime import timedelta

from tests.browser.conftest import Enter
from tests.desk.town import Town


async def test_a_new_officer_signs_up_and_is_taken_in(town: Town, screens: Enter) -> None:
    until = town.now.date() + timedelta(days=12)
    await town.admin.execute("UPDATE officer SET cleared_until = $1 WHERE external_id = 'sam'", until)
    liaison, phone = await screens(), await screens(scripts=False, width=390)
    await liaison.enters("lia", at="agency")
    await liaison.presses("Make a new link")
    await liaison.is_looked_at("agency-link")
    made = await liaison.page.input_value("input[readonly]")
    found = re.search(r"/stl/join/.+", made)
    assert found
    await liaison.page.goto(found[0])
    await liaison.is_looked_at("join")
    await phone.page.goto(found[0])
    await phone.writes("First name", "Nia")
    await phone.writes("Last name", "Stone")
    await phone.writes("Work e-mail address", "nia@city.example")
    await phone.goes_to("Woman")
    await phone.page.keyboard.press("Space")
    await phone.goes_to("English")
    await phone.page.keyboard.press("Space")
    await phone.writes("Who are you", "I like letters.")
    await phone.presses("Send")
    assert "Your liaison looks at it" in await phone.reads()
    await liaison.page.goto("/stl/agency")
    await liaison.is_looked_at("agency")
    await liaison.writes("A number or short name for them", "N1")
    await liaison.presses("Take in")
    assert "no clearance yet" in await liaison.reads()


async def test_an_officer_is_stopped(town: Town, screens: Enter) -> None:
    screen = await screens(width=390)
    await screen.enters("lia", at="agency")
    await screen.presses("Stop at once")
    await screen.is_looked_at("agency-stop")
    await screen.presses("Yes, stop at once")
    assert "Stopped, from this moment on." in await screen.reads()
