"""A case closed: by the word of those who decide, with what becomes of the letter, and of the officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from bluepals.domain.cases import Concern, LetterOutcome, OfficerOutcome
from bluepals.domain.gates import Cause
from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence, counted
from bluepals.facts import leaving
from bluepals.facts.cases import look_at_packs
from bluepals.facts.letters import due_again, tell_pairing, tell_writer
from bluepals.facts.office import Letterhead, Office, post
from bluepals.facts.visit_hosts import tell_visits_of
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import case_readers, case_words, cases, letters, pairings, people, programs, tells
from bluepals.store.case_words import CaseDraft, Reasons
from bluepals.store.cases import CaseRecord
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason
from bluepals.store.letters import Copy, NotTaken, Returned
from bluepals.store.tells import Tell


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody who decides says is to become of the letter; a return has its reasons, conduct its officer.

    `copy`: with words left out, which goes on instead of the letter.
    """

    letter: LetterOutcome
    officer: OfficerOutcome | None = None
    reason_for_child: str | None = None
    reason_for_adult: str | None = None
    counsel_asked_on: date | None = None
    copy: Copy | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """Whether the case is closed now; if not, whose word it waits for."""

    closed: bool
    waits_for: tuple[str, ...]
    tells: tuple[Tell, ...] = ()


async def close(office: Office, scope: Scope, *, case_id: UUID, by: UUID, word: Word) -> Closing:
    """Say one's word; with the last one that is needed the case closes. Raises NotTaken with a sentence."""
    async with office.committing(scope) as connection:
        case = await cases.record(connection, case_id)
        if case.closed_at is not None:
            return _closed_before(case, word)
        needed = await case_words.words_needed(connection, case_id)
        own = [role for role in needed if role in await case_words.roles_in(connection, case_id, by)]
        await _refuse_unfit(connection, case, word, needed, own)
        draft = await case_words.draft_of(connection, case.draft_id, by)
        _refuse_unfit_letter(word, draft)
        _refuse_unfit_copy(word, case, draft)
        for role in own:
            await case_words.say(connection, case_id, role, by, word.letter, word.officer)
        agreeing = await case_words.agreeing(connection, case_id, word.letter, word.officer)
        if missing := tuple(role for role in needed if role not in agreeing):
            return Closing(closed=False, waits_for=missing)
        copy_id = None
        if word.copy is not None:
            await cases.lock_letter(connection, case.draft_id)
            copy_id = (await letters.insert_copy(connection, office.keyring, case.draft_id, word.copy)).id
        await case_words.close(connection, case_id, word.letter, word.officer, word.counsel_asked_on, copy_id)
        letterhead = await Letterhead.of(office, connection)
        told = [*await _letter(connection, letterhead, case, draft, by, word, copy_id)]
        told += await _officer(connection, letterhead, case, by, word)
        await look_at_packs(connection, case)
        await _tell_teachers(connection, letterhead, case)
        return Closing(closed=True, waits_for=(), tells=tuple(told))


_BECAME = {
    LetterOutcome.DELIVER: Sentence("the letter goes on"),
    LetterOutcome.RETURN: Sentence("the letter went back to be changed"),
    LetterOutcome.KEEP: Sentence("the letter is kept"),
}


def _closed_before(case: CaseRecord, word: Word) -> Closing:
    if case.letter is not None and case.letter is not word.letter:
        raise NotTaken(
            "This case is closed already: {became}. A new worry opens a new one.", became=_BECAME[case.letter]
        )
    return Closing(closed=True, waits_for=())


_CLOSED_BY = {
    ("counselor",): Sentence("This case is closed by the word of its counselor. Ask them."),
    ("coordinator",): Sentence("This case is closed by the word of its coordinator. Ask them."),
    ("coordinator", "liaison"): Sentence(
        "This case is closed by the word of its coordinator and its liaison. Ask them."
    ),
}


async def _refuse_unfit(
    connection: Connection, case: CaseRecord, word: Word, needed: Sequence[str], own: Sequence[str]
) -> None:
    if not own:
        raise NotTaken(_CLOSED_BY[tuple(needed)])
    if missing := len(await case_readers.still_to_attest(connection, case.id)):
        raise NotTaken(
            "{missing}; nobody can do it for them. Call them.",
            missing=counted(
                missing,
                "reader of the letter has not attested yet",
                "readers of the letter have not attested yet",
            ),
        )
    if case.kind in {Concern.SAD, Concern.UNSURE, Concern.FAMILY} and not await case_words.has_plan(
        connection, case.id
    ):
        raise NotTaken("There is no plan yet. Make one first, with a day to look again.")
    if case.kind is Concern.CONDUCT:
        _refuse_unfit_about_officer(word)
    elif word.officer is not None:
        raise NotTaken("What becomes of the officer is asked in a case of conduct only. Leave it out.")
    goes_on = case.kind is Concern.FAMILY and word.letter is LetterOutcome.DELIVER
    if goes_on and not (word.counsel_asked_on or word.copy):
        raise NotTaken(
            "A letter about a family's trouble goes to no officer before counsel was asked: say on which day that "
            "was, leave words out on the case's page, or return it to be changed."
        )
    if word.counsel_asked_on and word.counsel_asked_on > await programs.today(connection):
        raise NotTaken(
            "{day} is still to come. Ask counsel first, then say on which day that was.",
            day=word.counsel_asked_on,
        )


