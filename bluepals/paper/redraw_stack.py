"""Draws a scanned stack anew and reads the codes on its sheets, in a process as that of `bluepals.paper.redraw`.

`bluepals.paper.stacks` starts this. Out goes for each page a line of JSON, with how many bytes its JPEG has, and the JPEG.
"""

import json
import sys

import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps

from bluepals.domain.stacks import SHEET
from bluepals.paper.pages import Wrong
from bluepals.paper.redraw import Most, as_jpeg, drawing
from bluepals.paper.stacks import MAX_STACK_PAGES

A_STACK = Most(MAX_STACK_PAGES, 120, Wrong.STACK_TOO_LONG)
QR_CODES = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
MARGIN = 0.04  # of each side: a scanner's edge is dark
PAPER_EDGE = 800  # pixels at which noise has become paper and a pencil's line is still one
INK = 22  # shades darker than the paper around it
LEAST_INK = 0.0002  # of the page: a signature has more


def main() -> int:
    return drawing(A_STACK, read, b"".join)


def read(page: Image.Image) -> bytes:
    page = page.convert("RGB") if page.mode != "L" else page
    found = squares(page.convert("L"))
    sheets = [one for one in found if one.valid and one.text.startswith(SHEET)]
    if sheets:
        page = page.rotate(round(sheets[0].orientation / 90) * 90, expand=True)
    jpeg = as_jpeg(page)
    head = {
        "codes": sorted({one.text for one in sheets}),
        "unread": any(not one.valid for one in found),
        "empty": not found and is_empty(page),
        "size": len(jpeg),
    }
    return json.dumps(head).encode() + b"\n" + jpeg


def squares(gray: Image.Image) -> list[zxingcpp.Barcode]:
    """Those that can be read; where there are none, those that can't."""
    found = _squares(gray)
    if any(one.valid for one in found):
        return found
    # Twice as large, the dots of a coarse and noisy scan come apart.
    larger = gray.resize((2 * gray.width, 2 * gray.height), Image.Resampling.BICUBIC)
    return _squares(larger) or found


def _squares(gray: Image.Image) -> list[zxingcpp.Barcode]:
    return zxingcpp.read_barcodes(gray, formats=QR_CODES, try_invert=False, return_errors=True)


def is_empty(page: Image.Image) -> bool:
    """Nobody has written on it; the shadow of a hand that holds a phone is no ink."""
    gray = ImageOps.crop(page.convert("L"), round(max(page.size) * MARGIN))
    gray.thumbnail((PAPER_EDGE, PAPER_EDGE), Image.Resampling.BOX)
    paper = gray.filter(ImageFilter.GaussianBlur(12))
    darker = ImageChops.subtract(paper, gray).histogram()
    return sum(darker[INK:]) < LEAST_INK * gray.width * gray.height


if __name__ == "__main__":
    sys.exit(main())
