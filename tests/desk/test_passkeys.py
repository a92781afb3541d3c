"""A passkey is made after a mail, and is then the way in; what it proves, it proves once, to one browser."""

import html
import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta

import cbor2
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bluepals.domain.entering import Door
from bluepals.facts import doors, staff
from bluepals.facts.staff import LoggedOut
from bluepals.store.doors import Identity
from desk.doors import ASKING, SESSION
from tests.desk.authenticator import Authenticator, text
from tests.desk.spanish import english_left
from tests.desk.test_doors import newest_mail
from tests.desk.town import DESK, PROGRAM, SCOPE, Town
from tests.mailroom import set_clock

HOST = "desk.bluepals.example"
ENTER, CASES = f"/{PROGRAM.id}/enter", f"/{PROGRAM.id}/cases"
DOOR, OWN = f"{ENTER}/passkey", f"/{PROGRAM.id}/passkeys"
MO, TESS = "mo@school.example", "tess@school.example"
NOT_RIGHT = "That passkey opens nothing here."


@dataclass
class Browser:
    town: Town
    http: httpx.AsyncClient

    @classmethod
    def new(cls, town: Town) -> "Browser":
        http = httpx.AsyncClient(transport=town.http._transport, base_url=DESK, follow_redirects=True)
        return cls(town, http)

    async def finds(self, path: str) -> tuple[str, str]:
        """The key of the form, and what the page asks of the device."""
        page = (await self.http.get(path)).text
        key, options = (
            re.search(r'name="form" value="([^"]+)"', page),
            re.search(r'data-options="([^"]+)"', page),
        )
        assert key
        assert options
        return key[1], html.unescape(options[1])

    async def enters_by_mail(self, address: str) -> None:
        key = re.search(r'name="form" value="([^"]+)"', (await self.http.get(ENTER)).text)
        assert key
        await self.http.post(ENTER, data={"form": key[1], "address": address})
        _, code = await newest_mail(self.town)
        await self.http.post(f"{ENTER}/code", data={"form": key[1], "code": code})

    async def makes(self, device: Authenticator) -> httpx.Response:
        key, options = await self.finds(OWN)
        return await self.http.post(OWN, data={"form": key, "said": device.makes(options)})

    async def shows(self, device: Authenticator, to: str = "") -> httpx.Response:
        key, options = await self.finds(DOOR)
        return await self.says(key, device.shows(options), to)

    async def says(self, key: str, said: str, to: str = "") -> httpx.Response:
        return await self.http.post(f"{DOOR}?to={to}", data={"form": key, "said": said})

    def is_in(self) -> bool:
        return any(cookie.name == SESSION for cookie in self.http.cookies.jar)


@pytest.fixture
def browser(town: Town) -> Browser:
    return Browser.new(town)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(DESK, HOST)


@pytest.fixture
async def mos(town: Town, device: Authenticator) -> Authenticator:
    """A moderator's device, with a passkey."""
    browser = Browser.new(town)
    await browser.enters_by_mail(MO)
    assert (await browser.makes(device)).status_code == 200
    return device


async def test_who_has_made_one_enters_with_it_and_comes_to_where_they_were_going(
    browser: Browser, mos: Authenticator
) -> None:
    page = await browser.shows(mos, to=CASES)
    assert page.status_code == 200
    assert page.url.path == CASES


