"""Scanned pages made safe: whatever was uploaded becomes one plain PDF of pictures, the same for the same upload."""

import io
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import img2pdf
import pikepdf

from bluepals.domain.refusals import Refused

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 60_000_000
MAX_PAGES = 12
SECONDS = 60

US_LETTER = (612.0, 792.0)  # points

# How a process that draws is spoken to: each upload goes in as its length and its bytes.
LENGTH = struct.Struct(">Q")
REFUSED = 3

PROJECT = Path(__file__).parents[2]
TRY_THESE = "Send a PDF, or a photo as JPEG, PNG, TIFF or WebP."
PHOTO_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")


class PagesRefused(Refused):
    """The pages can't be taken: one sentence for their sender. It may name a file, so it is for no log."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came. Its name is said back to its sender and believed in nothing."""

    filename: str
    content: bytes


def clean_pages(uploads: Sequence[Upload]) -> bytes:
    """One PDF of all pages, in order, drawn anew as pictures: byte for byte the same for the same uploads.

    Blocks while a process of its own draws (half a second, and a fifth more for each page): call it in a
    thread. Raises PagesRefused.
    """
    if not uploads:
        raise PagesRefused("No pages were sent. {try_these}", try_these=TRY_THESE)
    if len(uploads) > MAX_PAGES:
        raise PagesRefused(
            "{len} files were sent, and a letter has {max_pages} pages at the most. Send fewer pages.",
            len=len(uploads),
            max_pages=MAX_PAGES,
        )
    for upload in uploads:
        check_from_outside(upload, MAX_UPLOAD_BYTES)
    return drawn_apart("bluepals.paper.redraw", uploads, SECONDS)


def page_pictures(pdf: bytes) -> list[bytes]:
    """The pages of a PDF that `clean_pages` made, each as the JPEG that is in it."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [image.read_raw_bytes() for page in document.pages for image in page.get_images().values()]


def as_pdf(jpegs: Sequence[bytes]) -> bytes:
    """One picture a page, upright or across as the picture is; nothing in it differs from run to run."""
    layout = img2pdf.get_layout_fun(pagesize=US_LETTER, fit=img2pdf.FitMode.into, auto_orient=True)
    # img2pdf's other engines put the time of day into the file's id.
    engine = img2pdf.Engine.internal
    pdf: bytes = img2pdf.convert(list(jpegs), layout_fun=layout, nodate=True, producer="", engine=engine)
    return pdf


def check_from_outside(upload: Upload, most_bytes: int) -> None:
    """What size and first bytes tell, before anything is decoded. Raises PagesRefused."""
    name, content = _shown_name(upload), upload.content
    if not content:
        raise PagesRefused("{name} is empty. Choose the file again and send it once more.", name=name)
    if len(content) > most_bytes:
        raise PagesRefused(
            "{name} has {value} MB, and {value2} MB is the most. Scan it at a lower resolution, or send its pages"
            " one by one.",
            name=name,
            value=f"{len(content) / 1024 / 1024:.1f}",
            value2=most_bytes // 1024 // 1024,
        )
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        raise PagesRefused(
            "{name} is a HEIC photo, which can't be read here. On an iPhone choose Settings, Camera, Formats, "
            "Most Compatible, and take the photo again.",
            name=name,
        )
    if not (is_pdf(content) or content.startswith(PHOTO_MAGIC) or _is_webp(content)):
        raise PagesRefused("{name} is neither a PDF nor a photo. {try_these}", name=name, try_these=TRY_THESE)


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _shown_name(upload: Upload) -> str:
    printable = "".join(character for character in upload.filename if character.isprintable())
    return f"“{printable[:60]}”" if printable.strip() else "The file"


def drawn_apart(module: str, uploads: Sequence[Upload], seconds: int) -> bytes:
    """What this module makes of them, in a process with no environment: no secret is within reach. Raises PagesRefused."""
    framed = b"".join(
        part for upload in uploads for part in (LENGTH.pack(len(upload.content)), upload.content)
    )
    command = [sys.executable, "-E", "-s", "-m", module]
    try:
        drawn = subprocess.run(  # noqa: S603 (a command of our own; the uploads are its input only)
            command, input=framed, capture_output=True, cwd=PROJECT, env={}, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise PagesRefused("The pages take too long to draw. {try_these}", try_these=TRY_THESE) from None
    if drawn.returncode == 0:
        return drawn.stdout
    if drawn.returncode == REFUSED:
        place, _, sentence = drawn.stdout.decode().partition(" ")
        raise PagesRefused(
            "{shown_name} {sentence}", shown_name=_shown_name(uploads[int(place)]), sentence=sentence
        )
    raise PagesRefused(
        "The pages can't be drawn with the memory and the time that there are for them. "
        "Take photos of the pages, or scan them at a lower resolution, and send those."
    )
