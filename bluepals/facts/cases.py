"""A letter that worries someone: the case opened, its people told, attested, planned, and the stopwatch's pages."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from bluepals.domain import references
from bluepals.domain.cases import Concern, pause_before
from bluepals.domain.letters import Side
from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence
from bluepals.facts.office import Letterhead, Office, post
from bluepals.facts.visit_hosts import tell_visits_of
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.mail.notice import Notice
from bluepals.store import attention, case_readers, case_words, cases, conduct_page, mail, people, stopwatches
from bluepals.store.case_readers import PersonCard
from bluepals.store.cases import CaseRecord
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import NotTaken

PAPER_LIES = timedelta(days=30)  # before whoever has it hands it in


@dataclass(frozen=True, slots=True)
class Opened:
    """The case about a draft, new or known. `has_stopwatch`: its workflow has to run."""

    case: CaseRecord
    known: bool

    @property
    def has_stopwatch(self) -> bool:
        return self.case.kind is Concern.HARM


async def worry(office: Office, scope: Scope, *, draft_id: UUID, by: UUID, concern: Concern) -> Opened:
    """Somebody who sees a letter is worried about it. Raises NotTaken with a sentence."""
    async with office.committing(scope) as connection:
        return await worry_about(office, connection, draft_id=draft_id, by=by, concern=concern)


async def worry_about(
    office: Office, connection: Connection, *, draft_id: UUID, by: UUID, concern: Concern
) -> Opened:
    """In a transaction that sees all of the program. Raises NotTaken with a sentence."""
    letterhead = await Letterhead.of(office, connection)
    side = await cases.lock_letter(connection, draft_id)
    if not await cases.may_see(connection, draft_id, by):
        raise NotTaken(
            "Only somebody who sees this letter can be worried about it: its school's staff and its officer."
        )
    _refuse_wrong_door(concern, side)
    await case_readers.note_read(connection, draft_id, by)
    opened = await open_case(connection, letterhead, draft_id=draft_id, by=by, concern=concern)
    if opened.known and opened.has_stopwatch:
        await _tell_readers(connection, letterhead, opened.case)
    return opened


async def may_say_more(office: Office, scope: Scope, draft_id: UUID, by: UUID) -> bool:
    """A case is open about a letter that this one may see: it is on no page any more, and an old tab may still say more of it."""
    async with office.database.transaction(scope) as connection:
        is_open = await cases.under_open_case(connection, [draft_id])
        return bool(is_open) and await cases.may_see(connection, draft_id, by)


def _refuse_wrong_door(concern: Concern, side: Side) -> None:
    if concern is Concern.CONDUCT and side is Side.STUDENT:
        raise NotTaken(
            "Conduct is an officer's, and this is a child's letter. Choose sad, unsure, family or harm."
        )
    if concern is Concern.FAMILY and side is Side.OFFICER:
        raise NotTaken(
            "Family is for a child's letter, and this is an officer's. Choose sad, unsure, harm or conduct."
        )


async def refer(
    connection: Connection, letterhead: Letterhead, *, draft_id: UUID, by: UUID, concern: Concern
) -> Opened:
    """In the transaction of a reader's decision. Raises NotTaken with a sentence."""
    _refuse_wrong_door(concern, await cases.lock_letter(connection, draft_id))
    return await open_case(connection, letterhead, draft_id=draft_id, by=by, concern=concern)


async def open_case(
    connection: Connection, letterhead: Letterhead, *, draft_id: UUID, by: UUID, concern: Concern
) -> Opened:
    """In the transaction of whoever says so, who holds the letter's lock: the case, and everybody told at once."""
    case_id, new = await cases.open_case(connection, draft_id, concern, by)
    case = await cases.record(connection, case_id)
    if new:
        await _tell(connection, letterhead, case)
        if case.officer_id is not None:
            await _stop_officer(connection, case.draft_id, case.officer_id)
        await look_at_packs(connection, case)
    return Opened(case, known=not new)


async def _stop_officer(connection: Connection, draft_id: UUID, officer_id: UUID) -> None:
    """Their letters and their mail rest by the case itself; what is on its way is stopped here. Conduct is no friendly return."""
    await mail.give_back_of(connection, officer_id)
    await mail.call_back_return(connection, draft_id)
    await tell_visits_of(connection, officer_id)


