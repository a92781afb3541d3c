"""Cases as a person sees them: lists, and one by its id."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.letters import NotTaken

Row = dict[str, Any]


async def cases(connection: Connection) -> Sequence[Row]:
    """Open cases first, then the closed ones; each with what it waits for."""
    rows = await connection.fetch(
        "SELECT id::text AS case, kind, school_id AS school, draft_id::text AS draft, opened_at, closed_at, letter,"
        " still_to_attest(id)::int AS to_attest,"
        " (SELECT max(look_again_on) FROM case_plan WHERE case_id = case_file.id) AS look_again_on"
        " FROM case_file ORDER BY closed_at IS NOT NULL, sequence"
    )
    return [dict(row) for row in rows]


async def case_card(connection: Connection, case_id: UUID) -> Row:
    """Raises NotTaken when there is no such case."""
    row = await connection.fetchrow(
        "SELECT id::text AS case, kind, school_id AS school, draft_id::text AS draft, opened_at, closed_at, letter,"
        " officer, (SELECT count(*)::int FROM case_page WHERE case_id = case_file.id) AS pages"
        " FROM case_file WHERE id = $1",
        case_id,
    )
    if row is None:
        raise NotTaken("There is no case {case_id} here. See: starter.py case list PROGRAM", case_id=case_id)
    return dict(row)


async def readers_of(connection: Connection, case_id: UUID) -> Sequence[Row]:
    """By their ids in the files."""
    rows = await connection.fetch(
        "SELECT coalesce(staff.external_id, officer.external_id) AS id, attested_at, reported_at, reference,"
        " gone_since(case_reader.person), nullif(has_died(case_reader.person), false) AS has_died,"
        " (SELECT external_id FROM case_unreachable AS record JOIN staff ON staff.id = recorded_by"
        "   WHERE record.case_id = $1 AND record.person = case_reader.person) AS not_reached_by"
        " FROM case_reader LEFT JOIN staff ON staff.id = person LEFT JOIN officer ON officer.id = person"
        " LEFT JOIN LATERAL (SELECT * FROM attestation WHERE attestation.case_id = case_reader.case_id"
        "   AND attestation.person = case_reader.person ORDER BY attested_at DESC, reported DESC LIMIT 1) AS said ON true"
        " WHERE case_reader.case_id = $1 ORDER BY 1",
        case_id,
    )
    return [dict(row) for row in rows]


async def plans_of(connection: Connection, case_id: UUID) -> Sequence[Row]:
    rows = await connection.fetch(
        "SELECT made_at, look_again_on, ARRAY(SELECT partner FROM case_plan_partner WHERE plan_id = case_plan.id"
        "   ORDER BY partner) AS partners FROM case_plan WHERE case_id = $1 ORDER BY sequence",
        case_id,
    )
    return [dict(row) for row in rows]


async def words_of(connection: Connection, case_id: UUID) -> Sequence[Row]:
    rows = await connection.fetch(
        "SELECT role, said_at, letter, officer FROM case_word WHERE case_id = $1 ORDER BY sequence", case_id
    )
    return [dict(row) for row in rows]
