"""A child's next officer: one pairing ends, both rest, the next one begins. Until then the child is looked after.

What has happened stands in the row of the replacement; this owns when. Every morning it seeks an officer if there is none
and puts a stock letter into a pack that would be empty.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.replacements import (
        OneReplacement,
        OpeningBetween,
        ReplacementActivities,
        ReplacementStands,
    )
    from activities.tells import Answer
    from workflows.api.new_officer import WORKFLOW, NewOfficerInput, ReplacementChanged, Stage

from workflows.options import TRANSACTION, refuse_malformed
from workflows.search_attributes import ATTENTION, STAGE, set_or_unset
from workflows.story import dated, show
from workflows.waiting import cut_when_long, happened

A_MINUTE = timedelta(minutes=1)  # The program's clock judges; this one only wakes.
WAITS = "no officer is free"
TO_APPROVE = "an officer is proposed"


class _Over(Exception):
    """The replacement is closed: the child has its next officer, or needs none any more."""


@workflow.defn(name=WORKFLOW)
class NewOfficer:
    @workflow.init
    def __init__(self, start: NewOfficerInput) -> None:
        self._start = start
        self._state = start.state
        self._this = OneReplacement(start.program, start.replacement_id)
        self._standing: ReplacementStands | None = None
        self._changed = False

    @workflow.run
    async def run(self, _: NewOfficerInput) -> str:
        try:
            await self._farewell()
            await self._tell_family()
            await self._rest()
            await self._begin_next_pairing()
            await self._until_introduced()
        except _Over:
            return await self._close()

    @workflow.update
    def replacement_changed(self, fact: ReplacementChanged) -> Answer:
        """The row is read before anything else is done."""
        if self._standing is not None and fact.version <= self._standing.version:
            return Answer.KNOWN
        self._changed = True
        return Answer.TAKEN

    @replacement_changed.validator
    def _refuse_no_version(self, fact: ReplacementChanged) -> None:
        refuse_malformed(fact)

    # The steps, in the order of `run`. Each is left when it is done, and by _Over.

    async def _farewell(self) -> None:
        await self._look_after_child_until(Stage.FAREWELL, lambda now: now.farewell_over)

    async def _tell_family(self) -> None:
        await workflow.execute_activity_method(
            ReplacementActivities.tell_family,
            self._this,
            summary="tell the family that the pal changes",
            **TRANSACTION,
        )

    async def _rest(self) -> None:
        await self._look_after_child_until(Stage.REST, lambda now: now.rested)

    async def _begin_next_pairing(self) -> None:
        """A reserve who can't any more is dropped at the last moment, and the next one waited for."""
        while not self._now.begun:
            await self._look_after_child_until(
                Stage.APPROVAL, lambda now: (now.approved and now.rested) or now.begun
            )
            self._take(
                await workflow.execute_activity_method(
                    ReplacementActivities.begin_next_pairing,
                    self._this,
                    summary="end the one pairing, begin the next",
                    **TRANSACTION,
                )
            )

    async def _until_introduced(self) -> NoReturn:
        """And until the next officer's first round: from there on the pairing cares for what the child opens."""
        while True:
            await self._look_after_child_until(Stage.INTRODUCTION, lambda _: False)

    async def _close(self) -> str:
        self._note(f"over: {self._now.outcome}")
        self._enter(Stage.CLOSED)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return str(self._now.outcome)

    # What a step is made of.

    async def _look_after_child_until(self, stage: Stage, done: Callable[[ReplacementStands], bool]) -> None:
        while True:
            await self._look_after_child()
            if done(self._now):
                return
            self._enter(stage)
            await cut_when_long(lambda: replace(self._start, state=self._state))
            await self._sleep(stage)

    async def _look_after_child(self) -> None:
        self._changed = False
        self._take(
            await workflow.execute_activity_method(
                ReplacementActivities.look_after_child,
                self._this,
                summary="seek an officer, look at the packs",
                **TRANSACTION,
            )
        )
        for number in self._now.empty_packs:
            await self._put_stock_letter(number)

    async def _put_stock_letter(self, number: int) -> None:
        filled = await workflow.execute_activity_method(
            ReplacementActivities.put_stock_letter_meanwhile,
            OpeningBetween(self._start.program, self._start.replacement_id, self._start.pairing_id, number),
            summary=f"a stock letter for opening day {number}",
            **TRANSACTION,
        )
        if filled.draft_id is None:
            self._note(f"round {number}: no stock letter{f', {filled.held}' if filled.held else ' left'}")
        else:
            self._note(f"round {number}: a stock letter is in the pack")

    async def _sleep(self, what_for: str) -> None:
        """Until the next morning, the end of the step, or a change."""
        ends = (self._now.farewell_until, self._now.rest_until, self._now.look_again)
        until = min(end for end in ends if end >= self._now.read_at)
        await happened(lambda: self._changed, max(until, workflow.now() + A_MINUTE), what_for)

    @property
    def _now(self) -> ReplacementStands:
        assert self._standing is not None  # noqa: S101 - looked at first of all
        return self._standing

    def _take(self, now: ReplacementStands) -> None:
        """Raises _Over."""
        self._standing = now
        self._follow(
            {
                "an officer is proposed": now.proposed,
                "the next officer is approved": now.approved,
                "the family is told": now.family_told,
                "the next pairing has begun": now.begun,
            }
        )
        if now.outcome is not None:
            raise _Over

    # What the Web UI shows.

    def _enter(self, stage: Stage) -> None:
        """Attributes change only when what they say does."""
        attention = self._calls_for(stage)
        if (stage, attention) != (self._state.stage, self._state.attention):
            self._state.stage, self._state.attention = stage, attention
            workflow.upsert_search_attributes(
                [
                    STAGE.value_set(stage),
                    set_or_unset(ATTENTION, attention),
                ]
            )
        self._show()

    def _calls_for(self, stage: Stage) -> str | None:
        if stage is Stage.CLOSED or self._now.approved:
            return None
        return TO_APPROVE if self._now.proposed else WAITS

    def _follow(self, so_far: dict[str, bool]) -> None:
        for what, is_so in so_far.items():
            if is_so and what not in self._state.so_far:
                self._state.so_far.append(what)
                self._note(what)
            elif not is_so and what in self._state.so_far:
                self._state.so_far.remove(what)
                self._note(f"no longer: {what}")

    def _note(self, what: str) -> None:
        self._state.story.append(dated(what))
        self._show()

    def _show(self) -> None:
        show(str(self._state.stage), self._state.story)
