"""A child leaves the program's schools, with a farewell; or changes between them, with pal and letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.domain.sentences import Sentence
from bluepals.facts import calendars, endings, farewells, letters, replacements, rounds, who_may
from bluepals.facts.deadlines import keep_days_left
from bluepals.facts.endings import EndingRefused
from bluepals.facts.office import Letterhead, Office
from bluepals.facts.visit_transfers import join_visit, leave_visit
from bluepals.store import consents, deliveries, matching, moves
from bluepals.store import endings as endings_store
from bluepals.store import replacements as replacements_store
from bluepals.store.consents import Child
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason
from bluepals.store.letters import NotTaken
from bluepals.store.moves import SchoolYear
from bluepals.store.pauses import Target

_STATES = {"prepared": Sentence("prepared"), "open": Sentence("open"), "closed": Sentence("closed")}


@dataclass(frozen=True, slots=True)
class Left:
    """`farewell_until` None: there was nobody to say farewell to."""

    pairing_id: UUID | None
    farewell_until: datetime | None
    known: bool


@dataclass(frozen=True, slots=True)
class Transferred:
    pairing_id: UUID | None
    school: str
    class_name: str
    known: bool


async def leave(office: Office, scope: Scope, student: str, *, by: UUID) -> Left:
    """To a school elsewhere: both may write a last letter. Raises LookupError with a sentence."""
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        child = await consents.locked(connection, student)
        if not await moves.leave(connection, child.id):
            return Left(child.pairing_id, None, known=True)
        await matching.supersede_pairs_of(connection, child.id)
        if child.pairing_id is None:
            return Left(None, None, known=False)
        letterhead = await Letterhead.of(office, connection)
        until = endings.farewell_until(letterhead) if child.introduced else None
        ending = await endings.end_in(
            connection, child.pairing_id, Reason.LEFT_SCHOOL, farewell_until=until, by=by
        )
        if ending and until is not None:
            await farewells.ask(connection, letterhead, child.pairing_id, until, Reason.LEFT_SCHOOL)
        return Left(child.pairing_id, until, known=False)


async def take_back(office: Office, scope: Scope, student: str, *, by: UUID) -> UUID | None:
    """It was a mistake: the child stays. The pairing that goes on; None: it has ended, and the child is matched again.

    Where its officer goes too, another one is sought again.

    Raises EndingRefused or NotTheirsToSay with what to do instead, and LookupError.
    """
    async with office.committing(scope) as connection:
        await who_may.refuse_all_but(
            connection, by, Role.COORDINATOR, who=Sentence("Only a coordinator takes this back.")
        )
        await matching.one_at_a_time(connection, scope.program)
        child = await consents.locked(connection, student)
        if not await moves.come_back(connection, child.id):
            raise EndingRefused("{student} is not leaving; there is nothing to take back.", student=student)
        ending = await endings_store.of(connection, child.pairing_id) if child.pairing_id else None
        if child.pairing_id and ending and ending.reason is Reason.LEFT_SCHOOL:
            letterhead = await Letterhead.of(office, connection)
            await endings.take_back_in(connection, letterhead, child.pairing_id, by)
        if pairing_id := await replacements_store.given_up(connection, child.id):
            await replacements.open_in(connection, pairing_id, by)
        return child.pairing_id


async def transfer(
    office: Office, scope: Scope, student: str, *, school: str, class_name: str
) -> Transferred:
    """To another class, of this school or another of the program. Raises NotTaken or LookupError with a sentence."""
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        child = await consents.locked(connection, student)
        to = await moves.school_year(connection, school, child.program_year)
        if (child.school, child.class_name) == (school, class_name):
            return Transferred(child.pairing_id, school, class_name, known=True)
        if to.state != await moves.state_of(connection, child.program_year):
            raise NotTaken(
                "The year of {school} is {state}, and that of {other} is not. Open or close both first.",
                school=school,
                state=_STATES[to.state],
                other=child.school,
            )
        letterhead = await Letterhead.of(office, connection)
        pairings = await moves.taken_along(connection, child.id)
        unopened = [
            (one, number) for one in pairings for number in await deliveries.not_opened(connection, one)
        ]
        if child.school == school:
            await moves.move_child(connection, child.id, to, class_name)
        else:
            await _change_schools(connection, letterhead, child, to, class_name, pairings)
        for pairing_id, number in unopened:
            await letters.bring_to_class(connection, letterhead, to.id, number, pairing_id)
        return Transferred(child.pairing_id, school, class_name, known=False)


async def _change_schools(
    connection: Connection,
    letterhead: Letterhead,
    child: Child,
    to: SchoolYear,
    class_name: str,
    pairings: Sequence[UUID],
) -> None:
    for pairing_id in pairings:
        await leave_visit(connection, letterhead, pairing_id, child.program_year)
    await moves.move_child(connection, child.id, to, class_name)
    await matching.supersede_pairs_of(connection, child.id)
    for pairing_id in pairings:
        await _take_along(connection, letterhead, pairing_id, child)


async def _take_along(connection: Connection, letterhead: Letterhead, pairing_id: UUID, child: Child) -> None:
    """Rounds have the same numbers at every school; their dates are those of the new one from now on.

    What is the pairing's own has the school days that it had left.
    """
    await moves.take_along(connection, pairing_id, child.school)
    await rounds.reschedule(connection, letterhead.program)
    await keep_days_left(connection, letterhead, Target(pairing_id=pairing_id))
    if pairing_id == child.pairing_id:
        await calendars.tell_these(connection, letterhead.program.id, [f"pairing-{pairing_id}"])
    await join_visit(connection, pairing_id, left=child.program_year)
