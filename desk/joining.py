"""/{program}/join/{secret}: whoever would like to become an officer of the program says so, by a link of their liaison."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.facts import joining
from bluepals.facts.doors import TooMany
from bluepals.facts.joining import LinkClosed
from bluepals.facts.office import Office
from desk.doors import asking, keep_asking, source_of
from desk.forms import form_key, submitted
from desk.pages import page, sentence
from desk.refusals import status_of

ASKED = {
    "first-name": "first name",
    "last-name": "last name",
    "gender": "gender",
    "address": "work address",
    "capacity": "number of pals",
    "kind": "kind",
    "text": "profile",
}


class Joining:
    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/join/{secret}"
        return [
            Route(here, self.show, methods=["GET"]),
            Route(here, self.ask, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, {})

    async def ask(self, request: Request) -> Response:
        program, _ = await asking(self._office, request)
        secret, said = request.path_params["secret"], dict[str, str]()
        try:
            async with submitted(request) as form:
                said = {name: str(form.get(field) or "") for field, name in ASKED.items()}
                said["language"] = " ".join(map(str, form.getlist("language")))
                await joining.ask(self._office, program, secret, said, source=source_of(request))
        except LinkClosed as closed:
            return sentence(403, closed.sentence, said.get("profile", ""))
        except TooMany as refused:
            return await self._page(request, said, refused.sentence, 429)
        except Refused as refused:
            return await self._page(request, said, refused.sentence, status_of(refused))
        return RedirectResponse(f"{request.url.path}?done=asked", 303)

    async def _page(
        self, request: Request, said: Mapping[str, str], refused: str = "", status: int = 200
    ) -> Response:
        program, _ = await asking(self._office, request)
        try:
            form = await joining.form(self._office, program, request.path_params["secret"])
        except LinkClosed as closed:
            return sentence(403, closed.sentence)
        shown = page(
            "join.html",
            status,
            form=form,
            form_key=form_key(request),
            said={**dict.fromkeys((*ASKED.values(), "language"), ""), **said},
            refused=refused,
            longest=joining.LONGEST_PROFILE,
            done=request.query_params.get("done"),
        )
        return keep_asking(request, shown)
