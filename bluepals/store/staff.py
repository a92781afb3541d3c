"""Members of the staff: whose schools are theirs, and who leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class HeldRole:
    """What somebody was in a program: of a school, a class or an agency, or of all of them."""

    role: str
    school: str | None
    class_name: str | None
    agency: str | None

    def __str__(self) -> str:
        where = [one for one in (self.class_name, self.school, self.agency) if one is not None]
        return f"{self.role} of {' '.join(where)}" if where else self.role


async def schools_of(connection: Connection, staff_id: UUID, role: Role) -> frozenset[str] | None:
    """The schools of which somebody is this; None: of all the program."""
    rows = await connection.fetch(
        "SELECT school_id FROM staff_role WHERE staff_id = $1 AND role = $2", staff_id, role
    )
    schools = frozenset(row["school_id"] for row in rows)
    return None if None in schools else schools


async def agencies_of(connection: Connection, staff_id: UUID) -> frozenset[str]:
    """The agencies whose liaison somebody is."""
    rows = await connection.fetch(
        "SELECT agency_id FROM staff_role WHERE staff_id = $1 AND role = 'liaison'", staff_id
    )
    return frozenset(row["agency_id"] for row in rows)


async def leave(connection: Connection, staff_id: UUID) -> Sequence[HeldRole]:
    """The roles that they held until now."""
    await connection.execute(
        "UPDATE staff SET left_at = program_now() WHERE id = $1 AND left_at IS NULL", staff_id
    )
    rows = await connection.fetch(
        "DELETE FROM staff_role WHERE staff_id = $1 RETURNING role, school_id AS school, class_name, agency_id AS agency",
        staff_id,
    )
    return sorted((HeldRole(**row) for row in rows), key=str)


async def who_left(connection: Connection) -> frozenset[str]:
    """By their ids in the file."""
    rows = await connection.fetch("SELECT external_id FROM staff WHERE left_at IS NOT NULL")
    return frozenset(row["external_id"] for row in rows)
