"""/{program}/pals: an officer reads the letters of each pal and answers them."""
# ruff: noqa: RUF001 (typographer's apostrophes)

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, listed
from bluepals.domain.survey import Taker
from bluepals.facts import officers_page, surveys
from bluepals.facts.office import Office
from bluepals.facts.officers_page import Farewell, OfficerAtDesk, OfficerPage, Pal
from bluepals.store.endings import Reason
from bluepals.store.unfinished import Begun, TypedOn
from desk.doors import fresh_visitor, visitor
from desk.forms import FormRefused, form_key, letter_in, round_in, sent_before, submitted, survey_in, typed_on
from desk.pages import Said, page, pdf, sentence
from desk.refusals import said_about, status_of
from desk.shield import WITH_SENDING
from desk.worries import Worries, just_worried

# Why an officer can't go on, in their own words.
REASONS = {Reason.MOVED: Sentence("I’m moving away"), Reason.BUSY: Sentence("I no longer have time")}


class Pals:
    def __init__(self, office: Office, worries: Worries) -> None:
        self._office = office
        self._worries = worries

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/pals"
        return [
            Route(here, self.show),
            Route(f"{here}/leave", self.ask_to_leave, methods=["GET"]),
            Route(f"{here}/leave", self.leave, methods=["POST"]),
            Route(f"{here}/survey", self.survey, methods=["POST"]),
            Route(f"{here}/letter/{{draft:uuid}}", self.pages),
            Route(f"{here}/worry/{{draft:uuid}}", self.worry, methods=["POST"]),
            Route(f"{here}/host/{{request:uuid}}", self.host, methods=["POST"]),
            Route(f"{here}/{{pairing:uuid}}", self.answer, methods=["POST"]),
            Route(f"{here}/{{pairing:uuid}}/keep", self.keep, methods=["POST"]),
            Route(f"{here}/{{pairing:uuid}}/visit", self.visit, methods=["POST"]),
        ]

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
                    shown_draft=sent.shown_draft,
                    typed_on=typed_on(form),
                    letter=sent.letter,
                    language=sent.language,
                )
        except Refused as refused:
            return await self._page(request, officer, said_about(refused, request))
        return _back(request, "sent", pairing_id)

    async def keep(self, request: Request) -> Response:
        """By the page's script as they type; or by its button, where there is no script."""
        officer, pairing_id = await self._officer(request), request.path_params["pairing"]
        await officers_page.check_pal(self._office, officer, pairing_id)
        try:
            async with submitted(request) as form:
                quietly, text = form.get("quietly") == "yes", str(form.get("text") or "")
                elsewhere = await officers_page.keep_unfinished(
                    self._office,
                    officer,
                    pairing_id,
                    shown_round=round_in(form),
                    typed_on=typed_on(form),
                    text=text,
                )
        except Refused as refused:
            return await self._page(request, officer, said_about(refused, request))
        if not quietly:
            return _back(request, "kept", pairing_id)
        return await self._page(request, officer, Said()) if elsewhere else Response(status_code=204)

    async def visit(self, request: Request) -> Response:
        officer, pairing_id = await self._officer(request), request.path_params["pairing"]
        await officers_page.check_pal(self._office, officer, pairing_id)
        try:
            async with submitted(request) as form:
                await officers_page.answer_invitation(self._office, officer, pairing_id, _said(form))
        except Refused as refused:
            return await self._page(request, officer, said_about(refused, request))
        return _back(request, "answered", pairing_id)

    async def ask_to_leave(self, request: Request) -> Response:
        """What follows, before it is done."""
        officer = await self._officer(request)
        try:
            why = REASONS[_reason(request)]
        except Refused as refused:
            return sentence(status_of(refused), refused.sentence, home=_here(request))
        last = await officers_page.farewell(self._office, officer)
        return page(
            "sure.html",
            here=_here(request),
            visitor=request.state.visitor,
            form_key=form_key(request),
            heading=_to_stop(why, last.pals),
            follows=_follows(last),
            yes=Sentence("Yes, I can’t go on"),
            keep=Sentence("No, go back"),
        )

    async def leave(self, request: Request) -> Response:
        entered = await fresh_visitor(self._office, request)
        officer = await officers_page.officer_at_desk(self._office, entered)
        try:
            async with submitted(request):
                await officers_page.withdraw(self._office, officer, _reason(request))
        except Refused as refused:
            return sentence(status_of(refused), refused.sentence, home=_here(request))
        return RedirectResponse(f"{_here(request)}#leave", 303)

    async def worry(self, request: Request) -> Response:
        officer = await self._officer(request)
        if not await self._worries.may_say_more(request, officer.id):
            await officers_page.check_letter(self._office, officer, request.path_params["draft"])
        return await self._worries.take(request, officer.id, _here(request))

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
        return RedirectResponse(f"{_here(request)}?sent=survey#survey", 303)

    async def pages(self, request: Request) -> Response:
        officer = await self._officer(request)
        content = await officers_page.officers_pages(self._office, officer, request.path_params["draft"])
        return pdf(content, "letter.pdf", "inline")

    async def _officer(self, request: Request) -> OfficerAtDesk:
        return await officers_page.officer_at_desk(self._office, await visitor(self._office, request))

    async def _page(self, request: Request, officer: OfficerAtDesk, said: Said) -> Response:
        here, shown = _here(request), await officers_page.officer_page(self._office, officer)
        answer = page(
            "pals.html",
            said.status,
            here=here,
            visitor=request.state.visitor,
            form_key=form_key(request),
            page=shown,
            said=said,
            boxes={one.pairing_id: _box(request, here, one, said) for one in shown.pals},
            said_of_none=said.path not in _forms(here, shown) and said.sentence,
            reasons=REASONS,
            sent=request.query_params.get("sent"),
            kept=request.query_params.get("kept"),
            answered=request.query_params.get("answered"),
            worried=await just_worried(self._office, request),
        )
        answer.headers.update(WITH_SENDING)
        return answer


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/pals"


