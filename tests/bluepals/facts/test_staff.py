"""Somebody of the staff leaves: what they were needs somebody else, and no file brings them back."""

import asyncpg
import pytest

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.domain.people import Role
from bluepals.facts import cases, roster, staff
from bluepals.facts.staff import StaffStays
from bluepals.facts.who_may import NotTheirsToSay
from bluepals.store import attention, people
from bluepals.store.staff import HeldRole
from tests.bluepals.facts.two_schools import TwoSchools
from tests.bluepals.facts.two_schools import people as all_people


async def leave(schools: TwoSchools, who: str, *, by: str = "Cora") -> list[str]:
    held = await staff.leave(schools.office, schools.scope, schools.staff[who], by=schools.staff[by])
    return [str(one) for one in held]


async def test_the_roles_that_need_somebody_else_are_named_once(schools: TwoSchools) -> None:
    assert await leave(schools, "Tess") == ["teacher of 5A north"]
    assert await leave(schools, "Tess") == []
    async with schools.database.transaction(schools.scope) as connection:
        teachers = await people.staff(connection, Role.TEACHER, school="north", class_name="5A")
    assert teachers == []


async def test_no_file_gives_a_role_back_and_the_coordinator_is_asked(schools: TwoSchools) -> None:
    await leave(schools, "Tess")
    for _ in range(2):
        await roster.apply(schools.office, all_people(schools.program))
        async with schools.database.transaction(schools.scope) as connection:
            sentences = [call.sentence for call in await attention.open_calls(connection)]
            assert await people.staff(connection, Role.TEACHER, school="north", class_name="5A") == []
        assert sum("Staff member Tess has left" in one for one in sentences) == 1


async def test_the_database_gives_no_role_to_who_left(schools: TwoSchools) -> None:
    await leave(schools, "Tess")
    with pytest.raises(asyncpg.CheckViolationError, match="has left"):
        await schools.admin.execute(
            "INSERT INTO staff_role (staff_id, program_id, role) SELECT id, program_id, 'coordinator' FROM staff"
            " WHERE external_id = 'Tess'"
        )


async def test_only_another_coordinator_says_so(schools: TwoSchools) -> None:
    with pytest.raises(NotTheirsToSay, match="Only a coordinator says that somebody leaves"):
        await leave(schools, "Tess", by="Mona")
    with pytest.raises(StaffStays, match="Another coordinator"):
        await leave(schools, "Cora")


async def test_who_has_to_attest_stays_until_they_have(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    mona = schools.staff["Mona"]
    opened = await cases.worry(
        schools.office, schools.scope, draft_id=draft.id, by=mona, concern=Concern.HARM
    )
    with pytest.raises(StaffStays, match=f"the letter of case {opened.case.id}"):
        await leave(schools, "Mona")
    await cases.attest(schools.office, schools.scope, case_id=opened.case.id, by=mona, reported_at=None)
    assert await leave(schools, "Mona")


def test_a_role_is_named_with_its_place() -> None:
    assert str(HeldRole("coordinator", None, None, None)) == "coordinator"
    assert str(HeldRole("liaison", None, None, "pd")) == "liaison of pd"
