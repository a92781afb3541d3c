"""/{program}/reading: a moderator reads one letter after the other, and says what becomes of each."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bluepals.domain.redaction import RedactionRefused
from bluepals.domain.refusals import Refused
from bluepals.domain.returning import Reasons, Usual, refuse_too_long, usual_reasons
from bluepals.facts import reading_copies, reading_page
from bluepals.facts.office import Office
from bluepals.facts.reading_copies import Wish
from bluepals.facts.reading_page import ReaderAtDesk, Standing
from bluepals.store.reading_page import ReadingRow
from desk.copies import A_COPY, cells_in, wish_in
from desk.doors import visitor
from desk.forms import FormRefused, form_key, sent_before, submitted
from desk.pages import jpeg, page, sentence
from desk.refusals import status_of
from desk.shield import WITH_SCRIPT
from desk.worries import Worries, just_worried

STEPS = ("approve", "copy", "copy/approve", "return", "later", "undo")


class Reading:
    def __init__(self, office: Office, worries: Worries) -> None:
        self._office = office
        self._worries = worries

    @property
    def routes(self) -> Sequence[Route]:
        here = "/{program}/reading"
        one = f"{here}/{{draft:uuid}}"
        return [
            Route(here, self.show),
            Route(f"{here}/next", self.next, methods=["POST"]),
            Route(f"{here}/worry/{{draft:uuid}}", self.worry, methods=["POST"]),
            Route(one, self.show_letter),
            Route(f"{one}/page/{{page:int}}", self.picture),
            Route(f"{one}/approve", self.approve, methods=["POST"]),
            Route(f"{one}/copy", self.see_copy, methods=["POST"]),
            Route(f"{one}/copy/approve", self.approve_copy, methods=["POST"]),
            Route(f"{one}/return", self.send_back, methods=["POST"]),
            Route(f"{one}/later", self.later, methods=["POST"]),
            Route(f"{one}/undo", self.undo, methods=["POST"]),
            *(Route(f"{one}/{step}", self.back, methods=["GET"]) for step in STEPS),
        ]

    async def show(self, request: Request) -> Response:
        return await self._list(request, await self._reader(request))

    async def next(self, request: Request) -> Response:
        reader = await self._reader(request)
        try:
            async with submitted(request):
                pass
        except Refused as refused:
            return await self._list(request, reader, refused.sentence, status_of(refused))
        return _to(request, await reading_page.next_letter(self._office, reader))

    async def show_letter(self, request: Request) -> Response:
        return await self._letter(request, await self._reader(request), request.path_params["draft"])

    async def back(self, request: Request) -> Response:
        """Whoever opens the address of a form anew has their letter before them."""
        reader, draft_id = await self._reader(request), request.path_params["draft"]
        await reading_page.check_letter(self._office, reader, draft_id)
        return _to(request, draft_id)

    async def picture(self, request: Request) -> Response:
        reader, asked = await self._reader(request), request.path_params
        try:
            wish = Wish(cells=cells_in(request.query_params))
            content = await reading_copies.picture(self._office, reader, asked["draft"], asked["page"], wish)
        except Refused as refused:
            return sentence(status_of(refused), refused.sentence)
        return jpeg(content)

    async def approve(self, request: Request) -> Response:
        reader, draft_id = await self._reader(request), request.path_params["draft"]
        try:
            async with submitted(request) as form:
                await reading_page.approve(self._office, reader, draft_id, _hash(form))
        except Refused as refused:
            return await self._refused(request, reader, refused)
        return await self._after(request, reader, draft_id)

    async def see_copy(self, request: Request) -> Response:
        """Nothing is kept: what the copy is made of comes along with its approval."""
        reader, draft_id = await self._reader(request), request.path_params["draft"]
        try:
            async with submitted(request, A_COPY) as form:
                wish = request.state.wish = wish_in(form)
                if form.get("change"):
                    return await self._letter(request, reader, draft_id)
                shown = await reading_copies.copy_page(self._office, reader, draft_id, wish)
        except Refused as refused:
            return await self._refused(request, reader, refused)
        return _with_keys(
            page(
                "reading-copy.html",
                here=f"{_here(request)}/{draft_id}",
                visitor=reader.entered,
                form_key=form_key(request),
                page=shown,
                wish=wish,
            )
        )

    async def approve_copy(self, request: Request) -> Response:
        reader, draft_id = await self._reader(request), request.path_params["draft"]
        try:
            async with submitted(request, A_COPY) as form:
                wish = request.state.wish = wish_in(form)
                copied = await reading_copies.approve_copy(self._office, reader, draft_id, _hash(form), wish)
        except Refused as refused:
            return await self._refused(request, reader, refused)
        return await self._after(request, reader, copied)

    async def send_back(self, request: Request) -> Response:
        reader, draft_id = await self._reader(request), request.path_params["draft"]
        try:
            async with submitted(request) as form:
                row = await reading_page.letter_of(self._office, reader, draft_id)
                reasons = _reasons(form, usual_reasons(row.side, row.language))
                await reading_page.send_back(self._office, reader, draft_id, _hash(form), reasons)
        except Refused as refused:
            return await self._refused(request, reader, refused)
        return await self._after(request, reader, draft_id)

    async def later(self, request: Request) -> Response:
        reader, draft_id = await self._reader(request), request.path_params["draft"]
        try:
            async with submitted(request):
                following = await reading_page.put_off(self._office, reader, draft_id)
        except Refused as refused:
            return await self._refused(request, reader, refused)
        return _to(request, following)

    async def undo(self, request: Request) -> Response:
        reader, draft_id = await self._reader(request), request.path_params["draft"]
        try:
            async with submitted(request):
                waits = await reading_page.undo(self._office, reader, draft_id)
        except Refused as refused:
            return await self._refused(request, reader, refused)
        return _to(request, waits, "?undone=1")

    async def worry(self, request: Request) -> Response:
        reader, draft_id = await self._reader(request), request.path_params["draft"]
        await reading_page.check_letter(self._office, reader, draft_id)
        return await self._worries.take(request, reader.id, _here(request))

    async def _reader(self, request: Request) -> ReaderAtDesk:
        return await reading_page.reader_at_desk(self._office, await visitor(self._office, request))

    async def _after(self, request: Request, reader: ReaderAtDesk, decided: UUID) -> Response:
        """The next letter by itself, with what has just been said on top. By a GET: reloading it decides nothing."""
        return _to(request, await reading_page.next_letter(self._office, reader), f"?done={decided}")

    async def _refused(self, request: Request, reader: ReaderAtDesk, refused: Refused) -> Response:
        """On the page of the newest draft, which may be another one than was decided about. What a copy lacks is said at its form."""
        row = await reading_page.letter_of(self._office, reader, request.path_params["draft"])
        of_copy = isinstance(refused, RedactionRefused)
        return await self._letter(
            request, reader, row.newest, refused.sentence, status_of(refused), of_copy=of_copy
        )

    async def _list(
        self, request: Request, reader: ReaderAtDesk, refused: str = "", status: int = 200
    ) -> Response:
        return _with_keys(
            page(
                "reading.html",
                status,
                here=_here(request),
                visitor=reader.entered,
                form_key=form_key(request),
                page=await reading_page.reading_page(self._office, reader),
                done=await self._done(request, reader),
                refused=refused,
                worried=await just_worried(self._office, request),
            )
        )

    async def _letter(
        self,
        request: Request,
        reader: ReaderAtDesk,
        draft_id: UUID,
        refused: str = "",
        status: int = 200,
        *,
        of_copy: bool = False,
    ) -> Response:
        all_earlier = request.query_params.get("earlier") == "all"
        shown = await reading_page.letter_page(self._office, reader, draft_id, all_earlier=all_earlier)
        return _with_keys(
            page(
                "reading-letter.html",
                status,
                list=_here(request),
                here=f"{_here(request)}/{draft_id}",
                visitor=reader.entered,
                form_key=form_key(request),
                page=shown,
                done=await self._done(request, reader),
                refused=refused,
                refused_at_copy=of_copy and shown.standing is Standing.WAITS,
                wish=getattr(request.state, "wish", Wish()),
                undone=request.query_params.get("undone"),
                usual=usual_reasons(shown.row.side, shown.row.language),
                sent=sent_before(request),
            )
        )

    async def _done(self, request: Request, reader: ReaderAtDesk) -> ReadingRow | None:
        """What has just been decided about, when it still is."""
        try:
            draft_id = UUID(request.query_params.get("done", ""))
        except ValueError:
            return None
        row = await reading_page.letter_of(self._office, reader, draft_id)
        return row if row.verdict is not None else None


def _here(request: Request) -> str:
    return f"/{request.path_params['program']}/reading"


def _to(request: Request, draft_id: UUID | None, done: str = "") -> Response:
    """A letter, or the list when there is none."""
    letter = "" if draft_id is None else f"/{draft_id}"
    return RedirectResponse(f"{_here(request)}{letter}{done}", 303)


def _with_keys(shown: Response) -> Response:
    shown.headers.update(WITH_SCRIPT)
    return shown


def _hash(form: FormData) -> bytes:
    """Of the draft that the page has shown. Raises FormRefused."""
    try:
        return bytes.fromhex(str(form.get("hash")))
    except ValueError:
        raise FormRefused(422, "The form does not say which draft was read. Open the letter again.") from None


def _reasons(form: FormData, usual: Mapping[Usual, Reasons]) -> Reasons:
    """The usual one that is ticked, and the reader's own words after it. Raises FormRefused and WordsTooLong."""
    for_child, for_adult = (str(form.get(name) or "").strip() for name in ("for-child", "for-adult"))
    refuse_too_long(for_child, for_adult)
    if why := form.get("why"):
        try:
            ticked = usual[Usual(str(why))]
        except ValueError:
            raise FormRefused(422, "Tick what is on the page, and send it again.") from None
        return Reasons(f"{ticked.for_child} {for_child}".strip(), f"{ticked.for_adult} {for_adult}".strip())
    if for_child and for_adult:
        return Reasons(for_child, for_adult)
    if for_child or for_adult:
        raise FormRefused(422, "Your own words are needed in both boxes: for the child, and for the adult.")
    raise FormRefused(422, "Choose why it goes back, or say it in your own words.")
