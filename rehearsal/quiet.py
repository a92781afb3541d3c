"""What has still to leave or to begin before the clock of a rehearsed year may turn."""

from collections.abc import Mapping, Sequence

from bluepals.facts import visit_hosts
from bluepals.store import attention
from bluepals.store.database import Connection
from bluepals.store.tells import Tell

# Each by its name, for whoever waits in vain. What rests or is held has not to leave.
_LEAVING = {
    "tells": "SELECT count(*) FROM tell WHERE answered_at IS NULL",
    "mails": "SELECT count(*) FROM mail WHERE NOT held_by_a_pause(mail) AND NOT held_by_a_case(mail)"
    " AND (state IN ('pending', 'claimed', 'data_started')"
    "   OR (state IN ('retry', 'unknown') AND next_attempt_at <= program_now()))",
}
# What workflows do when they have heard of it: asked for once nothing has to leave.
_FOLLOWING = {
    "introductions": "SELECT count(*) FROM pairing JOIN student ON student.id = student_id"
    " JOIN officer ON officer.id = officer_id WHERE introduced_at IS NULL AND ended_at IS NULL"
    " AND has_consent(student) AND is_cleared(officer)"
    " AND NOT is_paused('letters', pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id)"
    " AND coalesce(declining_until <= program_now(), true)",
    "children without an officer in sight": "SELECT count(*) FROM replacement JOIN student ON student.id = student_id"
    " WHERE closed_at IS NULL AND next_pairing_id IS NULL AND reserve_id IS NULL AND has_consent(student)"
    " AND NOT EXISTS (SELECT FROM attention WHERE key = 'replacement-' || replacement.id AND attention.closed_at IS NULL)",
    # Counted in each row: whoever joins here compares all letters of the year, each time.
    "letters": "SELECT count(*) FROM decision WHERE verdict = 'approve'"
    " AND (SELECT count(*) FROM delivery WHERE delivery.draft_id = decision.draft_id) = 0"
    " AND (SELECT count(*) FROM draft JOIN letter ON letter.id = letter_id"
    "   JOIN pairing ON pairing.id = pairing_id JOIN student ON student.id = student_id"
    "   JOIN officer ON officer.id = officer_id"
    "   WHERE draft.id = decision.draft_id AND introduced_at IS NOT NULL AND ended_at IS NULL"
    "   AND has_consent(student) AND is_cleared(officer) AND NOT is_held(draft.id) AND NOT is_stopped(officer.id)"
    "   AND NOT is_paused('letters', pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id)) > 0",
}


async def left(connection: Connection) -> Mapping[str, int]:
    """How many of what; nothing: it is quiet."""
    return (
        await _counted(connection, _LEAVING)
        or await _counted(connection, _FOLLOWING)
        or await _alone(connection)
    )


async def _counted(connection: Connection, queries: Mapping[str, str]) -> Mapping[str, int]:
    counts = await connection.fetchrow(
        "SELECT " + ", ".join(f'({query}) AS "{name}"' for name, query in queries.items())
    )
    return {name: count for name, count in dict(counts or {}).items() if count}


async def put_off(connection: Connection) -> Sequence[Tell]:
    """Tells that a busy machine did not answer in time: they are due again by a clock that stands still meanwhile."""
    rows = await connection.fetch(
        "SELECT id, workflow_id, fact, body FROM tell WHERE answered_at IS NULL AND next_attempt_at > program_now()"
        " ORDER BY sequence"
    )
    return [Tell(**row) for row in rows]


async def _alone(connection: Connection) -> Mapping[str, int]:
    """At a visit that is ahead: who has nobody, while neither a reserve has been asked nor the coordinator called."""
    called = {call.subject_id for call in await attention.open_calls(connection)}
    invited = await connection.fetch(
        "SELECT id FROM program_year WHERE visit_is_ahead(id)"
        " AND NOT is_paused('visits', program_id, school_id, NULL, NULL)"
        " AND EXISTS (SELECT FROM visit JOIN pairing ON pairing.id = pairing_id WHERE program_year_id = program_year.id)"
    )
    alone = [await visit_hosts.children_without_anybody(connection, year["id"]) for year in invited]
    count = len({one for pairings in alone for one in pairings} - called)
    return {"visits without a host": count} if count else {}
