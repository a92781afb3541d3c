"""A class's letters from one scanned stack: sorted by their codes, or by the teacher, and handed in together."""

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.domain.sentences import Sentence, counted
from bluepals.domain.stacks import Found, Layout, Put, SheetCode, found_on, laid_out
from bluepals.facts import cases, letters, teachers_page
from bluepals.facts.cases import Opened
from bluepals.facts.desk import NotTheirs
from bluepals.facts.office import Office
from bluepals.facts.teachers_page import Child, ChildState, TeacherAtDesk, own_class
from bluepals.paper.pages import MAX_PAGES
from bluepals.paper.stacks import ReadPage, letter_of, on_screen, turned
from bluepals.store import desk, programs, stacks
from bluepals.store.database import Connection, widen
from bluepals.store.letters import DraftRecord, Handed, NotTaken
from bluepals.store.stacks import NewPage, PageRow, StackRow
from bluepals.store.teachers_page import SchoolClass, class_round

LOOK_AGAIN = Sentence(
    "Something has changed since this page was shown. Look at the names again, then hand in."
)


@dataclass(frozen=True, slots=True)
class ShownPage:
    number: int
    found: Found
    put: Put | None


@dataclass(frozen=True, slots=True)
class Writer:
    """A child for whom a letter can be handed in, with its pages."""

    child: Child
    pages: tuple[ShownPage, ...]
    proposed: bool  # by the order of the roster only
    absent: bool

    @property
    def has_letter(self) -> bool:
        """One that came before, and is replaced by what is on this stack."""
        return self.child.state is ChildState.BEING_READ


@dataclass(frozen=True, slots=True)
class SortingPage:
    """`shown`: agrees with what is on it, and with nothing else."""

    id: UUID
    class_name: str
    round_number: int
    writers: tuple[Writer, ...]
    asked: tuple[ShownPage, ...]
    aside: tuple[ShownPage, ...]
    shown: str

    @property
    def letters(self) -> int:
        return sum(bool(one.pages) for one in self.writers)

    @property
    def pages(self) -> int:
        return sum(len(one.pages) for one in self.writers) + len(self.asked) + len(self.aside)


@dataclass(frozen=True, slots=True)
class _Sorting:
    """An open stack, its pages, and for whom a letter can be handed in; its row is locked."""

    stack: StackRow
    pages: Sequence[PageRow]
    roster: Mapping[UUID, Child]
    layout: Layout

    @property
    def shown(self) -> str:
        ids = {row.number: row.id for row in self.pages}
        named = [
            f"{child}:{[str(ids[number]) for number in numbers]}:{self.roster[child].draft_number}"
            for child, numbers in sorted(self.layout.letters.items())
        ]
        return hashlib.sha256(f"{named}{self.layout.asked}".encode()).hexdigest()[:32]


async def take_in(
    office: Office, teacher: TeacherAtDesk, program_year: str, class_name: str, read: Sequence[ReadPage]
) -> UUID:
    """Keep a stack to be sorted; pages with a code that can be read are their child's. Raises NotTheirs and NotTaken."""
    of = own_class(teacher, program_year, class_name)
    async with office.database.transaction(teacher.scope) as connection:
        now = await class_round(connection, of.program_year)
        if now is None:
            raise NotTaken("There is no round to hand letters in for. Ask the coordinator.")
        roster = await _roster(connection, of, now.number)
        return await stacks.keep(
            connection,
            office.keyring,
            of,
            program=teacher.scope.program,
            round_number=now.number,
            uploaded_by=teacher.id,
            pages=[_new_page(office, page, roster, now.number) for page in read],
        )


def _new_page(office: Office, page: ReadPage, roster: Collection[UUID], round_number: int) -> NewPage:
    codes: set[SheetCode] = {code for one in page.codes if (code := office.links.sheet(one))}
    found = found_on(
        codes,
        is_printed=bool(page.codes) or page.has_unread,
        is_empty=page.is_empty,
        roster=roster,
        round_number=round_number,
    )
    if found is Found.SHEET:
        return NewPage(page.jpeg, found, Put.CHILD, next(iter(codes)).pairing_id)
    return NewPage(page.jpeg, found, Put.ASIDE if found is Found.EMPTY else None, None)


