"""The teacher's page: letters handed in for the children, and where each stands. Only this teacher's classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Letter, Side, Verdict
from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence, listed
from bluepals.domain.survey import QUESTIONS, Question, Taker
from bluepals.facts import letters
from bluepals.facts.desk import NotTheirs, PageClosed, hand_in_after
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Letterhead, Office
from bluepals.store import (
    certificates,
    class_openings,
    deliveries,
    family_notices,
    stacks,
    surveys,
    teachers_page,
)
from bluepals.store.class_openings import ClassOpening
from bluepals.store.database import Connection, Scope
from bluepals.store.deliveries import PackDraft
from bluepals.store.letters import DraftRecord, NotTaken
from bluepals.store.teachers_page import ChildRow, ClassRound, OpenedDay, PlanRow, SchoolClass, SingleLetter


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
    NO_ROUND = "no round left this year"
    NO_CONSENT = "no consent yet"
    NO_PAL = "no pal yet"
    BETWEEN = "gets a new pal"
    OVER = "the letters are over"


_STATES: Mapping[ChildState, Sentence] = {
    ChildState.WAITING: Sentence("waiting for the letter"),
    ChildState.BEING_READ: Sentence("being read"),
    ChildState.APPROVED: Sentence("approved"),
    ChildState.RETURNED: Sentence("returned"),
    ChildState.HELD: Sentence("with the counselor"),
    ChildState.NO_ROUND: Sentence("no round left this year"),
    ChildState.NO_CONSENT: Sentence("no consent yet"),
    ChildState.NO_PAL: Sentence("no pal yet"),
    ChildState.BETWEEN: Sentence("gets a new pal"),
    ChildState.OVER: Sentence("the letters are over"),
}


class Plan(StrEnum):
    """What comes next for a child without a pal."""

    FORM_MISSING = "form missing"
    PAIRED = "paired"
    CHOSEN = "chosen"
    PROPOSED = "proposed"
    NOBODY_FREE = "nobody free"
    SOUGHT = "sought"


@dataclass(frozen=True, slots=True)
class Planned:
    """`by`: when the two are introduced at the latest, if nobody says no; None: nobody knows."""

    plan: Plan
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Child:
    student_id: UUID
    pairing_id: UUID | None
    name: str
    numbered_name: str | None  # on its sheet, where the class has two of its first name
    language: str
    pal_name: str | None
    state: ChildState
    reason: str | None
    due_again: Sentence | None
    first_round: int | None
    draft_id: UUID | None  # of the letter that was handed in for this round
    draft_number: int  # of the same; 0: there is none

    @property
    def state_in_words(self) -> Sentence:
        if self.state is ChildState.NOT_YET:
            return Sentence("begins later, round {number}", number=self.first_round)
        return _STATES[self.state]

    @property
    def may_hand_in(self) -> bool:
        return self.state in {ChildState.WAITING, ChildState.BEING_READ, ChildState.RETURNED}


WITHOUT_A_FIRST_PAL = {ChildState.NO_CONSENT, ChildState.NO_PAL}
WITHOUT_PAL = WITHOUT_A_FIRST_PAL | {ChildState.BETWEEN}


@dataclass(frozen=True, slots=True)
class StackOnPage:
    id: UUID
    came: Sentence
    goes: date  # unless it is handed in before


@dataclass(frozen=True, slots=True)
class ClassOnPage:
    of: SchoolClass
    round: ClassRound | None
    due: Sentence | None
    children: tuple[Child, ...]
    opened: tuple[OpenedDay, ...]
    openings: Mapping[int, ClassOpening]  # by round
    planned: Mapping[UUID, Planned]  # for each child without a pal
    singles: tuple[SingleLetter, ...]
    newest_pack: tuple[PackDraft, ...]
    has_certificates: bool
    has_notices: bool  # for the families' backpacks
    stacks: tuple[StackOnPage, ...]  # scanned, and not handed in yet

    @property
    def still_to_come(self) -> int:
        return sum(child.state in {ChildState.WAITING, ChildState.RETURNED} for child in self.children)

    @property
    def namesakes(self) -> str | None:
        """Who is whom on the sheets; None: no two have one first name."""
        numbered = sorted((child.numbered_name, child.name) for child in self.children if child.numbered_name)
        said = [Sentence("{on_sheet} is {name}", on_sheet=on_sheet, name=name) for on_sheet, name in numbered]
        return listed(said) if said else None

    @property
    def prints_sheets(self) -> bool:
        """A letter of this round may still be handed in."""
        return any(child.may_hand_in for child in self.children)

    @property
    def nobody_writes_yet(self) -> bool:
        """No child has a pal to write to in this round."""
        return all(child.state in WITHOUT_PAL | {ChildState.NOT_YET} for child in self.children)

    @property
    def is_over(self) -> bool:
        return all(
            child.state in WITHOUT_A_FIRST_PAL | {ChildState.NO_ROUND, ChildState.OVER}
            for child in self.children
        )


@dataclass(frozen=True, slots=True)
class VisitOnPage:
    """A visit that is ahead, to which officers have been invited."""

    program_year: str
    school_name: str
    on: date


@dataclass(frozen=True, slots=True)
class TeacherPage:
    name: str
    classes: tuple[ClassOnPage, ...]
    visits: tuple[VisitOnPage, ...]
    survey: tuple[Question, ...]  # asked now; empty when it has been answered


async def teacher_at_desk(office: Office, visitor: Visitor) -> TeacherAtDesk:
    """Raises PageClosed."""
    if visitor.staff is None or Role.TEACHER not in visitor.roles:
        raise PageClosed("This page is for teachers of a class that takes part. Ask the coordinator.")
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        name = await teachers_page.teacher(connection, visitor.staff)
        classes = tuple(await teachers_page.classes(connection, visitor.staff))
    schools = tuple(sorted({one.school for one in classes}))
    return TeacherAtDesk(visitor.staff, name, Scope(visitor.program, schools=schools), classes)


async def teacher_page(office: Office, teacher: TeacherAtDesk) -> TeacherPage:
    async with office.database.transaction(Scope.whole(teacher.scope.program)) as connection:
        plans = {one: await teachers_page.plans(connection, one) for one in teacher.classes}
    async with office.database.transaction(teacher.scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        classes = [await _class_on_page(connection, letterhead, one, plans[one]) for one in teacher.classes]
        years = {one.program_year: one.school_name for one in teacher.classes}
        visits = [
            VisitOnPage(year, school, on)
            for year, school in years.items()
            if (on := await teachers_page.visit_ahead(connection, year))
        ]
        asked = await surveys.is_open(connection, teacher.id)
    survey = QUESTIONS[Taker.TEACHER] if asked else ()
    return TeacherPage(teacher.name, tuple(classes), tuple(visits), survey)


async def _class_on_page(
    connection: Connection, letterhead: Letterhead, of: SchoolClass, plans: Sequence[PlanRow]
) -> ClassOnPage:
    calendar, keeps = letterhead.calendar, timedelta(days=letterhead.program.retention.stacks)
    now = await teachers_page.class_round(connection, of.program_year)
    number = now.number if now else 0
    opened = tuple(await teachers_page.opened_days(connection, of))
    everybody = await children(connection, calendar, of, number)
    return ClassOnPage(
        of=of,
        round=now,
        due=calendar.label(now.students_due_at) if now and now.students_due_at else None,
        children=everybody,
        opened=opened,
        openings=await class_openings.openings(connection, of),
        planned=_planned(plans, everybody, letterhead),
        singles=tuple(await teachers_page.single_letters(connection, of)),
        newest_pack=tuple(
            await deliveries.pack(connection, of.program_year, of.class_name, opened[0].number)
            if opened
            else ()
        ),
        has_certificates=await certificates.is_due(connection, of.program_year),
        has_notices=await family_notices.are_any(connection, of.program_year, of.class_name),
        stacks=tuple(
            StackOnPage(
                one.id,
                calendar.label(one.received_at),
                (one.received_at + keeps).astimezone(calendar.zone).date(),
            )
            for one in await stacks.open_stacks(connection, of)
        ),
    )


async def children(
    connection: Connection, calendar: SchoolCalendar, of: SchoolClass, round_number: int
) -> tuple[Child, ...]:
    """In roster order."""
    rows = await teachers_page.children(connection, of, round_number)
    return tuple(_child(row, round_number, calendar) for row in rows)


def _child(row: ChildRow, round_number: int, calendar: SchoolCalendar) -> Child:
    return Child(
        student_id=row.student_id,
        pairing_id=row.pairing_id,
        name=row.name,
        numbered_name=row.numbered_name,
        language=row.language,
        pal_name=row.pal_name,
        state=_child_state(row, round_number),
        reason=row.reason,
        due_again=calendar.label(row.due_again_at) if row.due_again_at else None,
        first_round=row.first_round,
        draft_id=row.draft_id,
        draft_number=row.draft_number or 0,
    )


def _child_state(row: ChildRow, round_number: int) -> ChildState:
    if row.pairing_id is None:
        return ChildState.NO_PAL if row.consented else ChildState.NO_CONSENT
    if row.ended:
        return ChildState.BETWEEN if row.waits_for_officer else ChildState.OVER
    if row.draft_id is not None:
        return {
            None: ChildState.BEING_READ,
            Verdict.APPROVE: ChildState.APPROVED,
            Verdict.RETURN: ChildState.RETURNED,
            Verdict.REFER: ChildState.HELD,
        }[row.verdict]
    if row.first_round is None:
        return ChildState.NO_ROUND
    return ChildState.NOT_YET if round_number < row.first_round else ChildState.WAITING


def _planned(
    rows: Sequence[PlanRow], children: Sequence[Child], letterhead: Letterhead
) -> Mapping[UUID, Planned]:
    states = {child.student_id: child.state for child in children}
    return {
        row.student_id: _plan(row, letterhead) for row in rows if states.get(row.student_id) in WITHOUT_PAL
    }


def _plan(row: PlanRow, letterhead: Letterhead) -> Planned:
    if not row.consented:
        return Planned(Plan.FORM_MISSING)
    if row.paired:
        return Planned(Plan.PAIRED, _day_to_come(row.declining_until, letterhead))
    if row.chosen:
        days = timedelta(days=letterhead.program.policy.declining_days)
        return Planned(Plan.CHOSEN, _day_to_come(row.rest_until and row.rest_until + days, letterhead))
    if row.proposed:
        return Planned(Plan.PROPOSED)
    return Planned(Plan.NOBODY_FREE if row.found_none else Plan.SOUGHT)


def _day_to_come(until: datetime | None, letterhead: Letterhead) -> date | None:
    """Once it is over something holds the two back: a gate, or a pause."""
    if until is None or until <= letterhead.now:
        return None
    return until.astimezone(letterhead.calendar.zone).date()


async def check_child(office: Office, teacher: TeacherAtDesk, pairing_id: UUID) -> SchoolClass:
    """The child's class. Raises NotTheirs."""
    async with office.database.transaction(teacher.scope) as connection:
        asked = await teachers_page.class_of(connection, pairing_id)
    for one in teacher.classes:
        if (one.program_year, one.class_name) == asked:
            return one
    raise NotTheirs


