"""One letter of a pairing's year, for those who read its letters, and for its teacher as far as the class has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.letters import ScannedLetter, Side, Translation, TypedLetter
from bluepals.domain.pairing_year import Kind, Moment, PairingYear
from bluepals.facts import cases, pairing_year, teachers_page
from bluepals.facts.desk import NotTheirs
from bluepals.facts.office import Office
from bluepals.facts.pairing_page import PairingsReader
from bluepals.facts.teachers_page import TeacherAtDesk
from bluepals.store import counsel_page, pairings
from bluepals.store.cases import under_open_case
from bluepals.store.content import ContentErased
from bluepals.store.database import Scope
from bluepals.store.letters import OpenedDraft, reads_letters, written_to
from bluepals.store.letters import read as read_draft


@dataclass(frozen=True, slots=True)
class Opens:
    """What a pairing's year opens to somebody: the moments with their letters, and the cases that are theirs."""

    letters: Mapping[UUID, Moment]
    cases: Mapping[UUID, UUID]  # by draft


@dataclass(frozen=True, slots=True)
class LetterPage:
    """`text`: None for pages, and when it has been erased."""

    year: PairingYear
    moment: Moment
    text: str | None
    language: str
    translation: Translation | None
    erased: bool


async def opens(office: Office, reader: PairingsReader, year: PairingYear) -> Opens:
    """What is held back opens to nobody here: whose case it is opens the case."""
    written = {one.about: one for one in year.moments if one.about is not None and one.side is not None}
    letters = {draft: one for draft, one in written.items() if one.kind is not Kind.DELAYED}
    theirs = await _theirs(office, reader, year, letters)
    if not reader.counsels:
        return Opens(theirs, {})
    async with office.database.transaction(Scope.whole(reader.scope.program)) as connection:
        found = await counsel_page.cases_of(connection, reader.id)
    return Opens(theirs, {one.draft_id: one.case_id for one in found if one.draft_id in written})


async def _school(office: Office, reader: PairingsReader, year: PairingYear) -> str:
    async with office.database.transaction(reader.scope) as connection:
        return (await pairings.state(connection, year.pairing_id)).school


async def _theirs(
    office: Office, reader: PairingsReader, year: PairingYear, letters: Mapping[UUID, Moment]
) -> Mapping[UUID, Moment]:
    """A reader's are all of the pairing or none, but for those to themselves; a teacher's those that the class has."""
    if (teacher := reader.teacher) is not None:
        async with office.database.transaction(teacher.scope) as connection:
            hidden = await under_open_case(connection, list(letters))
        return {
            draft: one
            for draft, one in letters.items()
            if draft not in hidden and await _has_come(office, teacher, one)
        }
    school = await _school(office, reader, year)
    async with office.database.transaction(reader.scope) as connection:
        if not await reads_letters(connection, reader.id, school):
            return {}
        own = await written_to(connection, reader.id, list(letters))
    return {draft: one for draft, one in letters.items() if draft not in own}


async def _has_come(office: Office, teacher: TeacherAtDesk, moment: Moment) -> bool:
    if moment.side is Side.STUDENT:
        return True
    try:
        await teachers_page.check_letter(office, teacher, _draft(moment))
    except NotTheirs:
        return False
    return True


def _draft(moment: Moment) -> UUID:
    if moment.about is None:
        raise NotTheirs
    return moment.about


async def letter_page(office: Office, reader: PairingsReader, pairing_id: UUID, draft_id: UUID) -> LetterPage:
    """From now on it is on record that they have read it. Raises NotTheirs."""
    year, moment = await _found(office, reader, pairing_id, draft_id)
    try:
        opened = await _read(office, reader, year, moment)
    except ContentErased:
        return LetterPage(year, moment, None, "", None, erased=True)
    text = opened.letter.text if isinstance(opened.letter, TypedLetter) else None
    return LetterPage(year, moment, text, opened.language, opened.translation, erased=False)


async def letters_pages(office: Office, reader: PairingsReader, pairing_id: UUID, draft_id: UUID) -> bytes:
    """Scanned pages, as a PDF. Raises NotTheirs."""
    try:
        opened = await _read(office, reader, *await _found(office, reader, pairing_id, draft_id))
    except ContentErased:
        raise NotTheirs from None
    if not isinstance(opened.letter, ScannedLetter):
        raise NotTheirs
    return opened.letter.pdf


async def _found(
    office: Office, reader: PairingsReader, pairing_id: UUID, draft_id: UUID
) -> tuple[PairingYear, Moment]:
    """Raises NotTheirs."""
    try:
        year = await pairing_year.pairing_year(office, reader.scope, pairing_id)
    except LookupError:
        raise NotTheirs from None
    moment = (await opens(office, reader, year)).letters.get(draft_id)
    if moment is None:
        raise NotTheirs
    return year, moment


async def _read(office: Office, reader: PairingsReader, year: PairingYear, moment: Moment) -> OpenedDraft:
    draft_id, whole = _draft(moment), Scope.whole(reader.scope.program)
    # A stock letter is of no school.
    stock = moment.kind is Kind.STOCK
    scope = whole if stock else Scope(whole.program, (await _school(office, reader, year),))
    async with office.database.transaction(scope) as connection:
        opened = await read_draft(connection, office.keyring, draft_id)
    await cases.note_read(office, whole, draft_id, reader.id)
    return opened
