"""Certificates for those who took part, as PDFs to print."""

import asyncio
from collections.abc import Callable, Sequence

from bluepals.facts.office import Office
from bluepals.paper import certificates as paper
from bluepals.paper.certificates import Certificate
from bluepals.store import certificates as store
from bluepals.store import programs
from bluepals.store.certificates import TookPart
from bluepals.store.database import Scope


async def of_school(office: Office, scope: Scope, school: str, class_name: str | None = None) -> bytes:
    """The children of a school's year, or of one of its classes. Raises LookupError with a sentence."""
    async with office.database.transaction(scope) as connection:
        program = await programs.load(connection)
        found = await store.children(connection, program.program_year_id(school), class_name)
    where = f"class {class_name} of school {school}" if class_name else f"school {school}"
    return await _printed(paper.childrens, found, program.first_year, where)


async def of_agency(office: Office, scope: Scope, agency: str) -> bytes:
    """Raises LookupError with a sentence."""
    async with office.database.transaction(scope) as connection:
        program = await programs.load(connection)
        found = await store.officers(connection, agency, program.first_year)
    return await _printed(paper.officers, found, program.first_year, f"agency {agency}")


async def _printed(
    print_them: Callable[[Sequence[Certificate]], bytes],
    found: Sequence[TookPart],
    first_year: int,
    where: str,
) -> bytes:
    if not found:
        raise LookupError(f"Nobody of {where} has been introduced to a pal. See: starter.py status PROGRAM")
    certificates = [Certificate(one.name, one.language, one.where, first_year) for one in found]
    return await asyncio.to_thread(print_them, certificates)
