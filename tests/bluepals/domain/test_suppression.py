"""A hidden number can't be computed: for all that is shown, each small one might be any small one."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.suppression import SMALLEST_SHOWN, conceal

TABLES = st.integers(1, 3).flatmap(
    lambda columns: st.dictionaries(
        st.sampled_from("abcdefgh"), st.tuples(*[st.integers(0, 30)] * columns), min_size=1, max_size=8
    )
)


def small(group: Sequence[int]) -> bool:
    return min(group) < SMALLEST_SHOWN


@pytest.mark.parametrize(
    ("counts", "groups", "total"),
    [
        ({"a": [9], "b": [7]}, "", False),
        ({"a": [3], "b": [7], "c": [40]}, "ab", False),
        ({"a": [3], "b": [5], "c": [40]}, "abc", False),
        ({"a": [3], "b": [4]}, "ab", True),
        ({"a": [3]}, "a", True),
        ({"a": [20, 2], "b": [30, 30], "c": [40, 40]}, "ab", False),
    ],
)
def test_as_much_is_hidden_as_it_takes(counts: dict[str, list[int]], groups: str, total: bool) -> None:
    found = conceal(counts)
    assert (found.groups, found.total) == (frozenset(groups), total)


@given(TABLES)
def test_no_small_number_is_shown(counts: Mapping[str, Sequence[int]]) -> None:
    found = conceal(counts)
    assert not [name for name in counts.keys() - found.groups if small(counts[name])]


@given(TABLES)
def test_without_a_small_number_nothing_is_hidden(counts: Mapping[str, Sequence[int]]) -> None:
    large = {name: [count + SMALLEST_SHOWN for count in group] for name, group in counts.items()}
    assert not conceal(large).groups


@given(TABLES)
def test_each_small_number_might_be_any_small_one_even_for_who_knows_the_rule(
    counts: Mapping[str, Sequence[int]],
) -> None:
    """Whoever knows which groups are small, that the others are not, and the total less what is shown."""
    found = conceal(counts)
    if found.total or not found.groups:
        return
    covers = [name for name in found.groups if not small(counts[name])]
    for column in range(len(next(iter(counts.values())))):
        known_sum = sum(counts[name][column] for name in found.groups)
        for guess in range(SMALLEST_SHOWN):
            assert known_sum - guess >= SMALLEST_SHOWN * len(covers)
    assert covers, "some large number hides the small ones"


@given(TABLES)
def test_a_table_that_hides_nothing_else_shows_its_total_only_with_a_cover(
    counts: Mapping[str, Sequence[int]],
) -> None:
    found = conceal(counts)
    if found.total:
        assert found.groups == counts.keys() or not found.groups
