"""Forms as they come in: small enough, from our own page, and holding one letter."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from itsdangerous import Signer
from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bluepals.domain.letters import MAX_CHARACTERS, Letter, ScannedLetter, TypedLetter
from bluepals.domain.people import LANGUAGES
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence
from bluepals.domain.survey import QUESTIONS, Answers, Taker, answers
from bluepals.paper.pages import MAX_PAGES, MAX_UPLOAD_BYTES, Upload, clean_pages
from bluepals.paper.stacks import MAX_STACK_BYTES, ReadPage, read_stack
from bluepals.store.unfinished import TypedOn

# What was sent by a form, or by the address of a preview.
Fields = FormData | QueryParams

NO_TEXT = "\0"  # PostgreSQL takes it in no text.
MAX_TEXT_BYTES = 1024 * 1024
MAX_BODY_BYTES = MAX_PAGES * MAX_UPLOAD_BYTES + MAX_TEXT_BYTES
MEGABYTES = MAX_UPLOAD_BYTES // 1024 // 1024

# The fields in which somebody writes more than a date or an id.
WRITTEN = ("text", "for-child", "for-adult", "leave-out", "why", "because", "reason", "remark")

# Drawing pages takes up to two gigabytes in a process of its own: two at a time, the others wait their turn.
_drawing = asyncio.Semaphore(2)


class FormRefused(Refused):
    """What was sent can't be taken; the message says why and what to do."""

    def __init__(self, status: int, sentence: str, /, **values: object) -> None:
        super().__init__(sentence, **values)
        self.status = status


def form_key(request: Request) -> str:
    """Proves that a form was filled in on this visitor's own page: signed with what only their browser has."""
    return _signer(request).get_signature(b"form").decode()


