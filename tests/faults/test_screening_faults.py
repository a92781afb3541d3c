"""Rows 13 and 14: text that hides what it says."""

import pytest

from bluepals.domain.screening import Kind, Risk, screen


def found(text: str) -> dict[Kind, str]:
    return {mark.kind: text[mark.start : mark.end] for mark in screen(text).marks}


def test_fault_13_a_zero_width_space_inside_a_word_hides_it_from_nobody() -> None:
    assert found("I will k\u200bill")[Kind.WORRY] == "k\u200bill"
    assert screen("i want to d\u200bi\u2060e").risk is Risk.HIGH


def test_fault_13_an_override_is_marked_and_what_the_screen_shows_is_screened() -> None:
    text = "hello \u202eeid ot tnaw I\u202c bye"
    assert screen(text).risk is Risk.HIGH
    assert found("my phone \u202e3210-555-413")[Kind.PHONE] == "3210-555-413"
    assert Kind.WORRY in found("nothing \u202ebut this\u202c")


@pytest.mark.parametrize(
    "text",
    [
        "My family 👨\u200d👩\u200d👧\u200d👦 and I",
        "مرحبا صديقي",
        "مرحبا \u200f(صديقي)\u200e!",
        "می\u200cخواهم",  # noqa: RUF001 - Persian
        "שלום",
        "Z" + "\u0301" * 300,
    ],
)
def test_fault_13_emoji_and_right_to_left_scripts_are_no_reason_for_a_mark(text: str) -> None:
    assert screen(text).marks == ()


@pytest.mark.parametrize(
    "text", ["\ud800 I want to die", "I want to die \x00", "\udfff" * 50 + "I want to die"]
)
def test_fault_13_lone_surrogates_and_nul_are_screened_like_any_text(text: str) -> None:
    assert screen(text).risk is Risk.HIGH


def test_fault_13_combining_marks_stay_with_their_letter() -> None:
    letter = "e" + "\u0301" * 300
    assert found(f"i want to di{letter}!")[Kind.WORRY] == f"want to di{letter}"


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("３１４-５５５-０１２３", Kind.PHONE, "３１４-５５５-０１２３"),  # noqa: RUF001 - full-width
        (
            "call three one four five five five zero one two three",
            Kind.PHONE,
            "three one four five five five zero one two three",
        ),
        ("3l4.555.OI23", Kind.PHONE, "3l4.555.OI23"),
        ("mаya@example.com", Kind.EMAIL, "mаya@example.com"),  # noqa: RUF001 - a Cyrillic a
        ("maya at gmail dot com", Kind.EMAIL, "maya at gmail dot com"),
        ("find @handle there", Kind.HANDLE, "@handle"),
    ],
)
def test_fault_14_a_disguised_detail_is_marked_where_it_stands_and_decides_nothing(
    text: str, kind: Kind, span: str
) -> None:
    assert found(text)[kind] == span
    assert screen(text).risk is Risk.LOW
