"""The page's drawings: well-formed, to scale, and said in words for whoever does not see them."""

from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from rehearsal.drawings import WIDTH, Bar, Span, calendar_line, columns, share

FIRST, MIDDLE, LAST = date(2026, 9, 1), date(2026, 9, 16), date(2026, 10, 1)
NAUGHTY = """<script>"Tom" & 'Ann'</script>"""


def drawn(svg: str) -> ET.Element:
    """Raises ParseError when it is not well-formed."""
    return ET.fromstring(svg)


def numbers(drawing: ET.Element, name: str, *, of: str) -> list[float]:
    return [float(element.attrib[name]) for element in drawing.iter(of)]


def a_year(spans: Sequence[Span] = (), words: str = "A year.") -> ET.Element:
    return drawn(calendar_line(FIRST, LAST, spans, words))


DRAWINGS = {
    "calendar_line": calendar_line(FIRST, LAST, [Span(FIRST, MIDDLE, "writing", NAUGHTY)], NAUGHTY),
    "columns": columns([Bar(NAUGHTY, [("writing", 1)], NAUGHTY)], NAUGHTY),
    "share": share([("late", 1)], NAUGHTY),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_an_image_with_words_for_who_does_not_see_it(name: str):
    drawing = drawn(DRAWINGS[name])
    assert drawing.tag == "svg"
    assert drawing.attrib["role"] == "img"
    assert drawing.attrib["aria-label"] == NAUGHTY


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_escapes_whatever_it_is_told(name: str):
    assert "<script" not in DRAWINGS[name]
    words = [element.text for element in drawn(DRAWINGS[name]).iter() if element.text]
    assert set(words) <= {NAUGHTY, "Sep", "Oct"}


def test_a_span_lies_where_its_days_are_and_bears_its_name():
    drawing = a_year([Span(FIRST, MIDDLE, "writing", "Round 1"), Span(MIDDLE, LAST, "read", "Round 1: read")])
    ground, *spans = drawing.iter("rect")
    assert float(ground.attrib["width"]) == WIDTH
    assert [span.attrib["x"] for span in spans] == ["0.0", f"{WIDTH / 2:.1f}"]
    assert [span.attrib["width"] for span in spans] == [f"{WIDTH / 2:.1f}"] * 2
    assert [title.text for title in drawing.iter("title")] == ["Round 1", "Round 1: read"]


def test_a_single_day_can_be_seen():
    (_, visit) = a_year([Span(MIDDLE, MIDDLE, "visit", "Visit")]).iter("rect")
    assert float(visit.attrib["width"]) >= 4


def test_each_month_that_begins_in_the_year_is_named_also_over_new_year():
    drawing = drawn(calendar_line(date(2026, 10, 15), date(2027, 2, 20), [], "A winter."))
    assert [text.text for text in drawing.iter("text")] == ["Nov", "Dec", "Jan", "Feb"]


def test_the_tallest_column_has_the_full_height_and_the_others_their_share_of_it():
    drawing = drawn(
        columns([Bar("", [("writing", 3), ("officers", 1)], ""), Bar("", [("writing", 2)], "")], "")
    )
    child, officer, other = numbers(drawing, "height", of="rect")
    assert child + officer == pytest.approx(2 * other)
    assert child == pytest.approx(3 * officer)


def test_the_parts_of_a_column_stand_on_each_other():
    drawing = drawn(columns([Bar("", [("writing", 3), ("officers", 1)], "")], ""))
    (lower, upper), (_, tall) = numbers(drawing, "y", of="rect"), numbers(drawing, "height", of="rect")
    assert upper + tall == pytest.approx(lower)


@pytest.mark.parametrize("bars", [[], [Bar("", [("writing", 0)], "a week without letters")]])
def test_a_year_without_letters_can_be_drawn(bars: Sequence[Bar]):
    assert sum(numbers(drawn(columns(bars, "")), "height", of="rect")) == 0


def test_a_bar_is_divided_as_the_counts_are():
    drawing = drawn(share([("delivered", 6), ("late", 3), ("missed", 1)], "6, 3, 1"))
    assert numbers(drawing, "width", of="rect") == [0.6 * WIDTH, 0.3 * WIDTH, 0.1 * WIDTH]
    assert numbers(drawing, "x", of="rect") == [0, 0.6 * WIDTH, 0.9 * WIDTH]


def test_a_bar_of_nothing_can_be_drawn():
    assert numbers(drawn(share([("late", 0)], "none")), "width", of="rect") == [0]
