"""Pauses freeze the school days left: no deadline loses one, and none gains one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.pauses import (
    Pause,
    between,
    frozen_round,
    kept,
    moved,
    of_pairing,
    plan_to_open,
    shortened,
    stretch_until,
    unmoved,
    with_own_pauses,
)
from bluepals.domain.program import Policy, RoundDates
from tests.bluepals.domain.test_calendar import CALENDAR, PROGRAM, YEAR

POLICY = Policy()
HOUR = POLICY.due_hour
MONDAY = date(2026, 9, 14)
FIRST, LAST = CALENDAR.instant(YEAR.first_day, 0), CALENDAR.instant(YEAR.last_day, 23)

# Whole minutes of the year, so that edges meet each other and the hours of the day too.
instants = st.integers(0, int((LAST - FIRST) / timedelta(minutes=1))).map(
    lambda n: FIRST + timedelta(minutes=n)
)
on_the_hour = st.builds(
    CALENDAR.instant, st.sampled_from(CALENDAR.school_days), st.sampled_from([7, 12, HOUR])
)
edges = st.one_of(instants, on_the_hour)
pauses = st.tuples(edges, edges).map(lambda two: Pause(min(two), max(two)))
days = st.sampled_from(CALENDAR.school_days)


def at(day: date, hour: int = HOUR, minute: int = 0) -> datetime:
    return CALENDAR.instant(day, hour) + timedelta(minutes=minute)


def left(now: datetime, deadline: date) -> int:
    """Due hours still to come at `now`, up to the deadline's own."""
    return sum(1 for day in CALENDAR.school_days if day <= deadline and now < at(day))


def stretches(many: Sequence[Pause]) -> list[tuple[datetime, datetime]]:
    """Overlapping pauses, of whatever level, as the stretches in which something was paused."""
    merged: list[tuple[datetime, datetime]] = []
    for pause in sorted(many, key=lambda one: one.began):
        ended = pause.ended or LAST
        if merged and pause.began <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ended))
        else:
            merged.append((pause.began, ended))
    return merged


@given(day=days, many=st.lists(pauses, max_size=10))
def test_an_open_deadline_has_as_many_school_days_left_after_a_pause_as_before(
    day: date, many: list[Pause]
) -> None:
    known: list[Pause] = []
    deadline = day
    for began, ended in stretches(many):
        before = left(began, deadline)
        known.append(Pause(began, ended))
        after = moved(CALENDAR, day, HOUR, known)
        if after is None:
            assert left(ended, YEAR.last_day) < before
            return
        assert (after == deadline) if before == 0 else (left(ended, after) == before)
        deadline = after


def by(now: datetime, many: Sequence[Pause]) -> list[Pause]:
    """As far as they had come."""
    return [Pause(one.began, min(one.ended or now, now)) for one in many if one.began <= now]


@given(
    day=days,
    began=edges,
    of_class=st.lists(pauses, max_size=5),
    of_agency=st.lists(pauses, max_size=5),
)
def test_a_pairing_that_begins_between_pauses_has_its_classs_dates_and_keeps_the_days_that_were_left_then(
    day: date, began: datetime, of_class: list[Pause], of_agency: list[Pause]
) -> None:
    deadline = moved(CALENDAR, day, HOUR, by(began, of_class))
    later = [(max(start, began), end) for start, end in stretches([*of_class, *of_agency]) if end > began]
    for frozen_at, ended in [(began, began), *later]:
        if deadline is None:
            return
        before = left(frozen_at, deadline)
        known = by(ended, of_class)
        after = moved(CALENDAR, day, HOUR, of_pairing(known, by(ended, of_agency), began) or known)
        if after is None:
            assert left(ended, YEAR.last_day) < before
            return
        assert (after == deadline) if before == 0 else (left(ended, after) == before)
        deadline = after


def days_left(now: datetime, deadline: datetime) -> int:
    """Hours of a deadline still to come at `now`, on school days, up to its own."""
    clock = deadline.astimezone(CALENDAR.zone).time()
    return sum(1 for day in CALENDAR.school_days if now < CALENDAR.instant(day, clock) <= deadline)


deadlines = st.tuples(edges, edges).filter(lambda two: two[0] != two[1]).map(lambda two: (min(two), max(two)))


