"""The officers' visit at one school: invitations, reserves, reminders, the day, thanks; moved or called off on the way.

Answers stand in the database. The workflow knows when something is due, and hears when something has changed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.tells import Answer
    from activities.visit import AnotherDay, NoVisit, Reminder, VisitActivities
    from activities.year import ThisYear, VisitTimes
    from bluepals.domain.sentences import Sentence, counted
    from bluepals.domain.visit_plan import IS_OVER, STAYS_READ_ALOUD
    from workflows.api.dates import DatesChanged
    from workflows.api.visit_day import (
        WORKFLOW,
        CallOffVisit,
        MoveVisit,
        Plan,
        Stage,
        VisitAnswered,
        VisitChanged,
        VisitDayInput,
    )

from workflows.options import COMMAND, TRANSACTION, refusal, refuse_malformed, refused
from workflows.search_attributes import DUE, STAGE
from workflows.story import dated, show
from workflows.waiting import cut_when_long, happened

THANKS_AFTER = timedelta(days=1)  # By then the teachers have said who came.
A_MOMENT = timedelta(minutes=1)  # The database's clock and the server's may differ by less.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

Order = TypeVar("Order")


@dataclass(frozen=True)
class Step:
    """Something that is due. `until`: from then on it is needless, since the next one or the visit itself comes."""

    at: datetime
    what: Stage
    number: int
    until: datetime

    @property
    def key(self) -> tuple[datetime, str]:
        return self.at, f"{self.what} {self.number}"


@workflow.defn(name=WORKFLOW)
class VisitDay:
    @workflow.init
    def __init__(self, start: VisitDayInput) -> None:
        self._start = start
        self._times = start.times
        self._state = start.state
        self._this = ThisYear(start.program, start.program_year)
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, _: VisitDayInput) -> int:
        while step := await self._step_to_come():
            if await self._comes(step):
                await self._take(step)
            else:
                await self._look_again()
            await cut_when_long(lambda: replace(self._start, times=self._times, state=self._state))
        show("over" if self._state.plan is Plan.TAKES_PLACE else self._state.plan, self._state.story)
        return self._state.thanked

    @workflow.update
    def visit_answered(self, fact: VisitAnswered) -> Answer:  # noqa: ARG002 - its validator reads it
        """Nothing is kept of it: whoever is needed is read from the record, so that a repeated one changes nothing."""
        self._state.heard = True
        return Answer.TAKEN

    @workflow.update
    def dates_changed(self, fact: DatesChanged) -> Answer:  # noqa: ARG002 - its validator reads it
        """A pause freezes the visit, a resume gives it a day again: what is on record is read anew, also a second time."""
        self._state.dates_are_old = True
        return Answer.TAKEN

    @workflow.update
    async def move_visit(self, command: MoveVisit) -> VisitChanged:
        order = AnotherDay(self._this.program, self._this.program_year, command.to)
        return await self._change(VisitActivities.move_visit, order, Plan.TAKES_PLACE)

    @workflow.update
    async def call_off_visit(self, command: CallOffVisit) -> VisitChanged:
        order = NoVisit(self._this.program, self._this.program_year, command.read_aloud)
        plan = Plan.READ_ALOUD if command.read_aloud else Plan.CALLED_OFF
        return await self._change(VisitActivities.call_off_visit, order, plan)

    @visit_answered.validator
    def _refuse_malformed(self, fact: VisitAnswered) -> None:
        refuse_malformed(fact)

    @dates_changed.validator
    def _refuse_no_version(self, fact: DatesChanged) -> None:
        refuse_malformed(fact)

    @move_visit.validator
    def _refuse_move(self, command: MoveVisit) -> None:
        self._refuse_when_over()
        if not command.is_well_formed:
            raise refusal(
                "MalformedCommand", Sentence("The day has to be a date, such as {day}.", day="2027-05-17")
            )

    @call_off_visit.validator
    def _refuse_call_off(self, command: CallOffVisit) -> None:  # noqa: ARG002 - the SDK hands it over
        self._refuse_when_over()

    def _refuse_when_over(self) -> None:
        if self._state.plan is Plan.READ_ALOUD:
            raise refusal("VisitOver", STAYS_READ_ALOUD)
        if self._state.plan is Plan.TAKES_PLACE and workflow.now() >= self._times.over:
            raise refusal("VisitOver", IS_OVER)

    # What is due next

    async def _step_to_come(self) -> Step | None:
        """None: nothing is, and no command is under way that changes it."""
        if self._next_step() is None:
            await workflow.wait_condition(workflow.all_handlers_finished)
        return self._next_step()

    def _next_step(self) -> Step | None:
        passed = self._state.passed_at or LONG_AGO, self._state.passed
        return next(
            (step for step in sorted(self._steps(), key=lambda one: one.key) if step.key > passed), None
        )

    def _steps(self) -> Iterator[Step]:
        times = self._times
        match self._state.plan:
            case Plan.TAKES_PLACE:
                yield Step(times.invite_at, Stage.INVITATIONS, 0, times.over)
                for number, (at, until) in enumerate(
                    pairwise([*sorted(times.remind_at), times.over]), start=1
                ):
                    yield Step(at, Stage.REMINDERS, number, until)
                if times.sheets_at is not None:
                    yield Step(times.sheets_at, Stage.SHEETS, 0, times.over)
                thanks = times.over + THANKS_AFTER
                yield Step(thanks, Stage.VISIT, 0, thanks)
            case Plan.CALLED_OFF | Plan.RESTS:
                until = times.latest or times.over
                yield Step(until, Stage.SECOND_DATE, 0, until)
            case Plan.READ_ALOUD:
                return

    async def _comes(self, step: Step) -> bool:
        """False: an answer, the end of a silence or a change came before."""
        wake = min(step.at, self._state.limit or step.at)
        workflow.upsert_search_attributes([STAGE.value_set(step.what), DUE.value_set(wake)])
        show(self._planned, [f"waiting for: {step.what}, {wake:%Y-%m-%d}", *self._state.story])
        if wake > workflow.now() and await happened(
            lambda: self._state.heard or self._state.dates_are_old, wake, step.what
        ):
            return False
        return wake == step.at and not self._state.dates_are_old

    # What is done then

    async def _take(self, step: Step) -> None:
        async with self._one_at_a_time:
            if step != self._next_step():
                return  # The visit was moved or called off in the meantime.
            match step.what:
                case Stage.INVITATIONS:
                    await self._invite()
                case Stage.REMINDERS:
                    await self._remind(step)
                    await self._invite()
                case Stage.SHEETS:
                    await self._announce_sheets(step)
                case Stage.VISIT:
                    self._state.thanked = await self._thank()
                    self._note(
                        f"thanked, since they came: {counted(self._state.thanked, 'officer', 'officers')}"
                    )
            self._state.passed_at, self._state.passed = step.key
            await self._settle_hosts()

    async def _look_again(self) -> None:
        """Who answered, was silent for too long, or was not invited before the visit moved."""
        async with self._one_at_a_time:
            self._state.heard = False
            if self._state.dates_are_old:
                await self._read_anew()
            if self._state.plan is Plan.TAKES_PLACE and workflow.now() >= self._times.invite_at:
                await self._invite()
            await self._settle_hosts()

    async def _read_anew(self) -> None:
        self._state.dates_are_old = False
        stands = await workflow.execute_activity_method(
            VisitActivities.read_visit, self._this, summary="read the visit's dates anew", **TRANSACTION
        )
        plan = Plan.of(stands.plan)
        if (stands.times, plan) != (self._times, self._state.plan):
            same_day = stands.times == self._times and workflow.patched(
                "what-fell-into-a-rest-is-done-after-it"
            )
            self._times, self._state.plan = stands.times, plan
            self._note(self._planned)
            if not same_day:
                self._state.passed_at, self._state.passed = workflow.now(), ""

    async def _invite(self) -> None:
        """Everybody once; whoever is introduced later when the visit hears of it, at the latest with the next reminder."""
        if workflow.now() >= self._times.over:
            return
        invited = await workflow.execute_activity_method(
            VisitActivities.invite_officers, self._this, summary="invite the officers", **TRANSACTION
        )
        if invited != self._state.invited:
            self._state.invited = invited
            self._note(f"invited by now: {counted(invited, 'officer', 'officers')}")

    async def _remind(self, step: Step) -> None:
        """A worker that was away for days sends one reminder, not all that it missed."""
        if workflow.now() < step.until:
            reminded = await workflow.execute_activity_method(
                VisitActivities.remind_officers,
                Reminder(self._this.program, self._this.program_year, step.number),
                summary=f"reminder {step.number}",
                **TRANSACTION,
            )
            self._note(f"reminder {step.number}: {counted(reminded, 'officer', 'officers')}")

    async def _settle_hosts(self) -> None:
        if self._state.plan is not Plan.TAKES_PLACE or workflow.now() >= self._times.over:
            self._state.limit = None
            return
        limit = await workflow.execute_activity_method(
            VisitActivities.settle_hosts,
            self._this,
            summary="ask reserves where they are needed",
            **TRANSACTION,
        )
        self._state.limit = max(limit, workflow.now() + A_MOMENT) if limit else None

    async def _announce_sheets(self, step: Step) -> None:
        if workflow.now() < step.until:
            told = await workflow.execute_activity_method(
                VisitActivities.announce_sheets,
                self._this,
                summary="run sheet and visitors' list",
                **TRANSACTION,
            )
            self._note(f"run sheet: {counted(told, 'teacher', 'teachers')} told")

    async def _thank(self) -> int:
        return await workflow.execute_activity_method(
            VisitActivities.thank_officers, self._this, summary="thank those who came", **TRANSACTION
        )

    async def _change(
        self,
        activity: Callable[[VisitActivities, Order], Awaitable[VisitTimes]],
        order: Order,
        plan: Plan,
    ) -> VisitChanged:
        """Committed first, with everybody told; then the steps are those of the new day that are still ahead."""
        async with self._one_at_a_time:
            try:
                self._times = await workflow.execute_activity_method(
                    activity, order, summary=f"the visit: {plan}", **COMMAND
                )
            except ActivityError as failed:
                raise refused(failed) from None
            self._state.plan = plan
            self._note(self._planned)
            self._state.passed_at, self._state.passed = workflow.now(), ""
            self._state.limit = None
            self._state.heard = True
        return VisitChanged(plan, self._times.over.isoformat())

    # What the Web UI shows

    @property
    def _planned(self) -> str:
        takes_place = self._state.plan is Plan.TAKES_PLACE
        return f"{self._state.plan}{f' on {self._times.over:%Y-%m-%d}' if takes_place else ''}"

    def _note(self, what: str) -> None:
        self._state.story.append(dated(what))
