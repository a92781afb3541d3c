"""The stopwatch of a suspected harm: on the list, rung by rung, then hourly, until all who read have attested."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import ApplicationError

from activities.cases import CaseActivities, OneCase
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.people import Role
from bluepals.facts import cases
from bluepals.pager import LogPager, Page, PagerAway
from service.referrals import Referrals
from tests.workflows.world import Served, World, a_program, eventually
from workflows.api import referral
from workflows.referral import Referral
from workflows.search_attributes import ATTENTION, DUE, SCHOOL

MINUTES = timedelta(minutes=1)
Handle = WorkflowHandle[Any, Any]


async def referred(world: World) -> UUID:
    """A child's letter that a moderator refers, now: the stopwatch runs from the moment of the referral."""
    world.now = datetime.now(UTC)
    await world.enroll()
    (pair,) = await world.pair()
    draft = await world.write(pair, Side.STUDENT, 1, "I want to die.")
    await world.admin.execute("DELETE FROM mail WHERE program_id = $1", world.program.id)
    opened = (await world.decide(draft, Verdict.REFER)).opened
    assert opened is not None
    await world.tell()
    return opened.case.id


def handle_of(world: World, case_id: UUID) -> Handle:
    return world.client.get_workflow_handle_for(Referral.run, referral.workflow_id(str(case_id)))


async def told(world: World) -> dict[str, int]:
    """How many mails about safety each got."""
    rows = await world.admin.fetch(
        "SELECT split_part(to_address, '@', 1) AS who, count(*) AS mails FROM mail"
        " WHERE program_id = $1 AND kind = 'safety' AND key LIKE '%-page-%' GROUP BY 1",
        world.program.id,
    )
    return {row["who"]: row["mails"] for row in rows}


async def pass_time(world: World, handle: Handle, minutes: int) -> None:
    world.now += minutes * MINUTES
    await world.clock.turn_to(world.now)
    await world.clock.move([handle.id], world.now)


async def says(world: World, handle: Handle, what: str) -> bool:
    return what in await world.details(handle)


async def attest(world: World, case_id: UUID, role: Role) -> None:
    await cases.attest(world.office, world.scope, case_id=case_id, by=world.people[role], reported_at=None)


def this_monday() -> date:
    today = datetime.now(UTC).date()
    return today - timedelta(days=today.weekday())


@pytest.fixture
def now(make_world: Callable[..., World]) -> World:
    """A year that has begun: the stopwatch starts at the real time."""
    return make_world(begin=this_monday())


async def test_every_fifteen_minutes_through_the_list_then_hourly_day_and_night(now: World) -> None:
    case_id = await referred(now)
    handle = handle_of(now, case_id)
    assert await told(now) == {"counselor": 1}
    await pass_time(now, handle, 15)
    assert await told(now) == {"counselor": 1, "coordinator": 1}
    await pass_time(now, handle, 30)
    assert await told(now) == {"counselor": 1, "coordinator": 1}, "all on the list have been told"
    for _ in range(4):
        await pass_time(now, handle, 6 * 60)
    assert await told(now) == {"counselor": 25, "coordinator": 25}, "every hour, also of the night"
    assert await now.attribute(handle, ATTENTION) == "suspected harm: somebody has not attested"
    assert await now.attribute(handle, SCHOOL) is None, "nor does the Web UI say where"
    rung = await now.admin.fetchval(
        "SELECT count(*) FROM case_page WHERE rung_at IS NOT NULL AND case_id = $1", case_id
    )
    assert rung == 26, "each page by the second channel too"
    for reader in (Role.TEACHER, Role.MODERATOR):
        await attest(now, case_id, reader)
    await pass_time(now, handle, 60)
    assert (await handle.result()).pages == 26
    assert await now.attribute(handle, ATTENTION) is None
    assert await now.attribute(handle, DUE) is None


