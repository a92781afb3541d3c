"""Parts of a page made black: nothing of what was there is left in the copy, and the original is as it was."""

import io

import pikepdf
import pytest
from PIL import Image, ImageDraw

from bluepals.domain.letters import ScannedLetter
from bluepals.domain.redaction import COLUMNS, ROWS, Cell, RedactionRefused
from bluepals.paper.pages import Upload, clean_pages, page_pictures
from bluepals.paper.redaction import Box, blackened, boxes_of

SECRET = "Oak Street 12"


def letter(pages: int = 1) -> ScannedLetter:
    """Light pages, with a red word a quarter down."""
    uploads = []
    for _ in range(pages):
        page = Image.new("RGB", (850, 1100), "white")
        ImageDraw.Draw(page).text((100, 275), SECRET, fill="red", font_size=40)
        file = io.BytesIO()
        page.save(file, "PNG")
        uploads.append(Upload("page.png", file.getvalue()))
    return ScannedLetter(clean_pages(uploads))


def picture(of: ScannedLetter, number: int = 1) -> Image.Image:
    return Image.open(io.BytesIO(page_pictures(of.pdf)[number - 1])).convert("RGB")


def test_what_lies_in_a_box_is_black_and_nothing_red_is_left_of_it() -> None:
    copy = picture(blackened(letter(), [Box(1, 0.1, 0.24, 0.6, 0.3)]))
    inside = copy.crop((95, 270, 500, 325))
    assert max(high for _, high in inside.getextrema()) < 12  # type: ignore[misc] # three channels
    assert copy.getpixel((700, 300)) == pytest.approx((255, 255, 255), abs=6)
    reds = [pixel for pixel in copy.get_flattened_data() if pixel[0] > 150 and pixel[1] < 100]  # type: ignore[index]
    assert reds == []


def test_the_original_stays_and_so_do_the_pages_without_a_box() -> None:
    original = letter(2)
    before = original.pdf
    copy = blackened(original, [Box(2, 0, 0, 1, 1)])
    assert original.pdf == before
    assert page_pictures(copy.pdf)[0] == page_pictures(original.pdf)[0]
    assert picture(copy, 2).getextrema() == ((0, 0), (0, 0), (0, 0))


def test_the_copy_holds_one_picture_a_page_and_nothing_else() -> None:
    with pikepdf.open(io.BytesIO(blackened(letter(), [Box(1, 0, 0, 0.5, 0.5)]).pdf)) as pdf:
        assert [len(page.get_images()) for page in pdf.pages] == [1]
        assert not pdf.docinfo
    (jpeg,) = page_pictures(blackened(letter(), [Box(1, 0, 0, 0.5, 0.5)]).pdf)
    assert not Image.open(io.BytesIO(jpeg)).getexif()


def test_the_same_boxes_are_the_same_bytes() -> None:
    boxes = [Box(1, 0.1, 0.2, 0.3, 0.4)]
    assert blackened(letter(), boxes) == blackened(letter(), boxes)


@pytest.mark.parametrize("page", [0, 2])
def test_a_page_that_is_not_there_can_not_be_blackened(page: int) -> None:
    with pytest.raises(RedactionRefused, match="Open it again"):
        blackened(letter(), [Box(page, 0, 0, 1, 1)])


def test_the_cells_of_the_grid_cover_the_page() -> None:
    cells = [Cell(1, row, column) for row in range(1, ROWS + 1) for column in range(1, COLUMNS + 1)]
    assert boxes_of([cells[0], cells[-1]]) == [
        Box(1, 0, 0, 1 / COLUMNS, 1 / ROWS),
        Box(1, (COLUMNS - 1) / COLUMNS, (ROWS - 1) / ROWS, 1, 1),
    ]
    assert picture(blackened(letter(), boxes_of(cells))).getextrema() == ((0, 0), (0, 0), (0, 0))
