"""A link to say no: looking changes nothing, the button does, and after the introduction neither."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from bluepals.facts.declining import Decliner
from tests.desk.town import PROGRAM, Town


def path(town: Town, decliner: Decliner, child: str = "maya") -> str:
    until = town.now + timedelta(days=7)
    return urlsplit(town.parts.office.links.decline(PROGRAM.id, decliner, town.pairings[child], until)).path


async def not_introduced(town: Town) -> None:
    await town.admin.execute("UPDATE pairing SET introduced_at = NULL, first_round = NULL")


async def sends(town: Town, page: str) -> str:
    form = (await town.http.get(page)).text.split('name="form" value="')[1].split('"')[0]
    return (await town.http.post(page, files={"form": (None, form)})).text


@pytest.mark.parametrize("decliner", Decliner)
async def test_looking_changes_nothing_and_the_button_does(town: Town, decliner: Decliner) -> None:
    await not_introduced(town)
    page = path(town, decliner)
    shown = await town.http.get(page)
    assert "Maya and Dana" in shown.text
    assert await town.admin.fetchval("SELECT count(*) FROM ending") == 0
    assert "Thank you." in await sends(town, page)
    assert await town.admin.fetchval("SELECT pairing_id FROM ending") == town.pairings["maya"]


async def test_a_form_from_elsewhere_is_refused(town: Town) -> None:
    await not_introduced(town)
    refused = await town.http.post(path(town, Decliner.FAMILY), files={"form": (None, "forged")})
    assert refused.status_code == 403
    assert await town.admin.fetchval("SELECT count(*) FROM ending") == 0


async def test_who_speaks_spanish_reads_it_in_spanish(town: Town) -> None:
    assert "No hace falta dar una razón" in (await town.http.get(path(town, Decliner.FAMILY, "ana"))).text
    assert "No reason is needed" in (await town.http.get(path(town, Decliner.OFFICER, "ana"))).text


async def test_the_answer_is_in_the_familys_language_too(town: Town) -> None:
    await not_introduced(town)
    assert "No les presentaremos" in await sends(town, path(town, Decliner.FAMILY, "ana"))


async def test_after_the_introduction_the_way_out_is_told(town: Town) -> None:
    assert "These two have been introduced already." in await sends(town, path(town, Decliner.FAMILY))
