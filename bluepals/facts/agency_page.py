"""The liaison's page: the officers of an agency, who of them is free, whose clearance ends, and who would like to join."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence
from bluepals.facts import clearances, joining, leaving, who_may
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import Visitor
from bluepals.facts.leaving import Left
from bluepals.facts.office import Letterhead, Office
from bluepals.facts.who_may import NotTheirsToSay, Reach
from bluepals.store import agency_page as store
from bluepals.store import joining as wishes
from bluepals.store.agency_page import AgencyCard, OfficerRow
from bluepals.store.database import Scope
from bluepals.store.joining import Joining, JoiningLink

WHOM_TO_ASK = Sentence(
    "They write to no child of your schools: ask the liaison of their agency, or a coordinator of all schools."
)


@dataclass(frozen=True, slots=True)
class LiaisonAtDesk:
    """Or a coordinator, with the agencies that serve their schools."""

    id: UUID
    agencies: tuple[AgencyCard, ...]
    scope: Scope
    reach: Reach

    def stops(self, officer: OfficerRow) -> bool:
        return self.reach.stops(officer.agency, officer.writes_to)

    def clears(self, officer: OfficerRow) -> bool:
        return self.reach.clears(officer.agency, officer.writes_to)


@dataclass(frozen=True, slots=True)
class OfficerOnPage:
    """`mark`: within how many days the clearance ends, by the policy's marks; 0: there is none now.

    `stops`, `clears`: whether whoever sees the page may stop them, and enter their clearance.
    """

    row: OfficerRow
    mark: int | None
    stops: bool
    clears: bool


@dataclass(frozen=True, slots=True)
class AgencyOnPage:
    card: AgencyCard
    officers: tuple[OfficerOnPage, ...]
    wishes: tuple[Joining, ...]
    links: tuple[tuple[JoiningLink, Sentence], ...]  # each with the day on which it ends

    @property
    def to_renew(self) -> tuple[OfficerOnPage, ...]:
        """The nearest first, and those of one day by their names."""
        found = [one for one in self.officers if one.mark is not None]
        return tuple(sorted(found, key=lambda one: one.row.days_cleared or 0))

    @property
    def reserves(self) -> tuple[OfficerOnPage, ...]:
        return tuple(one for one in self.officers if one.row.free_places)


async def liaison_at_desk(office: Office, visitor: Visitor) -> LiaisonAtDesk:
    """Raises PageClosed."""
    if visitor.staff is None or not visitor.roles & {Role.LIAISON, Role.COORDINATOR}:
        raise PageClosed("This page is for the liaisons of the agencies. Ask the coordinator.")
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        reach = await who_may.reach(connection, visitor.staff)
        agencies = tuple(one for one in await store.agencies(connection) if reach.sees(one.id))
    names = tuple(one.id for one in agencies)
    return LiaisonAtDesk(visitor.staff, agencies, Scope(visitor.program, agencies=names), reach)


async def agency_page(office: Office, liaison: LiaisonAtDesk) -> tuple[AgencyOnPage, ...]:
    async with office.database.transaction(liaison.scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        officers = [
            OfficerOnPage(row, _mark(letterhead, row), liaison.stops(row), liaison.clears(row))
            for row in await store.officers(connection, liaison.id)
        ]
        waiting, links = await wishes.waiting(connection), await wishes.links(connection)
    ends = {one.id: letterhead.calendar.label(one.expires_at) for one in links}
    return tuple(
        AgencyOnPage(
            card=agency,
            officers=tuple(one for one in officers if one.row.agency == agency.id),
            wishes=tuple(one for one in waiting if one.agency == agency.id),
            links=tuple((one, ends[one.id]) for one in links if one.agency == agency.id),
        )
        for agency in liaison.agencies
    )


def _mark(letterhead: Letterhead, row: OfficerRow) -> int | None:
    left = row.days_cleared
    if left is None or left < 0:
        return 0
    return min((mark for mark in letterhead.program.policy.clearance_marks if left <= mark), default=None)


async def own_officer(office: Office, liaison: LiaisonAtDesk, officer_id: UUID) -> OfficerRow:
    """Raises NotTheirs."""
    async with office.database.transaction(liaison.scope) as connection:
        for row in await store.officers(connection, liaison.id):
            if row.officer_id == officer_id:
                return row
    raise NotTheirs


def check_stop(liaison: LiaisonAtDesk, officer: OfficerRow) -> None:
    """Raises NotTheirsToSay."""
    if not liaison.stops(officer):
        raise NotTheirsToSay(
            "{name} can't be stopped by you. {whom_to_ask}", name=officer.name, whom_to_ask=WHOM_TO_ASK
        )


async def stop(office: Office, liaison: LiaisonAtDesk, officer: OfficerRow) -> Left:
    """No contact from this commit on, and no cause shown. Raises NotTheirsToSay."""
    check_stop(liaison, officer)
    return await leaving.stop(office, _whole(liaison), officer.officer_id, by=liaison.id)


def _whole(liaison: LiaisonAtDesk) -> Scope:
    """What follows concerns more than an agency sees."""
    return Scope.whole(liaison.scope.program)


async def enter_clearance(office: Office, liaison: LiaisonAtDesk, officer: OfficerRow, until: date) -> None:
    """Raises ClearanceRefused and NotTheirsToSay, each with a sentence."""
    if not liaison.clears(officer):
        raise NotTheirsToSay(
            "The clearance of {name} can't be entered by you. {whom_to_ask}",
            name=officer.name,
            whom_to_ask=WHOM_TO_ASK,
        )
    await clearances.enter(office, _whole(liaison), officer.officer_id, until, by=liaison.id)


async def make_link(office: Office, liaison: LiaisonAtDesk, agency: str) -> str:
    """Raises NotTheirs."""
    if agency not in liaison.scope.agencies:
        raise NotTheirs
    return await joining.make_link(office, liaison.scope, agency, by=liaison.id)


async def revoke_link(office: Office, liaison: LiaisonAtDesk, link_id: UUID) -> None:
    """Raises NotTheirs."""
    async with office.database.transaction(liaison.scope) as connection:
        if not await wishes.revoke(connection, link_id):
            raise NotTheirs


async def _check_wish(office: Office, liaison: LiaisonAtDesk, joining_id: UUID) -> None:
    """Raises NotTheirs."""
    async with office.database.transaction(liaison.scope) as connection:
        if await wishes.waiting_one(connection, joining_id) is None:
            raise NotTheirs


async def accept(office: Office, liaison: LiaisonAtDesk, joining_id: UUID, external_id: str) -> None:
    """Raises NotTheirs, and JoiningRefused with a sentence."""
    await _check_wish(office, liaison, joining_id)
    await joining.accept(office, _whole(liaison), joining_id, external_id, by=liaison.id)


async def decline(office: Office, liaison: LiaisonAtDesk, joining_id: UUID) -> None:
    """Raises NotTheirs."""
    await _check_wish(office, liaison, joining_id)
    await joining.decline(office, liaison.scope, joining_id, by=liaison.id)
