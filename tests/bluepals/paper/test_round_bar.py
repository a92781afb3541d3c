"""How far a round is, as a bar: divided as the counts are, with all of them in words."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluepals.domain.board import SchoolRound, SideCount
from bluepals.paper.round_bar import BAR, round_bar, round_key, round_words

NOTHING = SideCount(0, 0, 0, 0, 0, 0, 0)
NAUGHTY = """<script>"Tom" & 'Ann'</script>"""


def a_round(students: SideCount = NOTHING, officers: SideCount = NOTHING, *, name: str = "Northside"):
    return SchoolRound("north", name, 3, None, students, officers)


@st.composite
def counts(draw: st.DrawFn) -> SideCount:
    """As a round's counts can be: each among the one before it."""
    of = draw(st.integers(0, 60))
    written = draw(st.integers(0, of))
    read = draw(st.integers(0, written))
    return SideCount(
        of=of,
        written=written,
        read=read,
        released=draw(st.integers(0, read)),
        late=draw(st.integers(0, written)),
        missing=draw(st.integers(0, of - written)),
        stock=draw(st.integers(0, of)),
    )


def rows(of: SchoolRound) -> Iterator[dict[str | None, ET.Element]]:
    for row in ET.fromstring(round_bar(of)).iter("g"):
        yield {part.get("data-part"): part for part in row.iter("rect")}


def letters(part: ET.Element | None, count: SideCount) -> float:
    """How many letters a part of the bar stands for."""
    return 0 if part is None else float(part.attrib["width"]) / BAR * max(count.of, 1)


def test_words_tell_every_count_of_both_sides():
    said = round_words(a_round(SideCount(28, 24, 20, 0, 2, 1, 0), SideCount(28, 3, 0, 0, 0, 0, 2)))
    assert said == (
        "Round 3, Northside. Children: 24 of 28 written, 20 read, 0 released, 2 late, 1 missing."
        " Officers: 3 of 28 written, 0 read, 0 released, 0 late, 0 missing, 2 stock letters stand in."
    )


def test_every_word_of_a_bar_and_of_its_key_is_said_as_its_page_says_it():
    def loudly(sentence: str) -> str:
        return f"«{sentence}»"

    bar, meanings = ET.fromstring(round_bar(a_round(), loudly)), ET.fromstring(round_key(loudly))
    said = [*(text for title in bar.iter("title") for text in title.itertext()), *meanings.itertext()]
    words = [text.strip() for text in said if text.strip()]
    assert len(words) == 7
    assert [text for text in words if (text[0], text[-1]) != ("«", "»")] == []


def test_one_stock_letter_stands_in():
    assert "1 stock letter stands in." in round_words(a_round(officers=SideCount(9, 0, 0, 0, 0, 9, 1)))


@given(counts(), counts())
def test_the_bar_is_an_image_that_says_its_words(students: SideCount, officers: SideCount):
    of = a_round(students, officers)
    drawing = ET.fromstring(round_bar(of))
    title = drawing[0]
    assert drawing.attrib["role"] == "img"
    assert (title.tag, title.text) == ("title", round_words(of))


@given(counts(), counts())
def test_each_bar_is_divided_as_its_counts_are(students: SideCount, officers: SideCount):
    for count, parts in zip((students, officers), rows(a_round(students, officers)), strict=True):
        expected = {
            "released": count.released,
            "read": count.read - count.released,
            "written": count.written - count.read,
            "missing": count.missing,
            "late": count.late,
        }
        for name, number in expected.items():
            assert letters(parts.get(name), count) == pytest.approx(number, abs=0.1 / BAR * max(count.of, 1))


@given(counts())
def test_stages_begin_where_the_one_before_ends_and_what_is_missing_ends_the_bar(count: SideCount):
    parts = next(rows(a_round(count)))
    x = 0.0
    for name in ("released", "read", "written"):
        if name in parts:
            assert float(parts[name].attrib["x"]) == pytest.approx(x, abs=0.2)
            x += float(parts[name].attrib["width"])
    if (missing := parts.get("missing")) is not None:
        assert float(missing.attrib["x"]) + float(missing.attrib["width"]) == pytest.approx(BAR, abs=0.2)
        assert float(missing.attrib["x"]) >= x - 0.4


def test_the_number_of_letters_stands_beside_each_bar():
    drawing = ET.fromstring(round_bar(a_round(SideCount(28, 24, 20, 0, 2, 1, 0))))
    assert [text.text for text in drawing.iter("text")] == ["24/28", "-"]


def test_the_key_names_each_part():
    listed = ET.fromstring(round_key())
    assert ["".join(one.itertext()).strip() for one in listed] == [
        "released",
        "read, not released",
        "written, not read",
        "to be written",
        "missing",
        "late",
    ]


def test_a_schools_name_is_shown_as_it_is_and_not_run():
    written = round_bar(a_round(name=NAUGHTY))
    assert "<script" not in written
    assert NAUGHTY in (ET.fromstring(written)[0].text or "")


def test_the_bar_has_no_style_of_its_own():
    used = {name for part in ET.fromstring(round_bar(a_round())).iter() for name in (part.tag, *part.attrib)}
    assert not {"style", "id"} & used
