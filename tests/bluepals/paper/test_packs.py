"""The class's pack: each child's letter on its own sheet, in the words that were written."""
# ruff: noqa: RUF001 (signs that look alike are what is tested)

import hashlib
import io
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bluepals.domain.letters import DeliveryKind, ScannedLetter, Translation, TypedLetter
from bluepals.paper.packs import PackLetter, PackTitle, class_pack, single_letter
from bluepals.paper.pages import Upload, clean_pages, page_pictures

TITLE = PackTitle("North School", "5B", 2, date(2026, 11, 12))
HELLO = TypedLetter("Dear Maya,\n\nhow is Biscuit?\n\nYour pal,\nDana")

NAUGHTY = """\
{{7*7}} ${7*7} <%= 7*7 %> {0.__class__} %s %n %(name)s $1
'; DROP TABLE letters; --
#import "x.typ": * #let a = 1 #pagebreak() #read("/etc/passwd")
$x^2$ \\alpha \\ \\\\ \\n \\u{41} \\input{x}
*bold* _it_ `code` ```raw``` = Heading == Two
- list + enum / term: x ~ -- --- ... <label> @ref
<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; &lt;
// no comment /* none */ [a](javascript:alert(1)) [x] (y) {z}
"straight" 'quotes' “curly” ‘ones’ «and» 5'10"
https://example.org/?a=1&b=2#c who@example.org
../../etc/passwd C:\\temp\\new | & ; > < ^ ! ?
=1+1 @SUM(1+9) +1 -1 NULL None undefined true 0x0F 1e309
fi fl ffi office waffle AVATAR To Ty
ñ á é í ó ú ü ¿ ¡ ç ß ø å œ Ž č ạ ế Привет Ω"""


def letter(child="Maya Lopez", content=HELLO, **changes) -> PackLetter:
    return PackLetter(child, "Officer Dana Ruiz", changes.pop("language", "en"), content, **changes)


def scan(*sizes: tuple[int, int]) -> ScannedLetter:
    uploads = []
    for size in sizes:
        file = io.BytesIO()
        Image.new("RGB", size, "red").save(file, "PNG")
        uploads.append(Upload("scan", file.getvalue()))
    return ScannedLetter(clean_pages(uploads))


def texts(pdf: bytes) -> list[str]:
    """What can be read on each page."""
    document = pdfium.PdfDocument(pdf)
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def squeezed(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def test_the_cover_says_whose_pack_it_is_and_who_gets_what():
    cover = texts(class_pack(TITLE, [letter(), letter("Noah Smith")]))[0]
    for words in ("Opening day", "North School", "5B", "Round 2", "Thursday, November 12, 2026", "2 letters"):
        assert words in cover
    assert "Maya Lopez Officer Dana Ruiz 3" in cover
    assert "Noah Smith Officer Dana Ruiz 5" in cover


def test_each_letter_begins_on_a_sheet_of_its_own_with_the_childs_name():
    pages = texts(class_pack(TITLE, [letter("Maya"), letter("Noah"), letter("Zoë")]))
    assert [place for place, page in enumerate(pages, 1) if "A letter for" in page] == [3, 5, 7]
    assert "A letter for Maya\nfrom Officer Dana Ruiz" in pages[2]
    assert "A letter for Zoë" in pages[6]


def test_the_empty_back_of_a_letter_has_room_for_ideas_and_no_childs_words():
    pages = texts(class_pack(TITLE, [letter(), letter(language="es")]))
    assert pages[3].strip() == "My ideas for a reply"
    assert pages[1].strip() == ""


def test_lines_and_paragraphs_are_kept():
    page = texts(class_pack(TITLE, [letter()]))[2]
    assert "Dear Maya,\nhow is Biscuit?\nYour pal,\nDana\n" in page


def test_fault_19_naughty_text_prints_as_it_was_written():
    page = texts(class_pack(TITLE, [letter(content=TypedLetter(NAUGHTY))]))[2]
    printed = page.split("from Officer Dana Ruiz\n")[1].split("For Maya Lopez")[0]
    assert printed.splitlines() == NAUGHTY.splitlines()


@pytest.mark.parametrize("name", ["{{7*7}} %s #x", "<b>Ann</b> *O'Neil*", "\\ $1 `@x` [y]", "{name} {0}"])
def test_fault_19_a_naughty_name_prints_as_it_is(name):
    cover, _, page = texts(class_pack(PackTitle(name, name, 1, date(2026, 9, 3)), [letter(name)]))
    assert cover.count(name) == 3
    assert f"A letter for {name}\n" in page
    assert f"For {name}, from" in page


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=80))
@settings(max_examples=25, deadline=None)
def test_any_letter_prints(text):
    if text.strip():
        assert len(texts(class_pack(TITLE, [letter(content=TypedLetter(text))]))) >= 3


