"""One pairing's year: introduction, rounds of letters, the visit, farewell.

The pairing owns its deadlines and what follows from a miss. It hears of decisions, releases what was approved, and sees to
it that the child has a letter on every opening day.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.letters import LetterActivities, Released, ReleaseLetter, SideOfRound
    from activities.people import Calendar, OnePairing, PeopleActivities, Round
    from activities.tells import Answer
    from bluepals.domain.letters import DeliveryKind, Side, Verdict
    from bluepals.store.deliveries import Held
    from workflows.api.pairing import (
        WORKFLOW,
        GateOpened,
        LetterDecided,
        PairingClosed,
        PairingInput,
        Stage,
    )

from workflows.options import TRANSACTION, refusal
from workflows.search_attributes import ATTENTION, DUE, ROUND, STAGE

LOOK_AGAIN, BEFORE_SCHOOL = timedelta(days=1), timedelta(hours=1)  # for a stock letter, when none was left


_WORDS = {Verdict.RETURN: "returned", Verdict.REFER: "held for the counselor"}

# What a person is called for, beside the drafts that are held.
_INTRODUCTION, _STOCK_LETTER = "introduction", "stock letter"


@workflow.defn(name=WORKFLOW)
class Pairing:
    @workflow.init
    def __init__(self, start: PairingInput) -> None:
        self._start = start
        self._state = start.state
        self._this = OnePairing(start.program, start.pairing_id)
        self._gate_opened = False

    @workflow.run
    async def run(self, _: PairingInput) -> PairingClosed:
        if calendar := await self._introduce():
            for exchange in calendar.rounds[self._state.rounds_done :]:
                await self._student_writes(exchange)
                await self._officer_answers(exchange)
                await self._continue_as_new_when_long()
            await self._visit(calendar)
            await self._say_farewell(calendar)
        return await self._close()

    @workflow.update
    def letter_decided(self, fact: LetterDecided) -> Answer:
        """Approved letters are released by `run`, in the order in which they were decided."""
        if fact.key in self._state.decided:
            return Answer.KNOWN
        if self._state.stage is Stage.CLOSED:
            return Answer.CLOSED
        self._state.decided.append(fact.key)
        if fact.verdict is Verdict.APPROVE:
            self._state.approved.append(fact)
        else:
            self._note(f"round {fact.round_number}: {fact.side}'s letter {_WORDS[fact.verdict]}")
        return Answer.TAKEN

    @letter_decided.validator
    def _refuse_malformed(self, fact: LetterDecided) -> None:
        if not fact.is_well_formed:
            raise refusal(
                "MalformedFact",
                "draft_id has to be a UUID, hash the hexadecimal SHA-256 of the draft, round_number at least 1. "
                "Facts are sent by the desk and starter.py, not by hand.",
            )

    @workflow.update
    def gate_opened(self, fact: GateOpened) -> Answer:
        if self._state.stage is Stage.CLOSED or (self._state.calendar is not None and not self._state.held):
            return Answer.KNOWN
        self._note(fact.cause)
        self._state.approved += self._state.held
        self._state.held.clear()
        self._gate_opened = True
        return Answer.TAKEN

    # The year, in the order of `run`.

    async def _introduce(self) -> Calendar | None:
        """A closed gate (no consent, clearance ended) puts the introduction off until it opens; None: it never did."""
        while self._state.calendar is None:
            self._gate_opened = False
            introduction = await workflow.execute_activity_method(
                PeopleActivities.introduce, self._this, summary="introduce the two", **TRANSACTION
            )
            if introduction.held:
                self._call_for_a_person(_INTRODUCTION, f"not introduced: {introduction.held}")
                if not await self._until_gate_opens():
                    return None
            else:
                self._state.calendar = introduction.calendar
                self._settle(_INTRODUCTION)
                self._note(f"introduced on {introduction.on}")
        return self._state.calendar

    async def _until_gate_opens(self) -> bool:
        try:
            await workflow.wait_condition(
                lambda: self._gate_opened,
                timeout=datetime.fromisoformat(self._start.closes) - workflow.now(),
                timeout_summary="a consent or a clearance",
            )
        except TimeoutError:
            return False
        return True

    async def _student_writes(self, exchange: Round) -> None:
        self._enter(Stage.STUDENT_WRITES, exchange.number, exchange.students_due)
        if not await self._released(exchange, Side.STUDENT, by=exchange.students_due):
            await self._record_miss(exchange, Side.STUDENT)

    async def _officer_answers(self, exchange: Round) -> None:
        """Whatever becomes of the officer's letter, the child's pack is not empty when it closes."""
        self._enter(Stage.OFFICER_ANSWERS, exchange.number, exchange.officers_due)
        answered = await self._released(exchange, Side.OFFICER, by=exchange.officers_due)
        if not answered and not await self._record_miss(exchange, Side.OFFICER):
            self._enter(Stage.BEING_READ, exchange.number, exchange.pack_closes)
            answered = await self._released(exchange, Side.OFFICER, by=exchange.pack_closes)
        if answered:
            self._settle(_STOCK_LETTER)
        else:
            await self._put_stock_letter(exchange)
        self._state.rounds_done += 1
        self._state.last_round = exchange.number

    async def _visit(self, calendar: Calendar) -> None:
        self._enter(Stage.VISIT, self._state.last_round, calendar.visit_over)
        await self._releasing_until(calendar.visit_over, "the officers' visit")

    async def _say_farewell(self, calendar: Calendar) -> None:
        await workflow.execute_activity_method(
            PeopleActivities.say_farewell, self._this, summary="say farewell", **TRANSACTION
        )
        self._note("farewell")
        self._enter(Stage.FAREWELL, self._state.last_round, calendar.closes)
        await self._releasing_until(calendar.closes, "late letters may still come")

    async def _close(self) -> PairingClosed:
        """A decision that comes from here on is answered "closed", and a person looks at it."""
        self._enter(Stage.CLOSED, self._state.last_round, workflow.now())
        await self._release_approved()
        await workflow.execute_activity_method(
            PeopleActivities.close_pairing, self._this, summary="close the pairing", **TRANSACTION
        )
        await workflow.wait_condition(workflow.all_handlers_finished)
        return PairingClosed(self._state.rounds_done, self._state.settled)

    # What a stage is made of.

    async def _released(self, exchange: Round, side: Side, by: datetime) -> bool:
        """Whether this side's letter went out by then; other letters that are approved meanwhile go out too."""
        settled = f"{exchange.number} {side}"
        await self._releasing_until(
            by, f"{side}'s letter, round {exchange.number}", done=lambda: settled in self._state.settled
        )
        return settled in self._state.settled

    async def _releasing_until(
        self, deadline: datetime, what_for: str, done: Callable[[], bool] = lambda: False
    ) -> None:
        """Release what is approved, as it comes, until `done` or the deadline."""
        while True:
            await self._release_approved()
            if done() or deadline <= workflow.now():
                return
            try:
                await workflow.wait_condition(
                    lambda: bool(self._state.approved),
                    timeout=deadline - workflow.now(),
                    timeout_summary=what_for,
                )
            except TimeoutError:
                return

    async def _release_approved(self) -> None:
        while self._state.approved:
            letter = self._state.approved[0]
            released = await workflow.execute_activity_method(
                LetterActivities.release_letter,
                ReleaseLetter(self._start.program, self._start.pairing_id, letter.draft_id, letter.hash),
                summary=f"release the {letter.side}'s letter of round {letter.round_number}",
                **TRANSACTION,
            )
            self._state.approved.pop(0)
            self._take_note_of(letter, released)

    def _take_note_of(self, letter: LetterDecided, released: Released) -> None:
        if released.held:
            self._hold(letter, released.held)
            return
        self._settle(letter.draft_id)
        if released.kind is DeliveryKind.LETTER or released.side is Side.STUDENT:
            self._state.settled.append(f"{released.round_number} {released.side}")
        self._note(f"round {released.round_number}: {released.side}'s letter released")

    def _hold(self, letter: LetterDecided, why: str) -> None:
        """Until a gate opens. What is not on record waits for nothing: if it is decided one day, that is a new fact."""
        if why == Held.NO_SUCH_DECISION:
            self._state.decided.remove(letter.key)
        else:
            self._state.held.append(letter)
        self._call_for_a_person(letter.draft_id, f"a letter of round {letter.round_number} is held: {why}")

    async def _record_miss(self, exchange: Round, side: Side) -> bool:
        missed = await workflow.execute_activity_method(
            LetterActivities.record_miss,
            SideOfRound(self._start.program, self._start.pairing_id, exchange.number, side),
            summary=f"is the {side}'s letter of round {exchange.number} here?",
            **TRANSACTION,
        )
        self._note(
            f"round {exchange.number}: {side}'s letter {'missed' if missed else 'in time, being read'}"
        )
        return missed

    async def _put_stock_letter(self, exchange: Round) -> None:
        """When none is left, a person is asked for one, and it is looked for every day until the morning of opening day."""
        last_look = exchange.opens - BEFORE_SCHOOL
        while not await self._stock_letter_found(exchange):
            if workflow.now() >= last_look:
                return
            await self._releasing_until(
                min(workflow.now() + LOOK_AGAIN, last_look),
                f"a stock letter for opening day {exchange.number}",
            )

    async def _stock_letter_found(self, exchange: Round) -> bool:
        filled = await workflow.execute_activity_method(
            LetterActivities.put_stock_letter,
            SideOfRound(self._start.program, self._start.pairing_id, exchange.number, Side.OFFICER),
            summary=f"a stock letter for opening day {exchange.number}",
            **TRANSACTION,
        )
        if filled.draft_id is None:
            self._call_for_a_person(_STOCK_LETTER, f"no stock letter left for opening day {exchange.number}")
            return False
        self._settle(_STOCK_LETTER)
        self._note(f"round {exchange.number}: a stock letter is in the pack")
        return True

    async def _continue_as_new_when_long(self) -> None:
        if workflow.info().is_continue_as_new_suggested():
            await workflow.wait_condition(workflow.all_handlers_finished)
            workflow.continue_as_new(replace(self._start, state=self._state))

    # What the Web UI shows.

    def _enter(self, stage: Stage, round_number: int, due: datetime) -> None:
        self._state.stage = stage
        workflow.upsert_search_attributes(
            [STAGE.value_set(stage), ROUND.value_set(round_number), DUE.value_set(due)]
        )
        self._show()

    def _call_for_a_person(self, about: str, why: str) -> None:
        if self._state.calls.get(about) != why:
            self._state.calls[about] = why
            self._note(why)
            self._show_calls()

    def _settle(self, about: str) -> None:
        if self._state.calls.pop(about, None) is not None:
            self._show_calls()

    def _show_calls(self) -> None:
        """The newest one, as long as there is one."""
        newest = next(reversed(self._state.calls.values()), None)
        workflow.upsert_search_attributes(
            [ATTENTION.value_unset() if newest is None else ATTENTION.value_set(newest)]
        )

    def _note(self, what: str) -> None:
        self._state.story.append(f"{workflow.now():%Y-%m-%d} {what}")
        self._show()

    def _show(self) -> None:
        workflow.set_current_details(
            "\n".join([f"**{self._state.stage}**", "", *(f"- {line}" for line in self._state.story)])
        )