async def _roster(connection: Connection, of: SchoolClass, round_number: int) -> dict[UUID, Child]:
    """For whom a letter can be handed in, in roster order."""
    calendar = SchoolCalendar.of(await programs.load(connection))
    return {
        child.pairing_id: child
        for child in await teachers_page.children(connection, calendar, of, round_number)
        if child.pairing_id and child.may_hand_in
    }


async def check(office: Office, teacher: TeacherAtDesk, stack_id: UUID) -> None:
    """That it is a stack of one of these classes. Raises NotTheirs."""
    async with office.database.transaction(teacher.scope) as connection:
        await _own_stack(connection, teacher, stack_id)


async def _own_stack(
    connection: Connection, teacher: TeacherAtDesk, stack_id: UUID
) -> tuple[StackRow, SchoolClass]:
    stack = await stacks.find(connection, stack_id)
    if stack is None:
        raise NotTheirs
    return stack, own_class(teacher, stack.program_year, stack.class_name)


async def _sorting(connection: Connection, teacher: TeacherAtDesk, stack_id: UUID) -> _Sorting:
    """Raises NotTheirs, and NotTaken when it has been handed in."""
    await stacks.lock(connection, stack_id)
    stack, of = await _own_stack(connection, teacher, stack_id)
    if stack.is_filed:
        raise NotTaken("These letters have been handed in. What is missing can be handed in for each child.")
    rows = await stacks.pages(connection, stack_id)
    roster = await _roster(connection, of, stack.round_number)
    in_order = [
        pairing
        for pairing, child in roster.items()
        if child.state in {ChildState.WAITING, ChildState.RETURNED} and pairing not in stack.absent
    ]
    layout = laid_out(
        [row.page for row in rows], roster=roster, next_in_order=[] if stack.has_sheets else in_order
    )
    return _Sorting(stack, rows, roster, layout)


async def sorting_page(office: Office, teacher: TeacherAtDesk, stack_id: UUID) -> SortingPage | None:
    """None: it has been handed in. Raises NotTheirs."""
    async with office.database.transaction(teacher.scope) as connection:
        stack, _ = await _own_stack(connection, teacher, stack_id)
        if stack.is_filed:
            return None
        now = await _sorting(connection, teacher, stack_id)
    by_number = {row.number: ShownPage(row.number, row.found, row.page.put) for row in now.pages}

    def shown(numbers: Sequence[int]) -> tuple[ShownPage, ...]:
        return tuple(by_number[number] for number in numbers)

    writers = [
        Writer(
            child,
            shown(now.layout.letters.get(pairing, ())),
            pairing in now.layout.proposed,
            pairing in stack.absent,
        )
        for pairing, child in now.roster.items()
    ]
    return SortingPage(
        id=stack.id,
        class_name=stack.class_name,
        round_number=stack.round_number,
        writers=tuple(writers),
        asked=shown(now.layout.asked),
        aside=shown(now.layout.aside),
        shown=now.shown,
    )


async def picture(office: Office, teacher: TeacherAtDesk, stack_id: UUID, number: int) -> bytes:
    """A page, as a JPEG for the screen. Raises NotTheirs."""
    async with office.database.transaction(teacher.scope) as connection:
        await _own_stack(connection, teacher, stack_id)
        found = await stacks.pictures(connection, office.keyring, stack_id, [number])
    if not found:
        raise NotTheirs
    return await asyncio.to_thread(on_screen, found[0].jpeg, found[0].turned)


async def turn(office: Office, teacher: TeacherAtDesk, stack_id: UUID, number: int) -> None:
    """Raises NotTheirs and NotTaken, as all below."""
    async with office.database.transaction(teacher.scope) as connection:
        await _check_page(connection, teacher, stack_id, number)
        await stacks.turn(connection, stack_id, number)


async def swap(office: Office, teacher: TeacherAtDesk, stack_id: UUID, number: int) -> None:
    """With the page before it of the same letter."""
    async with office.database.transaction(teacher.scope) as connection:
        now = await _check_page(connection, teacher, stack_id, number)
        for numbers in now.layout.letters.values():
            if number in numbers[1:]:
                return await stacks.swap(connection, stack_id, number, numbers[numbers.index(number) - 1])
        raise NotTaken("There is no page of the same letter before this one. Choose whose it is first.")


