"""/{program}/setup: a program's files with what is wrong in them, its people, and the consents that came on paper."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import PurePosixPath

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.people import ConsentScope
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.facts import readiness, setup_page
from bluepals.facts.consents import PaperForms
from bluepals.facts.coordinators import CoordinatorAtDesk, coordinator_at_desk
from bluepals.facts.setup_page import TakenIn
from bluepals.roster import is_of_a_folder
from desk.doors import visitor
from desk.forms import A_LIST, FormRefused, Most, day_in, form_key, ids_in, sent_before, submitted
from desk.pages import page
from desk.refusals import status_of
from service.asking import in_a_sentence
from service.opening import begin_years
from service.parts import Parts

MEGABYTES = 20
A_FOLDER = Most(
    MEGABYTES * 1024 * 1024,
    20,
    Sentence(
        "These files have more than {megabytes} MB together. Leave out other grades and columns, and send them again.",
        megabytes=MEGABYTES,
    ),
)
FIRST_FILES = ("program.toml", "students.csv", "officers.csv", "staff.csv")


class Setup:
    """`patience`: how long to wait for Temporal."""

    def __init__(self, parts: Parts, patience: timedelta) -> None:
        self._parts = parts
        self._office = parts.office
        self._patience = patience

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/setup"
        forms = f"{here}/consents/{{program_year}}/{{class_name:path}}"
        return [
            Route(here, self.show),
            Route(f"{here}/files", self.take_in, methods=["POST"]),
            Route(f"{here}/open", self.open, methods=["POST"]),
            Route(forms, self.show_forms, methods=["GET"]),
            Route(forms, self.record_forms, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._coordinator(request))

    async def take_in(self, request: Request) -> Response:
        """All files of a folder at once: they are applied as a whole, or not at all."""
        coordinator = await self._coordinator(request)
        await setup_page.program_of_all(self._office, coordinator)
        try:
            async with submitted(request, A_FOLDER) as form:
                files, others = await _files(form)
                only_check = form.get("do") == "check"
                taken = await setup_page.take_in(self._office, coordinator, files, apply=not only_check)
        except Refused as refused:
            return await self._page(request, coordinator, refused.sentence, status_of(refused))
        if taken.changed is not None:
            return RedirectResponse(f"/{coordinator.program}/setup?taken={taken.changed}", 303)
        status = 422 if taken.reading.problems else 200
        return await self._page(request, coordinator, "", status, taken, others)

    async def open(self, request: Request) -> Response:
        """As starter.py open does. Again, it starts only what is missing."""
        coordinator = await self._coordinator(request)
        await setup_page.program_of_all(self._office, coordinator)
        try:
            async with submitted(request) as form:
                if form.get("sure") != "yes":
                    raise FormRefused(
                        422, "Tick that the dates are right: from then on they are moved one by one."
                    )
                program = await readiness.program_to_open(self._office, coordinator)
            async with in_a_sentence(), asyncio.timeout(self._patience.total_seconds()):
                await begin_years(self._parts, program)
        except Refused as refused:
            return await self._page(
                request, coordinator, not_opened=refused.sentence, status=status_of(refused)
            )
        return RedirectResponse(f"/{coordinator.program}/setup?opened=1", 303)

    async def show_forms(self, request: Request) -> Response:
        return await self._forms_page(request, await self._coordinator(request))

    async def record_forms(self, request: Request) -> Response:
        coordinator, asked = await self._coordinator(request), request.path_params
        try:
            async with submitted(request, A_LIST) as form:
                recorded = await setup_page.record_forms(
                    self._office, coordinator, asked["program_year"], asked["class_name"], _forms(form)
                )
        except Refused as refused:
            return await self._forms_page(request, coordinator, refused.sentence, status_of(refused))
        return RedirectResponse(f"{request.url.path}?recorded={recorded}", 303)

    async def _coordinator(self, request: Request) -> CoordinatorAtDesk:
        return await coordinator_at_desk(self._office, await visitor(self._office, request))

    async def _page(
        self,
        request: Request,
        coordinator: CoordinatorAtDesk,
        refused: str = "",
        status: int = 200,
        taken: TakenIn | None = None,
        others: Sequence[str] = (),
        not_opened: str = "",
    ) -> Response:
        shown = await setup_page.setup_page(self._office, coordinator)
        return page(
            "setup.html",
            status,
            here=f"/{coordinator.program}/setup",
            visitor=coordinator.entered,
            form_key=form_key(request),
            page=shown,
            ready=await readiness.readiness(self._office, coordinator) if shown.whole else None,
            not_opened=not_opened,
            opened=request.query_params.get("opened"),
            first_files=FIRST_FILES,
            refused=refused,
            taken=taken,
            others=others,
            changed=_count(request, "taken"),
        )

    async def _forms_page(
        self, request: Request, coordinator: CoordinatorAtDesk, refused: str = "", status: int = 200
    ) -> Response:
        asked = request.path_params
        return page(
            "consents.html",
            status,
            setup=f"/{coordinator.program}/setup",
            here=request.url.path,
            visitor=coordinator.entered,
            form_key=form_key(request),
            page=await setup_page.class_forms(
                self._office, coordinator, asked["program_year"], asked["class_name"]
            ),
            scopes=list(ConsentScope),
            refused=refused,
            sent=sent_before(request),
            recorded=_count(request, "recorded"),
        )


def _count(request: Request, name: str) -> int | None:
    said = request.query_params.get(name, "")
    return int(said) if said.isdecimal() and len(said) < 8 else None


async def _files(form: FormData) -> tuple[Mapping[str, bytes], Sequence[str]]:
    """By their names, and the names of those that no folder has. Raises FormRefused.

    A browser that sends a whole folder writes its name before each.
    """
    files: dict[str, bytes] = {}
    others = []
    for part in form.getlist("files"):
        if not isinstance(part, UploadFile) or not part.filename:
            continue
        name = PurePosixPath(part.filename.replace("\\", "/")).name.casefold()
        if not is_of_a_folder(name):
            others.append(name)
        elif name in files:
            raise FormRefused(422, "There are two files called {name}. Keep the one that counts.", name=name)
        else:
            files[name] = await part.read()
    if not files:
        raise FormRefused(
            422,
            "No file of a program folder was sent. Choose {files}.",
            files=", ".join(FIRST_FILES),
        )
    return files, others


def _forms(form: FormData) -> PaperForms:
    """Raises FormRefused."""
    return PaperForms(
        students=ids_in(form, "child"),
        scopes=[scope for scope in ConsentScope if scope in form.getlist("scope")],
        given_on=day_in(form, "given-on", Sentence("the signing of the forms")),
        version=str(form.get("version") or "").strip() or None,
    )
