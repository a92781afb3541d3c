"""The ladder for silence, climbed every school morning: what is said to whom, and what a coordinator says to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from bluepals.domain import references
from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Side
from bluepals.domain.pauses import Pause, moved
from bluepals.domain.people import Role
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, begun, dated
from bluepals.domain.silence import ABSENT, Rung, next_rung
from bluepals.facts import pauses, who_may
from bluepals.facts.deadlines import of_schools
from bluepals.facts.office import Letterhead, Office, post
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import attention, moves, people, silence, tells
from bluepals.store import pauses as store
from bluepals.store.database import Connection, Scope
from bluepals.store.moves import Change
from bluepals.store.pauses import Target, What
from bluepals.store.people import StaffMember
from bluepals.store.silence import SilentSide

KIND, NOT_REACHED, NOBODY = "silence", "not reached", "no coordinator"


class SilenceRefused(Refused):
    """The ladder stays where it is; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Climbed:
    """A rung that was reached today."""

    one: SilentSide
    rung: Rung


async def climb(connection: Connection, letterhead: Letterhead) -> Sequence[Climbed]:
    """Every silence as far as it has come by today. Again on the same day, it changes nothing."""
    await _look_for_a_coordinator(connection)
    await _wake(connection, letterhead)
    silent = await silence.silent_sides(connection)
    await _settle_others(connection, silent)
    later = await _laters(connection, letterhead)
    climbed: list[Climbed] = []
    for one in silent:
        if not one.reached:
            await _call_not_reached(connection, one)
            continue
        for rung in _rungs_due(one, letterhead, later):
            if rung is Rung.RESTS and not await _rest(connection, one):
                break
            await _reach(connection, letterhead, one, rung, by=None)
            climbed.append(Climbed(one, rung))
    return climbed


async def climbed_on(connection: Connection, day: date) -> Sequence[Climbed]:
    """What the mail of that day has said, of those who are still silent."""
    return [
        Climbed(one, rung)
        for one in await silence.silent_sides(connection)
        for rung, reached in one.silence.reached.items()
        if reached == day
    ]


@dataclass(frozen=True, slots=True)
class _Later:
    """Days as they count for one pairing: not those in which it was paused, or mail did not get through."""

    calendar: SchoolCalendar
    hour: int
    pauses: Mapping[Target, Sequence[Pause]]
    changes: Mapping[UUID, Sequence[Change]]
    not_reached: Mapping[str, Sequence[Pause]]

    def __call__(self, one: SilentSide, day: date, days: int) -> date | None:
        targets = (Target(), Target(agency=one.agency), Target(pairing_id=one.pairing_id))
        since = self.calendar.instant(day, self.hour)
        known = [pause for target in targets for pause in self.pauses.get(target, ())]
        known += of_schools(self.pauses, one.school, since, self.changes.get(one.pairing_id, ()))
        stretches = [
            replace(pause, began=max(pause.began, since))
            for pause in (*known, *self.not_reached.get(not_reached_key(one), ()))
            if pause.ended is None or pause.ended > since
        ]
        return moved(self.calendar, day + timedelta(days=days), self.hour, stretches)


async def _laters(connection: Connection, letterhead: Letterhead) -> _Later:
    return _Later(
        letterhead.calendar,
        letterhead.program.policy.daily_mail_hour,
        await store.all_pauses(connection, What.LETTERS),
        await moves.changes_of_school(connection),
        await silence.stretches_of(connection, NOT_REACHED),
    )


def _rungs_due(one: SilentSide, letterhead: Letterhead, later: _Later) -> Iterator[Rung]:
    today = letterhead.now.astimezone(letterhead.calendar.zone).date()
    now = one.silence
    while following := next_rung(now, letterhead.program.policy, lambda day, days: later(one, day, days)):
        rung, day = following
        if day is None or day > today:
            return
        yield rung
        now = replace(now, reached={**now.reached, rung: today})


async def _reach(
    connection: Connection, letterhead: Letterhead, one: SilentSide, rung: Rung, by: UUID | None
) -> None:
    today = letterhead.now.astimezone(letterhead.calendar.zone).date()
    await silence.reach(connection, one, rung, today, by)
    await attention.settle(connection, key_of(one))
    if rung.needs_coordinator:
        await _call(connection, letterhead.program.id, one, rung)
    await _tell(connection, letterhead.program.id, one, rung, today)


