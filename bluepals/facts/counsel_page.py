"""The counselor's page: the letters that worry someone at their schools, what each says, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.domain.letters import ScannedLetter, Translation, TypedLetter
from bluepals.domain.people import Partner, Role
from bluepals.domain.sentences import Sentence, dated
from bluepals.facts import cases, closing, declining
from bluepals.facts.cases_page import OnRecord, on_record_in, who_is_missing
from bluepals.facts.closing import Closing, Word
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Letterhead, Office
from bluepals.facts.reading_page import Marked, marks_of
from bluepals.paper.pages import page_pictures
from bluepals.store import case_readers, disclosures, people
from bluepals.store import counsel_page as store
from bluepals.store import declining as declining_store
from bluepals.store.content import ContentErased
from bluepals.store.counsel_page import CaseRow
from bluepals.store.database import Scope
from bluepals.store.declining import PairToCome
from bluepals.store.letters import OpenedDraft
from bluepals.store.letters import read as read_draft


@dataclass(frozen=True, slots=True)
class CounselorAtDesk:
    """Cases are the office's: which of them are this counselor's, their role says."""

    id: UUID
    entered: Visitor

    @property
    def program(self) -> str:
        return self.entered.program

    @property
    def scope(self) -> Scope:
        return Scope.whole(self.program)


@dataclass(frozen=True, slots=True)
class CaseInList:
    row: CaseRow
    since: Sentence
    plan_by: Sentence  # the day to look again, once there is a plan


@dataclass(frozen=True, slots=True)
class PairToDecline:
    pair: PairToCome
    until: Sentence | None


@dataclass(frozen=True, slots=True)
class CounselPage:
    """`look_again`: open cases whose day has come, and closed ones on that day. `ahead`: closed ones whose day is still to come.

    `pairs`: those that may still be declined.
    """

    look_again: tuple[CaseInList, ...]
    open: tuple[CaseInList, ...]
    ahead: tuple[CaseInList, ...]
    closed: tuple[CaseInList, ...]
    pairs: tuple[PairToDecline, ...]


@dataclass(frozen=True, slots=True)
class PersonOnCase:
    id: UUID
    name: str
    since: Sentence


@dataclass(frozen=True, slots=True)
class NotAwaited:
    """`recorded_by`: who could not reach them, and when; None for the dead, and for those who are erased."""

    name: str
    died: bool
    since: Sentence | None
    recorded_by: str | None
    recorded: Sentence | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """`text`: None before the letter has been read here, for pages, and when it has been erased. `language`: its. `pictures`: how many pages.
    `marks`: what the filter has found, to be left out with a tick. `missing`: who else has to attest.

    `gone`: those of them who have left. `not_awaited`: those who have not attested, and need not any more.
    """

    case: CaseInList
    text: str | None
    language: str
    translation: Translation | None
    pictures: int
    marks: tuple[Marked, ...]
    erased: bool
    hotline: str
    now: str
    today: date
    partners: tuple[Partner, ...]
    on_record: tuple[OnRecord, ...]
    missing: tuple[str, ...]
    gone: tuple[PersonOnCase, ...]
    not_awaited: tuple[NotAwaited, ...]


def counselor_at_desk(visitor: Visitor) -> CounselorAtDesk:
    """Raises PageClosed."""
    if visitor.staff is None or Role.COUNSELOR not in visitor.roles:
        raise PageClosed("This page is for the counselors of the schools. Ask the coordinator.")
    return CounselorAtDesk(visitor.staff, visitor)


async def counsel_page(office: Office, counselor: CounselorAtDesk) -> CounselPage:
    async with office.database.transaction(counselor.scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        found = [_in_list(letterhead, row) for row in await store.cases_of(connection, counselor.id)]
        pairs = await declining_store.pairs_to_come(connection, counselor.id)
    today = letterhead.now.astimezone(letterhead.calendar.zone).date()
    still_open = [one for one in found if one.row.closed_at is None]
    closed = [one for one in found if one.row.closed_at is not None]
    due = [one for one in still_open if one.row.look_again_on is not None and one.row.look_again_on <= today]
    due += [one for one in closed if one.row.look_again_on == today]
    ahead = [one for one in closed if one.row.look_again_on is not None and one.row.look_again_on > today]
    return CounselPage(
        look_again=tuple(due),
        open=tuple(one for one in still_open if one not in due),
        ahead=tuple(ahead),
        closed=tuple(one for one in closed if one not in due and one not in ahead),
        pairs=tuple(
            PairToDecline(one, letterhead.calendar.label(one.until) if one.until else None)
            for one in pairs
            if letterhead.program.policy.declining_days
        ),
    )


async def decline(office: Office, counselor: CounselorAtDesk, pairing_id: UUID) -> None:
    """No reason is asked for. Raises NotTheirs, and what `declining.decline` raises."""
    async with office.database.transaction(counselor.scope) as connection:
        if not await declining_store.is_counselors(connection, pairing_id, counselor.id):
            raise NotTheirs
    await declining.decline(office, counselor.scope, pairing_id, by=counselor.id)


def _in_list(letterhead: Letterhead, row: CaseRow) -> CaseInList:
    label = letterhead.calendar.label
    return CaseInList(row, label(row.opened_at), label(cases.plan_due(letterhead, row.opened_at)))


async def case_page(office: Office, counselor: CounselorAtDesk, case_id: UUID) -> CasePage:
    """With the letter's words, once it is on record that this counselor reads it. Raises NotTheirs."""
    row = await own_case(office, counselor, case_id)
    text, language, translation, pictures, erased = None, "", None, 0, False
    marks: tuple[Marked, ...] = ()
    if row.read:
        try:
            opened = await opened_by(office, counselor, row)
            text = opened.letter.text if isinstance(opened.letter, TypedLetter) else None
            language, translation, marks = opened.language, opened.translation, marks_of(opened)
            if isinstance(opened.letter, ScannedLetter):
                pictures = len(page_pictures(opened.letter.pdf))
        except ContentErased:
            erased = True
    async with office.database.transaction(counselor.scope) as connection:
        if text is not None or translation is not None:
            await disclosures.note(connection, [row.draft_id], counselor.id)
        letterhead = await Letterhead.of(office, connection)
        local = letterhead.now.astimezone(letterhead.calendar.zone)
        still = await case_readers.still_to_attest(connection, case_id)
        return CasePage(
            case=_in_list(letterhead, row),
            text=text,
            language=language,
            translation=translation,
            pictures=pictures,
            marks=marks,
            erased=erased,
            hotline=letterhead.program.safety.hotline_said,
            now=f"{local:%Y-%m-%dT%H:%M}",
            today=local.date(),
            partners=tuple(await people.partners(connection)),
            on_record=await on_record_in(connection, letterhead, counselor.entered, case_id),
            missing=tuple(who_is_missing(one) for one in still if one.id not in counselor.entered.ids),
            gone=tuple(
                PersonOnCase(one.id, one.name, _day(letterhead, one.gone_since))
                for one in still
                if one.gone_since
            ),
            not_awaited=tuple(
                NotAwaited(
                    one.name,
                    one.died,
                    _day(letterhead, one.gone_since) if one.gone_since else None,
                    one.recorded_by,
                    _day(letterhead, one.recorded_at) if one.recorded_at else None,
                )
                for one in await case_readers.gone_readers(connection, case_id)
            ),
        )


