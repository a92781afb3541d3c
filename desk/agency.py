"""/{program}/agency: a liaison looks after an agency's officers, stops one at once, and takes new ones in."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import agency_page
from bluepals.facts.agency_page import LiaisonAtDesk
from bluepals.facts.office import Office
from desk.doors import fresh_visitor, visitor
from desk.forms import day_in, form_key, sent_before, submitted
from desk.pages import page
from desk.refusals import status_of


class Agency:
    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/agency"
        officer, joining = f"{here}/officer/{{officer:uuid}}", f"{here}/joining/{{joining:uuid}}"
        return [
            Route(here, self.show),
            Route(f"{here}/link/{{agency}}", self.make_link, methods=["POST"]),
            Route(f"{here}/revoke/{{link:uuid}}", self.revoke_link, methods=["POST"]),
            Route(f"{officer}/stop", self.ask_to_stop, methods=["GET"]),
            Route(f"{officer}/stop", self.stop, methods=["POST"]),
            Route(f"{officer}/clearance", self.enter_clearance, methods=["POST"]),
            Route(f"{joining}/accept", self.accept, methods=["POST"]),
            Route(f"{joining}/decline", self.decline, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._liaison(request))

    async def ask_to_stop(self, request: Request) -> Response:
        """What follows, before it is done."""
        liaison = await self._liaison(request)
        officer = await agency_page.own_officer(self._office, liaison, request.path_params["officer"])
        try:
            agency_page.check_stop(liaison, officer)
        except Refused as refused:
            return await self._page(request, liaison, refused=refused)
        return page(
            "sure.html",
            here=_here(request),
            visitor=request.state.visitor,
            form_key=form_key(request),
            heading=Sentence("Stop {name} at once", name=officer.name),
            follows=_follows(officer.name),
            yes=Sentence("Yes, stop at once"),
            keep=Sentence("No, go back"),
        )

    async def stop(self, request: Request) -> Response:
        liaison = await agency_page.liaison_at_desk(self._office, await fresh_visitor(self._office, request))
        officer = await agency_page.own_officer(self._office, liaison, request.path_params["officer"])
        try:
            async with submitted(request):
                await agency_page.stop(self._office, liaison, officer)
        except Refused as refused:
            return await self._page(request, liaison, refused=refused)
        return _done(request, "stopped")

    async def enter_clearance(self, request: Request) -> Response:
        liaison = await self._liaison(request)
        officer = await agency_page.own_officer(self._office, liaison, request.path_params["officer"])
        try:
            async with submitted(request) as form:
                until = day_in(form, "until", Sentence("the end of the clearance"))
                await agency_page.enter_clearance(self._office, liaison, officer, until)
        except Refused as refused:
            return await self._page(request, liaison, refused=refused)
        return _done(request, "cleared")

    async def make_link(self, request: Request) -> Response:
        """Shown in the answer itself: nobody can show it again."""
        liaison, agency = await self._liaison(request), request.path_params["agency"]
        try:
            async with submitted(request):
                made = await agency_page.make_link(self._office, liaison, agency)
        except Refused as refused:
            return await self._page(request, liaison, refused=refused)
        return await self._page(request, liaison, made={agency: made})

    async def revoke_link(self, request: Request) -> Response:
        liaison = await self._liaison(request)
        try:
            async with submitted(request):
                await agency_page.revoke_link(self._office, liaison, request.path_params["link"])
        except Refused as refused:
            return await self._page(request, liaison, refused=refused)
        return _done(request, "revoked")

    async def accept(self, request: Request) -> Response:
        liaison, joining_id = await self._liaison(request), request.path_params["joining"]
        try:
            async with submitted(request) as form:
                officer_id = str(form.get("officer-id") or "")
                await agency_page.accept(self._office, liaison, joining_id, officer_id)
        except Refused as refused:
            return await self._page(request, liaison, refused=refused)
        return _done(request, "accepted")

    async def decline(self, request: Request) -> Response:
        liaison = await self._liaison(request)
        try:
            async with submitted(request):
                await agency_page.decline(self._office, liaison, request.path_params["joining"])
        except Refused as refused:
            return await self._page(request, liaison, refused=refused)
        return _done(request, "declined")

    async def _liaison(self, request: Request) -> LiaisonAtDesk:
        return await agency_page.liaison_at_desk(self._office, await visitor(self._office, request))

    async def _page(
        self,
        request: Request,
        liaison: LiaisonAtDesk,
        *,
        refused: Refused | None = None,
        made: dict[str, str] | None = None,
    ) -> Response:
        return page(
            "agency.html",
            status_of(refused) if refused else 200,
            here=_here(request),
            visitor=request.state.visitor,
            form_key=form_key(request),
            agencies=await agency_page.agency_page(self._office, liaison),
            whom_to_ask=agency_page.WHOM_TO_ASK,
            refused=refused.sentence if refused else "",
            sent=sent_before(request),
            made=made or {},
            done=request.query_params.get("done"),
        )


def _follows(name: str) -> Sequence[Sentence]:
    """When an officer is stopped."""
    return (
        Sentence(
            "No letter goes to {name} or from {name} from this moment on, and what waits is stopped.",
            name=name,
        ),
        Sentence("Each child gets another officer. No cause is shown to anybody."),
        Sentence(
            "It can’t be taken back here: who is to write again has to be entered anew by the coordinator, under another"  # noqa: RUF001
            " number."
        ),
    )


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/agency"


def _done(request: Request, what: str) -> Response:
    return RedirectResponse(f"{_here(request)}?done={what}", 303)
