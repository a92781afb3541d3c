"""A child's sheet: the name, the round, lines to write on, and a code that says nothing of the child."""

import io

import pypdfium2 as pdfium
import zxingcpp

from bluepals.paper.sheets import IN, Sheet, sheets
from tests.desk.town import read_pdf

CODE = "BPWBVO65IBWZATLEZUTH3ACMMPCUAR2JYJ"


def sheet(name: str = "Maya", language: str = "en") -> Sheet:
    return Sheet(name, "Dana", 3, language, "5A", CODE)


def test_each_child_has_a_page_in_its_language() -> None:
    english, spanish, other = read_pdf(sheets([sheet(), sheet("Ana", "es-MX"), sheet("Li", "zh")]))
    assert "A letter from Maya\nTo Dana · Round 3" in english
    assert "Una carta de Ana\nPara Dana · Ronda 3" in spanish
    assert "A letter from Li" in other, "English where the program has no other words"


def test_the_languages_say_equally_much() -> None:
    assert {"{name}" in words.heading and "{pal}" in words.to for words in IN.values()} == {True}


def test_the_code_stands_in_two_corners_and_is_all_that_a_scanner_reads() -> None:
    page = pdfium.PdfDocument(sheets([sheet()]))[0].render(scale=2).to_pil()
    found = zxingcpp.read_barcodes(page)
    assert [one.text for one in found] == [CODE, CODE]
    (top, bottom) = sorted(one.position.top_left.y for one in found)
    assert top < page.height / 4
    assert bottom > page.height * 3 / 4


def test_a_name_prints_as_it_is_written_and_a_long_one_on_one_line() -> None:
    (page,) = read_pdf(sheets([sheet('*#set text(1pt)* {name} "x"')]))
    assert 'A letter from *#set text(1pt)* {name} "x"' in page
    (page,) = read_pdf(sheets([sheet("Maximiliana-Esperanza Hinojosa")]))
    assert "A letter from Maximiliana-Esperanza Hinojosa\n" in page


def test_the_same_sheets_are_the_same_bytes() -> None:
    assert sheets([sheet()]) == sheets([sheet()])


def test_nothing_of_the_child_is_in_the_file_but_what_is_printed() -> None:
    document = pdfium.PdfDocument(io.BytesIO(sheets([sheet()])))
    assert document.get_metadata_dict(skip_empty=True).keys() <= {"Title", "Creator"}
