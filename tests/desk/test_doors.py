"""Whom the desk lets in, how, and for how long; what holds for every answer that it gives."""

import asyncio
import html
import logging
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs

from bluepals.domain.entering import Door
from bluepals.domain.letters import Side
from bluepals.facts import doors, leaving
from bluepals.store import staff
from bluepals.store.doors import Identity
from desk.app import app
from desk.doors import ASKING, SESSION
from desk.shield import HEADERS
from tests.desk.town import DESK, FIRST_OPENING, FIRST_ROUND, NORTH, PATIENCE, PROGRAM, SCOPE, Town
from tests.mailroom import set_clock

SAM, TESS = "sam@city.example", "tess@school.example"
ENTER = f"/{PROGRAM.id}/enter"
OUR_SCRIPTS = ("htmx-2.0.11.min.js", "smooth.js", "keep.js")


@dataclass
class Browser:
    """Somebody who is not in yet. `to`: the page that they wanted."""

    town: Town
    http: httpx.AsyncClient

    async def form_key(self, path: str = ENTER) -> str:
        found = re.search(r'name="form" value="([^"]+)"', (await self.http.get(path)).text)
        assert found, "there is no form on the page"
        return found[1]

    async def asks(self, address: str, to: str = "") -> httpx.Response:
        form = {"form": await self.form_key(), "address": address}
        return await self.http.post(f"{ENTER}?to={to}", data=form)

    async def types(self, code: str, to: str = "", **fields: str) -> httpx.Response:
        form = {"form": await self.form_key(f"{ENTER}/code"), "code": code, **fields}
        return await self.http.post(f"{ENTER}/code?to={to}", data=form)

    async def presses(self, link: str, **fields: str) -> httpx.Response:
        """The button on the link's page."""
        return await self.http.post(link, data={"form": await self.form_key(link), **fields})

    def is_in(self) -> bool:
        return any(cookie.name == SESSION for cookie in self.http.cookies.jar)


@pytest.fixture
def browser(town: Town) -> Browser:
    return another(town)


def another(town: Town, source: str = "127.0.0.1") -> Browser:
    transport = httpx.ASGITransport(app(town.parts), client=(source, 1))
    return Browser(town, httpx.AsyncClient(transport=transport, base_url=DESK, follow_redirects=True))


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code.replace(' ', '')) + by) % 10**6:06}"


async def newest_mail(town: Town) -> tuple[str, str]:
    """The link's path, and the code. It is mailed after the page has answered."""
    newest = "SELECT message FROM mail WHERE kind = 'entry' ORDER BY sequence DESC LIMIT 1"
    async with asyncio.timeout(PATIENCE):
        while (message := await town.admin.fetchval(newest)) is None:  # noqa: ASYNC110 - the event is in the database
            await asyncio.sleep(0.02)
    text = bytes(message).decode()
    link = re.search(r"https?://[^/\s]+(/[a-z]+/enter/[\w-]+)", text.replace("=\r\n", ""))
    code = re.search(r"^Subject: (\d{3} \d{3})", text, re.MULTILINE)
    assert link
    assert code
    return link[1], code[1]


async def count_mails(town: Town) -> int:
    counted: int = await town.admin.fetchval("SELECT count(*) FROM mail WHERE kind = 'entry'")
    return counted


async def test_whoever_is_not_in_comes_to_the_door_and_then_to_where_they_were_going(
    town: Town, browser: Browser
) -> None:
    door = await browser.http.get(f"/{PROGRAM.id}/pals")
    assert door.url.path == ENTER
    assert door.url.params["to"] == f"/{PROGRAM.id}/pals"
    await browser.asks(SAM)
    _, code = await newest_mail(town)
    page = await browser.types(code, to=door.url.params["to"])
    assert page.url.path == f"/{PROGRAM.id}/pals"
    assert "Hello, Sam" in page.text


