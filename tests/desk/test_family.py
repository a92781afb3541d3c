"""A family's page, in its language: who writes to the child, the letters that arrived, and what is no longer agreed to."""
# ruff: noqa: RUF001 (the page has typographer's apostrophes)

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.facts import cases, leaving, moves, pauses
from bluepals.facts.family_page import family_at_desk
from bluepals.paper.pages import page_pictures
from bluepals.store import family_page
from bluepals.store.pauses import Target, What
from desk.language import CHOSEN
from tests.desk.spanish import english_left
from tests.desk.test_declines import not_introduced
from tests.desk.town import FIRST_DUE, FIRST_OPENING, FIRST_ROUND, NORTH, SCOPE, Town, read_pdf, scan

MAYAS, ANAS, LEOS = "lopez@home.example", "ortiz@home.example", "park@home.example"


async def save_addresses(town: Town) -> None:
    for child, address in (("maya", MAYAS), ("ana", ANAS), ("leo", LEOS)):
        await town.admin.execute(
            "UPDATE student SET guardian_email = $2 WHERE external_id = $1", child, address
        )


@pytest.fixture(autouse=True)
async def families(town: Town) -> None:
    await save_addresses(town)


async def student(town: Town, child: str) -> UUID:
    found: UUID = await town.admin.fetchval("SELECT id FROM student WHERE external_id = $1", child)
    return found


async def asked(town: Town, child: str) -> None:
    """Before the introduction, with a week to say no."""
    await not_introduced(town)
    await town.admin.execute(
        "UPDATE pairing SET declining_until = $2 WHERE id = $1",
        town.pairings[child],
        town.now + timedelta(days=7),
    )


async def test_before_the_introduction_the_family_may_prefer_somebody_else(town: Town) -> None:
    await asked(town, "maya")
    family = town.guardian(MAYAS)
    page = await family.sees()
    assert "We would like to introduce Maya to Dana of City Police" in page
    assert "say so by Tuesday, September 8, 2026, 9:00 AM" in page
    said = await family.posts(f"{town.pairings['maya']}/decline")
    assert "Nobody is told who has said no." in said.text
    assert "Nobody writes to Maya yet." in said.text
    assert await town.admin.fetchval("SELECT pairing_id FROM ending") == town.pairings["maya"]


async def test_while_letters_rest_the_family_may_still_say_no_and_reads_no_date(town: Town) -> None:
    await asked(town, "maya")
    await town.admin.execute(
        "INSERT INTO pause (program_id, what, reason, began_at, paused_by)"
        " SELECT program_id, 'letters', 'snow', $1, id FROM staff LIMIT 1",
        town.now,
    )
    await town.on((town.now + timedelta(days=8)).date())
    page = await town.guardian(MAYAS).sees()
    assert "We would like to introduce Maya to Dana" in page
    assert "say so by" not in page


async def test_after_the_date_there_is_nothing_to_decline(town: Town) -> None:
    await asked(town, "maya")
    await town.on((town.now + timedelta(days=8)).date())
    page = await town.guardian(MAYAS).sees()
    assert "Dana" not in page
    assert "Nobody writes to Maya yet." in page


async def test_after_the_introduction_it_is_too_late_to_decline(town: Town) -> None:
    family = town.guardian(MAYAS)
    assert "Maya and Dana of City Police write to each other." in await family.sees()
    refused = await family.posts(f"{town.pairings['maya']}/decline")
    assert (refused.status_code, "have been introduced already" in refused.text) == (409, True)


async def test_letters_both_ways_are_there_once_they_are_delivered_and_opened(town: Town) -> None:
    await town.hands_in("maya", "A draft that nobody has read.")
    family = town.guardian(MAYAS)
    assert "No letter has arrived yet." in await family.sees()
    await town.delivers("maya", "I have a <b>cat</b>.")
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "My cat is called Rex.", side=Side.OFFICER)
    before = await family.sees()
    assert "From Maya to Dana" in before
    assert "I have a &lt;b&gt;cat&lt;/b&gt;." in before
    assert "Rex" not in before, "the child opens it first"
    assert "nobody has read" not in before
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    after = await family.sees()
    assert "My cat is called Rex." in after
    assert "Round 1 · Tuesday, October 13, 2026" in after


