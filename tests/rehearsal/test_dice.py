"""Chance hangs on the seed and on what it is about, and on nothing else."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.dice import Dice

seeds = st.integers(0, 10_000)
subjects = st.tuples(st.sampled_from(["writes", "visit"]), st.text(max_size=5), st.integers(1, 12))


def year(seed: int) -> list[float]:
    return [Dice(seed).roll("writes", child, number) for child in "ABC" for number in range(8)]


def test_the_same_seed_gives_the_same_choices_and_another_one_others():
    assert year(1) == year(1)
    assert not set(year(1)) & set(year(2))


@given(seeds, subjects, subjects)
def test_what_was_asked_before_changes_nothing(seed: int, one: tuple[object, ...], other: tuple[object, ...]):
    asked_first = Dice(seed).roll(*one)
    dice = Dice(seed)
    dice.roll(*other)
    assert dice.roll(*one) == asked_first


@given(seeds, subjects)
def test_a_roll_is_from_0_up_to_1_so_that_a_rate_of_0_is_never_and_1_is_always(
    seed: int, about: tuple[object, ...]
):
    assert 0 <= Dice(seed).roll(*about) < 1
    assert not Dice(seed).happens(0, *about)
    assert Dice(seed).happens(1, *about)


def test_something_happens_as_often_as_its_rate_says():
    happened = sum(Dice(1).happens(0.3, "child", number) for number in range(10_000))
    assert 2_850 < happened < 3_150


def test_each_choice_is_picked_and_none_much_more_often():
    picked = Counter(Dice(1).pick("abc", number) for number in range(3_000))
    assert picked.keys() == set("abc")
    assert max(picked.values()) < 1.15 * min(picked.values())


def test_shares_are_of_one_whole_and_what_is_left_is_nothing():
    shares = {"moves": 0.2, "is busy": 0.3}
    fallen = Counter(Dice(1).share(shares, "officer", number) for number in range(2000))
    assert [round(fallen[one] / 2000, 1) for one in ("moves", "is busy", None)] == [0.2, 0.3, 0.5]
