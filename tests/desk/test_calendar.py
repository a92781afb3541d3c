"""The calendar: a date changed and a pause ended with exactly what was seen, and a visit that moves."""

import re
from datetime import date
from uuid import UUID

import httpx
import pytest

from bluepals.domain.silence import ABSENT
from bluepals.facts import year
from bluepals.store import programs
from tests.desk.spanish import english_left
from tests.desk.town import FIRST_ROUND, NORTH, PROGRAM, SCOPE, SOUTH, Town, Visitor

FIRST = {"students_due": "2026-09-18", "officers_due": "2026-10-02", "opens_on": "2026-10-13"}
A_WEEK_LATER = {"students_due": "2026-09-25", "officers_due": "2026-10-09", "opens_on": "2026-10-20"}


@pytest.fixture
async def cora(town: Town) -> Visitor:
    for one in (NORTH, SOUTH):
        await year.open_year(town.parts.office, SCOPE, one)
    return town.calendar("cora")


async def looks(visitor: Visitor, of: str = NORTH, **dates: str) -> httpx.Response:
    return await visitor.http.get(f"{visitor.path}/{of}/1", params=dates)


async def moves(visitor: Visitor, agreed: str, of: str = NORTH, **dates: str) -> httpx.Response:
    form = {"form": await visitor.form_key(), "agreed": agreed, **dates}
    return await visitor.http.post(f"{visitor.path}/{of}/1", data=form)


def agreed(page: httpx.Response) -> str:
    found = re.search(r'name="agreed" value="(\w+)"', page.text)
    assert found, page.text
    return found[1]


async def openings(town: Town, of: str = NORTH) -> list[str]:
    rows = await town.admin.fetch(
        "SELECT (opens_at AT TIME ZONE 'America/Chicago')::date::text AS day FROM round"
        " WHERE program_year_id = $1 ORDER BY number",
        of,
    )
    return [row["day"] for row in rows]


async def test_each_schools_dates_are_there(town: Town, cora: Visitor) -> None:
    page = await cora.sees()
    assert "North School" in page
    assert re.search(r"Fri Sep 18</td><td>Fri Oct 2</td><td>Tue Oct 13", page)


async def test_a_date_is_moved_after_a_look_and_later_rounds_come_along(town: Town, cora: Visitor) -> None:
    seen = await looks(cora, **A_WEEK_LATER, along="yes")
    assert "North School, Round 1" in seen.text
    assert "North School, Round 2" in seen.text
    assert "South School" not in seen.text
    assert await openings(town) == ["2026-10-13", "2026-11-17"], "a look changes nothing"
    done = await moves(cora, agreed(seen), **A_WEEK_LATER, along="yes")
    assert "The dates are moved." in done.text
    assert await openings(town) == ["2026-10-20", "2026-11-24"]
    assert await openings(town, SOUTH) == ["2026-10-13", "2026-11-17"]
    told = await town.admin.fetch("SELECT workflow_id FROM tell WHERE fact = 'dates_changed'")
    assert f"program-year-{NORTH}" in {row["workflow_id"] for row in told}
    assert f"pairing-{town.pairings['maya']}" in {row["workflow_id"] for row in told}
    by = await town.admin.fetchval("SELECT planned_by FROM round WHERE number = 1 AND planned_by IS NOT NULL")
    assert by == town.staff["cora"]


async def test_alone_it_leaves_the_others_where_they_are(town: Town, cora: Visitor) -> None:
    await moves(cora, agreed(await looks(cora, **A_WEEK_LATER)), **A_WEEK_LATER)
    assert await openings(town) == ["2026-10-20", "2026-11-17"]


