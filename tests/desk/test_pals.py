"""The officer's page: what an officer reads there, and what becomes of an answer."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

import re
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bluepals.domain.letters import ScannedLetter, Side, TypedLetter, Verdict
from bluepals.facts import pauses, visit_hosts, visits
from bluepals.paper.pages import page_pictures
from bluepals.store.pauses import Target, What
from tests.desk.spanish import english_left
from tests.desk.town import (
    FIRST_DUE,
    FIRST_OPENING,
    FIRST_ROUND,
    NORTH,
    PROGRAM,
    SCOPE,
    SECOND_OPENING,
    SECOND_ROUND,
    SEPTEMBER,
    Town,
    photo,
    scan,
)

ONE_DAY = timedelta(days=1)
CAME = "answer = 'yes', answered_at = now(), attended = true, recorded_at = now()"


async def test_an_officer_sees_each_pal_by_first_name_and_school(town: Town) -> None:
    page = await town.officer("dana").sees()
    assert "Hello, Dana" in page
    assert "Maya <small>North School</small>" in page
    assert "Ana <small>North School</small>" in page
    assert not {"Lopez", "Ortiz", "Noah"} & set(page.split())


async def test_before_the_children_have_written_there_is_nothing_to_do(town: Town) -> None:
    page = await town.officer("sam").sees()
    assert "Nothing to do now" in page
    assert "due by Friday, September 18, 2026, 5:00 PM CDT" in page


async def test_an_officer_without_a_pal_is_told_so(town: Town) -> None:
    assert "You have no pal yet." in await town.officer("rita").sees()


async def test_a_letter_is_read_once_it_was_delivered_and_not_before(town: Town) -> None:
    draft = await town.hands_in("noah", "I have a dog named Biscuit.")
    sam = town.officer("sam")
    assert "Biscuit" not in await sam.sees()
    await town.decides(draft)
    assert "Biscuit" not in await sam.sees(), "approved is not delivered"
    await town.delivers("noah", "I have a dog named Biscuit.")
    assert "I have a dog named Biscuit." in await sam.sees()


async def test_a_delivered_letter_asks_for_an_answer_by_the_officers_date(town: Town) -> None:
    await town.delivers("noah", "Hello")
    page = await town.officer("sam").sees()
    assert "please answer" in page
    assert "Please answer by <strong>Friday, October 2, 2026, 5:00 PM CDT</strong>" in page


async def test_after_the_childrens_date_an_officer_may_write_first(town: Town) -> None:
    await town.on(FIRST_ROUND)
    page = await town.officer("sam").sees()
    assert '<span class="pill answer">please write</span>' in page
    assert "Please write by <strong>Friday, October 2, 2026" in page
    assert "Noah’s letter of this round has not come yet. Please write first" in page
    assert "Send to Noah" in page


async def test_of_a_round_s_letter_that_came_and_is_looked_at_the_page_says_that_it_is_not_shown(
    town: Town,
) -> None:
    draft = await town.delivers("noah", "Hello")
    page = (await town.officer("sam").is_worried(draft.id, "unsure")).text
    assert "Noah’s letter of this round is not shown at present. You may write without it" in page
    assert "has not come yet" not in page
    assert "please write" in page


def chosen_language(page: str, child: str) -> str:
    """In the form of the letter to this child."""
    found = re.search(r'value="(\w+)" selected', page.split(f"Your letter to {child}</label>")[1])
    assert found
    return found[1]


async def test_a_letter_is_in_the_language_of_the_last_one_to_this_pal(town: Town) -> None:
    await town.on(FIRST_ROUND)
    dana = town.officer("dana")
    await town.hands_in("ana", "Querida Ana", side=Side.OFFICER, language="es")
    page = await dana.sees()
    assert (chosen_language(page, "Ana"), chosen_language(page, "Maya")) == ("es", "en")
    await town.delivers("maya", "Hello", language="en")
    await town.on(SECOND_ROUND)
    await town.delivers("ana", "Hello", number=2, language="en")
    assert chosen_language(await dana.sees(), "Ana") == "es", "what the officer writes comes first"


async def test_a_first_letter_is_in_the_child_s_language_when_the_officer_speaks_it(town: Town) -> None:
    await town.delivers("ana", "Querida Dana", language="es")
    dana = town.officer("dana")
    assert chosen_language(await dana.sees(), "Ana") == "en"
    await town.admin.execute("UPDATE officer SET languages = '{en,es}' WHERE external_id = 'dana'")
    assert chosen_language(await dana.sees(), "Ana") == "es"


async def test_a_refused_letter_comes_back_in_the_language_that_was_chosen(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam, noah = town.officer("sam"), town.pairings["noah"]
    old_tab = await sam.letter_form(noah)
    await sam.sends(noah, "The whole letter")
    refused = await sam.sends(noah, "La mitad", showed=old_tab, language="es")
    assert chosen_language(refused.text, "Noah") == "es"


async def test_a_typed_answer_is_kept_to_the_byte_and_is_being_read(town: Town) -> None:
    await town.on(FIRST_ROUND)
    words = "Dear Noah,\r\n\r\n  two spaces, ñ, 👮‍♀️.\r\n"
    page = await town.officer("sam").sends(town.pairings["noah"], words, round="1")
    assert page.status_code == 200
    assert "Your letter has arrived" in page.text
    assert "being read" in page.text
    assert await town.written("noah", Side.OFFICER) == TypedLetter(words)


async def test_the_answer_belongs_to_the_officer_and_is_in_the_language_chosen(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.officer("dana").sends(town.pairings["ana"], "Querida Ana", language="es")
    row = await town.admin.fetchrow("SELECT uploaded_by, language FROM draft")
    assert row is not None
    assert (row["uploaded_by"], row["language"]) == (town.officers["dana"], "es")


async def test_a_photo_is_an_answer_too_and_opens_again_as_pages(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    page = await sam.sends(town.pairings["noah"], pages=[("letter.jpg", photo()), ("2.jpg", photo())])
    assert "Your letter has arrived" in page.text
    letter = await town.written("noah", Side.OFFICER)
    assert isinstance(letter, ScannedLetter)
    assert len(page_pictures(letter.pdf)) == 2
    draft = await town.newest_draft("noah", Side.OFFICER)
    opened = await sam.gets(f"letter/{draft.id}")
    assert opened.content == letter.pdf
    assert opened.headers["content-type"] == "application/pdf"


async def test_a_childs_scanned_letter_opens_as_pages(town: Town) -> None:
    draft = await town.delivers("noah", scan("white"))
    sam = town.officer("sam")
    assert f"/letter/{draft.id}" in await sam.sees()
    assert (await sam.gets(f"letter/{draft.id}")).content.startswith(b"%PDF")


async def test_an_answer_sent_twice_is_one_draft(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    for _ in range(2):
        assert "Your letter has arrived" in (await sam.sends(town.pairings["noah"], "Hello", round="1")).text
    assert await town.count_drafts("noah") == 1


async def test_an_answer_sent_twice_is_one_draft_even_when_it_was_approved_in_between(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await sam.sends(town.pairings["noah"], "Hello", round="1")
    await town.decides(await town.newest_draft("noah", Side.OFFICER))
    assert (await sam.sends(town.pairings["noah"], "Hello", round="1")).status_code == 200
    assert await town.count_drafts("noah") == 1


async def test_until_it_is_approved_another_letter_takes_its_place(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await sam.sends(town.pairings["noah"], "First words", round="1")
    page = await sam.sends(town.pairings["noah"], "Better words", round="1")
    assert "Better words" in page.text
    assert "First words" not in page.text
    assert await town.written("noah", Side.OFFICER) == TypedLetter("Better words")


async def test_an_old_tab_replaces_no_letter_that_it_has_not_shown_and_gives_back_what_was_typed(
    town: Town,
) -> None:
    await town.on(FIRST_ROUND)
    sam, noah = town.officer("sam"), town.pairings["noah"]
    old_tab = await sam.letter_form(noah)
    await sam.sends(noah, "The whole letter")
    refused = await sam.sends(noah, "Half a", showed=old_tab)
    assert refused.status_code == 409
    assert "A newer letter has come in since you opened this page" in refused.text
    assert "send it again: it is still in the box below" in refused.text
    assert "The whole letter" in refused.text, "the newer one is on the page"
    assert "Half a</textarea>" in refused.text
    assert await town.written("noah", Side.OFFICER) == TypedLetter("The whole letter")
    assert (await sam.sends(noah, "Half a")).status_code == 200, "now the page has shown the newer one"
    assert await town.written("noah", Side.OFFICER) == TypedLetter("Half a")


async def test_pages_from_an_old_tab_replace_nothing_either(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam, noah = town.officer("sam"), town.pairings["noah"]
    await sam.sends(noah, "First words")
    old_tab = await sam.letter_form(noah)
    await sam.sends(noah, "Better words")
    refused = await sam.sends(noah, pages=[("p.jpg", photo())], showed=old_tab)
    assert refused.status_code == 409
    assert "choose your pages again and send them" in refused.text
    assert await town.written("noah", Side.OFFICER) == TypedLetter("Better words")


async def test_a_form_of_another_round_has_not_shown_the_letter_of_this_one(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam, noah = town.officer("sam"), town.pairings["noah"]
    await sam.sends(noah, "The whole letter")
    refused = await sam.sends(noah, "Half a", round="2", draft="1")
    assert refused.status_code == 409
    assert await town.written("noah", Side.OFFICER) == TypedLetter("The whole letter")


async def test_a_letter_that_is_refused_leaves_what_has_been_kept(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam, noah = town.officer("sam"), town.pairings["noah"]
    old_tab = await sam.letter_form(noah)
    await sam.sends(noah, "The whole letter")
    await sam.posts(f"{noah}/keep", text="Half a", round="1", quietly="yes")
    await sam.sends(noah, "Half a", showed=old_tab)
    assert await town.admin.fetchval("SELECT count(*) FROM unfinished") == 1


async def test_a_returned_letter_shows_why_until_when_and_its_own_words(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await sam.sends(town.pairings["noah"], "I work in Oak Street.")
    await town.decides(await town.newest_draft("noah", Side.OFFICER), Verdict.RETURN)
    page = await sam.sees()
    assert "please change" in page
    assert "It names the unit&#39;s &lt;i&gt;street&lt;/i&gt;." in page
    assert "Please send it again by <strong>Monday, September 28, 2026, 5:00 PM CDT</strong>" in page
    assert "I work in Oak Street.</textarea>" in page


async def test_a_returned_letter_that_was_changed_is_a_new_draft(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await sam.sends(town.pairings["noah"], "I work in Oak Street.")
    await town.decides(await town.newest_draft("noah", Side.OFFICER), Verdict.RETURN)
    page = await sam.sends(town.pairings["noah"], "I work downtown.")
    assert "being read" in page.text
    assert await town.count_drafts("noah") == 2


async def test_a_returned_letter_sent_unchanged_is_refused(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await sam.sends(town.pairings["noah"], "I work in Oak Street.")
    await town.decides(await town.newest_draft("noah", Side.OFFICER), Verdict.RETURN)
    page = await sam.sends(town.pairings["noah"], "I work in Oak Street.")
    assert page.status_code == 409
    assert "Change it, and send it again." in page.text


async def test_an_approved_letter_cannot_be_changed(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam = town.officer("sam")
    await sam.sends(town.pairings["noah"], "Hello", round="1")
    await town.decides(await town.newest_draft("noah", Side.OFFICER))
    page = await sam.sends(town.pairings["noah"], "Other words", round="1")
    assert page.status_code == 409
    assert "has been approved and can&#39;t be changed" in page.text
    assert "Other words</textarea>" in page.text, "what was typed is given back"
    assert await town.count_drafts("noah") == 1


async def test_after_an_approved_letter_the_next_round_is_ahead(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("noah", "My answer", side=Side.OFFICER)
    page = await town.officer("sam").sees()
    assert "all answered" in page
    assert "The next letter from Noah is due by Friday, October 23, 2026" in page


async def test_an_answer_is_late_after_its_date_and_taken_all_the_same(town: Town) -> None:
    await town.on(FIRST_DUE + ONE_DAY)
    sam = town.officer("sam")
    assert "was due by Friday, October 2, 2026" in await sam.sees()
    assert (await sam.sends(town.pairings["noah"], "Sorry!")).status_code == 200
    assert (await town.newest_draft("noah", Side.OFFICER)).number == 1


async def test_when_the_pack_was_opened_without_it_the_answer_is_still_asked_for(town: Town) -> None:
    await town.on(FIRST_OPENING)
    assert "Noah gets a late one too" in await town.officer("sam").sees()


async def test_when_the_next_round_has_begun_its_letter_is_the_one_to_write(town: Town) -> None:
    await town.on(SECOND_ROUND)
    sam = town.officer("sam")
    assert "Please write by <strong>Friday, November 6, 2026" in await sam.sees()
    await sam.sends(town.pairings["noah"], "Hello")
    assert (await town.newest_draft("noah", Side.OFFICER, number=2)).number == 1


async def test_a_form_that_lay_open_over_an_opening_day_is_for_the_round_it_showed(town: Town) -> None:
    await town.on(SECOND_ROUND)
    await town.officer("sam").sends(town.pairings["noah"], "Hello", round="1")
    assert (await town.newest_draft("noah", Side.OFFICER, number=1)).number == 1


async def test_a_letter_that_crossed_the_officers_own_is_shown_as_new(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("noah", "I write first.", side=Side.OFFICER)
    await town.on(FIRST_ROUND + ONE_DAY)
    await town.delivers("noah", "Sorry that I am late.")
    page = await town.officer("sam").sees()
    assert "Sorry that I am late." in page.split("Earlier letters")[0]
    assert "I write first." in page.split("Earlier letters")[1]


async def test_after_the_last_letter_the_letters_are_over(town: Town) -> None:
    await town.on(SECOND_OPENING)
    await town.delivers("noah", "The last", number=2, side=Side.OFFICER)
    page = await town.officer("sam").sees()
    assert "the letters are over" in page
    assert "<textarea" not in page


async def test_after_the_last_letter_another_one_is_refused_with_a_sentence(town: Town) -> None:
    await town.on(SECOND_OPENING)
    sam = town.officer("sam")
    key = await sam.form_key()
    await town.delivers("noah", "The last", number=2, side=Side.OFFICER)
    page = await sam.sends(town.pairings["noah"], "One more", key=key, round="3")
    assert page.status_code == 409
    assert "has been approved" in page.text
    assert "One more</textarea>" in page.text


async def test_a_page_that_is_too_old_gives_back_what_was_typed(town: Town) -> None:
    await town.on(FIRST_ROUND)
    sam, noah = town.officer("sam"), town.pairings["noah"]
    old_tab = await sam.letter_form(noah)
    await town.delivers("noah", "The whole letter", side=Side.OFFICER)
    await town.on(SECOND_ROUND)
    old_tab["form"] = await sam.form_key()  # They have entered anew.
    refused = await sam.sends(noah, "Half a", showed=old_tab)
    assert refused.status_code == 409
    assert "has been approved and can&#39;t be changed" in refused.text
    assert "Half a</textarea>" in refused.text
    assert await town.count_drafts("noah") == 1


async def test_text_and_pages_together_are_refused_and_the_text_given_back(town: Town) -> None:
    await town.on(FIRST_ROUND)
    page = await town.officer("sam").sends(town.pairings["noah"], "Hello", pages=[("a.jpg", photo())])
    assert page.status_code == 422
    assert "You sent a text and pages as well." in page.text
    assert "Hello</textarea>" in page.text


async def test_an_empty_letter_is_refused_with_a_sentence(town: Town) -> None:
    await town.on(FIRST_ROUND)
    page = await town.officer("sam").sends(town.pairings["noah"], " \r\n")
    assert page.status_code == 422
    assert "The letter is empty." in page.text
    assert await town.count_drafts("noah") == 0


@pytest.mark.parametrize(("answer", "said"), [("yes", "you will come"), ("no", "you can")])
async def test_one_answer_to_the_visit_holds_for_all_pals_at_the_school(
    town: Town, answer: str, said: str
) -> None:
    await town.invites(NORTH)
    dana = town.officer("dana")
    page = await dana.sees()
    assert "Visit Ana and Maya at North School" in page
    assert "Wednesday, April 14, 2027, 1:00 PM CDT, for 75 minutes" in page
    page = (await dana.answers_invitation(town.pairings["ana"], answer)).text
    assert f"You said that {said}" in page
    answers = await town.admin.fetch(
        "SELECT answer FROM visit WHERE pairing_id = ANY ($1)", [town.pairings["ana"], town.pairings["maya"]]
    )
    assert [row["answer"] for row in answers] == [answer, answer]


@pytest.mark.parametrize(
    ("read_aloud", "said"),
    [(True, "The visit does not take place: Snow."), (False, "The visit is called off: Snow.")],
)
async def test_a_visit_that_is_called_off_is_said_to_be_and_asks_nobody(
    town: Town, read_aloud: bool, said: str
) -> None:
    await town.invites(NORTH)
    await visits.give_reason(town.parts.office, SCOPE, NORTH, "Snow.")
    await visits.call_off(town.parts.office, SCOPE, NORTH, read_aloud=read_aloud)
    page = await town.officer("sam").sees()
    assert said in page
    assert "Will you come?" not in page
    assert "Yes, I will come" not in page


async def test_a_visit_that_rests_is_said_to_rest(town: Town) -> None:
    await town.invites(NORTH)
    by = town.staff["cora"]
    await pauses.pause(town.parts.office, SCOPE, Target(), [What.VISITS], reason="Flu.", by=by)
    page = await town.officer("sam").sees()
    assert "The visit rests." in page
    assert "Yes, I will come" not in page


async def test_an_officer_whose_agency_rests_is_asked_nothing_about_the_visit(town: Town) -> None:
    await town.invites(NORTH)
    by = town.staff["cora"]
    await pauses.pause(town.parts.office, SCOPE, Target(agency="city"), [What.VISITS], reason="Flu.", by=by)
    page = await town.officer("sam").sees()
    assert "Your visit rests." in page
    assert "Yes, I will come" not in page


async def test_the_last_answer_to_the_visit_counts(town: Town) -> None:
    await town.invites(NORTH)
    sam = town.officer("sam")
    await sam.answers_invitation(town.pairings["noah"], "yes")
    await sam.answers_invitation(town.pairings["noah"], "no")
    assert await town.admin.fetchval("SELECT answer FROM visit WHERE answer IS NOT NULL") == "no"


async def test_without_an_invitation_there_is_nothing_to_answer(town: Town) -> None:
    sam = town.officer("sam")
    assert "Visit Noah" not in await sam.sees()
    page = await sam.answers_invitation(town.pairings["noah"], "yes")
    assert page.status_code == 409
    assert "There is no open invitation" in page.text


async def test_an_answer_that_is_neither_yes_nor_no_is_refused(town: Town) -> None:
    await town.invites(NORTH)
    page = await town.officer("sam").answers_invitation(town.pairings["noah"], "maybe")
    assert page.status_code == 422
    assert "Choose whether you will come" in page.text


async def test_what_is_said_of_the_visit_leaves_a_begun_letter_as_it_was(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.invites(NORTH)
    sam, noah = town.officer("sam"), town.pairings["noah"]
    await sam.posts(f"{noah}/keep", text="Dear Noah, I have begun", round="1")
    page = (await sam.answers_invitation(noah, "maybe")).text
    assert "Choose whether you will come" in page.split("Visit Noah at")[1].split("</section>")[0]
    assert page.count("Choose whether you will come") == 1
    assert "Dear Noah, I have begun</textarea>" in page


@pytest.mark.parametrize("last_letter", [False, True])
async def test_an_answer_from_an_old_tab_is_refused_on_top_when_the_visit_is_on_the_page_no_longer(
    town: Town, last_letter: bool
) -> None:
    await town.invites(NORTH)
    if last_letter:
        await town.delivers("noah", "The last", number=2, side=Side.OFFICER)
    await town.admin.execute(f"UPDATE visit SET {CAME}")
    refused = await town.officer("sam").answers_invitation(town.pairings["noah"], "yes")
    assert refused.status_code == 409
    assert "There is no open invitation" in refused.text.split("<section")[0]
    assert refused.text.count("There is no open invitation") == 1


async def test_an_answer_to_a_visit_that_is_off_is_refused_beside_it_and_names_no_id(town: Town) -> None:
    await town.invites(NORTH)
    await visits.call_off(town.parts.office, SCOPE, NORTH, read_aloud=False)
    refused = await town.officer("sam").answers_invitation(town.pairings["noah"], "yes")
    said = refused.text.split("Visit Noah at")[1].split("</section>")[0]
    assert "There is no open invitation to this school. Ask the coordinator." in said
    assert "starter.py" not in refused.text


async def test_an_erased_letter_says_so(town: Town) -> None:
    draft = await town.delivers("noah", "I have a dog named Biscuit.")
    scanned = await town.delivers("maya", scan("white"))
    await town.admin.execute("UPDATE draft SET stored = NULL WHERE id = ANY ($1)", [draft.id, scanned.id])
    assert "This letter has been erased." in await town.officer("sam").sees()
    assert (await town.officer("dana").gets(f"letter/{scanned.id}")).status_code == 404


def test_the_dates_of_this_specification_are_in_order() -> None:
    first, second = PROGRAM.rounds
    assert SEPTEMBER < first.students_due < FIRST_ROUND < FIRST_DUE == first.officers_due
    assert FIRST_DUE < FIRST_OPENING == first.opens_on < second.students_due < SECOND_ROUND
    assert SECOND_ROUND < SECOND_OPENING == second.opens_on


async def test_an_officer_who_cant_go_on_says_so_once_and_may_write_a_last_letter(town: Town) -> None:
    dana = town.officer("dana")
    for _ in range(2):
        page = (await dana.leaves("moved", key=await dana.form_key())).text
        assert "please write a last letter to each pal by Tuesday, September 15, 2026" in page
    assert "I no longer have time" not in page
    rows = await town.admin.fetch("SELECT reason FROM ending")
    assert [row["reason"] for row in rows] == ["moved", "moved"], "for both of Dana's pals"
    assert await town.admin.fetchval("SELECT count(*) FROM replacement") == len(rows)


async def test_an_officer_who_cant_go_on_is_told_what_follows_before_it_is_done(town: Town) -> None:
    dana = town.officer("dana")
    page = await dana.sees()
    for reason, words in (("moved", "I’m moving away"), ("busy", "I no longer have time")):
        assert f'<a class="button quiet" href="/stl/pals/leave?reason={reason}">{words}</a>' in page
        asked = (await dana.gets(f"leave?reason={reason}")).text
        assert f"<h1>{words}: stop writing to Ana and Maya</h1>" in asked
        assert "You may write a last letter to each by Tuesday, September 15, 2026" in asked
        assert "You can’t take it back yourself." in asked
    assert await town.admin.fetchval("SELECT count(*) FROM ending") == 0
    assert await town.admin.fetchval("SELECT leaves_at FROM officer WHERE external_id = 'dana'") is None


async def test_a_reason_that_is_none_is_refused(town: Town) -> None:
    dana = town.officer("dana")
    for page in (
        await dana.leaves("stopped"),
        await dana.gets("leave?reason=stopped"),
        await dana.gets("leave"),
    ):
        assert page.status_code == 422
        assert "choose there why you can" in page.text


# A reserve asked to host a child


async def asks_a_reserve(town: Town) -> UUID:
    """Zoe's officer can't come: Rita of the same agency is asked."""
    await town.invites(NORTH)
    await visits.answer(town.parts.office, SCOPE, town.pairings["zoe"], "no")
    await visit_hosts.settle_hosts(town.parts.office, SCOPE, NORTH)
    request: UUID = await town.admin.fetchval("SELECT id FROM visit_host")
    return request


async def test_a_reserve_answers_for_one_child_by_its_first_name_on_her_page(town: Town) -> None:
    request = await asks_a_reserve(town)
    rita = town.officer("rita")
    assert "Meet Zoe at North School" in await rita.sees()
    assert "Kraus" not in await rita.sees()
    answered = await rita.http.post(
        f"{rita.path}/host/{request}", data={"form": await rita.form_key(), "answer": "yes"}
    )
    assert "You said that you will meet Zoe." in answered.text
    assert await town.admin.fetchval("SELECT answer FROM visit_host") == "yes"
    facts = await town.admin.fetch("SELECT workflow_id, body::text FROM tell WHERE fact = 'visit_answered'")
    assert {row["workflow_id"] for row in facts} == {f"visit-day-{NORTH}"}
    assert not any("Zoe" in row["body"] for row in facts)


async def test_a_reserve_is_told_until_when_to_answer(town: Town) -> None:
    await asks_a_reserve(town)
    limit: datetime = await town.admin.fetchval("SELECT answer_by FROM visit_host")
    by = f"{limit.astimezone(ZoneInfo(PROGRAM.timezone)):%A, %B %-d, %Y, %-I:%M %p}"
    assert f"Will you come? Please answer by {by}" in await town.officer("rita").sees()


@pytest.mark.parametrize("settled", [CAME, "released_at = asked_at"])
async def test_a_reserve_who_answers_what_is_settled_reads_so_by_itself(town: Town, settled: str) -> None:
    request = await asks_a_reserve(town)
    rita = town.officer("rita")
    key = await rita.form_key()
    await town.admin.execute(f"UPDATE visit_host SET {settled}")
    refused = await rita.posts(f"host/{request}", key=key, answer="yes")
    assert refused.status_code == 409
    assert "This request is settled: " in refused.text
    assert "How was your year of letters?" not in refused.text
    assert str(request) not in refused.text


async def test_what_a_reserve_has_to_choose_is_said_where_they_are_asked(town: Town) -> None:
    request = await asks_a_reserve(town)
    page = (await town.officer("rita").posts(f"host/{request}", answer="maybe")).text
    assert "Choose whether you will come" in page.split("Meet Zoe at")[1].split("</section>")[0]


async def test_after_an_answer_the_page_stands_at_what_was_answered(town: Town) -> None:
    request = await asks_a_reserve(town)
    for name, path, about in (
        ("dana", f"{town.pairings['ana']}/visit", town.pairings["ana"]),
        ("rita", f"host/{request}", request),
    ):
        page = await town.officer(name).posts(path, answer="yes")
        assert page.url.fragment == f"visit-{about}"
        ids = re.findall(r'\bid="([^"]+)"', page.text)
        assert ids.count(page.url.fragment) == 1
        assert len(ids) == len(set(ids))


async def test_nobody_else_sees_or_answers_a_reserve_s_request(town: Town) -> None:
    request = await asks_a_reserve(town)
    kim = town.officer("kim")
    assert "Meet Zoe" not in await kim.sees()
    refused = await kim.http.post(
        f"{kim.path}/host/{request}", data={"form": await kim.form_key(), "answer": "yes"}
    )
    assert refused.status_code == 404
    assert await town.admin.fetchval("SELECT answer FROM visit_host") is None


async def test_a_returned_letter_has_no_day_while_letters_rest(town: Town) -> None:
    await town.delivers("maya", "Hi")
    await town.decides(await town.hands_in("maya", "I am at 5 Oak St.", side=Side.OFFICER), Verdict.RETURN)
    dana = town.officer("dana")
    assert "Please send it again by <strong>Tuesday, September 8" in await dana.sees()
    by = town.staff["cora"]
    await pauses.pause(town.parts.office, SCOPE, Target(), [What.LETTERS], reason="snow", by=by)
    page = await dana.sees()
    assert "Please send it again by" not in page
    assert "Letters rest at present. What you send again is kept" in page


async def test_an_officer_s_page_is_in_spanish_too_whatever_stands_on_it(town: Town) -> None:
    await town.delivers("maya", "Hola")
    await town.delivers("ana", "Hola")
    await town.decides(await town.hands_in("maya", "Vivo cerca.", side=Side.OFFICER), Verdict.RETURN)
    await town.hands_in("ana", "Hola, Ana", side=Side.OFFICER)
    await town.delivers("noah", "Hola")
    dana, sam, rita = (town.officer(name) for name in ("dana", "sam", "rita"))
    for one in (dana, sam, rita):
        one.http.headers["accept-language"] = "es"
    written = "It names the unit's <i>street</i>."
    pages = [await one.sees() for one in (dana, sam)]
    assert "Su carta fue devuelta: " in pages[0]
    request = await asks_a_reserve(town)
    kept = await sam.http.post(
        f"{sam.path}/{town.pairings['noah']}/keep",
        data={**await sam.letter_form(town.pairings["noah"]), "text": "Querido Noah"},
    )
    hosts = await rita.posts(f"host/{request}", answer="yes")
    assert "Usted dijo que se encontrará con Zoe." in hosts.text
    comes = await dana.answers_invitation(town.pairings["ana"], "no")
    sure = await dana.gets("leave?reason=moved")
    assert "Me mudo: dejar de escribir a Ana y Maya" in sure.text
    leaves = await dana.leaves("moved")
    for page in (*pages, kept.text, hosts.text, comes.text, sure.text, leaves.text):
        assert '<html lang="es">' in page
        assert english_left(page, written) == []


async def test_what_an_officer_is_refused_is_said_in_spanish_with_its_names(town: Town) -> None:
    sam, noah = town.officer("sam"), town.pairings["noah"]
    sam.http.headers["accept-language"] = "es"
    await town.admin.execute(
        "UPDATE pairing SET ended_at = now(), end_reason = 'year closed' WHERE id = $1", noah
    )
    refused = await sam.http.post(
        f"{sam.path}/{noah}/keep", data={"form": await sam.form_key(), "text": "Hola"}
    )
    assert "Ya no queda ninguna carta por escribir a Noah." in refused.text
    request = await asks_a_reserve(town)
    rita = town.officer("rita")
    rita.http.headers["accept-language"] = "es"
    key = await rita.form_key()
    await town.admin.execute(f"UPDATE visit_host SET {CAME}")
    settled = await rita.posts(f"host/{request}", key=key, answer="yes")
    assert "Esta petición ya está resuelta: ya consta si esta persona de la policía vino." in settled.text
