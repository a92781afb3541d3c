"""Rows 13 and 19 of docs/faults.md for what people type beside the letters: each box says it again as it was typed, and does
nothing; what PostgreSQL can't hold is refused before it.
"""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date
from uuid import UUID

import pytest
from markupsafe import escape

from activities.matching import PairsDecided
from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.domain.program import Program
from bluepals.facts import cases, leaving, letters, matching, replacements, visits, year
from bluepals.facts.office import Letterhead
from bluepals.store.endings import Reason
from service.asking import Asking
from stack.postgres import PostgresServer
from tests.desk.test_agency import joining_id, makes_link, signs_up
from tests.desk.test_board import call_about_zoe, takes
from tests.desk.test_calendar import pauses
from tests.desk.test_closing import OFFICERS, after_the_visit, answers
from tests.desk.test_copies import copies
from tests.desk.test_counsel import A_SCHOOL_DAY, a_case, familys
from tests.desk.test_keeping import keeps
from tests.desk.test_proposal import decides as decides_about_pairs
from tests.desk.test_proposal import propose
from tests.desk.test_reading import decides
from tests.desk.test_setup import FORMS_5A, records
from tests.desk.test_visit_change import changes
from tests.desk.town import FIRST_ROUND, NORTH, PROGRAM, SCOPE, Town, Visitor, small_town
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
    """Temporal is away: what the workflows of the visit and the matching would do is done here."""
    async with small_town(postgres, begun_town) as town:

        async def move(_: Asking, program_year: str, to: date) -> None:
            await visits.move(town.parts.office, SCOPE, program_year, to)

        async def reject(_: Asking, program: Program, pairs: Sequence[UUID], by: UUID) -> PairsDecided:
            decided = await matching.reject(town.parts.office, SCOPE, pairs, by)
            return PairsDecided(decided.changed, decided.still_open)

        monkeypatch.setattr(Asking, "reject_pairs", reject)
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


async def why_a_next_officer_is_rejected(town: Town, text: str) -> Typed:
    """No page says it again: Zoe's next officer is not to be known."""
    office, cora = town.parts.office, town.coordinator("cora")
    await leaving.leave(office, SCOPE, town.officers["kim"], Reason.BUSY, by=town.staff["cora"])
    async with office.committing(SCOPE) as connection:
        await replacements.seek(connection, await Letterhead.of(office, connection))
    done = await takes(cora, await call_about_zoe(town), "reject the officer", why=text)
    assert done.status_code == 200
    return None, await town.admin.fetchval("SELECT decided_why FROM proposed_pair WHERE state = 'rejected'")


async def why_a_pair_is_rejected(town: Town, text: str) -> Typed:
    """No page says it again."""
    (pair,) = await propose(town, "uma")
    done = await decides_about_pairs(town.pairs("cora"), "reject", pair, why=text)
    assert "1 pair rejected." in done.text
    return None, await town.admin.fetchval("SELECT decided_why FROM proposed_pair WHERE state = 'rejected'")


async def officer_id(town: Town, text: str) -> Typed:
    """An id has fewer signs: it is refused, and stays in its box."""
    lia = town.liaison("lia")
    await signs_up(town, await makes_link(lia))
    refused = await lia.posts(f"joining/{await joining_id(town)}/accept", officer_id=text)
    assert refused.status_code == 422
    box = re.search(r'name="officer-id" value="([^"]*)"', refused.text)
    return refused.text, html.unescape(box[1]) if box else None


async def a_counselors_words_to_a_child(town: Town, text: str) -> Typed:
    await a_counselor_returns(town, for_child=text, for_adult="A bit sad.")
    on_record = await town.admin.fetchval("SELECT reason_for_child FROM decision")
    return await town.teacher("tess").sees(), on_record


async def a_counselors_words_to_an_adult(town: Town, text: str) -> Typed:
    """The teacher's page has the child's."""
    await a_counselor_returns(town, for_child="Tell Coco.", for_adult=text)
    return None, await town.admin.fetchval("SELECT reason_for_adult FROM decision")


async def a_counselor_returns(town: Town, **reasons: str) -> None:
    case, coco = await a_case(town, Concern.SAD), town.counselor("coco")
    await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY)
    done = await coco.posts(f"{case}/close", letter="return", **reasons)
    assert "The case is closed." in done.text


async def words_that_a_counselor_leaves_out(town: Town, text: str) -> Typed:
    coco, case = await familys(town, f"Hello {text}!")
    seen = (await coco.posts(f"{case}/copy", leave_out=text)).text
    assert "Hello […]!" in seen
    box = re.search(r'<textarea name="leave-out"[^>]*>\n(.*?)</textarea>', seen, re.DOTALL)
    return seen, html.unescape(box[1]) if box else None


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
    (why_a_next_officer_is_rejected, naughty(A_SENTENCE)),
    (why_a_pair_is_rejected, naughty(A_SENTENCE)),
    (officer_id, naughty(A_VERSION)),
    (a_counselors_words_to_a_child, naughty(A_SENTENCE)),
    (a_counselors_words_to_an_adult, naughty(A_SENTENCE)),
    (words_that_a_counselor_leaves_out, naughty(A_SENTENCE)),
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


FORMS: list[tuple[Callable[[Town], Visitor], str, dict[str, str]]] = [
    (lambda town: town.calendar("cora"), "pause", {"reason": "\0", "target": "\0", "letters": "yes"}),
    (
        lambda town: town.calendar("cora"),
        f"{NORTH}/visit",
        {"do": "move", "because": "\0", "to": "2027-04-20"},
    ),
    (lambda town: town.setup("cora"), FORMS_5A, {"version": "2026\0"}),
    (lambda town: town.coordinator("cora"), "call", {"step": "reject the officer", "why": "\0"}),
    (lambda town: town.teacher("tess"), "survey", {"remark": "\0"}),
]


@pytest.mark.parametrize(("visitor", "path", "fields"), FORMS, ids=[path for _, path, _ in FORMS])
async def test_fault_13_a_character_that_is_no_text_is_refused_in_a_sentence_before_postgresql(
    town: Town, visitor: Callable[[Town], Visitor], path: str, fields: dict[str, str]
) -> None:
    refused = await visitor(town).posts(path, **fields)
    assert refused.status_code == 422
    assert "holds a character that is no text (U+0000)" in refused.text


async def test_fault_13_a_reader_s_words_and_a_reference_that_are_no_text_are_refused(town: Town) -> None:
    draft, mo = await town.hands_in("noah", "Hi"), town.moderator("mo")
    back = await decides(mo, draft, "return", for_child="\0", for_adult="A bit thin.")
    opened = await cases.worry(
        town.parts.office, SCOPE, draft_id=draft.id, by=town.staff["mo"], concern=Concern.HARM
    )
    attested = await town.reader("mo").attests(opened.case.id, when="2026-09-01T09:00", reference="MO-\0")
    for refused in (back, attested):
        assert refused.status_code == 422
        assert "holds a character that is no text (U+0000)" in refused.text


@pytest.mark.parametrize("address", ["/st%00l/enter", f"/{PROGRAM.id}/class/notices/{NORTH}/5%00A"])
async def test_fault_13_an_address_that_is_no_text_is_no_page(town: Town, address: str) -> None:
    assert (await town.teacher("tess").http.get(address)).status_code == 404


async def test_fault_13_a_call_whose_key_is_no_text_is_no_page(town: Town) -> None:
    assert (await takes(town.coordinator("cora"), "call%00", "dealt with")).status_code == 404
