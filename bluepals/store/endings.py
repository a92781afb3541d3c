"""Pairings that end before the year does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.mail import CALLED_BACK, MAY_STILL_GO

_ANNOUNCEMENTS = "pairing_id = $1 AND kind IN ('leaves', 'successor') AND created_at >= $2"


class Reason(StrEnum):
    CONSENT_WITHDRAWN = "consent withdrawn"
    LEFT_SCHOOL = "left the school"
    CHILD_DIED = "child died"
    MOVED = "moved"
    BUSY = "busy"
    STOPPED = "stopped"
    OFFICER_DIED = "officer died"
    CLEARANCE_ENDED = "clearance ended"
    SILENCE = "silence"
    DECLINED = "declined"

    @property
    def shown(self) -> str:
        """What everybody may know: whose side left, and not why."""
        return "student left" if self in OF_THE_CHILD else "officer left"

    @property
    def has_farewell(self) -> bool:
        """Whether both may still write a letter."""
        return self in WITH_FAREWELL

    @property
    def has_successor(self) -> bool:
        """Whether another officer is sought for the child by itself; after a death people decide."""
        return self in WITH_SUCCESSOR


OF_THE_CHILD = (Reason.CONSENT_WITHDRAWN, Reason.LEFT_SCHOOL, Reason.CHILD_DIED)
WITH_FAREWELL = (Reason.LEFT_SCHOOL, Reason.MOVED, Reason.BUSY, Reason.CLEARANCE_ENDED, Reason.SILENCE)
WITH_SUCCESSOR = (Reason.MOVED, Reason.BUSY, Reason.STOPPED, Reason.CLEARANCE_ENDED, Reason.SILENCE)


@dataclass(frozen=True, slots=True)
class Ending:
    """`frozen`: while a pause goes on, its farewell has no end but the year's."""

    reason: Reason
    since: datetime
    farewell_until: datetime
    frozen: bool


async def begin(
    connection: Connection,
    pairing_id: UUID,
    reason: Reason,
    farewell_until: datetime | None,
    by: UUID,
    since: datetime | None = None,
) -> bool:
    """False: it is ending or has ended already. `farewell_until` None: no contact from now on. `since` None: from now on."""
    began = await connection.fetchval(
        # One reading of the clock: a real one has moved on at the second.
        "WITH clock AS MATERIALIZED (SELECT program_now() AS now_at)"
        " INSERT INTO ending (pairing_id, program_id, school_id, agency_id, reason, since, farewell_until, ended_by)"
        " SELECT id, program_id, school_id, agency_id, $2, coalesce($5, now_at), greatest($3, now_at), $4 FROM pairing, clock"
        " WHERE id = $1 AND ended_at IS NULL ON CONFLICT DO NOTHING RETURNING pairing_id",
        pairing_id,
        reason,
        farewell_until,
        by,
        since,
    )
    return began is not None


async def of(connection: Connection, pairing_id: UUID) -> Ending | None:
    row = await connection.fetchrow(
        "SELECT reason, since, farewell_until,"
        " is_frozen('letters', farewell_until, pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id) AS frozen"
        " FROM ending JOIN pairing ON pairing.id = pairing_id WHERE pairing_id = $1",
        pairing_id,
    )
    return Ending(**{**row, "reason": Reason(row["reason"])}) if row else None


async def take_back(connection: Connection, pairing_id: UUID) -> None:
    """It was a mistake: the pairing goes on, and its story tells both."""
    await connection.execute(
        "WITH ending AS (DELETE FROM ending WHERE pairing_id = $1 RETURNING *)"
        " INSERT INTO pairing_turn (pairing_id, program_id, school_id, agency_id, ending_since, farewell_until)"
        " SELECT pairing_id, program_id, school_id, agency_id, since, farewell_until FROM ending",
        pairing_id,
    )


async def still_leaves(connection: Connection, pairing_id: UUID) -> Reason | None:
    """Why the pairing ends all the same, when one of the two stays after all: the other one goes."""
    reason = await connection.fetchval(
        "SELECT CASE WHEN left_at IS NOT NULL THEN 'left the school' WHEN leaves_at IS NOT NULL THEN 'moved' END"
        " FROM pairing JOIN student ON student.id = student_id JOIN officer ON officer.id = officer_id WHERE pairing.id = $1",
        pairing_id,
    )
    return Reason(reason) if reason else None


async def make_way(connection: Connection, pairing_id: UUID) -> None:
    """For another end, which is at once."""
    await connection.execute("DELETE FROM ending WHERE pairing_id = $1", pairing_id)


async def farewells_out(connection: Connection, pairing_id: UUID) -> int:
    """Letters that have gone out since the pairing began to end."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM delivery JOIN ending ON ending.pairing_id = delivery.pairing_id"
        " WHERE delivery.pairing_id = $1 AND released_at >= since AND delivery.kind <> 'stock'",
        pairing_id,
    )
    return count


async def recall_announcements(connection: Connection, pairing_id: UUID, since: datetime) -> frozenset[str]:
    """What says that the two end is not sent any more. The addresses where it has arrived, or may have."""
    await connection.execute(
        f"UPDATE mail SET {CALLED_BACK} WHERE {_ANNOUNCEMENTS} AND {MAY_STILL_GO}",
        pairing_id,
        since,
    )
    rows = await connection.fetch(
        f"SELECT to_address FROM mail WHERE {_ANNOUNCEMENTS} AND bodies_started > 0", pairing_id, since
    )
    return frozenset(row["to_address"] for row in rows)


async def cancel_mail(connection: Connection, pairing_ids: Sequence[UUID]) -> int:
    """What has not begun to leave is not sent any more, nor anything a second time; safety goes all the same.

    How many are cancelled.
    """
    rows = await connection.fetch(
        f"UPDATE mail SET {CALLED_BACK}"
        f" WHERE pairing_id = ANY ($1::uuid[]) AND kind <> 'safety' AND {MAY_STILL_GO} RETURNING state",
        list(pairing_ids),
    )
    return sum(row["state"] == "cancelled" for row in rows)
