"""A child whose officer does not come: reserves are asked in order, each with a limit, and one is found on the day."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4, uuid5

from bluepals.domain import references
from bluepals.domain.program import School
from bluepals.domain.sentences import Sentence
from bluepals.domain.visit_plan import VisitState, answer_limit, visit_instants, waits_for_the_resting_until
from bluepals.facts.office import Letterhead, Office, post
from bluepals.facts.visit_files import calendar_file
from bluepals.facts.visit_guests import let_guests_go
from bluepals.facts.visit_sheets import Stay, arranged, school_of, stay, visit_begins
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import attention, mail, pairings, programs, tells, visit_hosts, visits
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import NotTaken
from bluepals.store.pairings import PairingCard
from bluepals.store.visit_hosts import HostCard

KIND = "visit host"  # of what the coordinator has to look at


async def settle_hosts(office: Office, scope: Scope, program_year: str) -> datetime | None:
    """Ask a reserve for each child that nobody meets, let go who is needed no longer. When the next silence ends."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        visit = await visits.date_of(connection, program_year)
        if visit.state is not VisitState.PLANNED:
            return None
        await let_guests_go(connection, letterhead, program_year)
        await let_hosts_go(connection, letterhead, program_year, NoNeed.FOR_THIS_CHILD)
        gone = await visit_hosts.release_who_can_not_come(connection, program_year)
        await _tell_who_is_let_go(connection, letterhead, program_year, gone, NoNeed.OF_THIS_HOST)
        resting_until = waits_for_the_resting_until(letterhead.program, visit.on)
        await let_resting_hosts_go(connection, letterhead, program_year, visit.on)
        without = await children_without_anybody(connection, program_year)
        alone = [
            pairing_id
            for pairing_id in without
            if not await _ask_a_reserve(connection, letterhead, program_year, pairing_id, visit.on)
        ]
        await _call_coordinator(connection, letterhead, program_year, alone, visit.on)
        limits = [await visit_hosts.next_limit(connection, program_year)]
        if resting_until > letterhead.now and await visit_hosts.anybody_rests(connection, program_year):
            limits.append(resting_until)
        return min((one for one in limits if one is not None), default=None)


async def children_without_anybody(connection: Connection, program_year: str) -> Sequence[UUID]:
    """Their pairings, now: somebody has to be asked for them, or a person called."""
    program, day = await programs.load(connection), await programs.visit_on(connection, program_year)
    return await visit_hosts.children_without_anybody(
        connection, program_year, waits_for_the_resting_until(program, day)
    )


async def tell_visits_of(connection: Connection, officer_id: UUID, key: UUID | None = None) -> None:
    """Whether this officer may come has changed: wherever a child counts on them, somebody looks who is needed now."""
    for visit in await visit_hosts.counted_on(connection, officer_id):
        await tell_visit_day(connection, visit.program, visit.program_year, visit.agency, key or uuid4())


async def tell_visit_of_pairing(connection: Connection, pairing: PairingCard) -> None:
    """A child has lost its officer or got one, once a visit is prepared: who is to be asked is looked for at once."""
    ahead = await visits.is_ahead(connection, pairing.program_year)
    if ahead and await _is_prepared(connection, pairing.program_year):
        await tell_visit_day(connection, pairing.program, pairing.program_year, pairing.agency, uuid4())


async def _is_prepared(connection: Connection, program_year: str) -> bool:
    """Somebody is invited, or invitations are due."""
    if await visits.has_guests(connection, program_year):
        return True
    day = await programs.visit_on(connection, program_year)
    instants = visit_instants(await programs.load(connection), day)
    return instants.invite_at <= await programs.now(connection)


async def tell_visits_of_who_stay_away(connection: Connection) -> None:
    """A family agrees to the visit no longer: whoever was to meet the child is let go at once."""
    for visit in await visit_hosts.stayed_away_from(connection):
        await tell_visit_day(connection, visit.program, visit.program_year, visit.agency, uuid4())


async def tell_visits_of_who_come_after_all(connection: Connection) -> None:
    """A family agrees to the visit late, or again: whoever is to meet the child is invited at once."""
    for visit in await visit_hosts.to_invite(connection):
        if await _is_prepared(connection, visit.program_year):
            await tell_visit_day(connection, visit.program, visit.program_year, visit.agency, uuid4())


