"""A proposal and a coordinator's word about it, as facts: each once, and two at once are as good as one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg
import pytest

from bluepals.facts import leaving, matching, roster
from bluepals.facts.office import Letterhead
from bluepals.store import matching as stored
from bluepals.store.database import Database
from bluepals.store.endings import Reason
from bluepals.store.matching import OpenPair
from tests.bluepals.facts.two_schools import TwoSchools, officer, people, two_schools


@pytest.fixture
async def schools(database: Database, admin: asyncpg.Connection) -> TwoSchools:
    """The roster is in, and nobody has a pal."""
    return await two_schools(database, admin)


async def propose(schools: TwoSchools) -> matching.Proposed:
    return await matching.make_proposal(schools.office, schools.scope, seed=7)


async def open_pairs(schools: TwoSchools) -> dict[str, OpenPair]:
    async with schools.database.transaction(schools.scope) as connection:
        return {pair.student.split()[0]: pair for pair in await stored.open_pairs(connection)}


async def approve(schools: TwoSchools, *children: str) -> matching.Decided:
    pairs = await open_pairs(schools)
    return await matching.approve(
        schools.office, schools.scope, [pairs[child].id for child in children], schools.staff["Cora"]
    )


async def with_officers(schools: TwoSchools, **capacities: int) -> None:
    """The agencies send their list again, with other capacities."""
    now = people(schools.program)
    changed = [
        officer(one.officer_id, capacity=capacities.get(one.officer_id, one.capacity)) for one in now.officers
    ]
    await roster.apply(schools.office, replace(now, officers=changed))


async def test_a_proposal_is_told_to_the_coordinator_and_to_nobody_else(schools: TwoSchools) -> None:
    assert await propose(schools) == matching.Proposed(number=1, pairs=4, waiting=0)
    assert [mail["to_address"] for mail in await schools.mails()] == ["cora@staff.example"]
    assert await schools.count("pairing") == 0


async def test_the_same_proposal_again_is_the_same_one(schools: TwoSchools) -> None:
    first, before = await propose(schools), await open_pairs(schools)
    assert await propose(schools) == first
    assert await open_pairs(schools) == before
    assert len(await schools.mails()) == 1


async def test_a_proposal_of_other_people_supersedes_the_open_one(schools: TwoSchools) -> None:
    await propose(schools)
    await with_officers(schools, Olga=0)
    assert await propose(schools) == matching.Proposed(number=2, pairs=3, waiting=1)
    assert sorted(await open_pairs(schools)) == ["Ben", "Cleo", "Dan"]
    async with schools.database.transaction(schools.scope) as connection:
        (waiting,) = await stored.waiting_children(connection)
        (need, _) = await stored.latest_needs(connection)
    assert (waiting.student_id, waiting.gender) == ("Ana", "female")
    assert need["gender"] == "female"


async def test_fault_9_two_matchings_in_the_same_second_make_one_proposal(schools: TwoSchools) -> None:
    first, second = await asyncio.gather(propose(schools), propose(schools))
    assert first == second
    assert await schools.count("proposed_pair") == 4


async def test_approved_pairs_are_pairings_and_their_schools_years_hear_of_it(schools: TwoSchools) -> None:
    await propose(schools)
    decided = await approve(schools, "Ana", "Ben")
    assert (decided.changed, decided.still_open) == (2, 2)
    assert [tell.workflow_id for tell in decided.tells] == ["program-year-stl.north.2026"]
    assert await schools.count("pairing") == 2


async def test_an_approval_again_changes_nothing_though_every_officer_is_full(schools: TwoSchools) -> None:
    await propose(schools)
    pairs = [pair.id for pair in (await open_pairs(schools)).values()]
    first = await matching.approve(schools.office, schools.scope, pairs, schools.staff["Cora"])
    again = await matching.approve(schools.office, schools.scope, pairs, schools.staff["Cora"])
    assert (first.changed, again.changed) == (4, 0)
    assert [tell.id for tell in again.tells] == [tell.id for tell in first.tells]
    assert await schools.count("pairing") == 4


async def test_fault_9_two_approvals_at_once_make_each_pairing_once(schools: TwoSchools) -> None:
    await propose(schools)
    results = await asyncio.gather(
        *(approve(schools, "Ana", "Ben") for _ in range(3)), return_exceptions=True
    )
    done = [one for one in results if isinstance(one, matching.Decided)]
    assert sum(one.changed for one in done) == 2
    assert await schools.count("pairing") == 2


async def test_fault_9_a_pair_whose_place_is_gone_is_no_error_and_its_child_is_matched_again(
    schools: TwoSchools,
) -> None:
    await propose(schools)
    await with_officers(schools, Olga=0, Rita=1)
    decided = await approve(schools, "Ana", "Ben")
    assert (decided.changed, decided.still_open) == (1, 2)
    assert (await propose(schools)).pairs == 3
    assert (await open_pairs(schools))["Ana"].officer == "Rita Officer"


async def leaves(schools: TwoSchools) -> None:
    await leaving.leave(
        schools.office, schools.scope, schools.officer["Olga"], Reason.MOVED, by=schools.staff["Cora"]
    )


async def is_stopped(schools: TwoSchools) -> None:
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])


async def has_no_clearance(schools: TwoSchools) -> None:
    await schools.admin.execute("UPDATE officer SET cleared_until = '2026-08-31' WHERE external_id = 'Olga'")


@pytest.mark.parametrize("goes", [leaves, is_stopped, has_no_clearance])
async def test_nobody_is_paired_with_an_officer_who_goes_and_the_child_waits_and_is_matched_again(
    schools: TwoSchools, goes: Callable[[TwoSchools], Awaitable[None]]
) -> None:
    await propose(schools)
    await goes(schools)
    decided = await approve(schools, "Ana", "Ben")
    assert (decided.changed, decided.superseded) == (1, 1)
    async with schools.database.transaction(schools.scope) as connection:
        assert [one.student_id for one in await stored.waiting_children(connection)] == ["Ana"]
    await schools.admin.execute("UPDATE officer SET capacity = 1 WHERE external_id = 'Rita'")
    await propose(schools)
    assert (await open_pairs(schools))["Ana"].officer == "Rita Officer"


async def goes_to_the_other_school(schools: TwoSchools) -> None:
    now = people(schools.program)
    moved = [
        replace(one, school="south", class_name="5B") if one.student_id == "Ana" else one
        for one in now.students
    ]
    await roster.apply(schools.office, replace(now, students=moved))


async def has_no_consent_any_more(schools: TwoSchools) -> None:
    now = people(schools.program)
    without = [replace(one, consent=None) if one.student_id == "Ana" else one for one in now.students]
    await roster.apply(schools.office, replace(now, students=without))


async def officer_goes_to_the_other_agency(schools: TwoSchools) -> None:
    now = people(schools.program)
    moved = [replace(one, agency="county") if one.officer_id == "Olga" else one for one in now.officers]
    await roster.apply(schools.office, replace(now, officers=moved))


@pytest.mark.parametrize(
    "changes", [goes_to_the_other_school, has_no_consent_any_more, officer_goes_to_the_other_agency]
)
async def test_a_pair_of_two_who_are_no_longer_as_they_were_proposed_is_none(
    schools: TwoSchools, changes: Callable[[TwoSchools], Awaitable[None]]
) -> None:
    """A pairing at the school that its child has left would be read there, and not where the child is."""
    await propose(schools)
    await changes(schools)
    decided = await approve(schools, "Ana", "Ben")
    assert (decided.changed, decided.superseded) == (1, 1)


async def test_nobody_is_paired_with_a_child_who_has_died(schools: TwoSchools) -> None:
    await propose(schools)
    await leaving.student_died(
        schools.office, schools.scope, schools.student["Ana"], by=schools.staff["Coco"]
    )
    assert "Ana" not in await open_pairs(schools)


async def test_nobody_is_paired_with_an_officer_whose_stop_over_a_case_is_just_committed(
    schools: TwoSchools,
) -> None:
    """Who closes a case does not hold the matching's lock."""
    await propose(schools)
    async with schools.office.committing(schools.scope) as connection:
        letterhead = await Letterhead.of(schools.office, connection)
        olga, cora = schools.officer["Olga"], schools.staff["Cora"]
        await leaving.go_at_once(connection, letterhead, olga, Reason.STOPPED, cora)
        approving = asyncio.create_task(approve(schools, "Ana"))
        await schools.until_it_waits(approving)
    assert (await approving).superseded == 1


