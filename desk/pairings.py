"""/{program}/pairings: who writes to whom, and a pairing's year: on one line, in rounds, and as a story."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bluepals.domain.pairing_year import Kind, Moment
from bluepals.facts import letter_page, pairing_page
from bluepals.facts.letter_page import Opens
from bluepals.facts.pairing_page import PairingsReader
from bluepals.paper.year_line import year_key, year_line
from bluepals.paper.year_words import Link, moment_words, with_its_day, year_list
from desk.doors import visitor
from desk.forms import form_key
from desk.language import said
from desk.pages import page, pdf
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
        one = f"{here}/{{pairing:uuid}}"
        return [
            Route(here, self.show),
            Route(one, self.show_pairing),
            Route(f"{one}/letter/{{draft:uuid}}", self.show_letter),
            Route(f"{one}/letter/{{draft:uuid}}/pages", self.pages),
        ]

    async def show(self, request: Request) -> Response:
        reader = await pairing_page.reader_at_desk(self._office, await visitor(self._office, request))
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
            list=_list(request) if reader.teacher is None else f"/{reader.entered.program}/class",
            is_teacher=reader.teacher is not None,
            visitor=reader.entered,
            form_key=form_key(request),
            page=shown,
            link=_link(request, await letter_page.opens(self._office, reader, shown.year)),
            year_line=year_line,
            year_key=year_key,
            year_list=year_list,
            say=said,
            workflow=workflow,
            workflow_page=self._parts.page_of(workflow) if reader.coordinates_all else None,
        )

    async def show_letter(self, request: Request) -> Response:
        reader, asked = await self._reader(request), request.path_params
        shown = await letter_page.letter_page(self._office, reader, asked["pairing"], asked["draft"])
        return page(
            "letter.html",
            list=f"{_list(request)}/{shown.year.pairing_id}",
            here=request.url.path,
            visitor=reader.entered,
            form_key=form_key(request),
            page=shown,
            happened=with_its_day(shown.moment.on, moment_words(shown.year, shown.moment)),
        )

    async def pages(self, request: Request) -> Response:
        reader, asked = await self._reader(request), request.path_params
        content = await letter_page.letters_pages(self._office, reader, asked["pairing"], asked["draft"])
        return pdf(content, "letter.pdf", "inline")

    async def _reader(self, request: Request) -> PairingsReader:
        entered = await visitor(self._office, request)
        return await pairing_page.reader_of(self._office, entered, request.path_params["pairing"])


def _list(request: Request) -> str:
    return f"/{request.path_params['program']}/pairings"


def _link(request: Request, opens: Opens) -> Link:
    """The pairing before or after this one; the letter, or its case, for those whose it is to open. All else: nowhere."""
    pairings = _list(request)

    def to(moment: Moment) -> str | None:
        if moment.about is None:
            return None
        if moment.kind in OTHER_PAIRINGS:
            return f"{pairings}/{moment.about}"
        if moment.about in opens.letters:
            return f"{pairings}/{request.path_params['pairing']}/letter/{moment.about}"
        case = opens.cases.get(moment.about)
        return None if case is None else f"/{request.path_params['program']}/counsel/{case}"

    return to
