"""Every route, whoever asks: what is another's is refused, and so is a form that did not come from one's own page."""

import re
from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest
from starlette.routing import Mount, Route

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.domain.program import TAKEN_IDS
from bluepals.domain.sentences import Sentence
from bluepals.facts import cases, stacks, teachers_page, visit_hosts, visits
from bluepals.facts.declining import Decliner
from bluepals.paper.stacks import ReadPage
from bluepals.store import attention
from desk.app import app
from desk.conduct import Conduct
from desk.navigation import pages_of
from tests.desk.test_agency import joining_id, makes_link, signs_up
from tests.desk.test_attests import path as attesting_path
from tests.desk.test_declines import not_introduced
from tests.desk.test_declines import path as declining_path
from tests.desk.test_doors import ENTER, TESS, another, newest_mail
from tests.desk.test_family import LEOS, MAYAS, save_addresses
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, PROGRAM, SCOPE, SOUTH, Town, Visitor, photo

# They need no session: whoever wants to enter, and whoever says no, or attests, by a signed link.
OUTSIDE = ("/health", "/{program}/enter", "/{program}/join", "/decline-", "/attest/")
# Everything here is of South; these people have no part in it. The last three are North's coordinator and counselor, and a family's address.
STRANGERS = ("sam", "dana", "tess", "theo", "lia", "mia", "cleo", "cody", MAYAS)
# Who may send the forms below each page, of what is South's.
WHO_MAY = {
    "board": "cora",
    "calendar": "cora",
    "setup": "cora",
    "leave": "cora",
    "pals": "ben",
    "class": "sol",
    "reading": "mo",
    "cases": "mo",
    "counsel": "cal",
    "passkeys": "cal",
    "agency": "lou",
    "family": LEOS,
}
NOT_FROM_ITS_PAGE = "This form did not come from your page."
# What the forms ask for, so that it is not for want of it that one is refused.
FIELDS = {
    "answer": "yes",
    "when": "2026-09-01T09:00",
    "kind": "sad",
    "text": "Hello",
    "reason": "moved",
    "until": "2027-01-01",
    "letter": "keep",
    "step": "send the warning",
    "do": "turn",
    "on": "2026-10-15",
    "shown": "what was agreed to",
}


def routes(town: Town) -> Iterator[Route]:
    for route in app(town.parts).routes:
        if isinstance(route, Route) and not route.path.startswith(OUTSIDE):
            yield route


