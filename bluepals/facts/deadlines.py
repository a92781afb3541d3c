"""Deadlines of single pairings that a pause has frozen: when it ends, or the child leaves the school that rests, they have the
school days that they had left, and whoever lives by them is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from uuid import UUID

from bluepals.domain.pauses import Pause, between, kept, stretch_until
from bluepals.facts import declining, farewells, letters, replacements
from bluepals.facts.new_pairs import tell_counselors_again
from bluepals.facts.office import Letterhead
from bluepals.store import deadlines, endings, moves, pairings, pauses
from bluepals.store.database import Connection
from bluepals.store.deadlines import Deadline, OpenDeadline
from bluepals.store.moves import Change
from bluepals.store.pauses import Target, What


async def keep_days_left(connection: Connection, letterhead: Letterhead, target: Target) -> int:
    """In the transaction in which a pause of this ends, or its child leaves one behind. How many searches for a next officer
    are told.
    """
    paused = await pauses.all_pauses(connection, What.LETTERS)
    changes = await moves.changes_of_school(connection)
    dates = cache(lambda planned, since, stretches: _dates(letterhead, planned, since, stretches))
    told: dict[Deadline, dict[UUID, datetime]] = {what: {} for what in Deadline}
    of = {
        what: [one for one in await deadlines.open_deadlines(connection) if one.what is what]
        for what in Deadline
    }
    for what in Deadline:
        for one in of[what]:
            stands = dates(one.planned, one.since, _stretches(paused, one, changes.get(one.pairing_id, ())))
            if stands.at != one.at:
                await deadlines.move(connection, one, stands.at)
            if not stands.frozen and not one.at == stands.at == stands.before:
                told[what][one.pairing_id] = stands.at
                await _tell(connection, letterhead, one, stands.at)
    await tell_counselors_again(connection, letterhead, told[Deadline.DECLINE], target)
    return len(told[Deadline.REST])


@dataclass(frozen=True, slots=True)
class _Dates:
    """Where a deadline falls if all that goes on ended now, and fell before what has ended now began. `frozen`: something goes on."""

    at: datetime
    before: datetime | None
    frozen: bool


def _dates(letterhead: Letterhead, planned: datetime, since: datetime, stretches: Sequence[Pause]) -> _Dates:
    """A frozen one is kept ahead, so that a pause that began after its day freezes it too."""
    calendar, now = letterhead.calendar, letterhead.now
    over = [replace(one, ended=one.ended or now) for one in stretches]
    rest = stretch_until(stretches, now)
    earlier = [one for one in stretches if rest is None or one.began < rest.began]
    at = kept(calendar, planned, since, over)
    assert at is not None  # noqa: S101 - only what goes on freezes
    return _Dates(
        at, kept(calendar, planned, since, earlier), kept(calendar, planned, since, stretches) is None
    )


def _stretches(
    paused: Mapping[Target, Sequence[Pause]], one: OpenDeadline, changes: Sequence[Change]
) -> tuple[Pause, ...]:
    of = (Target(), Target(agency=one.agency), Target(pairing_id=one.pairing_id))
    everywhere = [pause for target in of for pause in paused.get(target, ())]
    return (*everywhere, *of_schools(paused, one.school, one.since, changes))


def of_schools(
    paused: Mapping[Target, Sequence[Pause]], school: str, since: datetime, changes: Sequence[Change]
) -> Iterator[Pause]:
    """Each school's for as long as the child was there."""
    came = since
    for change in changes:
        yield from between(paused.get(Target(school=change.left), ()), came, change.at)
        came = max(came, change.at)
    yield from between(paused.get(Target(school=school), ()), came, None)


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
