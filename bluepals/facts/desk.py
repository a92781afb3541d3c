"""The desk's two pages, each within what its visitor may see: an officer's pals, a teacher's classes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import DeliveryKind, Letter, ScannedLetter, Side, TypedLetter, Verdict
from bluepals.facts import letters, visits
from bluepals.facts.office import Office
from bluepals.links import LinkRefused, Visitor
from bluepals.paper.packs import PackLetter, PackTitle, class_pack, single_letter
from bluepals.store import deliveries, desk, programs, rounds
from bluepals.store.content import ContentUnreadable
from bluepals.store.database import Connection, Scope
from bluepals.store.desk import ChildRow, ClassRound, LetterRow, OpenedDay, PalRow, SchoolClass, SingleLetter
from bluepals.store.letters import DraftRecord, NotTaken, OpenedDraft
from bluepals.store.letters import read as read_draft

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class NotTheirs(Exception):
    """What was asked for is not within this link, or is not there at all: a visitor can't tell which."""


async def _visitor(office: Office, page: str, token: str) -> Visitor:
    """Raises LinkRefused. Only a signed link names the program, and only the program knows the time."""
    visitor = office.links.visitor(page, token, LONG_AGO)
    async with office.database.transaction(Scope(visitor.program)) as connection:
        now: datetime = await connection.fetchval("SELECT program_now()")
    return office.links.visitor(page, token, now)


# The officer's page


@dataclass(frozen=True, slots=True)
class OfficerAtDesk:
    id: UUID
    first_name: str
    scope: Scope


class Turn(StrEnum):
    """What an officer has to do for a pal."""

    ANSWER = "answer"
    RETURNED = "returned"
    BEING_READ = "being read"
    AHEAD = "ahead"  # nothing now; who likes may write before the child does
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A letter on a page. `text` is None for scanned pages, and for a letter that has been erased."""

    draft_id: UUID
    round_number: int
    side: Side
    day: str
    text: str | None
    erased: bool
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Pal:
    pairing_id: UUID
    first_name: str
    school_name: str
    turn: Turn
    round_number: int | None
    due: str
    late: bool
    reason: str | None
    unanswered: tuple[ShownLetter, ...]
    mine: ShownLetter | None  # the officer's own letter of this round
    earlier: tuple[ShownLetter, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """One school's visit: one answer for all pals there. `pairing_id`: any of them."""

    pairing_id: UUID
    pals: tuple[str, ...]
    school_name: str
    when: str
    minutes: int
    answer: str | None


@dataclass(frozen=True, slots=True)
class OfficerPage:
    first_name: str
    pals: tuple[Pal, ...]
    invitations: tuple[Invitation, ...]


async def officer_at_desk(office: Office, token: str) -> OfficerAtDesk:
    """Raises LinkRefused."""
    visitor = await _visitor(office, "pals", token)
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        card = await desk.officer(connection, visitor.person)
    if card is None:
        raise LinkRefused("This page is closed, because you take part no longer. Ask the coordinator.")
    return OfficerAtDesk(card.id, card.first_name, Scope(visitor.program, agencies=(card.agency,)))


async def officer_page(office: Office, officer: OfficerAtDesk) -> OfficerPage:
    async with office.database.transaction(officer.scope) as connection:
        calendar = SchoolCalendar.of(await programs.load(connection))
        pals = await desk.pals(connection, officer.id)
        by_pairing: dict[UUID, list[tuple[LetterRow, ShownLetter]]] = {pal.pairing_id: [] for pal in pals}
        for row in await desk.letters(connection, officer.id):
            by_pairing[row.pairing_id].append((row, await _shown(office, connection, calendar, row)))
    return OfficerPage(
        first_name=officer.first_name,
        pals=tuple(_pal(pal, by_pairing[pal.pairing_id], calendar) for pal in pals),
        invitations=await _invitations(office, officer, pals),
    )


async def _shown(
    office: Office, connection: Connection, calendar: SchoolCalendar, row: LetterRow
) -> ShownLetter:
    text, erased = None, False
    if row.kind == "text":
        try:
            opened = await read_draft(connection, office.keyring, row.draft_id)
            text = opened.letter.text if isinstance(opened.letter, TypedLetter) else None
        except ContentUnreadable:
            erased = True
    day = f"{row.at.astimezone(calendar.zone):%B %-d, %Y}"
    return ShownLetter(row.draft_id, row.round_number, row.side, day, text, erased, row.verdict)


