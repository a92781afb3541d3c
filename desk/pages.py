"""Templates, filled in: everything that people wrote goes in as text."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from bluepals.domain.people import GENDERS, LANGUAGES, language_name
from bluepals.domain.redaction import COLUMNS, ROWS
from bluepals.domain.returning import LONGEST_OWN_WORDS
from bluepals.domain.sentences import begun, counted, dated, either, listed, long_date
from bluepals.domain.survey import LONGEST_REMARK, REPLIES
from bluepals.paper.pages import MAX_PAGES, MAX_UPLOAD_BYTES
from bluepals.paper.stacks import MAX_STACK_BYTES, MAX_STACK_PAGES
from bluepals.paper.words import in_own_words
from desk.following import follows_later
from desk.language import as_in_files, in_other_language, language, said, spoken, words
from desk.navigation import pages_of

HERE = Path(__file__).parent

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=spoken,
)
_templates.globals.update(
    languages=LANGUAGES,
    genders=GENDERS,
    most_files=MAX_PAGES,
    most_stack_pages=MAX_STACK_PAGES,
    most_stack_megabytes=MAX_STACK_BYTES // 1024 // 1024,
    most_megabytes=MAX_UPLOAD_BYTES // 1024 // 1024,
    replies=REPLIES,
    longest_remark=LONGEST_REMARK,
    longest_own_words=LONGEST_OWN_WORDS,
    rows=ROWS,
    columns=COLUMNS,
    pages_of=pages_of,
    counted=counted,
    either=either,
    listed=listed,
    follows_later=follows_later,
    _=words,
    page_language=language,
    page_language_link=in_other_language,
)


def ended(sentence: str) -> str:
    """With a full stop, where whoever wrote it has left it out."""
    spoken = said(sentence)
    return spoken if spoken.endswith((".", "!", "?")) else f"{spoken}."


_templates.filters["ended"] = ended
_templates.filters["begun"] = begun
_templates.filters["long_date"] = long_date
_templates.filters["dated"] = dated
_templates.filters["as_in_files"] = as_in_files
_templates.filters["in_words"] = language_name
_templates.filters["in_own_words"] = in_own_words


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says about the form that was just sent; nothing, when none was."""

    path: str = ""  # that the form was sent to
    pairing_id: UUID | None = None
    sentence: str = ""
    typed: str = ""
    language: str = ""  # chosen for it
    status: int = 200

    def about(self, *paths: str) -> str:
        """The sentence, if the form was sent to one of them; for a page with many forms."""
        return self.sentence if self.path in paths else ""


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(template).render(**values), status)


def sentence(status: int, text: str, typed: str = "", *, home: str = "") -> HTMLResponse:
    """A page of one sentence; what somebody had typed is given back to them. `home`: where the way to their own pages begins."""
    return page("sentence.html", status, sentence=text, typed=typed, home=home)


def jpeg(content: bytes) -> Response:
    return Response(content, media_type="image/jpeg")


def pdf(content: bytes, filename: str, disposition: str) -> Response:
    """`disposition`: inline or attachment. Browsers draw an inline PDF in a page of their own, with their style."""
    headers = {
        "Content-Disposition": f'{disposition}; filename="{filename}"',
        "Content-Security-Policy": (
            "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        ),
    }
    return Response(content, media_type="application/pdf", headers=headers)
