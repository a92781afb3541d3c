"""A round's dates, changed by a coordinator who has seen what that moves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar, check_dates
from bluepals.domain.people import Role
from bluepals.domain.program import Program, RoundDates
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, together
from bluepals.domain.visit_plan import VisitState
from bluepals.facts import pauses, who_may
from bluepals.facts.office import Office
from bluepals.facts.pauses import NewCalendar
from bluepals.store import pauses as store
from bluepals.store import programs, rounds, visits
from bluepals.store.database import Connection, Scope
from bluepals.store.pauses import Target

DATES = {
    "students_due": Sentence("children's letters"),
    "officers_due": Sentence("officers' letters"),
    "opens_on": Sentence("opening day"),
}


class DatesRefused(Refused):
    """The dates stay as they are; each sentence says why and what to do."""

    def __init__(self, *sentences: Sentence) -> None:
        self.sentences = sentences
        super().__init__(together(*sentences))


@dataclass(frozen=True, slots=True)
class Change:
    """What a round's dates are to be. `along`: later rounds move by as many school days as its opening day."""

    program_year: str
    dates: RoundDates
    along: bool


async def preview(office: Office, scope: Scope, change: Change, *, by: UUID) -> NewCalendar:
    """What `move` would do now. Raises as it does."""
    async with office.database.transaction(scope) as connection:
        looking = connection.transaction()
        await looking.start()
        try:
            return await _move(connection, change, by)
        finally:
            await looking.rollback()


async def move(office: Office, scope: Scope, change: Change, *, by: UUID, agreed: str) -> NewCalendar:
    """Exactly as it was seen. Raises DatesRefused, NotTheirsToSay or LookupError with a sentence."""
    async with office.committing(scope) as connection:
        changed = await _move(connection, change, by)
        if changed.agreement != agreed:
            raise DatesRefused(
                Sentence(
                    "The dates are no longer those that you have seen: time has passed, or somebody has changed them. Look again."
                )
            )
        return changed


async def _move(connection: Connection, change: Change, by: UUID) -> NewCalendar:
    await who_may.refuse_all_but(
        connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator changes dates.")
    )
    program, today = await programs.load(connection), await programs.today(connection)
    school = await _school_of_open_year(connection, change.program_year)
    before = await _dates_to_come(connection, change.program_year)
    if change.dates.number not in before:
        raise DatesRefused(
            Sentence(
                "Round {number} is over, rests or was left out, so its dates can't be moved now. After a pause they "
                "are set when it ends.",
                number=change.dates.number,
            )
        )
    wanted = _wanted(SchoolCalendar.of(program), before, change)
    moved = {number: dates for number, dates in wanted.items() if dates != before[number]}
    if over := list(_what_is_over(before, moved, today)):
        raise DatesRefused(*over)
    if problems := await _problems(connection, program, change, wanted, moved):
        raise DatesRefused(*problems)
    for dates in moved.values():
        planned = await pauses.plan_for(connection, program, school, dates)
        await store.plan_anew(connection, change.program_year, planned, by)
    return await pauses.follow_in(connection, Target(school=school))


async def _school_of_open_year(connection: Connection, program_year: str) -> str:
    for year, school, state in await programs.years(connection):
        if year == program_year:
            if state == "open":
                return school
            raise DatesRefused(_CLOSED if state == "closed" else NOT_OPEN)
    raise LookupError(f"There is no program year {program_year} here.")


# Why dates stay as they are.
NOT_OPEN = Sentence(
    "The year is not open yet: until then its dates are those of program.toml. To change them, upload it again."
)
_CLOSED = Sentence("The year is over: its dates stay as they are.")


async def _dates_to_come(connection: Connection, program_year: str) -> Mapping[int, RoundDates]:
    return {
        one.number: RoundDates(one.number, one.students_due, one.officers_due, one.opens_on)
        for one in await rounds.in_calendar(connection)
        if one.program_year == program_year
        and not one.over
        and one.students_due is not None
        and one.officers_due is not None
        and one.opens_on is not None
    }


def _wanted(
    calendar: SchoolCalendar, before: Mapping[int, RoundDates], change: Change
) -> Mapping[int, RoundDates]:
    days = calendar.school_days_between(before[change.dates.number].opens_on, change.dates.opens_on)

    def later(day: date) -> date:
        return calendar.add_school_days(day, days)

    wanted = {**before, change.dates.number: change.dates}
    for number, dates in before.items():
        if change.along and number > change.dates.number:
            wanted[number] = RoundDates(
                number, later(dates.students_due), later(dates.officers_due), later(dates.opens_on)
            )
    return wanted


def _what_is_over(
    before: Mapping[int, RoundDates], moved: Mapping[int, RoundDates], today: date
) -> Iterator[Sentence]:
    for number, dates in moved.items():
        for key, what in DATES.items():
            was, becomes = getattr(before[number], key), getattr(dates, key)
            if was != becomes and was <= today:
                yield Sentence(
                    "Round {number}, {what}: {day} is over and stays.", number=number, what=what, day=was
                )
            elif was != becomes and becomes <= today:
                yield Sentence(
                    "Round {number}, {what}: {day} is over. Choose one to come.",
                    number=number,
                    what=what,
                    day=becomes,
                )


async def _problems(
    connection: Connection,
    program: Program,
    change: Change,
    wanted: Mapping[int, RoundDates],
    moved: Mapping[int, RoundDates],
) -> Sequence[Sentence]:
    """Of what is moved, and of the round that follows it."""
    looked_at = {*moved, *(number + 1 for number in moved)}
    found = [
        Sentence(
            "Round {number}, {what}: {day} {problem}.",
            number=key[1],
            what=DATES[key[2]],
            day=one.value,
            problem=one.problem,
        )
        for one in check_dates(replace(program, rounds=tuple(wanted.values())))
        if (key := _ROUND_KEY.fullmatch(one.key)) and int(key[1]) in looked_at
    ]
    first = min(wanted)
    opened = await store.last_opening_before(connection, change.program_year, first)
    if first in moved and opened and wanted[first].students_due <= opened:
        found.append(
            Sentence(
                "Round {number}: the children have to have read the letters of {opened} before they write.",
                number=first,
                opened=opened,
            )
        )
    visit = await visits.date_of(connection, change.program_year)
    for number, dates in moved.items():
        if visit.state is VisitState.PLANNED and dates.opens_on >= visit.on:
            found.append(
                Sentence(
                    "Round {number}, opening day: {day} is not before the visit, {visit}. Move that first.",
                    number=number,
                    day=dates.opens_on,
                    visit=visit.on,
                )
            )
    return found


_ROUND_KEY = re.compile(r"rounds\[(\d+)\]\.(\w+)")
