"""What the daily mail of a day says to each person; and said again, when somebody it named has gone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from bluepals.domain.calendar import ONE_DAY
from bluepals.domain.people import Role, language_name
from bluepals.domain.sentences import counted
from bluepals.domain.silence import Rung
from bluepals.facts import silence, who_may
from bluepals.facts.cases import plan_due
from bluepals.facts.office import Letterhead, post
from bluepals.facts.silence import Climbed
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.mail.notice import Notice, Section
from bluepals.store import attention, case_words, conduct_page, daily, joining, pauses, people
from bluepals.store.case_readers import PersonCard
from bluepals.store.daily import CalledBack, CaseToLookAt, ToBeRead
from bluepals.store.database import Connection
from bluepals.store.pauses import What
from bluepals.store.people import StaffMember
from bluepals.store.silence import SilentSide

USEFUL = timedelta(days=1)
# Where a role finds its cases, unless it is on the page of all who have read a letter.
CASES_OF = {Role.COUNSELOR: DeskPage.COUNSEL, Role.COORDINATOR: DeskPage.BOARD}
# What a pause of the letters does not keep from anybody.
CASES, NEEDED_NOW = "A letter that worries someone", "What needs you, also while letters rest"
CLEARANCES_END = "Clearances that end soon"
NEVER_RESTS = (CASES, NEEDED_NOW, CLEARANCES_END)
CALLS_THAT_NEVER_REST = (attention.CLEARANCE, attention.DEATH, attention.LOST_MAIL, attention.PAGER)
FAREWELL = " (the last of the year: time to say goodbye)"


@dataclass
class Desk:
    """One person's mail of the day, as it grows."""

    name: str
    email: str
    link: str
    school: str | None = None
    agency: str | None = None
    _lines: dict[str, list[str]] = field(default_factory=dict)

    def add(self, heading: str, *lines: str) -> None:
        """Each heading once, and each line once below it."""
        known = self._lines.setdefault(heading, [])
        known.extend(line for line in lines if line not in known)

    @property
    def sections(self) -> Sequence[Section]:
        return [Section(heading, tuple(lines)) for heading, lines in self._lines.items()]

    @property
    def never_rests(self) -> Sequence[Section]:
        return [one for one in self.sections if one.heading.startswith(NEVER_RESTS)]


async def desks_of(
    connection: Connection, letterhead: Letterhead, day: date, climbed: Sequence[Climbed]
) -> dict[str, Desk]:
    """By each person's id, of those who have something to do."""
    desks: dict[str, Desk] = {}
    await _officers(connection, letterhead, desks, day)
    await _teachers(connection, letterhead, desks, day)
    await _silences(connection, letterhead, desks, climbed)
    await _readers(connection, letterhead, desks)
    await _cases(connection, letterhead, desks, day)
    await _coordinators(connection, letterhead, desks)
    await _liaisons(connection, letterhead, desks, day)
    return desks


async def post_desk(connection: Connection, letterhead: Letterhead, desk: Desk, *, key: str) -> None:
    await post(
        connection,
        letterhead,
        await _notice(connection, desk),
        key=key,
        to=desk.email,
        school=desk.school,
        agency=desk.agency,
        useful_until=letterhead.now + USEFUL,
    )


async def _notice(connection: Connection, desk: Desk) -> Notice:
    """No pause holds it back where something of it can't wait; then it says nothing of what rests."""
    if not desk.never_rests:
        return notices.daily_mail.waits_today(name=desk.name, sections=desk.sections, link=desk.link)
    rests = await pauses.rests(connection, What.LETTERS, school=desk.school, agency=desk.agency)
    sections = desk.never_rests if rests else desk.sections
    return notices.daily_mail.cannot_wait(name=desk.name, sections=sections, link=desk.link)


async def without_child(connection: Connection, letterhead: Letterhead, student_id: UUID) -> None:
    """Daily mails that have not left say nothing of this child any more."""
    await _compose_anew(
        connection,
        letterhead,
        await daily.call_back(connection, await daily.told_of_child(connection, student_id)),
    )


