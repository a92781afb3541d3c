"""The district's single sign-on, tried with a provider that runs beside the tests."""

import html
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from bluepals.domain.entering import WATCHED
from bluepals.facts import doors
from desk.doors import ASKING, SESSION
from stack.postgres import PostgresServer
from tests.desk.district.people import CLIENT, MO, PASSWORD, SAM, SECRET, TESS
from tests.desk.district.serving import District, running_district
from tests.desk.spanish import english_left
from tests.desk.town import DESK, PROGRAM, Town, small_town

ENTER = f"/{PROGRAM.id}/enter"
CASES = f"/{PROGRAM.id}/cases"


@pytest.fixture(scope="module")
def district() -> Iterator[District]:
    with running_district() as running:
        yield running


@pytest.fixture
async def town(postgres: PostgresServer, begun_town: str, district: District) -> AsyncIterator[Town]:
    sign_on = {"issuer": district.issuer, "client_id": CLIENT, "client_secret": SECRET}
    async with small_town(postgres, begun_town, sign_on=sign_on) as town:
        yield town


@dataclass
class Browser:
    """One that reaches the desk and the district."""

    http: httpx.AsyncClient

    @classmethod
    def new(cls, town: Town, district: District) -> "Browser":
        outside = {district.address: httpx.AsyncHTTPTransport()}
        inside = town.http._transport
        return cls(httpx.AsyncClient(transport=inside, mounts=outside, base_url=DESK, follow_redirects=True))

    async def is_sent_back(self, name: str, to: str = "") -> str:
        """After they have signed in at the district: the address with which it sends them back to the desk."""
        answer = await self.http.get(f"{ENTER}/sso?to={to}", follow_redirects=False)
        while not answer.headers.get("location", "").startswith(DESK):
            if answer.is_redirect:
                there = answer.url.join(answer.headers["location"])
                answer = await self.http.get(there, follow_redirects=False)
            else:
                who = {"name": name, "password": PASSWORD}
                answer = await self.http.post(answer.url, data=who, follow_redirects=False)
        return str(answer.headers["location"])

    async def signs_in(self, name: str, to: str = "") -> httpx.Response:
        return await self.http.get(await self.is_sent_back(name, to))

    async def asks_by_mail(self, address: str) -> httpx.Response:
        found = re.search(r'name="form" value="([^"]+)"', (await self.http.get(ENTER)).text)
        assert found
        return await self.http.post(ENTER, data={"form": found[1], "address": address})

    def is_in(self) -> bool:
        return any(cookie.name == SESSION for cookie in self.http.cookies.jar)


@pytest.fixture
def browser(town: Town, district: District) -> Browser:
    return Browser.new(town, district)


async def newest_mail(town: Town) -> str:
    message: bytes = await town.admin.fetchval(
        "SELECT message FROM mail WHERE kind = 'entry' ORDER BY sequence DESC LIMIT 1"
    )
    return message.decode().replace("=\r\n", "")


async def test_whoever_signs_in_at_the_district_comes_to_where_they_were_going(browser: Browser) -> None:
    page = await browser.signs_in("mo", to=CASES)
    assert page.url.path == CASES
    assert page.status_code == 200
    assert browser.is_in()


async def test_an_address_is_the_same_in_capitals(browser: Browser) -> None:
    assert (await browser.signs_in("cora")).status_code == 200


async def test_what_the_provider_says_beside_its_token_counts_too(browser: Browser) -> None:
    assert (await browser.signs_in("beside")).status_code == 200
    assert browser.is_in()


async def test_the_door_offers_it(browser: Browser) -> None:
    assert f'href="{ENTER}/sso?to=' in (await browser.http.get(ENTER)).text


async def test_the_way_there_is_guarded_by_pkce_state_and_nonce_and_names_nobody(
    browser: Browser, district: District
) -> None:
    sent = await browser.http.get(f"{ENTER}/sso", follow_redirects=False)
    there = urlsplit(sent.headers["location"])
    asked = {name: value[0] for name, value in parse_qs(there.query).items()}
    assert f"{there.scheme}://{there.netloc}" == district.address
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{DESK}/enter/callback"
    assert asked["scope"] == "openid email"
    browsers = browser.http.cookies[ASKING]
    assert browsers not in sent.headers["location"]
    assert len(asked["nonce"]) == len(asked["code_challenge"]) + 21 == 64


