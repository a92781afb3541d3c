"""The visit's plan: every child in one room, no room over its places, a class together where it fits."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.program import Policy, Room
from bluepals.domain.visit_plan import (
    Group,
    NoRoom,
    answer_limit,
    most_slots,
    place_classes,
    visit_instants,
    why_not_on,
)
from tests.bluepals.facts.two_schools import program

PROGRAM = program("stl")  # Its days end at 17:00, a visit begins at 13:00 and takes 75 minutes.
GYM, LIBRARY = Room("Gym", 20), Room("Library", 12)

CLASSES = st.dictionaries(st.sampled_from(["5A", "5B", "5C", "5D"]), st.integers(1, 40), max_size=4)
ROOMS = st.lists(
    st.builds(Room, st.sampled_from("ABCD"), st.integers(1, 30)), max_size=4, unique_by=lambda r: r.name
)


@given(classes=CLASSES, rooms=ROOMS, slots=st.integers(1, 4))
def test_all_are_placed_once_within_the_places_or_the_sentence_says_how_many_are_missing(
    classes, rooms, slots
):
    children, places = sum(classes.values()), slots * sum(room.places for room in rooms)
    if rooms and children > places:
        with pytest.raises(
            NoRoom, match=f"{children} children have a visit, and the school's rooms hold {places} "
        ):
            place_classes(classes, rooms, slots)
        return
    groups = place_classes(classes, rooms, slots)
    placed = Counter((group.class_name, group.first + n) for group in groups for n in range(group.count))
    assert placed == Counter((name, n) for name, count in classes.items() for n in range(count))
    for room in rooms:
        for slot in range(slots):
            assert (
                sum(one.count for one in groups if (one.slot, one.room) == (slot, room.name)) <= room.places
            )
    assert all(group.slot < slots for group in groups)
    assert groups == place_classes(dict(reversed(classes.items())), list(reversed(rooms)), slots)


@given(classes=CLASSES)
def test_without_rooms_on_record_all_meet_at_once(classes):
    assert {(group.slot, group.room) for group in place_classes(classes, (), 1)} <= {(0, "")}


def test_a_class_stays_together_and_a_later_one_waits_for_the_next_slot():
    assert place_classes({"5A": 18, "5B": 12, "5C": 15}, [GYM, LIBRARY], 2) == (
        Group("5A", 0, 18, 0, "Gym"),
        Group("5B", 0, 12, 0, "Library"),
        Group("5C", 0, 15, 1, "Gym"),
    )


def test_a_class_that_no_room_holds_is_divided_within_one_slot():
    assert place_classes({"5A": 30}, [GYM, LIBRARY], 3) == (
        Group("5A", 0, 20, 0, "Gym"),
        Group("5A", 20, 10, 0, "Library"),
    )


def test_the_slots_of_a_day_end_at_the_hour_at_which_dates_end():
    assert most_slots(PROGRAM) == 3
    assert most_slots(replace(PROGRAM, policy=Policy(visit_hour=16))) == 1


def test_a_reminder_that_would_fall_on_a_weekend_goes_out_on_the_school_day_before():
    monday = date(2027, 4, 12)
    found = visit_instants(replace(PROGRAM, policy=Policy(visit_reminder_days=(7, 1))), monday)
    assert found.remind_at == (
        datetime(2027, 4, 5, 12, tzinfo=UTC),
        datetime(2027, 4, 9, 12, tzinfo=UTC),
    )
    assert found.sheets_at == datetime(2027, 4, 9, 17, tzinfo=UTC), "Friday at noon"


def test_a_limit_ends_on_a_school_day_and_never_after_the_run_sheet():
    wednesday = date(2027, 4, 14)
    friday = datetime(2027, 4, 2, 15, tzinfo=UTC)
    assert answer_limit(PROGRAM, wednesday, friday, 1) == datetime(2027, 4, 5, 22, tzinfo=UTC)
    assert answer_limit(PROGRAM, wednesday, friday, 30) == datetime(2027, 4, 13, 17, tzinfo=UTC)


@given(hours=st.integers(0, 45 * 24), days=st.integers(1, 60))
def test_no_limit_has_passed_when_it_is_set(hours, days):
    wednesday, asked = date(2027, 4, 14), datetime(2027, 3, 1, tzinfo=UTC) + timedelta(hours=hours)
    limit = answer_limit(PROGRAM, wednesday, asked, days)
    assert (limit is None) == (asked >= visit_instants(PROGRAM, wednesday).sheets_at)
    assert limit is None or limit > asked


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2027, 4, 17), "is a Saturday. Choose a school day, such as 2027-04-19."),
        (date(2027, 5, 21), "no time for a farewell"),
        (date(2026, 11, 24), "not after the last opening day"),
        (date(2027, 4, 13), "too soon"),
        (date(2027, 4, 14), None),
    ],
)
def test_a_visit_moves_only_to_a_day_that_people_can_keep(day, words):
    why = why_not_on(PROGRAM, day, datetime(2027, 4, 12, 20, tzinfo=UTC), PROGRAM.rounds[-1].opens_on)
    assert (why is None) if words is None else (words in (why or ""))
