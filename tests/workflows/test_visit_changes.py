"""A visit on which something goes wrong: refusals, silence, snow. Each reserve is asked once, and everybody is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy

from activities.year import VisitTimes
from bluepals.domain.calendar import visit_day
from bluepals.domain.long_dates import with_long_dates
from bluepals.domain.people import Gender
from bluepals.domain.visit_plan import visit_instants
from bluepals.facts import visit_hosts, visits, year
from bluepals.store.pauses import What
from desk.language import LANGUAGES
from service.asking import Asking, CommandRefused, in_a_sentence
from tests.mailroom import parsed
from tests.workflows.world import World, a_student, an_officer, eventually
from workflows.api.dates import DatesChanged
from workflows.api.visit_day import CallOffVisit, MoveVisit, Plan, Stage, VisitDayInput, workflow_id
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import STAGE
from workflows.visit_day import VisitDay

DAY = timedelta(days=1)
SPANISH = LANGUAGES["es"]
VISITS = [What.VISITS]
RESERVES = ["officer2@pd.example", "officer3@pd.example"]


@dataclass
class Visit:
    """One pair; two women and a man are reserves. The invitation is out."""

    world: World
    handle: WorkflowHandle[VisitDay, int]
    pairing: UUID
    day: date

    async def says(self, asked: UUID, said: str) -> None:
        await visits.answer(self.world.office, self.world.scope, asked, said)
        await self.world.tell()

    async def requests(self) -> list[tuple[str, str | None, bool]]:
        """Whom: address, answer, whether let go; in the order in which they were asked."""
        rows = await self.world.admin.fetch(
            "SELECT email, answer, released_at IS NOT NULL AS released FROM visit_host"
            " JOIN officer ON officer.id = officer_id WHERE visit_host.program_id = $1 ORDER BY asked_at, visit_host.id",
            self.world.program.id,
        )
        return [tuple(row) for row in rows]

    async def asked(self, count: int) -> UUID:
        """Once so many reserves have been asked; the last one's request."""

        async def reached() -> bool:
            return len(await self.requests()) == count

        await eventually(reached, f"{count} reserves to be asked")
        newest: UUID = await self.world.admin.fetchval(
            "SELECT id FROM visit_host WHERE program_id = $1 ORDER BY asked_at DESC, id LIMIT 1",
            self.world.program.id,
        )
        self.world.limits = [
            row["answer_by"]
            for row in await self.world.admin.fetch(
                "SELECT answer_by FROM visit_host WHERE program_id = $1", self.world.program.id
            )
        ]
        return newest

    async def move(self, to: date) -> Any:
        changed = await self.handle.execute_update(VisitDay.move_visit, MoveVisit(to.isoformat()))
        self.world.visit_on = to
        return changed

    async def calendar_files(self, address: str) -> list[tuple[str, str, int, datetime]]:
        """Method, UID, sequence and beginning of each that went to this address, in order."""
        rows = await self.world.admin.fetch(
            "SELECT message FROM mail WHERE program_id = $1 AND to_address = $2 ORDER BY sequence",
            self.world.program.id,
            address,
        )
        found = []
        for row in rows:
            for file in parsed(row["message"]).iter_attachments():
                calendar = Calendar.from_ical(file.get_content())
                (event,) = calendar.walk("VEVENT")
                assert file.get_param("method") == calendar["METHOD"]
                found.append(
                    (
                        str(calendar["METHOD"]),
                        str(event["UID"]),
                        int(event.decoded("SEQUENCE")),
                        event.decoded("DTSTART"),
                    )
                )
        return found


@pytest.fixture
async def visit(make_world: Callable[..., World]) -> Visit:
    return await begun(make_world(rounds=1))


