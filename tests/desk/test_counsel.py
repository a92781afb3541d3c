"""A counselor's page: their cases and no others, the letter once it is read on record, a plan, and the word that closes."""

import html
import io
from datetime import date, timedelta
from uuid import UUID

import pytest
from PIL import Image

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Letter, Side
from bluepals.domain.people import Partner
from bluepals.facts import cases, letters
from bluepals.store import people
from bluepals.store.deliveries import Delivery, Held
from tests.desk.spanish import english_left
from tests.desk.town import FIRST_ROUND, PROGRAM, SCOPE, Town, Visitor, scan

FRIENDS = Partner("Friends of Children", "grief", ("en", "es"), "555-0100")
A_SCHOOL_DAY = "2026-09-08"


async def save_partners(town: Town) -> None:
    async with town.parts.database.transaction(SCOPE) as connection:
        await people.save_partners(connection, PROGRAM.id, [FRIENDS])


@pytest.fixture(autouse=True)
async def partners(town: Town) -> None:
    await save_partners(town)


async def a_case(
    town: Town, concern: Concern, text: str | Letter = "I feel so lonely.", *, child: str = "maya"
) -> str:
    draft = await town.hands_in(child, text)
    opened = await cases.worry(
        town.parts.office, SCOPE, draft_id=draft.id, by=town.staff["mo"], concern=concern
    )
    return str(opened.case.id)


async def test_a_letter_is_read_on_record_then_planned_and_goes_on(town: Town) -> None:
    case = await a_case(town, Concern.SAD)
    coco = town.counselor("coco")
    page = await coco.sees()
    assert "A child is sad, or lonely" in page
    assert "Maya Lopez, class 5A, North School, round 1" in page
    assert "a plan by Wednesday, September 2, 2026, 5:00 PM CDT" in page
    before = (await coco.gets(case)).text
    assert "Read the letter" in before
    assert "so lonely" not in before
    read = await coco.posts(f"{case}/read")
    assert "I feel so lonely." in read.text
    assert (
        await town.admin.fetchval("SELECT count(*) FROM letter_read WHERE reader = $1", town.staff["coco"])
        == 1
    )
    assert "Make a plan first." in read.text
    refused = await coco.posts(f"{case}/close", letter="deliver")
    assert (refused.status_code, "There is no plan yet." in refused.text) == (409, True)
    planned = await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY, partner=FRIENDS.name)
    assert "Tuesday, September 8, 2026</strong>, with Friends of Children." in planned.text
    closed = await coco.posts(f"{case}/close", letter="deliver")
    assert "The case is closed." in closed.text
    assert "Tuesday, September 8, 2026</strong>, with Friends of Children." in closed.text
    assert "letter goes on" in await coco.sees()
    row = await town.admin.fetchrow("SELECT verdict, decided_by FROM decision")
    assert row is not None
    assert tuple(row) == ("approve", town.staff["coco"])


async def test_a_day_that_has_come_stands_on_top(town: Town) -> None:
    case = await a_case(town, Concern.UNSURE)
    coco = town.counselor("coco")
    await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY)
    assert "Look again today" not in await coco.sees()
    await town.on(date.fromisoformat(A_SCHOOL_DAY))
    assert "Look again today" in await coco.sees()


async def test_a_case_that_is_closed_is_looked_at_again_on_its_day(town: Town) -> None:
    case = await a_case(town, Concern.SAD)
    coco = town.counselor("coco")
    await coco.posts(f"{case}/read")
    await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY)
    await coco.posts(f"{case}/close", letter="deliver")
    ahead = await coco.sees()
    assert "Closed, and to look at again" in ahead
    assert "You look again on Tuesday, September 8, 2026." in ahead
    await town.on(date.fromisoformat(A_SCHOOL_DAY))
    assert "Look again today" in await coco.sees()
    await town.on(date.fromisoformat(A_SCHOOL_DAY) + timedelta(days=1))
    over = await coco.sees()
    assert "Nothing waits for you here." in over
    assert "Closed (1)" in over


