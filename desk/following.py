"""While Temporal is away the desk takes what people send, and says on the page after it that the rest follows."""

from contextvars import ContextVar

from starlette.datastructures import URL, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.bell import all_heard, listening

LATER = "later"  # in the address of the page that a form leads to

_follows_later: ContextVar[bool] = ContextVar("follows_later", default=False)


def follows_later() -> bool:
    """Whether what led to this page is taken in, and nobody has been told of it yet."""
    return _follows_later.get()


class Following:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _follows_later.set(LATER in QueryParams(scope["query_string"]))
        with listening() as rung:

            async def send_on(message: Message) -> None:
                if _leads_on(message) and not await all_heard(rung):
                    headers = MutableHeaders(scope=message)
                    headers["location"] = str(URL(headers["location"]).include_query_params(**{LATER: "yes"}))
                await send(message)

            await self._app(scope, receive, send_on)


def _leads_on(message: Message) -> bool:
    return (message["type"], message.get("status")) == ("http.response.start", 303)
