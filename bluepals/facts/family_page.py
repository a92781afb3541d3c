"""The family's page: who writes to their child, the letters of both, what they have agreed to. Nothing that a case holds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import ScannedLetter, Side, Translation, TypedLetter
from bluepals.domain.people import ConsentScope
from bluepals.facts import consents, declining, erasure
from bluepals.facts.consents import Withdrawn
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Office
from bluepals.paper.words import words_in
from bluepals.store import consents as consent_store
from bluepals.store import family_page as store
from bluepals.store import programs
from bluepals.store.content import ContentErased
from bluepals.store.database import Scope
from bluepals.store.family_page import ChildRow, FamilyLetter
from bluepals.store.letters import OpenedDraft
from bluepals.store.letters import read as read_draft


@dataclass(frozen=True, slots=True)
class FamilyAtDesk:
    """A guardian and their children. `second_of`: whose second guardian they are. `language`: en or es."""

    program: str
    children: tuple[ChildRow, ...]
    second_of: tuple[UUID, ...]
    language: str

    def guardian_of(self, child: ChildRow) -> int:
        return 2 if child.student_id in self.second_of else 1

    def scope_of(self, child: ChildRow) -> Scope:
        """Also what has ended at a school that the child has left stays there, and is the family's."""
        return Scope(self.program, schools=child.schools)


class Standing(StrEnum):
    """Who writes to a child, as far as its family may know."""

    NOBODY_YET = "nobody yet"
    ASKED = "asked"  # not introduced, and the family may still say no
    WRITES = "writes"
    NOBODY_NOW = "nobody now"
    NOT_AGREED = "not agreed"
    UNSAID = "unsaid"  # a child who has died


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """`text`: None for scanned pages, and for a letter that has been erased. `pal`: the officer of its pairing."""

    draft_id: UUID
    side: Side
    round_number: int
    day: date
    pal: str
    stock: bool
    text: str | None
    erased: bool
    translation: Translation | None


@dataclass(frozen=True, slots=True)
class ChildOnPage:
    """`may_agree`: to what this guardian has not agreed, and can here."""

    row: ChildRow
    standing: Standing
    asked_until: datetime | None
    consents: Mapping[ConsentScope, date]
    may_agree: Collection[ConsentScope]
    letters: tuple[ShownLetter, ...]


async def family_at_desk(office: Office, visitor: Visitor) -> FamilyAtDesk:
    """Raises PageClosed."""
    async with office.database.transaction(Scope.whole(visitor.program)) as connection:
        children = tuple(await store.children(connection, visitor.children))
    if not children:
        raise PageClosed("This page is for the families of children who take part. Ask the school.")
    language = words_in(children[0].language).language
    return FamilyAtDesk(visitor.program, children, visitor.second_of, language)


async def family_page(office: Office, family: FamilyAtDesk) -> tuple[ChildOnPage, ...]:
    return tuple([await _child(office, family, child) for child in family.children])


async def _child(office: Office, family: FamilyAtDesk, child: ChildRow) -> ChildOnPage:
    async with office.database.transaction(family.scope_of(child)) as connection:
        calendar = SchoolCalendar.of(await programs.load(connection))
        in_force = await store.consents_in_force(connection, child.student_id)
        found = await store.letters(connection, child.student_id)
    return ChildOnPage(
        row=child,
        standing=_standing(child, in_force),
        asked_until=child.asked_until.astimezone(calendar.zone) if child.asked_until else None,
        consents=in_force,
        may_agree=await may_agree(office, family, child),
        letters=tuple([await _shown(office, family, child, one) for one in found]),
    )


def _standing(child: ChildRow, agreed: Collection[ConsentScope]) -> Standing:
    if child.died:
        return Standing.UNSAID
    if ConsentScope.LETTERS not in agreed:
        return Standing.NOT_AGREED
    if child.asked:
        return Standing.ASKED
    if not child.introduced:
        return Standing.NOBODY_YET
    return Standing.NOBODY_NOW if child.ended else Standing.WRITES


