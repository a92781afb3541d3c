"""In which language a page speaks: the one that was chosen, or else what its reader's browser likes best."""

import gettext
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup
from starlette.datastructures import URL, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bluepals.domain.long_dates import with_long_dates
from bluepals.domain.sentences import Language, Sentence
from bluepals.domain.spanish_dates import in_spanish

LANGUAGE = "lang"  # in an address
CHOSEN = "__Host-blue-pals-language"  # a cookie, as long as the browser is open
OTHER = {"en": ("es", "Español"), "es": ("en", "English")}
CATALOG = Path(__file__).parent / "es.po"

_AND_OR = re.compile(r"\b(?P<word>[yo]) (?=\{(?P<next>\w+)\})")
# How the next word begins for "y" and "o" to change, and what they become.
_BEFORE_SUCH = {
    "y": (re.compile(r"h?[ií](?![aeo])", re.IGNORECASE), "e"),
    "o": (re.compile(r"h?[oó]", re.IGNORECASE), "u"),
}


def _with_and_or(pattern: str, values: Mapping[str, object]) -> str:
    """Ana y Ben, but Ana e Inés; Ana o Ben, but Ana u Óscar."""

    def fitting(found: re.Match[str]) -> str:
        such, other = _BEFORE_SUCH[found["word"]]
        return f"{other if such.match(str(values[found['next']])) else found['word']} "

    return _AND_OR.sub(fitting, pattern)


class _Pattern(str):
    """Of a sentence in Spanish."""

    __slots__ = ()

    def format(self, *args: object, **values: object) -> str:
        return _with_and_or(self, values).format(*args, **values)


class Spanish(gettext.GNUTranslations):
    """The catalog as translators keep it, read without a build step."""

    def __init__(self, catalog: Path) -> None:
        compiled = BytesIO()
        with catalog.open("rb") as lines:
            write_mo(compiled, read_po(lines, locale="es"))
        compiled.seek(0)
        super().__init__(compiled)

    def gettext(self, message: str) -> str:
        return _Pattern(super().gettext(message))

    def date(self, at: date, form: str, /) -> str:
        return in_spanish(at, form)


LANGUAGES: Mapping[str, Language] = {"es": Spanish(CATALOG)}

_language: ContextVar[str] = ContextVar("language", default="en")
_request: ContextVar[Request | None] = ContextVar("request", default=None)


def language() -> str:
    return _language.get()


def _other() -> Language | None:
    """Than English, if the reader's is."""
    return LANGUAGES.get(language())


def speak(code: str) -> None:
    """From here to the end of this request."""
    _language.set(code)


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    lang: str
    name: str


def in_other_language(here: str) -> Link | None:
    """To the page that is shown; to `here`, the page of its form, where a form's answer is shown."""
    request = _request.get()
    if request is None or not (here or request.method == "GET"):
        return None
    code, name = OTHER[language()]
    if request.method != "GET":
        return Link(str(URL(here).include_query_params(**{LANGUAGE: code})), code, name)
    # Without the path, which may hold anything on a page that says that there is none.
    return Link(f"?{request.url.include_query_params(**{LANGUAGE: code}).query}", code, name)


def spoken(value: object) -> object:
    """A sentence as the reader's language says it; all else as it is."""
    if not isinstance(value, Sentence):
        return value
    return with_long_dates(as_in_files(value), _other())


def as_in_files(sentence: str) -> str:
    """As `spoken`, with its days as a file has them."""
    other = _other()
    return sentence.said_in(other) if other and isinstance(sentence, Sentence) else str(sentence)


def said(sentence: str) -> str:
    """As `spoken`, for what draws or lists in bluepals.paper."""
    return str(spoken(sentence))


def words(pattern: str, /, **values: object) -> Markup:
    """A template's own words, with what they are filled in with. They are ours, and may have tags in them; the values are text."""
    other = _other()
    filled = {name: spoken(value) for name, value in values.items()}
    said = _with_and_or(other.gettext(pattern), filled) if other else pattern
    return Markup(said).format(**filled)  # noqa: S704 - see above


def chosen_language(request: Request) -> str | None:
    """By `?lang=`, here or on a page before."""
    asked = (request.query_params.get(LANGUAGE), request.cookies.get(CHOSEN))
    return next((one for one in asked if one in OTHER), None)


class Speaking:
    """A language that an address chooses holds on all pages after it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        _request.set(request)
        speak(chosen_language(request) or _preferred(request.headers.get("accept-language", "")))

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start" and request.query_params.get(LANGUAGE) in OTHER:
                _keep_language(message, request.query_params[LANGUAGE])
            await send(message)

        await self._app(scope, receive, send_on)


def _keep_language(message: Message, code: str) -> None:
    chosen = Response()
    chosen.set_cookie(CHOSEN, code, secure=True, httponly=True, samesite="lax")
    MutableHeaders(scope=message).append("set-cookie", chosen.headers["set-cookie"])


def _preferred(header: str) -> str:
    """RFC 9110, 12.5.4: `es-MX,es;q=0.9,en;q=0.8`."""
    weights: dict[str, float] = {}
    for one in header.split(","):
        name, _, weight = one.partition(";q=")
        code = name.strip().partition("-")[0].lower()
        if code in OTHER:
            weights.setdefault(code, _weight(weight))
    return max(weights, key=lambda code: weights[code], default="en")


def _weight(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0
