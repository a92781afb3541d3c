"""Letters handed in, decided about, released and missed: each a fact, committed with its tells and notices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from bluepals.domain import references
from bluepals.domain.cases import Concern
from bluepals.domain.letters import Letter, ScannedLetter, Side, TypedLetter, Verdict
from bluepals.domain.people import Role
from bluepals.domain.screening import Risk, screen
from bluepals.domain.sentences import Sentence, begun
from bluepals.facts import cases
from bluepals.facts.cases import Opened
from bluepals.facts.office import Letterhead, Office, post
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import attention, deliveries, gates, letters, mail, pairings, people, rounds, tells
from bluepals.store.database import Connection, Scope, widen
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.letters import Copy, Decided, Decision, DraftRecord, Handed, NotTaken, Returned
from bluepals.store.pairings import PairingCard
from bluepals.store.tells import Tell


@dataclass(frozen=True, slots=True)
class DecidedAndTold:
    """A decision on record, the tell that its pairing has to hear (stock letters have no pairing), and a referral's case."""

    decided: Decided
    tell: Tell | None
    opened: Opened | None = None


async def hand_in(
    office: Office,
    scope: Scope,
    *,
    pairing_id: UUID,
    round_number: int,
    side: Side,
    letter: Letter,
    language: str,
    uploaded_by: UUID,
) -> DraftRecord:
    """Take a letter in. One for a closed pairing is kept, for a person to look at. Raises NotTaken with a sentence."""
    async with office.committing(scope) as connection:
        return await take_in(
            office,
            connection,
            scope.program,
            pairing_id=pairing_id,
            round_number=round_number,
            side=side,
            handed=screened(letter, language, uploaded_by),
        )


async def take_in(
    office: Office,
    connection: Connection,
    program: str,
    *,
    pairing_id: UUID,
    round_number: int,
    side: Side,
    handed: Handed,
) -> DraftRecord:
    """In the transaction of whoever commits it. Raises NotTaken with a sentence."""
    draft = await letters.hand_in(
        connection,
        office.keyring,
        pairing_id=pairing_id,
        round_number=round_number,
        side=side,
        handed=handed,
    )
    pairing = await pairings.state(connection, pairing_id)
    if pairing.ended:
        await attention.call(
            connection,
            key=f"draft-{draft.id}",
            kind="letter for a closed pairing",
            school=pairing.school,
            agency=pairing.agency,
            subject_id=draft.id,
            sentence=Sentence(
                "{draft} came in after {pairing} had closed: read it and decide what to do.",
                draft=begun(references.draft(draft.id)),
                pairing=references.pairing(pairing_id),
            ),
        )
    if not draft.known and handed.screening is not None and handed.screening.risk is Risk.HIGH:
        await widen(connection, program)  # To whom it is told is not the visitor's to see.
        await _page_readers(office, connection, draft, pairing.school)
    return draft


async def _page_readers(office: Office, connection: Connection, draft: DraftRecord, school: str) -> None:
    """A filter's mark: whoever reads, and the counselor, are told at once. It opens no case and starts no stopwatch."""
    letterhead = await Letterhead.of(office, connection)
    links = {Role.COUNSELOR: None, Role.MODERATOR: letterhead.link_to(DeskPage.READING)}
    for role, link in links.items():
        for one in await people.staff(connection, role, school=school):
            await post(
                connection,
                letterhead,
                notices.cases.marked_high(
                    name=one.name, draft=str(draft.id), program=letterhead.program.id, link=link
                ),
                key=f"marked-{draft.id}-{one.id}",
                to=one.email,
                school=school,
            )


async def hand_in_stock(
    office: Office, scope: Scope, *, officer_id: UUID, stock_id: str, letter: Letter, language: str
) -> DraftRecord:
    """Take in a reserve officer's letter for whichever child will need one."""
    async with office.database.transaction(scope) as connection:
        return await letters.hand_in_stock(
            connection,
            office.keyring,
            officer_id=officer_id,
            stock_id=stock_id,
            handed=screened(letter, language, officer_id),
        )


def screened(letter: Letter, language: str, uploaded_by: UUID) -> Handed:
    screening = None if isinstance(letter, ScannedLetter) else screen(letter.text)
    return Handed(letter, language, uploaded_by, screening)


async def waiting(office: Office, scope: Scope) -> Sequence[letters.WaitingDraft]:
    async with office.database.transaction(scope) as connection:
        return await letters.waiting(connection)


async def read(office: Office, scope: Scope, draft_id: UUID) -> letters.OpenedDraft:
    async with office.database.transaction(scope) as connection:
        return await letters.read(connection, office.keyring, draft_id)


