"""Parts of handwritten pages made black: burned into new pictures, in which nothing of what was there is left."""

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from bluepals.domain.letters import ScannedLetter
from bluepals.domain.redaction import COLUMNS, ROWS, Cell, RedactionRefused
from bluepals.paper.pages import as_pdf, page_pictures

JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Box:
    """`page`: from 1 on. The others in parts of the page's width and height, from its upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


def boxes_of(cells: Iterable[Cell]) -> list[Box]:
    return [
        Box(
            one.page,
            (one.column - 1) / COLUMNS,
            (one.row - 1) / ROWS,
            one.column / COLUMNS,
            one.row / ROWS,
        )
        for one in cells
    ]


def blackened(letter: ScannedLetter, boxes: Sequence[Box]) -> ScannedLetter:
    """A copy with these parts black; pages without one stay as they are. The same boxes, the same bytes.

    Raises RedactionRefused.
    """
    pages = page_pictures(letter.pdf)
    if any(not 1 <= box.page <= len(pages) for box in boxes):
        raise RedactionRefused("The letter has changed. Open it again, and say what is to be left out.")
    return ScannedLetter(
        as_pdf(
            [
                _drawn(jpeg, [box for box in boxes if box.page == number])
                for number, jpeg in enumerate(pages, start=1)
            ]
        )
    )


def _drawn(jpeg: bytes, boxes: Sequence[Box]) -> bytes:
    if not boxes:
        return jpeg
    picture = Image.open(io.BytesIO(jpeg), formats=("JPEG",)).convert("RGB")
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        # Outwards to whole pixels: an edge that is half covered can be read.
        pen.rectangle(
            (
                math.floor(box.left * picture.width),
                math.floor(box.top * picture.height),
                math.ceil(box.right * picture.width),
                math.ceil(box.bottom * picture.height),
            ),
            fill="black",
        )
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    file = io.BytesIO()
    bare.save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()
