"""/{program}/enter/passkey: whoever comes in with one. /{program}/passkeys: one's own, to make and to remove."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import passkeys
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Office
from desk.doors import asking, door, fresh_visitor, inside, keep_asking, let_in, said_at_door, visitor
from desk.forms import form_key, submitted
from desk.pages import page
from desk.refusals import status_of
from desk.shield import WITH_SCRIPT

REMOVED = (
    Sentence("Nobody enters with it any more, on whichever device it is."),
    Sentence("Without any passkey a mail lets you in again."),
)


class Passkeys:
    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def routes(self) -> Sequence[Route]:
        here, own = "/{program}/enter/passkey", "/{program}/passkeys"
        return [
            Route(here, self.show_door, methods=["GET"]),
            Route(here, self.enter, methods=["POST"]),
            Route(own, self.show, methods=["GET"]),
            Route(own, self.add, methods=["POST"]),
            Route(f"{own}/{{passkey:uuid}}/remove", self.ask_to_remove, methods=["GET"]),
            Route(f"{own}/{{passkey:uuid}}/remove", self.remove, methods=["POST"]),
        ]

    async def show_door(self, request: Request) -> Response:
        return await self._door_page(request)

    async def enter(self, request: Request) -> Response:
        program, browser = await asking(self._office, request)
        try:
            async with submitted(request) as form:
                entered = await passkeys.enter(self._office, program, browser, str(form.get("said")))
        except Refused as refused:
            return await self._door_page(request, refused.sentence, status_of(refused))
        return let_in(entered, inside(request, program))

    async def show(self, request: Request) -> Response:
        return await self._own_page(request, await visitor(self._office, request))

    async def add(self, request: Request) -> Response:
        found = await fresh_visitor(self._office, request)
        try:
            async with submitted(request) as form:
                said = str(form.get("said"))
                entered = await passkeys.add(self._office, found, request.state.secret, said)
        except Refused as refused:
            return await self._own_page(request, found, refused.sentence, status_of(refused))
        return let_in(entered, f"/{found.program}/passkeys?done=made")

    async def ask_to_remove(self, request: Request) -> Response:
        """What follows, before it is done."""
        found = await visitor(self._office, request)
        one = await passkeys.own_one(self._office, found, request.path_params["passkey"])
        return page(
            "sure.html",
            here=f"/{found.program}/passkeys",
            visitor=found,
            form_key=form_key(request),
            heading=Sentence("Remove the passkey made on {made}", made=one.made),
            follows=REMOVED,
            yes=Sentence("Yes, remove it"),
            keep=Sentence("No, go back"),
        )

    async def remove(self, request: Request) -> Response:
        found = await fresh_visitor(self._office, request)
        try:
            async with submitted(request):
                await passkeys.remove(self._office, found, request.path_params["passkey"])
        except Refused as refused:
            return await self._own_page(request, found, refused.sentence, status_of(refused))
        return RedirectResponse(f"/{found.program}/passkeys?done=removed", 303)

    async def _door_page(self, request: Request, refused: str = "", status: int = 200) -> Response:
        _, browser = await asking(self._office, request)
        shown = page(
            "enter-passkey.html",
            status,
            **said_at_door(request),
            here=door(request, "enter/passkey"),
            options=passkeys.ask(self._office, browser),
            refused=refused,
        )
        shown.headers.update(WITH_SCRIPT)
        return keep_asking(request, shown)

    async def _own_page(
        self, request: Request, found: Visitor, refused: str = "", status: int = 200
    ) -> Response:
        shown = page(
            "passkeys.html",
            status,
            visitor=found,
            here=f"/{found.program}/passkeys",
            form_key=form_key(request),
            options=await passkeys.offer(self._office, found, request.state.secret),
            passkeys=await passkeys.own(self._office, found),
            refused=refused,
            done=request.query_params.get("done"),
        )
        shown.headers.update(WITH_SCRIPT)
        return shown
