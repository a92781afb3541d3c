"""The plain copy that is searched, and the way back from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.folding import fold, fold_as_shown, hiding_places


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Hello", "hello"),
        ("José y Niño", "jose y nino"),
        ("３１４", "314"),  # noqa: RUF001 - full-width
        ("٣١٤", "314"),
        ("k\u200bill", "kill"),
        ("\u202ehi\u202c", "hi"),
        ("mayа", "maya"),  # noqa: RUF001 - a Cyrillic a
        ("don’t", "don't"),  # noqa: RUF001 - the quotation mark of word processors
        ("a\r\nb\tc", "a\n\nb c"),
        ("1\ufe0f\u20e3", "1"),
        ("ﬁsh", "fish"),
        ("a\x00b", "ab"),
        ("a" + "\u0301" * 300, "a"),
    ],
)
def test_what_is_searched_is_what_a_reader_would_read(written: str, plain: str) -> None:
    assert fold(written).text == plain


def test_a_letter_that_folds_to_two_keeps_its_one_place() -> None:
    assert fold("ﬁsh").span(0, 2) == (0, 1)


def test_a_span_holds_the_accents_of_its_last_letter_and_what_is_hidden_inside() -> None:
    text = "me\u0301 k\u200bill"
    assert fold(text).span(0, 2) == (0, 3)
    assert fold(text).span(3, 7) == (4, 9)


def test_right_to_left_override_is_read_as_the_screen_shows_it() -> None:
    folded = fold_as_shown("ab \u202edc\u202c ef")
    assert folded is not None
    assert folded.text == "ab cd ef"
    assert folded.span(3, 5) == (4, 6)


def test_a_text_without_override_is_shown_as_it_is_written() -> None:
    assert fold_as_shown("ab\u200bcd") is None


@pytest.mark.parametrize(
    ("text", "hidden_in"),
    [
        ("a k\u200bill b", ["k\u200bill"]),
        ("hi \u202eyou", ["\u202eyou"]),
        ("family 👨\u200d👩\u200d👧", []),
        ("\ufeffDear pal", []),
        ("می\u200cخواهم", []),  # noqa: RUF001 - Persian
    ],
)
def test_a_word_that_hides_something_is_found_and_emoji_and_other_scripts_are_left_alone(
    text: str, hidden_in: list[str]
) -> None:
    assert [text[start:end] for start, end in hiding_places(text)] == hidden_in


@given(st.text(st.characters()))
def test_each_folded_character_comes_from_a_place_in_the_text(text: str) -> None:
    for folded in filter(None, (fold(text), fold_as_shown(text))):
        assert len(folded.text) == len(folded.starts) == len(folded.ends)
        assert all(
            0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True)
        )


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text).text).text == fold(text).text