async def show(office: Office, scope: Scope, draft_id: UUID, *, to: UUID) -> letters.OpenedDraft:
    """A draft's words, to one of the staff; that they have read them is on record first. Raises NotTaken with a sentence.

    Pages are opened on the desk, and are on record there.
    """
    async with office.database.transaction(scope) as connection:
        opened = await letters.read(connection, office.keyring, draft_id)
        if not await letters.may_be_shown(connection, draft_id, to):
            raise NotTaken(
                "Only a moderator of this school or the coordinator reads its letters, and its counselor those that the"
                " filter marks as worrying. Use the id of one in --by; see staff.csv."
            )
    if isinstance(opened.letter, TypedLetter) or opened.translation:
        await cases.note_read(office, scope, draft_id, to)
    return opened


async def decide(
    office: Office,
    scope: Scope,
    *,
    draft_id: UUID,
    draft_hash: bytes,
    verdict: Verdict,
    decided_by: UUID,
    reason_for_child: str | None = None,
    reason_for_adult: str | None = None,
    concern: Concern = Concern.HARM,
    told_after: timedelta = tells.AT_ONCE,
) -> DecidedAndTold:
    """Record a reader's decision about exactly this draft. A referral opens its case, of this concern.

    `told_after`: how long it may be taken back, since nobody is told of it before. Raises NotTaken with a sentence.
    """
    decision = Decision(draft_id, draft_hash, verdict, decided_by, reason_for_child, reason_for_adult)
    async with office.committing(scope) as connection:
        return await _decide(office, connection, decision, concern, told_after)


async def approve_copy(
    office: Office,
    scope: Scope,
    *,
    source_id: UUID,
    source_hash: bytes,
    made: Copy,
    told_after: timedelta = tells.AT_ONCE,
) -> DecidedAndTold:
    """Make a copy of a draft and approve it, in one: what is approved, hashed and sent is the copy.

    Raises NotTaken with a sentence.
    """
    async with office.committing(scope) as connection:
        draft = await letters.copy(connection, office.keyring, source_id, source_hash, made)
        decision = Decision(draft.id, draft.hash, Verdict.APPROVE, made.made_by)
        return await _decide(office, connection, decision, Concern.HARM, told_after)


async def _decide(
    office: Office, connection: Connection, decision: Decision, concern: Concern, told_after: timedelta
) -> DecidedAndTold:
    letterhead = await Letterhead.of(office, connection)
    verdict = decision.verdict
    if verdict is Verdict.RETURN:
        decision = replace(decision, due_again_at=due_again(letterhead))
    decided = await letters.decide(connection, decision)
    opened = None
    if verdict is Verdict.REFER and not decided.known:
        opened = await cases.refer(
            connection, letterhead, draft_id=decision.draft_id, by=decision.decided_by, concern=concern
        )
    if decided.pairing_id is None:
        return DecidedAndTold(decided, None, opened)
    pairing = await pairings.card(connection, decided.pairing_id)
    if verdict is Verdict.RETURN:
        await tell_writer(
            connection,
            letterhead,
            pairing,
            letters.Returned(decided.id, decided.side, decision.reason_for_adult or ""),
            decision.due_again_at or letterhead.now,
            after=told_after,
        )
    tell = await tell_pairing(connection, pairing, decided, after=told_after)
    return DecidedAndTold(decided, tell, opened)


def due_again(letterhead: Letterhead) -> datetime:
    policy, today = letterhead.program.policy, letterhead.now.astimezone(letterhead.calendar.zone).date()
    return letterhead.calendar.instant(
        letterhead.calendar.add_school_days(today, policy.return_school_days), policy.due_hour
    )


async def tell_pairing(
    connection: Connection,
    pairing: PairingCard,
    decided: Decided,
    *,
    by_case: UUID | None = None,
    after: timedelta = tells.AT_ONCE,
) -> Tell:
    """`by_case`: its second decision, when a case has closed."""
    return await tells.add(
        connection,
        pairing.program,
        workflow_id=f"pairing-{pairing.id}",
        fact="letter_decided",
        key=f"{decided.draft_id} {by_case}" if by_case else str(decided.draft_id),
        school=pairing.school,
        after=after,
        body={
            "draft_id": str(decided.draft_id),
            "hash": decided.hash.hex(),
            "verdict": decided.verdict,
            "round_number": decided.round_number,
            "side": decided.side,
        },
    )


