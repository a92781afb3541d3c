"""What people do to a program: each command and each fact once, by whoever may, about whoever the machine names.

A deed that finds nobody to do it to does nothing. What a deed answers is nobody's business here; what holds afterwards is.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from temporalio.client import WorkflowHandle

from bluepals.domain.cases import Concern, LetterOutcome, OfficerOutcome
from bluepals.domain.letters import ScannedLetter, Side, TypedLetter, Verdict
from bluepals.domain.people import ConsentScope
from bluepals.domain.survey import QUESTIONS, Answers, Reply, Taker
from bluepals.facts import (
    carry_over,
    cases,
    closing,
    consents,
    declining,
    erasure,
    leaving,
    letters,
    matching,
    moves,
    pauses,
    replacements,
    retention,
    silence,
    staff,
    surveys,
    visit_hosts,
    visits,
)
from bluepals.facts.closing import Word
from bluepals.facts.consents import PaperForms
from bluepals.facts.pauses import Choice
from bluepals.store import case_readers, case_words, holds, programs
from bluepals.store import cases as case_store
from bluepals.store.endings import Reason
from bluepals.store.holds import Subject
from bluepals.store.letters import NotTaken
from bluepals.store.pauses import Target, What
from service.referrals import Referrals
from tests.always_true.program import DrivenProgram
from tests.always_true.town import CHILDREN, ROUNDS
from workflows.api import assignment, visit_day
from workflows.assignment import Assignment
from workflows.visit_day import VisitDay

WITHDRAWALS = (Reason.MOVED, Reason.BUSY)
SCANNED = 3  # of the numbers of words

_DRAFTS = "SELECT id FROM draft WHERE written_for <> 'stock' ORDER BY sequence DESC"
_WAITING = (
    "SELECT id FROM draft WHERE NOT EXISTS (SELECT FROM decision WHERE draft_id = draft.id)"
    " ORDER BY written_for = 'stock', sequence DESC"
)
_CASES = "SELECT id FROM case_file WHERE closed_at IS NULL ORDER BY sequence"
_REPLACEMENTS = (
    "SELECT replacement.id FROM replacement JOIN student ON student.id = student_id WHERE closed_at IS NULL"
    " ORDER BY external_id"
)
_HOSTS = "SELECT visit_host.id FROM visit_host JOIN officer ON officer.id = officer_id ORDER BY asked_at, external_id"


# Letters.


async def write(program: DrivenProgram, child: str, round_number: int, side: Side, words: int) -> None:
    """The same words again are the same draft; the last ones are a scan."""
    if (pairing_id := await program.pairing_of(child)) is None:
        return
    by = await program.officer_of(pairing_id) if side is Side.OFFICER else await program.teacher_of(child)
    await letters.hand_in(
        program.office,
        program.scope,
        pairing_id=pairing_id,
        round_number=round_number,
        side=side,
        letter=ScannedLetter(b"%PDF, drawn anew")
        if words == SCANNED
        else TypedLetter(f"Words number {words}."),
        language="en",
        uploaded_by=by,
    )


async def decide(program: DrivenProgram, number: int, verdict: Verdict, concern: Concern) -> None:
    """About one of the letters that wait for a reader."""
    if (draft_id := await program.nth(_WAITING, number)) is not None:
        await _decide(program, draft_id, verdict, concern)


async def _decide(
    program: DrivenProgram, draft_id: UUID, verdict: Verdict, concern: Concern = Concern.HARM
) -> None:
    returned = verdict is Verdict.RETURN
    await letters.decide(
        program.office,
        program.scope,
        draft_id=draft_id,
        draft_hash=await program.hash_of(draft_id),
        verdict=verdict,
        decided_by=program.people["moderator"],
        reason_for_child="Please write it again." if returned else None,
        reason_for_adult="It has to be written again." if returned else None,
        concern=concern,
    )


async def approve(program: DrivenProgram, child: str, round_number: int, side: Side) -> None:
    if (draft_id := await program.draft_of(child, round_number, side)) is not None:
        await _decide(program, draft_id, Verdict.APPROVE)


async def exchange(program: DrivenProgram, round_number: int, side: Side) -> None:
    """All of this side write, and all that they write is approved."""
    for child in CHILDREN:
        with suppress(NotTaken):
            await write(program, child, round_number, side, words=0)
            await approve(program, child, round_number, side)


# Cases.


async def worry(program: DrivenProgram, number: int, who: str, concern: Concern) -> None:
    """About any letter. `who`: somebody of the staff, the child's teacher or its officer."""
    if (draft_id := await program.nth(_DRAFTS, number)) is None:
        return
    child, officer_id = await program.between_whom(draft_id)
    match who:
        case "teacher":
            by = await program.teacher_of(child)
        case "officer":
            by = officer_id
        case _:
            by = program.people[who]
    await cases.worry(program.office, program.scope, draft_id=draft_id, by=by, concern=concern)


