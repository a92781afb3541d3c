"""/{program}/cases: whoever has read a letter in which harm is suspected says what they have done."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import cases_page, conduct_page
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Office
from desk.doors import visitor
from desk.forms import form_key, report_in, sent_before, submitted
from desk.pages import page
from desk.refusals import status_of
from service.referrals import Referrals

SURE_OF_NO_CAUSE: Mapping[str, Any] = {
    "heading": Sentence("You read it and have no reasonable cause to suspect harm"),
    "follows": (
        Sentence(
            "You have not reported, and you say that nothing in the letter gives you reasonable cause to."
        ),
        Sentence("It goes on record for you, and can’t be taken back. Others still say their own word."),  # noqa: RUF001
        Sentence("If you do see a cause later, report it at once."),
    ),
    "yes": Sentence("Yes, I have no reasonable cause"),
    "keep": Sentence("No, go back"),
}


class Cases:
    def __init__(self, office: Office, referrals: Referrals) -> None:
        self._office = office
        self._referrals = referrals

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/cases"
        return [
            Route(here, self.show),
            Route(f"{here}/{{case:uuid}}", self.attest, methods=["POST"]),
            Route(f"{here}/{{case:uuid}}/no-cause", self.ask_no_cause, methods=["GET"]),
            Route(f"{here}/{{case:uuid}}/no-cause", self.no_cause, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await visitor(self._office, request))

    async def attest(self, request: Request) -> Response:
        reader = await visitor(self._office, request)
        try:
            await self.take_report(request, reader)
        except Refused as refused:
            return await self._page(request, reader, refused.sentence, status_of(refused))
        return RedirectResponse(f"/{reader.program}/cases?done=1", 303)

    async def ask_no_cause(self, request: Request) -> Response:
        reader = await visitor(self._office, request)
        return await self.sure_of_no_cause(request, reader, f"/{reader.program}/cases")

    async def no_cause(self, request: Request) -> Response:
        reader = await visitor(self._office, request)
        try:
            await self.take_no_cause(request, reader)
        except Refused as refused:
            return await self._page(request, reader, refused.sentence, status_of(refused))
        return RedirectResponse(f"/{reader.program}/cases?done=1", 303)

    async def take_report(self, request: Request, reader: Visitor) -> None:
        """For oneself, from a form about this case on any page of the desk. Raises NotTheirs and Refused."""
        case_id = request.path_params["case"]
        async with submitted(request) as form:
            await cases_page.check_reader(self._office, reader, case_id)
            when, reference = report_in(form)
            await cases_page.attest(self._office, reader, case_id, when=when, reference=reference)
        await self._referrals.attested(case_id)

    async def take_no_cause(self, request: Request, reader: Visitor) -> None:
        """As `take_report`, once they are sure."""
        case_id = request.path_params["case"]
        async with submitted(request):
            await cases_page.check_reader(self._office, reader, case_id)
            await cases_page.attest(self._office, reader, case_id, when=None, reference=None)
        await self._referrals.attested(case_id)

    async def look_again(self, case_id: UUID) -> None:
        """Its stopwatch waits for somebody less."""
        await self._referrals.attested(case_id)

    async def sure_of_no_cause(self, request: Request, reader: Visitor, back: str) -> Response:
        """What follows, before it is said. Raises NotTheirs."""
        await cases_page.check_reader(self._office, reader, request.path_params["case"])
        return page(
            "sure.html",
            here=back,
            visitor=reader,
            form_key=form_key(request),
            **SURE_OF_NO_CAUSE,
        )

    async def _page(
        self, request: Request, reader: Visitor, refused: str = "", status: int = 200
    ) -> Response:
        return page(
            "case.html",
            status,
            here=f"/{reader.program}/cases",
            visitor=reader,
            form_key=form_key(request),
            page=await cases_page.cases_page(self._office, reader),
            to_decide=await conduct_page.to_decide(self._office, reader),
            refused=refused,
            sent=sent_before(request),
            done=request.query_params.get("done"),
        )
