"""Every sign prints as itself or, visibly, as one that can't be printed."""
# ruff: noqa: RUF001 (signs that look alike are what is tested)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.paper.lettering import UNPRINTABLE, printable_lines, uncovered

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@pytest.mark.parametrize(
    "text",
    [
        "¿Cómo estás, Zoë? ¡Ñandú! “Hi” – it’s 3 € — ½ pie…",
        "Đorđe, Nguyễn, Łucja, Çağla, Ōkina ʻ",
        "Привет, Олено",
        "👮‍♀️ 👨‍👩‍👧‍👦 🇺🇸 👍🏾 ❤️ 1️⃣ 🧑‍🚀 ★ ☆ ♡ ☺ ✓ →",
        "tab\tand\r\nlines\n\x0b\x85\u2028here",
    ],
)
def test_what_children_and_officers_here_write_is_covered(text):
    assert uncovered(text) == frozenset()


def test_signs_without_a_font_are_named():
    assert uncovered("Hi 中文, مرحبا \x07") == frozenset("中文مرحبا\x07")


def test_a_sign_that_cannot_be_printed_leaves_a_mark_for_each():
    assert printable_lines("中文 and\x07") == [f"{UNPRINTABLE}{UNPRINTABLE} and{UNPRINTABLE}"]


def test_the_mark_itself_can_be_printed():
    assert uncovered(UNPRINTABLE) == frozenset()


def test_fault_13_what_turns_the_reading_order_is_not_printed():
    assert printable_lines("\u202eevil\u202c \u2066now\u2069") == ["evil now"]


def test_joiners_stay_so_that_a_family_is_one_picture():
    assert printable_lines("👨‍👩‍👧‍👦") == ["👨‍👩‍👧‍👦"]


def test_an_endless_word_may_be_broken():
    (line,) = printable_lines("x" * 95)
    assert max(map(len, line.split("\u200b"))) == 30
    assert line.replace("\u200b", "") == "x" * 95


@given(TEXTS)
def test_all_that_prints_is_covered(text):
    assert uncovered("\n".join(printable_lines(text))) == frozenset()


@given(st.text(st.characters(codec="cp1252", exclude_categories=["Cc", "Cf"]), max_size=30))
def test_western_text_prints_as_it_was_written(text):
    assert printable_lines(text) == text.splitlines()
