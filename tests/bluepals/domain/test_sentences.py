"""Sentences in English, and in a language that a test has made up."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.references import child_of
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import (
    Sentence,
    begun,
    counted,
    dated,
    either,
    kept,
    listed,
    long_date,
    made_of,
    together,
)


class Backwards:
    """Words from the last to the first."""

    def gettext(self, message: str) -> str:
        return " ".join(reversed(message.split(" ")))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)

    def date(self, at: date, form: str) -> str:
        return f"{at:%-d} {at:%B}"


BACKWARDS = Backwards()


def test_a_sentence_is_its_english() -> None:
    assert Sentence("{child} waits", child="Ana") == "Ana waits"


def test_another_language_puts_the_values_where_it_wants_them() -> None:
    assert (
        Sentence("{child} waits for {what}", child="Ana", what="a pal").said_in(BACKWARDS)
        == "a pal for waits Ana"
    )


def test_a_value_that_is_a_sentence_is_said_in_the_same_language() -> None:
    why = Sentence("no consent")
    assert Sentence("{child} has {why}", child="Ana", why=why).said_in(BACKWARDS) == "consent no has Ana"


@given(st.text())
def test_what_people_wrote_stays_as_it_is(written: str) -> None:
    sentence = Sentence("{written}!", written=written)
    assert (sentence, sentence.said_in(BACKWARDS)) == (f"{written}!", f"{written}!")


def test_one_of_something_is_no_plural() -> None:
    assert [counted(number, "round", "rounds") for number in (0, 1, 2)] == ["0 rounds", "1 round", "2 rounds"]


def test_the_verb_goes_with_it() -> None:
    waiting = [counted(number, "child waits", "children wait") for number in (1, 12)]
    assert waiting == ["1 child waits", "12 children wait"]
    assert [one.said_in(BACKWARDS) for one in waiting] == ["1 waits child", "12 wait children"]


def test_a_day_is_said_as_each_language_says_it() -> None:
    day = date(2026, 10, 5)
    assert (long_date(day), long_date(day).said_in(BACKWARDS)) == ("Monday, October 5, 2026", "5 October")
    assert Sentence("By {day}.", day=dated(day, "%B %-d")) == "By October 5."


@pytest.mark.parametrize(
    ("names", "said"),
    [(["Ana"], "Ana"), (["Ana", "Ben"], "Ana and Ben"), (["Ana", "Ben", "Cleo"], "Ana, Ben and Cleo")],
)
def test_names_are_listed_with_the_last_one_apart(names: list[str], said: str) -> None:
    assert listed(names) == said
    assert either(names) == said.replace(" and ", " or ")


def test_sentences_stand_together_in_every_language() -> None:
    both = together(Sentence("It waits."), Sentence("Look again."))
    assert (both, both.said_in(BACKWARDS)) == ("It waits. Look again.", "again. Look waits. It")


def test_what_is_listed_is_said_in_every_language() -> None:
    every = listed([Sentence("no pal"), Sentence("no letter"), Sentence("no visit")])
    assert isinstance(every, Sentence)
    assert every.said_in(BACKWARDS) == "visit no and letter no pal no,"


def test_what_stands_at_the_beginning_has_a_capital_letter_in_every_language() -> None:
    child = begun(Sentence("{child} of our class", child="de la Cruz"))
    assert (child, child.said_in(BACKWARDS)) == ("De la Cruz of our class", "Class our of de la Cruz")


def test_a_sentence_is_said_of_others_too() -> None:
    of_ana = begun(Sentence("{child} waits", child="Ana"))
    of_ben = of_ana.with_values({"sentence": Sentence("{child} waits", child="ben")})
    assert (of_ben, of_ben.said_in(BACKWARDS)) == ("Ben waits", "Waits ben")


def test_a_copy_is_the_same_sentence() -> None:
    assert deepcopy([Sentence("{child} waits", child="{Ana}")])[0].said_in(BACKWARDS) == "waits {Ana}"


def test_a_refusal_is_made_of_a_pattern_or_of_a_sentence() -> None:
    made = Refused("{child} waits", child="Ana")
    assert (str(made), made.sentence.said_in(BACKWARDS)) == ("Ana waits", "waits Ana")
    assert Refused(made.sentence).sentence is made.sentence


EVENING = datetime(2026, 11, 1, 6, 30, tzinfo=UTC).astimezone(
    ZoneInfo("America/Chicago")
)  # the second 1:30 that night


@pytest.mark.parametrize(
    "sentence",
    [
        Sentence("{child} waits for {what}", child="{Ana}", what=Sentence("a pal")),
        Sentence("{day} is over, {number:,} times", day=date(2026, 10, 5), number=1200),
        together(counted(2, "child waits", "children wait"), long_date(date(2026, 10, 5))),
        Sentence("{who} waits", who=begun(child_of(UUID(int=7)))),
        dated(EVENING, "%B %-d, %-I:%M %p %Z"),
        dated(datetime(2026, 10, 5, 12, tzinfo=UTC), "%B %-d, %-I:%M %p %Z"),
    ],
)
def test_a_sentence_is_made_again_of_what_was_kept_of_it(sentence: Sentence) -> None:
    again = made_of(json.loads(json.dumps(kept(sentence))))
    assert type(again) is type(sentence)
    assert (again, again.said_in(BACKWARDS)) == (sentence, sentence.said_in(BACKWARDS))


def test_of_values_without_a_language_their_words_are_kept() -> None:
    sentence = Sentence("{path}, {nothing}", path=Path("a/b"), nothing=None)
    assert made_of(kept(sentence)) == "a/b, None"
    assert made_of(kept("no {sentence}")) == "no {sentence}"
