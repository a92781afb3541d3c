"""A consent's own transaction: what it ends, what stays, and how it comes back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bluepals.domain.letters import Side
from bluepals.domain.people import ConsentScope
from bluepals.domain.sentences import Sentence
from bluepals.facts import consents, endings, matching, roster
from bluepals.facts.consents import ConsentRefused, PaperForms, Withdrawn
from bluepals.facts.roster import consent_key
from bluepals.facts.who_may import NotTheirsToSay
from bluepals.store import attention, audit
from bluepals.store.deliveries import Held
from bluepals.store.endings import Reason
from tests.bluepals.facts.two_schools import (
    BEGIN,
    CONSENT,
    OFFICERS_DUE,
    PACK_CLOSES,
    YEAR_OVER,
    TwoSchools,
    people,
    student,
)

TODAY = BEGIN.date()
LETTERS, VISIT = ConsentScope.LETTERS, ConsentScope.VISIT


async def withdraw(schools: TwoSchools, child: str, scope: ConsentScope = LETTERS) -> Withdrawn:
    return await consents.withdraw(schools.office, schools.scope, child, scope, by=schools.staff["Cora"])


async def gate(schools: TwoSchools, child: str, scope: ConsentScope) -> bool:
    async with schools.database.transaction(schools.scope) as connection:
        found: bool = await connection.fetchval(
            "SELECT has_consent_for(student, $2) FROM student WHERE id = $1", schools.student[child], scope
        )
    return found


async def bring(schools: TwoSchools, child: str, **other: object) -> None:
    """The roster again, in which only this child's row is another one."""
    before = people(schools.program)
    rows = [replace(one, **other) if one.student_id == child else one for one in before.students]  # type: ignore[arg-type]
    await roster.apply(schools.office, replace(before, students=rows))


async def test_fault_10_with_the_letters_everything_ends_in_one_moment(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft)
    assert await withdraw(schools, "Ana") == Withdrawn(
        list(ConsentScope), schools.pairing["Ana"], known=False
    )
    assert await schools.release("Ana", draft) is Held.ENDED
    assert not any([await gate(schools, "Ana", scope) for scope in ConsentScope])
    ended = await schools.admin.fetchrow(
        "SELECT end_reason, reason FROM pairing JOIN ending ON pairing_id = id WHERE id = $1",
        schools.pairing["Ana"],
    )
    assert ended is not None
    assert tuple(ended) == ("student left", "consent withdrawn")


async def test_a_withdrawal_again_changes_nothing(schools: TwoSchools) -> None:
    await withdraw(schools, "Ana")
    mails = len(await schools.mails())
    assert (await withdraw(schools, "Ana")).known
    assert len(await schools.mails()) == mails


async def test_fault_10_a_farewell_that_had_been_agreed_on_is_over_too(schools: TwoSchools) -> None:
    await endings.end(
        schools.office,
        schools.scope,
        schools.pairing["Ana"],
        Reason.MOVED,
        farewell_until=BEGIN + timedelta(weeks=2),
        by=schools.staff["Cora"],
    )
    await withdraw(schools, "Ana")
    assert (
        await schools.admin.fetchval("SELECT ended_at FROM pairing WHERE id = $1", schools.pairing["Ana"])
        == BEGIN
    )
    assert await schools.admin.fetchval("SELECT reason FROM ending") == "consent withdrawn"


async def test_another_scope_is_withdrawn_alone(schools: TwoSchools) -> None:
    assert await withdraw(schools, "Ana", VISIT) == Withdrawn([VISIT], None, known=False)
    assert (await gate(schools, "Ana", LETTERS), await gate(schools, "Ana", VISIT)) == (True, False)


async def test_the_officer_is_told_without_the_childs_name(schools: TwoSchools) -> None:
    await withdraw(schools, "Ana")
    (mail,) = [one for one in await schools.mails("over") if one["to_address"] == "olga@city.example"]
    assert b"Ana" not in mail["message"]


async def test_the_teacher_is_told_to_hand_in_and_out_no_more(schools: TwoSchools) -> None:
    await withdraw(schools, "Ana")
    (mail,) = [one for one in await schools.mails("over") if one["to_address"] == "tess@staff.example"]
    assert b"A child of class 5A writes no longer" in mail["message"]
    assert b"Ana" not in mail["message"]


