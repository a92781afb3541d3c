"""A pairing's page: its year on one line, its rounds and its story, for its office and its school's counselors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.pairing_year import PairingYear
from bluepals.domain.people import Role
from bluepals.facts import pairing_year
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Office
from bluepals.store import pauses, programs, staff, status
from bluepals.store.database import Scope, widen

READERS = (Role.COORDINATOR, Role.COUNSELOR)


@dataclass(frozen=True, slots=True)
class PairingsReader:
    """`coordinates_all`: they run the whole program's year; others only look."""

    entered: Visitor
    scope: Scope
    coordinates_all: bool


@dataclass(frozen=True, slots=True)
class Moment:
    day: str
    what: str


@dataclass(frozen=True, slots=True)
class PairingPage:
    card: Mapping[str, Any]
    school_name: str
    year: PairingYear
    rounds: Sequence[Mapping[str, Any]]
    story: Sequence[Moment]
    rests: bool
    may_pause: bool


async def reader_at_desk(office: Office, visitor: Visitor) -> PairingsReader:
    """Raises PageClosed."""
    roles = [role for role in READERS if role in visitor.roles]
    if visitor.staff is None or not roles:
        raise PageClosed("This page is for coordinators, and for the counselors of the schools.")
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        schools = {role: await staff.schools_of(connection, visitor.staff, role) for role in roles}
    every = [one for one in schools.values() if one is not None]
    scope = (
        Scope(visitor.program, schools=tuple(sorted(frozenset().union(*every))))
        if len(every) == len(roles)
        else Scope.whole(visitor.program)
    )
    return PairingsReader(visitor, scope, schools.get(Role.COORDINATOR, frozenset()) is None)


async def pairings(office: Office, reader: PairingsReader) -> Sequence[Mapping[str, Any]]:
    """Who writes to whom, by school and class."""
    async with office.database.transaction(reader.scope) as connection:
        return await status.pairings_by_class(connection)


async def pairing_page(office: Office, reader: PairingsReader, pairing_id: UUID) -> PairingPage:
    """Raises NotTheirs."""
    async with office.database.transaction(reader.scope) as connection:
        try:
            card = await status.pairing(connection, pairing_id)
        except LookupError:
            raise NotTheirs from None
        program = await programs.load(connection)
        zone = SchoolCalendar.of(program).zone
        rounds = await status.rounds_of(connection, pairing_id)
        await widen(
            connection, reader.scope.program
        )  # Pauses are the office's, and what a pairing's story tells of.
        story = await status.story_of(connection, pairing_id)
        rests = any(one.target.pairing_id == pairing_id for one in await pauses.open_pauses(connection))
    return PairingPage(
        card=card,
        school_name=program.name_of(card["school"]),
        year=await pairing_year.pairing_year(office, reader.scope, pairing_id),
        rounds=rounds,
        story=[Moment(f"{one['at'].astimezone(zone):%b %-d, %Y}", one["what"]) for one in story],
        rests=rests,
        may_pause=reader.coordinates_all and card["ended_at"] is None and not rests,
    )
