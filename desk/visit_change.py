"""/{program}/calendar/{program_year}/visit: the officers' visit moved or called off, after a look at who is told."""

from collections.abc import Sequence

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import visit_change
from bluepals.facts.coordinators import CoordinatorAtDesk, coordinator_at_desk
from bluepals.facts.office import Office
from bluepals.facts.visit_change import Change, Told, VisitToChange, What
from desk.doors import visitor
from desk.forms import Fields, FormRefused, day_in, form_key, submitted
from desk.pages import page
from desk.refusals import status_of
from service.asking import Asking, in_a_sentence


class ChangingVisit:
    def __init__(self, office: Office, asking: Asking) -> None:
        self._office = office
        self._asking = asking

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/calendar/{program_year}/visit"
        return [
            Route(here, self.show, methods=["GET"]),
            Route(here, self.change, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        coordinator = await self._coordinator(request)
        return await self._page(request, coordinator, request.query_params)

    async def change(self, request: Request) -> Response:
        """A command of its workflow's."""
        coordinator = await self._coordinator(request)
        visit = await self._visit(request, coordinator)
        sent: Fields = QueryParams()
        try:
            async with submitted(request) as form:
                sent, change, agreed = form, _change(form), str(form.get("agreed"))
                await visit_change.preview(self._office, coordinator, visit, change)
                because = _because(form)
                await visit_change.agree(self._office, coordinator, visit, agreed=agreed, because=because)
            await self._ask(visit, change)
        except Refused as refused:
            return await self._page(request, coordinator, sent, refused.sentence, status_of(refused))
        return RedirectResponse(f"{_calendar(request)}?done=visit", 303)

    async def _ask(self, visit: VisitToChange, change: Change) -> None:
        async with in_a_sentence():
            if change.to is not None:
                await self._asking.move_visit(visit.program_year, change.to)
            else:
                read_aloud = change.what is What.READ_ALOUD
                await self._asking.call_off_visit(visit.program_year, read_aloud=read_aloud)

    async def _coordinator(self, request: Request) -> CoordinatorAtDesk:
        return await coordinator_at_desk(self._office, await visitor(self._office, request))

    async def _visit(self, request: Request, coordinator: CoordinatorAtDesk) -> VisitToChange:
        year = request.path_params["program_year"]
        return await visit_change.visit_to_change(self._office, coordinator, year)

    async def _page(
        self,
        request: Request,
        coordinator: CoordinatorAtDesk,
        sent: Fields,
        refused: str = "",
        status: int = 200,
    ) -> Response:
        visit = await self._visit(request, coordinator)
        change: Change | None = None
        told: Told | None = None
        if sent.get("do"):
            try:
                change = _change(sent)
                told = await visit_change.preview(self._office, coordinator, visit, change)
            except Refused as impossible:
                if not refused:
                    refused, status = impossible.sentence, status_of(impossible)
        return page(
            "calendar-visit.html",
            status,
            list=_calendar(request),
            here=request.url.path,
            visitor=coordinator.entered,
            form_key=form_key(request),
            visit=visit,
            whats=What,
            change=change,
            told=told,
            to=str(sent.get("to") or ""),
            because=str(sent.get("because") or ""),
            refused=refused,
        )


def _calendar(request: Request) -> str:
    return f"/{request.path_params['program']}/calendar"


def _change(sent: Fields) -> Change:
    """Raises FormRefused."""
    try:
        what = What(str(sent.get("do")))
    except ValueError:
        raise FormRefused(422, "Choose one of the buttons, and send it again.") from None
    return Change(what, day_in(sent, "to", Sentence("the visit")) if what is What.MOVE else None)


def _because(sent: Fields) -> str:
    """Raises FormRefused."""
    because = str(sent.get("because") or "").strip()
    if not because:
        raise FormRefused(422, "Say why in a sentence: everybody who is told reads it.")
    return because
