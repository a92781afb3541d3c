"""Records this release's histories: `python -m tests.histories.record`, from the root of the project.

A release that changes what a workflow does keeps the old files (so that running years are replayed) and adds its own.
"""

import asyncio
import json
import re
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from temporalio.client import Client, WorkflowHandle

from bluepals.domain.letters import Side, Verdict
from bluepals.domain.people import Role
from bluepals.domain.program import Policy
from bluepals.domain.silence import Rung
from bluepals.facts import matching, replacements, visits
from bluepals.facts.year import open_year
from bluepals.store.migrate import migrate
from bluepals.store.pauses import What
from service.connection import connect
from stack.postgres import postgres_server
from stack.temporal import VIRTUAL_CLOCKS, TemporalOptions, temporal_server
from tests.workflows import (
    test_assignment,
    test_daily_mail,
    test_new_officer,
    test_outbox,
    test_pauses,
    test_referral,
    test_retention,
    test_silence,
    test_visit_changes,
)
from tests.workflows.test_continue_as_new import tell_often
from tests.workflows.world import (
    DAY,
    SHORT_HISTORIES,
    WEEK,
    Served,
    World,
    a_program,
    eventually,
    forged,
    serving,
)
from workflows.api import pairing
from workflows.api import visit_day as visit_workflow
from workflows.api.dates import DatesChanged
from workflows.api.new_officer import ReplacementChanged
from workflows.api.visit_day import CallOffVisit, VisitAnswered
from workflows.assignment import Assignment
from workflows.referral import Referral
from workflows.search_attributes import TYPES
from workflows.visit_day import VisitDay

FOLDER = Path(__file__).parent


async def record() -> None:
    async with _served() as served:
        await _undisturbed(World(served, a_program("undisturbed", rounds=3, policy=Policy(declining_days=2))))
        await _misses(World(served, a_program("misses", rounds=2)))
        await _gates(World(served, a_program("gates", rounds=1)))
        await _paused(World(served, a_program("paused", rounds=1)))
        await _ends_early(World(served, a_program("ends-early", rounds=1)))
        await _matching(World(served, a_program("matching")))
        await _daily_mail(World(served, a_program("daily")))
        await _referral(World(served, a_program("referral", begin=test_referral.this_monday())))
        await _retention(World(served, a_program("retention")))

        await _new_officer(World(served, a_program("successor", rounds=3)))
        await _outbox(served)
        await _long_outbox(served)
    async with _served(**SHORT_HISTORIES) as served:
        await _long(World(served, a_program("long", rounds=4)))
        await _year_paused(World(served, a_program("year-paused", rounds=2)))
        await _visit_moved(World(served, a_program("visit-moved", rounds=1)))
        await _long_search(World(served, a_program("long-search", rounds=3)))
        await _long_matching(World(served, a_program("long-matching")))
        await _long_referral(World(served, a_program("long-referral", begin=test_referral.this_monday())))


@asynccontextmanager
async def _served(**dynamic_config: object) -> AsyncIterator[Served]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        _let_postgres_in(Path(folder))
        options = TemporalOptions(
            search_attributes=TYPES, dynamic_config={**VIRTUAL_CLOCKS, **dynamic_config}
        )
        async with (
            postgres_server(Path(folder) / "postgres") as postgres,
            temporal_server(options, print) as temporal,
        ):
            admin = await asyncpg.connect(postgres.admin_url)
            await admin.execute("CREATE DATABASE recorded")
            await admin.close()
            await migrate(postgres.url_of("postgres", "recorded"))
            client = await connect(target_host=temporal.address)
            urls = postgres.url_of("bluepals_app", "recorded"), postgres.url_of("postgres", "recorded")
            async with serving(client, *urls) as served:
                yield served


def _let_postgres_in(folder: Path) -> None:
    """It runs as a user of its own when this is root."""
    folder.chmod(0o755)


