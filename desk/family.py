"""/{program}/family: guardians see who writes to their child and the letters, and say what they agree to and what no longer."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.people import ConsentScope
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import family_page
from bluepals.facts.desk import NotTheirs
from bluepals.facts.family_page import FamilyAtDesk
from bluepals.facts.office import Office
from bluepals.store.family_page import ChildRow
from desk.declines import NOT_INTRODUCED
from desk.doors import guardian
from desk.forms import form_key, submitted
from desk.language import chosen_language, speak
from desk.pages import page, pdf
from desk.refusals import status_of
from desk.what_follows import SCOPES, of_agreeing, of_erasing, of_withdrawing

DONE = {
    "declined": NOT_INTRODUCED,
    "withdrawn": Sentence("Your consent to this is withdrawn, from this moment on."),
    "nothing": Sentence("Nothing has changed: this was withdrawn before, or never agreed to."),
    "agreed": Sentence("Thank you. You agree to this from now on."),
    "known": Sentence("Nothing has changed: you agree to this already."),
}


class Family:
    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/family"
        withdraw = f"{here}/{{child:uuid}}/withdraw/{{scope}}"
        agree = f"{here}/{{child:uuid}}/agree/{{scope}}"
        erase = f"{here}/{{child:uuid}}/erase"
        return [
            Route(here, self.show),
            Route(f"{here}/letter/{{draft:uuid}}", self.pages),
            Route(f"{here}/{{pairing:uuid}}/decline", self.decline, methods=["POST"]),
            Route(withdraw, self.ask_to_withdraw, methods=["GET"]),
            Route(withdraw, self.withdraw, methods=["POST"]),
            Route(agree, self.ask_to_agree, methods=["GET"]),
            Route(agree, self.agree, methods=["POST"]),
            Route(erase, self.ask_to_erase, methods=["GET"]),
            Route(erase, self.erase, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._family(request))

    async def decline(self, request: Request) -> Response:
        family = await self._family(request)
        try:
            async with submitted(request):
                await family_page.prefer_another(self._office, family, request.path_params["pairing"])
        except Refused as refused:
            return await self._page(request, family, refused)
        return _done(request, "declined")

    async def ask_to_withdraw(self, request: Request) -> Response:
        """What follows, before it is done."""
        family, scope = await self._family(request), _scope(request)
        child = _child(request, family).first_name
        return _sure(
            request,
            heading=Sentence("Withdraw for {child}: {scope}", child=child, scope=SCOPES[scope]),
            follows=of_withdrawing(scope, child),
            yes=Sentence("Yes, withdraw"),
        )

    async def withdraw(self, request: Request) -> Response:
        family, scope = await self._family(request), _scope(request)
        child = _child(request, family)
        try:
            async with submitted(request):
                withdrawn = await family_page.withdraw(self._office, family, child, scope)
        except Refused as refused:
            return await self._page(request, family, refused)
        return _done(request, "nothing" if withdrawn.known else "withdrawn")

    async def ask_to_agree(self, request: Request) -> Response:
        """What it means, before it is said."""
        family, scope = await self._family(request), _scope(request)
        child = _child(request, family)
        if scope not in await family_page.may_agree(self._office, family, child):
            return RedirectResponse(_here(request), 303)
        version = await family_page.form_in_use(self._office, family, child)
        return _sure(
            request,
            heading=Sentence("Agree for {child}: {scope}", child=child.first_name, scope=SCOPES[scope]),
            follows=of_agreeing(scope, child.first_name, version),
            yes=Sentence("Yes, I agree"),
        )

    async def agree(self, request: Request) -> Response:
        family, scope = await self._family(request), _scope(request)
        child = _child(request, family)
        try:
            async with submitted(request):
                is_new = await family_page.agree(self._office, family, child, scope)
        except Refused as refused:
            return await self._page(request, family, refused)
        return _done(request, "agreed" if is_new else "known")

    async def ask_to_erase(self, request: Request) -> Response:
        family = await self._family(request)
        child = _child(request, family).first_name
        return _sure(
            request,
            heading=Sentence("Erase everything about {child}", child=child),
            follows=of_erasing(child),
            yes=Sentence("Yes, ask for it"),
        )

    async def erase(self, request: Request) -> Response:
        family = await self._family(request)
        child = _child(request, family)
        try:
            async with submitted(request):
                await family_page.ask_to_erase(self._office, family, child)
        except Refused as refused:
            return await self._page(request, family, refused)
        return _done(request, "erase")

    async def pages(self, request: Request) -> Response:
        family = await self._family(request)
        content = await family_page.letters_pages(self._office, family, request.path_params["draft"])
        return pdf(content, "letter.pdf", "inline")

    async def _family(self, request: Request) -> FamilyAtDesk:
        """Spoken to in the language that somebody has chosen at the door or here, or else in that of the roster."""
        family = await family_page.family_at_desk(self._office, await guardian(self._office, request))
        speak(chosen_language(request) or family.language)
        return family

    async def _page(self, request: Request, family: FamilyAtDesk, refused: Refused | None = None) -> Response:
        done = request.query_params.get("done", "")
        return page(
            "family.html",
            status_of(refused) if refused else 200,
            here=_here(request),
            visitor=request.state.visitor,
            form_key=form_key(request),
            children=await family_page.family_page(self._office, family),
            scopes=SCOPES,
            refused=refused.sentence if refused else "",
            done=DONE.get(done),
            has_asked_to_erase=done == "erase",
        )


def _sure(request: Request, *, heading: Sentence, follows: Sequence[Sentence], yes: Sentence) -> Response:
    return page(
        "sure.html",
        here=_here(request),
        visitor=request.state.visitor,
        form_key=form_key(request),
        heading=heading,
        follows=follows,
        yes=yes,
        keep=Sentence("No, keep it as it is"),
    )


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/family"


def _child(request: Request, family: FamilyAtDesk) -> ChildRow:
    """Raises NotTheirs."""
    return family_page.own_child(family, request.path_params["child"])


def _scope(request: Request) -> ConsentScope:
    """Raises NotTheirs: there is no such page."""
    try:
        return ConsentScope(request.path_params["scope"])
    except ValueError:
        raise NotTheirs from None


def _done(request: Request, what: str) -> Response:
    return RedirectResponse(f"{_here(request)}?done={what}", 303)