def _refuse_unfit_about_officer(word: Word) -> None:
    if word.letter is LetterOutcome.RETURN:
        raise NotTaken(
            "An officer's conduct is never answered with a friendly return. Say that the letter goes on, or that it is kept."
        )
    if word.officer is None:
        raise NotTaken(
            "Say what becomes of the officer too: whether they go on with all pals, or leave for good."
        )


def _refuse_unfit_letter(word: Word, draft: CaseDraft) -> None:
    if word.letter is LetterOutcome.KEEP:
        return
    if draft.own:
        raise NotTaken("Whoever hands a letter in can't decide about it. Ask another one with the same role.")
    if not draft.newest and not draft.approved:
        raise NotTaken("A newer draft has come in since; keep this one, and decide about the newest.")
    if word.letter is LetterOutcome.RETURN and draft.delivered:
        raise NotTaken(
            "This letter has been delivered already, and nobody writes it again. Say that the letter goes on, or that it is kept."
        )
    if word.letter is LetterOutcome.RETURN and draft.under_another:
        raise NotTaken(
            "Another case about this letter is open, and until that is closed nobody can write it again. Close that one first."
        )
    if word.letter is LetterOutcome.RETURN and draft.copied:
        raise NotTaken(
            "A copy of this letter has been approved already, and nobody writes it again. Say that the letter goes on, or that it is kept."
        )
    if word.letter is LetterOutcome.RETURN and not (word.reason_for_child and word.reason_for_adult):
        raise NotTaken(
            "A return needs its reasons: one for the adult who gets it back, and one in a child's words."
        )


def _refuse_unfit_copy(word: Word, case: CaseRecord, draft: CaseDraft) -> None:
    if word.copy is None:
        return
    if case.kind is not Concern.FAMILY or word.letter is not LetterOutcome.DELIVER:
        raise NotTaken(
            "Words are left out by its counselor only where a letter about a family's trouble goes on."
        )
    if draft.delivered:
        raise NotTaken("This letter has been delivered already: leaving words out comes too late.")
    if not draft.newest:
        raise NotTaken("A newer draft has come in since; keep this one, and decide about the newest.")


async def _letter(
    connection: Connection,
    letterhead: Letterhead,
    case: CaseRecord,
    draft: CaseDraft,
    by: UUID,
    word: Word,
    copy_id: UUID | None,
) -> Sequence[Tell]:
    """What was approved before goes on; what was not is decided about now, and its pairing is told."""
    if word.letter is LetterOutcome.KEEP:
        return ()
    if word.letter is LetterOutcome.DELIVER and draft.approved and copy_id is None:
        return await _open_gates(connection, case.program, [case.pairing_id] if case.pairing_id else [])
    if word.letter is LetterOutcome.RETURN and draft.returned:
        return ()
    reasons = None
    if word.letter is LetterOutcome.RETURN:
        due = due_again(letterhead)
        reasons = Reasons(word.reason_for_child or "", word.reason_for_adult or "", due)
    decided = await case_words.decide(connection, case, copy_id, by, reasons)
    if case.pairing_id is None:
        return ()
    pairing = await pairings.card(connection, case.pairing_id)
    if reasons is not None:
        returned = Returned(decided.id, decided.side, reasons.for_adult)
        await tell_writer(connection, letterhead, pairing, returned, reasons.due_again_at)
    return (await tell_pairing(connection, pairing, decided, by_case=case.id),)


async def _officer(
    connection: Connection, letterhead: Letterhead, case: CaseRecord, by: UUID, word: Word
) -> Sequence[Tell]:
    """They go on with all their pals, or have none from now on: whoever leaves over a case is stopped for good."""
    if case.officer_id is None:
        return ()
    if word.officer is OfficerOutcome.RESUMES:
        await tell_visits_of(connection, case.officer_id)
        waiting = await cases.pairings_of(connection, case.officer_id)
        return await _open_gates(connection, case.program, waiting)
    await leaving.go_at_once(connection, letterhead, case.officer_id, Reason.STOPPED, by)
    return ()


async def _tell_teachers(connection: Connection, letterhead: Letterhead, case: CaseRecord) -> None:
    """What goes on after its class has had the pack without it is handed to its child alone. Of a case nothing is said."""
    for place in await cases.left_out_of_packs(connection, case.id):
        pairing = await pairings.card(connection, place.pairing_id)
        for teacher in await people.staff(
            connection, Role.TEACHER, school=pairing.school, class_name=pairing.class_name
        ):
            await post(
                connection,
                letterhead,
                notices.letters.after_its_pack(
                    teacher=teacher.name,
                    student=pairing.student_first_name,
                    class_name=pairing.class_name,
                    round_number=place.opening,
                    link=letterhead.link_to(DeskPage.CLASS),
                ),
                key=f"after-pack-{case.id}-{place.pairing_id}-{place.opening}-{teacher.id}",
                to=teacher.email,
                school=pairing.school,
                pairing_id=pairing.id,
            )


async def _open_gates(connection: Connection, program: str, waiting: Sequence[UUID]) -> Sequence[Tell]:
    """What their pairings hold may go; each opening is a fact of its own."""
    return [
        await tells.add(
            connection,
            program,
            workflow_id=f"pairing-{one}",
            fact="gate_opened",
            key=f"case-{uuid4()}",
            body={"cause": Cause.CASE},
        )
        for one in waiting
    ]
