"""How phrases of worry are written, and which spellings of them are known."""

import tomllib
from importlib import resources
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain import lexicon
from bluepals.domain.lexicon import Weight, worries
from bluepals.domain.lexicon.phrases import phrases_of
from bluepals.domain.lexicon.spelling import Spelling, misspellings

SPELLING = Spelling(
    words=["kill", "myself", "want", "die", "suicid*"],
    loose=["kill", "myself", "want", "die"],
    real_words=frozenset({"went", "kiln"}),
)


def written(phrase: str) -> dict[str, object]:
    return {"groups": {"pal": "you me"}, "great": {"a": [phrase]}, "small": {}, "harmless": {}}


def weights(text: str) -> set[Weight]:
    return {worry.weight for worry in worries(text)}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("kil", "kill"),
        ("killl", "kill"),
        ("k1ll", "kill"),
        ("k!ll", "kill"),
        ("k*ll", "kill"),
        ("mysefl", "myself"),
        ("diiiie", "die"),
        ("suicidle", "suicid*"),
    ],
)
def test_a_word_is_known_as_children_spell_it_and_as_people_hide_it(word: str, meant: str) -> None:
    assert meant in SPELLING.meanings(word)


@pytest.mark.parametrize("word", ["went", "kiln"])
def test_a_real_word_is_no_misspelling(word: str) -> None:
    assert SPELLING.meanings(word).isdisjoint({"want", "kill"})


def test_words_run_together_are_cut_apart() -> None:
    assert SPELLING.parts("killmyself") == ("kill", "myself")
    assert SPELLING.parts("wantedpie") == ()


@given(st.text("abcdefghij", min_size=4, max_size=12))
def test_a_misspelling_differs_from_its_word(word: str) -> None:
    assert word not in misspellings(word)


def test_a_short_word_has_no_misspellings() -> None:
    assert misspellings("die") == set()


@pytest.mark.parametrize("phrase", ["hits (me)", "(he) hits me", "hits ...", "hits me|"])
def test_a_phrase_that_may_begin_or_end_with_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="has"):
        list(phrases_of(written(phrase)))


def test_a_phrase_is_made_of_alternatives_groups_gaps_and_words_that_may_be_missing() -> None:
    (phrase,) = phrases_of(written("hit|hits ... (so) {pal}"))
    assert [(set(slot.words), slot.optional, slot.gap) for slot in phrase.slots] == [
        ({"hit", "hits"}, False, 0),
        ({"so"}, True, 3),
        ({"you", "me"}, False, 0),
    ]


def test_a_phrase_does_not_run_over_the_end_of_a_sentence() -> None:
    assert Weight.GREAT not in weights("what do you want to do? die hard is a film")


def test_a_full_stop_after_every_word_ends_no_sentence() -> None:
    assert Weight.GREAT in weights("i. want. to. die.")


def test_no_word_of_the_files_is_written_with_a_capital_an_accent_or_an_apostrophe() -> None:
    """Such a word would never be found: the text is folded."""
    for name in ("en.toml", "es.toml"):
        file = tomllib.loads((resources.files(lexicon) / name).read_text("utf-8"))
        for phrase in phrases_of(file):
            for slot in phrase.slots:
                assert all(word.isascii() and word == word.lower() and "'" not in word for word in slot.words)


def test_worries_come_in_the_order_of_the_text() -> None:
    found = list(worries("i feel sad. my uncle hits me. i want to die"))
    assert all(one.start <= other.start for one, other in pairwise(found))
