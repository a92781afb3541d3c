"""What a pairing asks its calendar: the next round, until when a letter is waited for, what has changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from activities.people import Calendar, Round
from bluepals.domain.letters import Side

NOW, DAY = datetime(2027, 2, 1, 8, tzinfo=UTC), timedelta(days=1)


def a_round(number: int, *, frozen: bool = False) -> Round:
    first = None if frozen else NOW + number * 30 * DAY
    return Round(
        number, first, first and first + 9 * DAY, first and first + 10 * DAY, first and first + 12 * DAY
    )


def a_calendar(*rounds: Round) -> Calendar:
    return Calendar(list(rounds), NOW + 200 * DAY, NOW + 250 * DAY, version=1, school="north")


YEAR = a_calendar(a_round(1), a_round(2), a_round(4))


@pytest.mark.parametrize(("last", "following"), [(0, 1), (2, 4), (4, None)])
def test_the_next_round_is_one_that_was_not_left_out(last: int, following: int | None) -> None:
    assert YEAR.round_after(last, NOW) == following


def test_when_the_year_is_over_no_round_is_left() -> None:
    assert YEAR.round_after(0, YEAR.closes) is None
    assert YEAR.round(1, YEAR.closes) is None


def test_a_letter_is_waited_for_no_longer_than_the_pack_is_open() -> None:
    assert YEAR.due(1, Side.STUDENT, NOW) == NOW + 30 * DAY
    late = a_calendar(replace(a_round(1), officers_due=NOW + 99 * DAY))
    assert late.due(1, Side.OFFICER, NOW) == NOW + 40 * DAY


def test_what_was_left_out_is_over_now_and_what_is_frozen_has_no_date() -> None:
    assert YEAR.due(3, Side.STUDENT, NOW) == NOW
    assert a_calendar(a_round(1, frozen=True)).due(1, Side.STUDENT, NOW) is None


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (a_calendar(a_round(1), a_round(2, frozen=True)), "letters paused"),
        (replace(YEAR, ends_early=True), "ends on 2027-10-09"),
        (replace(YEAR, school="south"), "at south from now on"),
        (replace(YEAR, version=2), "dates read anew, change 2 of the year"),
    ],
)
def test_the_story_says_what_has_changed(now: Calendar, words: str) -> None:
    assert now.changed_since(YEAR, 1) == words


def test_the_story_says_that_it_goes_on() -> None:
    rests = a_calendar(a_round(1), a_round(2, frozen=True))
    assert YEAR.changed_since(rests, 1) == "letters go on"
    assert YEAR.changed_since(rests, 2) == "dates read anew, change 1 of the year", "of a round that is over"
    assert YEAR.changed_since(replace(YEAR, ends_early=True), 1) == "does not end early after all"
