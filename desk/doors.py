"""/{program}/enter: whoever wants to be let in. And who it is that asks for any other page.

A link that is opened in another browser than the one that asked for it lets nobody in; the code in the same mail does.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route

from bluepals.domain.entering import network_of
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import doors
from bluepals.facts.doors import Entered, Visitor
from bluepals.facts.office import Office
from desk.forms import FormRefused, form_key, submitted, typed_in
from desk.language import CHOSEN
from desk.navigation import first_page
from desk.pages import page, sentence
from desk.refusals import home_of, not_there, status_of

# A browser takes a cookie of such a name over a safe connection and for this host only (RFC 6265bis, 4.1.3.2).
SESSION, ASKING = "__Host-blue-pals", "__Host-blue-pals-asking"
ASKING_STAYS = timedelta(minutes=30)
LONGEST_ADDRESS = 254  # characters (RFC 5321, 4.5.3.1.3)


NOT_IN = Sentence("You are not entered, or not any more.")
AGAIN = Sentence("This step matters, so please enter again first.")
LEAVING = {"here": doors.leave, "everywhere": doors.leave_everywhere}
LEFT = {
    "here": Sentence("You are logged out in this browser."),
    "everywhere": Sentence("You are logged out everywhere: in this browser and on all other devices."),
}


class NotEntered(Exception):
    """Nobody is in, in this browser; `refresh`: somebody is, and has to say again who they are."""

    def __init__(self, *, refresh: bool = False) -> None:
        self.refresh = refresh


async def visitor(office: Office, request: Request) -> Visitor:
    """Who asks. Raises NotEntered and NoSuchProgram."""
    token = request.cookies.get(SESSION, "")
    found = await doors.visitor(office, request.path_params["program"], token) if token else None
    if found is None:
        await doors.check_program(office, request.path_params["program"])
        raise NotEntered
    request.state.secret, request.state.visitor = token, found
    return found


async def not_entered(request: Request, refused: Exception) -> Response:
    """To the door, and from there to the page that they asked for, or whose form they sent; what they have typed is given back."""
    program, again = request.path_params["program"], isinstance(refused, NotEntered) and refused.refresh
    query = urlencode({"to": _page_of(request)})
    if request.method == "GET":
        return RedirectResponse(f"/{program}/enter?{query}", 303)
    told, typed = AGAIN if again else NOT_IN, await typed_in(request)
    return page("enter-again.html", 401, program=program, query=query, sentence=told, typed=typed)


def _page_of(request: Request) -> str:
    """The address itself; of a form that has none for looking, the nearest above it that has one."""
    path: str = request.scope["path"]
    if _is_a_page(request, path):
        return path + (f"?{request.url.query}" if request.url.query else "")
    above = (path.rsplit("/", count)[0] for count in range(1, path.count("/")))
    return next(one for one in above if _is_a_page(request, one))


def _is_a_page(request: Request, path: str) -> bool:
    asked = {**request.scope, "method": "GET", "path": path}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)


async def fresh_visitor(office: Office, request: Request) -> Visitor:
    """For what matters: who has entered a short time ago. Raises NotEntered and NoSuchProgram."""
    found = await visitor(office, request)
    if not found.is_fresh:
        raise NotEntered(refresh=True)
    return found


async def guardian(office: Office, request: Request) -> Visitor:
    """Who asks for their family's page: one that stays open for an hour. Raises NotEntered and NoSuchProgram."""
    found = await visitor(office, request)
    if found.guardian_of and not found.children:
        raise NotEntered(refresh=True)
    return found


async def asking(office: Office, request: Request) -> tuple[str, str]:
    """The program, and what this browser is known by until somebody is in. Raises NoSuchProgram."""
    program = request.path_params["program"]
    request.state.program_name = await doors.check_program(office, program)
    browser = request.cookies.get(ASKING) or secrets.token_urlsafe(doors.SECRET_BYTES)
    request.state.secret = browser
    return program, browser


def source_of(request: Request) -> str:
    """Where it comes from, as far as asks are counted."""
    return network_of(request.client.host) if request.client else ""


def keep_asking(request: Request, answer: Response) -> Response:
    """The browser goes on being known by it."""
    _keep(answer, ASKING, request.state.secret, ASKING_STAYS)
    return answer