async def look_at_packs(connection: Connection, case: CaseRecord) -> None:
    """What is held is taken out of a pack, and its child has to have another letter; what is free again is back in it."""
    for place in await cases.places_in_packs(connection, case.id):
        key = f"pack-{place.pairing_id}-{place.opening}"
        if not place.empty:
            await attention.settle(connection, key)
            continue
        await attention.call(
            connection,
            key=key,
            kind="empty place in a pack",
            school=case.school,
            subject_id=place.pairing_id,
            sentence=Sentence(
                "The letter of {pairing} for opening day {opening} is held: give the teacher another one for this child.",
                pairing=references.pairing(place.pairing_id),
                opening=place.opening,
            ),
        )


async def _tell(connection: Connection, letterhead: Letterhead, case: CaseRecord) -> None:
    match case.kind:
        case Concern.CONDUCT:
            await _tell_who_decides(connection, letterhead, case)
        case Concern.HARM:
            await _tell_readers(connection, letterhead, case)
            await _page(connection, letterhead, case, 0)
            await _tell_counselors(connection, letterhead, case)
        case _:
            await _tell_counselors(connection, letterhead, case)


async def _tell_readers(connection: Connection, letterhead: Letterhead, case: CaseRecord) -> None:
    """Each of them, and each who reads it later: the duty is their own."""
    for reader in await case_readers.name_readers(connection, case.id, case.draft_id):
        await _tell_of_duty(connection, letterhead, case, reader, "duty")


async def _tell_of_duty(
    connection: Connection, letterhead: Letterhead, case: CaseRecord, reader: PersonCard, what: str
) -> None:
    """Whoever is gone can't enter: they are told once, whenever that is, with a link of their own."""
    hotline = letterhead.program.safety.hotline
    if reader.gone_since is None:
        link = letterhead.link_to(DeskPage.CASES)
        notice = notices.cases.duty_to_report(name=reader.name, case=str(case.id), hotline=hotline, link=link)
    else:
        what, link = "duty-by-link", letterhead.attest_link(case.id, reader.id)
        notice = notices.cases.duty_of_who_left(name=reader.name, hotline=hotline, link=link)
    await _post(connection, letterhead, case, reader, notice, what)


async def _tell_counselors(connection: Connection, letterhead: Letterhead, case: CaseRecord) -> None:
    """Support for the child, beside whatever else has to be done."""
    for counselor in await people.staff(connection, Role.COUNSELOR, school=case.school):
        notice = notices.cases.referred(
            name=counselor.name,
            case=str(case.id),
            plan_by=letterhead.calendar.label(plan_due(letterhead, case.opened_at)),
            link=letterhead.link_to(DeskPage.COUNSEL),
        )
        await _post(connection, letterhead, case, _card(counselor), notice, "referred")


def plan_due(letterhead: Letterhead, opened_at: datetime) -> datetime:
    """The end of the next school day."""
    opened_on = opened_at.astimezone(letterhead.calendar.zone).date()
    return letterhead.calendar.instant(
        letterhead.calendar.add_school_days(opened_on, 1), letterhead.program.policy.due_hour
    )


async def _tell_who_decides(connection: Connection, letterhead: Letterhead, case: CaseRecord) -> None:
    """The coordinator, and the liaison unless the policy leaves them out; never the officer whose conduct it is."""
    about = await conduct_page.conduct_of(connection, case.id)
    for _, one in await case_words.who_decides(connection, case.id):
        notice = notices.cases.conduct(
            name=one.name,
            officer=about.officer_name,
            agency=about.agency_name,
            letter=f"a letter for round {about.round_number}" if about.round_number else "a stock letter",
            since=letterhead.calendar.label(about.opened_at),
            link=letterhead.link_to(DeskPage.CASES),
        )
        await _post(connection, letterhead, case, one, notice, "conduct")


def _card(one: people.StaffMember) -> PersonCard:
    return PersonCard(one.id, one.name, one.email)


async def _post(
    connection: Connection,
    letterhead: Letterhead,
    case: CaseRecord,
    to: PersonCard,
    notice: Notice,
    what: str,
) -> None:
    await post(
        connection,
        letterhead,
        notice,
        key=f"case-{case.id}-{what}-{to.id}",
        to=to.email,
        school=case.school,
        pairing_id=case.pairing_id,
    )


# ---- who reads, and attests


async def note_read(office: Office, scope: Scope, draft_id: UUID, reader: UUID) -> None:
    """Somebody was shown a draft: while harm is suspected in it, they are told of their duty at once."""
    async with office.committing(scope) as connection:
        await case_readers.note_read(connection, draft_id, reader)
        for case_id in await cases.open_harm_about(connection, draft_id):
            letterhead = await Letterhead.of(office, connection)
            await _tell_readers(connection, letterhead, await cases.record(connection, case_id))


