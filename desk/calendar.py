"""/{program}/calendar: rounds and visits; a date changed, a pause begun or ended, each after a look at what it moves."""

from collections.abc import Mapping, Sequence
from datetime import date

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.program import RoundDates
from bluepals.domain.refusals import Refused
from bluepals.facts import calendar_page, visits
from bluepals.facts.calendar_page import Preview, key_of, target_of
from bluepals.facts.coordinators import CoordinatorAtDesk, coordinator_at_desk
from bluepals.facts.dates import DATES, Change
from bluepals.facts.office import Office
from bluepals.facts.pauses import Choice
from bluepals.store.pauses import What
from desk.doors import visitor
from desk.forms import FormRefused, day_in, form_key, submitted
from desk.pages import page
from desk.refusals import status_of
from service.asking import Asking, in_a_sentence

# What was sent by a form, or by the address of a preview.
Sent = FormData | QueryParams


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
            Route(f"{here}/pause", self.pause, methods=["POST"]),
            Route(f"{here}/resume/{{target}}/{{what}}", self.show_resume, methods=["GET"]),
            Route(f"{here}/resume/{{target}}/{{what}}", self.resume, methods=["POST"]),
            Route(one_round, self.show_round, methods=["GET"]),
            Route(one_round, self.move_round, methods=["POST"]),
            Route(f"{here}/{{program_year}}/visit", self.change_visit, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._coordinator(request))

    async def pause(self, request: Request) -> Response:
        coordinator = await self._coordinator(request)
        try:
            async with submitted(request) as form:
                whats, reason = _whats(form), _reason(form)
                target = target_of(str(form.get("target")))
                await calendar_page.pause(self._office, coordinator, target, whats, reason)
        except Refused as refused:
            return await self._page(request, coordinator, str(refused), status_of(refused))
        except LookupError as unknown:
            return await self._page(request, coordinator, str(unknown), 422)
        return RedirectResponse(f"{_here(request)}?done=paused", 303)

    async def show_resume(self, request: Request) -> Response:
        return await self._resume_page(request, await self._coordinator(request), request.query_params)

    async def resume(self, request: Request) -> Response:
        coordinator = await self._coordinator(request)
        target, what = target_of(request.path_params["target"]), _what(request)
        sent: Sent = QueryParams()
        try:
            async with submitted(request) as form:
                sent, agreed = form, str(form.get("agreed"))
                choices = _choices(form)
                await calendar_page.resume(self._office, coordinator, target, what, choices, agreed=agreed)
        except Refused as refused:
            return await self._resume_page(request, coordinator, sent, str(refused), status_of(refused))
        return RedirectResponse(f"{_here(request)}?done=resumed", 303)

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

    async def _resume_page(
        self,
        request: Request,
        coordinator: CoordinatorAtDesk,
        sent: Sent,
        refused: str = "",
        status: int = 200,
    ) -> Response:
        target, what = target_of(request.path_params["target"]), _what(request)
        seen: Preview | None = None
        choices: Mapping[int, Choice] = {}
        try:
            choices = _choices(sent)
            seen = await calendar_page.preview_resume(self._office, coordinator, target, what, choices)
        except Refused as impossible:
            if not refused:
                refused, status = str(impossible), status_of(impossible)
        return page(
            "calendar-resume.html",
            status,
            list=_here(request),
            here=request.url.path,
            visitor=coordinator.entered,
            form_key=form_key(request),
            target=target,
            what=what,
            seen=seen,
            choices=choices,
            all_choices=list(Choice),
            refused=refused,
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


def _whats(form: FormData) -> Sequence[What]:
    """Raises FormRefused."""
    whats = [what for what in What if form.get(what) == "yes"]
    if not whats:
        raise FormRefused(422, "Tick what is to rest: the letters, the visits, or both.")
    return whats


def _reason(form: FormData) -> str:
    """Raises FormRefused."""
    reason = str(form.get("reason") or "").strip()
    if not reason:
        raise FormRefused(422, "Say in a few words why; it stays on record, for the program's office.")
    return reason


def _what(request: Request) -> What:
    return What.VISITS if request.path_params["what"] == What.VISITS else What.LETTERS


def _choices(sent: Sent) -> Mapping[int, Choice]:
    """What becomes of rounds that no longer fit; those without a word are asked about."""
    found = {}
    for name, said in sent.items():
        _, is_round, number = name.partition("round-")
        if is_round and number.isdecimal() and said in set(Choice):
            found[int(number)] = Choice(str(said))
    return found


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
