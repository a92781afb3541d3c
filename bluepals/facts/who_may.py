"""What not everybody may say: who may, and the sentence for everybody else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.domain.program import Program
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.store import leaving, people, programs, staff
from bluepals.store.database import Connection
from bluepals.store.people import StaffMember


class NotTheirsToSay(Refused):
    """Somebody else has to say it; the message says who."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose officers are somebody's to look after: those of `agencies` as a liaison, those of `schools` as a coordinator.

    `schools`: None: all of the program. `serving`: the agencies whose officers may write to their children.
    """

    agencies: frozenset[str]
    schools: frozenset[str] | None
    serving: frozenset[str]

    def sees(self, agency: str) -> bool:
        return agency in self.agencies | self.serving

    def stops(self, agency: str, writes_to: Collection[str]) -> bool:
        return agency in self.agencies or self.schools is None or not self.schools.isdisjoint(writes_to)

    def clears(self, agency: str, writes_to: Collection[str]) -> bool:
        """Also whoever writes to nobody: one of their children may be next."""
        return self.stops(agency, writes_to) or (agency in self.serving and not writes_to)

    def coordinates(self, school: str | None, agency: str | None) -> bool:
        """What is of this school; or, of no school, of this agency. What is of neither is the whole program's."""
        if self.schools is None:
            return True
        return agency in self.serving if school is None else school in self.schools


@dataclass(frozen=True, slots=True)
class Coordinators:
    """Who runs which part of the program."""

    reaches: Sequence[tuple[StaffMember, Reach]]

    def of(self, school: str | None, agency: str | None = None) -> Sequence[StaffMember]:
        """Whose it is; all of them where it is nobody's, since somebody has to look at it."""
        theirs = [one for one, reach in self.reaches if reach.coordinates(school, agency)]
        return theirs or [one for one, _ in self.reaches]


async def coordinators(connection: Connection, program: Program) -> Coordinators:
    found = await people.staff(connection, Role.COORDINATOR)
    return Coordinators([(one, await _reach(connection, program, one.id)) for one in found])


async def reach(connection: Connection, staff_id: UUID) -> Reach:
    return await _reach(connection, await programs.load(connection), staff_id)


async def _reach(connection: Connection, program: Program, staff_id: UUID) -> Reach:
    schools = await staff.schools_of(connection, staff_id, Role.COORDINATOR)
    if schools is None:
        serving = frozenset(one.id for one in program.agencies)
    else:
        serving = frozenset(agency for one in program.schools if one.id in schools for agency in one.agencies)
    return Reach(await staff.agencies_of(connection, staff_id), schools, serving)


async def refuse_all_but(connection: Connection, by: UUID, *roles: Role, who: Sentence) -> None:
    """`who`: may say so, as a sentence. Raises NotTheirsToSay."""
    if not await _has_one_of(connection, by, *roles):
        raise _not_theirs(who)


async def refuse_to_stop(connection: Connection, by: UUID, officer_id: UUID) -> None:
    """All but those whose officer this is. Raises NotTheirsToSay."""
    if not (await reach(connection, by)).stops(*await leaving.concerned(connection, officer_id)):
        raise _not_theirs(
            Sentence(
                "Only the liaison of the officer's agency, or a coordinator of all schools or of one that the officer"
                " writes to, says so."
            )
        )


async def refuse_to_clear(connection: Connection, by: UUID, officer_id: UUID) -> None:
    """All but those whose officer this is, or may be. Raises NotTheirsToSay."""
    if not (await reach(connection, by)).clears(*await leaving.concerned(connection, officer_id)):
        raise _not_theirs(
            Sentence(
                "Only the liaison of the officer's agency, or a coordinator of all schools or of one that the officer"
                " writes to, enters a clearance."
            )
        )


async def _has_one_of(connection: Connection, by: UUID, *roles: Role) -> bool:
    return any([by in {one.id for one in await people.staff(connection, role)} for role in roles])


def _not_theirs(who: Sentence) -> NotTheirsToSay:
    return NotTheirsToSay("{who} Use the id of one in --by; see staff.csv.", who=who)
