"""In which language the desk speaks to somebody, and how they choose the other one."""

import re
from contextvars import copy_context

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bluepals.domain.sentences import Sentence, either, listed
from desk.language import CHOSEN, LANGUAGES, Speaking, language, speak
from desk.language import words as in_template
from tests.bluepals.facts.test_year import words
from tests.desk.spanish import english_left
from tests.desk.test_doors import ENTER, TESS, Browser, another, newest_mail
from tests.desk.test_family import ANAS, MAYAS, save_addresses
from tests.desk.town import DESK, PROGRAM, Town
from tests.mailroom import parsed


@pytest.fixture
def browser(town: Town) -> Browser:
    return another(town)


async def says_its_language(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(language())(scope, receive, send)


@pytest.mark.parametrize(
    ("query", "accepts", "spoken"),
    [
        ("", "", "en"),
        ("", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("", "en-US,en;q=0.9,es;q=0.8", "en"),
        ("", "es;q=0.4, en;q=0.7", "en"),
        ("", "fr, es;q=0.5", "es"),
        ("", "es;q=lots", "es"),
        ("lang=es", "en", "es"),
        ("lang=en", "es", "en"),
        ("lang=tlh", "es", "es"),
    ],
)
async def test_the_address_is_asked_first_and_then_the_browser(query: str, accepts: str, spoken: str) -> None:
    transport = httpx.ASGITransport(Speaking(says_its_language))
    async with httpx.AsyncClient(transport=transport, base_url=DESK) as http:
        assert (await http.get(f"/?{query}", headers={"accept-language": accepts})).text == spoken


async def test_a_guardian_comes_in_without_a_word_of_english(town: Town, browser: Browser) -> None:
    http = browser.http
    http.headers["accept-language"] = "es-MX,es;q=0.9"
    door = await http.get(f"/{PROGRAM.id}/family")
    page = await browser.asks(TESS)
    refused = await browser.types("000 000")
    assert "Ese no es el código del mensaje más reciente" in refused.text
    assert "<title>No se ha podido entrar: Revise su correo · Blue Pals</title>" in refused.text
    link, _ = await newest_mail(town)
    entry, spent = await http.get(link), await http.get(f"{ENTER}/another")
    assert "Este enlace no abre nada aquí" in spent.text
    nowhere = await http.get("/nowhere/at/all")
    for one in (door, page, refused, entry, spent, nowhere):
        assert '<html lang="es">' in one.text
        assert english_left(one.text) == []


async def test_a_language_that_was_chosen_holds_on_the_pages_after_it(town: Town, browser: Browser) -> None:
    door = await browser.http.get(ENTER, params={"to": f"/{PROGRAM.id}/family"})
    assert "Type the e-mail address" in door.text
    spanish = await browser.http.get(ENTER, params={"to": f"/{PROGRAM.id}/family", "lang": "es"})
    assert "Escriba la dirección" in spanish.text
    assert "Revise su correo" in (await browser.asks(TESS)).text


def others(page: str) -> list[str]:
    """Where the links to the page in the other language lead."""
    return [
        link.replace("&amp;", "&") for link in re.findall(r'<a href="([^"]*)" lang="\w\w" hreflang', page)
    ]


async def test_each_page_has_one_link_to_the_other_language_and_remembers_where_somebody_was_going(
    town: Town, browser: Browser
) -> None:
    to = "%2Fstl%2Ffamily"
    assert others((await browser.http.get(f"{ENTER}?to=/stl/family")).text) == [f"?to={to}&lang=es"]
    refused = await browser.asks("no address", to="/stl/family")
    assert others(refused.text) == [f"{ENTER}?to={to}&lang=es"]
    refused = await browser.types("000 000", to="/stl/family")
    assert others(refused.text) == [f"{ENTER}/code?to={to}&lang=es"]
    assert others((await town.moderator("mo").http.get("/stl/reading?lang=es")).text) == ["?lang=en"]


async def test_the_link_leads_nowhere_else_whatever_the_address_was(town: Town, browser: Browser) -> None:
    nowhere = await browser.http.get(f"{DESK}//evil.example/page")
    assert (nowhere.status_code, others(nowhere.text)) == (404, ["?lang=es"])


async def test_a_family_that_has_chosen_at_the_door_is_spoken_to_so_on_its_page(
    town: Town, browser: Browser
) -> None:
    await save_addresses(town)
    await browser.http.get(ENTER, params={"lang": "es"})
    await browser.asks(MAYAS)
    link, _ = await newest_mail(town)
    assert "Entrar" in (await browser.http.get(link)).text
    assert "La página de su familia" in (await browser.presses(link)).text


async def test_whoever_comes_next_in_this_browser_begins_in_their_own_language(
    town: Town, browser: Browser
) -> None:
    await save_addresses(town)
    await browser.http.get(ENTER, params={"lang": "en"})
    await browser.asks(ANAS)
    page = (await browser.types(await town.mailed_code(ANAS))).text
    assert "Your family’s page" in page  # noqa: RUF001
    key = re.findall(r'name="form" value="([^"]+)"', page)[0]
    await browser.http.post(f"/{PROGRAM.id}/leave", data={"form": key, "where": "here"})
    assert CHOSEN not in browser.http.cookies


async def test_a_familys_code_comes_in_its_language_first(town: Town, browser: Browser) -> None:
    await save_addresses(town)
    await browser.asks(ANAS)
    message = parsed(await town.admin.fetchval("SELECT message FROM mail WHERE kind = 'entry'"))
    assert message["Subject"].endswith(" es su código para Blue Pals")
    assert message["Content-Language"] == "es"
    text = words(message)
    assert text.index("Escriba el código") < text.index("Type the code")
    assert "Abrir Blue Pals" in text


@pytest.mark.parametrize(
    ("names", "and_one", "or_one"),
    [
        (["Ana", "Ben"], "Ana y Ben", "Ana o Ben"),
        (["Ana", "Leo", "Inés"], "Ana, Leo e Inés", "Ana, Leo o Inés"),
        (["Ana", "Hilda"], "Ana e Hilda", "Ana o Hilda"),
        (["Ana", "Ian"], "Ana y Ian", "Ana o Ian"),
        (["Ben", "Óscar"], "Ben y Óscar", "Ben u Óscar"),
    ],
)
def test_spanish_joins_names_as_they_sound(names: list[str], and_one: str, or_one: str) -> None:
    said = [
        one.said_in(LANGUAGES["es"]) for one in (listed(names), either(names)) if isinstance(one, Sentence)
    ]
    assert said == [and_one, or_one]


def test_a_templates_own_words_join_names_as_they_sound_too() -> None:
    def said_in_spanish() -> str:
        speak("es")
        return in_template("{student} and {officer}", student="Maya", officer="Irma")

    assert copy_context().run(said_in_spanish) == "Maya e Irma"
