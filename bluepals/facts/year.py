"""One school's year: opened, its classes' packs sent, closed and counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.people import Role
from bluepals.domain.sentences import counted
from bluepals.domain.visit_plan import VisitInstants, VisitState, over_at, visit_instants
from bluepals.facts import surveys
from bluepals.facts.office import Letterhead, Office, post
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import attention, mail, pairings, people, programs, rounds, visits
from bluepals.store.database import Scope
from bluepals.store.deliveries import DateMoved


@dataclass(frozen=True, slots=True)
class OpenedYear:
    """The instants at which a school's year does something by itself. `visit`: while it rests, it is not over by its day."""

    opening_days: Sequence[tuple[int, datetime | None]]
    visit: VisitInstants
    closes: datetime
    version: int
    visit_stands: VisitState


async def open_year(office: Office, scope: Scope, program_year: str) -> OpenedYear:
    """From now on it is under way. Again, it only reads the calendar, which a pause may have changed."""
    async with office.database.transaction(scope) as connection:
        await programs.open_year(connection, program_year)
        version = await programs.calendar_version(connection)  # First: dates are never older than it says.
        program = await programs.load(connection)
        visit = visit_instants(program, await programs.visit_on(connection, program_year))
        plan = await visits.standing(connection, program_year)
        opening_days = await rounds.opening_days(connection, program_year)
    return OpenedYear(
        opening_days=opening_days,
        visit=replace(visit, over=over_at(visit, plan)),
        closes=SchoolCalendar.of(program).instant(program.year.last_day, program.policy.due_hour),
        version=version,
        visit_stands=plan,
    )


async def pairings_to_begin(office: Office, scope: Scope, program_year: str) -> Sequence[UUID]:
    async with office.database.transaction(scope) as connection:
        return await pairings.approved(connection, program_year)


async def pairings_to_end(office: Office, scope: Scope, program_year: str) -> Sequence[UUID]:
    """Those whose letters end with the year. Who ends before it does is told of it then."""
    async with office.database.transaction(scope) as connection:
        return await pairings.ending_with_the_year(connection, program_year)


async def send_packs(
    office: Office, scope: Scope, program_year: str, opening: int, opens_at: datetime | None = None
) -> int:
    """Tell each class's teacher that its letters are there. How many classes.

    `opens_at`: the morning that was waited for; None takes it as it is. Raises DateMoved when it is another one now.
    """
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        day = await rounds.one(connection, program_year, opening)
        if day.opens_on is None or opens_at not in (None, day.opens_at):
            raise DateMoved(f"Opening day {opening} is another one now.")
        classes = await rounds.classes_with_pack(connection, program_year, opening)
        for one in classes:
            for teacher in await people.staff(
                connection, Role.TEACHER, school=day.school, class_name=one.class_name
            ):
                await post(
                    connection,
                    letterhead,
                    notices.letters.pack_ready(
                        teacher=teacher.name,
                        class_name=one.class_name,
                        round_number=opening,
                        opens_on=f"{one.opens_on:%A, %B %-d}",
                        link=letterhead.link_to(DeskPage.CLASS),
                    ),
                    key=f"pack-{program_year}-{opening}-{one.class_name}-{teacher.id}",
                    to=teacher.email,
                    school=day.school,
                )
        await rounds.mark_pack_sent(connection, program_year, opening)
        await attention.settle_what_is_over(connection)
        return len(classes)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a school's year came to."""

    pairings: int
    letters: int
    stock_letters: int
    missed: int
    late: int
    visits: int


async def close_year(office: Office, scope: Scope, program_year: str) -> Numbers:
    """Also in a pause: then of what it holds back the thanks go out, and nothing else ever does."""
    async with office.committing(scope) as connection:
        letterhead = await Letterhead.of(office, connection)
        await programs.close_year(connection, program_year)
        await attention.settle_what_is_over(connection)
        await mail.cancel_what_waits(connection)
        await surveys.remind(connection, letterhead, program_year)
        await surveys.ask(connection, letterhead, program_year)
        numbers = Numbers(**await rounds.numbers(connection, program_year))
        school = await rounds.school_of(connection, program_year)
        lines = [
            counted(numbers.pairings, "pairing", "pairings"),
            f"{counted(numbers.letters, 'letter', 'letters')} delivered, {numbers.late} of them late",
            f"{counted(numbers.stock_letters, 'stock letter', 'stock letters')}, so that nobody sat there empty-handed",
            f"{counted(numbers.missed, 'letter', 'letters')} missed",
            f"{counted(numbers.visits, 'child', 'children')} met their own officer at the visit",
        ]
        for coordinator in await people.staff(connection, Role.COORDINATOR, school=school.id):
            await post(
                connection,
                letterhead,
                notices.closing.year_numbers(name=coordinator.name, school=school.name, lines=lines),
                key=f"numbers-{program_year}-{coordinator.id}",
                to=coordinator.email,
                school=school.id,
                useful_until=letterhead.thanks_until,
                held_until=letterhead.year_closes,
            )
        return numbers
