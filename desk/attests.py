"""/attest/{token}: whoever has read a letter of suspected harm and has left since says what they have done, and sees nothing else."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.facts import cases_page
from bluepals.facts.office import Office
from bluepals.links import ATTEST
from desk.cases import SURE_OF_NO_CAUSE
from desk.forms import form_key, report_in, sent_before, submitted
from desk.pages import page
from desk.refusals import status_of
from service.referrals import Referrals


class Attests:
    """Looking changes nothing: mailboxes open every link that comes in. The buttons do."""

    def __init__(self, office: Office, referrals: Referrals) -> None:
        self._office = office
        self._referrals = referrals

    @property
    def routes(self) -> Sequence[Route]:
        here = f"/{ATTEST}/{{token}}"
        return [
            Route(here, self.show, methods=["GET"]),
            Route(here, self.report, methods=["POST"]),
            Route(f"{here}/no-cause", self.ask_no_cause, methods=["GET"]),
            Route(f"{here}/no-cause", self.no_cause, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def report(self, request: Request) -> Response:
        request.state.secret = token = request.path_params["token"]
        try:
            async with submitted(request) as form:
                when, reference = report_in(form)
                case_id = await cases_page.attest_by_link(self._office, token, when=when, reference=reference)
        except Refused as refused:
            return await self._page(request, refused.sentence, status_of(refused))
        await self._referrals.attested(case_id)
        return RedirectResponse(f"/{ATTEST}/{token}", 303)

    async def ask_no_cause(self, request: Request) -> Response:
        request.state.secret = token = request.path_params["token"]
        await cases_page.attest_page(self._office, token)
        return page(
            "sure.html",
            here=f"/{ATTEST}/{token}",
            form_key=form_key(request),
            **SURE_OF_NO_CAUSE,
        )

    async def no_cause(self, request: Request) -> Response:
        request.state.secret = token = request.path_params["token"]
        try:
            async with submitted(request):
                case_id = await cases_page.attest_by_link(self._office, token, when=None, reference=None)
        except Refused as refused:
            return await self._page(request, refused.sentence, status_of(refused))
        await self._referrals.attested(case_id)
        return RedirectResponse(f"/{ATTEST}/{token}", 303)

    async def _page(self, request: Request, refused: str = "", status: int = 200) -> Response:
        request.state.secret = token = request.path_params["token"]
        return page(
            "attest.html",
            status,
            here=f"/{ATTEST}/{token}",
            form_key=form_key(request),
            page=await cases_page.attest_page(self._office, token),
            refused=refused,
            sent=sent_before(request),
        )
