"""A pairing's page: its year on a line, in rounds and as a story, and each letter for those whose it is to read."""

import re
from datetime import date
from uuid import UUID, uuid4

import pytest

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.facts import cases, leaving
from bluepals.store.endings import Reason
from tests.desk.spanish import english_left
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, NORTH, PROGRAM, SCOPE, Town, scan


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


async def test_what_became_of_a_letter_is_said_in_plain_words(town: Town) -> None:
    await town.delivers("maya", "Hello, I am Maya.")
    await town.stocks("I am an officer, and happy to write to you.")
    await town.on(date(2026, 10, 12))
    await town.misses_with_stock("maya")
    page = (await town.pairing_list("cora").gets(str(town.pairings["maya"]))).text
    assert re.search(r'<th scope="row">1</th><td>delivered</td><td>stock letter delivered</td>', page)


async def test_of_a_case_there_is_no_more_than_a_delay(town: Town) -> None:
    draft = await town.hands_in("maya", "My uncle hits me.")
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.HARM)
    page = (await town.pairing_list("cora").gets(str(town.pairings["maya"]))).text
    assert "letter delayed" in page
    for word in ("harm", "uncle", str(await town.case())):
        assert word not in page


async def test_a_pairing_s_year_is_drawn_and_told_in_spanish(town: Town) -> None:
    await town.delivers("maya", "Hola, soy Maya.")
    await town.on(FIRST_ROUND)
    await town.hands_in("maya", "Querida Maya", side=Side.OFFICER)
    cora = town.pairing_list("cora")
    cora.http.headers["accept-language"] = "es"
    page = (await cora.gets(str(town.pairings["maya"]))).text
    assert '<html lang="es">' in page
    drawing = page.partition("<svg")[2].partition("</svg>\n")[0]
    assert "El año de Maya y Dana" in drawing
    assert "La carta de Maya de la ronda 1 se entregó a Dana." in drawing
    assert ">oct</text>" in drawing
    assert "ronda 1: carta de su estudiante entregada" in page
    assert "<td>entregada</td><td>en lectura</td><td>mar 13 oct</td>" in page
    await leaving.stop(town.parts.office, SCOPE, town.officers["dana"], by=town.staff["cora"])
    ended = (await cora.gets(str(town.pairings["maya"]))).text
    assert "Terminó: su policía dejó el programa." in ended
    assert [english_left(one) for one in (page, ended, await cora.sees())] == [[], [], []]


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
    pause = f"/{PROGRAM.id}/calendar/pause"
    seen = await cora.http.get(pause, params={"target": f"pairing-{path}", "letters": "yes"})
    assert "1 pairing rests; the classes keep their opening days." in seen.text
    hidden = dict(re.findall(r'type="hidden" name="(form|agreed|target|letters)" value="([^"]+)"', seen.text))
    done = await cora.http.post(pause, data={**hidden, "reason": "Ill."})
    assert "The letters of Maya and Dana" in done.text
    page = (await cora.gets(path)).text
    assert "Their letters rest." in page
    assert "Let this pairing rest" not in page


async def test_one_that_has_ended_says_so_and_nothing_of_why(town: Town) -> None:
    await leaving.stop(town.parts.office, SCOPE, town.officers["kim"], by=town.staff["cora"])
    page = (await town.pairing_list("cora").gets(str(town.pairings["zoe"]))).text
    assert "Ended: officer left." in page
    teachers = (await town.pairing_list("theo").gets(str(town.pairings["zoe"]))).text
    assert "Their letters are over." in teachers
    assert "officer left" not in teachers
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


@pytest.mark.parametrize("name", ["tess", "lia", "sam"])
async def test_the_pairings_are_closed_to_everybody_else(town: Town, name: str) -> None:
    visitor = town.pairing_list(name)
    assert (await visitor.http.get(visitor.path)).status_code == 403
    assert (await visitor.gets(str(town.pairings["zoe"]))).status_code in {403, 404}


def letter(town: Town, child: str, draft: UUID) -> str:
    return f"{town.pairings[child]}/letter/{draft}"


@pytest.mark.parametrize("name", ["cora", "mo"])
async def test_each_dot_opens_its_letter_to_those_who_read_them(town: Town, name: str) -> None:
    draft = await town.delivers("maya", "Hello, I am Maya. <b>")
    reader = town.pairing_list(name)
    where = letter(town, "maya", draft.id)
    page = (await reader.gets(str(town.pairings["maya"]))).text
    assert page.count(f'href="{reader.path}/{where}"') == 2, "from the line, and from the words"
    opened = (await reader.gets(where)).text
    assert "Hello, I am Maya. &lt;b&gt;" in opened
    assert "September 1, 2026: Maya&#39;s letter of round 1 was released to Dana." in opened
    found = await town.admin.fetch("SELECT role FROM disclosure WHERE viewer = $1", town.staff[name])
    assert len(found) == 1, "whoever is outside the school has seen it, on record"


