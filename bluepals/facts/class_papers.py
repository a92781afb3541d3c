"""What a teacher prints: a class's pack, its sheets, notices and certificates, and the visit's lists. Only of their own classes."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from uuid import UUID

from bluepals.domain.letters import DeliveryKind
from bluepals.facts import certificates as printed
from bluepals.facts import family_notices, sheets, visit_sheets
from bluepals.facts.desk import NotTheirs
from bluepals.facts.office import Office
from bluepals.facts.teachers_page import TeacherAtDesk, own_class, own_single_letter
from bluepals.paper.packs import PackLetter, PackTitle, class_pack, single_letter
from bluepals.store import certificates, deliveries, teachers_page
from bluepals.store.content import ContentErased
from bluepals.store.database import Connection, Scope
from bluepals.store.deliveries import PackDraft
from bluepals.store.letters import OpenedDraft
from bluepals.store.letters import read as read_draft


async def run_sheet(office: Office, teacher: TeacherAtDesk, program_year: str) -> bytes:
    """Names of officers are the agencies' to see, and their teachers' for the visit. Raises NotTheirs."""
    await _check_visit(office, teacher, program_year)
    return await visit_sheets.run_sheet(office, Scope.whole(teacher.scope.program), program_year)


async def visitors_list(office: Office, teacher: TeacherAtDesk, program_year: str) -> bytes:
    """Raises NotTheirs."""
    await _check_visit(office, teacher, program_year)
    return await visit_sheets.visitors_list(office, Scope.whole(teacher.scope.program), program_year)


async def _check_visit(office: Office, teacher: TeacherAtDesk, program_year: str) -> None:
    async with office.database.transaction(teacher.scope) as connection:
        is_ahead = await teachers_page.visit_ahead(connection, program_year)
    if not is_ahead or all(one.program_year != program_year for one in teacher.classes):
        raise NotTheirs


async def pack(
    office: Office, teacher: TeacherAtDesk, program_year: str, class_name: str, opening: int
) -> bytes:
    """The class's letters of an opening day that has come, as one PDF. Raises NotTheirs."""
    of = own_class(teacher, program_year, class_name)
    async with office.database.transaction(teacher.scope) as connection:
        opens_on = {day.number: day.opens_on for day in await teachers_page.opened_days(connection, of)}
        if opening not in opens_on:
            raise NotTheirs
        drafts = await deliveries.pack(connection, program_year, class_name, opening)
        written = [draft.draft_id for draft in drafts if draft.kind is not DeliveryKind.STOCK]
        opened = await _not_erased(office, connection, written)
    stock = [draft.draft_id for draft in drafts if draft.kind is DeliveryKind.STOCK]
    opened |= await _stock_letters(office, teacher.scope.program, stock)
    title = PackTitle(of.school_name, of.class_name, opening, opens_on[opening])
    pages = [_pack_letter(draft, opened[draft.draft_id]) for draft in drafts if draft.draft_id in opened]
    return await asyncio.to_thread(class_pack, title, pages)


def _pack_letter(draft: PackDraft, opened: OpenedDraft) -> PackLetter:
    return PackLetter(
        child_name=draft.student_name,
        pal_name=draft.writer_first_name,
        language=opened.language,
        content=opened.letter,
        kind=draft.kind,
        translation=opened.translation,
    )


async def _stock_letters(office: Office, program: str, draft_ids: Sequence[UUID]) -> dict[UUID, OpenedDraft]:
    """They belong to no school: these were delivered to the teacher's class, so she may read them."""
    if not draft_ids:
        return {}
    async with office.database.transaction(Scope.whole(program)) as connection:
        return await _not_erased(office, connection, set(draft_ids))


async def _not_erased(
    office: Office, connection: Connection, draft_ids: Collection[UUID]
) -> dict[UUID, OpenedDraft]:
    """One family's wish to erase a letter takes the pack from no other child."""
    opened = {}
    for one in draft_ids:
        with suppress(ContentErased):
            opened[one] = await read_draft(connection, office.keyring, one)
    return opened


async def certificates_of(
    office: Office, teacher: TeacherAtDesk, program_year: str, class_name: str
) -> bytes:
    """From the day of the visit on. Raises NotTheirs."""
    of = own_class(teacher, program_year, class_name)
    async with office.database.transaction(teacher.scope) as connection:
        if not await certificates.is_due(connection, of.program_year):
            raise NotTheirs
    return await printed.of_school(office, teacher.scope, of.school, of.class_name)


async def notices_of(office: Office, teacher: TeacherAtDesk, program_year: str, class_name: str) -> bytes:
    """For the families' backpacks. Raises NotTheirs."""
    of = own_class(teacher, program_year, class_name)
    try:
        return await family_notices.of_school(office, teacher.scope, of.school, of.class_name)
    except LookupError:
        raise NotTheirs from None  # Nobody takes part or may: the page links to no notices.


async def sheets_of(office: Office, teacher: TeacherAtDesk, program_year: str, class_name: str) -> bytes:
    """To write the next letters on. Raises NotTheirs."""
    of = own_class(teacher, program_year, class_name)
    try:
        return await sheets.of_school(office, teacher.scope, of.school, of.class_name)
    except LookupError:
        raise NotTheirs from None  # Nobody writes: the page links to no sheets.


async def letter_by_itself(office: Office, teacher: TeacherAtDesk, draft_id: UUID) -> bytes:
    """A letter that came after the last opening day, as a PDF. Raises NotTheirs."""
    async with office.database.transaction(teacher.scope) as connection:
        one = await own_single_letter(connection, teacher, draft_id)
        opened = await _not_erased(office, connection, [draft_id])
    if not opened:
        raise NotTheirs
    letter = opened[draft_id]
    printed_letter = PackLetter(
        one.student_name, one.officer_first_name, letter.language, letter.letter, one.kind, letter.translation
    )
    return await asyncio.to_thread(single_letter, printed_letter)