async def test_a_withdrawn_child_is_not_matched_again(schools: TwoSchools) -> None:
    await withdraw(schools, "Ana")
    assert (await matching.make_proposal(schools.office, schools.scope, seed=1)).pairs == 0


@pytest.mark.parametrize(("form_of", "is_open"), [(CONSENT, False), (TODAY, False), (date(2026, 9, 2), True)])
async def test_only_a_later_form_brings_it_back(schools: TwoSchools, form_of: date, is_open: bool) -> None:
    await withdraw(schools, "Ana")
    await bring(schools, "Ana", consent=form_of)
    assert [await gate(schools, "Ana", scope) for scope in (LETTERS, VISIT)] == [is_open, is_open]


async def test_a_form_says_its_version_and_who_signed_it(schools: TwoSchools) -> None:
    await bring(schools, "Ana", consent_form="2026-2", consent_by=2)
    rows = await schools.admin.fetch(
        "SELECT scope, given_on, form_version, given_by FROM consent WHERE student_id = $1 ORDER BY scope",
        schools.student["Ana"],
    )
    assert [tuple(row) for row in rows] == [
        ("letters", CONSENT, "2026-2", 2),
        ("visit", CONSENT, "2026-2", 2),
    ]


async def test_what_the_roster_no_longer_says_is_not_in_force(schools: TwoSchools) -> None:
    await bring(schools, "Ana", further_consents=((ConsentScope.PHOTOS, CONSENT),))
    assert [await gate(schools, "Ana", scope) for scope in ConsentScope] == [True, False, True, False]
    await roster.apply(schools.office, people(schools.program))
    assert [await gate(schools, "Ana", scope) for scope in ConsentScope] == [True, True, False, False]


async def test_no_opening_day_without_a_consent_is_asked_for_by_the_audit(schools: TwoSchools) -> None:
    """A roster had lost the consent over the first one, and has it again before the second."""
    roster_of = people(schools.program)
    others = [one for one in roster_of.students if one.student_id != "Ana"]
    await schools.at(OFFICERS_DUE)
    await roster.apply(schools.office, replace(roster_of, students=[*others, student("Ana", consent=None)]))
    await schools.at(PACK_CLOSES + timedelta(days=3))
    await roster.apply(schools.office, roster_of)
    await schools.at(YEAR_OVER)
    await schools.admin.execute("UPDATE pairing SET ended_at = $1, end_reason = 'year closed'", YEAR_OVER)
    async with schools.database.transaction(schools.scope) as connection:
        found = await audit.openings(connection)
    assert [one.round_number for one in found if one.pairing_id == schools.pairing["Ana"]] == [2]


async def test_a_guardian_without_access_gets_nothing_that_has_not_left(schools: TwoSchools) -> None:
    assert student("Ana").guardian_email == "family.ana@home.example"
    await bring(schools, "Ana", guardian1_access=False, guardian_email=None)
    states = {row["to_address"]: row["state"] for row in await schools.mails("introduction")}
    assert states["family.ana@home.example"] == "cancelled"
    assert states["olga@city.example"] == "pending"


async def test_a_guardian_without_access_gets_nothing_for_being_one_of_the_staff_too(
    schools: TwoSchools,
) -> None:
    await schools.admin.execute(
        "UPDATE staff SET email = 'family.ana@home.example' WHERE external_id = 'Tom'"
    )
    again = people(schools.program)
    lost = [
        replace(one, guardian1_access=False, guardian_email=None) if one.student_id == "Ana" else one
        for one in again.students
    ]
    of_staff = [
        replace(one, email="family.ana@home.example") if one.staff_id == "Tom" else one for one in again.staff
    ]
    await roster.apply(schools.office, replace(again, students=lost, staff=of_staff))
    states = {row["to_address"]: row["state"] for row in await schools.mails("introduction")}
    assert states["family.ana@home.example"] == "cancelled"


async def test_an_officers_new_address_cancels_no_mail_about_a_child_one_of_whose_guardians_has_no_access(
    schools: TwoSchools,
) -> None:
    again = people(schools.program)
    officers = [
        replace(one, email="olga.new@city.example") if one.officer_id == "Olga" else one
        for one in again.officers
    ]
    lost = [
        replace(one, guardian2_access=False) if one.student_id == "Ana" else one for one in again.students
    ]
    await roster.apply(schools.office, replace(again, students=lost, officers=officers))
    states = {row["to_address"]: row["state"] for row in await schools.mails("introduction")}
    assert (states["olga@city.example"], states["family.ana@home.example"]) == ("pending", "pending")


