"""One school's year: its pairings begin, its classes open their letters, the officers visit, the year closes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.starting import StartActivities, StartWorkflows, WorkflowStart
    from activities.tells import Answer
    from activities.year import OneOpening, ThisYear, YearActivities, YearCalendar, YearNumbers
    from bluepals.domain.sentences import counted
    from workflows.api import pairing, visit_day
    from workflows.api.dates import DatesChanged
    from workflows.api.program_year import WORKFLOW, PairsApproved, ProgramYearInput, Stage

from workflows.options import BATCH, TRANSACTION, date_moved, refuse_malformed
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import DUE, PROGRAM_YEAR, ROUND, SCHOOL, STAGE, set_or_unset
from workflows.waiting import cut_when_long, happened


@workflow.defn(name=WORKFLOW)
class ProgramYear:
    @workflow.init
    def __init__(self, start: ProgramYearInput) -> None:
        self._start = start
        self._state = start.state
        self._this = ThisYear(start.program, start.program_year)
        self._over = False
        self._calendar: YearCalendar | None = None
        self._calendar_is_old = False

    @workflow.run
    async def run(self, _: ProgramYearInput) -> YearNumbers:
        await self._open()
        await self._start_visit_day()
        while number := self._next_opening():
            await self._opening_day(number)
            await cut_when_long(lambda: replace(self._start, state=self._state))
        await self._visit()
        await self._last_weeks()
        return await self._close()

    @workflow.update
    def pairs_approved(self, fact: PairsApproved) -> Answer:
        if fact.batch in self._state.batches:
            return Answer.KNOWN
        if self._over:
            return Answer.CLOSED
        self._state.batches.append(fact.batch)
        self._state.pairs_waiting = True
        return Answer.TAKEN

    @pairs_approved.validator
    def _refuse_malformed(self, fact: PairsApproved) -> None:
        refuse_malformed(fact)

    @workflow.update
    def dates_changed(self, fact: DatesChanged) -> Answer:
        """The new dates are read before a class opens its letters."""
        if self._over or (self._calendar is not None and fact.version <= self._calendar.version):
            return Answer.KNOWN
        self._calendar_is_old = True
        return Answer.TAKEN

    @dates_changed.validator
    def _refuse_no_version(self, fact: DatesChanged) -> None:
        refuse_malformed(fact)

    async def _open(self) -> None:
        """Also read again, when the dates have changed."""
        self._calendar_is_old = False
        self._calendar = await workflow.execute_activity_method(
            YearActivities.open_year, self._this, summary="open the year", **TRANSACTION
        )

    async def _start_visit_day(self) -> None:
        """It lives by itself from here on: the visit is prepared while letters still go back and forth, unless it rests."""
        stands = visit_day.VisitDayState(visit_day.Plan.of(self._dates.visit_stands))
        argument = visit_day.VisitDayInput(
            self._start.program, self._start.program_year, self._dates.visit, stands
        )
        await self._start_workflows(
            visit_day.WORKFLOW,
            visit_day.Stage.INVITATIONS,
            [(visit_day.workflow_id(self._start.program_year), argument)],
        )

    def _next_opening(self) -> int | None:
        """None: none is left, or no year."""
        if self._dates.closes <= workflow.now():
            return None
        numbers = (day.number for day in self._dates.opening_days)
        return next((number for number in numbers if number > self._state.opening_days_done), None)

    def _opens_at(self, number: int) -> datetime | None:
        """None: frozen by a pause. What was left out is over now."""
        return next(
            (day.opens_at for day in self._dates.opening_days if day.number == number), workflow.now()
        )

    async def _opening_day(self, number: int) -> None:
        """The class opens its letters together: the teacher gets the pack that morning."""
        self._enter(Stage.ROUNDS, number, self._opens_at(number))
        sent = False
        while not sent and self._next_opening() == number:
            await self._beginning_pairings_until(lambda: self._opens_at(number), f"opening day {number}")
            if (opens_at := self._opens_at(number)) and opens_at <= workflow.now():
                sent = await self._packs_sent(number, opens_at)
        self._state.opening_days_done = number

    async def _packs_sent(self, number: int, opens_at: datetime) -> bool:
        """False: a pause has moved the day meanwhile, or its round was left out."""
        try:
            await workflow.execute_activity_method(
                YearActivities.send_packs,
                OneOpening(self._start.program, self._start.program_year, number, opens_at),
                summary=f"send the packs of opening day {number}",
                **TRANSACTION,
            )
        except ActivityError as error:
            if not date_moved(error):
                raise
            self._calendar_is_old = True
            return False
        return True

    async def _visit(self) -> None:
        """Its own workflow holds it. When it is over, everybody hears that the year of letters is."""

        def over() -> datetime:
            return min(self._dates.visit.over, self._dates.closes)

        self._enter(Stage.VISIT, self._state.opening_days_done, over())
        await self._beginning_pairings_until(over, "the officers' visit")
        await workflow.execute_activity_method(
            YearActivities.say_farewells, self._this, summary="say farewell to the pairs", **BATCH
        )

    async def _last_weeks(self) -> None:
        self._enter(Stage.LAST_WEEKS, self._state.opening_days_done, self._dates.closes)
        await self._beginning_pairings_until(lambda: self._dates.closes, "the end of the year")

    async def _close(self) -> YearNumbers:
        """Pairs that are approved from here on are answered "closed", and a person looks at them."""
        self._over = True
        numbers = await workflow.execute_activity_method(
            YearActivities.close_year, self._this, summary="close the year and count it", **TRANSACTION
        )
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._enter(Stage.CLOSED, self._state.opening_days_done, workflow.now())
        return numbers

    async def _beginning_pairings_until(self, deadline: Callable[[], datetime | None], what_for: str) -> None:
        """Pairs that the coordinator approves begin at once, early in the year or late. What is frozen comes not this year."""
        while True:
            await self._follow_calendar(deadline)
            until = deadline() or self._dates.closes
            if until <= workflow.now():
                return
            if self._state.pairs_waiting:
                await self._begin_pairings(self._dates.closes)
            await happened(lambda: self._state.pairs_waiting or self._calendar_is_old, until, what_for)

    @property
    def _dates(self) -> YearCalendar:
        assert self._calendar is not None  # noqa: S101 - read first of all
        return self._calendar

    async def _follow_calendar(self, deadline: Callable[[], datetime | None]) -> None:
        while self._calendar_is_old:
            await self._open()
            due = deadline()
            workflow.upsert_search_attributes([set_or_unset(DUE, due)])

    async def _begin_pairings(self, closes: datetime) -> None:
        self._state.pairs_waiting = False
        pairings = await workflow.execute_activity_method(
            YearActivities.pairings_to_begin, self._this, summary="which pairings begin?", **BATCH
        )
        starts = [
            (
                pairing.workflow_id(one.pairing_id),
                pairing.PairingInput(
                    self._start.program, one.pairing_id, closes.isoformat(), one.declinable_until
                ),
            )
            for one in pairings
        ]
        await self._start_workflows(pairing.WORKFLOW, pairing.Stage.INTRODUCTION, starts)

    async def _start_workflows(self, name: str, stage: str, starts: Sequence[tuple[str, object]]) -> None:
        attributes = {
            SCHOOL.name: self._start.school,
            PROGRAM_YEAR.name: self._start.program_year,
            STAGE.name: stage,
        }
        await workflow.execute_activity_method(
            StartActivities.start_workflows,
            StartWorkflows(
                name,
                f"{name} at {self._start.school}",
                TASK_QUEUE,
                attributes,
                [WorkflowStart(*start) for start in starts],
            ),
            summary=f"start {len(starts)} x {name}",
            **BATCH,
        )

    def _enter(self, stage: Stage, round_number: int, due: datetime | None) -> None:
        workflow.upsert_search_attributes(
            [
                STAGE.value_set(stage),
                ROUND.value_set(round_number),
                set_or_unset(DUE, due),
            ]
        )
        held = counted(self._state.opening_days_done, "opening day", "opening days")
        workflow.set_current_details(f"**{stage}**, {held} held")
