"""Whose the pages of a stack are: by their code, by the teacher's word, by the order of the roster; or asked."""

from uuid import UUID

import pytest

from bluepals.domain.stacks import Found, Layout, Page, Put, SheetCode, found_on, laid_out

MAYA, ANA, NOAH = (UUID(int=number) for number in (1, 2, 3))
OTHER = UUID(int=9)
ROSTER = (MAYA, ANA, NOAH)
MAYAS, ANAS = SheetCode(MAYA, 2), SheetCode(ANA, 2)


def of(child: UUID, number: int) -> Page:
    return Page(number, Put.CHILD, child)


def laid(*pages: Page, in_order: tuple[UUID, ...] = ()) -> Layout:
    return laid_out(pages, roster=ROSTER, next_in_order=in_order)


@pytest.mark.parametrize(
    ("codes", "is_printed", "is_empty", "found"),
    [
        ({MAYAS}, True, False, Found.SHEET),
        ({MAYAS, ANAS}, True, False, Found.SEVERAL),
        ({SheetCode(OTHER, 2)}, True, False, Found.NOT_HERE),
        ({SheetCode(MAYA, 1)}, True, False, Found.ANOTHER_ROUND),
        (set(), True, False, Found.UNREADABLE),
        (set(), False, False, Found.NO_CODE),
        (set(), False, True, Found.EMPTY),
    ],
)
def test_only_one_readable_code_of_this_round_says_whose_a_page_is(
    codes: set[SheetCode], is_printed: bool, is_empty: bool, found: Found
) -> None:
    assert found_on(codes, is_printed=is_printed, is_empty=is_empty, roster=ROSTER, round_number=2) is found


def test_a_page_that_nobody_has_put_is_asked_about() -> None:
    assert laid(of(MAYA, 1), Page(2)) == Layout({MAYA: (1,)}, frozenset(), (2,), ())


def test_in_the_order_of_the_roster_each_page_is_the_next_childs_and_a_proposal() -> None:
    layout = laid(Page(1), Page(2), in_order=ROSTER)
    assert layout == Layout({MAYA: (1,), ANA: (2,)}, frozenset({MAYA, ANA}), (), ())


def test_a_child_that_has_a_page_gets_none_by_the_order() -> None:
    layout = laid(Page(1), of(ANA, 2), Page(3), in_order=ROSTER)
    assert layout.letters == {MAYA: (1,), ANA: (2,), NOAH: (3,)}


def test_pages_beyond_the_roster_are_asked_about() -> None:
    assert laid(Page(1), Page(2), in_order=(MAYA,)).asked == (2,)


def test_a_page_goes_where_the_one_before_goes_past_what_is_left_out() -> None:
    layout = laid(of(MAYA, 1), Page(2, Put.ASIDE), Page(3, Put.BEFORE), Page(4, Put.BEFORE))
    assert layout == Layout({MAYA: (1, 3, 4)}, frozenset(), (), (2,))


def test_a_page_that_follows_one_without_a_name_has_none_either() -> None:
    assert laid(of(MAYA, 1), Page(2), Page(3, Put.BEFORE)).asked == (2, 3)
    assert laid(Page(1, Put.BEFORE)).asked == (1,)


def test_a_page_of_a_child_that_is_here_no_longer_is_asked_about() -> None:
    assert laid(of(OTHER, 1), Page(2, Put.BEFORE)) == Layout({}, frozenset(), (1, 2), ())


def test_two_sheets_of_one_child_are_one_letter_in_the_order_of_the_stack() -> None:
    assert laid(of(MAYA, 1), of(ANA, 2), of(MAYA, 3)).letters == {MAYA: (1, 3), ANA: (2,)}
