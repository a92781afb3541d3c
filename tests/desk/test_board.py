"""The coordinator's board: what needs them, with the button there; how far the rounds are; who waits."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from bluepals.domain import references
from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.domain.sentences import Sentence, begun
from bluepals.domain.silence import Rung
from bluepals.facts import cases, erasure, leaving, letters, replacements, silence
from bluepals.facts.office import Letterhead
from bluepals.store import attention
from bluepals.store import silence as silence_store
from bluepals.store.endings import Reason
from tests.desk.spanish import english_left
from tests.desk.town import FIRST_ROUND, SCOPE, Town, Visitor

LOOK = Sentence("Look.")


@pytest.fixture
async def seeking(town: Town) -> Town:
    """Kim can't go on: Rita of the same agency is proposed for Zoe."""
    await leaving.leave(town.parts.office, SCOPE, town.officers["kim"], Reason.BUSY, by=town.staff["cora"])
    async with town.parts.office.committing(SCOPE) as connection:
        await replacements.seek(connection, await Letterhead.of(town.parts.office, connection))
    return town


async def takes(visitor: Visitor, key: str, step: str, **fields: str) -> httpx.Response:
    data = {"form": await visitor.form_key(), "step": step, **fields}
    return await visitor.http.post(f"{visitor.path}/{key}", data=data)


async def call_about_zoe(town: Town) -> str:
    key: str = await town.admin.fetchval("SELECT key FROM attention WHERE kind = 'new officer'")
    return key


async def test_an_empty_desk_says_so(town: Town) -> None:
    page = await town.coordinator("cora").sees()
    assert "Nothing needs you." in page
    assert "No letter waits for a reader." in page


async def test_letters_that_wait_are_counted_with_the_oldest(town: Town) -> None:
    await town.hands_in("noah", "Hello")
    await town.on(FIRST_ROUND)
    await town.hands_in("maya", "Hello")
    page = await town.coordinator("cora").sees()
    assert re.search(
        r"<strong>2</strong> in English at North School, the oldest since Tuesday, September 1, [^.]*\.\s+"
        r'<span class="hint">Ms\. Mia, Ms\. Mo and you may read them\.',
        page,
    )


async def test_only_who_reads_a_language_is_named_for_its_letters_and_it_is_said_when_nobody_does(
    town: Town,
) -> None:
    await town.hands_in("ana", "Hola.", language="es")
    await town.hands_in("leo", "Hola.", language="es")
    page = " ".join((await town.coordinator("cora").sees()).split())
    norths, souths = (
        page.split(f"<strong>1</strong> in Spanish at {one} School")[1] for one in ("North", "South")
    )
    assert "Ms. Mia may read it." in norths.partition("</li>")[0]
    assert "No moderator may read it: add one who reads Spanish to staff.csv" in souths.partition("</li>")[0]
    await town.admin.execute("UPDATE staff SET languages = '{en,es}' WHERE external_id = 'cora'")
    page = " ".join((await town.coordinator("cora").sees()).split())
    assert "Ms. Mia and you may read it." in page
    assert "Nobody but you may read it: add a moderator who reads Spanish to staff.csv." in page


async def test_who_waits_for_a_pal_is_named_with_the_reason(town: Town) -> None:
    page = await town.coordinator("cora").sees()
    assert "No officer with a free place yet <small>1</small>" in page
    assert "Uma Yang, class 5A, North School: since Tuesday, September 1, 2026" in page


async def test_it_waits_since_it_may_have_a_pal_and_has_lost_the_last_one(town: Town) -> None:
    """On the roster since September 1."""
    await town.admin.execute("UPDATE student SET consent_on = '2026-09-20' WHERE external_id = 'uma'")
    await town.on(date(2026, 9, 28), hour=21)
    await leaving.stop(town.parts.office, SCOPE, town.officers["kim"], by=town.staff["cora"])
    await town.on(date(2026, 9, 30))
    page = await town.coordinator("cora").sees()
    assert "Uma Yang, class 5A, North School: since Sunday, September 20, 2026" in page
    assert "Zoe Kraus, class 5/B &amp; C, North School: since Monday, September 28, 2026" in page
    pairs = await town.pairs("cora").sees()
    assert "Uma Yang, class 5A, North School: for a female officer, since Sunday, September 20, 2026" in pairs


