"""A letter that tells of trouble in a family, with words left out by its counselor: seen first, and never kept alone."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import ScannedLetter, TypedLetter
from bluepals.domain.redaction import RedactionRefused
from bluepals.domain.screening import screen
from bluepals.facts import counsel_page
from bluepals.facts.closing import Closing, Word
from bluepals.facts.counsel_page import CounselorAtDesk
from bluepals.facts.desk import NotTheirs
from bluepals.facts.office import Office
from bluepals.facts.reading_copies import Wish, without
from bluepals.paper.pages import page_pictures
from bluepals.store import disclosures
from bluepals.store.content import ContentErased
from bluepals.store.counsel_page import CaseRow
from bluepals.store.letters import Copy, NotTaken, OpenedDraft


@dataclass(frozen=True, slots=True)
class CopyPage:
    """The copy as it would go on. `text`: None for pages."""

    row: CaseRow
    text: str | None
    language: str
    pictures: int


async def copy_page(office: Office, counselor: CounselorAtDesk, case_id: UUID, wish: Wish) -> CopyPage:
    """Raises NotTheirs, and Refused with a sentence."""
    row, opened = await _read(office, counselor, case_id)
    letter = (await _copy(counselor, row, opened, wish)).letter
    return CopyPage(
        row=row,
        text=letter.text if isinstance(letter, TypedLetter) else None,
        language=opened.language,
        pictures=len(page_pictures(letter.pdf)) if isinstance(letter, ScannedLetter) else 0,
    )


async def picture(
    office: Office, counselor: CounselorAtDesk, case_id: UUID, number: int, wish: Wish
) -> bytes:
    """One of the pages, with what is to be black, as a JPEG. Raises NotTheirs, and RedactionRefused with a sentence."""
    _, opened = await _read(office, counselor, case_id)
    if isinstance(opened.letter, ScannedLetter):
        pages = page_pictures((await asyncio.to_thread(without, opened, wish)).content)
        if 1 <= number <= len(pages):
            return pages[number - 1]
    raise NotTheirs


async def deliver(office: Office, counselor: CounselorAtDesk, case_id: UUID, wish: Wish) -> Closing:
    """The copy goes on, and the letter is kept. Raises NotTheirs, and Refused with a sentence."""
    row, opened = await _read(office, counselor, case_id)
    word = Word(LetterOutcome.DELIVER, copy=await _copy(counselor, row, opened, wish))
    return await counsel_page.close(office, counselor, case_id, word)


async def _read(office: Office, counselor: CounselorAtDesk, case_id: UUID) -> tuple[CaseRow, OpenedDraft]:
    """Raises NotTheirs."""
    row = await counsel_page.own_case(office, counselor, case_id)
    if not row.read:
        raise NotTheirs
    try:
        opened = await counsel_page.opened_by(office, counselor, row)
    except ContentErased:
        raise NotTheirs from None
    async with office.database.transaction(counselor.scope) as connection:
        await disclosures.note(connection, [row.draft_id], counselor.id)
    return row, opened


async def _copy(counselor: CounselorAtDesk, row: CaseRow, opened: OpenedDraft, wish: Wish) -> Copy:
    if row.kind is not Concern.FAMILY or row.closed_at is not None:
        raise NotTaken(
            "Words are left out here only of a letter about a family's trouble, while its case is open."
        )
    if not (wish.words or wish.marks or wish.cells):
        raise RedactionRefused("Say what is to be left out.")
    letter = await asyncio.to_thread(without, opened, wish)
    screening = screen(letter.text) if isinstance(letter, TypedLetter) else None
    return Copy(letter=letter, screening=screening, made_by=counselor.id)
