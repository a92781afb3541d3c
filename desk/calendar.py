"""/{program}/calendar: rounds and visits, and what rests; a round's dates changed after a look at what it moves."""

from collections.abc import Sequence

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.program import RoundDates
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import calendar_page
from bluepals.facts.calendar_page import Preview, key_of, why_round_stays
from bluepals.facts.coordinators import CoordinatorAtDesk, coordinator_at_desk
from bluepals.facts.dates import DATES, Change, DatesRefused
from bluepals.facts.office import Office
from desk.doors import visitor
from desk.forms import Fields, day_in, form_key, submitted
from desk.pages import page
from desk.refusals import status_of

# What a day is chosen for.
_THESE = {
    "students_due": Sentence("the children's letters"),
    "officers_due": Sentence("the officers' letters"),
    "opens_on": Sentence("the opening day"),
}


class Calendar:
    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/calendar"
        one_round = f"{here}/{{program_year}}/{{opening:int}}"
        return [
            Route(here, self.show),
            Route(one_round, self.show_round, methods=["GET"]),
            Route(one_round, self.move_round, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        coordinator = await self._coordinator(request)
        return page(
            "calendar.html",
            here=_here(request),
            visitor=coordinator.entered,
            form_key=form_key(request),
            page=await calendar_page.calendar_page(self._office, coordinator),
            key_of=key_of,
            done=request.query_params.get("done"),
        )

    async def show_round(self, request: Request) -> Response:
        return await self._round_page(request, await self._coordinator(request), request.query_params)

    async def move_round(self, request: Request) -> Response:
        coordinator, asked = await self._coordinator(request), request.path_params
        await calendar_page.round_to_move(self._office, coordinator, asked["program_year"], asked["opening"])
        sent: Fields = QueryParams()
        try:
            async with submitted(request) as form:
                sent, agreed, change = form, str(form.get("agreed")), _change(request, form)
                await calendar_page.move(self._office, coordinator, change, agreed=agreed)
        except Refused as refused:
            return await self._round_page(request, coordinator, sent, refused)
        return RedirectResponse(f"{_here(request)}?done=moved", 303)

    async def _coordinator(self, request: Request) -> CoordinatorAtDesk:
        return await coordinator_at_desk(self._office, await visitor(self._office, request))

    async def _round_page(
        self,
        request: Request,
        coordinator: CoordinatorAtDesk,
        sent: Fields,
        refused: Refused | None = None,
    ) -> Response:
        asked = request.path_params
        school, one = await calendar_page.round_to_move(
            self._office, coordinator, asked["program_year"], asked["opening"]
        )
        seen: Preview | None = None
        if sent.get("opens_on"):
            try:
                seen = await calendar_page.preview_move(self._office, coordinator, _change(request, sent))
            except Refused as impossible:
                refused = refused or impossible
        return page(
            "calendar-round.html",
            status_of(refused) if refused else 200,
            list=_here(request),
            here=request.url.path,
            visitor=coordinator.entered,
            form_key=form_key(request),
            school=school,
            round=one,
            stays=why_round_stays(school, one),
            dates=DATES,
            written={name: sent.get(name) or getattr(one, name) for name in DATES},
            along=sent.get("along") == "yes" if sent.get("opens_on") else True,
            seen=seen,
            refused=_sentences(refused),
        )


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/calendar"


def _sentences(refused: Refused | None) -> Sequence[str]:
    if isinstance(refused, DatesRefused):
        return refused.sentences
    return [refused.sentence] if refused else []


def _change(request: Request, sent: Fields) -> Change:
    """Raises FormRefused."""
    asked = request.path_params
    students, officers, opens = (day_in(sent, name, what) for name, what in _THESE.items())
    dates = RoundDates(asked["opening"], students, officers, opens)
    return Change(asked["program_year"], dates, along=sent.get("along") == "yes")
