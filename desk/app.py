"""The desk as one application, for a server, a rehearsal or a test to mount."""

from datetime import timedelta
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bluepals.facts.declining import Decliner
from bluepals.store.database import Scope
from desk.agency import Agency
from desk.attests import Attests
from desk.board import Board
from desk.calendar import Calendar
from desk.cases import Cases
from desk.classes import Classes
from desk.conduct import Conduct
from desk.counsel import Counsel
from desk.declines import Declines
from desk.doors import Doors, NotEntered, not_entered
from desk.family import Family
from desk.following import Following
from desk.joining import Joining
from desk.language import Speaking
from desk.pages import HERE
from desk.pairings import Pairings
from desk.pals import Pals
from desk.passkeys import Passkeys
from desk.pauses import Pauses
from desk.proposal import Proposal
from desk.reading import Reading
from desk.refusals import HANDLERS
from desk.setup import Setup
from desk.shield import Shield
from desk.single_sign_on import SingleSignOn
from desk.stacks import Stacks
from desk.visit_change import ChangingVisit
from desk.worries import Worries
from service.asking import Asking
from service.parts import Parts
from service.referrals import Referrals

PATIENCE = timedelta(seconds=15)  # of somebody in front of a page


class Kept(StaticFiles):
    """Browsers keep these files, and ask whether they have changed."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def app(parts: Parts) -> Starlette:
    """It needs PostgreSQL. While Temporal is away it takes letters all the same: they are told later."""
    referrals, asking = Referrals(parts.client), Asking(parts.client, PATIENCE)
    cases, worries = Cases(parts.office, referrals), Worries(parts.office, referrals)
    doors, pals, classes = Doors(parts.office), Pals(parts.office, worries), Classes(parts.office, worries)
    counsel, family = Counsel(parts.office, cases, worries), Family(parts.office)

    async def health(_: Request) -> Response:
        try:
            async with parts.database.transaction(Scope("none")) as connection:
                await connection.fetchval("SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return PlainTextResponse("PostgreSQL does not answer\n", 503)
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[
            Route("/health", health),
            Mount("/static", Kept(directory=HERE / "static")),
            *(
                Route(f"/{decliner}/{{token}}", endpoint, methods=[method])
                for decliner in Decliner
                for method, endpoint in (
                    ("GET", Declines(parts.office, decliner).show),
                    ("POST", Declines(parts.office, decliner).decline),
                )
            ),
            *SingleSignOn(parts.office, parts.sign_on).routes,
            *Passkeys(parts.office).routes,
            *doors.routes,
            *Board(parts.office).routes,
            *Pauses(parts.office).routes,
            *ChangingVisit(parts.office, asking).routes,
            *Calendar(parts.office).routes,
            *Proposal(parts.office, asking).routes,
            *Setup(parts, PATIENCE).routes,
            *Pairings(parts).routes,
            *pals.routes,
            *Stacks(parts.office, referrals).routes,
            *classes.routes,
            *counsel.routes,
            *Reading(parts.office, worries).routes,
            *family.routes,
            *Agency(parts.office).routes,
            *Joining(parts.office).routes,
            *cases.routes,
            *Attests(parts.office, referrals).routes,
            *Conduct(parts.office).routes,
        ],
        middleware=[Middleware(Speaking), Middleware(Shield), Middleware(Following)],
        exception_handlers={**HANDLERS, NotEntered: not_entered, HTTPException: doors.no_route},
    )
