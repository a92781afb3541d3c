"""Every route, whoever asks: what is another's is refused, and so is a form that did not come from one's own page."""

import re
from collections.abc import Iterator, Mapping
from uuid import UUID, uuid4

import pytest
from starlette.routing import Mount, Route

from bluepals.domain.letters import Side
from bluepals.domain.program import TAKEN_IDS
from bluepals.facts import stacks, teachers_page
from bluepals.paper.stacks import ReadPage
from desk.app import app
from desk.navigation import pages_of
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, PROGRAM, SOUTH, Town, Visitor, photo

# They need no session: whoever wants to enter, and whoever says no by a signed link.
OUTSIDE = ("/health", "/{program}/enter", "/{program}/join", "/decline-")
# Everything here is of South; these people have no part in it.
STRANGERS = ("sam", "dana", "tess", "theo", "lia", "mia")
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
    letter = await town.delivers("leo", "Hello, I am Leo.")
    await town.delivers("leo", "Dear Leo", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(SOUTH)
    child = await town.admin.fetchval("SELECT id FROM student WHERE external_id = 'leo'")
    return {
        "program": PROGRAM.id,
        "pairing": str(town.pairings["leo"]),
        "draft": str(letter.id),
        "case": str(uuid4()),
        "request": str(uuid4()),
        "child": str(child),
        "scope": "letters",
        "agency": "county",
        "officer": str(town.officers["ben"]),
        "link": str(uuid4()),
        "joining": str(uuid4()),
        "passkey": str(uuid4()),
        "stack": str(await stacked(town)),
        "number": "1",
        "program_year": SOUTH,
        "class_name": "5A",
        "opening": "1",
        "page": "1",
        "key": "replacement-of-another",
        "target": "school-south",
        "what": "letters",
    }


async def stacked(town: Town) -> UUID:
    """A stack of South's."""
    sol = await teachers_page.teacher_at_desk(town.parts.office, await town.teacher("sol").entered())
    page = ReadPage(photo(), (), has_unread=False, is_empty=False)
    return await stacks.take_in(town.parts.office, sol, SOUTH, "5A", [page])


def filled(route: Route, values: Mapping[str, str]) -> str:
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: values[found[1]], route.path)


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
    values = await souths(town)
    visitor = town.officer(name)
    key = await own_key(visitor)
    for route in routes(town):
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


@pytest.mark.parametrize("name", ["sam", "tess", "mo", "cora", "coco", "lia"])
async def test_fault_33_no_form_is_taken_without_the_key_of_its_page(town: Town, name: str) -> None:
    values = await souths(town)
    visitor = town.reader(name)
    for route in routes(town):
        if "POST" in (route.methods or set()):
            for key in ("", "forged"):
                status = await asks(visitor, route, filled(route, values), key)
                assert status in {403, 404}, f"{route.path}"


async def test_fault_33_whoever_is_not_in_is_led_to_the_door_from_everywhere(town: Town) -> None:
    values = await souths(town)
    for route in routes(town):
        path = filled(route, values)
        if "POST" in (route.methods or set()):
            assert (await town.http.post(path, data={"form": ""})).status_code == 401, path
        else:
            answer = await town.http.get(path, follow_redirects=False)
            assert answer.headers["location"].startswith(f"/{PROGRAM.id}/enter?to="), path
