"""The teacher's page: whose letters are there, handing in, and what the class opens."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import ScannedLetter, Side, TypedLetter, Verdict
from bluepals.domain.matching import Pair
from bluepals.domain.sentences import Sentence
from bluepals.facts import cases, closing, declining, leaving, moves, pauses, replacements, visits
from bluepals.facts import matching as facts_of_matching
from bluepals.facts.closing import Word
from bluepals.paper.pages import page_pictures
from bluepals.store import matching
from bluepals.store.pauses import Target, What
from tests.desk.spanish import english_left
from tests.desk.town import (
    FIRST_OPENING,
    FIRST_ROUND,
    NORTH,
    PROGRAM,
    SCOPE,
    SECOND_OPENING,
    SECOND_ROUND,
    SOUTH,
    Town,
    Visitor,
    photo,
    read_pdf,
    scan,
)

ONE_DAY = timedelta(days=1)


def state_of(page: str, child: str) -> str:
    """What the pill beside a child's name says."""
    after = page.split(f'<span class="name">{child}')[1].split('class="pill ')[1]
    return after.split(">")[1].split("<")[0]


async def test_a_teacher_sees_the_own_class_in_roster_order_with_each_pal(town: Town) -> None:
    page = await town.teacher("tess").sees()
    places = [page.index(name) for name in ("Maya Lopez", "Ana Ortiz", "Noah Smith", "Uma Yang")]
    assert places == sorted(places)
    assert "writes to Dana" in page
    assert not {"Zoe", "Leo"} & set(page.split())


async def test_a_teacher_without_a_class_in_the_roster_has_all_of_the_school(town: Town) -> None:
    page = await town.teacher("sol").sees()
    assert "Leo Park" in page
    assert "Maya Lopez" not in page


async def test_the_page_says_how_many_letters_are_to_come_and_by_when(town: Town) -> None:
    page = await town.teacher("tess").sees()
    assert "Due by <strong>Friday, September 18, 2026, 5:00 PM CDT</strong>" in page
    assert "3 still to come" in page
    await town.hands_in("maya", "Hello")
    assert "2 still to come" in await town.teacher("tess").sees()


async def test_a_child_that_joins_after_the_last_round_is_promised_none(town: Town) -> None:
    joins = "UPDATE pairing SET first_round = $2 WHERE id = $1"
    await town.admin.execute(joins, town.pairings["maya"], 2)
    assert state_of(await town.teacher("tess").sees(), "Maya Lopez") == "begins later, round 2"
    await town.admin.execute(joins, town.pairings["maya"], 3)
    page = await town.teacher("tess").sees()
    assert state_of(page, "Maya Lopez") == "no round left this year"
    assert "2 still to come" in page


async def test_each_state_of_a_childs_letter_is_shown(town: Town) -> None:
    tess = town.teacher("tess")
    page = await tess.sees()
    assert state_of(page, "Maya Lopez") == "waiting for the letter"
    assert state_of(page, "Uma Yang") == "no pal yet"
    await town.hands_in("maya", "Hello")
    await town.decides(await town.hands_in("ana", "Hola"))
    await town.decides(await town.hands_in("noah", "My street is Oak Street."), Verdict.RETURN)
    page = await tess.sees()
    assert state_of(page, "Maya Lopez") == "being read"
    assert state_of(page, "Ana Ortiz") == "approved"
    assert state_of(page, "Noah Smith") == "returned"
    assert "It came back. In words for the child: “" in page
    await town.decides(await town.newest_draft("maya", Side.STUDENT), Verdict.REFER)
    assert state_of(await tess.sees(), "Maya Lopez") == "being read", "of an open case the page says nothing"


async def test_when_all_are_in_the_page_says_thanks(town: Town) -> None:
    for child in ("maya", "ana", "noah"):
        await town.hands_in(child, "Hello")
    assert "Every letter is here. Thank you!" in await town.teacher("tess").sees()


def plan_of(page: str, child: str) -> str:
    """What is said below a child's name of what comes next; empty: nothing."""
    own = page.split(f'<span class="name">{child}')[1].split("</li>", maxsplit=1)[0]
    return " ".join(own.partition('<p class="hint">')[2].partition("</p>")[0].split())


async def proposes(town: Town, child: str, officer: str) -> None:
    async with town.parts.database.transaction(SCOPE) as connection:
        await matching.save_proposal(
            connection, PROGRAM.id, 2, [Pair(child, officer, Sentence("a test"))], []
        )


