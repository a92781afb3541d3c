"""One program's matching: proposes pairs, waits for the coordinator, matches again what was rejected or came late."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.matching import DecidePairs, MakeProposal, MatchingActivities, PairsDecided
    from bluepals.domain.sentences import Sentence
    from workflows.api.assignment import WORKFLOW, AssignmentInput, DecideAboutPairs, Stage

from workflows.options import COMMAND, TRANSACTION, refusal, refused
from workflows.search_attributes import STAGE
from workflows.waiting import happened


@workflow.defn(name=WORKFLOW)
class Assignment:
    @workflow.init
    def __init__(self, start: AssignmentInput) -> None:
        self._start = start
        self._state = start.state
        # Counted, since who asks while a proposal is being made may ask for somebody whom it has not seen.
        self._asked = int(start.state.asked)
        self._answered = 0
        self._over = False
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, _: AssignmentInput) -> None:
        """Waits for the coordinator, for weeks if need be; a late child or officer needs only `propose_again`."""
        while await self._asked_before_the_end():
            await self._propose()
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update
    async def approve_pairs(self, command: DecideAboutPairs) -> PairsDecided:
        return await self._decide(MatchingActivities.approve_pairs, command, "approve pairs")

    @workflow.update
    async def reject_pairs(self, command: DecideAboutPairs) -> PairsDecided:
        decided = await self._decide(MatchingActivities.reject_pairs, command, "reject pairs")
        self._state.rejected = True
        self._match_again_when_all_are_decided()
        return decided

    @workflow.update
    async def propose_again(self) -> int:
        """Match those who have no pal: rejected, late, or waiting. Open pairs are proposed anew. How many are open."""
        self._asked += 1
        mine = self._asked
        await workflow.wait_condition(lambda: self._answered >= mine)
        return self._state.open_pairs

    @approve_pairs.validator
    def _refuse_approval(self, command: DecideAboutPairs) -> None:
        self._refuse(command)

    @reject_pairs.validator
    def _refuse_rejection(self, command: DecideAboutPairs) -> None:
        self._refuse(command)

    @propose_again.validator
    def _refuse_when_over(self) -> None:
        if self._over:
            raise refusal(
                "YearOver", Sentence("The school year is over. Import next year's folder, then `open` it.")
            )

    def _refuse(self, command: DecideAboutPairs) -> None:
        self._refuse_when_over()
        if not self._state.open_pairs:
            raise refusal(
                "NothingToDecide",
                Sentence(
                    "No pair is open. See who waits with `match show`; `match propose` makes a new proposal."
                ),
            )
        if not command.is_well_formed:
            raise refusal(
                "MalformedCommand",
                Sentence("Pairs and people are named by their ids, as `match show --json` lists them."),
            )

    async def _asked_before_the_end(self) -> bool:
        """False at the end of the year; whoever asked before it has had an answer."""
        closes = max(datetime.fromisoformat(self._start.closes), workflow.now())
        self._over = not await happened(
            lambda: self._has_to_propose or self._is_long, closes, "the end of the year"
        )
        if self._is_long:
            self._state.asked = self._has_to_propose
            workflow.continue_as_new(replace(self._start, state=self._state))
        return not self._over

    @property
    def _has_to_propose(self) -> bool:
        return self._asked > self._answered

    @property
    def _is_long(self) -> bool:
        return workflow.info().is_continue_as_new_suggested() and workflow.all_handlers_finished()

    async def _propose(self) -> None:
        async with self._one_at_a_time:
            asked = self._asked
            proposed = await workflow.execute_activity_method(
                MatchingActivities.make_proposal,
                MakeProposal(self._start.program, self._start.seed),
                summary="match who has no pal",
                **TRANSACTION,
            )
            self._answered = asked
            self._state.open_pairs = proposed.pairs
            self._state.rejected = False
        self._show(
            f"proposal {proposed.number}: {proposed.pairs} to approve, {proposed.waiting} without an officer"
        )

    async def _decide(
        self,
        activity: Callable[[MatchingActivities, DecidePairs], Awaitable[PairsDecided]],
        command: DecideAboutPairs,
        what: str,
    ) -> PairsDecided:
        async with self._one_at_a_time:
            try:
                decided = await workflow.execute_activity_method(
                    activity,
                    DecidePairs(self._start.program, command.pairs, command.decided_by),
                    summary=what,
                    **COMMAND,
                )
            except ActivityError as failed:
                raise refused(failed) from None
            self._state.open_pairs = decided.still_open
            self._state.rejected = self._state.rejected or decided.superseded > 0
        self._show(f"{decided.still_open} to approve")
        self._match_again_when_all_are_decided()
        return decided

    def _match_again_when_all_are_decided(self) -> None:
        """The children of pairs that will not be, once the last open pair has been decided about."""
        if self._state.rejected and not self._state.open_pairs and not self._has_to_propose:
            self._asked += 1

    def _show(self, what: str) -> None:
        stage = Stage.PROPOSED if self._state.open_pairs else Stage.MATCHED
        workflow.upsert_search_attributes([STAGE.value_set(stage)])
        workflow.set_current_details(what)
