"""The year, day by day: the service's own timers fire, then people act."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from temporalio.client import WorkflowUpdateFailedError

from bluepals.domain.calendar import SchoolCalendar
from bluepals.facts import roster
from bluepals.facts.roster import Roster
from bluepals.store import matching, pauses
from bluepals.store.database import Scope
from bluepals.store.pauses import Target
from rehearsal import instants, life, quiet
from rehearsal.actors import Actors
from rehearsal.cast import Staff, couples
from rehearsal.clock import Stuck, VirtualClock
from rehearsal.deciders import Deciders
from rehearsal.dice import Dice
from rehearsal.happenings import Happenings
from rehearsal.life import Event
from rehearsal.rates import Preset, Rates
from rehearsal.shift import A_YEAR_OF_WEEKS, shifted
from rehearsal.workload import ReadingDay, reading_days
from service.opening import open_program
from service.parts import Parts
from workflows.api import assignment, daily_mail, pairing, program_year
from workflows.api import visit_day as visit_workflow
from workflows.assignment import Assignment
from workflows.daily_mail import DailyMail
from workflows.queue import TASK_QUEUE

MORNING, AFTERNOON, EVENING = time(7, 30), time(15), time(17, 30)
QUIET_AFTER = 60.0  # seconds in which nothing leaves; longer means that something is stuck

Progress = Callable[[date, int], None]  # the day that is over, and its number


class NeverQuiet(Stuck):
    """What had to happen did not; the message says what, and where to look."""


@dataclass
class Year:
    parts: Parts
    clock: VirtualClock
    roster: Roster
    rates: Rates
    dice: Dice
    preset: Preset = Preset.CALM
    seen: datetime = field(init=False)  # up to here, what was due has happened
    running: set[str] = field(default_factory=set)
    between: set[str] = field(default_factory=set)  # of children between two officers
    actors: Actors = field(init=False)
    happenings: Happenings = field(init=False)
    deciders: Deciders = field(init=False)
    events: Mapping[date, Sequence[Event]] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)  # what was not quiet when it was last asked
    waiting: int = 0  # eligible students without a pal at the first matching

    def __post_init__(self) -> None:
        self.program = self.roster.program
        self.calendar = SchoolCalendar.of(self.program)
        self.scope = Scope.whole(self.program.id)

    async def begin(self) -> None:
        """Summer: rosters in, reserve officers' letters read, pairs proposed and approved."""
        first = self.program.year.first_day
        eve = first - timedelta(days=1)
        self.seen = self.calendar.instant(eve - self._declining, MORNING)
        await self.clock.turn_to(self.seen)
        rates = self.rates.life(self.preset)
        summer = life.summer(self.roster, rates, self.dice)
        await roster.apply(self.parts.office, summer.roster)
        classes = {(student.school, student.class_name) for student in self.roster.students}
        async with self.parts.database.transaction(self.scope) as connection:
            staff = await Staff.of(connection, classes)
        self._people(staff)
        await self.actors.read(first)
        await open_program(self.parts, self.program, seed=self.dice.seed)
        await self._approve(staff.coordinator)
        await self._introduce(eve)
        async with self.parts.database.transaction(self.scope) as connection:
            cast = await couples(connection)
            self.waiting = len(await matching.children(connection))
        if await self.happenings.has_declined():
            await self._match_again(staff.coordinator)
        await self.actors.plan(first)
        self.events = life.events(self.program, cast, summer.late, rates, self.dice)
        self.running.add(assignment.workflow_id(self.program.id, self.program.first_year))
        for school in self.program.schools:
            year = self.program.program_year_id(school.id)
            self.running |= {program_year.workflow_id(year), visit_workflow.workflow_id(year)}

    def reading_days(self) -> Sequence[ReadingDay]:
        """What each moderator will have to read, known as soon as the year has begun."""
        return reading_days(self.actors.writings, self.actors.staff.readers, self.calendar)

    @property
    def middle(self) -> date:
        """The day on which the children's letters of the middle round are due: desks are full then."""
        return self.program.rounds[len(self.program.rounds) // 2].students_due

    async def play(self, progress: Progress, until: date) -> int:
        """The school year up to this day; how many days it took."""
        first, last = self.program.year.first_day, self.program.year.last_day
        for number, day in enumerate(self.calendar.school_days, start=1):
            if day > until:
                return (until - first).days + 1
            await self._day(day)
            progress(day, number)
        await self._reach(last + timedelta(days=1), MORNING)
        await self._quiet()
        await self._go_on_next_year()
        return (last - first).days + 1

    async def _go_on_next_year(self) -> None:
        async with self.parts.database.transaction(self.scope) as connection:
            rests = any(one.target == Target() for one in await pauses.open_pauses(connection))
        if rests:
            next_year = shifted(self.roster, A_YEAR_OF_WEEKS)
            await self.happenings.go_on_next_year(next_year, self.rates.life(self.preset).wants_to_go_on)

    def _people(self, staff: Staff) -> None:
        """Those to whom things happen, who write and read, and who decide."""
        this, rates = (self.parts, self.program, staff), self.rates.life(self.preset)
        self.actors = Actors(*this, self.rates, rates, self.dice, self._meet)
        match_again = partial(self._match_again, staff.coordinator)
        self.happenings = Happenings(*this, self.dice, self._wake, match_again)
        self.deciders = Deciders(*this, rates, self.dice, self.actors.plan_second_draft, self._quiet)

    async def _approve(self, coordinator: UUID) -> None:
        """The coordinator approves everything that was proposed."""
        await self._until(self._proposed, "a proposal")
        async with self.parts.database.transaction(self.scope) as connection:
            proposed = await matching.open_pairs(connection)
        if proposed:
            await self._until(partial(self._approved, coordinator), "the matching to take the approval")
        await self._quiet()

    async def _match_again(self, coordinator: UUID) -> None:
        """Those who came late, and whoever waits still."""
        matching_of_the_year = assignment.workflow_id(self.program.id, self.program.first_year)
        handle = self.parts.client.get_workflow_handle(matching_of_the_year)
        if await handle.execute_update(Assignment.propose_again):
            await self._approve(coordinator)

    async def _approved(self, coordinator: UUID) -> bool:
        """False: the proposal is committed, and its workflow has not heard of that yet."""
        matching_of_the_year = assignment.workflow_id(self.program.id, self.program.first_year)
        handle = self.parts.client.get_workflow_handle(matching_of_the_year)
        try:
            await handle.execute_update(
                Assignment.approve_pairs, assignment.DecideAboutPairs([], str(coordinator))
            )
        except WorkflowUpdateFailedError:
            return False
        return True

    @property
    def _declining(self) -> timedelta:
        return timedelta(days=self.program.policy.declining_days)

    async def _introduce(self, eve: date) -> None:
        """Some decline; on the day before school begins all others have been introduced."""
        async with self.parts.database.transaction(self.scope) as connection:
            waiting = await connection.fetch(
                "SELECT id FROM pairing WHERE introduced_at IS NULL AND ended_at IS NULL"
            )
        # A pair is asked before its workflow begins, and only a workflow that has begun can be told the day.
        workflows = {pairing.workflow_id(str(row["id"])) for row in waiting}
        await self._until(partial(self.clock.have_begun, workflows), "the year to begin its pairings")
        await self.happenings.decline(self.rates.life(self.preset).declined)
        self.seen = self.calendar.instant(eve, EVENING)
        await self.clock.turn_to(self.seen)
        await self._wake(workflows)
        await self._quiet()

    async def _proposed(self) -> bool:
        async with self.parts.database.transaction(self.scope) as connection:
            return bool(await matching.latest_needs(connection))

    async def _day(self, day: date) -> None:
        await self._reach(day, MORNING)
        await self._daily_mail(day)
        await self._reach(day, AFTERNOON)
        await self.actors.read(day)
        await self.actors.act(day)
        await self._quiet()  # Here too: what is released and mailed now is not of the evening.
        await self._live(day)
        await self._reach(day, EVENING)
        await self._quiet()

    async def _live(self, day: date) -> None:
        """What life brings on this day, one thing after the other; then whoever has to decide does."""
        for event in self.events.get(day, ()):
            await self.happenings.bring(event)
            await self._quiet()
        await self.deciders.decide(day)

    async def _reach(self, day: date, at: time) -> None:
        """Turn the clock; workflows for which something was due on the way move along."""
        now = self.calendar.instant(day, at)
        await self.clock.turn_to(now)
        waking = await self._waking(day, now)
        self.seen = now
        if waking:
            await self._wake(waking)
            await self._quiet()  # What they caused leaves at this time of the day, not at the next one.

    async def _waking(self, day: date, now: datetime) -> set[str]:
        waking = (
            set(self.between) if self.seen < instants.looks_for_officers(self.program, day) <= now else set()
        )
        async with self.parts.database.transaction(self.scope) as connection:
            if await instants.any_between(connection, self.program, self.seen, now):
                ending = (await instants.running(connection)).ending
                waking |= self.running.intersection(ending) | await self.clock.due(self.running, now)
        return waking

    async def _meet(self, pairings: AbstractSet[UUID]) -> None:
        """Pairings that are about to hear something know what day it is."""
        await self._wake([pairing.workflow_id(str(one)) for one in pairings])

    async def _wake(self, workflows: Iterable[str]) -> None:
        closed = await self.clock.move(workflows, self.seen)
        self.running -= closed
        self.between -= closed

    async def _follow_life(self) -> None:
        """Workflows that have begun since, or whose pairing has ended, know what day it is."""
        async with self.parts.database.transaction(self.scope) as connection:
            found = await instants.running(connection)
        new = {*found.living, *found.between} - self.running - self.between
        self.running.update(found.living)
        self.between.update(found.between)
        await self._wake(new | self.running.intersection(found.ending))

    async def _daily_mail(self, day: date) -> None:
        """What the Schedule does every morning; Schedules keep real time."""
        workflow = f"{daily_mail.workflow_id(self.program.id)}-{day}"
        try:
            async with asyncio.timeout(QUIET_AFTER):
                await self.parts.client.execute_workflow(
                    DailyMail.run,
                    daily_mail.DailyMailInput(self.program.id, self.program.timezone, day.isoformat()),
                    id=workflow,
                    task_queue=TASK_QUEUE,
                )
        except TimeoutError:
            raise NeverQuiet(
                f"{workflow} was not done within {QUIET_AFTER:.0f} seconds. Look at it in the Web UI."
            ) from None

    async def _quiet(self) -> None:
        """Until every tell is answered, every due mail and letter has left, and whoever may begin has begun."""
        if not await self._nothing_due():
            self.parts.bell.ring(self.program.id)
            await self._until(self._nothing_due, "tells and mails to leave")
        await self._follow_life()

    async def _nothing_due(self) -> bool:
        async with self.parts.database.transaction(self.scope) as connection:
            self.left = await quiet.left(connection)
            put_off = await quiet.put_off(connection)
        await self.parts.teller.tell_all(self.scope, put_off)
        return not self.left

    async def _until(self, reached: Callable[[], Awaitable[bool]], what: str) -> None:
        try:
            async with asyncio.timeout(QUIET_AFTER) as patience:
                before = self.left
                while not await reached():
                    if self.left != before:  # A busy machine is slow, and not stuck.
                        before = self.left
                        patience.reschedule(asyncio.get_running_loop().time() + QUIET_AFTER)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            left = ", ".join(f"{count} {name}" for name, count in self.left.items()) or "nothing on record"
            raise NeverQuiet(
                f"Waited {QUIET_AFTER:.0f} seconds for {what}; left: {left}. Look at the outbox in the Web UI."
            ) from None
