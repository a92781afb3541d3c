"""Whatever people, facts and time may do to a program, in any order: hypothesis chooses."""

import itertools
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode

from bluepals.domain.cases import Concern, LetterOutcome, OfficerOutcome
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.people import ConsentScope
from bluepals.facts.carry_over import CarryOverRefused
from bluepals.facts.consents import ConsentRefused
from bluepals.facts.endings import EndingRefused
from bluepals.facts.leaving import LeavingRefused
from bluepals.facts.pauses import Choice, PauseRefused
from bluepals.facts.replacements import ReplacementRefused
from bluepals.facts.roster import RosterRefused
from bluepals.facts.silence import SilenceRefused
from bluepals.facts.staff import StaffStays
from bluepals.store.endings import Reason
from bluepals.store.letters import NotTaken
from bluepals.store.pauses import AlreadyPaused, NotPaused, What
from tests.always_true import deeds, town
from tests.always_true.program import DrivenProgram
from tests.always_true.stage import Stage

# What a command answers when it is not possible now: a sentence, and nothing has changed.
REFUSALS = (
    AlreadyPaused,
    CarryOverRefused,
    ConsentRefused,
    EndingRefused,
    LeavingRefused,
    NotPaused,
    NotTaken,
    PauseRefused,
    ReplacementRefused,
    RosterRefused,
    SilenceRefused,
    StaffStays,
    WorkflowUpdateFailedError,
)

Result = TypeVar("Result")

children = st.sampled_from(town.CHILDREN)
officers = st.sampled_from(town.OFFICERS)
schools = st.sampled_from(town.SCHOOLS)
rounds = st.sampled_from(town.ROUNDS)
sides = st.sampled_from(list(Side))
numbers = st.integers(0, 3)
answers = st.sampled_from(["yes", "no"])
of_officers = st.sampled_from(list(OfficerOutcome))
of_letters = st.sampled_from(list(LetterOutcome))
levels = st.sampled_from(["program", "school", "agency", "pairing"])
whats = st.sampled_from([(What.LETTERS,), (What.VISITS,), (What.LETTERS, What.VISITS)])
reasons = st.sampled_from(deeds.WITHDRAWALS)

# A command that is a workflow's waits for it: without a worker nobody would answer.
served = precondition(lambda self: self.stage.is_served)


