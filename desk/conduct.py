"""/{program}/cases/{case}: an officer's conduct, decided by the coordinator and, as the policy says, the liaison."""

from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.cases import LetterOutcome, OfficerOutcome
from bluepals.domain.refusals import Refused
from bluepals.facts import conduct_page
from bluepals.facts.closing import Word
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Office
from desk.doors import fresh_visitor, visitor
from desk.forms import FormRefused, form_key, sent_before, submitted
from desk.pages import page, pdf
from desk.refusals import status_of


class Conduct:
    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def routes(self) -> Sequence[Route]:
        one = "/{program}/cases/{case:uuid}"
        return [
            Route(one, self.show, methods=["GET"]),
            Route(f"{one}/read", self.read, methods=["POST"]),
            Route(f"{one}/pages", self.pages),
            Route(f"{one}/word", self.say, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await visitor(self._office, request))

    async def read(self, request: Request) -> Response:
        """A form and no link: that somebody reads it goes on record."""
        decider = await visitor(self._office, request)
        try:
            async with submitted(request):
                await conduct_page.open_letter(self._office, decider, request.path_params["case"])
        except Refused as refused:
            return await self._page(request, decider, refused.sentence, status_of(refused))
        return RedirectResponse(f"{_here(request)}#letter", 303)

    async def pages(self, request: Request) -> Response:
        decider = await visitor(self._office, request)
        content = await conduct_page.letters_pages(self._office, decider, request.path_params["case"])
        return pdf(content, "letter.pdf", "inline")

    async def say(self, request: Request) -> Response:
        decider = await fresh_visitor(self._office, request)
        try:
            async with submitted(request) as form:
                await conduct_page.say(self._office, decider, request.path_params["case"], _word(form))
        except Refused as refused:
            return await self._page(request, decider, refused.sentence, status_of(refused))
        return RedirectResponse(f"{_here(request)}?done=said", 303)

    async def _page(
        self, request: Request, decider: Visitor, refused: str = "", status: int = 200
    ) -> Response:
        return page(
            "conduct.html",
            status,
            list=f"/{decider.program}/cases",
            here=_here(request),
            visitor=decider,
            form_key=form_key(request),
            page=await conduct_page.conduct_page(self._office, decider, request.path_params["case"]),
            refused=refused,
            sent=sent_before(request),
            done=request.query_params.get("done"),
        )


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/cases/{request.path_params['case']}"


def _word(form: FormData) -> Word:
    """Raises FormRefused."""
    try:
        letter, officer = LetterOutcome(str(form.get("letter"))), OfficerOutcome(str(form.get("officer")))
    except ValueError:
        raise FormRefused(
            422, "Say what becomes of the letter and of the officer, and send it again."
        ) from None
    if officer is OfficerOutcome.LEAVES and form.get("sure") != "yes":
        raise FormRefused(422, "Tick that the officer is to leave for good: it can't be taken back.")
    return Word(letter, officer)
