"""/{program}/enter/sso, and /enter/callback to which the district's sign-in sends everybody back.

What belongs together is tied to the browser by its cookie and not kept here: the state is signed with it, nonce and
verifier are made from both. Whoever comes back in another browser, or after they have entered, begins again.
"""

import secrets
from collections.abc import Sequence

import structlog
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.sentences import Sentence
from bluepals.facts import doors
from bluepals.facts.office import Office
from bluepals.settings import SignOnSettings
from desk.doors import ASKING, ASKING_STAYS, asking, inside, keep_asking, let_in
from desk.pages import page
from desk.provider import NotVouched, Provider, ProviderAway

CALLBACK = "/enter/callback"

NOT_BEGUN_HERE = Sentence("This sign-in was not begun in this browser, or its time is over. Begin again.")
NOT_VOUCHED = Sentence(
    "The district's sign-in did not say who you are in a way that can be trusted. Begin again."
)

log = structlog.get_logger(__name__)


class SingleSignOn:
    def __init__(self, office: Office, settings: SignOnSettings) -> None:
        self._office = office
        self._is_on = settings.is_on
        self._provider = Provider(settings, f"{office.links.desk}{CALLBACK}")

    @property
    def routes(self) -> Sequence[Route]:
        if not self._is_on:
            return []
        return [
            Route("/{program}/enter/sso", self.begin, methods=["GET"]),
            Route(CALLBACK, self.come_back, methods=["GET"]),
        ]

    async def begin(self, request: Request) -> Response:
        """A link, no form: it changes nothing here, and a form may not lead to another host."""
        program, browser = await asking(self._office, request)
        state = self._states(browser).dumps([program, inside(request, program), secrets.token_urlsafe(16)])
        try:
            there = await self._provider.sign_in_page(
                state=state,
                nonce=self._tied("nonce", browser, state),
                verifier=self._tied("verifier", browser, state),
            )
        except ProviderAway as away:
            return _refused(503, away.sentence, program)
        return keep_asking(request, RedirectResponse(there, 303))

    async def come_back(self, request: Request) -> Response:
        browser, state = request.cookies.get(ASKING, ""), request.query_params.get("state", "")
        try:
            program, to, _ = self._states(browser).loads(state, int(ASKING_STAYS.total_seconds()))
        except BadSignature:
            return _refused(403, NOT_BEGUN_HERE)
        try:
            vouched = await self._provider.address(
                request.query_params.get("code", ""),
                nonce=self._tied("nonce", browser, state),
                verifier=self._tied("verifier", browser, state),
            )
            if vouched.address is None:
                log.warning("sign-in refused", program=program, why=vouched.why)
            entered = await doors.enter_by_single_sign_on(self._office, program, vouched.address)
        except ProviderAway as away:
            return _refused(503, away.sentence, program)
        except NotVouched as refused:
            log.warning("sign-in refused", program=program, why=refused.why)
            return _refused(403, NOT_VOUCHED, program)
        except doors.NotLetIn as refused:
            return _refused(403, refused.sentence, program)
        return let_in(entered, to)

    def _states(self, browser: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._office.links.digest("sign-on", browser), salt="blue-pals-sign-on")

    def _tied(self, of: str, browser: str, state: str) -> str:
        return self._office.links.digest(of, f"{browser} {state}").hex()


def _refused(status: int, sentence: Sentence, program: str | None = None) -> Response:
    return page("enter-refused.html", status, sentence=sentence, program=program)
