"""A school of 200 pairs in the first round of its year, whose people are in at the desk."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import asyncpg

from bench.program import AT_ONCE, LETTER, ROUNDS, Pairs, program, roster
from bench.years import real
from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.entering import Door
from bluepals.domain.letters import Side, TypedLetter
from bluepals.domain.people import Role, StaffRole
from bluepals.facts import doors, letters, matching
from bluepals.facts.roster import Roster, apply
from bluepals.store import matching as store
from bluepals.store import people
from bluepals.store.database import Scope
from bluepals.store.doors import Identity
from bluepals.store.letters import DraftRecord
from desk.doors import SESSION
from rehearsal.clock import VirtualClock
from service.parts import Parts

PEOPLE = 200
CLASS = 25  # children
CLASSES = PEOPLE // CLASS
SCOPE = Scope.whole(program().id)


@dataclass(frozen=True)
class Visitors:
    """The cookies of 200 browsers each; the n-th officer writes in the n-th pairing."""

    teachers: Sequence[str]
    officers: Sequence[str]
    coordinators: Sequence[str]
    moderators: Sequence[str]
    pairings: Sequence[UUID]


async def town(parts: Parts, admin: asyncpg.Connection) -> Visitors:
    """A worker serves. The children's letters are due in a week."""
    of = program()
    calendar = SchoolCalendar.of(of)
    clock = VirtualClock(parts.client, admin, of.id)
    await clock.turn_to(calendar.instant(of.year.first_day, 8))
    await apply(parts.office, _in_classes(roster(of, PEOPLE)))
    await matching.make_proposal(parts.office, SCOPE, seed=1)
    async with parts.database.transaction(SCOPE) as connection:
        coordinator, moderator = [await people.staff_id(connection, one) for one in ("c", "m")]
        teachers = [await people.staff_id(connection, f"t{number}") for number in range(CLASSES)]
        await store.approve(connection, [one.id for one in await store.open_pairs(connection)], coordinator)
        rows = await connection.fetch("SELECT id, officer_id FROM pairing ORDER BY id")
    pairings = [row["id"] for row in rows]
    years = real(parts, of, Pairs(calendar.instant(of.year.last_day, 17), pairings, (), 0))
    for number in range(PEOPLE):
        await years.start(number)
    await _all_introduced(admin)
    await clock.turn_to(calendar.instant(of.rounds[0].students_due - timedelta(days=7), 9))
    return Visitors(
        await _all_in(parts, [Identity(one, None, ()) for one in teachers]),
        await _all_in(parts, [Identity(None, row["officer_id"], ()) for row in rows]),
        await _all_in(parts, [Identity(coordinator, None, ())]),
        await _all_in(parts, [Identity(moderator, None, ())]),
        pairings,
    )


async def unread(parts: Parts, pairings: Sequence[UUID]) -> Sequence[DraftRecord]:
    """The children's letters of the whole year: each waits for a decision of its own."""
    async with parts.database.transaction(SCOPE) as connection:
        teacher = await people.staff_id(connection, "t")
    places = asyncio.Semaphore(AT_ONCE)

    async def hand_in(pairing: UUID, number: int) -> DraftRecord:
        async with places:
            return await letters.hand_in(
                parts.office,
                SCOPE,
                pairing_id=pairing,
                round_number=number,
                side=Side.STUDENT,
                letter=TypedLetter(LETTER.format(number)),
                language="en",
                uploaded_by=teacher,
            )

    rounds = range(1, ROUNDS + 1)
    return await asyncio.gather(*(hand_in(pairing, number) for pairing in pairings for number in rounds))


def _in_classes(of: Roster) -> Roster:
    names = [f"5-{number}" for number in range(CLASSES)]
    return replace(
        of,
        students=[replace(one, class_name=names[number // CLASS]) for number, one in enumerate(of.students)],
        staff=[
            *of.staff,
            *(
                StaffRole(
                    f"t{number}", "Teacher", f"t{number}@school.example", Role.TEACHER, "one", name, None
                )
                for number, name in enumerate(names)
            ),
        ],
    )


async def _all_introduced(admin: asyncpg.Connection) -> None:
    waiting = "SELECT count(*) FROM pairing WHERE introduced_at IS NULL"
    while await admin.fetchval(waiting):  # noqa: ASYNC110 - the event is in the database
        await asyncio.sleep(0.1)


async def _all_in(parts: Parts, whose: Sequence[Identity]) -> Sequence[str]:
    """200 browsers, by turns of these people. Nobody waits for 200 mails."""
    async with parts.database.transaction(SCOPE) as connection:
        entered = [
            await doors.let_in(
                parts.office, connection, SCOPE.program, whose[number % len(whose)], Door.MAIL, remember=False
            )
            for number in range(PEOPLE)
        ]
    return [f"{SESSION}={one.token}" for one in entered]
