"""Row 19 of docs/faults.md for what people type beside the letters: each box says it again as it was typed, and does nothing."""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date

import pytest
from markupsafe import escape

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.facts import cases, letters, visits, year
from service.asking import Asking
from stack.postgres import PostgresServer
from tests.desk.test_agency import makes_link, signs_up
from tests.desk.test_calendar import pauses
from tests.desk.test_closing import OFFICERS, after_the_visit, answers
from tests.desk.test_copies import copies
from tests.desk.test_keeping import keeps
from tests.desk.test_reading import decides
from tests.desk.test_setup import FORMS_5A, records
from tests.desk.test_visit_change import changes
from tests.desk.town import FIRST_ROUND, NORTH, SCOPE, Town, small_town
from tests.faults.test_desk_faults import HTML, SCRIPT
from tests.faults.test_text_faults import OF_ONE_LINE

A_VERSION, A_LINE, A_SENTENCE, A_LETTER = 40, 80, 200, 2000  # characters

# What the box's page shows afterwards, and what is on record; the one that no page shows says so.
Typed = tuple[str | None, object]


def naughty(longest: int, *, but: str = "") -> str:
    """As many of them as the box can hold; a name has some signs that no name needs."""
    text = "" if but else SCRIPT
    for one in sorted({*HTML, *OF_ONE_LINE} - {SCRIPT}, key=len, reverse=True):
        longer = f"{text} {one}".strip()
        if len(longer) <= longest and not set(one) & set(but):
            text = longer
    return text


@pytest.fixture
async def town(
    postgres: PostgresServer, begun_town: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """Temporal is away: what the visit's workflow would do is done here."""
    async with small_town(postgres, begun_town) as town:

        async def move(_: Asking, program_year: str, to: date) -> None:
            await visits.move(town.parts.office, SCOPE, program_year, to)

        monkeypatch.setattr(Asking, "move_visit", move)
        await year.open_year(town.parts.office, SCOPE, NORTH)
        yield town


async def profile(town: Town, text: str) -> Typed:
    lia = town.liaison("lia")
    assert (await signs_up(town, await makes_link(lia), text=text)).status_code == 200
    return await lia.sees(), await town.admin.fetchval("SELECT profile FROM joining")


async def name(town: Town, text: str) -> Typed:
    lia = town.liaison("lia")
    said = {"first-name": text, "last-name": text}
    assert (await signs_up(town, await makes_link(lia), **said)).status_code == 200
    return await lia.sees(), await town.admin.fetchval("SELECT last_name FROM joining")


async def why_a_pause(town: Town, text: str) -> Typed:
    cora = town.calendar("cora")
    await pauses(cora, reason=text)
    return await cora.sees(), await town.admin.fetchval("SELECT reason FROM pause")


async def why_a_visit_moves(town: Town, text: str) -> Typed:
    cora = town.calendar("cora")
    assert (await changes(cora, "move", to="2027-04-20", because=text)).status_code == 200
    on_record = await town.admin.fetchval("SELECT visit_because FROM program_year WHERE id = $1", NORTH)
    refused = await changes(cora, "move", to="2027-04-22", because=text, agreed="")
    return refused.text, on_record


async def remark(town: Town, text: str) -> Typed:
    """Only `starter.py report --remarks` says it again."""
    await after_the_visit(town)
    dana = town.officer("dana")
    assert await answers(dana, {**OFFICERS, "remark": text, "form": await dana.form_key()}) == 200
    return None, await town.admin.fetchval("SELECT remark FROM survey WHERE answered_at IS NOT NULL")


async def reference(town: Town, text: str) -> Typed:
    draft, mo = await town.hands_in("maya", "My uncle hits me."), town.reader("mo")
    opened = await cases.worry(
        town.parts.office, SCOPE, draft_id=draft.id, by=town.staff["mo"], concern=Concern.HARM
    )
    done = await mo.attests(opened.case.id, when="2026-09-01T09:00", reference=text)
    return done.text, await town.admin.fetchval("SELECT reference FROM attestation")


async def form_version(town: Town, text: str) -> Typed:
    cora = town.setup("cora")
    await records(town, cora, "maya", version=text)
    return (await cora.gets(FORMS_5A)).text, await town.admin.fetchval(
        "SELECT form_version FROM consent WHERE form_version IS NOT NULL LIMIT 1"
    )


async def words_to_leave_out(town: Town, text: str) -> Typed:
    """They are not on record: the copy lacks them."""
    draft, mo = await town.hands_in("noah", f"Hello {text}!"), town.moderator("mo")
    seen = (await copies(mo, draft, leave_out=text)).text
    assert "Hello […]!" in seen
    box = re.search(r'<textarea name="leave-out"[^>]*>\n(.*?)</textarea>', seen, re.DOTALL)
    return seen, html.unescape(box[1]) if box else None


async def translation(town: Town, text: str) -> Typed:
    draft, mia = await town.hands_in("ana", "Hola.", language="es"), town.moderator("mia")
    seen = await copies(mia, draft, text=text)
    await copies(mia, draft, "copy/approve", text=text)
    copy = await town.newest_draft("ana", Side.STUDENT)
    opened = await letters.read(town.parts.office, SCOPE, copy.id)
    return seen.text, opened.translation and opened.translation.text


async def words_to_a_child(town: Town, text: str) -> Typed:
    draft, mo = await town.hands_in("noah", "Hi"), town.moderator("mo")
    await decides(mo, draft, "return", for_child=text, for_adult="A bit thin.")
    on_record = await town.admin.fetchval("SELECT reason_for_child FROM decision")
    return await town.teacher("tess").sees(), on_record


async def words_to_an_officer(town: Town, text: str) -> Typed:
    await town.on(FIRST_ROUND)
    draft, mo = await town.hands_in("noah", "Hi", side=Side.OFFICER), town.moderator("mo")
    await decides(mo, draft, "return", for_child="More!", for_adult=text)
    on_record = await town.admin.fetchval("SELECT reason_for_adult FROM decision")
    return await town.officer("sam").sees(), on_record


async def letter_that_is_being_written(town: Town, text: str) -> Typed:
    """It is on record in cipher only."""
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    assert await keeps(town, sam, text) == 204
    page = await sam.sees()
    box = re.search(r'<textarea id="text-[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return page, html.unescape(box[1]) if box else None


NO_NAME_NEEDS = '"<>'
BOXES: list[tuple[Callable[[Town, str], Awaitable[Typed]], str]] = [
    (profile, naughty(A_SENTENCE)),
    (name, naughty(A_LINE, but=NO_NAME_NEEDS)),
    (why_a_pause, naughty(A_SENTENCE)),
    (why_a_visit_moves, naughty(A_SENTENCE)),
    (remark, naughty(A_SENTENCE)),
    (reference, naughty(A_LINE)),
    (form_version, naughty(A_VERSION)),
    (words_to_leave_out, naughty(A_SENTENCE)),
    (translation, naughty(A_SENTENCE)),
    (words_to_a_child, naughty(A_SENTENCE)),
    (words_to_an_officer, naughty(A_SENTENCE)),
    (letter_that_is_being_written, naughty(A_LETTER)),
]


@pytest.mark.parametrize(("types", "text"), BOXES, ids=[types.__name__ for types, _ in BOXES])
async def test_fault_19_what_is_typed_in_any_box_is_said_again_as_it_is_and_does_nothing(
    town: Town, types: Callable[[Town, str], Awaitable[Typed]], text: str
) -> None:
    page, on_record = await types(town, text)
    assert on_record == text
    if page is not None:
        assert str(escape(text)) in page
        assert text not in page