class Doors:
    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/enter"
        return [
            Route("/{program}", self.home),
            Route(here, self.show, methods=["GET"]),
            Route(here, self.ask, methods=["POST"]),
            Route(f"{here}/code", self.show_code, methods=["GET"]),
            Route(f"{here}/code", self.enter_by_code, methods=["POST"]),
            Route(f"{here}/{{secret}}", self.show_link, methods=["GET"]),
            Route(f"{here}/{{secret}}", self.enter_by_link, methods=["POST"]),
            Route("/{program}/leave", self.leave, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._enter_page(request)

    async def ask(self, request: Request) -> Response:
        """The same answer, after the same time, for an address that nobody here has."""
        program, browser = await asking(self._office, request)
        source = source_of(request)
        try:
            async with submitted(request) as form:
                address = _address(form.get("address"))
                await doors.refuse_too_many(self._office, program, source)
        except doors.TooMany as refused:
            return await self._enter_page(request, refused.sentence, 429)
        except Refused as refused:
            return await self._enter_page(request, refused.sentence, status_of(refused))
        mailing = BackgroundTask(
            doors.ask, self._office, program, address=address, browser=browser, source=source
        )
        return RedirectResponse(door(request, "enter/code"), 303, background=mailing)

    async def show_code(self, request: Request) -> Response:
        return await self._code_page(request)

    async def enter_by_code(self, request: Request) -> Response:
        program, browser = await asking(self._office, request)
        try:
            async with submitted(request) as form:
                code, remember = str(form.get("code")), form.get("remember") == "yes"
            entered = await doors.enter_by_code(self._office, program, code, browser, remember=remember)
        except Refused as refused:
            return await self._code_page(request, refused.sentence, status_of(refused))
        return let_in(entered, inside(request, program))

    async def show_link(self, request: Request) -> Response:
        """Looking spends nothing: mailboxes open every link that comes in. The button does."""
        program, browser = await asking(self._office, request)
        fits = await doors.fits(self._office, program, request.path_params["secret"], browser)
        in_already = not fits and await self._is_in(request, program)
        status = 200 if fits or in_already else 403
        shown = page("enter-link.html", status, **said_at_door(request), fits=fits, in_already=in_already)
        return keep_asking(request, shown)

    async def enter_by_link(self, request: Request) -> Response:
        program, browser = await asking(self._office, request)
        secret = request.path_params["secret"]
        try:
            async with submitted(request) as form:
                remember = form.get("remember") == "yes"
            entered = await doors.enter_by_link(self._office, program, secret, browser, remember=remember)
        except Refused as refused:
            return sentence(status_of(refused), refused.sentence)
        return let_in(entered, f"/{program}")

    async def _is_in(self, request: Request, program: str) -> bool:
        token = request.cookies.get(SESSION, "")
        return bool(token) and await doors.visitor(self._office, program, token) is not None

    async def no_route(self, request: Request, refused: Exception) -> Response:
        """For an address that is no page's: what is said depends on who asks, and on nothing else."""
        status = refused.status_code if isinstance(refused, HTTPException) else 404
        program = home_of(request).strip("/")
        return not_there(request, status, is_in=bool(program) and await self._is_in(request, program))

    async def leave(self, request: Request) -> Response:
        found = await visitor(self._office, request)
        try:
            async with submitted(request) as form:
                where = "everywhere" if form.get("where") == "everywhere" else "here"
                await LEAVING[where](self._office, found)
        except Refused as refused:
            return sentence(status_of(refused), refused.sentence)
        answer = RedirectResponse(f"/{found.program}/enter?left={where}", 303)
        answer.delete_cookie(SESSION, secure=True, httponly=True, samesite="lax")
        answer.delete_cookie(CHOSEN, secure=True, httponly=True, samesite="lax")
        return answer

    async def home(self, request: Request) -> Response:
        """The first page that this visitor has."""
        found = await visitor(self._office, request)
        return RedirectResponse(f"/{found.program}/{first_page(found)}", 303)

    async def _enter_page(self, request: Request, refused: str = "", status: int = 200) -> Response:
        await asking(self._office, request)
        shown = page(
            "enter.html",
            status,
            **said_at_door(request),
            here=door(request, "enter"),
            refused=refused,
            left=LEFT.get(request.query_params.get("left", "")),
            single_sign_on=self._office.single_sign_on,
            takes_passkeys=self._office.takes_passkeys,
        )
        return keep_asking(request, shown)

    async def _code_page(self, request: Request, refused: str = "", status: int = 200) -> Response:
        await asking(self._office, request)
        here = door(request, "enter/code")
        shown = page("enter-code.html", status, **said_at_door(request), here=here, refused=refused)
        return keep_asking(request, shown)


def door(request: Request, name: str) -> str:
    """A page before the others, which remembers where the visitor was going."""
    program = request.path_params["program"]
    return f"/{program}/{name}?{urlencode({'to': inside(request, program)})}"


def said_at_door(request: Request) -> dict[str, Any]:
    program = request.path_params["program"]
    return {
        "program": program,
        "program_name": request.state.program_name,
        "query": urlencode({"to": inside(request, program)}),
        "form_key": form_key(request),
    }


def let_in(entered: Entered, to: str) -> Response:
    answer = RedirectResponse(to, 303)
    _keep(answer, SESSION, entered.token, entered.kept)
    answer.delete_cookie(ASKING, secure=True, httponly=True, samesite="lax")
    return answer


def _keep(answer: Response, name: str, value: str, stays: timedelta | None) -> None:
    """Lax: a link in a mail is followed from elsewhere, and has to find who is in."""
    seconds = int(stays.total_seconds()) if stays else None
    answer.set_cookie(name, value, max_age=seconds, secure=True, httponly=True, samesite="lax")


def _address(said: object) -> str:
    """Raises FormRefused."""
    address = said.strip() if isinstance(said, str) else ""
    if "@" not in address or len(address) > LONGEST_ADDRESS:
        raise FormRefused(422, "That is no e-mail address. Type the one to which Blue Pals writes to you.")
    return address


def inside(request: Request, program: str) -> str:
    """Where the visitor was going; never out of this program's pages."""
    to = request.query_params.get("to", "")
    inside = to.startswith(f"/{program}/") and "//" not in to and "\\" not in to and to.isprintable()
    return to if inside else f"/{program}"
