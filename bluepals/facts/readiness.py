"""Whether the years of a program can be opened: what has to be there, and what had better be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bluepals.domain.program import Program
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import counted
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
    missing: Sequence[str]
    worth_a_look: Sequence[str]


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
            f"The year of program.toml was over on {program.year.last_day}: send one with new dates."
        )
    if not counts.agreed:
        missing.append("No child has a consent to the letters: send students, or record the forms on paper.")
    if not counts.places:
        missing.append("No officer has a clearance in date and a free place: send officers.")
    look = [*_numbers(counts), *(_nobody(one) for one in await store.nobody_there(connection))]
    if program.rounds and today > program.rounds[0].students_due:
        look.append(f"The first letters were due on {program.rounds[0].students_due}, which is over.")
    return Readiness([name for _, name in prepared], missing, look)


def _numbers(counts: store.CountsBeforeOpening) -> Iterator[str]:
    if counts.children > counts.agreed:
        without = counts.children - counts.agreed
        has, get = ("has", "gets") if without == 1 else ("have", "get")
        of = counted(counts.children, "child", "children")
        yield f"{without} of {of} {has} no consent to the letters, and {get} no pal yet."
    if counts.agreed > counts.places:
        agreed, places = (
            counted(counts.agreed, "child", "children"),
            counted(counts.places, "place", "places"),
        )
        yield f"{agreed} may have a pal, and officers have {places}: some will wait."


def _nobody(one: NobodyThere) -> str:
    if one.class_name is not None:
        return f"{one.school_name}: class {one.class_name} has no teacher who collects its letters."
    if one.role == "counselor":
        return f"{one.school_name}: there is no counselor for a child whom a letter shows in distress."
    return f"{one.school_name}: there is no {one.role}, so the coordinator reads every letter."


async def program_to_open(office: Office, coordinator: CoordinatorAtDesk) -> Program:
    """Raises PageClosed, and NotReady with what is missing."""
    found = await readiness(office, coordinator)
    if found.missing:
        raise NotReady("The year can't be opened yet. {missing}", missing=" ".join(found.missing))
    return await program_of_all(office, coordinator)
