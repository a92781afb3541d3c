"""/{program}/class/stack/...: a scanned stack of a class's letters is sorted, and handed in."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, counted
from bluepals.domain.stacks import Found, Put
from bluepals.facts import stacks, teachers_page
from bluepals.facts.office import Office
from bluepals.facts.teachers_page import TeacherAtDesk, own_class
from desk.doors import visitor
from desk.forms import A_STACK, FormRefused, form_key, stack_in, submitted
from desk.pages import jpeg, page, sentence
from desk.refusals import status_of
from desk.worries import concern_in, just_worried
from service.referrals import Referrals

# Why a page has no name yet.
ASKED: Mapping[Found, Sentence] = {
    Found.UNREADABLE: Sentence("The code on it cannot be read. Whose page is it?"),
    Found.SEVERAL: Sentence(
        "Two sheets are on this picture. Scan them one by one, or say whose letter it is."
    ),
    Found.ANOTHER_ROUND: Sentence("It is a sheet of another round. Whose letter is it now?"),
    Found.NOT_HERE: Sentence(
        "It is a sheet of another class, or of a letter that cannot be changed any more."
    ),
    Found.NO_CODE: Sentence("It has no code. Whose page is it?"),
    Found.EMPTY: Sentence("It looks empty."),
    Found.SHEET: Sentence("Whose page is it?"),
}


class Stacks:
    def __init__(self, office: Office, referrals: Referrals) -> None:
        self._office = office
        self._referrals = referrals

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/class/stack/{stack:uuid}"
        return [
            Route("/{program}/class/stacks/{program_year}/{class_name:path}", self.drop, methods=["POST"]),
            Route(here, self.show),
            Route(f"{here}/picture/{{number:int}}", self.picture),
            Route(f"{here}/page/{{number:int}}", self.sort, methods=["POST"]),
            Route(f"{here}/child/{{pairing:uuid}}", self.absent, methods=["POST"]),
            Route(f"{here}/worry/{{pairing:uuid}}", self.worry, methods=["POST"]),
            Route(f"{here}/done", self.done, methods=["POST"]),
            Route(f"{here}/gone", self.ask_to_throw_away, methods=["GET"]),
            Route(f"{here}/gone", self.throw_away, methods=["POST"]),
        ]

    async def drop(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        own_class(teacher, asked["program_year"], asked["class_name"])
        try:
            async with submitted(request, A_STACK) as form:
                read = await stack_in(form)
            stack = await stacks.take_in(
                self._office, teacher, asked["program_year"], asked["class_name"], read
            )
        except Refused as refused:
            return sentence(status_of(refused), refused.sentence, home=_class(request))
        return RedirectResponse(f"{_class(request)}/stack/{stack}", 303)

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._teacher(request))

    async def picture(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        return jpeg(await stacks.picture(self._office, teacher, asked["stack"], asked["number"]))

    async def sort(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        await stacks.check(self._office, teacher, asked["stack"])
        try:
            async with submitted(request) as form:
                await self._sort(teacher, asked["stack"], asked["number"], form)
        except Refused as refused:
            return await self._page(request, teacher, refused)
        return RedirectResponse(f"{_here(request)}#page-{asked['number']}", 303)

    async def _sort(self, teacher: TeacherAtDesk, stack: UUID, number: int, form: FormData) -> None:
        match form.get("do"):
            case "turn":
                await stacks.turn(self._office, teacher, stack, number)
            case "swap":
                await stacks.swap(self._office, teacher, stack, number)
            case "child":
                await stacks.put(self._office, teacher, stack, number, Put.CHILD, _child_in(form))
            case "before" | "aside" as where:
                await stacks.put(self._office, teacher, stack, number, Put(where))
            case "back":
                await stacks.put(self._office, teacher, stack, number, None)
            case _:
                raise FormRefused(422, "Choose what is to be done with the page, and send it again.")

    async def absent(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        await stacks.check(self._office, teacher, asked["stack"])
        try:
            async with submitted(request) as form:
                await stacks.set_absent(
                    self._office,
                    teacher,
                    asked["stack"],
                    asked["pairing"],
                    absent=form.get("absent") == "yes",
                )
        except Refused as refused:
            return await self._page(request, teacher, refused)
        return RedirectResponse(f"{_here(request)}#child-{asked['pairing']}", 303)

    async def worry(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        await stacks.check(self._office, teacher, asked["stack"])
        try:
            async with submitted(request) as form:
                concern = concern_in(form)
                opened = await stacks.hand_in_worrying(
                    self._office,
                    teacher,
                    asked["stack"],
                    asked["pairing"],
                    str(form.get("shown") or ""),
                    concern,
                )
        except Refused as refused:
            return await self._page(request, teacher, refused)
        if opened.has_stopwatch:
            await self._referrals.start_at_once(asked["program"], opened.case.id)
        return RedirectResponse(f"{_here(request)}?worried={concern}", 303)

    async def done(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        await stacks.check(self._office, teacher, asked["stack"])
        try:
            async with submitted(request) as form:
                await stacks.hand_in(self._office, teacher, asked["stack"], str(form.get("shown") or ""))
        except Refused as refused:
            return await self._page(request, teacher, refused)
        return RedirectResponse(f"{_class(request)}?filed=1", 303)

    async def ask_to_throw_away(self, request: Request) -> Response:
        """What follows, before it is done."""
        teacher = await self._teacher(request)
        shown = await stacks.sorting_page(self._office, teacher, request.path_params["stack"])
        if shown is None:
            return RedirectResponse(_class(request), 303)
        return page(
            "sure.html",
            here=_here(request),
            visitor=request.state.visitor,
            form_key=form_key(request),
            heading=Sentence("Throw the stack of class {class_name} away", class_name=shown.class_name),
            follows=(
                Sentence(
                    "What was scanned is deleted ({pages}), and none of it is handed in.",
                    pages=counted(shown.pages, "page", "pages"),
                ),
                Sentence("The paper stays with you, and can be scanned again."),
            ),
            yes=Sentence("Yes, throw it away"),
            keep=Sentence("No, go back"),
        )

    async def throw_away(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        await stacks.check(self._office, teacher, asked["stack"])
        try:
            async with submitted(request):
                await stacks.throw_away(self._office, teacher, asked["stack"])
        except Refused as refused:
            return await self._page(request, teacher, refused)
        return RedirectResponse(f"{_class(request)}?thrown=1", 303)

    async def _teacher(self, request: Request) -> TeacherAtDesk:
        return await teachers_page.teacher_at_desk(self._office, await visitor(self._office, request))

    async def _page(
        self, request: Request, teacher: TeacherAtDesk, refused: Refused | None = None
    ) -> Response:
        shown = await stacks.sorting_page(self._office, teacher, request.path_params["stack"])
        if shown is None:
            return RedirectResponse(_class(request), 303)
        return page(
            "stack.html",
            status_of(refused) if refused else 200,
            here=_class(request),
            stack=_here(request),
            visitor=request.state.visitor,
            form_key=form_key(request),
            page=shown,
            why=ASKED,
            refused=refused.sentence if refused else "",
            worried=await just_worried(self._office, request),
        )


def _class(request: Request) -> str:
    return f"/{request.path_params['program']}/class"


def _here(request: Request) -> str:
    return f"{_class(request)}/stack/{request.path_params['stack']}"


def _child_in(form: FormData) -> UUID:
    """Raises FormRefused."""
    try:
        return UUID(str(form.get("child")))
    except ValueError:
        raise FormRefused(422, "Choose whose page it is, and send it again.") from None
