"""A passkey in a real browser, whose device is the browser's own virtual one."""

from tests.browser.conftest import Enter
from tests.browser.screen import Screen
from tests.desk.town import PROGRAM, Town

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def has_a_device(screen: Screen) -> None:
    tools = await screen.page.context.new_cdp_session(screen.page)
    await tools.send("WebAuthn.enable")
    await tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


async def test_a_moderator_makes_a_passkey_and_enters_with_it(town: Town, screens: Enter) -> None:
    screen = await screens()
    await has_a_device(screen)
    await screen.enters("mo", "passkeys")
    await screen.is_looked_at("passkeys-none")
    await screen.presses("Make a passkey on this device")
    assert "Made on Tuesday, September 1, 2026, 9:00 AM CDT, not used yet" in " ".join(
        (await screen.reads()).split()
    )
    await screen.is_looked_at("passkeys")
    await screen.presses("Log out")
    await screen.presses("Enter with my passkey")
    await screen.is_looked_at("enter-passkey")
    await screen.presses("Enter with my passkey")
    assert screen.page.url.endswith(f"/{PROGRAM.id}/reading")
    await screen.page.goto(f"/{PROGRAM.id}/passkeys")
    assert "last used on Tuesday, September 1, 2026" in await screen.reads()
    await screen.unfolds("Make a passkey on this device")
    await screen.page.get_by_text("This device has a passkey of yours for Blue Pals already").wait_for()
    await screen.presses("Remove")
    await screen.is_looked_at("passkey-remove")
    await screen.presses("Yes, remove it")
    assert "You have none yet." in await screen.reads()


async def test_a_device_without_the_passkey_says_so_and_the_page_stays(town: Town, screens: Enter) -> None:
    screen = await screens()
    await has_a_device(screen)
    await screen.page.goto(f"/{PROGRAM.id}/enter/passkey")
    await screen.unfolds("Enter with my passkey")
    await screen.page.get_by_text("Your device did not answer with a passkey.").wait_for()


async def test_without_javascript_the_page_leads_back_to_the_mail(town: Town, screens: Enter) -> None:
    screen = await screens(scripts=False)
    await screen.page.goto(f"/{PROGRAM.id}/enter/passkey")
    await screen.is_looked_at("enter-passkey-without-scripts")
    await screen.presses("Enter in another way")
    assert "Type the e-mail address" in await screen.reads()
