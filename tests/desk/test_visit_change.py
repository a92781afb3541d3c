"""The officers' visit, moved or called off: who is told is seen first, the reason is asked for, and what is final stays."""

import re
from datetime import date

import httpx
import pytest

from bluepals.facts import pauses, visits, year
from bluepals.store.pauses import Target, What
from service.asking import Asking
from tests.desk.spanish import english_left
from tests.desk.town import NORTH, SCOPE, SOUTH, Town, Visitor

INVITED = date(2027, 3, 29)
AFTER_THE_VISIT = date(2027, 4, 20)
HALL = "The hall is painted."


@pytest.fixture
async def cora(town: Town, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Temporal is away in this town: what the visit's workflow would do is done here."""

    async def move(_: Asking, program_year: str, to: date) -> None:
        await visits.move(town.parts.office, SCOPE, program_year, to)

    async def call_off(_: Asking, program_year: str, *, read_aloud: bool) -> None:
        await visits.call_off(town.parts.office, SCOPE, program_year, read_aloud=read_aloud)

    monkeypatch.setattr(Asking, "move_visit", move)
    monkeypatch.setattr(Asking, "call_off_visit", call_off)
    for one in (NORTH, SOUTH):
        await year.open_year(town.parts.office, SCOPE, one)
    return town.calendar("cora")


async def looks(visitor: Visitor, **asked: str) -> httpx.Response:
    return await visitor.http.get(f"{visitor.path}/{NORTH}/visit", params=asked)


async def changes(visitor: Visitor, do: str, *, because: str = HALL, **fields: str) -> httpx.Response:
    """As it was seen, if it can be seen."""
    found = re.search(r'name="agreed" value="(\w+)"', (await looks(visitor, do=do, **fields)).text)
    fields = {"agreed": found[1] if found else "", **fields}
    return await visitor.posts(f"{NORTH}/visit", do=do, because=because, **fields)


async def on_record(town: Town) -> tuple[date, str, str | None]:
    row = await town.admin.fetchrow(
        "SELECT visit_on, visit_state, visit_because FROM program_year WHERE id = $1", NORTH
    )
    assert row is not None
    return row["visit_on"], row["visit_state"], row["visit_because"]


@pytest.mark.parametrize("do", ["move", "call off", "read aloud"])
async def test_a_look_shows_who_is_told_and_changes_nothing(town: Town, cora: Visitor, do: str) -> None:
    await town.on(INVITED)
    await town.invites(NORTH)
    before = await on_record(town)
    page = (await looks(cora, do=do, to="2027-04-20")).text
    assert "3 invited officers are told" in page
    assert (
        "Told at the school and in the program\N{RIGHT SINGLE QUOTATION MARK}s office: Ms. Tess, Ms. Theo, Ms. Cora."
        in page
    )
    assert await on_record(town) == before


async def test_before_anybody_is_invited_the_look_says_so(cora: Visitor) -> None:
    page = (await looks(cora, do="move", to="2027-04-20")).text
    assert "No officer has been invited yet: the invitation will name the new day." in page
    assert "The visit is on Tuesday, April 20, 2027, and no longer on " in page


async def test_the_calendar_itself_only_leads_there(cora: Visitor) -> None:
    page = await cora.sees()
    assert f'href="{cora.path}/{NORTH}/visit">Move it or call it off' in page
    assert "Call it off:" not in page


async def test_it_moves_as_it_was_seen(town: Town, cora: Visitor) -> None:
    done = await changes(cora, "move", to="2027-04-20")
    assert "Everybody who was invited is told" in done.text
    assert "Tue Apr 20." in done.text
    assert await on_record(town) == (date(2027, 4, 20), "planned", HALL)


@pytest.mark.parametrize("do", ["move", "call off", "read aloud"])
async def test_without_a_reason_nothing_is_done(town: Town, cora: Visitor, do: str) -> None:
    before = await on_record(town)
    refused = await changes(cora, do, to="2027-04-20", because=" ")
    assert (refused.status_code, "Say why in a sentence" in refused.text) == (422, True)
    assert await on_record(town) == before


async def test_nothing_is_done_that_nobody_has_seen(town: Town, cora: Visitor) -> None:
    before = await on_record(town)
    refused = await changes(cora, "call off", agreed="")
    assert (refused.status_code, "The visit is no longer as you have seen it" in refused.text) == (409, True)
    assert f'value="{HALL}"' in refused.text, "what was typed is still there"
    assert await on_record(town) == before


async def test_a_second_day_or_none_follows_a_visit_that_was_called_off(town: Town, cora: Visitor) -> None:
    await changes(cora, "call off")
    assert "Choose a second day, or have letters read aloud" in await cora.sees()
    page = (await looks(cora)).text
    assert "See it called off: a second day may follow" not in page
    assert "A second day" in page
    again = await looks(cora, do="call off")
    assert (again.status_code, "The visit is called off already." in again.text) == (409, True)
    await changes(cora, "move", to="2027-04-20")
    assert (await on_record(town))[:2] == (date(2027, 4, 20), "planned")


async def test_letters_read_aloud_instead_are_final(town: Town, cora: Visitor) -> None:
    await changes(cora, "read aloud")
    calendar = await cora.sees()
    assert "Letters are read aloud instead of this visit: that stays so." in calendar
    assert f"{NORTH}/visit" not in calendar
    for page in (await looks(cora), await looks(cora, do="move", to="2027-04-20")):
        assert page.text.count("that stays so.") == 1
        assert 'name="do"' not in page.text
    assert (await changes(cora, "move", to="2027-04-20")).status_code == 409


async def test_what_is_over_has_no_form(town: Town, cora: Visitor) -> None:
    await town.on(AFTER_THE_VISIT)
    assert "The visit is over: it can neither move nor be called off." in await cora.sees()
    assert 'name="do"' not in (await looks(cora)).text


async def test_before_a_year_is_open_its_visit_is_the_files(town: Town) -> None:
    page = (await looks(town.calendar("cora"))).text
    assert "until then its dates are those of program.toml." in page
    assert 'name="do"' not in page


async def test_a_visit_that_rests_gets_its_day_when_that_ends(town: Town, cora: Visitor) -> None:
    office, by = town.parts.office, town.staff["cora"]
    await pauses.pause(office, SCOPE, Target(school="north"), [What.VISITS], reason="Snow.", by=by)
    page = (await looks(cora)).text
    assert "The visit rests, and gets its day when that ends." in page
    assert 'name="do"' not in page


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"do": "move"}, "Choose a day for the visit."),
        (
            {"do": "move", "to": "2027-04-17"},
            "The visit can&#39;t move: April 17, 2027 is a Saturday. Choose a school day, such as April 19, 2027.",
        ),
        ({"do": "move", "to": "2027-04-16"}, "The visit is on that day already."),
        ({"do": "dance"}, "Choose one of the buttons"),
    ],
)
async def test_a_day_that_can_not_be_is_refused_at_the_look(
    town: Town, cora: Visitor, asked: dict[str, str], sentence: str
) -> None:
    await town.admin.execute("UPDATE program_year SET visit_on = '2027-04-16'")
    refused = await looks(cora, **asked)
    assert sentence in refused.text
    assert refused.status_code in {409, 422}


