"""letter submit | waiting | show | decide | worry: letters in, read, decided about, and worried about."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Letter, ScannedLetter, Side, TypedLetter, Verdict
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import counted
from bluepals.facts import cases, letters
from bluepals.facts.cases import Opened
from bluepals.paper.pages import Upload, clean_pages
from bluepals.roster.cells import language
from bluepals.roster.problems import Unfit
from bluepals.store import case_readers, people, programs
from bluepals.store.database import Scope
from bluepals.store.letters import OpenedDraft
from commands.shell import AsJson, ProgramId, answer, ids, out, parts_of, run
from service.parts import Parts
from service.referrals import Referrals
from workflows.api.pairing import HASH_BYTES

app = typer.Typer(help="Hand letters in, read them, decide about them.", no_args_is_help=True)

MOST_ROUNDS = 12  # of a program


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != HASH_BYTES:
        raise typer.BadParameter("A hash is 64 hexadecimal characters, as `letter show` prints it.")
    return found


def _language(text: str) -> str:
    try:
        return language(text)
    except Unfit as unfit:
        raise typer.BadParameter(f"{text!r} {unfit}") from None


By = Annotated[str, typer.Option("--by", help="Your staff_id, as in staff.csv.")]
Draft = Annotated[UUID, typer.Argument(help="The draft's id, as `letter waiting` lists it.")]


@app.command()
def submit(
    program: ProgramId,
    pairing: Annotated[UUID, typer.Argument(help="The pairing's id.")],
    round_number: Annotated[
        int,
        typer.Option("--round", min=1, max=MOST_ROUNDS, help="Its round, as `pairing show` numbers them."),
    ],
    side: Annotated[Side, typer.Option(help="Whose letter it is.")],
    by: Annotated[str, typer.Option("--by", help="Who hands it in: a staff_id or an officer_id.")],
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--file",
            exists=True,
            dir_okay=False,
            help="A text file, or pages; none: text from standard input.",
        ),
    ] = None,
    written_in: Annotated[
        str,
        typer.Option(
            "--language", parser=_language, metavar="LANGUAGE", help="A code or a name: en, Spanish."
        ),
    ] = "en",
    json: AsJson = False,
) -> None:
    """Hand a letter in. The same letter again changes nothing."""
    run(_submit(program, pairing, round_number, side, by, files or [], written_in, json))


async def _submit(
    program: str,
    pairing: UUID,
    round_number: int,
    side: Side,
    by: str,
    files: list[Path],
    written_in: str,
    json: bool,
) -> None:
    letter = _letter(files)
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        async with service.database.transaction(scope) as connection:
            find = people.officer_id if side is Side.OFFICER else people.staff_id
            uploaded_by = await find(connection, by)
        draft = await letters.hand_in(
            service.office,
            scope,
            pairing_id=pairing,
            round_number=round_number,
            side=side,
            letter=letter,
            language=written_in,
            uploaded_by=uploaded_by,
        )
    shape = {"draft": draft.id, "number": draft.number, "hash": draft.hash.hex(), "known": draft.known}
    word = "was here already" if draft.known else "is waiting for a reader"
    answer(shape, json, lambda: out.print(f"Draft {draft.id} {word}."))


def _letter(files: list[Path]) -> Letter:
    if not files:
        return _typed("Standard input", typer.get_binary_stream("stdin").read())
    if len(files) == 1 and files[0].suffix.lower() == ".txt":
        return _typed(files[0].name, files[0].read_bytes())
    return ScannedLetter(clean_pages([Upload(file.name, file.read_bytes()) for file in files]))


def _typed(source: str, content: bytes) -> TypedLetter:
    """To the byte, but for the mark that some editors put before a text."""
    try:
        return TypedLetter(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refused(
            "{source} is no UTF-8 text. Save it as UTF-8 and send it again.", source=source
        ) from None


@app.command()
def waiting(program: ProgramId, json: AsJson = False) -> None:
    """Drafts that wait for a reader: the worrying and the unscreened first, then the oldest."""
    run(_waiting(program, json))


async def _waiting(program: str, json: bool) -> None:
    async with parts_of(program) as service:
        async with service.database.transaction(Scope.whole(program)) as connection:
            zone = ZoneInfo((await programs.load(connection)).timezone)
        found = await letters.waiting(service.office, Scope.whole(program))
    shape = [{**asdict(one), "hash": one.hash.hex()} for one in found]
    table = Table(
        ids("draft"), "letter", "risk", "received",
        title=counted(len(found), "draft waits", "drafts wait"), box=SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    for one in found:
        letter = f"round {one.round_number}, {one.side}, {one.school}" if one.school else "stock letter"
        table.add_row(
            str(one.draft_id),
            f"{letter}, {one.language}",
            one.risk or "unscreened",
            f"{one.received_at.astimezone(zone):%b %-d, %H:%M}",
        )
    answer(shape, json, lambda: out.print(table))


@app.command()
def show(
    program: ProgramId,
    draft: Draft,
    by: Annotated[
        str,
        typer.Option(
            "--by", help="Your staff_id, as in staff.csv: that you have read it is on record from then on."
        ),
    ],
    json: AsJson = False,
) -> None:
    """What a draft says, with its marks, and the hash that a decision has to name."""
    run(_show(program, draft, by, json))


async def _show(program: str, draft: UUID, by: str, json: bool) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        async with service.database.transaction(scope) as connection:
            reader = await people.staff_id(connection, by)
        opened = await letters.show(service.office, scope, draft, to=reader)
    text = opened.letter.text if isinstance(opened.letter, TypedLetter) else None
    shape = {
        "draft": draft,
        "hash": opened.hash.hex(),
        "language": opened.language,
        "text": text,
        "translation": opened.translation.text if opened.translation else None,
        "translated_into": opened.translation.language if opened.translation else None,
        "marks": [asdict(mark) for mark in opened.marks],
        "risk": opened.risk,
    }
    answer(shape, json, lambda: _print(opened))


def _print(opened: OpenedDraft) -> None:
    if isinstance(opened.letter, ScannedLetter):
        out.print("These are scanned pages; open them on the desk.")
    else:
        text = Text(opened.letter.text)
        for mark in opened.marks:
            text.stylize("black on yellow", mark.start, mark.end)
        out.print(text)
    if opened.translation:
        out.print(Text(f"\n[{opened.translation.language}]\n{opened.translation.text}"))
    out.print(f"risk: {opened.risk or 'unscreened'}   hash: {opened.hash.hex()}", highlight=False)


@app.command()
def decide(
    program: ProgramId,
    draft: Draft,
    verdict: Annotated[Verdict, typer.Argument(help="approve, return or refer (to the counselor).")],
    by: By,
    draft_hash: Annotated[
        bytes,
        typer.Option("--hash", parser=_hash, metavar="HASH", help="The one that `letter show` printed."),
    ],
    reason: Annotated[str | None, typer.Option(help="For the adult who gets it back.")] = None,
    reason_for_child: Annotated[str | None, typer.Option(help="The same in a child's words.")] = None,
    kind: Annotated[
        Concern, typer.Option(help="What you refer it for; suspected harm starts the stopwatch.")
    ] = Concern.HARM,
    json: AsJson = False,
) -> None:
    """Decide about exactly this draft, once."""
    if verdict is Verdict.RETURN and not (reason and reason_for_child):
        raise typer.BadParameter("A return needs --reason and --reason-for-child.")
    run(_decide(program, draft, verdict, by, draft_hash, reason, reason_for_child, kind, json))


async def _decide(
    program: str,
    draft: UUID,
    verdict: Verdict,
    by: str,
    draft_hash: bytes,
    reason: str | None,
    reason_for_child: str | None,
    kind: Concern,
    json: bool,
) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        async with service.database.transaction(scope) as connection:
            reader = await people.staff_by_external_id(connection, by)
        decided = await letters.decide(
            service.office,
            scope,
            draft_id=draft,
            draft_hash=draft_hash,
            verdict=verdict,
            decided_by=reader.id,
            reason_for_child=reason_for_child,
            reason_for_adult=reason,
            concern=kind,
        )
        if decided.opened is not None:
            await _start_stopwatch(service, program, decided.opened)
        told = decided.tell is None or await service.teller.tell(scope, decided.tell)
    shape = {"draft": draft, "verdict": verdict, "known": decided.decided.known, "told": told}
    follows = "" if told else " The pairing hears of it as soon as the worker is back."
    answer(shape, json, lambda: out.print(f"Decided: {verdict}.{follows}"))


@app.command()
def worry(
    program: ProgramId,
    draft: Draft,
    by: Annotated[str, typer.Option("--by", help="Your own id, as in staff.csv or officers.csv.")],
    kind: Annotated[
        Concern,
        typer.Option(
            help="sad, unsure, family: the counselor. harm: the duty to report. conduct: of an officer."
        ),
    ] = Concern.UNSURE,
    json: AsJson = False,
) -> None:
    """Say that a letter worries you. It is held at once, and those who can help are told."""
    run(_worry(program, draft, by, kind, json))


async def _worry(program: str, draft: UUID, by: str, kind: Concern, json: bool) -> None:
    scope = Scope.whole(program)
    async with parts_of(program) as service:
        async with service.database.transaction(scope) as connection:
            person = await case_readers.person(connection, by)
        opened = await cases.worry(service.office, scope, draft_id=draft, by=person, concern=kind)
        await _start_stopwatch(service, program, opened)
    shape = {"case": opened.case.id, "draft": draft, "kind": kind, "known": opened.known}
    answer(shape, json, lambda: out.print(f"Case {opened.case.id} is open: {_NEXT[kind]}"))


_NEXT = {
    **dict.fromkeys(
        (Concern.SAD, Concern.UNSURE, Concern.FAMILY),
        "the letter is held, and the counselor looks at it by the next school day.",
    ),
    Concern.HARM: "the letter is held. Your duty to report is your own and immediate; the mail to you has the hotline.",
    Concern.CONDUCT: "the letter, the officer and their pairings have stopped; the coordinator decides.",
}


async def _start_stopwatch(service: Parts, program: str, opened: Opened) -> None:
    """At once; the outbox does it again while the case is open."""
    if opened.has_stopwatch:
        await Referrals(service.client).start_at_once(program, opened.case.id)
