"""What not everybody may say: who may, and the sentence for everybody else."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.domain.refusals import Refused
from bluepals.store import leaving, people, programs, staff
from bluepals.store.database import Connection


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


async def reach(connection: Connection, staff_id: UUID) -> Reach:
    schools = await staff.schools_of(connection, staff_id, Role.COORDINATOR)
    program = await programs.load(connection)
    if schools is None:
        serving = frozenset(one.id for one in program.agencies)
    else:
        serving = frozenset(agency for one in program.schools if one.id in schools for agency in one.agencies)
    return Reach(await staff.agencies_of(connection, staff_id), schools, serving)


async def refuse_all_but(connection: Connection, by: UUID, *roles: Role, says: str) -> None:
    """`says`: what they do, as the sentence goes on after who they are. Raises NotTheirsToSay."""
    if not await _has_one_of(connection, by, *roles):
        raise NotTheirsToSay(_sentence(f"a {' or a '.join(roles)}", says))


async def refuse_to_stop(connection: Connection, by: UUID, officer_id: UUID, *, says: str) -> None:
    """All but those whose officer this is. Raises NotTheirsToSay."""
    if not (await reach(connection, by)).stops(*await leaving.concerned(connection, officer_id)):
        raise NotTheirsToSay(_sentence(_WHOSE_OFFICER, says))


async def refuse_to_clear(connection: Connection, by: UUID, officer_id: UUID, *, says: str) -> None:
    """All but those whose officer this is, or may be. Raises NotTheirsToSay."""
    if not (await reach(connection, by)).clears(*await leaving.concerned(connection, officer_id)):
        raise NotTheirsToSay(_sentence(_WHOSE_OFFICER, says))


_WHOSE_OFFICER = "the liaison of the officer's agency, or a coordinator of all schools or of one that the officer writes to,"


async def _has_one_of(connection: Connection, by: UUID, *roles: Role) -> bool:
    return any([by in {one.id for one in await people.staff(connection, role)} for role in roles])


def _sentence(who: str, says: str) -> str:
    return f"Only {who} {says}. Use the id of one in --by; see staff.csv."
