"""A link of one's own: whoever has read a letter of suspected harm and can't enter any more attests by it, and sees nothing else."""

from urllib.parse import urlsplit
from uuid import UUID

import pytest

from bluepals.domain.cases import Concern
from bluepals.facts import cases, leaving
from tests.desk.spanish import english_left
from tests.desk.town import SCOPE, Town


async def stopped_after_reading(town: Town) -> str:
    """The path of Dana's own link, who had the letter before she was stopped."""
    draft = await town.delivers("maya", "My uncle hits me.")
    opened = await cases.worry(
        town.parts.office, SCOPE, draft_id=draft.id, by=town.staff["tess"], concern=Concern.HARM
    )
    await leaving.stop(town.parts.office, SCOPE, town.officers["dana"], by=town.staff["cora"])
    return path(town, opened.case.id, town.officers["dana"])


def path(town: Town, case_id: UUID, person: UUID) -> str:
    return urlsplit(town.parts.office.links.attest("stl", case_id, person)).path


async def sends(town: Town, page: str, to: str = "", **fields: str) -> str:
    shown = (await town.http.get(page + to)).text
    form = shown.split('name="form" value="')[1].split('"')[0]
    parts = {name: (None, value) for name, value in {"form": form, **fields}.items()}
    answer = await town.http.post(page + to, files=parts)
    return (await town.http.get(page)).text if answer.status_code == 303 else answer.text


async def said(town: Town) -> list[tuple[UUID, bool]]:
    rows = await town.admin.fetch("SELECT attested_by, reported FROM attestation")
    return [tuple(row) for row in rows]


async def test_looking_says_nothing_and_shows_nothing_of_the_letter(town: Town) -> None:
    page = await stopped_after_reading(town)
    shown = (await town.http.get(page)).text
    assert "The hotline: Childhelp, 1-800-422-4453" in shown
    assert "uncle" not in shown
    assert "Maya" not in shown
    assert await said(town) == []


async def test_a_report_is_attested_by_the_one_whose_link_it_is(town: Town) -> None:
    page = await stopped_after_reading(town)
    assert "with date and time" in await sends(town, page)
    assert "still to come" in await sends(town, page, when="2030-09-01T08:30")
    reported = f"{town.now:%Y-%m-%dT%H:%M}"
    done = await sends(town, page, when=reported, reference="MO-7")
    assert "Thank you. You reported on" in done
    assert "reference MO-7" in done
    assert "I have reported" not in done
    assert await said(town) == [(town.officers["dana"], True)]


async def test_no_reasonable_cause_is_asked_once_more_there_too(town: Town) -> None:
    page = await stopped_after_reading(town)
    assert "It goes on record for you" in (await town.http.get(f"{page}/no-cause")).text
    assert "You read it and had no reasonable cause." in await sends(town, page, "/no-cause")
    assert await said(town) == [(town.officers["dana"], False)]


async def test_a_link_speaks_spanish_to_whoever_reads_it_so(town: Town) -> None:
    page = await stopped_after_reading(town)
    town.http.headers["accept-language"] = "es"
    shown, asked = (await town.http.get(page)).text, (await town.http.get(f"{page}/no-cause")).text
    assert "El deber de denunciar es suyo, personal e inmediato, también ahora que ya no participa." in shown
    assert "La línea de denuncia: Childhelp, 1-800-422-4453 (allí le dicen" in shown
    later = await sends(town, page, when="2030-09-01T08:30")
    assert "La hora de la denuncia todavía no ha llegado." in later
    done = await sends(town, page, when=f"{town.now:%Y-%m-%dT%H:%M}")
    assert [english_left(one) for one in (shown, asked, later, done)] == [[]] * 4


@pytest.mark.parametrize("who", ["kim", "cora"])
async def test_a_link_of_somebody_who_has_not_read_the_letter_takes_nothing(town: Town, who: str) -> None:
    page = await stopped_after_reading(town)
    case = await town.case()
    person = town.officers.get(who) or town.staff[who]
    another = path(town, case, person)
    assert "I have reported" not in (await town.http.get(another)).text
    form = (await town.http.get(f"{another}/no-cause")).text.split('name="form" value="')[1].split('"')[0]
    refused = await town.http.post(f"{another}/no-cause", files={"form": (None, form)})
    assert (refused.status_code, "Only somebody who has read the letter" in refused.text) == (409, True)
    assert "This link is not complete." in (await town.http.get(page[:-3])).text
    assert await said(town) == []


async def test_the_counselor_records_who_could_not_be_reached_and_the_case_can_be_closed(town: Town) -> None:
    await stopped_after_reading(town)
    case, coco = str(await town.case()), town.counselor("coco")
    shown = (await coco.gets(case)).text
    assert "Dana left the program on" in shown
    assert "Dana (no longer in the program)" in shown
    done = await coco.posts(f"{case}/not-reached/{town.officers['dana']}")
    assert "It is on record that they could not be reached." in done.text
    assert "Dana left the program on" in done.text
    assert "and could not be reached, as" in done.text
    refused = await coco.posts(f"{case}/not-reached/{town.staff['tess']}")
    assert (refused.status_code, "still takes part in the program" in refused.text) == (409, True)
