"""A class opens its letters on a day of its own: a trip, a teacher who is ill. Its teacher sets it, and nobody is asked."""

from datetime import date

from bluepals.domain.calendar import ONE_DAY, SchoolCalendar
from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence, dated
from bluepals.facts.desk import NotTheirs
from bluepals.facts.office import Letterhead, Office, post
from bluepals.facts.teachers_page import TeacherAtDesk, own_class
from bluepals.links import DeskPage
from bluepals.mail import notices
from bluepals.store import class_openings as store
from bluepals.store import people, programs
from bluepals.store.class_openings import ClassOpening
from bluepals.store.database import Connection, widen
from bluepals.store.letters import NotTaken
from bluepals.store.teachers_page import SchoolClass


async def move(
    office: Office, teacher: TeacherAtDesk, program_year: str, class_name: str, number: int, on: date
) -> None:
    """By the school's own day the class is back with its school. The class's other teachers hear of it.

    Raises NotTheirs, and NotTaken with a sentence.
    """
    of = own_class(teacher, program_year, class_name)
    async with office.committing(teacher.scope) as connection:
        opening = (await store.openings(connection, of)).get(number)
        if opening is None:
            raise NotTheirs
        calendar = SchoolCalendar.of(await programs.load(connection))
        if refused := _why_not(opening, calendar, await programs.today(connection), on):
            raise NotTaken(refused)
        if on == opening.schools_day:
            await store.back_to_the_schools_day(connection, of, number)
        else:
            await store.move(connection, of, number, on, teacher.id)
        if opening.opens_on is not None and opening.opens_on != on:
            await widen(connection, teacher.scope.program)  # To whom it is told is not the teacher's to see.
            await _tell_the_others(office, connection, teacher, of, number, opening.opens_on, on)


async def _tell_the_others(
    office: Office,
    connection: Connection,
    teacher: TeacherAtDesk,
    of: SchoolClass,
    number: int,
    was: date,
    on: date,
) -> None:
    letterhead = await Letterhead.of(office, connection)
    for one in await people.staff(connection, Role.TEACHER, school=of.school, class_name=of.class_name):
        if one.id == teacher.id:
            continue
        await post(
            connection,
            letterhead,
            notices.letters.opening_moved(
                teacher=one.name,
                by=teacher.name,
                class_name=of.class_name,
                round_number=number,
                was=_day(was),
                opens_on=_day(on),
                link=letterhead.link_to(DeskPage.CLASS),
            ),
            key=f"opening-{of.program_year}-{number}-{of.class_name}-{letterhead.now.isoformat()}-{one.id}",
            to=one.email,
            school=of.school,
            useful_until=letterhead.calendar.instant(max(was, on), letterhead.program.policy.due_hour),
        )


def _why_not(opening: ClassOpening, calendar: SchoolCalendar, today: date, on: date) -> Sentence | None:
    if opening.schools_day is None or opening.opens_on is None:
        return Sentence("Letters rest at present, and opening day with them. Choose a day when they go on.")
    if opening.opened:
        return Sentence(
            "Your class opened these letters on {day}, so the day stays as it is.", day=_day(opening.opens_on)
        )
    if on < opening.schools_day:
        return Sentence(
            "The school opens its letters on {day}. Choose that day, or a later one.",
            day=_day(opening.schools_day),
        )
    if on < today:
        return Sentence(
            "{day} is over. Choose {next}, or a later day.",
            day=_day(on),
            next=_day(calendar.next_school_day(today)),
        )
    return _too_late(opening, calendar, on) or _no_school(opening, calendar, on)


def _too_late(opening: ClassOpening, calendar: SchoolCalendar, on: date) -> Sentence | None:
    if opening.next_day is not None and on >= opening.next_day:
        return Sentence(
            "On {day} the next letters are opened. Choose {latest}, or an earlier day.",
            day=_day(opening.next_day),
            latest=_day(_latest(opening, calendar)),
        )
    if on > calendar.year.last_day:
        return Sentence(
            "After {day} there is no school. Choose {latest}, or an earlier day.",
            day=_day(calendar.year.last_day),
            latest=_day(_latest(opening, calendar)),
        )
    return None


def _no_school(opening: ClassOpening, calendar: SchoolCalendar, on: date) -> Sentence | None:
    if calendar.is_school_day(on):
        return None
    return Sentence(
        "There is no school on {day}. Choose another day, such as {proposed}.",
        day=_day(on),
        proposed=_day(min(calendar.next_school_day(on), _latest(opening, calendar))),
    )


def _latest(opening: ClassOpening, calendar: SchoolCalendar) -> date:
    """The last school day before the next letters are opened, or of the year."""
    before = opening.next_day - ONE_DAY if opening.next_day else calendar.year.last_day
    return calendar.last_school_day_by(before)


def _day(day: date) -> Sentence:
    return dated(day, "%A, %B %-d")
