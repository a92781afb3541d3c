"""Printed sheets on which the children of a class write, as a PDF: a scanned stack of them files itself."""

import asyncio

from bluepals.domain.stacks import SheetCode
from bluepals.facts.office import Office
from bluepals.paper import sheets as paper
from bluepals.paper.sheets import Sheet
from bluepals.store import programs, teachers_page
from bluepals.store import sheets as store
from bluepals.store.database import Scope


async def of_school(office: Office, scope: Scope, school: str, class_name: str | None = None) -> bytes:
    """For the letters of this round that may still be handed in. Raises LookupError with a sentence."""
    async with office.database.transaction(scope) as connection:
        year = (await programs.load(connection)).program_year_id(school)
        now = await teachers_page.class_round(connection, year)
        found = await store.writers(connection, year, class_name, now.number) if now else []
    if not now or not found:
        where = f"class {class_name} of school {school}" if class_name else f"school {school}"
        raise LookupError(f"No child of {where} has a letter to write now. See: starter.py status PROGRAM")
    printed = [
        Sheet(
            name=one.name,
            pal_name=one.pal_name,
            round_number=now.number,
            language=one.language,
            class_name=one.class_name,
            code=office.links.on_sheet(SheetCode(one.pairing_id, now.number)),
        )
        for one in found
    ]
    return await asyncio.to_thread(paper.sheets, printed)
