"""The visit: officers invited, reminded and thanked; what they answer, and who came; its day moved or called off."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from bluepals.domain import references
from bluepals.domain.people import Role
from bluepals.domain.program import School
from bluepals.domain.sentences import Sentence, begun, together
from bluepals.domain.visit_plan import (
    VisitInstants,
    VisitState,
    answer_limit,
    visit_instants,
    why_it_stays,
    why_not_on,
)
from bluepals.facts import surveys
from bluepals.facts.calendars import tell_of_new_dates
from bluepals.facts.office import Letterhead, Office, post
from bluepals.facts.visit_files import calendar_file
from bluepals.facts.visit_hosts import NoNeed, let_hosts_go, tell_visit_day
from bluepals.facts.visit_sheets import Stay, arranged, school_of, stay, visit_begins
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.mail.notice import Notice
from bluepals.store import attention, mail, people, programs, rounds, visit_hosts, visits
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import NotTaken
from bluepals.store.pauses import Target
from bluepals.store.people import StaffMember
from bluepals.store.visits import Guest, VisitDate


async def invite(office: Office, scope: Scope, program_year: str) -> int:
    """Ask every officer of the year, with a calendar file, until it begins. How many."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        visit = await visits.date_of(connection, program_year)
        begins = await visit_begins(connection, letterhead, program_year)
        if visit.state != VisitState.PLANNED or begins <= letterhead.now:
            return 0
        answer_by = _answer_by(letterhead, visit.on)
        await visits.invite(connection, program_year, answer_by)
        school = await school_of(connection, letterhead, program_year)
        meetings = await arranged(connection, letterhead, program_year)
        guests = await visits.guests_to_ask(connection, program_year)
        for guest in guests:
            own = stay(letterhead, meetings, guest.pairings, begins)
            notice = notices.visits.invitation(
                officer=guest.first_name,
                school=school.name,
                when=letterhead.calendar.label(own.begins),
                minutes=own.minutes,
                answer_by=letterhead.calendar.label(answer_by),
                rules=(letterhead.program.policy.gifts, letterhead.program.policy.photos),
                link=letterhead.link_to(DeskPage.PALS),
                calendar_file=_officers_file(letterhead, program_year, school, guest, own, visit),
            )
            if guest.times_asked > 1:
                await mail.recall_one(connection, _invitation(program_year, guest, guest.times_asked - 1))
            key = _invitation(program_year, guest, guest.times_asked)
            await _post(connection, letterhead, guest, notice, key=key, useful_until=own.begins)
        return len(guests)


def _invitation(program_year: str, guest: Guest, time: int) -> str:
    first = f"visit-{program_year}-{guest.officer_id}"
    return f"{first}-asked-{time}" if time > 1 else first


def _answer_by(letterhead: Letterhead, visit_on: date) -> datetime:
    """Whoever is invited when the run sheet is made already answers until it begins."""
    program, days = letterhead.program, letterhead.program.policy.visit_answer_days
    limit = answer_limit(program, visit_on, letterhead.now, days)
    return limit or visit_instants(program, visit_on).begins


def _officers_file(
    letterhead: Letterhead,
    program_year: str,
    school: School,
    guest: Guest,
    own: Stay,
    visit: VisitDate,
    *,
    cancelled: bool = False,
) -> bytes:
    return calendar_file(
        letterhead,
        subject=f"{program_year}-{guest.officer_id}",
        to=guest.email,
        school=school,
        stay=own,
        sequence=guest.file_sequence(visit.sequence),
        cancelled=cancelled,
    )


