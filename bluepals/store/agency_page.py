"""What a liaison's page shows of the officers of an agency: dates, places and counts; no child."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class AgencyCard:
    id: str
    name: str


async def agencies(connection: Connection) -> Sequence[AgencyCard]:
    """All of the program's."""
    rows = await connection.fetch("SELECT id, name FROM agency ORDER BY name, id")
    return [AgencyCard(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """`writes_to`: the schools of their pals. `due`: letters whose date has come, in the year that runs.

    `under_a_case`: they have stopped until it is closed.
    """

    officer_id: UUID
    external_id: str
    name: str
    agency: str
    gender: str | None
    capacity: int
    writes_to: Sequence[str]
    pals: int
    due: int
    missed: int
    cleared_until: date | None
    cleared: bool
    days_cleared: int | None
    leaves_at: datetime | None
    under_a_case: bool

    @property
    def on_time(self) -> int:
        return max(self.due - self.missed, 0)

    @property
    def free_places(self) -> int:
        """Of whoever may be given a child now."""
        fit = self.cleared and self.gender is not None and self.leaves_at is None
        return max(self.capacity - self.pals, 0) if fit else 0


_OFFICERS = """
    SELECT officer.id AS officer_id, external_id, officer.first_name || ' ' || officer.last_name AS name,
           officer.agency_id AS agency, officer.gender, officer.capacity,
           ARRAY(SELECT DISTINCT school_id::text FROM pairing WHERE officer_id = officer.id AND ended_at IS NULL) AS writes_to,
           (SELECT count(*) FROM pairing WHERE officer_id = officer.id AND ended_at IS NULL)::int AS pals,
           (SELECT count(*) FROM pairing JOIN pairing_round AS round ON round.pairing_id = pairing.id
             WHERE officer_id = officer.id AND end_reason IS DISTINCT FROM 'year closed' AND number >= first_round
               AND left_out IS NULL AND officers_due_at < least(program_now(), ended_at))::int AS due,
           (SELECT count(*) FROM miss JOIN pairing ON pairing.id = miss.pairing_id
             WHERE officer_id = officer.id AND end_reason IS DISTINCT FROM 'year closed' AND side = 'officer')::int AS missed,
           cleared_until, is_cleared(officer) AS cleared, cleared_until - program_today() AS days_cleared, leaves_at,
           is_stopped(officer.id) AND NOT is_one_person(officer.id, $1) AS under_a_case
      FROM officer
     WHERE withdrawn_at IS NULL
     ORDER BY in_alphabet(officer.last_name), in_alphabet(officer.first_name), external_id
"""


async def officers(connection: Connection, staff_id: UUID) -> Sequence[OfficerRow]:
    """Of the agencies in sight: those who take part. Nobody is shown that a case is about themselves."""
    return [OfficerRow(**row) for row in await connection.fetch(_OFFICERS, staff_id)]


async def enter_clearance(connection: Connection, officer_id: UUID, until: date) -> None:
    await connection.execute("UPDATE officer SET cleared_until = $2 WHERE id = $1", officer_id, until)