async def approves(town: Town) -> UUID:
    """The pairing that comes of what is proposed."""
    await facts_of_matching.approve(town.parts.office, SCOPE, [], town.staff["cora"])
    begun: UUID = await town.admin.fetchval("SELECT id FROM pairing WHERE introduced_at IS NULL")
    return begun


async def test_a_child_whose_form_is_missing_is_told_from_one_that_waits(town: Town) -> None:
    await town.admin.execute("UPDATE student SET consent_on = NULL WHERE external_id = 'uma'")
    await proposes(town, "uma", "rita")
    page = await town.teacher("tess").sees()
    assert state_of(page, "Uma Yang") == "no consent yet"
    assert plan_of(page, "Uma Yang").endswith("form is missing: ask for it, and give it to the coordinator.")
    assert plan_of(page, "Maya Lopez") == "", "who has a pal has no plan"
    assert "3 still to come" in page


async def test_what_is_planned_for_a_child_without_a_pal_is_shown_and_not_with_whom(town: Town) -> None:
    tess = town.teacher("tess")

    async def shown() -> str:
        page = await tess.sees()
        assert state_of(page, "Uma Yang") == "no pal yet"
        assert "Rita" not in page
        return plan_of(page, "Uma Yang")

    assert await shown() == "No officer is free: the child is paired first when one comes."
    await proposes(town, "uma", "rita")
    assert (await shown()).startswith("An officer is proposed, and waits for the coordinator")
    pairing = await approves(town)
    assert await shown() == "The two are introduced soon, unless one says no."
    until = town.now + timedelta(days=7)
    await town.admin.execute("UPDATE pairing SET declining_until = $2 WHERE id = $1", pairing, until)
    assert await shown() == "The two are introduced by Tuesday, September 8, 2026, unless one says no."
    await town.on(until.date() + ONE_DAY)
    assert await shown() == "The two are introduced soon, unless one says no.", "something holds them back"
    await declining.decline(town.parts.office, SCOPE, pairing, by=town.staff["coco"])
    assert await shown() == "The coordinator looks for an officer.", "nobody is told that one said no"


async def test_who_came_after_the_newest_look_for_officers_is_not_said_to_have_found_none(town: Town) -> None:
    await town.admin.execute("UPDATE student SET waiting_since = '2026-09-02' WHERE external_id = 'uma'")
    assert plan_of(await town.teacher("tess").sees(), "Uma Yang") == "The coordinator looks for an officer."


async def test_a_child_that_gets_a_new_pal_is_told_when_at_the_latest(town: Town) -> None:
    await leaving.stop(town.parts.office, SCOPE, town.officers["dana"], by=town.staff["cora"])
    for row in await town.admin.fetch("SELECT id FROM replacement"):
        await replacements.look_after(town.parts.office, SCOPE, row["id"])
    tess = town.teacher("tess")
    page = await tess.sees()
    assert [state_of(page, child) for child in ("Maya Lopez", "Ana Ortiz")] == ["gets a new pal"] * 2
    plans = {child: plan_of(page, child).split(" ")[3] for child in ("Maya Lopez", "Ana Ortiz")}
    assert sorted(plans.values()) == ["free:", "proposed,"], "Rita has one place"
    (child,) = (child for child, word in plans.items() if word == "proposed,")
    proposed = await town.admin.fetchval("SELECT id FROM replacement WHERE reserve_id IS NOT NULL")
    await replacements.approve(town.parts.office, SCOPE, proposed, by=town.staff["cora"])
    page = await tess.sees()
    assert plan_of(page, child) == (
        "An officer is found: the two are introduced by Tuesday, September 15, 2026, unless one says no."
    )
    assert "Rita" not in page


async def test_a_class_without_pals_is_not_thanked(town: Town) -> None:
    await town.admin.execute("UPDATE student SET class_name = '5Z' WHERE external_id = 'uma'")
    await town.admin.execute("UPDATE staff_role SET class_name = '5Z' WHERE class_name = '5A'")
    for state, consent in (("no pal yet", date(2026, 8, 1)), ("no consent yet", None)):
        await town.admin.execute("UPDATE student SET consent_on = $1 WHERE external_id = 'uma'", consent)
        page = await town.teacher("tess").sees()
        assert state_of(page, "Uma Yang") == state
        assert "Nobody in this class has a pal to write to yet." in page
        assert "Thank you" not in page


