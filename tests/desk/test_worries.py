"""One step from a letter to a case, and what the pages say no more while it is open."""

from uuid import UUID

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.facts import cases
from tests.desk.test_reading import in_spanish
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, NORTH, SCOPE, SECOND_ROUND, Town, read_pdf


async def test_an_officer_is_worried_in_one_step_and_the_letter_is_gone_from_the_page(town: Town) -> None:
    draft = await town.delivers("noah", "I want to run away.")
    sam = town.officer("sam")
    assert "run away" in await sam.sees()
    said = await sam.is_worried(draft.id, "sad")
    assert "Thank you. Somebody looks at the letter, and it is not shown until then." in said.text
    assert "run away" not in said.text
    assert "held" not in said.text, "it has come to its reader before"
    assert "delayed" not in said.text
    row = await town.admin.fetchrow("SELECT kind, opened_by FROM case_file")
    assert row is not None
    assert (row["kind"], row["opened_by"]) == ("sad", town.officers["sam"])


async def test_a_letter_that_has_not_come_yet_is_held_and_delayed(town: Town) -> None:
    draft = await town.hands_in("noah", "I want to run away.")
    said = await town.teacher("tess").is_worried(draft.id, "sad")
    assert "Thank you. The letter is held, and somebody looks at it." in said.text
    page = await town.officer("sam").sees()
    assert "A letter from Noah is delayed. You need do nothing about it." in page
    assert "run away" not in page


async def test_of_two_letters_only_the_one_that_has_not_come_is_delayed(town: Town) -> None:
    old = await town.delivers("noah", "The first")
    await town.on(SECOND_ROUND)
    sam, tess = town.officer("sam"), town.teacher("tess")
    assert "is delayed" not in (await sam.is_worried(old.id, "unsure")).text
    new = await town.hands_in("noah", "The second", number=2)
    assert "The letter is held" in (await tess.is_worried(new.id, "harm")).text
    assert "A letter from Noah is delayed." in await sam.sees()


async def test_an_officer_s_letter_has_arrived_when_the_class_has_opened_its_pack(town: Town) -> None:
    await town.stocks("I write when a pal can't.")
    await town.on(FIRST_ROUND)
    own = await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.misses_with_stock("ana")
    stock: UUID = await town.admin.fetchval("SELECT id FROM draft WHERE written_for = 'stock'")
    office, by = town.parts.office, town.staff["cora"]

    async def has_arrived(draft: UUID, concern: Concern) -> bool:
        opened = await cases.worry(office, SCOPE, draft_id=draft, by=by, concern=concern)
        return opened.case.arrived

    for draft in (own.id, stock):
        assert not await has_arrived(draft, Concern.SAD)
    await town.opens(NORTH)
    for draft in (own.id, stock):
        assert await has_arrived(draft, Concern.UNSURE)


async def test_a_teacher_hears_of_the_own_duty_about_an_old_letter_too(town: Town) -> None:
    draft = await town.delivers("maya", "My uncle hits me.")
    said = await town.teacher("tess").is_worried(draft.id, "harm")
    assert "Somebody looks at the letter, and it is not shown until then. Your duty to report" in said.text


async def test_an_old_tab_may_still_say_more_of_a_letter_that_is_held(town: Town) -> None:
    childs = await town.delivers("noah", "My uncle hits me.")
    sam = town.officer("sam")
    await sam.is_worried(childs.id, "unsure")
    assert "Your duty to report is your own" in (await sam.is_worried(childs.id, "harm")).text
    assert (await town.officer("dana").is_worried(childs.id, "harm")).status_code == 404
    await town.on(FIRST_ROUND)
    officers = await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    tess = town.teacher("tess")
    await tess.is_worried(officers.id, "unsure")
    assert "Thank you." in (await tess.is_worried(officers.id, "sad")).text
    assert (await town.teacher("sol").is_worried(officers.id, "sad")).status_code == 404
    kinds = await town.admin.fetch("SELECT kind FROM case_file ORDER BY sequence")
    assert [row["kind"] for row in kinds] == ["unsure", "harm", "unsure", "sad"]


async def test_a_letter_that_the_page_does_not_show_opens_no_case(town: Town) -> None:
    theirs = await town.hands_in("noah", "Hello")
    souths = await town.delivers("leo", "Hello")
    for visitor, draft in (
        (town.officer("sam"), theirs),
        (town.officer("dana"), theirs),
        (town.teacher("tess"), souths),
    ):
        assert (await visitor.is_worried(draft.id, "harm")).status_code == 404
    assert (await town.teacher("tess").is_worried(theirs.id, "nothing")).status_code == 422
    assert await town.admin.fetchval("SELECT count(*) FROM case_file") == 0


async def test_the_page_of_an_officer_whose_conduct_is_looked_at_rests(town: Town) -> None:
    await town.on(FIRST_ROUND)
    draft = await town.hands_in("noah", "Call me at home.", side=Side.OFFICER)
    sam = town.officer("sam")
    await sam.sees()
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.CONDUCT)
    refused = await sam.http.get(sam.path)
    assert refused.status_code == 403
    assert "This page rests for now. The coordinator can tell you more." in refused.text


async def test_an_officers_own_letter_under_a_case_is_being_read_and_no_longer_shown(town: Town) -> None:
    await town.on(FIRST_ROUND)
    draft = await town.hands_in("noah", "I feel so lonely these days.", side=Side.OFFICER)
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.SAD)
    page = await town.officer("sam").sees()
    assert "Your letter has arrived and is being read." in page
    assert "lonely" not in page


async def test_a_teacher_is_worried_about_a_letter_of_the_pack_and_it_is_in_it_no_more(town: Town) -> None:
    await town.on(FIRST_ROUND)
    theirs = await town.delivers("maya", "Keep this between us.", side=Side.OFFICER)
    tess, before = town.teacher("tess"), f"/pack/{NORTH}/1/5A"
    assert (await tess.is_worried(theirs.id, "conduct")).status_code == 404, "the pack is still closed"
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    assert "For Maya Lopez, from Dana" in await tess.sees()
    assert "between us" in str(read_pdf((await tess.http.get(tess.path + before)).content))
    said = await tess.is_worried(theirs.id, "conduct")
    assert "Thank you. Somebody looks at the letter, and it is not shown until then." in said.text
    assert "For Maya Lopez, from Dana" not in said.text
    dana = town.officer("dana")
    assert (await dana.http.get(dana.path)).status_code == 403


async def test_whoever_worries_hears_of_the_duty_in_spanish(town: Town) -> None:
    draft = await town.hands_in("maya", "My uncle hits me.")
    mo = await in_spanish(town.moderator("mo"))
    said = (await mo.is_worried(draft.id, "harm")).text
    assert "La carta queda retenida. El deber de denunciar es suyo, personal e inmediato." in said
