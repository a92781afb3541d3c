"""Pauses: begun and ended by a coordinator, each in one transaction with the dates that it moves and the tells about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.pauses import (
    SHORTEST,
    plan_to_open,
    shortened,
    unmoved,
)
from bluepals.domain.people import Role
from bluepals.domain.program import Program, RoundDates
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, counted
from bluepals.facts import letters, who_may
from bluepals.facts.calendars import tell_of_new_dates
from bluepals.facts.deadlines import keep_days_left
from bluepals.facts.office import Letterhead, Office
from bluepals.facts.rounds import paused_class, reschedule
from bluepals.facts.visit_rests import move_frozen_visits, rest_from_visits, tell_of_who_rests
from bluepals.store import deadlines, pauses, programs, visits
from bluepals.store.database import Connection, Scope
from bluepals.store.deadlines import OpenDeadline
from bluepals.store.pauses import OwnDates, RoundOnRecord, Target, VisitOnRecord, What


class Choice(StrEnum):
    """What becomes of a round that no longer fits before the last day."""

    DROP = "drop"
    SHORTEN = "shorten"
    CARRY = "carry"


class PauseRefused(Refused):
    """The calendar stays as it is; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class NewCalendar:
    """The dates to come, once the change is made. `unfit`: rounds without a day left for them; `told`: workflows.

    `deadlines`: of single pairings, frozen ones too.
    """

    rounds: Sequence[RoundOnRecord]
    own: Sequence[OwnDates]
    unfit: Sequence[RoundOnRecord]
    visits: Sequence[VisitOnRecord]
    deadlines: Sequence[OpenDeadline]
    told: int

    @property
    def agreement(self) -> str:
        """A few characters that stand for exactly these dates."""
        dates = [(one.program_year, one.number, *_dates(one), one.opens_at) for one in self.rounds]
        own = [(str(one.pairing_id), one.number, *_dates(one)) for one in self.own]
        visits = [(one.program_year, one.on) for one in self.visits]
        deadlines = [(one.what.value, str(one.id), None if one.frozen else one.at) for one in self.deadlines]
        return sha256(repr((dates, own, visits, deadlines)).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Rest:
    """The dates to come before a pause begins, and once it has begun."""

    before: NewCalendar
    after: NewCalendar

    @property
    def agreement(self) -> str:
        """A few characters that stand for exactly what freezes: without a date one round looks like another."""
        return sha256((self.before.agreement + self.after.agreement).encode()).hexdigest()[:8]


def _dates(one: RoundOnRecord | OwnDates) -> tuple[datetime | None, datetime | None]:
    return one.students_due_at, one.officers_due_at


async def pause(
    office: Office, scope: Scope, target: Target, whats: Sequence[What], *, reason: str, by: UUID
) -> NewCalendar:
    """From now on no deadline of this comes nearer. Raises PauseRefused, AlreadyPaused or LookupError."""
    async with office.committing(scope) as connection:
        await who_may.refuse_all_but(
            connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator pauses and resumes.")
        )
        return await _pause(office, connection, target, whats, reason=reason, by=by)


async def _pause(
    office: Office, connection: Connection, target: Target, whats: Sequence[What], *, reason: str, by: UUID
) -> NewCalendar:
    changed = await pause_in(connection, target, whats, reason=reason, by=by)
    if What.VISITS not in whats or target.is_of_classes:
        return changed
    letterhead = await Letterhead.of(office, connection)
    return replace(changed, told=changed.told + await rest_from_visits(connection, letterhead, target))


async def preview_pause(
    office: Office, scope: Scope, target: Target, whats: Sequence[What], *, by: UUID
) -> Rest:
    """What `pause_as_seen` would do now. Raises as it does."""
    async with office.database.transaction(scope) as connection:
        looking = connection.transaction()
        await looking.start()
        try:
            return await _begin(office, connection, target, whats, reason="a look", by=by)
        finally:
            await looking.rollback()


async def pause_as_seen(
    office: Office, scope: Scope, target: Target, whats: Sequence[What], *, reason: str, by: UUID, agreed: str
) -> Rest:
    """Begin a pause that freezes exactly the dates that were agreed to.

    Raises PauseRefused, AlreadyPaused or LookupError.
    """
    async with office.committing(scope) as connection:
        rest = await _begin(office, connection, target, whats, reason=reason, by=by)
        if rest.agreement != agreed:
            raise PauseRefused(
                "What would rest is no longer what you have seen: time has passed, or somebody has changed the dates."
                " Look again."
            )
        return rest


async def _begin(
    office: Office, connection: Connection, target: Target, whats: Sequence[What], *, reason: str, by: UUID
) -> Rest:
    await who_may.refuse_all_but(
        connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator pauses and resumes.")
    )
    before = await calendar_to_come(connection)
    return Rest(before, await _pause(office, connection, target, whats, reason=reason, by=by))


async def pause_in(
    connection: Connection, target: Target, whats: Sequence[What], *, reason: str, by: UUID
) -> NewCalendar:
    """The same, in the transaction of what it follows from."""
    for what in whats:
        await pauses.begin(connection, target, what, reason, by)
    return await follow_in(connection, target)


async def wake_in(connection: Connection, letterhead: Letterhead, target: Target, by: UUID) -> None:
    """End a rest that nobody has to plan for: the opening days are others'."""
    await pauses.end(connection, target, [What.LETTERS], by)
    await keep_days_left(connection, letterhead, target)
    await follow_in(connection, target)


async def preview(
    office: Office,
    scope: Scope,
    target: Target,
    whats: Sequence[What],
    choices: Mapping[int, Choice],
    *,
    by: UUID,
) -> NewCalendar:
    """What `resume` would do now. Raises as it does, but for rounds without a choice: they are named."""
    async with office.database.transaction(scope) as connection:
        looking = connection.transaction()
        await looking.start()
        try:
            return await _resume(office, connection, target, whats, choices, by)
        finally:
            await looking.rollback()


async def resume(
    office: Office,
    scope: Scope,
    target: Target,
    whats: Sequence[What],
    choices: Mapping[int, Choice],
    *,
    by: UUID,
    agreed: str,
) -> NewCalendar:
    """End a pause with exactly the dates that were agreed to. Raises PauseRefused, NotPaused or LookupError."""
    async with office.committing(scope) as connection:
        changed = await _resume(office, connection, target, whats, choices, by)
        if changed.unfit:
            numbers = [str(number) for number in sorted({one.number for one in changed.unfit})]
            raise PauseRefused(
                "There is no day left for round {numbers}. Say what becomes of it, as --round {first}=drop (or "
                "shorten, or carry into the next year).",
                numbers=", ".join(numbers),
                first=numbers[0],
            )
        if changed.agreement != agreed:
            raise PauseRefused(
                "The dates are no longer those that you have seen: time has passed, or somebody has changed them."
                " Look again first."
            )
        return changed


async def _resume(
    office: Office,
    connection: Connection,
    target: Target,
    whats: Sequence[What],
    choices: Mapping[int, Choice],
    by: UUID,
) -> NewCalendar:
    await who_may.refuse_all_but(
        connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator pauses and resumes.")
    )
    if What.VISITS in whats:
        await visits.forget_limits(connection, target)
    letterhead = await Letterhead.of(office, connection)  # Its time is not after the pauses' end.
    await pauses.end(connection, target, whats, by)
    program = letterhead.program
    await reschedule(connection, program)
    if What.VISITS in whats and target.is_of_classes:
        await move_frozen_visits(connection, letterhead, target)
    settled = [one for one in await _unfit(connection) if one.number in choices]
    for one in settled:
        if choices[one.number] is not Choice.SHORTEN:
            await _leave_out(connection, one, choices[one.number])
    await _shorten(connection, program, [one for one in settled if choices[one.number] is Choice.SHORTEN], by)
    told = await keep_days_left(connection, letterhead, target) if What.LETTERS in whats else 0
    if What.VISITS in whats and not target.is_of_classes:
        told += await tell_of_who_rests(connection, letterhead, target)
    changed = await follow_in(connection, target)
    for one in settled:
        if choices[one.number] is not Choice.SHORTEN:
            await letters.take_out_of_pack(connection, letterhead, one.program_year, one.number)
    return replace(changed, told=changed.told + told)


async def follow_in(connection: Connection, target: Target) -> NewCalendar:
    """The new dates, and whoever lives by them told of them."""
    program = await programs.load(connection)
    await reschedule(connection, program)
    return await calendar_to_come(connection, told=await tell_of_new_dates(connection, target))


async def calendar_to_come(connection: Connection, *, told: int = 0) -> NewCalendar:
    """As it is now."""
    return NewCalendar(
        rounds=await pauses.rounds_to_come(connection),
        own=await pauses.own_dates_to_come(connection),
        unfit=await _unfit(connection),
        visits=await pauses.visits_to_come(connection),
        deadlines=await deadlines.to_come(connection),
        told=told,
    )


async def _unfit(connection: Connection) -> Sequence[RoundOnRecord]:
    """Rounds that are not paused and have no opening day all the same."""
    paused = {one.target for one in await pauses.open_pauses(connection) if one.what is What.LETTERS}
    return [
        one
        for one in await pauses.rounds_to_come(connection)
        if one.opens_at is None and not paused & {Target(), Target(school=one.school)}
    ]


async def _leave_out(connection: Connection, unfit: RoundOnRecord, choice: Choice) -> None:
    how = "carried" if choice is Choice.CARRY else "dropped"
    await pauses.leave_out(connection, unfit.program_year, unfit.number, how)


async def _shorten(
    connection: Connection, program: Program, unfit: Sequence[RoundOnRecord], by: UUID
) -> None:
    """One after the other: the next one begins when this one is opened. Raises PauseRefused."""
    for place, one in enumerate(unfit):
        following = sum(other.program_year == one.program_year for other in unfit[place + 1 :])
        plan = await _shortened(connection, program, one, following)
        await pauses.plan_anew(connection, one.program_year, plan, by)
        await reschedule(connection, program)


async def _shortened(
    connection: Connection, program: Program, unfit: RoundOnRecord, following: int
) -> RoundDates:
    """A plan that pauses move to the days that are left, of which so many following ones have as many each.

    Raises PauseRefused when they are too few.
    """
    calendar = SchoolCalendar.of(program)
    today = await programs.today(connection)
    before = await pauses.last_opening_before(connection, unfit.program_year, unfit.number)
    after, last = max(today, before or today), calendar.add_school_days(program.year.last_day, -1)
    left, rounds = max(0, calendar.school_days_between(after, last)), 1 + following
    wanted = shortened(calendar, unfit.number, after, calendar.add_school_days(after, left // rounds))
    if wanted is None:
        raise PauseRefused(
            "{rounds} can't be shortened: {days} left after {after}, and {needed} are needed. Drop it, or carry it into"
            " the next year.",
            rounds=_named(unfit, following),
            days=counted(left, "school day is", "school days are"),
            after=after,
            needed=SHORTEST * rounds,
        )
    return await plan_for(connection, program, unfit.school, wanted)


def _named(unfit: RoundOnRecord, following: int) -> Sentence:
    one = Sentence("Round {number} at {school}", number=unfit.number, school=unfit.school)
    if not following:
        return one
    return Sentence("{one} and {later}", one=one, later=counted(following, "later one", "later ones"))


async def plan_for(connection: Connection, program: Program, school: str, wanted: RoundDates) -> RoundDates:
    """The plan that pauses move to these days. Raises ValueError when one of them is no school day, or in a pause."""
    calendar, policy = SchoolCalendar.of(program), program.policy
    stretches = paused_class(await pauses.all_pauses(connection, What.LETTERS), school)

    def planned(day: date, hour: int) -> date:
        return unmoved(calendar, day, hour, stretches)

    return RoundDates(
        number=wanted.number,
        students_due=planned(wanted.students_due, policy.due_hour),
        officers_due=planned(wanted.officers_due, policy.due_hour),
        opens_on=plan_to_open(calendar, policy, wanted.opens_on, stretches),
    )