async def test_a_letter_in_which_harm_was_suspected_goes_on_when_the_counselor_is_sure(town: Town) -> None:
    case = await a_case(town, Concern.HARM, "My uncle hits me.")
    coco = town.counselor("coco")
    await coco.posts(f"{case}/read")
    for name in ("coco", "mo", "tess"):
        await cases.attest(
            town.parts.office, SCOPE, case_id=UUID(case), by=town.staff[name], reported_at=town.now
        )
    assert f"/{case}/goes-on" in (await coco.gets(case)).text
    sure = await coco.gets(f"{case}/goes-on")
    assert "The letter goes on: Maya Lopez" in sure.text
    assert await town.admin.fetchval("SELECT closed_at FROM case_file") is None
    closed = await coco.posts(f"{case}/goes-on")
    assert "Closed: letter goes on." in closed.text
    assert "You reported on Tuesday, September 1, 2026, 9:00 AM CDT." in closed.text, "it stays"


async def test_a_letter_that_its_reader_had_before_is_said_to_have_gone_on(town: Town) -> None:
    await town.on(FIRST_ROUND)
    draft = await town.delivers("maya", "I feel so lonely.")
    await town.on(FIRST_ROUND, hour=10)
    opened = await cases.worry(
        town.parts.office, SCOPE, draft_id=draft.id, by=town.officers["dana"], concern=Concern.SAD
    )
    coco = town.counselor("coco")
    await coco.posts(f"{opened.case.id}/read")
    later = (FIRST_ROUND + timedelta(weeks=4)).isoformat()
    page = (await coco.posts(f"{opened.case.id}/plan", look_again=later)).text
    assert "The letter had gone on before; nobody is shown it while the case is open." in page
    assert "Its reader may see it again" in page
    assert "It goes back, to be changed" not in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"look_again": ""}, "Choose a day for the next look."),
        ({"look_again": "2026-09-06"}, "is a Sunday. Choose a school day: September 7, 2026, for example."),
        ({"look_again": "2040-01-01"}, "Choose a school day: May 28, 2027, for example."),
        ({"look_again": "2026-08-03"}, "August 3, 2026, is over. Choose one to come."),
        ({"look_again": A_SCHOOL_DAY, "partner": "Nobody"}, "is no partner of this program"),
    ],
)
async def test_a_plan_that_can_not_be_is_refused_in_its_place(
    town: Town, fields: dict[str, str], sentence: str
) -> None:
    case = await a_case(town, Concern.SAD)
    refused = await town.counselor("coco").posts(f"{case}/plan", **fields)
    assert refused.status_code in {409, 422}
    assert sentence in refused.text


async def test_who_reads_a_letter_of_suspected_harm_has_the_duty_and_attests_here(town: Town) -> None:
    case = await a_case(town, Concern.HARM, "My uncle hits me.")
    coco = town.counselor("coco")
    before = (await coco.gets(case)).text
    assert "with it comes the duty to report: your own, and immediate" in before
    assert "I have reported" not in before
    read = await coco.posts(f"{case}/read")
    assert "My uncle hits me." in read.text
    assert "The hotline: Childhelp" in read.text
    assert "please attest" in await coco.sees()
    without_time = await coco.posts(f"{case}/attest")
    assert without_time.status_code == 422
    assert "have no reasonable cause: you, Ms. Mo and Ms. Tess." in without_time.text
    attested = await coco.posts(f"{case}/attest", when="2026-09-01T09:00")
    assert "It is on record, for you." in attested.text
    assert "You reported on Tuesday, September 1, 2026, 9:00 AM CDT." in attested.text
    assert "Ms. Mo was worried." in attested.text
    waits = "Nobody can close it yet. Who has read the letter and has not said"
    assert waits in attested.text, "the teacher who typed it, and the moderator"
    assert "have no reasonable cause: Ms. Mo and Ms. Tess." in attested.text
    refused = await coco.posts(f"{case}/close", letter="keep")
    assert refused.status_code == 409
    assert "nobody can do it for them" in refused.text


async def test_a_letter_goes_back_with_both_its_reasons(town: Town) -> None:
    case = await a_case(town, Concern.SAD)
    coco = town.counselor("coco")
    await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY)
    without = await coco.posts(f"{case}/close", letter="return", for_child="Tell it to Coco first.")
    assert (without.status_code, "needs its reasons, in both boxes" in without.text) == (422, True)
    await coco.posts(
        f"{case}/close", letter="return", for_child="Tell it to Coco first.", for_adult="<b>Talk</b> first."
    )
    assert await town.admin.fetchval("SELECT verdict FROM decision") == "return"
    assert (await coco.posts(f"{case}/close", letter="burn")).status_code == 422


