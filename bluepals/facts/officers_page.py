"""The officer's page: the letters of each pal, an answer to them, and the visit. Only what this officer may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Letter, ScannedLetter, Side, Translation, TypedLetter, Verdict
from bluepals.domain.returning import said_to_adult
from bluepals.domain.sentences import Sentence, dated
from bluepals.domain.survey import QUESTIONS, Question, Taker
from bluepals.facts import endings, leaving, letters, visit_sheets, visits
from bluepals.facts.desk import NotTheirs, PageClosed, hand_in_after
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Letterhead, Office
from bluepals.store import disclosures, officers_page, programs, surveys, unfinished, visit_hosts
from bluepals.store.content import ContentErased
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason
from bluepals.store.letters import DraftRecord, NotTaken
from bluepals.store.letters import read as read_draft
from bluepals.store.officers_page import LetterRow, PalRow
from bluepals.store.unfinished import Begun, Place, TypedOn
from bluepals.store.visit_hosts import OpenRequest

NO_INVITATION = Sentence("There is no open invitation to this school. Ask the coordinator.")


@dataclass(frozen=True, slots=True)
class OfficerAtDesk:
    id: UUID
    first_name: str
    scope: Scope
    languages: tuple[str, ...] = ()
    leaves_at: datetime | None = None


class Turn(StrEnum):
    """What an officer has to do for a pal."""

    ANSWER = "answer"
    RETURNED = "returned"
    BEING_READ = "being read"
    AHEAD = "ahead"  # nothing now; who likes may write before the child does
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A letter on a page. `text` is None for scanned pages, and for a letter that has been erased."""

    draft_id: UUID
    round_number: int
    side: Side
    day: Sentence
    text: str | None
    erased: bool
    held: bool
    verdict: Verdict | None
    translation: Translation | None

    @property
    def says_something(self) -> bool:
        """Words of it are on the page."""
        return self.text is not None or self.translation is not None


