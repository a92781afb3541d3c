"""Uploads become pages: one plain PDF of pictures, with nothing else of the upload in it."""

import io
import struct
import tracemalloc
import zlib

import pikepdf
import pytest
from PIL import Image, ImageDraw

from bluepals.domain.sentences import Sentence
from bluepals.paper import pages
from bluepals.paper.pages import (
    MAX_PAGES,
    MAX_UPLOAD_BYTES,
    PagesRefused,
    Upload,
    Wrong,
    clean_pages,
    page_pictures,
)
from bluepals.paper.redraw import A_LETTER, UploadRefused, pages_of

ORIENTATION, DESCRIPTION, GPS = 0x0112, 0x010E, 0x8825
SECRET = "Oak Street 12"


def picture(size=(300, 400), color="white", mark="navy") -> Image.Image:
    """A page with a mark in its upper left corner."""
    page = Image.new("RGB", size, color)
    ImageDraw.Draw(page).rectangle((0, 0, size[0] // 4, size[1] // 4), fill=mark)
    return page


def saved(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def hostile_pdf() -> bytes:
    """A page that carries a script, a form, an attachment, a link, hidden notes and a photo's own EXIF."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(300, 400))
    exif = Image.Exif()
    exif[DESCRIPTION] = SECRET
    photo = pdf.make_stream(
        saved(picture(), "JPEG", exif=exif),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=300,
        Height=400,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
    page.Contents = pdf.make_stream(b"300 0 0 400 0 0 cm /Photo Do")
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{SECRET}')")
    page.AA = pikepdf.Dictionary(O=script)
    page.Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Link,
                Rect=[0, 0, 300, 400],
                A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/" + SECRET),
            )
        ]
    )
    pdf.Root.OpenAction = script
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=SECRET)
    pdf.attachments["notes.txt"] = SECRET.encode()
    pdf.docinfo["/Author"] = SECRET
    with pdf.open_metadata() as metadata:
        metadata["dc:title"] = SECRET
    file = io.BytesIO()
    pdf.save(file)
    return file.getvalue()


def blank_pdf(page_count: int, **options) -> bytes:
    pdf = pikepdf.new()
    for _ in range(page_count):
        pdf.add_blank_page(page_size=(200, 300))
    file = io.BytesIO()
    pdf.save(file, **options)
    return file.getvalue()


def cleaned(content: bytes, filename: str = "letter") -> bytes:
    return clean_pages([Upload(filename, content)])


def first_page(pdf: bytes) -> Image.Image:
    return Image.open(io.BytesIO(page_pictures(pdf)[0]))


def is_dark(page: Image.Image, x: int, y: int) -> bool:
    return page.convert("L").getpixel((x, y)) < 100  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "PDF"])
def test_each_kind_of_file_becomes_one_page(kind):
    page = first_page(cleaned(saved(picture(), kind)))
    assert is_dark(page, page.width // 10, page.height // 10)
    assert not is_dark(page, page.width // 2, page.height // 2)


def test_pages_keep_the_order_in_which_they_were_sent():
    uploads = [Upload("a", saved(Image.new("L", (50, 50), shade), "PNG")) for shade in (0, 128, 255)]
    drawn = page_pictures(clean_pages(uploads))
    shades = [Image.open(io.BytesIO(page)).convert("L").getpixel((25, 25)) for page in drawn]
    assert shades == pytest.approx([0, 128, 255], abs=3)


def test_the_same_upload_is_the_same_bytes_at_any_time():
    upload = hostile_pdf()
    assert cleaned(upload) == cleaned(upload, "another name.pdf")


def test_a_photo_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    page = first_page(cleaned(saved(picture((400, 300)), "JPEG", exif=exif)))
    assert page.size == (300, 400)
    assert is_dark(page, 290, 10)


def test_a_page_lies_across_when_its_picture_does():
    with pikepdf.open(io.BytesIO(cleaned(saved(picture((400, 300)), "PNG")))) as pdf:
        assert [float(edge) for edge in pdf.pages[0].mediabox] == [0, 0, 792, 612]


def test_what_is_transparent_is_paper():
    ink = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    assert first_page(cleaned(saved(ink, "PNG"))).getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "gray"),
    [
        ("1", 0),
        ("L", 150),
        ("LA", (150, 255)),
        ("P", 0),
        ("I;16", 150 * 256),
        ("I", 150 * 256),
        ("CMYK", (0, 0, 0, 105)),
    ],
)
def test_every_depth_of_color_that_a_scanner_makes_is_read(mode, gray):
    seen = first_page(cleaned(saved(Image.new(mode, (40, 60), gray), "TIFF"))).getpixel((20, 30))
    assert seen == pytest.approx((0, 0, 0) if gray == 0 else (150, 150, 150), abs=3)


def test_large_pages_are_made_as_large_as_paper_needs():
    page = first_page(cleaned(saved(Image.new("L", (6000, 8000), 255), "PNG")))
    assert page.size == (1650, 2200)


def test_what_was_drawn_onto_a_pdf_page_is_kept_as_pixels():
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(100, 100))
    appearance = pdf.make_stream(b"0 0 0 rg 0 0 100 100 re f", BBox=[0, 0, 100, 100])
    appearance.Type, appearance.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    page.Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Ink,
                Rect=[0, 0, 100, 100],
                F=4,
                InkList=[[0, 0, 9, 9]],
                AP=pikepdf.Dictionary(N=appearance),
            )
        ]
    )
    file = io.BytesIO()
    pdf.save(file)
    assert is_dark(first_page(cleaned(file.getvalue())), 1000, 1000)


def test_fault_11_a_file_over_ten_megabytes_is_refused_without_a_copy():
    upload = Upload("scan.pdf", b"%PDF-" + bytes(MAX_UPLOAD_BYTES))
    tracemalloc.start()
    with pytest.raises(
        PagesRefused, match=r"“scan.pdf” has 10.0 MB, and 10 MB is the most. Scan it at a lower"
    ):
        clean_pages([upload])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_fault_20_exif_and_gps_are_gone():
    exif = Image.Exif()
    exif[DESCRIPTION] = SECRET
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (38.0, 37.0, 37.0)
    photo = saved(picture(), "JPEG", exif=exif, comment=SECRET.encode())
    assert Image.open(io.BytesIO(photo)).getexif().get_ifd(GPS)
    pdf = cleaned(photo)
    assert SECRET.encode() not in pdf
    assert not first_page(pdf).getexif()
    assert b"Exif" not in pdf


def test_fault_20_nothing_active_or_hidden_of_a_pdf_is_left():
    upload = hostile_pdf()
    assert is_dark(first_page(upload), 10, 10)
    assert b"Exif" in upload
    pdf = cleaned(upload)
    assert is_dark(first_page(pdf), 10, 10)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert set(document.Root.keys()) == {"/Pages", "/Type"}
        assert set(document.pages[0].obj.keys()) == {
            "/Contents",
            "/MediaBox",
            "/Parent",
            "/Resources",
            "/Type",
        }
        assert not document.docinfo
        assert not document.attachments
    assert b"Exif" not in pdf
    assert SECRET.encode() not in pdf


def test_fault_20_a_picture_of_more_than_sixty_million_pixels_is_refused_before_it_is_decoded():
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 10_000, 6_001, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"never read") + chunk(b"IEND", b"")
    with pytest.raises(PagesRefused, match="10,000 by 6,001 pixels, and 60 million pixels are the most"):
        cleaned(bomb)


def test_fault_20_the_cap_on_pixels_holds_inside_a_pdf_too():
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 300))
    bomb = pdf.make_stream(
        b"never read",
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=60_000,
        Height=60_000,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Bomb=bomb))
    page.Contents = pdf.make_stream(b"200 0 0 300 0 0 cm /Bomb Do")
    file = io.BytesIO()
    pdf.save(file)
    with pytest.raises(PagesRefused, match="60,000 by 60,000 pixels"):
        cleaned(file.getvalue())


def test_fault_20_a_handwriting_scan_as_tiff_keeps_all_its_pages():
    scan = saved(picture(), "TIFF", save_all=True, append_images=[picture(mark="white"), picture()])
    assert len(page_pictures(cleaned(scan))) == 3


@pytest.mark.parametrize(
    "content", [b"MZ\x90\0 a program", b"PK\x03\x04 a document", b"<svg onload='x'/>", b"hello"]
)
def test_fault_20_the_type_is_told_by_content_and_never_by_name(content):
    with pytest.raises(
        PagesRefused, match=r"“letter.docx.exe” is neither a PDF nor a photo. Send a PDF, or a photo as"
    ):
        cleaned(content, "letter.docx.exe")
    with pytest.raises(PagesRefused, match="neither a PDF nor a photo"):
        cleaned(content, "letter.pdf")
    assert cleaned(saved(picture(), "PNG"), "letter.docx.exe")


def test_a_heic_photo_is_refused_with_the_way_out():
    with pytest.raises(PagesRefused, match="Most Compatible"):
        cleaned(b"\0\0\0\x18ftypheic" + bytes(50), "IMG_1.HEIC")


@pytest.mark.parametrize("cut", [20, 200, 600])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "PDF"])
def test_a_broken_file_is_refused(kind, cut):
    content = saved(Image.effect_noise((60, 90), 90), kind)[:cut]
    with pytest.raises(UploadRefused, match=Wrong.UNREADABLE):
        list(pages_of(content, A_LETTER))


def test_the_refusal_names_the_file():
    with pytest.raises(PagesRefused, match=r"“page 2” can't be opened\. Open it on your own device"):
        clean_pages([Upload("page 1", saved(picture(), "PNG")), Upload("page 2", b"%PDF-1.7 no more")])


def test_what_the_drawing_process_finds_is_a_sentence_with_its_values():
    with pytest.raises(PagesRefused) as refusal:
        clean_pages([Upload("page 1", saved(picture(), "PNG")), Upload("page 2", blank_pdf(MAX_PAGES))])
    assert refusal.value.sentence.pattern.startswith("{name} takes the letter over {pages} pages")
    assert refusal.value.sentence.values == {"name": "“page 2”", "pages": 12}


def test_a_file_without_a_name_is_called_one_in_any_language():
    with pytest.raises(PagesRefused) as refusal:
        clean_pages([Upload("", b"%PDF-1.7 no more")])
    assert str(refusal.value).startswith("The file can't be opened.")
    assert isinstance(refusal.value.sentence.values["name"], Sentence)


def test_a_locked_pdf_is_refused_with_the_way_out():
    locked = blank_pdf(1, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(PagesRefused, match=r"locked with a password. Save it without one"):
        cleaned(locked)


def test_twelve_pages_are_the_most():
    assert len(page_pictures(cleaned(blank_pdf(MAX_PAGES)))) == MAX_PAGES
    with pytest.raises(PagesRefused, match="“letter” takes the letter over 12 pages, which is the most"):
        cleaned(blank_pdf(MAX_PAGES + 1))
    with pytest.raises(PagesRefused, match="“last” takes the letter over 12 pages"):
        clean_pages([Upload("first", blank_pdf(MAX_PAGES)), Upload("last", blank_pdf(1))])
    with pytest.raises(PagesRefused, match="13 files were sent"):
        clean_pages([Upload("a", b"x")] * 13)


def test_nothing_and_an_empty_file_are_refused():
    with pytest.raises(PagesRefused, match="No pages were sent"):
        clean_pages([])
    with pytest.raises(PagesRefused, match="“letter” is empty"):
        cleaned(b"")
    with pytest.raises(PagesRefused, match="“letter” can't be opened"):
        cleaned(blank_pdf(0))


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(pages, "SECONDS", 0.01)
    with pytest.raises(PagesRefused, match="take too long to draw"):
        cleaned(saved(picture(), "PNG"))


def test_a_file_name_is_said_back_without_what_could_harm_a_page_or_a_terminal():
    with pytest.raises(PagesRefused) as refusal:
        cleaned(b"hello", "\x1b[31m\r\n\u202e" + "x" * 500)
    assert str(refusal.value).startswith("“[31m" + "x" * 56 + "” is neither")
