"""In which language the doors and the refusals speak to somebody of whom nothing is known yet."""

import ast
import re
from pathlib import Path

import pytest
from starlette.requests import Request

from desk.door_words import CHOSEN, SPANISH, door_words
from tests.bluepals.facts.test_year import words
from tests.commands.test_named_commands import sentences
from tests.desk.test_doors import ENTER, TESS, Browser, another, newest_mail
from tests.desk.test_family import ANAS, MAYAS, save_addresses
from tests.desk.town import PROGRAM, Town
from tests.mailroom import parsed

ROOT = Path(__file__).parents[2]
WHERE_REFUSALS_ARE_WORDED = ("bluepals/facts", "bluepals/links.py", "desk")


@pytest.fixture
def browser(town: Town) -> Browser:
    return another(town)


def asked(query: str = "", accepts: str = "") -> str:
    headers = [(b"accept-language", accepts.encode())] if accepts else []
    return door_words(Request({"type": "http", "query_string": query.encode(), "headers": headers})).language


@pytest.mark.parametrize(
    ("query", "accepts", "language"),
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
def test_the_address_is_asked_first_and_then_the_browser(query: str, accepts: str, language: str) -> None:
    assert asked(query, accepts) == language


def test_each_sentence_that_has_spanish_words_is_one_that_is_said() -> None:
    files = [file for place in WHERE_REFUSALS_ARE_WORDED for file in _files(ROOT / place)]
    said = {text for file in files for text in sentences(ast.parse(file.read_text("utf-8")))}
    assert SPANISH.sentences.keys() <= said


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else [one for one in place.glob("*.py") if one.stem != "door_words"]


async def test_a_guardian_comes_in_without_a_word_of_english(town: Town, browser: Browser) -> None:
    http = browser.http
    http.headers["accept-language"] = "es-MX,es;q=0.9"
    door = await http.get(f"/{PROGRAM.id}/family")
    assert '<html lang="es">' in door.text
    assert "Enviarme un mensaje" in door.text
    page = await browser.asks(TESS)
    assert "Mire su correo" in page.text
    refused = await browser.types("000 000")
    assert "Ese no es el código del mensaje más reciente" in refused.text
    link, _ = await newest_mail(town)
    assert "Entrar" in (await http.get(link)).text
    assert "Esta página no existe" in (await http.get("/nowhere/at/all")).text


async def test_a_language_that_was_chosen_goes_along(town: Town, browser: Browser) -> None:
    door = await browser.http.get(ENTER, params={"to": f"/{PROGRAM.id}/family"})
    assert "Type the e-mail address" in door.text
    assert "lang=es" in door.text
    spanish = await browser.http.get(ENTER, params={"to": f"/{PROGRAM.id}/family", "lang": "es"})
    assert f'action="{ENTER}?to=%2F{PROGRAM.id}%2Ffamily&amp;lang=es"' in spanish.text
    form = {"form": await browser.form_key(ENTER), "address": TESS}
    page = await browser.http.post(f"{ENTER}?lang=es", data=form)
    assert "Mire su correo" in page.text


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
