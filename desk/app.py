"""The desk as one application, for a server, a rehearsal or a test to mount."""

import asyncpg
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bluepals.facts.declining import Decliner
from bluepals.store.database import Scope
from desk.cases import Cases
from desk.classes import Classes
from desk.declines import Declines
from desk.pages import HERE
from desk.pals import Pals
from desk.refusals import HANDLERS
from desk.shield import Shield
from service.parts import Parts
from service.referrals import Referrals


def app(parts: Parts) -> Starlette:
    """It needs PostgreSQL. While Temporal is away it takes letters all the same: they are told later."""
    cases = Cases(parts.office, Referrals(parts.client))
    pals, classes = Pals(parts.office, cases), Classes(parts.office, cases)

    async def health(_: Request) -> Response:
        try:
            async with parts.database.transaction(Scope("none")) as connection:
                await connection.fetchval("SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return PlainTextResponse("PostgreSQL does not answer\n", 503)
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[
            Route("/pals/{token}", pals.show),
            Route("/pals/{token}/leave", pals.leave, methods=["POST"]),
            Route("/pals/{token}/letter/{draft:uuid}", pals.pages),
            Route("/pals/{token}/worry/{draft:uuid}", pals.worry, methods=["POST"]),
            Route("/pals/{token}/{pairing:uuid}", pals.answer, methods=["POST"]),
            Route("/pals/{token}/{pairing:uuid}/visit", pals.visit, methods=["POST"]),
            Route("/pals/{token}/host/{request:uuid}", pals.host, methods=["POST"]),
            Route("/pals/{token}/survey", pals.survey, methods=["POST"]),
            Route("/class/{token}/survey", classes.survey, methods=["POST"]),
            Route("/class/{token}/certificates/{program_year}/{class_name:path}", classes.certificates),
            Route("/class/{token}", classes.show),
            Route("/class/{token}/visit/{program_year}/sheet", classes.run_sheet),
            Route("/class/{token}/visit/{program_year}/guests", classes.visitors_list),
            Route("/class/{token}/letter/{draft:uuid}", classes.letter),
            Route("/class/{token}/pack/{program_year}/{opening:int}/{class_name:path}", classes.pack),
            Route("/class/{token}/worry/{draft:uuid}", classes.worry, methods=["POST"]),
            Route("/class/{token}/{pairing:uuid}", classes.hand_in, methods=["POST"]),
            Route("/case/{token}", cases.show),
            Route("/case/{token}/{case:uuid}", cases.attest, methods=["POST"]),
            *(
                Route(f"/{decliner}/{{token}}", endpoint, methods=[method])
                for decliner in Decliner
                for method, endpoint in (
                    ("GET", Declines(parts.office, decliner).show),
                    ("POST", Declines(parts.office, decliner).decline),
                )
            ),
            Route("/health", health),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(Shield)],
        exception_handlers=HANDLERS,
    )
