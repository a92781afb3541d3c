"""A letter as a child's page out of the copier: drawn, a little askew, as any scan comes in."""

import asyncio
import io
import textwrap
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from bluepals.domain.letters import ScannedLetter
from bluepals.paper.lettering import FOLDER
from bluepals.paper.pages import Upload, clean_pages

PAGE = (850, 1100)  # pixels: a letter page at 100 dots an inch
MARGIN, LINE = 90, 42
PENCIL, RULE, PAPER = (58, 62, 74), (205, 218, 232), (252, 251, 246)
CHARACTERS = 44
DEGREES = -1.2

_AT_ONCE = asyncio.Semaphore(2)  # Drawing takes a processor.


async def handwritten(text: str) -> ScannedLetter:
    """The same text gives the same page."""
    async with _AT_ONCE:
        pdf = await asyncio.to_thread(lambda: clean_pages([Upload("letter.png", _scan(text))]))
    return ScannedLetter(pdf)


def _scan(text: str) -> bytes:
    page = Image.new("RGB", PAGE, PAPER)
    pen = ImageDraw.Draw(page)
    for y in range(MARGIN + LINE, PAGE[1] - MARGIN, LINE):
        pen.line([(MARGIN // 2, y), (PAGE[0] - MARGIN // 2, y)], fill=RULE)
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, CHARACTERS) or [""]]
    for number, line in enumerate(lines[: (PAGE[1] - 2 * MARGIN) // LINE]):
        pen.text((MARGIN, MARGIN + number * LINE + 6), line, fill=PENCIL, font=_font())
    scanned = io.BytesIO()
    page.rotate(DEGREES, fillcolor=PAPER, resample=Image.Resampling.BICUBIC).save(scanned, "PNG")
    return scanned.getvalue()


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / "Andika-Regular.ttf"), 28)