async def without_officer(connection: Connection, letterhead: Letterhead, officer_id: UUID) -> None:
    """And nothing of this officer."""
    await _compose_anew(
        connection,
        letterhead,
        await daily.call_back(connection, await daily.told_of_officer(connection, officer_id)),
    )


async def _compose_anew(
    connection: Connection, letterhead: Letterhead, called_back: Sequence[CalledBack]
) -> None:
    """As of the time at which it was composed: whoever has gone since is not in it, and all else is."""
    for one in called_back:
        then = replace(letterhead, now=one.composed_at)
        desks = await desks_of(connection, then, one.day, await silence.climbed_on(connection, one.day))
        if desk := desks.get(str(one.person)):
            await post_desk(connection, then, desk, key=f"daily-{one.day}-{one.person}-anew-{one.mail_id}")


async def _officers(
    connection: Connection, letterhead: Letterhead, desks: dict[str, Desk], day: date
) -> None:
    """A nudge so many hours before a letter is due, for each of them, and before any day without a daily mail."""
    owed = await daily.owed_by_officers(connection, _last_date_to_remind_of(letterhead, day))
    nudged = [one for one in owed if day in _reminder_days(letterhead, one.due_at)]
    for _, group in groupby(nudged, key=lambda one: one.officer_id):
        letters = list(group)
        first = letters[0]
        desk = Desk(first.first_name, first.email, letterhead.link_to(DeskPage.PALS), agency=first.agency)
        lines = tuple(
            f"to {one.student_first_name}, by {letterhead.calendar.label(one.due_at)}"
            f"{FAREWELL if one.farewell else ''}"
            for one in letters
        )
        desk.add("A letter to write", *lines)
        desks[str(first.officer_id)] = desk


def _reminder_days(letterhead: Letterhead, due: datetime) -> Sequence[date]:
    policy = letterhead.program.policy
    days = (
        letterhead.calendar.reminder_day(due, hours, policy.daily_mail_hour) for hours in policy.nudge_hours
    )
    return [day for day in days if day is not None]


def _last_date_to_remind_of(letterhead: Letterhead, day: date) -> datetime:
    """Whatever is due later can wait for the next daily mail."""
    calendar, policy = letterhead.calendar, letterhead.program.policy
    next_mail = calendar.instant(calendar.next_school_day(day + ONE_DAY), policy.daily_mail_hour)
    return next_mail + timedelta(hours=max(policy.nudge_hours, default=0))


async def _teachers(
    connection: Connection, letterhead: Letterhead, desks: dict[str, Desk], day: date
) -> None:
    """Each school day from the first reminder on: a teacher collects."""
    for owed in await daily.owed_by_classes(connection, _last_date_to_remind_of(letterhead, day)):
        if day < min(_reminder_days(letterhead, owed.due_at), default=day):
            continue
        for teacher in await people.staff(
            connection, Role.TEACHER, school=owed.school, class_name=owed.class_name
        ):
            desk = desks.setdefault(
                str(teacher.id),
                Desk(teacher.name, teacher.email, letterhead.link_to(DeskPage.CLASS), school=owed.school),
            )
            due = letterhead.calendar.label(owed.due_at)
            line = f"class {owed.class_name}: {owed.letters} still to come, due {due}{FAREWELL if owed.farewell else ''}"
            desk.add("Letters of your class", line)


