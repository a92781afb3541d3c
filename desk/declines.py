"""/decline-family/{token} and /decline-officer/{token}: one side of a pair says no before the introduction."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bluepals.domain.refusals import Refused
from bluepals.facts import declining
from bluepals.facts.declining import Decliner
from bluepals.facts.office import Office
from bluepals.store.pairings import PairingCard
from desk.door_words import BY_LANGUAGE, ENGLISH, LANGUAGE, DoorWords, chosen_language, keep_language
from desk.forms import form_key, submitted
from desk.pages import around, page, sentence
from desk.refusals import status_of
from desk.words import BY_LANGUAGE as WORDS


class Declines:
    """Looking changes nothing: mailboxes open every link that comes in. The button does."""

    def __init__(self, office: Office, decliner: Decliner) -> None:
        self._office = office
        self._decliner = decliner

    async def show(self, request: Request) -> Response:
        request.state.secret = request.path_params["token"]
        _, pairing = await declining.asked(self._office, self._decliner, request.path_params["token"])
        door = self._door(request, pairing)
        shown = page(
            "decline.html",
            **around(door),
            pairing=pairing,
            form_key=form_key(request),
            query=urlencode({LANGUAGE: door.language}),
        )
        return keep_language(request, shown)

    async def decline(self, request: Request) -> Response:
        request.state.secret = request.path_params["token"]
        asked, pairing = await declining.asked(self._office, self._decliner, request.path_params["token"])
        door = self._door(request, pairing)
        try:
            async with submitted(request):
                await declining.decline_by_link(self._office, self._decliner, asked)
        except Refused as refused:
            return sentence(status_of(refused), refused.sentence)
        return page(
            "sentence.html", **around(door), sentence=WORDS[door.language].declined, typed="", home=""
        )

    def _door(self, request: Request, pairing: PairingCard) -> DoorWords:
        """A family's language is the one chosen, or else its child's; officers read English."""
        if self._decliner is Decliner.OFFICER:
            return ENGLISH
        return BY_LANGUAGE.get(chosen_language(request) or pairing.student_language, ENGLISH)
