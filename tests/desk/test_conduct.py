"""An officer's conduct: the coordinator and the liaison decide, at the desk; and nobody about their own."""

from uuid import UUID

import pytest

from bluepals.domain.cases import Concern, LetterOutcome, OfficerOutcome
from bluepals.domain.letters import Letter, Side
from bluepals.domain.people import Role, StaffRole
from bluepals.facts import cases, closing
from bluepals.facts.closing import Word
from bluepals.store import people
from bluepals.store.letters import NotTaken
from tests.desk.spanish import english_left
from tests.desk.town import FIRST_ROUND, PROGRAM, SCOPE, Town, scan
from tests.mailroom import parsed

KEEP = {"letter": "keep", "officer": "resumes"}
LEAVES = {"letter": "keep", "officer": "leaves"}
TEXT = "Don't tell anybody that we meet."


async def a_case(town: Town, text: str | Letter = TEXT) -> str:
    """About what Sam, of the city's police, has written to Noah."""
    await town.on(FIRST_ROUND)
    draft = await town.hands_in("noah", text, side=Side.OFFICER)
    opened = await cases.worry(
        town.parts.office, SCOPE, draft_id=draft.id, by=town.staff["mo"], concern=Concern.CONDUCT
    )
    return str(opened.case.id)


async def is_decided_by_the_coordinator_alone(town: Town) -> None:
    await town.admin.execute(
        "UPDATE program SET definition = jsonb_set(definition, '{safety,liaison_decides}', 'false')"
    )


async def test_both_read_it_say_the_same_and_the_case_is_closed(town: Town) -> None:
    case = await a_case(town)
    cora, lia = town.reader("cora"), town.reader("lia")
    assert "Sam Ruiz, City Police" in await cora.sees()
    page = (await cora.gets(case)).text
    assert "to Noah, North School, round 1" in page
    assert "Read the letter first." in page
    assert "anybody" not in page
    assert "Don&#39;t tell anybody" in (await cora.posts(f"{case}/read")).text
    said = (await cora.posts(f"{case}/word", **KEEP)).text
    assert "Your word is on record. The case closes when all who decide have said the same." in said
    assert "The liaison: no word yet" in said
    await lia.posts(f"{case}/read")
    closed = (await lia.posts(f"{case}/word", **KEEP)).text
    assert "The case is closed." in closed
    assert "Closed: the letter is kept, and goes nowhere, and the officer goes on with all pals." in closed
    assert "Say this" not in closed
    assert "Nothing waits for you here." in await lia.sees()
    readers = await town.admin.fetch("SELECT reader FROM letter_read")
    assert {town.staff["cora"], town.staff["lia"]} <= {one["reader"] for one in readers}


async def test_different_words_leave_it_open_and_the_last_one_counts(town: Town) -> None:
    case = await a_case(town)
    cora, lia = town.reader("cora"), town.reader("lia")
    await cora.posts(f"{case}/word", **KEEP)
    page = (await lia.posts(f"{case}/word", **LEAVES, sure="yes")).text
    assert (
        "The coordinator: the letter is kept, and goes nowhere, and the officer goes on with all pals" in page
    )
    assert "The liaison: the letter is kept, and goes nowhere, and the officer leaves for good" in page
    closed = (await cora.posts(f"{case}/word", **LEAVES, sure="yes")).text
    assert "The case is closed." in closed
    assert await town.admin.fetchval("SELECT withdrawn_at FROM officer WHERE external_id = 'sam'")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (LEAVES, "Tick that the officer is to leave for good"),
        ({"letter": "keep"}, "Say what becomes of the letter and of the officer"),
        ({"letter": "return", "officer": "resumes"}, "never answered with a friendly return"),
    ],
)
async def test_half_a_word_is_refused_in_its_place(town: Town, fields: dict[str, str], sentence: str) -> None:
    case = await a_case(town)
    refused = await town.reader("cora").posts(f"{case}/word", **fields)
    assert (refused.status_code in {409, 422}, sentence in refused.text) == (True, True)
    assert await town.admin.fetchval("SELECT count(*) FROM case_word") == 0


async def test_a_word_that_is_refused_stays_chosen(town: Town) -> None:
    case = await a_case(town)
    cora = town.reader("cora")
    await cora.posts(f"{case}/read")
    refused = (await cora.posts(f"{case}/word", **LEAVES)).text
    assert 'name="letter" value="keep" required checked' in refused
    assert 'name="officer" value="leaves" required checked' in refused
    assert 'name="officer" value="resumes" required>' in refused
    sure = (await cora.posts(f"{case}/word", letter="keep", sure="yes")).text
    assert 'name="sure" value="yes" checked' in sure


