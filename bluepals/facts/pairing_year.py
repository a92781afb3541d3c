"""A pairing's whole year, for whoever may see the pairing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind, Moment, PairingYear
from bluepals.domain.program import Program
from bluepals.facts.office import Office
from bluepals.store import cases, pairings, programs
from bluepals.store import pairing_year as store
from bluepals.store.database import Scope, widen
from bluepals.store.pairing_year import Pair

ENDS = {Kind.CLOSED, Kind.NEXT_OFFICER}


async def pairing_year(office: Office, scope: Scope, pairing_id: UUID) -> PairingYear:
    """Letters as far as `scope` sees them, and of a case no more than a delay. Raises LookupError with a sentence."""
    async with office.database.transaction(scope) as connection:
        await pairings.state(connection, pairing_id)
        letters = await store.letters(connection, pairing_id)
        await widen(connection, scope.program)  # Whatever else is on the line was told to both sides.
        pair = await store.pair(connection, pairing_id)
        moments = sorted(
            [*await store.turns(connection, pairing_id), *letters],
            key=lambda one: (one.on, one.kind in ENDS),  # A day's letters come before the end of all letters.
        )
        first_day, last_day = _days(await programs.load(connection), pair, moments)
        return PairingYear(
            pairing_id=pairing_id,
            student=pair.student,
            officer=pair.officer,
            first_day=first_day,
            last_day=last_day,
            today=pair.today,
            opening_days=await store.opening_days(connection, pairing_id),
            moments=moments,
            rests=await store.rests(connection, pairing_id),
        )


async def uploaders_year(office: Office, scope: Scope, pairing_id: UUID) -> PairingYear:
    """For whoever hands the child's letters in: an open case does not even delay one. Raises LookupError with a sentence."""
    year = await pairing_year(office, scope, pairing_id)
    delayed = [one.about for one in year.moments if one.side is Side.STUDENT and one.kind is Kind.DELAYED]
    async with office.database.transaction(scope) as connection:
        hidden = await cases.under_open_case(connection, [one for one in delayed if one is not None])
    return replace(
        year,
        moments=[replace(one, kind=Kind.BEING_READ) if one.about in hidden else one for one in year.moments],
    )


def _days(program: Program, pair: Pair, moments: Sequence[Moment]) -> tuple[date, date]:
    """The school year's; of one that is over the program no longer knows them, and the pairing's own are taken."""
    if pair.first_year == program.first_year:
        return program.year.first_day, program.year.last_day
    days = [pair.first_day, pair.last_day, *(one.on for one in moments)]
    return min(days), max(days)
