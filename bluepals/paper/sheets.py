"""A sheet for each child to write a letter on: its first name, the round, and a code by which a scanned stack files itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import segno

from bluepals.paper.lettering import printable_lines
from bluepals.paper.printing import as_pdf, filled

TEMPLATE = Path(__file__).parent / "sheets.typ"


@dataclass(frozen=True, slots=True)
class Words:
    """`{name}`, `{pal}` and `{number}` are filled in with data."""

    heading: str
    to: str
    back: str
    squares: str


IN = {
    "en": Words(
        heading="A letter from {name}",
        to="To {pal}  ·  Round {number}",
        back="You may continue on the back.",
        squares="Please leave the two squares free.",
    ),
    "es": Words(
        heading="Una carta de {name}",
        to="Para {pal}  ·  Ronda {number}",
        back="Puedes seguir en el reverso.",
        squares="Por favor, deja libres los dos cuadros.",
    ),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name`: no last name, since the officer sees it. `code`: nobody's name is in it."""

    name: str
    pal_name: str
    round_number: int
    language: str
    class_name: str
    code: str


def sheets(of: Sequence[Sheet]) -> bytes:
    """One PDF, a page for each. The same sheets, the same bytes."""
    data = {"title": "Blue Pals", "sheets": [_page(one) for one in of]}
    return as_pdf(filled(TEMPLATE, data))


def _page(one: Sheet) -> dict[str, object]:
    language = one.language.partition("-")[0].lower()
    language = language if language in IN else "en"
    words = IN[language]
    data = {"name": _line(one.name), "pal": _line(one.pal_name), "number": one.round_number}
    return {
        "language": language,
        "heading": words.heading.format(**data),
        "to": words.to.format(**data),
        "class": _line(one.class_name),
        "back": words.back,
        "squares": words.squares,
        "code": _square(one.code),
    }


def _square(code: str) -> str:
    """A QR code as a drawing: of its dots nearly a third may be missing."""
    return segno.make_qr(code, error="h", boost_error=False).svg_inline(scale=4, border=4)


def _line(text: str) -> str:
    return " ".join(printable_lines(text))
