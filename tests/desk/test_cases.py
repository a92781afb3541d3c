"""Each who has read a letter in which harm is suspected attests, for themselves."""

import hashlib

from itsdangerous import Signer

from tests.desk.spanish import english_left
from tests.desk.test_classes import state_of
from tests.desk.town import Town


async def test_a_teacher_who_suspects_harm_is_told_of_the_own_duty_and_attests(town: Town) -> None:
    draft = await town.hands_in("maya", "My uncle hits me.")
    tess = town.teacher("tess")
    said = await tess.is_worried(draft.id, "harm")
    assert "Your duty to report is your own, and immediate" in said.text
    assert "The hotline: Childhelp, 1-800-422-4453" in said.text
    assert state_of(said.text, "Maya Lopez") == "being read"
    refused = await tess.sends(town.pairings["maya"], "Another letter.")
    assert "is being read and can&#39;t be changed now" in refused.text
    mine = town.reader("tess")
    page = await mine.sees()
    assert "The hotline: Childhelp, 1-800-422-4453" in page
    assert "uncle" not in page
    case = await town.case()
    assert (await mine.attests(case)).status_code == 422, "without a time"
    later = await mine.attests(case, when="2026-09-01T09:01")
    assert (later.status_code, "still to come" in later.text) == (409, True)
    done = await mine.attests(case, when="2026-09-01T08:30", reference="MO-1")
    assert "It is on record, for you." in done.text
    assert "Nothing waits for you here." in done.text
    assert "You reported on Tuesday, September 1, 2026, 8:30 AM CDT, reference MO-1." in done.text
    row = await town.admin.fetchrow("SELECT attested_by, reference, reported_at FROM attestation")
    assert row is not None
    assert (row["attested_by"], row["reference"]) == (town.staff["tess"], "MO-1")
    assert row["reported_at"].isoformat() == "2026-09-01T13:30:00+00:00", "in the program's zone"


async def test_no_reasonable_cause_is_asked_once_more_and_stays_on_the_page(town: Town) -> None:
    draft = await town.hands_in("maya", "My uncle hits me.")
    await town.teacher("tess").is_worried(draft.id, "harm")
    case, tess = await town.case(), town.reader("tess")
    assert f'href="/stl/cases/{case}/no-cause"' in await tess.sees()
    asked = await tess.gets(f"{case}/no-cause")
    assert "It goes on record for you" in asked.text
    assert await town.admin.fetchval("SELECT count(*) FROM attestation") == 0
    done = await tess.posts(f"{case}/no-cause")
    assert "You read it and had no reasonable cause." in done.text
    assert await town.admin.fetchval("SELECT count(*) FROM attestation WHERE NOT reported") == 1


async def test_a_report_is_not_older_than_the_letter_but_for_whoever_had_the_paper(town: Town) -> None:
    draft = await town.hands_in("maya", "My uncle hits me.")
    await town.moderator("mo").gets(str(draft.id))
    await town.teacher("tess").is_worried(draft.id, "harm")
    case = await town.case()
    too_early = await town.reader("mo").attests(case, when="2026-09-01T08:59")
    said = (
        "The letter was handed in on Tuesday, September 1, 2026, 9:00 AM CDT, after the time of your report."
    )
    assert (too_early.status_code, said in too_early.text) == (409, True)
    assert "It is on record" in (await town.reader("mo").attests(case, when="2026-09-01T09:00")).text
    tess = town.reader("tess")
    slipped = await tess.attests(case, when="2025-09-01T08:30")
    assert "long after the time of your report" in slipped.text
    assert "It is on record" in (await tess.attests(case, when="2026-09-01T08:30")).text


