"""One school's year: pairings begin when they are approved, classes open their letters together, the year is counted."""

from collections.abc import Callable
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from activities.year import YearNumbers
from bluepals.domain.calendar import visit_day
from bluepals.domain.letters import Side
from bluepals.domain.people import Role
from bluepals.facts import matching, roster, visits
from bluepals.facts.roster import Roster
from bluepals.store.pauses import What
from tests.workflows.world import World, a_student, an_officer, eventually, staff
from workflows.api import pairing
from workflows.api import visit_day as visit_workflow
from workflows.search_attributes import PROGRAM_YEAR, ROUND, SCHOOL, STAGE


async def _begun(world: World, pairs: list[str]) -> list[WorkflowHandle[Any, Any]]:
    """The approved pairs' workflows, brought to the present."""
    await world.tell()

    async def introduced() -> bool:
        return bool(
            await world.admin.fetchval(
                "SELECT bool_and(introduced_at IS NOT NULL) FROM pairing WHERE program_id = $1",
                world.program.id,
            )
        )

    await eventually(introduced, "approved pairs are introduced")
    for one in pairs:
        await world.attend(pairing.workflow_id(one))
    return [world.client.get_workflow_handle(pairing.workflow_id(one)) for one in pairs]


async def test_a_year_from_its_opening_to_its_numbers(make_world: Callable[..., World]) -> None:
    world = make_world(rounds=2)
    await world.enroll(stock=2)
    year = await world.begin_year()
    (pair,) = await world.pair()
    (handle,) = await _begun(world, [pair])
    await world.attend(visit_workflow.workflow_id(world.year))
    assert await world.attribute(handle, SCHOOL) == "north"
    assert await world.attribute(handle, PROGRAM_YEAR) == world.year
    await world.letter(pair, Side.STUDENT, 1)
    await world.reach(world.round(1).opens_on, 6)
    assert await world.mails("pack") == []
    await world.reach(world.round(1).opens_on, 8)
    assert await world.mails("pack") == ["teacher@north.example"], "the teacher has the pack that morning"
    await world.letter(pair, Side.OFFICER, 2)
    await world.reach(world.round(2).opens_on, 8)
    assert len(await world.mails("pack")) == 2
    assert await world.attribute(year, STAGE) == "visit"
    assert await world.mails("farewell") == []
    await world.reach(visit_day(world.program))
    assert await world.mails("farewell") == ["officer1@pd.example", "parent1@home.example"]
    assert await world.attribute(year, STAGE) == "last weeks"
    await world.reach(world.program.year.last_day, 18)
    assert await year.result() == YearNumbers(
        pairings=1, letters=2, stock_letters=1, missed=2, late=0, visits=0
    )
    assert await world.mails("year") == ["coordinator@north.example"]
    assert await world.admin.fetchval("SELECT state FROM program_year WHERE id = $1", world.year) == "closed"
    assert await world.admin.fetchval("SELECT end_reason FROM pairing WHERE id = $1", pair) == "year closed"


async def test_pairs_that_are_approved_late_begin_where_two_full_weeks_are_left(
    make_world: Callable[..., World],
) -> None:
    world = make_world(rounds=3)
    await world.enroll()
    await world.begin_year()
    await world.reach(world.round(1).opens_on, 8)
    (pair,) = await world.pair()
    (handle,) = await _begun(world, [pair])
    assert await world.attribute(handle, ROUND) == 3
    assert await world.answers("pairs_approved") == ["taken"]


async def test_each_batch_of_approved_pairs_is_heard_of_once(make_world: Callable[..., World]) -> None:
    world = make_world(rounds=1)
    await world.enroll()
    year = await world.begin_year()
    (first,) = await world.pair()
    await _begun(world, [first])
    fact = world.unpacked(
        await world.admin.fetchval("SELECT body FROM tell WHERE program_id = $1", world.program.id)
    )
    assert await year.execute_update("pairs_approved", fact, result_type=str) == "known"
    second = Roster(world.program, [a_student(1), a_student(2)], [an_officer(1), an_officer(2)], staff(), ())
    await roster.apply(world.office, second)
    pairs = await world.pair()
    await _begun(world, pairs)
    assert await world.answers("pairs_approved") == ["taken", "taken"]
    assert len(await world.mails("introduction")) == 4


