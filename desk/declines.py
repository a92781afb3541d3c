"""/decline-family/{token} and /decline-officer/{token}: one side of a pair says no before the introduction."""

from starlette.requests import Request
from starlette.responses import Response

from bluepals.domain.refusals import Refused
from bluepals.facts import declining
from bluepals.facts.declining import Decliner
from bluepals.facts.office import Office
from bluepals.store.pairings import PairingCard
from desk.door_words import ENGLISH, SPANISH
from desk.forms import form_key, submitted
from desk.pages import around, page, sentence
from desk.refusals import status_of
from desk.words import BY_LANGUAGE


class Declines:
    """Looking changes nothing: mailboxes open every link that comes in. The button does."""

    def __init__(self, office: Office, decliner: Decliner) -> None:
        self._office = office
        self._decliner = decliner

    async def show(self, request: Request) -> Response:
        request.state.secret = request.path_params["token"]
        _, pairing = await declining.asked(self._office, self._decliner, request.path_params["token"])
        return page(
            "decline.html",
            pairing=pairing,
            spanish=self._is_spanish(pairing),
            form_key=form_key(request),
            path=request.url.path,
        )

    async def decline(self, request: Request) -> Response:
        request.state.secret = request.path_params["token"]
        asked, pairing = await declining.asked(self._office, self._decliner, request.path_params["token"])
        door = SPANISH if self._is_spanish(pairing) else ENGLISH
        try:
            async with submitted(request):
                await declining.decline_by_link(self._office, self._decliner, asked)
        except Refused as refused:
            return sentence(status_of(refused), str(refused), door=door)
        return page(
            "sentence.html", **around(door), sentence=BY_LANGUAGE[door.language].declined, typed="", home=""
        )

    def _is_spanish(self, pairing: PairingCard) -> bool:
        return self._decliner is Decliner.FAMILY and pairing.student_language == "es"