async def test_a_class_whose_year_is_over_is_thanked_and_asked_for_nothing(town: Town) -> None:
    await town.admin.execute("UPDATE pairing SET ended_at = now(), end_reason = 'year closed'")
    await town.admin.execute("UPDATE student SET consent_on = NULL WHERE external_id = 'uma'")
    page = await town.teacher("tess").sees()
    assert "All letters of this year have been written. Thank you!" in page
    assert "Nobody" not in page


async def test_a_typed_letter_is_handed_in_for_a_child(town: Town) -> None:
    page = await town.teacher("tess").sends(town.pairings["maya"], "Dear Dana", round="1")
    assert page.status_code == 200
    assert "The letter has arrived." in page.text
    assert state_of(page.text, "Maya Lopez") == "being read"
    assert await town.written("maya", Side.STUDENT) == TypedLetter("Dear Dana")
    assert await town.admin.fetchval("SELECT uploaded_by FROM draft") == town.staff["tess"]


async def test_a_pdf_is_handed_in_for_a_child(town: Town) -> None:
    page = await town.teacher("tess").sends(
        town.pairings["maya"], pages=[("m.pdf", scan("white", "red").pdf)]
    )
    assert "The letter has arrived." in page.text
    letter = await town.written("maya", Side.STUDENT)
    assert isinstance(letter, ScannedLetter)
    assert len(page_pictures(letter.pdf)) == 2


async def test_photos_are_handed_in_for_a_child_in_their_order(town: Town) -> None:
    tall, wide = photo(size=(300, 400)), photo(size=(400, 300))
    await town.teacher("tess").sends(town.pairings["maya"], pages=[("1.jpg", tall), ("2.jpg", wide)])
    letter = await town.written("maya", Side.STUDENT)
    assert isinstance(letter, ScannedLetter)
    assert len(page_pictures(letter.pdf)) == 2


async def test_after_one_letter_the_next_child_on_the_stack_is_open(town: Town) -> None:
    page = await town.teacher("tess").sends(town.pairings["maya"], "Dear Dana")
    (opened,) = (part for part in page.text.split("<li")[1:] if "<details open>" in part)
    assert "Ana Ortiz" in opened


async def test_a_letter_sent_twice_is_one_draft(town: Town) -> None:
    tess = town.teacher("tess")
    for _ in range(2):
        assert (await tess.sends(town.pairings["maya"], "Dear Dana", round="1")).status_code == 200
    assert await town.count_drafts("maya") == 1


async def test_an_old_page_replaces_no_letter_that_it_has_not_shown_and_gives_back_what_was_typed(
    town: Town,
) -> None:
    tess, maya = town.teacher("tess"), town.pairings["maya"]
    old_page = await tess.letter_form(maya)
    await tess.sends(maya, "The whole letter")
    refused = await tess.sends(maya, "Half a", showed=old_page)
    assert refused.status_code == 409
    assert "A newer letter has come in since you opened this page" in refused.text
    assert "Half a</textarea>" in refused.text
    pages = await tess.sends(maya, pages=[("m.jpg", photo())], showed=old_page)
    assert (pages.status_code, "choose your pages again" in pages.text) == (409, True)
    assert await town.written("maya", Side.STUDENT) == TypedLetter("The whole letter")
    assert (await tess.sends(maya, "Half a")).status_code == 200, "now the page has shown the newer one"
    assert await town.written("maya", Side.STUDENT) == TypedLetter("Half a")


async def test_a_returned_letter_shows_the_reason_for_the_child_and_takes_a_new_draft(town: Town) -> None:
    await town.decides(await town.hands_in("noah", "My street is Oak Street."), Verdict.RETURN)
    tess = town.teacher("tess")
    page = await tess.sees()
    assert "Please leave out your street &lt;b&gt;name&lt;/b&gt;." in page
    assert "Please hand it in again by Tuesday, September 8, 2026" in page
    page = (await tess.sends(town.pairings["noah"], "I live near a park.")).text
    assert state_of(page, "Noah Smith") == "being read"
    assert await town.count_drafts("noah") == 2


async def test_a_returned_letter_sent_unchanged_is_refused(town: Town) -> None:
    await town.decides(await town.hands_in("noah", "My street is Oak Street."), Verdict.RETURN)
    page = await town.teacher("tess").sends(town.pairings["noah"], "My street is Oak Street.")
    assert page.status_code == 409
    assert "Change it, and send it again." in page.text