async def read_letter(program: DrivenProgram, number: int, who: str) -> None:
    """Whoever reads one about which there is a case already has the duty from then on."""
    if (draft_id := await program.nth(_DRAFTS, number)) is not None:
        await cases.note_read(program.office, program.scope, draft_id, program.people[who])


async def attest(program: DrivenProgram, number: int, reader: int, *, reported: bool) -> None:
    """One of those who have read the letter, for themselves."""
    if (case_id := await program.nth(_CASES, number)) is None:
        return
    async with program.database.transaction(program.scope) as connection:
        missing = await case_readers.still_to_attest(connection, case_id)
    if missing:
        by = missing[reader % len(missing)].id
        await _attest(program, case_id, by, reported=reported)


async def _attest(program: DrivenProgram, case_id: UUID, by: UUID, *, reported: bool) -> None:
    await cases.attest(
        program.office,
        program.scope,
        case_id=case_id,
        by=by,
        reported_at=program.now if reported else None,
    )
    if program.stage.is_served:
        await Referrals(program.client).attested(case_id)


async def plan(program: DrivenProgram, number: int) -> None:
    if case_id := await program.nth(_CASES, number):
        day = program.calendar.next_school_day(program.today + timedelta(days=3))
        await cases.plan(
            program.office,
            program.scope,
            case_id=case_id,
            by=program.people["counselor"],
            look_again_on=day,
        )


async def say_word(
    program: DrivenProgram, number: int, who: str, letter: LetterOutcome, officer: OfficerOutcome | None
) -> None:
    if case_id := await program.nth(_CASES, number):
        await _say_word(program, case_id, who, letter, officer)


async def _say_word(
    program: DrivenProgram, case_id: UUID, who: str, letter: LetterOutcome, officer: OfficerOutcome | None
) -> None:
    word = Word(letter, officer, "Please write it again.", "It has to be written again.", program.today)
    await closing.close(program.office, program.scope, case_id=case_id, by=program.people[who], word=word)


async def see_case_through(
    program: DrivenProgram, number: int, letter: LetterOutcome, officer: OfficerOutcome
) -> None:
    """All attest, the counselor plans, and everybody who has a word in it says the same."""
    if (case_id := await program.nth(_CASES, number)) is None:
        return
    async with program.database.transaction(program.scope) as connection:
        case = await case_store.record(connection, case_id)
        missing = await case_readers.still_to_attest(connection, case_id)
        needed = await case_words.words_needed(connection, case_id)
    for one in missing:
        await _attest(program, case_id, one.id, reported=False)
    if "counselor" in needed:
        await plan(program, number)
    for role in needed:
        who = f"liaison-{case.agency}" if role == "liaison" else role
        await _say_word(program, case_id, who, letter, officer if case.kind is Concern.CONDUCT else None)


# Pauses.


async def _target(program: DrivenProgram, kind: str, which: int, child: str) -> Target | None:
    match kind:
        case "program":
            return Target()
        case "school":
            return Target(school=program.program.schools[which % 2].id)
        case "agency":
            return Target(agency=program.program.agencies[which % 2].id)
    pairing_id = await program.pairing_of(child)
    return Target(pairing_id=pairing_id) if pairing_id else None


async def pause(program: DrivenProgram, kind: str, which: int, child: str, whats: tuple[What, ...]) -> None:
    if target := await _target(program, kind, which, child):
        by = program.people["coordinator"]
        await pauses.pause(program.office, program.scope, target, whats, reason="snow", by=by)


async def look_and_pause(
    program: DrivenProgram, kind: str, which: int, child: str, whats: tuple[What, ...]
) -> None:
    """As it was seen."""
    if target := await _target(program, kind, which, child):
        this, by = (program.office, program.scope, target, whats), program.people["coordinator"]
        seen = await pauses.preview_pause(*this, by=by)
        await pauses.pause_as_seen(*this, reason="snow", by=by, agreed=seen.agreement)


async def resume(
    program: DrivenProgram, kind: str, which: int, child: str, whats: tuple[What, ...], choice: Choice
) -> None:
    """As it was previewed."""
    if target := await _target(program, kind, which, child):
        by, choices = program.people["coordinator"], dict.fromkeys(ROUNDS, choice)
        seen = await pauses.preview(program.office, program.scope, target, whats, choices, by=by)
        await pauses.resume(
            program.office, program.scope, target, whats, choices, by=by, agreed=seen.agreement
        )


