"""Two pairs of a rehearsed year, on one line each: one to which happened what happens to most, and one of the most."""

from collections.abc import Sequence

from bluepals.domain.pairing_year import PairingYear
from bluepals.facts.office import Office
from bluepals.facts.pairing_year import pairing_year
from bluepals.store.database import Scope


async def years_of_pairs(office: Office, scope: Scope, first_year: int) -> Sequence[PairingYear]:
    """Of everybody who was introduced and is not erased, in the order of the roster."""
    async with office.database.transaction(scope) as connection:
        rows = await connection.fetch(
            "SELECT pairing.id FROM pairing JOIN program_year ON program_year.id = program_year_id"
            " JOIN student ON student.id = student_id WHERE first_year = $1 AND introduced_at IS NOT NULL AND erased_at IS NULL"
            " ORDER BY student.external_id, begins_on",
            first_year,
        )
    return [await pairing_year(office, scope, row["id"]) for row in rows]


def usual(years: Sequence[PairingYear]) -> PairingYear | None:
    """In the middle, by how much happened."""
    by_events = sorted(years, key=_events)
    return by_events[len(years) // 2] if years else None


def most_eventful(years: Sequence[PairingYear]) -> PairingYear | None:
    """To which most kinds of things happened, and of those most things."""
    return max(years, key=_events, default=None)


def _events(year: PairingYear) -> tuple[int, int]:
    kinds = {*(one.kind for one in year.moments), *(one.what for one in year.rests)}
    return len(kinds), len(year.moments) + len(year.rests)