def _pal(row: PalRow, found: Sequence[tuple[LetterRow, ShownLetter]], calendar: SchoolCalendar) -> Pal:
    now_mine = next(
        (pair for pair in found if pair[0].side is Side.OFFICER and pair[0].round_number == row.round_number),
        (None, None),
    )
    record, mine = now_mine
    unanswered = tuple(
        shown for _, shown in found if shown.side is Side.STUDENT and shown.round_number > row.settled
    )
    turn = _turn(row, record)
    due_at = row.students_due_at if turn is Turn.AHEAD else row.officers_due_at
    if record is not None and record.due_again_at is not None:
        due_at = record.due_again_at
    return Pal(
        pairing_id=row.pairing_id,
        first_name=row.first_name,
        school_name=row.school_name,
        turn=turn,
        round_number=row.round_number,
        due=calendar.label(due_at) if due_at else "",
        late=bool(row.late) and turn is Turn.ANSWER,
        reason=record.reason if record else None,
        unanswered=unanswered,
        mine=mine,
        earlier=tuple(shown for _, shown in found if shown is not mine and shown not in unanswered),
    )


def _turn(row: PalRow, mine: LetterRow | None) -> Turn:
    if row.ended or row.round_number is None:
        return Turn.OVER
    if mine is not None:
        return Turn.RETURNED if mine.verdict is Verdict.RETURN else Turn.BEING_READ
    return Turn.ANSWER if row.begun else Turn.AHEAD


async def _invitations(
    office: Office, officer: OfficerAtDesk, pals: Sequence[PalRow]
) -> tuple[Invitation, ...]:
    by_year: dict[str, list[PalRow]] = {}
    for pal in pals:
        if pal.invited and not pal.visit_over and not pal.ended:
            by_year.setdefault(pal.program_year, []).append(pal)
    if not by_year:
        return ()
    # A year's dates are its school's; of the school nothing else is asked for.
    schools = tuple(sorted({row[0].school for row in by_year.values()}))
    async with office.database.transaction(Scope(officer.scope.program, schools=schools)) as connection:
        program = await programs.load(connection)
        calendar = SchoolCalendar.of(program)
        days = {year: await programs.visit_on(connection, year) for year in by_year}
    return tuple(
        Invitation(
            pairing_id=rows[0].pairing_id,
            pals=tuple(row.first_name for row in rows),
            school_name=rows[0].school_name,
            when=calendar.label(calendar.instant(days[year], program.policy.visit_hour)),
            minutes=program.visit.minutes,
            answer=rows[0].visit_answer,
        )
        for year, rows in by_year.items()
    )


async def _own_pal(office: Office, officer: OfficerAtDesk, pairing_id: UUID) -> tuple[PalRow, list[PalRow]]:
    """The pal, and all of them. Raises NotTheirs."""
    async with office.database.transaction(officer.scope) as connection:
        pals = list(await desk.pals(connection, officer.id))
    for pal in pals:
        if pal.pairing_id == pairing_id:
            return pal, pals
    raise NotTheirs


async def check_pal(office: Office, officer: OfficerAtDesk, pairing_id: UUID) -> None:
    """Raises NotTheirs."""
    await _own_pal(office, officer, pairing_id)


async def answer_pal(
    office: Office,
    officer: OfficerAtDesk,
    pairing_id: UUID,
    *,
    shown_round: int | None,
    letter: Letter,
    language: str,
) -> DraftRecord:
    """Take an officer's letter for the round that the page showed, so that a form sent twice is the same letter.

    Raises NotTheirs, and NotTaken with a sentence.
    """
    pal, _ = await _own_pal(office, officer, pairing_id)
    last = pal.round_number or pal.settled
    number = min(shown_round, last) if shown_round else last
    if not number:
        raise NotTaken(f"There is no round left to write to {pal.first_name} in. Ask the coordinator.")
    return await letters.hand_in(
        office,
        officer.scope,
        pairing_id=pairing_id,
        round_number=number,
        side=Side.OFFICER,
        letter=letter,
        language=language,
        uploaded_by=officer.id,
    )