def test_a_long_letter_flows_over_its_pages_and_loses_nothing():
    written = "\n\n".join(f"Paragraph {number}: " + "the horses of the unit " * 20 for number in range(30))
    pages = texts(class_pack(TITLE, [letter(content=TypedLetter(written)), letter("Noah")]))
    own = [page for page in pages if "For Maya Lopez, from" in page]
    assert len(own) > 3
    assert f"1 / {len(own)}" in own[0]
    body = "".join(page.split("For Maya Lopez, from")[0] for page in own).split("Officer Dana Ruiz")[1]
    assert squeezed(body) == squeezed(written)
    assert "A letter for Noah" in pages[2 + len(own) + len(own) % 2]


def test_an_endless_word_stays_on_the_paper():
    document = pdfium.PdfDocument(class_pack(TITLE, [letter(content=TypedLetter("x" * 400))]))
    text = document[2].get_textpage()
    rights = [text.get_charbox(place)[2] for place in range(text.count_chars())]
    assert max(rights) <= document[2].get_width() - 60
    assert "x" * 400 in squeezed(text.get_text_range())


def test_fault_13_what_cannot_be_printed_is_marked_and_said_on_cover_and_letter():
    cover, _, page = texts(class_pack(TITLE, [letter(content=TypedLetter("我 love you ❤️"))]))
    assert "▢ love you" in page
    assert "▢ stands for a sign that can't be printed here." in page
    assert "Has ▢ in it." in cover
    assert "The coordinator can look it up." in cover


def test_all_is_silent_about_signs_when_all_of_them_print():
    assert not any("▢" in page for page in texts(class_pack(TITLE, [letter()])))


def test_a_stock_letter_and_a_late_one_say_so_to_teacher_and_child():
    stock, late = letter(kind=DeliveryKind.STOCK), letter("Noah", kind=DeliveryKind.LATE)
    pages = texts(class_pack(TITLE, [stock, late]))
    assert "From a reserve officer." in pages[0]
    assert "a reserve officer has written" in pages[0]
    assert "Came late for an earlier round." in pages[0]
    assert "who writes when a pal can't" in pages[2]
    assert "a little late" in pages[4]


def test_the_cover_speaks_the_teachers_language_and_the_letter_the_childs():
    cover, _, page = texts(class_pack(TITLE, [letter(language="es", kind=DeliveryKind.STOCK)]))
    assert "From a reserve officer." in cover
    assert "Una carta para Maya Lopez" in page
    title = PackTitle("Escuela Norte", "5A", 1, date(2026, 10, 1), "es-MX")
    cover, _, page = texts(class_pack(title, [letter(kind=DeliveryKind.STOCK)]))
    assert "jueves 1 de octubre de 2026" in cover
    assert "De una persona de reserva." in cover
    assert "A letter for Maya Lopez" in page


def test_a_language_without_words_of_its_own_gets_english():
    assert "A letter for Maya" in texts(single_letter(PackLetter("Maya", "Dana", "vi", HELLO)))[0]


def test_scanned_pages_lie_in_the_pack_as_they_are_under_the_childs_name():
    handwritten = scan((300, 400), (400, 300))
    pdf = class_pack(TITLE, [letter("Noah", handwritten), letter()])
    pages = texts(pdf)
    assert "Noah Officer Dana Ruiz 3–4 Handwritten." in pages[0]
    assert ["A letter for Noah" in page for page in pages[2:5]] == [True, True, False]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        inside = [
            image.read_raw_bytes() for page in document.pages[2:4] for image in page.get_images().values()
        ]
        upright, across = (document.pages[place].mediabox for place in (2, 3))
    assert inside == page_pictures(handwritten.pdf)
    assert upright[3] > upright[2]
    assert across[3] < across[2]


