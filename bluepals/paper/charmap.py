"""Which characters a TrueType font can draw, read from its `cmap` table (OpenType 1.9, formats 4 and 12)."""

import struct
from collections.abc import Iterator
from pathlib import Path

WINDOWS_BMP, WINDOWS_FULL = (3, 1), (3, 10)
UNMAPPED = 0xFFFF


class FontUnreadable(Exception):
    """The file is no TrueType font with a Unicode `cmap`; the message names it."""


def characters_of(font: Path) -> frozenset[str]:
    """Raises FontUnreadable."""
    content = font.read_bytes()
    try:
        cmap = _table(content, b"cmap")
        return frozenset(map(chr, _code_points(_best_subtable(cmap))))
    except (LookupError, struct.error):
        raise FontUnreadable(f"{font.name} is no font with a Unicode character map.") from None


def _table(content: bytes, wanted: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", content, 4)
    for number in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", content, 12 + 16 * number)
        if tag == wanted:
            return content[offset : offset + length]
    raise LookupError(wanted)


def _best_subtable(cmap: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", cmap, 2)
    offsets = {}
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * number)
        offsets[platform, encoding] = offset
    return cmap[offsets.get(WINDOWS_FULL) or offsets[WINDOWS_BMP] :]


def _code_points(subtable: bytes) -> Iterator[int]:
    (form,) = struct.unpack_from(">H", subtable)
    if form == 12:
        return _of_groups(subtable)
    if form == 4:
        return _of_segments(subtable)
    raise LookupError(form)


def _of_groups(subtable: bytes) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", subtable, 12)
    for first, last, glyph in struct.iter_unpack(">III", subtable[16 : 16 + 12 * count]):
        yield from range(first + (glyph == 0), last + 1)


def _of_segments(subtable: bytes) -> Iterator[int]:
    """Four arrays of one entry a segment: its last character, its first, a shift, and where its glyphs are listed."""
    double, arrays = struct.unpack_from(">H", subtable, 6)[0], 14
    for place in range(0, double, 2):
        (last,) = struct.unpack_from(">H", subtable, arrays + place)
        first, shift, listed = (
            struct.unpack_from(">H", subtable, arrays + 2 + double * number + place)[0]
            for number in (1, 2, 3)
        )
        here = arrays + 2 + double * 3 + place
        for code in range(first, last + 1):
            if code == UNMAPPED:
                continue
            glyph = code + shift
            if listed:
                (glyph,) = struct.unpack_from(">H", subtable, here + listed + 2 * (code - first))
            if glyph % 0x10000:
                yield code