async def tell_visits_of_the_uncleared(connection: Connection) -> None:
    """Asked each morning; each clearance ends once."""
    for officer_id, ended_on in await visit_hosts.uncleared(connection):
        await tell_visits_of(connection, officer_id, uuid5(officer_id, str(ended_on)))


async def tell_visit_day(
    connection: Connection, program: str, program_year: str, agency: str | None, answer: UUID
) -> None:
    """That somebody will come, or will not; each time is a fact of its own."""
    key = str(answer)
    await tells.add(
        connection,
        program,
        workflow_id=f"visit-day-{program_year}",
        fact="visit_answered",
        key=key,
        body={"answer_id": key},
        agency=agency,
    )


async def _ask_a_reserve(
    connection: Connection, letterhead: Letterhead, program_year: str, pairing_id: UUID, visit_on: date
) -> bool:
    """False: nobody is left to ask, or no time to wait for an answer."""
    answer_by = _answer_by(letterhead, visit_on)
    if answer_by is None:
        return False
    school = await school_of(connection, letterhead, program_year)
    asked = await visit_hosts.ask_next(connection, pairing_id, school.agencies, answer_by)
    if asked is None:
        return False
    meetings = await arranged(connection, letterhead, program_year)
    begins = await visit_begins(connection, letterhead, program_year)
    own = stay(letterhead, meetings, [pairing_id], begins)
    was_let_go = await mail.is_queued(connection, _release(asked, asked.times_asked - 1))
    ask = notices.visits.host_asked_again if was_let_go else notices.visits.host_asked
    await post(
        connection,
        letterhead,
        ask(
            officer=asked.first_name,
            student=asked.student_first_name,
            school=school.name,
            when=letterhead.calendar.label(own.begins),
            answer_by=letterhead.calendar.label(answer_by),
            rules=(letterhead.program.policy.gifts, letterhead.program.policy.photos),
            link=letterhead.link_to(DeskPage.PALS),
            calendar_file=_hosts_file(letterhead, school, asked, own),
        ),
        key=_request(asked),
        to=asked.email,
        agency=asked.agency,
        tells_of=[pairing_id],
        useful_until=answer_by,
    )
    return True


def _request(host: HostCard) -> str:
    return f"visit-host-{host.id}-asked-{host.times_asked}"


def _release(host: HostCard, time: int) -> str:
    return f"visit-host-{host.id}-released-{time}"


def _answer_by(letterhead: Letterhead, visit_on: date) -> datetime | None:
    """None: the run sheet is made, and nobody is asked any more."""
    days = letterhead.program.policy.visit_reserve_days
    return answer_limit(letterhead.program, visit_on, letterhead.now, days)


def _hosts_file(
    letterhead: Letterhead, school: School, host: HostCard, own: Stay, *, cancelled: bool = False
) -> bytes:
    """A request is for one day: it is taken back, and perhaps made again, and never changed."""
    return calendar_file(
        letterhead,
        subject=f"visit-host-{host.id}",
        to=host.email,
        school=school,
        stay=own,
        sequence=2 * (host.times_asked - 1) + int(cancelled),
        cancelled=cancelled,
    )


class NoNeed(StrEnum):
    """Why reserves are let go, as they are told."""

    FOR_THIS_CHILD = "the child's own pal comes after all, or the child is not there"
    ON_THIS_DAY = "the visit is on another day"
    AT_ALL = "the visit is called off"
    OF_THIS_HOST = "somebody else is looked for"
    AT_REST = "visits of your agency rest"


async def let_hosts_go(
    connection: Connection, letterhead: Letterhead, program_year: str, why: NoNeed
) -> None:
    """Whose child needs none, or everybody since the day is another one or none; those who count on coming are told."""
    everybody = why is not NoNeed.FOR_THIS_CHILD
    let_go = await visit_hosts.release(connection, program_year, everybody=everybody)
    await _tell_who_is_let_go(connection, letterhead, program_year, let_go, why)


async def let_resting_hosts_go(
    connection: Connection, letterhead: Letterhead, program_year: str, visit_on: date
) -> None:
    """Whose agency rests: who has not answered at once, so that no silence counts; who has agreed when it gets too late to wait."""
    resting_until = waits_for_the_resting_until(letterhead.program, visit_on)
    told = [
        host
        for host in await visit_hosts.release_resting(connection, program_year, resting_until)
        if not await mail.recall(connection, _request(host))
    ]
    await _tell_who_is_let_go(connection, letterhead, program_year, told, NoNeed.AT_REST)


