"""A guardian agrees on the family's page to what had not been agreed to, and takes a withdrawal back."""

from json import loads
from uuid import UUID

import pytest

from bluepals.domain.people import ConsentScope
from tests.desk.spanish import english_left
from tests.desk.test_family import ANAS, MAYAS, save_addresses, student
from tests.desk.test_setup import FORMS_5A, records, without_consent
from tests.desk.town import Town

FURTHER = [ConsentScope.VISIT, ConsentScope.PHOTOS, ConsentScope.FOLLOW_ON]
FATHERS = "lopez.father@home.example"


@pytest.fixture(autouse=True)
async def families(town: Town) -> None:
    await save_addresses(town)


async def in_force(town: Town, child: UUID) -> dict[str, tuple[str | None, UUID | None, int | None]]:
    """By scope: the form's version, who has recorded it, and which guardian has said so."""
    rows = await town.admin.fetch(
        "SELECT scope, form_version, recorded_by, given_by FROM consent WHERE student_id = $1 AND withdrawn_at IS NULL",
        child,
    )
    return {row["scope"]: (row["form_version"], row["recorded_by"], row["given_by"]) for row in rows}


async def has_a_father(town: Town) -> None:
    await town.admin.execute("UPDATE student SET guardian2_email = $1 WHERE external_id = 'maya'", FATHERS)


