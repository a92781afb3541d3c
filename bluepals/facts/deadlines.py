"""Deadlines of single pairings that a pause has frozen: when it ends they have the school days that they had left, and whoever
lives by them is told.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from bluepals.domain.pauses import Pause, kept
from bluepals.facts import declining, farewells, letters, replacements
from bluepals.facts.new_pairs import tell_counselors_again
from bluepals.facts.office import Letterhead
from bluepals.store import deadlines, endings, pairings, pauses
from bluepals.store.database import Connection
from bluepals.store.deadlines import Deadline, OpenDeadline
from bluepals.store.pauses import Target, What


async def keep_days_left(connection: Connection, letterhead: Letterhead, target: Target) -> int:
    """In the transaction in which a pause of this ends. How many searches for a next officer are told."""
    paused = await pauses.all_pauses(connection, What.LETTERS)
    times = cache(lambda planned, since, stretches: kept(letterhead.calendar, planned, since, stretches))
    moved = [
        (one, at)
        for one in await deadlines.open_deadlines(connection)
        if (at := times(one.planned, one.since, _stretches(paused, one))) not in (None, one.at)
    ]
    of = {what: [(one, at) for one, at in moved if one.what is what] for what in Deadline}
    for what in Deadline:
        for one, at in of[what]:
            await deadlines.move(connection, one, at)
            await _tell(connection, letterhead, one, at)
    await tell_counselors_again(
        connection, letterhead, {one.pairing_id: at for one, at in of[Deadline.DECLINE]}, target
    )
    return len(of[Deadline.REST])


def _stretches(paused: Mapping[Target, Sequence[Pause]], one: OpenDeadline) -> tuple[Pause, ...]:
    of = (
        Target(),
        Target(school=one.school),
        Target(agency=one.agency),
        Target(pairing_id=one.pairing_id),
    )
    return tuple(pause for target in of for pause in paused.get(target, ()))


async def _tell(connection: Connection, letterhead: Letterhead, one: OpenDeadline, at: datetime) -> None:
    match one.what:
        case Deadline.DECLINE:
            await declining.ask_again(connection, letterhead, one.pairing_id, at)
        case Deadline.FAREWELL:
            await _ask_for_last_letters(connection, letterhead, one.pairing_id, at)
        case Deadline.REST:
            await replacements.tell(connection, one.id)
        case Deadline.RETURNED:
            pairing = await pairings.card(connection, one.pairing_id)
            await letters.tell_writer_again(connection, letterhead, pairing, one.id, at)


async def _ask_for_last_letters(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, until: datetime
) -> None:
    await deadlines.officer_leaves_with(connection, pairing_id)
    if ending := await endings.of(connection, pairing_id):
        await farewells.ask_again(connection, letterhead, pairing_id, until, ending.reason)
