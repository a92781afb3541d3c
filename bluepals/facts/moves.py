"""A child leaves the program's schools, with a farewell; or changes between them, with pal and letters."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.domain.people import Role
from bluepals.facts import endings, pauses
from bluepals.facts.office import Letterhead, Office, post
from bluepals.mail import notices
from bluepals.store import consents, matching, moves, pairings, people
from bluepals.store.consents import Child
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason
from bluepals.store.letters import NotTaken


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
            await _ask_for_farewell(connection, letterhead, child.pairing_id, until)
        return Left(child.pairing_id, until, known=False)


async def _ask_for_farewell(
    connection: Connection, letterhead: Letterhead, pairing_id: UUID, until: datetime
) -> None:
    pairing, day = await pairings.card(connection, pairing_id), letterhead.calendar.label(until)
    await post(
        connection,
        letterhead,
        notices.endings.child_leaves_to_officer(
            officer=pairing.officer_first_name,
            student=pairing.student_first_name,
            until=day,
            link=letterhead.officer_link(pairing.officer_id),
        ),
        key=f"leaves-{pairing_id}-officer",
        to=pairing.officer_email,
        agency=pairing.agency,
        pairing_id=pairing_id,
        useful_until=until,
    )
    for teacher in await people.staff(
        connection, Role.TEACHER, school=pairing.school, class_name=pairing.class_name
    ):
        await post(
            connection,
            letterhead,
            notices.endings.child_leaves_to_teacher(
                teacher=teacher.name,
                student=pairing.student_first_name,
                class_name=pairing.class_name,
                until=day,
                link=letterhead.teacher_link(teacher.id),
            ),
            key=f"leaves-{pairing_id}-{teacher.id}",
            to=teacher.email,
            school=pairing.school,
            pairing_id=pairing_id,
            useful_until=until,
        )
    for number, address in enumerate(pairing.family, start=1):
        await post(
            connection,
            letterhead,
            notices.endings.child_leaves_to_guardian(
                student=pairing.student_first_name,
                officer=pairing.officer_first_name,
                until=day,
                language=pairing.student_language,
            ),
            key=f"leaves-{pairing_id}-guardian-{number}",
            to=address,
            school=pairing.school,
            pairing_id=pairing_id,
            useful_until=until,
        )


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
                f"The year of {school} is {to.state}, and that of {child.school} is not. Open or close both first."
            )
        await moves.move_child(connection, child.id, to, class_name)
        if child.school != school:
            await _take_along(office, connection, child)
        return Transferred(child.pairing_id, school, class_name, known=False)


async def _take_along(office: Office, connection: Connection, child: Child) -> None:
    """Rounds have the same numbers at every school; their dates are those of the new one from now on."""
    await matching.supersede_pairs_of(connection, child.id)
    if child.pairing_id is None:
        return
    await moves.take_along(connection, child.pairing_id)
    letterhead = await Letterhead.of(office, connection)
    await pauses.reschedule(connection, letterhead.program)
    await endings.tell(connection, child.pairing_id)