async def test_each_schools_rounds_are_there_in_words_too(town: Town) -> None:
    await town.delivers("noah", "Hello")
    page = await town.coordinator("cora").sees()
    assert "Round 1, North School. Children: 1 of 4 written, 1 read, 1 released" in page
    assert "Round 2, South School. Children: 0 of 1 written" in page


async def test_the_next_officer_is_approved_by_a_button(seeking: Town) -> None:
    cora, key = seeking.coordinator("cora"), await call_about_zoe(seeking)
    zoe, from_when = (
        "Zoe Kraus, class 5/B &amp; C, North School",
        "from Tuesday, September 29, 2026 at the earliest",
    )
    assert f"{zoe}: Rita Ruiz is proposed as the next one, {from_when}" in await cora.sees()
    done = await takes(cora, key, "approve the officer")
    assert "Nothing needs you." in done.text
    assert f"{zoe}: Rita Ruiz is approved as the next one, {from_when}" in done.text
    approved: UUID = await seeking.admin.fetchval("SELECT approved_by FROM replacement")
    assert approved == seeking.staff["cora"]


async def test_a_rejection_needs_a_reason(seeking: Town) -> None:
    cora, key = seeking.coordinator("cora"), await call_about_zoe(seeking)
    refused = await takes(cora, key, "reject the officer")
    assert refused.status_code == 422
    assert "Say in a few words why this officer is not to be next" in refused.text
    done = await takes(cora, key, "reject the officer", why="They are neighbours.")
    assert done.status_code == 200
    assert await seeking.admin.fetchval("SELECT approved_by FROM replacement") is None


async def test_a_button_that_a_call_does_not_have_is_no_page(seeking: Town) -> None:
    cora, key = seeking.coordinator("cora"), await call_about_zoe(seeking)
    assert (await takes(cora, key, "send the warning")).status_code == 404
    assert (await takes(cora, "nothing", "approve the officer")).status_code == 404


async def test_a_call_that_another_has_answered_is_answered(seeking: Town) -> None:
    cora, key = seeking.coordinator("cora"), await call_about_zoe(seeking)
    await takes(cora, key, "approve the officer")
    assert (await takes(cora, key, "approve the officer")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ("UPDATE student SET consent_on = NULL WHERE external_id = 'uma'", "No consent on record"),
        (
            "UPDATE student SET pal_gender = NULL WHERE external_id = 'uma'",
            "Whose pal it is to be is undecided",
        ),
    ],
)
async def test_what_a_child_waits_for_is_said(town: Town, changes: str, why: str) -> None:
    await town.admin.execute(changes)
    assert f"{why} <small>1</small>" in await town.coordinator("cora").sees()


async def test_a_case_is_an_id_and_what_it_waits_for(town: Town) -> None:
    draft = await town.hands_in("maya", "I feel so lonely.")
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.SAD)
    page = await town.coordinator("cora").sees()
    case = await town.case()
    assert f'<span class="id">{case}</span>' in page
    assert "Waits for the counselor&#39;s plan." in page
    assert "lonely" not in page
    assert "A child is sad" not in page


async def test_a_coordinator_who_is_its_counselor_too_opens_a_case_from_the_board(town: Town) -> None:
    draft = await town.hands_in("maya", "I feel so lonely.")
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.SAD)
    await town.is_coordinator_of("coco", "north")
    coco, link = town.coordinator("coco"), f"/stl/counsel/{await town.case()}"
    assert f'<a class="id" href="{link}">' in await coco.sees()
    assert (await coco.http.get(link)).status_code == 200