async def begun(world: World) -> Visit:
    await world.enroll([a_student(1)], [an_officer(1)], stock=2)
    (pairing,) = await world.pair()
    officers = [an_officer(number) for number in (1, 2, 3)]
    await world.enroll([a_student(1)], [*officers, an_officer(4, Gender.MALE)], stock=2)
    await world.begin_pairing(pairing)
    day = visit_day(world.program)
    instants = visit_instants(world.program, day)
    handle = await world.begin_visit(VisitTimes.of(instants))
    await world.reach(instants.invite_at.date(), 8)
    limit = await world.admin.fetchval("SELECT answer_by FROM visit WHERE pairing_id = $1", UUID(pairing))
    world.limits = [limit]
    return Visit(world, handle, UUID(pairing), day)


async def test_after_a_refusal_reserves_of_the_same_gender_are_asked_one_after_the_other_until_one_agrees(
    visit: Visit,
) -> None:
    await visit.says(visit.pairing, "no")
    first = await visit.asked(1)
    await visit.says(first, "no")
    second = await visit.asked(2)
    await visit.says(second, "yes")
    assert sorted(address for address, _, _ in await visit.requests()) == RESERVES
    assert sorted(await visit.world.mails("host")) == RESERVES
    assert await visit.world.calls() == []
    await visit.world.reach(visit.day, 15)
    await visits.attend(visit.world.office, visit.world.scope, second, came=True)
    await visit.world.reach(visit.day + DAY, 18)
    assert await visit.handle.result() == 1, "the host is thanked"


async def test_silence_over_the_limit_is_a_refusal_and_when_nobody_is_left_the_coordinator_is_called(
    visit: Visit,
) -> None:
    silent_until = visit.world.limits[0]
    await visit.world.reach(silent_until.date(), 18)
    await visit.asked(1)
    await visit.world.reach(visit.day - DAY, 13)
    assert sorted(address for address, _, _ in await visit.requests()) == RESERVES
    (call,) = await visit.world.calls()
    assert f"Nobody meets the child of pairing {visit.pairing}" in call


async def test_a_worker_that_was_away_over_a_limit_asks_each_reserve_once(visit: Visit) -> None:
    await visit.says(visit.pairing, "no")
    await visit.asked(1)
    await visit.world.turn_clock(visit.world.calendar.instant(visit.day - 3 * DAY, 8))
    for _ in range(3):
        await visit_hosts.settle_hosts(visit.world.office, visit.world.scope, visit.world.year)
        await visit.says(visit.pairing, "no")
    assert sorted(address for address, _, _ in await visit.requests()) == RESERVES
    assert sorted(await visit.world.mails("host")) == RESERVES


async def test_an_officer_who_withdraws_after_saying_yes_is_replaced_and_one_who_comes_after_all_is_not(
    visit: Visit,
) -> None:
    await visit.says(visit.pairing, "yes")
    await visit.says(visit.pairing, "no")
    host = await visit.asked(1)
    await visit.says(host, "yes")
    await visit.says(visit.pairing, "yes")
    await eventually(lambda: _released(visit), "the host to be let go")
    ((address, _, _),) = await visit.requests()
    files = await visit.calendar_files(address)
    assert [(method, sequence) for method, _, sequence, _ in files] == [("REQUEST", 0), ("CANCEL", 1)]
    assert len({uid for _, uid, _, _ in files}) == 1


async def _released(visit: Visit) -> bool:
    return all(released for _, _, released in await visit.requests())


async def test_a_visit_moved_twice_is_one_entry_of_the_calendar_and_all_are_asked_again(visit: Visit) -> None:
    await visit.says(visit.pairing, "no")
    await visit.asked(1)
    for days in (5, 6):
        await visit.move(visit.day + days * DAY)
        await visit.move(visit.day + days * DAY)
    files = await visit.calendar_files("officer1@pd.example")
    assert [(method, sequence) for method, _, sequence, _ in files] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("REQUEST", 2),
    ]
    assert len({uid for _, uid, _, _ in files}) == 1
    assert [begins.date() - visit.day for *_, begins in files] == [0 * DAY, 5 * DAY, 6 * DAY]
    assert await _answer(visit) is None, "an answer belongs to its day"
    assert await _released(visit), "whoever was asked for the first day is told"
    assert sorted(set(await visit.world.mails("moved"))) == [
        "coordinator@north.example",
        "officer1@pd.example",
        "teacher@north.example",
    ]


