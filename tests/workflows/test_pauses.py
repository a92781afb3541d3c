"""A pause: nothing comes nearer, nothing is lost, and everything goes on where it stood."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError

from bluepals.domain.letters import Side, Verdict
from bluepals.domain.program import Policy
from bluepals.facts import endings, letters
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.endings import Reason
from bluepals.store.pauses import Target, What
from tests.workflows.world import World, eventually
from workflows.api.dates import DatesChanged
from workflows.search_attributes import ATTENTION, DUE, ROUND, STAGE

Handle = WorkflowHandle[Any, Any]
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


async def test_a_paused_pairing_misses_nothing_and_goes_on_by_its_new_dates(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    first = world.round(1)
    await world.pause()
    await eventually(lambda: _has_no_date(world, handle), "it knows of no date")
    await world.reach(first.students_due + DAY)
    assert await world.misses(pair) == []
    await world.reach(world.program.year.first_day + 2 * WEEK, 20)
    await world.resume()
    # The hour of eleven school days came in the pause.
    moved = world.calendar.instant(first.students_due + 2 * WEEK + 3 * DAY, world.program.policy.due_hour)
    await eventually(lambda: _is_due(world, handle, moved), "it knows its new date")
    await world.reach(first.students_due + 2 * WEEK)
    assert await world.misses(pair) == []
    await world.reach(first.students_due + 2 * WEEK + 3 * DAY)
    assert await world.misses(pair) == [(1, "student")]
    await world.reach(first.opens_on + 2 * WEEK + 3 * DAY, 6)
    assert await world.misses(pair) == [(1, "student"), (1, "officer")]
    assert await world.deliveries(pair) == [(1, "officer", "stock", 1)]


async def test_what_is_approved_in_a_pause_is_kept_and_goes_out_when_it_ends(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.pause()
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.decide(draft, Verdict.APPROVE)
    assert await world.tell() == 1
    await world.reach(world.round(1).students_due)
    assert await world.deliveries(pair) == []
    assert await world.mails("letter") == []
    assert await world.calls() == [], "nobody has to do anything"
    await world.resume()
    await world.until_answered(draft)
    assert await world.deliveries(pair) == [(1, "student", "letter", None)]


async def test_a_pause_that_ends_while_a_letter_meets_it_keeps_nothing_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meets_the_gate = letters.release

    async def before_the_answer_arrives(*this: Any, **letter: Any) -> Delivery | Held:
        outcome = await meets_the_gate(*this, **letter)
        if outcome is Held.PAUSED:
            await world.resume()
        return outcome

    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.pause()
    monkeypatch.setattr(letters, "release", before_the_answer_arrives)
    draft = await world.letter(pair, Side.STUDENT, 1)
    await eventually(lambda: world.delivered(draft), "the letter goes")


async def test_a_pack_without_a_stock_letter_waits_out_a_pause(make_world: Callable[..., World]) -> None:
    world = make_world(rounds=1)
    await world.enroll(stock=0)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.reach(world.round(1).officers_due)
    called = "no stock letter left for opening day 1"
    await eventually(lambda: _calls(world, handle, called), "a person is called")
    await world.pause()
    events = (await handle.describe()).history_length
    await world.reach(world.round(1).opens_on + 20 * DAY)
    assert (await handle.describe()).history_length < events + 60, "it does not look every day"
    await world.resume()
    assert await world.attribute(handle, ROUND) == 1


async def test_two_who_were_to_be_introduced_are_introduced_when_the_pause_ends(world: World) -> None:
    (pair,) = await world.pair()
    await world.pause_untold()
    handle = await world.begin_pairing(pair)
    await world.tell()
    assert await world.mails("introduction") == []
    await world.resume()
    await eventually(lambda: _is_at(world, handle, "student writes"), "they are introduced")
    assert len(await world.mails("introduction")) == 2


async def test_a_pause_that_the_workflow_has_not_heard_of_stops_its_timer_all_the_same(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.pause_untold()
    await world.reach(world.round(1).students_due)
    assert await world.misses(pair) == []
    await world.tell()
    await world.reach(world.round(1).officers_due)
    await world.resume()
    assert await world.misses(pair) == []


async def test_the_child_of_a_pairing_that_rests_has_a_letter_on_opening_day(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.pause(Target(pairing_id=UUID(pair)))
    await world.reach(world.round(1).opens_on, 6)
    assert await world.deliveries(pair) == [(1, "officer", "stock", 1)]
    assert await world.misses(pair) == [], "it has no date that it could miss"
    await world.resume(Target(pairing_id=UUID(pair)))
    await world.letter(pair, Side.STUDENT, 2)
    assert await world.attribute(handle, ROUND) == 2


async def test_a_year_that_ends_in_a_pause_closes_in_order(world: World) -> None:
    (pair,) = await world.pair()
    handle, year = await world.begin_pairing(pair), await world.begin_year()
    await world.exchange(pair, 1)
    await world.reach(world.round(1).opens_on + DAY)
    await world.pause()
    await world.reach(world.program.year.last_day)
    assert (await handle.result()).rounds == 1
    await year.result()
    assert await world.misses(pair) == []
    assert await world.admin.fetchval("SELECT end_reason FROM pairing WHERE id = $1", pair) == "year closed"


async def _farewells(world: World, on: date, hour: int) -> int:
    await world.reach(on, hour)
    return len(await world.mails("farewell"))


async def test_a_year_whose_visit_rests_says_its_farewells_after_the_visit_that_follows(
    make_world: Callable[..., World],
) -> None:
    world = make_world(rounds=1)
    await world.enroll()
    (pair,) = await world.pair()
    handle, _ = await world.begin_pairing(pair), await world.begin_year()
    planned = await _visit_on(world)
    await world.reach(world.calendar.add_school_days(planned, -2), 9)
    await world.pause(whats=(What.VISITS,))
    assert await _farewells(world, planned, 18) == 0
    assert await world.attribute(handle, STAGE) == "visit"
    await world.resume(whats=(What.VISITS,))
    day = await _visit_on(world)
    assert day > planned
    assert await _farewells(world, day, 16) == 0
    assert await _farewells(world, day, 18) == 2


async def test_a_year_whose_visit_rests_to_the_end_says_its_farewells_when_no_day_is_left_for_one(
    make_world: Callable[..., World],
) -> None:
    world = make_world(rounds=1)
    await world.enroll()
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    year = await world.begin_year()
    await world.pause(whats=(What.VISITS,))
    last_day = world.program.year.last_day
    assert await _farewells(world, world.calendar.add_school_days(last_day, -1), 18) == 2
    await world.reach(last_day, 18)
    assert (await year.result()).visits == 0


async def _visit_on(world: World) -> date:
    day: date = await world.admin.fetchval("SELECT visit_on FROM program_year WHERE id = $1", world.year)
    return day


async def test_a_class_opens_its_letters_on_the_day_that_the_pause_has_moved(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    year = await world.begin_year()
    await world.exchange(pair, 1)
    await world.pause()
    await world.reach(world.round(1).opens_on + WEEK, 6)
    assert await world.mails("pack") == []
    await world.resume()
    await world.reach(world.round(1).opens_on + WEEK, 8)
    assert await world.mails("pack") == ["teacher@north.example"]
    assert await world.attribute(year, ROUND) == 2


async def test_a_second_telling_changes_nothing(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.pause()
    await eventually(lambda: _has_no_date(world, handle), "it has read the dates")
    assert await handle.execute_update("dates_changed", DatesChanged(1), result_type=str) == "known"
    assert (await world.story(handle)).count("letters paused") == 1


async def test_a_forged_change_is_read_once_and_moves_nothing(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    due = await world.attribute(handle, DUE)
    assert await handle.execute_update("dates_changed", DatesChanged(99), result_type=str) == "taken"
    await world.reach(world.program.year.first_day, 12)
    assert (await world.story(handle)).count("dates read anew, change 0 of the year") == 1
    assert await world.attribute(handle, DUE) == due


async def test_a_change_without_a_number_is_refused(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update("dates_changed", DatesChanged(0))


async def _has_no_date(world: World, handle: Handle) -> bool:
    return await world.attribute(handle, DUE) is None


async def _is_due(world: World, handle: Handle, at: datetime) -> bool:
    return bool(await world.attribute(handle, DUE) == at)


async def _is_at(world: World, handle: Handle, stage: str) -> bool:
    return bool(await world.attribute(handle, STAGE) == stage)


async def _calls(world: World, handle: Handle, why: str) -> bool:
    return bool(await world.attribute(handle, ATTENTION) == why)


async def leave(world: World, pair: str) -> None:
    until = world.now + 2 * WEEK
    by = world.people["coordinator"]
    await endings.end(world.office, world.scope, UUID(pair), Reason.LEFT_SCHOOL, farewell_until=until, by=by)
    await world.tell()


@pytest.mark.parametrize("heard", [True, False])
async def test_a_farewell_that_a_pause_has_frozen_goes_out_before_the_pairing_closes(
    world: World, heard: bool
) -> None:
    """Also where the pairing had not heard of the pause when its end came."""
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await leave(world, pair)
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.pause_untold()
    if heard:
        await world.tell()
    await world.reach(world.program.year.first_day + 3 * WEEK)
    assert await world.admin.fetchval("SELECT ended_at FROM pairing WHERE id = $1", UUID(pair)) is None
    await world.tell()
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    assert await world.deliveries(pair) == []
    await world.resume()
    await world.until_answered(draft)
    assert await world.deliveries(pair) == [(1, "student", "letter", None)]
    until = await world.admin.fetchval("SELECT farewell_until FROM ending WHERE pairing_id = $1", UUID(pair))
    await eventually(lambda: _is_due(world, handle, until), "it knows its new end")
    await world.reach(until.astimezone(world.calendar.zone).date())
    await handle.result()
    assert (
        await world.admin.fetchval("SELECT end_reason FROM pairing WHERE id = $1", UUID(pair))
        == "student left"
    )


async def test_two_who_may_still_be_declined_are_not_introduced_when_the_pause_ends(
    make_world: Callable[..., World],
) -> None:
    world = make_world(rounds=1, policy=Policy(declining_days=2))
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.pause()
    await world.reach(world.program.year.first_day + WEEK, 20)
    await world.resume()
    until = await world.admin.fetchval("SELECT declining_until FROM pairing WHERE id = $1", UUID(pair))
    assert until > world.now
    await eventually(lambda: _is_due(world, handle, until), "it waits again")
    assert await world.mails("introduction") == []
    await world.reach(until.astimezone(world.calendar.zone).date())
    assert len(await world.mails("introduction")) == 2