async def test_a_case_of_conduct_opens_to_no_coordinator_whom_it_is_about(town: Town) -> None:
    draft = await town.hands_in("noah", "Tell nobody.", side=Side.OFFICER)
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.CONDUCT)
    link = f'<a class="id" href="/stl/cases/{await town.case()}">'
    assert link in await town.coordinator("cora").sees()
    await town.admin.execute("UPDATE staff SET email = 'sam@city.example' WHERE external_id = 'cora'")
    assert link not in await town.coordinator("cora").sees()


async def test_a_reader_who_has_still_to_attest_is_counted(town: Town) -> None:
    draft = await town.hands_in("maya", "He hits me.")
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.HARM)
    assert "Waits for 2 readers of the letter to attest." in await town.coordinator("cora").sees()


async def test_a_word_about_an_officer_is_asked_for_first_of_all(town: Town) -> None:
    draft = await town.hands_in("noah", "Tell nobody.", side=Side.OFFICER)
    by = town.staff["mo"]
    await cases.worry(town.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.CONDUCT)
    await _asks(town, "mail")
    cora, lia, case = town.coordinator("cora"), town.reader("lia"), await town.case()
    needs = (await cora.sees()).partition("Rounds")[0]
    assert "Needs you <small>2</small>" in needs
    assert re.search(rf"Your word about Sam Ruiz is needed\..*/stl/cases/{case}\".*Look\.", needs, re.DOTALL)
    word = {"letter": "keep", "officer": "resumes"}
    for one in (town.reader("cora"), lia):
        await one.posts(f"{case}/read")
    await town.reader("cora").posts(f"{case}/word", **word)
    assert "Your word about" not in await cora.sees()
    await lia.posts(f"{case}/word", letter="keep", officer="leaves", sure="yes")
    assert "Your word about Sam Ruiz is needed." in await cora.sees(), "the liaison says something else"
    await lia.posts(f"{case}/word", **word)
    assert "Your word about" not in await cora.sees()


async def test_who_is_next_is_named_with_the_child_and_a_link(seeking: Town) -> None:
    page = await seeking.coordinator("cora").sees()
    assert (
        "Rita Ruiz (rita, County Police) is proposed as the next one for Zoe Kraus (class 5/B &amp; C, North School;"
        " officer: Kim Ruiz)." in page
    )
    zoe = seeking.pairings["zoe"]
    assert f'href="/stl/pairings/{zoe}">The pairing</a>' in page
    kept = await seeking.admin.fetchval("SELECT sentence FROM attention")
    assert ("Zoe" in kept, str(zoe) in kept) == (False, True), (
        "no name is kept in the queue, and none is mailed"
    )


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (
            lambda pairings: Sentence(
                "{child} is silent.", child=begun(references.child_of(pairings["maya"]))
            ),
            "Maya Lopez (class 5A, North School; officer: Dana Ruiz) is silent.",
        ),
        (
            lambda pairings: Sentence(
                "{officer} is silent since {since}.",
                officer=begun(references.officer_of(pairings["maya"])),
                since=date(2026, 9, 18),
            ),
            "Dana Ruiz (City Police; child: Maya Lopez, class 5A, North School) is silent since September 18, 2026.",
        ),
        (
            lambda _: Sentence("{student} waits for another pal.", student=references.student("uma")),
            "Uma Yang (uma, class 5A, North School) waits for another pal.",
        ),
        (
            lambda pairings: Sentence(
                "{draft} of {pairing} is held.",
                draft=begun(references.draft(pairings["maya"])),
                pairing=references.pairing(pairings["leo"]),
            ),
            "A letter of the pairing of Leo Park (class 5A, South School) and Ben Ruiz (County Police) is held.",
        ),
        (
            lambda _: Sentence("The clearance of {officer} ended.", officer=references.officer("sam")),
            "The clearance of Sam Ruiz (sam, City Police) ended.",
        ),
        (
            lambda _: Sentence("{who} has left.", who=begun(references.staff_member("tess"))),
            "Ms. Tess (tess) has left.",
        ),
        (
            lambda _: Sentence("{visit} is called off.", visit=begun(references.visit_of("stl.north.2026"))),
            "The visit of North School is called off.",
        ),
        (
            lambda _: Sentence("Class 5A of {school} has no teacher.", school=references.school("south")),
            "Class 5A of South School has no teacher.",
        ),
        (
            lambda _: Sentence("{student} has no consent.", student=begun(references.student("nobody"))),
            "Student nobody has no consent.",
        ),
        (lambda _: Sentence("Ask {student}.", student=references.student("sam")), "Ask student sam."),
    ],
)
async def test_ids_are_said_as_names(
    town: Town, kept: Callable[[Mapping[str, UUID]], Sentence], said: str
) -> None:
    await _asks(town, "clearance", sentence=kept(town.pairings))
    assert said in await town.coordinator("cora").sees()