async def check_letter(office: Office, teacher: TeacherAtDesk, draft_id: UUID) -> None:
    """That it is a letter of a child of these classes, or one to it that this page shows. Raises NotTheirs."""
    async with office.database.transaction(teacher.scope) as connection:
        pairing_id = await teachers_page.pairing_of_childs_letter(connection, draft_id)
        if pairing_id is None:
            await _refuse_unless_opened(connection, teacher, draft_id)
            return
    await check_child(office, teacher, pairing_id)


async def _refuse_unless_opened(connection: Connection, teacher: TeacherAtDesk, draft_id: UUID) -> None:
    for of in teacher.classes:
        for day in await teachers_page.opened_days(connection, of):
            packed = await deliveries.pack(connection, of.program_year, of.class_name, day.number)
            if any(one.draft_id == draft_id for one in packed):
                return
    await own_single_letter(connection, teacher, draft_id)


async def hand_in_for_child(
    office: Office,
    teacher: TeacherAtDesk,
    pairing_id: UUID,
    *,
    shown_round: int | None,
    shown_draft: int,
    letter: Letter,
    language: str,
) -> DraftRecord:
    """Take a child's letter for the round that the page showed, in place of the draft that it showed and no other.

    Raises NotTheirs, and NotTaken with a sentence.
    """
    of = await check_child(office, teacher, pairing_id)
    async with office.database.transaction(teacher.scope) as connection:
        now = await teachers_page.class_round(connection, of.program_year)
    if now is None:
        raise NotTaken("There is no round to hand a letter in for. Ask the coordinator.")
    number = min(shown_round or now.number, now.number)
    return await hand_in_after(
        office,
        teacher.scope,
        shown_draft if number == shown_round else 0,
        pairing_id=pairing_id,
        round_number=number,
        side=Side.STUDENT,
        handed=letters.screened(letter, language, teacher.id),
    )


def own_class(teacher: TeacherAtDesk, program_year: str, class_name: str) -> SchoolClass:
    """Raises NotTheirs."""
    for one in teacher.classes:
        if (one.program_year, one.class_name) == (program_year, class_name):
            return one
    raise NotTheirs


async def own_single_letter(connection: Connection, teacher: TeacherAtDesk, draft_id: UUID) -> SingleLetter:
    """One that came after the last opening day. Raises NotTheirs."""
    for of in teacher.classes:
        for one in await teachers_page.single_letters(connection, of):
            if one.draft_id == draft_id:
                return one
    raise NotTheirs