async def put(
    office: Office,
    teacher: TeacherAtDesk,
    stack_id: UUID,
    number: int,
    where: Put | None,
    pairing_id: UUID | None = None,
) -> None:
    """To a child, to the page before, aside; None: back to where it was before anybody had said so."""
    async with office.database.transaction(teacher.scope) as connection:
        now = await _check_page(connection, teacher, stack_id, number)
        if where is Put.CHILD and pairing_id not in now.roster:
            raise NotTaken("Choose a child of this class whose letter can still be handed in.")
        if where is Put.BEFORE and number == now.pages[0].number:
            raise NotTaken("There is no page before this one. Choose whose it is.")
        await stacks.put(connection, stack_id, number, where, pairing_id)


async def _check_page(
    connection: Connection, teacher: TeacherAtDesk, stack_id: UUID, number: int
) -> _Sorting:
    now = await _sorting(connection, teacher, stack_id)
    if all(row.number != number for row in now.pages):
        raise NotTheirs
    return now


async def set_absent(
    office: Office, teacher: TeacherAtDesk, stack_id: UUID, pairing_id: UUID, *, absent: bool
) -> None:
    async with office.database.transaction(teacher.scope) as connection:
        now = await _sorting(connection, teacher, stack_id)
        if pairing_id not in now.roster:
            raise NotTheirs
        others = {one for one in now.stack.absent if one != pairing_id}
        await stacks.set_absent(connection, stack_id, others | {pairing_id} if absent else others)


async def throw_away(office: Office, teacher: TeacherAtDesk, stack_id: UUID) -> None:
    async with office.database.transaction(teacher.scope) as connection:
        await _own_stack(connection, teacher, stack_id)
        await stacks.throw_away(connection, stack_id)


async def hand_in(office: Office, teacher: TeacherAtDesk, stack_id: UUID, shown: str) -> None:
    """All its letters, as the page has shown them, or none. Again, it changes nothing."""
    async with office.committing(teacher.scope) as connection:
        await stacks.lock(connection, stack_id)
        stack, _ = await _own_stack(connection, teacher, stack_id)
        if stack.is_filed:
            return
        now = await _sorting(connection, teacher, stack_id)
        _refuse_another(now, shown)
        if asked := len(now.layout.asked):
            raise NotTaken(
                "{pages}. Choose whose each is, or say that it is no letter.",
                pages=counted(asked, "page has no name yet", "pages have no name yet"),
            )
        for pairing_id, numbers in now.layout.letters.items():
            await _take_letter(office, connection, teacher, now, pairing_id, numbers)
        await stacks.file(connection, stack_id)


async def hand_in_worrying(
    office: Office, teacher: TeacherAtDesk, stack_id: UUID, pairing_id: UUID, shown: str, concern: Concern
) -> Opened:
    """One child's letter at once, and its case with it: it waits for no other."""
    async with office.committing(teacher.scope) as connection:
        now = await _sorting(connection, teacher, stack_id)
        _refuse_another(now, shown)
        if pairing_id not in now.layout.letters:
            raise NotTheirs
        numbers = now.layout.letters[pairing_id]
        draft = await _take_letter(office, connection, teacher, now, pairing_id, numbers)
        await widen(connection, teacher.scope.program)  # Who is told of a case is not the teacher's to see.
        return await cases.worry_about(office, connection, draft_id=draft.id, by=teacher.id, concern=concern)


def _refuse_another(now: _Sorting, shown: str) -> None:
    if shown != now.shown:
        raise NotTaken(LOOK_AGAIN)


async def _take_letter(
    office: Office,
    connection: Connection,
    teacher: TeacherAtDesk,
    now: _Sorting,
    pairing_id: UUID,
    numbers: Sequence[int],
) -> DraftRecord:
    child = now.roster[pairing_id]
    if len(numbers) > MAX_PAGES:
        raise NotTaken(
            "The letter of {name} has {pages} pages, and {most} is the most.",
            name=child.name,
            pages=len(numbers),
            most=MAX_PAGES,
        )
    found = await stacks.pictures(connection, office.keyring, now.stack.id, numbers)
    letter = await asyncio.to_thread(lambda: letter_of([turned(one.jpeg, one.turned) for one in found]))
    draft = await letters.take_in(
        office,
        connection,
        teacher.scope.program,
        pairing_id=pairing_id,
        round_number=now.stack.round_number,
        side=Side.STUDENT,
        handed=Handed(letter, child.language, teacher.id, None),
    )
    if draft.known and not await desk.still_counts(connection, draft.id):
        raise NotTaken("The letter of {name} came back and is unchanged. Scan the new one.", name=child.name)
    await stacks.took_out(connection, now.stack.id, numbers)
    return draft