async def test_a_letter_is_opened_in_spanish(town: Town) -> None:
    draft = await town.delivers("maya", "Hola, soy Maya.")
    mo = town.pairing_list("mo")
    mo.http.headers["accept-language"] = "es"
    opened = (await mo.gets(letter(town, "maya", draft.id))).text
    assert '<div class="written" lang="en" dir="auto">Hola' in opened, "as it was handed in"
    assert "martes 1 de septiembre de 2026: La carta de Maya de la ronda 1 se entregó a Dana." in opened
    assert english_left(opened) == []


async def test_pages_and_a_reserve_s_letter_open_too(town: Town) -> None:
    mo = town.pairing_list("mo")
    scanned = await town.delivers("maya", scan("white"))
    page = await mo.gets(letter(town, "maya", scanned.id))
    assert "Open the handwritten pages" in page.text
    pages = await mo.gets(f"{letter(town, 'maya', scanned.id)}/pages")
    assert pages.headers["content-type"] == "application/pdf"
    await town.stocks("A letter for whoever needs it.")
    await town.on(FIRST_OPENING)
    await town.misses_with_stock("maya")
    stock = await town.admin.fetchval("SELECT draft_id FROM delivery WHERE kind = 'stock'")
    page = await mo.gets(letter(town, "maya", stock))
    assert "A letter for whoever needs it." in page.text
    assert (await mo.gets(f"{letter(town, 'maya', stock)}/pages")).status_code == 404


async def test_a_teacher_sees_the_year_of_a_child_and_the_letters_that_the_class_has(town: Town) -> None:
    childs = await town.delivers("maya", "Hello, I am Maya.")
    await town.on(FIRST_ROUND)
    officers = await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    tess, where = town.pairing_list("tess"), letter(town, "maya", officers.id)
    page = (await tess.gets(str(town.pairings["maya"]))).text
    assert "The year of Maya and Dana" in page
    assert "What has happened" not in page
    assert "Hello, I am Maya." in (await tess.gets(letter(town, "maya", childs.id))).text
    assert where not in page
    assert (await tess.gets(where)).status_code == 404, "the class has not opened it yet"
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    assert "Dear Maya" in (await tess.gets(where)).text
    assert await town.admin.fetchval("SELECT count(*) FROM disclosure") == 0, "she is of the school"
    assert f"/{PROGRAM.id}/pairings/{town.pairings['maya']}" in await town.teacher("tess").sees()


async def test_a_teacher_who_moderates_another_school_sees_the_year_of_a_child_as_its_teacher(
    town: Town,
) -> None:
    draft = await town.delivers("maya", "Hello, I am Maya.")
    await town.admin.execute(
        "INSERT INTO staff_role (staff_id, program_id, role, school_id) VALUES ($1, $2, 'moderator', 'south')",
        town.staff["tess"],
        PROGRAM.id,
    )
    tess = town.pairing_list("tess")
    childs = (await tess.gets(str(town.pairings["maya"]))).text
    assert "The year of Maya and Dana" in childs
    assert "What has happened" not in childs
    assert "Hello, I am Maya." in (await tess.gets(letter(town, "maya", draft.id))).text
    assert "What has happened" in (await tess.gets(str(town.pairings["leo"]))).text
    assert (await tess.gets(str(town.pairings["zoe"]))).status_code == 404, "it is neither"


async def test_whoever_hands_letters_in_sees_no_sign_of_an_open_case(town: Town) -> None:
    draft = await town.hands_in("maya", "I feel so lonely.")
    tess, where = town.pairing_list("tess"), str(town.pairings["maya"])
    before = (await tess.gets(where)).text
    assert "letter of round 1 came in and is being read." in before
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.SAD)
    after = (await tess.gets(where)).text
    assert "letter of round 1 came in and is being read." in after
    assert "held" not in after
    assert "delayed" not in after


async def test_a_letter_under_a_case_opens_to_nobody_here_and_its_case_to_the_counselor(town: Town) -> None:
    draft = await town.hands_in("maya", "I feel so lonely.")
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.SAD)
    where = letter(town, "maya", draft.id)
    for name in ("cora", "mo", "coco", "tess"):
        visitor = town.pairing_list(name)
        assert (await visitor.gets(where)).status_code == 404
        page = (await visitor.gets(str(town.pairings["maya"]))).text
        assert where not in page
        assert (f"/{PROGRAM.id}/counsel/{await town.case()}" in page) is (name == "coco")


async def test_fault_33_a_letter_opens_to_nobody_elsewhere(town: Town) -> None:
    draft = await town.delivers("maya", "Hello, I am Maya.")
    await town.is_coordinator_of("sol", "south")
    where = letter(town, "maya", draft.id)
    for name in ("sol", "cal", "coco", "theo", "lia", "sam", "dana"):
        assert (await town.pairing_list(name).gets(where)).status_code in {403, 404}
    mo = town.pairing_list("mo")
    assert (await mo.gets(letter(town, "leo", draft.id))).status_code == 404, "it is another pairing's"
    assert (await mo.gets(letter(town, "maya", uuid4()))).status_code == 404
    assert await town.admin.fetchval("SELECT count(*) FROM disclosure") == 0
