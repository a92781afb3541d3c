"""One mail for each person and day, by a Schedule in the program's zone."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from temporalio.client import (
    ScheduleActionExecutionStartWorkflow,
    ScheduleBackfill,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    WorkflowHandle,
)
from temporalio.testing import ActivityEnvironment

from activities.daily import DailyActivities, DailyMailOf
from bluepals.domain.letters import Side
from bluepals.facts.daily import compose_daily_mail
from service.opening import schedule_daily_mail
from service.schedules import of_daily_mail
from tests.workflows.world import PATIENCE, World, eventually
from workflows.api.daily_mail import DailyMailInput, workflow_id
from workflows.daily_mail import DailyMail
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import STAGE

DAY = timedelta(days=1)


async def send(world: World, name: str) -> int:
    day = world.now.astimezone(world.calendar.zone).date()
    return await world.client.execute_workflow(
        DailyMail.run,
        DailyMailInput(world.program.id, world.program.timezone, day.isoformat()),
        id=f"{workflow_id(world.program.id)}-{name}",
        task_queue=TASK_QUEUE,
    )


async def test_each_who_has_something_to_do_today_gets_one_mail(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.write(pair, Side.STUDENT, 1)
    await world.reach(world.round(1).officers_due - 3 * DAY, 17)
    assert await send(world, "first") == 3
    to = sorted(await world.mails("daily"))
    assert to == ["coordinator@north.example", "moderator@north.example", "officer1@pd.example"], (
        "a letter that has waited too long, a letter to read, a letter to write"
    )
    assert await send(world, "again") == 3
    assert sorted(await world.mails("daily")) == to, "the same day again, nothing more"


async def test_for_however_many_it_writes_it_says_meanwhile_that_it_works(world: World) -> None:
    await send(world, "long")
    handle = world.client.get_workflow_handle(f"{workflow_id(world.program.id)}-long")
    (scheduled,) = [
        event.activity_task_scheduled_event_attributes
        for event in (await handle.fetch_history()).events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert scheduled.heartbeat_timeout.seconds > 0
    beats: list[str] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *_: beats.append("beat")
    order = DailyMailOf(world.program.id, world.now.date().isoformat())
    await environment.run(DailyActivities(world.office).compose_daily_mail, order)
    assert beats == ["beat"]


async def test_nobody_is_mailed_on_a_day_without_school(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.reach(world.round(1).officers_due - 5 * DAY, 7)
    assert (world.round(1).officers_due - 5 * DAY).weekday() == 6
    assert await send(world, "sunday") == 0
    assert await world.mails("daily") == []


async def test_the_schedule_is_in_the_programs_zone_and_skips_what_overlaps(world: World) -> None:
    planned = of_daily_mail(world.program.id, "America/Chicago", 7)
    assert planned.spec.time_zone_name == "America/Chicago"
    assert [one.start for one in planned.spec.calendars[0].hour] == [7]
    assert planned.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert planned.policy.catchup_window == timedelta(hours=12)


async def test_what_the_schedule_starts_mails_for_today_in_the_programs_zone(world: World) -> None:
    """A Schedule gives no day, and keeps real time: what today was is asked of the history."""
    await schedule_daily_mail(world.parts, world.program)
    planned = world.client.get_schedule_handle(workflow_id(world.program.id))
    await planned.trigger()
    await eventually(lambda: _has_started_one(planned), "the schedule starts the mail")
    begun = (await planned.describe()).info.recent_actions[0].action
    assert isinstance(begun, ScheduleActionExecutionStartWorkflow)
    mailing = world.client.get_workflow_handle(begun.workflow_id)
    assert await asyncio.wait_for(mailing.result(), PATIENCE) == 0, "the school year is yet to come"
    events = [event async for event in mailing.fetch_history_events()]
    began = events[0].event_time.ToDatetime(UTC).astimezone(world.calendar.zone)
    assert await _day_asked_for(mailing) == began.date().isoformat()
    described = await mailing.describe()
    assert await described.static_summary() == f"daily mail of {world.program.id}"
    assert described.typed_search_attributes.get(STAGE) == "daily mail"
    await planned.delete()


async def test_a_mail_that_waited_for_a_worker_over_midnight_is_not_written_in_the_next_days_name(
    world: World,
) -> None:
    await schedule_daily_mail(world.parts, world.program)
    planned = world.client.get_schedule_handle(workflow_id(world.program.id))
    morning = datetime.now(world.calendar.zone).replace(hour=7, minute=0) - DAY
    await planned.backfill(ScheduleBackfill(morning - DAY / 24, morning + DAY / 24))
    await eventually(lambda: _has_started_one(planned), "the schedule starts yesterday's")
    begun = (await planned.describe()).info.recent_actions[0].action
    assert isinstance(begun, ScheduleActionExecutionStartWorkflow)
    mailing = world.client.get_workflow_handle(begun.workflow_id)
    await asyncio.wait_for(mailing.result(), PATIENCE)
    assert await _day_asked_for(mailing) == morning.date().isoformat()
    await planned.delete()


async def test_no_mail_is_written_for_a_day_that_is_over(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.write(pair, Side.STUDENT, 1)
    morning = world.round(1).officers_due - 3 * DAY
    await world.reach(morning + DAY, 1)
    assert await compose_daily_mail(world.office, world.scope, morning) == 0
    assert await world.mails("daily") == []
    assert await compose_daily_mail(world.office, world.scope, morning + DAY) > 0


async def test_a_morning_whose_own_mail_was_skipped_gets_that_of_the_run_that_had_waited(
    world: World,
) -> None:
    """A worker that was away over two mornings finds the first one's run, beside which the Schedule has started no other."""
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.write(pair, Side.STUDENT, 1)
    morning = world.round(1).officers_due - 4 * DAY
    await world.reach(morning + DAY, 8)
    assert await compose_daily_mail(world.office, world.scope, morning) == 3
    mailed = await world.mails("daily")
    assert "officer1@pd.example" in mailed, "a letter is due in three days"
    assert await compose_daily_mail(world.office, world.scope, morning + DAY) == 3
    assert await world.mails("daily") == mailed, "the same day again, nothing more"