async def answer_invitation(office: Office, officer: OfficerAtDesk, pairing_id: UUID, said: str) -> None:
    """Yes or no to a school, for all pals there. Raises NotTheirs, and NotTaken with a sentence."""
    asked, pals = await _own_pal(office, officer, pairing_id)
    invited = [pal for pal in pals if pal.program_year == asked.program_year and pal.invited]
    if not any(not pal.visit_over and not pal.ended for pal in invited):
        raise NotTaken("There is no open invitation to this school. Ask the coordinator.")
    for pal in invited:
        if not pal.visit_over:
            await visits.answer(office, officer.scope, pal.pairing_id, said)


async def officers_pages(office: Office, officer: OfficerAtDesk, draft_id: UUID) -> bytes:
    """The scanned pages of a letter that this officer got or wrote, as a PDF. Raises NotTheirs."""
    async with office.database.transaction(officer.scope) as connection:
        if all(row.draft_id != draft_id for row in await desk.letters(connection, officer.id)):
            raise NotTheirs
        opened = await read_draft(connection, office.keyring, draft_id)
    if not isinstance(opened.letter, ScannedLetter):
        raise NotTheirs
    return opened.letter.pdf


# The teacher's page


@dataclass(frozen=True, slots=True)
class TeacherAtDesk:
    id: UUID
    name: str
    scope: Scope
    classes: tuple[SchoolClass, ...]


class ChildState(StrEnum):
    WAITING = "waiting for the letter"
    BEING_READ = "being read"
    APPROVED = "approved"
    RETURNED = "returned"
    HELD = "with the counselor"
    NOT_YET = "begins later"
    NO_PAL = "no pal yet"
    OVER = "the letters are over"


@dataclass(frozen=True, slots=True)
class Child:
    pairing_id: UUID | None
    name: str
    language: str
    pal_name: str | None
    state: ChildState
    reason: str | None
    due_again: str | None
    first_round: int | None

    @property
    def may_hand_in(self) -> bool:
        return self.state in {ChildState.WAITING, ChildState.BEING_READ, ChildState.RETURNED}


@dataclass(frozen=True, slots=True)
class ClassOnPage:
    of: SchoolClass
    round: ClassRound | None
    due: str
    children: tuple[Child, ...]
    opened: tuple[OpenedDay, ...]
    singles: tuple[SingleLetter, ...]

    def count(self, *states: str) -> int:
        return sum(child.state in states for child in self.children)


@dataclass(frozen=True, slots=True)
class TeacherPage:
    name: str
    classes: tuple[ClassOnPage, ...]


async def teacher_at_desk(office: Office, token: str) -> TeacherAtDesk:
    """Raises LinkRefused."""
    visitor = await _visitor(office, "class", token)
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        name = await desk.teacher(connection, visitor.person)
        classes = tuple(await desk.classes(connection, visitor.person))
    if name is None:
        raise LinkRefused(
            "This page is closed, because the roster has you as a teacher no longer. Ask the coordinator."
        )
    schools = tuple(sorted({one.school for one in classes}))
    return TeacherAtDesk(visitor.person, name, Scope(visitor.program, schools=schools), classes)


async def teacher_page(office: Office, teacher: TeacherAtDesk) -> TeacherPage:
    async with office.database.transaction(teacher.scope) as connection:
        calendar = SchoolCalendar.of(await programs.load(connection))
        classes = [await _class_on_page(connection, calendar, one) for one in teacher.classes]
    return TeacherPage(teacher.name, tuple(classes))


async def _class_on_page(connection: Connection, calendar: SchoolCalendar, of: SchoolClass) -> ClassOnPage:
    now = await desk.class_round(connection, of.program_year)
    number = now.number if now else 0
    return ClassOnPage(
        of=of,
        round=now,
        due=calendar.label(now.students_due_at) if now else "",
        children=tuple(_child(row, number, calendar) for row in await desk.children(connection, of, number)),
        opened=tuple(await desk.opened_days(connection, of)),
        singles=tuple(await desk.single_letters(connection, of)),
    )


def _child(row: ChildRow, round_number: int, calendar: SchoolCalendar) -> Child:
    return Child(
        pairing_id=row.pairing_id,
        name=row.name,
        language=row.language,
        pal_name=row.pal_name,
        state=_child_state(row, round_number),
        reason=row.reason,
        due_again=calendar.label(row.due_again_at) if row.due_again_at else None,
        first_round=row.first_round,
    )