async def test_while_temporal_is_away_the_visit_has_to_wait(town: Town) -> None:
    await year.open_year(town.parts.office, SCOPE, NORTH)
    for do in ("move", "call off", "read aloud"):
        waits = await changes(town.calendar("cora"), do, to="2027-04-20")
        assert (waits.status_code, "This has to wait" in waits.text) == (503, True)


async def test_it_is_those_of_the_school_who_change_it(town: Town, cora: Visitor) -> None:
    await town.is_coordinator_of("sol", "south")
    sol = town.calendar("sol")
    assert (await looks(sol)).status_code == 404
    assert (await changes(sol, "call off")).status_code == 404
    assert (await cora.gets("stl.nowhere.2026/visit")).status_code == 404


async def test_all_of_it_is_in_spanish_too(town: Town, cora: Visitor) -> None:
    await town.on(INVITED)
    await town.invites(NORTH)
    seen = (await looks(cora, do="move", to="2027-04-20", lang="es")).text
    assert '<html lang="es">' in seen
    assert "La visita es el martes 20 de abril de 2027, y ya no el " in seen
    assert "3 policías con invitación reciben aviso, y se les pregunta de nuevo si vienen." in seen
    refused = (await looks(cora, do="move", to="2027-04-17")).text
    assert (
        "La visita no se puede cambiar de día: el 17 de abril de 2027 es sábado. Elija un día de clases, por ejemplo el 19 de abril"
        in refused
    )
    off = (await changes(cora, "call off", because="Nieve.")).text
    assert "Hecho. Reciben aviso todas las personas invitadas" in off
    final = (await changes(cora, "read aloud", because="Nieve.")).text
    assert "En lugar de esta visita se leen cartas en voz alta: eso no cambia." in final
    for page in (seen, refused, off, final, (await looks(cora)).text):
        assert english_left(page) == []
