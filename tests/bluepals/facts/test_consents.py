"""A consent's own transaction: what it ends, what stays, and how it comes back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bluepals.domain.letters import Side
from bluepals.domain.people import ConsentScope
from bluepals.facts import consents, endings, matching, roster
from bluepals.facts.consents import Withdrawn
from bluepals.store.deliveries import Held
from bluepals.store.endings import Reason
from tests.bluepals.facts.two_schools import BEGIN, CONSENT, TwoSchools, people, student

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
    (mail,) = await schools.mails("farewell")
    assert mail["to_address"] == "olga@city.example"
    assert b"Ana" not in mail["message"]


async def test_a_withdrawn_child_is_not_matched_again(schools: TwoSchools) -> None:
    await withdraw(schools, "Ana")
    assert (await matching.make_proposal(schools.office, schools.scope, seed=1)).pairs == 0


@pytest.mark.parametrize(
    ("form_of", "is_open"), [(CONSENT, False), (BEGIN.date(), False), (date(2026, 9, 2), True)]
)
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


async def test_a_guardian_without_access_gets_nothing_that_has_not_left(schools: TwoSchools) -> None:
    assert student("Ana").guardian_email == "family.ana@home.example"
    await bring(schools, "Ana", guardian1_access=False, guardian_email=None)
    states = {row["to_address"]: row["state"] for row in await schools.mails("introduction")}
    assert states["family.ana@home.example"] == "cancelled"
    assert states["olga@city.example"] == "pending"


async def test_nobody_withdraws_for_a_child_that_is_not_there(schools: TwoSchools) -> None:
    with pytest.raises(LookupError, match=r"no student 'Zoe'.*students\.csv"):
        await withdraw(schools, "Zoe")