async def test_neither_a_cancellation_nor_a_termination_ends_it(now: World) -> None:
    case_id = await referred(now)
    handle = handle_of(now, case_id)
    await handle.cancel()
    await pass_time(now, handle, 15)
    assert await told(now) == {"counselor": 1, "coordinator": 1}, "a cancellation is nothing to it"
    await handle.terminate("somebody's mistake")
    await now.tell()
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING, (
        "the outbox has started it again"
    )
    await eventually(lambda: says(now, handle, "2 pages so far"), "it has asked the record")
    await pass_time(now, handle, 60)
    assert await told(now) == {"counselor": 2, "coordinator": 2}, "it goes on where the record says"
    await attest(now, case_id, Role.MODERATOR)
    await now.tell()
    await attest(now, case_id, Role.TEACHER)
    await pass_time(now, handle, 60)
    await handle.result()
    await now.tell()
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED, "what has ended stays so"


async def test_who_reads_the_letter_after_all_have_attested_starts_the_stopwatch_again(now: World) -> None:
    case_id = await referred(now)
    handle = handle_of(now, case_id)
    for reader in (Role.TEACHER, Role.MODERATOR):
        await attest(now, case_id, reader)
    await Referrals(now.client).attested(case_id)
    await handle.result()
    draft = await now.admin.fetchval("SELECT draft_id FROM case_file WHERE id = $1", case_id)
    await cases.note_read(now.office, now.scope, draft, now.people[Role.COORDINATOR])
    await now.tell()
    again = handle_of(now, case_id)
    assert (await again.describe()).status is WorkflowExecutionStatus.RUNNING
    await eventually(lambda: says(now, again, "1 has still to attest"), "it has asked the record")
    await attest(now, case_id, Role.COORDINATOR)
    await Referrals(now.client).attested(case_id)
    await again.result()


async def test_an_attestation_is_seen_at_once_and_a_false_word_of_one_moves_nothing(now: World) -> None:
    case_id = await referred(now)
    handle = handle_of(now, case_id)
    await handle.execute_update(Referral.attested)
    await attest(now, case_id, Role.TEACHER)
    await Referrals(now.client).attested(case_id)
    await eventually(lambda: says(now, handle, "1 has still to attest"), "it has asked the record")
    await attest(now, case_id, Role.MODERATOR)
    await Referrals(now.client).attested(case_id)
    assert (await handle.result()).pages == 1, "nobody was told once more"
    await Referrals(now.client).attested(case_id)


async def test_a_long_history_is_cut_and_goes_on(short_histories: Served) -> None:
    world = World(short_histories, a_program("longnight", begin=this_monday()))
    case_id = await referred(world)
    handle = handle_of(world, case_id)
    first = (await handle.describe()).run_id
    for _ in range(8):
        await handle.execute_update(Referral.attested)

    async def is_cut() -> bool:
        return (await handle.describe()).run_id != first

    await eventually(is_cut, "the history is cut")
    await pass_time(world, handle, 15)
    assert await told(world) == {"counselor": 1, "coordinator": 1}


class DeadPager:
    async def ring(self, _: Page) -> None:
        raise PagerAway("nobody listens")


async def test_a_pager_that_is_away_is_a_persons_to_mend_and_is_rung_again(now: World) -> None:
    case_id = await referred(now)
    await eventually(lambda: rung(now, case_id), "the first page")
    await now.admin.execute("UPDATE case_page SET rung_at = NULL WHERE case_id = $1", case_id)
    this = OneCase(now.program.id, str(case_id))
    with pytest.raises(ApplicationError, match="does not answer"):
        await CaseActivities(now.office, DeadPager()).ring_pager(this)
    (call,) = [one for one in await now.calls() if "pager" in one]
    assert "mail goes out all the same" in call
    assert await CaseActivities(now.office, LogPager()).ring_pager(this) == 1
    assert await CaseActivities(now.office, LogPager()).ring_pager(this) == 0
    assert not [one for one in await now.calls() if "pager" in one]


async def rung(world: World, case_id: UUID) -> bool:
    return bool(await world.admin.fetchval("SELECT rung_at FROM case_page WHERE case_id = $1", case_id))
