"""What a reader of letters gets marked, and what stays unmarked."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluepals.domain.screening import Kind, Mark, Risk, Screening, pieces, screen

LETTERS = tomllib.loads((Path(__file__).parent / "labelled_letters.toml").read_text("utf-8"))
DETAILS = ("phone", "email", "address", "handle", "link")
GREAT_WORRIES = ("self_harm", "abuse", "threat")

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")  # noqa: RUF001 - the letters under test
EVERY_LETTER = [letter for letters in LETTERS.values() for letter in letters]

any_text = st.text(st.characters(), max_size=200)  # lone surrogates and NUL included
letters_run_together = st.lists(st.sampled_from(EVERY_LETTER) | any_text, max_size=4).map(" ".join)


def kinds(text: str) -> set[Kind]:
    return {mark.kind for mark in screen(text).marks}


def marked(text: str, kind: Kind) -> list[str]:
    return [text[mark.start : mark.end] for mark in screen(text).marks if mark.kind is kind]


# ---- of many letters, how many are found


@pytest.mark.parametrize("kind", DETAILS)
def test_nearly_every_contact_detail_is_marked_as_what_it_is(kind: str) -> None:
    missed = [text for text in LETTERS[kind] if Kind(kind) not in kinds(text)]
    assert len(missed) <= 0.03 * len(LETTERS[kind]), missed


@pytest.mark.parametrize("group", GREAT_WORRIES)
def test_nearly_every_great_worry_is_a_high_risk(group: str) -> None:
    missed = [text for text in LETTERS[group] if screen(text).risk is not Risk.HIGH]
    assert len(missed) <= 0.03 * len(LETTERS[group]), missed


def test_sorrow_is_marked() -> None:
    missed = [text for text in LETTERS["sorrow"] if Kind.WORRY not in kinds(text)]
    assert len(missed) <= 0.03 * len(LETTERS["sorrow"]), missed


def test_few_everyday_letters_are_marked_and_hardly_any_is_a_high_risk() -> None:
    everyday = LETTERS["benign"]
    risks = {text: screen(text).risk for text in everyday}
    assert list(risks.values()).count(Risk.HIGH) <= 0.01 * len(everyday)
    some = [text for text, risk in risks.items() if risk is not Risk.NONE]
    assert len(some) <= 0.03 * len(everyday), some


def test_the_labelled_letters_are_enough_to_say_so() -> None:
    assert sum(len(LETTERS[group]) for group in LETTERS if group != "benign") >= 120
    assert len(LETTERS["benign"]) >= 150


# ---- marks


def test_a_mark_counts_code_points_of_the_text_as_it_was_written() -> None:
    text = "🐶🐶 Call ３１４-５５５-０１２３ ok?"  # noqa: RUF001 - full-width digits, as a child's tablet writes them
    assert screen(text) == Screening((Mark(Kind.PHONE, 8, 20),), Risk.LOW)


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("My number is 314-555-0123.", Kind.PHONE, "314-555-0123"),
        ("write to mayа@exаmple.com soon", Kind.EMAIL, "mayа@exаmple.com"),  # noqa: RUF001 - a Cyrillic a
        ("I am at maya at gmail dot com", Kind.EMAIL, "maya at gmail dot com"),
        ("I live at 1234 Oak Street Apt 5, St. Louis", Kind.ADDRESS, "1234 Oak Street Apt 5"),
        ("follow @maya_rocks!", Kind.HANDLE, "@maya_rocks"),
        ("my insta is mayarocks", Kind.HANDLE, "mayarocks"),
        ("see https://example.com/a?b=1 now", Kind.LINK, "https://example.com/a?b=1"),
        ("I want to die", Kind.WORRY, "want to die"),
    ],
)
def test_a_mark_covers_what_was_found_and_no_more(text: str, kind: Kind, span: str) -> None:
    assert marked(text, kind) == [span]


def test_what_stands_inside_an_email_address_is_neither_a_link_nor_a_handle() -> None:
    assert kinds("maya@gmail.com") == {Kind.EMAIL}


def test_a_letter_with_two_details_has_two_marks_in_the_order_of_the_text() -> None:
    found = screen("my insta is mayarocks and my number is 314-555-0123")
    assert [mark.kind for mark in found.marks] == [Kind.HANDLE, Kind.PHONE]


# ---- risk


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("I love my dog.", Risk.NONE),
        ("", Risk.NONE),
        ("I feel lonely", Risk.LOW),
        ("My number is 314-555-0123", Risk.LOW),
        ("My uncle hits me. Call 314-555-0123", Risk.HIGH),
    ],
)
def test_the_risk_is_that_of_the_greatest_worry(text: str, risk: Risk) -> None:
    assert screen(text).risk is risk


def test_a_saying_excuses_only_the_worry_that_it_holds() -> None:
    assert screen("This homework is killing me").risk is Risk.NONE
    assert screen("This homework is killing me and I want to kill myself").risk is Risk.HIGH


# ---- rules that hold for every text


@given(letters_run_together)
@settings(max_examples=150, deadline=None)
def test_every_mark_stands_within_the_text_in_order_and_none_of_a_kind_overlap(text: str) -> None:
    found = screen(text)
    places = [(mark.start, mark.end, mark.kind) for mark in found.marks]
    assert all(0 <= mark.start < mark.end <= len(text) for mark in found.marks)
    assert places == sorted(places)
    for kind in Kind:
        of_kind = [mark for mark in found.marks if mark.kind is kind]
        assert all(one.end <= other.start for one, other in pairwise(of_kind))
    assert (found.risk is Risk.NONE) == (not found.marks)


@given(st.sampled_from(EVERY_LETTER), st.data())
@settings(max_examples=200, deadline=None)
def test_a_zero_width_character_anywhere_loses_no_mark(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    hidden = data.draw(st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad"))
    before, after = screen(text), screen(text[:place] + hidden + text[place:])
    assert {mark.kind for mark in before.marks} <= {mark.kind for mark in after.marks}
    assert before.risk in {after.risk, Risk.NONE}


@given(st.sampled_from(EVERY_LETTER))
@settings(max_examples=200, deadline=None)
def test_full_width_digits_change_nothing(text: str) -> None:
    assert screen(text.translate(FULL_WIDTH)) == screen(text)


@given(any_text)
@settings(max_examples=150, deadline=None)
def test_the_same_text_always_gets_the_same_marks(text: str) -> None:
    assert screen(text) == screen(text)


# ---- shown to a reader


@given(letters_run_together)
def test_the_pieces_are_the_whole_text_and_each_is_under_one_set_of_marks(text: str) -> None:
    marks = screen(text).marks
    cut = pieces(text, marks)
    assert "".join(piece.text for piece in cut) == text
    place = 0
    for piece in cut:
        over = {mark.kind for mark in marks if mark.start <= place < mark.end}
        assert set(piece.kinds) == over
        place += len(piece.text)