@dataclass(frozen=True, slots=True)
class Attested:
    known: bool
    still_to_attest: int


async def attest(
    office: Office,
    scope: Scope,
    *,
    case_id: UUID,
    by: UUID,
    reported_at: datetime | None,
    reference: str | None = None,
) -> Attested:
    """For oneself: reported at this time, or (None) read and without reasonable cause. Raises NotTaken."""
    async with office.committing(scope) as connection:
        case = await cases.record(connection, case_id)
        if case.kind is not Concern.HARM:
            raise NotTaken("Nobody attests in this case: it is not one of suspected harm.")
        person = await case_readers.reader_as(connection, case_id, by)
        if person is None:
            raise NotTaken(
                "Only somebody who has read the letter attests, and each for themselves. See: case show"
            )
        if await case_readers.has_died(connection, person):
            raise NotTaken(
                "They have died, and nobody attests in their name: the case does not wait for them."
            )
        if reported_at is not None:
            letterhead = await Letterhead.of(office, connection)
            await _refuse_unfit_time(connection, letterhead, case, person, reported_at)
        new = await case_readers.attest(connection, case_id, person, reported_at, reference)
        return Attested(not new, len(await case_readers.still_to_attest(connection, case_id)))


async def _refuse_unfit_time(
    connection: Connection, letterhead: Letterhead, case: CaseRecord, person: UUID, reported_at: datetime
) -> None:
    if reported_at > letterhead.now:
        raise NotTaken("The time of the report is still to come. Report first, then say when it was.")
    handed_in = await case_readers.handed_in(connection, case.draft_id, person)
    known_since = handed_in.at.replace(second=0, microsecond=0) - (
        PAPER_LIES if handed_in.own else timedelta(0)
    )
    if reported_at < known_since:
        handed_in_at = letterhead.calendar.label(handed_in.at)
        if handed_in.own:
            raise NotTaken(
                "The letter was handed in on {handed_in_at}, long after the time of your report. Say when you "
                "reported what stands in it.",
                handed_in_at=handed_in_at,
            )
        raise NotTaken(
            "The letter was handed in on {handed_in_at}, after the time of your report. Say when you reported "
            "what stands in it.",
            handed_in_at=handed_in_at,
        )


async def not_reached(office: Office, scope: Scope, *, case_id: UUID, by: UUID, person: UUID) -> int:
    """A counselor's record that somebody who has left could not be reached. It attests nothing; they still may.

    How many have still to attest. Raises NotTaken with a sentence.
    """
    async with office.committing(scope) as connection:
        case = await cases.record(connection, case_id)
        if case.closed_at is not None:
            raise NotTaken("This case is closed: nobody has to be reached any more.")
        if "counselor" not in await case_words.roles_in(connection, case_id, by):
            raise NotTaken("Only the counselor of this school records that somebody can't be reached.")
        known = await case_readers.reader_as(connection, case_id, person)
        if known is None:
            raise NotTaken("They have not read this letter, and have nothing to attest. See: case show")
        missing = {one.id: one for one in await case_readers.still_to_attest(connection, case_id)}
        if reader := missing.pop(known, None):
            if reader.gone_since is None:
                raise NotTaken(
                    "{name} still takes part in the program. Call them: the duty is their own.",
                    name=reader.name,
                )
            await case_readers.record_unreachable(connection, case_id, reader.id, by)
        return len(missing)


# ---- the counselor's plan


async def plan(
    office: Office,
    scope: Scope,
    *,
    case_id: UUID,
    by: UUID,
    look_again_on: date,
    partners: Sequence[str] = (),
) -> None:
    """Raises NotTaken with a sentence."""
    async with office.committing(scope) as connection:
        case = await cases.record(connection, case_id)
        if case.closed_at is not None:
            raise NotTaken("This case is closed. If the letter worries again, say so where you read it.")
        if "counselor" not in await case_words.roles_in(connection, case_id, by):
            raise NotTaken("Only the counselor of this school makes the plan. See the roles in staff.csv.")
        letterhead = await Letterhead.of(office, connection)
        _refuse_unfit_day(letterhead, look_again_on)
        await _refuse_unknown_partners(connection, partners)
        await case_words.plan(connection, case_id, by, look_again_on, partners)


