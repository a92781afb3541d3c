"""A certificate for each child and each officer who took part, in their language."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bluepals.paper.lettering import printable_lines
from bluepals.paper.printing import as_pdf, filled

TEMPLATE = Path(__file__).parent / "certificates.typ"

HEADING = {"en": "Certificate", "es": "Certificado"}
TO_A_CHILD = {
    "en": "wrote letters to a police officer all year, and read every answer on opening day.",
    "es": "escribió cartas durante todo el año a una persona de la policía y leyó cada respuesta el día de las cartas.",
}
TO_AN_OFFICER = {
    "en": "wrote letters to fifth-graders all year. A child waited for each of them.",
    "es": "escribió cartas durante todo el año a estudiantes de quinto grado. Cada carta fue esperada.",
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """`where`: the school, or the agency; `school_year`: as 2026."""

    name: str
    language: str
    where: str
    school_year: int


def childrens(certificates: Sequence[Certificate]) -> bytes:
    """One PDF, a page for each. The same certificates, the same bytes."""
    return _printed(certificates, TO_A_CHILD)


def officers(certificates: Sequence[Certificate]) -> bytes:
    return _printed(certificates, TO_AN_OFFICER)


def _printed(certificates: Sequence[Certificate], words: dict[str, str]) -> bytes:
    data = {"title": "Blue Pals", "certificates": [_page(one, words) for one in certificates]}
    return as_pdf(filled(TEMPLATE, data))


def _page(one: Certificate, words: dict[str, str]) -> dict[str, str]:
    language = one.language if one.language in words else "en"
    return {
        "language": language,
        "heading": HEADING[language],
        "name": _line(one.name),
        "words": words[language],
        "where": f"{_line(one.where)}  ·  {one.school_year}-{one.school_year + 1}",
    }


def _line(text: str) -> str:
    return " ".join(printable_lines(text))
