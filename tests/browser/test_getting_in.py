"""From the page that was asked for, through the mail, to that page."""

from tests.browser.conftest import Enter
from tests.desk.test_doors import newest_mail
from tests.desk.town import PROGRAM, Town


async def test_a_code_from_the_mail_leads_to_the_page_that_was_asked_for(town: Town, screens: Enter) -> None:
    screen = await screens()
    await screen.page.goto(f"/{PROGRAM.id}/pals")
    await screen.is_looked_at("enter")
    await screen.presses("Español")
    await screen.is_looked_at("enter-spanish")
    await screen.presses("English")
    await screen.writes("E-mail address", "sam@city.example")
    await screen.presses("Send me a mail")
    await screen.is_looked_at("enter-code")
    _, code = await newest_mail(town)
    await screen.writes("Code of six digits", code)
    await screen.presses("Enter")
    assert "Hello, Sam" in await screen.reads()
    await screen.presses("Log out")
    assert "Type the e-mail address" in await screen.reads()


async def test_the_link_opens_in_the_same_browser_and_says_so_in_another(town: Town, screens: Enter) -> None:
    asking, other = await screens(scripts=False), await screens()
    await asking.page.goto(f"/{PROGRAM.id}/enter")
    await asking.writes("E-mail address", "tess@school.example")
    await asking.presses("Send me a mail")
    link, _ = await newest_mail(town)
    await other.page.goto(link)
    await other.is_looked_at("enter-link-elsewhere")
    assert "This link opens nothing here" in await other.reads()
    await asking.page.goto(link)
    await asking.is_looked_at("enter-link")
    await asking.presses("Enter")
    assert "Hello, Ms. Tess" in await asking.reads()