async def souths(town: Town) -> Mapping[str, str]:
    """What each parameter of a path can name at South."""
    await town.on(FIRST_ROUND)
    await save_addresses(town)
    letter = await town.delivers("leo", "Hello, I am Leo.")
    await town.delivers("leo", "Dear Leo", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(SOUTH)
    lou = town.liaison("lou")
    await signs_up(town, await makes_link(lou, "county"))
    child = await town.admin.fetchval("SELECT id FROM student WHERE external_id = 'leo'")
    case, lonely = await worried(town, Side.STUDENT, Concern.SAD)
    await cases.note_read(town.parts.office, SCOPE, UUID(lonely), town.staff["cal"])
    return {
        "program": PROGRAM.id,
        "pairing": str(town.pairings["leo"]),
        "draft": str(letter.id),
        "case": case,
        "letter": lonely,
        "person": str(town.officers["ben"]),
        "request": str(await asked_to_host(town)),
        "child": str(child),
        "scope": "letters",
        "agency": "county",
        "officer": str(town.officers["ben"]),
        "link": str(await town.admin.fetchval("SELECT id FROM joining_link")),
        "joining": str(await joining_id(town)),
        "passkey": str(await has_a_passkey(town, "cal")),
        "stack": str(await stacked(town)),
        "number": "1",
        "program_year": SOUTH,
        "class_name": "5A",
        "opening": "1",
        "page": "1",
        "key": await called(town),
        "target": "school-south",
        "what": "letters",
    }


async def worried(town: Town, side: Side, concern: Concern) -> tuple[str, str]:
    """A case of South's, and its letter."""
    draft = await town.hands_in("leo", "I am so lonely.", number=2, side=side)
    opened = await cases.worry(
        town.parts.office, SCOPE, draft_id=draft.id, by=town.staff["mo"], concern=concern
    )
    return str(opened.case.id), str(draft.id)


async def with_conduct(town: Town, values: Mapping[str, str]) -> Mapping[str, str]:
    """And a case about what South's officer has written, whose page rests from then on."""
    case, _ = await worried(town, Side.OFFICER, Concern.CONDUCT)
    return {**values, "conduct": case}


async def asked_to_host(town: Town) -> UUID:
    """Leo's officer can't come: another one of the county's is asked."""
    await town.admin.execute("UPDATE officer SET gender = 'male' WHERE external_id = 'rita'")
    await town.invites(SOUTH)
    await visits.answer(town.parts.office, SCOPE, town.pairings["leo"], "no")
    await visit_hosts.settle_hosts(town.parts.office, SCOPE, SOUTH)
    request: UUID = await town.admin.fetchval("SELECT id FROM visit_host")
    return request


async def has_a_passkey(town: Town, name: str) -> UUID:
    made: UUID = await town.admin.fetchval(
        "INSERT INTO passkey (program_id, staff_id, credential_id, public_key, sign_count)"
        " VALUES ($1, $2, 'credential', 'key', 0) RETURNING id",
        PROGRAM.id,
        town.staff[name],
    )
    return made


async def called(town: Town) -> str:
    """The key of a call about South."""
    async with town.parts.database.transaction(SCOPE) as connection:
        await attention.call(
            connection, key="about-south", kind="late", sentence=Sentence("Look."), school="south"
        )
    return "about-south"


async def norths_own(town: Town) -> None:
    """A coordinator and a counselor of North."""
    for name, role in (("cleo", "coordinator"), ("cody", "counselor")):
        await town.admin.execute(
            "WITH one AS (INSERT INTO staff (program_id, external_id, name, email)"
            "  VALUES ($1, $2, $2, $2 || '@school.example') RETURNING id)"
            " INSERT INTO staff_role (staff_id, program_id, role, school_id) SELECT id, $1, $3, 'north' FROM one",
            PROGRAM.id,
            name,
            role,
        )


async def stacked(town: Town) -> UUID:
    """A stack of South's."""
    sol = await teachers_page.teacher_at_desk(town.parts.office, await town.teacher("sol").entered())
    page = ReadPage(photo(), (), has_unread=False, is_empty=False)
    return await stacks.take_in(town.parts.office, sol, SOUTH, "5A", [page])


def filled(route: Route, values: Mapping[str, str]) -> str:
    here = dict(values)
    if _is_about_conduct(route):
        here["case"] = values["conduct"]
    if route.path.startswith("/{program}/counsel/{case:uuid}/worry/"):
        here["draft"] = values["letter"]
    if route.path.startswith("/{program}/class/opening/"):
        here["opening"] = "2"  # The first is over.
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: here[found[1]], route.path)


def _is_about_conduct(route: Route) -> bool:
    return isinstance(getattr(route.endpoint, "__self__", None), Conduct)


def who_may(route: Route) -> str:
    """Of South's own, or of all schools."""
    page = route.path.split("/")[2]
    if _is_about_conduct(route):
        return "cora"
    return "rita" if page == "pals" and "/host/" in route.path else WHO_MAY[page]


async def asks(visitor: Visitor, route: Route, path: str, key: str) -> int:
    if "POST" in (route.methods or set()):
        answer = await visitor.http.post(path, data={"form": key, **FIELDS}, follow_redirects=False)
    else:
        answer = await visitor.http.get(path, follow_redirects=False)
    return answer.status_code


async def own_key(visitor: Visitor) -> str:
    found = re.search(r'name="form" value="([^"]+)"', (await visitor.http.get(f"/{PROGRAM.id}/cases")).text)
    assert found
    return found[1]


async def test_no_program_may_be_called_as_a_page_that_is_no_programs(town: Town) -> None:
    first_words = {
        route.path.split("/")[1] for route in app(town.parts).routes if isinstance(route, Route | Mount)
    }
    assert first_words - TAKEN_IDS == {"{program}"}


