"""A notice for each family of a class, for the backpack: what their page of the desk is for, and how they open it.

Before the child is introduced to an officer it says to whom, and until when the family may say no; to a family that has not
agreed, how it may.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bluepals.paper.lettering import printable_lines
from bluepals.paper.printing import as_pdf, filled
from bluepals.paper.words import Words as Dates
from bluepals.paper.words import words_in

TEMPLATE = Path(__file__).parent / "family_notices.typ"


@dataclass(frozen=True, slots=True)
class Words:
    """`{...}` is filled in with data."""

    heading: str
    where: str
    asked: str
    asked_again: str
    asked_until: str
    asked_at_rest: str
    say_so: str
    not_agreed: str
    may_agree: str
    need_not: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    before_they_agree: tuple[str, ...]
    points_before_they_agree: tuple[str, ...]
    how: str
    without: str


IN = {
    "en": Words(
        heading="For the family of {child}",
        where="{school}, class {class_name}",
        asked="We would like to introduce {first_name} to {officer} of {agency}, as pen pals for this school year.",
        asked_again="{first_name} and {officer} of {agency} both wished to go on writing, so they are to be pals this school"
        " year too.",
        asked_until="If you would rather have somebody else, say so by {until}.",
        asked_at_rest="Letters rest at present. If you would rather have somebody else, say so.",
        say_so="No reason is needed. Say it on your family's page, or tell the teacher or the school. If you agree, there is"
        " nothing to do.",
        not_agreed="We do not have your agreement yet, so nobody writes to {first_name}.",
        may_agree="If {first_name} is to take part, agree on your family's page, or sign the school's form and give it to the"
        " teacher.",
        need_not="You need not agree. If you would rather not, there is nothing to do.",
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
            "look at what you agreed to, agree to more, and withdraw it at any time, without a reason;",
            "ask that everything about {first_name} be erased.",
        ),
        before_they_agree=(
            (
                "In Blue Pals, a child and an adult at a police agency write letters to each other all year. The letters are"
                " written at school, and a person reads each of them before it goes on."
            ),
            "Your family has a page of its own. There you can",
        ),
        points_before_they_agree=(
            "agree to the letters, and to each other part by itself; and withdraw it at any time, without a reason;",
            "see who is to write to {first_name}, and say before they are introduced that you would rather have somebody else;",
            "read the letters of both;",
            "ask that everything about {first_name} be erased.",
        ),
        how="Open this address and type the e-mail address that the school has of you. You get a mail with a code.",
        without="The school has no e-mail address of yours, or another one? Tell the teacher. Everything that you can do on"
        " the page you can also tell the school in person or on paper.",
    ),
    "es": Words(
        heading="Para la familia de {child}",
        where="{school}, clase {class_name}",
        asked="Este año escolar queremos presentar a {first_name} a {officer}, de {agency}, para que se escriban.",
        asked_again="{first_name} y {officer}, de {agency}, quisieron seguir escribiéndose, así que también lo harán este año"
        " escolar.",
        asked_until="Si prefiere que sea otra persona, díganoslo antes de esta fecha: {until}.",
        asked_at_rest="Las cartas están en pausa por ahora. Si prefiere que sea otra persona, díganoslo.",
        say_so="No hace falta dar una razón. Puede hacerlo en la página de su familia, o decirlo en la escuela. Si está de"
        " acuerdo, no tiene que hacer nada.",
        not_agreed="Todavía no tenemos su autorización; por eso nadie escribe a {first_name}.",
        may_agree="Si quiere que {first_name} participe, autorícelo en la página de su familia, o firme el formulario de la"
        " escuela y entréguelo allí.",
        need_not="No es obligatorio. Si prefiere que no, no tiene que hacer nada.",
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
            "ver lo que usted ha autorizado, autorizar algo más y retirarlo en cualquier momento, sin dar una razón;",
            "pedir que se borre todo sobre {first_name}.",
        ),
        before_they_agree=(
            (
                "En Blue Pals, una niña o un niño y una persona adulta de la policía se escriben cartas durante todo el año. Las"
                " cartas se escriben en la escuela, y una persona lee cada una antes de entregarla."
            ),
            "Su familia tiene una página propia. Allí puede",
        ),
        points_before_they_agree=(
            "autorizar las cartas, y cada otra parte por separado, y retirarlo en cualquier momento, sin dar una razón;",
            "ver quién va a escribir a {first_name} y, antes de que les presentemos, decir que prefiere a otra persona;",
            "leer las cartas de las dos partes;",
            "pedir que se borre todo sobre {first_name}.",
        ),
        how="Abra esta dirección y escriba el correo electrónico que usted dio a la escuela. Recibirá un mensaje con un código.",
        without="¿La escuela no tiene su correo electrónico, o tiene otro? Dígalo en la escuela. Todo lo que puede hacer en la"
        " página también puede pedirlo en la escuela, en persona o por escrito.",
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the child is to be introduced to, and until when the family may say no, by the school's clock; None: letters rest.

    `goes_on`: they were pals in an earlier year.
    """

    officer: str
    agency: str
    until: datetime | None
    goes_on: bool


@dataclass(frozen=True, slots=True)
class FamilyNotice:
    """`address`: of the family's page, for everybody the same: it opens nothing by itself."""

    first_name: str
    last_name: str
    language: str
    school: str
    class_name: str
    address: str
    asked: Asked | None = None
    agreed: bool = True


def notices(of: Sequence[FamilyNotice]) -> bytes:
    """One PDF, a page for each. The same notices, the same bytes."""
    data = {"title": "Blue Pals", "notices": [_page(one) for one in of]}
    return as_pdf(filled(TEMPLATE, data))


def _page(one: FamilyNotice) -> dict[str, object]:
    dates = words_in(one.language)
    words = IN[dates.language]
    data = {
        "child": _line(f"{one.first_name} {one.last_name}"),
        "first_name": _line(one.first_name),
        "school": _line(one.school),
        "class_name": _line(one.class_name),
    }
    paragraphs, points = words.paragraphs, words.points
    if not one.agreed:
        paragraphs, points = words.before_they_agree, words.points_before_they_agree
    return {
        "language": dates.language,
        "heading": words.heading.format(**data),
        "where": words.where.format(**data),
        "boxed": _boxed(words, dates, data, one),
        "paragraphs": [text.format(**data) for text in paragraphs],
        "points": [text.format(**data) for text in points],
        "how": words.how,
        "address": one.address,
        "without": words.without,
    }


def _boxed(words: Words, dates: Dates, data: Mapping[str, str], one: FamilyNotice) -> dict[str, str] | None:
    """What the family is asked; None: nothing at present."""
    if not one.agreed:
        return {
            "what": words.not_agreed.format(**data),
            "do": words.may_agree.format(**data),
            "else": words.need_not,
        }
    if one.asked is None:
        return None
    until = one.asked.until
    named = {**data, "officer": _line(one.asked.officer), "agency": _line(one.asked.agency)}
    return {
        "what": (words.asked_again if one.asked.goes_on else words.asked).format(**named),
        "do": words.asked_until.format(until=dates.until(until)) if until else words.asked_at_rest,
        "else": words.say_so,
    }


def _line(text: str) -> str:
    return " ".join(printable_lines(text))