async def _call(connection: Connection, program: str, one: SilentSide, rung: Rung) -> None:
    await attention.call(
        connection,
        key=key_of(one),
        kind=KIND,
        school=one.school,
        agency=one.agency,
        subject_id=one.pairing_id,
        sentence=_what_is_asked(one, rung),
        how=_how(program, one.pairing_id, rung),
    )


def _what_is_asked(one: SilentSide, rung: Rung) -> Sentence:
    child = begun(references.child_of(one.pairing_id))
    officer = begun(references.officer_of(one.pairing_id))
    match rung:
        case Rung.WARNING_PROPOSED:
            return Sentence(
                "{officer} has been silent since {since}, also for the liaison."
                " Approve a warning, or ask the liaison once more.",
                officer=officer,
                since=one.silence.since,
            )
        case Rung.TO_DECIDE:
            return Sentence(
                "{officer} has not answered a warning. Decide: another officer, or more time.",
                officer=officer,
            )
        case Rung.COORDINATOR:
            return Sentence(
                "{child} has missed {missed} dates in a row. Ask the teacher.",
                child=child,
                missed=one.silence.missed,
            )
    return Sentence(
        "{child} has been silent since {since}. If it is absent, let the pairing rest.",
        child=child,
        since=one.silence.since,
    )


def _how(program: str, pairing_id: UUID, rung: Rung) -> Sentence | None:
    match rung:
        case Rung.WARNING_PROPOSED:
            return Sentence(
                "To warn: starter.py silence warn {program} {pairing} --by YOUR-ID",
                program=program,
                pairing=pairing_id,
            )
        case Rung.TO_DECIDE:
            return Sentence(
                "Another officer: starter.py replacement begin {program} {pairing} --by YOUR-ID;"
                " more time: starter.py silence more-time {program} {pairing} --by YOUR-ID",
                program=program,
                pairing=pairing_id,
            )
        case Rung.REST_PROPOSED:
            return Sentence(
                'To let it rest: starter.py pause {program} --pairing {pairing} --letters --by YOUR-ID --reason "{absent}"',
                program=program,
                pairing=pairing_id,
                absent=str(ABSENT),
            )
    return None


async def _call_not_reached(connection: Connection, one: SilentSide) -> None:
    officer = one.silence.side is Side.OFFICER
    await attention.call(
        connection,
        key=not_reached_key(one),
        kind=NOT_REACHED,
        school=None if officer else one.school,
        agency=one.agency if officer else None,
        subject_id=one.pairing_id if officer else None,
        sentence=_not_got_through(one),
    )


def _not_got_through(one: SilentSide) -> Sentence:
    if one.silence.side is Side.OFFICER:
        return Sentence(
            "Mail does not get through to {officer}, so this is no silence: mend the address in the roster and import it"
            " again, or ask the liaison.",
            officer=references.officer_of(one.pairing_id),
        )
    return Sentence(
        "Mail does not get through to any teacher of class {class_name} of {school}, so this is no silence: mend the"
        " address in the roster and import it again, or ask at the school.",
        class_name=one.class_name,
        school=references.school(one.school),
    )


def not_reached_key(one: SilentSide) -> str:
    """A class is asked through its teachers: for all of its children at once."""
    whom = one.pairing_id if one.silence.side is Side.OFFICER else f"{one.school}-{one.class_name}"
    return f"{NOT_REACHED}-{whom}"


async def _settle_others(connection: Connection, silent: Sequence[SilentSide]) -> None:
    """Whoever has written, or rests, or can be reached again, needs nobody any more."""
    open_keys = {key_of(one) for one in silent} | {not_reached_key(one) for one in silent if not one.reached}
    for call in await attention.open_calls(connection):
        if call.kind in (KIND, NOT_REACHED) and call.key not in open_keys:
            await attention.settle(connection, call.key)


def key_of(one: SilentSide) -> str:
    return f"silence-{one.pairing_id}-{one.silence.side}"


async def _rest(connection: Connection, one: SilentSide) -> bool:
    """In the name of the coordinator, who has been asked two weeks before. False: there is none, and it waits for one."""
    coordinator = await _coordinator(connection, one.school)
    if coordinator is None:
        return False
    target = Target(pairing_id=one.pairing_id)
    await pauses.pause_in(connection, target, [What.LETTERS], reason=ABSENT, by=coordinator.id)
    return True


