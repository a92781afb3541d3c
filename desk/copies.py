"""What a form says is to be left out of a letter."""

import re

from starlette.datastructures import FormData, QueryParams

from bluepals.domain.redaction import COLUMNS, ROWS, Cell
from bluepals.domain.sentences import Sentence
from bluepals.facts.reading_copies import Wish
from bluepals.paper.pages import MAX_PAGES
from desk.forms import MAX_TEXT_BYTES, FormRefused, Most

# Every part of every page, and what else a copy is made of.
A_COPY = Most(
    MAX_TEXT_BYTES,
    MAX_PAGES * ROWS * COLUMNS + 20,
    Sentence("That is more than a letter can hold. Leave fewer words out, or send the letter back."),
)


def wish_in(form: FormData) -> Wish:
    """Raises FormRefused."""
    lines = str(form.get("leave-out") or "").splitlines()
    return Wish(
        words=tuple(line.strip() for line in lines if line.strip()),
        marks=tuple(_span(str(one)) for one in form.getlist("mark")),
        cells=cells_in(form),
        translation=str(form.get("text") or ""),
    )


def cells_in(form: FormData | QueryParams) -> tuple[Cell, ...]:
    """Each as page-row-column. Raises FormRefused."""
    said = [str(one) for one in form.getlist("cell")]
    if not all(re.fullmatch(r"\d{1,2}-\d{1,2}-\d", one) for one in said):
        raise FormRefused(422, "Tick what is on the page, and send it again.")
    return tuple(Cell(*map(int, one.split("-"))) for one in said)


def _span(said: str) -> tuple[int, int]:
    start, _, end = said.partition("-")
    if not (start.isdecimal() and end.isdecimal()):
        raise FormRefused(422, "Tick what is on the page, and send it again.")
    return int(start), int(end)
