"""The set-up of a program at the desk: its files taken in, its schools and people, and the forms on paper."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bluepals.domain.program import Program
from bluepals.domain.sentences import Sentence
from bluepals.facts import consents, roster
from bluepals.facts.consents import ConsentRefused, PaperForms
from bluepals.facts.coordinators import CoordinatorAtDesk
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.office import Office
from bluepals.facts.roster import Roster, RosterRefused
from bluepals.roster import Problem, RosterReading, read_files
from bluepals.store import consents as consent_store
from bluepals.store import programs
from bluepals.store import setup_page as store
from bluepals.store.consents import ChildsConsents
from bluepals.store.setup_page import AgencyInSetup, ClassInSetup, PersonInSetup


@dataclass(frozen=True, slots=True)
class SchoolInSetup:
    id: str
    name: str
    state: str
    classes: Sequence[ClassInSetup]


@dataclass(frozen=True, slots=True)
class SetupPage:
    """`whole`: files and opening are this coordinator's too, since they are of all schools."""

    name: str
    whole: bool
    schools: Sequence[SchoolInSetup]
    agencies: Sequence[AgencyInSetup]
    staff: Sequence[PersonInSetup]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What the files say, and how many people are new or changed by them; None: nothing was applied."""

    reading: RosterReading
    changed: int | None


@dataclass(frozen=True, slots=True)
class ClassForms:
    school_name: str
    class_name: str
    today: date
    children: Sequence[ChildsConsents]


async def setup_page(office: Office, coordinator: CoordinatorAtDesk) -> SetupPage:
    async with office.database.transaction(coordinator.office_scope) as connection:
        program = await programs.load(connection)
        classes = await store.classes(connection)
        return SetupPage(
            name=program.name,
            whole=coordinator.schools is None,
            schools=[
                SchoolInSetup(
                    school,
                    program.name_of(school),
                    state,
                    [one for one in classes if one.program_year == year],
                )
                for year, school, state in await programs.years(connection)
                if state != "closed" and coordinator.sees(school)
            ],
            agencies=await store.agencies(connection),
            staff=[
                one
                for one in await store.staff(connection)
                if any(school is None or coordinator.sees(school) for school in one.schools)
            ],
        )


async def program_of_all(office: Office, coordinator: CoordinatorAtDesk) -> Program:
    """For what concerns every school. Raises PageClosed."""
    if coordinator.schools is not None:
        raise PageClosed("This is for a coordinator of the whole program: it concerns every school.")
    async with office.database.transaction(coordinator.office_scope) as connection:
        return await programs.load(connection)


async def take_in(
    office: Office, coordinator: CoordinatorAtDesk, files: Mapping[str, bytes], *, apply: bool
) -> TakenIn:
    """Read the files of a program folder, and apply them when nothing is wrong with them. Raises PageClosed."""
    known = await program_of_all(office, coordinator)
    async with office.database.transaction(coordinator.office_scope) as connection:
        today = await programs.today(connection)
    reading = await asyncio.to_thread(read_files, files, known, today)
    if reading.program is not None and reading.program.id != known.id:
        text = Sentence(
            "is another program, and these pages are those of {program}; write its own id back",
            program=known.id,
        )
        reading = replace(
            reading, problems=(Problem(roster.FILE, None, "program.id", reading.program.id, text),)
        )
    if reading.problems or not apply:
        return TakenIn(reading, None)
    try:
        applied = await roster.apply(office, Roster.of(reading))
    except RosterRefused as refused:
        return TakenIn(replace(reading, problems=refused.problems), None)
    return TakenIn(
        replace(reading, needs_person=(*reading.needs_person, *applied.needs_person)), applied.total
    )


async def class_forms(
    office: Office, coordinator: CoordinatorAtDesk, program_year: str, class_name: str
) -> ClassForms:
    """Raises NotTheirs."""
    async with office.database.transaction(coordinator.office_scope) as connection:
        program = await programs.load(connection)
        schools = {year: school for year, school, _ in await programs.years(connection)}
        if program_year not in schools:
            raise NotTheirs
        coordinator.check(schools[program_year])
        children = await consent_store.of_class(connection, program_year, class_name)
        if not children:
            raise NotTheirs
        return ClassForms(
            program.name_of(schools[program_year]),
            class_name,
            await programs.today(connection),
            children,
        )


async def record_forms(
    office: Office, coordinator: CoordinatorAtDesk, program_year: str, class_name: str, forms: PaperForms
) -> int:
    """For how many children this is new. Raises NotTheirs, and what `consents.record` raises."""
    shown = await class_forms(office, coordinator, program_year, class_name)
    listed = {child.id for child in shown.children}
    if not listed.isdisjoint(forms.students) and not listed.issuperset(forms.students):
        raise ConsentRefused(
            "A child that you have ticked is not in this class any more. Look at the list again, and send it once more."
        )
    if not listed.issuperset(forms.students):
        raise NotTheirs
    return await consents.record(office, coordinator.office_scope, forms, by=coordinator.id)