async def test_a_link_opens_in_the_browser_that_asked_once_and_by_its_button(
    town: Town, browser: Browser
) -> None:
    await browser.asks(TESS)
    link, _ = await newest_mail(town)
    for _ in range(3):
        assert (await browser.http.get(link)).status_code == 200
    assert not browser.is_in(), "looking spends nothing"
    assert "Ms. Tess" in (await browser.presses(link)).text
    spent = await browser.http.get(link)
    assert (spent.status_code, "You are entered already in this browser." in spent.text) == (200, True)
    assert f'href="/{PROGRAM.id}">To my pages' in spent.text
    browser.http.cookies.delete(SESSION)
    again = await browser.http.get(link)
    assert again.status_code == 403
    assert "This link opens nothing here" in again.text


async def test_fault_32_a_link_that_another_app_opens_lets_nobody_in_and_its_code_does(
    town: Town, browser: Browser
) -> None:
    await browser.asks(SAM)
    link, code = await newest_mail(town)
    other = another(town)
    shown = await other.http.get(link)
    assert shown.status_code == 403
    assert "type the code of the same mail there" in shown.text
    key = await other.form_key()
    refused = await other.http.post(link, data={"form": key})
    assert refused.status_code == 403
    assert not other.is_in()
    assert "Hello, Sam" in (await browser.types(code)).text


async def test_fault_32_a_code_that_another_browser_types_lets_nobody_in(
    town: Town, browser: Browser
) -> None:
    await browser.asks(SAM)
    _, code = await newest_mail(town)
    assert (await another(town).types(code)).status_code == 403


async def test_fault_32_after_ten_minutes_neither_lets_in(town: Town, browser: Browser) -> None:
    await browser.asks(SAM)
    link, code = await newest_mail(town)
    await town.on(town.now.date(), hour=town.now.hour + 1)
    assert (await browser.http.get(link)).status_code == 403
    refused = await browser.types(code)
    assert refused.status_code == 403
    assert "or its 10 minutes are over. Look again, or ask for another one." in refused.text


async def test_fault_32_a_newer_mail_ends_the_older_one(town: Town, browser: Browser) -> None:
    await browser.asks(SAM)
    older, _ = await newest_mail(town)
    await browser.asks(SAM)
    newer, _ = await newest_mail(town)
    assert (await browser.http.get(older)).status_code == 403
    assert (await browser.http.get(newer)).status_code == 200


async def test_fault_32_a_link_with_another_case_is_another_link(town: Town, browser: Browser) -> None:
    await browser.asks(SAM)
    link, _ = await newest_mail(town)
    assert (await browser.http.get(ENTER + "/" + link.rpartition("/")[2].swapcase())).status_code == 403


async def test_fault_32_guesses_end_the_wish(town: Town, browser: Browser) -> None:
    await browser.asks(SAM)
    _, code = await newest_mail(town)
    for _ in range(5):
        assert (await browser.types(wrong(code))).status_code == 403
    assert (await browser.types(code)).status_code == 403


async def test_fault_32_guesses_from_everywhere_end_the_codes_of_an_address_for_a_while_and_no_link(
    town: Town, browser: Browser
) -> None:
    async def guesses() -> None:
        """Ten, from two networks."""
        for number in (1, 2):
            guesser = another(town, f"203.0.113.{number}")
            await guesser.asks(SAM)
            _, code = await newest_mail(town)
            for _ in range(5):
                await guesser.types(wrong(code))

    async def is_refused() -> str:
        """The right code, as a wrong one is; the link of the same mail."""
        await browser.asks(SAM)
        link, code = await newest_mail(town)
        refused = await browser.types(code)
        assert refused.status_code == 403
        assert "That is not the code of the newest mail, or its 10 minutes are over." in refused.text
        return link

    await guesses()
    assert "Hello, Sam" in (await browser.presses(await is_refused())).text
    await set_clock(town.admin, town.now + timedelta(hours=2))
    await guesses()
    await set_clock(town.admin, town.now + timedelta(hours=4))
    await is_refused()
    await set_clock(town.admin, town.now + timedelta(hours=27))
    await browser.asks(SAM)
    _, code = await newest_mail(town)
    assert "Hello, Sam" in (await browser.types(code)).text


