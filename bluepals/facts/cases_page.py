"""The page of somebody who has read a letter in which harm is suspected: what is theirs to do, and whom to call."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.facts import cases
from bluepals.facts.desk import NotTheirs, visitor_of
from bluepals.facts.office import Letterhead, Office
from bluepals.store import cases as store
from bluepals.store import programs
from bluepals.store.database import Scope


@dataclass(frozen=True, slots=True)
class ReaderAtDesk:
    id: UUID
    scope: Scope


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


async def reader_at_desk(office: Office, token: str) -> ReaderAtDesk:
    """Raises LinkRefused."""
    visitor = await visitor_of(office, "case", token)
    return ReaderAtDesk(visitor.person, Scope.whole(visitor.program))


async def cases_page(office: Office, reader: ReaderAtDesk) -> CasesPage:
    async with office.database.transaction(reader.scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        found = []
        for one in await store.open_referrals(connection):
            case = await store.record(connection, one.case_id)
            missing = await store.still_to_attest(connection, case.id)
            mine = any(person.id == reader.id for person in missing)
            calls = await cases.is_on_the_list(connection, letterhead, case, reader.id)
            if mine or calls:
                names = tuple(person.name for person in missing) if calls else ()
                found.append(CaseOnPage(case.id, letterhead.calendar.label(case.opened_at), mine, names))
        local = letterhead.now.astimezone(letterhead.calendar.zone)
        return CasesPage(letterhead.program.safety.hotline, f"{local:%Y-%m-%dT%H:%M}", tuple(found))


async def attest(
    office: Office, reader: ReaderAtDesk, case_id: UUID, *, when: str | None, reference: str | None
) -> None:
    """`when`: the local time of the report; None: read, and no reasonable cause. Raises NotTheirs and NotTaken.

    Raises ValueError when it is no time.
    """
    async with office.database.transaction(reader.scope) as connection:
        if await store.reader_as(connection, case_id, reader.id) is None:
            raise NotTheirs
        zone = SchoolCalendar.of(await programs.load(connection)).zone
    reported_at = None if when is None else datetime.fromisoformat(when).replace(tzinfo=zone)
    await cases.attest(
        office, reader.scope, case_id=case_id, by=reader.id, reported_at=reported_at, reference=reference
    )