async def _silences(
    connection: Connection, letterhead: Letterhead, desks: dict[str, Desk], reached: Sequence[Climbed]
) -> None:
    """What the ladder for silence says to officers, teachers and liaisons; the coordinator is asked below."""
    silent: dict[UUID, SilentSide] = {}  # An officer of several children is one line.
    for climbed in sorted(reached, key=lambda one: one.one.silence.since):
        one = climbed.one
        match climbed.rung:
            case Rung.KIND_WORD:
                link = letterhead.link_to(DeskPage.PALS)
                desk = Desk(one.officer_first_name, one.officer_email, link, agency=one.agency)
                desk = desks.setdefault(str(one.officer_id), desk)
                line = f"{one.student_first_name} would love to hear from you; a late letter arrives too"
                desk.add("We missed your letter", line)
            case Rung.TEACHER:
                for teacher in await people.staff(
                    connection, Role.TEACHER, school=one.school, class_name=one.class_name
                ):
                    link = letterhead.link_to(DeskPage.CLASS)
                    desk = Desk(teacher.name, teacher.email, link, school=one.school)
                    desk = desks.setdefault(str(teacher.id), desk)
                    line = f"{one.student_first_name} of class {one.class_name}: a late letter goes on too"
                    desk.add("A letter that did not come", line)
            case Rung.LIAISON:
                silent.setdefault(one.officer_id, one)
    await _tell_liaisons(connection, letterhead, desks, silent.values())


async def _tell_liaisons(
    connection: Connection, letterhead: Letterhead, desks: dict[str, Desk], silent: Iterable[SilentSide]
) -> None:
    for one in silent:
        for liaison in await people.staff(connection, Role.LIAISON, agency=one.agency):
            link = letterhead.link_to(DeskPage.AGENCY)
            desk = Desk(liaison.name, liaison.email, link, agency=one.agency)
            desk = desks.setdefault(str(liaison.id), desk)
            line = f"{one.officer_name} ({one.officer}), silent since {one.silence.since:%B %-d}"
            desk.add("Officers who missed two letters in a row", line)


async def _readers(connection: Connection, letterhead: Letterhead, desks: dict[str, Desk]) -> None:
    """Moderators hear every day of what waits for them; the coordinator when it has waited too long, or waits for nobody."""
    overdue = _school_days_ago(letterhead, letterhead.program.policy.moderation_escalation_school_days)
    link = letterhead.link_to(DeskPage.READING)
    coordinators = await who_may.coordinators(connection, letterhead.program)
    for waiting in await daily.to_be_read(connection):
        line, heading = _waiting_line(letterhead, waiting), "Letters that wait for a reader too long"
        moderators = await people.staff(
            connection, Role.MODERATOR, school=waiting.school, reads=waiting.language
        )
        if not moderators:
            line, heading = f"{line}. {_no_reader(waiting)}", "Letters that no moderator can read"
        for moderator in moderators:
            desk = desks.setdefault(str(moderator.id), Desk(moderator.name, moderator.email, link))
            desk.add("Letters to read", line)
        if not moderators or waiting.oldest.astimezone(letterhead.calendar.zone).date() <= overdue:
            for coordinator in coordinators.of(waiting.school):
                desk = desks.setdefault(str(coordinator.id), Desk(coordinator.name, coordinator.email, link))
                desk.add(heading, line)


async def _cases(connection: Connection, letterhead: Letterhead, desks: dict[str, Desk], day: date) -> None:
    """Counselors: plans to make and days to look again, of a closed case once. Who decides about an officer: until they have."""
    for case in await daily.cases_to_look_at(connection):
        if case.closed:
            if case.look_again_on and letterhead.calendar.next_school_day(case.look_again_on) == day:
                await _add_case_of(connection, letterhead, desks, Role.COUNSELOR, case, _look_again(case))
        elif case.conduct:
            about = await conduct_page.conduct_of(connection, case.case_id)
            since = about.opened_at.astimezone(letterhead.calendar.zone)
            line = (
                f"the conduct of {about.officer_name} ({about.agency_name}), looked at since {since:%B %-d}:"
                " it waits for your word"
            )
            for role, one in await case_words.who_decides(connection, case.case_id):
                _add_case(letterhead, desks, role, one, line)
        elif case.look_again_on is None:
            due = plan_due(letterhead, case.opened_at)
            line = f"case {case.case_id}: a plan by {letterhead.calendar.label(due)}"
            await _add_case_of(connection, letterhead, desks, Role.COUNSELOR, case, line)
            if due < letterhead.now:
                await _add_case_of(
                    connection, letterhead, desks, Role.COORDINATOR, case, f"{line}, and there is none"
                )
        elif case.look_again_on <= day:
            await _add_case_of(connection, letterhead, desks, Role.COUNSELOR, case, _look_again(case))


