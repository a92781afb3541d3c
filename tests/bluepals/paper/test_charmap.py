"""What a font can draw is read from its own tables."""

import struct
from pathlib import Path

import pytest

from bluepals.paper.charmap import FontUnreadable, characters_of
from bluepals.paper.lettering import FOLDER


def font(encoding: int, subtable: bytes) -> bytes:
    """A file with nothing but a character map."""
    cmap = struct.pack(">HHHHI", 0, 1, 3, encoding, 12) + subtable
    return struct.pack(">IHHHH4sIII", 0x00010000, 1, 0, 0, 0, b"cmap", 0, 28, len(cmap)) + cmap


def segments(*of: tuple[int, int, int, int], glyphs: tuple[int, ...] = ()) -> bytes:
    lasts, firsts, shifts, listed = (struct.pack(f">{len(of)}H", *values) for values in zip(*of, strict=True))
    listing = struct.pack(f">{len(glyphs)}H", *glyphs)
    return (
        struct.pack(">7H", 4, 0, 0, 2 * len(of), 0, 0, 0)
        + lasts
        + b"\0\0"
        + firsts
        + shifts
        + listed
        + listing
    )


def groups(*of: tuple[int, int, int]) -> bytes:
    return struct.pack(">HHIII", 12, 0, 0, 0, len(of)) + b"".join(struct.pack(">III", *one) for one in of)


def characters(tmp_path: Path, content: bytes) -> str:
    file = tmp_path / "font.ttf"
    file.write_bytes(content)
    return "".join(sorted(characters_of(file)))


def test_a_range_is_read(tmp_path: Path) -> None:
    closing = (0xFFFF, 0xFFFF, 1, 0)
    assert characters(tmp_path, font(1, segments((0x63, 0x61, 5, 0), closing))) == "abc"


def test_a_character_whose_glyph_is_none_is_not_covered(tmp_path: Path) -> None:
    listed = (0x63, 0x61, 0, 4)
    content = segments(listed, (0xFFFF, 0xFFFF, 1, 0), glyphs=(7, 0, 9))
    assert characters(tmp_path, font(1, content)) == "ac"


def test_characters_beyond_the_first_plane_are_read(tmp_path: Path) -> None:
    assert characters(tmp_path, font(10, groups((0x61, 0x62, 3), (0x1F600, 0x1F601, 9)))) == "ab😀😁"


@pytest.mark.parametrize(
    "content", [b"", b"no font", b"%PDF-1.7", font(10, b"\0\6" + bytes(40)), font(9, b"")]
)
def test_what_is_no_font_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FontUnreadable, match=r"font\.ttf is no font with a Unicode character map"):
        characters(tmp_path, content)


def test_the_projects_fonts_together_cover_letters_and_emoji() -> None:
    assert {"a", "é", "Ж"} <= characters_of(FOLDER / "Andika-Regular.ttf")
    assert {"😀", "👮"} <= characters_of(FOLDER / "NotoEmoji-Regular.ttf")
    assert "😀" not in characters_of(FOLDER / "Andika-Regular.ttf")
