"""The page of somebody who has read a letter in which harm is suspected: what is theirs to do, and whom to call."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.facts import cases
from bluepals.facts.desk import NotTheirs
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Letterhead, Office
from bluepals.store import cases as store
from bluepals.store import programs
from bluepals.store.database import Scope


@dataclass(frozen=True, slots=True)
class CaseOnPage:
    """`mine`: this visitor has still to attest. `missing`: who has, for those who are on the list to be told."""

    id: UUID
    since: str
    mine: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasesPage:
    hotline: str
    now: str
    cases: tuple[CaseOnPage, ...]


async def cases_page(office: Office, reader: Visitor) -> CasesPage:
    async with office.database.transaction(Scope.whole(reader.program)) as connection:
        letterhead = await Letterhead.of(office, connection)
        found = []
        for one in await store.open_referrals(connection):
            case = await store.record(connection, one.case_id)
            missing = await store.still_to_attest(connection, case.id)
            mine = any(person.id in reader.ids for person in missing)
            calls = await cases.is_on_the_list(connection, letterhead, case, reader.ids)
            if mine or calls:
                names = tuple(person.name for person in missing) if calls else ()
                found.append(CaseOnPage(case.id, letterhead.calendar.label(case.opened_at), mine, names))
        local = letterhead.now.astimezone(letterhead.calendar.zone)
        return CasesPage(letterhead.program.safety.hotline, f"{local:%Y-%m-%dT%H:%M}", tuple(found))


async def attest(
    office: Office, reader: Visitor, case_id: UUID, *, when: datetime | None, reference: str | None
) -> None:
    """`when`: the local time of the report; None: read, and no reasonable cause. Raises NotTheirs and NotTaken."""
    scope = Scope.whole(reader.program)
    async with office.database.transaction(scope) as connection:
        known = [one for one in sorted(reader.ids) if await store.reader_as(connection, case_id, one)]
        if not known:
            raise NotTheirs
        zone = SchoolCalendar.of(await programs.load(connection)).zone
    reported_at = None if when is None else when.replace(tzinfo=zone)
    for one in known:  # Who is staff and officer has read it as both: one word is for both.
        await cases.attest(
            office, scope, case_id=case_id, by=one, reported_at=reported_at, reference=reference
        )
