"""Draws uploaded pages anew, in a process of its own: what comes out holds pixels and nothing else of the upload.

Decoders are where hostile files bite, so they run here with little memory, little time, no environment (and so
no secrets) and no file to write to. `bluepals.paper.pages` starts this. Out goes one PDF, or with the status
REFUSED the place of an upload, from 0, what is wrong with it, and the numbers that belong to that.
"""

import io
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

import pypdfium2 as pdfium
from PIL import Image, ImageOps, ImageSequence

from bluepals.paper.pages import LENGTH, MAX_PAGES, MAX_PIXELS, REFUSED, Wrong, as_pdf, is_pdf

MEMORY_BYTES = 2 << 30

LONG_EDGE_PIXELS = 2200  # 200 dots an inch on a letter page: pencil stays legible, a page has about 0.4 MB
JPEG_QUALITY = 78
PHOTO_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")

Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class Most:
    """What uploads may hold and cost together. `too_many`: what is wrong with the one that goes over it."""

    pages: int
    cpu_seconds: int
    too_many: Wrong

    def refuses(self) -> "UploadRefused":
        return UploadRefused(self.too_many, self.pages)


A_LETTER = Most(MAX_PAGES, 20, Wrong.LETTER_TOO_LONG)


class UploadRefused(Exception):
    """What is wrong with one upload, and the numbers that belong to it."""

    def __init__(self, wrong: Wrong, *numbers: int) -> None:
        super().__init__(" ".join([wrong, *map(str, numbers)]))


def main() -> int:
    return drawing(A_LETTER, as_jpeg, as_pdf)


def drawing(
    most: Most, draw: Callable[[Image.Image], Drawn], put_together: Callable[[list[Drawn]], bytes]
) -> int:
    """Answers what is made of all pages that come in, or REFUSED. The process's status."""
    limit_resources(most.cpu_seconds)
    Image.MAX_IMAGE_PIXELS = None  # check_size stands in its place and says what to do.
    drawn: list[Drawn] = []
    for place, content in enumerate(received(sys.stdin.buffer)):
        try:
            drawn += drawn_of(content, most, len(drawn), draw)
        except UploadRefused as refusal:
            sys.stdout.buffer.write(f"{place} {refusal}".encode())
            return REFUSED
    sys.stdout.buffer.write(put_together(drawn))
    return 0


def drawn_of(
    content: bytes, most: Most, so_far: int, draw: Callable[[Image.Image], Drawn]
) -> Iterator[Drawn]:
    """Raises UploadRefused."""
    for number, page in enumerate(pages_of(content, most), start=so_far + 1):
        if number > most.pages:
            raise most.refuses()
        yield draw(page)


def limit_resources(cpu_seconds: int) -> None:
    limits = {resource.RLIMIT_CPU: cpu_seconds, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    if sys.platform != "darwin":  # macOS refuses it; a developer's machine does without.
        limits[resource.RLIMIT_AS] = MEMORY_BYTES
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def received(stream: BinaryIO) -> Iterator[bytes]:
    while head := stream.read(LENGTH.size):
        yield stream.read(LENGTH.unpack(head)[0])


def pages_of(content: bytes, most: Most) -> Iterator[Image.Image]:
    """The upload's pages as pictures. Raises UploadRefused."""
    try:
        yield from pdf_pages(content, most) if is_pdf(content) else photo_pages(content)
    except (UploadRefused, MemoryError):
        raise
    except Exception as error:
        # A decoder fails on a broken file in any way it likes; to the sender all of them mean the same.
        raise UploadRefused(Wrong.UNREADABLE) from error


def pdf_pages(content: bytes, most: Most) -> Iterator[Image.Image]:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium.raw.FPDF_ERR_PASSWORD:
            raise UploadRefused(Wrong.LOCKED) from error
        raise
    if len(document) > most.pages:
        raise most.refuses()
    for page in document:
        for picture in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE]):
            check_size(*picture.get_px_size())
        # What was drawn onto a page on a tablet is an annotation: it is drawn too, and only pixels afterwards.
        yield page.render(scale=LONG_EDGE_PIXELS / max(*page.get_size(), 1.0)).to_pil()


def photo_pages(content: bytes) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(content), formats=PHOTO_FORMATS) as photo:
        for frame in ImageSequence.Iterator(photo) if photo.format == "TIFF" else [photo]:
            check_size(*frame.size)
            frame.draft("RGB", (LONG_EDGE_PIXELS, LONG_EDGE_PIXELS))
            yield ImageOps.exif_transpose(frame)


def check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise UploadRefused(Wrong.TOO_LARGE, width, height)


def as_jpeg(page: Image.Image) -> bytes:
    """The page on white, no larger than it needs to be, as a JPEG without any metadata."""
    if page.mode.startswith("I"):  # 16 bits a dot: cut to 8 as they are, all but black would turn white
        page = page.point(lambda shade: shade / 256).convert("L")
    page.thumbnail((LONG_EDGE_PIXELS, LONG_EDGE_PIXELS), reducing_gap=2.0)
    if page.has_transparency_data:
        page = Image.alpha_composite(Image.new("RGBA", page.size, "white"), page.convert("RGBA"))
    bare = Image.new("RGB", page.size)
    bare.paste(page.convert("RGB"))
    jpeg = io.BytesIO()
    bare.save(jpeg, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return jpeg.getvalue()


if __name__ == "__main__":
    sys.exit(main())