def there(what: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Where there is nothing that it could be done to, a deed would only cost time."""
    return precondition(lambda self: self.program.there.get(what, False))


_names = itertools.count(1)


def _is_refusal(error: Exception) -> bool:
    """As the command line takes them: a KeyError has no sentence, and is a fault of ours."""
    if isinstance(error, RPCError):
        return error.status is RPCStatusCode.NOT_FOUND  # The workflow has closed.
    return isinstance(error, REFUSALS) or type(error) is LookupError


class AlwaysTrue(RuleBasedStateMachine):
    """One sequence: a program of its own, driven to the end of its year."""

    stage: Stage
    played = 0
    # To play: hypothesis counts only those that never ran out of choices. Once one has failed, it looks for a shorter one.
    enough: int | None = None

    def __init__(self) -> None:
        super().__init__()
        if AlwaysTrue.played == AlwaysTrue.enough:
            reject()
        self.program = DrivenProgram(self.stage, f"town{next(_names)}")
        self.failed = False

    def play(self, scene: Coroutine[Any, Any, Result]) -> Result:
        try:
            return self.stage.run(scene)
        except BaseException:
            self.failed = True
            AlwaysTrue.enough = None
            raise

    def do(self, deed: Coroutine[Any, Any, object]) -> None:
        """A minute after the last one; a refusal is an answer too. Then all of it has its consequences."""

        async def done() -> None:
            await self.program.a_minute_later()
            try:
                await deed
            except Exception as error:
                if not _is_refusal(error):
                    raise
            await self.program.settle()

        self.play(done())

    @initialize(approved=st.sampled_from([True, True, True, False]), days=st.sampled_from([4, 7, 3, 0]))
    def a_year_begins(self, approved: bool, days: int) -> None:
        self.play(self.program.begin())
        if approved:
            self.do(deeds.approve_pairs(self.program))
        if days:
            self.play(self.program.days_pass(days))

    @invariant()
    def what_is_promised_holds(self) -> None:
        self.play(self._holds(self.program.broken()))

    def teardown(self) -> None:
        """The rest of the year passes, unless something is broken already."""
        try:
            if not self.failed:
                self.play(self._holds(self.program.finish()))
                self._count()
        finally:
            self.stage.run(self.program.leave())

    def _count(self) -> None:
        """Whoever soaks waits for an hour."""
        AlwaysTrue.played += 1
        if AlwaysTrue.played % 10 == 0:
            print(f"{AlwaysTrue.played} sequences kept every promise")  # noqa: T201 - for `make soak`, which captures nothing

    async def _holds(self, looking: Coroutine[Any, Any, Sequence[str]]) -> None:
        if found := await looking:
            raise AssertionError("\n".join(found))

    # Time, mail and the worker.

    @rule(days=st.sampled_from([1, 3, 7, 14]))
    def days_pass(self, days: int) -> None:
        self.play(self.program.days_pass(days))

    @rule()
    def the_next_date_comes(self) -> None:
        self.play(self.program.to_next_date())

    @rule(times=numbers)
    def dates_come(self, times: int) -> None:
        for _ in range(times + 2):
            self.play(self.program.to_next_date())

    @rule(round_number=rounds)
    def opening_day_comes(self, round_number: int) -> None:
        """As it was planned; nothing, when it is over."""
        day = self.program.program.rounds[round_number - 1].opens_on
        self.play(self.program.reach(self.program.calendar.instant(day, 9)))

    @precondition(lambda self: self.program.stopwatches)
    @rule()
    def a_quarter_passes(self) -> None:
        self.play(self.program.a_quarter_passes())

    @rule()
    def mail_goes_out(self) -> None:
        self.play(self.program.post())

    @served
    @rule()
    def the_worker_is_lost(self) -> None:
        self.play(self.program.lose_worker())

    @precondition(lambda self: not self.stage.is_served)
    @rule()
    def the_worker_is_back(self) -> None:
        self.play(self.program.worker_is_back())

    @precondition(lambda self: self.program.there.get("cases") or self.program.there.get("replacements"))
    @rule(number=numbers)
    def a_workflow_is_terminated(self, number: int) -> None:
        self.do(self.program.terminate(number))

    # Letters.

    @rule(child=children, round_number=rounds, side=sides, words=numbers)
    def somebody_writes(self, child: str, round_number: int, side: Side, words: int) -> None:
        self.do(deeds.write(self.program, child, round_number, side, words))

    @there("waiting")
    @rule(number=numbers, verdict=st.sampled_from(list(Verdict)), concern=st.sampled_from(list(Concern)))
    def a_reader_decides(self, number: int, verdict: Verdict, concern: Concern) -> None:
        self.do(deeds.decide(self.program, number, verdict, concern))

    @rule(child=children, round_number=rounds, side=sides, words=numbers)
    def a_letter_is_written_and_approved(self, child: str, round_number: int, side: Side, words: int) -> None:
        self.do(deeds.write(self.program, child, round_number, side, words))
        self.do(deeds.approve(self.program, child, round_number, side))

    @rule(round_number=rounds, side=sides)
    def all_write_and_are_approved(self, round_number: int, side: Side) -> None:
        self.do(deeds.exchange(self.program, round_number, side))

    # Cases.

    @there("written")
    @rule(
        number=numbers,
        who=st.sampled_from(["teacher", "officer", "moderator", "counselor", "coordinator"]),
        concern=st.sampled_from(list(Concern)),
    )
    def somebody_is_worried(self, number: int, who: str, concern: Concern) -> None:
        self.do(deeds.worry(self.program, number, who, concern))

    @there("written")
    @rule(number=numbers, who=st.sampled_from(["moderator", "counselor", "coordinator"]))
    def somebody_reads(self, number: int, who: str) -> None:
        self.do(deeds.read_letter(self.program, number, who))

    @there("cases")
    @rule(number=numbers, reader=numbers, reported=st.booleans())
    def a_reader_attests(self, number: int, reader: int, reported: bool) -> None:
        self.do(deeds.attest(self.program, number, reader, reported=reported))

    @there("cases")
    @rule(number=numbers)
    def the_counselor_plans(self, number: int) -> None:
        self.do(deeds.plan(self.program, number))

    @there("cases")
    @rule(
        number=numbers,
        who=st.sampled_from(["counselor", "coordinator", "liaison-pd", "liaison-sheriff"]),
        letter=of_letters,
        officer=st.none() | of_officers,
    )
    def somebody_says_a_word(
        self, number: int, who: str, letter: LetterOutcome, officer: OfficerOutcome | None
    ) -> None:
        self.do(deeds.say_word(self.program, number, who, letter, officer))

    @there("cases")
    @rule(number=numbers, letter=of_letters, officer=of_officers)
    def a_case_is_seen_through(self, number: int, letter: LetterOutcome, officer: OfficerOutcome) -> None:
        self.do(deeds.see_case_through(self.program, number, letter, officer))

    # Pauses.

    @rule(level=levels, which=numbers, child=children, whats=whats)
    def a_pause_begins(self, level: str, which: int, child: str, whats: tuple[What, ...]) -> None:
        self.do(deeds.pause(self.program, level, which, child, whats))

    @rule(level=levels, which=numbers, child=children, whats=whats)
    def a_pause_begins_as_it_was_seen(
        self, level: str, which: int, child: str, whats: tuple[What, ...]
    ) -> None:
        self.do(deeds.look_and_pause(self.program, level, which, child, whats))

    @there("pauses")
    @rule(level=levels, which=numbers, child=children, whats=whats, choice=st.sampled_from(list(Choice)))
    def a_pause_ends(
        self, level: str, which: int, child: str, whats: tuple[What, ...], choice: Choice
    ) -> None:
        self.do(deeds.resume(self.program, level, which, child, whats, choice))

    # Children.

    @rule(child=children, consent=st.sampled_from(list(ConsentScope)))
    def a_family_withdraws(self, child: str, consent: ConsentScope) -> None:
        self.do(deeds.withdraw(self.program, child, consent))

    @rule(child=children, scopes=st.sampled_from([(ConsentScope.VISIT,), tuple(ConsentScope)]))
    def a_form_comes_on_paper(self, child: str, scopes: tuple[ConsentScope, ...]) -> None:
        self.do(deeds.record_form(self.program, child, scopes))

    @rule(child=children, given=st.booleans())
    def a_consent_comes_or_is_missing(self, child: str, given: bool) -> None:
        self.do(deeds.bring_consent(self.program, child, given=given))

    @rule(child=children)
    def a_child_leaves(self, child: str) -> None:
        self.do(deeds.student_leaves(self.program, child))

    @there("children_leaving")
    @rule(child=children)
    def a_child_stays_after_all(self, child: str) -> None:
        self.do(deeds.student_stays(self.program, child))

    @rule(child=children)
    def a_child_is_held(self, child: str) -> None:
        self.do(deeds.hold(self.program, child))

    @there("held")
    @rule(child=children)
    def a_hold_is_released(self, child: str) -> None:
        self.do(deeds.release_hold(self.program, child))

    @rule(child=children, school=schools, class_name=st.sampled_from(town.CLASSES))
    def a_child_changes_schools(self, child: str, school: str, class_name: str) -> None:
        self.do(deeds.transfer(self.program, child, school, class_name))

    @rule(child=children)
    def a_child_dies(self, child: str) -> None:
        self.do(deeds.student_dies(self.program, child))

    @there("declinable")
    @rule(child=children, by=st.sampled_from(["family", "officer", "counselor"]))
    def somebody_declines(self, child: str, by: str) -> None:
        self.do(deeds.decline(self.program, child, by))

    @rule(child=children)
    def a_family_asks_to_erase(self, child: str) -> None:
        self.do(deeds.ask_to_erase(self.program, child))

    @there("wished_to_erase")
    @rule(child=children)
    def a_child_is_erased(self, child: str) -> None:
        self.do(deeds.erase(self.program, child))

    # Staff.

    @rule(school=schools, class_name=st.sampled_from(town.CLASSES))
    def a_teacher_leaves(self, school: str, class_name: str) -> None:
        self.do(deeds.staff_leaves(self.program, f"{school}-{class_name}"))

    # Officers.

    @rule(officer=officers, reason=reasons)
    def an_officer_leaves(self, officer: str, reason: Reason) -> None:
        self.do(deeds.officer_leaves(self.program, officer, reason))

    @there("leaving")
    @rule(officer=officers)
    def that_is_taken_back(self, officer: str) -> None:
        self.do(deeds.take_back(self.program, officer))

    @rule(officer=officers)
    def an_officer_is_stopped(self, officer: str) -> None:
        self.do(deeds.stop(self.program, officer))

    @rule(officer=officers)
    def an_officer_dies(self, officer: str) -> None:
        self.do(deeds.officer_dies(self.program, officer))

    @rule(officer=officers, days=st.sampled_from([-1, 5, 1000]))
    def a_clearance_comes(self, officer: str, days: int) -> None:
        self.do(deeds.bring_clearance(self.program, officer, days))

    @rule(who=st.sampled_from(town.LATE))
    def somebody_comes_late(self, who: str) -> None:
        self.do(deeds.bring_somebody(self.program, who))

    # Matching, and the next officer.

    @served
    @rule()
    def pairs_are_proposed(self) -> None:
        self.do(deeds.propose(self.program))

    @served
    @there("proposed")
    @rule()
    def pairs_are_approved(self) -> None:
        self.do(deeds.approve_pairs(self.program))

    @served
    @there("proposed")
    @rule(number=numbers)
    def a_pair_is_rejected(self, number: int) -> None:
        self.do(deeds.reject_pair(self.program, number))

    @there("introduced")
    @rule(
        child=children, reason=st.sampled_from([Reason.SILENCE, Reason.CLEARANCE_ENDED, *deeds.WITHDRAWALS])
    )
    def another_officer_is_sought(self, child: str, reason: Reason) -> None:
        self.do(deeds.begin_replacement(self.program, child, reason))

    @there("replacements")
    @rule(number=numbers)
    def the_next_officer_is_approved(self, number: int) -> None:
        self.do(deeds.approve_replacement(self.program, number))

    @there("replacements")
    @rule(number=numbers)
    def the_next_officer_is_rejected(self, number: int) -> None:
        self.do(deeds.reject_replacement(self.program, number))

    # Silence.

    @there("silent")
    @rule(child=children)
    def an_officer_is_warned(self, child: str) -> None:
        self.do(deeds.warn(self.program, child))

    @there("silent")
    @rule(child=children)
    def an_officer_gets_more_time(self, child: str) -> None:
        self.do(deeds.give_more_time(self.program, child))

    # The visit.

    @there("invited")
    @rule(child=children, said=answers)
    def an_officer_answers(self, child: str, said: str) -> None:
        self.do(deeds.answer_visit(self.program, child, said))

    @there("hosts")
    @rule(number=numbers, said=answers)
    def a_reserve_answers(self, number: int, said: str) -> None:
        self.do(deeds.answer_as_host(self.program, number, said))

    @there("invited")
    @rule(child=children, came=st.booleans())
    def an_officer_is_seen_at_the_visit(self, child: str, came: bool) -> None:
        self.do(deeds.attend_visit(self.program, child, came=came))

    @there("invited")
    @rule(child=children)
    def a_host_is_found(self, child: str) -> None:
        self.do(deeds.find_host(self.program, child))

    @served
    @rule(school=schools, days=st.sampled_from([-1, 1, 5, 9]))
    def the_visit_moves(self, school: str, days: int) -> None:
        self.do(deeds.move_visit(self.program, school, days))

    @served
    @rule(school=schools, read_aloud=st.booleans())
    def the_visit_is_called_off(self, school: str, read_aloud: bool) -> None:
        self.do(deeds.call_off_visit(self.program, school, read_aloud=read_aloud))

    # Afterwards.

    @there("introduced")
    @rule(child=children, side=sides, wants=st.booleans())
    def somebody_wants_to_go_on(self, child: str, side: Side, wants: bool) -> None:
        self.do(deeds.wish(self.program, child, side, wants=wants))

    @precondition(lambda self: self.program.there.get("introduced") and not self.program.is_next_year)
    @rule(willing=st.sets(children, min_size=1))
    def the_next_year_begins(self, willing: set[str]) -> None:
        """The rest of this one passes; then the pairs that want to go on are the first of the next."""
        self.play(self._holds(self.program.finish()))
        for child, side in itertools.product(sorted(willing), Side):
            self.do(deeds.wish(self.program, child, side, wants=True))
        self.play(self.program.begin_next_year())
        self.do(deeds.carry_over_pairs(self.program))

    @there("invited")
    @rule(officer=officers)
    def an_officer_says_how_the_year_was(self, officer: str) -> None:
        self.do(deeds.answer_survey(self.program, officer))

    @rule()
    def what_is_past_is_deleted(self) -> None:
        self.do(deeds.delete_what_is_past(self.program))