@dataclass(frozen=True, slots=True)
class Pal:
    pairing_id: UUID
    first_name: str
    school_name: str
    turn: Turn
    round_number: int | None
    due: Sentence | None
    late: bool
    delayed: bool
    came: bool  # the child's letter of this round, though it may not be shown now
    reason: str | None
    unanswered: tuple[ShownLetter, ...]
    mine: ShownLetter | None  # the officer's own letter of this round
    draft_number: int  # of that letter, as it is shown; 0: there is none
    begun: tuple[Begun, ...]  # what had been typed of the next one, and kept; the newest first
    language: str  # which the next one is probably written in
    earlier: tuple[ShownLetter, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """One school's visit: one answer for all pals there. `pairing_id`: any of them. `off`: why nobody comes; none: it is planned."""

    pairing_id: UUID
    pals: tuple[str, ...]
    school_name: str
    when: Sentence
    minutes: int
    answer: str | None
    off: Sentence | None


@dataclass(frozen=True, slots=True)
class Request:
    """A child to be hosted at a visit, in place of its own officer."""

    id: UUID
    first_name: str
    school_name: str
    when: Sentence
    answer: str | None
    answer_by: Sentence


@dataclass(frozen=True, slots=True)
class OfficerPage:
    first_name: str
    pals: tuple[Pal, ...]
    invitations: tuple[Invitation, ...]
    requests: tuple[Request, ...]
    survey: tuple[Question, ...]  # asked now; empty when it has been answered
    leaves: Sentence | None = None  # by when the last letters may be written


@dataclass(frozen=True, slots=True)
class Farewell:
    """To whom, and by when, an officer who can't go on may write a last letter."""

    pals: tuple[str, ...]
    by: Sentence


async def officer_at_desk(office: Office, visitor: Visitor) -> OfficerAtDesk:
    """Raises PageClosed."""
    if visitor.officer is None:
        raise PageClosed("This page is for officers with a pal. Ask the coordinator if you should be one.")
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        card = await officers_page.officer(connection, visitor.officer)
    if card is None:
        raise PageClosed("This page is closed, because you take part no longer. Ask the coordinator.")
    if card.stopped:
        raise PageClosed("This page rests for now. The coordinator can tell you more.")
    scope = Scope(visitor.program, agencies=(card.agency,))
    return OfficerAtDesk(card.id, card.first_name, scope, card.languages, card.leaves_at)


async def officer_page(office: Office, officer: OfficerAtDesk) -> OfficerPage:
    async with office.database.transaction(officer.scope) as connection:
        calendar = SchoolCalendar.of(await programs.load(connection))
        pals = await officers_page.pals(connection, officer.id)
        by_pairing: dict[UUID, list[tuple[LetterRow, ShownLetter]]] = {pal.pairing_id: [] for pal in pals}
        for row in await officers_page.letters(connection, officer.id):
            by_pairing[row.pairing_id].append((row, await _shown(office, connection, calendar, row)))
        read = [one.draft_id for found in by_pairing.values() for _, one in found if one.says_something]
        await disclosures.note(connection, read, officer.id)
        begun = {
            pal.pairing_id: await unfinished.kept(
                connection, office.keyring, Place(pal.pairing_id, officer.id)
            )
            for pal in pals
        }
        asked = await surveys.is_open(connection, officer.id)
        hosting = await visit_hosts.of_officer(connection, officer.id)
    return OfficerPage(
        first_name=officer.first_name,
        pals=tuple(
            _pal(officer, pal, by_pairing[pal.pairing_id], calendar, begun[pal.pairing_id]) for pal in pals
        ),
        invitations=await _invitations(office, officer, calendar, pals),
        requests=tuple([await _request(office, officer, calendar, one) for one in hosting]),
        survey=QUESTIONS[Taker.OFFICER] if asked else (),
        leaves=calendar.label(officer.leaves_at) if officer.leaves_at else None,
    )


async def _shown(
    office: Office, connection: Connection, calendar: SchoolCalendar, row: LetterRow
) -> ShownLetter:
    text, translation, erased = None, None, False
    if (row.kind == "text" or row.translated) and not row.held:
        try:
            opened = await read_draft(connection, office.keyring, row.draft_id)
            text = opened.letter.text if isinstance(opened.letter, TypedLetter) else None
            translation = opened.translation
        except ContentErased:
            erased = True
    return ShownLetter(
        draft_id=row.draft_id,
        round_number=row.round_number,
        side=row.side,
        day=dated(row.at.astimezone(calendar.zone), "%B %-d, %Y"),
        text=text,
        erased=erased,
        held=row.held,
        verdict=row.verdict,
        translation=translation,
    )


def _pal(
    officer: OfficerAtDesk,
    row: PalRow,
    found: Sequence[tuple[LetterRow, ShownLetter]],
    calendar: SchoolCalendar,
    begun: Sequence[Begun],
) -> Pal:
    of_this_round = [
        one for one in found if one[0].side is Side.OFFICER and one[0].round_number == row.round_number
    ]
    record, mine = of_this_round[0] if of_this_round else (None, None)
    unanswered = _unanswered(row, found)
    turn = _turn(row, record)
    due_at = row.students_due_at if turn is Turn.AHEAD else row.officers_due_at
    if record is not None and record.due_again_at is not None:
        due_at = record.due_again_at
    return Pal(
        pairing_id=row.pairing_id,
        first_name=row.first_name,
        school_name=row.school_name,
        turn=turn,
        round_number=row.round_number,
        due=calendar.label(due_at) if due_at else None,
        late=bool(row.late) and turn is Turn.ANSWER,
        delayed=row.delayed,
        came=row.came,
        reason=said_to_adult(record.reason) if record and record.reason else None,
        unanswered=unanswered,
        mine=mine,
        draft_number=record.draft_number if record else 0,
        begun=tuple(begun),
        language=_language([record for record, _ in found], officer.languages),
        earlier=tuple(shown for _, shown in found if shown is not mine and shown not in unanswered),
    )


def _language(newest_first: Sequence[LetterRow], spoken: Sequence[str]) -> str:
    """As the officer has written to this pal last; else as the child has, to an officer who can answer so."""
    mine = next((one.language for one in newest_first if one.side is Side.OFFICER), None)
    theirs = next((one.language for one in newest_first if one.side is Side.STUDENT), "en")
    return mine or (theirs if theirs in spoken else "en")


def _unanswered(row: PalRow, found: Sequence[tuple[LetterRow, ShownLetter]]) -> tuple[ShownLetter, ...]:
    """The child's letters of rounds that are not settled, and those that came after the officer had written last."""
    written = [
        record.at for record, _ in found if record.side is Side.OFFICER and record.round_number <= row.settled
    ]
    return tuple(
        shown
        for record, shown in found
        if record.side is Side.STUDENT
        and (record.round_number > row.settled or all(record.at > at for at in written))
    )


def _turn(row: PalRow, mine: LetterRow | None) -> Turn:
    if row.ended or row.round_number is None:
        return Turn.OVER
    if mine is not None:
        return Turn.RETURNED if mine.verdict is Verdict.RETURN else Turn.BEING_READ
    return Turn.ANSWER if row.begun else Turn.AHEAD


async def _invitations(
    office: Office, officer: OfficerAtDesk, calendar: SchoolCalendar, pals: Sequence[PalRow]
) -> tuple[Invitation, ...]:
    by_year: dict[str, list[PalRow]] = {}
    for pal in pals:
        if pal.invited and not pal.visit_over and not pal.ended:
            by_year.setdefault(pal.program_year, []).append(pal)
    if not by_year:
        return ()
    own = {year: [row.pairing_id for row in rows] for year, rows in by_year.items()}
    stays = await visit_sheets.stays(office, officer.scope.program, own)
    off = await visit_sheets.called_off(office, officer.scope.program, own)
    return tuple(
        Invitation(
            pairing_id=rows[0].pairing_id,
            pals=tuple(row.first_name for row in rows),
            school_name=rows[0].school_name,
            when=calendar.label(stays[year].begins),
            minutes=stays[year].minutes,
            answer=rows[0].visit_answer,
            off=off.get(year)
            or (Sentence("Your visit rests") if all(row.visit_rests for row in rows) else None),
        )
        for year, rows in by_year.items()
    )


async def _request(
    office: Office, officer: OfficerAtDesk, calendar: SchoolCalendar, one: OpenRequest
) -> Request:
    stays = await visit_sheets.stays(office, officer.scope.program, {one.program_year: [one.pairing_id]})
    return Request(
        id=one.id,
        first_name=one.student_first_name,
        school_name=one.school_name,
        when=calendar.label(stays[one.program_year].begins),
        answer=one.answer,
        answer_by=calendar.label(one.answer_by),
    )


async def answer_request(office: Office, officer: OfficerAtDesk, request_id: UUID, said: str) -> None:
    """Yes or no of a reserve. Raises NotTheirs, and NotTaken with a sentence."""
    async with office.database.transaction(officer.scope) as connection:
        if not await visit_hosts.was_asked(connection, request_id, officer.id):
            raise NotTheirs
    await visits.answer(office, officer.scope, request_id, said)


async def _own_pal(office: Office, officer: OfficerAtDesk, pairing_id: UUID) -> tuple[PalRow, list[PalRow]]:
    """The pal, and all of them. Raises NotTheirs."""
    async with office.database.transaction(officer.scope) as connection:
        pals = list(await officers_page.pals(connection, officer.id))
    for pal in pals:
        if pal.pairing_id == pairing_id:
            return pal, pals
    raise NotTheirs


async def check_pal(office: Office, officer: OfficerAtDesk, pairing_id: UUID) -> None:
    """Raises NotTheirs."""
    await _own_pal(office, officer, pairing_id)


async def check_letter(office: Office, officer: OfficerAtDesk, draft_id: UUID) -> None:
    """That this page shows the letter. Raises NotTheirs."""
    async with office.database.transaction(officer.scope) as connection:
        if all(row.draft_id != draft_id for row in await officers_page.letters(connection, officer.id)):
            raise NotTheirs


async def answer_pal(
    office: Office,
    officer: OfficerAtDesk,
    pairing_id: UUID,
    *,
    shown_round: int | None,
    shown_draft: int,
    typed_on: TypedOn,
    letter: Letter,
    language: str,
) -> DraftRecord:
    """Take an officer's letter for the round that the page showed, so that a form sent twice is the same letter, and in place of
    the draft that it showed and no other. What was begun goes with it: not before the page has shown all of it.

    Raises NotTheirs, and NotTaken with a sentence.
    """
    pal, _ = await _own_pal(office, officer, pairing_id)
    number = _round_for(pal, shown_round)
    if not number:
        raise NotTaken(
            "There is no round left to write to {first_name} in. Ask the coordinator.",
            first_name=pal.first_name,
        )
    async with office.database.transaction(officer.scope) as connection:
        if await _begun_elsewhere(office, connection, Place(pairing_id, officer.id), typed_on):
            raise NotTaken(
                "You have gone on with your letter to {first_name} on another page since you opened this one, so it "
                "was not sent. Both texts are here: take what you want into the box and send your letter again, with "
                "its pages if it has any.",
                first_name=pal.first_name,
            )
    return await hand_in_after(
        office,
        officer.scope,
        shown_draft if number == shown_round else 0,
        pairing_id=pairing_id,
        round_number=number,
        side=Side.OFFICER,
        handed=letters.screened(letter, language, officer.id),
    )


def _round_for(pal: PalRow, shown: int | None) -> int:
    """Of a letter from a page that showed this round; 0: there is none left."""
    last = pal.round_number or pal.settled
    return min(shown, last) if shown else last


async def _begun_elsewhere(office: Office, connection: Connection, place: Place, typed_on: TypedOn) -> bool:
    kept = await unfinished.kept(connection, office.keyring, place)
    return any(not typed_on.has_shown(one) for one in kept)


async def keep_unfinished(
    office: Office,
    officer: OfficerAtDesk,
    pairing_id: UUID,
    *,
    shown_round: int | None,
    typed_on: TypedOn,
    text: str,
) -> bool:
    """What is typed so far, to be shown again, also when its round is over; nothing, when the box is empty. Nobody else reads it.

    Whether more is kept, from another page, than this one has shown: it stays beside it.
    Raises NotTheirs, NotTaken and LetterRefused, each with a sentence.
    """
    pal, _ = await _own_pal(office, officer, pairing_id)
    if pal.ended or pal.round_number is None:
        raise NotTaken(
            "There is no letter to {first_name} left to write. Copy what you have typed.",
            first_name=pal.first_name,
        )
    place, number = Place(pairing_id, officer.id), _round_for(pal, shown_round)
    async with office.database.transaction(officer.scope) as connection:
        if text.strip():
            await unfinished.keep(connection, office.keyring, place, typed_on, number, TypedLetter(text))
        else:
            await unfinished.drop(connection, place, typed_on)
        return await _begun_elsewhere(office, connection, place, typed_on)


async def answer_invitation(office: Office, officer: OfficerAtDesk, pairing_id: UUID, said: str) -> None:
    """Yes or no to a school, for all pals there. Raises NotTheirs, and NotTaken with a sentence."""
    asked, pals = await _own_pal(office, officer, pairing_id)
    invited = [pal for pal in pals if pal.program_year == asked.program_year and pal.invited]
    if not any(not pal.visit_over and not pal.ended for pal in invited):
        raise NotTaken(NO_INVITATION)
    for pal in invited:
        if not pal.visit_over:
            try:
                await visits.answer(office, officer.scope, pal.pairing_id, said)
            except NotTaken:
                raise NotTaken(NO_INVITATION) from None  # The other one names an id, for the command line.


async def farewell(office: Office, officer: OfficerAtDesk) -> Farewell:
    """What would follow if they said so now."""
    async with office.database.transaction(officer.scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        pals = await officers_page.pals(connection, officer.id)
    by = officer.leaves_at or endings.farewell_until(letterhead)
    return Farewell(tuple(pal.first_name for pal in pals if not pal.ended), letterhead.calendar.label(by))


async def withdraw(office: Office, officer: OfficerAtDesk, reason: Reason) -> None:
    """An officer who can't go on. What follows concerns more than this officer may see."""
    whole = Scope.whole(officer.scope.program)
    await leaving.leave(office, whole, officer.id, reason, by=officer.id)


async def officers_pages(office: Office, officer: OfficerAtDesk, draft_id: UUID) -> bytes:
    """The scanned pages of a letter that this officer got or wrote, as a PDF. Raises NotTheirs."""
    async with office.database.transaction(officer.scope) as connection:
        shown = await officers_page.letters(connection, officer.id)
        if all(row.draft_id != draft_id or row.held for row in shown):
            raise NotTheirs
        await disclosures.note(connection, [draft_id], officer.id)
        try:
            opened = await read_draft(connection, office.keyring, draft_id)
        except ContentErased:
            raise NotTheirs from None  # Erased: the page says so, and links to it no longer.
    if not isinstance(opened.letter, ScannedLetter):
        raise NotTheirs
    return opened.letter.pdf