def _signer(request: Request) -> Signer:
    return Signer(request.state.secret, salt="blue-pals-form", digest_method=hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that has just been refused, so that its page gives back what was typed and ticked; empty, when none was."""

    path: str = ""
    fields: FormData = field(default_factory=FormData)

    def to(self, path: str) -> "Sent":
        """This form, if it was sent there; for a page with many that have the same fields."""
        return self if path == self.path else Sent()

    def has(self, name: str) -> bool:
        return name in self.fields

    def text(self, name: str) -> str:
        return _field(self.fields, name)

    def ticked(self, name: str, value: object) -> bool:
        return str(value) in self.fields.getlist(name)


def sent_before(request: Request) -> Sent:
    return getattr(request.state, "sent", Sent())


@dataclass(frozen=True, slots=True)
class Most:
    """What a form can hold, and what is said of a larger one."""

    size: int  # bytes, of all that is sent
    fields: int
    sentence: Sentence


A_LETTER = Most(
    MAX_BODY_BYTES,
    20,
    Sentence(
        "That is more than a letter can hold: {files} files of {megabytes} MB each are the most. Go back and send fewer or"
        " smaller ones.",
        files=MAX_PAGES,
        megabytes=MEGABYTES,
    ),
)
A_STACK = Most(
    MAX_STACK_BYTES + MAX_TEXT_BYTES,
    20,
    Sentence(
        "That is more than a stack can hold: {megabytes} MB are the most. Go back, scan with a lower resolution (200 dots an"
        " inch are enough), or send the stack in two halves.",
        megabytes=MAX_STACK_BYTES // 1024 // 1024,
    ),
)
A_LIST = Most(
    MAX_TEXT_BYTES,
    2_000,
    Sentence("That is more than a list can hold. Go back and send fewer lines at a time."),
)


@asynccontextmanager
async def submitted(request: Request, most: Most = A_LETTER) -> AsyncIterator[FormData]:
    """The form. Raises FormRefused; one that says it is too large is refused before it is read."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise FormRefused(411, "Your browser did not say how large the letter is. Try another browser.")
    if int(length) > most.size:
        raise FormRefused(413, most.sentence)
    try:
        async with request.form(max_files=100, max_fields=most.fields, max_part_size=MAX_TEXT_BYTES) as form:
            request.state.typed, request.state.language = _field(form, "text"), _field(form, "language")
            request.state.sent = Sent(request.url.path, form)
            if not _signer(request).verify_signature(b"form", _field(form, "form").encode()):
                raise FormRefused(403, "This form did not come from your page. Open the page again.")
            if any(isinstance(said, str) and NO_TEXT in said for _, said in form.multi_items()):
                raise FormRefused(
                    422,
                    "What you sent holds a character that is no text (U+0000). Type the words anew, and send them again.",
                )
            yield form
    except HTTPException as unreadable:
        if "maximum size" in unreadable.detail:
            raise FormRefused(
                413,
                "The letter is too long: {most} characters are the most. Shorten it, or send it as scanned pages.",
                most=f"{MAX_CHARACTERS:,}",
            ) from None
        raise FormRefused(400, "The letter was cut off on its way. Go back and send it once more.") from None


async def typed_in(request: Request) -> str:
    """What somebody has written into a form that can't be taken now, if it is small enough to give back."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MAX_TEXT_BYTES:
        return ""
    async with request.form(max_part_size=MAX_TEXT_BYTES) as form:
        return "\n\n".join(written for name in WRITTEN if (written := _field(form, name).strip()))


@dataclass(frozen=True, slots=True)
class LetterForm:
    letter: Letter
    language: str
    shown_round: int | None
    shown_draft: int  # its number; 0: none was there


async def letter_in(form: FormData, own_language: str = "en") -> LetterForm:
    """Raises FormRefused, LetterRefused and PagesRefused, each with a sentence."""
    text = _field(form, "text")
    files = _files(form)
    if files and text.strip():
        raise FormRefused(
            422, "You sent a text and pages as well. Empty one of the two and send the letter again."
        )
    language = _field(form, "language")
    return LetterForm(
        letter=ScannedLetter(await _pages(files)) if files else TypedLetter(text),
        language=language if language in LANGUAGES else own_language,
        shown_round=round_in(form),
        shown_draft=_number(form, "draft") or 0,
    )


async def stack_in(form: FormData) -> list[ReadPage]:
    """The pages of a scanned stack. Raises PagesRefused with a sentence."""
    async with _drawing:
        uploads = [Upload(file.filename or "", await file.read()) for file in _files(form)]
        return await asyncio.to_thread(read_stack, uploads)


def _files(form: FormData) -> list[UploadFile]:
    return [
        part
        for part in form.getlist("pages")
        if isinstance(part, UploadFile) and (part.filename or part.size)
    ]


def typed_on(form: Fields) -> TypedOn:
    """The page that a letter was typed on; all that don't say which are one."""
    try:
        page = UUID(_field(form, "page"))
    except ValueError:
        page = UUID(int=0)
    return TypedOn(page, _field(form, "begun"), [str(one) for one in form.getlist("beside")])


def round_in(form: FormData) -> int | None:
    """The one that the page has shown."""
    return _number(form, "round")


def survey_in(form: FormData, taker: Taker) -> Answers:
    """Raises SurveyRefused with a sentence."""
    given = {question.key: _field(form, question.key) for question in QUESTIONS[taker]}
    return answers(taker, given, _field(form, "remark"))


def report_in(form: FormData) -> tuple[datetime, str | None]:
    """When it was reported, by the clock on the wall, and the reference. Raises FormRefused."""
    return _wall_clock(_field(form, "when")), _field(form, "reference").strip() or None


def _wall_clock(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise FormRefused(422, "Say when you reported, with date and time, and send it again.") from None


def ids_in(form: FormData, name: str) -> list[UUID]:
    """Raises FormRefused."""
    try:
        return [UUID(str(one)) for one in form.getlist(name)]
    except ValueError:
        raise FormRefused(422, "Tick what is on the page, and send it again.") from None


def day_in(form: Fields, name: str, what: Sentence) -> date:
    """`what`: that which the day is for. Raises FormRefused."""
    written = _field(form, name)
    if not written:
        raise FormRefused(422, "Choose a day for {what}.", what=what)
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise FormRefused(
            422,
            "That is no date for {what}. Choose a day, or write year-month-day, such as “2026-12-01”.",
            what=what,
        ) from None


async def _pages(files: list[UploadFile]) -> bytes:
    for file in files:
        if (file.size or 0) > MAX_UPLOAD_BYTES:
            raise FormRefused(
                413,
                "One of the files has more than {megabytes} MB. Take the photo again with a lower resolution, or send"
                " its pages one by one.",
                megabytes=MEGABYTES,
            )
    async with _drawing:
        uploads = [Upload(file.filename or "", await file.read()) for file in files]
        return await asyncio.to_thread(clean_pages, uploads)


def _field(form: Fields, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _number(form: FormData, name: str) -> int | None:
    number = _field(form, name)
    return int(number) if number.isdecimal() and len(number) < 4 else None
