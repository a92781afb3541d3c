"""The letters that a rehearsal's actors write, and who gets which."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.calendar import MOST_ROUNDS
from bluepals.domain.letters import Side
from bluepals.paper.lettering import uncovered
from rehearsal.cast import Couple
from rehearsal.dice import Dice
from rehearsal.pen import Pen, Sample, samples
from tests.rehearsal.people import couple

LANGUAGES = ("en", "es")
CONTACT_DETAILS = {"phone", "email", "address", "handle", "link"}
WORRIES = {"worry", "harm"}


couples = st.builds(
    couple,
    key=st.from_regex(r"S1[0-9]{3}", fullmatch=True),
    officer=st.from_regex(r"P[0-9]{3}", fullmatch=True),
    language=st.sampled_from(LANGUAGES),
    first_round=st.integers(1, 4),
)
pens = st.builds(lambda seed: Pen(Dice(seed)), st.integers(0, 10_000))
sides = st.sampled_from(Side)


def rounds(one: Couple) -> range:
    """As many as a year may have, whatever its first one is."""
    return range(one.first_round, one.first_round + MOST_ROUNDS)


# ---- the letters


def test_there_are_enough_letters_of_each_side_and_language():
    there = Counter((one.side, one.language) for one in samples())
    wanted = {
        (Side.STUDENT, "en"): 60,
        (Side.OFFICER, "en"): 50,
        (Side.STUDENT, "es"): 35,
        (Side.OFFICER, "es"): 35,
    }
    assert there.keys() == wanted.keys()
    assert all(there[kind] >= count for kind, count in wanted.items())


def test_no_letter_and_no_sentence_of_some_length_is_there_twice():
    assert len({one.id for one in samples()}) == len(samples())
    for side in Side:
        lines = Counter(
            line for one in samples() if one.side is side for line in one.text.splitlines() if len(line) > 40
        )
        assert [line for line, count in lines.items() if count > 1] == []


def test_a_letter_has_40_to_160_words_and_both_names():
    for one in samples():
        assert 40 <= len(one.text.split()) <= 160, one.id
        assert one.text.count("{me}") >= 1 <= one.text.count("{pal}"), one.id


def test_every_sign_of_a_letter_can_be_printed():
    assert {one.id: missing for one in samples() if (missing := uncovered(one.text))} == {}


def test_one_letter_in_twenty_holds_a_contact_detail_and_one_in_thirty_a_worry():
    kinds = Counter(one.contains for one in samples())
    assert kinds.keys() - {None} == CONTACT_DETAILS | WORRIES
    assert 0.04 < sum(kinds[kind] for kind in CONTACT_DETAILS) / len(samples()) < 0.07
    assert 0.02 < sum(kinds[kind] for kind in WORRIES) / len(samples()) < 0.04


# ---- who gets which


@given(pens, couples)
def test_no_letter_comes_twice_in_a_pairing_not_even_after_returns(pen: Pen, one: Couple):
    for side in Side:
        written = [
            draft(one, side, number).id
            for number in rounds(one)
            for draft in (pen.first_draft, pen.second_draft)
        ]
        assert len(set(written)) == len(written) == 2 * MOST_ROUNDS


@given(pens, couples, sides)
def test_a_pairing_begins_with_an_introduction_and_never_has_another(pen: Pen, one: Couple, side: Side):
    first, *later = [pen.first_draft(one, side, number) for number in rounds(one)]
    assert first.opener
    assert pen.second_draft(one, side, one.first_round).opener
    assert not any(sample.opener for sample in later)


@given(pens, couples, sides)
def test_a_second_draft_holds_nothing_to_stumble_over(pen: Pen, one: Couple, side: Side):
    assert [n for n in rounds(one) if pen.second_draft(one, side, n).contains] == []


@given(pens, couples, sides)
def test_a_letter_is_of_its_side_and_in_a_language_that_both_read(pen: Pen, one: Couple, side: Side):
    sample = pen.first_draft(one, side, one.first_round)
    assert (sample.side, sample.language) == (side, one.language)


@pytest.mark.parametrize(("language", "reads"), [("es", "en"), ("vi", "en vi"), ("so", "en es")])
def test_without_a_language_that_both_read_a_letter_is_in_english(language: str, reads: str):
    one = couple(language=language, reads=reads)
    assert Pen(Dice(1)).first_draft(one, Side.STUDENT, 1).language == "en"


def test_the_same_seed_gives_the_same_letters_and_another_one_others():
    def year(seed: int) -> list[str]:
        return [Pen(Dice(seed)).first_draft(couple(), Side.OFFICER, number).id for number in range(1, 9)]

    assert year(1) == year(1) != year(2)


@given(st.sampled_from(samples()))
def test_a_letter_names_its_writer_and_its_reader(sample: Sample):
    written = Pen(Dice(1)).written(sample, couple())
    assert "Ana" in written
    assert "Rosa" in written
    assert "{" not in written
