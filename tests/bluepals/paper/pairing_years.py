"""Years of a pairing, made up: one in which everything happens once, and any at all."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from hypothesis import strategies as st

from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind, Moment, OpeningDay, PairingYear, Rest

FIRST, LAST, TODAY = date(2026, 8, 24), date(2027, 5, 21), date(2027, 2, 1)
OF_A_LETTER = [
    Kind.BEING_READ,
    Kind.APPROVED,
    Kind.DELIVERED,
    Kind.LATE,
    Kind.STOCK,
    Kind.RETURNED,
    Kind.DELAYED,
    Kind.MISSED,
]


def a_year(
    moments: Sequence[Moment] = (),
    rests: Sequence[Rest] = (),
    *,
    student: str = "Ana",
    officer: str = "Olga",
) -> PairingYear:
    opening_days = [OpeningDay(1, date(2026, 10, 13)), OpeningDay(2, date(2026, 11, 24))]
    return PairingYear(
        UUID(int=7), student, officer, FIRST, LAST, TODAY, opening_days, list(moments), list(rests)
    )


def a_letter(kind: Kind, side: Side, on: date = TODAY, *, number: int = 1) -> Moment:
    return Moment(on, kind, side, number, UUID(int=number))


# Every kind once, a month apart; of the letters each side has each.
EVERYTHING = a_year(
    [
        *(
            a_letter(kind, side, FIRST + timedelta(days=30 * number))
            for number, kind in enumerate(OF_A_LETTER)
            for side in Side
        ),
        *(
            Moment(FIRST + timedelta(days=28 * number), kind)
            for number, kind in enumerate(kind for kind in Kind if kind not in OF_A_LETTER)
        ),
    ],
    [
        Rest(date(2026, 12, 3), date(2026, 12, 4), "letters"),
        Rest(date(2027, 1, 4), date(2027, 1, 4), "visits"),
        Rest(date(2027, 1, 20), None, "letters"),
    ],
)

_DAYS = st.dates(FIRST - timedelta(days=30), LAST + timedelta(days=30))
_MOMENTS = st.one_of(
    st.builds(
        Moment, _DAYS, st.sampled_from(OF_A_LETTER), st.sampled_from(Side), st.integers(1, 8), st.uuids()
    ),
    st.builds(Moment, _DAYS, st.sampled_from([kind for kind in Kind if kind not in OF_A_LETTER])),
)
_RESTS = st.builds(
    lambda first, days, what: Rest(first, None if days is None else first + timedelta(days=days), what),
    _DAYS,
    st.none() | st.integers(0, 90),
    st.sampled_from(["letters", "visits"]),
)
NAMES = st.text(min_size=1, max_size=60)
ANY_YEAR = st.builds(
    lambda moments, rests, student, officer: a_year(moments, rests, student=student, officer=officer),
    st.lists(_MOMENTS, max_size=40),
    st.lists(_RESTS, max_size=5),
    NAMES,
    NAMES,
)
