"""Which pairs of a rehearsed year are drawn: the one in the middle, and the one to which most kinds of things happened."""

from datetime import date, timedelta

from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind, PairingYear, Rest
from rehearsal.pairs import most_eventful, usual, years_of_pairs
from tests.bluepals.facts.two_schools import TwoSchools
from tests.bluepals.paper.pairing_years import FIRST, TODAY, a_letter, a_year


def with_kinds(student: str, *kinds: Kind, rests: int = 0) -> PairingYear:
    """One letter of each kind, and so many rests."""
    letters = [
        a_letter(kind, Side.STUDENT, FIRST + number * timedelta(days=30)) for number, kind in enumerate(kinds)
    ]
    return a_year(letters, [Rest(TODAY, TODAY, "letters")] * rests, student=student)


QUIET = with_kinds("Quiet", Kind.DELIVERED)
REGULAR = with_kinds("Regular", *[Kind.DELIVERED] * 6)
LATE = with_kinds("Late", Kind.MISSED, Kind.LATE)
RESTED = with_kinds("Rested", Kind.MISSED, Kind.LATE, rests=1)


def test_more_kinds_of_things_count_for_more_than_more_things() -> None:
    assert most_eventful([REGULAR, LATE, QUIET]) is LATE


def test_a_rest_is_something_that_happened() -> None:
    assert most_eventful([LATE, RESTED, REGULAR]) is RESTED


def test_the_usual_pair_stands_in_the_middle() -> None:
    assert usual([RESTED, QUIET, REGULAR]) is REGULAR


def test_a_year_without_pairs_has_neither() -> None:
    assert usual([]) is None
    assert most_eventful([]) is None


async def test_everybody_who_was_introduced_has_a_year_in_the_order_of_the_roster(lived: TwoSchools) -> None:
    years = await years_of_pairs(lived.office, lived.scope, 2026)
    assert [year.student for year in years] == ["Ana", "Ben", "Cleo", "Dan"]
    assert years[0].first_day == date(2026, 8, 24)
    assert await years_of_pairs(lived.office, lived.scope, 2027) == []
