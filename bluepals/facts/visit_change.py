"""A visit that a coordinator moves or calls off: what follows and who is told, before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bluepals.domain.program import Program
from bluepals.domain.sentences import Sentence
from bluepals.domain.visit_plan import VisitState, visit_instants, why_it_stays, why_not_on
from bluepals.facts import visits
from bluepals.facts.coordinators import CoordinatorAtDesk
from bluepals.facts.dates import NOT_OPEN
from bluepals.facts.desk import NotTheirs
from bluepals.facts.office import Office
from bluepals.store import programs, rounds, visit_hosts
from bluepals.store import visits as store
from bluepals.store.database import Connection
from bluepals.store.letters import NotTaken
from bluepals.store.visits import VisitDate


class What(StrEnum):
    """What is to become of a visit."""

    MOVE = "move"
    CALL_OFF = "call off"
    READ_ALOUD = "read aloud"


@dataclass(frozen=True, slots=True)
class Change:
    """`to`: the day to which it moves."""

    what: What
    to: date | None = None


@dataclass(frozen=True, slots=True)
class VisitToChange:
    """`stays`: why it can't be changed; None: it can."""

    program_year: str
    school: str
    name: str
    planned: VisitDate
    stays: Sentence | None
    today: date


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a change reaches. `officers`: who were invited; `hosts`: who have agreed to meet a child in an officer's place.

    `agreed`: stands for the visit as it was seen.
    """

    officers: int
    hosts: int
    staff: Sequence[str]
    agreed: str


async def visit_to_change(office: Office, coordinator: CoordinatorAtDesk, program_year: str) -> VisitToChange:
    """Raises NotTheirs."""
    async with office.database.transaction(coordinator.office_scope) as connection:
        years = {year: (school, state) for year, school, state in await programs.years(connection)}
        if program_year not in years:
            raise NotTheirs
        school, state = years[program_year]
        coordinator.check(school)
        program = await programs.load(connection)
        return VisitToChange(
            program_year,
            school,
            program.name_of(school),
            await store.date_now(connection, program_year),
            await _why_it_stays(connection, program, program_year, state),
            await programs.today(connection),
        )


async def _why_it_stays(
    connection: Connection, program: Program, program_year: str, state: str
) -> Sentence | None:
    if state != "open":
        closed = Sentence("The year is over: its visit stays as it is.")
        return closed if state == "closed" else NOT_OPEN
    visit, plan = (
        await store.date_now(connection, program_year),
        await store.standing(connection, program_year),
    )
    if plan is VisitState.RESTS:
        return Sentence("The visit rests, and gets its day when that ends. End it on the calendar first.")
    return why_it_stays(plan, visit_instants(program, visit.on), await programs.now(connection))


async def preview(
    office: Office, coordinator: CoordinatorAtDesk, visit: VisitToChange, change: Change
) -> Told:
    """Raises NotTaken with a sentence."""
    async with office.database.transaction(coordinator.office_scope) as connection:
        if why := await _why_not(connection, visit, change):
            raise NotTaken(why)
        return Told(
            len(await store.guests(connection, visit.program_year)),
            len(await visit_hosts.expected(connection, visit.program_year)),
            [one.name for one in await visits.told_at_school(connection, visit.school)],
            str(visit.planned.sequence),
        )


async def _why_not(connection: Connection, visit: VisitToChange, change: Change) -> Sentence | None:
    if visit.stays:
        return visit.stays
    if change.to is None:
        again = change.what is What.CALL_OFF and visit.planned.state is VisitState.CALLED_OFF
        return Sentence("The visit is called off already.") if again else None
    if visit.planned.state is VisitState.PLANNED and visit.planned.on == change.to:
        return Sentence("The visit is on that day already. Choose another one.")
    program, now = await programs.load(connection), await programs.now(connection)
    why = why_not_on(program, change.to, now, await rounds.last_opening(connection, visit.program_year))
    return Sentence("The visit can't move: {why}", why=why) if why else None


async def agree(
    office: Office, coordinator: CoordinatorAtDesk, visit: VisitToChange, *, agreed: str, because: str
) -> None:
    """The reason is on record before its workflow is asked. Raises NotTaken with a sentence."""
    if str(visit.planned.sequence) != agreed:
        raise NotTaken("The visit is no longer as you have seen it: somebody has changed it. Look again.")
    await visits.give_reason(office, coordinator.office_scope, visit.program_year, because)