def _refuse_unfit_day(letterhead: Letterhead, day: date) -> None:
    if day < letterhead.now.astimezone(letterhead.calendar.zone).date():
        raise NotTaken("The day to look again, {day}, is over. Choose one to come.", day=day)
    if why := letterhead.calendar.why_closed(day):
        near = letterhead.calendar.last_school_day_by(letterhead.calendar.next_school_day(day))
        raise NotTaken(
            "The day to look again, {day}, is {why}. Choose a school day: {near}, for example.",
            day=day,
            why=why,
            near=near,
        )


async def _refuse_unknown_partners(connection: Connection, wanted: Iterable[str]) -> None:
    known = {one.name for one in await people.partners(connection)}
    for name in wanted:
        if name not in known:
            if not known:
                raise NotTaken(
                    "“{name}” is no partner of this program: it has none yet (import a partners.csv).",
                    name=name,
                )
            raise NotTaken(
                "“{name}” is no partner of this program. There are: {partners}.",
                name=name,
                partners=", ".join(sorted(known)),
            )


# ---- the stopwatch


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the stopwatch stands: who is missing, which page is next, and in how long."""

    missing: int
    page: int
    wait: timedelta


async def standing(office: Office, scope: Scope, case_id: UUID) -> Standing:
    async with office.database.transaction(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        return await _standing(connection, letterhead, await cases.record(connection, case_id))


async def page(office: Office, scope: Scope, case_id: UUID, number: int) -> Standing:
    """Tell the next rung of the list, and whoever is missing; the same page again tells nobody twice."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        case = await cases.record(connection, case_id)
        if case.closed_at is None and await case_readers.still_to_attest(connection, case_id):
            await _page(connection, letterhead, case, number)
        return await _standing(connection, letterhead, case)


async def _standing(connection: Connection, letterhead: Letterhead, case: CaseRecord) -> Standing:
    missing = 0 if case.closed_at else len(await case_readers.still_to_attest(connection, case.id))
    so_far = await stopwatches.paged(connection, case.id)
    rungs = len(await _rungs(connection, letterhead, case))
    wait = max(pause_before(so_far.pages, rungs) - so_far.since, timedelta(0))
    return Standing(missing, so_far.pages, wait)


async def _page(connection: Connection, letterhead: Letterhead, case: CaseRecord, number: int) -> None:
    if not await stopwatches.page(connection, case.id, number):
        return
    missing = await case_readers.still_to_attest(connection, case.id)
    rungs = await _rungs(connection, letterhead, case)
    # When all on the list have been told, all are told again.
    told = rungs[number] if number < len(rungs) else [one for rung in rungs for one in rung]
    for person in told:
        notice = notices.cases.stopwatch(
            name=person.name,
            case=str(case.id),
            missing=len(missing),
            gone=sum(one.gone_since is not None for one in missing),
            since=letterhead.calendar.label(case.opened_at),
            link=letterhead.link_to(DeskPage.CASES),
        )
        await _post(connection, letterhead, case, person, notice, f"page-{number}")
    if number:  # At the opening they are told of their duty in a mail of its own.
        await _remind(connection, letterhead, case, missing, number)


async def _remind(
    connection: Connection,
    letterhead: Letterhead,
    case: CaseRecord,
    missing: Sequence[PersonCard],
    number: int,
) -> None:
    for reader in missing:
        await _tell_of_duty(connection, letterhead, case, reader, f"duty-{number}")


async def _rungs(
    connection: Connection, letterhead: Letterhead, case: CaseRecord
) -> Sequence[Sequence[PersonCard]]:
    """The named list, rung by rung: a rung on which nobody stands costs no time, and nobody stands on two."""
    rungs: list[list[PersonCard]] = []
    seen: set[UUID] = set()
    for named in letterhead.program.safety.told:
        rung = [one for one in await _named(connection, named, case) if one.id not in seen]
        seen.update(one.id for one in rung)
        if rung:
            rungs.append(rung)
    return rungs


async def _named(connection: Connection, named: str, case: CaseRecord) -> Sequence[PersonCard]:
    if named in set(Role):
        members = await people.staff(connection, Role(named), school=case.school, agency=case.agency)
    else:
        members = await people.staff_named(connection, named)
    return [_card(one) for one in members]


async def is_on_the_list(
    connection: Connection, letterhead: Letterhead, case: CaseRecord, people: Collection[UUID]
) -> bool:
    """Whether one of these people is."""
    return any(one.id in people for rung in await _rungs(connection, letterhead, case) for one in rung)