async def _wake(connection: Connection, letterhead: Letterhead) -> None:
    """A child who was absent has written again."""
    coordinator = await _coordinator(connection)
    if coordinator is None:
        return
    for pairing_id in await silence.resting_with_a_letter(connection, ABSENT):
        await pauses.wake_in(connection, letterhead, Target(pairing_id=pairing_id), coordinator.id)


async def _coordinator(connection: Connection, school: str | None = None) -> StaffMember | None:
    """Of this school; where it has none, of another one."""
    found = await people.staff(connection, Role.COORDINATOR, school=school)
    return next(iter(found or await people.staff(connection, Role.COORDINATOR)), None)


async def _look_for_a_coordinator(connection: Connection) -> None:
    if await _coordinator(connection):
        await attention.settle(connection, NOBODY)
        return
    await attention.call(
        connection,
        key=NOBODY,
        kind=NOBODY,
        sentence=Sentence(
            "The program has no coordinator: nobody is asked about who is silent, and no pairing of an absent child rests"
            " or goes on again. Add a row with the role coordinator to staff.csv and import it."
        ),
    )


async def _tell(connection: Connection, program: str, one: SilentSide, rung: Rung, day: date) -> None:
    await tells.add(
        connection,
        program,
        workflow_id=f"pairing-{one.pairing_id}",
        fact="rung_reached",
        key=f"{one.silence.side}-{one.first_missed}-{rung}-{day}",
        body={"side": one.silence.side.value, "rung": rung.value, "reached_on": day.isoformat()},
        school=one.school,
        agency=one.agency,
    )


# What a coordinator says.


async def warn(office: Office, scope: Scope, pairing_id: UUID, *, by: UUID) -> None:
    """Send the warning that was proposed. Raises SilenceRefused."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        one = await _silent_officer(connection, pairing_id, Rung.WARNING_PROPOSED, by)
        if (warned_on := one.silence.reached.get(Rung.WARNED)) is not None:
            raise SilenceRefused(
                "The officer of pairing {pairing_id} was warned on {warned_on}. When there is no answer, decide: more"
                " time, or another officer.",
                pairing_id=pairing_id,
                warned_on=dated(warned_on, "%B %-d"),
            )
        await _reach(connection, letterhead, one, Rung.WARNED, by)
        policy, today = letterhead.program.policy, letterhead.now.astimezone(letterhead.calendar.zone).date()
        answer_by = letterhead.calendar.next_school_day(today + timedelta(days=policy.silence_decision_days))
        await post(
            connection,
            letterhead,
            notices.letters.silence_warning(
                officer=one.officer_first_name,
                student=one.student_first_name,
                answer_by=f"{answer_by:%A, %B %-d}",
                link=letterhead.link_to(DeskPage.PALS),
            ),
            key=f"silence-warning-{pairing_id}-{one.first_missed}",
            to=one.officer_email,
            agency=one.agency,
            pairing_id=pairing_id,
        )


async def give_more_time(office: Office, scope: Scope, pairing_id: UUID, *, by: UUID) -> None:
    """Wait once more as long as after the warning. Raises SilenceRefused."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        one = await _silent_officer(connection, pairing_id, Rung.TO_DECIDE, by)
        more_on = one.silence.reached.get(Rung.MORE_TIME)
        if more_on is not None and more_on >= one.silence.reached[Rung.TO_DECIDE]:
            raise SilenceRefused(
                "The officer of pairing {pairing_id} got more time on {more_on}. The board says when it is over.",
                pairing_id=pairing_id,
                more_on=dated(more_on, "%B %-d"),
            )
        await _reach(connection, letterhead, one, Rung.MORE_TIME, by)


async def _silent_officer(connection: Connection, pairing_id: UUID, needed: Rung, by: UUID) -> SilentSide:
    """The officer's silence, which has reached this rung. Raises SilenceRefused or NotTheirsToSay."""
    await who_may.refuse_all_but(
        connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator decides about a silence.")
    )
    for one in await silence.silent_sides(connection, pairing_id):
        if one.silence.side is Side.OFFICER and needed in one.silence.reached:
            return one
    if needed is Rung.WARNING_PROPOSED:
        raise SilenceRefused(
            "The officer of pairing {pairing_id} is not silent for so long: a warning has not been proposed yet. See:"
            " starter.py silence list PROGRAM",
            pairing_id=pairing_id,
        )
    raise SilenceRefused(
        "The officer of pairing {pairing_id} is not silent for so long: it has not been warned, or still has time to"
        " answer. See: starter.py silence list PROGRAM",
        pairing_id=pairing_id,
    )
