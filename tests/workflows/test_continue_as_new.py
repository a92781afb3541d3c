"""Long histories are cut: what a workflow knows goes along, and nobody who asks notices."""

from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowHandle

from bluepals.domain.letters import Side
from bluepals.facts import matching, visits
from tests.workflows import test_new_officer, test_visit_changes
from tests.workflows.test_assignment import Matching, begin, by_coordinator, enroll, open_pairs
from tests.workflows.world import DAY, Served, World, a_program, eventually
from workflows.api.dates import DatesChanged
from workflows.api.new_officer import ReplacementChanged
from workflows.api.visit_day import VisitAnswered
from workflows.assignment import Assignment

ENOUGH = 7  # updates of one run, for its history to be cut


async def _runs(handle: WorkflowHandle[Any, Any]) -> bool:
    """Whether it is another run than the one that was started."""
    return (await handle.describe()).run_id != handle.first_execution_run_id


async def tell_often(handle: WorkflowHandle[Any, Any], update: str, fact: object) -> None:
    for _ in range(ENOUGH):
        await handle.execute_update(update, fact, result_type=str)


async def test_a_pairing_goes_on_with_its_letters_and_its_story(short_histories: Served) -> None:
    world = World(short_histories, a_program("long", rounds=6))
    await world.enroll(stock=2)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    draft = await world.letter(pair, Side.STUDENT, 1)
    for number in range(1, 7):
        await world.exchange(pair, number)
    assert await _runs(handle), "otherwise this proves nothing"
    fact = world.unpacked(await world.admin.fetchval("SELECT body FROM tell WHERE key = $1", str(draft.id)))
    assert await handle.execute_update("letter_decided", fact, result_type=str) == "known"
    assert len(await world.story(handle)) == 13
    await world.reach(world.program.year.last_day)
    assert (await world.client.get_workflow_handle(handle.id).result())["rounds"] == 6
    assert len(await world.deliveries(pair)) == 12


async def test_a_matching_keeps_what_is_open_and_what_was_rejected(short_histories: Served) -> None:
    world = World(short_histories, a_program("often"))
    await enroll(world, 2, 3)
    handle = await begin(world)
    rejected, open_pair = await open_pairs(world)
    await matching.give_reason(world.office, world.scope, [rejected], "they know each other")
    await handle.execute_update(Assignment.reject_pairs, by_coordinator(world, rejected))
    latest: Matching = world.client.get_workflow_handle_for(Assignment.run, handle.id)

    async def cut() -> bool:
        await latest.execute_update(Assignment.approve_pairs, by_coordinator(world, rejected))
        return await _runs(handle)

    await eventually(cut, "a continue-as-new")
    await latest.execute_update(Assignment.approve_pairs, by_coordinator(world, open_pair))

    async def matched_again() -> bool:
        return len(await open_pairs(world)) == 1

    await eventually(matched_again, "the rejected pair's child has a new proposal")


async def test_a_year_holds_each_opening_day_once_and_knows_whom_it_has_begun(
    short_histories: Served,
) -> None:
    world = World(short_histories, a_program("stretched", rounds=2))
    await world.enroll(stock=2)
    year = await world.begin_year()
    (pair,) = await world.pair()
    await world.tell()
    await world.attend_pairing(pair)
    await tell_often(year, "dates_changed", DatesChanged(1))
    await world.reach(world.round(1).opens_on, 8)
    await eventually(lambda: _runs(year), "a continue-as-new")
    batch = world.unpacked(
        await world.admin.fetchval(
            "SELECT body FROM tell WHERE fact = 'pairs_approved' AND program_id = $1", world.program.id
        )
    )
    assert await year.execute_update("pairs_approved", batch, result_type=str) == "known"
    await world.reach(world.program.year.last_day, 18)
    assert (await year.result()).pairings == 1
    assert len(await world.mails("pack")) == 2


async def test_a_visit_keeps_the_day_to_which_it_was_moved_and_its_story(short_histories: Served) -> None:
    visit = await test_visit_changes.begun(World(short_histories, a_program("snowed", rounds=1)))
    world, later = visit.world, visit.day + 7 * DAY
    await visit.move(later)
    await tell_often(visit.handle, "visit_answered", VisitAnswered(str(uuid4())))
    await eventually(lambda: _runs(visit.handle), "a continue-as-new")
    await world.reach(later - DAY, 13)
    assert (await world.mails("visit"))[1:] == ["officer1@pd.example"] * 2, (
        "the reminders of the new day only"
    )
    await world.reach(later, 15)
    await visits.attend(world.office, world.scope, visit.pairing, came=True)
    await world.reach(later + DAY, 18)
    assert await visit.handle.result() == 1
    story = await world.story(world.client.get_workflow_handle(visit.handle.id))
    assert story[:2] == ["invited by now: 1 officer", f"takes place on {later}"]
    assert story[-1] == "thanked, since they came: 1 officer"


async def test_a_visit_that_is_cut_after_the_thanks_says_how_many_were_thanked(
    short_histories: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = await test_visit_changes.begun(World(short_histories, a_program("thankful", rounds=1)))
    world, thanks = visit.world, visits.thank

    async def amid_answers(*this: Any) -> int:
        await tell_often(visit.handle, "visit_answered", VisitAnswered(str(uuid4())))
        return await thanks(*this)

    monkeypatch.setattr(visits, "thank", amid_answers)
    await world.reach(visit.day, 15)
    await visits.attend(world.office, world.scope, visit.pairing, came=True)
    await world.reach(visit.day + DAY, 18)
    assert await visit.handle.result() == 1
    assert await _runs(visit.handle), "otherwise this proves nothing"


async def test_a_child_between_two_officers_is_looked_after_as_before(short_histories: Served) -> None:
    change = await test_new_officer.begun(World(short_histories, a_program("between", rounds=3)))
    await change.free("o002")
    (one,) = await change.leaves()
    handle = change.handle(one)
    first = (await handle.describe()).run_id
    await change.approve(one)
    await tell_often(handle, "replacement_changed", ReplacementChanged(1))
    await change.after(15)
    assert (await handle.describe()).run_id != first, "otherwise this proves nothing"
    await change.after(29)
    begun = await change.next_pairing(one)
    assert begun is not None
    await change.world.begin_pairing(begun)
    await change.after(60)
    assert await handle.result() == "paired"
    assert await change.world.mails("successor") == ["parent1@home.example", "teacher@north.example"]
    assert await change.world.story(handle) == [
        "an officer is proposed",
        "the next officer is approved",
        "the family is told",
        "round 1: a stock letter is in the pack",
        "the next pairing has begun",
        "round 2: a stock letter is in the pack",
        "over: paired",
    ]