async def test_a_further_scope_is_agreed_to_after_a_page_that_says_what_it_means(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    await records(town, town.setup("cora"), "ana")
    assert f"{maya}/agree/photos" in await family.sees()
    sure = (await family.gets(f"{maya}/agree/photos")).text
    assert "The school may take photos in which Maya can be seen" in sure
    assert "the version of the school’s form: 2026-2." in sure  # noqa: RUF001
    assert "photos" not in await in_force(town, maya), "looking agrees to nothing"
    done = (await family.posts(f"{maya}/agree/photos")).text
    assert "Thank you. You agree to this from now on." in done
    assert "Photos at the visit, taken by the school <small>since Tuesday, September 1, 2026" in done
    assert (await in_force(town, maya))["photos"] == ("2026-2", maya, 1)
    assert (
        "Photos: Tuesday, September 1, 2026, form 2026-2, on their page."
        in (await town.setup("cora").gets(FORMS_5A)).text
    )


@pytest.mark.parametrize("scope", FURTHER)
async def test_what_was_withdrawn_is_agreed_to_again_on_the_same_day(town: Town, scope: ConsentScope) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    for _ in range(2):
        await family.posts(f"{maya}/agree/{scope}")
        assert scope in await in_force(town, maya)
        await family.posts(f"{maya}/withdraw/{scope}")
        assert scope not in await in_force(town, maya)


async def test_the_letters_come_back_and_nothing_else_with_them(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    gone = (await family.posts(f"{maya}/withdraw/letters")).text
    assert f"{maya}/agree/letters" in gone
    assert f"{maya}/agree/visit" not in gone, "without the letters nothing else holds"
    refused = await family.posts(f"{maya}/agree/visit")
    assert (refused.status_code, await in_force(town, maya)) == (422, {})
    back = (await family.posts(f"{maya}/agree/letters")).text
    assert "At present nobody writes to Maya." in back
    assert await in_force(town, maya) == {"letters": (None, maya, 1)}
    assert f"{maya}/agree/visit" in back
    assert "Maya Lopez" in await town.coordinator("cora").sees(), "who waits for a pal again"


async def test_a_child_without_a_consent_takes_part_once_a_guardian_agrees(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    await without_consent(town, "maya")
    await family.posts(f"{maya}/agree/letters")
    assert await town.admin.fetchval("SELECT has_consent(student) FROM student WHERE id = $1", maya)
    told = await town.admin.fetchrow("SELECT workflow_id, body FROM tell WHERE fact = 'gate_opened'")
    assert told is not None
    assert (told["workflow_id"], loads(told["body"])) == (
        f"pairing-{town.pairings['maya']}",
        {"cause": "a consent came in"},
    )


async def test_to_agree_again_changes_nothing(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    again = await family.posts(f"{maya}/agree/letters")
    assert "Nothing has changed: you agree to this already." in again.text
    assert (await in_force(town, maya))["letters"] == (None, None, None)
    assert (await family.gets(f"{maya}/agree/letters")).url.path == family.path


async def test_what_the_other_guardian_has_withdrawn_only_they_bring_back(town: Town) -> None:
    await has_a_father(town)
    mother, father, maya = town.guardian(MAYAS), town.guardian(FATHERS), await student(town, "maya")
    await father.posts(f"{maya}/withdraw/letters")
    by = await town.admin.fetchval(
        "SELECT DISTINCT withdrawn_guardian FROM consent WHERE student_id = $1", maya
    )
    assert by == 2
    assert "agree/letters" not in await mother.sees()
    refused = await mother.posts(f"{maya}/agree/letters")
    assert (refused.status_code, "Ask the school for a form." in refused.text) == (422, True)
    await father.posts(f"{maya}/agree/letters")
    assert await in_force(town, maya) == {"letters": (None, maya, 2)}


async def test_what_the_school_was_told_to_withdraw_needs_a_form(town: Town) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    await town.admin.execute(
        "UPDATE consent SET withdrawn_at = program_now(), withdrawn_by = $2 WHERE student_id = $1 AND scope = 'visit'",
        maya,
        town.staff["cora"],
    )
    assert "agree/visit" not in await family.sees()
    assert (await family.posts(f"{maya}/agree/visit")).status_code == 422


@pytest.mark.parametrize(
    "gone",
    [
        "UPDATE student SET left_at = program_now() WHERE id = $1",
        "UPDATE program_year SET state = 'closed' WHERE id = (SELECT program_year_id FROM student WHERE id = $1)",
        "INSERT INTO erasure (program_id, student_id, requested_by) VALUES ('stl', $1, $1)",
    ],
)
async def test_for_a_child_who_is_gone_or_to_be_erased_there_is_nothing_to_agree_to(
    town: Town, gone: str
) -> None:
    family, maya = town.guardian(MAYAS), await student(town, "maya")
    await town.admin.execute(gone, maya)
    assert "/agree/" not in await family.sees()
    assert (await family.posts(f"{maya}/agree/photos")).status_code == 422


async def test_a_guardian_whom_a_court_keeps_away_agrees_to_nothing(town: Town) -> None:
    await has_a_father(town)
    mother, father, maya = town.guardian(MAYAS), town.guardian(FATHERS), await student(town, "maya")
    key = await father.form_key()
    await town.admin.execute(
        "UPDATE student SET guardian2_access = false, guardian2_email = NULL WHERE external_id = 'maya'"
    )
    assert (await father.posts(f"{maya}/agree/photos", key=key)).status_code == 401
    await mother.posts(f"{maya}/agree/photos")
    assert (await in_force(town, maya))["photos"] == (None, maya, 1)


async def test_another_familys_child_is_nobody_to_agree_for(town: Town) -> None:
    family, leo = town.guardian(MAYAS), await student(town, "leo")
    key = await family.form_key()
    assert (await family.gets(f"{leo}/agree/photos")).status_code == 404
    assert (await family.posts(f"{leo}/agree/photos", key=key)).status_code == 404
    assert "photos" not in await in_force(town, leo)


async def test_a_spanish_family_reads_what_it_agrees_to_in_spanish(town: Town) -> None:
    family, ana = town.guardian(ANAS), await student(town, "ana")
    for scope in FURTHER[1:]:
        sure = (await family.gets(f"{ana}/agree/{scope}")).text
        assert "Autorizar para Ana" in sure
        assert english_left(sure) == []
    done = (await family.posts(f"{ana}/agree/photos")).text
    assert "Gracias. Desde ahora usted lo autoriza." in done