async def test_an_approved_letter_cannot_be_changed(town: Town) -> None:
    await town.decides(await town.hands_in("noah", "Hello"))
    page = await town.teacher("tess").sends(town.pairings["noah"], "Other words")
    assert page.status_code == 409
    assert "has been approved" in page.text
    assert "Other words</textarea>" in page.text


async def test_a_late_letter_is_taken(town: Town) -> None:
    await town.on(FIRST_ROUND)
    tess = town.teacher("tess")
    assert "late ones are taken too" in await tess.sees()
    assert (await tess.sends(town.pairings["maya"], "Sorry")).status_code == 200


async def test_a_stack_that_was_begun_before_opening_day_goes_to_the_round_it_showed(town: Town) -> None:
    await town.on(FIRST_OPENING)
    await town.teacher("tess").sends(town.pairings["maya"], "Sorry", round="1")
    assert (await town.newest_draft("maya", Side.STUDENT, number=1)).number == 1


async def test_the_pack_is_there_from_opening_day_on_and_not_before(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    tess = town.teacher("tess")
    assert "Download the pack" not in await tess.sees()
    assert (await tess.gets(f"pack/{NORTH}/1/5A")).status_code == 404
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    assert "Download the pack" in await tess.sees()
    pack = await tess.gets(f"pack/{NORTH}/1/5A")
    assert pack.headers["content-disposition"] == 'attachment; filename="letters-5A-1.pdf"'
    assert pack.content.startswith(b"%PDF")


def days_to_choose(page: str) -> list[str]:
    """What the forms say that ask for another opening day."""
    return re.findall(r'type="date" name="on" value="([^"]+)"', page)


async def test_a_class_opens_its_letters_on_another_day(town: Town) -> None:
    tess = town.teacher("tess")
    page = await tess.sees()
    assert "Opening day is Tuesday, October 13, 2026." in page
    assert days_to_choose(page) == ["2026-10-13"]
    moved = await tess.posts(f"opening/{NORTH}/1/5A", on="2026-10-15")
    assert moved.status_code == 200
    assert "Class 5A opens the letters of round 1 on Thursday, October 15, 2026." in moved.text
    assert "Opening day of this class is Thursday, October 15, 2026;" in moved.text
    assert "s is Tuesday, October 13, 2026." in moved.text, "the school's"
    assert days_to_choose(moved.text) == ["2026-10-15"]
    back = await tess.posts(f"opening/{NORTH}/1/5A", on="2026-10-13")
    assert "Opening day is Tuesday, October 13, 2026." in back.text


async def test_a_class_whose_name_has_signs_of_an_address_opens_on_another_day_too(town: Town) -> None:
    theo = town.teacher("theo")
    link = (await theo.sees()).split("/class/opening/")[1].split('"')[0]
    moved = await theo.posts(f"opening/{link}", on="2026-10-15")
    assert "Class 5/B &amp; C opens the letters of round 1 on Thursday" in moved.text
    assert "Opening day is Tuesday, October 13, 2026." in await town.teacher("tess").sees(), "each its own"


@pytest.mark.parametrize(
    ("on", "said", "status"),
    [
        ("2026-10-17", "There is no school on Saturday, October 17. Choose another day, such as Monday", 409),
        ("tomorrow", "That is no date for the opening day. Choose a day, or write year-month-day", 422),
    ],
)
async def test_a_day_that_can_not_be_is_refused_beside_its_form_and_nowhere_else(
    town: Town, on: str, said: str, status: int
) -> None:
    refused = await town.teacher("tess").posts(f"opening/{NORTH}/1/5A", on=on)
    assert refused.status_code == status
    assert refused.text.count(said) == 1
    assert days_to_choose(refused.text) == [on], "it is given back"
    assert "<title>Not moved: Your classes" in refused.text
    assert "How was your year of letters?" not in refused.text
    assert refused.text.index("Our class opens them on another day") < refused.text.index(said)
    assert "Opening day is Tuesday, October 13, 2026." in refused.text


async def test_once_the_class_has_opened_its_letters_no_other_day_is_asked_for(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    tess = town.teacher("tess")
    await tess.posts(f"opening/{NORTH}/1/5A", on="2026-10-15")
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    page = await tess.sees()
    assert "<strong>1 letter</strong> for opening day, Thursday, October 15, 2026" in page
    assert days_to_choose(page) == ["2026-10-15", "2026-11-17"], "of the pack, and of the round to come"
    assert "The pack is here on Tuesday, November 17, 2026 all the same" in page
    assert "The pack is here on Tuesday, October 13" not in page, "it came, and its day is over"
    await town.on(date(2026, 10, 15))
    assert days_to_choose(await tess.sees()) == ["2026-11-17"]
    late = await tess.posts(f"opening/{NORTH}/1/5A", on="2026-10-16")
    assert (late.status_code, late.text.count("Your class opened these letters on Thursday")) == (409, 1)


async def test_while_letters_rest_a_class_has_no_opening_day(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    tess = town.teacher("tess")
    await tess.posts(f"opening/{NORTH}/1/5A", on="2026-10-20")
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    this = (town.parts.office, SCOPE, Target(), [What.LETTERS])
    await pauses.pause(*this, reason="snow", by=town.staff["cora"])
    await town.on(FIRST_OPENING + 8 * ONE_DAY)
    page = await tess.sees()
    assert "<strong>1 letter</strong> for opening day, which rests at present" in page
    assert days_to_choose(page) == []


async def test_the_pack_holds_one_letter_for_each_child_with_a_pal_and_names_as_the_school_knows_them(
    town: Town,
) -> None:
    await town.stocks("I write when a pal can't.")
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya, I have a horse.", side=Side.OFFICER)
    await town.delivers("ana", scan("white"), side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.delivers("zoe", "For another class", side=Side.OFFICER)
    await town.opens(NORTH)
    pages = read_pdf((await town.teacher("tess").gets(f"pack/{NORTH}/1/5A")).content)
    assert "2 letters are in this pack." in pages[0]
    assert "Tuesday, October 13, 2026" in pages[0]
    assert "A letter for Maya Lopez\nfrom Dana" in pages[2]
    assert "Dear Maya, I have a horse." in pages[2]
    assert "A letter for Ana Ortiz" in pages[4]
    assert not any("another class" in page for page in pages)


async def test_a_stock_letter_is_in_the_pack_under_the_name_of_its_writer(town: Town) -> None:
    await town.stocks("I write when a pal can't.")
    await town.on(FIRST_OPENING)
    await town.misses_with_stock("maya")
    await town.opens(NORTH)
    pages = read_pdf((await town.teacher("tess").gets(f"pack/{NORTH}/1/5A")).content)
    assert "A letter for Maya Lopez\nfrom Rita, who writes when a pal can't" in pages[2]
    assert "I write when a pal can't." in pages[2]


async def test_whoever_worries_about_a_reserve_s_letter_finds_it_under_the_name_of_its_writer(
    town: Town,
) -> None:
    await town.stocks("I write when a pal can't.")
    await town.on(FIRST_OPENING)
    await town.misses_with_stock("maya")
    await town.opens(NORTH)
    tess = town.teacher("tess")
    assert "For Maya Lopez, from Rita, a reserve officer" in await tess.sees()
    stock = await town.admin.fetchval("SELECT draft_id FROM delivery WHERE kind = 'stock'")
    assert (await tess.posts(f"worry/{stock}", kind="conduct")).status_code == 200
    assert await town.admin.fetchval("SELECT officer_id FROM case_file") == town.officers["rita"]


async def test_a_held_letter_is_not_counted_among_those_of_the_pack(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    anas = await town.delivers("ana", "Dear Ana", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    tess = town.teacher("tess")
    assert "<strong>2 letters</strong> for opening day" in await tess.sees()
    await tess.posts(f"worry/{anas.id}", kind="unsure")
    assert "<strong>1 letter</strong> for opening day" in await tess.sees()


async def test_a_class_name_with_signs_of_an_address_has_its_pack_too(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("zoe", "Dear Zoe", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    theo = town.teacher("theo")
    link = (await theo.sees()).split('class="button" href="')[1].split('"')[0]
    pack = await theo.http.get(link.replace("&amp;", "&"))
    assert "A letter for Zoe Kraus" in read_pdf(pack.content)[2]


async def test_packs_of_earlier_rounds_stay_there(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "The first", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    await town.on(SECOND_ROUND)
    await town.delivers("maya", "The second", number=2, side=Side.OFFICER)
    await town.on(SECOND_OPENING)
    await town.opens(NORTH, 2)
    tess = town.teacher("tess")
    page = await tess.sees()
    assert f"/pack/{NORTH}/2/5A" in page.split("Packs of earlier rounds")[0]
    assert f"/pack/{NORTH}/1/5A" in page.split("Packs of earlier rounds")[1]
    assert "The first" in read_pdf((await tess.gets(f"pack/{NORTH}/1/5A")).content)[2]


async def test_a_letter_that_was_erased_takes_the_pack_from_no_other_child(town: Town) -> None:
    await town.on(FIRST_ROUND)
    erased = await town.delivers("maya", "Forget this", side=Side.OFFICER)
    await town.delivers("ana", "Dear Ana", side=Side.OFFICER)
    await town.admin.execute("UPDATE draft SET stored = NULL WHERE id = $1", erased.id)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    pages = read_pdf((await town.teacher("tess").gets(f"pack/{NORTH}/1/5A")).content)
    assert "One letter is in this pack." in pages[0]
    assert "A letter for Ana Ortiz" in pages[2]


async def test_a_letter_after_the_last_opening_day_is_handed_out_by_itself(town: Town) -> None:
    await town.on(SECOND_OPENING)
    draft = await town.delivers("maya", "Better late", number=2, side=Side.OFFICER)
    tess = town.teacher("tess")
    assert "For Maya Lopez, from Dana" in await tess.sees()
    (page,) = read_pdf((await tess.gets(f"letter/{draft.id}")).content)
    assert "A letter for Maya Lopez\nfrom Dana, a little late" in page
    assert "Better late" in page


async def test_a_letter_of_a_pack_is_not_handed_out_by_itself(town: Town) -> None:
    await town.on(FIRST_ROUND)
    draft = await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    assert (await town.teacher("tess").gets(f"letter/{draft.id}")).status_code == 404


async def test_a_letter_that_an_officer_reads_is_no_letter_of_the_class(town: Town) -> None:
    draft = await town.delivers("maya", "Dear Dana")
    assert (await town.teacher("tess").gets(f"letter/{draft.id}")).status_code == 404


async def test_a_round_of_another_school_year_is_not_there(town: Town) -> None:
    tess = town.teacher("tess")
    for path in (f"pack/{NORTH}/9/5A", f"pack/{SOUTH}/1/5A", "pack/nowhere/1/5A", f"pack/{NORTH}/1/5X"):
        assert (await tess.gets(path)).status_code == 404


# The visit


async def test_a_teacher_gets_run_sheet_and_visitors_list_once_officers_are_invited(town: Town) -> None:
    tess = town.teacher("tess")
    assert "Run sheet" not in await tess.sees()
    assert (await tess.gets(f"visit/{NORTH}/sheet")).status_code == 404
    await town.invites(NORTH)
    assert "Run sheet" in await tess.sees()
    await visits.answer(town.parts.office, SCOPE, town.pairings["noah"], "yes")
    sheet, guests = [await tess.gets(f"visit/{NORTH}/{name}") for name in ("sheet", "guests")]
    assert "Noah Smith Sam Ruiz City Police" in read_pdf(sheet.content)[0]
    assert "Sam Ruiz City Police 1:00 PM" in read_pdf(guests.content)[0]
    assert "Noah" not in read_pdf(guests.content)[0]


async def test_another_school_s_visit_is_not_a_teacher_s_to_see(town: Town) -> None:
    await town.invites(SOUTH)
    assert (await town.teacher("tess").gets(f"visit/{SOUTH}/guests")).status_code == 404


async def test_a_child_whose_officer_has_gone_gets_a_new_pal(town: Town) -> None:
    await leaving.stop(town.parts.office, SCOPE, town.officers["sam"], by=town.staff["cora"])
    page = await town.teacher("tess").sees()
    assert state_of(page, "Noah Smith") == "gets a new pal"
    assert "writes to Sam" not in page


async def test_a_teacher_prints_a_sheet_for_each_child_that_writes(town: Town) -> None:
    await town.admin.execute("UPDATE student SET first_name = 'Maya' WHERE external_id = 'ana'")
    tess = town.teacher("tess")
    assert "Print the sheets" in await tess.sees()
    sheets = await tess.gets(f"sheets/{NORTH}/5A")
    assert sheets.headers["content-disposition"] == 'attachment; filename="sheets-5A.pdf"'
    maya, ana, noah = read_pdf(sheets.content)
    assert "A letter from Maya (1)\nTo Dana · Round 1" in maya
    assert "Una carta de Maya (2)" in ana
    assert "A letter from Noah\nTo Sam" in noah
    assert not [one for one in ("Lopez", "Ortiz", "Smith") if one in maya + ana + noah], (
        "the officers get the scans"
    )
    said = "Officers see no last names, so on the sheets Maya (1) is Maya Lopez and Maya (2) is Maya Ortiz."
    assert said in await tess.sees()


async def test_a_child_of_two_with_one_name_keeps_its_number_when_the_other_needs_no_sheet(
    town: Town,
) -> None:
    await town.admin.execute("UPDATE student SET first_name = 'Maya' WHERE external_id = 'ana'")
    await town.decides(await town.hands_in("maya", "Hello"))
    tess = town.teacher("tess")
    ana, _ = read_pdf((await tess.gets(f"sheets/{NORTH}/5A")).content)
    assert "Una carta de Maya (2)" in ana


async def test_where_no_two_have_one_name_the_page_says_nothing_of_numbers(town: Town) -> None:
    assert "on the sheets" not in await town.teacher("tess").sees()


async def test_a_letter_that_is_on_its_way_needs_no_sheet(town: Town) -> None:
    tess = town.teacher("tess")
    await town.decides(await town.hands_in("maya", "Hello"))
    assert len(read_pdf((await tess.gets(f"sheets/{NORTH}/5A")).content)) == 2
    for child in ("ana", "noah"):
        await town.decides(await town.hands_in(child, "Hello"))
    assert "Print the sheets" not in await tess.sees()
    assert (await tess.gets(f"sheets/{NORTH}/5A")).status_code == 404


async def test_there_are_no_sheets_of_another_class_or_where_nobody_writes(town: Town) -> None:
    assert (await town.teacher("sol").gets(f"sheets/{NORTH}/5A")).status_code == 404
    await town.admin.execute("UPDATE pairing SET ended_at = now(), end_reason = 'year closed'")
    tess = town.teacher("tess")
    assert "Print the sheets" not in await tess.sees()
    assert (await tess.gets(f"sheets/{NORTH}/5A")).status_code == 404


async def test_what_rests_with_the_letters_has_no_day_on_the_class_page(town: Town) -> None:
    await town.decides(await town.hands_in("noah", "My street is Oak Street."), Verdict.RETURN)
    await proposes(town, "uma", "rita")
    until = town.now + timedelta(days=7)
    await town.admin.execute(
        "UPDATE pairing SET declining_until = $2 WHERE id = $1", await approves(town), until
    )
    tess, by = town.teacher("tess"), town.staff["cora"]
    assert "Please hand it in again by Tuesday, September 8" in await tess.sees()
    await pauses.pause(town.parts.office, SCOPE, Target(), [What.LETTERS], reason="snow", by=by)
    page = await tess.sees()
    assert "It came back." in page
    assert "Please hand it in again by" not in page
    assert plan_of(page, "Uma Yang") == "The two are introduced soon, unless one says no."


async def test_nobody_is_sought_for_a_child_that_has_left_before_it_had_a_pal(town: Town) -> None:
    for child in ("uma", "maya"):
        await moves.leave(town.parts.office, SCOPE, child, by=town.staff["cora"])
    page = await town.teacher("tess").sees()
    assert "Uma Yang" not in page
    assert "Maya Lopez" in page, "a last letter may be written"


async def test_a_letter_that_its_case_gives_back_has_a_sheet_again(town: Town) -> None:
    office, coco = town.parts.office, town.staff["coco"]
    draft = await town.hands_in("maya", "Hello")
    await town.decides(draft)
    tess = town.teacher("tess")

    async def with_a_sheet() -> int:
        return len(read_pdf((await tess.gets(f"sheets/{NORTH}/5A")).content))

    assert await with_a_sheet() == 2, "hers is approved"
    opened = await cases.worry(office, SCOPE, draft_id=draft.id, by=town.staff["tess"], concern=Concern.SAD)
    soon = town.now.date() + 7 * ONE_DAY
    await cases.plan(office, SCOPE, case_id=opened.case.id, by=coco, look_again_on=soon)
    word = Word(
        LetterOutcome.RETURN, reason_for_child="Write it again.", reason_for_adult="It has an address."
    )
    await closing.close(office, SCOPE, case_id=opened.case.id, by=coco, word=word)
    assert state_of(await tess.sees(), "Maya Lopez") == "returned"
    assert await with_a_sheet() == 3


async def test_what_was_typed_for_a_child_that_is_in_another_class_by_now_is_given_back(town: Town) -> None:
    tess, maya = town.teacher("tess"), town.pairings["maya"]
    showed = await tess.letter_form(maya)
    await moves.transfer(town.parts.office, SCOPE, "maya", school="north", class_name="5/B & C")
    refused = await tess.sends(maya, "Dear Dana, <b>I</b> have a cat.", showed=showed)
    assert refused.status_code == 404
    assert "Dear Dana, &lt;b&gt;I&lt;/b&gt; have a cat." in refused.text
    assert await town.count_drafts("maya") == 0


# In Spanish


def in_spanish(visitor: Visitor) -> Visitor:
    visitor.http.headers["accept-language"] = "es"
    return visitor


async def test_a_teacher_reads_the_class_page_in_spanish_before_and_after_opening_day(town: Town) -> None:
    tess = in_spanish(town.teacher("tess"))
    await town.stocks("Hola")
    await town.invites(NORTH)
    await town.admin.execute("UPDATE student SET first_name = 'Maya' WHERE external_id = 'ana'")
    await town.admin.execute("UPDATE pairing SET first_round = 2 WHERE id = $1", town.pairings["noah"])
    before = await tess.sees()
    assert '<html lang="es">' in before
    assert "Plazo: <strong>viernes 18 de septiembre de 2026, 5:00 PM CDT</strong>." in before
    assert "Por llegar: 2." in before
    assert "El día de las cartas es el martes 13 de octubre de 2026." in before
    assert state_of(before, "Noah Smith") == "empieza más tarde, ronda 2"
    assert state_of(before, "Uma Yang") == "aún sin policía"
    assert plan_of(before, "Uma Yang").startswith("No hay policía libre")
    assert "en las hojas, Maya (1) es Maya Lopez y Maya (2) es Maya Ortiz." in before
    await town.hands_in("maya", "Hola")
    await town.on(FIRST_ROUND)
    await town.delivers("ana", "Hola", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.misses_with_stock("maya")
    await town.opens(NORTH)
    after = await tess.sees()
    assert "<strong>2 cartas</strong> para el día de las cartas, martes 13 de octubre de 2026" in after
    assert "Para Maya Lopez, de Rita, policía de reserva" in after
    await town.on(SECOND_OPENING)
    await town.delivers("noah", "Hola", number=2, side=Side.OFFICER)
    over = await tess.sees()
    assert "Cartas que llegaron después del último día de las cartas" in over
    assert [english_left(one) for one in (before, after, over)] == [[], [], []]


async def test_each_state_of_a_letter_has_its_spanish_words(town: Town) -> None:
    tess = in_spanish(town.teacher("tess"))
    await town.decides(await town.hands_in("ana", "Hola"))
    await town.decides(await town.hands_in("noah", "My street is Oak Street."), Verdict.RETURN)
    page = await tess.sees()
    states = {child: state_of(page, child) for child in ("Maya Lopez", "Ana Ortiz", "Noah Smith")}
    assert states == {"Maya Lopez": "falta la carta", "Ana Ortiz": "aprobada", "Noah Smith": "devuelta"}
    assert "Envíela de nuevo, por favor. Plazo: martes 8 de septiembre de 2026" in page


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (
            "2026-10-17",
            "El sábado 17 de octubre no hay clases. Elija otro día, por ejemplo el lunes 19 de octubre.",
        ),
        (
            "2026-12-01",
            "El martes 17 de noviembre se abren las próximas cartas. Elija el lunes 16 de noviembre",
        ),
        ("2026-10-01", "La escuela abre sus cartas el martes 13 de octubre. Elija ese día o uno posterior."),
        ("tomorrow", "Eso no es una fecha para el día de las cartas."),
    ],
)
async def test_a_day_that_can_not_be_is_refused_in_spanish(town: Town, on: str, said: str) -> None:
    refused = (await in_spanish(town.teacher("tess")).posts(f"opening/{NORTH}/1/5A", on=on)).text
    assert said in refused
    assert "<title>No se ha cambiado: Sus clases" in refused
    assert english_left(refused) == []


async def test_an_old_page_is_told_in_spanish_what_becomes_of_its_letter(town: Town) -> None:
    tess, maya = in_spanish(town.teacher("tess")), town.pairings["maya"]
    old_page = await tess.letter_form(maya)
    await tess.sends(maya, "Hola")
    refused = (await tess.sends(maya, "Adiós", showed=old_page)).text
    assert "Desde que abrió esta página llegó una carta más nueva" in refused
    assert "envíela otra vez: sigue en el cuadro de abajo." in refused
    assert english_left(refused) == []