@given(set_at_and_falls=deadlines, many=st.lists(pauses, max_size=10))
def test_a_deadline_that_was_set_some_day_loses_no_school_day_and_gains_at_most_one(
    set_at_and_falls: tuple[datetime, datetime], many: list[Pause]
) -> None:
    """Also one that people set on a day without school, or while a pause went on."""
    since, deadline = set_at_and_falls
    planned, known = deadline, list[Pause]()
    for began, ended in stretches(many):
        if ended <= since:
            continue
        frozen_at = max(began, since)
        before = days_left(frozen_at, deadline)
        known.append(Pause(began, ended))
        after = kept(CALENDAR, planned, since, known)
        assert after is not None
        if deadline <= frozen_at:
            assert after == deadline, "it had passed"
        elif after.astimezone(CALENDAR.zone).date() != YEAR.last_day:
            assert after > ended or after == deadline
            assert before <= days_left(ended, after) <= before + 1
        deadline = after


@given(set_at_and_falls=deadlines, began=edges)
def test_while_a_pause_goes_on_only_what_had_passed_has_a_time(
    set_at_and_falls: tuple[datetime, datetime], began: datetime
) -> None:
    since, planned = set_at_and_falls
    frozen = max(began, since) < planned
    assert kept(CALENDAR, planned, since, [Pause(began)]) == (None if frozen else planned)


@given(set_at_and_falls=deadlines, many=st.lists(pauses, max_size=10))
def test_a_deadline_that_pauses_have_moved_keeps_its_hour_and_falls_on_a_school_day(
    set_at_and_falls: tuple[datetime, datetime], many: list[Pause]
) -> None:
    since, planned = set_at_and_falls
    after = kept(CALENDAR, planned, since, many)
    assert after is not None
    assert after >= planned
    if after != planned:
        local = after.astimezone(CALENDAR.zone)
        assert CALENDAR.is_school_day(local.date())
        assert local == CALENDAR.instant(local.date(), planned.astimezone(CALENDAR.zone).time())
    assert kept(CALENDAR, planned, since, many[::-1]) == after, "whatever their order"


@given(when=edges, since_until=deadlines, many=st.lists(pauses, max_size=10), goes_on=st.booleans())
def test_of_a_pause_in_which_somebody_came_or_went_only_their_time_counts(
    when: datetime, since_until: tuple[datetime, datetime], many: list[Pause], goes_on: bool
) -> None:
    many = [Pause(one.began, None if goes_on else one.ended) for one in many]
    since, until = since_until
    covered = any(one.covers(when) for one in many)
    of_those = between(many, since, until)
    assert any(one.covers(when) for one in of_those) == (covered and since < when <= until)
    of_who_stays = between(many, since, None)
    assert any(one.covers(when) for one in of_who_stays) == (covered and since < when)


def test_a_pause_in_summer_that_ends_before_a_deadline_leaves_it_where_it_is() -> None:
    asked, until = datetime(2026, 7, 13, 15, tzinfo=UTC), datetime(2026, 7, 20, 22, tzinfo=UTC)
    over_its_end = Pause(asked, datetime(2026, 7, 30, 15, tzinfo=UTC))
    assert kept(CALENDAR, until, asked, [Pause(asked, until - timedelta(days=1))]) == until
    assert kept(CALENDAR, until, asked, [over_its_end]) == at(CALENDAR.school_days[0])


@given(day=days, many=st.lists(pauses, max_size=10))
def test_the_order_in_which_pauses_are_told_does_not_count(day: date, many: list[Pause]) -> None:
    assert moved(CALENDAR, day, HOUR, many) == moved(CALENDAR, day, HOUR, many[::-1])


@given(one=days, other=days, many=st.lists(pauses, max_size=10))
def test_deadlines_keep_their_order(one: date, other: date, many: list[Pause]) -> None:
    first, second = (moved(CALENDAR, day, HOUR, many) for day in sorted((one, other)))
    assert second is None or (first is not None and first <= second)
    assert one == other or first is None or first != second


@given(day=days, many=st.lists(pauses, max_size=10))
def test_a_moved_deadline_falls_on_a_school_day_outside_every_pause(day: date, many: list[Pause]) -> None:
    if (after := moved(CALENDAR, day, HOUR, many)) is not None:
        assert CALENDAR.is_school_day(after)
        assert not any(pause.covers(at(after)) for pause in many)
        assert unmoved(CALENDAR, after, HOUR, many) == day


@given(weeks=st.integers(0, 20), many=st.lists(pauses, max_size=3))
def test_after_the_last_day_no_date_is_left(weeks: int, many: list[Pause]) -> None:
    assert moved(CALENDAR, YEAR.last_day + timedelta(days=1, weeks=weeks), HOUR, many) is None


@given(began=edges, day=days)
def test_while_a_pause_goes_on_what_was_open_has_no_date(began: datetime, day: date) -> None:
    assert moved(CALENDAR, day, HOUR, [Pause(began)]) == (day if at(day) <= began else None)