async def test_fault_32_guesses_in_the_same_moment_are_counted_too(town: Town) -> None:
    guessers = [another(town, f"203.0.113.{number}") for number in range(3)]
    codes = list[str]()
    for guesser in guessers:
        await guesser.asks(SAM)
        codes.append((await newest_mail(town))[1])
    pairs = list(zip(guessers, codes, strict=True))
    await asyncio.gather(*(guesser.types(wrong(code, by)) for by in range(1, 6) for guesser, code in pairs))
    assert await town.admin.fetchval("SELECT sum(wrong_codes) FROM entry") == 10


async def test_fault_32_only_digests_are_on_record(town: Town, browser: Browser) -> None:
    await browser.asks(SAM)
    link, code = await newest_mail(town)
    await browser.types(code)
    rows = await town.admin.fetch("SELECT entry::text FROM entry UNION ALL SELECT session::text FROM session")
    said = " ".join(row[0] for row in rows)
    cookies = [cookie.value for cookie in browser.http.cookies.jar]
    for secret in (SAM, link.rpartition("/")[2], code, code.replace(" ", ""), *filter(None, cookies)):
        assert secret not in said
        assert secret.encode().hex() not in said


async def test_fault_32_an_unknown_address_gets_the_same_answer_and_no_mail(
    town: Town, browser: Browser
) -> None:
    known, unknown = await browser.asks(SAM), await browser.asks("nobody@nowhere.example")
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert await count_mails(town) == 1


async def test_fault_32_one_address_is_not_flooded(town: Town, browser: Browser) -> None:
    for _ in range(8):
        assert (await browser.asks(SAM)).status_code == 200
    assert await count_mails(town) == doors.MOST_FOR_ONE_ADDRESS
    for number in range(20):
        await another(town, f"203.0.113.{number}").asks(SAM)
    assert await count_mails(town) == doors.MOST_TO_ONE_ADDRESS


async def test_fault_32_a_mailbox_that_is_led_to_the_other_door_is_not_flooded_either(
    town: Town, browser: Browser
) -> None:
    await town.admin.execute(
        "INSERT INTO passkey (program_id, staff_id, credential_id, public_key, sign_count) VALUES ($1, $2, '', '', 0)",
        PROGRAM.id,
        town.staff["mo"],
    )
    for _ in range(8):
        await browser.asks("mo@school.example")
    assert await count_mails(town) == doors.MOST_FOR_ONE_ADDRESS


async def test_fault_32_of_what_was_not_mailed_nothing_is_kept_that_could_open(
    town: Town, browser: Browser
) -> None:
    for _ in range(8):
        await browser.asks(SAM)
    could_open = "SELECT count(*) FROM entry WHERE officer_id IS NOT NULL OR code IS NOT NULL"
    assert await town.admin.fetchval(could_open) == doors.MOST_FOR_ONE_ADDRESS
    assert await town.admin.fetchval("SELECT count(*) FROM entry WHERE NOT went_out") == 3


async def test_fault_32_what_was_not_mailed_ends_nothing(town: Town, browser: Browser) -> None:
    for _ in range(8):
        await browser.asks(SAM)
    _, code = await newest_mail(town)
    assert "Hello, Sam" in (await browser.types(code)).text


async def test_fault_32_somebody_elses_asking_keeps_nobody_out(town: Town, browser: Browser) -> None:
    for _ in range(8):
        await another(town, "203.0.113.1").asks(SAM)
    await browser.asks(SAM)
    _, code = await newest_mail(town)
    await another(town, "203.0.113.2").asks(SAM)
    assert "Hello, Sam" in (await browser.types(code)).text


