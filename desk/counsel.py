"""/{program}/counsel: a counselor reads what worries someone, makes a plan, and says what becomes of the letter."""

from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.cases import LetterOutcome
from bluepals.domain.refusals import Refused
from bluepals.domain.returning import refuse_too_long
from bluepals.domain.sentences import Sentence
from bluepals.facts import counsel_copies, counsel_page
from bluepals.facts.closing import Word
from bluepals.facts.counsel_page import CounselorAtDesk
from bluepals.facts.office import Office
from bluepals.facts.reading_copies import Wish
from desk.cases import Cases
from desk.copies import A_COPY, cells_in, wish_in
from desk.doors import visitor
from desk.forms import FormRefused, day_in, form_key, sent_before, submitted
from desk.pages import jpeg, page, pdf, sentence
from desk.refusals import status_of
from desk.shield import WITH_SCRIPT
from desk.worries import Worries, just_worried

GOES_ON = (
    Sentence("Whoever it is written to gets it as it was handed in."),
    Sentence("The case is closed. What people have put on record stays."),
)


class Counsel:
    def __init__(self, office: Office, cases: Cases, worries: Worries) -> None:
        self._office = office
        self._cases = cases
        self._worries = worries

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/counsel"
        one = f"{here}/{{case:uuid}}"
        return [
            Route(here, self.show),
            Route(f"{here}/pairs/{{pairing:uuid}}", self.decline, methods=["POST"]),
            Route(one, self.show_case),
            Route(f"{one}/read", self.read, methods=["POST"]),
            Route(f"{one}/pages", self.pages),
            Route(f"{one}/attest", self.attest, methods=["POST"]),
            Route(f"{one}/attest/no-cause", self.ask_no_cause, methods=["GET"]),
            Route(f"{one}/attest/no-cause", self.no_cause, methods=["POST"]),
            Route(f"{one}/plan", self.plan, methods=["POST"]),
            Route(f"{one}/close", self.close, methods=["POST"]),
            Route(f"{one}/goes-on", self.ask_goes_on, methods=["GET"]),
            Route(f"{one}/goes-on", self.goes_on, methods=["POST"]),
            Route(f"{one}/page/{{page:int}}", self.picture),
            Route(f"{one}/copy", self.see_copy, methods=["POST"]),
            Route(f"{one}/copy/deliver", self.deliver_copy, methods=["POST"]),
            *(Route(f"{one}/{step}", self.back, methods=["GET"]) for step in ("copy", "copy/deliver")),
            Route(f"{one}/not-reached/{{person:uuid}}", self.not_reached, methods=["POST"]),
            Route(f"{one}/worry/{{draft:uuid}}", self.worry, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._counselor(request))

    async def decline(self, request: Request) -> Response:
        counselor = await self._counselor(request)
        try:
            async with submitted(request):
                await counsel_page.decline(self._office, counselor, request.path_params["pairing"])
        except Refused as refused:
            return await self._page(request, counselor, refused.sentence, status_of(refused))
        return RedirectResponse(f"{_list(request)}?done=declined#pairs", 303)

    async def show_case(self, request: Request) -> Response:
        return await self._case_page(request, await self._counselor(request))

    async def read(self, request: Request) -> Response:
        """A form and no link: who reads it has a duty from then on, and mailboxes open links."""
        counselor = await self._counselor(request)
        try:
            async with submitted(request):
                await counsel_page.open_letter(self._office, counselor, request.path_params["case"])
        except Refused as refused:
            return await self._case_page(request, counselor, refused.sentence, status_of(refused))
        return RedirectResponse(f"{request.url.path.removesuffix('/read')}#letter", 303)

    async def pages(self, request: Request) -> Response:
        counselor = await self._counselor(request)
        content = await counsel_page.letters_pages(self._office, counselor, request.path_params["case"])
        return pdf(content, "letter.pdf", "inline")

    async def attest(self, request: Request) -> Response:
        counselor, case_id = await self._counselor(request), request.path_params["case"]
        await counsel_page.check_case(self._office, counselor, case_id)
        try:
            await self._cases.take_report(request, counselor.entered)
        except Refused as refused:
            return await self._case_page(request, counselor, refused.sentence, status_of(refused))
        return _done(request, "attested")

    async def ask_no_cause(self, request: Request) -> Response:
        counselor, case_id = await self._counselor(request), request.path_params["case"]
        await counsel_page.check_case(self._office, counselor, case_id)
        back = f"{_list(request)}/{case_id}#attest"
        return await self._cases.sure_of_no_cause(request, counselor.entered, back)

    async def no_cause(self, request: Request) -> Response:
        counselor, case_id = await self._counselor(request), request.path_params["case"]
        await counsel_page.check_case(self._office, counselor, case_id)
        try:
            await self._cases.take_no_cause(request, counselor.entered)
        except Refused as refused:
            return await self._case_page(request, counselor, refused.sentence, status_of(refused))
        return _done(request, "attested")

    async def plan(self, request: Request) -> Response:
        counselor = await self._counselor(request)
        try:
            async with submitted(request) as form:
                await counsel_page.plan(
                    self._office,
                    counselor,
                    request.path_params["case"],
                    look_again_on=day_in(form, "look-again", Sentence("the next look")),
                    partners=[one for one in form.getlist("partner") if isinstance(one, str)],
                )
        except Refused as refused:
            return await self._case_page(request, counselor, refused.sentence, status_of(refused))
        return _done(request, "planned")

    async def close(self, request: Request) -> Response:
        counselor = await self._counselor(request)
        try:
            async with submitted(request) as form:
                await counsel_page.close(self._office, counselor, request.path_params["case"], _word(form))
        except Refused as refused:
            return await self._case_page(request, counselor, refused.sentence, status_of(refused))
        return _done(request, "closed")

    async def ask_goes_on(self, request: Request) -> Response:
        """What follows, before a letter that harm was suspected in goes on."""
        counselor, case_id = await self._counselor(request), request.path_params["case"]
        row = await counsel_page.own_case(self._office, counselor, case_id)
        return page(
            "sure.html",
            here=f"{_list(request)}/{case_id}#close",
            visitor=counselor.entered,
            form_key=form_key(request),
            heading=Sentence("The letter goes on: {child}", child=row.child)
            if row.child
            else Sentence("The letter goes on"),
            follows=GOES_ON,
            yes=Sentence("Yes, it goes on"),
            keep=Sentence("No, go back"),
        )

    async def goes_on(self, request: Request) -> Response:
        """As `close`, once they are sure."""
        counselor, case_id = await self._counselor(request), request.path_params["case"]
        try:
            async with submitted(request):
                word = Word(LetterOutcome.DELIVER, None, None, None, None)
                await counsel_page.close(self._office, counselor, case_id, word)
        except Refused as refused:
            return await self._case_page(request, counselor, refused.sentence, status_of(refused))
        return _done(request, "closed")

    async def picture(self, request: Request) -> Response:
        counselor, asked = await self._counselor(request), request.path_params
        try:
            wish = Wish(cells=cells_in(request.query_params))
            content = await counsel_copies.picture(
                self._office, counselor, asked["case"], asked["page"], wish
            )
        except Refused as refused:
            return sentence(status_of(refused), refused.sentence)
        return jpeg(content)

    async def see_copy(self, request: Request) -> Response:
        """Nothing is kept: what the copy is made of comes along with the word that delivers it."""
        counselor, case_id = await self._counselor(request), request.path_params["case"]
        try:
            async with submitted(request, A_COPY) as form:
                wish = request.state.wish = wish_in(form)
                if form.get("change"):
                    return await self._case_page(request, counselor)
                shown = await counsel_copies.copy_page(self._office, counselor, case_id, wish)
        except Refused as refused:
            return await self._case_page(request, counselor, refused.sentence, status_of(refused))
        return page(
            "counsel-copy.html",
            here=f"{_list(request)}/{case_id}",
            visitor=counselor.entered,
            form_key=form_key(request),
            page=shown,
            wish=wish,
        )

    async def deliver_copy(self, request: Request) -> Response:
        counselor, case_id = await self._counselor(request), request.path_params["case"]
        try:
            async with submitted(request, A_COPY) as form:
                wish = request.state.wish = wish_in(form)
                await counsel_copies.deliver(self._office, counselor, case_id, wish)
        except Refused as refused:
            return await self._case_page(request, counselor, refused.sentence, status_of(refused))
        return _done(request, "closed")

    async def back(self, request: Request) -> Response:
        """Whoever opens the address of a form anew has the case before them."""
        counselor, case_id = await self._counselor(request), request.path_params["case"]
        await counsel_page.check_case(self._office, counselor, case_id)
        return RedirectResponse(f"{_list(request)}/{case_id}", 303)

    async def not_reached(self, request: Request) -> Response:
        counselor, asked = await self._counselor(request), request.path_params
        try:
            async with submitted(request):
                await counsel_page.not_reached(self._office, counselor, asked["case"], asked["person"])
        except Refused as refused:
            return await self._case_page(request, counselor, refused.sentence, status_of(refused))
        await self._cases.look_again(asked["case"])
        return _done(request, "not-reached")

    async def worry(self, request: Request) -> Response:
        counselor, case_id = await self._counselor(request), request.path_params["case"]
        await counsel_page.check_letter(
            self._office, counselor, case_id, draft_id=request.path_params["draft"]
        )
        return await self._worries.take(request, counselor.id, _list(request))

    async def _counselor(self, request: Request) -> CounselorAtDesk:
        return counsel_page.counselor_at_desk(await visitor(self._office, request))

    async def _page(
        self, request: Request, counselor: CounselorAtDesk, refused: str = "", status: int = 200
    ) -> Response:
        return page(
            "counsel.html",
            status,
            here=_list(request),
            visitor=counselor.entered,
            form_key=form_key(request),
            page=await counsel_page.counsel_page(self._office, counselor),
            worried=await just_worried(self._office, request),
            refused=refused,
            done=request.query_params.get("done"),
        )

    async def _case_page(
        self, request: Request, counselor: CounselorAtDesk, refused: str = "", status: int = 200
    ) -> Response:
        shown = await counsel_page.case_page(self._office, counselor, request.path_params["case"])
        answer = page(
            "counsel-case.html",
            status,
            list=_list(request),
            here=f"{_list(request)}/{shown.case.row.case_id}",
            visitor=counselor.entered,
            form_key=form_key(request),
            page=shown,
            refused=refused,
            sent=sent_before(request),
            wish=getattr(request.state, "wish", Wish()),
            done=request.query_params.get("done"),
        )
        answer.headers.update(WITH_SCRIPT)
        return answer


def _list(request: Request) -> str:
    return f"/{request.path_params['program']}/counsel"


def _done(request: Request, what: str) -> Response:
    """To the case's page, by a GET: reloading it sends nothing twice."""
    case = request.path_params["case"]
    return RedirectResponse(f"{_list(request)}/{case}?done={what}", 303)


def _word(form: FormData) -> Word:
    """Raises FormRefused and WordsTooLong."""
    try:
        letter = LetterOutcome(str(form.get("letter")))
    except ValueError:
        raise FormRefused(422, "Say what becomes of the letter, and send it again.") from None
    for_child, for_adult = (str(form.get(name) or "").strip() for name in ("for-child", "for-adult"))
    refuse_too_long(for_child, for_adult)
    if letter is LetterOutcome.RETURN and not (for_child and for_adult):
        raise FormRefused(422, "A letter that goes back needs its reasons, in both boxes.")
    asked = None
    if form.get("counsel-asked"):
        asked = day_in(form, "counsel-asked", Sentence("the word with counsel"))
    return Word(letter, None, for_child or None, for_adult or None, asked)