# Children.


async def withdraw(program: DrivenProgram, child: str, consent: ConsentScope) -> None:
    await consents.withdraw(program.office, program.scope, child, consent, by=program.people["coordinator"])


async def record_form(program: DrivenProgram, child: str, scopes: tuple[ConsentScope, ...]) -> None:
    """That came on paper today."""
    if child in program.people:
        async with program.database.transaction(program.scope) as connection:
            today = await programs.today(connection)
        form = PaperForms([program.people[child]], scopes, today, version=None)
        await consents.record(program.office, program.scope, form, by=program.people["coordinator"])


async def student_leaves(program: DrivenProgram, child: str) -> None:
    await moves.leave(program.office, program.scope, child, by=program.people["coordinator"])


async def student_stays(program: DrivenProgram, child: str) -> None:
    await moves.take_back(program.office, program.scope, child, by=program.people["coordinator"])


async def hold(program: DrivenProgram, child: str) -> None:
    """An authority asks; again, it changes nothing."""
    if child in program.people:
        async with program.database.transaction(program.scope) as connection:
            await holds.hold(
                connection,
                key=child,
                subject=Subject.STUDENT,
                subject_id=program.people[child],
                reason="An authority asks.",
            )


async def release_hold(program: DrivenProgram, child: str) -> None:
    async with program.database.transaction(program.scope) as connection:
        await holds.release(connection, child)


async def transfer(program: DrivenProgram, child: str, school: str, class_name: str) -> None:
    await moves.transfer(program.office, program.scope, child, school=school, class_name=class_name)
    if child in program.in_files:
        known = program.students[child]
        program.students[child] = replace(known, school=school, class_name=class_name)


async def student_dies(program: DrivenProgram, child: str) -> None:
    if child in program.people:
        await leaving.student_died(
            program.office, program.scope, program.people[child], by=program.people["counselor"]
        )


async def decline(program: DrivenProgram, child: str, by: str) -> None:
    """By the family, the officer or the counselor."""
    if (pairing_id := await program.pairing_of(child)) is None:
        return
    who = {
        "family": program.people[child],
        "officer": await program.officer_of(pairing_id),
        "counselor": program.people["counselor"],
    }[by]
    await declining.decline(program.office, program.scope, pairing_id, by=who)


async def bring_consent(program: DrivenProgram, child: str, *, given: bool) -> None:
    """The roster comes again: a consent of today, or none."""
    program.students[child] = replace(program.students[child], consent=program.today if given else None)
    await program.bring_files()


async def ask_to_erase(program: DrivenProgram, child: str) -> None:
    await erasure.request(program.office, program.scope, child, "counselor")


async def erase(program: DrivenProgram, child: str) -> None:
    await erasure.confirm(program.office, program.scope, child, by=program.people["coordinator"])


# Staff.


async def staff_leaves(program: DrivenProgram, who: str) -> None:
    by = program.people["coordinator"]
    await staff.leave(program.office, program.scope, program.people[who], by=by)


# Officers.


async def officer_leaves(program: DrivenProgram, officer: str, reason: Reason) -> None:
    if officer in program.people:
        by = program.people["coordinator"]
        await leaving.leave(program.office, program.scope, program.people[officer], reason, by=by)


async def take_back(program: DrivenProgram, officer: str) -> None:
    if officer in program.people:
        by = program.people["coordinator"]
        await leaving.take_back(program.office, program.scope, program.people[officer], by=by)


async def stop(program: DrivenProgram, officer: str) -> None:
    """By the liaison of their agency."""
    if officer in program.people:
        by = program.people[f"liaison-{program.officers[officer].agency}"]
        await leaving.stop(program.office, program.scope, program.people[officer], by=by)


async def officer_dies(program: DrivenProgram, officer: str) -> None:
    if officer in program.people:
        by = program.people["coordinator"]
        await leaving.officer_died(program.office, program.scope, program.people[officer], by=by)


async def bring_clearance(program: DrivenProgram, officer: str, days: int) -> None:
    """The roster comes again: cleared until so many days from today."""
    until = program.today + timedelta(days=days)
    program.officers[officer] = replace(program.officers[officer], cleared_until=until)
    await program.bring_files()


async def bring_somebody(program: DrivenProgram, who: str) -> None:
    """A late student or officer."""
    program.in_files.add(who)
    await program.bring_files()


# Matching, and the next officer.