async def _undisturbed(world: World) -> None:
    """A school's year in which all is on time: its workflow, the pairing's and the visit's."""
    await world.enroll(stock=2)
    year = await world.begin_year()
    (pair,) = await world.pair()
    await world.tell()
    await world.attend_pairing(pair)
    await world.attend(visit_workflow.workflow_id(world.year))
    await world.reach(world.program.year.first_day + timedelta(days=2))
    for number in range(1, 4):
        await world.exchange(pair, number)
    await world.reach(world.program.year.last_day, 18)
    await year.result()
    for name, workflow_id in (
        ("program_year", year.id),
        ("pairing_undisturbed", pairing.workflow_id(pair)),
        ("visit_day", visit_workflow.workflow_id(world.year)),
    ):
        await keep(name, world.client.get_workflow_handle(workflow_id))


async def _misses(world: World) -> None:
    """Late, returned, referred, missed; no stock letter for the second opening day."""
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await world.letter(pair, Side.STUDENT, 1, Verdict.RETURN, text="Call 555-0100.")
    await world.reach(world.round(1).students_due + timedelta(days=1))
    await world.letter(pair, Side.STUDENT, 1, text="I have a dog.")
    draft = await world.write(pair, Side.OFFICER, 1)
    await world.reach(world.round(1).opens_on, 8)
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await world.until_answered(draft)
    await world.letter(pair, Side.STUDENT, 2, Verdict.REFER)
    await world.reach(world.round(2).opens_on, 8)
    await world.letter(pair, Side.OFFICER, 2)
    await world.reach(world.program.year.last_day, 18)
    await handle.result()
    await keep("pairing_with_misses", handle)


async def _gates(world: World) -> None:
    """Introduced after a consent came in, a letter held until a clearance was renewed, a forged fact."""
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    await world.set_consent(None)
    handle = await world.begin_pairing(pair)
    await world.open_gate()
    await world.reach(world.program.year.first_day, 12)
    await world.set_clearance(None)
    await world.letter(pair, Side.STUDENT, 1)
    await handle.execute_update("letter_decided", forged(), result_type=str)
    await world.open_gate()
    await world.reach(world.program.year.last_day, 18)
    await handle.result()
    await keep("pairing_with_gates", handle)


async def _paused(world: World) -> None:
    """A silence that is shown; a pause that is heard of after its timer and keeps a letter; dates that have not changed."""
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    for rung in (Rung.KIND_WORD, Rung.TO_DECIDE):
        await test_silence.reach(handle, rung)
    await world.pause_untold()
    await world.reach(world.round(1).students_due)
    await world.tell()
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await world.reach(world.round(1).students_due + WEEK)
    await world.resume()
    await world.until_answered(draft)
    await handle.execute_update("dates_changed", DatesChanged(1), result_type=str)
    await world.reach(world.program.year.last_day, 18)
    await handle.result()
    await keep("pairing_paused", handle)


async def _ends_early(world: World) -> None:
    """A farewell that a pause freezes, of which the pairing has not heard when its end comes.

    `pairing_told_as_it_closes` is a run of before, which answered "closed" in that moment.
    """
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    await test_pauses.leave(world, pair)
    draft = await world.write(pair, Side.STUDENT, 1)
    await world.pause_untold()
    await world.reach(world.program.year.first_day + 3 * WEEK)
    await world.tell()
    await world.decide(draft, Verdict.APPROVE)
    await world.tell()
    await world.resume()
    await world.until_answered(draft)
    await world.reach(world.program.year.last_day, 18)
    await handle.result()
    await keep("pairing_ends_early", handle)


async def _matching(world: World) -> None:
    await test_assignment.enroll(world, 2, 3)
    handle = await test_assignment.begin(world)
    first, second = await test_assignment.open_pairs(world)
    await matching.give_reason(world.office, world.scope, [first], "they know each other")
    await handle.execute_update(Assignment.reject_pairs, test_assignment.by_coordinator(world, first))
    await handle.execute_update(Assignment.approve_pairs, test_assignment.by_coordinator(world, second))
    await handle.execute_update(Assignment.propose_again)
    await world.reach(world.program.year.last_day, 18)
    await handle.result()
    await keep("assignment", handle)


