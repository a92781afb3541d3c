"""Whoever terminates or cancels a workflow ends no child's year: it goes on where the record says."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import ActivityEnvironment

from activities.open_rows import OpenRow
from activities.tells import TellActivities, TellDue, Told
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.people import Role
from bluepals.domain.program import Policy
from bluepals.facts import carry_over, roster
from bluepals.facts.daily import compose_daily_mail
from bluepals.facts.roster import Roster
from bluepals.store import tells
from bluepals.store.database import Connection
from service.open_rows import OpenRows
from service.opening import open_program
from tests.workflows.test_assignment import begin, by_coordinator, enroll, open_pairs
from tests.workflows.world import DAY, WEEK, World, a_program, an_officer, eventually, first_day, staff
from workflows.api import assignment, visit_day
from workflows.api.visit_day import CallOffVisit
from workflows.assignment import Assignment
from workflows.search_attributes import ATTENTION
from workflows.visit_day import VisitDay

Handle = WorkflowHandle[Any, Any]


async def begun(world: World) -> tuple[Handle, str, Handle]:
    """A year, its one pair and that pair's workflow, introduced."""
    year = await world.begin_year()
    (pair,) = await world.pair()
    await world.tell()
    return year, pair, await world.attend_pairing(pair)


async def comes_back(world: World, handle: Handle) -> Handle:
    async def runs() -> bool:
        await world.start_again()
        return (await latest.describe()).status is WorkflowExecutionStatus.RUNNING

    latest = world.client.get_workflow_handle(handle.id)
    await eventually(runs, f"{handle.id} is started again")
    await world.attend(latest.id)
    return latest


async def test_a_terminated_pairing_goes_on_with_its_round_and_the_letters_that_were_held(
    world: World,
) -> None:
    _, pair, handle = await begun(world)
    await world.exchange(pair, 1)
    await world.reach(world.round(1).opens_on, 12)
    await world.letter(pair, Side.STUDENT, 2)
    await world.set_clearance(None)
    held = await world.letter(pair, Side.OFFICER, 2)
    introductions = await world.mails("introduction")
    await handle.terminate("somebody's mistake")
    handle = await comes_back(world, handle)
    await world.open_gate()
    await eventually(lambda: world.delivered(held), "what was held goes")
    await world.reach(world.program.year.last_day, 18)
    assert await handle.result() == {"rounds": 2, "settled": settled(1, 2)}
    assert [one[:3] for one in await world.deliveries(pair)] == [
        (1, "student", "letter"), (1, "officer", "letter"), (2, "student", "letter"), (2, "officer", "letter"),
    ]  # fmt: skip
    assert await world.misses(pair) == []
    assert await world.mails("introduction") == introductions, "nobody is introduced twice"


def settled(*rounds: int) -> list[str]:
    return [f"{number} {side}" for number in rounds for side in ("student", "officer")]


async def test_a_cancelled_pairing_has_its_misses_and_stock_letters_all_the_same(world: World) -> None:
    _, pair, handle = await begun(world)
    handle = await cancelled(world, handle)
    await world.reach(world.round(1).opens_on, 12)
    handle_again = await cancelled(world, handle)
    await world.reach(world.program.year.last_day, 18)
    assert (await handle_again.result())["rounds"] == 2
    assert await world.misses(pair) == [(1, "student"), (1, "officer"), (2, "student"), (2, "officer")]
    assert [one[:3] for one in await world.deliveries(pair)] == [
        (1, "officer", "stock"),
        (2, "officer", "stock"),
    ]


async def cancelled(world: World, handle: Handle) -> Handle:
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    return await comes_back(world, handle)


async def test_a_pairing_that_is_begun_again_tells_its_story_from_the_beginning(world: World) -> None:
    _, pair, handle = await begun(world)
    await world.letter(pair, Side.STUDENT, 1)
    await world.reach(world.round(1).officers_due, 18)
    await handle.terminate()
    handle = await comes_back(world, handle)
    assert await world.story(handle) == [
        "introduced",
        "round 1: student's letter came in",
        "round 1: student's letter approved",
        "round 1: student's letter released",
        "round 1: officer's letter missed",
        "round 1: stock letter in the pack of opening day 1",
        "begun again from the record",
        "round 1: a stock letter is in the pack",
    ]
    day = f"{world.now.astimezone(world.calendar.zone):%Y-%m-%d}"
    assert f"{day} begun again from the record" in await world.details(handle)


async def test_what_was_missed_in_a_round_that_was_opened_while_nothing_ran_is_on_record(
    world: World,
) -> None:
    _, pair, handle = await begun(world)
    await world.write(pair, Side.STUDENT, 1)
    await handle.terminate()
    await world.reach(world.round(1).opens_on, 12)
    assert await world.misses(pair) == []
    handle = await comes_back(world, handle)
    assert await world.misses(pair) == [(1, "officer")], "the child had written in time"
    assert await world.mails("student-missed") == []
    assert "round 1: officer's letter missed" in await world.story(handle)