async def test_a_letter_that_the_class_opens_later_is_there_from_that_day_on(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "My cat is called Rex.", side=Side.OFFICER)
    await town.teacher("tess").posts(f"opening/{NORTH}/1/5A", on="2026-10-15")
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    family = town.guardian(MAYAS)
    assert "No letter has arrived yet." in await family.sees()
    await town.on(FIRST_OPENING + timedelta(days=2))
    assert "Round 1 · Thursday, October 15, 2026" in await family.sees()


@pytest.mark.parametrize("side", Side)
async def test_a_letter_under_a_case_is_not_there_and_nothing_says_so(town: Town, side: Side) -> None:
    await town.on(FIRST_ROUND)
    draft = await town.delivers("maya", "I feel so lonely.", side=side)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    family = town.guardian(MAYAS)
    assert "I feel so lonely." in await family.sees()
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.SAD)
    page = await family.sees()
    assert "lonely" not in page
    assert "No letter has arrived yet." in page
    assert not any(word in page for word in ("held", "being read", "delayed", "case"))


async def test_a_stock_letter_says_who_writes_when_a_pal_can_not(town: Town) -> None:
    await town.stocks("From a reserve.")
    await town.on(FIRST_DUE, hour=18)
    await town.misses_with_stock("maya")
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    page = await town.guardian(MAYAS).sees()
    assert "To Maya, from an officer who writes when a pal can’t" in page
    assert "From a reserve." in page


async def test_handwritten_pages_open_as_a_pdf(town: Town) -> None:
    draft = await town.delivers("maya", scan("white", "white"))
    family = town.guardian(MAYAS)
    assert "Open the handwritten pages" in await family.sees()
    opened = await family.gets(f"letter/{draft.id}")
    assert len(page_pictures(opened.content)) == 2
    assert (await town.guardian(ANAS).gets(f"letter/{draft.id}")).status_code == 404
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.SAD)
    assert (await family.gets(f"letter/{draft.id}")).status_code == 404


async def test_an_erased_letter_says_so(town: Town) -> None:
    await town.delivers("maya", "I have a cat.")
    await town.admin.execute("DELETE FROM content_key")
    assert "This letter has been erased." in await town.guardian(MAYAS).sees()