async def _daily_mail(world: World) -> None:
    await world.enroll()
    await test_daily_mail.send(world, "one")
    await keep("daily_mail", world.client.get_workflow_handle(f"daily-mail-{world.program.id}-one"))


async def _referral(world: World) -> None:
    """A stopwatch that tells everybody twice, is asked to stop, and ends with the last attestation."""
    case_id = await test_referral.referred(world)
    handle = test_referral.handle_of(world, case_id)
    await test_referral.pass_time(world, handle, 15)
    await handle.cancel()
    await test_referral.pass_time(world, handle, 60)
    for reader in (Role.TEACHER, Role.MODERATOR):
        await test_referral.attest(world, case_id, reader)
        await handle.execute_update(Referral.attested)
    await handle.result()
    await keep("referral", handle)


async def _retention(world: World) -> None:
    await world.enroll()
    await test_retention.night(world, "one")
    await keep("retention", world.client.get_workflow_handle(f"retention-{world.program.id}-one"))


async def _new_officer(world: World) -> None:
    """An officer leaves; a reserve is rejected, the next approved; a stock letter between the two."""
    change = await test_new_officer.begun(world)
    await change.free("o002", "o003")
    (one,) = await change.leaves()
    handle = change.handle(one)
    await replacements.reject(change.office, change.scope, UUID(one), why="neighbours", by=change.by)
    await change.approve(one)
    await change.after(29)
    begun = await change.next_pairing(one)
    assert begun is not None
    await world.begin_pairing(begun)
    await change.after(60)
    await handle.result()
    await keep("new_officer", handle)


async def _outbox(served: Served) -> None:
    """Its halves; `outbox` is a run that began when mail waited for tells."""
    desk = test_outbox.Desk()
    async with test_outbox.running(served.parts.client, desk) as outbox:
        await desk.has_looked(tells=1, mail=1)
        await outbox.signal("wake")
        await desk.has_looked(tells=2, mail=2)
        await outbox.terminate()
    await keep("outbox_halves", outbox)


async def _long(world: World) -> None:
    """A pairing that is cut."""
    await world.enroll(stock=1)
    (pair,) = await world.pair()
    handle = await world.begin_pairing(pair)
    for number in range(1, 5):
        await world.exchange(pair, number)
    await world.reach(world.program.year.last_day, 18)
    await keep_runs("pairing_long", world.client, handle)


async def _year_paused(world: World) -> None:
    """A school's year: a pause before an opening day, one that the year has not heard of in time; it is cut."""
    await world.enroll(stock=2)
    handle = await world.begin_year()
    (pair,) = await world.pair()
    await world.tell()
    await world.attend_pairing(pair)
    await world.pause()
    await world.resume()
    await world.pause_untold()
    await world.reach(world.round(1).opens_on, 8)
    await world.tell()
    await world.resume()
    await tell_often(handle, "dates_changed", DatesChanged(1))
    await world.reach(world.program.year.last_day, 18)
    await handle.result()
    await keep_runs("program_year_paused", world.client, handle)


async def _visit_moved(world: World) -> None:
    """An officer says no and another is asked; called off, moved, resting, and held after all; it is cut."""
    visit = await test_visit_changes.begun(world)
    await open_year(world.office, world.scope, world.year)
    await visit.says(visit.pairing, "no")
    await visit.says(await visit.asked(1), "yes")
    await visit.handle.execute_update(VisitDay.call_off_visit, CallOffVisit(read_aloud=False))
    await visit.move(visit.day + 7 * DAY)
    await world.pause(whats=[What.VISITS])
    await world.resume(whats=[What.VISITS])
    await tell_often(visit.handle, "visit_answered", VisitAnswered(str(uuid4())))
    await world.reach(visit.day + 7 * DAY, 15)
    await visits.attend(world.office, world.scope, visit.pairing, came=True)
    await world.reach(visit.day + 8 * DAY, 18)
    await visit.handle.result()
    await keep_runs("visit_moved", world.client, visit.handle)


