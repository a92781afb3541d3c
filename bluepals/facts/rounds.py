"""Every round's dates: from the plan, and from all pauses of a class, an agency or a pairing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.pauses import FrozenRound, Pause, frozen_round, of_pairing, with_own_pauses
from bluepals.domain.program import Program, RoundDates
from bluepals.store import pauses
from bluepals.store.database import Connection
from bluepals.store.pauses import LivePairing, Target, What

Paused = Mapping[Target, Sequence[Pause]]


async def reschedule(connection: Connection, program: Program) -> None:
    """For classes, and for pairings that were paused by themselves."""
    paused = await pauses.all_pauses(connection, What.LETTERS)
    of_class = await _of_classes(connection, program, paused)
    await pauses.move_rounds(connection, [(one.program_year, one.frozen) for one in of_class])
    await _move(connection, program, paused, of_class, await pauses.live_pairings(connection, Target()))


async def date_new(connection: Connection, program: Program, pairing_ids: Collection[UUID]) -> None:
    """Pairings that have just begun: a pause of their agency may go on."""
    paused = await pauses.all_pauses(connection, What.LETTERS)
    begun = [one for one in await pauses.live_pairings(connection, Target()) if one.id in pairing_ids]
    if any(_stretches(paused, one) for one in begun):
        await _move(connection, program, paused, await _of_classes(connection, program, paused), begun)


def paused_class(paused: Paused, school: str) -> tuple[Pause, ...]:
    return (*paused.get(Target(), ()), *paused.get(Target(school=school), ()))


def _stretches(paused: Paused, one: LivePairing) -> tuple[Pause, ...]:
    own = (*paused.get(Target(agency=one.agency), ()), *paused.get(Target(pairing_id=one.id), ()))
    return of_pairing(paused_class(paused, one.school), own, one.paired_at)


@dataclass(frozen=True, slots=True)
class _RoundOfClass:
    program_year: str
    dates: RoundDates
    frozen: FrozenRound


async def _of_classes(connection: Connection, program: Program, paused: Paused) -> Sequence[_RoundOfClass]:
    calendar, policy = SchoolCalendar.of(program), program.policy
    return [
        _RoundOfClass(
            one.program_year,
            one.dates,
            frozen_round(calendar, policy, one.dates, paused_class(paused, one.school)),
        )
        for one in await pauses.planned_rounds(connection, program.first_year)
    ]


async def _move(
    connection: Connection,
    program: Program,
    paused: Paused,
    of_class: Sequence[_RoundOfClass],
    live: Sequence[LivePairing],
) -> None:
    calendar, policy = SchoolCalendar.of(program), program.policy

    @cache
    def own_rounds(year: str, stretches: tuple[Pause, ...]) -> Sequence[FrozenRound]:
        return [
            with_own_pauses(calendar, policy, one.dates, one.frozen, stretches)
            for one in of_class
            if one.program_year == year
        ]

    moved = [
        (pairing.id, frozen)
        for pairing in live
        if (stretches := _stretches(paused, pairing))
        for frozen in own_rounds(pairing.program_year, stretches)
    ]
    await pauses.move_pairings(connection, moved, [pairing.id for pairing in live])
