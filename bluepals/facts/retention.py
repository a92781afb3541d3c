"""What is past the policy's time, deleted in batches; each batch says how many it were."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from bluepals.facts.office import Office
from bluepals.store import erasure, programs, retention
from bluepals.store.database import Connection, Scope
from bluepals.store.letters import NotTaken

BATCH = 100

Batch = Callable[[Connection, timedelta, int], Awaitable[int]]


async def _letters(connection: Connection, kept: timedelta, limit: int) -> int:
    return await _each(
        connection, await retention.children_past_letters(connection, kept, limit), erasure.erase_letters
    )


async def _calls(connection: Connection, kept: timedelta, limit: int) -> int:
    return await retention.delete_calls(connection, kept, limit) + await retention.blank_reasons(
        connection, kept, limit
    )


async def _people(connection: Connection, kept: timedelta, limit: int) -> int:
    students = await retention.students_past(connection, kept, limit)
    officers = await retention.officers_past(connection, kept, limit)
    staff = await retention.staff_past(connection, kept, limit)
    return (
        await _each(connection, students, erasure.erase_student)
        + await _each(connection, officers, erasure.erase_officer)
        + await _each(connection, staff, erasure.erase_staff)
    )


async def _each(
    connection: Connection, ids: Sequence[UUID], erase: Callable[[Connection, UUID], Awaitable[object]]
) -> int:
    """One that the database holds back keeps back no other; it is asked for again tomorrow."""
    done = 0
    for one in ids:
        try:
            async with connection.transaction():
                await erase(connection, one)
        except (asyncpg.CheckViolationError, NotTaken):
            continue
        done += 1
    return done


# By the keys of [retention]; people last, since erasing them takes their letters along.
KINDS: dict[str, Batch] = {
    "letters": _letters,
    "stacks": retention.delete_stacks,
    "mails": retention.blank_mails,
    "tells": retention.delete_tells,
    "answers": retention.delete_answers,
    "calls": _calls,
    "addresses": retention.delete_addresses,
    "people": _people,
}


async def delete_batch(office: Office, scope: Scope, kind: str) -> int:
    """How many of this kind were past their time and are gone; 0 when none is left that may go."""
    async with office.database.transaction(scope) as connection:
        program = await programs.load(connection)
        kept = timedelta(days=getattr(program.retention, kind))
        if counted := await KINDS[kind](connection, kept, BATCH):
            await retention.note(connection, kind, counted)
        return counted
