"""A pairing's year on one line: each thing once and at its place, told apart without colours, legible on a phone."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import Kind, Moment, PairingYear, Rest
from bluepals.paper.marks import RADIUS, mark
from bluepals.paper.words import ENGLISH
from bluepals.paper.year_line import year_key, year_line
from bluepals.paper.year_words import moment_words, nowhere, year_list, year_summary
from tests.bluepals.paper.pairing_years import ANY_YEAR, EVERYTHING, FIRST, LAST, TODAY, a_letter, a_year

ON_A_PHONE = 284  # pixels: a phone's 390 without what lies around a drawing
NAUGHTY = """</svg><script>alert("x")</script> & 'Ann' <b style="color:red">"""


def drawn(year: PairingYear) -> ET.Element:
    """Raises ParseError when it is not well-formed."""
    return ET.fromstring(year_line(year).encode())


def parts(drawing: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in drawing.iter() if one.get("class") == name]


def percent(place: str | None) -> float:
    assert place is not None
    assert place.endswith("%")
    return float(place[:-1])


def name_of(part: ET.Element) -> str:
    (title,) = part.iter("title")
    return title.text or ""


def names(drawing: ET.Element) -> Counter[str]:
    return Counter(name_of(one) for one in parts(drawing, "moment"))


# ---- each thing once


@given(ANY_YEAR)
def test_every_moment_and_every_rest_of_a_year_is_drawn_once(year: PairingYear):
    drawing = drawn(year)
    kinds = Counter(one.get("data-kind") for one in parts(drawing, "moment"))
    assert kinds == Counter(str(one.kind) for one in year.moments)
    rests = Counter(one.get("data-what") for one in parts(drawing, "rest"))
    assert rests == Counter(one.what for one in year.rests)


def test_every_moment_says_its_day_and_what_happened():
    assert names(drawn(EVERYTHING)) == Counter(
        f"{ENGLISH.long_date(one.on)}: {moment_words(EVERYTHING, one)}" for one in EVERYTHING.moments
    )


def test_a_year_in_which_nothing_has_happened_yet_can_be_drawn():
    drawing = drawn(a_year())
    assert not parts(drawing, "moment")
    assert year_summary(a_year()) in [one.text for one in drawing.iter("desc")]


# ---- at its place


@given(ANY_YEAR)
def test_nothing_lies_outside_of_the_drawing(year: PairingYear):
    drawing = drawn(year)
    height = float(drawing.attrib["height"])
    for one in parts(drawing, "moment"):
        assert 0 <= percent(one.get("x")) <= 100
        assert RADIUS <= float(one.attrib["y"]) <= height - RADIUS
    for one in parts(drawing, "rest"):
        assert percent(one.get("x")) + percent(one.get("width")) <= 100


@given(ANY_YEAR)
def test_marks_cover_each_other_not_even_on_a_phone(year: PairingYear):
    places = [
        (percent(one.get("x")) / 100 * ON_A_PHONE, float(one.attrib["y"]))
        for one in parts(drawn(year), "moment")
    ]
    for (x, y), (other_x, other_y) in combinations(places, 2):
        assert max(abs(x - other_x), abs(y - other_y)) >= 2 * RADIUS


def test_the_childs_letters_stand_above_the_line_and_the_officers_below():
    year = a_year(
        [a_letter(Kind.DELIVERED, side) for side in Side] + [Moment(TODAY, Kind.VISIT)],
    )
    child, officer, visit = (float(one.attrib["y"]) for one in parts(drawn(year), "moment"))
    assert child < visit < officer


def test_days_go_from_left_to_right_to_scale_and_what_lies_outside_of_the_year_stands_at_its_edge():
    middle = FIRST + (LAST - FIRST) / 2
    days = [FIRST - timedelta(days=9), FIRST, middle, LAST, LAST + timedelta(days=9)]
    year = a_year([a_letter(Kind.DELIVERED, Side.STUDENT, day) for day in days])
    before, first, half, last, after = (percent(one.get("x")) for one in parts(drawn(year), "moment"))
    assert before == first == 3
    assert half == pytest.approx(50)
    assert last == after == 97


def test_a_rest_covers_its_days_with_the_last_one_and_one_that_goes_on_reaches_until_today():
    week = Rest(date(2026, 12, 7), date(2026, 12, 13), "letters")
    since = Rest(TODAY - timedelta(days=13), None, "letters")
    one, other = (percent(rest.get("width")) for rest in parts(drawn(a_year(rests=[week, since])), "rest"))
    assert other == pytest.approx(2 * one, abs=0.02)


def test_the_rest_of_letters_goes_over_all_of_them_and_that_of_visits_over_the_line_only():
    rests = [Rest(TODAY, TODAY, "letters"), Rest(TODAY, TODAY, "visits")]
    letters, visits = (float(rest.attrib["height"]) for rest in parts(drawn(a_year(rests=rests)), "rest"))
    assert letters > 2 * visits


def test_months_and_opening_days_are_named():
    words = [text.text for text in drawn(a_year()).iter("text")]
    assert [one for one in words if one in {"1", "2"}] == ["1", "2"]
    months = [one for one in words if one and re.fullmatch("[A-Z][a-z]{2}", one)]
    assert months == ["Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May"]


@pytest.mark.parametrize(("today", "shown"), [(TODAY, 1), (LAST + timedelta(days=1), 0)])
def test_today_is_marked_while_the_year_runs(today: date, shown: int):
    year = a_year()
    line = year_line(
        PairingYear(
            **{
                **{name: getattr(year, name) for name in year.__slots__},
                "today": today,
            }
        )
    )
    assert len(parts(ET.fromstring(line), "today")) == shown


# ---- for every eye


def shape(kind: Kind) -> str:
    """What is left of a mark on a black and white copy."""
    return re.sub("#[0-9a-f]{6}", "black", mark(kind))


def test_marks_differ_in_their_shape_and_not_only_in_their_colour():
    assert len({shape(kind) for kind in Kind}) == len(Kind)


def test_a_line_without_links_is_one_image_with_a_name_and_a_description():
    drawing = drawn(EVERYTHING)
    title, description, *_ = drawing
    assert drawing.attrib["role"] == "img"
    assert (title.tag, title.text) == ("title", "The year of Ana and Olga")
    assert (description.tag, description.text) == ("desc", year_summary(EVERYTHING))


def test_a_line_with_links_is_a_group_in_which_each_part_has_a_name():
    year = a_year([a_letter(Kind.DELIVERED, Side.STUDENT), Moment(TODAY, Kind.VISIT)])
    drawing = ET.fromstring(year_line(year, lambda one: f"/letters/{one.about}" if one.about else None))
    assert drawing.attrib["role"] == "group"
    link, other = drawing.iter("a")
    assert link.attrib["href"] == "/letters/00000000-0000-0000-0000-000000000001"
    assert name_of(link) == "Monday, February 1, 2027: Ana's letter of round 1 was released to Olga."
    assert other.attrib["href"] == "#moment-1"
    assert name_of(other) == "Monday, February 1, 2027: The officers' visit."


@given(ANY_YEAR)
def test_what_leads_nowhere_else_leads_to_its_own_entry_in_the_list(year: PairingYear):
    drawing = ET.fromstring(year_line(year, nowhere).encode())
    entries = {
        f"#{one.attrib['id']}": "".join(one.itertext()) for one in ET.fromstring(year_list(year).encode())
    }
    assert {one.attrib["href"]: name_of(one) for one in drawing.iter("a")} == entries
    assert len(entries) == len(year.moments) + len(year.rests)


def test_words_keep_their_size_on_a_phone():
    """The drawing has no view box to shrink: only places are in per cent."""
    drawing = drawn(EVERYTHING)
    assert "viewBox" not in drawing.attrib
    assert drawing.attrib["width"] == "100%"
    assert float(drawing.attrib["font-size"]) >= 12


def test_the_key_has_the_marks_that_occur_and_no_others():
    year = a_year([a_letter(Kind.STOCK, Side.OFFICER)], [Rest(TODAY, None, "visits")])
    listed = ET.fromstring(year_key([year, a_year([Moment(TODAY, Kind.CAME)])]))
    assert ["".join(one.itertext()).strip() for one in listed] == [
        "stock letter",
        "came to the visit",
        "visits rest",
    ]


# ---- in whatever language


@given(ANY_YEAR)
def test_every_word_of_a_drawing_of_its_list_and_of_its_key_is_said_as_its_page_says_it(year: PairingYear):
    def loudly(sentence: str) -> str:
        return f"«{sentence}»"

    pages = (year_line(year, nowhere, loudly), year_list(year, nowhere, loudly), year_key([year], loudly))
    texts = [text.removeprefix(": ").strip() for page in pages for text in ET.fromstring(page).itertext()]
    numbers = {str(one.number) for one in year.opening_days}
    assert [text for text in texts if text not in {"", *numbers} and (text[0], text[-1]) != ("«", "»")] == []


# ---- whatever people are called


def test_names_are_shown_as_they_are_and_not_run():
    year = a_year(EVERYTHING.moments, student=NAUGHTY, officer="Ol\x00ga {student} %s")
    written = year_line(year) + year_key([year])
    assert "<script" not in written
    assert "<b " not in written
    assert (
        name_of(ET.fromstring(year_line(year))[0]) == f"The year of {NAUGHTY} and Ol\ufffdga {{student}} %s"
    )


def attributes(written: str) -> Iterator[str]:
    for part in ET.fromstring(written).iter():
        yield part.tag
        yield from part.attrib


def test_a_drawing_has_no_style_of_its_own_and_no_ids_that_a_second_one_would_repeat():
    assert not {"style", "script", "id", "onclick"} & {
        *attributes(year_line(EVERYTHING)),
        *attributes(year_key([EVERYTHING])),
    }
