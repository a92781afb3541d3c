"""What holds for every answer: its headers, and a sentence instead of a stack trace."""

import traceback
from pathlib import Path

import asyncpg
import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bluepals.domain.sentences import Sentence
from desk.forms import NO_TEXT
from desk.pages import sentence
from desk.refusals import NOT_FOUND

CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
# For the few pages that run a script of ours; and for those whose scripts send forms and keep what is typed.
WITH_SCRIPT = {"Content-Security-Policy": f"{CONTENT_SECURITY}; script-src 'self'"}
WITH_SENDING = {"Content-Security-Policy": f"{CONTENT_SECURITY}; script-src 'self'; connect-src 'self'"}
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
AWAY = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError)

log = structlog.get_logger(__name__)


class Shield:
    """The outermost layer. What failed is logged by its kind and place: a message may quote a person's row."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_shielded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            app = _nowhere() if NO_TEXT in scope["path"] else self._app
            await app(scope, receive, send_shielded)
        except Exception as error:  # noqa: BLE001 - the last place where one can become a sentence
            _log(error)
            if not started:
                await _apology(error, scope)(scope, receive, send_shielded)


def _nowhere() -> ASGIApp:
    """An address that no record can hold."""
    return sentence(404, NOT_FOUND)


def _log(error: Exception) -> None:
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("request failed", kind=type(error).__name__, places=places[-6:])


def _apology(error: Exception, scope: Scope) -> ASGIApp:
    typed = scope.get("state", {}).get("typed", "")
    if isinstance(error, AWAY):
        return sentence(
            503,
            Sentence("The desk can't reach its records right now. Please try again in a few minutes."),
            typed,
        )
    return sentence(
        500, Sentence("Something went wrong here, and it is not your fault. Please try again."), typed
    )
