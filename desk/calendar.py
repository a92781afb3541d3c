"""/{program}/calendar: rounds and visits, and what rests; a date changed after a look at what it moves."""

from collections.abc import Sequence
from datetime import date

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.program import RoundDates
from bluepals.domain.refusals import Refused
from bluepals.facts import calendar_page, visits
from bluepals.facts.calendar_page import Preview, key_of
from bluepals.facts.coordinators import CoordinatorAtDesk, coordinator_at_desk
from bluepals.facts.dates import DATES, Change
from bluepals.facts.office import Office
from desk.doors import visitor
from desk.forms import FormRefused, day_in, form_key, submitted
from desk.pages import page
from desk.pauses import Sent
from desk.refusals import status_of
from service.asking import Asking, in_a_sentence


class Calendar:
    def __init__(self, office: Office, asking: Asking) -> None:
        self._office = office
        self._asking = asking

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/calendar"
        one_round = f"{here}/{{program_year}}/{{opening:int}}"
        return [
            Route(here, self.show),
            Route(one_round, self.show_round, methods=["GET"]),
            Route(one_round, self.move_round, methods=["POST"]),
            Route(f"{here}/{{program_year}}/visit", self.change_visit, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._coordinator(request))

    async def show_round(self, request: Request) -> Response:
        return await self._round_page(request, await self._coordinator(request), request.query_params)

    async def move_round(self, request: Request) -> Response:
        coordinator, asked = await self._coordinator(request), request.path_params
        await calendar_page.round_to_move(self._office, coordinator, asked["program_year"], asked["opening"])
        sent: Sent = QueryParams()
        try:
            async with submitted(request) as form:
                sent, agreed, change = form, str(form.get("agreed")), _change(request, form)
                await calendar_page.move(self._office, coordinator, change, agreed=agreed)
        except Refused as refused:
            return await self._round_page(request, coordinator, sent, str(refused), status_of(refused))
        return RedirectResponse(f"{_here(request)}?done=moved", 303)

    async def change_visit(self, request: Request) -> Response:
        """A command of its workflow's; the reason is on record before."""
        coordinator, year = await self._coordinator(request), request.path_params["program_year"]
        await calendar_page.check_visit(self._office, coordinator, year)
        try:
            async with submitted(request) as form:
                because = str(form.get("because") or "").strip() or None
                do, to = form.get("do"), _second_date(form)
                await visits.give_reason(self._office, coordinator.office_scope, year, because)
            async with in_a_sentence():
                if to is not None:
                    await self._asking.move_visit(year, to)
                else:
                    await self._asking.call_off_visit(year, read_aloud=do == "read aloud")
        except Refused as refused:
            return await self._page(request, coordinator, str(refused), status_of(refused))
        return RedirectResponse(f"{_here(request)}?done=visit", 303)

    async def _coordinator(self, request: Request) -> CoordinatorAtDesk:
        return await coordinator_at_desk(self._office, await visitor(self._office, request))

    async def _page(
        self, request: Request, coordinator: CoordinatorAtDesk, refused: str = "", status: int = 200
    ) -> Response:
        return page(
            "calendar.html",
            status,
            here=_here(request),
            visitor=coordinator.entered,
            form_key=form_key(request),
            page=await calendar_page.calendar_page(self._office, coordinator),
            key_of=key_of,
            refused=refused,
            done=request.query_params.get("done"),
        )

    async def _round_page(
        self,
        request: Request,
        coordinator: CoordinatorAtDesk,
        sent: Sent,
        refused: str = "",
        status: int = 200,
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
                if not refused:
                    refused, status = str(impossible), status_of(impossible)
        return page(
            "calendar-round.html",
            status,
            list=_here(request),
            here=request.url.path,
            visitor=coordinator.entered,
            form_key=form_key(request),
            school=school,
            round=one,
            dates=DATES,
            written={name: sent.get(name) or getattr(one, name) for name in DATES},
            along=sent.get("along") == "yes" if sent.get("opens_on") else True,
            seen=seen,
            refused=refused,
        )


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/calendar"


def _change(request: Request, sent: Sent) -> Change:
    """Raises FormRefused."""
    asked = request.path_params
    students, officers, opens = (
        day_in(sent, name, f"That is no date for the {what}.") for name, what in DATES.items()
    )
    dates = RoundDates(asked["opening"], students, officers, opens)
    return Change(asked["program_year"], dates, along=sent.get("along") == "yes")


def _second_date(form: FormData) -> date | None:
    """None: it is called off. Raises FormRefused."""
    match form.get("do"):
        case "move":
            return day_in(form, "to", "Say to which day the visit moves.")
        case "call off" | "read aloud":
            return None
    raise FormRefused(422, "Choose one of the buttons, and send it again.")
