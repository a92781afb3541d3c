"""/{program}/calendar/pause and resume: a pause begun or ended, each after a look at the dates that it moves."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.facts import calendar_page
from bluepals.facts.calendar_page import Preview, name_of, target_of
from bluepals.facts.coordinators import CoordinatorAtDesk, coordinator_at_desk
from bluepals.facts.office import Office
from bluepals.facts.pauses import Choice
from bluepals.store.pauses import What, resting
from desk.doors import visitor
from desk.forms import Fields, FormRefused, form_key, submitted
from desk.pages import page
from desk.refusals import status_of


class Pauses:
    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def routes(self) -> Sequence[Route]:
        pause = "/{program}/calendar/pause"
        resume = "/{program}/calendar/resume/{target}/{what}"
        return [
            Route(pause, self.show_pause, methods=["GET"]),
            Route(pause, self.pause, methods=["POST"]),
            Route(resume, self.show_resume, methods=["GET"]),
            Route(resume, self.resume, methods=["POST"]),
        ]

    async def show_pause(self, request: Request) -> Response:
        return await self._pause_page(request, await self._coordinator(request), request.query_params)

    async def pause(self, request: Request) -> Response:
        coordinator = await self._coordinator(request)
        sent: Fields = QueryParams()
        try:
            async with submitted(request) as form:
                sent, agreed = form, str(form.get("agreed"))
                whats, reason = _whats(form), _reason(form)
                target = target_of(str(form.get("target")))
                await calendar_page.pause(self._office, coordinator, target, whats, reason, agreed=agreed)
        except Refused as refused:
            return await self._pause_page(request, coordinator, sent, refused.sentence, status_of(refused))
        return RedirectResponse(f"{_calendar(request)}?done=paused", 303)

    async def show_resume(self, request: Request) -> Response:
        return await self._resume_page(request, await self._coordinator(request), request.query_params)

    async def resume(self, request: Request) -> Response:
        coordinator = await self._coordinator(request)
        target, what = target_of(request.path_params["target"]), _what(request)
        sent: Fields = QueryParams()
        try:
            async with submitted(request) as form:
                sent, agreed = form, str(form.get("agreed"))
                choices = _choices(form)
                await calendar_page.resume(self._office, coordinator, target, what, choices, agreed=agreed)
        except Refused as refused:
            return await self._resume_page(request, coordinator, sent, refused.sentence, status_of(refused))
        return RedirectResponse(f"{_calendar(request)}?done=resumed", 303)

    async def _coordinator(self, request: Request) -> CoordinatorAtDesk:
        return await coordinator_at_desk(self._office, await visitor(self._office, request))

    async def _pause_page(
        self,
        request: Request,
        coordinator: CoordinatorAtDesk,
        sent: Fields,
        refused: str = "",
        status: int = 200,
    ) -> Response:
        """A form that did not come from its page says nothing of what was to rest."""
        key = str(sent.get("target") or "")
        target = target_of(key) if key else None
        seen: Preview | None = None
        whats: Sequence[What] = ()
        try:
            whats = _whats(sent)
            if target is not None:
                seen = await calendar_page.preview_pause(self._office, coordinator, target, whats)
        except Refused as impossible:
            if not refused:
                refused, status = impossible.sentence, status_of(impossible)
        name = await name_of(self._office, coordinator, target) if target is not None else ""
        return page(
            "calendar-pause.html",
            status,
            list=_calendar(request),
            here=request.url.path,
            visitor=coordinator.entered,
            form_key=form_key(request),
            key=key,
            name=name,
            what=resting(whats, name),
            by_classes=target is not None and target.is_of_classes,
            whats=whats,
            reason=str(sent.get("reason") or ""),
            seen=seen,
            refused=refused,
        )

    async def _resume_page(
        self,
        request: Request,
        coordinator: CoordinatorAtDesk,
        sent: Fields,
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
                refused, status = impossible.sentence, status_of(impossible)
        return page(
            "calendar-resume.html",
            status,
            list=_calendar(request),
            here=request.url.path,
            visitor=coordinator.entered,
            form_key=form_key(request),
            name=await name_of(self._office, coordinator, target),
            what=what,
            seen=seen,
            choices=choices,
            all_choices=list(Choice),
            refused=refused,
        )


def _calendar(request: Request) -> str:
    return f"/{request.path_params['program']}/calendar"


def _whats(sent: Fields) -> Sequence[What]:
    """Raises FormRefused."""
    whats = [what for what in What if sent.get(what) == "yes"]
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


def _choices(sent: Fields) -> Mapping[int, Choice]:
    """What becomes of rounds that no longer fit; those without a word are asked about."""
    found = {}
    for name, said in sent.items():
        _, is_round, number = name.partition("round-")
        if is_round and number.isdecimal() and said in set(Choice):
            found[int(number)] = Choice(str(said))
    return found