async def test_dates_that_nobody_has_seen_are_not_taken(town: Town, cora: Visitor) -> None:
    refused = await moves(cora, "a1b2c3d4", **A_WEEK_LATER)
    assert refused.status_code == 422
    assert "no longer those that you have seen" in refused.text
    assert await openings(town) == ["2026-10-13", "2026-11-17"]


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        (
            {"opens_on": "2026-10-17"},
            "Round 1, opening day: October 17, 2026 is a Saturday; choose a school day: October 19, 2026 or later.",
        ),
        (
            {"officers_due": "2026-09-21"},
            "September 21, 2026 leaves 3 days to reply after the children&#39;s letters of September 18, 2026; ",
        ),
        (
            {"opens_on": "2026-10-30"},
            "Round 2, children&#39;s letters: October 23, 2026 comes before the class has read",
        ),
        ({"students_due": "2026-09-01"}, "September 1, 2026 is over. Choose one to come."),
        (
            {"opens_on": "2027-05-29"},
            "choose a school day: none is left before the last day, May 28, 2027, so begin earlier.",
        ),
        ({"opens_on": "tomorrow"}, "That is no date for the opening day."),
    ],
)
async def test_a_date_that_can_not_be_kept_is_refused_with_the_arithmetic(
    town: Town, cora: Visitor, dates: dict[str, str], sentence: str
) -> None:
    refused = await looks(cora, **{**FIRST, **dates})
    assert refused.status_code == 422
    assert sentence in refused.text


async def test_several_refusals_are_a_list(cora: Visitor) -> None:
    page = (await looks(cora, **{**FIRST, "officers_due": "2026-09-21", "opens_on": "2026-10-17"})).text
    assert len(re.findall(r"<li>Round 1, [^<]*\.</li>", page)) == 2


async def test_a_round_moved_into_the_past_is_refused_once_for_each_date(cora: Visitor) -> None:
    past = {"students_due": "2026-08-20", "officers_due": "2026-08-24", "opens_on": "2026-08-25"}
    page = (await looks(cora, **{**FIRST, **past})).text
    assert len(re.findall(r"<li>Round 1, [^<]* is over. Choose one to come.</li>", page)) == 3
    assert len(re.findall(r"<li>Round 1, ", page)) == 3


async def test_what_is_over_stays(town: Town, cora: Visitor) -> None:
    await town.on(FIRST_ROUND)
    refused = await looks(cora, **{**FIRST, "students_due": "2026-09-25"})
    assert "Round 1, children&#39;s letters: September 18, 2026 is over and stays." in refused.text


async def test_a_round_that_is_over_has_no_form(town: Town, cora: Visitor) -> None:
    await town.on(date(2026, 10, 14))
    page = (await looks(cora)).text
    assert "Round 1 is over: its dates stay as they are." in page
    assert "Opening day: Tuesday, October 13, 2026" in page
    assert "See what that moves" not in page
    assert (await looks(cora, **A_WEEK_LATER)).status_code == 422
    assert "See what that moves" in (await cora.gets(f"{NORTH}/2")).text


async def test_a_round_that_rests_has_no_form(cora: Visitor) -> None:
    await pauses(cora, "school-north")
    page = (await looks(cora)).text
    assert "Round 1 rests, and gets its dates when that ends." in page
    assert "See what that moves" not in page


async def test_before_a_year_is_open_its_dates_are_the_files(town: Town) -> None:
    cora = town.calendar("cora")
    assert "until then its dates are those of program.toml" in await cora.sees()
    refused = await looks(cora, **A_WEEK_LATER)
    assert (refused.status_code, "upload it again" in refused.text) == (422, True)


async def test_an_import_leaves_alone_what_people_have_moved(town: Town, cora: Visitor) -> None:
    await moves(cora, agreed(await looks(cora, **A_WEEK_LATER)), **A_WEEK_LATER)
    async with town.parts.database.transaction(SCOPE) as connection:
        await connection.execute('UPDATE program SET definition = definition || \'{"name": "Another"}\'')
        assert await programs.save(connection, PROGRAM)
    planned = await town.admin.fetchval(
        "SELECT opens_on FROM round WHERE program_year_id = $1 AND number = 1", NORTH
    )
    assert planned == date(2026, 10, 20)


async def looks_at_pause(visitor: Visitor, target: str = "program", **fields: str) -> httpx.Response:
    return await visitor.http.get(
        f"{visitor.path}/pause", params={"target": target, **(fields or {"letters": "yes"})}
    )


