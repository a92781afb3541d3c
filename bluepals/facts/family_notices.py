"""Notices for the families of a class, as a PDF to print: also to those whom no mail reaches."""

import asyncio

from bluepals.facts.office import Letterhead, Office
from bluepals.links import DeskPage
from bluepals.paper import family_notices as paper
from bluepals.paper.family_notices import Asked, FamilyNotice
from bluepals.store import family_notices as store
from bluepals.store.database import Scope
from bluepals.store.family_notices import NoticeRow


async def of_school(office: Office, scope: Scope, school: str, class_name: str | None = None) -> bytes:
    """Of the school's year, or of one of its classes. Raises LookupError with a sentence."""
    async with office.database.transaction(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        year = letterhead.program.program_year_id(school)
        found = await store.children(connection, year, class_name)
    if not found:
        where = f"class {class_name} of school {school}" if class_name else f"school {school}"
        raise LookupError(f"No child of {where} takes part. See: starter.py status PROGRAM")
    printed = [_printed(letterhead, one) for one in found]
    return await asyncio.to_thread(paper.notices, printed)


def _printed(letterhead: Letterhead, one: NoticeRow) -> FamilyNotice:
    asked = None
    if one.agreed and one.asked and one.officer_first_name and one.agency_name:
        until = one.asked_until.astimezone(letterhead.calendar.zone) if one.asked_until else None
        asked = Asked(one.officer_first_name, one.agency_name, until, one.goes_on)
    return FamilyNotice(
        one.first_name,
        one.last_name,
        one.language,
        one.school,
        one.class_name,
        letterhead.link_to(DeskPage.FAMILY),
        asked,
        one.agreed,
    )
