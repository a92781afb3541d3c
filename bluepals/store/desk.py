"""What the desk asks about a draft that came in, whichever side it is of."""

from uuid import UUID

from bluepals.store.database import Connection


async def still_counts(connection: Connection, draft_id: UUID) -> bool:
    """Whether this is its letter's newest draft and has not come back."""
    counts: bool = await connection.fetchval(
        "SELECT NOT EXISTS (SELECT FROM decision WHERE decision.draft_id = draft.id AND verdict = 'return')"
        " AND NOT EXISTS (SELECT FROM draft AS newer WHERE newer.letter_id = draft.letter_id AND newer.number > draft.number)"
        " FROM draft WHERE draft.id = $1",
        draft_id,
    )
    return counts