def _look_again(case: CaseToLookAt) -> str:
    return f"case {case.case_id}: look again, as you planned for {case.look_again_on:%B %-d}"


async def _add_case_of(
    connection: Connection,
    letterhead: Letterhead,
    desks: dict[str, Desk],
    role: Role,
    case: CaseToLookAt,
    line: str,
) -> None:
    for one in await people.staff(connection, role, school=case.school, agency=case.agency):
        _add_case(letterhead, desks, role, one, line)


def _add_case(
    letterhead: Letterhead, desks: dict[str, Desk], role: Role, one: StaffMember | PersonCard, line: str
) -> None:
    link = letterhead.link_to(CASES_OF.get(role, DeskPage.CASES))
    desks.setdefault(str(one.id), Desk(one.name, one.email, link)).add(CASES, line)


def _school_days_ago(letterhead: Letterhead, count: int) -> date:
    today = letterhead.now.astimezone(letterhead.calendar.zone).date()
    return letterhead.calendar.add_school_days(today, -count)


def _waiting_line(letterhead: Letterhead, waiting: ToBeRead) -> str:
    where = waiting.school or "stock letters"
    since = waiting.oldest.astimezone(letterhead.calendar.zone)
    return f"{where}: {waiting.letters} in {language_name(waiting.language)}, the oldest since {since:%B %-d}"


def _no_reader(waiting: ToBeRead) -> str:
    language = language_name(waiting.language)
    return f"Read them if you read {language}, or add a moderator who does: staff.csv, column languages"


async def _coordinators(connection: Connection, letterhead: Letterhead, desks: dict[str, Desk]) -> None:
    calls = await attention.open_calls(connection)
    if not calls:
        return
    link = letterhead.link_to(DeskPage.BOARD)
    coordinators = await who_may.coordinators(connection, letterhead.program)
    for call in sorted(calls, key=lambda one: one.kind not in CALLS_THAT_NEVER_REST):
        heading = NEEDED_NOW if call.kind in CALLS_THAT_NEVER_REST else "What needs you"
        for coordinator in coordinators.of(call.school, call.agency):
            desk = desks.setdefault(str(coordinator.id), Desk(coordinator.name, coordinator.email, link))
            desk.add(heading, call.in_full)


async def _liaisons(
    connection: Connection, letterhead: Letterhead, desks: dict[str, Desk], day: date
) -> None:
    """A look ahead: whose clearance ends soon; and who would like to write."""
    await daily.mark_clearances(connection, day, letterhead.program.policy.clearance_marks)
    ending = await daily.clearances_marked(connection, day)
    for agency, group in groupby(ending, key=lambda one: one.agency):
        lines = tuple(
            f"{one.name} ({one.external_id}): until {one.cleared_until:%B %-d, %Y}" for one in group
        )
        heading = f"{CLEARANCES_END} at {agency}: renew them in time"
        await _tell_agency(connection, letterhead, desks, agency, heading, *lines)
    for waiting in await joining.waiting_by_agency(connection):
        who = counted(waiting.wishes, "officer has", "officers have")
        line = (
            f"{who} signed up at {waiting.agency}, and wait{'s' if waiting.wishes == 1 else ''} for your word"
        )
        await _tell_agency(connection, letterhead, desks, waiting.agency, "New officers", line)


async def _tell_agency(
    connection: Connection,
    letterhead: Letterhead,
    desks: dict[str, Desk],
    agency: str,
    heading: str,
    *lines: str,
) -> None:
    """Its liaison; where there is none, the coordinator of a school that it serves."""
    liaisons = await people.staff(connection, Role.LIAISON, agency=agency)
    for person in liaisons or (await who_may.coordinators(connection, letterhead.program)).of(None, agency):
        link = letterhead.link_to(DeskPage.AGENCY)
        desk = desks.setdefault(str(person.id), Desk(person.name, person.email, link))
        desk.add(heading, *lines)
