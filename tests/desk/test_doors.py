"""Whom the desk lets in, and what holds for every answer that it gives."""

import logging
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bluepals.domain.letters import Side
from desk.shield import HEADERS
from tests.desk.town import FIRST_OPENING, FIRST_ROUND, NORTH, Town


@pytest.mark.parametrize("page", ["pals", "class"])
async def test_a_forged_link_is_refused_with_a_sentence(town: Town, page: str) -> None:
    for token in ("nobody", town.officer("sam").token[:-1], "é%00", "a.b.c"):
        refused = await town.http.get(f"/{page}/{token}")
        assert refused.status_code == 403
        assert "This link is not complete. Open it again from the mail." in refused.text


async def test_a_link_whose_time_is_over_is_refused_with_a_sentence(town: Town) -> None:
    sam = town.officer("sam", days=3)
    await sam.sees()
    await town.on((town.now + timedelta(days=4)).date())
    refused = await town.http.get(sam.path)
    assert refused.status_code == 403
    assert "This link&#39;s time is over. Open the one in the newest mail." in refused.text


async def test_a_link_opens_one_kind_of_page_only(town: Town) -> None:
    for right, wrong in (("pals", "class"), ("class", "pals")):
        visitor = town.officer("sam") if right == "pals" else town.teacher("tess")
        assert (await town.http.get(f"/{wrong}/{visitor.token}")).status_code == 403


async def test_who_takes_part_no_longer_is_told_so(town: Town) -> None:
    await town.admin.execute("UPDATE officer SET withdrawn_at = now() WHERE external_id = 'sam'")
    await town.admin.execute("DELETE FROM staff_role WHERE staff_id = $1", town.staff["tess"])
    for path in (town.officer("sam").path, town.teacher("tess").path):
        refused = await town.http.get(path)
        assert refused.status_code == 403
        assert "This page is closed" in refused.text


async def test_somebody_who_was_never_there_is_told_the_same(town: Town) -> None:
    town.officers["ghost"] = town.staff["tess"]
    refused = await town.http.get(town.officer("ghost").path)
    assert refused.status_code == 403
    assert "This page is closed" in refused.text


async def test_every_answer_keeps_scripts_caches_frames_and_referrers_out(town: Town) -> None:
    await town.on(FIRST_ROUND)
    await town.delivers("maya", "Dear Maya", side=Side.OFFICER)
    await town.on(FIRST_OPENING)
    await town.opens(NORTH)
    tess, sam = town.teacher("tess"), town.officer("sam")
    answers = [
        await town.http.get(sam.path),
        await town.http.get(tess.path),
        await town.http.get("/pals/forged"),
        await town.http.get("/nowhere"),
        await town.http.post("/health"),
        await town.http.get("/health"),
        await town.http.get("/static/desk.css"),
        await tess.gets(f"pack/{NORTH}/1/5A"),
        await sam.sends(town.pairings["noah"], ""),
        *(await sam.sends(town.pairings["noah"], "Hello")).history,
    ]
    assert sorted(answer.status_code for answer in answers) == [
        200,
        200,
        200,
        200,
        200,
        303,
        403,
        404,
        405,
        422,
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        for name in HEADERS.keys() - {"Content-Security-Policy"}:
            assert answer.headers[name] == HEADERS[name]


async def test_a_page_loads_nothing_from_elsewhere_and_holds_no_script(town: Town) -> None:
    for visitor in (town.officer("sam"), town.teacher("tess")):
        page = await visitor.sees()
        assert "<script" not in page
        assert " style=" not in page
        assert "http" not in page


@pytest.mark.parametrize("key", ["", "0000", "forged"])
async def test_a_form_without_the_pages_own_key_is_refused(town: Town, key: str) -> None:
    await town.on(FIRST_ROUND)
    await town.invites(NORTH)
    sam, tess = town.officer("sam"), town.teacher("tess")
    answers = [
        await sam.sends(town.pairings["noah"], "Hello", key=key),
        await sam.answers_invitation(town.pairings["noah"], "yes", key=key),
        await tess.sends(town.pairings["maya"], "Hello", key=key),
    ]
    for answer in answers:
        assert answer.status_code == 403
        assert "This form did not come from your page." in answer.text
    assert await town.admin.fetchval("SELECT count(*) FROM draft") == 0
    assert await town.admin.fetchval("SELECT count(*) FROM visit WHERE answer IS NOT NULL") == 0


async def test_another_persons_form_key_opens_nothing(town: Town) -> None:
    key = await town.officer("dana").form_key()
    assert (await town.officer("sam").sends(town.pairings["noah"], "Hello", key=key)).status_code == 403


async def test_no_link_and_no_word_of_a_letter_gets_into_the_logs(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    await town.on(FIRST_ROUND)
    sam, tess = town.officer("sam"), town.teacher("tess")
    with caplog.at_level(logging.DEBUG), capture_logs() as logged:
        await sam.sends(town.pairings["noah"], "Biscuit")
        await sam.sends(town.pairings["maya"], "Biscuit")
        await tess.gets(f"pack/{NORTH}/1/5A")
        await town.http.get(sam.path[:-1])
        await town.admin.execute("ALTER TABLE pairing RENAME TO hidden")
        await town.http.get(sam.path)
        await town.admin.execute("ALTER TABLE hidden RENAME TO pairing")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    said = f"{logged} {ours}"
    assert {line["event"] for line in logged} == {"turned away", "link refused", "request failed"}
    for secret in (sam.token, sam.token[:40], tess.token, "Biscuit", "Noah", "relation"):
        assert secret not in said


async def test_what_goes_wrong_inside_is_a_sentence_and_no_trace(town: Town) -> None:
    await town.admin.execute("ALTER TABLE pairing RENAME TO hidden")
    page = await town.http.get(town.officer("sam").path)
    assert page.status_code == 500
    assert "Something went wrong here, and it is not your fault." in page.text
    assert "hidden" not in page.text


async def test_the_desk_says_whether_it_can_work(town: Town) -> None:
    assert (await town.http.get("/health")).text == "ok\n"


async def test_letters_are_taken_while_temporal_is_away_and_wait_for_the_outbox(town: Town) -> None:
    """There is no Temporal in any of these tests; the bell rings in vain."""
    await town.on(FIRST_ROUND)
    page = await town.officer("sam").sends(town.pairings["noah"], "Hello")
    assert page.status_code == 200
    await town.parts.bell.quiet()
    draft = await town.newest_draft("noah", Side.OFFICER)
    await town.decides(draft)
    assert await town.admin.fetchval("SELECT count(*) FROM tell WHERE fact = 'letter_decided'") == 1


async def test_an_address_with_a_bad_id_is_no_page(town: Town) -> None:
    sam = town.officer("sam")
    for path in ("letter/no-id", "letter/../../etc", "nothing"):
        assert (await sam.gets(path)).status_code in {403, 404}