async def test_the_device_is_asked_to_keep_it_and_to_look_at_its_owner(browser: Browser) -> None:
    await browser.enters_by_mail(MO)
    _, options = await browser.finds(OWN)
    assert json.loads(options)["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    _, options = await Browser.new(browser.town).finds(DOOR)
    asked = json.loads(options)
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials"), "nobody has said yet who they are"


async def test_from_then_on_a_mail_does_not_let_them_in_and_says_why(
    town: Town, browser: Browser, mos: Authenticator
) -> None:
    key = re.search(r'name="form" value="([^"]+)"', (await browser.http.get(ENTER)).text)
    assert key
    await browser.http.post(ENTER, data={"form": key[1], "address": MO})
    message = await town.admin.fetchval(
        "SELECT message FROM mail WHERE kind = 'entry' ORDER BY sequence DESC LIMIT 1"
    )
    assert "enter with their passkey" in " ".join(message.decode().replace("=\r\n", "").split())
    assert await town.admin.fetchval("SELECT num_nonnulls(staff_id) FROM entry ORDER BY sequence DESC") == 0


NOTICE = 'many children. <a href="/stl/passkeys">Make a passkey</a>'


async def test_who_has_come_by_mail_is_reminded_on_every_page_until_they_have_made_one(
    browser: Browser, device: Authenticator
) -> None:
    await browser.enters_by_mail(MO)
    for path in (CASES, f"/{PROGRAM.id}/reading", f"/{PROGRAM.id}/pairings"):
        assert NOTICE in (await browser.http.get(path)).text
    assert NOTICE not in (await browser.http.get(OWN)).text, "it is made there"
    await browser.makes(device)
    assert NOTICE not in (await browser.http.get(CASES)).text


async def test_nobody_is_reminded_who_can_have_none_or_came_by_an_administrators_link(
    town: Town, browser: Browser
) -> None:
    await browser.enters_by_mail(TESS)
    assert NOTICE not in (await browser.http.get(CASES)).text
    assert NOTICE not in await town.reader("mo").sees()


async def test_making_one_ends_every_other_session_of_theirs_and_is_told_by_mail(
    town: Town, browser: Browser, device: Authenticator
) -> None:
    other = Browser.new(town)
    await other.enters_by_mail(MO)
    await browser.enters_by_mail(MO)
    page = await browser.makes(device)
    assert page.url.path == OWN
    assert "Made on" in page.text
    assert (await other.http.get(CASES)).url.path == ENTER
    assert (
        await town.admin.fetchval("SELECT to_address FROM mail WHERE kind = 'passkey' ORDER BY sequence DESC")
        == MO
    )


async def test_an_administrators_link_lets_in_whose_device_is_lost_and_they_remove_it(
    town: Town, browser: Browser, mos: Authenticator
) -> None:
    inside = town.reader("mo")
    page = (await inside.http.get(OWN)).text
    key, theirs = re.search(r'name="form" value="([^"]+)"', page), re.search(rf"{OWN}/([\w-]+)/remove", page)
    assert key
    assert theirs
    asked = (await inside.http.get(f"{OWN}/{theirs[1]}/remove")).text
    assert "Remove the passkey made on Tuesday, September 1, 2026, 9:00 AM CDT" in asked
    assert await town.admin.fetchval("SELECT removed_at FROM passkey") is None, "asked first"
    page = (await inside.http.post(f"{OWN}/{theirs[1]}/remove", data={"form": key[1]})).text
    assert "You have none yet." in page
    assert "The passkey is removed: nobody enters with it any more." in page
    assert NOT_RIGHT in (await browser.shows(mos)).text
    await browser.enters_by_mail(MO)
    assert browser.is_in()


async def test_two_of_the_same_day_are_told_apart_by_their_times(
    town: Town, browser: Browser, device: Authenticator
) -> None:
    await browser.enters_by_mail(MO)
    assert "The passkey is made." in (await browser.makes(device)).text
    await set_clock(town.admin, town.now + timedelta(minutes=5))
    page = (await browser.makes(Authenticator(DESK, HOST, credential_id=b"another"))).text
    assert page.count("Made on Tuesday, September 1, 2026, 9:00 AM CDT") == 1
    assert page.count("Made on Tuesday, September 1, 2026, 9:05 AM CDT") == 1


async def test_fault_33_nobody_removes_anothers(town: Town, mos: Authenticator) -> None:
    theirs = await town.admin.fetchval("SELECT id FROM passkey")
    inside = town.reader("cora")
    key = re.search(r'name="form" value="([^"]+)"', (await inside.http.get(OWN)).text)
    assert key
    assert (await inside.http.get(f"{OWN}/{theirs}/remove")).status_code == 404
    assert (await inside.http.post(f"{OWN}/{theirs}/remove", data={"form": key[1]})).status_code == 404
    assert await town.admin.fetchval("SELECT removed_at FROM passkey") is None


@pytest.mark.parametrize("change", ["left_at = program_now()", "email = 'successor@school.example'"])
async def test_fault_33_a_passkey_ends_with_what_it_rests_on(
    town: Town, browser: Browser, mos: Authenticator, change: str
) -> None:
    await browser.shows(mos)
    await town.admin.execute(f"UPDATE staff SET {change} WHERE external_id = 'mo'")
    assert (await browser.http.get(CASES)).url.path == ENTER
    assert NOT_RIGHT in (await Browser.new(town).shows(mos)).text


async def test_fault_33_who_has_lost_a_device_is_logged_out_and_makes_another_passkey(
    town: Town, browser: Browser, mos: Authenticator
) -> None:
    await browser.shows(mos)
    done = await staff.log_out(town.parts.office, SCOPE, town.staff["mo"], by=town.staff["cora"])
    assert done == LoggedOut(sessions=2, passkeys=1)
    assert (await browser.http.get(CASES)).url.path == ENTER
    assert NOT_RIGHT in (await browser.shows(mos)).text
    await browser.enters_by_mail(MO)
    assert (await browser.makes(Authenticator(DESK, HOST))).url.path == OWN


async def test_fault_33_who_is_logged_out_is_out_as_an_officer_too_on_a_device_that_was_remembered(
    town: Town, browser: Browser, mos: Authenticator
) -> None:
    await town.admin.execute("UPDATE officer SET email = $1 WHERE external_id = 'sam'", MO)
    office = town.parts.office
    async with town.parts.database.transaction(SCOPE) as connection:
        sam = Identity(None, town.officers["sam"], ())  # What a mail lets in beside a passkey.
        device = await doors.let_in(office, connection, PROGRAM.id, sam, Door.MAIL, remember=True)
    assert await doors.visitor(office, PROGRAM.id, device.token)
    await staff.log_out(office, SCOPE, town.staff["mo"], by=town.staff["cora"])
    assert await doors.visitor(office, PROGRAM.id, device.token) is None


async def test_fault_33_who_has_no_role_any_more_is_not_let_in(
    town: Town, browser: Browser, mos: Authenticator
) -> None:
    await town.admin.execute("DELETE FROM staff_role WHERE staff_id = $1", town.staff["mo"])
    assert NOT_RIGHT in (await browser.shows(mos)).text


async def test_fault_32_an_answer_is_taken_once(browser: Browser, mos: Authenticator) -> None:
    mos.counter = -1  # A passkey that lives on several devices counts nothing: the count can't tell.
    key, options = await browser.finds(DOOR)
    said, known_by = mos.shows(options), browser.http.cookies[ASKING]
    assert (await browser.says(key, said)).status_code == 200
    browser.http.cookies.delete(SESSION)
    browser.http.cookies.set(ASKING, known_by)
    assert NOT_RIGHT in (await browser.says(key, said)).text
    assert not browser.is_in()


async def test_fault_32_an_answer_to_another_browser_opens_nothing(
    town: Town, browser: Browser, mos: Authenticator
) -> None:
    _, options = await browser.finds(DOOR)
    other = Browser.new(town)
    key, _ = await other.finds(DOOR)
    refused = await other.says(key, mos.shows(options))
    assert refused.status_code == 403
    assert NOT_RIGHT in refused.text


async def test_fault_32_a_device_that_counts_backwards_may_be_a_copy(
    town: Town, browser: Browser, mos: Authenticator
) -> None:
    copy = replace(mos)
    for _ in range(2):
        assert (await Browser.new(town).shows(mos)).status_code == 200
    assert NOT_RIGHT in (await browser.shows(copy)).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"verifies": False},
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"key": Authenticator(DESK, HOST).key},
        {"credential_id": b"unknown"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_fault_32_whatever_is_wrong_the_answer_is_the_same(
    browser: Browser, mos: Authenticator, wrong: dict[str, object]
) -> None:
    refused = await browser.shows(replace(mos, **wrong))  # type: ignore[arg-type]  # one field of it
    assert refused.status_code == 403
    assert NOT_RIGHT in refused.text
    assert not browser.is_in()


async def test_fault_32_a_challenge_of_ones_own_making_is_refused(
    browser: Browser, mos: Authenticator
) -> None:
    key, _ = await browser.finds(DOOR)
    said = mos.shows(json.dumps({"challenge": text(b"of my own")}))
    assert NOT_RIGHT in (await browser.says(key, said)).text


@pytest.mark.parametrize("wrong", [{"verifies": False}, {"origin": "https://evil.example"}])
async def test_what_proves_nothing_makes_no_passkey(
    town: Town, browser: Browser, device: Authenticator, wrong: dict[str, object]
) -> None:
    await browser.enters_by_mail(MO)
    refused = await browser.makes(replace(device, **wrong))  # type: ignore[arg-type]  # one field of it
    assert refused.status_code == 422
    assert "The device made no passkey that can be used here." in refused.text
    assert await town.admin.fetchval("SELECT count(*) FROM passkey") == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "rawId", "type", "response", "clientDataJSON", "signature", "challenge"]
                ),
                inner,
            )
        ),
        max_leaves=6,
    )
)
async def test_any_words_are_answered_with_the_same_sentence(browser: Browser, said: object) -> None:
    key, _ = await browser.finds(DOOR)
    refused = await browser.says(key, json.dumps(said))
    assert refused.status_code == 403


