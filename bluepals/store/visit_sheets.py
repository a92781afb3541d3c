"""Who meets whom at a visit, as its sheets and lists show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.visit_hosts import TAKES_PART


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A child that has a visit, and who meets it; no officer: nobody has said yes so far.

    No `own_officer`: the child is between two.
    """

    pairing_id: UUID
    class_name: str
    child: str
    own_officer: str | None
    own_answer: str | None
    own_answer_by: datetime | None
    officer_id: UUID | None
    officer: str | None
    agency: str | None
    hosts: bool | None


async def meetings(connection: Connection, program_year: str) -> Sequence[MeetingRow]:
    """By class, in roster order. The child's own officer comes before a host."""
    rows = await connection.fetch(
        "SELECT pairing.id AS pairing_id, student.class_name, student.first_name || ' ' || student.last_name AS child,"
        " CASE WHEN pairing.ended_at IS NULL THEN officer.first_name || ' ' || officer.last_name END AS own_officer,"
        " CASE WHEN pairing.ended_at IS NULL THEN visit.answer END AS own_answer,"
        " CASE WHEN pairing.ended_at IS NULL THEN visit.answer_by END AS own_answer_by,"
        " meets.id AS officer_id, meets.name AS officer, agency.name AS agency, meets.hosts"
        " FROM pairing JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        " JOIN visit ON visit.pairing_id = pairing.id"
        " LEFT JOIN LATERAL ("
        "   SELECT officer.id, officer.first_name || ' ' || officer.last_name AS name, officer.agency_id, false AS hosts"
        "    WHERE pairing.ended_at IS NULL AND is_cleared(officer) AND (visit.attended"
        "      OR (visit.attended IS NULL AND visit.answer = 'yes' AND NOT rests_for_visit(pairing)))"
        "   UNION ALL SELECT reserve.id, reserve.first_name || ' ' || reserve.last_name, reserve.agency_id, true"
        "     FROM visit_host AS host JOIN officer AS reserve ON reserve.id = host.officer_id"
        "    WHERE host.pairing_id = pairing.id AND host.program_year_id = pairing.program_year_id AND host.answer = 'yes'"
        "      AND released_at IS NULL"
        "      AND host.attended IS DISTINCT FROM false AND is_cleared(reserve)"
        "      AND (host.attended OR NOT rests_as_host(host.program_id, host.agency_id))"
        "   ORDER BY hosts LIMIT 1) AS meets ON true"
        " LEFT JOIN agency ON agency.program_id = pairing.program_id AND agency.id = meets.agency_id"
        f" WHERE pairing.program_year_id = $1 AND {TAKES_PART} AND has_consent_for(student, 'visit')"
        " ORDER BY student.class_name, in_alphabet(student.last_name), in_alphabet(student.first_name), student.id",
        program_year,
    )
    return [MeetingRow(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A reserve who was asked to host a child. `released`: needed no longer, or asked for another day."""

    request: UUID
    pairing_id: UUID
    officer: str
    answer: str | None
    answer_by: datetime
    released: bool


async def requests(connection: Connection, program_year: str) -> Sequence[RequestRow]:
    """In the order in which they were asked, with those who were let go."""
    rows = await connection.fetch(
        "SELECT visit_host.id AS request, pairing_id, first_name || ' ' || last_name AS officer, answer, answer_by,"
        " released_at IS NOT NULL AS released"
        " FROM visit_host JOIN officer ON officer.id = officer_id"
        " WHERE program_year_id = $1 ORDER BY asked_at, visit_host.id",
        program_year,
    )
    return [RequestRow(**row) for row in rows]