async def test_consent_is_withdrawn_with_a_second_step_that_says_what_follows(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    assert "Letters with an officer <small>since Saturday, August 1, 2026" in await family.sees()
    sure = await family.gets(f"{maya}/withdraw/letters")
    assert "what is on its way is stopped" in sure.text
    assert await town.admin.fetchval("SELECT count(*) FROM consent WHERE withdrawn_at IS NOT NULL") == 0
    done = await family.posts(f"{maya}/withdraw/letters")
    assert "Your consent to this is withdrawn, from this moment on." in done.text
    assert "Nobody writes to Maya: you have not agreed to the letters, or no longer do." in done.text
    assert "Letters with an officer <small>not agreed to" in done.text
    rows = await town.admin.fetch("SELECT scope, withdrawn_by FROM consent WHERE withdrawn_at IS NOT NULL")
    assert {tuple(row) for row in rows} == {("letters", maya), ("visit", maya)}
    assert await town.admin.fetchval("SELECT reason FROM ending") == "consent withdrawn"


async def test_one_scope_goes_and_the_letters_go_on(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    done = await family.posts(f"{maya}/withdraw/visit")
    assert "The officers’ visit at school <small>not agreed to" in done.text
    assert "Maya and Dana" in done.text


async def test_what_had_not_been_agreed_to_is_not_said_to_be_withdrawn(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    again = await family.posts(f"{maya}/withdraw/photos")
    assert "Your consent to this is withdrawn, from this moment on." not in again.text
    assert "Nothing has changed" in again.text


async def test_a_wish_to_erase_is_put_before_the_coordinator(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    assert "The coordinator confirms it" in (await family.gets(f"{maya}/erase")).text
    for _ in range(2):
        done = await family.posts(f"{maya}/erase")
        _, _, where_they_land = done.text.partition("<h1>")
        assert (
            "You have asked that everything about Maya be erased." in where_they_land.partition("<section")[0]
        )
    assert await town.admin.fetchval("SELECT requested_by FROM erasure") == maya
    sentence = await town.admin.fetchval("SELECT sentence FROM attention WHERE kind = 'erasure'")
    assert "student maya wishes" in sentence


async def test_a_child_who_has_died_is_not_spoken_about(town: Town) -> None:
    await leaving.student_died(town.parts.office, SCOPE, await student(town, "maya"), by=town.staff["cora"])
    page = await town.guardian(MAYAS).sees()
    assert "writes" not in page


async def test_everything_on_the_page_is_in_the_familys_language(town: Town) -> None:
    await asked(town, "ana")
    family = town.guardian(ANAS)
    page = await family.sees()
    assert '<html lang="es">' in page
    assert "antes de esta fecha: martes 8 de septiembre de 2026, 9:00 AM" in page
    ana = await student(town, "ana")
    steps = ("withdraw/letters", "withdraw/visit", "agree/photos", "erase")
    for one in [page, *[(await family.gets(f"{ana}/{step}")).text for step in steps]]:
        assert english_left(one) == []
    await town.admin.execute("UPDATE pairing SET introduced_at = program_now(), first_round = 1")
    refused = await family.posts(f"{town.pairings['ana']}/decline")
    assert "Ya se les ha presentado. Si las cartas deben terminar" in refused.text
    assert english_left(refused.text) == []


async def test_what_stands_above_the_letters_is_in_the_familys_language(town: Town) -> None:
    await town.delivers("ana", scan("white"))
    page = await town.guardian(ANAS).sees()
    assert "De Ana para Dana" in page
    assert "Ronda 1 · martes 1 de septiembre de 2026" in page
    assert english_left(page) == []


async def test_a_family_reads_its_pages_in_the_other_language_once_it_has_chosen_it(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    assert 'href="?lang=es" lang="es" hreflang="es" class="language">Español</a>' in await family.sees()
    spanish = (await family.http.get(f"{family.path}?lang=es")).text
    assert 'href="?lang=en" lang="en" hreflang="en" class="language">English</a>' in spanish
    sure = (await family.gets(f"{maya}/withdraw/visit")).text
    assert "Retirar la autorización para Maya" in sure
    done = (await family.posts(f"{maya}/withdraw/visit")).text
    assert "Su autorización para esto queda retirada" in done
    assert "Esta página no existe, o no es para usted." in (await family.gets("nothing")).text
    back = await family.http.get(f"{family.path}?lang=en")
    assert "Your family’s page" in back.text
    assert "Your family’s page" in await family.sees()


async def test_a_refused_form_leads_to_the_page_in_the_other_language(town: Town) -> None:
    refused = await town.guardian(MAYAS).posts(f"{town.pairings['maya']}/decline")
    assert 'href="/stl/family?lang=es"' in refused.text


async def test_a_language_that_the_desk_has_not_is_not_chosen(town: Town) -> None:
    family = town.guardian(ANAS)
    page = await family.http.get(f"{family.path}?lang=tlh")
    assert "La página de su familia" in page.text
    assert CHOSEN not in family.http.cookies


async def test_a_guardian_without_access_is_out_at_once_and_does_not_come_in(town: Town) -> None:
    family = town.guardian(MAYAS)
    await family.sees()
    await town.admin.execute(
        "UPDATE student SET guardian1_access = false, guardian_email = NULL WHERE external_id = 'maya'"
    )
    assert (await family.http.get(family.path)).url.path == "/stl/enter"


async def test_after_an_hour_a_family_enters_again(town: Town) -> None:
    family = town.guardian(MAYAS)
    await family.sees()
    await town.on(town.now.date(), hour=town.now.hour + 1)
    assert (await family.http.get(family.path)).url.path == "/stl/enter"


WAYS = ["withdraw/letters", "withdraw/visit", "agree/photos", "erase"]


async def test_fault_33_another_familys_child_is_not_there(town: Town) -> None:
    leo = await student(town, "leo")
    draft = await town.delivers("leo", scan("white"))
    family = town.guardian(MAYAS)
    key = await family.form_key()
    for who in (leo, uuid4()):
        for way in WAYS:
            assert (await family.gets(f"{who}/{way}")).status_code == 404
            assert (await family.posts(f"{who}/{way}", key=key)).status_code == 404
    assert (await family.gets(f"letter/{draft.id}")).status_code == 404
    assert (await family.posts(f"{town.pairings['leo']}/decline", key=key)).status_code == 404
    assert (await family.gets(f"{await student(town, 'maya')}/withdraw/everything")).status_code == 404
    assert await town.admin.fetchval("SELECT count(*) FROM consent WHERE withdrawn_at IS NOT NULL") == 0


@pytest.mark.parametrize("who", ["tess", "mo", "cora", "sam", "coco"])
async def test_fault_33_the_page_is_closed_to_whoever_has_no_child_here(town: Town, who: str) -> None:
    someone, maya = town.guardian(who), await student(town, "maya")
    assert (await someone.http.get(someone.path)).status_code == 403
    for way in WAYS:
        assert (await someone.gets(f"{maya}/{way}")).status_code == 403
        assert (await someone.posts(f"{maya}/{way}", key="x")).status_code == 403


async def test_fault_33_the_database_hides_another_school_with_the_pages_checks_taken_away(
    town: Town,
) -> None:
    await town.delivers("leo", "Hello")
    family = await family_at_desk(town.parts.office, await town.guardian(MAYAS).entered())
    leo = await student(town, "leo")
    async with town.parts.database.transaction(family.scope_of(family.children[0])) as connection:
        assert await family_page.letters(connection, leo) == []
        assert await family_page.consents_in_force(connection, leo) == {}


async def test_a_form_without_the_pages_own_key_changes_nothing(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    for way in (*(f"{maya}/{one}" for one in WAYS), f"{town.pairings['maya']}/decline"):
        assert (await family.posts(way, key="forged")).status_code == 403
    assert await town.admin.fetchval("SELECT count(*) FROM erasure") == 0
    assert await town.admin.fetchval("SELECT count(*) FROM ending") == 0


async def test_a_teacher_prints_a_notice_for_each_backpack_of_the_own_class(town: Town) -> None:
    tess = town.teacher("tess")
    assert "Print the families’ notices" in await tess.sees()
    pages = read_pdf((await tess.gets(f"notices/{NORTH}/5A")).content)
    assert [name in page for name, page in zip(("Maya", "Ana", "Noah", "Uma"), pages, strict=True)] == [
        True
    ] * 4
    assert "https://desk.bluepals.example/stl/family" in pages[0]
    assert not any("introduce" in page and "Dana" in page for page in pages), "they know each other"
    assert (await town.teacher("sol").gets(f"notices/{NORTH}/5A")).status_code == 404
    await town.admin.execute("UPDATE student SET withdrawn_at = $1", town.now)
    assert "Print the families’ notices" not in await tess.sees()
    assert (await tess.gets(f"notices/{NORTH}/5A")).status_code == 404


async def test_families_that_have_not_agreed_get_a_notice_and_those_who_said_no_or_left_get_none(
    town: Town,
) -> None:
    tess = town.teacher("tess")
    await asked(town, "maya")
    await town.admin.execute("UPDATE student SET consent_on = NULL")
    for child, said in (("uma", "left_at"), ("noah", "withdrawn_at")):
        await town.admin.execute(f"UPDATE student SET {said} = $2 WHERE external_id = $1", child, town.now)
    assert "Print the families’ notices" in await tess.sees()
    content = (await tess.gets(f"notices/{NORTH}/5A")).content
    mayas, anas = (" ".join(page.split()) for page in read_pdf(content))
    assert "nobody writes to Maya" in mayas
    assert "Dana" not in mayas, "nobody is proposed to who has not agreed"
    assert "por eso nadie escribe a Ana" in anas
    await town.admin.execute("UPDATE program_year SET state = 'closed'")
    assert "Print the families’ notices" not in await tess.sees(), "nothing is left to agree to"


async def test_no_notice_goes_home_where_a_court_keeps_every_guardian_away(town: Town) -> None:
    tess = town.teacher("tess")
    await town.admin.execute("UPDATE student SET guardian_email = NULL, guardian1_access = false")
    assert "Print the families’ notices" not in await tess.sees()
    assert (await tess.gets(f"notices/{NORTH}/5A")).status_code == 404
    await town.admin.execute(
        "UPDATE student SET guardian2_name = 'Grandma', consent_on = NULL WHERE external_id = 'maya'"
    )
    (page,) = read_pdf((await tess.gets(f"notices/{NORTH}/5A")).content)
    assert "Maya Lopez" in page


async def test_the_notice_says_whom_the_child_is_to_be_introduced_to_as_long_as_the_family_may_say_no(
    town: Town,
) -> None:
    await asked(town, "maya")
    tess = town.teacher("tess")

    async def printed() -> list[str]:
        content = (await tess.gets(f"notices/{NORTH}/5A")).content
        return [" ".join(page.split()) for page in read_pdf(content)]

    mayas, anas, *_ = await printed()
    assert "introduce Maya to Dana of City Police" in mayas
    assert "say so by Tuesday, September 8, 2026, 9:00 AM." in mayas
    assert "Ruiz" not in mayas, "officers are known to families by their first names"
    assert "Dana" not in anas, "her family has not been asked yet"
    await town.on((town.now + timedelta(days=8)).date())
    assert not any("Dana" in page for page in await printed())


async def test_a_family_keeps_the_letters_of_a_pal_who_was_there_before_its_child_changed_schools(
    town: Town,
) -> None:
    await town.delivers("maya", "I have a cat.")
    await town.delivers("maya", scan("white"), side=Side.OFFICER)
    await town.opens(NORTH)
    await town.on(FIRST_OPENING)
    office = town.parts.office
    await leaving.officer_died(office, SCOPE, town.officers["dana"], by=town.staff["cora"])
    await moves.transfer(office, SCOPE, "maya", school="south", class_name="5A")
    family = town.guardian(MAYAS)
    assert "I have a cat." in await family.sees()
    draft = await town.newest_draft("maya", Side.OFFICER)
    assert len(page_pictures((await family.gets(f"letter/{draft.id}")).content)) == 1


async def test_while_letters_rest_a_notice_names_the_officer_and_no_day(town: Town) -> None:
    await asked(town, "maya")
    until = town.now + timedelta(days=7)
    by = town.staff["cora"]
    await pauses.pause(town.parts.office, SCOPE, Target(), [What.LETTERS], reason="snow", by=by)
    for day in (town.now, until + timedelta(days=1)):
        await town.on(day.date())
        (mayas, *_) = read_pdf((await town.teacher("tess").gets(f"notices/{NORTH}/5A")).content)
        said = " ".join(mayas.split())
        assert "introduce Maya to Dana of City Police" in said
        assert "If you would rather have somebody else, say so." in said
        assert "September" not in said
