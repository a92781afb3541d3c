"""A family's wish that nothing is kept: asked for by itself or anyone of the staff, confirmed by the coordinator."""

from uuid import UUID

import asyncpg

from bluepals.domain import references
from bluepals.domain.sentences import Sentence
from bluepals.facts import daily_lines, new_pairs
from bluepals.facts.office import Letterhead, Office
from bluepals.store import attention, erasure, leaving, people
from bluepals.store.database import Connection, Scope
from bluepals.store.erasure import ErasedStudent
from bluepals.store.letters import NotTaken


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
        sentence=Sentence(
            "The family of {student} wishes that all about the child be erased.",
            student=references.student(student.external_id),
        ),
        how=Sentence(
            "If it is so: starter.py erase confirm {program} {student} --by YOUR-ID",
            program=program,
            student=student.external_id,
        ),
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
    """What to do, by the rule that refuses it."""
    match refused.constraint_name:
        case "under_a_legal_hold":
            return NotTaken(
                "Student {student} is under a legal hold, and nothing may be deleted. See: starter.py hold list PROGRAM",
                student=student.external_id,
            )
        case "an_open_case_is_a_legal_hold":
            return NotTaken(
                "A safety case about student {student} is open, and nothing may be deleted until it is closed.",
                student=student.external_id,
            )
        case "confirmed_by_a_coordinator":
            return NotTaken("An erasure is confirmed by a coordinator of the school. Name one with --by.")
        case "erased_after_the_letters":
            return NotTaken(
                "Student {student} still has a pal. End pairing {pairing} first, then confirm again.",
                student=student.external_id,
                pairing=student.living_pairing,
            )
    return refused


def _key(student: ErasedStudent) -> str:
    return f"erasure-{student.id}"