async def _shown(office: Office, family: FamilyAtDesk, child: ChildRow, one: FamilyLetter) -> ShownLetter:
    text, translation, erased = None, None, False
    if one.translated or not one.pages:
        try:
            opened = await _opened(office, family, child, one)
            text = opened.letter.text if isinstance(opened.letter, TypedLetter) else None
            translation = opened.translation
        except ContentErased:
            erased = True
    return ShownLetter(
        draft_id=one.draft_id,
        side=one.side,
        round_number=one.round_number,
        day=one.delivered_on,
        pal=one.officer_first_name,
        stock=one.stock,
        text=text,
        erased=erased,
        translation=translation,
    )


async def _opened(office: Office, family: FamilyAtDesk, child: ChildRow, one: FamilyLetter) -> OpenedDraft:
    """Raises ContentErased. A stock letter is of no school: it was delivered to this child, so the family may read it."""
    scope = Scope.whole(family.program) if one.stock else family.scope_of(child)
    async with office.database.transaction(scope) as connection:
        return await read_draft(connection, office.keyring, one.draft_id)


async def letters_pages(office: Office, family: FamilyAtDesk, draft_id: UUID) -> bytes:
    """The scanned pages of a letter that the page shows, as a PDF. Raises NotTheirs."""
    for child in family.children:
        async with office.database.transaction(family.scope_of(child)) as connection:
            found = await store.letters(connection, child.student_id)
        for one in found:
            if one.draft_id == draft_id and one.pages:
                return await _pages(office, family, child, one)
    raise NotTheirs


async def _pages(office: Office, family: FamilyAtDesk, child: ChildRow, one: FamilyLetter) -> bytes:
    try:
        opened = await _opened(office, family, child, one)
    except ContentErased:
        raise NotTheirs from None  # The page says so, and links to it no longer.
    if not isinstance(opened.letter, ScannedLetter):
        raise NotTheirs
    return opened.letter.pdf


def own_child(family: FamilyAtDesk, student_id: UUID) -> ChildRow:
    """Raises NotTheirs."""
    for child in family.children:
        if child.student_id == student_id:
            return child
    raise NotTheirs


async def prefer_another(office: Office, family: FamilyAtDesk, pairing_id: UUID) -> None:
    """No reason is asked for. Raises NotTheirs, and NotTaken with a sentence."""
    for child in family.children:
        if child.pairing_id == pairing_id:
            scope = Scope.whole(family.program)
            return await declining.decline(office, scope, pairing_id, by=child.student_id)
    raise NotTheirs


async def withdraw(office: Office, family: FamilyAtDesk, child: ChildRow, consent: ConsentScope) -> Withdrawn:
    """At once. A guardian speaks for the child."""
    scope = Scope.whole(family.program)
    guardian = family.guardian_of(child)
    return await consents.withdraw(
        office, scope, child.external_id, consent, by=child.student_id, guardian=guardian
    )


async def may_agree(office: Office, family: FamilyAtDesk, child: ChildRow) -> Collection[ConsentScope]:
    """To what this guardian can agree now. For the office: a school does not learn what a family wishes."""
    async with office.database.transaction(Scope.whole(family.program)) as connection:
        return await consent_store.open_to_guardian(connection, child.student_id, family.guardian_of(child))


async def form_in_use(office: Office, family: FamilyAtDesk, child: ChildRow) -> str | None:
    """The version of the school's form; None: nobody has written it down."""
    async with office.database.transaction(family.scope_of(child)) as connection:
        return await consent_store.version_in_use(connection, child.student_id)


async def agree(office: Office, family: FamilyAtDesk, child: ChildRow, consent: ConsentScope) -> bool:
    """At once. False: they had before. Raises ConsentRefused."""
    scope, guardian = Scope.whole(family.program), family.guardian_of(child)
    return await consents.agree(office, scope, child.student_id, consent, guardian=guardian)


async def ask_to_erase(office: Office, family: FamilyAtDesk, child: ChildRow) -> None:
    """It waits for the coordinator."""
    await erasure.request_by_family(office, Scope.whole(family.program), child.external_id)