async def test_fault_32_one_source_is_told_to_wait(
    town: Town, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bluepals.facts.doors.MOST_FROM_ONE_SOURCE", 3)
    asked = [await browser.asks(f"person{number}@nowhere.example") for number in range(4)]
    assert [one.status_code for one in asked] == [200, 200, 200, 429]
    assert "Please try again in an hour." in asked[-1].text


async def test_fault_32_all_addresses_of_one_network_are_one_source(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bluepals.facts.doors.MOST_FROM_ONE_SOURCE", 3)
    for number in range(3):
        await another(town, f"2001:db8::{number}").asks(f"person{number}@nowhere.example")
    assert (await another(town, "2001:db8::ffff").asks(SAM)).status_code == 429
    assert (await another(town, "2001:db8:0:1::1").asks(SAM)).status_code == 200


@pytest.mark.parametrize("address", ["", "sam", "a" * 300 + "@x.example"])
async def test_what_is_no_address_is_said_at_once(town: Town, browser: Browser, address: str) -> None:
    refused = await browser.asks(address)
    assert refused.status_code == 422
    assert "That is no e-mail address." in refused.text


@pytest.mark.parametrize(
    "to",
    [
        *("https://evil.example", "//evil.example", "/stl//evil.example", "/stl/\\evil.example"),
        *("/other/pals", "/other/pals?to=/stl/pals", "/stl?to=//evil.example"),
    ],
)
async def test_nobody_is_led_out_of_the_desk(town: Town, browser: Browser, to: str) -> None:
    await browser.asks(SAM)
    _, code = await newest_mail(town)
    assert (await browser.types(code, to=quote(to))).url.path == f"/{PROGRAM.id}/pals"


async def test_who_enters_again_comes_to_what_they_had_chosen(town: Town, browser: Browser) -> None:
    asked = f"/{PROGRAM.id}/pals/leave?reason=moved"
    door = await browser.http.get(asked)
    assert door.url.params["to"] == asked
    await browser.asks(SAM, to=quote(asked))
    _, code = await newest_mail(town)
    page = await browser.types(code, to=quote(asked))
    assert (page.status_code, page.url.query) == (200, b"reason=moved")
    assert "I’m moving away: stop writing to Noah" in page.text  # noqa: RUF001 - the page's own sign


async def test_who_has_chosen_no_reason_to_leave_is_told_so_and_has_a_way_back(town: Town) -> None:
    sam = town.officer("sam")
    for refused in (await sam.gets("leave"), await sam.leaves("nothing")):
        assert refused.status_code == 422
        assert "choose there why you can&#39;t go on." in refused.text
        assert f'href="{sam.path}">To my pages' in refused.text


async def test_cookies_are_for_this_host_over_a_safe_connection_and_for_no_script(
    town: Town, browser: Browser
) -> None:
    await browser.asks(SAM)
    _, code = await newest_mail(town)
    answers = [await browser.http.get(ENTER), (await browser.types(code)).history[0]]
    for answer, name in zip(answers, (ASKING, SESSION), strict=True):
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{name}="))
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


async def test_an_officers_own_device_is_remembered_and_asked_again_for_what_matters(
    town: Town, browser: Browser
) -> None:
    await browser.asks(SAM)
    _, code = await newest_mail(town)
    await browser.types(code, remember="yes")
    await town.on((town.now + timedelta(days=30)).date())
    page = await browser.http.get(f"/{PROGRAM.id}/pals")
    assert "Hello, Sam" in page.text
    key = await browser.form_key(f"/{PROGRAM.id}/pals")
    asked = await browser.http.post(f"/{PROGRAM.id}/pals/leave?reason=moved", data={"form": key})
    assert asked.status_code == 401
    assert "This step matters, so please enter again first." in asked.text
    assert await town.admin.fetchval("SELECT leaves_at FROM officer WHERE external_id = 'sam'") is None


@pytest.mark.parametrize(("address", "own_page"), [(SAM, "pals"), (TESS, "class")])
async def test_who_is_a_guardian_too_is_in_as_that_for_an_hour_on_whatever_device(
    town: Town, browser: Browser, address: str, own_page: str
) -> None:
    await town.admin.execute("UPDATE student SET guardian_email = $1 WHERE external_id = 'leo'", address)
    family = f"/{PROGRAM.id}/family"
    child = await town.admin.fetchval("SELECT id FROM student WHERE external_id = 'leo'")
    await browser.asks(address)
    _, code = await newest_mail(town)
    await browser.types(code, remember="yes")
    await set_clock(town.admin, town.now + timedelta(minutes=59))
    assert "Leo" in (await browser.http.get(family)).text
    key = await browser.form_key(family)
    await set_clock(town.admin, town.now + timedelta(minutes=61))
    own = await browser.http.get(f"/{PROGRAM.id}/{own_page}")
    assert (own.url.path, f'href="{family}"' in own.text) == (f"/{PROGRAM.id}/{own_page}", True)
    door = await browser.http.get(family)
    assert (door.url.path, door.url.params["to"]) == (ENTER, family)
    withdrawn = await browser.http.post(f"{family}/{child}/withdraw/letters", data={"form": key})
    assert withdrawn.status_code == 401
    await browser.asks(address)
    _, code = await newest_mail(town)
    assert "Leo" in (await browser.types(code, to=family)).text


async def test_who_logs_out_everywhere_is_out_as_a_guardian_too_after_that_hour(
    town: Town, browser: Browser
) -> None:
    office = town.parts.office
    child = await town.admin.fetchval(
        "UPDATE student SET guardian_email = $1 WHERE external_id = 'leo' RETURNING id", SAM
    )
    await browser.asks(SAM)
    _, code = await newest_mail(town)
    await browser.types(code)
    await set_clock(town.admin, town.now + timedelta(minutes=50))
    async with town.parts.database.transaction(SCOPE) as connection:
        family = Identity(None, None, (child,))
        other = await doors.let_in(office, connection, PROGRAM.id, family, Door.MAIL, remember=False)
    await set_clock(town.admin, town.now + timedelta(minutes=70))
    assert await doors.visitor(office, PROGRAM.id, other.token)
    key = await browser.form_key(f"/{PROGRAM.id}/pals")
    await browser.http.post(f"/{PROGRAM.id}/leave", data={"form": key, "where": "everywhere"})
    assert await doors.visitor(office, PROGRAM.id, other.token) is None


async def test_a_teachers_day_at_the_desk_ends_whatever_was_ticked(town: Town, browser: Browser) -> None:
    await browser.asks(TESS)
    _, code = await newest_mail(town)
    await browser.types(code, remember="yes")
    await town.on((town.now + timedelta(days=1)).date())
    assert (await browser.http.get(f"/{PROGRAM.id}/class")).url.path == ENTER


async def test_what_was_typed_when_the_day_ended_is_given_back(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    key = await sam.form_key()
    out = await town.http.post(
        f"{sam.path}/{town.pairings['noah']}", data={"form": key, "text": "Dear Noah, <b>hello</b>"}
    )
    assert out.status_code == 401
    assert "Dear Noah, &lt;b&gt;hello&lt;/b&gt;" in out.text


@pytest.mark.parametrize(
    ("sent_to", "page"),
    [
        ("pals/host/{id}", "pals"),
        ("pals/{id}/keep", "pals"),
        ("pals/leave?reason=moved", "pals/leave?reason=moved"),
        ("class/opening/stl.north.2026/1/5%2FB%20%26%20C", "class"),
        ("class/stack/{id}/page/3", "class/stack/{id}"),
        ("reading/{id}/copy/approve", "reading/{id}/copy/approve"),
        ("counsel/{id}/attest", "counsel/{id}"),
        ("board/a-key", "board"),
        ("agency/officer/{id}/clearance", "agency"),
        ("family/{id}/decline", "family"),
        ("setup/files", "setup"),
        ("leave", ""),
    ],
)
async def test_a_form_that_came_too_late_leads_back_to_its_page(town: Town, sent_to: str, page: str) -> None:
    one = str(uuid4())
    out = await town.http.post(f"/{PROGRAM.id}/{sent_to.format(id=one)}")
    assert out.status_code == 401
    (door,) = re.findall(r'href="(/stl/enter[^"]*)"', out.text)
    to = httpx.URL(html.unescape(door)).params["to"]
    assert to == f"/{PROGRAM.id}/{page}".format(id=one).rstrip("/")


async def test_no_form_leads_out_of_the_program(town: Town) -> None:
    out = await town.http.post(f"/{PROGRAM.id}/class/stacks/{NORTH}///elsewhere.example")
    assert out.status_code == 401
    assert "elsewhere" not in out.text


async def test_reasons_that_were_written_when_the_day_ended_are_given_back(town: Town) -> None:
    out = await town.http.post(
        f"/{PROGRAM.id}/reading/{uuid4()}/return",
        data={"for-child": "No street.", "for-adult": "An address."},
    )
    assert re.search(r"<textarea[^>]*>\s*No street\.\s+An address\.</textarea>", out.text)
    assert "Nothing has been sent." in out.text


Ending = Callable[[Town], Coroutine[Any, Any, object]]


async def _leaves(town: Town) -> None:
    async with town.parts.database.transaction(SCOPE) as connection:
        await staff.leave(connection, town.staff["tess"])


async def _is_stopped(town: Town) -> None:
    await leaving.stop(town.parts.office, SCOPE, town.officers["sam"], by=town.staff["cora"])


async def _has_another_address(town: Town) -> None:
    await town.admin.execute("UPDATE staff SET email = 'new@school.example' WHERE external_id = 'tess'")


@pytest.mark.parametrize(
    ("address", "ends"), [(TESS, _leaves), (TESS, _has_another_address), (SAM, _is_stopped)]
)
async def test_fault_33_a_session_ends_with_what_it_rests_on(
    town: Town, browser: Browser, address: str, ends: Ending
) -> None:
    await browser.asks(address)
    _, code = await newest_mail(town)
    await browser.types(code)
    assert (await browser.http.get(f"/{PROGRAM.id}/cases")).status_code == 200
    await ends(town)
    assert (await browser.http.get(f"/{PROGRAM.id}/cases")).url.path == ENTER


@pytest.mark.parametrize(
    ("where", "others", "said"),
    [("here", True, "logged out in this browser."), ("everywhere", False, "logged out everywhere: in this")],
)
async def test_who_logs_out_is_out_here_or_everywhere_and_is_told(
    town: Town, browser: Browser, where: str, others: bool, said: str
) -> None:
    other = another(town)
    for one in (browser, other):
        await one.asks(TESS)
        _, code = await newest_mail(town)
        await one.types(code)
    key = await browser.form_key(f"/{PROGRAM.id}/class")
    out = await browser.http.post(f"/{PROGRAM.id}/leave", data={"form": key, "where": where})
    assert f"You are {said}" in out.text
    assert (await browser.http.get(f"/{PROGRAM.id}/class")).url.path == ENTER
    assert ((await other.http.get(f"/{PROGRAM.id}/class")).url.path != ENTER) is others


async def test_where_no_page_is_there_is_a_way_to_ones_own(town: Town) -> None:
    mo, home = town.moderator("mo"), f'href="/{PROGRAM.id}">To my pages'
    for path in ("nowhere", "reading/nowhere", f"reading/{town.pairings['leo']}", "reading/next"):
        missing = await mo.http.get(f"/{PROGRAM.id}/{path}")
        assert (missing.status_code in {404, 405}, home in missing.text) == (True, True), path
        assert "There is no such page, or it is not yours to see." in missing.text, path
        assert "newest mail" not in missing.text, path
    assert (await mo.http.get(f"/{PROGRAM.id}")).url.path == mo.path
    assert "To my pages" not in (await mo.http.get("/nobody/reading")).text, "there is no such program"


async def test_another_schools_letter_and_one_that_is_not_there_are_answered_alike(town: Town) -> None:
    draft, tess = await town.hands_in("leo", "Hello"), town.teacher("tess")
    answers = [await tess.gets(f"letter/{one}") for one in (draft.id, uuid4())]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].text == answers[1].text


async def test_whoever_is_not_in_is_told_where_a_link_is(town: Town) -> None:
    for path in (f"/{PROGRAM.id}/nowhere", "/nowhere/at/all", "/%00/at/all"):
        missing = await town.http.get(path)
        assert missing.status_code == 404
        assert "There is no such page. Open the link in your newest mail." in missing.text


async def test_a_page_is_for_those_whose_part_it_is(town: Town) -> None:
    for visitor, page in ((town.officer("sam"), "class"), (town.teacher("tess"), "pals")):
        refused = await visitor.http.get(f"/{PROGRAM.id}/{page}")
        assert refused.status_code == 403
        assert "This page is for" in refused.text


async def test_who_is_in_here_is_not_in_another_program(town: Town) -> None:
    await town.admin.execute(
        "INSERT INTO program (id, name, definition) SELECT 'other', 'Other', definition FROM program"
    )
    sam = town.officer("sam")
    assert (await sam.http.get("/other/pals")).url.path == "/other/enter"
    assert (await sam.http.get("/nowhere/pals")).status_code == 404


async def test_every_answer_keeps_scripts_caches_frames_and_referrers_out(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    tess, sam = town.teacher("tess"), town.officer("sam")
    answers = [
        await sam.http.get(sam.path),
        await tess.http.get(tess.path),
        await tess.http.get(sam.path),
        await town.http.get("/nowhere"),
        await town.http.post("/health"),
        await town.http.get("/health"),
        await town.http.get("/static/desk.css"),
        await tess.gets(f"pack/{NORTH}/1/5A"),
        await sam.sends(town.pairings["noah"], ""),
        *(await sam.sends(town.pairings["noah"], "Hello")).history,
    ]
    assert sorted(answer.status_code for answer in answers) == [
        200,
        200,
        200,
        200,
        200,
        303,
        403,
        404,
        405,
        422,
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert ("script-src 'self'" in policy) is ("<script" in answer.text), "our own, where there are any"
        assert "frame-ancestors 'none'" in policy
        for name in HEADERS.keys() - {"Content-Security-Policy", "Cache-Control"}:
            assert answer.headers[name] == HEADERS[name]
        assert answer.headers["cache-control"] == (
            "no-cache" if "/static/" in str(answer.url) else "no-store"
        )


async def test_a_page_loads_nothing_from_elsewhere_and_no_script_is_written_into_it(town: Town) -> None:
    for visitor in (town.officer("sam"), town.teacher("tess")):
        page = await visitor.sees()
        tags = re.findall("<script[^>]*>[^<]*", page)
        scripts = {re.sub(r' data-[a-z]+="[^"]*"', "", one.strip()) for one in tags}
        assert scripts <= {f'<script src="/static/{name}" defer>' for name in OUR_SCRIPTS}
        assert " style=" not in page
        assert "http" not in page


@pytest.mark.parametrize("key", ["", "0000", "forged"])
async def test_a_form_without_the_pages_own_key_is_refused(town: Town, key: str) -> None:
    await town.on(FIRST_ROUND)
    await town.invites(NORTH)
    sam, tess = town.officer("sam"), town.teacher("tess")
    answers = [
        await sam.sends(town.pairings["noah"], "Hello", key=key),
        await sam.answers_invitation(town.pairings["noah"], "yes", key=key),
        await tess.sends(town.pairings["maya"], "Hello", key=key),
    ]
    for answer in answers:
        assert answer.status_code == 403
        assert "This form did not come from your page." in answer.text
    assert await town.admin.fetchval("SELECT count(*) FROM draft") == 0
    assert await town.admin.fetchval("SELECT count(*) FROM visit WHERE answer IS NOT NULL") == 0


async def test_another_persons_form_key_opens_nothing(town: Town) -> None:
    key = await town.officer("dana").form_key()
    assert (await town.officer("sam").sends(town.pairings["noah"], "Hello", key=key)).status_code == 403


async def test_no_link_and_no_word_of_a_letter_gets_into_the_logs(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.on(FIRST_ROUND)
    sam, tess = town.officer("sam"), town.teacher("tess")
    with caplog.at_level(logging.DEBUG), capture_logs() as logged:
        await sam.sends(town.pairings["noah"], "Biscuit")
        await sam.sends(town.pairings["maya"], "Biscuit")
        await tess.gets(f"pack/{NORTH}/1/5A")
        await tess.http.get(sam.path)
        await town.admin.execute("ALTER TABLE pairing RENAME TO hidden")
        await sam.http.get(sam.path)
        await town.admin.execute("ALTER TABLE hidden RENAME TO pairing")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    said = f"{logged} {ours}"
    assert {line["event"] for line in logged} == {"turned away", "page closed", "request failed"}
    for secret in (sam.entering.token, tess.entering.token, SAM, TESS, "Biscuit", "Noah", "relation"):
        assert secret not in said


async def test_what_goes_wrong_inside_is_a_sentence_and_no_trace(town: Town) -> None:
    await town.admin.execute("ALTER TABLE pairing RENAME TO hidden")
    sam = town.officer("sam")
    page = await sam.http.get(sam.path)
    assert page.status_code == 500
    assert "Something went wrong here, and it is not your fault." in page.text
    assert "hidden" not in page.text


async def test_the_office_makes_no_link_that_lets_in_two_people_of_one_id(town: Town) -> None:
    await town.admin.execute("UPDATE officer SET external_id = 'tess' WHERE external_id = 'sam'")
    office = town.parts.office
    with pytest.raises(LookupError, match="a link would let in both"):
        await doors.link_for(office, PROGRAM.id, "tess")
    await town.admin.execute("UPDATE officer SET email = $1 WHERE external_id = 'tess'", TESS)
    assert await doors.link_for(office, PROGRAM.id, "tess"), "one address is one person"


async def test_the_office_makes_no_link_for_who_takes_no_part_any_more_and_says_so(town: Town) -> None:
    office, by = town.parts.office, town.staff["cora"]
    await leaving.stop(office, SCOPE, town.officers["kim"], by=by)
    async with town.parts.database.transaction(SCOPE) as connection:
        await staff.leave(connection, town.staff["mo"])
    for gone in ("kim", "mo"):
        with pytest.raises(LookupError, match=f"{gone} takes no part any more"):
            await doors.link_for(office, PROGRAM.id, gone)
    with pytest.raises(LookupError, match="Nobody of the staff and no officer is nobody"):
        await doors.link_for(office, PROGRAM.id, "nobody")


async def test_the_desk_says_whether_it_can_work(town: Town) -> None:
    assert (await town.http.get("/health")).text == "ok\n"


async def test_letters_are_taken_while_temporal_is_away_and_wait_for_the_outbox(town: Town) -> None:
    """There is no Temporal in any of these tests; the bell rings in vain."""
    await town.on(FIRST_ROUND)
    page = await town.officer("sam").sends(town.pairings["noah"], "Hello")
    assert page.status_code == 200
    await town.parts.bell.quiet()
    draft = await town.newest_draft("noah", Side.OFFICER)
    await town.decides(draft)
    assert await town.admin.fetchval("SELECT count(*) FROM tell WHERE fact = 'letter_decided'") == 1


async def test_an_address_with_a_bad_id_is_no_page(town: Town) -> None:
    sam = town.officer("sam")
    for path in ("letter/no-id", "letter/../../etc", "nothing"):
        assert (await sam.gets(path)).status_code in {403, 404}