async def test_a_case_says_whose_letter_it_is_as_its_reader_knows_the_child(town: Town) -> None:
    draft = await town.delivers("noah", "My uncle hits me.")
    await town.officer("sam").is_worried(draft.id, "harm")
    assert "A letter that you have read <small>by Noah Smith, round 1" in await town.reader("tess").sees()
    officers = await town.reader("sam").sees()
    assert "A letter that you have read <small>by Noah, round 1" in officers
    assert "Smith" not in officers
    assert "A letter that somebody has read <small>by Noah Smith, round 1" in await town.reader("cora").sees()


async def test_nobody_is_told_to_call_themselves(town: Town) -> None:
    await town.admin.execute(
        "INSERT INTO staff_role (program_id, staff_id, role) VALUES ('stl', $1, 'coordinator')",
        town.staff["mo"],
    )
    draft = await town.hands_in("maya", "My uncle hits me.")
    await town.moderator("mo").gets(str(draft.id))
    await town.teacher("tess").is_worried(draft.id, "harm")
    page = await town.reader("mo").sees()
    assert "no reasonable cause: Ms. Tess. Please call them now" in page


async def test_what_is_refused_stays_typed_with_its_own_case(town: Town) -> None:
    for child in ("maya", "noah"):
        draft = await town.hands_in(child, "My uncle hits me.")
        await town.teacher("tess").is_worried(draft.id, "harm")
    one, other = [row["id"] for row in await town.admin.fetch("SELECT id FROM case_file ORDER BY sequence")]
    refused = await town.reader("tess").attests(one, when="2026-09-02T09:01", reference="MO-1")
    assert f'id="when-{one}" type="datetime-local" name="when" value="2026-09-02T09:01"' in refused.text
    assert f'id="reference-{one}" name="reference" value="MO-1"' in refused.text
    assert f'id="when-{other}" type="datetime-local" name="when" value=""' in refused.text


async def test_the_duty_is_as_strict_in_spanish(town: Town) -> None:
    draft = await town.hands_in("maya", "Me pega.")
    await town.teacher("tess").is_worried(draft.id, "harm")
    case, tess, cora = await town.case(), town.reader("tess"), town.reader("cora")
    tess.http.headers["accept-language"] = cora.http.headers["accept-language"] = "es"
    calls = await cora.sees()
    page, asked = await tess.sees(), (await tess.gets(f"{case}/no-cause")).text
    assert "El deber de denunciar es suyo, personal e inmediato." in page
    assert "Usted no ha denunciado, y declara que nada en la carta le da causa razonable" in asked
    refused = (await tess.attests(case, when="2025-09-01T08:30")).text
    assert "El martes" not in refused
    assert (
        "el martes 1 de septiembre de 2026, 9:00 AM CDT, mucho después de la hora de su denuncia." in refused
    )
    done = (await tess.attests(case, when="2026-09-01T08:30", reference="MO-1")).text
    assert "Sobre la carta de Maya Lopez, ronda 1" in done
    assert "ni han dicho que no hay causa razonable" in calls
    assert [english_left(one) for one in (page, asked, refused, done, calls)] == [[]] * 5


async def test_who_is_on_the_list_sees_whom_to_call_and_nobody_else_sees_the_case(town: Town) -> None:
    draft = await town.delivers("noah", "Hello")
    await town.officer("sam").is_worried(draft.id, "harm")
    page = await town.reader("cora").sees()
    assert "Ms. Mo, Ms. Tess and Sam" in page
    assert "I have reported" not in page, "it is not the coordinator's to say"
    for stranger in ("sol", "kim"):
        visitor = town.reader(stranger)
        assert "Nothing waits for you here." in await visitor.sees()
    cora = town.reader("cora")
    signer = Signer(await cora.entering.enter(), salt="blue-pals-form", digest_method=hashlib.sha256)
    form = {"form": signer.get_signature(b"form").decode(), "when": "2026-09-21T09:00"}
    for path in (f"{cora.path}/{await town.case()}", f"{cora.path}/{await town.case()}/no-cause"):
        assert (await cora.http.post(path, data=form)).status_code == 404
    assert await town.admin.fetchval("SELECT count(*) FROM attestation") == 0
