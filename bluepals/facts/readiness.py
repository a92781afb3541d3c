"""Whether the years of a program can be opened: what has to be there, and what had better be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bluepals.domain.people import Role
from bluepals.domain.program import Program
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, counted, dated, together
from bluepals.facts.coordinators import CoordinatorAtDesk
from bluepals.facts.office import Office
from bluepals.facts.setup_page import program_of_all
from bluepals.store import programs
from bluepals.store import setup_page as store
from bluepals.store.database import Connection
from bluepals.store.setup_page import NobodyThere


class NotReady(Refused):
    """The year can't be opened yet; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Of the years that are prepared. `missing`: without it nothing begins. `worth_a_look`: it begins all the same."""

    schools: Sequence[str]
    missing: Sequence[Sentence]
    worth_a_look: Sequence[Sentence]


async def readiness(office: Office, coordinator: CoordinatorAtDesk) -> Readiness:
    """Raises PageClosed."""
    program = await program_of_all(office, coordinator)
    async with office.database.transaction(coordinator.office_scope) as connection:
        return await _readiness(connection, program)


async def _readiness(connection: Connection, program: Program) -> Readiness:
    prepared = [
        (year, program.name_of(school))
        for year, school, state in await programs.years(connection)
        if state == "prepared"
    ]
    counts = await store.counts_before_opening(connection)
    today = await programs.today(connection)
    missing = []
    if today > program.year.last_day:
        missing.append(
            Sentence(
                "The year of program.toml was over on {day}: send one with new dates.",
                day=dated(program.year.last_day, "%B %-d, %Y"),
            )
        )
    if not counts.agreed:
        missing.append(
            Sentence("No child has a consent to the letters: send students, or record the forms on paper.")
        )
    if not counts.places:
        missing.append(Sentence("No officer has a clearance in date and a free place: send officers."))
    look = [*_numbers(counts), *(_nobody(one) for one in await store.nobody_there(connection))]
    if program.rounds and today > program.rounds[0].students_due:
        look.append(
            Sentence(
                "The first letters were due on {day}, which is over.",
                day=dated(program.rounds[0].students_due, "%B %-d, %Y"),
            )
        )
    return Readiness([name for _, name in prepared], missing, look)


def _numbers(counts: store.CountsBeforeOpening) -> Iterator[Sentence]:
    if counts.children > counts.agreed:
        yield _without_consent(counts.children - counts.agreed, counted(counts.children, "child", "children"))
    if counts.agreed > counts.places:
        yield Sentence(
            "{children} may have a pal, and officers have {places}: some will wait.",
            children=counted(counts.agreed, "child", "children"),
            places=counted(counts.places, "place", "places"),
        )


def _without_consent(number: int, children: Sentence) -> Sentence:
    if number == 1:
        return Sentence(
            "1 of {children} has no consent to the letters, and gets no pal yet.", children=children
        )
    return Sentence(
        "{number} of {children} have no consent to the letters, and get no pal yet.",
        number=number,
        children=children,
    )


def _nobody(one: NobodyThere) -> Sentence:
    school = one.school_name
    if one.class_name is not None:
        return Sentence(
            "{school}: class {class_name} has no teacher who collects its letters.",
            school=school,
            class_name=one.class_name,
        )
    if one.role == Role.COUNSELOR:
        return Sentence(
            "{school}: there is no counselor for a child whom a letter shows in distress.", school=school
        )
    return Sentence("{school}: there is no moderator, so the coordinator reads every letter.", school=school)


async def program_to_open(office: Office, coordinator: CoordinatorAtDesk) -> Program:
    """Raises PageClosed, and NotReady with what is missing."""
    found = await readiness(office, coordinator)
    if found.missing:
        raise NotReady("The year can't be opened yet. {missing}", missing=together(*found.missing))
    return await program_of_all(office, coordinator)
