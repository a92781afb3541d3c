"""A program for the measurement: as many pairs as wanted, every letter of their year written, read and approved.

What the desk does is done before, so that what is measured is what the worker does.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.domain.people import Gender, Officer, OfficerKind, Role, StaffRole, Student
from bluepals.domain.program import Agency, Policy, Program, RoundDates, School, VisitWindow, YearDates
from bluepals.facts import letters, matching
from bluepals.facts.roster import Roster, apply
from bluepals.store import matching as store
from bluepals.store import people
from bluepals.store.database import Scope
from bluepals.store.tells import Tell
from service.parts import Parts

ROUNDS = 8
LETTERS = 2 * ROUNDS
ROUND = timedelta(days=28)
LETTER = (
    "Dear pal,\n\ntoday we planted beans in paper cups. Mine is the tallest, and I call it Sergeant.\n"
    "What did you like to grow when you were in fifth grade? Do you have a dog? We have two.\n\nYour pal, number {}"
)
AT_ONCE = 8


def program() -> Program:
    """The next school year: no deadline passes while it is measured."""
    first = date(datetime.now().astimezone().year + 1, 8, 3)
    monday = first + timedelta(days=(7 - first.weekday()) % 7 + 14)
    rounds = tuple(
        RoundDates(
            number=number,
            students_due=monday + ROUND * (number - 1),
            officers_due=monday + ROUND * (number - 1) + timedelta(days=14),
            opens_on=monday + ROUND * (number - 1) + timedelta(days=23),
        )
        for number in range(1, ROUNDS + 1)
    )
    visit = rounds[-1].opens_on + timedelta(days=14)
    return Program(
        id="bench",
        name="Measured",
        timezone="America/Chicago",
        holidays=None,
        schools=(School("one", "School One", ("pd",)),),
        agencies=(Agency("pd", "Police"),),
        year=YearDates(first, visit + timedelta(days=21)),
        rounds=rounds,
        visit=VisitWindow(visit, visit + timedelta(days=2)),
        policy=Policy(declining_days=0),
    )


def roster(of: Program, pairs: int) -> Roster:
    consent = of.year.first_day - timedelta(days=1)
    return Roster(
        program=of,
        students=[
            Student(
                student_id=f"s{number}",
                first_name="Mia",
                last_name=f"Number{number}",
                gender=Gender.FEMALE,
                class_name=f"5{chr(ord('a') + number % 4)}",
                school="one",
                language="en",
                guardian_name="A. Guardian",
                guardian_email=f"guardian{number}@home.example",
                consent=consent,
            )
            for number in range(pairs)
        ],
        officers=[
            Officer(
                officer_id=f"o{number}",
                first_name="Dana",
                last_name=f"Number{number}",
                gender=Gender.FEMALE,
                agency="pd",
                email=f"officer{number}@pd.example",
                capacity=1,
                languages=("en",),
                cleared_until=of.year.last_day + timedelta(days=30),
                kind=OfficerKind.SWORN,
            )
            for number in range(pairs)
        ],
        staff=[
            StaffRole("c", "Coordinator", "c@school.example", Role.COORDINATOR, None, None, None),
            StaffRole("m", "Moderator", "m@school.example", Role.MODERATOR, "one", None, None),
            StaffRole("t", "Teacher", "t@school.example", Role.TEACHER, "one", None, None),
        ],
        stock_letters=[],
    )


@dataclass(frozen=True)
class Pairs:
    """`tells`: for each pairing, what it will hear, in order. `desk_seconds`: what a letter cost at the edge."""

    closes: datetime
    pairings: Sequence[UUID]
    tells: Sequence[Sequence[Tell]]
    desk_seconds: float


async def prepare(parts: Parts, of: Program, pairs: int) -> Pairs:
    """Matched, approved, and all letters decided; nothing told yet."""
    scope = Scope.whole(of.id)
    await apply(parts.office, roster(of, pairs))
    await matching.make_proposal(parts.office, scope, seed=1)
    async with parts.database.transaction(scope) as connection:
        reader, teacher = [await people.staff_id(connection, one) for one in ("m", "t")]
        open_pairs = [pair.id for pair in await store.open_pairs(connection)]
        await store.approve(connection, open_pairs, reader)
        rows = await connection.fetch("SELECT id, officer_id FROM pairing ORDER BY id")
    places = asyncio.Semaphore(AT_ONCE)

    async def write(pairing: UUID, officer: UUID) -> Sequence[Tell]:
        async with places:
            return [
                await _letter(parts, scope, pairing, number, side, hands_in, reader)
                for number in range(1, ROUNDS + 1)
                for side, hands_in in ((Side.STUDENT, teacher), (Side.OFFICER, officer))
            ]

    began = time.perf_counter()
    tells = await asyncio.gather(*(write(row["id"], row["officer_id"]) for row in rows))
    spent = time.perf_counter() - began
    closes = SchoolCalendar.of(of).instant(of.year.last_day, of.policy.due_hour)
    return Pairs(closes, [row["id"] for row in rows], tells, spent / (pairs * LETTERS))


async def _letter(
    parts: Parts, scope: Scope, pairing: UUID, number: int, side: Side, hands_in: UUID, reader: UUID
) -> Tell:
    draft = await letters.hand_in(
        parts.office,
        scope,
        pairing_id=pairing,
        round_number=number,
        side=side,
        letter=TypedLetter(LETTER.format(number)),
        language="en",
        uploaded_by=hands_in,
    )
    decided = await letters.decide(
        parts.office,
        scope,
        draft_id=draft.id,
        draft_hash=draft.hash,
        verdict=Verdict.APPROVE,
        decided_by=reader,
    )
    assert decided.tell is not None  # noqa: S101 - a pairing's letter has one
    return decided.tell