async def pauses(visitor: Visitor, target: str = "program", **fields: str) -> httpx.Response:
    """As it was seen, if it can be seen."""
    seen = await looks_at_pause(visitor, target)
    found = re.search(r'name="agreed" value="(\w+)"', seen.text)
    return await visitor.posts(
        "pause",
        target=target,
        **{"letters": "yes", "reason": "Snow.", "agreed": found[1] if found else "", **fields},
    )


async def test_before_a_pause_it_is_seen_what_freezes(town: Town, cora: Visitor) -> None:
    seen = (await looks_at_pause(cora, "school-north", letters="yes", visits="yes")).text
    assert "The letters and the visits of North School." in seen
    assert re.search(r"North School, Round 1</th>\s*<td>Fri Sep 18<br>Fri Oct 2<br>Tue Oct 13\s*</td>", seen)
    assert "North School, Visit" in seen
    assert "South School" not in seen
    assert await town.admin.fetchval("SELECT count(*) FROM pause") == 0, "a look begins nothing"
    assert await openings(town) == ["2026-10-13", "2026-11-17"]


async def test_a_pause_of_an_agency_says_how_many_pairings_rest(cora: Visitor) -> None:
    seen = (await looks_at_pause(cora, "agency-city")).text
    assert "3 pairings rest; the classes keep their opening days." in seen
    assert "3 of the pairings, school years and visits" in seen


async def test_a_pause_begins_as_it_was_seen_or_not_at_all(town: Town, cora: Visitor) -> None:
    seen = await looks_at_pause(cora)
    await moves(cora, agreed(await looks(cora, **A_WEEK_LATER)), **A_WEEK_LATER)
    refused = await pauses(cora, agreed=agreed(seen))
    assert refused.status_code == 422
    assert "What would rest is no longer what you have seen" in refused.text
    assert await town.admin.fetchval("SELECT count(*) FROM pause") == 0
    assert 'value="Snow."' in refused.text, "what was typed is still there"
    again = await pauses(cora, agreed=agreed(refused))
    assert "Paused. What comes in is kept" in again.text


async def test_nothing_is_seen_of_a_pause_of_nothing(cora: Visitor) -> None:
    for path in ("pause", "pause?target=program"):
        refused = await cora.gets(path)
        assert (refused.status_code, "Tick what is to rest" in refused.text) == (422, True)
        assert "Choose again" in refused.text


async def test_a_pause_freezes_and_ends_with_the_dates_that_were_seen(town: Town, cora: Visitor) -> None:
    page = (await pauses(cora, "school-north")).text
    assert "Paused. What comes in is kept" in page
    assert "<strong>The letters of North School</strong>: Snow." in page
    await town.on(date(2026, 9, 8))
    where = f"{cora.path}/resume/school-north/letters"
    seen = await cora.http.get(where)
    assert "Fri Sep 25<br>" in seen.text, "five school days later"
    assert await town.admin.fetchval("SELECT count(*) FROM pause WHERE ended_at IS NULL") == 1
    refused = await cora.http.post(where, data={"form": await cora.form_key(), "agreed": "a1b2c3d4"})
    assert "or somebody has changed them. Look again first.<" in refused.text
    done = await cora.http.post(where, data={"form": await cora.form_key(), "agreed": agreed(seen)})
    assert "It goes on, with the dates that you have seen." in done.text
    assert "At rest" not in done.text


@pytest.mark.parametrize("target", ["school-nowhere", "agency-nowhere", f"pairing-{UUID(int=0)}"])
async def test_what_is_not_there_can_not_rest(town: Town, cora: Visitor, target: str) -> None:
    assert (await looks_at_pause(cora, target)).status_code == 404
    form = {"target": target, "letters": "yes", "reason": "Snow.", "agreed": "a1b2c3d4"}
    assert (await cora.posts("pause", **form)).status_code == 404
    assert (await cora.gets(f"resume/{target}/letters")).status_code == 404


