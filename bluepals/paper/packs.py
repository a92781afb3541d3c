"""What is printed: the class's pack for opening day, and one letter by itself."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf

from bluepals.domain.letters import DeliveryKind, Letter, ScannedLetter, Translation, TypedLetter
from bluepals.paper.lettering import printable_lines, uncovered
from bluepals.paper.printing import as_pdf, filled
from bluepals.paper.words import Words, in_own_words, words_in

TEMPLATE = Path(__file__).parent / "letters.typ"


@dataclass(frozen=True, slots=True)
class PackTitle:
    """What the cover says. The names are the school's own; the language is the teacher's. `opens_on` None: letters rest."""

    school: str
    class_name: str
    round_number: int
    opens_on: date | None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PackLetter:
    """A letter to a child, with the names as the school knows them. For a stock letter the pal is its writer."""

    child_name: str
    pal_name: str
    language: str
    content: Letter
    kind: DeliveryKind = DeliveryKind.LETTER
    translation: Translation | None = None


def class_pack(title: PackTitle, letters: Sequence[PackLetter]) -> bytes:
    """One PDF: a cover for the teacher, then each letter from a new sheet on. The same letters, the same bytes."""
    return _printed(
        {
            "title": f"Blue Pals, {title.school}, {title.class_name}, {title.round_number}",
            "pack": _cover(title, letters),
            "letters": [
                _page(letter, words_in(letter.language), words_in(title.language)) for letter in letters
            ],
        },
        [letter.content for letter in letters],
    )


def single_letter(letter: PackLetter) -> bytes:
    """One letter in either direction, without a cover. The same letter, the same bytes."""
    words = words_in(letter.language)
    page = _page(letter, words, words)
    return _printed(
        {"title": "Blue Pals", "pack": None, "letters": [page | {"ideas": None}]}, [letter.content]
    )


def _cover(title: PackTitle, letters: Sequence[PackLetter]) -> dict[str, Any]:
    words = words_in(title.language)
    count = words.one_letter if len(letters) == 1 else words.many_letters.format(count=len(letters))
    sentences = [count, words.sheets]
    if any(letter.kind is DeliveryKind.STOCK for letter in letters):
        sentences.append(words.reserve)
    if any(map(_has_unprintable, letters)):
        sentences.append(words.unprintable)
    return {
        "heading": words.opening_day,
        "class": _line(f"{title.school}  ·  {title.class_name}"),
        "when": _when(title, words),
        "sentences": sentences,
        "columns": words.columns,
        "keep": words.keep,
    }


def _when(title: PackTitle, words: Words) -> str:
    if title.opens_on is None:
        return words.resting_round.format(number=title.round_number)
    return words.round.format(number=title.round_number, day=words.long_date(title.opens_on))


def _page(letter: PackLetter, words: Words, teachers_words: Words) -> dict[str, Any]:
    to, sender = _line(letter.child_name), _line(letter.pal_name)
    by_kind = {
        DeliveryKind.LETTER: words.sender,
        DeliveryKind.LATE: words.late_sender,
        DeliveryKind.STOCK: words.stock_sender,
    }
    return {
        "to": to,
        "from": sender,
        "language": words.language,
        "heading": words.heading.format(name=to),
        "sender": by_kind[letter.kind].format(name=sender),
        "running": words.running.format(to=to, sender=sender),
        "ideas": words.ideas,
        "notes": _notes(letter, teachers_words),
        "footnote": words.footnote if _has_unprintable(letter) else None,
        "paragraphs": _paragraphs(letter.content.text) if isinstance(letter.content, TypedLetter) else [],
        "scans": _scans(letter.content) if isinstance(letter.content, ScannedLetter) else [],
        "translation": _translation(letter.translation),
    }


def _translation(translation: Translation | None) -> dict[str, Any] | None:
    if translation is None:
        return None
    return {
        "language": translation.language,
        "heading": _line(in_own_words(translation.language)),
        "paragraphs": _paragraphs(translation.text),
    }


def _notes(letter: PackLetter, words: Words) -> list[str]:
    notes = {
        words.late_note: letter.kind is DeliveryKind.LATE,
        words.stock_note: letter.kind is DeliveryKind.STOCK,
        words.handwritten: isinstance(letter.content, ScannedLetter),
        words.unprintable_note: _has_unprintable(letter),
    }
    return [note for note, holds in notes.items() if holds]


def _has_unprintable(letter: PackLetter) -> bool:
    texts = [letter.content.text] if isinstance(letter.content, TypedLetter) else []
    texts += [letter.translation.text] if letter.translation else []
    return any(map(uncovered, texts))


def _line(text: str) -> str:
    return " ".join(printable_lines(text))


def _paragraphs(text: str) -> list[list[str]]:
    """Lines as they were written; an empty line ends a paragraph."""
    paragraphs: list[list[str]] = [[]]
    for line in printable_lines(text):
        if line.strip():
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _scans(letter: ScannedLetter) -> list[dict[str, Any]]:
    with pikepdf.open(io.BytesIO(letter.pdf)) as pdf:
        boxes = [page.mediabox for page in pdf.pages]
        return [
            {"number": number, "across": bool(right - left > top - bottom)}
            for number, (left, bottom, right, top) in enumerate(boxes)
        ]


def _printed(data: dict[str, Any], contents: Sequence[Letter]) -> bytes:
    document = filled(TEMPLATE, data)
    pdf = as_pdf(document)
    if not any(isinstance(content, ScannedLetter) for content in contents):
        return pdf
    return _with_scans(pdf, json.loads(document.query("<scan>", field="value")), contents)


def _with_scans(printed: bytes, slots: Sequence[dict[str, Any]], contents: Sequence[Letter]) -> bytes:
    """Each scanned page laid into the empty page that the template kept for it, as large as fits."""
    pack = pikepdf.open(io.BytesIO(printed))
    scans = {
        number: pikepdf.open(io.BytesIO(content.pdf))
        for number, content in enumerate(contents)
        if isinstance(content, ScannedLetter)
    }
    for slot in slots:
        scan = scans[slot["letter"]].pages[slot["scan"]]
        _lay(pack, pack.pages[slot["page"] - 1], scan, slot["box"])
    file = io.BytesIO()
    pack.save(file, deterministic_id=True)
    for pdf in (pack, *scans.values()):
        pdf.close()
    return file.getvalue()


def _lay(pack: pikepdf.Pdf, page: pikepdf.Page, scan: pikepdf.Page, box: Sequence[float]) -> None:
    """`box` is left, distance from the page's top, width and height, in points."""
    left, from_top, width, height = box
    top = float(page.mediabox[3]) - from_top
    drawing = pack.copy_foreign(scan.as_form_xobject())
    # pikepdf's own overlay would give it a name by chance, and the pack new bytes each time.
    name = page.add_resource(drawing, pikepdf.Name.XObject, pikepdf.Name(f"/Scan{page.index}"))
    place = pikepdf.Rectangle(left, top - height, left + width, top)
    page.contents_add(
        page.calc_form_xobject_placement(
            drawing, name, place, invert_transformations=True, allow_shrink=True, allow_expand=True
        )
    )