async def test_nobody_withdraws_for_a_child_that_is_not_there(schools: TwoSchools) -> None:
    with pytest.raises(LookupError, match=r"no student 'Zoe'.*students\.csv"):
        await withdraw(schools, "Zoe")


async def record(
    schools: TwoSchools,
    child: str,
    *scopes: ConsentScope,
    given_on: date = TODAY,
    version: str | None = "2026-2",
    by: str = "Cora",
) -> int:
    forms = PaperForms([schools.student[child]], scopes, given_on, version)
    return await consents.record(schools.office, schools.scope, forms, by=schools.staff[by])


async def test_a_form_on_paper_opens_the_gate_and_its_call_is_settled(schools: TwoSchools) -> None:
    await bring(schools, "Ana", consent=None, further_consents=())
    assert not await gate(schools, "Ana", LETTERS)
    before = await schools.admin.fetchval("SELECT count(*) FROM tell WHERE fact = 'gate_opened'")
    async with schools.database.transaction(schools.scope) as connection:
        await attention.call(connection, key=consent_key("Ana"), kind="roster", sentence=Sentence("Ask."))
    assert await record(schools, "Ana", LETTERS, ConsentScope.PHOTOS) == 1
    assert [await gate(schools, "Ana", scope) for scope in ConsentScope] == [True, False, True, False]
    row = await schools.admin.fetchrow(
        "SELECT given_on, form_version, recorded_by FROM consent WHERE scope = 'photos'"
    )
    assert row is not None
    assert tuple(row) == (TODAY, "2026-2", schools.staff["Cora"])
    assert await schools.admin.fetchval("SELECT count(*) FROM tell WHERE fact = 'gate_opened'") == before + 1
    async with schools.database.transaction(schools.scope) as connection:
        assert consent_key("Ana") not in {one.key for one in await attention.open_calls(connection)}


async def test_the_same_form_again_changes_nothing(schools: TwoSchools) -> None:
    assert await record(schools, "Ana", LETTERS) == 1, "it is another form than the roster's"
    assert await record(schools, "Ana", LETTERS) == 0


async def test_what_a_person_has_recorded_stays_when_the_roster_says_nothing_of_it(
    schools: TwoSchools,
) -> None:
    await bring(schools, "Ana", consent=None, further_consents=())
    await record(schools, "Ana", LETTERS, VISIT)
    await bring(schools, "Ana", consent=None, further_consents=())
    assert [await gate(schools, "Ana", scope) for scope in (LETTERS, VISIT)] == [True, True]


async def test_what_is_recorded_can_be_withdrawn_like_any_other(schools: TwoSchools) -> None:
    await record(schools, "Ana", LETTERS)
    await withdraw(schools, "Ana")
    assert not await gate(schools, "Ana", LETTERS)
    with pytest.raises(ConsentRefused, match="only a later form brings it back"):
        await record(schools, "Ana", LETTERS)
    await schools.at(BEGIN + timedelta(days=1))
    await record(schools, "Ana", LETTERS, given_on=TODAY + timedelta(days=1))
    assert await gate(schools, "Ana", LETTERS)


@pytest.mark.parametrize(
    ("scopes", "other", "sentence"),
    [
        ((), {}, "Tick whose form is here"),
        ((LETTERS,), {"given_on": TODAY + timedelta(days=1)}, "is still to come"),
        ((LETTERS,), {"version": "x" * 41}, "up to 40 characters"),
        ((VISIT,), {}, "Nothing else holds without the letters, and there is no consent to them for Ana"),
    ],
)
async def test_a_form_that_says_nothing_or_the_impossible_is_refused(
    schools: TwoSchools, scopes: tuple[ConsentScope, ...], other: dict[str, Any], sentence: str
) -> None:
    await bring(schools, "Ana", consent=None, further_consents=())
    with pytest.raises(ConsentRefused, match=sentence):
        await record(schools, "Ana", *scopes, **other)


async def test_only_a_coordinator_records_them(schools: TwoSchools) -> None:
    with pytest.raises(NotTheirsToSay, match="Only a coordinator records consents"):
        await record(schools, "Ana", LETTERS, by="Tess")