async def test_what_is_refused_stays_as_it_was_typed_and_ticked(town: Town) -> None:
    case = await a_case(town, Concern.FAMILY)
    coco = town.counselor("coco")
    plan = (await coco.posts(f"{case}/plan", look_again="2026-09-06", partner=FRIENDS.name)).text
    assert 'name="look-again" value="2026-09-06"' in plan
    assert f'name="partner" value="{FRIENDS.name}" checked' in plan
    await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY)
    await coco.posts(f"{case}/read")
    back = (await coco.posts(f"{case}/close", letter="return", for_child="Tell Coco.", for_adult="")).text
    assert "<details open>\n<summary>It goes back" in back
    assert 'name="for-child" value="Tell Coco."' in back
    long = await coco.posts(f"{case}/close", letter="return", for_child="x" * 501, for_adult="Talk first.")
    assert "Your own words have 501 characters" in long.text
    asked = (await coco.posts(f"{case}/close", letter="burn", counsel_asked="2026-09-01")).text
    assert 'name="counsel-asked" value="2026-09-01"' in asked


async def test_an_attestation_that_is_refused_keeps_its_time_and_reference(town: Town) -> None:
    case = await a_case(town, Concern.HARM)
    coco = town.counselor("coco")
    await coco.posts(f"{case}/read")
    refused = (await coco.posts(f"{case}/attest", when="2026-09-02T08:30", reference="MO-1")).text
    assert 'name="when" value="2026-09-02T08:30"' in refused
    assert 'name="reference" value="MO-1"' in refused


async def test_no_reasonable_cause_is_asked_once_more(town: Town) -> None:
    case = await a_case(town, Concern.HARM)
    coco = town.counselor("coco")
    await coco.posts(f"{case}/read")
    assert (
        f'href="/stl/counsel/{case}#attest">No, go back' in (await coco.gets(f"{case}/attest/no-cause")).text
    )
    done = await coco.posts(f"{case}/attest/no-cause")
    assert "You read it and had no reasonable cause." in done.text


async def test_a_plan_speaks_of_helpers_only_where_there_are_some(town: Town) -> None:
    case = await a_case(town, Concern.SAD)
    coco = town.counselor("coco")
    assert "here stand a day and who helps." in (await coco.gets(case)).text
    await town.admin.execute("DELETE FROM partner")
    assert "here stands a day." in (await coco.gets(case)).text


async def test_a_familys_trouble_goes_to_no_officer_before_counsel_was_asked(town: Town) -> None:
    case = await a_case(town, Concern.FAMILY)
    coco = town.counselor("coco")
    await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY)
    refused = await coco.posts(f"{case}/close", letter="deliver")
    assert (refused.status_code, "before counsel was asked: say on which day that was" in refused.text) == (
        409,
        True,
    )
    closed = await coco.posts(f"{case}/close", letter="deliver", counsel_asked="2026-09-01")
    assert "The case is closed." in closed.text


TROUBLE = "My brother Leo was taken by the police.\nI like soccer."
REDACTED = "My brother […] was […].\nI like soccer."
LEFT_OUT = {"leave_out": "Leo\r\ntaken by the police"}


async def familys(town: Town, text: str | Letter = TROUBLE) -> tuple[Visitor, str]:
    """The counselor, who has read the letter and made a plan, and the case."""
    case, coco = await a_case(town, Concern.FAMILY, text), town.counselor("coco")
    await coco.posts(f"{case}/read")
    await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY)
    return coco, case


async def release(town: Town, draft_id: UUID, draft_hash: bytes) -> Delivery | Held:
    return await letters.release(
        town.parts.office,
        SCOPE,
        pairing_id=town.pairings["maya"],
        draft_id=draft_id,
        draft_hash=draft_hash,
    )