async def remind(office: Office, scope: Scope, program_year: str, number: int) -> int:
    """Remind those who come, and those who have not answered. How many."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        school = await rounds.school_of(connection, program_year)
        visit = await visits.date_of(connection, program_year)
        begins = await visit_begins(connection, letterhead, program_year)
        meetings = await arranged(connection, letterhead, program_year)
        expected = [
            guest for guest in await visits.guests_to_ask(connection, program_year) if guest.answer != "no"
        ]
        for guest in expected:
            own = stay(letterhead, meetings, guest.pairings, begins)
            notice = notices.visits.reminder(
                officer=guest.first_name, school=school.name, when=letterhead.calendar.label(own.begins)
            )
            key = f"visit-{program_year}-{guest.officer_id}-reminder-{visit.sequence}.{number}"
            await _post(connection, letterhead, guest, notice, key=key, useful_until=own.begins)
        await _remind_hosts(connection, letterhead, program_year, school.name, number)
        return len(expected)


async def _remind_hosts(
    connection: Connection, letterhead: Letterhead, program_year: str, school: str, number: int
) -> None:
    begins = await visit_begins(connection, letterhead, program_year)
    meetings = await arranged(connection, letterhead, program_year)
    for host in await visit_hosts.expected(connection, program_year):
        own = stay(letterhead, meetings, [host.pairing_id], begins)
        await post(
            connection,
            letterhead,
            notices.visits.reminder(
                officer=host.first_name, school=school, when=letterhead.calendar.label(own.begins)
            ),
            key=f"visit-host-{host.id}-reminder-{number}",
            to=host.email,
            agency=host.agency,
            tells_of=[host.pairing_id],
            useful_until=own.begins,
        )


async def thank(office: Office, scope: Scope, program_year: str) -> int:
    """Thank those who came, each once, and ask everybody how the year was. How many came."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        school = await rounds.school_of(connection, program_year)
        came = await visits.came(connection, program_year)
        for guest in came:
            await post(
                connection,
                letterhead,
                notices.visits.thanks(officer=guest.first_name, school=school.name),
                key=f"visit-{program_year}-{guest.officer_id}-thanks",
                to=guest.email,
                agency=guest.agency,
                tells_of=guest.pairings,
                useful_until=letterhead.thanks_until,
                held_until=letterhead.year_closes,
            )
        await surveys.ask(connection, letterhead, program_year)
        await attention.settle_what_is_over(connection)
        return len(came)


async def answer(office: Office, scope: Scope, asked: UUID, said: str) -> None:
    """Of an officer, by the pairing's id, or of a reserve, by the request's; the visit's workflow is told.

    Raises NotTaken with a sentence.
    """
    async with office.committing(scope) as connection:
        answered = await visit_hosts.answer(connection, asked, said)
        answered = answered or await visits.answer(connection, asked, said)
        await tell_visit_day(connection, scope.program, answered.program_year, answered.agency, uuid4())


async def attend(office: Office, scope: Scope, asked: UUID, *, came: bool) -> None:
    """Of an officer, by the pairing's id, or of a host, by the request's. Raises NotTaken with a sentence."""
    async with office.database.transaction(scope) as connection:
        if not await visit_hosts.attend(connection, asked, came=came):
            await visits.attend(connection, asked, came=came)


async def attend_by_name(office: Office, scope: Scope, name: str, *, came: bool) -> Sequence[UUID]:
    """Of whoever is expected at a visit today under this name; the pairings whose children it is about.

    Raises NotTaken with a sentence.
    """
    async with office.database.transaction(scope) as connection:
        officers = await visits.expected_today(connection, name)
        if len(officers) != 1:
            raise NotTaken(together(_expected(len(officers)), _NAME_IN_FULL))
        return await visits.attend_as(connection, officers[0], came=came)


def _expected(officers: int) -> Sentence:
    if not officers:
        return Sentence("Nobody of this name is expected at a visit today.")
    return Sentence("{officers} of this name are expected at a visit today.", officers=officers)


_NAME_IN_FULL = Sentence(
    "Write first and last name as on the visitors' list, or name the pairing's id (`visit show`)."
)


# The day moves, or is called off


async def standing(office: Office, scope: Scope, program_year: str) -> tuple[VisitInstants, VisitState]:
    """The visit's times, and what is planned: as on record, or that it rests. Raises LookupError with a sentence."""
    async with office.database.transaction(scope) as connection:
        program = await programs.load(connection)
        visit = await visits.date_of(connection, program_year)
        return visit_instants(program, visit.on), await visits.standing(connection, program_year)


async def give_reason(office: Office, scope: Scope, program_year: str, because: str | None) -> None:
    """Put on record what people are to be told of the change that follows: it counts when that change is made.

    Raises NotTaken when no change can follow any more, or LookupError; each with a sentence.
    """
    found, plan = await standing(office, scope, program_year)
    async with office.database.transaction(scope) as connection:
        if why := why_it_stays(plan, found, await programs.now(connection)):
            raise NotTaken(why)
        await visits.give_reason(connection, program_year, because)


