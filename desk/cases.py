"""/{program}/cases: whoever has read a letter in which harm is suspected says what they have done. And the one step to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.cases import Concern
from bluepals.domain.refusals import Refused
from bluepals.facts import cases, cases_page, conduct_page
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Office
from bluepals.store.database import Scope
from desk.doors import visitor
from desk.forms import FormRefused, form_key, report_in, sent_before, submitted
from desk.pages import page, sentence
from desk.refusals import status_of
from service.referrals import Referrals

NO_CAUSE = (
    "You have not reported, and you say that nothing in the letter gives you reasonable cause to.",
    "It goes on record for you, and can’t be taken back. Others still say their own word.",  # noqa: RUF001
    "If you do see a cause later, report it at once.",
)


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
            return await self._page(request, reader, str(refused), status_of(refused))
        return RedirectResponse(f"/{reader.program}/cases?done=1", 303)

    async def ask_no_cause(self, request: Request) -> Response:
        reader = await visitor(self._office, request)
        return await self.sure_of_no_cause(request, reader, f"/{reader.program}/cases")

    async def no_cause(self, request: Request) -> Response:
        reader = await visitor(self._office, request)
        try:
            await self.take_no_cause(request, reader)
        except Refused as refused:
            return await self._page(request, reader, str(refused), status_of(refused))
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
            heading="You read it and have no reasonable cause to suspect harm",
            follows=NO_CAUSE,
            yes="Yes, I have no reasonable cause",
            keep="No, go back",
        )

    async def may_say_more(self, request: Request, by: UUID) -> bool:
        """Of a letter that the page showed until somebody worried about it."""
        scope, draft_id = Scope.whole(request.path_params["program"]), request.path_params["draft"]
        return await cases.may_say_more(self._office, scope, draft_id, by)

    async def worry(self, request: Request, person: UUID, back: str) -> Response:
        """From another page of the desk, which has seen to it that this letter is on it."""
        program = request.path_params["program"]
        try:
            async with submitted(request) as form:
                concern = concern_in(form)
                opened = await cases.worry(
                    self._office,
                    Scope.whole(program),
                    draft_id=request.path_params["draft"],
                    by=person,
                    concern=concern,
                )
        except Refused as refused:
            return sentence(status_of(refused), str(refused))
        if opened.has_stopwatch:
            await self._referrals.start_at_once(program, opened.case.id)
        arrived = "&arrived=1" if opened.case.arrived else ""
        return RedirectResponse(f"{back}?worried={concern}{arrived}", 303)

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


@dataclass(frozen=True, slots=True)
class Worried:
    """What the visitor has just said of a letter. `hotline`: where harm is suspected.

    `arrived`: whoever the letter is for had it before, so nothing is held back.
    """

    hotline: str | None
    arrived: bool


async def just_worried(office: Office, request: Request) -> Worried | None:
    """From the address to which `Cases.worry` leads back."""
    concern = request.query_params.get("worried")
    if concern not in set(Concern):
        return None
    program, arrived = request.path_params["program"], "arrived" in request.query_params
    return Worried(await cases_page.hotline(office, program) if concern == Concern.HARM else None, arrived)


def concern_in(form: FormData) -> Concern:
    """Raises FormRefused."""
    try:
        return Concern(str(form.get("kind")))
    except ValueError:
        raise FormRefused(422, "Choose what worries you, and send it again.") from None