def _day(letterhead: Letterhead, at: datetime) -> Sentence:
    return dated(at.astimezone(letterhead.calendar.zone), "%B %-d, %Y")


async def own_case(office: Office, counselor: CounselorAtDesk, case_id: UUID) -> CaseRow:
    """Raises NotTheirs."""
    async with office.database.transaction(counselor.scope) as connection:
        for row in await store.cases_of(connection, counselor.id, case_id):
            return row
    raise NotTheirs


async def opened_by(office: Office, counselor: CounselorAtDesk, row: CaseRow) -> OpenedDraft:
    """Raises ContentErased."""
    async with office.database.transaction(_of_letter(counselor, row)) as connection:
        return await read_draft(connection, office.keyring, row.draft_id)


def _of_letter(counselor: CounselorAtDesk, row: CaseRow) -> Scope:
    """A stock letter is of no school."""
    return Scope(counselor.program, schools=(row.school,)) if row.school else counselor.scope


async def open_letter(office: Office, counselor: CounselorAtDesk, case_id: UUID) -> None:
    """From now on the page shows it; that they have read it is on record, with the duty that follows.

    Raises NotTheirs.
    """
    row = await own_case(office, counselor, case_id)
    await cases.note_read(office, counselor.scope, row.draft_id, counselor.id)


async def letters_pages(office: Office, counselor: CounselorAtDesk, case_id: UUID) -> bytes:
    """Scanned pages, as a PDF. Raises NotTheirs."""
    row = await own_case(office, counselor, case_id)
    if not row.read:
        raise NotTheirs
    async with office.database.transaction(_of_letter(counselor, row)) as connection:
        await disclosures.note(connection, [row.draft_id], counselor.id)
        try:
            opened = await read_draft(connection, office.keyring, row.draft_id)
        except ContentErased:
            raise NotTheirs from None
    if not isinstance(opened.letter, ScannedLetter):
        raise NotTheirs
    return opened.letter.pdf


async def check_letter(office: Office, counselor: CounselorAtDesk, case_id: UUID, *, draft_id: UUID) -> None:
    """That it is this case's, and that they have read it. Raises NotTheirs."""
    row = await own_case(office, counselor, case_id)
    if not row.read or row.draft_id != draft_id:
        raise NotTheirs


async def check_case(office: Office, counselor: CounselorAtDesk, case_id: UUID) -> None:
    """That it is one for this counselor. Raises NotTheirs."""
    await own_case(office, counselor, case_id)


async def plan(
    office: Office,
    counselor: CounselorAtDesk,
    case_id: UUID,
    *,
    look_again_on: date,
    partners: Sequence[str],
) -> None:
    """Raises NotTheirs, and NotTaken with a sentence."""
    await own_case(office, counselor, case_id)
    await cases.plan(
        office,
        counselor.scope,
        case_id=case_id,
        by=counselor.id,
        look_again_on=look_again_on,
        partners=partners,
    )


async def not_reached(office: Office, counselor: CounselorAtDesk, case_id: UUID, person: UUID) -> None:
    """Raises NotTheirs, and NotTaken with a sentence."""
    await own_case(office, counselor, case_id)
    await cases.not_reached(office, counselor.scope, case_id=case_id, by=counselor.id, person=person)


async def close(office: Office, counselor: CounselorAtDesk, case_id: UUID, word: Word) -> Closing:
    """Raises NotTheirs, and NotTaken with a sentence."""
    await own_case(office, counselor, case_id)
    return await closing.close(office, counselor.scope, case_id=case_id, by=counselor.id, word=word)
