"""The moderator's page: the letters that wait, one at a time, with the earlier ones of the pair; and what is said about each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import asyncpg

from bluepals.domain.letters import ScannedLetter, Side, Translation, TypedLetter, Verdict
from bluepals.domain.people import Role
from bluepals.domain.redaction import Span
from bluepals.domain.returning import Reasons
from bluepals.domain.screening import Kind, Piece, pieces
from bluepals.domain.sentences import Sentence, dated
from bluepals.facts import letters
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Letterhead, Office
from bluepals.paper.pages import page_pictures
from bluepals.store import case_readers, programs
from bluepals.store import reading_page as store
from bluepals.store.content import ContentErased
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import NotTaken, OpenedDraft
from bluepals.store.letters import read as read_draft
from bluepals.store.reading_page import EarlierRow, ReadingRow

# Longer than any letter takes; whoever has walked away from one keeps it from nobody until the afternoon.
CLAIM_STAYS = timedelta(minutes=30)
# A sitting: whoever puts a letter off for a colleague is not shown it again after each decision.
PUT_OFF_STAYS = timedelta(hours=4)
BESIDE = 4  # of the earlier letters, when not all are asked for


@dataclass(frozen=True, slots=True)
class ReaderAtDesk:
    """Letters are the office's: which of them are this reader's, their role and their languages say."""

    id: UUID
    name: str
    languages: frozenset[str]
    entered: Visitor

    @property
    def program(self) -> str:
        return self.entered.program

    @property
    def scope(self) -> Scope:
        return Scope.whole(self.program)


@dataclass(frozen=True, slots=True)
class LetterInQueue:
    """`taken`: somebody else has it open."""

    row: ReadingRow
    since: Sentence
    taken: bool


@dataclass(frozen=True, slots=True)
class ReadingPage:
    name: str
    waiting: tuple[LetterInQueue, ...]
    elsewhere: tuple[tuple[str, int], ...]  # languages that this reader does not read, and how many letters


class Standing(StrEnum):
    """What can be done about a draft on its page."""

    WAITS = "waits"
    TAKEN = "taken"
    DECIDED = "decided"
    REPLACED = "replaced"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """What a letter says. No pieces and no pictures: it has been erased, or is not shown."""

    draft_id: UUID
    side: Side
    round_number: int | None
    day: Sentence
    language: str = ""
    pieces: tuple[Piece, ...] = ()
    pictures: int = 0
    translation: Translation | None = None

    @property
    def marked(self) -> tuple[Kind, ...]:
        return tuple(dict.fromkeys(kind for piece in self.pieces for kind in piece.kinds))


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark of the filter, as it can be ticked to be left out."""

    span: Span
    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class LetterPage:
    """`more`: how many earlier letters are not beside it. `left`: how many letters wait besides this one.

    `foreign`: it is in a language that whoever it is for does not read. `into`: the one that this reader can put it into.
    """

    row: ReadingRow
    since: Sentence
    standing: Standing
    shown: ShownLetter
    earlier: tuple[ShownLetter, ...]
    more: int
    left: int
    marks: tuple[Marked, ...]
    foreign: bool
    into: str | None


async def reader_at_desk(office: Office, visitor: Visitor) -> ReaderAtDesk:
    """Raises PageClosed."""
    if visitor.staff is None or not {Role.MODERATOR, Role.COORDINATOR} & visitor.roles:
        raise PageClosed("This page is for the moderators, who read the letters. Ask the coordinator.")
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        card = await store.reader(connection, visitor.staff)
    return ReaderAtDesk(visitor.staff, card.name, card.languages, visitor)


