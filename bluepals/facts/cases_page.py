"""The page of somebody who has read a letter in which harm is suspected: what is theirs to do, and whom to call."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Side
from bluepals.domain.sentences import Sentence
from bluepals.facts import cases
from bluepals.facts.desk import NotTheirs
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Letterhead, Office
from bluepals.store import case_readers, programs, stopwatches
from bluepals.store import cases as store
from bluepals.store.case_readers import Attestation, PersonCard
from bluepals.store.cases import CaseRecord
from bluepals.store.database import Connection, Scope


@dataclass(frozen=True, slots=True)
class LetterOnPage:
    """`child`: as this reader knows them; None for a stock letter, and for whoever has not read it and sees no child there."""

    child: str | None
    side: Side
    round_number: int | None


@dataclass(frozen=True, slots=True)
class CaseOnPage:
    """`mine`: this visitor has still to attest. `missing`: who else has, for those who are on the list to be told."""

    id: UUID
    letter: LetterOnPage
    since: Sentence
    mine: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What this visitor has said in a case that is open. `reported`: None, when they saw no reasonable cause."""

    case_id: UUID
    letter: LetterOnPage
    said: Sentence
    reported: Sentence | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class CasesPage:
    hotline: str
    now: str
    cases: tuple[CaseOnPage, ...]
    on_record: tuple[OnRecord, ...]


async def cases_page(office: Office, reader: Visitor) -> CasesPage:
    async with office.database.transaction(Scope.whole(reader.program)) as connection:
        letterhead = await Letterhead.of(office, connection)
        found = [
            await _case(connection, letterhead, reader, case_id)
            for case_id in await stopwatches.open_referrals(connection)
        ]
        said = await on_record(connection, letterhead, reader)
        local = letterhead.now.astimezone(letterhead.calendar.zone)
        return CasesPage(
            hotline=letterhead.program.safety.hotline_said,
            now=f"{local:%Y-%m-%dT%H:%M}",
            cases=tuple(one for one in found if one is not None),
            on_record=said,
        )


async def _case(
    connection: Connection, letterhead: Letterhead, reader: Visitor, case_id: UUID
) -> CaseOnPage | None:
    """None: it is nothing to this visitor."""
    case = await store.record(connection, case_id)
    missing = await case_readers.still_to_attest(connection, case.id)
    own = {await case_readers.reader_as(connection, case.id, one) for one in reader.ids}
    mine = any(person.id in own for person in missing)
    calls = await cases.is_on_the_list(connection, letterhead, case, reader.ids)
    if not (mine or calls):
        return None
    return CaseOnPage(
        id=case.id,
        letter=await _letter(connection, reader, case, has_read=mine),
        since=letterhead.calendar.label(case.opened_at),
        mine=mine,
        missing=tuple(who_is_missing(person) for person in missing if person.id not in own) if calls else (),
    )


def who_is_missing(person: PersonCard) -> str:
    if person.gone_since is None:
        return person.name
    return Sentence("{name} (no longer in the program)", name=person.name)


async def on_record(connection: Connection, letterhead: Letterhead, reader: Visitor) -> tuple[OnRecord, ...]:
    said = await case_readers.own_attestations(connection, reader.ids)
    return tuple([await _on_record(connection, letterhead, reader, one) for one in said])


async def on_record_in(
    connection: Connection, letterhead: Letterhead, reader: Visitor, case_id: UUID
) -> tuple[OnRecord, ...]:
    said = await case_readers.attestations_in(connection, case_id, reader.ids)
    return tuple([await _on_record(connection, letterhead, reader, one) for one in said])


async def _on_record(
    connection: Connection, letterhead: Letterhead, reader: Visitor, said: Attestation
) -> OnRecord:
    label = letterhead.calendar.label
    case = await store.record(connection, said.case_id)
    return OnRecord(
        case_id=case.id,
        letter=await _letter(connection, reader, case, has_read=True),
        said=label(said.attested_at),
        reported=label(said.reported_at) if said.reported_at else None,
        reference=said.reference,
    )


