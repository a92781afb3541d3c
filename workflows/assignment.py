"""One program's matching: proposes pairs, waits for the coordinator, matches again what was rejected or came late."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.matching import DecidePairs, MakeProposal, MatchingActivities, PairsDecided

from workflows.options import TRANSACTION
from workflows.search_attributes import STAGE


def workflow_id(program: str, first_year: int) -> str:
    return f"assignment-{program}.{first_year}"


@dataclass(frozen=True)
class DecideAboutPairs:
    """No pair named: all that are open. The reason of a rejection is on record before; it never comes here."""

    pairs: list[str]
    decided_by: str


@dataclass
class AssignmentInput:
    program: str
    seed: int = 1
    open_pairs: int = 0
    asked: bool = True


@workflow.defn
class Assignment:
    @workflow.init
    def __init__(self, start: AssignmentInput) -> None:
        self._program = start.program
        self._seed = start.seed
        self._open_pairs = start.open_pairs
        self._asked = start.asked
        self._rejected = False
        self._one_at_a_time = asyncio.Lock()

    @workflow.run
    async def run(self, _: AssignmentInput) -> None:
        """Waits for the coordinator, for weeks if need be; a late child or officer needs only `propose_again`."""
        while not workflow.info().is_continue_as_new_suggested():
            await workflow.wait_condition(lambda: self._asked)
            await self._propose()
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(AssignmentInput(self._program, self._seed, self._open_pairs, self._asked))

    @workflow.update
    async def approve_pairs(self, command: DecideAboutPairs) -> PairsDecided:
        return await self._decide(MatchingActivities.approve_pairs, command, "approve pairs")

    @workflow.update
    async def reject_pairs(self, command: DecideAboutPairs) -> PairsDecided:
        self._rejected = True
        return await self._decide(MatchingActivities.reject_pairs, command, "reject pairs")

    @approve_pairs.validator
    def _refuse_approval(self, command: DecideAboutPairs) -> None:
        self._refuse(command)

    @reject_pairs.validator
    def _refuse_rejection(self, command: DecideAboutPairs) -> None:
        self._refuse(command)

    @workflow.update
    async def propose_again(self) -> int:
        """Match those who have no pal: rejected, late, or waiting. Open pairs are proposed anew. How many are open."""
        self._asked = True
        await workflow.wait_condition(lambda: not self._asked)
        return self._open_pairs

    def _refuse(self, command: DecideAboutPairs) -> None:
        if not self._open_pairs:
            raise ApplicationError(
                "No pair is open. See who waits with `match show`; `match propose` makes a new proposal.",
                type="NothingToDecide",
                non_retryable=True,
            )
        try:
            [UUID(one) for one in (*command.pairs, command.decided_by)]
        except ValueError:
            raise ApplicationError(
                "Pairs and people are named by their ids, as `match show --json` lists them.",
                type="MalformedCommand",
                non_retryable=True,
            ) from None

    async def _propose(self) -> None:
        async with self._one_at_a_time:
            proposed = await workflow.execute_activity_method(
                MatchingActivities.make_proposal,
                MakeProposal(self._program, self._seed),
                summary="match who has no pal",
                **TRANSACTION,
            )
            self._open_pairs = proposed.pairs
            self._asked = self._rejected = False
        self._show(
            f"proposal {proposed.number}: {proposed.pairs} pairs to approve, {proposed.waiting} children wait"
        )

    async def _decide(
        self,
        activity: Callable[[MatchingActivities, DecidePairs], Awaitable[PairsDecided]],
        command: DecideAboutPairs,
        what: str,
    ) -> PairsDecided:
        """When the last open pair is decided and some were rejected, those children are matched again."""
        async with self._one_at_a_time:
            decided = await workflow.execute_activity_method(
                activity,
                DecidePairs(self._program, command.pairs, command.decided_by),
                summary=what,
                **TRANSACTION,
            )
            self._open_pairs = decided.still_open
            self._asked = self._asked or (self._rejected and not decided.still_open)
        self._show(f"{decided.still_open} pairs to approve")
        return decided

    def _show(self, what: str) -> None:
        workflow.upsert_search_attributes([STAGE.value_set("proposed" if self._open_pairs else "matched")])
        workflow.set_current_details(what)