async def test_a_pairing_that_was_terminated_before_it_met_is_introduced(world: World) -> None:
    await world.begin_year()
    (pair,) = await world.pair()
    await world.set_consent(None)
    await world.tell()
    handle = await world.attend_pairing(pair)
    await handle.terminate()
    await world.set_consent(world.program.year.first_day)
    await comes_back(world, handle)
    await eventually(lambda: introduced(world, pair), "an introduction")


async def test_a_pairing_whose_silence_waits_for_a_person_still_says_so_until_the_next_letter(
    world: World,
) -> None:
    _, pair, handle = await begun(world)
    await world.reach(world.round(2).students_due)
    await world.admin.execute(
        "UPDATE mail SET state = 'sent', bodies_started = 1, sent_at = now() WHERE program_id = $1",
        world.program.id,
    )  # Otherwise no silence would count: nobody would have been reached.
    await compose_daily_mail(world.office, world.scope, world.now.date())
    await world.tell()
    line = f"student silent: rest proposed on {world.now.date()}"
    await eventually(lambda: needs(world, handle, line), "a person is called")
    await handle.terminate()
    handle = await comes_back(world, handle)
    assert await needs(world, handle, line)
    await world.letter(pair, Side.STUDENT, 2)
    await eventually(lambda: needs(world, handle, None), "the letter has ended it")


async def needs(world: World, handle: Handle, what: str | None) -> bool:
    return bool(await world.attribute(handle, ATTENTION) == what)


async def test_a_letter_that_the_last_year_has_kept_outlives_who_was_to_release_it(world: World) -> None:
    year, pair, _ = await begun(world)
    await world.pause()
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await world.reach(world.program.year.last_day, 18)
    await year.result()
    by, begin = world.people[Role.COORDINATOR], first_day() + 52 * WEEK
    next_year = a_program(world.program.id, begin=begin, policy=Policy(declining_days=7))
    officer = replace(an_officer(1), cleared_until=begin + 52 * WEEK)
    await roster.apply(world.office, Roster(next_year, [], [officer], staff(), []))
    await world.resume()
    for side in Side:
        await carry_over.say(world.office, world.scope, UUID(pair), side, wants=True, by=by)
    await carry_over.carry(world.office, world.scope, by=by)
    world = World(world.served, next_year)
    await world.turn_clock(world.now)
    await world.begin_year()
    goes_on = await world.admin.fetchval(
        "SELECT id::text FROM pairing WHERE ended_at IS NULL AND program_id = $1", next_year.id
    )
    await world.tell()
    handle = await world.attend_pairing(goes_on)
    await world.turn_clock(world.now + timedelta(minutes=11))
    await world.tell()
    assert (await world.answers("letter_decided"))[-1] == "taken"
    await handle.terminate()
    await comes_back(world, handle)
    assert await world.deliveries(goes_on) == [], "they have not met yet"
    await world.reach(begin + 9 * DAY)
    assert await world.deliveries(goes_on) == [(1, "student", "letter", None)]


async def test_two_who_have_not_met_when_their_year_is_over_end_with_it(world: World) -> None:
    year = await world.begin_year()
    (pair,) = await world.pair()
    await world.set_consent(None)
    await world.tell()
    handle = await world.attend_pairing(pair)
    await handle.terminate()
    await world.reach(world.program.year.last_day, 18)
    await year.result()
    await world.set_consent(world.program.year.first_day)
    handle = await comes_back_and_ends(world, handle)
    reason = await world.admin.fetchval("SELECT end_reason FROM pairing WHERE id::text = $1", pair)
    assert reason == "year closed", "otherwise the officer's place would be taken for ever"
    assert await world.mails("introduction") == []


async def comes_back_and_ends(world: World, handle: Handle) -> Handle:
    async def has_ended() -> bool:
        await world.start_again()
        return (await latest.describe()).status is WorkflowExecutionStatus.COMPLETED

    latest = world.client.get_workflow_handle(handle.id)
    await eventually(has_ended, f"{handle.id} is started again, and ends")
    return latest


async def introduced(world: World, pair: str) -> bool:
    return bool(await world.admin.fetchval("SELECT introduced_at FROM pairing WHERE id::text = $1", pair))


async def test_a_year_that_was_ended_sends_no_pack_twice_begins_late_pairs_and_closes(world: World) -> None:
    year, pair, _ = await begun(world)
    await world.exchange(pair, 1)
    await world.reach(world.round(1).opens_on, 12)
    packs = await world.mails("pack")
    assert len(packs) == 1
    await world.admin.execute("DELETE FROM mail WHERE program_id = $1 AND kind = 'pack'", world.program.id)
    year = await cancelled(world, year)
    await world.reach(world.round(2).opens_on, 12)
    assert len(await world.mails("pack")) == 1, "the second opening day's only"
    await world.reach(world.program.year.last_day, 18)
    assert (await year.result())["pairings"] == 1
    states = await world.admin.fetchval("SELECT state FROM program_year WHERE id = $1", world.year)
    assert states == "closed"
    assert await world.start_again() == 0, "what is over stays so"


