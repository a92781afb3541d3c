"""An officer's conduct: the letter, and the words of those who decide what becomes of it and of the officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.cases import LetterOutcome, OfficerOutcome
from bluepals.domain.letters import ScannedLetter, Translation, TypedLetter
from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence
from bluepals.facts import cases, closing
from bluepals.facts.closing import Closing, Word
from bluepals.facts.desk import NotTheirs
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Letterhead, Office
from bluepals.store import conduct_page as store
from bluepals.store.conduct_page import ConductRow
from bluepals.store.content import ContentErased
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import read as read_draft


@dataclass(frozen=True, slots=True)
class ConductInList:
    row: ConductRow
    since: Sentence


@dataclass(frozen=True, slots=True)
class WordOnPage:
    """`said`: None until they have said it."""

    role: str
    said: Sentence | None
    letter: LetterOutcome | None
    officer: OfficerOutcome | None


@dataclass(frozen=True, slots=True)
class ConductPage:
    """`text`: None before it has been read here, for pages, and when it has been erased."""

    case: ConductInList
    words: Sequence[WordOnPage]
    text: str | None
    language: str
    translation: Translation | None
    erased: bool


async def to_decide(office: Office, visitor: Visitor) -> Sequence[ConductInList]:
    """The open cases that take this visitor's word."""
    if visitor.staff is None:
        return []
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        found = await store.to_decide(connection, visitor.staff)
        if not found:
            return []
        letterhead = await Letterhead.of(office, connection)
    return [
        ConductInList(one, letterhead.calendar.label(one.opened_at)) for one in found if one.closed_at is None
    ]


async def words_asked(connection: Connection, staff: UUID, role: Role) -> Sequence[ConductRow]:
    """The open cases that wait for what this person says as such: nobody has said it, the others say something else, or no other
    word is needed any more.
    """
    return [
        one
        for one in await store.to_decide(connection, staff)
        if one.closed_at is None and role in one.roles and await _is_asked(connection, one.case_id, role)
    ]


async def _is_asked(connection: Connection, case_id: UUID, role: Role) -> bool:
    needed = await store.words(connection, case_id)
    said = {one.role: (one.letter, one.officer) for one in needed if one.at}
    return role not in said or len(set(said.values())) > 1 or len(said) == len(needed)


async def conduct_page(office: Office, visitor: Visitor, case_id: UUID) -> ConductPage:
    """Raises NotTheirs."""
    row = await _own(office, visitor, case_id)
    text, language, translation, erased = None, "", None, False
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        label = (await Letterhead.of(office, connection)).calendar.label
        words = [
            WordOnPage(
                one.role,
                label(one.at) if one.at else None,
                LetterOutcome(one.letter) if one.letter else None,
                OfficerOutcome(one.officer) if one.officer else None,
            )
            for one in await store.words(connection, case_id)
        ]
        if row.read:
            try:
                opened = await read_draft(connection, office.keyring, row.draft_id)
                text = opened.letter.text if isinstance(opened.letter, TypedLetter) else None
                language, translation = opened.language, opened.translation
            except ContentErased:
                erased = True
    return ConductPage(ConductInList(row, label(row.opened_at)), words, text, language, translation, erased)


async def open_letter(office: Office, visitor: Visitor, case_id: UUID) -> None:
    """From now on the page shows it, and that they have read it is on record. Raises NotTheirs."""
    row = await _own(office, visitor, case_id)
    await cases.note_read(office, Scope.whole(visitor.program), row.draft_id, _staff(visitor))


async def letters_pages(office: Office, visitor: Visitor, case_id: UUID) -> bytes:
    """Scanned pages, as a PDF. Raises NotTheirs."""
    row = await _own(office, visitor, case_id)
    if not row.read:
        raise NotTheirs
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        try:
            opened = await read_draft(connection, office.keyring, row.draft_id)
        except ContentErased:
            raise NotTheirs from None
    if not isinstance(opened.letter, ScannedLetter):
        raise NotTheirs
    return opened.letter.pdf


async def say(office: Office, visitor: Visitor, case_id: UUID, word: Word) -> Closing:
    """With the last word that is needed the case closes. Raises NotTheirs, and NotTaken with a sentence."""
    await _own(office, visitor, case_id)
    return await closing.close(
        office, Scope.whole(visitor.program), case_id=case_id, by=_staff(visitor), word=word
    )


async def _own(office: Office, visitor: Visitor, case_id: UUID) -> ConductRow:
    """Raises NotTheirs."""
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        for row in await store.to_decide(connection, _staff(visitor), case_id):
            return row
    raise NotTheirs


def _staff(visitor: Visitor) -> UUID:
    if visitor.staff is None:
        raise NotTheirs
    return visitor.staff
