"""A pairing's year, as it is told to a newcomer: what happens when, and what follows from a miss."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle

from bluepals.domain.letters import Side, Verdict
from bluepals.domain.program import Policy
from bluepals.facts import letters
from bluepals.store.deliveries import Delivery, Held
from tests.workflows.world import World, eventually
from workflows.api.pairing import LetterDecided, PairingClosed
from workflows.pairing import Pairing
from workflows.search_attributes import ATTENTION, DUE, ROUND, STAGE

DAY = timedelta(days=1)
MOST_EVENTS, MOST_BYTES = 260, 50 * 1024  # of an undisturbed year of eight rounds
NOBODYS_DOING = ("workflow_task_scheduled", "activity_task_started", "timer_fired")  # not a workflow task's
CLOCKWORK = ("time_skipping", "options_updated")  # events that only a virtual clock leaves


async def test_letters_on_time_go_to_the_other_side_and_into_the_pack(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    for number in (1, 2):
        assert await world.attribute(handle, ROUND) == number
        await world.letter(pair, Side.STUDENT, number)
        await world.reach(world.round(number).students_due)
        await world.letter(pair, Side.OFFICER, number)
        await world.reach(world.round(number).opens_on)
    assert await world.deliveries(pair) == [
        (1, "student", "letter", None),
        (1, "officer", "letter", 1),
        (2, "student", "letter", None),
        (2, "officer", "letter", 2),
    ]
    await world.reach(world.program.year.last_day)
    assert await handle.result() == PairingClosed(2, ["1 student", "1 officer", "2 student", "2 officer"])
    assert await world.misses(pair) == []
    assert await world.attribute(handle, STAGE) == "closed"
    assert await world.attribute(handle, ATTENTION) is None
    assert (await world.story(handle))[-1] == "closed"


async def test_a_side_that_misses_its_date_leaves_nobody_empty_handed(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    assert await world.mails("introduction") == ["officer1@pd.example", "parent1@home.example"]
    await world.reach(world.round(1).students_due)
    assert await world.misses(pair) == [(1, "student")]
    assert await world.mails("letter") == ["officer1@pd.example"], "the officer may write first"
    assert await world.attribute(handle, STAGE) == "officer answers"
    assert await world.attribute(handle, DUE) == world.deadlines(1).officers_due
    await world.reach(world.round(1).opens_on)
    assert await world.misses(pair) == [(1, "student"), (1, "officer")]
    assert await world.deliveries(pair) == [(1, "officer", "stock", 1)]
    assert (await world.story(handle))[1:] == [
        "round 1: student's letter missed",
        "round 1: officer's letter missed",
        "round 1: a stock letter is in the pack",
    ]


async def test_a_childs_letter_in_time_but_read_late_is_no_miss(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.reach(world.round(1).students_due + 3 * DAY)
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await world.until_answered(draft)
    assert await world.misses(pair) == []
    assert await world.deliveries(pair) == [(1, "student", "letter", None)]


async def test_an_officers_letter_read_before_the_pack_closes_goes_with_its_own_opening_day(
    world: World,
) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    draft = await world.write(pair, Side.OFFICER, 1)
    await world.reach(world.round(1).officers_due + 3 * DAY)
    assert await world.attribute(handle, STAGE) == "being read"
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await world.until_answered(draft)
    await world.reach(world.round(1).opens_on)
    assert await world.misses(pair) == [(1, "student")]
    assert await world.deliveries(pair) == [(1, "officer", "letter", 1)]


async def test_an_officers_letter_read_after_the_pack_closed_goes_with_the_next_opening_day(
    world: World,
) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    draft = await world.write(pair, Side.OFFICER, 1)
    await world.reach(world.round(1).opens_on)
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await world.until_answered(draft)
    assert await world.misses(pair) == [(1, "student")], "it was in time"
    assert await world.deliveries(pair) == [(1, "officer", "stock", 1), (1, "officer", "late", 2)]


async def test_a_late_childs_letter_is_delivered_when_it_is_approved(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.reach(world.round(1).students_due + DAY)
    await world.letter(pair, Side.STUDENT, 1)
    assert await world.misses(pair) == [(1, "student")]
    assert await world.deliveries(pair) == [(1, "student", "late", None)]


async def test_after_the_last_opening_day_a_late_officers_letter_goes_alone(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.reach(world.round(2).opens_on + DAY)
    assert await world.attribute(handle, STAGE) == "visit"
    await world.letter(pair, Side.OFFICER, 2)
    assert (await world.deliveries(pair))[-1] == (2, "officer", "late", None)
    assert await world.mails("pack") == ["teacher@north.example"], "the teacher hears that it is there"


async def test_a_returned_draft_comes_again_and_only_the_approved_one_is_delivered(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.letter(pair, Side.STUDENT, 1, Verdict.RETURN, text="My number is 555-0100.")
    assert await world.mails("returned") == ["teacher@north.example"]
    again = await world.letter(pair, Side.STUDENT, 1, text="I have a dog.")
    await world.reach(world.round(1).students_due)
    assert await world.deliveries(pair) == [(1, "student", "letter", None)]
    assert await world.admin.fetchval("SELECT draft_id FROM delivery WHERE pairing_id = $1", pair) == again.id
    assert (await world.story(handle))[1:] == [
        "round 1: student's letter returned",
        "round 1: student's letter released",
    ]


async def test_a_referred_letter_is_held_and_the_counselor_hears_of_it(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.letter(pair, Side.STUDENT, 1, Verdict.REFER)
    await world.reach(world.round(1).students_due)
    assert "counselor@north.example" in await world.mails("safety")
    assert await world.deliveries(pair) == []
    assert await world.misses(pair) == [], "it was written in time"
    assert "round 1: student's letter held for the counselor" in await world.story(handle)


async def test_facts_that_come_together_are_followed_in_the_order_of_the_decisions(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    drafts = [await world.write(pair, side, 1) for side in (Side.OFFICER, Side.STUDENT)]
    for draft in drafts:
        await world.decide(draft, Verdict.APPROVE)
    assert await world.tell() == 2
    await world.until_answered(drafts[-1])
    assert [side for _, side, _, _ in await world.deliveries(pair)] == ["officer", "student"]
    await world.reach(world.round(1).opens_on)
    assert len(await world.deliveries(pair)) == 2, "who wrote first has written"
    assert await world.misses(pair) == []
    assert len(await world.story(handle)) == 3


async def test_a_known_fact_changes_nothing(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    draft = await world.letter(pair, Side.STUDENT, 1)
    fact = await world.admin.fetchval("SELECT body FROM tell WHERE key = $1", str(draft.id))
    answer = await handle.execute_update("letter_decided", world.unpacked(fact), result_type=str)
    assert answer == "known"
    await world.reach(world.round(1).students_due)
    assert len(await world.deliveries(pair)) == 1


async def test_a_decision_for_a_closed_pairing_goes_to_a_person(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    draft = await world.write(pair, Side.OFFICER, 2)
    await world.reach(world.program.year.last_day)
    await handle.result()
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    assert await world.answers("letter_decided") == ["closed"]
    assert any(f"letter_decided came after {handle.id} had closed" in call for call in await world.calls())


async def test_two_whose_gate_is_closed_meet_when_it_opens(world: World) -> None:
    (pair,) = await world.pair()
    await world.set_consent(None)
    handle = await world.begin_pairing(pair)
    assert await world.attribute(handle, ATTENTION) == "not introduced: no consent"
    assert await world.mails("introduction") == []
    await world.open_gate()
    assert await world.answers("gate_opened") == ["taken"]
    await world.reach(world.program.year.first_day, 12)
    assert await world.attribute(handle, ATTENTION) is None
    assert len(await world.mails("introduction")) == 2


async def test_two_who_never_may_meet_close_with_the_year(make_world: Callable[..., World]) -> None:
    world = make_world(rounds=1)
    await world.enroll()
    (pair,) = await world.pair()
    await world.set_consent(None)
    handle = await world.begin_pairing(pair)
    await world.reach(world.program.year.last_day, 18)
    assert await handle.result() == PairingClosed(0, [])
    assert await world.mails("introduction") == []


async def test_a_letter_whose_gate_closed_waits_and_goes_when_it_opens(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.set_clearance(date(2020, 1, 1))
    draft = await world.letter(pair, Side.STUDENT, 1)
    await world.reach(world.round(1).students_due - DAY)
    assert await world.attribute(handle, ATTENTION) == "a letter of round 1 is held: officer not cleared"
    assert len(await world.calls()) == 1
    await world.open_gate()
    await eventually(lambda: world.delivered(draft), "the held letter goes")
    await world.reach(world.round(1).students_due)
    assert await world.deliveries(pair) == [(1, "student", "letter", None)]
    assert await world.attribute(handle, ATTENTION) is None
    assert await world.calls() == []


async def test_a_gate_that_opens_while_a_letter_meets_it_keeps_nothing_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meets_the_gate = letters.release

    async def before_the_answer_arrives(*this: Any, **letter: Any) -> Delivery | Held:
        outcome = await meets_the_gate(*this, **letter)
        if isinstance(outcome, Held):
            await world.open_gate()
        return outcome

    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.set_clearance(date(2020, 1, 1))
    monkeypatch.setattr(letters, "release", before_the_answer_arrives)
    draft = await world.letter(pair, Side.STUDENT, 1)
    await eventually(lambda: world.delivered(draft), "the letter goes")
    assert await world.attribute(handle, ATTENTION) is None


async def test_a_stock_letter_that_comes_overnight_is_there_on_opening_day(
    make_world: Callable[..., World],
) -> None:
    world = make_world(rounds=1)
    await world.enroll(stock=0)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.reach(world.round(1).opens_on - DAY, 19)
    assert await world.attribute(handle, ATTENTION) == "no stock letter left for opening day 1"
    assert len(await world.calls()) == 1
    await world.open_gate(stock=1)
    await world.approve_stock()
    await world.reach(world.round(1).opens_on, 6)
    assert await world.deliveries(pair) == [(1, "officer", "stock", 1)]
    assert await world.attribute(handle, ATTENTION) is None
    assert await world.calls() == []


async def test_who_comes_late_begins_with_the_first_round_still_possible(world: World) -> None:
    await world.reach(world.round(1).students_due + DAY)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    assert await world.attribute(handle, ROUND) == 2
    await world.reach(world.round(2).opens_on)
    assert await world.deliveries(pair) == [(2, "officer", "stock", 2)]
    assert await world.misses(pair) == [(2, "student"), (2, "officer")]


async def test_an_undisturbed_year_of_eight_rounds_keeps_its_budget(
    make_world: Callable[..., World],
) -> None:
    """From the days in which the family may decline, as its school's year begins it."""
    world = make_world(rounds=8, policy=Policy(declining_days=2))
    await world.enroll()
    await world.begin_year()
    (pair,) = await world.pair()
    await world.tell()
    handle = await world.attend_pairing(pair)
    await world.reach(world.program.year.first_day + 2 * DAY)
    for number in range(1, 9):
        await world.exchange(pair, number)
    await world.reach(world.program.year.last_day)
    await handle.result()
    events, size = await _budget(handle)
    print(f"a year of eight rounds: {events} events, {size} bytes")  # noqa: T201 - the figures, for `pytest -s`
    assert events <= MOST_EVENTS
    assert size <= MOST_BYTES
    assert len(await world.deliveries(pair)) == 16


async def _budget(handle: WorkflowHandle[Pairing, PairingClosed]) -> tuple[int, int]:
    """Events and bytes, without what a virtual clock leaves: its own events, and workflow tasks that it woke for nothing."""
    kept: list[HistoryEvent] = []
    async for event in handle.fetch_history_events():
        kind = event.WhichOneof("attributes") or ""
        if any(word in kind for word in CLOCKWORK):
            continue
        if kind.startswith(NOBODYS_DOING) and _is(kept[-1:], "workflow_task_completed"):
            del kept[-3:]
        kept.append(event)
    return len(kept), sum(event.ByteSize() for event in kept)


def _is(events: list[HistoryEvent], kind: str) -> bool:
    return any((event.WhichOneof("attributes") or "").startswith(kind) for event in events)


def test_a_fact_is_the_same_only_if_all_of_it_is() -> None:
    fact = LetterDecided("d", "00", Verdict.APPROVE, 1, Side.STUDENT)
    assert fact.key == replace(fact, round_number=2).key
    assert fact.key != replace(fact, verdict=Verdict.RETURN).key
    assert fact.key != replace(fact, hash="11").key
