"""Every night what is past its time goes; the result and the history count it and name nobody."""

from datetime import timedelta

from temporalio.client import ScheduleOverlapPolicy

from activities.retention import Deleted
from service.opening import schedule_retention
from service.schedules import of_retention
from tests.workflows.world import DAY, World
from workflows.api.retention import RetentionInput, workflow_id
from workflows.queue import TASK_QUEUE
from workflows.retention import Retention


async def night(world: World, name: str) -> Deleted:
    return await world.client.execute_workflow(
        Retention.run,
        RetentionInput(world.program.id),
        id=f"{workflow_id(world.program.id)}-{name}",
        task_queue=TASK_QUEUE,
    )


async def test_what_is_past_its_time_goes_once_and_is_counted(world: World) -> None:
    (pair,) = await world.pair()
    await world.begin_pairing(pair)
    await world.admin.execute(
        "UPDATE mail SET state = 'sent', sent_at = now(), bodies_started = 1 WHERE program_id = $1",
        world.program.id,
    )
    queued = await world.admin.fetchval("SELECT count(*) FROM mail WHERE program_id = $1", world.program.id)
    assert (await night(world, "before")).counts == {}
    await world.reach((world.now + (world.program.retention.mails + 1) * DAY).date(), 3)
    assert (await night(world, "after")).counts["mails"] == queued > 0
    assert (await night(world, "again")).counts == {}
    noted = await world.admin.fetchrow(
        "SELECT kind, counted FROM retention_run WHERE program_id = $1", world.program.id
    )
    assert tuple(noted or ()) == ("mails", queued)


async def test_the_schedule_is_in_the_programs_zone_and_skips_what_overlaps(world: World) -> None:
    planned = of_retention(world.program.id, "America/Chicago")
    assert planned.spec.time_zone_name == "America/Chicago"
    assert [one.start for one in planned.spec.calendars[0].hour] == [3]
    assert planned.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert planned.policy.catchup_window == timedelta(hours=12)


async def test_scheduling_twice_is_scheduling_once(world: World) -> None:
    await schedule_retention(world.parts, world.program)
    await schedule_retention(world.parts, world.program)
    handle = world.client.get_schedule_handle(workflow_id(world.program.id))
    coming = (await handle.describe()).info.next_action_times
    assert {at.astimezone(world.calendar.zone).hour for at in coming} == {3}
    await handle.delete()