async def tell_writer(
    connection: Connection,
    letterhead: Letterhead,
    pairing: PairingCard,
    returned: Returned,
    due_again_at: datetime,
    *,
    after: timedelta = tells.AT_ONCE,
) -> None:
    """That it has come back and is due again; once the pairing has ended nobody writes it again, and nobody is told."""
    if not await pairings.is_written_to(connection, pairing.id):
        return
    due = letterhead.calendar.label(due_again_at)
    if returned.side is Side.OFFICER:
        link = letterhead.link_to(DeskPage.PALS)
        notice = notices.letters.officers_returned(
            officer=pairing.officer_first_name,
            student=pairing.student_first_name,
            reason=returned.reason,
            due=due,
            link=link,
        )
        readers = [(pairing.officer_id, pairing.officer_email, notice)]
    else:
        teachers = await people.staff(
            connection, Role.TEACHER, school=pairing.school, class_name=pairing.class_name
        )
        readers = [
            (
                one.id,
                one.email,
                notices.letters.childs_returned(
                    teacher=one.name,
                    student=pairing.student_first_name,
                    reason=returned.reason,
                    due=due,
                    link=letterhead.link_to(DeskPage.CLASS),
                ),
            )
            for one in teachers
        ]
    for person, address, notice in readers:
        await post(
            connection,
            letterhead,
            notice,
            key=f"returned-{returned.id}-{due_again_at:%Y-%m-%d}-{person}",
            to=address,
            after=after,
            school=pairing.school,
            agency=pairing.agency,
            pairing_id=pairing.id,
        )


async def tell_writer_again(
    connection: Connection,
    letterhead: Letterhead,
    pairing: PairingCard,
    decision_id: UUID,
    due_again_at: datetime,
) -> None:
    """A pause has moved the date: whom nobody has told yet hears of the new one, and all others see it on their page."""
    if await mail.recall(connection, f"returned-{decision_id}-"):
        returned = await letters.returned(connection, decision_id)
        await tell_writer(connection, letterhead, pairing, returned, due_again_at)


async def release(
    office: Office, scope: Scope, *, pairing_id: UUID, draft_id: UUID, draft_hash: bytes
) -> Delivery | Held:
    """Deliver what was approved, and tell who has something to read now."""
    async with office.committing(scope) as connection:
        outcome = await deliveries.release(connection, pairing_id, draft_id, draft_hash)
        if outcome in {Held.PAUSED, Held.NEXT_YEAR}:
            return outcome  # It goes when the pause ends, or with the next year; nobody has to do anything.
        if isinstance(outcome, Held):
            if outcome in {Held.CASE, Held.OFFICER_STOPPED, Held.ENDED}:
                return outcome  # Its case is what people look at; of an end that can't be undone, nothing.
            await _call_about_held(connection, pairing_id, draft_id, outcome)
            return outcome
        await attention.settle(connection, f"held-{draft_id}")
        if outcome.new:
            letterhead = await Letterhead.of(office, connection)
            pairing = await pairings.card(connection, pairing_id)
            if outcome.side is Side.STUDENT:
                await _tell_officer_to_read(connection, letterhead, pairing, outcome)
            elif outcome.opening is None:
                await _tell_teachers_of_last_letter(connection, letterhead, pairing, outcome)
        return outcome


async def _call_about_held(connection: Connection, pairing_id: UUID, draft_id: UUID, held: Held) -> None:
    await attention.call(
        connection,
        key=f"held-{draft_id}",
        kind="letter held",
        subject_id=pairing_id,
        sentence=_held_sentence(pairing_id, draft_id, held),
    )


def _held_sentence(pairing_id: UUID, draft_id: UUID, held: Held) -> Sentence:
    meant = {"draft": begun(references.draft(draft_id)), "pairing": references.pairing(pairing_id)}
    match held:
        case Held.NO_CONSENT:
            return Sentence(
                "{draft} of {pairing} is held: no consent. Enter the consent under Set-up, or in the roster and import it again.",
                **meant,
            )
        case Held.NOT_CLEARED:
            return Sentence(
                "{draft} of {pairing} is held: officer not cleared. Enter the new clearance under My agency, or in the"
                " roster and import it again.",
                **meant,
            )
    return Sentence(
        "{draft} of {pairing} is held: no such decision. Nobody has approved exactly this draft: read the newest one, and"
        " decide about that.",
        **meant,
    )


async def _tell_officer_to_read(
    connection: Connection, letterhead: Letterhead, pairing: PairingCard, delivery: Delivery
) -> None:
    due = await pairings.answer_due(connection, pairing.id)
    farewell = delivery.round_number == await rounds.last(connection, pairing.program_year)
    await post(
        connection,
        letterhead,
        notices.letters.to_read(
            officer=pairing.officer_first_name,
            student=pairing.student_first_name,
            answer_by=letterhead.calendar.label(due) if due else "the end of the year",
            farewell=farewell,
            link=letterhead.link_to(DeskPage.PALS),
        ),
        key=f"letter-{delivery.id}",
        to=pairing.officer_email,
        agency=pairing.agency,
        school=pairing.school,
        pairing_id=pairing.id,
    )


