"""A pairing that ends before the year does: at once, or after a farewell."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateHandle, WorkflowUpdateStage
from temporalio.worker import Replayer

from bluepals.domain.gates import Cause
from bluepals.domain.letters import Side, Verdict
from bluepals.facts import endings, pairings
from bluepals.facts.office import Letterhead
from bluepals.store.endings import Reason
from service.workers import SANDBOX
from tests.workflows.world import World, eventually
from workflows.api.pairing import GateOpened, LetterDecided
from workflows.pairing import Pairing
from workflows.search_attributes import DUE, STAGE

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


async def end(world: World, pair: str, reason: Reason, farewell: timedelta | None = None) -> None:
    await endings.end(
        world.office,
        world.scope,
        UUID(pair),
        reason,
        farewell_until=world.now + farewell if farewell else None,
        by=world.people["coordinator"],
    )
    await world.tell()


async def end_of(world: World, pair: str) -> str | None:
    found: str | None = await world.admin.fetchval("SELECT end_reason FROM pairing WHERE id = $1", UUID(pair))
    return found


async def test_without_a_farewell_it_closes_at_once_and_nobody_reads_why(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await end(world, pair, Reason.STOPPED)
    assert (await handle.result()).rounds == 0
    assert await end_of(world, pair) == "officer left"
    assert await world.mails("farewell") == []
    assert "stopped" not in await world.details(handle)


async def test_a_farewell_that_is_approved_goes_out_before_it_closes(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await end(world, pair, Reason.MOVED, farewell=2 * WEEK)
    await world.letter(pair, Side.STUDENT, 1)
    assert await world.deliveries(pair) == [(1, "student", "letter", None)]
    await world.reach(world.program.year.first_day + 2 * WEEK + DAY)
    await handle.result()
    assert await end_of(world, pair) == "officer left"
    assert await world.misses(pair) == [], "who says farewell misses no date"


async def test_before_it_is_introduced_it_ends_without_a_word(world: World) -> None:
    (pair,) = await world.pair()
    await world.set_consent(None)
    handle = await world.begin_pairing(pair)
    await end(world, pair, Reason.DECLINED)
    await handle.result()
    assert await world.mails("introduction") == []


async def test_a_mistake_is_taken_back_and_the_year_goes_on(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    due = await world.attribute(handle, DUE)
    await end(world, pair, Reason.BUSY, farewell=2 * WEEK)
    await eventually(lambda: _is_due_at_another_time(world, handle, due), "it has another date")
    assert await world.attribute(handle, DUE) == world.now + 2 * WEEK, "its end, and not the pack's"
    async with world.office.committing(world.scope) as connection:
        await endings.take_back_in(
            connection, await Letterhead.of(world.office, connection), UUID(pair), world.people["coordinator"]
        )
    await world.tell()
    await world.reach(world.round(1).students_due)
    assert await world.misses(pair) == [(1, "student")]
    assert await world.attribute(handle, STAGE) == "officer answers"


async def test_where_the_class_opens_letters_before_a_pairing_ends_its_next_date_is_the_packs(
    world: World,
) -> None:
    """A pause of its agency keeps it from its end; the child's class goes on."""
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    due = await world.attribute(handle, DUE)
    await end(world, pair, Reason.BUSY, farewell=8 * WEEK)
    await eventually(lambda: _is_due_at_another_time(world, handle, due), "it has another date")
    closes = await world.admin.fetchval("SELECT pack_closes_at FROM round WHERE number = 1")
    assert await world.attribute(handle, DUE) == closes


async def test_fault_10_a_letter_that_is_approved_after_the_end_goes_nowhere(world: World) -> None:
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    draft = await world.write(pair, Side.STUDENT, 1)
    await end(world, pair, Reason.CONSENT_WITHDRAWN)
    await handle.result()
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    assert await world.deliveries(pair) == []
    assert await world.answers("letter_decided") == ["closed"]


async def test_what_is_told_while_a_pairing_closes_is_answered_when_its_end_is_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here a pause has moved it: the letter goes when that ends, and so does the one for which a gate opens."""
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.set_clearance(None)
    held = await world.letter(pair, Side.STUDENT, 1)
    decided, due = await world.write(pair, Side.OFFICER, 1), await world.attribute(handle, DUE)
    await end(world, pair, Reason.BUSY, farewell=2 * WEEK)
    await eventually(lambda: _is_due_at_another_time(world, handle, due), "it knows its end")
    await world.set_clearance(date(2099, 12, 31))
    await world.decide(decided, Verdict.APPROVE)
    await world.pause_untold()
    closes, told = pairings.close, list[WorkflowUpdateHandle[str]]()

    async def meanwhile(*this: Any) -> None:
        if not told:
            for update, fact in (
                (
                    "letter_decided",
                    LetterDecided(str(decided.id), decided.hash.hex(), Verdict.APPROVE, 1, Side.OFFICER),
                ),
                ("gate_opened", GateOpened(Cause.CLEARANCE)),
            ):
                accepted = WorkflowUpdateStage.ACCEPTED
                told.append(await handle.start_update(update, fact, wait_for_stage=accepted, result_type=str))
        await closes(*this)

    monkeypatch.setattr(pairings, "close", meanwhile)
    await world.reach(world.program.year.first_day + 2 * WEEK + DAY)
    assert [await one.result() for one in told] == ["taken", "taken"]
    await world.resume()
    await eventually(lambda: world.delivered(decided), "what was decided goes")
    await eventually(lambda: world.delivered(held), "what was held goes")
    await Replayer(workflows=[Pairing], workflow_runner=SANDBOX).replay_workflow(await handle.fetch_history())


async def _is_due_at_another_time(world: World, handle: WorkflowHandle[Any, Any], due: object) -> bool:
    return bool(await world.attribute(handle, DUE) != due)
