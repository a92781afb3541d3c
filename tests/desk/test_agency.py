"""A liaison's page: the officers of the own agency, their dates and places; stopped at once; and new ones who sign up."""

import re
from datetime import date, timedelta
from json import loads
from uuid import UUID

import httpx
import pytest

from bluepals.domain.letters import Side
from bluepals.facts import daily, joining, letters
from desk.app import app
from tests.desk.spanish import english_left
from tests.desk.town import DESK, FIRST_DUE, FIRST_ROUND, PROGRAM, SCOPE, Town, Visitor

FORM = {
    "first-name": "Nia",
    "last-name": "Stone",
    "gender": "female",
    "address": "nia@city.example",
    "language": ["en", "es"],
    "capacity": "2",
    "kind": "civilian",
    "text": "I was a shy child, and a letter would have helped.",
}


async def makes_link(liaison: Visitor, agency: str = "city") -> str:
    """Its path."""
    made = (await liaison.posts(f"link/{agency}")).text
    found = re.search(r'value="https://desk\.bluepals\.example(/stl/join/[\w-]+)"', made)
    assert found, "the link is not shown"
    return found[1]


async def signs_up(town: Town, link: str, source: str = "127.0.0.1", /, **other: object) -> httpx.Response:
    there = httpx.ASGITransport(app(town.parts), client=(source, 1))
    async with httpx.AsyncClient(transport=there, base_url=DESK, follow_redirects=True) as http:
        page = (await http.get(link)).text
        form = page.split('name="form" value="')[1].split('"')[0]
        return await http.post(link, data={**FORM, "form": form, **other})


async def joining_id(town: Town) -> UUID:
    found: UUID = await town.admin.fetchval("SELECT id FROM joining WHERE decided_at IS NULL")
    return found


async def test_officers_stand_in_the_alphabet_whatever_their_letters(town: Town) -> None:
    names = {"kim": "Cruz", "ben": "Cárdenas", "rita": "de Anda"}
    for officer, name in names.items():
        await town.admin.execute("UPDATE officer SET last_name = $2 WHERE external_id = $1", officer, name)
    page = await town.liaison("lou").sees()
    assert sorted(names.values(), key=page.rindex) == ["Cárdenas", "Cruz", "de Anda"]


