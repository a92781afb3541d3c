"""What a school's copier makes of printed sheets: askew, upside down, coarse, blurred, noisy; with coffee and a cut corner."""

import io
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFilter

PRINTED_DPI = 200
DARK, COFFEE, PENCIL = (40, 40, 40), (110, 70, 30), (90, 90, 95)


def printed(pdf: bytes) -> Iterator[Image.Image]:
    """As they come out of the printer."""
    for page in pdfium.PdfDocument(pdf):
        yield page.render(scale=PRINTED_DPI / 72).to_pil().convert("RGB")


def scanned(sheet: Image.Image, dice: Random) -> Image.Image:
    """After a day in a fifth grade, and a copier."""
    page = sheet.copy()
    _write(page, dice)
    _spill(page, dice)
    _cut_a_corner(page, dice)
    askew = dice.uniform(-12, 12) + dice.choice((0, 0, 90, 180, 180, 270))
    coarser = dice.choice((75, 100, 150, 200)) / PRINTED_DPI
    page = page.convert("L").resize(
        (int(page.width * coarser), int(page.height * coarser)), Image.Resampling.BOX
    )
    page = page.rotate(askew, Image.Resampling.BILINEAR, expand=True, fillcolor=235)
    page = page.filter(ImageFilter.GaussianBlur(dice.uniform(0.2, 1.2)))
    return _noisy(page, dice)


def as_scans(pages: Sequence[Image.Image]) -> bytes:
    """One PDF, as a copier sends it."""
    file = io.BytesIO()
    first, *others = pages
    first.save(file, "PDF", save_all=True, append_images=others, quality=75)
    return file.getvalue()


def _write(page: Image.Image, dice: Random) -> None:
    """A letter in pencil, from line to line."""
    pen = ImageDraw.Draw(page)
    for line in range(dice.randint(3, 18)):
        x, y = page.width * 0.11, page.height * (0.185 + line * 0.0327)
        while x < page.width * dice.uniform(0.6, 0.9):
            to = (x + dice.uniform(4, 22), y - dice.uniform(-6, 30))
            pen.line((x, y, *to), fill=PENCIL, width=3)
            x, y = to[0], page.height * (0.185 + line * 0.0327)


def _spill(page: Image.Image, dice: Random) -> None:
    pen = ImageDraw.Draw(page, "RGBA")
    for _ in range(dice.randint(1, 3)):
        x, y, wide = dice.uniform(0, page.width), dice.uniform(0, page.height), dice.uniform(60, 260)
        pen.ellipse((x - wide, y - wide, x + wide, y + wide), fill=(*COFFEE, dice.randint(60, 230)))


def _cut_a_corner(page: Image.Image, dice: Random) -> None:
    x, y, gone = dice.choice((0, page.width)), dice.choice((0, page.height)), dice.uniform(60, 440)
    ImageDraw.Draw(page).polygon([(x, y), (abs(x - gone), y), (x, abs(y - gone))], fill=DARK)


def _noisy(page: Image.Image, dice: Random) -> Image.Image:
    grain = np.random.default_rng(dice.randrange(1 << 30)).standard_normal(page.size[::-1], np.float32)
    noisy = np.asarray(page, np.float32) + grain * dice.uniform(5, 30)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