async def test_a_call_without_patterns_is_said_as_it_was_written(town: Town) -> None:
    """Those of before 0108 have none."""
    await _asks(town, "clearance", sentence=Sentence("Ask {student}.", student=references.student("uma")))
    await town.admin.execute("UPDATE attention SET patterns = NULL")
    assert "Ask student uma." in await town.coordinator("cora").sees()


async def test_who_was_erased_is_not_named(town: Town) -> None:
    await erasure.request(town.parts.office, SCOPE, "uma", "tess")
    await erasure.confirm(town.parts.office, SCOPE, "uma", by=town.staff["cora"])
    uma = begun(references.student("uma"))
    await _asks(town, "clearance", sentence=Sentence("{student} was erased.", student=uma))
    assert "Student uma was erased." in await town.coordinator("cora").sees()


async def _asks(town: Town, kind: str, *, sentence: Sentence = LOOK, **other: Any) -> str:
    async with town.parts.database.transaction(SCOPE) as connection:
        await attention.call(
            connection,
            key=f"a {kind}",
            kind=kind,
            sentence=sentence,
            how=Sentence("See: starter.py status stl"),
            **other,
        )
    return f"a {kind}"


async def test_what_nothing_else_settles_is_dealt_with_by_a_button(town: Town) -> None:
    key, cora = await _asks(town, "mail"), town.coordinator("cora")
    page = await cora.sees()
    assert "Look." in page
    assert "starter.py" not in page, "the desk has a button for it"
    assert "It is off your list." in (await takes(cora, key, "dealt with")).text
    assert await town.admin.fetchval("SELECT closed_by FROM attention") == town.staff["cora"]
    other = await _asks(town, "clearance")
    assert (await takes(cora, other, "dealt with")).status_code == 404, "an import settles it"


@pytest.mark.parametrize(
    ("kind", "links"),
    [
        ("clearance", '<a href="/stl/agency">My agency</a>'),
        ("letter held", '<a href="/stl/setup">Set-up</a> <a href="/stl/agency">My agency</a>'),
    ],
)
async def test_what_another_page_answers_has_a_link_there(town: Town, kind: str, links: str) -> None:
    await _asks(town, kind)
    assert links in await town.coordinator("cora").sees()


async def test_a_letter_that_is_held_says_what_it_waits_for_and_where_that_is_entered(town: Town) -> None:
    await town.admin.execute("UPDATE student SET consent_on = NULL WHERE external_id = 'maya'")
    await town.admin.execute("UPDATE officer SET cleared_until = '2026-08-31' WHERE external_id = 'sam'")
    for child in ("maya", "noah"):
        draft = await town.hands_in(child, "Hello")
        await town.decides(draft)
        await letters.release(
            town.parts.office,
            SCOPE,
            pairing_id=town.pairings[child],
            draft_id=draft.id,
            draft_hash=draft.hash,
        )
    page = await town.coordinator("cora").sees()
    assert "is held: no consent. Enter the consent under Set-up, or in the roster" in page
    assert "is held: officer not cleared. Enter the new clearance under My agency, or in the roster" in page


