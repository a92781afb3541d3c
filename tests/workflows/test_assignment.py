"""The matching waits for the coordinator, for weeks if need be, and ends with the year."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError

from activities.matching import PairsDecided
from bluepals.domain.people import Gender, Role
from bluepals.facts import matching, roster
from bluepals.facts.roster import Roster
from bluepals.store import matching as matching_store
from service.opening import open_program
from tests.workflows.world import World, a_student, an_officer, eventually, staff
from workflows.api import program_year
from workflows.api.assignment import AssignmentInput, DecideAboutPairs, workflow_id
from workflows.assignment import Assignment
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import STAGE

Matching = WorkflowHandle[Assignment, None]


async def begin(world: World) -> Matching:
    handle = await world.client.start_workflow(
        Assignment.run,
        AssignmentInput(world.program.id, world.closes.isoformat()),
        id=workflow_id(world.program.id, world.program.first_year),
        task_queue=TASK_QUEUE,
    )
    await world.attend(handle.id)
    await eventually(lambda: _is_proposed(world), "a first proposal")
    return handle


async def _is_proposed(world: World) -> bool:
    async with world.parts.database.transaction(world.scope) as connection:
        return bool(await matching_store.latest_needs(connection))


async def open_pairs(world: World) -> list[UUID]:
    async with world.parts.database.transaction(world.scope) as connection:
        return [pair.id for pair in await matching_store.open_pairs(connection)]


def by_coordinator(world: World, *pairs: UUID) -> DecideAboutPairs:
    return DecideAboutPairs([str(pair) for pair in pairs], str(world.people[Role.COORDINATOR]))


async def refusal_of(handle: Matching, update: Any, *argument: Any) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update(update, *argument)
    return str(refused.value.cause)


async def enroll(world: World, students: int, officers: int) -> None:
    await world.enroll(
        [a_student(number) for number in range(1, students + 1)],
        [an_officer(number) for number in range(1, officers + 1)],
    )


async def test_nothing_is_sent_before_the_coordinator_approves(make_world: Callable[..., World]) -> None:
    world = make_world()
    await enroll(world, 2, 2)
    handle = await begin(world)
    await world.reach(world.round(1).students_due)
    assert await world.mails("proposal") == ["coordinator@north.example"]
    assert await world.mails("introduction") == []
    assert await world.attribute(handle, STAGE) == "proposed"
    decided = await handle.execute_update(Assignment.approve_pairs, by_coordinator(world))
    assert (decided.changed, decided.still_open) == (2, 0)
    assert await world.answers("pairs_approved") == [None], "the school's year has to hear of it"
    assert await world.attribute(handle, STAGE) == "matched"


async def test_a_rejected_pair_is_matched_again_when_all_are_decided(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    await enroll(world, 2, 3)
    handle = await begin(world)
    first, second = await open_pairs(world)
    await matching.give_reason(world.office, world.scope, [first], "they know each other")
    await handle.execute_update(Assignment.reject_pairs, by_coordinator(world, first))
    assert await open_pairs(world) == [second]
    await handle.execute_update(Assignment.approve_pairs, by_coordinator(world, second))

    async def proposed_anew() -> bool:
        return bool(set(await open_pairs(world)) - {first, second})

    await eventually(proposed_anew, "the child of the rejected pair is matched again")
    rejected = "SELECT student_id, officer_id FROM proposed_pair WHERE id = $1"
    (again,) = await open_pairs(world)
    assert await world.admin.fetchrow(rejected, again) != await world.admin.fetchrow(rejected, first)


async def test_a_late_child_is_matched_on_request(make_world: Callable[..., World]) -> None:
    world = make_world()
    await enroll(world, 1, 2)
    handle = await begin(world)
    await handle.execute_update(Assignment.approve_pairs, by_coordinator(world))
    late = Roster(world.program, [a_student(1), a_student(2)], [an_officer(1), an_officer(2)], staff(), ())
    await roster.apply(world.office, late)
    assert await handle.execute_update(Assignment.propose_again) == 1
    assert len(await open_pairs(world)) == 1


async def test_commands_that_can_not_be_done_are_refused_in_a_sentence(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    await enroll(world, 1, 1)
    handle = await begin(world)
    (pair,) = await open_pairs(world)
    malformed = DecideAboutPairs(["Ann"], str(world.people[Role.COORDINATOR]))
    assert "by their ids" in await refusal_of(handle, Assignment.approve_pairs, malformed)
    nobody = DecideAboutPairs([], str(uuid4()))
    assert "on record" in await refusal_of(handle, Assignment.approve_pairs, nobody)
    without_reason = by_coordinator(world, pair)
    assert "--reason" in await refusal_of(handle, Assignment.reject_pairs, without_reason)
    assert await open_pairs(world) == [pair], "nothing has changed"
    await handle.execute_update(Assignment.approve_pairs, by_coordinator(world))
    assert "No pair is open" in await refusal_of(handle, Assignment.approve_pairs, by_coordinator(world))


async def test_two_commands_at_once_are_done_one_after_the_other(make_world: Callable[..., World]) -> None:
    world = make_world()
    await enroll(world, 3, 3)
    handle = await begin(world)
    answers = await asyncio.gather(
        *(handle.execute_update(Assignment.approve_pairs, by_coordinator(world)) for _ in range(3)),
        handle.execute_update(Assignment.propose_again),
        return_exceptions=True,
    )
    changed = [answer.changed for answer in answers if isinstance(answer, PairsDecided)]
    assert sum(changed) == 3
    assert (
        await world.admin.fetchval("SELECT count(*) FROM pairing WHERE program_id = $1", world.program.id)
        == 3
    )


async def test_the_matching_ends_with_the_year(make_world: Callable[..., World]) -> None:
    world = make_world(rounds=1)
    await enroll(world, 1, 1)
    handle = await begin(world)
    await world.reach(world.program.year.last_day, 18)
    await asyncio.wait_for(handle.result(), 10)


async def test_fault_7_girls_beyond_the_officers_wait_by_name(make_world: Callable[..., World]) -> None:
    world = make_world()
    girls = [a_student(number) for number in range(1, 41)]
    boys = [a_student(number, Gender.MALE) for number in range(41, 63)]
    women = [an_officer(number) for number in range(1, 31)]
    men = [an_officer(number, Gender.MALE) for number in range(31, 61)]
    await world.enroll([*girls, *boys], [*women, *men])
    handle = await begin(world)
    decided = await handle.execute_update(Assignment.approve_pairs, by_coordinator(world))
    assert decided.changed == 52
    async with world.parts.database.transaction(world.scope) as connection:
        waiting = await matching_store.waiting_children(connection)
        needs = {need["gender"]: need for need in await matching_store.latest_needs(connection)}
    assert len(waiting) == 10
    assert all(child.gender == "female" and child.name for child in waiting)
    assert needs["female"]["missing"] == [10, 0, 0], "at a capacity of 1, 2 and 3"
    assert (
        await world.admin.fetchval(
            "SELECT count(*) FROM pairing JOIN student ON student.id = student_id JOIN officer ON officer.id = officer_id"
            " WHERE pairing.program_id = $1 AND student.gender <> officer.gender",
            world.program.id,
        )
        == 0
    )
    longest = waiting[3].student_id
    await world.admin.execute(
        "UPDATE student SET waiting_since = waiting_since - 30 WHERE program_id = $1 AND external_id = $2",
        world.program.id,
        longest,
    )
    new = Roster(world.program, [*girls, *boys], [*women, *men, an_officer(61)], staff(), ())
    await roster.apply(world.office, new)
    assert await handle.execute_update(Assignment.propose_again) == 1
    assert (
        await world.admin.fetchval(
            "SELECT external_id FROM proposed_pair JOIN student ON student.id = student_id"
            " WHERE proposed_pair.program_id = $1 AND state = 'proposed'",
            world.program.id,
        )
        == longest
    )


async def test_fault_9_the_loser_of_two_assignments_hears_why(make_world: Callable[..., World]) -> None:
    """An officer's one place is taken by hand between the proposal and its approval."""
    world = make_world()
    await enroll(world, 2, 1)
    handle = await begin(world)
    (pair,) = await open_pairs(world)
    await world.admin.execute(
        "WITH other AS (INSERT INTO proposed_pair (proposal_id, program_id, school_id, agency_id, student_id, officer_id,"
        " gender, reason, state, decided_by, decided_at)"
        " SELECT proposal_id, program_id, school_id, agency_id, (SELECT id FROM student WHERE student.program_id = $1"
        " AND student.id <> pair.student_id), officer_id, gender, 'by hand', 'approved', $2, now()"
        " FROM proposed_pair AS pair WHERE pair.id = $3 RETURNING *)"
        " INSERT INTO pairing (program_id, program_year_id, school_id, agency_id, student_id, officer_id, gender,"
        " proposed_pair_id, begins_on)"
        " SELECT program_id, $4, school_id, agency_id, student_id, officer_id, gender, id, current_date FROM other",
        world.program.id,
        world.people[Role.COORDINATOR],
        pair,
        world.year,
    )
    assert await handle.execute_update(Assignment.approve_pairs, by_coordinator(world)) == PairsDecided(
        changed=0, still_open=0, superseded=1
    )
    assert (
        await world.admin.fetchval("SELECT count(*) FROM pairing WHERE program_id = $1", world.program.id)
        == 1
    )


