"""One school's year: its pairings begin, its classes open their letters, the officers visit, the year closes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.starting import StartActivities, StartWorkflows, WorkflowStart
    from activities.tells import Answer
    from activities.year import OneOpening, OpeningDay, ThisYear, YearActivities, YearCalendar, YearNumbers
    from workflows.api import pairing, visit_day
    from workflows.api.program_year import WORKFLOW, PairsApproved, ProgramYearInput

from workflows.options import BATCH, TRANSACTION, refusal
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import DUE, PROGRAM_YEAR, ROUND, SCHOOL, STAGE


@workflow.defn(name=WORKFLOW)
class ProgramYear:
    @workflow.init
    def __init__(self, start: ProgramYearInput) -> None:
        self._start = start
        self._state = start.state
        self._this = ThisYear(start.program, start.program_year)
        self._over = False

    @workflow.run
    async def run(self, _: ProgramYearInput) -> YearNumbers:
        calendar = await self._open()
        await self._start_visit_day(calendar)
        for day in calendar.opening_days[self._state.opening_days_done :]:
            await self._opening_day(day, calendar.closes)
            await self._continue_as_new_when_long()
        await self._last_weeks(calendar)
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
        if not fact.is_well_formed:
            raise refusal(
                "MalformedFact",
                "batch has to be the key of a tell. Facts are sent by starter.py, not by hand.",
            )

    async def _open(self) -> YearCalendar:
        return await workflow.execute_activity_method(
            YearActivities.open_year, self._this, summary="open the year", **TRANSACTION
        )

    async def _start_visit_day(self, calendar: YearCalendar) -> None:
        """It lives by itself from here on: the visit is prepared while letters still go back and forth."""
        argument = visit_day.VisitDayInput(self._start.program, self._start.program_year, calendar.visit)
        await self._start_workflows(
            visit_day.WORKFLOW,
            visit_day.Stage.INVITATIONS,
            [(visit_day.workflow_id(self._start.program_year), argument)],
        )

    async def _opening_day(self, day: OpeningDay, closes: datetime) -> None:
        """The class opens its letters together: the teacher gets the pack that morning."""
        self._enter("rounds", day.number, day.opens_at)
        await self._beginning_pairings_until(day.opens_at, closes, f"opening day {day.number}")
        await workflow.execute_activity_method(
            YearActivities.send_packs,
            OneOpening(self._start.program, self._start.program_year, day.number),
            summary=f"send the packs of opening day {day.number}",
            **TRANSACTION,
        )
        self._state.opening_days_done = day.number

    async def _last_weeks(self, calendar: YearCalendar) -> None:
        self._enter("last weeks", self._state.opening_days_done, calendar.closes)
        await self._beginning_pairings_until(calendar.closes, calendar.closes, "the end of the year")

    async def _close(self) -> YearNumbers:
        """Pairs that are approved from here on are answered "closed", and a person looks at them."""
        self._over = True
        numbers = await workflow.execute_activity_method(
            YearActivities.close_year, self._this, summary="close the year and count it", **TRANSACTION
        )
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._enter("closed", self._state.opening_days_done, workflow.now())
        return numbers

    async def _beginning_pairings_until(self, deadline: datetime, closes: datetime, what_for: str) -> None:
        """Pairs that the coordinator approves begin at once, early in the year or late."""
        while deadline > workflow.now():
            if self._state.pairs_waiting:
                await self._begin_pairings(closes)
            try:
                await workflow.wait_condition(
                    lambda: self._state.pairs_waiting,
                    timeout=deadline - workflow.now(),
                    timeout_summary=what_for,
                )
            except TimeoutError:
                return

    async def _begin_pairings(self, closes: datetime) -> None:
        self._state.pairs_waiting = False
        pairings = await workflow.execute_activity_method(
            YearActivities.pairings_to_begin, self._this, summary="which pairings begin?", **TRANSACTION
        )
        starts = [
            (pairing.workflow_id(one), pairing.PairingInput(self._start.program, one, closes.isoformat()))
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

    async def _continue_as_new_when_long(self) -> None:
        if workflow.info().is_continue_as_new_suggested():
            await workflow.wait_condition(workflow.all_handlers_finished)
            workflow.continue_as_new(replace(self._start, state=self._state))

    def _enter(self, stage: str, round_number: int, due: datetime) -> None:
        workflow.upsert_search_attributes(
            [STAGE.value_set(stage), ROUND.value_set(round_number), DUE.value_set(due)]
        )
        workflow.set_current_details(f"**{stage}**, {self._state.opening_days_done} opening days held")
