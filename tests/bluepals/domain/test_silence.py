"""The ladder for silence: which rung follows, and when."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from bluepals.domain.letters import Side
from bluepals.domain.program import Policy
from bluepals.domain.silence import Rung, Silence, next_rung

SINCE = date(2026, 10, 2)
POLICY = Policy()
TOLD = SINCE + timedelta(28)
WARNED, ASKED = TOLD + timedelta(21), TOLD + timedelta(35)


def later(day: date, days: int) -> date:
    return day + timedelta(days)


def following(side: Side, missed: int, reached: Mapping[Rung, date]) -> tuple[Rung, date | None] | None:
    return next_rung(Silence(side, missed, SINCE, reached), POLICY, later)


LIAISON = {Rung.KIND_WORD: SINCE, Rung.LIAISON: TOLD}
WARNING = {**LIAISON, Rung.WARNING_PROPOSED: WARNED}
SAID = {**WARNING, Rung.WARNED: WARNED}


@pytest.mark.parametrize(
    ("missed", "reached", "expected"),
    [
        (1, {}, (Rung.KIND_WORD, SINCE)),
        (1, {Rung.KIND_WORD: SINCE}, None),
        (2, {Rung.KIND_WORD: SINCE}, (Rung.LIAISON, SINCE)),
        (2, LIAISON, (Rung.WARNING_PROPOSED, WARNED)),
        (3, WARNING, None),
        (3, SAID, (Rung.TO_DECIDE, ASKED)),
        (3, {**SAID, Rung.TO_DECIDE: ASKED}, None),
        (3, {**SAID, Rung.TO_DECIDE: ASKED, Rung.MORE_TIME: ASKED}, (Rung.TO_DECIDE, ASKED + timedelta(14))),
        (3, {**SAID, Rung.TO_DECIDE: ASKED + timedelta(14), Rung.MORE_TIME: ASKED}, None),
    ],
)
def test_an_officers_ladder(
    missed: int, reached: Mapping[Rung, date], expected: tuple[Rung, date] | None
) -> None:
    assert following(Side.OFFICER, missed, reached) == expected


@pytest.mark.parametrize(
    ("missed", "reached", "expected"),
    [
        (1, {}, (Rung.TEACHER, SINCE)),
        (1, {Rung.TEACHER: SINCE}, (Rung.REST_PROPOSED, SINCE + timedelta(28))),
        (2, {Rung.TEACHER: SINCE}, (Rung.COORDINATOR, SINCE)),
        (
            2,
            {Rung.TEACHER: SINCE, Rung.COORDINATOR: TOLD, Rung.REST_PROPOSED: TOLD},
            (Rung.RESTS, SINCE + timedelta(42)),
        ),
        (2, dict.fromkeys((Rung.TEACHER, Rung.COORDINATOR, Rung.REST_PROPOSED, Rung.RESTS), TOLD), None),
    ],
)
def test_a_childs_ladder(
    missed: int, reached: Mapping[Rung, date], expected: tuple[Rung, date] | None
) -> None:
    assert following(Side.STUDENT, missed, reached) == expected


def test_a_pause_that_goes_on_has_no_next_day() -> None:
    silence = Silence(Side.OFFICER, 2, SINCE, LIAISON)
    assert next_rung(silence, POLICY, lambda day, days: None) == (Rung.WARNING_PROPOSED, None)
