"""A pairing's page: its year on a line, in rounds and as a story, for its office and the counselors of its school."""

from uuid import uuid4

import pytest

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.facts import cases, leaving
from bluepals.store.endings import Reason
from tests.desk.town import FIRST_ROUND, PROGRAM, SCOPE, Town


async def test_who_writes_to_whom_is_listed_by_class(town: Town) -> None:
    page = await town.pairing_list("cora").sees()
    assert "Maya Lopez and Dana" in page
    assert "Leo Park and Ben" in page
    assert "Ruiz" not in page


async def test_a_pairing_s_year_is_a_line_and_a_story(town: Town) -> None:
    await town.delivers("maya", "Hello, I am Maya.")
    await town.on(FIRST_ROUND)
    await town.hands_in("maya", "Dear Maya", side=Side.OFFICER)
    page = (await town.pairing_list("cora").gets(str(town.pairings["maya"]))).text
    assert "The year of Maya and Dana" in page
    assert "round 1: student&#39;s letter released" in page
    assert "round 1: officer&#39;s letter came in" in page
    assert "I am Maya" not in page, "what a letter says stays with its readers"
    assert "style=" not in page, "the browser would not show it"


async def test_of_a_case_there_is_no_more_than_a_delay(town: Town) -> None:
    draft = await town.hands_in("maya", "My uncle hits me.")
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.HARM)
    page = (await town.pairing_list("cora").gets(str(town.pairings["maya"]))).text
    assert "letter delayed" in page
    for word in ("harm", "uncle", str(await town.case())):
        assert word not in page


async def test_the_operator_s_link_is_there_where_there_is_a_web_ui(town: Town) -> None:
    path = str(town.pairings["maya"])
    cora = town.pairing_list("cora")
    assert "Temporal Web UI" not in (await cora.gets(path)).text
    object.__setattr__(town.parts, "temporal_ui", "http://127.0.0.1:8233/")
    link = f"http://127.0.0.1:8233/namespaces/default/workflows/pairing-{path}"
    assert link in (await cora.gets(path)).text
    assert link not in (await town.pairing_list("coco").gets(path)).text, "it is no counselor's"


async def test_a_coordinator_lets_it_rest_from_its_page(town: Town) -> None:
    cora, path = town.pairing_list("cora"), str(town.pairings["maya"])
    page = (await cora.gets(path)).text
    assert "Let this pairing rest" in page
    form = {"form": await cora.form_key(), "target": f"pairing-{path}", "letters": "yes", "reason": "Ill."}
    done = await cora.http.post(f"/{PROGRAM.id}/calendar/pause", data=form)
    assert f"Letters of pairing {path}" in done.text
    page = (await cora.gets(path)).text
    assert "Their letters rest." in page
    assert "Let this pairing rest" not in page


async def test_one_that_has_ended_says_so_and_nothing_of_why(town: Town) -> None:
    await leaving.stop(town.parts.office, SCOPE, town.officers["kim"], by=town.staff["cora"])
    page = (await town.pairing_list("cora").gets(str(town.pairings["zoe"]))).text
    assert "Ended: officer left." in page
    assert Reason.STOPPED not in page.replace("stopped-", "")


async def test_fault_33_counselors_see_the_pairings_of_their_school_and_change_nothing(town: Town) -> None:
    coco, cal = town.pairing_list("coco"), town.pairing_list("cal")
    norths, souths = str(town.pairings["maya"]), str(town.pairings["leo"])
    page = (await coco.gets(norths)).text
    assert "The year of Maya and Dana" in page
    assert "Let this pairing rest" not in page
    assert (await cal.gets(souths)).status_code == 200
    assert (await cal.gets(norths)).status_code == 404
    assert "Maya" not in await cal.sees()
    assert (await cal.gets(str(uuid4()))).status_code == 404


async def test_who_coordinates_one_school_sees_that_one_s(town: Town) -> None:
    await town.is_coordinator_of("sol", "south")
    sol = town.pairing_list("sol")
    assert "Maya" not in await sol.sees()
    assert (await sol.gets(str(town.pairings["maya"]))).status_code == 404
    assert (await sol.gets(str(town.pairings["leo"]))).status_code == 200


@pytest.mark.parametrize("name", ["tess", "mo", "sam"])
async def test_the_pairings_are_closed_to_everybody_else(town: Town, name: str) -> None:
    visitor = town.pairing_list(name)
    assert (await visitor.http.get(visitor.path)).status_code == 403
    assert (await visitor.gets(str(town.pairings["noah"]))).status_code == 403
