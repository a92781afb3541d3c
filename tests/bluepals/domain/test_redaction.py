"""Words left out of a letter: gone wherever they stand, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.redaction import LEFT_OUT, RedactionRefused, merged, redacted, spans_of

texts = st.text(st.characters(exclude_characters=LEFT_OUT, exclude_categories=["Cs"]), max_size=80)
words = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=6)


def without(text: str, *left_out: str) -> str:
    return redacted(text, spans_of(text, left_out))


@pytest.mark.parametrize(
    ("left_out", "rest"),
    [
        (["Elm Street 12"], "I live at […]. Ann is my friend; ann lives in Annapolis."),
        (["Ann"], "I live at Elm Street 12. […] is my friend; […] lives in Annapolis."),
        (["elm  street", "Street 12."], "I live at […] Ann is my friend; ann lives in Annapolis."),
        (["friend; ann"], "I live at Elm Street 12. Ann is my […] lives in Annapolis."),
    ],
)
def test_a_word_is_left_out_as_a_whole_wherever_it_stands(left_out: list[str], rest: str) -> None:
    text = "I live at Elm Street 12. Ann is my friend; ann lives in Annapolis."
    assert without(text, *left_out) == rest


def test_words_are_found_across_the_end_of_a_line() -> None:
    assert without("My street is Elm\nStreet.", "Elm Street") == "My street is […]."


@pytest.mark.parametrize("left_out", ["Bob", "An", " ", "I live at Elm Street 13"])
def test_what_does_not_stand_there_is_said_and_nothing_is_left_out(left_out: str) -> None:
    with pytest.raises(RedactionRefused, match="does not stand in this letter"):
        spans_of("I live at Elm Street 12. Ann is my friend.", [left_out])


@given(texts, words, texts)
def test_what_is_left_out_is_found_nowhere_any_more(before: str, word: str, after: str) -> None:
    rest = without(f"{before} {word} {after}", word)
    with pytest.raises(RedactionRefused):
        spans_of(rest, [word])


@given(texts, st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)).map(sorted).map(tuple)))
def test_everything_else_stays_as_it_was_written(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(start, end) for start, end in spans if end <= len(text)]
    ordered = merged(inside)
    gone = {place for start, end in ordered for place in range(start, end)}
    rest = redacted(text, inside)
    assert rest.replace(LEFT_OUT, "") == "".join(one for place, one in enumerate(text) if place not in gone)
    assert rest.count(LEFT_OUT) == len(ordered)


@given(texts)
def test_without_a_word_to_leave_out_the_letter_is_the_same(text: str) -> None:
    assert redacted(text, []) == text
