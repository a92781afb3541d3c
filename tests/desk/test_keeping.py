"""A letter that is being written is kept as it is typed, for its officer alone, until it is handed in or the pairing ends."""

import httpx
import pytest

from bluepals.domain.letters import Side, TypedLetter
from tests.desk.test_reading import in_spanish
from tests.desk.town import FIRST_DUE, FIRST_OPENING, FIRST_ROUND, NORTH, SECOND_ROUND, Town, Visitor, photo

BEGUN = "Dear Noah,\nI have begun <i>to</i> write."


async def keeps(town: Town, officer: Visitor, text: str, child: str = "noah", **fields: str) -> int:
    said = {"text": text, "round": "1", "quietly": "yes", **fields}
    return (await officer.posts(f"{town.pairings[child]}/keep", **said)).status_code


async def count(town: Town) -> int:
    counted: int = await town.admin.fetchval("SELECT count(*) FROM unfinished")
    return counted


async def test_what_is_typed_is_there_when_they_come_back_and_in_clear_nowhere(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    assert await keeps(town, sam, "Dear Noah,") == 204
    assert await keeps(town, sam, BEGUN) == 204
    page = await sam.sees()
    assert "\nDear Noah,\nI have begun &lt;i&gt;to&lt;/i&gt; write.</textarea>" in page
    assert "You had begun this letter" in page
    stored = await town.admin.fetchval("SELECT stored FROM unfinished")
    assert b"begun" not in stored
    assert await town.count_drafts("noah") == 0, "it is no draft, and waits for no reader"


async def test_without_a_script_there_is_a_button(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    assert "Keep for later" in await sam.sees()
    said = {"text": BEGUN, "round": "1", "language": "en"}
    kept = await sam.posts(f"{town.pairings['noah']}/keep", **said)
    assert "Kept. It is here when you come back" in kept.text
    assert await count(town) == 1


async def test_an_empty_box_keeps_nothing(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await keeps(town, sam, BEGUN)
    assert await keeps(town, sam, " \n") == 204
    assert await count(town) == 0


@pytest.mark.parametrize("pages", [False, True])
async def test_it_is_gone_once_the_letter_is_handed_in(town: Town, pages: bool) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await keeps(town, sam, BEGUN)
    if pages:
        await sam.sends(town.pairings["noah"], pages=[("p.jpg", photo())])
    else:
        await sam.sends(town.pairings["noah"], BEGUN)
        assert await town.written("noah", Side.OFFICER) == TypedLetter(BEGUN)
    assert await count(town) == 0


async def test_the_childs_letter_takes_nothing_of_the_officers_away(town: Town) -> None:
    await keeps(town, town.officer("sam"), BEGUN)
    await town.hands_in("noah", "Hello")
    assert await count(town) == 1


async def test_it_is_there_as_long_as_a_letter_is_asked_for_whatever_round_is_on(town: Town) -> None:
    await town.on(FIRST_DUE, hour=18)
    sam = town.officer("sam")
    old_tab = await sam.letter_form(town.pairings["noah"])
    await keeps(town, sam, BEGUN)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    page = await sam.sees()
    assert "Please write soon" in page
    assert "I have begun" in page
    await town.on(SECOND_ROUND)
    assert "I have begun" in await sam.sees()
    assert await keeps(town, sam, "More of it", round=old_tab["round"]) == 204, "the page lay open meanwhile"
    assert "More of it</textarea>" in await sam.sees()


async def test_a_late_letter_takes_nothing_away_that_was_begun_for_the_next_round(town: Town) -> None:
    await town.on(SECOND_ROUND)
    sam = town.officer("sam")
    await keeps(town, sam, BEGUN, round="2")
    await sam.sends(town.pairings["noah"], "Hello", round="1")
    assert await count(town) == 1


async def types(sam: Visitor, town: Town, text: str, tab: dict[str, str]) -> httpx.Response:
    """On a page that showed itself so."""
    kept = f"{sam.path}/{town.pairings['noah']}/keep"
    return await sam.http.post(kept, data={**tab, "text": text, "quietly": "yes"})


async def on_two_pages(town: Town) -> tuple[Visitor, dict[str, str], dict[str, str]]:
    """Begun at the station, gone on with on the phone, and then at the station again. The officer, and the two pages."""
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    station = await sam.letter_form(town.pairings["noah"])
    assert (await types(sam, town, "Dear Noah,", station)).status_code == 204
    await town.on(FIRST_ROUND, hour=10)
    phone = await sam.letter_form(town.pairings["noah"])
    assert (await types(sam, town, "Dear Noah, on the bus", phone)).status_code == 204
    assert await count(town) == 1
    await town.on(FIRST_ROUND, hour=11)
    answer = await types(sam, town, "Dear Noah, at my desk", station)
    assert answer.status_code == 200
    assert "on the bus</div>" in answer.text, "the page says what it has not shown"
    return sam, station, phone


async def test_an_older_tab_writes_over_nothing_that_it_has_not_shown(town: Town) -> None:
    sam, station, _ = await on_two_pages(town)
    page = await sam.sees()
    assert "You have gone on with this letter on another page as well." in page
    assert "on the bus</div>" in page
    assert "at my desk</textarea>" in page
    fresh = await sam.letter_form(town.pairings["noah"])
    again = await types(sam, town, "Dear Noah, at my desk again", {**station, "beside": fresh["beside"]})
    assert again.status_code == 204, "now it has shown it"
    assert (await types(sam, town, "", fresh)).status_code == 200, (
        "an empty box takes nothing of another page away"
    )
    assert await count(town) == 2


async def test_a_letter_takes_nothing_away_that_its_page_has_not_shown(town: Town) -> None:
    sam, _, phone = await on_two_pages(town)
    noah = town.pairings["noah"]
    refused = await sam.sends(noah, "Dear Noah, on the bus.", showed=phone)
    assert refused.status_code == 409
    assert "You have gone on with your letter to Noah on another page" in refused.text
    assert "at my desk</div>" in refused.text
    assert "on the bus.</textarea>" in refused.text
    assert await town.count_drafts("noah") == 0
    assert await count(town) == 2
    assert "Your letter has arrived" in (await sam.sends(noah, "Dear Noah, both.")).text
    assert await count(town) == 0


async def test_it_is_gone_with_the_pairing(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await keeps(town, sam, BEGUN)
    await town.admin.execute("UPDATE pairing SET ended_at = now(), end_reason = 'student left'")
    assert await count(town) == 0
    assert await keeps(town, sam, BEGUN) == 409


async def test_what_can_not_be_kept_says_why_and_gives_it_back(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    assert await keeps(town, sam, "x" * 20_001) == 422
    await town.delivers("noah", "The last", number=2, side=Side.OFFICER)
    refused = await sam.posts(f"{town.pairings['noah']}/keep", text=BEGUN, round="1")
    assert (refused.status_code, "no letter to Noah left to write" in refused.text) == (409, True)
    assert "I have begun" in refused.text
    assert await count(town) == 0


async def test_fault_33_nobody_else_keeps_or_sees_it(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam, dana = town.officer("sam"), town.officer("dana")
    await keeps(town, sam, BEGUN)
    assert await keeps(town, dana, "Mine") == 404
    assert await keeps(town, sam, BEGUN, form="forged") == 403
    for other in (dana, town.teacher("tess"), town.counselor("coco")):
        assert "I have begun" not in await other.sees()
    await town.admin.execute("UPDATE pairing SET officer_id = officer_id")
    assert await count(town) == 1


async def test_an_erased_child_leaves_nothing_to_read(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await keeps(town, sam, BEGUN)
    await town.admin.execute("DELETE FROM content_key")
    assert "I have begun" not in await sam.sees()


# In Spanish.


async def test_the_form_of_a_letter_is_in_spanish_and_so_is_what_it_refuses(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = await in_spanish(town.officer("sam"))
    page = await sam.sees()
    assert 'data-done="Guardada. Puede seguir más tarde, aquí o en otro lugar."' in page
    assert '<option value="es">Español</option>' in page
    locked = await sam.sends(town.pairings["noah"], pages=[("noah.pdf", b"%PDF-1.7 no more")])
    assert "“noah.pdf” no se puede abrir." in locked.text
    empty = await sam.sends(town.pairings["noah"], " ")
    assert "La carta está vacía. Escriba al menos una frase y envíela otra vez." in empty.text