async def _tell_teachers_of_last_letter(
    connection: Connection, letterhead: Letterhead, pairing: PairingCard, delivery: Delivery
) -> None:
    for teacher in await people.staff(
        connection, Role.TEACHER, school=pairing.school, class_name=pairing.class_name
    ):
        await post(
            connection,
            letterhead,
            notices.letters.after_the_last_round(
                teacher=teacher.name, class_name=pairing.class_name, link=letterhead.link_to(DeskPage.CLASS)
            ),
            key=f"last-letter-{delivery.id}-{teacher.id}",
            to=teacher.email,
            school=pairing.school,
            pairing_id=pairing.id,
        )


async def take_out_of_pack(
    connection: Connection,
    letterhead: Letterhead,
    program_year: str,
    opening: int,
    pairing_id: UUID | None = None,
) -> None:
    """Of a round that has been left out, for this pairing or for all: each goes with the next opening day; where none is left
    alone, and teachers hear of it.
    """
    for of, delivery in await deliveries.take_out_of_pack(connection, program_year, opening, pairing_id):
        if delivery.opening is None:
            pairing = await pairings.card(connection, of)
            await _tell_teachers_of_last_letter(connection, letterhead, pairing, delivery)


async def bring_to_class(
    connection: Connection, letterhead: Letterhead, program_year: str, opening: int, pairing_id: UUID
) -> None:
    """What is in a pack that a child's class has not opened goes where the child goes: if that class has opened its own, its
    teachers hear that there is one more letter.
    """
    if await deliveries.is_left_out(connection, program_year, opening):
        await take_out_of_pack(connection, letterhead, program_year, opening, pairing_id)
    pairing = await pairings.card(connection, pairing_id)
    for delivery in await deliveries.in_opened_pack(connection, pairing_id, opening):
        await _tell_teachers_of_last_letter(connection, letterhead, pairing, delivery)


async def record_miss(
    office: Office,
    scope: Scope,
    pairing_id: UUID,
    round_number: int,
    side: Side,
    due: datetime | None = None,
) -> bool:
    """True: missed, on record, and an officer whose pal missed knows that they may write first. False: in time.

    `due`: the date that was waited for; None takes it as it is. Raises TooEarly, and DateMoved when it is another one now.
    """
    async with office.committing(scope) as connection:
        missed = await deliveries.record_miss(connection, pairing_id, round_number, side, due)
        if missed and side is Side.STUDENT and await gates.is_open(connection, pairing_id):
            letterhead = await Letterhead.of(office, connection)
            pairing = await pairings.card(connection, pairing_id)
            due = await pairings.answer_due(connection, pairing_id)
            farewell = round_number == await rounds.last(connection, pairing.program_year)
            await post(
                connection,
                letterhead,
                notices.letters.student_missed(
                    officer=pairing.officer_first_name,
                    student=pairing.student_first_name,
                    answer_by=letterhead.calendar.label(due or letterhead.now),
                    farewell=farewell,
                    link=letterhead.link_to(DeskPage.PALS),
                ),
                key=f"student-missed-{pairing_id}-{round_number}",
                to=pairing.officer_email,
                agency=pairing.agency,
                school=pairing.school,
                pairing_id=pairing_id,
                useful_until=due,
            )
        return missed


async def record_misses_of_opened_rounds(office: Office, scope: Scope, pairing_id: UUID) -> None:
    """Of those that were opened while nobody asked whose letter was there. They are over: nobody is told to write first."""
    async with office.committing(scope) as connection:
        await deliveries.record_misses_of_opened_rounds(connection, pairing_id)


async def put_stock_letter(
    office: Office, scope: Scope, pairing_id: UUID, round_number: int
) -> Delivery | Held | None:
    """A stock letter for a child whose officer's letter is not there.

    Held when the child takes part no longer; None, with a call for a person, when no stock letter is left. Raises DateMoved.
    """
    async with office.committing(scope) as connection:
        put = await deliveries.put_stock_letter(connection, pairing_id, round_number)
        return await called_about(connection, pairing_id, round_number, put)


async def called_about(
    connection: Connection, pairing_id: UUID, round_number: int, put: Delivery | Held | None
) -> Delivery | Held | None:
    """What was put into the pack; a person is asked for one when no stock letter was left."""
    if isinstance(put, Held):
        return put
    if put is None:
        await attention.call(
            connection,
            key=f"no-stock-{pairing_id}-{round_number}",
            kind="no stock letter",
            subject_id=pairing_id,
            sentence=Sentence(
                "{pairing} has no letter for opening day {opening} and no stock letter is left: ask a reserve officer for one.",
                pairing=begun(references.pairing(pairing_id)),
                opening=round_number,
            ),
        )
    else:
        await attention.settle(connection, f"no-stock-{pairing_id}-{round_number}")
    return put