@pytest.mark.parametrize("approved_before", [False, True])
async def test_a_familys_trouble_is_left_out_by_the_counselor_and_the_copy_is_what_goes_on(
    town: Town, approved_before: bool
) -> None:
    original = await town.hands_in("maya", TROUBLE)
    if approved_before:
        await town.decides(original)
    coco, case = await familys(town)
    seen = await coco.posts(f"{case}/copy", **LEFT_OUT)
    assert REDACTED in seen.text
    assert await town.count_drafts("maya") == 1, "to look is to keep nothing"
    changed = await coco.posts(f"{case}/copy", change="yes", **LEFT_OUT)
    assert "Leo\ntaken by the police</textarea>" in changed.text
    done = await coco.posts(f"{case}/copy/deliver", **LEFT_OUT)
    assert "The case is closed." in done.text
    copy = await town.newest_draft("maya", Side.STUDENT)
    row = await town.admin.fetchrow(
        "SELECT source, made_by, draft.uploaded_by, decided_by, verdict, case_file.letter FROM draft"
        " JOIN decision ON draft_id = draft.id JOIN case_file ON copy_id = draft.id WHERE draft.id = $1",
        copy.id,
    )
    coco_id, tess = town.staff["coco"], town.staff["tess"]
    assert tuple(row or ()) == (original.id, coco_id, tess, coco_id, "approve", "deliver")
    assert not isinstance(await release(town, original.id, original.hash), Delivery), "for good"
    assert isinstance(await release(town, copy.id, copy.hash), Delivery)
    page = html.unescape(await town.officer("dana").sees())
    assert REDACTED in page
    assert "Leo was" not in page
    assert "Leo was" in (await coco.gets(case)).text, "the letter stays as it was handed in"


async def test_the_letter_itself_is_kept_though_its_other_case_lets_it_go_on(town: Town) -> None:
    coco, case = await familys(town)
    original = await town.newest_draft("maya", Side.STUDENT)
    opened = await cases.worry(
        town.parts.office, SCOPE, draft_id=original.id, by=town.staff["mo"], concern=Concern.SAD
    )
    await coco.posts(f"{case}/copy/deliver", **LEFT_OUT)
    copy = await town.newest_draft("maya", Side.STUDENT)
    assert await release(town, copy.id, copy.hash) is Held.CASE, "the other case is still open"
    await coco.posts(f"{opened.case.id}/plan", look_again=A_SCHOOL_DAY)
    await coco.posts(f"{opened.case.id}/close", letter="keep")
    assert await release(town, copy.id, copy.hash) is Held.CASE, "and keeps it"


async def test_leaving_words_out_of_what_was_delivered_comes_too_late(town: Town) -> None:
    draft = await town.delivers("maya", TROUBLE)
    coco, case = await familys(town)
    refused = await coco.posts(f"{case}/copy/deliver", **LEFT_OUT)
    assert (refused.status_code, "comes too late" in refused.text) == (409, True)
    assert (await town.newest_draft("maya", Side.STUDENT)).id == draft.id


async def test_parts_of_a_handwritten_page_are_black_in_the_copy(town: Town) -> None:
    coco, case = await familys(town, scan("white"))
    assert 'name="cell" value="1-1-1"' in (await coco.gets(case)).text
    seen = await coco.posts(f"{case}/copy", cell="1-1-1")
    assert f'src="/stl/counsel/{case}/page/1?cell=1-1-1' in html.unescape(seen.text)
    for address, black in ((f"{case}/page/1", False), (f"{case}/page/1?cell=1-1-1", True)):
        picture = Image.open(io.BytesIO((await coco.gets(address)).content)).convert("L")
        assert (picture.getpixel((5, 5)) == 0) is black
    await coco.posts(f"{case}/copy/deliver", cell="1-1-1")
    copy = await town.newest_draft("maya", Side.STUDENT)
    assert isinstance(await release(town, copy.id, copy.hash), Delivery)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Say what is to be left out."),
        ({"leave_out": "Uncle Bob"}, "“Uncle Bob” does not stand in this letter."),
        ({"mark": "0-4"}, "The letter has changed."),
    ],
)
async def test_nothing_goes_on_as_a_copy_with_nothing_left_out(
    town: Town, fields: dict[str, str], sentence: str
) -> None:
    coco, case = await familys(town)
    for step in ("copy", "copy/deliver"):
        assert sentence in (await coco.posts(f"{case}/{step}", **fields)).text
    assert await town.count_drafts("maya") == 1
    assert await town.admin.fetchval("SELECT closed_at FROM case_file") is None


async def test_words_are_left_out_of_a_familys_letter_only(town: Town) -> None:
    case, coco = await a_case(town, Concern.SAD, TROUBLE), town.counselor("coco")
    await coco.posts(f"{case}/read")
    await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY)
    refused = await coco.posts(f"{case}/copy/deliver", **LEFT_OUT)
    assert (refused.status_code, "only of a letter about a family" in refused.text) == (409, True)


