"""/{program}/family: guardians see who writes to their child and the letters, and say what they agree to and what no longer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.people import ConsentScope
from bluepals.domain.refusals import Refused
from bluepals.facts import family_page
from bluepals.facts.desk import NotTheirs
from bluepals.facts.family_page import FamilyAtDesk
from bluepals.facts.office import Office
from bluepals.paper.words import words_in
from bluepals.store.family_page import ChildRow
from desk.door_words import chosen_language, keep_language
from desk.doors import guardian
from desk.forms import form_key, submitted
from desk.language import speak
from desk.pages import page, pdf
from desk.refusals import status_of
from desk.words import BY_LANGUAGE


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
        words, child = BY_LANGUAGE[family.language], _child(request, family)
        return self._sure(
            request,
            family,
            heading=words.withdraw_heading.format(child=child.first_name, scope=words.scopes[scope]),
            follows=[one.format(child=child.first_name) for one in words.follows[scope]],
            yes=words.yes_withdraw,
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
        words, child = BY_LANGUAGE[family.language], _child(request, family)
        if scope not in await family_page.may_agree(self._office, family, child):
            return RedirectResponse(_here(request), 303)
        version = await family_page.form_in_use(self._office, family, child)
        form = [words.form_in_use.format(version=version)] if version else []
        return self._sure(
            request,
            family,
            heading=words.agree_heading.format(child=child.first_name, scope=words.scopes[scope]),
            follows=[*(one.format(child=child.first_name) for one in words.means[scope]), *form],
            yes=words.yes_agree,
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
        words, child = BY_LANGUAGE[family.language], _child(request, family)
        return self._sure(
            request,
            family,
            heading=words.erase_heading.format(child=child.first_name),
            follows=[one.format(child=child.first_name) for one in words.erase_follows],
            yes=words.yes_erase,
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
        """In the language that somebody has chosen at the door or here, or else in that of the roster."""
        family = await family_page.family_at_desk(self._office, await guardian(self._office, request))
        return replace(family, language=chosen_language(request) or family.language)

    async def _page(self, request: Request, family: FamilyAtDesk, refused: Refused | None = None) -> Response:
        words = BY_LANGUAGE[family.language]
        shown = page(
            "family.html",
            status_of(refused) if refused else 200,
            **_around(request, family),
            dates=words_in(family.language),
            children=await family_page.family_page(self._office, family),
            refused=words.refused or refused.sentence if refused else "",
            done=request.query_params.get("done"),
        )
        return keep_language(request, shown)

    def _sure(
        self, request: Request, family: FamilyAtDesk, *, heading: str, follows: Sequence[str], yes: str
    ) -> Response:
        shown = page(
            "sure.html",
            **_around(request, family),
            heading=heading,
            follows=follows,
            yes=yes,
            keep=BY_LANGUAGE[family.language].keep,
        )
        return keep_language(request, shown)


def _around(request: Request, family: FamilyAtDesk) -> dict[str, Any]:
    speak(family.language)
    return {
        "here": _here(request),
        "visitor": request.state.visitor,
        "form_key": form_key(request),
        "language": family.language,
        "words": BY_LANGUAGE[family.language],
    }


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
