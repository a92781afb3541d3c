"""Scanned pages made safe: whatever was uploaded becomes one plain PDF of pictures, the same for the same upload."""

import io
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import img2pdf
import pikepdf

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 60_000_000
MAX_PAGES = 12
SECONDS = 60

US_LETTER = (612.0, 792.0)  # points

# How a process that draws is spoken to: each upload goes in as its length and its bytes.
LENGTH = struct.Struct(">Q")
REFUSED = 3

PROJECT = Path(__file__).parents[2]
TRY_THESE = Sentence("Send a PDF, or a photo as JPEG, PNG, TIFF or WebP.")
PHOTO_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")


class PagesRefused(Refused):
    """The pages can't be taken: one sentence for their sender. It may name a file, so it is for no log."""


class Wrong(StrEnum):
    """What a process that draws says of an upload, with the numbers that belong to it."""

    LETTER_TOO_LONG = "letter-too-long"  # the most pages
    STACK_TOO_LONG = "stack-too-long"  # the most pages
    UNREADABLE = "unreadable"
    LOCKED = "locked"
    TOO_LARGE = "too-large"  # width and height


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
            "{files} files were sent, and a letter has {most} pages at the most. Send fewer pages.",
            files=len(uploads),
            most=MAX_PAGES,
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
            "{name} has {megabytes} MB, and {most} MB is the most. Scan it at a lower resolution, or send its pages one by"
            " one.",
            name=name,
            megabytes=f"{len(content) / 1024 / 1024:.1f}",
            most=most_bytes // 1024 // 1024,
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
    return f"“{printable[:60]}”" if printable.strip() else Sentence("The file")


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
        place, wrong, *numbers = drawn.stdout.decode().split()
        raise _refused(uploads[int(place)], Wrong(wrong), [int(number) for number in numbers])
    raise PagesRefused(
        "The pages can't be drawn with the memory and the time that there are for them. "
        "Take photos of the pages, or scan them at a lower resolution, and send those."
    )


def _refused(upload: Upload, wrong: Wrong, numbers: Sequence[int]) -> PagesRefused:
    name = _shown_name(upload)
    match wrong:
        case Wrong.LETTER_TOO_LONG:
            return PagesRefused(
                "{name} takes the letter over {pages} pages, which is the most. Send fewer pages.",
                name=name,
                pages=numbers[0],
            )
        case Wrong.STACK_TOO_LONG:
            return PagesRefused(
                "{name} takes the stack over {pages} pages, which is the most. Send the others as a second stack.",
                name=name,
                pages=numbers[0],
            )
        case Wrong.UNREADABLE:
            return PagesRefused(
                "{name} can't be opened. Open it on your own device, save it anew as a PDF or a JPEG, and send that.",
                name=name,
            )
        case Wrong.LOCKED:
            return PagesRefused(
                "{name} is locked with a password. Save it without one and send it again.", name=name
            )
        case Wrong.TOO_LARGE:
            width, height = numbers
            return PagesRefused(
                "{name} has a picture of {width} by {height} pixels, and {most} million pixels are the most. Scan it at a"
                " lower resolution and send it again.",
                name=name,
                width=f"{width:,}",
                height=f"{height:,}",
                most=MAX_PIXELS // 1_000_000,
            )