@pytest.mark.parametrize(
    "name",
    [
        *("other-nonce", "no-nonce", "other-audience", "other-issuer", "expired"),
        *("forged", "unsigned", "shared", "beside-another"),
    ],
)
async def test_fault_32_a_token_that_is_not_for_this_visit_lets_nobody_in(
    browser: Browser, name: str
) -> None:
    with capture_logs() as logged:
        refused = await browser.signs_in(name)
    assert refused.status_code == 403
    assert "did not say who you are in a way that can be trusted. Begin again." in refused.text
    assert not browser.is_in()
    assert [line["event"] for line in logged] == ["sign-in refused"]
    assert MO not in str(logged)


@pytest.mark.parametrize("name", ["stranger", "nameless", "unverified", "unsaid", "named"])
async def test_fault_32_an_address_that_is_unknown_or_not_checked_gets_the_same_answer(
    browser: Browser, name: str
) -> None:
    refused = await browser.signs_in(name)
    assert refused.status_code == 403
    assert "Ask the coordinator which address of yours is in staff.csv." in refused.text
    assert not browser.is_in()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("unsaid", "see BLUEPALS_SIGN_ON_DIRECTORY_GIVES_ADDRESSES"),
        ("unverified", "it has not checked the email"),
        ("named", "it says no email"),
    ],
)
async def test_the_log_says_why_the_district_vouches_for_no_address(
    browser: Browser, name: str, why: str
) -> None:
    with capture_logs() as logged:
        refused = await browser.signs_in(name)
    assert "the desk's log says which setting" in html.unescape(refused.text)
    [line] = logged
    assert (line["event"], why in line["why"]) == ("sign-in refused", True)
    assert MO not in str(line)


@pytest.mark.parametrize(
    ("name", "enters"),
    [("unsaid", True), ("mo", True), ("unverified", False), ("named", False), ("stranger", False)],
)
async def test_where_the_directory_gives_the_addresses_it_need_not_say_that_they_are_checked(
    postgres: PostgresServer, begun_town: str, district: District, name: str, enters: bool
) -> None:
    sign_on = {
        "issuer": district.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "directory_gives_addresses": True,
    }
    async with small_town(postgres, begun_town, sign_on=sign_on) as town:
        browser = Browser.new(town, district)
        assert (await browser.signs_in(name)).status_code == (200 if enters else 403)
        assert browser.is_in() is enters


async def test_fault_32_what_another_browser_began_lets_nobody_in(
    town: Town, district: District, browser: Browser
) -> None:
    back = await browser.is_sent_back("mo")
    for other in (Browser.new(town, district), Browser.new(town, district)):
        await other.http.get(ENTER)
        refused = await other.http.get(back)
        assert refused.status_code == 403
        assert "was not begun in this browser" in refused.text
        assert not other.is_in()
    assert (await browser.http.get(back)).status_code == 200


async def test_fault_32_a_code_is_taken_once(browser: Browser) -> None:
    back = await browser.is_sent_back("mo")
    known_by = browser.http.cookies[ASKING]
    await browser.http.get(back)
    browser.http.cookies.delete(SESSION)
    again = await browser.http.get(back)
    assert again.status_code == 403
    assert "was not begun in this browser" in again.text
    browser.http.cookies.set(ASKING, known_by)
    stolen = await browser.http.get(back)
    assert stolen.status_code == 403
    assert "in a way that can be trusted" in stolen.text
    assert not browser.is_in()


async def test_fault_32_a_code_of_another_visit_in_the_same_browser_is_refused(browser: Browser) -> None:
    """Each visit has a verifier of its own."""
    code = parse_qs(urlsplit(await browser.is_sent_back("mo")).query)["code"][0]
    state = parse_qs(urlsplit(await browser.is_sent_back("mo")).query)["state"][0]
    refused = await browser.http.get("/enter/callback", params={"code": code, "state": state})
    assert refused.status_code == 403
    assert not browser.is_in()


@pytest.mark.parametrize("query", ["", "?state=&code=", "?state=forged&code=x", "?error=access_denied"])
async def test_who_comes_back_with_nothing_begins_again(browser: Browser, query: str) -> None:
    await browser.http.get(ENTER)
    refused = await browser.http.get(f"/enter/callback{query}")
    assert refused.status_code == 403
    assert "Begin again." in refused.text


