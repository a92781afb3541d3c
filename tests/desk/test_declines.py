"""A link to say no: looking changes nothing, the button does, and after the introduction neither."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from bluepals.facts.declining import Decliner
from tests.desk.spanish import english_left
from tests.desk.town import PROGRAM, Town


def path(town: Town, decliner: Decliner, child: str = "maya", reader: str = "") -> str:
    until = town.now + timedelta(days=7)
    return urlsplit(
        town.parts.office.links.decline(PROGRAM.id, decliner, town.pairings[child], until, reader)
    ).path


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


async def test_a_family_reads_it_in_the_other_language_too(town: Town) -> None:
    await not_introduced(town)
    page = path(town, Decliner.FAMILY)
    assert "introduce them</button>" in (await town.http.get(page)).text
    assert "Español" in (await town.http.get(page)).text
    spanish = await town.http.get(f"{page}?lang=es")
    assert "Que no se les presente</button>" in spanish.text
    assert english_left(spanish.text) == []
    assert spanish.text.count('hreflang="en"') == 1
    assert "Gracias" in await sends(town, f"{page}?lang=es")


async def test_a_family_is_spoken_to_in_its_childs_language_at_first(town: Town) -> None:
    await not_introduced(town)
    page = path(town, Decliner.FAMILY, "ana")
    assert "Que no se les presente</button>" in (await town.http.get(page)).text
    assert "introduce them</button>" in (await town.http.get(f"{page}?lang=en")).text


async def test_an_officer_is_spoken_to_as_the_browser_likes_best(town: Town) -> None:
    await not_introduced(town)
    page = path(town, Decliner.OFFICER, "ana")
    assert "introduce them</button>" in (await town.http.get(page)).text
    spanish = await town.http.get(page, headers={"accept-language": "es"})
    assert "Que no se les presente</button>" in spanish.text
    assert "English</a>" in spanish.text


async def may_be_declined(town: Town) -> None:
    await not_introduced(town)
    await town.admin.execute(
        "UPDATE program SET definition = jsonb_set(definition, '{policy,declining_days}', '5')"
    )


async def test_a_counselor_says_no_on_the_own_page(town: Town) -> None:
    await may_be_declined(town)
    coco = town.counselor("coco")
    page = await coco.sees()
    assert "<strong>Maya Lopez and Dana</strong> (City Police), class 5A, North School." in page
    assert "Ruiz" not in page
    done = await coco.posts(f"pairs/{town.pairings['maya']}")
    assert "somebody else is looked for. Nobody is told who has said no." in done.text
    assert "Maya Lopez and Dana" not in done.text
    row = await town.admin.fetchrow("SELECT pairing_id, reason FROM ending")
    assert row is not None
    assert tuple(row) == (town.pairings["maya"], "declined")


async def test_a_counselor_sees_the_pairs_of_their_schools_while_one_may_say_no(town: Town) -> None:
    cal, norths = town.counselor("cal"), f"pairs/{town.pairings['maya']}"
    assert "are to be introduced" not in await cal.sees(), "all have been"
    late = await town.counselor("coco").posts(norths)
    assert (late.status_code, "introduced already" in late.text) == (409, True)
    await may_be_declined(town)
    page = await cal.sees()
    assert "Leo Park and Ben" in page
    assert "Maya" not in page
    assert (await cal.posts(norths)).status_code == 404
    await town.admin.execute("UPDATE pairing SET declining_until = $1", town.now - timedelta(hours=1))
    assert "Leo Park and Ben" in await cal.sees(), "it is never too late before they are introduced"


async def test_a_link_that_is_out_with_a_guardian_who_has_no_access_any_more_opens_nothing(
    town: Town,
) -> None:
    await not_introduced(town)
    await town.admin.execute(
        "UPDATE student SET guardian_email = 'A@home.example', guardian2_email = 'b@home.example'"
        " WHERE external_id = 'maya'"
    )
    one, other = [path(town, Decliner.FAMILY, reader=f"{name}@home.example") for name in "ab"]
    assert [(await town.http.get(page)).status_code for page in (one, other)] == [200, 200]
    key = (await town.http.get(one)).text.split('name="form" value="')[1].split('"')[0]
    await town.admin.execute(
        "UPDATE student SET guardian_email = NULL, guardian1_access = false WHERE external_id = 'maya'"
    )
    shown, sent = await town.http.get(one), await town.http.post(one, files={"form": (None, key)})
    assert "Maya" not in shown.text + sent.text
    assert (shown.status_code, sent.status_code) == (403, 403)
    assert await town.admin.fetchval("SELECT count(*) FROM ending") == 0
    assert "Thank you." in await sends(town, other)


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
    assert "No se hará la presentación" in await sends(town, path(town, Decliner.FAMILY, "ana"))


async def test_after_the_introduction_the_way_out_is_told(town: Town) -> None:
    assert "These two have been introduced already." in await sends(town, path(town, Decliner.FAMILY))


async def test_a_refusal_is_in_the_familys_language_too(town: Town) -> None:
    assert "Ya se les ha presentado." in await sends(town, path(town, Decliner.FAMILY, "ana"))