def _forms(here: str, shown: OfficerPage) -> set[str]:
    """Where the page's forms are sent to. Those of what is settled it does not have any more."""
    return {
        f"{here}/survey",
        *(f"{here}/{one.pairing_id}/visit" for one in shown.invitations),
        *(f"{here}/host/{one.id}" for one in shown.requests),
        *(to for one in shown.pals for to in _letter_forms(here, one)),
    }


def _letter_forms(here: str, pal: Pal) -> tuple[str, str]:
    """Where the letter is sent to, and where it is kept."""
    return f"{here}/{pal.pairing_id}", f"{here}/{pal.pairing_id}/keep"


@dataclass(frozen=True, slots=True)
class Box:
    """What a letter is typed in, and the page that it is typed on. `beside`: what was begun elsewhere."""

    typed_on: TypedOn
    beside: Sequence[Begun]
    refused: str = ""
    typed: str | None = None  # and is given back
    begun: str = ""


def _box(request: Request, here: str, pal: Pal, said: Said) -> Box:
    """The letter that was just sent or kept goes on on its own page; any other, with the newest of what was begun, on this one."""
    forms, sent = _letter_forms(here, pal), sent_before(request)
    refused = said.about(*forms)
    if sent.path in forms:
        on = typed_on(sent.fields)
        beside = [one for one in pal.begun if not on.goes_on_from(one)]
        return Box(on, beside, refused, typed=sent.text("text"))
    if not pal.begun:
        return Box(TypedOn(uuid4()), (), refused)
    newest, *others = pal.begun
    return Box(TypedOn(uuid4(), newest.digest), others, refused, begun=newest.text)


def _said(form: FormData) -> str:
    """Yes or no. Raises FormRefused."""
    said = form.get("answer")
    if said not in {"yes", "no"}:
        raise FormRefused(422, "Choose whether you will come or not, and send your answer again.")
    return str(said)


def _reason(request: Request) -> Reason:
    """Moved or busy. Raises FormRefused."""
    said = request.query_params.get("reason")
    if said not in REASONS:
        raise FormRefused(422, "Open your page again, and choose there why you can't go on.")
    return Reason(said)


def _to_stop(why: Sentence, pals: Sequence[str]) -> Sentence:
    if not pals:
        return Sentence("{why}: stop writing to pals", why=why)
    return Sentence("{why}: stop writing to {pals}", why=why, pals=listed(pals))


def _follows(last: Farewell) -> Sequence[Sentence]:
    """From an officer's word that they can't go on."""
    return (
        Sentence("Each pal gets another officer after a while."),
        Sentence(
            "You may write a last letter to each by {day}. You and their teachers get a mail about it at once.",
            day=last.by,
        ),
        Sentence("Nobody but the program’s office learns the reason."),
        Sentence(
            "You can’t take it back yourself. If it was a mistake, tell the coordinator before a last letter has gone out."
        ),
    )


def _back(request: Request, done: str, about: UUID) -> Response:
    """To the page, by a GET: reloading it sends nothing twice. `about`: the pairing, or a reserve's request."""
    place = "pal" if done in {"sent", "kept"} else "visit"
    return RedirectResponse(f"{_here(request)}?{done}={about}#{place}-{about}", 303)
