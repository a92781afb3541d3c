"""What not everybody may say: who may, and the sentence for everybody else."""

from uuid import UUID

from bluepals.domain.people import Role
from bluepals.domain.refusals import Refused
from bluepals.store import leaving, people
from bluepals.store.database import Connection


class NotTheirsToSay(Refused):
    """Somebody else has to say it; the message says who."""


async def refuse_all_but(connection: Connection, by: UUID, *roles: Role, says: str) -> None:
    """`says`: what they do, as the sentence goes on after who they are. Raises NotTheirsToSay."""
    if not await _has_one_of(connection, by, *roles):
        raise NotTheirsToSay(_sentence(f"a {' or a '.join(roles)}", says))


async def refuse_all_but_liaison(connection: Connection, by: UUID, officer_id: UUID, *, says: str) -> None:
    """The liaison of this officer's agency, or a coordinator. Raises NotTheirsToSay."""
    if not (
        await leaving.is_liaison_of(connection, by, officer_id)
        or await _has_one_of(connection, by, Role.COORDINATOR)
    ):
        raise NotTheirsToSay(_sentence("the liaison of the officer's agency or a coordinator", says))


async def _has_one_of(connection: Connection, by: UUID, *roles: Role) -> bool:
    return any([by in {one.id for one in await people.staff(connection, role)} for role in roles])


def _sentence(who: str, says: str) -> str:
    return f"Only {who} {says}. Use the id of one in --by; see staff.csv."
