"""Elements of a drawing: well-formed whatever people are called, and without a style of their own."""

from xml.etree import ElementTree as ET

from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from bluepals.paper.svg import element, key, named

NAUGHTY = """</title><script>alert("x")</script> & 'Ann' ]]> <!--"""


@given(st.text())
@example(NAUGHTY)
@example("\x00\x0b\ud800\ufffe")
def test_text_and_attributes_are_well_formed_and_say_what_they_were_given(text: str):
    written = element("text", {"data-text": text, "x": 1}, text)
    read = ET.fromstring(written.encode())
    shown = "".join(one if _is_xml(one) else "\ufffd" for one in text)
    assert (read.text or "") == shown.replace("\r\n", "\n").replace("\r", "\n")
    assert "<script" not in written
    assert not list(read)


def _is_xml(one: str) -> bool:
    return one in "\t\n\r" or "\x20" <= one <= "\ud7ff" or "\ue000" <= one <= "\ufffd" or one >= "\U00010000"


def test_a_child_that_is_an_element_stays_one():
    assert element("g", {}, element("circle", {"r": 2}), "<b>") == Markup(
        '<g><circle r="2"></circle>&lt;b&gt;</g>'
    )


def test_a_name_is_the_first_thing_in_its_element():
    first, *_ = ET.fromstring(named("svg", {}, NAUGHTY, element("g", {})))
    assert (first.tag, first.text) == ("title", NAUGHTY)


def test_a_key_is_a_list_of_marks_with_their_meaning():
    listed = ET.fromstring(key([(element("circle", {"r": 2}), "a disc"), (element("g", {}), NAUGHTY)]))
    assert ["".join(item.itertext()).strip() for item in listed] == ["a disc", NAUGHTY]
    assert [mark.attrib["aria-hidden"] for mark in listed.iter("svg")] == ["true"] * 2
