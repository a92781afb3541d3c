"""One program as people and time drive it; its workflows run on the real server, on clocks that are turned here."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.mail import MailActivities, SendBatch
from activities.tells import TellActivities, TellDue, Told
from audit import audit
from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.visit_plan import VisitInstants, visit_instants
from bluepals.facts import letters, roster
from bluepals.facts.roster import Roster
from bluepals.store import programs, stopwatches
from bluepals.store.database import Connection, Scope
from rehearsal.clock import VirtualClock
from service.open_rows import OpenRows
from service.opening import open_program
from tests.always_true import promises, town
from tests.always_true.stage import Stage
from tests.workflows.world import first_day
from workflows.api import assignment, daily_mail, new_officer, pairing, program_year, referral, visit_day
from workflows.assignment import Assignment
from workflows.daily_mail import DailyMail
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import DUE

A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A_YEAR = timedelta(weeks=52)  # The next one begins on a Monday too.
MORNING = time(7)
QUIET_AFTER = 30.0  # seconds; longer means that something is stuck
MOST_ATTEMPTS = 3  # of an activity or a workflow task, before it is taken for one that never succeeds
A_NIGHTS_PAGES = timedelta(
    hours=2
)  # how far a stopwatch goes with each move: hourly pages of weeks say nothing new

THERE = """
    SELECT EXISTS (SELECT FROM proposed_pair WHERE state = 'proposed') AS proposed,
           EXISTS (SELECT FROM pairing WHERE introduced_at IS NULL AND ended_at IS NULL) AS declinable,
           EXISTS (SELECT FROM pairing WHERE introduced_at IS NOT NULL) AS introduced,
           EXISTS (SELECT FROM draft WHERE NOT EXISTS (SELECT FROM decision WHERE draft_id = draft.id)) AS waiting,
           EXISTS (SELECT FROM draft WHERE written_for <> 'stock') AS written,
           EXISTS (SELECT FROM case_file WHERE closed_at IS NULL) AS cases,
           EXISTS (SELECT FROM pause WHERE ended_at IS NULL) AS pauses,
           EXISTS (SELECT FROM replacement WHERE closed_at IS NULL) AS replacements,
           EXISTS (SELECT FROM officer WHERE leaves_at IS NOT NULL) AS leaving,
           EXISTS (SELECT FROM ending WHERE reason = 'left the school') AS children_leaving,
           EXISTS (SELECT FROM legal_hold WHERE released_at IS NULL) AS held,
           EXISTS (SELECT FROM rung WHERE side = 'officer') AS silent,
           EXISTS (SELECT FROM visit) AS invited,
           EXISTS (SELECT FROM visit_host) AS hosts,
           EXISTS (SELECT FROM erasure WHERE confirmed_at IS NULL) AS wished_to_erase