async def reading_page(office: Office, reader: ReaderAtDesk) -> ReadingPage:
    async with office.database.transaction(reader.scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        waiting = await store.waiting(connection, reader.id)
        elsewhere = await store.in_other_languages(connection, reader.id)
    return ReadingPage(
        name=reader.name,
        waiting=tuple(
            LetterInQueue(
                row, letterhead.calendar.label(row.received_at), row.claimed_by not in {None, reader.id}
            )
            for row in waiting
        ),
        elsewhere=tuple(elsewhere),
    )


async def next_letter(office: Office, reader: ReaderAtDesk) -> UUID | None:
    """It is this reader's for a while. What they have put off comes when nothing else waits."""
    async with office.database.transaction(reader.scope) as connection:
        return await store.claim_next(connection, reader.id, CLAIM_STAYS, also_put_off=True)


async def put_off(office: Office, reader: ReaderAtDesk, draft_id: UUID) -> UUID | None:
    """It is anybody's again; the next one that they have not put off. Raises NotTheirs."""
    async with office.database.transaction(reader.scope) as connection:
        row = await _own(connection, reader, draft_id)
        await store.put_off(connection, row.letter_id, reader.id, PUT_OFF_STAYS)
        return await store.claim_next(connection, reader.id, CLAIM_STAYS, also_put_off=False)


async def letter_of(office: Office, reader: ReaderAtDesk, draft_id: UUID) -> ReadingRow:
    """Where it stands. Raises NotTheirs."""
    async with office.database.transaction(reader.scope) as connection:
        return await _own(connection, reader, draft_id)


async def _own(connection: Connection, reader: ReaderAtDesk, draft_id: UUID) -> ReadingRow:
    """Raises NotTheirs."""
    row = await store.one(connection, reader.id, draft_id)
    if row is None:
        raise NotTheirs
    return row


async def letter_page(
    office: Office, reader: ReaderAtDesk, draft_id: UUID, *, all_earlier: bool = False
) -> LetterPage:
    """Whoever opens it has it for a while, and it is on record that they have read it. Raises NotTheirs."""
    async with office.database.transaction(reader.scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        row = await _own(connection, reader, draft_id)
        standing = await _standing(connection, reader, row)
        earlier: Sequence[EarlierRow] = ()
        if row.pairing_id is not None and standing in {Standing.WAITS, Standing.DECIDED}:
            earlier = await store.earlier(connection, row.pairing_id, row.letter_id)
        left = await store.others_waiting(connection, reader.id, row.letter_id)
    beside = earlier if all_earlier else earlier[:BESIDE]
    is_shown = standing in {Standing.WAITS, Standing.DECIDED}
    shown = [row.draft_id, *(one.draft_id for one in beside)] if is_shown else []
    opened = await opened_by(office, reader, row, shown)
    return LetterPage(
        row=row,
        since=letterhead.calendar.label(row.received_at),
        standing=standing,
        shown=_shown(letterhead, row, opened),
        earlier=tuple(_shown(letterhead, one, opened) for one in beside),
        more=len(earlier) - len(beside),
        left=left,
        marks=marks_of(opened.get(draft_id)),
        foreign=_is_foreign(row),
        into=translated_into(reader, row),
    )


def marks_of(opened: OpenedDraft | None) -> tuple[Marked, ...]:
    """Those that can be ticked to be left out."""
    match opened:
        case OpenedDraft(letter=TypedLetter(text), marks=marks):
            found = [
                Marked((one.start, one.end), text[one.start : one.end], one.kind)
                for one in marks
                if one.kind is not Kind.WORRY
            ]
            return tuple(found)
    return ()


def _is_foreign(row: ReadingRow) -> bool:
    return bool(row.understood) and row.language not in row.understood


def translated_into(reader: ReaderAtDesk, row: ReadingRow) -> str | None:
    """English before others, when more than one would do."""
    if not _is_foreign(row):
        return None
    return min(row.understood & reader.languages, key=lambda one: (one != "en", one), default=None)


async def _standing(connection: Connection, reader: ReaderAtDesk, row: ReadingRow) -> Standing:
    if row.held:
        return Standing.HELD
    if row.verdict is not None:
        return Standing.DECIDED
    if row.newest != row.draft_id:
        return Standing.REPLACED
    mine = await store.claim(connection, row.letter_id, reader.id, CLAIM_STAYS)
    return Standing.WAITS if mine else Standing.TAKEN


async def opened_by(
    office: Office, reader: ReaderAtDesk, row: ReadingRow, draft_ids: Sequence[UUID]
) -> dict[UUID, OpenedDraft]:
    """What these say, of one pairing; those that have been erased are left out. Each is on record as read."""
    opened: dict[UUID, OpenedDraft] = {}
    async with office.database.transaction(_of_school(reader, row)) as connection:
        for one in draft_ids:
            try:
                opened[one] = await read_draft(connection, office.keyring, one)
            except ContentErased:
                continue
    async with office.database.transaction(reader.scope) as connection:
        for one in opened:
            await case_readers.note_read(connection, one, reader.id)
    return opened


def _of_school(reader: ReaderAtDesk, row: ReadingRow) -> Scope:
    """A stock letter is of no school."""
    return Scope(reader.program, schools=(row.school,)) if row.school else reader.scope


def _shown(
    letterhead: Letterhead, row: ReadingRow | EarlierRow, opened: dict[UUID, OpenedDraft]
) -> ShownLetter:
    day = dated(row.received_at.astimezone(letterhead.calendar.zone), "%B %-d, %Y")
    bare = ShownLetter(row.draft_id, row.side, row.round_number, day)
    match opened.get(row.draft_id):
        case OpenedDraft(letter=TypedLetter(text), language=language, marks=marks, translation=translation):
            return replace(bare, language=language, pieces=pieces(text, marks), translation=translation)
        case OpenedDraft(letter=ScannedLetter(pdf), translation=translation):
            return replace(bare, pictures=len(page_pictures(pdf)), translation=translation)
    return bare


async def check_letter(office: Office, reader: ReaderAtDesk, draft_id: UUID) -> None:
    """That they may see it. Raises NotTheirs."""
    await letter_of(office, reader, draft_id)


async def approve(office: Office, reader: ReaderAtDesk, draft_id: UUID, draft_hash: bytes) -> None:
    """Raises NotTheirs, and NotTaken with a sentence."""
    await letters.decide(
        office,
        reader.scope,
        draft_id=draft_id,
        draft_hash=draft_hash,
        verdict=Verdict.APPROVE,
        decided_by=reader.id,
        told_after=await told_after(office, reader, draft_id),
    )


async def send_back(
    office: Office, reader: ReaderAtDesk, draft_id: UUID, draft_hash: bytes, reasons: Reasons
) -> None:
    """Raises NotTheirs, and NotTaken with a sentence."""
    await letters.decide(
        office,
        reader.scope,
        draft_id=draft_id,
        draft_hash=draft_hash,
        verdict=Verdict.RETURN,
        decided_by=reader.id,
        reason_for_child=reasons.for_child,
        reason_for_adult=reasons.for_adult,
        told_after=await told_after(office, reader, draft_id),
    )


async def told_after(office: Office, reader: ReaderAtDesk, draft_id: UUID) -> timedelta:
    """How long the reader may change their mind; not at all, when the letter would miss its opening day meanwhile."""
    async with office.database.transaction(reader.scope) as connection:
        await _own(connection, reader, draft_id)
        window = timedelta(minutes=(await programs.load(connection)).policy.undo_minutes)
        # Twice: the pairing has to hear of it, too.
        closes = await store.pack_closes_within(connection, draft_id, 2 * window)
    return timedelta(0) if closes else window


async def undo(office: Office, reader: ReaderAtDesk, draft_id: UUID) -> UUID:
    """The letter waits again, for this reader: the draft of it that does. Said twice, it does so already.

    Raises NotTheirs, and NotTaken with a sentence.
    """
    try:
        async with office.database.transaction(reader.scope) as connection:
            row = await _own(connection, reader, draft_id)
            taken_back = await store.take_back(connection, draft_id, reader.id)
            if not taken_back and row.verdict:
                raise NotTaken(_TOO_LATE)
            await store.claim(connection, row.letter_id, reader.id, CLAIM_STAYS)
            return await store.newest_of(connection, row.letter_id)
    except asyncpg.CheckViolationError:
        raise NotTaken(
            "This letter is under a legal hold: what was decided about it stays on record."
        ) from None


_TOO_LATE = Sentence(
    "It is too late to take this back, or it was not yours: the letter is on its way. If something is wrong with it, say"
    " that you are worried: that holds it."
)
