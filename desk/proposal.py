"""/{program}/setup/pairs: a coordinator approves the proposed pairs, or rejects them with a reason."""

from collections.abc import Sequence
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.matching import CAPACITIES
from bluepals.domain.refusals import Refused
from bluepals.facts import proposal_page
from bluepals.facts.coordinators import CoordinatorAtDesk, coordinator_at_desk
from bluepals.facts.office import Office
from desk.doors import visitor
from desk.forms import A_LIST, FormRefused, form_key, ids_in, sent_before, submitted
from desk.pages import page
from desk.refusals import status_of
from service.asking import Asking, in_a_sentence


class Proposal:
    def __init__(self, office: Office, asking: Asking) -> None:
        self._office = office
        self._asking = asking

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/setup/pairs"
        return [
            Route(here, self.show, methods=["GET"]),
            Route(here, self.decide, methods=["POST"]),
            Route(f"{here}/again", self.match_again, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._coordinator(request))

    async def decide(self, request: Request) -> Response:
        coordinator = await self._coordinator(request)
        try:
            async with submitted(request, A_LIST) as form:
                done = await self._decide(coordinator, form)
        except Refused as refused:
            return await self._page(request, coordinator, refused.sentence, status_of(refused))
        return RedirectResponse(f"{_here(request)}?done={done}", 303)

    async def _decide(self, coordinator: CoordinatorAtDesk, form: FormData) -> str:
        """What is said of it. Raises Refused."""
        program = await proposal_page.program_of(self._office, coordinator)
        match form.get("do"):
            case "approve all":
                pairs = await proposal_page.all_pairs(self._office, coordinator, str(form.get("seen")))
            case "approve" | "reject":
                pairs = await self._ticked(coordinator, form)
            case _:
                raise FormRefused(422, "Choose one of the buttons, and send it again.")
        if form.get("do") == "reject":
            await proposal_page.give_reason(
                self._office, coordinator, pairs, str(form.get("why") or "").strip()
            )
            async with in_a_sentence():
                return f"rejected-{(await self._asking.reject_pairs(program, pairs, coordinator.id)).changed}"
        async with in_a_sentence():
            decided = await self._asking.approve_pairs(program, pairs, coordinator.id)
            return f"approved-{decided.changed}-{decided.superseded}"

    async def _ticked(self, coordinator: CoordinatorAtDesk, form: FormData) -> Sequence[UUID]:
        return await proposal_page.some_pairs(self._office, coordinator, ids_in(form, "pair"))

    async def match_again(self, request: Request) -> Response:
        """Who has no pal: late children, new officers, rejected pairs."""
        coordinator = await self._coordinator(request)
        try:
            async with submitted(request), in_a_sentence():
                await self._asking.propose_again(await proposal_page.program_of(self._office, coordinator))
        except Refused as refused:
            return await self._page(request, coordinator, refused.sentence, status_of(refused))
        return RedirectResponse(f"{_here(request)}?done=matched", 303)

    async def _coordinator(self, request: Request) -> CoordinatorAtDesk:
        return await coordinator_at_desk(self._office, await visitor(self._office, request))

    async def _page(
        self, request: Request, coordinator: CoordinatorAtDesk, refused: str = "", status: int = 200
    ) -> Response:
        what, count, superseded, *_ = f"{request.query_params.get('done', '')}--".split("-")
        return page(
            "proposal.html",
            status,
            here=_here(request),
            visitor=coordinator.entered,
            form_key=form_key(request),
            page=await proposal_page.proposal_page(self._office, coordinator),
            capacities=CAPACITIES,
            refused=refused,
            sent=sent_before(request),
            done=what,
            count=_number(count),
            superseded=_number(superseded),
        )


def _number(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 6 else 0


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/setup/pairs"