async def test_whoever_decides_in_spanish_reads_no_english(town: Town) -> None:
    case, cora = await a_case(town, "No le digas a nadie."), town.reader("cora")
    cora.http.headers["accept-language"] = "es"
    pages = [await cora.sees(), (await cora.gets(case)).text, (await cora.posts(f"{case}/read")).text]
    assert '<div class="written" lang="en" dir="auto">No' in pages[2], "as it was handed in"
    refused = (await cora.posts(f"{case}/word", letter="return", officer="resumes")).text
    assert "A la conducta de la policía nunca se responde con una devolución amable." in refused
    said = (await cora.posts(f"{case}/word", **KEEP)).text
    assert (
        "La coordinación: la carta se guarda y no se entrega a nadie, y la persona de la policía sigue"
        in said
    )
    assert "El enlace: todavía sin decisión" in said
    assert [english_left(one) for one in [*pages, refused, said]] == [[]] * 5


async def test_the_liaison_is_left_out_when_the_policy_says_so(town: Town) -> None:
    await is_decided_by_the_coordinator_alone(town)
    case = await a_case(town)
    lia, cora = town.reader("lia"), town.reader("cora")
    assert "Nothing waits for you here." in await lia.sees()
    assert (await lia.gets(case)).status_code == 404
    assert (await lia.posts(f"{case}/word", **KEEP)).status_code == 404
    assert "Your word closes the case." in (await cora.posts(f"{case}/read")).text
    assert "The case is closed." in (await cora.posts(f"{case}/word", **KEEP)).text


async def test_pages_open_once_it_is_on_record(town: Town) -> None:
    case = await a_case(town, scan("white"))
    cora = town.reader("cora")
    assert (await cora.gets(f"{case}/pages")).status_code == 404
    assert "Open the handwritten pages" in (await cora.posts(f"{case}/read")).text
    assert (await cora.gets(f"{case}/pages")).headers["content-type"] == "application/pdf"


async def test_fault_33_it_is_nobody_elses_to_see_or_to_decide(town: Town) -> None:
    case = await a_case(town)
    await town.is_coordinator_of("sol", "south")
    for name in ("sol", "mo", "coco", "tess", "lou", "sam", "dana"):
        visitor = town.reader(name)
        assert "Sam Ruiz" not in await visitor.sees()
        assert (await visitor.gets(case)).status_code == 404
        for step in ("read", "word"):
            assert (await visitor.posts(f"{case}/{step}", **KEEP)).status_code == 404
    assert await town.admin.fetchval("SELECT count(*) FROM case_word") == 0


async def test_nobody_decides_about_their_own_conduct(town: Town) -> None:
    case = await a_case(town)
    also = StaffRole("sam2", "Sam Ruiz", "sam@city.example", Role.LIAISON, None, None, "city")
    async with town.parts.database.transaction(SCOPE) as connection:
        await people.save_staff(connection, PROGRAM.id, [also])
        by = await people.staff_id(connection, "sam2")
    assert (await town.reader("sam2").gets(case)).status_code == 404
    with pytest.raises(NotTaken, match="closed by the word of its coordinator and its liaison"):
        await closing.close(
            town.parts.office,
            SCOPE,
            case_id=UUID(case),
            by=by,
            word=Word(LetterOutcome.KEEP, OfficerOutcome.RESUMES),
        )


async def test_an_agency_without_a_liaison_waits_for_the_coordinator_alone(town: Town) -> None:
    case = await a_case(town)
    cora, board = town.reader("cora"), town.coordinator("cora")
    await cora.posts(f"{case}/read")
    await cora.posts(f"{case}/word", **KEEP)
    needed = "Your word about Sam Ruiz is needed."
    assert needed not in await board.sees()
    await town.admin.execute("DELETE FROM staff_role WHERE staff_id = $1", town.staff["lia"])
    assert needed in await board.sees()
    page = (await cora.gets(case)).text
    assert "Your word closes the case." in page
    assert "The liaison" not in page
    assert "The case is closed." in (await cora.posts(f"{case}/word", **KEEP)).text


async def test_no_page_shows_a_case_to_the_officer_whose_conduct_it_is(town: Town) -> None:
    await town.admin.execute(
        "UPDATE staff SET email = 'sam@city.example' WHERE external_id IN ('cora', 'lia')"
    )
    case = await a_case(town)
    await town.is_coordinator_of("sol", "north")
    assert case in await town.coordinator("sol").sees()
    assert case not in await town.coordinator("cora").sees()
    stopped = "They have stopped until a case is closed."
    assert stopped in await town.liaison("sol").sees()
    assert stopped not in await town.liaison("lia").sees()


async def test_who_decides_is_led_there_by_mail_and_from_the_board(town: Town) -> None:
    case = await a_case(town)
    told = await town.admin.fetch("SELECT to_address FROM mail WHERE key LIKE 'case-%-conduct-%' ORDER BY 1")
    assert [one["to_address"] for one in told] == ["cora@school.example", "lia@school.example"]
    message = parsed(
        await town.admin.fetchval("SELECT message FROM mail WHERE key LIKE 'case-%-conduct-%'")
    ).get_body(("plain",))
    assert message is not None
    said = " ".join(message.get_content().split())
    assert (
        "Somebody worries about a letter for round 1 by Sam Ruiz of City Police, since Monday, September 21"
        in said
    )
    assert f"/{PROGRAM.id}/cases" in said
    assert case not in said
    assert f'href="/{PROGRAM.id}/cases/{case}"' in await town.coordinator("cora").sees()