"""


class Stuck(AssertionError):
    """Something fails again and again, or never ends; the message says what."""


@dataclass
class DrivenProgram:
    """`now` is the program's time. `absent`: stretches in which no worker was there; what fell into them came late."""

    stage: Stage
    name: str
    now: datetime = field(init=False)
    people: dict[str, UUID] = field(default_factory=dict)
    in_files: set[str] = field(default_factory=set)
    running: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    dues: dict[str, datetime | None] = field(default_factory=dict)
    terminated: set[str] = field(default_factory=set)
    stopwatches: dict[str, datetime] = field(default_factory=dict)
    absent: list[tuple[datetime, datetime]] = field(default_factory=list)
    there: Mapping[str, bool] = field(default_factory=dict)  # what a deed could be done to: see `THERE`
    is_next_year: bool = False
    seen: int = 0  # the last delivery whose gates have been looked at

    def __post_init__(self) -> None:
        self._plan(first_day())
        self.scope = Scope.whole(self.name)
        self.parts = self.stage.parts
        self.office, self.client, self.database = self.parts.office, self.parts.client, self.parts.database
        self.clock = VirtualClock(self.client, self.stage.admin, self.name)
        self.students, self.officers = town.children(), town.officers()
        self.now = self._summer

    def _plan(self, first_day: date) -> None:
        self.program = town.a_town(self.name, first_day)
        self.calendar = SchoolCalendar.of(self.program)

    # The beginning: rosters in, reserve letters read, pairs proposed.

    @property
    def _summer(self) -> datetime:
        return self.calendar.instant(self.program.year.first_day - 3 * A_DAY, 8)

    async def begin(self) -> None:
        await self.clock.turn_to(self.now)
        self.in_files = {*self.students, *self.officers} - set(town.LATE)
        await self._open()

    async def begin_next_year(self) -> None:
        """Its folder has the officers of the last one and other children: whoever was a pal has left fifth grade."""
        self._plan(self.program.year.first_day + A_YEAR)
        await self.hurry(self._summer)
        self.in_files = {*self.officers, *town.LATE}
        self.is_next_year = True
        await self._open()

    async def _open(self) -> None:
        await self.bring_files()
        await self._approve_stock()
        await open_program(self.parts, self.program, seed=1)
        await self.settle()

    async def bring_files(self) -> None:
        """The folder as it stands; whoever is in it is known from here on."""
        await roster.apply(
            self.office,
            Roster(
                self.program,
                [one for key, one in self.students.items() if key in self.in_files],
                [one for key, one in self.officers.items() if key in self.in_files],
                town.staff(),
                town.stock_letters(),
            ),
        )
        rows = await self.stage.admin.fetch(
            "SELECT external_id, id FROM staff WHERE program_id = $1"
            " UNION ALL SELECT external_id, id FROM officer WHERE program_id = $1"
            " UNION ALL SELECT external_id, id FROM student WHERE program_id = $1",
            self.name,
        )
        self.people = {row["external_id"]: row["id"] for row in rows}

    async def _approve_stock(self) -> None:
        for one in await letters.waiting(self.office, self.scope):
            await letters.decide(
                self.office,
                self.scope,
                draft_id=one.draft_id,
                draft_hash=one.hash,
                verdict=Verdict.APPROVE,
                decided_by=self.people["moderator"],
            )

    @property
    def matching(self) -> WorkflowHandle[Assignment, None]:
        return self.client.get_workflow_handle_for(
            Assignment.run, assignment.workflow_id(self.name, self.program.first_year)
        )

    def year_of(self, school: str) -> str:
        return self.program.program_year_id(school)

    # Who and what there is, by names that are the same in each run.

    async def pairing_of(self, child: str) -> UUID | None:
        """The child's newest, living or not."""
        return await self._one(
            "SELECT pairing.id FROM pairing JOIN student ON student.id = student_id WHERE external_id = $1"
            " ORDER BY ended_at IS NOT NULL, ended_at DESC LIMIT 1",
            child,
        )

    async def officer_of(self, pairing_id: UUID) -> UUID:
        found = await self._one("SELECT officer_id FROM pairing WHERE id = $1", pairing_id)
        assert found is not None
        return found

    async def teacher_of(self, child: str) -> UUID:
        row = await self._row("SELECT school_id, class_name FROM student WHERE external_id = $1", child)
        return self.people.get(f"{row['school_id']}-{row['class_name']}", self.people["coordinator"])

    async def draft_of(self, child: str, round_number: int, side: Side) -> UUID | None:
        """The newest draft of this letter of the child's newest pairing."""
        return await self._one(
            "SELECT draft.id FROM draft JOIN letter ON letter.id = letter_id"
            " WHERE pairing_id = $1 AND round_number = $2 AND side = $3 ORDER BY draft.number DESC LIMIT 1",
            await self.pairing_of(child),
            round_number,
            side,
        )

    async def hash_of(self, draft_id: UUID) -> bytes:
        found: bytes = (await self._row("SELECT hash FROM draft WHERE id = $1", draft_id))["hash"]
        return found

    async def between_whom(self, draft_id: UUID) -> tuple[str, UUID]:
        """The child and the officer of a letter's pairing."""
        row = await self._row(
            "SELECT student.external_id, officer_id FROM draft JOIN letter ON letter.id = letter_id"
            " JOIN pairing ON pairing.id = pairing_id JOIN student ON student.id = student_id WHERE draft.id = $1",
            draft_id,
        )
        return row["external_id"], row["officer_id"]

    async def nth(self, query: str, number: int) -> UUID | None:
        """One of those that a query names, round and round."""
        async with self.database.transaction(self.scope) as connection:
            found = await connection.fetch(query)
        return found[number % len(found)]["id"] if found else None

    async def _one(self, query: str, *values: object) -> UUID | None:
        async with self.database.transaction(self.scope) as connection:
            found: UUID | None = await connection.fetchval(query, *values)
            return found

    async def _row(self, query: str, *values: object) -> Any:
        async with self.database.transaction(self.scope) as connection:
            return await connection.fetchrow(query, *values)

    # Time.

    async def a_minute_later(self) -> None:
        """Each thing that people do has a time of its own."""
        self.now += A_MINUTE
        await self.clock.turn_to(self.now)

    async def days_pass(self, days: int) -> None:
        """Until the morning of the school day then, with its daily mail."""
        day = self.calendar.next_school_day(self.today + days * A_DAY)
        await self.reach(self.calendar.instant(day, MORNING))
        await self.morning(day)

    async def to_next_date(self) -> None:
        await self.reach(await self._next_date() or self.now + A_DAY)

    async def a_quarter_passes(self) -> None:
        await self.reach(self.now + 15 * A_MINUTE)

    async def reach(self, end: datetime) -> None:
        """Live until then: whatever is due on the way happens at its time, as long as somebody serves it."""
        while self.now < end:
            due = await self._next_date() if self.stage.is_served else None
            await self._go(min(end, due or end))

    async def hurry(self, end: datetime) -> None:
        """Live until then, in as few steps as the year has days that everybody waits for: the rest is done a little late."""
        while self.now < end:
            await self._go(
                min((one for one in await self._great_days() if self.now < one < end), default=end)
            )

    async def _go(self, to: datetime) -> None:
        passed, self.now = to - self.now, to
        await self.clock.turn_to(to)
        if self.stage.is_served:
            await self._move(passed)
            await self.settle()

    async def _move(self, passed: timedelta) -> None:
        """Whoever has something to do by now; who has not says so by its search attribute, and is left where it is."""
        due = {one for one in self.running if (at := self.dues.get(one)) is None or at <= self.now}
        await self.meet(*(due - set(self.stopwatches)))
        for one in sorted(set(self.stopwatches) & self.running):
            self.stopwatches[one] += min(passed, A_NIGHTS_PAGES)
            await self._bring([one], self.stopwatches[one])

    async def meet(self, *workflow_ids: str) -> None:
        """They know what time it is."""
        await self._bring(workflow_ids, self.now)

    async def _bring(self, workflow_ids: Iterable[str], to: datetime) -> None:
        closed = await self.clock.move(sorted(workflow_ids), to)
        self.running -= closed
        self.closed |= closed - self.terminated

    async def morning(self, day: date) -> None:
        """What the Schedule does; Schedules keep real time."""
        if self.stage.is_served:
            await self.client.execute_workflow(
                DailyMail.run,
                daily_mail.DailyMailInput(self.name, self.program.timezone, day.isoformat()),
                id=f"{daily_mail.workflow_id(self.name)}-{day}-{self.now:%H%M}",
                task_queue=TASK_QUEUE,
            )
            await self.settle()
            await self.post()

    async def post(self) -> None:
        """What the outbox does with the mail that is due."""
        sending = MailActivities(self.database, self.stage.postbox)
        await ActivityEnvironment().run(sending.send_batch, SendBatch(self.name))

    @property
    def today(self) -> date:
        return self.now.astimezone(self.calendar.zone).date()

    async def _next_date(self) -> datetime | None:
        async with self.database.transaction(self.scope) as connection:
            found = [*await self._dates(connection), *await self._visits(connection)]
        hour = self.program.policy.due_hour
        found += [self.calendar.instant(self.program.year.last_day, hour - early) for early in (1, 0)]
        return min((one for one in found if one > self.now), default=None)

    async def _great_days(self) -> Sequence[datetime]:
        """Packs closed, filled at the last moment and opened, the visit, the end."""
        async with self.database.transaction(self.scope) as connection:
            packs = await connection.fetch(
                "SELECT unnest(ARRAY[pack_closes_at, opens_at - interval '1 hour', opens_at]) AS at FROM round"
            )
            visits = [await self._visit(connection, year) for year, _, _ in await programs.years(connection)]
        closes = self.calendar.instant(self.program.year.last_day, self.program.policy.due_hour)
        return [
            *(row["at"] for row in packs if row["at"]),
            *(one.over for one in visits),
            closes - AN_HOUR,
            closes,
        ]

    @staticmethod
    async def _dates(connection: Connection) -> Iterable[datetime]:
        rows = await connection.fetch(
            "SELECT unnest(ARRAY[students_due_at, officers_due_at, pack_closes_at, opens_at - interval '1 hour', opens_at])"
            "   AS at FROM round"
            " UNION SELECT unnest(ARRAY[students_due_at, officers_due_at]) FROM moved_round"
            " UNION SELECT declining_until FROM pairing UNION SELECT farewell_until FROM ending"
            " UNION SELECT unnest(ARRAY[farewell_until, rest_until]) FROM replacement WHERE closed_at IS NULL"
            " UNION SELECT answer_by FROM visit UNION SELECT answer_by FROM visit_host"
        )
        return [row["at"] for row in rows if row["at"] is not None]

    async def _visits(self, connection: Connection) -> Iterable[datetime]:
        instants = [await self._visit(connection, year) for year, _, _ in await programs.years(connection)]
        return [
            at
            for one in instants
            for at in (one.invite_at, *one.remind_at, one.sheets_at, one.over, one.over + A_DAY, one.latest)
        ]

    async def _visit(self, connection: Connection, year: str) -> VisitInstants:
        return visit_instants(self.program, await programs.visit_on(connection, year))

    # The worker.

    async def lose_worker(self) -> None:
        await self.stage.stop_worker()
        self.absent.append((self.now, datetime.max.replace(tzinfo=UTC)))

    async def worker_is_back(self) -> None:
        if not self.stage.is_served:
            await self.stage.start_worker()
            began, _ = self.absent.pop()
            self.absent.append((began, self.now))
            await self._move(self.now - began)
            await self.settle()

    async def terminate(self, number: int) -> None:
        """Somebody's mistake, about one of those whose open row starts them again."""
        kinds = ("referral-", "new-officer-")
        if found := sorted(one for one in self.running if one.startswith(kinds)):
            one = found[number % len(found)]
            self.terminated.add(one)
            await self.client.get_workflow_handle(one).terminate("somebody's mistake")

    # Quiet: every tell answered, every workflow waiting for nothing but time or people.

    async def settle(self) -> None:
        """What has begun since is seen by the next look; nothing begins but by a tell, a timer or a workflow that is busy."""
        if not self.stage.is_served:
            return
        try:
            async with asyncio.timeout(QUIET_AFTER):
                while not await self._is_still():
                    pass
        except TimeoutError:
            raise Stuck(f"The program was not quiet within {QUIET_AFTER} seconds.") from None

    async def _is_still(self) -> bool:
        described = await asyncio.gather(*(self._describe(one) for one in sorted(self.running)))
        is_waiting = [self._waits(one) for one in described]
        return all(is_waiting) and not await self._tell() and not await self._attend_new()

    async def _tell(self) -> int:
        telling = TellActivities(self.parts.teller, self.database, OpenRows(self.client, self.parts.office))
        told = await ActivityEnvironment().run(telling.tell_due, TellDue(self.name))
        assert isinstance(told, Told)
        return told.answered

    async def _attend_new(self) -> set[str]:
        """Workflows that have begun since; they come to the program's time."""
        unknown = sorted(await self._expected() - self.running - self.closed)
        described = await asyncio.gather(*(self._describe(one) for one in unknown))
        begun = {
            one.id
            for one in described
            if one is not None
            and (one.status is not WorkflowExecutionStatus.TERMINATED or one.id not in self.terminated)
        }
        for one in begun:
            if one.startswith("referral-"):  # Its pages count from its own beginning.
                self.stopwatches[one] = datetime.now(UTC)
        self.running |= begun
        self.terminated -= begun
        await self.meet(*(begun - set(self.stopwatches)))
        return begun

    async def _expected(self) -> set[str]:
        """By the ids on record; lists of the server lag."""
        async with self.database.transaction(self.scope) as connection:
            pairings = await connection.fetch("SELECT id::text FROM pairing")
            replacements = await connection.fetch("SELECT id::text FROM replacement")
            referrals = await stopwatches.open_referrals(connection)
            years = await programs.years(connection)
        return {
            assignment.workflow_id(self.name, self.program.first_year),
            *(pairing.workflow_id(row["id"]) for row in pairings),
            *(new_officer.workflow_id(row["id"]) for row in replacements),
            *(referral.workflow_id(str(one)) for one in referrals),
            *(program_year.workflow_id(year) for year, _, _ in years),
            *(visit_day.workflow_id(year) for year, _, _ in years),
        }

    async def _describe(self, workflow_id: str) -> WorkflowExecutionDescription | None:
        try:
            return await self.client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    def _waits(self, described: WorkflowExecutionDescription | None) -> bool:
        """For time or people. Raises Stuck when it fails again and again."""
        assert described is not None
        if described.status is WorkflowExecutionStatus.TERMINATED and described.id in self.terminated:
            self.running.discard(described.id)  # Until its open row has started it again.
            return True
        if described.status is not WorkflowExecutionStatus.RUNNING:
            if described.status is not WorkflowExecutionStatus.COMPLETED:
                raise Stuck(f"{described.id} has ended as {described.status}.")
            self.running.discard(described.id)
            self.closed.add(described.id)
            return True
        self.dues[described.id] = described.typed_search_attributes.get(DUE)
        raw = described.raw_description
        if raw.pending_workflow_task.attempt > MOST_ATTEMPTS:
            raise Stuck(f"A workflow task of {described.id} fails again and again.")
        for one in raw.pending_activities:
            if one.attempt > MOST_ATTEMPTS:
                raise Stuck(
                    f"{one.activity_type.name} of {described.id} fails again and again: {one.last_failure.message}"
                )
        return not raw.pending_activities and not raw.HasField("pending_workflow_task")

    # What holds.

    async def broken(self) -> Sequence[str]:
        """The promises that do not hold now, each in a sentence."""
        async with self.database.transaction(self.scope) as connection:
            found = [line for promise in promises.AT_ANY_TIME for line in await promise(connection)]
            found += await promises.nothing_ungated(connection, self.seen)
            self.there = dict(await connection.fetchrow(THERE) or {})
            self.seen = await connection.fetchval("SELECT coalesce(max(sequence), 0) FROM delivery")
            if self.stage.is_served:
                found += [
                    line for promise in promises.WHEN_QUIET for line in await promise(connection, self.absent)
                ]
                found += [
                    f"The row of {one} is open, and its workflow does not run."
                    for one in await promises.workflows_of_open_rows(connection)
                    if one not in self.running
                ]
        return found

    # The end.

    async def finish(self) -> Sequence[str]:
        """The rest of the year passes; what does not hold then."""
        await self.worker_is_back()
        after = self.program.year.last_day + A_DAY
        await self.hurry(self.calendar.instant(after, 8))
        await self.post()
        found = list(await self.broken())
        async with self.database.transaction(self.scope) as connection:
            found += await promises.everything_is_closed(connection)
        found += [f"{one} still runs after the year." for one in sorted(self.running - set(self.stopwatches))]
        report = await audit(self.parts, self.name)
        found += [
            one.sentence
            for check in report.checks
            for one in check.violations
            if one.rule != "empty-handed"
            or not self.absent  # Asked above, of the days on which somebody served.
        ]
        return found

    async def leave(self) -> None:
        """Nothing of this program runs on beside the next one."""
        await self.stage.start_worker()
        for one in self.running:
            with suppress(RPCError):  # It has closed meanwhile.
                await self.client.get_workflow_handle(one).terminate("the sequence is over")
        await self.stage.admin.execute("TRUNCATE program, virtual_clock CASCADE")
