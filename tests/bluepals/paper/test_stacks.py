"""A scanned stack: pages in order, upright where a sheet says so, with the codes on them; and thirty sheets, measured."""

import io
import sys
from collections import Counter
from collections.abc import Sequence
from random import Random
from uuid import UUID

import pytest
import segno
from PIL import Image, ImageChops, ImageDraw, ImageStat

from bluepals.domain.stacks import SheetCode
from bluepals.links import Links
from bluepals.paper.pages import MAX_UPLOAD_BYTES, PagesRefused, Upload, page_pictures
from bluepals.paper.sheets import Sheet, sheets
from bluepals.paper.stacks import (
    MAX_STACK_BYTES,
    MAX_STACK_PAGES,
    ReadPage,
    letter_of,
    on_screen,
    read_stack,
    turned,
)
from tests.bluepals.paper.scanner import as_scans, printed, scanned

LINKS = Links("not a secret, and long enough for a test", "https://desk.example")
CODES = [LINKS.on_sheet(SheetCode(UUID(int=number), 1)) for number in range(1, 31)]


def printed_sheets(codes: Sequence[str]) -> list[Image.Image]:
    return list(printed(sheets([Sheet("Maya", "Dana", 1, "en", "5A", code) for code in codes])))


def read(*pages: Image.Image) -> list[ReadPage]:
    return read_stack([Upload("stack.pdf", as_scans(pages))])


