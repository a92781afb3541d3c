"""/decline-family/{token} and /decline-officer/{token}: one side of a pair says no before the introduction."""

from starlette.requests import Request
from starlette.responses import Response

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import declining
from bluepals.facts.declining import Decliner
from bluepals.facts.office import Office
from bluepals.links import Asked
from bluepals.paper.words import words_in
from bluepals.store.pairings import PairingCard
from desk.forms import form_key, submitted
from desk.language import chosen_language, speak
from desk.pages import page, sentence
from desk.refusals import status_of

NOT_INTRODUCED = Sentence(
    "Thank you. The two are not introduced; we look for somebody else. Nobody is told who has said no."
)


class Declines:
    """Looking changes nothing: mailboxes open every link that comes in. The button does."""

    def __init__(self, office: Office, decliner: Decliner) -> None:
        self._office = office
        self._decliner = decliner

    async def show(self, request: Request) -> Response:
        _, pairing = await self._asked(request)
        return page("decline.html", pairing=pairing, form_key=form_key(request))

    async def decline(self, request: Request) -> Response:
        asked, _ = await self._asked(request)
        try:
            async with submitted(request):
                await declining.decline_by_link(self._office, self._decliner, asked)
        except Refused as refused:
            return sentence(status_of(refused), refused.sentence)
        return sentence(200, NOT_INTRODUCED)

    async def _asked(self, request: Request) -> tuple[Asked, PairingCard]:
        """A family is spoken to in the language that it has chosen, or else in its child's."""
        request.state.secret = request.path_params["token"]
        asked, pairing = await declining.asked(self._office, self._decliner, request.path_params["token"])
        if self._decliner is Decliner.FAMILY:
            speak(chosen_language(request) or words_in(pairing.student_language).language)
        return asked, pairing
