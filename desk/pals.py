"""/pals/{token}: an officer reads the letters of each pal and answers them."""

from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bluepals.domain.refusals import Refused
from bluepals.domain.survey import Taker
from bluepals.facts import officers_page, surveys
from bluepals.facts.leaving import WITHDRAWALS
from bluepals.facts.office import Office
from bluepals.facts.officers_page import OfficerAtDesk
from bluepals.store.endings import Reason
from desk.cases import Cases
from desk.forms import FormRefused, form_key, letter_in, submitted, survey_in
from desk.pages import Said, page, pdf, sentence
from desk.refusals import said_about, status_of


class Pals:
    def __init__(self, office: Office, cases: Cases) -> None:
        self._office = office
        self._cases = cases

    async def show(self, request: Request) -> Response:
        officer = await self._officer(request)
        return await self._page(request, officer, Said())

    async def answer(self, request: Request) -> Response:
        officer, pairing_id = await self._officer(request), request.path_params["pairing"]
        await officers_page.check_pal(self._office, officer, pairing_id)
        try:
            async with submitted(request) as form:
                sent = await letter_in(form)
                await officers_page.answer_pal(
                    self._office,
                    officer,
                    pairing_id,
                    shown_round=sent.shown_round,
                    letter=sent.letter,
                    language=sent.language,
                )
        except Refused as refused:
            return await self._page(request, officer, said_about(refused, request))
        return _back(request, "sent", pairing_id)

    async def visit(self, request: Request) -> Response:
        officer, pairing_id = await self._officer(request), request.path_params["pairing"]
        await officers_page.check_pal(self._office, officer, pairing_id)
        try:
            async with submitted(request) as form:
                await officers_page.answer_invitation(self._office, officer, pairing_id, _said(form))
        except Refused as refused:
            return await self._page(request, officer, said_about(refused, request))
        return _back(request, "answered", pairing_id)

    async def leave(self, request: Request) -> Response:
        officer = await self._officer(request)
        try:
            async with submitted(request) as form:
                await officers_page.withdraw(self._office, officer, _reason(form))
        except Refused as refused:
            return sentence(status_of(refused), str(refused))
        return RedirectResponse(f"/pals/{request.path_params['token']}#leave", 303)

    async def worry(self, request: Request) -> Response:
        officer = await self._officer(request)
        await officers_page.check_letter(self._office, officer, request.path_params["draft"])
        back = f"/pals/{request.path_params['token']}"
        return await self._cases.worry(request, officer.scope.program, officer.id, back)

    async def host(self, request: Request) -> Response:
        officer, asked = await self._officer(request), request.path_params["request"]
        try:
            async with submitted(request) as form:
                await officers_page.answer_request(self._office, officer, asked, _said(form))
        except Refused as refused:
            return await self._page(request, officer, said_about(refused, request))
        return _back(request, "answered", asked)

    async def survey(self, request: Request) -> Response:
        officer = await self._officer(request)
        try:
            async with submitted(request) as form:
                await surveys.answer(self._office, officer.scope, officer.id, survey_in(form, Taker.OFFICER))
        except Refused as refused:
            return await self._page(request, officer, said_about(refused, request))
        return RedirectResponse(f"/pals/{request.path_params['token']}?sent=survey#survey", 303)

    async def pages(self, request: Request) -> Response:
        officer = await self._officer(request)
        content = await officers_page.officers_pages(self._office, officer, request.path_params["draft"])
        return pdf(content, "letter.pdf", "inline")

    async def _officer(self, request: Request) -> OfficerAtDesk:
        officer = await officers_page.officer_at_desk(self._office, request.path_params["token"])
        request.state.person = str(officer.id)
        return officer

    async def _page(self, request: Request, officer: OfficerAtDesk, said: Said) -> Response:
        return page(
            "pals.html",
            said.status,
            token=request.path_params["token"],
            form_key=form_key(request),
            page=await officers_page.officer_page(self._office, officer),
            said=said,
            sent=request.query_params.get("sent"),
            answered=request.query_params.get("answered"),
            worried=request.query_params.get("worried"),
        )


def _said(form: FormData) -> str:
    """Yes or no. Raises FormRefused."""
    said = form.get("answer")
    if said not in {"yes", "no"}:
        raise FormRefused(422, "Choose whether you will come or not, and send your answer again.")
    return str(said)


def _reason(form: FormData) -> Reason:
    """Moved or busy. Raises FormRefused."""
    said = form.get("reason")
    if said not in WITHDRAWALS:
        raise FormRefused(422, "Choose why you can't go on, and send it again.")
    return Reason(str(said))


def _back(request: Request, done: str, pairing_id: UUID) -> Response:
    """To the page, by a GET: reloading it sends nothing twice."""
    place = f"pal-{pairing_id}" if done == "sent" else "visit"
    return RedirectResponse(f"/pals/{request.path_params['token']}?{done}={pairing_id}#{place}", 303)