async def test_a_visit_that_was_called_off_stays_so_when_its_workflow_is_terminated(world: World) -> None:
    await begun(world)
    handle: Handle = world.client.get_workflow_handle_for(VisitDay.run, visit_day.workflow_id(world.year))
    await world.attend(handle.id)
    await handle.execute_update(VisitDay.call_off_visit, CallOffVisit(read_aloud=False))
    await handle.terminate()
    latest = await comes_back(world, handle)
    await eventually(lambda: waits_for(world, latest, visit_day.Stage.SECOND_DATE), "a second date")
    await latest.execute_update(VisitDay.call_off_visit, CallOffVisit(read_aloud=True))
    assert (await latest.result()) == 0
    await world.start_again()
    assert (await latest.describe()).status is WorkflowExecutionStatus.COMPLETED


async def waits_for(world: World, handle: Handle, what: str) -> bool:
    return what in await world.details(handle)


async def test_a_matching_keeps_what_is_proposed(make_world: Callable[..., World]) -> None:
    world = make_world()
    await enroll(world, 2, 2)
    await open_program(world.parts, world.program, seed=7)
    handle: Handle = world.client.get_workflow_handle_for(
        Assignment.run, assignment.workflow_id(world.program.id, world.program.first_year)
    )
    await world.attend(handle.id)
    await eventually(lambda: year_is_open(world), "the year to open")
    proposed = await open_pairs(world)
    await handle.execute_update(Assignment.approve_pairs, by_coordinator(world, proposed[0]))
    await handle.terminate()
    await comes_back(world, handle)
    assert await open_pairs(world) == proposed[1:], "no other proposal is made"
    decided = await handle.execute_update(Assignment.approve_pairs, by_coordinator(world, proposed[1]))
    assert decided.still_open == 0
    assert (
        await world.admin.fetchval("SELECT max(seed) FROM proposal WHERE program_id = $1", world.program.id)
        == 7
    )


async def year_is_open(world: World) -> bool:
    return bool(
        await world.admin.fetchval("SELECT state = 'open' FROM program_year WHERE id = $1", world.year)
    )


async def test_a_fact_for_a_terminated_pairing_waits_until_it_is_back(world: World) -> None:
    _, pair, handle = await begun(world)
    await handle.terminate()
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.decide(draft, Verdict.APPROVE)
    assert await world.tell() == 0
    assert await world.answers("letter_decided") == [None]
    assert not any("after" in call for call in await world.calls())
    await comes_back(world, handle)
    await world.admin.execute("UPDATE tell SET next_attempt_at = '2000-01-01' WHERE answered_at IS NULL")
    await world.tell()
    await eventually(lambda: world.delivered(draft), "the letter goes")
    assert await world.answers("letter_decided") == ["taken"]


class OneWrong(OpenRows):
    """With a row whose workflow the server does not start."""

    async def of(self, connection: Connection, program: str) -> Sequence[OpenRow]:
        wrong = OpenRow("Referral", f"referral-{program}", None, "", {"NotRegistered": "x"})
        with pytest.raises(RPCError, match="NotRegistered"):
            await self.start(wrong)
        return [wrong, *await super().of(connection, program)]


async def test_what_can_not_be_started_or_told_keeps_no_other_tell_waiting(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    await enroll(world, 1, 1)
    matching, year = await begin(world), await world.begin_year()
    (pair,) = await open_pairs(world)
    async with world.parts.database.transaction(world.scope) as connection:
        no_fact = {"pairs": [str(pair)], "decided_by": str(world.people[Role.COORDINATOR])}
        for handle, fact, body in (
            (matching, "approve_pairs", no_fact),  # Its answer is none that a fact gets.
            (year, "pairs_approved", {"batch": "abcdef01"}),
        ):
            await tells.add(
                connection, world.program.id, workflow_id=handle.id, fact=fact, key="abcdef01", body=body
            )
    beats: list[object] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *_: beats.append("beat")
    telling = TellActivities(world.parts.teller, world.parts.database, OneWrong(world.client, world.office))
    told = await environment.run(telling.tell_due, TellDue(world.program.id))
    assert isinstance(told, Told)
    assert (told.answered, told.put_off) == (1, 1)
    assert await world.answers("approve_pairs") == [None]
    assert await world.admin.fetchval(
        "SELECT attempts = 1 AND next_attempt_at > program_now() FROM tell WHERE fact = 'approve_pairs'"
        " AND program_id = $1", world.program.id,
    )  # fmt: skip
    assert beats, "whoever is taken for dead is tried again, beside itself"