def _child_state(row: ChildRow, round_number: int) -> ChildState:
    if row.pairing_id is None:
        return ChildState.NO_PAL
    if row.ended:
        return ChildState.OVER
    if row.draft_id is not None:
        return {
            None: ChildState.BEING_READ,
            Verdict.APPROVE: ChildState.APPROVED,
            Verdict.RETURN: ChildState.RETURNED,
            Verdict.REFER: ChildState.HELD,
        }[row.verdict]
    return ChildState.NOT_YET if round_number < (row.first_round or 0) else ChildState.WAITING


async def check_child(office: Office, teacher: TeacherAtDesk, pairing_id: UUID) -> SchoolClass:
    """The child's class. Raises NotTheirs."""
    async with office.database.transaction(teacher.scope) as connection:
        asked = await desk.class_of(connection, pairing_id)
    for one in teacher.classes:
        if (one.program_year, one.class_name) == asked:
            return one
    raise NotTheirs


async def hand_in_for_child(
    office: Office,
    teacher: TeacherAtDesk,
    pairing_id: UUID,
    *,
    shown_round: int | None,
    letter: Letter,
    language: str,
) -> DraftRecord:
    """Take a child's letter for the round that the page showed. Raises NotTheirs, and NotTaken with a sentence."""
    of = await check_child(office, teacher, pairing_id)
    async with office.database.transaction(teacher.scope) as connection:
        now = await desk.class_round(connection, of.program_year)
    if now is None:
        raise NotTaken("There is no round to hand a letter in for. Ask the coordinator.")
    return await letters.hand_in(
        office,
        teacher.scope,
        pairing_id=pairing_id,
        round_number=min(shown_round or now.number, now.number),
        side=Side.STUDENT,
        letter=letter,
        language=language,
        uploaded_by=teacher.id,
    )


def _own_class(teacher: TeacherAtDesk, program_year: str, class_name: str) -> SchoolClass:
    for one in teacher.classes:
        if (one.program_year, one.class_name) == (program_year, class_name):
            return one
    raise NotTheirs


async def pack(
    office: Office, teacher: TeacherAtDesk, program_year: str, class_name: str, opening: int
) -> bytes:
    """The class's letters of an opening day that has come, as one PDF. Raises NotTheirs."""
    of = _own_class(teacher, program_year, class_name)
    async with office.database.transaction(teacher.scope) as connection:
        if all(day.number != opening for day in await desk.opened_days(connection, of)):
            raise NotTheirs
        opens_on = (await rounds.one(connection, program_year, opening)).opens_on
        drafts = await deliveries.pack(connection, program_year, class_name, opening)
        opened = {
            draft.draft_id: await read_draft(connection, office.keyring, draft.draft_id)
            for draft in drafts
            if draft.kind is not DeliveryKind.STOCK
        }
    stock = [draft.draft_id for draft in drafts if draft.kind is DeliveryKind.STOCK]
    writers, stock_letters = await _stock_letters(office, teacher.scope.program, stock)
    opened |= stock_letters
    title = PackTitle(of.school_name, of.class_name, opening, opens_on)
    pages = [
        PackLetter(
            child_name=draft.student_name,
            pal_name=writers.get(draft.draft_id, draft.officer_first_name),
            language=opened[draft.draft_id].language,
            content=opened[draft.draft_id].letter,
            kind=draft.kind,
        )
        for draft in drafts
    ]
    return await asyncio.to_thread(class_pack, title, pages)


async def _stock_letters(
    office: Office, program: str, draft_ids: Sequence[UUID]
) -> tuple[dict[UUID, str], dict[UUID, OpenedDraft]]:
    """Stock letters belong to no school: these were delivered to the teacher's class, so she may read them."""
    if not draft_ids:
        return {}, {}
    async with office.database.transaction(Scope.whole(program)) as connection:
        opened = {one: await read_draft(connection, office.keyring, one) for one in set(draft_ids)}
        return await desk.stock_writers(connection, draft_ids), opened


async def letter_by_itself(office: Office, teacher: TeacherAtDesk, draft_id: UUID) -> bytes:
    """A letter that came after the last opening day, as a PDF. Raises NotTheirs."""
    async with office.database.transaction(teacher.scope) as connection:
        for of in teacher.classes:
            for one in await desk.single_letters(connection, of):
                if one.draft_id == draft_id:
                    opened = await read_draft(connection, office.keyring, draft_id)
                    return await asyncio.to_thread(
                        single_letter,
                        one.student_name,
                        one.officer_first_name,
                        opened.language,
                        opened.letter,
                        one.kind,
                    )
    raise NotTheirs
