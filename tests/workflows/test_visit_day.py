"""The visit: officers are invited, reminded and thanked, each once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowHandle

from activities.year import VisitTimes
from bluepals.domain.calendar import visit_day
from bluepals.domain.visit_plan import VisitState
from bluepals.facts import roster, visits, year
from bluepals.facts.roster import Roster
from bluepals.store.pauses import Target, What
from tests.workflows.world import World, a_student, an_officer, eventually, staff
from workflows.api.visit_day import Plan
from workflows.search_attributes import STAGE
from workflows.visit_day import VisitDay

DAY = timedelta(days=1)
ONE, TWO = "officer1@pd.example", "officer2@pd.example"


@pytest.fixture
async def town(make_world: Callable[..., World]) -> World:
    """One round, two pairs that have been introduced."""
    world = make_world(rounds=1)
    await world.enroll([a_student(1), a_student(2)], [an_officer(1), an_officer(2)], stock=2)
    for pair in await world.pair():
        await world.begin_pairing(pair)
    return world


def times(world: World) -> VisitTimes:
    day = visit_day(world.program)

    def morning(days: int) -> datetime:
        return world.calendar.instant(day - days * DAY, 7)

    return VisitTimes(morning(20), [morning(7), morning(1)], world.calendar.instant(day, 17))


def test_each_visit_on_record_is_a_plan() -> None:
    assert {state: Plan.of(state) for state in VisitState} == {
        VisitState.PLANNED: Plan.TAKES_PLACE,
        VisitState.CALLED_OFF: Plan.CALLED_OFF,
        VisitState.READ_ALOUD: Plan.READ_ALOUD,
        VisitState.RESTS: Plan.RESTS,
    }


async def test_officers_are_invited_reminded_and_those_who_came_are_thanked(town: World) -> None:
    handle = await town.begin_visit(times(town))
    day = visit_day(town.program)
    await town.reach(day - 20 * DAY, 8)
    assert sorted(await town.mails("visit")) == [ONE, TWO]
    pairs = await town.admin.fetch(
        "SELECT pairing.id FROM pairing JOIN officer ON officer.id = officer_id WHERE pairing.program_id = $1"
        " ORDER BY external_id",
        town.program.id,
    )
    first, second = (row["id"] for row in pairs)
    await visits.answer(town.office, town.scope, first, "yes")
    await visits.answer(town.office, town.scope, second, "no")
    await town.reach(day - 7 * DAY, 8)
    assert (await town.mails("visit"))[2:] == [ONE], "who said no is left in peace"
    await town.reach(day - DAY, 8)
    assert (await town.mails("visit"))[3:] == [ONE]
    assert await town.attribute(handle, STAGE) == "the visit"
    await town.reach(day, 15)
    await visits.attend(town.office, town.scope, first, came=True)
    await town.reach(day + DAY, 18)
    assert (await town.mails("visit"))[4:] == [ONE], "thanks"
    assert await handle.result() == 1
    assert (await town.details(handle)).splitlines() == [
        "**over**",
        "",
        f"- {day - 20 * DAY} invited by now: 2 officers",
        f"- {day - 7 * DAY} reminder 1: 1 officer",
        f"- {day - DAY} reminder 2: 1 officer",
        f"- {day + DAY} thanked, since they came: 1 officer",
    ]


async def test_an_officer_who_comes_after_the_invitations_is_invited_at_once(town: World) -> None:
    await town.begin_visit(times(town))
    day = visit_day(town.program)
    await town.reach(day - 20 * DAY, 8)
    folder = Roster(
        town.program,
        [a_student(number) for number in (1, 2, 3)],
        [an_officer(number) for number in (1, 2, 3)],
        staff(),
        (),
    )
    await roster.apply(town.office, folder)
    for pair in (await town.pair())[-1:]:
        await town.begin_pairing(pair)
    await town.tell()
    await eventually(lambda: _is_invited(town, "officer3@pd.example"), "the invitation")
    await town.reach(day - 7 * DAY, 8)
    assert sorted((await town.mails("visit"))[3:]) == [ONE, TWO, "officer3@pd.example"]
    await town.reach(day - DAY, 8)
    assert sorted((await town.mails("visit"))[6:]) == [ONE, TWO, "officer3@pd.example"], "a reminder for each"


async def test_reminders_that_were_missed_are_left_out(town: World) -> None:
    """The worker comes back the day before the visit: one invitation, and only the last reminder."""
    now = datetime.now(UTC)
    long_ago = VisitTimes(now - 20 * DAY, [now - 7 * DAY, now - timedelta(hours=1)], now + DAY)
    handle = await town.start_visit(long_ago)
    await eventually(lambda: _waits_for_the_visit(town, handle), "the reminder")
    assert sorted(await town.mails("visit")) == [ONE, ONE, TWO, TWO]


async def test_a_visit_that_is_over_is_neither_announced_nor_reminded_of(town: World) -> None:
    now = datetime.now(UTC)
    handle = await town.start_visit(VisitTimes(now - 20 * DAY, [now - 7 * DAY], now - 2 * DAY))
    assert await handle.result() == 0
    assert await town.mails("visit") == []


async def test_an_officer_who_rests_is_invited_as_soon_as_that_is_over(town: World) -> None:
    """An agency's pause is told to the visit, and so is its end."""
    await year.open_year(town.office, town.scope, town.year)
    await town.begin_visit(times(town))
    day, agency, whats = visit_day(town.program), Target(agency="pd"), (What.VISITS,)
    await town.pause(agency, whats)
    await town.reach(day - 20 * DAY, 8)
    assert await town.mails("visit") == []
    await town.resume(agency, whats=whats)
    await eventually(lambda: _is_invited(town, ONE), "the one is asked")
    await eventually(lambda: _is_invited(town, TWO), "and the other")


async def _is_invited(world: World, address: str) -> bool:
    return address in await world.mails("visit")


async def _waits_for_the_visit(town: World, handle: WorkflowHandle[VisitDay, int]) -> bool:
    return "the visit" in await town.details(handle)