async def test_what_rests_is_named_as_people_call_it(town: Town, cora: Visitor) -> None:
    maya = f"pairing-{town.pairings['maya']}"
    nothing = (await cora.gets(f"resume/{maya}/letters")).text
    assert "The letters of Maya and Dana are not paused. Paused: nothing is." in nothing
    await pauses(cora, maya, reason="the child is absent")
    await pauses(cora, "agency-city")
    page = await cora.sees()
    assert "<strong>The letters of Maya and Dana</strong>: the child is absent. <" in page
    assert "<strong>The letters of the officers of City Police</strong>: Snow. <" in page
    assert "<h1>The letters of Maya and Dana go on</h1>" in (await cora.gets(f"resume/{maya}/letters")).text
    others = (await cora.gets("resume/school-north/letters")).text
    (paused,) = re.findall(r"The letters of North School are not paused. Paused: ([^.]+)\.", others)
    assert sorted(paused.split("; ")) == [
        "the letters of Maya and Dana",
        "the letters of the officers of City Police",
    ]


async def test_the_whole_program_is_said_within_a_sentence(cora: Visitor) -> None:
    assert "The letters of the whole program." in (await looks_at_pause(cora)).text
    assert ">The whole program</option>" in await cora.sees()


async def test_who_coordinates_one_school_reads_no_names_of_another(town: Town, cora: Visitor) -> None:
    await pauses(cora, f"pairing-{town.pairings['maya']}")
    await town.is_coordinator_of("sol", "south")
    refused = (await town.calendar("sol").gets("resume/school-south/letters")).text
    assert "The letters of South School are not paused. Paused: nothing is." in refused


async def test_pairings_with_dates_of_their_own_are_counted_where_they_move(
    town: Town, cora: Visitor
) -> None:
    """Three write with officers of the city; all of them are of North."""
    await pauses(cora, "agency-city")
    await town.on(date(2026, 9, 8))
    where = f"{cora.path}/resume/agency-city/letters"
    seen = await cora.http.get(where)
    assert "3 pairings have dates of their own" in seen.text
    await cora.http.post(where, data={"form": await cora.form_key(), "agreed": agreed(seen)})
    assert "3 pairings have dates of their own" in (await looks(cora, **A_WEEK_LATER)).text
    assert "of their own" not in (await looks(cora, of=SOUTH, **A_WEEK_LATER)).text
    leo = (await looks_at_pause(cora, f"pairing-{town.pairings['leo']}")).text
    assert "1 pairing rests" in leo
    assert "1 of the pairings, school years and visits lives by these dates, and is told." in leo


async def test_a_round_that_no_longer_fits_is_asked_about(town: Town, cora: Visitor) -> None:
    await pauses(cora)
    await town.on(date(2027, 5, 10))
    where = f"{cora.path}/resume/program/letters"
    asked = await cora.http.get(where)
    assert "Round 2 no longer fits before the last day." in asked.text
    assert "Go on with exactly these dates" not in asked.text
    seen = await cora.http.get(where, params={"round-1": "drop", "round-2": "carry"})
    form = {"form": await cora.form_key(), "agreed": agreed(seen), "round-1": "drop", "round-2": "carry"}
    assert (await cora.http.post(where, data=form)).status_code == 200
    rows = await town.admin.fetch("SELECT DISTINCT number, left_out FROM round ORDER BY number")
    assert [tuple(row) for row in rows] == [(1, "dropped"), (2, "carried")]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"letters": "no"}, "Tick what is to rest"),
        ({"reason": " "}, "Say in a few words why"),
    ],
)
async def test_a_pause_of_nothing_or_without_a_reason_is_refused(
    town: Town, cora: Visitor, fields: dict[str, str], sentence: str
) -> None:
    refused = await pauses(cora, **fields)
    assert (refused.status_code, sentence in refused.text) == (422, True)


async def test_the_same_pause_again_is_refused_in_its_place(town: Town, cora: Visitor) -> None:
    await pauses(cora)
    again = await pauses(cora)
    assert (again.status_code, "The letters of the whole program are paused already." in again.text) == (
        422,
        True,
    )