async def test_fault_9_two_matchings_in_the_same_second_give_each_child_one_open_pair(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    await enroll(world, 5, 5)
    await asyncio.gather(*(matching.make_proposal(world.office, world.scope, seed) for seed in range(4)))
    assert len(await open_pairs(world)) == 5
    coordinator = world.people[Role.COORDINATOR]
    decided = await asyncio.gather(
        *(matching.approve(world.office, world.scope, [], coordinator) for _ in range(3)),
    )
    assert sorted(one.changed for one in decided) == [0, 0, 5]


async def test_fault_39_opened_again_nothing_starts_beside_what_runs_or_after_what_has_closed(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    await enroll(world, 1, 1)
    await open_program(world.parts, world.program, seed=1)
    opened = [
        world.client.get_workflow_handle(workflow_id(world.program.id, world.program.first_year)),
        world.client.get_workflow_handle(program_year.workflow_id(world.year)),
    ]
    first_runs = [(await one.describe()).run_id for one in opened]
    await open_program(world.parts, world.program, seed=1)
    for one in opened:
        await world.attend(one.id)
    await world.reach(world.program.year.last_day, 18)
    await open_program(world.parts, world.program, seed=1)
    assert [(await one.describe()).run_id for one in opened] == first_runs
    assert {(await one.describe()).status for one in opened} == {WorkflowExecutionStatus.COMPLETED}


async def test_opening_again_begins_again_what_somebody_has_terminated(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    await enroll(world, 1, 1)
    await open_program(world.parts, world.program, seed=1)
    opened = [
        world.client.get_workflow_handle(workflow_id(world.program.id, world.program.first_year)),
        world.client.get_workflow_handle(program_year.workflow_id(world.year)),
    ]
    for one in opened:
        await one.terminate()
    await open_program(world.parts, world.program, seed=1)
    assert {(await one.describe()).status for one in opened} == {WorkflowExecutionStatus.RUNNING}
