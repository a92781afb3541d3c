"""A scanned stack of letters: its pages drawn anew, with the codes that are on them, and made into letters again."""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from bluepals.domain.letters import ScannedLetter
from bluepals.paper.pages import (
    MAX_UPLOAD_BYTES,
    PagesRefused,
    Upload,
    as_pdf,
    check_from_outside,
    drawn_apart,
    is_pdf,
)

MAX_STACK_PAGES = 80
MAX_STACK_BYTES = 80 * 1024 * 1024
SECONDS = 150

SCREEN_PIXELS = (
    1100  # of the long edge: handwriting can be read, and a page of 2200 is decoded at half its size
)
TURNED_QUALITY = 90


@dataclass(frozen=True, slots=True)
class ReadPage:
    """`codes`: what the squares of our sheets say on it, each once. `has_unread`: there is a square that can't be read."""

    jpeg: bytes
    codes: tuple[str, ...]
    has_unread: bool
    is_empty: bool


def read_stack(uploads: Sequence[Upload]) -> list[ReadPage]:
    """The pages in order; those with a code stand upright.

    Blocks while a process of its own draws (half a second, and a fifth more for each page): call it in a thread.
    Raises PagesRefused.
    """
    if not uploads:
        raise PagesRefused("No stack was sent. Choose the PDF from the copier, or photos of the pages.")
    if len(uploads) > MAX_STACK_PAGES:
        raise PagesRefused(
            "{files} files were sent, and a stack has {most} pages at the most. Send the others as a second stack.",
            files=len(uploads),
            most=MAX_STACK_PAGES,
        )
    for upload in uploads:
        check_from_outside(upload, MAX_STACK_BYTES if is_pdf(upload.content) else MAX_UPLOAD_BYTES)
    return list(_pages(io.BytesIO(drawn_apart("bluepals.paper.redraw_stack", uploads, SECONDS))))


def _pages(drawn: io.BytesIO) -> Iterator[ReadPage]:
    while line := drawn.readline():
        head = json.loads(line)
        yield ReadPage(drawn.read(head["size"]), tuple(head["codes"]), head["unread"], head["empty"])


def turned(jpeg: bytes, degrees: int) -> bytes:
    """Clockwise, by quarters. The same picture, the same bytes."""
    return _saved(_opened(jpeg).rotate(-degrees, expand=True), TURNED_QUALITY) if degrees else jpeg


def on_screen(jpeg: bytes, degrees: int) -> bytes:
    """Turned, and no larger than a page of the desk needs it."""
    picture = _opened(jpeg)
    picture.draft(None, (SCREEN_PIXELS, SCREEN_PIXELS))
    picture.thumbnail((SCREEN_PIXELS, SCREEN_PIXELS))
    return _saved(picture.rotate(-degrees, expand=True), 75)


def letter_of(jpegs: Sequence[bytes]) -> ScannedLetter:
    return ScannedLetter(as_pdf(jpegs))


def _opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg), formats=("JPEG",))


def _saved(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