async def test_an_agencys_officers_with_what_was_on_time_and_where_a_place_is_free(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.hands_in("maya", "Dear Maya", side=Side.OFFICER)
    await town.on(FIRST_DUE, hour=18)
    await letters.record_miss(town.parts.office, SCOPE, town.pairings["ana"], 1, Side.OFFICER)
    page = await town.liaison("lia").sees()
    dana, sam = page.index("Dana Ruiz <small>dana"), page.index("Sam Ruiz <small>sam")
    assert "2 pals of 2.\nAnswered by the date: 1 of 2." in page[dana:sam]
    assert "Nobody is free" in page
    assert "Kim Ruiz" not in page, "she is the county's"
    assert not any(child in page for child in ("Maya", "Ana", "Noah"))
    assert "Rita Ruiz (female): 1." in await town.liaison("lou").sees()


@pytest.mark.parametrize(
    ("days", "said"),
    [(31, None), (30, "30 days left"), (14, "14 days left"), (1, "1 day left"), (-1, "ended on")],
)
async def test_a_clearance_that_ends_soon_stands_out_and_is_entered_anew(
    town: Town, days: int, said: str | None
) -> None:
    until = town.now.date() + timedelta(days=days)
    await town.admin.execute("UPDATE officer SET cleared_until = $1 WHERE external_id = 'sam'", until)
    lia = town.liaison("lia")
    page = await lia.sees()
    assert ("Clearances to renew" in page) is (said is not None)
    assert said is None or said in page
    path = f"officer/{town.officers['sam']}/clearance"
    assert (await lia.posts(path, until="2026-08-31")).status_code == 422
    assert (await lia.posts(path, until="soon")).status_code == 422
    assert "The clearance is on record." in (await lia.posts(path, until="2027-08-31")).text
    assert await town.admin.fetchval("SELECT cleared_until FROM officer WHERE external_id = 'sam'") == date(
        2027, 8, 31
    )


async def test_a_day_that_is_refused_stays_in_its_own_box(town: Town) -> None:
    await town.admin.execute("UPDATE officer SET cleared_until = '2026-09-10'")
    dana, sam = (town.officers[name] for name in ("dana", "sam"))
    refused = await town.liaison("lia").posts(f"officer/{sam}/clearance", until="2026-08-31")
    assert f'id="until-renew-{sam}" type="date" name="until" value="2026-08-31"' in refused.text
    assert f'id="until-renew-{dana}" type="date" name="until" value=""' in refused.text


async def test_a_clearance_without_its_day_asks_for_one(town: Town) -> None:
    refused = await town.liaison("lia").posts(f"officer/{town.officers['sam']}/clearance", until="")
    assert refused.status_code == 422
    assert "Choose a day for the end of the clearance." in refused.text


async def test_what_a_missing_clearance_held_goes_as_soon_as_it_is_entered(town: Town) -> None:
    await town.admin.execute("UPDATE officer SET cleared_until = '2026-08-01' WHERE external_id = 'sam'")
    await town.liaison("lia").posts(f"officer/{town.officers['sam']}/clearance", until="2027-08-31")
    told = await town.admin.fetchrow("SELECT workflow_id, body FROM tell WHERE fact = 'gate_opened'")
    assert told is not None
    assert (told["workflow_id"], loads(told["body"])) == (
        f"pairing-{town.pairings['noah']}",
        {"cause": "a clearance was renewed"},
    )


async def test_the_new_link_stands_above_all_officers(town: Town) -> None:
    page = (await town.liaison("lia").posts("link/city")).text
    assert "A new link for City Police" in page
    assert page.index('id="made-city"') < page.index("Dana Ruiz")


async def test_who_leaves_and_who_has_stopped_is_said_in_sentences(town: Town) -> None:
    await town.admin.execute(
        "UPDATE officer SET leaves_at = program_now() + interval '9 days' WHERE external_id = 'dana'"
    )
    page = await town.liaison("lia").sees()
    assert "No letter was due yet. They are leaving the program.</p>" in page


async def test_an_officer_is_stopped_in_two_steps(town: Town) -> None:
    lia, sam = town.liaison("lia"), town.officer("sam")
    await sam.sees()
    path = f"officer/{town.officers['sam']}/stop"
    assert "No letter goes to Sam Ruiz or from Sam Ruiz" in (await lia.gets(path)).text
    assert await town.admin.fetchval("SELECT count(*) FROM ending") == 0
    done = await lia.posts(path)
    assert "Stopped, from this moment on." in done.text
    assert "Sam Ruiz" not in done.text
    row = await town.admin.fetchrow("SELECT reason, ended_by FROM ending")
    assert row is not None
    assert tuple(row) == ("stopped", town.staff["lia"])
    assert (await sam.http.get(sam.path)).url.path == "/stl/enter", "he is out at once"


async def test_whoever_signs_up_waits_for_the_liaison_and_is_an_officer_by_their_word_only(
    town: Town,
) -> None:
    lia = town.liaison("lia")
    link = await makes_link(lia)
    assert link not in await lia.sees(), "it is shown once"
    assert "City Police" in (await town.http.get(link)).text
    assert "Thank you" in (await signs_up(town, link)).text
    assert "Thank you" in (await signs_up(town, link)).text, "a second wish is the same"
    before = await town.admin.fetchval("SELECT count(*) FROM officer")
    page = await lia.sees()
    assert "Nia Stone" in page
    assert "A woman, a civilian member, writes in English and Spanish, to up to 2 children" in page
    assert "a letter would have helped" in page
    wish = await joining_id(town)
    taken = await lia.posts(f"joining/{wish}/accept", officer_id="sam")
    assert (taken.status_code, "Officer sam has this address or this id already." in taken.text) == (
        422,
        True,
    )
    assert (await lia.posts(f"joining/{wish}/accept", officer_id="N 1")).status_code == 422
    accepted = await lia.posts(f"joining/{wish}/accept", officer_id="N1")
    assert "Taken in." in accepted.text
    assert "no clearance yet" in accepted.text
    row = await town.admin.fetchrow(
        "SELECT first_name, agency_id, capacity, languages, kind, cleared_until FROM officer WHERE external_id = 'N1'"
    )
    assert row is not None
    assert tuple(row) == ("Nia", "city", 2, ["en", "es"], "civilian", None)
    assert await town.admin.fetchval("SELECT count(*) FROM officer") == before + 1
    kept = await town.admin.fetchrow(
        "SELECT num_nonnulls(first_name, email, profile), decided_by FROM joining"
    )
    assert kept is not None
    assert tuple(kept) == (0, town.staff["lia"])
    assert (await lia.posts(f"joining/{wish}/accept", officer_id="N2")).status_code == 404


async def test_of_whoever_is_declined_nothing_is_kept(town: Town) -> None:
    lia = town.liaison("lia")
    await signs_up(town, await makes_link(lia))
    assert "What they said is gone." in (await lia.posts(f"joining/{await joining_id(town)}/decline")).text
    assert (
        await town.admin.fetchval("SELECT num_nonnulls(first_name, last_name, email, profile) FROM joining")
        == 0
    )


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"first-name": ""}, "Your first name is missing."),
        ({"first-name": "=?utf-8?q?Nia?="}, "Your first name holds"),
        ({"last-name": "<b>"}, "Your last name holds &lt;"),
        ({"address": "nia"}, "Your work address is no e-mail address"),
        ({"gender": ""}, "Choose a gender"),
        ({"language": []}, "Your language is missing."),
        ({"capacity": "9"}, "Your number of pals is no number of children from 0 to 3"),
        ({"kind": "chief"}, "Your kind is none of"),
        ({"text": "x" * 601}, "Say in 1 to 600 characters"),
    ],
)
async def test_what_can_not_be_is_refused_and_what_was_typed_is_still_there(
    town: Town, other: dict[str, object], sentence: str
) -> None:
    link = await makes_link(town.liaison("lia"))
    refused = await signs_up(town, link, **other)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "Stone" in refused.text or "last-name" in other
    assert await town.admin.fetchval("SELECT count(*) FROM joining") == 0


