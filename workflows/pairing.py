"""One pairing's year: introduction, rounds of letters, the visit, farewell.

The pairing owns its deadlines and what follows from a miss. It hears of decisions, releases what was approved, and sees to
it that the child has a letter on every opening day.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.letters import LetterActivities, Released, ReleaseLetter, SideOfRound
    from activities.people import Calendar, ClosingPairing, OnePairing, PeopleActivities, Round
    from activities.tells import Answer
    from bluepals.domain.letters import DeliveryKind, Side, Verdict
    from bluepals.store.deliveries import Held
    from workflows.api.dates import DatesChanged
    from workflows.api.pairing import (
        WORKFLOW,
        GateOpened,
        LetterDecided,
        PairingClosed,
        PairingInput,
        RungReached,
        Stage,
        silence_of,
    )

from workflows.options import TRANSACTION, date_moved, refuse_malformed
from workflows.search_attributes import ATTENTION, DUE, PROGRAM_YEAR, ROUND, SCHOOL, STAGE, set_or_unset
from workflows.story import dated, show
from workflows.waiting import cut_when_long, happened

A_MOMENT = timedelta(minutes=1)  # where the record's clock is behind this one
LOOK_AGAIN, BEFORE_SCHOOL = timedelta(days=1), timedelta(hours=1)  # for a stock letter, when none was left

_WORDS = {Verdict.RETURN: "returned", Verdict.REFER: "held for the counselor"}

# What a person is called for, beside the drafts that are held.
_INTRODUCTION, _STOCK_LETTER = "introduction", "stock letter"


class Outcome(Enum):
    """What became of one side's letter when its date had come. Over: a pause has taken the date away, or the year ends."""

    RELEASED = auto()
    BEING_READ = auto()
    MISSED = auto()
    OVER = auto()