async def test_who_changes_their_mind_at_the_district_is_told_how_to_go_on(browser: Browser) -> None:
    state = parse_qs(urlsplit(await browser.is_sent_back("mo")).query)["state"][0]
    refused = await browser.http.get("/enter/callback", params={"error": "access_denied", "state": state})
    assert refused.status_code == 403
    assert f'href="{ENTER}"' in refused.text


async def test_a_provider_that_is_away_is_said_and_asked_anew(
    postgres: PostgresServer, begun_town: str, district: District
) -> None:
    sign_on = {"issuer": "http://127.0.0.1:1/o", "client_id": CLIENT, "client_secret": SECRET}
    async with small_town(postgres, begun_town, sign_on=sign_on) as town:
        refused = await Browser.new(town, district).http.get(f"{ENTER}/sso")
    assert refused.status_code == 503
    assert "The district's sign-in does not answer right now." in refused.text.replace("&#39;", "'")


@pytest.mark.parametrize("address", [MO, "cora@school.example", "coco@school.example"])
async def test_a_mail_leads_the_watched_roles_to_the_other_door(
    town: Town, browser: Browser, address: str
) -> None:
    await browser.asks_by_mail(address)
    mail = await newest_mail(town)
    assert "Coordinators, moderators and counselors enter with the" in mail
    assert f"{DESK}{ENTER}" in mail
    assert not re.search(r"\d{3} \d{3}", mail)


async def test_a_mail_lets_everybody_else_in(town: Town, browser: Browser) -> None:
    for address in (TESS, SAM):
        await browser.asks_by_mail(address)
        assert re.search(r"^Subject: \d{3} \d{3}", await newest_mail(town), re.MULTILINE)


async def test_a_mail_lets_a_moderator_who_is_an_officer_too_in_as_that_alone(
    town: Town, browser: Browser
) -> None:
    await town.admin.execute("UPDATE staff SET email = $1 WHERE external_id = 'mo'", SAM)
    await browser.asks_by_mail(SAM)
    found = re.search(r"/enter/([\w-]{20,})", await newest_mail(town))
    assert found
    entered = await doors.enter_by_link(
        town.parts.office, PROGRAM.id, found[1], browser.http.cookies[ASKING], remember=False
    )
    visitor = await doors.visitor(town.parts.office, PROGRAM.id, entered.token)
    assert visitor is not None
    assert visitor.ids == {town.officers["sam"]}
    assert not visitor.roles & WATCHED


async def test_who_becomes_a_moderator_while_in_by_mail_is_no_longer_in_as_staff(
    town: Town, browser: Browser
) -> None:
    await browser.asks_by_mail(TESS)
    found = re.search(r"/enter/([\w-]{20,})", await newest_mail(town))
    assert found
    office, known_by = town.parts.office, browser.http.cookies[ASKING]
    entered = await doors.enter_by_link(office, PROGRAM.id, found[1], known_by, remember=False)
    assert await doors.visitor(office, PROGRAM.id, entered.token) is not None
    await town.admin.execute(
        "INSERT INTO staff_role (staff_id, program_id, role) VALUES ($1, $2, 'moderator')",
        town.staff["tess"],
        PROGRAM.id,
    )
    assert await doors.visitor(office, PROGRAM.id, entered.token) is None


async def test_an_administrators_link_lets_a_coordinator_in_all_the_same(town: Town) -> None:
    assert (await town.reader("cora").http.get(CASES)).status_code == 200


async def test_fault_33_who_has_left_is_known_to_the_district_and_not_let_in(
    town: Town, browser: Browser
) -> None:
    await browser.signs_in("mo")
    await town.admin.execute("UPDATE staff SET left_at = program_now() WHERE external_id = 'mo'")
    assert (await browser.http.get(CASES)).url.path == ENTER
    assert (await browser.signs_in("mo")).status_code == 403


async def test_the_district_s_door_is_in_spanish_too(browser: Browser) -> None:
    browser.http.headers["accept-language"] = "es"
    door = await browser.http.get(ENTER)
    assert "Entrar con el acceso del distrito" in door.text
    refused = await browser.http.get("/enter/callback?state=forged")
    assert "Este acceso no se empezó en este navegador" in refused.text
    for one in (door, refused):
        assert english_left(one.text) == []
