"""Decisions, deadlines and clocks at their edges: rows 16, 17, 34, 35, 36 and 39 of docs/faults.md, on real servers."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.testing import ActivityEnvironment

from activities.letters import LetterActivities, ReleaseLetter
from activities.starting import StartActivities, StartWorkflows, WorkflowStart
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.people import Role
from bluepals.facts import letters
from bluepals.store import mail
from bluepals.store.letters import NotTaken
from service.opening import open_program
from tests.workflows.world import World, eventually, forged
from workflows.api import pairing
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import ATTENTION, DUE

SECOND, DAY, WEEK = timedelta(seconds=1), timedelta(days=1), timedelta(weeks=1)

Handle = WorkflowHandle[Any, Any]


async def updates_in(handle: Handle) -> int:
    """How many updates the history holds."""
    kinds = [event.WhichOneof("attributes") or "" async for event in handle.fetch_history_events()]
    return sum("update_accepted" in kind for kind in kinds)


async def fact_of(world: World, draft: Any) -> dict[str, object]:
    return world.unpacked(await world.admin.fetchval("SELECT body FROM tell WHERE key = $1", str(draft.id)))


# 16: approve, edit and reject at once


async def test_fault_16_one_decision_of_two_wins_and_one_letter_goes(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    draft = await world.write(pair, Side.STUDENT, 1)
    decided = await asyncio.gather(
        world.decide(draft, Verdict.APPROVE), world.decide(draft, Verdict.RETURN), return_exceptions=True
    )
    (lost,) = [one for one in decided if isinstance(one, BaseException)]
    assert isinstance(lost, NotTaken)
    assert "The first decision stands." in str(lost)
    await world.tell()
    assert await world.answers("letter_decided") == ["taken"]


async def test_fault_16_an_approval_of_what_has_been_edited_since_is_refused(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    opened = await world.write(pair, Side.STUDENT, 1, "I have a dog.")
    await world.write(pair, Side.STUDENT, 1, "I have a cat.")
    with pytest.raises(NotTaken, match="newer draft"):
        await world.decide(opened, Verdict.APPROVE)


async def test_fault_16_the_same_update_id_twice_is_one_entry_and_one_answer(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    draft = await world.letter(pair, Side.STUDENT, 1)
    tell_id = await world.admin.fetchval("SELECT id FROM tell WHERE key = $1", str(draft.id))
    fact = await fact_of(world, draft)
    again = await handle.execute_update("letter_decided", fact, id=str(tell_id), result_type=str)
    assert again == "taken"
    assert await updates_in(handle) == 1


# 17: after the deadline


@pytest.mark.parametrize(("after", "missed"), [(timedelta(0), False), (SECOND, True)])
async def test_fault_17_a_second_after_the_deadline_is_late(
    world: World, after: timedelta, missed: bool
) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    due = world.deadlines(1).students_due
    await world.turn_clock(due + after)
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.reach(world.round(1).students_due, 18)
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await world.until_answered(draft)
    assert await world.misses(pair) == ([(1, "student")] if missed else [])
    assert await world.deliveries(pair) == [(1, "student", "late" if missed else "letter", None)]


async def test_fault_17_a_second_letter_in_a_round_is_refused_with_a_way_out(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.letter(pair, Side.STUDENT, 1)
    with pytest.raises(NotTaken, match="belongs in the next one"):
        await world.write(pair, Side.STUDENT, 1, "And one thing more.")


async def test_fault_17_a_letter_for_a_closed_pairing_is_kept_for_a_person(
    make_world: Callable[..., World],
) -> None:
    world = make_world(rounds=1)
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.reach(world.program.year.last_day, 18)
    await handle.result()
    draft = await world.write(pair, Side.STUDENT, 1)
    assert any(f"Draft {draft.id} came in after" in call for call in await world.calls())
    assert await world.deliveries(pair) == [(1, "officer", "stock", 1)]


# 34: direct access to Temporal


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "approve",
        {},
        forged(draft_id="Ann Smith"),
        forged(digest="zz"),
        forged(digest="00"),
        {**forged(), "verdict": "release it"},
        {**forged(), "side": "mother"},
        {**forged(), "round_number": 0},
        {**forged(), "round_number": "Ann"},
    ],
    ids=str,
)
async def test_fault_34_a_malformed_payload_leaves_no_trace(world: World, payload: object) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update("letter_decided", payload, result_type=str)
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update("gate_opened", {"cause": "Ann's mother phoned"}, result_type=str)
    history = (await handle.fetch_history()).to_json()
    assert await updates_in(handle) == 0
    assert "Ann" not in history


async def test_fault_34_a_forged_fact_moves_nothing_and_does_not_stand_in_the_way_of_the_true_one(
    world: World,
) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    draft = await world.write(pair, Side.OFFICER, 1)
    fact = forged(str(draft.id), draft.hash.hex())
    assert await handle.execute_update("letter_decided", fact, result_type=str) == "taken"
    await handle.execute_update("letter_decided", {**fact, "verdict": "return"}, result_type=str)

    async def shown() -> bool:
        return bool(
            await world.attribute(handle, ATTENTION) == "a letter of round 1 is held: no such decision"
        )

    await eventually(shown, "attention")
    assert await world.deliveries(pair) == []
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await eventually(lambda: world.delivered(draft), "the true decision is followed")
    await world.reach(world.round(1).students_due)
    assert await world.attribute(handle, ATTENTION) is None
    assert await world.calls() == []


async def test_fault_34_unknown_signals_and_a_flood_of_updates_disturb_nothing(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await handle.signal("release_everything", "now")
    flood = [forged(str(uuid4())) for _ in range(11)]
    answers = await asyncio.gather(
        *(handle.execute_update("letter_decided", fact, result_type=str) for fact in flood)
    )
    assert set(answers) == {"taken"}
    await world.letter(pair, Side.STUDENT, 1)
    await world.reach(world.round(1).students_due)
    assert await world.deliveries(pair) == [(1, "student", "letter", None)]


# 35: DST


async def test_fault_35_a_deadline_keeps_its_hour_over_a_change_of_clocks(
    make_world: Callable[..., World],
) -> None:
    """17:00 in Chicago is 23:00Z on the Friday before the clocks change, 22:00Z on the Friday after."""
    before = _second_sunday_of_march(datetime.now(UTC).year + 1) - 2 * DAY
    world = make_world(rounds=1, begin=before - 4 * DAY)
    program_round = world.round(1)
    assert (program_round.students_due, program_round.officers_due) == (before, before + 2 * WEEK)
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    assert await world.attribute(handle, DUE) == datetime.combine(before, time(23), UTC)
    await world.reach(before, time(16, 58))
    assert await world.misses(pair) == [], "two minutes before, nothing is missed"
    await world.reach(before, 17)
    assert await world.misses(pair) == [(1, "student")]
    assert await world.attribute(handle, DUE) == datetime.combine(before + 2 * WEEK, time(22), UTC)
    await world.reach(before + 2 * WEEK, time(16, 58))
    assert await world.misses(pair) == [(1, "student")]
    await world.reach(before + 2 * WEEK, 17)
    assert await world.misses(pair) == [(1, "student"), (1, "officer")]
    assert world.calendar.instant(before + WEEK, 17) == datetime.combine(before + WEEK, time(22), UTC)


def _second_sunday_of_march(year: int) -> date:
    first = date(year, 3, 1)
    return first + DAY * ((6 - first.weekday()) % 7 + 7)


# 36: clock skew


async def test_fault_36_a_clock_that_wakes_too_early_records_no_miss(world: World) -> None:
    """The server's timer fires while the program's clock, which judges, is an hour behind."""
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    due = world.deadlines(1).students_due
    await world.turn_clock(due - timedelta(hours=1))
    woken = asyncio.create_task(world.clock.move([handle.id], due))
    await eventually(lambda: _asks_again(handle), "the pairing asks again until the date has come")
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.turn_clock(due)
    await woken
    assert await world.misses(pair) == []
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await world.until_answered(draft)
    assert await world.deliveries(pair) == [(1, "student", "letter", None)]


async def _asks_again(handle: Handle) -> bool:
    pending = (await handle.describe()).raw_description.pending_activities
    return any(one.activity_type.name == "record_miss" and one.attempt > 1 for one in pending)


@pytest.mark.parametrize(
    "folder", ["activities", "bluepals/domain", "bluepals/facts", "bluepals/store", "desk"]
)
def test_fault_36_nothing_is_judged_by_the_clock_of_a_process(folder: str) -> None:
    clocks = re.compile(r"\b(datetime\.(now|utcnow)|date\.today|time\.time)\(")
    read = [file for file in Path(folder).rglob("*.py") if clocks.search(file.read_text("utf-8"))]
    assert read == []


# 39: duplicate start, update, activity


async def test_fault_39_opening_twice_starts_each_workflow_once(world: World) -> None:
    await open_program(world.parts, world.program, seed=1)
    first = await _runs(world)
    await open_program(world.parts, world.program, seed=1)
    assert await _runs(world) == first
    assert len(first) == 2, "the school's year and the matching"


async def _runs(world: World) -> dict[str, str | None]:
    ids = (f"program-year-{world.year}", f"assignment-{world.program.id}.{world.program.first_year}")
    described = [await world.client.get_workflow_handle(one).describe() for one in ids]
    return {one.id: one.run_id for one in described}


async def test_fault_39_starting_the_same_pairings_again_starts_none(
    make_world: Callable[..., World],
) -> None:
    world = make_world(rounds=1)
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    start = WorkflowStart(
        pairing.workflow_id(pair), pairing.PairingInput(world.program.id, pair, world.closes.isoformat())
    )
    order = StartWorkflows("Pairing", "Pairing at north", TASK_QUEUE, {}, [start, start])
    activities = StartActivities(world.client)
    await asyncio.gather(*(ActivityEnvironment().run(activities.start_workflows, order) for _ in range(2)))
    handle = world.client.get_workflow_handle(start.workflow_id)
    run = (await handle.describe()).run_id
    await world.attend(handle.id)
    await world.reach(world.program.year.last_day, 18)
    await handle.result()
    await ActivityEnvironment().run(activities.start_workflows, order)
    assert (await handle.describe()).run_id == run, "nor a year that has closed"


async def test_fault_39_a_second_attempt_starts_only_what_the_first_had_not(
    make_world: Callable[..., World],
) -> None:
    world = make_world(rounds=1)
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    argument = pairing.PairingInput(world.program.id, pair, world.closes.isoformat())
    first, second = (WorkflowStart(f"{pairing.workflow_id(pair)}-{part}", argument) for part in ("a", "b"))
    environment, beats = ActivityEnvironment(), list[object]()
    environment.info = replace(environment.info, heartbeat_details=[1])
    environment.on_heartbeat = beats.append
    order = StartWorkflows("Pairing", "Pairing at north", TASK_QUEUE, {}, [first, second])
    assert await environment.run(StartActivities(world.client).start_workflows, order) == 2
    assert beats == [2]
    with pytest.raises(RPCError):
        await world.client.get_workflow_handle(first.workflow_id).describe()
    await world.client.get_workflow_handle(second.workflow_id).terminate("seen")


async def test_fault_39_the_same_update_id_fifty_times_has_one_answer(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.decide(draft, Verdict.APPROVE)
    fact = await fact_of(world, draft)
    answers = await asyncio.gather(
        *(handle.execute_update("letter_decided", fact, id="the-same", result_type=str) for _ in range(50))
    )
    assert answers == ["taken"] * 50
    assert await updates_in(handle) == 1
    await world.until_answered(draft)
    assert len(await world.deliveries(pair)) == 1


async def test_fault_39_of_two_attempts_side_by_side_one_writes(world: World) -> None:
    (pair,) = await world.pair()
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.decide(draft, Verdict.APPROVE)
    order = ReleaseLetter(world.program.id, pair, str(draft.id), draft.hash.hex())
    release = LetterActivities(world.office).release_letter
    attempts = await asyncio.gather(*(release(order) for _ in range(4)), return_exceptions=True)
    lost = [one for one in attempts if isinstance(one, BaseException)]
    assert all(isinstance(one, asyncpg.UniqueViolationError) for one in lost)
    assert len(await world.deliveries(pair)) == 1
    assert len(await world.mails("letter")) == 1
    assert (await release(order)).kind == "letter", "the next attempt finds it"


async def test_fault_39_a_batch_whose_claim_was_taken_over_writes_no_outcome(world: World) -> None:
    """Attempt 1 sends while attempt 2, after a lost heartbeat, has the mail already."""
    await world.pair()
    first, second = UUID(int=1), UUID(int=2)
    async with world.parts.database.transaction(world.scope) as connection:
        (one,) = await mail.claim(connection, first, 10)
    await world.admin.execute(
        "UPDATE mail SET claimed_until = now() - $2::interval WHERE id = $1", one.id, SECOND
    )
    async with world.parts.database.transaction(world.scope) as connection:
        await mail.take_over_lost(connection)
        assert [again.id for again in await mail.claim(connection, second, 10)] == [one.id]
        await mail.mark_data_started(connection, one.id, second, SECOND)
    with pytest.raises(mail.ClaimLost):
        async with world.parts.database.transaction(world.scope) as connection:
            await mail.mark_sent(connection, one.id, first, "250 ok")
    claim = await world.admin.fetchval("SELECT claim FROM mail WHERE id = $1", one.id)
    assert claim == second, "attempt 2 still has it"


async def test_fault_9_and_16_a_decision_is_only_told_by_its_own_transaction(world: World) -> None:
    """A refused decision leaves no tell behind: there is nothing that a pairing could hear of."""
    (pair,) = await world.pair()
    draft = await world.write(pair, Side.STUDENT, 1)
    with pytest.raises(NotTaken):
        await letters.decide(
            world.office,
            world.scope,
            draft_id=draft.id,
            draft_hash=draft.hash,
            verdict=Verdict.APPROVE,
            decided_by=world.people[Role.TEACHER],
        )
    assert await world.answers("letter_decided") == []
