"""A copy of a letter: words left out or a translation added, seen before it is approved; the original stays where it is."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)


import httpx
import pytest

from bluepals.domain.letters import Side, TypedLetter
from bluepals.facts import letters
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.letters import DraftRecord
from tests.desk.test_reading import decides, verdict_of
from tests.desk.town import SCOPE, Town, Visitor

PHONE = "Call me: 314-555-0123!\nI live with Aunt Rosa in Elm Street."


async def copies(
    visitor: Visitor, draft: DraftRecord, step: str = "copy", **fields: object
) -> httpx.Response:
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
        ({}, "Say what is to be left out"),
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