async def test_handwritten_pages_are_opened_once_they_are_read_on_record(town: Town) -> None:
    case = await a_case(town, Concern.SAD, scan("white"))
    coco = town.counselor("coco")
    assert (await coco.gets(f"{case}/pages")).status_code == 404
    await coco.posts(f"{case}/read")
    assert "Open the handwritten pages" in (await coco.gets(case)).text
    assert (await coco.gets(f"{case}/pages")).content.startswith(b"%PDF")


async def test_harm_that_the_counselor_sees_opens_a_case_of_its_own(town: Town) -> None:
    case = await a_case(town, Concern.SAD)
    draft = await town.admin.fetchval("SELECT draft_id FROM case_file")
    coco = town.counselor("coco")
    assert (await coco.posts(f"{case}/worry/{draft}", kind="harm")).status_code == 404, "not read yet"
    await coco.posts(f"{case}/read")
    said = await coco.posts(f"{case}/worry/{draft}", kind="harm")
    assert "Your duty to report is your own, and immediate" in said.text
    assert await town.admin.fetchval("SELECT count(*) FROM case_file") == 2


@pytest.mark.parametrize(
    ("word", "becomes"),
    [
        ("deliver", "Closed: letter goes on."),
        ("keep", "Closed: letter was to go on, and another case holds it."),
    ],
)
async def test_a_letter_with_two_cases_goes_on_when_both_let_it(town: Town, word: str, becomes: str) -> None:
    sad = await a_case(town, Concern.SAD)
    draft = await town.admin.fetchval("SELECT draft_id FROM case_file")
    coco = town.counselor("coco")
    await coco.posts(f"{sad}/read")
    await coco.posts(f"{sad}/worry/{draft}", kind="harm")
    await coco.posts(f"{sad}/plan", look_again=A_SCHOOL_DAY)
    closed = await coco.posts(f"{sad}/close", letter="deliver")
    waits = "letter goes on once the other case about it is closed"
    assert f"Closed: {waits}." in closed.text
    assert waits in await coco.sees()
    harm = await town.admin.fetchval("SELECT id FROM case_file WHERE kind = 'harm'")
    for name in ("coco", "mo", "tess"):
        await cases.attest(town.parts.office, SCOPE, case_id=harm, by=town.staff[name], reported_at=town.now)
    await coco.posts(f"{harm}/close", letter=word)
    assert becomes in (await coco.gets(sad)).text


async def test_an_officers_conduct_is_not_the_counselors_to_see(town: Town) -> None:
    await town.on(FIRST_ROUND)
    draft = await town.hands_in("noah", "Call me at home.", side=Side.OFFICER)
    by = town.staff["mo"]
    opened = await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.CONDUCT)
    coco = town.counselor("coco")
    assert "Nothing waits for you here." in await coco.sees()
    assert (await coco.gets(str(opened.case.id))).status_code == 404


async def test_a_counselor_who_speaks_spanish_is_told_everything_in_it(town: Town) -> None:
    case, coco = await a_case(town, Concern.HARM, "Me pega."), town.counselor("coco")
    coco.http.headers["accept-language"] = "es"
    pages = [await coco.sees(), (await coco.gets(case)).text]
    assert '<html lang="es">' in pages[0]
    assert "Maya Lopez, clase 5A, North School, ronda 1. Desde el martes 1 de septiembre de 2026" in pages[0]
    assert "y con ello le corresponde el deber de denunciar: suyo, personal e inmediato." in pages[1]
    assert "Friends of Children: grief <small>555-0100 · inglés y español</small>" in pages[1]
    read = (await coco.posts(f"{case}/read")).text
    assert "El deber de denunciar es suyo, personal e inmediato." in read
    assert "La línea de denuncia: Childhelp, 1-800-422-4453" in read
    assert "si no tienen causa razonable: usted, Ms. Mo y Ms. Tess." in read
    sunday = (await coco.posts(f"{case}/plan", look_again="2026-09-06", partner=FRIENDS.name)).text
    assert "El día para revisar de nuevo, el 6 de septiembre de 2026, no es día de clases" in sunday
    assert "<title>No se ha aceptado: Sospecha de daño" in sunday
    pages += [read, (await coco.posts(f"{case}/plan", look_again=A_SCHOOL_DAY, partner=FRIENDS.name)).text]
    assert "<strong>martes 8 de septiembre de 2026</strong>, con Friends of Children." in pages[-1]
    pages += [(await coco.gets(f"{case}/attest/no-cause")).text, (await coco.gets(f"{case}/goes-on")).text]
    pages.append((await coco.posts(f"{case}/attest", when="2026-09-01T09:00")).text)
    refused = (await coco.posts(f"{case}/close", letter="keep")).text
    assert "2 personas que leyeron la carta no han declarado todavía" in refused
    for name in ("mo", "tess"):
        await cases.attest(
            town.parts.office, SCOPE, case_id=UUID(case), by=town.staff[name], reported_at=town.now
        )
    pages += [refused, (await coco.posts(f"{case}/goes-on")).text, await coco.sees()]
    assert [english_left(one, FRIENDS.name) for one in pages] == [[]] * len(pages)