async def let_hosts_go_after_death(connection: Connection, pairing_ids: Sequence[UUID]) -> None:
    """Of these children, one of whom has died, or their officer. Nothing tells them by itself; who knows of it is for people to tell."""
    await visits.lock(connection, pairing_ids)
    for host in await visit_hosts.release_of(connection, pairing_ids):
        if host.answer == "yes" or await mail.has_left(connection, _request(host)):
            pairing = await pairings.card(connection, host.pairing_id)
            await attention.call(
                connection,
                key=f"death-host-{host.id}-{host.times_asked}",
                kind=attention.DEATH,
                school=pairing.school,
                subject_id=host.id,
                sentence=Sentence(
                    "A reserve, {reserve}, was asked to meet {child} at the visit, and is not needed any more. Nothing is"
                    " sent to them by itself: decide who tells them.",
                    reserve=host.external_id,
                    child=references.child_of(host.pairing_id),
                ),
            )


async def _tell_who_is_let_go(
    connection: Connection, letterhead: Letterhead, program_year: str, let_go: Sequence[HostCard], why: NoNeed
) -> None:
    school = await school_of(connection, letterhead, program_year)
    begins = await visit_begins(connection, letterhead, program_year)
    meetings = await arranged(connection, letterhead, program_year)
    for host in let_go:
        own = stay(letterhead, meetings, [host.pairing_id], begins)
        tell = notices.visits.host_released if host.answer else notices.visits.request_withdrawn
        await post(
            connection,
            letterhead,
            tell(
                officer=host.first_name,
                student=host.student_first_name,
                school=school.name,
                why=why,
                calendar_file=_hosts_file(letterhead, school, host, own, cancelled=True),
            ),
            key=_release(host, host.times_asked),
            to=host.email,
            agency=host.agency,
            tells_of=[host.pairing_id],
            useful_until=own.begins,
        )


async def _call_coordinator(
    connection: Connection,
    letterhead: Letterhead,
    program_year: str,
    alone: Sequence[UUID],
    visit_on: date,
) -> None:
    """For each child whom no reserve can meet; settled as soon as somebody does."""
    school = await school_of(connection, letterhead, program_year)
    for call in await attention.open_calls(connection):
        if call.kind == KIND and call.school == school.id and call.subject_id not in alone:
            await attention.settle(connection, call.key)
    in_time = _answer_by(letterhead, visit_on) is not None
    for pairing_id in alone:
        await attention.call(
            connection,
            key=f"visit-host-{pairing_id}",
            kind=KIND,
            school=school.id,
            subject_id=pairing_id,
            sentence=_nobody_left(pairing_id) if in_time else _too_late(pairing_id),
            how=Sentence(
                "On the day: starter.py visit host {program} {pairing}",
                program=letterhead.program.id,
                pairing=pairing_id,
            ),
        )


def _nobody_left(pairing_id: UUID) -> Sentence:
    return Sentence(
        "Nobody meets {child} at the visit, and no reserve is left to ask. Ask an officer yourself, or find a host on the"
        " day among those who come.",
        child=references.child_of(pairing_id),
    )


def _too_late(pairing_id: UUID) -> Sentence:
    return Sentence(
        "Nobody meets {child} at the visit, and it is too late to ask a reserve: find a host among those who come, as"
        " soon as they are recorded as present.",
        child=references.child_of(pairing_id),
    )


async def host_now(office: Office, scope: Scope, pairing_id: UUID) -> HostCard:
    """On the day: somebody who is there, for a child whose officer has not come. Again, it is the same host.

    Raises NotTaken and LookupError with a sentence.
    """
    async with office.database.transaction(scope) as connection:
        pairing = await pairings.card(connection, pairing_id)
        await visits.date_of(connection, pairing.program_year)
        if known := await visit_hosts.present_host(connection, pairing_id):
            return known
        if await visits.attended(connection, pairing_id):
            raise NotTaken(
                "The officer of pairing {pairing_id} is here. If not, first: visit attend --did-not-come",
                pairing_id=pairing_id,
            )
        found = await visit_hosts.find_present(connection, pairing_id)
        if found is None:
            raise NotTaken(
                "Nobody who could host the child of pairing {pairing_id} has been recorded as present. Record who "
                "came (`visit attend`), then run this again; or let a teacher read the letters with the child.",
                pairing_id=pairing_id,
            )
        await attention.settle(connection, f"visit-host-{pairing_id}")
        return found