async def move(office: Office, scope: Scope, program_year: str, day: date) -> VisitInstants:
    """Another day, or a second one after the first was called off; everybody is told. The same day again changes nothing.

    Raises NotTaken with a sentence.
    """
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        before = await visits.date_of(connection, program_year)
        if (before.on, before.state) != (day, VisitState.PLANNED):
            last_opening = await rounds.last_opening(connection, program_year)
            if why := why_not_on(letterhead.program, day, letterhead.now, last_opening):
                raise NotTaken("The visit can't move: {why}", why=why)
            await commit_another_day(connection, letterhead, program_year, day)
            await tell_of_the_move(connection, letterhead, program_year, before)
        return visit_instants(letterhead.program, day)


async def commit_another_day(
    connection: Connection, letterhead: Letterhead, program_year: str, day: date
) -> None:
    """The one place where a visit gets another day: whoever was asked to host on the one before is let go."""
    await let_hosts_go(connection, letterhead, program_year, NoNeed.ON_THIS_DAY)
    await visits.change_date(connection, program_year, day)
    await visits.ask_again(connection, program_year, _answer_by(letterhead, day))
    await tell_of_new_dates(connection, Target(school=(await rounds.school_of(connection, program_year)).id))
    await attention.settle(connection, f"visit-date-{program_year}")


async def tell_of_the_move(
    connection: Connection, letterhead: Letterhead, program_year: str, before: VisitDate
) -> None:
    """Officers who were invited, with a calendar file that takes the first one's place; and the school."""
    visit, was = await visits.date_of(connection, program_year), f"{before.on:%A, %B %-d}"
    school = await school_of(connection, letterhead, program_year)
    begins = await visit_begins(connection, letterhead, program_year)
    meetings = await arranged(connection, letterhead, program_year)
    for guest in await visits.guests(connection, program_year):
        own = stay(letterhead, meetings, guest.pairings, begins)
        notice = notices.visits.moved(
            officer=guest.first_name,
            school=school.name,
            was=was,
            when=letterhead.calendar.label(own.begins),
            answer_by=None if guest.rests else letterhead.calendar.label(_answer_by(letterhead, visit.on)),
            because=visit.because,
            link=letterhead.link_to(DeskPage.PALS),
            calendar_file=_officers_file(letterhead, program_year, school, guest, own, visit),
        )
        key = f"visit-{program_year}-{guest.officer_id}-moved-{visit.sequence}"
        await _post(connection, letterhead, guest, notice, key=key)

    def to_school(name: str) -> Notice:
        when = letterhead.calendar.label(begins)
        return notices.visits.moved_to_school(
            name=name, school=school.name, was=was, when=when, because=visit.because
        )

    key = f"visit-{program_year}-moved-{visit.sequence}"
    await _post_to_staff(connection, letterhead, school, to_school, key=key)


async def call_off(office: Office, scope: Scope, program_year: str, *, read_aloud: bool) -> VisitInstants:
    """Nobody comes; everybody is told. A second date may follow, unless letters are read aloud instead."""
    state = VisitState.READ_ALOUD if read_aloud else VisitState.CALLED_OFF
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        before = await visits.date_of(connection, program_year)
        if before.state not in {state, VisitState.READ_ALOUD}:
            await commit_no_visit(connection, letterhead, program_year, before, state)
            await _ask_for_a_second_date(connection, letterhead, program_year, state)
        return visit_instants(letterhead.program, before.on)


async def commit_no_visit(
    connection: Connection, letterhead: Letterhead, program_year: str, before: VisitDate, state: VisitState
) -> None:
    """The one place where a visit is called off: whoever was invited, asked to host or called for it is told, or let go."""
    await visits.call_off(connection, program_year, state)
    await let_hosts_go(connection, letterhead, program_year, NoNeed.AT_ALL)
    tell = _tell_of_no_second_date if before.state == VisitState.CALLED_OFF else _tell_that_it_is_off
    await tell(connection, letterhead, program_year)
    await attention.settle_what_is_over(connection)


