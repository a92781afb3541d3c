"""The one step in which whoever sees a letter says that it worries them, from any page that shows one."""

from dataclasses import dataclass
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bluepals.domain.cases import Concern
from bluepals.domain.refusals import Refused
from bluepals.facts import cases, cases_page
from bluepals.facts.office import Office
from bluepals.store.database import Scope
from desk.forms import FormRefused, submitted
from desk.pages import sentence
from desk.refusals import status_of
from service.referrals import Referrals


class Worries:
    def __init__(self, office: Office, referrals: Referrals) -> None:
        self._office = office
        self._referrals = referrals

    async def may_say_more(self, request: Request, by: UUID) -> bool:
        """Of a letter that the page showed until somebody worried about it."""
        scope, draft_id = Scope.whole(request.path_params["program"]), request.path_params["draft"]
        return await cases.may_say_more(self._office, scope, draft_id, by)

    async def take(self, request: Request, person: UUID, back: str) -> Response:
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
            return sentence(status_of(refused), refused.sentence)
        if opened.has_stopwatch:
            await self._referrals.start_at_once(program, opened.case.id)
        arrived = "&arrived=1" if opened.case.arrived else ""
        return RedirectResponse(f"{back}?worried={concern}{arrived}", 303)


@dataclass(frozen=True, slots=True)
class Worried:
    """What the visitor has just said of a letter. `hotline`: where harm is suspected.

    `arrived`: whoever the letter is for had it before, so nothing is held back.
    """

    hotline: str | None
    arrived: bool


async def just_worried(office: Office, request: Request) -> Worried | None:
    """From the address to which `Worries.take` leads back."""
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