async def _letter(
    connection: Connection, reader: Visitor, case: CaseRecord, *, has_read: bool
) -> LetterOnPage:
    """Staff who see the school's letters know its children by their names, an officer by the first one."""
    letter = await store.letter_of(connection, case.draft_id)
    child = None
    if reader.staff is not None and await store.may_see(connection, case.draft_id, reader.staff):
        child = f"{letter.first_name} {letter.last_name}" if letter.first_name else None
    elif has_read:
        child = letter.first_name
    return LetterOnPage(child, letter.side, letter.round_number)


async def hotline(office: Office, program: str) -> str:
    async with office.database.transaction(Scope.whole(program)) as connection:
        return (await programs.load(connection)).safety.hotline_said


async def check_reader(office: Office, reader: Visitor, case_id: UUID) -> None:
    """That it is theirs to attest in. Raises NotTheirs."""
    async with office.database.transaction(Scope.whole(reader.program)) as connection:
        for one in reader.ids:
            if await case_readers.reader_as(connection, case_id, one):
                return
    raise NotTheirs


async def attest(
    office: Office, reader: Visitor, case_id: UUID, *, when: datetime | None, reference: str | None
) -> None:
    """`when`: the local time of the report; None: read, and no reasonable cause. Raises NotTheirs and NotTaken."""
    scope = Scope.whole(reader.program)
    async with office.database.transaction(scope) as connection:
        known = [one for one in sorted(reader.ids) if await case_readers.reader_as(connection, case_id, one)]
        if not known:
            raise NotTheirs
        zone = SchoolCalendar.of(await programs.load(connection)).zone
    reported_at = None if when is None else when.replace(tzinfo=zone)
    for one in known:  # Who is staff and officer has read it as both: one word is for both.
        await cases.attest(
            office, scope, case_id=case_id, by=one, reported_at=reported_at, reference=reference
        )


# ---- by a link of one's own, for whoever has left and can't enter


@dataclass(frozen=True, slots=True)
class SaidByLink:
    said: Sentence
    reported: Sentence | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class AttestPage:
    """`mine`: they have still to attest. `said`: what they did, while the case is open; of neither, it is over."""

    case_id: UUID
    since: Sentence
    hotline: str
    now: str
    mine: bool
    said: tuple[SaidByLink, ...]


async def attest_page(office: Office, token: str) -> AttestPage:
    """Nothing of the letter and of its child. Raises LinkRefused and NotTaken."""
    link = office.links.attests(token)
    async with office.database.transaction(Scope.whole(link.program)) as connection:
        letterhead = await Letterhead.of(office, connection)
        label = letterhead.calendar.label
        case = await store.record(connection, link.case)
        local = letterhead.now.astimezone(letterhead.calendar.zone)
        return AttestPage(
            case_id=case.id,
            since=label(case.opened_at),
            hotline=letterhead.program.safety.hotline_said,
            now=f"{local:%Y-%m-%dT%H:%M}",
            mine=case.closed_at is None and await case_readers.may_attest(connection, case.id, link.person),
            said=tuple(
                SaidByLink(
                    label(one.attested_at), label(one.reported_at) if one.reported_at else None, one.reference
                )
                for one in await case_readers.own_attestations(connection, [link.person])
                if one.case_id == case.id
            ),
        )


async def attest_by_link(office: Office, token: str, *, when: datetime | None, reference: str | None) -> UUID:
    """As `attest`. The case. Raises LinkRefused and NotTaken."""
    link = office.links.attests(token)
    scope = Scope.whole(link.program)
    async with office.database.transaction(scope) as connection:
        zone = SchoolCalendar.of(await programs.load(connection)).zone
    reported_at = None if when is None else when.replace(tzinfo=zone)
    await cases.attest(
        office, scope, case_id=link.case, by=link.person, reported_at=reported_at, reference=reference
    )
    return link.case