async def _tell_that_it_is_off(connection: Connection, letterhead: Letterhead, program_year: str) -> None:
    """Officers who were invited, whose calendars are cleared; and the school."""
    visit = await visits.date_of(connection, program_year)
    school = await school_of(connection, letterhead, program_year)
    begins = await visit_begins(connection, letterhead, program_year)
    meetings = await arranged(connection, letterhead, program_year)
    day = f"{visit.on:%A, %B %-d}"
    follows = (
        notices.visits.READ_ALOUD if visit.state == VisitState.READ_ALOUD else notices.visits.SECOND_DATE
    )
    for guest in await visits.guests(connection, program_year):
        own = stay(letterhead, meetings, guest.pairings, begins)
        notice = notices.visits.called_off(
            officer=guest.first_name,
            school=school.name,
            day=day,
            because=visit.because,
            follows=follows,
            calendar_file=_officers_file(letterhead, program_year, school, guest, own, visit, cancelled=True),
        )
        key = f"visit-{program_year}-{guest.officer_id}-off-{visit.sequence}"
        await _post(connection, letterhead, guest, notice, key=key)

    def to_school(name: str) -> Notice:
        return notices.visits.called_off_to_school(
            name=name, school=school.name, day=day, because=visit.because, follows=follows
        )

    key = f"visit-{program_year}-off-{visit.sequence}"
    await _post_to_staff(connection, letterhead, school, to_school, key=key)


def another_day_or_none(letterhead: Letterhead, program_year: str) -> Sentence:
    """The commands of whoever decides that."""
    return Sentence(
        "A day: starter.py visit move {program} {program_year} --to YEAR-MONTH-DAY;"
        " letters read aloud: starter.py visit call-off {program} {program_year} --read-aloud",
        program=letterhead.program.id,
        program_year=program_year,
    )


async def _tell_of_no_second_date(connection: Connection, letterhead: Letterhead, program_year: str) -> None:
    """Everybody who has heard that a second date may come."""
    visit = await visits.date_of(connection, program_year)
    school = await school_of(connection, letterhead, program_year)

    def notice(name: str) -> Notice:
        day = f"{visit.on:%A, %B %-d}"
        return notices.visits.no_second_date(name=name, school=school.name, day=day, because=visit.because)

    key = f"visit-{program_year}-no-second-date-{visit.sequence}"
    for guest in await visits.guests(connection, program_year):
        await _post(connection, letterhead, guest, notice(guest.first_name), key=f"{key}-{guest.officer_id}")
    await _post_to_staff(connection, letterhead, school, notice, key=key)


async def _ask_for_a_second_date(
    connection: Connection, letterhead: Letterhead, program_year: str, state: VisitState
) -> None:
    key = f"visit-date-{program_year}"
    if state == VisitState.READ_ALOUD:
        await attention.settle(connection, key)
        return
    school = await rounds.school_of(connection, program_year)
    await attention.call(
        connection,
        key=key,
        kind="visit",
        school=school.id,
        sentence=Sentence(
            "{visit} is called off and has no second date. Give it one, or let letters be read aloud instead.",
            visit=begun(references.visit_of(program_year)),
        ),
        how=another_day_or_none(letterhead, program_year),
    )


async def told_at_school(connection: Connection, school: str) -> Sequence[StaffMember]:
    """Its teachers and the program's coordinators, each once."""
    told = {
        one.id: one
        for role in (Role.TEACHER, Role.COORDINATOR)
        for one in await people.staff(connection, role, school=school)
    }
    return list(told.values())


async def _post_to_staff(
    connection: Connection,
    letterhead: Letterhead,
    school: School,
    write: Callable[[str], Notice],
    *,
    key: str,
) -> None:
    for one in await told_at_school(connection, school.id):
        await post(
            connection, letterhead, write(one.name), key=f"{key}-{one.id}", to=one.email, school=school.id
        )


async def _post(
    connection: Connection,
    letterhead: Letterhead,
    guest: Guest,
    notice: Notice,
    *,
    key: str,
    useful_until: datetime | None = None,
) -> None:
    await post(
        connection,
        letterhead,
        notice,
        key=key,
        to=guest.email,
        agency=guest.agency,
        tells_of=guest.pairings,
        useful_until=useful_until,
    )
