"""What needs a coordinator is said to those whose school or agency it is, by mail and on the board alike."""

from datetime import date

import pytest

from bluepals.domain.letters import Side
from bluepals.domain.sentences import Sentence
from bluepals.facts import daily, declining, letters
from bluepals.facts.decisions import open_decisions
from bluepals.store import attention, programs
from bluepals.store.deliveries import Held
from tests.bluepals.facts.two_schools import TwoSchools
from tests.mailroom import parsed


async def coordinates(schools: TwoSchools, name: str, school: str) -> None:
    await schools.admin.execute(
        "INSERT INTO staff_role (staff_id, program_id, role, school_id) VALUES ($1, $2, 'coordinator', $3)",
        schools.staff[name],
        schools.program,
        school,
    )


@pytest.fixture
async def shared(schools: TwoSchools) -> TwoSchools:
    """Cora runs it all, Tess the north as well, and Tom the south."""
    await coordinates(schools, "Tess", "north")
    await coordinates(schools, "Tom", "south")
    return schools


async def told(schools: TwoSchools, said: str) -> set[str]:
    """Whose mail of the day says it; their boards, and nobody else's, do so too."""
    await daily.compose_daily_mail(schools.office, schools.scope, date(2026, 9, 1))
    mailed = set()
    for row in await schools.mails("daily"):
        body = parsed(row["message"]).get_body(("plain",))
        assert body is not None
        if said in " ".join(body.get_content().split()):
            mailed.add(row["to_address"].partition("@")[0].capitalize())
    async with schools.database.transaction(schools.scope) as connection:
        program = await programs.load(connection)
        for name in ("Cora", "Tess", "Tom"):
            decisions = await open_decisions(connection, program, schools.staff[name])
            shown = any(said in one.call.sentence for one in decisions)
            assert shown == (name in mailed), name
    return mailed


async def asked(schools: TwoSchools, *, school: str | None = None, agency: str | None = None) -> set[str]:
    async with schools.database.transaction(schools.scope) as connection:
        await attention.call(
            connection,
            key="look",
            kind="roster",
            sentence=Sentence("Look at this."),
            school=school,
            agency=agency,
        )
    return await told(schools, "Look at this.")


async def test_what_is_of_a_school_is_for_who_runs_it(shared: TwoSchools) -> None:
    assert await asked(shared, school="north") == {"Cora", "Tess"}


async def test_what_is_of_an_agency_is_for_who_runs_a_school_that_it_serves(shared: TwoSchools) -> None:
    assert await asked(shared, agency="county") == {"Cora", "Tom"}


async def test_what_is_of_neither_is_for_who_runs_the_whole_program(shared: TwoSchools) -> None:
    assert await asked(shared) == {"Cora"}


@pytest.mark.parametrize("school", ["south", None])
async def test_what_is_nobodys_is_for_all_coordinators(schools: TwoSchools, school: str | None) -> None:
    await coordinates(schools, "Tess", "north")
    await schools.admin.execute(
        "DELETE FROM staff_role WHERE role = 'coordinator' AND staff_id = $1", schools.staff["Cora"]
    )
    assert await asked(schools, school=school) == {"Tess"}


async def test_a_letter_that_is_held_is_of_its_childs_school(shared: TwoSchools) -> None:
    draft = await shared.write("Ana", Side.STUDENT)
    await shared.decide(draft)
    await shared.admin.execute("UPDATE student SET consent_on = NULL WHERE external_id = 'Ana'")
    assert await shared.release("Ana", draft) is Held.NO_CONSENT
    assert await told(shared, "is held") == {"Cora", "Tess"}


async def test_a_pack_without_a_stock_letter_is_of_its_childs_school(shared: TwoSchools) -> None:
    await letters.put_stock_letter(shared.office, shared.scope, shared.pairing["Cleo"], 1)
    assert await told(shared, "no stock letter is left") == {"Cora", "Tom"}


async def test_a_pair_that_was_declined_is_of_its_childs_school(shared: TwoSchools) -> None:
    await shared.admin.execute(
        "UPDATE pairing SET introduced_at = NULL, first_round = NULL WHERE id = $1", shared.pairing["Ana"]
    )
    await declining.decline(shared.office, shared.scope, shared.pairing["Ana"], by=shared.staff["Cora"])
    assert await told(shared, "was declined") == {"Cora", "Tess"}


async def test_letters_that_wait_for_a_reader_too_long_are_their_schools(shared: TwoSchools) -> None:
    """And stock letters, which are of no school, the whole program's."""
    await shared.admin.execute("UPDATE draft SET received_at = '2026-08-03' WHERE written_for = 'stock'")
    await daily.compose_daily_mail(shared.office, shared.scope, date(2026, 9, 1))
    too_long = {
        row["to_address"]
        for row in await shared.mails("daily")
        if b"Letters that wait for a reader too long" in row["message"]
    }
    assert too_long == {"cora@staff.example"}


async def test_clearances_of_an_agency_without_a_liaison_are_for_who_runs_a_school_that_it_serves(
    shared: TwoSchools,
) -> None:
    await shared.admin.execute("DELETE FROM staff_role WHERE role = 'liaison'")
    await shared.admin.execute("UPDATE officer SET cleared_until = '2026-09-10' WHERE agency_id = 'county'")
    await daily.compose_daily_mail(shared.office, shared.scope, date(2026, 9, 1))
    named = {row["to_address"] for row in await shared.mails("case") if b"Paula Officer" in row["message"]}
    assert named == {"cora@staff.example", "tom@staff.example"}