async def test_a_command_is_named_where_no_button_or_page_answers(town: Town) -> None:
    await _asks(town, "declined")
    assert "starter.py" not in await town.coordinator("cora").sees(), "another page answers it"
    await _asks(town, "new officer")
    assert "Look. See: starter.py status stl" in await town.coordinator("cora").sees()


async def test_a_child_is_erased_by_whoever_is_sure(town: Town) -> None:
    await erasure.request(town.parts.office, SCOPE, "uma", "tess")
    cora = town.coordinator("cora")
    key: str = await town.admin.fetchval("SELECT key FROM attention")
    assert (await takes(cora, key, "erase the child")).status_code == 422
    assert "Nothing needs you." in (await takes(cora, key, "erase the child", sure="yes")).text
    assert await town.admin.fetchval("SELECT first_name FROM student WHERE external_id = 'uma'") != "Uma"


async def test_an_erasure_that_a_rule_forbids_is_refused_in_its_place(town: Town) -> None:
    await erasure.request(town.parts.office, SCOPE, "maya", "tess")
    key: str = await town.admin.fetchval("SELECT key FROM attention")
    refused = await takes(town.coordinator("cora"), key, "erase the child", sure="yes")
    assert (refused.status_code, "still has a pal" in refused.text) == (409, True)


async def _silent(town: Town, side: Side, *rungs: Rung) -> str:
    """Noah, or his officer, has missed the first date and is on this rung of the ladder."""
    await letters.record_miss(town.parts.office, SCOPE, town.pairings["noah"], 1, side)
    async with town.parts.database.transaction(SCOPE) as connection:
        (one,) = await silence_store.silent_sides(connection)
        assert one.silence.side is side
        for number, rung in enumerate(rungs):
            by = town.staff["cora"] if rung is Rung.WARNED else None
            await silence_store.reach(connection, one, rung, FIRST_ROUND + number * timedelta(days=14), by)
        key = silence.key_of(one)
        await attention.call(
            connection,
            key=key,
            kind=silence.KIND,
            sentence=Sentence("Silent."),
            school="north",
            subject_id=one.pairing_id,
        )
    return key


async def test_a_silence_has_the_steps_of_its_rung(town: Town) -> None:
    await town.on(date(2026, 10, 3))
    key = await _silent(town, Side.OFFICER, Rung.WARNING_PROPOSED)
    cora = town.coordinator("cora")
    assert (await takes(cora, key, "give more time")).status_code == 404, "nobody has been warned yet"
    assert "Nothing needs you." in (await takes(cora, key, "send the warning")).text
    assert (
        await town.admin.fetchval("SELECT reached_by FROM rung WHERE name = 'warned'") == town.staff["cora"]
    )


@pytest.mark.parametrize("step", ["give more time", "look for another officer"])
async def test_an_officer_who_has_not_answered_a_warning_gets_more_time_or_a_successor(
    town: Town, step: str
) -> None:
    await town.on(date(2026, 10, 3))
    key = await _silent(town, Side.OFFICER, Rung.WARNING_PROPOSED, Rung.WARNED, Rung.TO_DECIDE)
    done = await takes(town.coordinator("cora"), key, step)
    assert key not in done.text
    replaced = await town.admin.fetchval("SELECT count(*) FROM replacement")
    assert replaced == (step == "look for another officer")


async def test_the_letters_of_a_child_who_is_absent_rest(town: Town) -> None:
    await town.on(date(2026, 10, 3))
    key = await _silent(town, Side.STUDENT, Rung.REST_PROPOSED)
    assert "Nothing needs you." in (await takes(town.coordinator("cora"), key, "let the letters rest")).text
    assert await town.admin.fetchval("SELECT pairing_id FROM pause") == town.pairings["noah"]


