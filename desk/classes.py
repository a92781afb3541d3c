"""/{program}/class: a teacher hands the children's letters in and prints what they open on opening day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.domain.survey import Taker
from bluepals.facts import class_openings, class_papers, surveys, teachers_page
from bluepals.facts.office import Office
from bluepals.facts.teachers_page import ChildState, TeacherAtDesk, TeacherPage, own_class
from desk.doors import visitor
from desk.forms import day_in, form_key, letter_in, submitted, survey_in
from desk.pages import Said, page, pdf
from desk.refusals import said_about, status_of
from desk.shield import WITH_SENDING
from desk.worries import Worries, just_worried


@dataclass(frozen=True, slots=True)
class NotMoved:
    """An opening day that stays as it is: whose (year, round and class, as in the form's address), why, and what was asked for."""

    which: str
    sentence: Sentence
    asked_for: str


class Classes:
    def __init__(self, office: Office, worries: Worries) -> None:
        self._office = office
        self._worries = worries

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/class"
        return [
            Route(here, self.show),
            Route(f"{here}/survey", self.survey, methods=["POST"]),
            Route(f"{here}/certificates/{{program_year}}/{{class_name:path}}", self.certificates),
            Route(f"{here}/sheets/{{program_year}}/{{class_name:path}}", self.sheets),
            Route(f"{here}/notices/{{program_year}}/{{class_name:path}}", self.notices),
            Route(f"{here}/visit/{{program_year}}/sheet", self.run_sheet),
            Route(f"{here}/visit/{{program_year}}/guests", self.visitors_list),
            Route(f"{here}/letter/{{draft:uuid}}", self.letter),
            Route(f"{here}/pack/{{program_year}}/{{opening:int}}/{{class_name:path}}", self.pack),
            Route(
                f"{here}/opening/{{program_year}}/{{opening:int}}/{{class_name:path}}",
                self.move_opening,
                methods=["POST"],
            ),
            Route(f"{here}/worry/{{draft:uuid}}", self.worry, methods=["POST"]),
            Route(f"{here}/{{pairing:uuid}}", self.hand_in, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._page(request, await self._teacher(request), Said())

    async def hand_in(self, request: Request) -> Response:
        teacher, pairing_id = await self._teacher(request), request.path_params["pairing"]
        await teachers_page.check_child(self._office, teacher, pairing_id)
        try:
            async with submitted(request) as form:
                sent = await letter_in(form)
                await teachers_page.hand_in_for_child(
                    self._office,
                    teacher,
                    pairing_id,
                    shown_round=sent.shown_round,
                    shown_draft=sent.shown_draft,
                    letter=sent.letter,
                    language=sent.language,
                )
        except Refused as refused:
            return await self._page(request, teacher, said_about(refused, request))
        # By a GET: reloading the page sends nothing twice.
        return RedirectResponse(f"{_here(request)}?sent={pairing_id}#child-{pairing_id}", 303)

    async def worry(self, request: Request) -> Response:
        teacher = await self._teacher(request)
        if not await self._worries.may_say_more(request, teacher.id):
            await teachers_page.check_letter(self._office, teacher, request.path_params["draft"])
        return await self._worries.take(request, teacher.id, _here(request))

    async def pack(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        content = await class_papers.pack(
            self._office, teacher, asked["program_year"], asked["class_name"], asked["opening"]
        )
        name = re.sub(r"[^A-Za-z0-9-]+", "-", f"letters-{asked['class_name']}-{asked['opening']}")
        return pdf(content, f"{name}.pdf", "attachment")

    async def move_opening(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        year, number, class_name = asked["program_year"], asked["opening"], asked["class_name"]
        place = teacher.classes.index(own_class(teacher, year, class_name)) + 1
        which, asked_for = f"{year}/{number}/{class_name}", ""
        try:
            async with submitted(request) as form:
                asked_for = str(form.get("on", ""))
                on = day_in(form, "on", Sentence("the opening day"))
                await class_openings.move(self._office, teacher, year, class_name, number, on)
        except Refused as refused:
            not_moved = NotMoved(which, refused.sentence, asked_for)
            return await self._page(request, teacher, Said(status=status_of(refused)), not_moved)
        return RedirectResponse(f"{_here(request)}?sent={quote(which)}#opening-{place}-{number}", 303)

    async def run_sheet(self, request: Request) -> Response:
        teacher = await self._teacher(request)
        content = await class_papers.run_sheet(self._office, teacher, request.path_params["program_year"])
        return pdf(content, "run-sheet.pdf", "attachment")

    async def visitors_list(self, request: Request) -> Response:
        teacher = await self._teacher(request)
        content = await class_papers.visitors_list(self._office, teacher, request.path_params["program_year"])
        return pdf(content, "visitors.pdf", "attachment")

    async def certificates(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        content = await class_papers.certificates_of(
            self._office, teacher, asked["program_year"], asked["class_name"]
        )
        name = re.sub(r"[^A-Za-z0-9-]+", "-", f"certificates-{asked['class_name']}")
        return pdf(content, f"{name}.pdf", "attachment")

    async def sheets(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        content = await class_papers.sheets_of(
            self._office, teacher, asked["program_year"], asked["class_name"]
        )
        name = re.sub(r"[^A-Za-z0-9-]+", "-", f"sheets-{asked['class_name']}")
        return pdf(content, f"{name}.pdf", "attachment")

    async def notices(self, request: Request) -> Response:
        teacher, asked = await self._teacher(request), request.path_params
        content = await class_papers.notices_of(
            self._office, teacher, asked["program_year"], asked["class_name"]
        )
        name = re.sub(r"[^A-Za-z0-9-]+", "-", f"families-{asked['class_name']}")
        return pdf(content, f"{name}.pdf", "attachment")

    async def survey(self, request: Request) -> Response:
        teacher = await self._teacher(request)
        try:
            async with submitted(request) as form:
                await surveys.answer(self._office, teacher.scope, teacher.id, survey_in(form, Taker.TEACHER))
        except Refused as refused:
            return await self._page(request, teacher, said_about(refused, request))
        return RedirectResponse(f"{_here(request)}?sent=survey#survey", 303)

    async def letter(self, request: Request) -> Response:
        teacher = await self._teacher(request)
        content = await class_papers.letter_by_itself(self._office, teacher, request.path_params["draft"])
        return pdf(content, "letter.pdf", "attachment")

    async def _teacher(self, request: Request) -> TeacherAtDesk:
        return await teachers_page.teacher_at_desk(self._office, await visitor(self._office, request))

    async def _page(
        self, request: Request, teacher: TeacherAtDesk, said: Said, not_moved: NotMoved | None = None
    ) -> Response:
        shown = await teachers_page.teacher_page(self._office, teacher)
        sent = request.query_params.get("sent")
        answer = page(
            "class.html",
            said.status,
            here=_here(request),
            visitor=request.state.visitor,
            form_key=form_key(request),
            page=shown,
            said=said,
            sent=sent,
            not_moved=not_moved,
            worried=await just_worried(self._office, request),
            filed="filed" in request.query_params,
            thrown="thrown" in request.query_params,
            next_child=said.pairing_id or _next_child(shown, sent),
        )
        answer.headers.update(WITH_SENDING)
        return answer


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/class"


def _next_child(shown: TeacherPage, sent: str | None) -> UUID | None:
    """The next one on the stack: the first after the child just handed in whose letter is still to come."""
    for one in shown.classes:
        places = [number for number, child in enumerate(one.children) if str(child.pairing_id) == sent]
        for child in one.children[places[0] + 1 :] if places else ():
            if child.state in {ChildState.WAITING, ChildState.RETURNED}:
                return child.pairing_id
    return None
