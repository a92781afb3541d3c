"""A reader's copy of a letter, to be approved instead of it: words left out, a translation added. Seen first, and never kept alone."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.letters import Letter, ScannedLetter, Translation, TypedLetter
from bluepals.domain.redaction import Cell, RedactionRefused, Span, redacted, spans_of
from bluepals.domain.screening import screen
from bluepals.facts import letters
from bluepals.facts.desk import NotTheirs
from bluepals.facts.office import Office
from bluepals.facts.reading_page import ReaderAtDesk, letter_of, opened_by, told_after, translated_into
from bluepals.paper.pages import page_pictures
from bluepals.paper.redaction import blackened, boxes_of
from bluepals.store.letters import Copy, NotTaken, OpenedDraft
from bluepals.store.reading_page import ReadingRow


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader wants a copy to be: words, marks and cells of pages to leave out, and a translation. All empty: the letter itself."""

    words: tuple[str, ...] = ()
    marks: tuple[Span, ...] = ()
    cells: tuple[Cell, ...] = ()
    translation: str = ""

    @property
    def places(self) -> frozenset[tuple[int, int, int]]:
        """Of its cells: page, row and column."""
        return frozenset((one.page, one.row, one.column) for one in self.cells)


@dataclass(frozen=True, slots=True)
class CopyPage:
    """The copy as it would go on. `text`: None for pages."""

    row: ReadingRow
    text: str | None
    pictures: int
    translation: Translation | None


async def copy_page(office: Office, reader: ReaderAtDesk, draft_id: UUID, wish: Wish) -> CopyPage:
    """Raises NotTheirs, and Refused with a sentence."""
    row = await letter_of(office, reader, draft_id)
    made = await _copy(office, reader, row, wish)
    return CopyPage(
        row=row,
        text=made.letter.text if isinstance(made.letter, TypedLetter) else None,
        pictures=len(page_pictures(made.letter.pdf)) if isinstance(made.letter, ScannedLetter) else 0,
        translation=made.translation,
    )


async def picture(office: Office, reader: ReaderAtDesk, draft_id: UUID, number: int, wish: Wish) -> bytes:
    """One of the pages as the wished copy has it, as a JPEG. Raises NotTheirs, and RedactionRefused with a sentence."""
    row = await letter_of(office, reader, draft_id)
    if row.held:
        raise NotTheirs
    opened = await opened_by(office, reader, row, [draft_id])
    match opened.get(draft_id):
        case OpenedDraft(letter=ScannedLetter()) as found:
            copied = await asyncio.to_thread(without, found, wish)
            pages = page_pictures(copied.content)
            if 1 <= number <= len(pages):
                return pages[number - 1]
    raise NotTheirs


async def approve_copy(
    office: Office, reader: ReaderAtDesk, draft_id: UUID, draft_hash: bytes, wish: Wish
) -> UUID:
    """The copy's id. What is approved, hashed and sent is the copy. Raises NotTheirs, and Refused with a sentence."""
    row = await letter_of(office, reader, draft_id)
    made = await _copy(office, reader, row, wish)
    approved = await letters.approve_copy(
        office,
        reader.scope,
        source_id=draft_id,
        source_hash=draft_hash,
        made=made,
        told_after=await told_after(office, reader, draft_id),
    )
    return approved.decided.draft_id


async def _copy(office: Office, reader: ReaderAtDesk, row: ReadingRow, wish: Wish) -> Copy:
    if not row.waits:
        raise NotTaken("This letter does not wait any more: look at where it stands now.")
    into = translated_into(reader, row)
    translation = Translation(into, wish.translation) if into and wish.translation.strip() else None
    if not (wish.words or wish.marks or wish.cells or translation):
        raise _nothing_left_out(pages=row.pages, into=into)
    opened = (await opened_by(office, reader, row, [row.draft_id])).get(row.draft_id)
    if opened is None:
        raise NotTheirs
    letter = await asyncio.to_thread(without, opened, wish)
    return Copy(
        letter=letter,
        screening=screen(letter.text) if isinstance(letter, TypedLetter) else None,
        made_by=reader.id,
        translation=translation,
    )


def _nothing_left_out(*, pages: bool, into: str | None) -> RedactionRefused:
    if pages and into:
        return RedactionRefused(
            "Nothing is left out yet. Tick the parts of the page that are to be black, or write the translation; then see the"
            " copy."
        )
    if pages:
        return RedactionRefused(
            "Nothing is left out yet. Tick the parts of the page that are to be black; then see the copy."
        )
    if into:
        return RedactionRefused(
            "Nothing is left out yet. Write the words to leave out, or tick what is marked, or write the translation; then"
            " see the copy."
        )
    return RedactionRefused(
        "Nothing is left out yet. Write the words to leave out, or tick what is marked; then see the copy."
    )


def without(opened: OpenedDraft, wish: Wish) -> Letter:
    """The letter, but for what is to be left out. Raises RedactionRefused."""
    match opened.letter:
        case TypedLetter(text):
            spans = [*spans_of(text, wish.words), *wish.marks]
            if any(span not in {(one.start, one.end) for one in opened.marks} for span in wish.marks):
                raise RedactionRefused(
                    "The letter has changed. Open it again, and say what is to be left out."
                )
            return TypedLetter(redacted(text, spans))
        case ScannedLetter():
            if wish.words:
                raise RedactionRefused(
                    "Words can be left out of typed letters only. Tick the parts of the page that are to be black."
                )
            return blackened(opened.letter, boxes_of(wish.cells)) if wish.cells else opened.letter