async def test_reminders_and_the_run_sheet_follow_the_new_day(visit: Visit) -> None:
    await visit.says(visit.pairing, "yes")
    later = visit.day + 7 * DAY
    await visit.move(later)
    await visit.says(visit.pairing, "yes")
    await visit.world.reach(visit.day + DAY, 18)
    assert await visit.world.attribute(visit.handle, STAGE) in {Stage.REMINDERS, Stage.SHEETS}
    assert await visit.world.mails("sheets") == []
    await visit.world.reach(later - DAY, 13)
    assert await visit.world.mails("sheets") == ["teacher@north.example"]
    assert (await visit.world.mails("visit"))[1:] == ["officer1@pd.example"] * 2


async def test_a_visit_that_is_called_off_clears_calendars_and_may_get_a_second_date(visit: Visit) -> None:
    for _ in range(2):
        changed = await visit.handle.execute_update(VisitDay.call_off_visit, CallOffVisit(read_aloud=False))
        assert changed.plan is Plan.CALLED_OFF
    assert sorted(await visit.world.mails("cancelled")) == [
        "coordinator@north.example",
        "officer1@pd.example",
        "teacher@north.example",
    ]
    assert any("no second date" in call for call in await visit.world.calls())
    await visit.world.reach(visit.day, 8)
    assert (await visit.world.mails("visit"))[1:] == [], "nobody is reminded of it"
    await visit.move(visit.day + 7 * DAY)
    assert await visit.world.calls() == []
    files = await visit.calendar_files("officer1@pd.example")
    assert [(method, sequence) for method, _, sequence, _ in files] == [
        ("REQUEST", 0),
        ("CANCEL", 1),
        ("REQUEST", 2),
    ]


async def test_letters_read_aloud_instead_are_the_end_of_the_visit(visit: Visit) -> None:
    await visit.handle.execute_update(VisitDay.call_off_visit, CallOffVisit(read_aloud=True))
    assert await visit.handle.result() == 0
    assert await visit.world.calls() == []


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("someday", "has to be a date"),
        ("saturday", "is a Saturday. Choose a school day"),
        ("the last day", "leaves no time for a farewell"),
    ],
)
async def test_a_day_that_can_t_be_kept_is_refused_and_nobody_is_told(
    visit: Visit, to: str, sentence: str
) -> None:
    days = {
        "saturday": (visit.day + (5 - visit.day.weekday()) * DAY).isoformat(),
        "the last day": visit.world.program.year.last_day.isoformat(),
    }
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await visit.handle.execute_update(VisitDay.move_visit, MoveVisit(days.get(to, to)))
    assert sentence in str(refused.value.cause)
    assert await visit.world.mails("moved") == []


async def test_a_refusal_keeps_its_parts_for_whoever_says_it_in_another_language(visit: Visit) -> None:
    saturday = visit.day + (5 - visit.day.weekday()) * DAY
    with pytest.raises(CommandRefused) as refused:
        async with in_a_sentence():
            await Asking(visit.world.client).move_visit(visit.world.year, saturday)
    spanish = with_long_dates(refused.value.sentence.said_in(SPANISH), SPANISH)
    assert (
        f"La visita no se puede cambiar de día: el {SPANISH.date(saturday, '%B %-d, %Y')} es sábado. Elija"
        in spanish
    )


async def test_a_visit_that_is_over_is_neither_moved_nor_called_off(visit: Visit) -> None:
    await visit.world.reach(visit.day, 18)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await visit.handle.execute_update(VisitDay.call_off_visit, CallOffVisit(read_aloud=False))
    assert "The visit is over" in str(refused.value.cause)