async def _long_search(world: World) -> None:
    """A child's next officer, whose search is cut."""
    change = await test_new_officer.begun(world)
    await change.free("o002")
    (one,) = await change.leaves()
    handle = change.handle(one)
    await tell_often(handle, "replacement_changed", ReplacementChanged(1))
    await change.approve(one)
    await change.after(29)
    begun = await change.next_pairing(one)
    assert begun is not None
    await world.begin_pairing(begun)
    await change.after(60)
    await handle.result()
    await keep_runs("new_officer_long", world.client, handle)


async def _long_matching(world: World) -> None:
    """A matching that is cut while a pair is open and another one rejected."""
    await test_assignment.enroll(world, 2, 3)
    handle = await test_assignment.begin(world)
    first, second = await test_assignment.open_pairs(world)
    await matching.give_reason(world.office, world.scope, [first], "they know each other")
    await handle.execute_update(Assignment.reject_pairs, test_assignment.by_coordinator(world, first))
    latest: test_assignment.Matching = world.client.get_workflow_handle_for(Assignment.run, handle.id)
    while (await latest.describe()).run_id == handle.first_execution_run_id:
        await latest.execute_update(Assignment.approve_pairs, test_assignment.by_coordinator(world, first))
    await latest.execute_update(Assignment.approve_pairs, test_assignment.by_coordinator(world, second))
    await world.reach(world.program.year.last_day, 18)
    await handle.result()
    await keep_runs("assignment_long", world.client, handle)


async def _long_referral(world: World) -> None:
    """A stopwatch that is cut."""
    case_id = await test_referral.referred(world)
    handle = test_referral.handle_of(world, case_id)
    for _ in range(7):
        await handle.execute_update(Referral.attested)
    await test_referral.pass_time(world, handle, 15)
    for reader in (Role.TEACHER, Role.MODERATOR):
        await test_referral.attest(world, case_id, reader)
        await handle.execute_update(Referral.attested)
    await handle.result()
    await keep_runs("referral_long", world.client, handle)


async def _long_outbox(served: Served) -> None:
    """An outbox that is cut."""
    client, desk = served.parts.client, test_outbox.Desk()
    async with test_outbox.running(client, desk) as outbox:
        latest = client.get_workflow_handle(outbox.id)
        await desk.has_looked(tells=1, mail=1)
        await test_outbox.fill(outbox)
        await outbox.signal("wake")

        async def is_cut() -> bool:
            return (await latest.describe()).run_id != outbox.first_execution_run_id

        await eventually(is_cut, "a continue-as-new")
        await latest.terminate()
        await keep_runs("outbox_long", served.parts.client, outbox)


async def keep_runs(name: str, client: Client, handle: WorkflowHandle[Any, Any]) -> None:
    """Each run of a workflow that is cut, numbered."""
    latest = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
    run_id, number = latest.first_execution_run_id, 1
    while run_id:
        run = client.get_workflow_handle(handle.id, run_id=run_id)
        await keep(f"{name}_{number}", run)
        last = (await run.fetch_history()).events[-1]
        run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        number += 1


async def keep(name: str, handle: WorkflowHandle[Any, Any]) -> None:
    """Without the name and the folders of the machine on which it was recorded, and without what only made it long."""
    history: dict[str, Any] = json.loads((await handle.fetch_history()).to_json())
    text = json.dumps({"workflowId": handle.id, **history}, separators=(",", ":"), sort_keys=True)
    text = re.sub(rf"\d+@{re.escape(socket.gethostname())}", "recorded", text)
    text = re.sub(r'"stackTrace":"(?:[^"\\]|\\.)*"', '"stackTrace":""', text)
    text = re.sub(r'"data":"[^"]{100000,}"', '"data":"IiI="', text)
    (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    print(f"{name}: {len(history['events'])} events, {len(text)} bytes")  # noqa: T201 - a command


if __name__ == "__main__":
    asyncio.run(record())
