"""A copy of a letter: words left out or a translation added, seen before it is approved; the original stays where it is."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import html
import io
import re

import asyncpg
import httpx
import pytest
from PIL import Image

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Letter, Side, TypedLetter
from bluepals.domain.redaction import COLUMNS, ROWS
from bluepals.facts import cases, letters
from bluepals.paper.pages import MAX_PAGES
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.letters import DraftRecord
from tests.desk.spanish import english_left
from tests.desk.test_family import ANAS, save_addresses
from tests.desk.test_reading import decides, in_spanish, verdict_of
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, NORTH, SCOPE, Town, Visitor, read_pdf, scan

PHONE = "Call me: 314-555-0123!\nI live with Aunt Rosa in Elm Street."


async def copies(visitor: Visitor, draft: DraftRecord, step: str = "copy", **fields: str) -> httpx.Response:
    return await visitor.posts(f"{draft.id}/{step}", hash=draft.hash.hex(), **fields)


async def released(town: Town, child: str, draft: DraftRecord) -> Delivery | Held:
    return await letters.release(
        town.parts.office,
        SCOPE,
        pairing_id=town.pairings[child],
        draft_id=draft.id,
        draft_hash=draft.hash,
    )


# Words left out.


async def test_a_reader_sees_the_copy_and_approves_what_they_have_seen(town: Town) -> None:
    original = await town.hands_in("noah", PHONE)
    mo = town.moderator("mo")
    page = (await mo.posts("next")).text
    assert 'name="mark" value="9-21"' in page
    fields = {"mark": "9-21", "leave_out": "aunt rosa\r\nElm Street"}
    seen = await copies(mo, original, **fields)
    assert "Call me: […]!\nI live with […] in […]." in seen.text
    assert await town.count_drafts("noah") == 1, "to look is to keep nothing"
    done = await copies(mo, original, "copy/approve", **fields)
    assert "Approved: Noah’s letter to Sam." in done.text
    copy = await town.newest_draft("noah", Side.STUDENT)
    assert await town.written("noah", Side.STUDENT) == TypedLetter("Call me: […]!\nI live with […] in […].")
    row = await town.admin.fetchrow("SELECT source, made_by, uploaded_by FROM draft WHERE id = $1", copy.id)
    assert row is not None
    assert tuple(row) == (original.id, town.staff["mo"], town.staff["tess"])
    assert (await verdict_of(town, original), await verdict_of(town, copy)) == (None, "approve")
    assert await released(town, "noah", original) is Held.NO_SUCH_DECISION
    assert isinstance(await released(town, "noah", copy), Delivery)
    assert "[…]" in await town.officer("sam").sees()
    assert "Rosa" not in await town.officer("sam").sees()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Nothing is left out yet."),
        ({"leave_out": "Uncle Bob"}, "“Uncle Bob” does not stand in this letter."),
        ({"mark": "0-4"}, "The letter has changed."),
        ({"mark": "first"}, "Tick what is on the page"),
    ],
)
async def test_a_copy_that_can_not_be_made_is_refused_and_what_was_typed_stays(
    town: Town, fields: dict[str, str], sentence: str
) -> None:
    draft = await town.hands_in("noah", PHONE)
    mo = town.moderator("mo")
    for step in ("copy", "copy/approve"):
        refused = await copies(mo, draft, step, **fields)
        assert (refused.status_code, sentence in refused.text) == (422, True)
        assert fields.get("leave_out", "") in refused.text
        assert refused.text.count('role="alert"') == 1
    assert await town.count_drafts("noah") == 1


async def test_a_copy_is_changed_before_it_is_approved(town: Town) -> None:
    draft = await town.hands_in("noah", PHONE)
    mo = town.moderator("mo")
    page = (await copies(mo, draft, change="yes", mark="9-21", leave_out="Elm Street")).text
    assert 'value="9-21" checked' in page
    assert "Elm Street</textarea>" in page


async def test_fault_16_a_copy_of_what_has_been_replaced_is_refused_with_the_newer_draft(town: Town) -> None:
    old = await town.hands_in("noah", PHONE)
    mo = town.moderator("mo")
    await copies(mo, old, mark="9-21")
    new = await town.hands_in("noah", "Hello, without a number.")
    refused = await copies(mo, old, "copy/approve", mark="9-21")
    assert refused.status_code == 409
    assert "Hello, without a number." in refused.text
    assert await town.count_drafts("noah") == 2
    assert await verdict_of(town, new) is None


async def test_the_original_of_a_copy_says_whose_copy_goes_on_instead(town: Town) -> None:
    draft = await town.hands_in("noah", PHONE)
    mo = town.moderator("mo")
    key = await mo.form_key()
    await copies(mo, draft, "copy/approve", mark="9-21")
    copy = await town.newest_draft("noah", Side.STUDENT)
    page = (await mo.gets(str(draft.id))).text
    assert "Ms. Mo has approved a copy of this letter, which goes on instead of it." in page
    assert f'href="/stl/reading/{copy.id}">See the copy' in page
    assert "A newer draft" not in page
    late = await decides(mo, draft, "approve", key=key)
    assert "A copy of this letter has been approved already, by Ms. Mo." in late.text


@pytest.mark.parametrize("step", ["approve", "copy", "copy/approve", "return", "later", "undo"])
async def test_the_address_of_a_form_leads_back_to_its_letter(town: Town, step: str) -> None:
    draft = await town.hands_in("noah", PHONE)
    mo = town.moderator("mo")
    again = await mo.gets(f"{draft.id}/{step}")
    assert (again.status_code, again.url.path) == (200, f"/stl/reading/{draft.id}")


async def test_an_empty_copy_asks_for_a_translation_only_where_one_is_needed(town: Town) -> None:
    english = await town.hands_in("noah", PHONE)
    refused = await copies(town.moderator("mo"), english)
    assert (
        "Nothing is left out yet. Write the words to leave out, or tick what is marked; then" in refused.text
    )
    form = refused.text.partition('<summary data-key="c"')
    assert form[0].endswith("<details open>\n"), "it is said at the form, which is unfolded"
    assert "Nothing is left out yet." in form[2]
    spanish = await town.hands_in("ana", "Me llamo Ana.", language="es")
    refused = await copies(town.moderator("mia"), spanish)
    assert "or tick what is marked, or write the translation; then see the copy." in refused.text
    pages = await town.hands_in("zoe", scan("white"))
    refused = await copies(town.moderator("mo"), pages)
    assert "Nothing is left out yet. Tick the parts of the page that are to be black; then" in refused.text


async def test_a_copy_goes_with_the_decision_that_is_taken_back(town: Town) -> None:
    draft = await town.hands_in("noah", PHONE)
    mo = town.moderator("mo")
    await copies(mo, draft, "copy/approve", mark="9-21")
    copy = await town.newest_draft("noah", Side.STUDENT)
    await mo.gets(str(copy.id))
    undone = await mo.posts(f"{copy.id}/undo")
    assert "Taken back: the letter waits again" in undone.text
    assert "314-555-0123" in undone.text
    assert (await town.newest_draft("noah", Side.STUDENT)).id == draft.id
    assert await town.admin.fetchval("SELECT draft_id FROM undone_decision") == copy.id
    await decides(mo, draft, "approve")
    assert await verdict_of(town, draft) == "approve"


async def test_a_legal_hold_keeps_the_copy_too(town: Town) -> None:
    draft = await town.hands_in("noah", PHONE)
    mo = town.moderator("mo")
    await copies(mo, draft, "copy/approve", mark="9-21")
    await town.admin.execute(
        "INSERT INTO legal_hold (program_id, key, draft_id, reason) VALUES ('stl', '1', $1, 'An authority asks.')",
        draft.id,
    )
    copy = await town.newest_draft("noah", Side.STUDENT)
    assert (await mo.posts(f"{copy.id}/undo")).status_code == 409
    assert await verdict_of(town, copy) == "approve"


async def test_who_has_read_the_source_has_read_the_copy(town: Town) -> None:
    draft = await town.hands_in("noah", PHONE)
    mo, mia = town.moderator("mo"), town.moderator("mia")
    await mia.gets(str(draft.id))
    await mia.posts(f"{draft.id}/later")
    await copies(mo, draft, "copy/approve", mark="9-21")
    copy = await town.newest_draft("noah", Side.STUDENT)
    await mo.is_worried(copy.id, "harm")
    named = await town.admin.fetch("SELECT external_id FROM case_reader JOIN staff ON staff.id = person")
    assert {row["external_id"] for row in named} == {"mo", "mia", "tess"}


# Parts of pages made black.


async def blackness(visitor: Visitor, path: str) -> tuple[int, int]:
    """Of the upper left and the lower right corner of a page."""
    page = Image.open(io.BytesIO((await visitor.gets(path)).content)).convert("L")
    corners = page.getpixel((5, 5)), page.getpixel((page.width - 5, page.height - 5))
    return tuple(int(one < 20) for one in corners)  # type: ignore[operator, return-value]


async def test_a_part_of_a_page_is_black_in_the_copy_that_is_seen_approved_and_sent(town: Town) -> None:
    original = await town.hands_in("noah", scan("white", "white"))
    mo = town.moderator("mo")
    assert "Page 2, line 1, part 1 of 6" in (await mo.posts("next")).text
    seen = (await copies(mo, original, cell="2-1-1")).text
    (first, second) = re.findall(r'src="[^"]+/(page/\d[^"]*)"', seen)
    assert await blackness(mo, f"{original.id}/{html.unescape(first)}") == (0, 0)
    assert await blackness(mo, f"{original.id}/{html.unescape(second)}") == (1, 0)
    await copies(mo, original, "copy/approve", cell="2-1-1")
    copy = await town.newest_draft("noah", Side.STUDENT)
    assert await verdict_of(town, copy) == "approve"
    assert await blackness(mo, f"{copy.id}/page/2") == (1, 0)
    assert await blackness(mo, f"{original.id}/page/2") == (0, 0), "the original stays"
    assert await released(town, "noah", original) is Held.NO_SUCH_DECISION
    assert isinstance(await released(town, "noah", copy), Delivery)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"cell": "3-1-1"}, "The letter has changed."),
        ({"cell": "everything"}, "Tick what is on the page"),
        ({"cell": "1-1-1", "leave_out": "Elm"}, "that are to be black."),
    ],
)
async def test_what_can_not_be_made_black_is_refused(
    town: Town, fields: dict[str, str], sentence: str
) -> None:
    draft = await town.hands_in("noah", scan("white"))
    mo = town.moderator("mo")
    for step in ("copy", "copy/approve"):
        refused = await copies(mo, draft, step, **fields)
        assert (refused.status_code, sentence in refused.text) == (422, True)
    assert await town.count_drafts("noah") == 1


async def test_all_parts_of_all_pages_of_the_longest_letter_can_be_black(town: Town) -> None:
    original = await town.hands_in("noah", scan(*["white"] * MAX_PAGES))
    mo = town.moderator("mo")
    every = [
        f"{number}-{line}-{column}"
        for number in range(1, MAX_PAGES + 1)
        for line in range(1, ROWS + 1)
        for column in range(1, COLUMNS + 1)
    ]
    for step in ("copy", "copy/approve"):
        done = await mo.posts(f"{original.id}/{step}", hash=original.hash.hex(), cell=every)
        assert done.status_code == 200
    copy = await town.newest_draft("noah", Side.STUDENT)
    assert await blackness(mo, f"{copy.id}/page/{MAX_PAGES}") == (1, 1)


async def test_what_was_ticked_is_ticked_when_the_copy_is_changed(town: Town) -> None:
    draft = await town.hands_in("noah", scan("white"))
    page = (await copies(town.moderator("mo"), draft, change="yes", cell="1-2-3")).text
    assert re.findall(r'value="(\d+-\d+-\d+)"[^>]* checked', page) == ["1-2-3"]


# In two languages.


async def test_a_letter_and_its_translation_are_one_draft_which_the_officer_sees_as_both(town: Town) -> None:
    original = await town.hands_in("ana", "Hola, me llamo Ana.", language="es")
    mia = town.moderator("mia")
    page = (await mia.posts("next")).text
    assert "Dana does not read Spanish." in page
    assert "Approve without a translation" in page
    english = {"text": "Hello, my name is Ana."}
    seen = await copies(mia, original, **english)
    assert seen.text.index("Hola, me llamo Ana.") < seen.text.index("In English</p>")
    assert seen.text.index("In English</p>") < seen.text.index("Hello, my name is Ana.</div>")
    await copies(mia, original, "copy/approve", **english)
    copy = await town.newest_draft("ana", Side.STUDENT)
    assert isinstance(await released(town, "ana", copy), Delivery)
    row = await town.admin.fetchrow(
        "SELECT hash = content_hash(stored, translation) AS of_both, hash = sha256(stored) AS of_one, translated_into"
        " FROM draft WHERE id = $1",
        copy.id,
    )
    assert row is not None
    assert tuple(row) == (True, False, "en")
    shown = await town.officer("dana").sees()
    assert shown.index("Hola, me llamo Ana.") < shown.index("Hello, my name is Ana.")
    assert (await town.admin.fetchval("SELECT count(*) FROM disclosure WHERE role = 'officer'")) == 1


@pytest.mark.parametrize("original", ["Dear Ana, tell nobody.", scan("white")], ids=["text", "pages"])
async def test_whoever_opens_or_decides_about_a_letter_in_two_languages_sees_both(
    town: Town, original: str | Letter
) -> None:
    await town.on(FIRST_ROUND)
    answer = await town.hands_in("ana", original, side=Side.OFFICER)
    mia = town.moderator("mia")
    await copies(mia, answer, "copy/approve", text="Querida Ana, no se lo digas a nadie.")
    copy = await town.newest_draft("ana", Side.OFFICER)
    await released(town, "ana", copy)
    opened = (await town.pairing_list("mo").gets(f"{town.pairings['ana']}/letter/{copy.id}")).text
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=copy.id, by=by, concern=Concern.CONDUCT)
    cora, case = town.reader("cora"), await town.case()
    assert "nadie" not in (await cora.gets(str(case))).text, "she has not read it yet"
    read = (await cora.posts(f"{case}/read")).text
    for page in (opened, read):
        assert "En español</p>" in page
        assert "Querida Ana, no se lo digas a nadie.</div>" in page
        assert ("tell nobody" in page) is ("Open the handwritten pages" not in page)


async def test_pages_are_translated_too(town: Town) -> None:
    original = await town.hands_in("ana", scan("white"), language="es")
    mia = town.moderator("mia")
    assert "or add a translation" in (await mia.posts("next")).text
    seen = await copies(mia, original, text="Hello, my name is Ana.")
    assert "Page 1 of 1, handwritten" in seen.text
    await copies(mia, original, "copy/approve", text="Hello, my name is Ana.")
    copy = await town.newest_draft("ana", Side.STUDENT)
    assert isinstance(await released(town, "ana", copy), Delivery)
    shown = await town.officer("dana").sees()
    assert "Open the handwritten pages" in shown
    assert "Hello, my name is Ana." in shown


async def test_an_officers_answer_is_put_into_the_childs_language_and_printed_with_it(town: Town) -> None:
    await save_addresses(town)
    await town.on(FIRST_ROUND)
    answer = await town.hands_in("ana", "Dear Ana, do you have a dog?", side=Side.OFFICER)
    mo, mia = town.moderator("mo"), town.moderator("mia")
    page = (await mo.gets(str(answer.id))).text
    assert "Ana does not read English." in page
    assert "Somebody who also reads Spanish can add a translation" in page
    ignored = await copies(mo, answer, text="No soy quien lo lee.")
    assert (ignored.status_code, "Nothing is left out yet." in ignored.text) == (422, True)
    await mo.posts(f"{answer.id}/later")
    await mia.posts("next")
    await copies(mia, answer, "copy/approve", text="Querida Ana: ¿tienes un perro?")
    copy = await town.newest_draft("ana", Side.OFFICER)
    assert isinstance(await released(town, "ana", copy), Delivery)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    printed = str(read_pdf((await town.teacher("tess").gets(f"pack/{NORTH}/1/5A")).content))
    assert printed.index("do you have a dog?") < printed.index("¿tienes un perro?")
    assert "¿tienes un perro?" in await town.guardian(ANAS).sees()


async def test_words_are_left_out_of_a_letter_that_is_translated(town: Town) -> None:
    original = await town.hands_in("ana", "Vivo en la calle Olmo.", language="es")
    mia = town.moderator("mia")
    wish = {"leave_out": "calle Olmo", "text": "I live in […]."}
    await copies(mia, original, "copy/approve", **wish)
    assert await town.written("ana", Side.STUDENT) == TypedLetter("Vivo en la […].")


async def test_what_is_erased_is_erased_with_its_translation(town: Town) -> None:
    original = await town.hands_in("ana", "Hola.", language="es")
    await copies(town.moderator("mia"), original, "copy/approve", text="Hello.")
    copy = await town.newest_draft("ana", Side.STUDENT)
    with pytest.raises(asyncpg.CheckViolationError):
        await town.admin.execute("UPDATE draft SET stored = NULL WHERE id = $1", copy.id)
    await town.admin.execute("UPDATE draft SET stored = NULL, translation = NULL WHERE id = $1", copy.id)


async def test_who_reads_one_language_decides_about_no_letter_in_two(town: Town) -> None:
    original = await town.hands_in("ana", "Hola.", language="es")
    mia = town.moderator("mia")
    await copies(mia, original, "copy/approve", text="Hello.")
    copy = await town.newest_draft("ana", Side.STUDENT)
    statement = (
        "INSERT INTO decision (program_id, school_id, agency_id, draft_id, hash, uploaded_by, verdict, decided_by)"
        " SELECT program_id, school_id, agency_id, id, hash, uploaded_by, 'approve', $2 FROM draft WHERE id = $1"
    )
    await town.admin.execute("ALTER TABLE decision DISABLE TRIGGER forget_copy")
    await town.admin.execute("DELETE FROM decision")
    with pytest.raises(asyncpg.CheckViolationError, match="in two languages"):
        await town.admin.execute(statement, copy.id, town.staff["mo"])
    await town.admin.execute(statement, copy.id, town.staff["mia"])


# In Spanish.


async def test_a_copy_is_seen_in_spanish_and_so_is_what_it_lacks(town: Town) -> None:
    original = await town.hands_in("ana", "Hola, me llamo Ana.", language="es")
    mia = await in_spanish(town.moderator("mia"))
    page = (await mia.posts("next")).text
    assert "Dana no lee español." in page
    refused = (await copies(mia, original, leave_out="Olmo")).text
    assert "“Olmo” no aparece en esta carta." in refused
    empty = (await copies(mia, original)).text
    assert (
        "Escriba las palabras que se deben tachar, o marque lo que está señalado, o escriba la traducción;"
        in empty
    )
    seen = (await copies(mia, original, text="Hello, dear Dana.")).text
    assert "Esta copia de la carta de Ana a Dana seguiría su camino" in seen
    for shown in (page, refused, empty, seen):
        assert '<html lang="es">' in shown
        assert english_left(shown) == []