async def test_a_rejection_needs_its_reason_on_record(schools: TwoSchools) -> None:
    await propose(schools)
    pair = (await open_pairs(schools))["Ana"].id
    with pytest.raises(asyncpg.CheckViolationError):
        await matching.reject(schools.office, schools.scope, [pair], schools.staff["Cora"])


async def test_a_rejected_pair_is_not_proposed_again(schools: TwoSchools) -> None:
    await with_officers(schools, Rita=1)
    await propose(schools)
    pair = (await open_pairs(schools))["Ana"]
    await matching.give_reason(schools.office, schools.scope, [pair.id], "They are neighbours.")
    results = [
        await matching.reject(schools.office, schools.scope, [pair.id], schools.staff["Cora"])
        for _ in range(2)
    ]
    assert [one.changed for one in results] == [1, 0]
    await propose(schools)
    assert (await open_pairs(schools))["Ana"].officer != pair.officer
    why = await schools.admin.fetchval("SELECT decided_why FROM proposed_pair WHERE state = 'rejected'")
    assert why == "They are neighbours."


async def test_with_no_pair_named_all_that_are_open_are_meant(schools: TwoSchools) -> None:
    await propose(schools)
    decided = await matching.approve(schools.office, schools.scope, [], schools.staff["Cora"])
    assert (decided.changed, decided.still_open) == (4, 0)
    again = await matching.approve(schools.office, schools.scope, [], schools.staff["Cora"])
    assert (again.changed, again.tells) == (0, [])