@workflow.defn(name=WORKFLOW)
class Pairing:
    @workflow.init
    def __init__(self, start: PairingInput) -> None:
        self._start = start
        self._state = start.state
        self._this = OnePairing(start.program, start.pairing_id)
        self._look_again = False
        self._ending = False

    @workflow.run
    async def run(self, _: PairingInput) -> PairingClosed:
        introduced = await self._introduce()
        while True:
            if introduced:
                await self._exchange_letters()
                await self._visit()
                await self._farewell()
            if await self._close():
                return await self._over()

    @workflow.update
    async def letter_decided(self, fact: LetterDecided) -> Answer:
        """Approved letters are released by `run`, in the order in which they were decided."""
        await self._until_its_end_is_known()
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
        refuse_malformed(fact)

    @workflow.update
    async def gate_opened(self, fact: GateOpened) -> Answer:
        await self._until_its_end_is_known()
        if self._state.stage is Stage.CLOSED or (self._state.calendar is not None and not self._kept):
            return Answer.KNOWN
        self._note(fact.cause)
        self._let_go_what_was_held()
        return Answer.TAKEN

    @workflow.update
    async def dates_changed(self, fact: DatesChanged) -> Answer:
        """The new dates are read before anything else is done; what a pause held may go."""
        await self._until_its_end_is_known()
        calendar = self._state.calendar
        if self._state.stage is Stage.CLOSED or (calendar is not None and fact.version <= calendar.version):
            return Answer.KNOWN
        self._state.calendar_is_old = True
        self._let_go_what_was_held()
        return Answer.TAKEN

    @dates_changed.validator
    def _refuse_no_version(self, fact: DatesChanged) -> None:
        refuse_malformed(fact)

    @workflow.update
    async def rung_reached(self, fact: RungReached) -> Answer:
        """Silence belongs to the day, not to the pairing: it is only shown here, until the next letter of that side."""
        await self._until_its_end_is_known()
        line = fact.line
        if self._state.stage is Stage.CLOSED or line in self._state.rungs:
            return Answer.KNOWN
        self._state.rungs.append(line)
        if fact.rung.needs_coordinator:
            self._call_for_a_person(silence_of(fact.side), line)
        else:
            self._note(line)
            self._settle(silence_of(fact.side))
        return Answer.TAKEN

    def _let_go_what_was_held(self) -> None:
        self._state.approved += self._state.held
        self._state.held.clear()
        self._look_again = True

    async def _until_its_end_is_known(self) -> None:
        """One that closes may have to go on: whoever tells it something then is answered when that is settled."""
        if self._ending and workflow.patched("answers-when-its-end-is-known"):
            await workflow.wait_condition(lambda: not self._ending)

    # The year, in the order of `run`.

    async def _introduce(self) -> bool:
        """A closed gate (no consent, clearance ended, a pause) puts it off until it opens; False: it never did."""
        if self._start.declinable_until and self._state.calendar is None:
            await self._until_nobody_declines(self._start.declinable_until)
        while self._state.calendar is None:
            self._look_again = False
            introduction = await workflow.execute_activity_method(
                PeopleActivities.introduce, self._this, summary="introduce the two", **TRANSACTION
            )
            if introduction.held == Held.ENDED:
                return False
            if introduction.declinable_until:
                await self._until_nobody_declines(introduction.declinable_until)
            elif introduction.held:
                if introduction.held != Held.PAUSED:
                    self._call_for_a_person(_INTRODUCTION, f"not introduced: {introduction.held}")
                if not await self._until_gate_opens():
                    return False
            else:
                self._state.calendar = introduction.calendar
                self._show_school()
                self._settle(_INTRODUCTION)
                self._note(f"introduced on {introduction.on}")
        return True

    async def _until_nobody_declines(self, until: datetime) -> None:
        """Or until something changes that `introduce` has to know of, or the year is over."""
        until = min(until, self._closes)
        self._show_due(until)
        until = max(until, workflow.now() + A_MOMENT)
        await happened(lambda: self._look_again, until, "until then anybody may decline")

    async def _until_gate_opens(self) -> bool:
        return await happened(lambda: self._look_again, self._closes, "a consent or a clearance")

    async def _exchange_letters(self) -> None:
        while number := self._next_round():
            await self._student_writes(number)
            await self._officer_answers(number)
            await cut_when_long(lambda: replace(self._start, state=self._state))

    def _next_round(self) -> int | None:
        """None: no round is left, or no year."""
        return self._calendar.round_after(self._state.last_round, workflow.now())

    async def _student_writes(self, number: int) -> None:
        self._enter(Stage.STUDENT_WRITES, number, self._due(number, Side.STUDENT))
        await self._outcome(number, Side.STUDENT)

    async def _officer_answers(self, number: int) -> None:
        """Whatever becomes of the officer's letter, the child's pack is not empty when it closes."""
        self._enter(Stage.OFFICER_ANSWERS, number, self._due(number, Side.OFFICER))
        outcome = await self._outcome(number, Side.OFFICER)
        if outcome is Outcome.BEING_READ:
            self._enter(Stage.BEING_READ, number, self._pack_closes(number))
            if await self._released(number, Side.OFFICER, lambda: self._pack_closes(number)):
                outcome = Outcome.RELEASED
        if outcome is Outcome.RELEASED:
            self._settle(_STOCK_LETTER)
        else:
            await self._put_stock_letter(number)
        if self._round(number):
            self._state.rounds_done += 1
        self._state.last_round = number

    async def _visit(self) -> None:
        if self._calendar.ends_early:
            return
        self._enter(Stage.VISIT, self._state.last_round, self._calendar.visit_over)
        await self._releasing_until(lambda: self._calendar.visit_over, "the officers' visit")

    async def _farewell(self) -> None:
        """The year says it, to all of the school's pairs at once; a pairing that ends early has said it."""
        if not self._calendar.ends_early:
            self._note("farewell")
            self._enter(Stage.FAREWELL, self._state.last_round, self._calendar.closes)
        await self._releasing_until(lambda: self._calendar.closes, "late letters may still come")

    async def _close(self) -> bool:
        """A decision that comes after that is answered "closed", and a person looks at it. False: its end has moved."""
        self._ending = True
        try:
            return await self._closed_on_record()
        finally:
            self._ending = False

    async def _closed_on_record(self) -> bool:
        calendar, stage = self._state.calendar, self._state.stage
        self._enter(Stage.CLOSED, self._state.last_round, workflow.now())
        await self._release_approved()
        order = ClosingPairing(
            self._start.program, self._start.pairing_id, calendar.closes if calendar else None
        )
        try:
            await workflow.execute_activity_method(
                PeopleActivities.close_pairing, order, summary="close the pairing", **TRANSACTION
            )
        except ActivityError as error:
            self._read_anew_if_dates_moved(error)
            self._enter(stage, self._state.last_round, None)
            await self._follow_calendar(lambda: self._calendar.closes)
            return False
        return True

    async def _over(self) -> PairingClosed:
        self._note("closed")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return PairingClosed(self._state.rounds_done, self._state.settled)

    # What a stage is made of.

    async def _outcome(self, number: int, side: Side) -> Outcome:
        """What became of this side's letter when its date had come, if a pause has not taken that away."""
        while True:
            if await self._released(number, side, lambda: self._due(number, side)):
                return Outcome.RELEASED
            due = self._calendar.date(number, side, workflow.now())
            if due is None or due > workflow.now():
                return Outcome.OVER
            try:
                return await self._record_miss(number, side, due)
            except ActivityError as error:
                self._read_anew_if_dates_moved(error)

    async def _released(self, number: int, side: Side, by: Callable[[], datetime | None]) -> bool:
        """Whether this side's letter went out by then; other letters that are approved meanwhile go out too."""
        settled = f"{number} {side}"
        await self._releasing_until(
            by, f"{side}'s letter, round {number}", done=lambda: settled in self._state.settled
        )
        return settled in self._state.settled

    async def _releasing_until(
        self, deadline: Callable[[], datetime | None], what_for: str, done: Callable[[], bool] = lambda: False
    ) -> None:
        """Release what is approved, as it comes, until `done` or the deadline. One that is frozen comes not this year."""
        while True:
            await self._follow_calendar(deadline)
            await self._release_approved()
            until = min(deadline() or self._calendar.closes, self._calendar.closes)
            if done() or until <= workflow.now():
                return
            await happened(lambda: bool(self._state.approved) or self._state.calendar_is_old, until, what_for)

    async def _release_approved(self) -> None:
        """What held a letter may be gone before the word of it arrives: then it is tried again."""
        while self._state.approved:
            letter = self._state.approved[0]
            self._look_again = False
            released = await workflow.execute_activity_method(
                LetterActivities.release_letter,
                ReleaseLetter(self._start.program, self._start.pairing_id, letter.draft_id, letter.hash),
                summary=f"release the {letter.side}'s letter of round {letter.round_number}",
                **TRANSACTION,
            )
            if not (released.held and self._look_again):
                self._state.approved.pop(0)
                self._take_note_of(letter, released)

    def _take_note_of(self, letter: LetterDecided, released: Released) -> None:
        if released.held:
            self._hold(letter, released.held)
            return
        self._settle(letter.draft_id)
        self._settle(silence_of(letter.side))
        if released.kind is DeliveryKind.LETTER or released.side is Side.STUDENT:
            self._state.settled.append(f"{released.round_number} {released.side}")
        self._note(f"round {released.round_number}: {released.side}'s letter released")

    def _hold(self, letter: LetterDecided, why: str) -> None:
        """Until a gate opens. What is not on record waits for nothing: if it is decided one day, that is a new fact."""
        if why == Held.NO_SUCH_DECISION:
            self._state.decided.remove(letter.key)
        else:
            self._state.held.append(letter)
        if why == Held.NEXT_YEAR:
            self._note(f"round {letter.round_number}: {letter.side}'s letter is kept for the next year")
        elif why != Held.PAUSED:
            self._call_for_a_person(
                letter.draft_id, f"a letter of round {letter.round_number} is held: {why}"
            )

    async def _record_miss(self, number: int, side: Side, due: datetime) -> Outcome:
        missed = await workflow.execute_activity_method(
            LetterActivities.record_miss,
            SideOfRound(self._start.program, self._start.pairing_id, number, side, due),
            summary=f"is the {side}'s letter of round {number} here?",
            **TRANSACTION,
        )
        self._note_once(f"round {number}: {side}'s letter {'missed' if missed else 'in time, being read'}")
        return Outcome.MISSED if missed else Outcome.BEING_READ

    async def _put_stock_letter(self, number: int) -> None:
        """When none is left, a person is asked for one, and it is looked for every day until the morning of opening day."""
        while (opens := await self._opening_day(number)) and not await self._stock_letter_found(number):
            if self._state.calendar_is_old:
                continue
            last_look = opens - BEFORE_SCHOOL
            if workflow.now() >= last_look:
                return
            again = min(workflow.now() + LOOK_AGAIN, last_look)
            await self._releasing_until(lambda: again, f"a stock letter for opening day {number}")  # noqa: B023 - awaited here

    async def _opening_day(self, number: int) -> datetime | None:
        """Waited for while a pause has frozen it. None: it comes not this year."""

        def opens() -> datetime | None:
            exchange = self._round(number)
            return exchange.opens if exchange else None

        await self._releasing_until(
            lambda: None, f"opening day {number}", done=lambda: opens() is not None or not self._round(number)
        )
        return opens()

    async def _stock_letter_found(self, number: int) -> bool:
        try:
            filled = await workflow.execute_activity_method(
                LetterActivities.put_stock_letter,
                SideOfRound(self._start.program, self._start.pairing_id, number, Side.OFFICER),
                summary=f"a stock letter for opening day {number}",
                **TRANSACTION,
            )
        except ActivityError as error:
            self._read_anew_if_dates_moved(error)
            return False
        if filled.draft_id is None:
            why = (
                f"no stock letter for opening day {number}: {filled.held}"
                if filled.held
                else f"no stock letter left for opening day {number}"
            )
            self._call_for_a_person(_STOCK_LETTER, why)
            return False
        self._settle(_STOCK_LETTER)
        self._note(f"round {number}: a stock letter is in the pack")
        return True

    # The dates, which a pause may take away and a resume gives back.

    @property
    def _kept(self) -> list[LetterDecided]:
        """Letters that wait for a gate, or are about to meet it."""
        return self._state.held + self._state.approved

    @property
    def _closes(self) -> datetime:
        return datetime.fromisoformat(self._start.closes)

    @property
    def _calendar(self) -> Calendar:
        assert self._state.calendar is not None  # noqa: S101 - from the introduction on
        return self._state.calendar

    async def _follow_calendar(self, deadline: Callable[[], datetime | None]) -> None:
        while self._state.calendar_is_old:
            self._state.calendar_is_old = False
            before = self._calendar
            self._state.calendar = await workflow.execute_activity_method(
                PeopleActivities.read_calendar, self._this, summary="read the new dates", **TRANSACTION
            )
            self._note(self._calendar.changed_since(before, self._state.last_round))
            self._show_school()
            self._show_due(deadline())

    def _read_anew_if_dates_moved(self, error: ActivityError) -> None:
        """A pause came between the timer and the activity that it had waited for."""
        if not date_moved(error):
            raise error
        self._state.calendar_is_old = True

    def _round(self, number: int) -> Round | None:
        return self._calendar.round(number, workflow.now())

    def _due(self, number: int, side: Side) -> datetime | None:
        return self._calendar.due(number, side, workflow.now())

    def _pack_closes(self, number: int) -> datetime | None:
        return self._calendar.pack_closes(number, workflow.now())

    # What the Web UI shows.

    def _enter(self, stage: Stage, round_number: int, due: datetime | None) -> None:
        self._state.stage = stage
        workflow.upsert_search_attributes(
            [STAGE.value_set(stage), ROUND.value_set(round_number), set_or_unset(DUE, self._date_shown(due))]
        )
        show(stage, self._state.story)

    def _show_due(self, due: datetime | None) -> None:
        workflow.upsert_search_attributes([set_or_unset(DUE, self._date_shown(due))])

    def _date_shown(self, due: datetime | None) -> datetime | None:
        """No date is later than the end. Without one, one that ends early shows when."""
        if (calendar := self._state.calendar) is None:
            return due
        if due is None:
            return calendar.closes if calendar.ends_early else None
        return min(due, calendar.closes)

    def _show_school(self) -> None:
        """Its child's, who may have changed schools."""
        of, known = self._calendar, workflow.info().typed_search_attributes
        if of.school and of.program_year and known.get(PROGRAM_YEAR) != of.program_year:
            workflow.upsert_search_attributes(
                [SCHOOL.value_set(of.school), PROGRAM_YEAR.value_set(of.program_year)]
            )

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
        workflow.upsert_search_attributes([set_or_unset(ATTENTION, newest)])

    def _note(self, what: str) -> None:
        self._state.story.append(dated(what))
        show(self._state.stage, self._state.story)

    def _note_once(self, what: str) -> None:
        """A run that was begun again has it from the record."""
        if what not in [line.partition(" ")[2] for line in self._state.story]:
            self._note(what)