@pytest.mark.parametrize("inner", ["5", "[]", '"type"', '{"type": 1, "challenge": 2, "origin": 3}', "\ud800"])
async def test_odd_words_of_the_browser_are_answered_with_the_same_sentence(
    browser: Browser, mos: Authenticator, inner: str
) -> None:
    key, options = await browser.finds(DOOR)
    said = json.loads(mos.shows(options))
    said["response"]["clientDataJSON"] = text(inner.encode("utf-8", "surrogatepass"))
    assert (await browser.says(key, json.dumps(said))).status_code == 403


@pytest.mark.parametrize(
    "made", [None, 5, {}, {"fmt": "none", "attStmt": {}, "authData": b"short"}, {"fmt": 5, "attStmt": 5}]
)
async def test_an_odd_device_makes_no_passkey(browser: Browser, device: Authenticator, made: object) -> None:
    await browser.enters_by_mail(MO)
    key, options = await browser.finds(OWN)
    said = json.loads(device.makes(options))
    said["response"]["attestationObject"] = text(cbor2.dumps(made))
    refused = await browser.http.post(OWN, data={"form": key, "said": json.dumps(said)})
    assert refused.status_code == 422


async def test_teachers_and_officers_have_none(town: Town) -> None:
    for visitor in (town.teacher("tess"), town.officer("sam")):
        refused = await visitor.http.get(OWN)
        assert refused.status_code == 403
        assert "This page is for coordinators, moderators and counselors" in refused.text


