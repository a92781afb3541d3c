"""A pairing's year in words: all of it, once, in order; and nothing of a case."""

from collections import Counter
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind, Moment, PairingYear, Rest
from bluepals.paper.words import ENGLISH
from bluepals.paper.year_words import KINDS, moment_words, year_list, year_name, year_summary
from tests.bluepals.paper.pairing_years import ANY_YEAR, EVERYTHING, TODAY, a_letter, a_year


def items(written: str) -> list[str]:
    return ["".join(item.itertext()) for item in ET.fromstring(written.encode())]


def days(written: str) -> list[str]:
    return [time.attrib["datetime"] for time in ET.fromstring(written.encode()).iter("time")]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_moment_has_a_sentence_of_its_own(kind: Kind):
    said = [
        moment_words(EVERYTHING, Moment(TODAY, other, Side.OFFICER, 3)) for other in Kind if other is not kind
    ]
    own = moment_words(EVERYTHING, Moment(TODAY, kind, Side.OFFICER, 3))
    assert own.endswith(".")
    assert own not in said


def test_every_kind_of_moment_has_words_of_its_own_in_the_key():
    assert len(set(KINDS.values())) == len(Kind)


def test_a_sentence_names_who_wrote_and_who_got_it():
    assert [
        moment_words(EVERYTHING, a_letter(Kind.DELIVERED, Side.STUDENT, number=3)),
        moment_words(EVERYTHING, a_letter(Kind.LATE, Side.OFFICER, number=3)),
        moment_words(EVERYTHING, a_letter(Kind.STOCK, Side.OFFICER, number=4)),
    ] == [
        "Ana's letter of round 3 was released to Olga.",
        "Olga's letter of round 3, late, was released to Ana.",
        "A reserve officer's letter stood in for Olga's of round 4.",
    ]


def test_of_a_letter_that_is_kept_back_nothing_is_said_but_that_it_is_delayed():
    delayed = a_letter(Kind.DELAYED, Side.STUDENT)
    assert moment_words(EVERYTHING, delayed) == "Ana's letter of round 1 is delayed."


@given(ANY_YEAR)
def test_the_list_has_every_moment_and_every_rest_once_in_the_order_of_the_days(year: PairingYear):
    written = year_list(year)
    assert len(items(written)) == len(year.moments) + len(year.rests)
    told = [*(one.on for one in year.moments), *(one.first for one in year.rests)]
    assert days(written) == sorted(day.isoformat() for day in told)


def test_the_list_tells_all_in_sentences_with_their_days():
    told = Counter(items(year_list(EVERYTHING)))
    assert told == Counter(
        [
            *(f"{ENGLISH.long_date(one.on)}: {moment_words(EVERYTHING, one)}" for one in EVERYTHING.moments),
            "Thursday, December 3, 2026: The letters rested until Friday, December 4, 2026.",
            "Monday, January 4, 2027: The visits rested for a day.",
            "Wednesday, January 20, 2027: The letters rest from then on.",
        ]
    )


def test_an_item_leads_to_what_it_was_where_that_may_be_opened():
    year = a_year([a_letter(Kind.DELIVERED, Side.STUDENT, number=1), Moment(TODAY, Kind.VISIT)])
    listed = ET.fromstring(year_list(year, lambda one: f"/letter/{one.about}?a&b" if one.about else None))
    ((link),) = listed.iter("a")
    assert link.attrib["href"] == "/letter/00000000-0000-0000-0000-000000000001?a&b"
    assert link.text == "Ana's letter of round 1 was released to Olga."


def test_the_summary_counts_what_the_list_tells():
    year = a_year(
        [
            *[a_letter(Kind.DELIVERED, Side.STUDENT, number=one) for one in (1, 2)],
            a_letter(Kind.MISSED, Side.STUDENT, number=3),
            Moment(date(2026, 8, 24), Kind.INTRODUCED),
            Moment(date(2027, 4, 12), Kind.CAME),
        ],
        [Rest(date(2026, 12, 3), date(2026, 12, 4), "letters"), Rest(date(2027, 1, 4), None, "letters")],
    )
    assert year_name(year) == "The year of Ana and Olga"
    assert year_summary(year) == (
        "Monday, August 24, 2026 to Friday, May 21, 2027. Letters from Ana: 2 were delivered, 1 was missed."
        " Letters from Olga: none yet. Besides: introduced, came to the visit. The letters rested 2 times."
    )
