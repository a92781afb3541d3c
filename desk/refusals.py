"""Refusals, as HTTP says them; the sentence is their own."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bluepals.domain.program import TAKEN_IDS
from bluepals.domain.refusals import Refused, Worded
from bluepals.domain.sentences import Sentence
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import NoSuchProgram, NotLetIn
from bluepals.links import LinkRefused
from bluepals.store.letters import NotTaken
from desk.forms import FormRefused, typed_in
from desk.pages import Said, sentence
from service.asking import CommandRefused, HasToWait

NOT_FOUND = Sentence("There is no such page. Open the link in your newest mail.")
NOT_FOR_YOU = Sentence("There is no such page, or it is not yours to see.")

log = structlog.get_logger(__name__)


def status_of(refused: Refused) -> int:
    if isinstance(refused, FormRefused):
        return refused.status
    if isinstance(refused, NotLetIn):
        return 403
    if isinstance(refused, HasToWait):
        return 503
    return 409 if isinstance(refused, NotTaken | CommandRefused) else 422


def said_about(refused: Refused, request: Request) -> Said:
    """For the page that the form was on; what had been typed is given back, in the language that had been chosen."""
    typed, language = getattr(request.state, "typed", ""), getattr(request.state, "language", "")
    pairing_id = request.path_params.get("pairing")
    return Said(request.url.path, pairing_id, refused.sentence, typed, language, status_of(refused))


async def link_refused(request: Request, refused: Worded) -> Response:
    log.warning("link refused", page=request.url.path.split("/")[1])
    return sentence(403, refused.sentence)


async def page_closed(request: Request, refused: Worded) -> Response:
    log.warning("page closed", **_who_and_where(request))
    return sentence(403, refused.sentence)


async def not_theirs(request: Request, _: Exception) -> Response:
    """Somebody who is in asked for what is another's, or not theirs any more: they learn nothing, the log does.

    What they had typed is given back.
    """
    asked = {
        name: str(value)
        for name, value in request.path_params.items()
        if name in {"pairing", "draft", "opening"}
    }
    log.warning("turned away", **_who_and_where(request), method=request.method, **asked)
    typed = await typed_in(request) if request.method == "POST" else ""
    return not_there(request, typed=typed, is_in=True)


def home_of(request: Request) -> str:
    """Of the program that the address names: its door leads whoever is in to their pages. Nothing else of an address is shown."""
    found = re.match(r"/([a-z0-9][a-z0-9_-]{0,39})(/|$)", request.url.path)
    return f"/{found[1]}" if found and found[1] not in TAKEN_IDS else ""


def _who_and_where(request: Request) -> dict[str, str]:
    """Ids, and the first word of the path: the rest may hold a secret."""
    _, program, page, *_ = f"{request.url.path}//".split("/")
    ids = sorted(map(str, request.state.visitor.ids))
    return {"program": program, "page": page, "person": " ".join(ids)}


def not_there(request: Request, status: int = 404, *, typed: str = "", is_in: bool) -> Response:
    """`is_in`: somebody has entered the program that the address names; to them it is the same as what is another's."""
    said = NOT_FOR_YOU if is_in else NOT_FOUND
    return sentence(status, said, typed, home=home_of(request))


async def no_such_program(_request: Request, _: Exception) -> Response:
    return sentence(404, NOT_FOUND)


HANDLERS: Mapping[type[Exception], Any] = {
    LinkRefused: link_refused,
    PageClosed: page_closed,
    NotTheirs: not_theirs,
    NoSuchProgram: no_such_program,
}