async def _day_asked_for(mailing: WorkflowHandle[Any, Any]) -> str:
    (asked,) = [
        one.activity_task_scheduled_event_attributes.input.payloads[0]
        async for one in mailing.fetch_history_events()
        if one.HasField("activity_task_scheduled_event_attributes")
    ]
    return str(json.loads(asked.data)["day"])


async def _has_started_one(planned: ScheduleHandle) -> bool:
    return bool((await planned.describe()).info.recent_actions)


async def test_scheduling_twice_is_scheduling_once(world: World) -> None:
    await schedule_daily_mail(world.parts, world.program)
    await schedule_daily_mail(world.parts, world.program)
    handle = world.client.get_schedule_handle(workflow_id(world.program.id))
    assert await _hours(handle, world.calendar.zone) == {7}, "before and after a change of clocks"
    await handle.delete()


async def test_another_hour_or_zone_of_the_program_moves_the_schedule_and_a_paused_one_stays_so(
    world: World,
) -> None:
    await schedule_daily_mail(world.parts, world.program)
    handle = world.client.get_schedule_handle(workflow_id(world.program.id))
    await handle.pause(note="snow")
    later = replace(
        world.program, timezone="Pacific/Honolulu", policy=replace(world.program.policy, daily_mail_hour=9)
    )
    await schedule_daily_mail(world.parts, later)
    assert await _hours(handle, ZoneInfo("Pacific/Honolulu")) == {9}
    state = (await handle.describe()).schedule.state
    assert (state.paused, state.note) == (True, "snow")
    await handle.delete()


async def _hours(planned: ScheduleHandle, zone: tzinfo) -> set[int]:
    return {at.astimezone(zone).hour for at in (await planned.describe()).info.next_action_times}
