"""A notice for each family of a class, for the backpack: what their page of the desk is for, and how they open it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bluepals.paper.lettering import printable_lines
from bluepals.paper.printing import as_pdf, filled

TEMPLATE = Path(__file__).parent / "family_notices.typ"


@dataclass(frozen=True, slots=True)
class Words:
    """`{child}` and `{first_name}` are filled in with data."""

    heading: str
    where: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    how: str
    without: str


IN = {
    "en": Words(
        heading="For the family of {child}",
        where="{school}, class {class_name}",
        paragraphs=(
            (
                "In Blue Pals, {first_name} and an adult at a police agency write letters to each other all year. The letters"
                " are written at school, and a person reads each of them before it goes on."
            ),
            "Your family has a page of its own. There you can",
        ),
        points=(
            "see who writes to {first_name}, and say before they are introduced that you would rather have somebody else;",
            "read the letters of both;",
            "look at what you agreed to, and withdraw it at any time, without a reason;",
            "ask that everything about {first_name} be erased.",
        ),
        how="Open this address and type the e-mail address that the school has of you. You get a mail with a code.",
        without="The school has no e-mail address of yours, or another one? Tell the teacher. Everything that you can do on"
        " the page you can also tell the school in person or on paper.",
    ),
    "es": Words(
        heading="Para la familia de {child}",
        where="{school}, clase {class_name}",
        paragraphs=(
            (
                "En Blue Pals, {first_name} y una persona adulta de la policía se escriben cartas durante todo el año. Las cartas"
                " se escriben en la escuela, y una persona lee cada una antes de entregarla."
            ),
            "Su familia tiene una página propia. Allí puede",
        ),
        points=(
            "ver quién escribe a {first_name} y, antes de que les presentemos, decir que prefiere a otra persona;",
            "leer las cartas de las dos partes;",
            "ver lo que usted ha autorizado y retirarlo en cualquier momento, sin dar una razón;",
            "pedir que se borre todo sobre {first_name}.",
        ),
        how="Abra esta dirección y escriba el correo electrónico que usted dio a la escuela. Recibirá un mensaje con un código.",
        without="¿La escuela no tiene su correo electrónico, o tiene otro? Dígalo en la escuela. Todo lo que puede hacer en la"
        " página también puede pedirlo en la escuela, en persona o por escrito.",
    ),
}


@dataclass(frozen=True, slots=True)
class FamilyNotice:
    """`address`: of the family's page, for everybody the same: it opens nothing by itself."""

    first_name: str
    last_name: str
    language: str
    school: str
    class_name: str
    address: str


def notices(of: Sequence[FamilyNotice]) -> bytes:
    """One PDF, a page for each. The same notices, the same bytes."""
    data = {"title": "Blue Pals", "notices": [_page(one) for one in of]}
    return as_pdf(filled(TEMPLATE, data))


def _page(one: FamilyNotice) -> dict[str, object]:
    language = one.language.partition("-")[0].lower()
    language = language if language in IN else "en"
    words = IN[language]
    data = {
        "child": _line(f"{one.first_name} {one.last_name}"),
        "first_name": _line(one.first_name),
        "school": _line(one.school),
        "class_name": _line(one.class_name),
    }
    return {
        "language": language,
        "heading": words.heading.format(**data),
        "where": words.where.format(**data),
        "paragraphs": [text.format(**data) for text in words.paragraphs],
        "points": [text.format(**data) for text in words.points],
        "how": words.how,
        "address": one.address,
        "without": words.without,
    }


def _line(text: str) -> str:
    return " ".join(printable_lines(text))