@given(dates=st.sampled_from(PROGRAM.rounds), many=st.lists(pauses, max_size=10))
def test_a_round_keeps_its_order_whatever_was_paused(dates: RoundDates, many: list[Pause]) -> None:
    times = frozen_round(CALENDAR, POLICY, dates, many)
    known = [times.students_due, times.officers_due, times.pack_closes, times.opens]
    dated = [one for one in known if one is not None]
    assert dated == sorted(set(dated))
    assert dated == known[: len(dated)]


@given(dates=st.sampled_from(PROGRAM.rounds), many=st.lists(pauses, max_size=10))
def test_an_opening_day_has_a_plan_that_pauses_move_there(dates: RoundDates, many: list[Pause]) -> None:
    """And of these the latest, so that the pack closes as late as it can."""

    def opens(plan: RoundDates) -> datetime | None:
        return frozen_round(CALENDAR, POLICY, plan, many).opens

    if (on := opens(dates)) is not None:
        day = on.astimezone(CALENDAR.zone).date()
        planned = plan_to_open(CALENDAR, POLICY, day, many)
        assert planned >= dates.opens_on
        assert opens(replace(dates, opens_on=planned)) == on


@pytest.mark.parametrize(
    ("began", "ended", "due"),
    [
        pytest.param(at(MONDAY, 10), at(MONDAY, 15), date(2026, 9, 18), id="within a day: nothing moves"),
        pytest.param(
            at(MONDAY, 10), at(MONDAY + timedelta(1), 10), date(2026, 9, 21), id="over a night: a day"
        ),
        pytest.param(at(MONDAY, 10), at(MONDAY + timedelta(7), 10), date(2026, 9, 25), id="a week"),
        pytest.param(
            at(date(2026, 9, 18), HOUR, -1),
            at(date(2026, 9, 18), HOUR),
            date(2026, 9, 21),
            id="over its hour",
        ),
        pytest.param(
            at(date(2026, 9, 18)), at(date(2026, 9, 30)), date(2026, 9, 18), id="it had just passed"
        ),
        pytest.param(
            at(date(2026, 9, 17), 10),
            at(date(2026, 11, 24), 10),
            date(2026, 11, 30),
            id="over a holiday and into one",
        ),
    ],
)
def test_what_a_pause_does_to_a_friday(began: datetime, ended: datetime, due: date) -> None:
    assert moved(CALENDAR, date(2026, 9, 18), HOUR, [Pause(began, ended)]) == due


def test_fault_35_a_pause_across_the_change_of_clocks_keeps_the_hour() -> None:
    pause = Pause(datetime(2027, 3, 12, 18, tzinfo=UTC), datetime(2027, 3, 19, 18, tzinfo=UTC))
    dates = RoundDates(1, date(2027, 3, 12), date(2027, 3, 26), date(2027, 4, 5))
    assert frozen_round(CALENDAR, POLICY, dates, []).students_due == datetime(2027, 3, 12, 23, tzinfo=UTC)
    assert frozen_round(CALENDAR, POLICY, dates, [pause]).students_due == datetime(
        2027, 3, 19, 22, tzinfo=UTC
    )


def test_a_pairings_own_pause_leaves_the_opening_day_to_its_class() -> None:
    dates = PROGRAM.rounds[0]
    own = [Pause(at(dates.students_due, 10), at(dates.students_due + timedelta(7), 10))]
    of_class = frozen_round(CALENDAR, POLICY, dates, [])
    times = with_own_pauses(CALENDAR, POLICY, dates, of_class, own)
    assert times.officers_due == of_class.officers_due + timedelta(7) if of_class.officers_due else False
    assert (times.pack_closes, times.opens) == (of_class.pack_closes, of_class.opens)


@given(after=days, by=days)
def test_a_shortened_round_has_time_for_each_of_its_parts(after: date, by: date) -> None:
    dates = shortened(CALENDAR, 4, after, by)
    if dates is None:
        assert CALENDAR.school_days_between(after, by) < 8
    else:
        assert after < dates.students_due < dates.officers_due < dates.opens_on <= by


@given(many=st.lists(pauses, min_size=1, max_size=10))
def test_the_last_stretch_is_all_that_overlapped_until_now(many: list[Pause]) -> None:
    began, ended = stretches(many)[-1]
    assert stretch_until(many, ended) == Pause(began, ended)


def test_what_ended_before_now_is_no_stretch() -> None:
    assert stretch_until([Pause(at(MONDAY, 7), at(MONDAY, 8))], at(MONDAY, 9)) is None