async def test_pairs_for_a_year_that_has_closed_go_to_a_person(make_world: Callable[..., World]) -> None:
    world = make_world(rounds=1)
    await world.enroll()
    year = await world.begin_year()
    await world.attend(visit_workflow.workflow_id(world.year))
    await matching.make_proposal(world.office, world.scope, seed=1)
    await world.reach(world.program.year.last_day, 18)
    await year.result()
    await matching.approve(world.office, world.scope, [], world.people[Role.COORDINATOR])
    await world.tell()
    assert await world.answers("pairs_approved") == ["closed"]
    assert any("pairs_approved came after" in call for call in await world.calls())


async def test_a_year_that_has_not_begun_is_told_later(make_world: Callable[..., World]) -> None:
    world = make_world(rounds=1)
    await world.enroll()
    await world.pair()
    assert await world.tell() == 0
    assert await world.calls() == []
    await world.begin_year()
    await world.turn_clock(world.deadlines(1).students_due)
    assert await world.tell() == 1


async def test_overlapping_batches_are_different_ones(make_world: Callable[..., World]) -> None:
    world = make_world(rounds=1)
    await world.enroll(
        [a_student(number) for number in (1, 2, 3)], [an_officer(number) for number in (1, 2, 3)]
    )
    await matching.make_proposal(world.office, world.scope, seed=1)
    rows = await world.admin.fetch("SELECT id FROM proposed_pair WHERE program_id = $1", world.program.id)
    one, two, three = (row["id"] for row in rows)
    coordinator = world.people[Role.COORDINATOR]
    first = await matching.approve(world.office, world.scope, [one, two], coordinator)
    second = await matching.approve(world.office, world.scope, [one, three], coordinator)
    assert [tell.id for tell in first.tells] != [tell.id for tell in second.tells]
    again = await matching.approve(world.office, world.scope, [three, one], coordinator)
    assert [tell.id for tell in again.tells] == [tell.id for tell in second.tells]


@pytest.mark.parametrize("forged", ["", "Ann Smith", {"batch": "Ann Smith"}, {"batch": 7}, {}, None])
async def test_fault_34_a_malformed_batch_leaves_no_trace(
    make_world: Callable[..., World], forged: object
) -> None:
    world = make_world(rounds=1)
    await world.enroll()
    year = await world.begin_year()
    with pytest.raises(Exception, match="Workflow update failed"):
        await year.execute_update("pairs_approved", forged, result_type=str)
    events = [event.WhichOneof("attributes") async for event in year.fetch_history_events()]
    assert not any("update_" in (event or "") for event in events if "options" not in (event or ""))


async def test_a_visit_that_rests_when_its_year_is_opened_is_not_prepared(world: World) -> None:
    await world.pause_untold(whats=[What.VISITS])
    await world.begin_year()
    await _begun(world, await world.pair())
    visit = await world.attend_begun(visit_workflow.workflow_id(world.year))
    await world.reach(visit_day(world.program), 18)
    assert await world.mails("sheets") == []
    assert "rests" in await world.details(visit)


async def test_a_visit_that_is_off_stays_so_for_a_year_that_is_begun_again_when_its_history_is_gone(
    world: World,
) -> None:
    await visits.call_off(world.office, world.scope, world.year, read_aloud=True)
    await world.begin_year()
    await _begun(world, await world.pair())
    visit = await world.attend_begun(visit_workflow.workflow_id(world.year))
    await world.reach(visit_day(world.program), 18)
    assert await world.mails("sheets") == []
    assert (await visit.describe()).status is WorkflowExecutionStatus.COMPLETED