async def propose(program: DrivenProgram) -> None:
    await program.matching.execute_update(Assignment.propose_again)


async def approve_pairs(program: DrivenProgram) -> None:
    command = assignment.DecideAboutPairs([], str(program.people["coordinator"]))
    await program.matching.execute_update(Assignment.approve_pairs, command)


async def reject_pair(program: DrivenProgram, number: int) -> None:
    query = (
        "SELECT proposed_pair.id FROM proposed_pair JOIN student ON student.id = student_id WHERE state = 'proposed'"
        " ORDER BY external_id"
    )
    if pair := await program.nth(query, number):
        await matching.give_reason(program.office, program.scope, [pair], "They know each other.")
        command = assignment.DecideAboutPairs([str(pair)], str(program.people["coordinator"]))
        await program.matching.execute_update(Assignment.reject_pairs, command)


async def begin_replacement(program: DrivenProgram, child: str, reason: Reason) -> None:
    if pairing_id := await program.pairing_of(child):
        by = program.people["coordinator"]
        await leaving.begin(program.office, program.scope, pairing_id, reason, by=by)


async def approve_replacement(program: DrivenProgram, number: int) -> None:
    if one := await program.nth(_REPLACEMENTS, number):
        await replacements.approve(program.office, program.scope, one, by=program.people["coordinator"])


async def reject_replacement(program: DrivenProgram, number: int) -> None:
    if one := await program.nth(_REPLACEMENTS, number):
        by = program.people["coordinator"]
        await replacements.reject(program.office, program.scope, one, why="They know each other.", by=by)


# Silence.


async def warn(program: DrivenProgram, child: str) -> None:
    if pairing_id := await program.pairing_of(child):
        await silence.warn(program.office, program.scope, pairing_id, by=program.people["coordinator"])


async def give_more_time(program: DrivenProgram, child: str) -> None:
    if pairing_id := await program.pairing_of(child):
        by = program.people["coordinator"]
        await silence.give_more_time(program.office, program.scope, pairing_id, by=by)


# The visit.


async def answer_visit(program: DrivenProgram, child: str, said: str) -> None:
    if pairing_id := await program.pairing_of(child):
        await visits.answer(program.office, program.scope, pairing_id, said)


async def answer_as_host(program: DrivenProgram, number: int, said: str) -> None:
    if host := await program.nth(_HOSTS, number):
        await visits.answer(program.office, program.scope, host, said)


async def attend_visit(program: DrivenProgram, child: str, *, came: bool) -> None:
    if pairing_id := await program.pairing_of(child):
        await visits.attend(program.office, program.scope, pairing_id, came=came)


async def find_host(program: DrivenProgram, child: str) -> None:
    if pairing_id := await program.pairing_of(child):
        await visit_hosts.host_now(program.office, program.scope, pairing_id)


async def move_visit(program: DrivenProgram, school: str, days: int) -> None:
    day: date = program.calendar.next_school_day(program.program.visit.start + timedelta(days=days))
    handle = await _visit(program, school)
    await handle.execute_update(VisitDay.move_visit, visit_day.MoveVisit(day.isoformat()))


async def call_off_visit(program: DrivenProgram, school: str, *, read_aloud: bool) -> None:
    handle = await _visit(program, school)
    await handle.execute_update(VisitDay.call_off_visit, visit_day.CallOffVisit(read_aloud))


async def _visit(program: DrivenProgram, school: str) -> WorkflowHandle[VisitDay, int]:
    workflow_id = visit_day.workflow_id(program.year_of(school))
    await program.meet(workflow_id)
    return program.client.get_workflow_handle_for(VisitDay.run, workflow_id)


# Afterwards.


async def wish(program: DrivenProgram, child: str, side: Side, *, wants: bool) -> None:
    if pairing_id := await program.pairing_of(child):
        by = program.people["coordinator"]
        await carry_over.say(program.office, program.scope, pairing_id, side, wants=wants, by=by)


async def carry_over_pairs(program: DrivenProgram) -> None:
    await carry_over.carry(program.office, program.scope, by=program.people["coordinator"])


async def answer_survey(program: DrivenProgram, officer: str) -> None:
    if officer in program.people:
        replies = {question.key: Reply.YES for question in QUESTIONS[Taker.OFFICER]}
        await surveys.answer(program.office, program.scope, program.people[officer], Answers(replies, None))


async def delete_what_is_past(program: DrivenProgram) -> None:
    """What the nightly Schedule does."""
    for kind in retention.KINDS:
        await retention.delete_batch(program.office, program.scope, kind)