async def _answer(visit: Visit) -> str | None:
    said: str | None = await visit.world.admin.fetchval(
        "SELECT answer FROM visit WHERE pairing_id = $1", visit.pairing
    )
    return said


async def test_a_visit_that_rests_is_neither_prepared_nor_held_and_gets_a_day_again(visit: Visit) -> None:
    world, add = visit.world, visit.world.calendar.add_school_days
    await year.open_year(world.office, world.scope, world.year)
    await world.reach(add(visit.day, -2), 9)
    await world.pause(whats=VISITS)
    await eventually(lambda: _is_at(visit, Stage.SECOND_DATE), "it waits")
    await world.reach(add(visit.day, 1), 9)
    assert await world.mails("sheets") == []
    await world.resume(whats=VISITS)
    day = await world.admin.fetchval("SELECT visit_on FROM program_year WHERE id = $1", world.year)
    assert day == add(visit.day, 3), "it was on the third day from then on, and is again"
    assert "officer1@pd.example" in await world.mails("moved")
    await eventually(lambda: _is_at(visit, Stage.REMINDERS, Stage.SHEETS), "it goes on")


async def test_what_falls_into_a_rest_that_leaves_the_visit_on_its_day_is_said_when_it_ends(
    visit: Visit,
) -> None:
    world, add = visit.world, visit.world.calendar.add_school_days
    await year.open_year(world.office, world.scope, world.year)
    await visit.says(visit.pairing, "yes")
    await world.reach(add(visit.day, -2), 15)
    before = len(await world.mails("visit"))
    await world.pause(whats=VISITS)
    await eventually(lambda: _is_at(visit, Stage.SECOND_DATE), "it waits")
    await world.reach(
        add(visit.day, -1), time(12, 30)
    )  # The last reminder was due at seven, the run sheet at noon.
    await world.resume(whats=VISITS)
    assert await world.mails("moved") == []
    await world.reach(add(visit.day, -1), 14)
    assert (await world.mails("visit"))[before:] == ["officer1@pd.example"]
    assert await world.mails("sheets") == ["teacher@north.example"]


async def test_a_visit_for_which_no_day_is_left_is_a_persons_to_decide(visit: Visit) -> None:
    world = visit.world
    await year.open_year(world.office, world.scope, world.year)
    await world.pause(whats=VISITS)
    await world.reach(world.calendar.add_school_days(world.program.year.last_day, -5), 9)
    await world.resume(whats=VISITS)
    assert [call for call in await world.calls() if "no school day is left for the visit" in call]


async def _is_at(visit: Visit, *stages: Stage) -> bool:
    return await visit.world.attribute(visit.handle, STAGE) in stages


async def test_what_is_due_already_waits_for_dates_that_are_known_to_be_old(
    make_world: Callable[..., World],
) -> None:
    world = make_world(rounds=1)
    await world.enroll()
    await world.pair()
    due = datetime.now(UTC) - DAY
    start = WithStartWorkflowOperation(
        VisitDay.run,
        VisitDayInput(world.program.id, world.year, VisitTimes(due, [], over=due + 300 * DAY)),
        id=workflow_id(world.year),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    await world.client.execute_update_with_start_workflow(
        VisitDay.dates_changed, DatesChanged(1), start_workflow_operation=start
    )
    handle = await start.workflow_handle()
    await eventually(lambda: _has_begun_an_activity(handle), "something is done")
    history = await handle.fetch_history()
    first = next(
        one.activity_task_scheduled_event_attributes
        for one in history.events
        if one.HasField("activity_task_scheduled_event_attributes")
    )
    assert first.activity_type.name == "read_visit"
    await handle.terminate("seen")


async def _has_begun_an_activity(handle: WorkflowHandle[Any, Any]) -> bool:
    history = await handle.fetch_history()
    return any(one.HasField("activity_task_scheduled_event_attributes") for one in history.events)
