"""/{program}/pairings: who writes to whom, and a pairing's year: on one line, in rounds, and as a story."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bluepals.domain.pairing_year import Kind, Moment
from bluepals.facts import pairing_page
from bluepals.facts.pairing_page import PairingsReader
from bluepals.paper.year_line import year_key, year_line
from bluepals.paper.year_words import Link, year_list
from desk.doors import visitor
from desk.forms import form_key
from desk.pages import page
from service.parts import Parts
from workflows.api import pairing

OTHER_PAIRINGS = {Kind.OFFICER_BEFORE, Kind.NEXT_OFFICER}


class Pairings:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._office = parts.office

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/pairings"
        return [Route(here, self.show), Route(f"{here}/{{pairing:uuid}}", self.show_pairing)]

    async def show(self, request: Request) -> Response:
        reader = await self._reader(request)
        return page(
            "pairings.html",
            here=_list(request),
            visitor=reader.entered,
            form_key=form_key(request),
            pairings=await pairing_page.pairings(self._office, reader),
        )

    async def show_pairing(self, request: Request) -> Response:
        reader, pairing_id = await self._reader(request), request.path_params["pairing"]
        shown = await pairing_page.pairing_page(self._office, reader, pairing_id)
        workflow = pairing.workflow_id(str(pairing_id))
        return page(
            "pairing.html",
            list=_list(request),
            visitor=reader.entered,
            form_key=form_key(request),
            page=shown,
            link=_link(_list(request)),
            year_line=year_line,
            year_key=year_key,
            year_list=year_list,
            workflow=workflow,
            workflow_page=self._parts.page_of(workflow) if reader.coordinates_all else None,
        )

    async def _reader(self, request: Request) -> PairingsReader:
        return await pairing_page.reader_at_desk(self._office, await visitor(self._office, request))


def _list(request: Request) -> str:
    return f"/{request.path_params['program']}/pairings"


def _link(pairings: str) -> Link:
    """The pairing before or after this one; what a letter says is its readers' to open."""

    def to(moment: Moment) -> str | None:
        return f"{pairings}/{moment.about}" if moment.kind in OTHER_PAIRINGS and moment.about else None

    return to