def picture(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def own_paper() -> Image.Image:
    """A page with a line on it, and no code."""
    page = Image.new("L", (850, 1100), "white")
    ImageDraw.Draw(page).text((100, 100), "Dear Dana", fill=70, font_size=40)
    return page


def saved(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def test_thirty_degraded_sheets_are_filed_right_or_asked_about_and_none_is_filed_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    dice = Random(2)
    stack = [scanned(sheet, dice) for sheet in printed_sheets(CODES)]
    figures = Counter[str]()
    for code, page in zip(CODES, read(*stack), strict=True):
        named = {LINKS.sheet(one) for one in page.codes} - {None}
        figures["right" if named == {LINKS.sheet(code)} else "wrong" if named else "asked"] += 1
    with capsys.disabled():
        sys.stdout.write(f"\nThirty degraded sheets: {dict(figures)}\n")
    assert figures["right"] >= 28
    assert figures["wrong"] == 0


@pytest.mark.parametrize("clockwise", [0, 90, 180, 270])
def test_a_sheet_stands_upright_however_it_was_laid_on_the_glass(clockwise: int) -> None:
    (sheet,) = printed_sheets(CODES[:1])
    (page,) = read(sheet.rotate(-clockwise, expand=True))
    assert page.codes == (CODES[0],)
    upright = picture(page.jpeg).convert("L")
    assert upright.size == sheet.size
    differs = ImageStat.Stat(ImageChops.difference(upright, sheet.convert("L"))).mean[0]
    assert differs < 2


def test_pages_keep_their_order_from_file_to_file() -> None:
    first, second, third = printed_sheets(CODES[:3])
    uploads = [Upload("1.pdf", as_scans([first, second])), Upload("2.jpg", saved(third, "JPEG"))]
    assert [page.codes for page in read_stack(uploads)] == [(code,) for code in CODES[:3]]


def test_a_page_without_a_code_has_none_and_an_empty_one_is_told_apart() -> None:
    written, empty = read(own_paper(), Image.new("L", (850, 1100), 240))
    assert (written.codes, written.has_unread, written.is_empty) == ((), False, False)
    assert (empty.codes, empty.has_unread, empty.is_empty) == ((), False, True)


def test_the_shadow_on_a_photo_is_no_ink() -> None:
    shadow = Image.linear_gradient("L").resize((850, 1100)).point(lambda shade: 150 + shade * 0.4)
    (page,) = read(shadow)
    assert page.is_empty


def test_a_square_that_is_torn_is_there_and_cannot_be_read() -> None:
    (sheet,) = printed_sheets(CODES[:1])
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((0, sheet.height * 0.8, sheet.width, sheet.height), fill="white")
    left, top = sheet.width - 370, 80
    pen.rectangle((left + 105, top + 60, left + 165, top + 240), fill="white")
    pen.rectangle((left + 60, top + 105, left + 240, top + 165), fill="white")
    (page,) = read(sheet)
    assert (page.codes, page.has_unread, page.is_empty) == ((), True, False)


def test_a_square_that_is_no_sheets_is_part_of_the_letter() -> None:
    page = own_paper()
    page.paste(picture(_qr("https://example.org")), (300, 500))
    (found,) = read(page)
    assert (found.codes, found.has_unread, found.is_empty) == ((), False, False)


def _qr(text: str) -> bytes:
    file = io.BytesIO()
    segno.make_qr(text).save(file, kind="png", scale=6)
    return file.getvalue()


def test_two_sheets_on_one_page_say_both_names() -> None:
    first, second = printed_sheets(CODES[:2])
    both = Image.new("RGB", (first.width * 2, first.height))
    both.paste(first, (0, 0))
    both.paste(second, (first.width, 0))
    (page,) = read(both)
    assert page.codes == tuple(sorted(CODES[:2]))


def test_a_turned_page_is_turned_clockwise_and_shown_no_larger_than_a_screen_needs() -> None:
    page = Image.new("RGB", (1600, 2200), "white")
    ImageDraw.Draw(page).rectangle((0, 0, 300, 300), fill="black")
    jpeg = saved(page, "JPEG")
    assert turned(jpeg, 0) == jpeg
    assert picture(turned(jpeg, 90)).size == (2200, 1600)
    assert picture(turned(jpeg, 90)).convert("L").getpixel((2150, 50)) == pytest.approx(0, abs=9)
    assert picture(on_screen(jpeg, 180)).size == (800, 1100)


def test_pages_make_a_letter_and_the_same_pages_the_same_bytes() -> None:
    (page,) = read(own_paper())
    letter = letter_of([page.jpeg, turned(page.jpeg, 90)])
    assert letter == letter_of([page.jpeg, turned(page.jpeg, 90)])
    assert [picture(one).size for one in page_pictures(letter.pdf)] == [(1700, 2200), (2200, 1700)]


@pytest.mark.parametrize(
    ("uploads", "sentence"),
    [
        ([], "No stack was sent."),
        ([Upload("x.jpg", b"\xff\xd8\xff")] * (MAX_STACK_PAGES + 1), "Send the others as a second stack."),
        ([Upload("x.pdf", b"%PDF-" + bytes(MAX_STACK_BYTES))], "80 MB is the most"),
        ([Upload("x.jpg", b"\xff\xd8\xff" + bytes(MAX_UPLOAD_BYTES))], "10 MB is the most"),
        ([Upload("x.heic", b"\0\0\0\x18ftypheic")], "Most Compatible"),
        ([Upload("x.docx", b"PK\3\4")], "is neither a PDF nor a photo"),
    ],
)
def test_fault_20_what_is_no_stack_is_refused_unread(uploads: list[Upload], sentence: str) -> None:
    with pytest.raises(PagesRefused, match=sentence):
        read_stack(uploads)


def test_fault_20_a_stack_of_too_many_pages_is_refused_with_the_way_out() -> None:
    pages = [Image.new("L", (20, 30))] * (MAX_STACK_PAGES + 1)
    with pytest.raises(PagesRefused, match=r"“stack.pdf” takes the stack over 80 pages.* as a second stack"):
        read(*pages)


def test_fault_20_a_picture_that_would_fill_the_memory_is_refused() -> None:
    bomb = saved(Image.new("1", (30_000, 30_000)), "PNG")
    with pytest.raises(PagesRefused, match="60 million pixels"):
        read_stack([Upload("bomb.png", bomb)])