async def test_who_would_rather_be_asked_has_no_gender_until_somebody_does(town: Town) -> None:
    lia = town.liaison("lia")
    await signs_up(town, await makes_link(lia), gender="ask")
    assert "To be asked for the gender" in await lia.sees()


async def test_a_link_that_is_revoked_over_or_wrong_opens_nothing(town: Town) -> None:
    lia = town.liaison("lia")
    link, other = await makes_link(lia), await makes_link(lia)
    revoke = re.search(r"/revoke/([\w-]+)", await lia.sees())
    assert revoke
    assert "The link opens nothing any more." in (await lia.posts(f"revoke/{revoke[1]}")).text
    assert sorted([(await town.http.get(one)).status_code for one in (link, other)]) == [200, 403]
    await town.on((town.now + joining.LINK_STAYS).date() + timedelta(days=1))
    answers = [await town.http.get(one) for one in (link, other, f"{link}x", link.swapcase())]
    assert {answer.status_code for answer in answers[:3]} == {403}
    assert "Ask your agency&#39;s liaison for a new one." in answers[0].text
    assert (
        await town.admin.fetchval("SELECT count(*) FROM joining_link WHERE digest::text LIKE '%join%'") == 0
    )


async def test_from_one_source_only_so_many_come_in_an_hour(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "MOST_FROM_ONE_SOURCE", 2)
    link = await makes_link(town.liaison("lia"))
    answers = [
        await signs_up(town, link, f"2001:db8::{number}", address=f"nia{number}@city.example")
        for number in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (await signs_up(town, link, "2001:db8:0:1::1")).status_code == 200
    await town.on(town.now.date(), hour=town.now.hour + 2)
    assert (await signs_up(town, link)).status_code == 200


async def test_a_form_from_elsewhere_signs_nobody_up(town: Town) -> None:
    link = await makes_link(town.liaison("lia"))
    assert (await signs_up(town, link, form="forged")).status_code == 403
    assert await town.admin.fetchval("SELECT count(*) FROM joining") == 0


async def test_the_liaisons_daily_mail_says_that_somebody_waits_and_leads_here(town: Town) -> None:
    await signs_up(town, await makes_link(town.liaison("lia")))
    await daily.compose_daily_mail(town.parts.office, SCOPE, town.now.date())
    mail = await town.admin.fetchval(
        "SELECT message FROM mail WHERE kind = 'daily' AND to_address = 'lia@school.example'"
    )
    assert b"1 officer has signed up at city" in mail
    assert b"/stl/agency" in mail
    assert b"Nia" not in mail


async def test_a_coordinator_sees_every_agency(town: Town) -> None:
    page = await town.liaison("cora").sees()
    assert "City Police" in page
    assert "County Police" in page


@pytest.fixture
async def cal(town: Town) -> Visitor:
    """South's coordinator: only the county's officers write there."""
    await town.is_coordinator_of("cal", "south")
    return town.liaison("cal")


async def test_a_schools_coordinator_sees_the_agencies_that_serve_it(town: Town, cal: Visitor) -> None:
    await signs_up(town, await makes_link(town.liaison("lia")))
    page = await cal.sees()
    assert "County Police" in page
    assert not any(of_the_city in page for of_the_city in ("City Police", "Dana Ruiz", "nia@city.example"))
    stopped = [name for name in ("ben", "kim", "rita") if f"{town.officers[name]}/stop" in page]
    assert stopped == ["ben"], "he alone writes to a child of hers"
    assert page.count("They write to no child of your schools: ask the liaison of their agency") == 2


async def test_a_schools_coordinator_stops_only_whoever_writes_to_a_child_of_theirs(
    town: Town, cal: Visitor
) -> None:
    for name in ("kim", "rita"):
        path = f"officer/{town.officers[name]}/stop"
        for refused in (await cal.gets(path), await cal.posts(path)):
            assert refused.status_code == 422
            assert f"{name.title()} Ruiz can&#39;t be stopped by you." in refused.text
            assert "ask the liaison of their agency, or a coordinator of all schools." in refused.text
    assert await town.admin.fetchval("SELECT count(*) FROM officer WHERE withdrawn_at IS NOT NULL") == 0
    path = f"officer/{town.officers['ben']}/stop"
    assert "No letter goes to Ben Ruiz" in (await cal.gets(path)).text
    assert "Stopped, from this moment on." in (await cal.posts(path)).text


@pytest.mark.parametrize(("name", "until"), [("ben", 2027), ("rita", 2027), ("kim", 2026)])
async def test_a_schools_coordinator_clears_whoever_writes_to_a_child_of_theirs_or_to_nobody(
    town: Town, cal: Visitor, name: str, until: int
) -> None:
    await town.admin.execute("UPDATE officer SET cleared_until = '2026-09-10'")
    path = f"officer/{town.officers[name]}/clearance"
    assert (f'action="{cal.path}/{path}"' in await cal.sees()) is (until == 2027)
    answer = await cal.posts(path, until="2027-08-31")
    found = await town.admin.fetchval("SELECT cleared_until FROM officer WHERE external_id = $1", name)
    assert found.year == until
    if name == "kim":
        assert answer.status_code == 422
        assert "The clearance of Kim Ruiz can&#39;t be entered by you." in answer.text


async def test_a_schools_coordinator_takes_new_officers_in_where_they_serve_it(
    town: Town, cal: Visitor
) -> None:
    await signs_up(town, await makes_link(cal, "county"))
    assert "nia@city.example" in await cal.sees()
    accepted = await cal.posts(f"joining/{await joining_id(town)}/accept", officer_id="N1")
    assert "Taken in." in accepted.text


async def test_a_liaison_who_coordinates_a_school_looks_after_both(town: Town) -> None:
    await town.is_coordinator_of("lia", "south")
    lia = town.liaison("lia")
    page = await lia.sees()
    stopped = [name for name in town.officers if f"{town.officers[name]}/stop" in page]
    assert sorted(stopped) == ["ben", "dana", "sam"]


@pytest.mark.parametrize("name", ["lou", "cal"])
async def test_fault_33_another_agencys_officers_wishes_and_links_are_not_there(
    town: Town, name: str
) -> None:
    await town.is_coordinator_of("cal", "south")
    lou = town.liaison(name)
    await signs_up(town, await makes_link(town.liaison("lia")))
    link = await town.admin.fetchval("SELECT id FROM joining_link")
    wish, key = await joining_id(town), await lou.form_key()
    assert "Nia" not in await lou.sees()
    assert (await lou.gets(f"officer/{town.officers['sam']}/stop")).status_code == 404
    for path in (
        f"officer/{town.officers['sam']}/stop",
        f"officer/{town.officers['sam']}/clearance",
        f"joining/{wish}/accept",
        f"joining/{wish}/decline",
        f"revoke/{link}",
        "link/city",
    ):
        answer = await lou.posts(path, key=key, until="2027-01-01", officer_id="N1")
        assert answer.status_code == 404, path
    assert await town.admin.fetchval("SELECT count(*) FROM ending") == 0
    assert await town.admin.fetchval("SELECT decided_at FROM joining") is None


async def test_fault_33_what_matters_asks_for_a_fresh_entry(town: Town) -> None:
    lia = town.liaison("lia")
    key = await lia.form_key()
    await town.admin.execute("UPDATE session SET expires_at = expires_at + interval '2 days'")
    await town.on(town.now.date(), hour=22)
    stopped = await lia.posts(f"officer/{town.officers['sam']}/stop", key=key)
    assert stopped.status_code == 401
    assert "This step matters, so please enter again first." in stopped.text
    assert PROGRAM.id in str(stopped.url)


async def test_the_agency_s_page_is_in_spanish_too(town: Town) -> None:
    until = town.now.date() + timedelta(days=1)
    await town.admin.execute("UPDATE officer SET cleared_until = $1 WHERE external_id = 'sam'", until)
    await town.admin.execute("UPDATE officer SET cleared_until = NULL WHERE external_id = 'dana'")
    lia, sam = town.liaison("lia"), town.officers["sam"]
    lia.http.headers["accept-language"] = "es"
    made = await lia.posts("link/city")
    link = re.search(r"/stl/join/[\w-]+", made.text)
    assert link
    await signs_up(town, link[0], text="Escribo con gusto.")
    page = await lia.sees()
    assert "1 día más, hasta el miércoles 2 de septiembre de 2026" in page
    assert "Mujer, personal civil, escribe en inglés y español, a 2 estudiantes como máximo" in page
    over = await lia.posts(f"officer/{sam}/clearance", until="2026-08-31")
    assert "El 31 de agosto de 2026 ya pasó." in over.text
    accepted = await lia.posts(f"joining/{await joining_id(town)}/accept", officer_id="N1")
    sure = await lia.gets(f"officer/{sam}/stop")
    assert "Desde este momento no sale ninguna carta de Sam Ruiz ni para Sam Ruiz" in sure.text
    stopped = await lia.posts(f"officer/{sam}/stop")
    for one in (made.text, page, over.text, accepted.text, sure.text, stopped.text):
        assert '<html lang="es">' in one
        assert english_left(one) == []


async def test_who_would_like_to_write_is_asked_and_refused_in_spanish(town: Town) -> None:
    link = f"{await makes_link(town.liaison('lia'))}?lang=es"
    asked = await town.http.get(link)
    missing = await signs_up(town, link, **{"last-name": " "})
    assert "Falta su apellido." in missing.text
    unfit = await signs_up(town, link, address="nia")
    assert "Su correo del trabajo " in unfit.text
    taken = await signs_up(town, link)
    assert "El enlace de su agencia revisa su solicitud" in taken.text
    for one in (asked, missing, taken):
        assert '<html lang="es">' in one.text
        assert english_left(one.text, str(FORM["text"])) == []