@pytest.mark.parametrize("size", [(300, 400), (400, 300), (100, 900)])
def test_a_scan_fills_its_page_and_leaves_name_and_foot_free(size):
    page = pdfium.PdfDocument(class_pack(TITLE, [letter(content=scan(size))]))[2]
    picture = page.render(scale=1).to_pil()
    red, green, _ = picture.split()
    box = ImageChops.subtract(red, green).point(lambda shade: 255 * (shade > 150)).getbbox()
    assert box
    left, top, right, bottom = box
    assert top >= 47
    assert bottom <= picture.height - 43
    assert left == pytest.approx(picture.width - right, abs=2)
    assert bottom - top > picture.height * 0.8 or right - left > picture.width * 0.8


def test_one_letter_alone_has_no_cover_and_no_lines():
    (page,) = texts(single_letter(PackLetter("Officer Dana Ruiz", "Maya", "en", HELLO)))
    assert "A letter for Officer Dana Ruiz\nfrom Maya\nDear Maya," in page
    assert "ideas" not in page
    assert (
        len(texts(single_letter(PackLetter("Officer Dana Ruiz", "Maya", "en", scan((300, 400), (300, 400))))))
        == 2
    )


def test_the_same_letters_are_the_same_bytes_in_any_process():
    def pack() -> str:
        return hashlib.sha256(class_pack(TITLE, [letter(), letter("Noah", scan((300, 400)))])).hexdigest()

    here = Path(__file__)
    program = (
        "import hashlib, runpy; names = runpy.run_path(" + repr(str(here)) + "); "
        "letter, scan = names['letter'], names['scan']; "
        "print(hashlib.sha256(names['class_pack'](names['TITLE'], "
        "[letter(), letter('Noah', scan((300, 400)))])).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=here.parents[3]
    )
    assert pack() == pack() == elsewhere.stdout.strip()


def test_no_time_and_no_author_is_in_the_file():
    with pikepdf.open(io.BytesIO(class_pack(TITLE, [letter()]))) as pdf:
        assert {"/CreationDate", "/ModDate", "/Author"}.isdisjoint(pdf.docinfo.keys())


def test_a_hundred_letters_are_one_run_of_a_few_seconds():
    handwritten = scan((300, 400), (300, 400))
    letters = [letter(f"Child {number}", handwritten if number % 4 == 0 else HELLO) for number in range(100)]
    began = time.monotonic()
    pages = texts(class_pack(TITLE, letters))
    assert time.monotonic() - began < 10
    for number in range(100):
        assert sum(
            f"A letter for Child {number}\n" in page or f"A letter for Child {number} " in page
            for page in pages
        ) in {1, 2}


# ---- in two languages


def test_a_translation_stands_below_the_letter_in_its_own_language() -> None:
    translation = Translation("es", "Hola, Ana.\n\n¿Tienes un perro?")
    (page,) = texts(single_letter(PackLetter("Ana", "Dana", "en", HELLO, translation=translation)))
    assert page.index("how is Biscuit?") < page.index("En español") < page.index("¿Tienes un perro?")


def test_a_translation_of_scanned_pages_has_a_page_of_its_own_and_the_child_keeps_their_sheets() -> None:
    first = PackLetter("Ana", "Dana", "en", scan((300, 400)), translation=Translation("es", "Hola, Ana."))
    pages = texts(class_pack(TITLE, [first, PackLetter("Maya", "Dana", "en", HELLO)]))
    where = next(number for number, page in enumerate(pages) if "Hola, Ana." in page)
    maya = next(number for number, page in enumerate(pages) if "A letter for Maya" in page)
    assert "For Ana, from Dana" in pages[where]
    assert (where, maya % 2) == (3, 0), "after its scan; and the next letter begins on a sheet of its own"