async def test_only_these_pages_run_a_script_and_only_our_own(browser: Browser) -> None:
    await browser.enters_by_mail(MO)
    for path, theirs in ((DOOR, True), (OWN, True), (ENTER, False), (CASES, False)):
        policy = (await browser.http.get(path)).headers["content-security-policy"]
        assert policy.endswith("; script-src 'self'") is theirs
        assert ("script-src" in policy) is theirs


async def test_without_a_script_the_page_says_the_other_way_in(browser: Browser) -> None:
    page = (await browser.http.get(DOOR)).text
    assert "A passkey needs JavaScript" in page
    assert f'href="{ENTER}?to=' in page


async def test_the_door_and_ones_own_passkeys_are_in_spanish_too(
    browser: Browser, mos: Authenticator
) -> None:
    browser.http.headers["accept-language"] = "es"
    key, _ = await browser.finds(DOOR)
    refused, page = await browser.says(key, "{}"), await browser.shows(mos, to=OWN)
    assert "Esa llave de acceso no abre nada aquí." in refused.text
    made = re.search(rf'"({OWN}/[^"]+)/remove"', page.text)
    assert made
    sure = await browser.http.get(f"{made[1]}/remove")
    assert "Quitar la llave de acceso creada el martes 1 de septiembre de 2026" in sure.text
    for one in (refused, page, sure):
        assert english_left(one.text) == []
