"""A family's wish that nothing is kept: asked for by itself or anyone of the staff, confirmed by the coordinator."""

from uuid import UUID

import asyncpg

from bluepals.facts import daily_lines, new_pairs
from bluepals.facts.office import Letterhead, Office
from bluepals.store import attention, erasure, leaving, people
from bluepals.store.database import Connection, Scope
from bluepals.store.erasure import ErasedStudent
from bluepals.store.letters import NotTaken

# What to do, by the rule that refuses it.
_WAYS_OUT = {
    "under_a_legal_hold": "Student {0} is under a legal hold, and nothing may be deleted. See: starter.py hold list PROGRAM",
    "an_open_case_is_a_legal_hold": "A safety case about student {0} is open, and nothing may be deleted until it is closed.",
    "confirmed_by_a_coordinator": "An erasure is confirmed by a coordinator of the school. Name one with --by.",
    "erased_after_the_letters": "Student {0} still has a pal. End pairing {1} first, then confirm again.",
}


async def request(office: Office, scope: Scope, external_id: str, requested_by: str) -> ErasedStudent:
    """Put the wish before the coordinator. Raises LookupError with a sentence."""
    async with office.committing(scope) as connection:
        student = await erasure.student(connection, external_id)
        if not student.erased:
            by = await people.staff_id(connection, requested_by)
            await _request(connection, scope.program, student, by)
        return student


async def request_by_family(office: Office, scope: Scope, external_id: str) -> ErasedStudent:
    """The same by a guardian, who speaks for the child. Raises LookupError with a sentence."""
    async with office.committing(scope) as connection:
        student = await erasure.student(connection, external_id)
        if not student.erased:
            await _request(connection, scope.program, student, student.id)
        return student


async def _request(connection: Connection, program: str, student: ErasedStudent, by: UUID) -> None:
    await erasure.request(connection, student.id, by)
    await attention.call(
        connection,
        key=_key(student),
        kind="erasure",
        sentence=f"The family of student {student.external_id} wishes that all about the child be erased.",
        how=f"If it is so: starter.py erase confirm {program} {student.external_id} --by YOUR-ID",
        school=student.school,
        subject_id=student.id,
    )


async def confirm(office: Office, scope: Scope, external_id: str, *, by: UUID) -> ErasedStudent:
    """Erase the child. Raises LookupError and NotTaken, each with a sentence."""
    async with office.committing(scope) as connection:
        student = await erasure.student(connection, external_id)
        if student.erased:
            return student
        try:
            await erasure.confirm(connection, student.id, by)
            await _name_no_more(office, connection, student.id)
            await erasure.erase_student(connection, student.id)
        except asyncpg.CheckViolationError as refused:
            raise _refusal(refused, student) from None
        await attention.settle(connection, _key(student))
        return student


async def _name_no_more(office: Office, connection: Connection, student_id: UUID) -> None:
    """What tells of others too, and has not left."""
    letterhead = await Letterhead.of(office, connection)
    await daily_lines.without_child(connection, letterhead, student_id)
    await new_pairs.name_no_more(
        connection, letterhead, await leaving.pairings_of_student(connection, student_id)
    )


def _refusal(refused: asyncpg.CheckViolationError, student: ErasedStudent) -> Exception:
    way_out = _WAYS_OUT.get(refused.constraint_name or "")
    return NotTaken(way_out.format(student.external_id, student.living_pairing)) if way_out else refused


def _key(student: ErasedStudent) -> str:
    return f"erasure-{student.id}"