async def test_who_coordinates_one_school_sees_and_answers_what_is_of_it(seeking: Town) -> None:
    """Zoe is of North, and Leo of South."""
    await seeking.hands_in("maya", "Hello")
    await _asks(seeking, "mail")
    await seeking.is_coordinator_of("sol", "south")
    sol, key = seeking.coordinator("sol"), await call_about_zoe(seeking)
    page = await sol.sees()
    assert "Nothing needs you." in page
    assert "No letter waits for a reader." in page
    assert "North School" not in page
    assert "Round 1, South School." in page
    assert (await takes(sol, key, "approve the officer")).status_code == 404


@pytest.mark.parametrize("name", ["tess", "mo", "coco", "sam"])
async def test_the_board_is_the_coordinators(town: Town, name: str) -> None:
    visitor = town.coordinator(name)
    assert (await visitor.http.get(visitor.path)).status_code == 403


# ---- in Spanish


async def test_all_of_it_is_in_spanish_for_who_reads_that(seeking: Town) -> None:
    cora, by = seeking.coordinator("cora"), seeking.staff["mo"]
    cora.http.headers["accept-language"] = "es"
    draft = await seeking.hands_in("maya", "He hits me.")
    await cases.worry(seeking.parts.office, SCOPE, draft_id=draft.id, by=by, concern=Concern.HARM)
    await seeking.hands_in("noah", "Hello")
    await seeking.hands_in("leo", "Hola.", language="es")
    for kind in ("mail", "letter held"):
        await _asks(seeking, kind)
    page = await cora.sees()
    assert '<html lang="es">' in page
    assert english_left(page) == []
    assert "Aprobar a la persona de la policía<span class='unseen'>, decisión 3</span>" in page
    assert "Ronda 1, North School. Estudiantes: 2 de 4 escritas, 0 leídas, 0 entregadas, 0 tarde" in page
    assert "Espera la declaración de 2 personas que leyeron la carta." in page
    assert "Todavía no hay policía con un lugar libre <small>1</small>" in page


async def test_whom_a_call_means_is_named_in_spanish(seeking: Town) -> None:
    cora = seeking.coordinator("cora")
    cora.http.headers["accept-language"] = "es"
    assert (
        "Se propone a Rita Ruiz (rita, County Police) como siguiente policía de Zoe Kraus (clase 5/B &amp; C,"
        " North School; policía: Kim Ruiz)." in await cora.sees()
    )


async def test_a_day_in_a_call_is_said_in_spanish(town: Town) -> None:
    dana = begun(references.officer_of(town.pairings["maya"]))
    warned = Sentence(
        "{officer} has been silent since {since}, also for the liaison. Approve a warning, or ask the liaison once more.",
        officer=dana,
        since=date(2026, 9, 18),
    )
    await _asks(town, "silence", sentence=warned)
    cora = town.coordinator("cora")
    cora.http.headers["accept-language"] = "es"
    assert (
        "Dana Ruiz (City Police; estudiante: Maya Lopez, clase 5A, North School) no escribe desde el"
        " 18 de septiembre de 2026" in await cora.sees()
    )


async def test_a_refusal_is_in_spanish_with_its_values(town: Town) -> None:
    await erasure.request(town.parts.office, SCOPE, "maya", "tess")
    cora, key = town.coordinator("cora"), await town.admin.fetchval("SELECT key FROM attention")
    cora.http.headers["accept-language"] = "es"
    unsure, refused = (
        await takes(cora, key, "erase the child"),
        await takes(cora, key, "erase the child", sure="yes"),
    )
    assert "Marque que la familia lo desea: un borrado no se puede deshacer." in unsure.text
    assert (
        f"maya (estudiante) todavía tiene su policía. Termine primero la pareja {town.pairings['maya']} y confirme otra vez."
        in refused.text
    )
    assert [english_left(one.text) for one in (unsure, refused)] == [[], []]
