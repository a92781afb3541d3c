"""A moderator's page: what waits for them, one letter after the other, and what they say about each."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from bluepals.domain.letters import Side, Verdict
from bluepals.facts import letters, reading_page
from bluepals.facts.reading_page import CLAIM_STAYS, PUT_OFF_STAYS, ReaderAtDesk
from bluepals.store.letters import DraftRecord, NotTaken
from tests.desk.spanish import english_left
from tests.desk.test_disclosures import seen
from tests.desk.town import FIRST_DUE, FIRST_OPENING, FIRST_ROUND, PROGRAM, SCOPE, Town, Visitor, scan
from tests.mailroom import set_clock

PHONE = "Call me: 314-555-0123!"


async def decides(visitor: Visitor, draft: DraftRecord, verdict: str, **fields: str) -> httpx.Response:
    return await visitor.posts(f"{draft.id}/{verdict}", hash=draft.hash.hex(), **fields)


async def at_desk(town: Town, name: str) -> ReaderAtDesk:
    return await reading_page.reader_at_desk(town.parts.office, await town.moderator(name).entered())


async def verdict_of(town: Town, draft: DraftRecord) -> str | None:
    found: str | None = await town.admin.fetchval(
        "SELECT verdict FROM decision WHERE draft_id = $1", draft.id
    )
    return found


def shown_draft(answer: httpx.Response) -> UUID:
    return UUID(answer.url.path.rpartition("/")[2])


async def test_the_most_worrying_come_first_and_then_the_oldest(town: Town) -> None:
    plain = await town.hands_in("maya", "I have a dog.")
    pages = await town.hands_in("zoe", scan("white"))
    marked = await town.hands_in("noah", PHONE)
    worrying = await town.hands_in("leo", "my unkle hits me")
    page = await town.moderator("mo").sees()
    assert "4 letters wait" in page
    places = [page.index(f"/reading/{one.id}") for one in (worrying, pages, marked, plain)]
    assert places == sorted(places)
    assert "please read first" in page
    assert "handwritten, not screened" in page
    assert "Class 5A, North School, round 1. Since Tuesday, September 1, 2026" in page


async def test_a_reader_gets_letters_in_the_languages_that_they_read(town: Town) -> None:
    spanish = await town.hands_in("ana", "Me llamo Ana.", language="es")
    mo, mia = town.moderator("mo"), town.moderator("mia")
    page = await mo.sees()
    assert "Nothing waits for you here." in page
    assert "1 letter in Spanish waits for somebody who reads it." in page
    assert (await mo.gets(str(spanish.id))).status_code == 404
    assert "Me llamo Ana." in (await mia.posts("next")).text
    assert await reading_page.next_letter(town.parts.office, await at_desk(town, "mo")) is None


async def test_fault_33_a_reader_gets_letters_of_their_own_schools_and_none_that_they_handed_in(
    town: Town,
) -> None:
    souths = await town.hands_in("leo", "Hello")
    mia = town.moderator("mia")
    assert "Nothing waits for you here." in await mia.sees()
    assert (await mia.gets(str(souths.id))).status_code == 404
    assert (await mia.gets(f"{souths.id}/page/1")).status_code == 404
    for verdict in ("approve", "return", "later", "undo"):
        assert (await decides(mia, souths, verdict, why="short")).status_code == 404
    assert (await mia.is_worried(souths.id, "sad")).status_code == 404
    await town.admin.execute("UPDATE staff SET email = 'mo@school.example' WHERE external_id = 'tess'")
    own = await town.hands_in("maya", "Hello")
    assert (await town.moderator("mo").gets(str(own.id))).status_code == 404, "one address is one person"


async def test_fault_33_a_reader_who_is_the_childs_officer_reads_and_decides_about_no_letter_to_themselves(
    town: Town,
) -> None:
    await town.admin.execute("UPDATE staff SET email = 'Dana@city.example' WHERE external_id = 'mo'")
    draft, others = await town.hands_in("maya", "Our secret?"), await town.hands_in("leo", "Hello")
    mo, theirs = town.moderator("mo"), f"{town.pairings['maya']}/letter/{draft.id}"
    assert str(others.id) in (page := await mo.sees())
    assert str(draft.id) not in page
    assert (await mo.gets(str(draft.id))).status_code == 404
    assert (await decides(mo, draft, "approve")).status_code == 404
    assert (await town.pairing_list("mo").gets(theirs)).status_code == 404
    office = town.parts.office
    with pytest.raises(NotTaken, match="Only a moderator"):
        await letters.show(office, SCOPE, draft.id, to=town.staff["mo"])
    with pytest.raises(NotTaken, match="Whoever a letter is to can't decide about it"):
        await letters.decide(
            office,
            SCOPE,
            draft_id=draft.id,
            draft_hash=draft.hash,
            verdict=Verdict.APPROVE,
            decided_by=town.staff["mo"],
        )
    assert str(draft.id) in await town.moderator("mia").sees()
    assert (await town.pairing_list("cora").gets(theirs)).status_code == 200


async def test_a_letter_is_shown_with_what_the_filter_marks_in_words_and_approved(town: Town) -> None:
    draft = await town.hands_in("noah", f"I <b>am</b> Noah. {PHONE}")
    mo = town.moderator("mo")
    page = (await mo.posts("next")).text
    assert "Noah’s letter to Sam" in page
    assert (
        "I &lt;b&gt;am&lt;/b&gt; Noah. Call me: "
        '<mark>314-555-0123<small lang="en"> phone number</small></mark>!' in page
    )
    done = await decides(mo, draft, "approve")
    assert "Approved: Noah’s letter to Sam." in done.text
    assert "Nothing waits for you here." in done.text
    assert await verdict_of(town, draft) == "approve"
    assert (await mo.gets(f"{draft.id}")).text.count("Approved by Ms. Mo.") == 1


async def test_what_is_to_be_read_first_is_approved_by_a_second_step_only(town: Town) -> None:
    worrying, plain = await town.hands_in("leo", "my unkle hits me"), await town.hands_in("noah", "Hello")
    mo = town.moderator("mo")
    question = "Approve it all the same?"
    page = (await mo.gets(str(worrying.id))).text
    assert question in page
    assert '<summary data-key="a"' in page
    assert '<button data-key="a"' not in page
    assert page.index("I’m worried about this letter") < page.index(question)
    of_plain = (await mo.gets(str(plain.id))).text
    assert question not in of_plain
    assert of_plain.index('<button data-key="a"') < of_plain.index("I’m worried about this letter")
    await decides(mo, worrying, "approve")
    assert await verdict_of(town, worrying) == "approve"


async def test_the_next_letter_comes_by_itself(town: Town) -> None:
    first, second = await town.hands_in("maya", "Hello"), await town.hands_in("noah", "Hi")
    mo = town.moderator("mo")
    assert shown_draft(await mo.posts("next")) == first.id
    done = await decides(mo, first, "approve")
    assert shown_draft(done) == second.id
    assert "Approved: Maya’s letter to Dana." in done.text


async def test_a_letter_goes_back_with_reasons_for_a_child_and_for_an_adult(town: Town) -> None:
    first, second = await town.hands_in("maya", PHONE), await town.hands_in("noah", "Hi")
    mo = town.moderator("mo")
    said = await decides(mo, first, "return")
    assert (said.status_code, "Choose why it goes back" in said.text) == (422, True)
    half = await decides(mo, first, "return", for_child="Please write about your dog.")
    assert (half.status_code, "are needed in both boxes" in half.text) == (422, True)
    await decides(mo, first, "return", why="contact")
    await decides(mo, second, "return", for_child="More, please!", for_adult="A bit thin.")
    rows = await town.admin.fetch("SELECT reason_for_child, reason_for_adult FROM decision ORDER BY sequence")
    assert rows[0]["reason_for_child"].startswith("Please leave out where you live")
    assert rows[0]["reason_for_adult"].startswith("It holds a way to reach the writer")
    assert tuple(rows[1]) == ("More, please!", "A bit thin.")


async def test_a_ticked_reason_and_own_words_go_back_together(town: Town) -> None:
    draft = await town.hands_in("maya", PHONE)
    await decides(
        town.moderator("mo"), draft, "return", why="contact", for_child="Tell of Rex!", for_adult=""
    )
    row = await town.admin.fetchrow("SELECT reason_for_child, reason_for_adult FROM decision")
    assert row is not None
    assert row["reason_for_child"] == (
        "Please leave out where you live, phone numbers, and names on apps or games. Tell of Rex!"
    )
    assert row["reason_for_adult"].endswith("an address, a number, an account or a link.")


async def test_a_child_gets_the_usual_reasons_in_the_language_of_the_letter(town: Town) -> None:
    draft = await town.hands_in("ana", "Me llamo Ana.", language="es")
    mia = town.moderator("mia")
    page = (await mia.gets(str(draft.id))).text
    assert '<span lang="es">Por favor, no escribas dónde vives' in page
    assert "It holds a way to reach the writer" in page
    await decides(mia, draft, "return", why="short")
    row = await town.admin.fetchrow("SELECT reason_for_child, reason_for_adult FROM decision")
    assert row is not None
    assert row["reason_for_child"].startswith("A tu amigo o amiga por carta")
    assert row["reason_for_adult"].startswith("It is very short.")


async def test_reasons_that_are_refused_stay_in_their_boxes(town: Town) -> None:
    draft = await town.hands_in("maya", PHONE)
    mo = town.moderator("mo")
    assert '<details>\n<summary data-key="b"' in (await mo.gets(str(draft.id))).text
    refused = (await decides(mo, draft, "return", for_child="Please write about <b>Rex</b>.")).text
    assert '<details open>\n<summary data-key="b"' in refused
    assert 'name="for-child" value="Please write about &lt;b&gt;Rex&lt;/b&gt;."' in refused


async def test_own_words_that_are_longer_than_their_box_are_refused_and_stay_in_it(town: Town) -> None:
    draft = await town.hands_in("maya", PHONE)
    mo = town.moderator("mo")
    longer = "Rex! " * 100 + "?"
    refused = await decides(mo, draft, "return", why="contact", for_child="Tell of Rex!", for_adult=longer)
    assert refused.status_code == 422
    assert "Your own words have 501 characters, and 500 in a box is the most. Shorten them." in refused.text
    assert f'name="for-adult" value="{longer}"' in refused.text
    assert await town.admin.fetchval("SELECT count(*) FROM decision") == 0
    await decides(mo, draft, "return", why="contact", for_child="Tell of Rex!", for_adult=longer[:500])
    assert await town.admin.fetchval("SELECT count(*) FROM decision") == 1


async def test_pages_are_shown_as_pictures(town: Town) -> None:
    draft = await town.hands_in("zoe", scan("white", "blue"))
    mo = town.moderator("mo")
    page = (await mo.gets(str(draft.id))).text
    assert 'alt="Page 2 of 2 of Zoe’s letter to Kim, handwritten"' in page
    picture = await mo.gets(f"{draft.id}/page/2")
    assert (picture.headers["content-type"], picture.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert (await mo.gets(f"{draft.id}/page/3")).status_code == 404
    assert (await town.teacher("tess").http.get(f"{mo.path}/{draft.id}/page/1")).status_code == 403


async def test_earlier_letters_of_the_pair_stand_beside_it_and_none_that_a_case_holds(town: Town) -> None:
    await town.delivers("noah", "My dog is Biscuit.")
    await town.on(FIRST_ROUND)
    await town.delivers("noah", "Mine is Rex.", side=Side.OFFICER)
    await town.on(FIRST_DUE)
    held = await town.delivers("maya", "Not of this pair.")
    draft = await town.hands_in("noah", "How old is Rex?", number=2)
    mo = town.moderator("mo")
    page = (await mo.gets(str(draft.id))).text
    assert page.index("How old is Rex?") < page.index("Mine is Rex.") < page.index("My dog is Biscuit.")
    assert "Not of this pair." not in page
    earlier = await town.newest_draft("noah", Side.OFFICER)
    await mo.is_worried(earlier.id, "unsure")
    assert "Mine is Rex." not in (await mo.gets(str(draft.id))).text
    assert held.id != draft.id


async def test_each_view_from_outside_the_school_is_on_record(town: Town) -> None:
    await town.delivers("noah", "My dog is Biscuit.")
    draft = await town.hands_in("noah", "How old is Rex?", number=2)
    mia = town.moderator("mia")
    await mia.gets(str(draft.id))
    assert await seen(town) == [], "she is of the school"
    await mia.posts(f"{draft.id}/later")
    await town.moderator("mo").gets(str(draft.id))
    assert await seen(town) == [("noah", "mo", "moderator")] * 2
    read = await town.admin.fetchval("SELECT count(*) FROM letter_read WHERE reader = $1", town.staff["mo"])
    assert read == 2, "who has read what a case is about has a duty"


# Two readers at once.


async def test_two_readers_who_ask_at_once_get_two_letters(town: Town) -> None:
    drafts = {(await town.hands_in(child, "Hello")).id for child in ("maya", "noah")}
    readers = [await at_desk(town, name) for name in ("mo", "mia", "cora")]
    got = await asyncio.gather(*(reading_page.next_letter(town.parts.office, one) for one in readers))
    assert {one for one in got if one} == drafts
    assert len([one for one in got if one]) == 2, "the third gets none"


async def test_who_asks_again_gets_the_letter_that_they_have_open(town: Town) -> None:
    first, second = await town.hands_in("maya", "Hello"), await town.hands_in("noah", "Hi")
    mo, mia = await at_desk(town, "mo"), await at_desk(town, "mia")
    asked = [await reading_page.next_letter(town.parts.office, one) for one in (mo, mo, mia, mo)]
    assert asked == [first.id, first.id, second.id, first.id]


async def test_a_letter_that_somebody_has_open_is_nobody_elses_for_half_an_hour(town: Town) -> None:
    draft = await town.hands_in("maya", "Hello")
    await town.moderator("mia").posts("next")
    mo = town.moderator("mo")
    assert "Ms. Mia reads it" in await mo.sees()
    page = (await mo.gets(str(draft.id))).text
    assert "Ms. Mia reads this letter now." in page
    assert "Approve" not in page
    town.now += CLAIM_STAYS + timedelta(seconds=1)
    await set_clock(town.admin, town.now)
    assert shown_draft(await mo.posts("next")) == draft.id


async def test_a_letter_that_is_put_off_is_anybodys_again(town: Town) -> None:
    first, second = await town.hands_in("maya", "Hello"), await town.hands_in("noah", "Hi")
    mo = town.moderator("mo")
    await mo.posts("next")
    assert shown_draft(await mo.posts(f"{first.id}/later")) == second.id
    assert shown_draft(await town.moderator("mia").posts("next")) == first.id


async def test_what_a_reader_has_put_off_comes_when_nothing_else_waits_for_them(town: Town) -> None:
    worrying = await town.hands_in("leo", "my unkle hits me")
    drafts = [await town.hands_in(child, "Hello") for child in ("maya", "noah", "zoe")]
    mo = town.moderator("mo")
    await mo.posts("next")
    assert shown_draft(await mo.posts(f"{worrying.id}/later")) == drafts[0].id
    assert shown_draft(await decides(mo, drafts[0], "approve")) == drafts[1].id
    assert shown_draft(await decides(mo, drafts[1], "approve")) == drafts[2].id
    assert shown_draft(await decides(mo, drafts[2], "approve")) == worrying.id, "nothing else waits"
    last = await mo.posts(f"{worrying.id}/later")
    assert last.url.path == mo.path, "it is not shown again to who has just put it off"
    assert shown_draft(await town.moderator("cora").posts("next")) == worrying.id, "it is a colleague's first"


async def test_a_letter_that_was_put_off_is_first_again_after_a_while(town: Town) -> None:
    worrying, _ = await town.hands_in("leo", "my unkle hits me"), await town.hands_in("maya", "Hello")
    mo = town.moderator("mo")
    await mo.posts(f"{worrying.id}/later")
    town.now += PUT_OFF_STAYS + timedelta(seconds=1)
    await set_clock(town.admin, town.now)
    assert shown_draft(await mo.posts("next")) == worrying.id


# What has changed meanwhile.


async def test_fault_16_a_decision_on_a_page_that_has_gone_stale_shows_the_newer_draft(town: Town) -> None:
    old = await town.hands_in("maya", "Hello")
    mo = town.moderator("mo")
    key = await mo.form_key()
    await mo.gets(str(old.id))
    new = await town.hands_in("maya", "Hello, with more words.")
    for verdict in ("approve", "return"):
        refused = await decides(mo, old, verdict, key=key, why="short")
        assert refused.status_code == 409
        assert "A newer draft has come in since this one was read." in refused.text
        assert "Hello, with more words." in refused.text
    assert await verdict_of(town, old) is None
    assert "Read the newest" in (await mo.gets(str(old.id))).text
    await decides(mo, new, "approve")
    assert await verdict_of(town, new) == "approve"


async def test_fault_16_what_somebody_else_has_decided_meanwhile_is_said(town: Town) -> None:
    draft = await town.hands_in("maya", "Hello")
    mo = town.moderator("mo")
    key = await mo.form_key()
    await mo.gets(str(draft.id))
    await town.decides(draft, Verdict.RETURN)
    refused = await decides(mo, draft, "approve", key=key)
    said = "This letter has been sent back to be changed already, by Ms. Mo. The first decision stands."
    assert (refused.status_code, said in refused.text) == (409, True)
    assert "Sent back by Ms. Mo." in refused.text


async def test_words_typed_about_a_letter_that_is_decided_by_then_are_given_back(town: Town) -> None:
    draft = await town.hands_in("maya", "Hello")
    mo = town.moderator("mo")
    key = await mo.form_key()
    await mo.gets(str(draft.id))
    await town.decides(draft, Verdict.APPROVE)
    words = {"for-child": "Tell <more> about your cat.", "for-adult": "Three words only."}
    refused = await decides(mo, draft, "return", key=key, **words)
    assert refused.status_code == 409
    assert "Tell &lt;more&gt; about your cat." in refused.text
    assert "Three words only." in refused.text


async def test_the_same_button_twice_decides_once(town: Town) -> None:
    draft = await town.hands_in("maya", "Hello")
    mo = town.moderator("mo")
    for _ in range(2):
        assert (await decides(mo, draft, "approve")).status_code == 200
    assert await town.admin.fetchval("SELECT count(*) FROM decision") == 1


async def test_a_worry_opens_a_case_and_the_letter_waits_no_more(town: Town) -> None:
    draft = await town.hands_in("maya", "I feel so lonely.")
    mo = town.moderator("mo")
    await mo.gets(str(draft.id))
    said = await mo.is_worried(draft.id, "sad")
    assert "Thank you. The letter is held, and somebody looks at it." in said.text
    assert "Nothing waits for you here." in said.text
    page = await mo.gets(str(draft.id))
    assert "This letter is held, and a case decides about it." in page.text
    assert "lonely" not in page.text
    assert (await decides(mo, draft, "approve", key=await mo.form_key())).status_code == 409


async def test_a_coordinator_reads_too_and_nobody_else(town: Town) -> None:
    draft = await town.hands_in("maya", "Hello")
    assert "Maya’s letter to Dana" in await town.moderator("cora").sees()
    for name in ("tess", "sam", "coco", "lia"):
        assert (await town.moderator(name).gets(str(draft.id))).status_code == 403


@pytest.mark.parametrize("field", ["", "zz"])
async def test_a_form_that_names_no_draft_is_refused(town: Town, field: str) -> None:
    draft = await town.hands_in("maya", "Hello")
    mo = town.moderator("mo")
    refused = await mo.posts(f"{draft.id}/approve", hash=field)
    assert refused.status_code in {409, 422}
    assert await verdict_of(town, draft) is None


# A second thought.


async def test_a_decision_is_taken_back_and_the_letter_waits_again(town: Town) -> None:
    draft = await town.hands_in("noah", "Hello")
    mo = town.moderator("mo")
    await mo.posts("next")
    done = await decides(mo, draft, "approve")
    assert f'action="/stl/reading/{draft.id}/undo"' in done.text
    undone = await mo.posts(f"{draft.id}/undo")
    assert shown_draft(undone) == draft.id
    assert "Taken back: the letter waits again, and nobody has been told of it." in undone.text
    await decides(mo, draft, "return", why="short")
    assert await verdict_of(town, draft) == "return"


async def test_what_is_taken_back_twice_waits_all_the_same(town: Town) -> None:
    draft = await town.hands_in("noah", "Hello")
    mo = town.moderator("mo")
    await decides(mo, draft, "approve")
    for _ in range(2):
        assert shown_draft(await mo.posts(f"{draft.id}/undo")) == draft.id
    assert await verdict_of(town, draft) is None


async def test_after_a_few_minutes_it_stands_and_a_sentence_says_what_helps(town: Town) -> None:
    draft = await town.hands_in("noah", "Hello")
    mo = town.moderator("mo")
    await decides(mo, draft, "approve")
    minutes = timedelta(minutes=PROGRAM.policy.undo_minutes)
    await set_clock(town.admin, town.now + minutes)
    assert "/undo" not in (await mo.gets(str(draft.id))).text
    refused = await mo.posts(f"{draft.id}/undo")
    assert (refused.status_code, "It is too late to take this back" in refused.text) == (409, True)
    assert await verdict_of(town, draft) == "approve"


async def test_nobody_takes_back_what_another_has_decided(town: Town) -> None:
    draft = await town.hands_in("noah", "Hello")
    await decides(town.moderator("mia"), draft, "approve")
    mo = town.moderator("mo")
    assert "/undo" not in (await mo.gets(str(draft.id))).text
    assert (await mo.posts(f"{draft.id}/undo")).status_code == 409
    assert await verdict_of(town, draft) == "approve"


async def test_a_letter_that_would_miss_its_pack_meanwhile_is_told_at_once(town: Town) -> None:
    await town.on(FIRST_OPENING - timedelta(days=1), hour=16)
    draft = await town.hands_in("noah", "Dear Noah", side=Side.OFFICER)
    town.now += timedelta(minutes=55)
    await set_clock(town.admin, town.now)
    mo = town.moderator("mo")
    await decides(mo, draft, "approve")
    assert (
        await town.admin.fetchval("SELECT next_attempt_at FROM tell WHERE fact = 'letter_decided'")
        == town.now
    )
    assert (await mo.posts(f"{draft.id}/undo")).status_code == 409


async def test_what_a_legal_hold_keeps_is_not_taken_back(town: Town) -> None:
    draft = await town.hands_in("noah", "Hello")
    mo = town.moderator("mo")
    await decides(mo, draft, "approve")
    await town.admin.execute(
        "INSERT INTO legal_hold (program_id, key, draft_id, reason) VALUES ('stl', '1', $1, 'An authority asks.')",
        draft.id,
    )
    refused = await mo.posts(f"{draft.id}/undo")
    assert (refused.status_code, "under a legal hold" in refused.text) == (409, True)


# In Spanish.


async def in_spanish(visitor: Visitor) -> Visitor:
    """All their pages from here on."""
    visitor.http.headers["accept-language"] = "es-US,es;q=0.9,en;q=0.8"
    await visitor.sees()
    return visitor


async def test_the_queue_and_a_letter_are_in_spanish(town: Town) -> None:
    spanish = await town.hands_in("ana", "Hola. Llama al 314-555-0123.", language="es")
    for child in ("maya", "zoe"):
        await town.hands_in(child, scan("white"))
    mia = await in_spanish(town.moderator("mia"))
    queue, page = await mia.sees(), (await mia.gets(str(spanish.id))).text
    assert f'href="/stl/reading/{spanish.id}">La carta de Ana a Dana</a>' in queue
    assert "3 cartas esperan" in queue
    assert "Con unas frases más será una carta que se espera con ganas." in page
    for shown in (queue, page):
        assert '<html lang="es">' in shown
        assert english_left(shown) == []


async def test_a_letter_is_in_its_own_language_whatever_the_page_speaks(town: Town) -> None:
    await town.delivers("noah", "Mi perro se llama Rex.", language="es")
    await town.on(FIRST_ROUND)
    draft = await town.hands_in("noah", PHONE, number=2)
    page = (await (await in_spanish(town.moderator("mia"))).gets(str(draft.id))).text
    assert '<div class="written" lang="en" dir="auto">Call me: <mark>' in page
    assert '<small lang="es"> número de teléfono</small>' in page
    assert '<div class="written" lang="es" dir="auto">Mi perro' in page
    assert '<span lang="en">Please leave out where you live' in page


async def test_a_decision_and_what_is_refused_are_said_in_spanish(town: Town) -> None:
    draft = await town.hands_in("noah", PHONE)
    mo = await in_spanish(town.moderator("mo"))
    key = await mo.form_key()
    longer = await decides(mo, draft, "return", key=key, for_child="?" * 501)
    assert "Sus propias palabras tienen 501 caracteres, y el máximo por cuadro es 500." in longer.text
    assert "No se ha hecho: La carta de Noah a Sam · Blue Pals" in longer.text
    done = await decides(mo, draft, "approve", key=key)
    assert "Aprobada: la carta de Noah a Sam." in done.text
    other = await in_spanish(town.moderator("mia"))
    refused = await decides(other, draft, "approve", key=await other.form_key())
    assert "Ms. Mo ya aprobó esta carta. Vale la primera decisión." in refused.text


async def test_an_officer_reads_a_usual_reason_in_spanish_and_a_reader_s_own_words_as_they_are(
    town: Town,
) -> None:
    await town.on(FIRST_ROUND)
    draft = await town.hands_in("noah", "Hi.", side=Side.OFFICER)
    mo = await in_spanish(town.moderator("mo"))
    own = {"for_child": "More!", "for_adult": "Tell of Rex!"}
    await decides(mo, draft, "return", why="short", **own)
    sam = await in_spanish(town.officer("sam"))
    assert "Con unas frases más será una carta que se espera con ganas. Tell of Rex!" in await sam.sees()
