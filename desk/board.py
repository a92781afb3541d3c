"""/{program}/board: what needs a coordinator, and how far each school's rounds are."""

from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import coordinators_page
from bluepals.facts.coordinators import CoordinatorAtDesk, coordinator_at_desk
from bluepals.facts.decisions import Step
from bluepals.facts.office import Office
from bluepals.paper.round_bar import round_bar, round_key
from desk.doors import visitor
from desk.forms import FormRefused, form_key, submitted
from desk.language import said
from desk.pages import page
from desk.refusals import status_of
from desk.shield import WITH_SENDING

# Calls that are answered on another page, and what it is called; a letter waits for a consent or for a clearance.
_SETUP, _AGENCY = ("setup", Sentence("Set-up")), ("agency", Sentence("My agency"))
ELSEWHERE = {
    "clearance": (_AGENCY,),
    "declined": (("setup/pairs", Sentence("Match again")),),
    "letter held": (_SETUP, _AGENCY),
    "roster": (_SETUP,),
    "visit": (("calendar", Sentence("Calendar")),),
}


class Board:
    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/board"
        return [
            Route(here, self.show, methods=["GET"]),
            Route(f"{here}/{{key}}", self.take_step, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._coordinator(request))

    async def take_step(self, request: Request) -> Response:
        coordinator, key = await self._coordinator(request), request.path_params["key"]
        try:
            async with submitted(request) as form:
                step, why = _step(form)
                await coordinators_page.take_step(self._office, coordinator, key, step, why=why)
        except Refused as refused:
            return await self._page(request, coordinator, refused.sentence, status_of(refused))
        except LookupError as gone:
            return await self._page(request, coordinator, str(gone), 409)
        return RedirectResponse(f"{_here(request)}?done={step.name.lower()}", 303)

    async def _coordinator(self, request: Request) -> CoordinatorAtDesk:
        return await coordinator_at_desk(self._office, await visitor(self._office, request))

    async def _page(
        self, request: Request, coordinator: CoordinatorAtDesk, refused: str = "", status: int = 200
    ) -> Response:
        shown = page(
            "board.html",
            status,
            here=_here(request),
            visitor=request.state.visitor,
            form_key=form_key(request),
            page=await coordinators_page.coordinators_page(self._office, coordinator),
            say=said,
            round_bar=round_bar,
            round_key=round_key,
            steps=Step,
            elsewhere=ELSEWHERE,
            refused=refused,
            done=request.query_params.get("done"),
        )
        shown.headers.update(WITH_SENDING)
        return shown


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/board"


def _step(form: FormData) -> tuple[Step, str]:
    """The button, and the reason that a rejection needs. Raises FormRefused."""
    try:
        step = Step(str(form.get("step")))
    except ValueError:
        raise FormRefused(422, "Choose one of the buttons, and send it again.") from None
    why = str(form.get("why") or "").strip()
    if step is Step.REJECT_OFFICER and not why:
        raise FormRefused(422, "Say in a few words why this officer is not to be next, and send it again.")
    if step is Step.ERASE and form.get("sure") != "yes":
        raise FormRefused(422, "Tick that the family wishes it: an erasure can't be taken back.")
    return step, why