async def test_what_a_counselor_leaves_out_is_asked_and_shown_in_spanish(town: Town) -> None:
    coco, case = await familys(town, "Mi hermano.")
    coco.http.headers["accept-language"] = "es"
    pages = [(await coco.gets(case)).text, (await coco.posts(f"{case}/copy", leave_out="hermano")).text]
    assert all('<div class="written" lang="en" dir="auto">Mi ' in one for one in pages), "as it was handed in"
    assert "Esta copia seguiría su camino" in pages[1]
    nothing = await coco.posts(f"{case}/copy", leave_out="tío")
    assert (nothing.status_code, "tío" in nothing.text) == (422, True)
    assert [english_left(one, FRIENDS.name) for one in [*pages, nothing.text]] == [[], [], []]


def ways(case: str, draft: UUID) -> list[tuple[str, str]]:
    return [
        ("GET", case),
        ("POST", f"{case}/read"),
        ("GET", f"{case}/pages"),
        ("POST", f"{case}/attest"),
        ("GET", f"{case}/attest/no-cause"),
        ("POST", f"{case}/attest/no-cause"),
        ("POST", f"{case}/plan"),
        ("POST", f"{case}/close"),
        ("POST", f"{case}/worry/{draft}"),
    ]


FIELDS = {"when": "2026-09-01T09:00", "look-again": A_SCHOOL_DAY, "letter": "keep", "kind": "harm"}


async def test_fault_33_a_counselor_of_another_school_finds_nothing(town: Town) -> None:
    case = await a_case(town, Concern.SAD)
    draft = await town.admin.fetchval("SELECT draft_id FROM case_file")
    cal = town.counselor("cal")
    assert "Nothing waits for you here." in await cal.sees()
    key = await cal.form_key()
    for method, path in ways(case, draft):
        answer = await cal.http.request(method, f"{cal.path}/{path}", data={"form": key, **FIELDS})
        assert answer.status_code == 404, path
    assert (
        await town.admin.fetchval("SELECT count(*) FROM letter_read WHERE reader = $1", town.staff["cal"])
        == 0
    )


@pytest.mark.parametrize("who", ["tess", "mo", "cora", "sam"])
async def test_fault_33_the_page_is_closed_to_everybody_else(town: Town, who: str) -> None:
    case = await a_case(town, Concern.SAD)
    draft = await town.admin.fetchval("SELECT draft_id FROM case_file")
    someone = town.counselor(who)
    assert (await someone.http.get(someone.path)).status_code == 403
    for method, path in ways(case, draft):
        answer = await someone.http.request(method, f"{someone.path}/{path}", data=FIELDS)
        assert answer.status_code == 403, path


async def test_a_form_without_the_pages_own_key_changes_nothing(town: Town) -> None:
    case = await a_case(town, Concern.SAD)
    draft = await town.admin.fetchval("SELECT draft_id FROM case_file")
    coco = town.counselor("coco")
    await coco.posts(f"{case}/read")
    for method, path in ways(case, draft):
        if method == "POST":
            answer = await coco.http.post(f"{coco.path}/{path}", data=FIELDS)
            assert answer.status_code == 403, path
    assert await town.admin.fetchval("SELECT count(*) FROM case_plan") == 0
    assert await town.admin.fetchval("SELECT closed_at FROM case_file") is None