@pytest.mark.parametrize("name", STRANGERS)
async def test_fault_33_no_route_shows_or_takes_what_is_another_schools(town: Town, name: str) -> None:
    values = await with_conduct(town, await souths(town))
    await norths_own(town)
    visitor = town.officer(name)
    key = await own_key(visitor)
    for route in routes(town):
        if name == "cleo" and route.path.startswith("/{program}/agency/"):
            continue  # The county serves North too. What she may not do there: tests/desk/test_agency.py
        if route.param_convertors.keys() - {"program"}:
            status = await asks(visitor, route, filled(route, values), key)
            assert status in {403, 404}, f"{route.methods} {route.path}"


@pytest.mark.parametrize("name", ["sam", "tess", "mo", "cora", "coco", "lia"])
async def test_fault_33_a_page_opens_to_those_whose_it_is_and_to_nobody_else(town: Town, name: str) -> None:
    visitor = town.reader(name)
    theirs = pages_of(await visitor.entered())
    for route in routes(town):
        _, _, page = route.path.partition("/{program}/")
        if page and "/" not in page and "GET" in (route.methods or set()):
            status = await asks(visitor, route, filled(route, {"program": PROGRAM.id}), "")
            assert (status == 200) is (page in theirs), page


@pytest.mark.parametrize("page", WHO_MAY)
async def test_fault_33_no_form_is_taken_without_the_key_of_its_page(town: Town, page: str) -> None:
    """Whoever asks may, and what they ask for is there: nothing but the key is missing."""
    values = await souths(town)
    if page == "cases":
        values = await with_conduct(town, values)
    sent_to = [route for route in routes(town) if "POST" in (route.methods or set())]
    assert {route.path.split("/")[2] for route in sent_to} == WHO_MAY.keys()
    for route in sent_to:
        if route.path.split("/")[2] == page:
            visitor = town.reader(who_may(route))
            for key in ("", "forged"):
                answer = await visitor.http.post(filled(route, values), data={"form": key, **FIELDS})
                said = (answer.status_code, NOT_FROM_ITS_PAGE in answer.text)
                assert said == (403, True), f"{route.path} {answer.status_code}"


async def test_fault_33_no_form_of_the_doors_is_taken_without_the_key_of_its_page(town: Town) -> None:
    """Each is asked for what it opens to: a link in the mail, one to join, one to say no, one to attest."""
    browser, liaison = another(town), town.liaison("lou")
    await browser.asks(TESS)
    link, _ = await newest_mail(town)
    harm, _ = await worried(town, Side.STUDENT, Concern.HARM)
    attesting = attesting_path(town, UUID(harm), town.staff["mo"])
    await not_introduced(town)
    there = {
        "/{program}/enter": ENTER,
        "/{program}/enter/code": f"{ENTER}/code",
        "/{program}/enter/{secret}": link,
        "/{program}/enter/passkey": f"{ENTER}/passkey",
        "/{program}/join/{secret}": await makes_link(liaison, "county"),
        **{f"/{decliner}/{{token}}": declining_path(town, decliner) for decliner in Decliner},
        "/attest/{token}": attesting,
        "/attest/{token}/no-cause": f"{attesting}/no-cause",
    }
    forms = {
        route.path
        for route in app(town.parts).routes
        if isinstance(route, Route) and route.path.startswith(OUTSIDE) and "POST" in (route.methods or set())
    }
    assert forms == there.keys()
    for address in there.values():
        for key in ("", "forged"):
            answer = await browser.http.post(address, data={"form": key, **FIELDS})
            assert (answer.status_code, NOT_FROM_ITS_PAGE in answer.text) == (403, True), address


async def test_fault_33_whoever_is_not_in_is_led_to_the_door_from_everywhere(town: Town) -> None:
    values = await with_conduct(town, await souths(town))
    for route in routes(town):
        path = filled(route, values)
        if "POST" in (route.methods or set()):
            assert (await town.http.post(path, data={"form": ""})).status_code == 401, path
        else:
            answer = await town.http.get(path, follow_redirects=False)
            assert answer.headers["location"].startswith(f"/{PROGRAM.id}/enter?to="), path