async def test_who_coordinates_one_school_changes_that_one(town: Town, cora: Visitor) -> None:
    await town.is_coordinator_of("sol", "south")
    sol = town.calendar("sol")
    page = await sol.sees()
    assert "North School" not in page
    assert "The whole program" not in page
    assert (await looks(sol, **A_WEEK_LATER)).status_code == 404
    assert (await moves(sol, "a1b2c3d4", **A_WEEK_LATER)).status_code == 404
    for target in ("program", "school-north", "agency-city", "pairing-nothing", "elsewhere"):
        assert (await looks_at_pause(sol, target)).status_code == 404
        assert (await pauses(sol, target)).status_code == 404
    assert (await pauses(sol, "school-south")).status_code == 200


@pytest.mark.parametrize("name", ["tess", "mo", "coco", "sam"])
async def test_the_calendar_is_the_coordinators(town: Town, name: str) -> None:
    visitor = town.calendar(name)
    assert (await visitor.http.get(visitor.path)).status_code == 403


async def test_why_a_child_that_is_absent_rests_is_said_in_spanish_too(town: Town, cora: Visitor) -> None:
    await pauses(cora, f"pairing-{town.pairings['maya']}", reason=ABSENT)
    await cora.gets("?lang=es")
    assert "<strong>Las cartas de Maya y Dana</strong>: estudiante ausente. <" in await cora.sees()


async def test_all_of_it_is_in_spanish_too(town: Town, cora: Visitor) -> None:
    await cora.gets("?lang=es")
    await pauses(cora, f"pairing-{town.pairings['maya']}", reason="Nieve.")
    await pauses(cora, "agency-city", reason="Nieve.")
    calendar = await cora.sees()
    assert '<html lang="es">' in calendar
    assert "<strong>Las cartas de Maya y Dana</strong>: Nieve." in calendar
    assert ">Policías de City Police</option>" in calendar
    assert re.search(r"vie 18 sept?</td><td>vie 2 oct</td><td>mar 13 oct", calendar)
    resumed = (await cora.gets("resume/agency-city/letters")).text
    assert "<h1>Se reanudan las cartas de policías de City Police</h1>" in resumed
    paused = (await looks_at_pause(cora, letters="yes", visits="yes")).text
    assert "Las cartas y las visitas de todo el programa." in paused
    moved = (await looks(cora, **A_WEEK_LATER, along="yes")).text
    assert "North School, Ronda 2" in moved
    for page in (calendar, resumed, paused, moved):
        assert english_left(page) == []


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        (
            {"opens_on": "2026-10-17"},
            "Ronda 1, día de las cartas: el 17 de octubre de 2026 es sábado; elija un día de clases: el 19 de octubre de 2026 o después.",
        ),
        (
            {"officers_due": "2026-09-21"},
            "Ronda 1, cartas de policías: el 21 de septiembre de 2026 deja 3 días para responder después de las cartas de estudiantes del 18 de septiembre de 2026; se necesitan 14: ",
        ),
        (
            {"opens_on": "2027-05-29"},
            "es posterior al último día, el 28 de mayo de 2027; elija un día de clases: no",
        ),
        ({"students_due": "2026-09-01"}, "el 1 de septiembre de 2026 ya pasó. Elija uno que esté por venir."),
        ({"opens_on": "mañana"}, "Eso no es una fecha para el día de las cartas."),
    ],
)
async def test_a_date_is_refused_in_spanish_with_the_arithmetic(
    cora: Visitor, dates: dict[str, str], sentence: str
) -> None:
    page = (await looks(cora, lang="es", **{**FIRST, **dates})).text
    assert sentence in page
    assert english_left(page) == []


async def test_what_is_not_paused_is_said_in_spanish(cora: Visitor) -> None:
    await pauses(cora, "agency-city")
    refused = (await cora.gets("resume/school-north/visits?lang=es")).text
    assert (
        "Las visitas de North School no están en pausa. En pausa: las cartas de policías de City Police."
        in refused
    )
    await pauses(cora)
    assert "Las cartas de todo el programa ya están en pausa." in (await pauses(cora)).text
