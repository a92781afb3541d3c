"""Visits whose day a pause has frozen: when it ends, they have as many school days before them as when it began; and officers
who rest while their school does not: nothing is asked of them.
"""

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from bluepals.domain import references
from bluepals.domain.calendar import ONE_DAY
from bluepals.domain.pauses import moved, stretch_until
from bluepals.domain.sentences import Sentence
from bluepals.domain.visit_plan import VisitState, why_not_on
from bluepals.facts.office import Letterhead
from bluepals.facts.visit_hosts import let_resting_hosts_go, tell_visit_day
from bluepals.facts.visits import another_day_or_none, commit_another_day, commit_no_visit, tell_of_the_move
from bluepals.store import attention, pauses, programs, rounds, visits
from bluepals.store.database import Connection
from bluepals.store.pauses import Target, What


async def move_frozen_visits(connection: Connection, letterhead: Letterhead, target: Target) -> None:
    """Of every school of this whose visits rest no longer. Everybody who was invited is told of the new day; where none is
    left, that it is called off.
    """
    for year, school, state in await programs.years(connection):
        if state != "open" or target.school not in (None, school) or await visits.rests(connection, year):
            continue
        before = await visits.date_of(connection, year)
        day = await _day_after_the_rest(connection, letterhead, school, before.on)
        if before.state is not VisitState.PLANNED or day == before.on:
            continue
        await visits.give_reason(connection, year, None)
        day = _first_that_may_be(letterhead, day, await rounds.last_opening(connection, year))
        if day is None:
            await commit_no_visit(connection, letterhead, year, before, VisitState.CALLED_OFF)
            await _ask_for_a_day(connection, letterhead, school, year)
        else:
            await commit_another_day(connection, letterhead, year, day)
            await tell_of_the_move(connection, letterhead, year, before)


async def _day_after_the_rest(
    connection: Connection, letterhead: Letterhead, school: str, on: date
) -> date | None:
    """None: no school day is left for it."""
    paused = await pauses.all_pauses(connection, What.VISITS)
    known = [*paused.get(Target(), ()), *paused.get(Target(school=school), ())]
    rest = stretch_until(known, letterhead.now)
    return moved(letterhead.calendar, on, letterhead.program.policy.visit_hour, [rest] if rest else [])


def _first_that_may_be(letterhead: Letterhead, day: date | None, last_opening: date | None) -> date | None:
    """This day, or a later one: of a visit that began to rest hours before it, everybody has to hear a day before. None: none is left."""
    last_day = letterhead.program.year.last_day
    while day is not None and why_not_on(letterhead.program, day, letterhead.now, last_opening):
        day = letterhead.calendar.next_school_day(day + ONE_DAY) if day < last_day else None
    return day


async def _ask_for_a_day(connection: Connection, letterhead: Letterhead, school: str, year: str) -> None:
    await attention.call(
        connection,
        key=f"visit-date-{year}",
        kind="visit",
        school=school,
        sentence=Sentence(
            "After the pause no school day is left for {visit}, and it is called off. Give it a second date, or let letters"
            " be read aloud instead.",
            visit=references.visit_of(year),
        ),
        how=another_day_or_none(letterhead, year),
    )


async def rest_from_visits(connection: Connection, letterhead: Letterhead, target: Target) -> int:
    """An agency or a pairing rests from now on. How many visits are told, since their children may need somebody else."""
    for year in await _years_with(connection, target):
        visit = await visits.date_of(connection, year)
        await let_resting_hosts_go(connection, letterhead, year, visit.on)
    return await tell_of_who_rests(connection, letterhead, target)


async def tell_of_who_rests(connection: Connection, letterhead: Letterhead, target: Target) -> int:
    """Whether the officers of this may be asked has changed. How many visits are told."""
    years = await _years_with(connection, target)
    for year in years:
        await tell_visit_day(connection, letterhead.program.id, year, target.agency, uuid4())
    return len(years)


async def _years_with(connection: Connection, target: Target) -> Sequence[str]:
    """Visits ahead at which officers of this agency, or of this pairing, may be asked."""
    of_pairing = {one.program_year for one in await pauses.live_pairings(connection, target)}
    return [
        year
        for year, _, state in await programs.years(connection)
        if state == "open"
        and (target.pairing_id is None or year in of_pairing)
        and await visits.is_ahead(connection, year)
    ]
