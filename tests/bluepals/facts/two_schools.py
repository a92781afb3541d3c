"""A program of two schools that share nothing: north's children write to the city's officers, south's to the county's."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.domain.people import Gender, Officer, OfficerKind, Role, StaffRole, StockLetter, Student
from bluepals.domain.program import Agency, Policy, Program, RoundDates, School, VisitWindow, YearDates
from bluepals.facts import letters, matching, pairings, roster
from bluepals.facts.letters import DecidedAndTold
from bluepals.facts.office import Office
from bluepals.facts.roster import Roster
from bluepals.links import Links
from bluepals.store.content import Keyring
from bluepals.store.database import Database, Scope
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.letters import DraftRecord
from stack.postgres import PostgresServer
from tests import databases

_numbers = itertools.count(1)

F, M = Gender.FEMALE, Gender.MALE
BEGIN = datetime(2026, 9, 1, 12, tzinfo=UTC)
CONSENT = date(2026, 8, 1)
CLEARED = date(2027, 6, 30)
# Round 1 ends for children on September 18, for officers on October 2, at five in Chicago; its pack closes on the 12th.
CHILDREN_DUE = datetime(2026, 9, 18, 22, tzinfo=UTC)
OFFICERS_DUE = datetime(2026, 10, 2, 22, tzinfo=UTC)
PACK_CLOSES = datetime(2026, 10, 12, 22, tzinfo=UTC)
YEAR_OVER = datetime(2027, 5, 21, 22, tzinfo=UTC)

STUDENTS = {
    # first name: last name, gender, school, class, language, guardian's address
    "Ana": ("Alvarez", F, "north", "5A", "es", "family.ana@home.example"),
    "Ben": ("Brown", M, "north", "5A", "en", None),
    "Cleo": ("Clark", F, "south", "5B", "en", "family.cleo@home.example"),
    "Dan": ("Diaz", M, "south", "5B", "en", "family.dan@home.example"),
}
OFFICERS = {
    # first name: gender, agency, capacity
    "Olga": (F, "city", 1),
    "Omar": (M, "city", 1),
    "Rita": (F, "city", 0),
    "Rob": (M, "city", 0),
    "Paula": (F, "county", 1),
    "Pete": (M, "county", 1),
}
PALS = {"Ana": "Olga", "Ben": "Omar", "Cleo": "Paula", "Dan": "Pete"}
STAFF: dict[str, tuple[Role, str | None, str | None, str | None]] = {
    "Cora": (Role.COORDINATOR, None, None, None),
    "Tess": (Role.TEACHER, "north", "5A", None),
    "Tom": (Role.TEACHER, "south", "5B", None),
    "Mona": (Role.MODERATOR, "north", None, None),
    "Max": (Role.MODERATOR, "south", None, None),
    "Coco": (Role.COUNSELOR, "north", None, None),
    "Cal": (Role.COUNSELOR, "south", None, None),
    "Lee": (Role.LIAISON, None, None, "city"),
    "Lou": (Role.LIAISON, None, None, "county"),
}
STOCK = {"s-rita": "Rita", "s-rob": "Rob"}


def program(program_id: str) -> Program:
    return Program(
        id=program_id,
        name="Two schools",
        timezone="America/Chicago",
        holidays=None,
        schools=(School("north", "North School", ("city",)), School("south", "South School", ("county",))),
        agencies=(Agency("city", "City Police"), Agency("county", "County Sheriff")),
        year=YearDates(date(2026, 8, 24), date(2027, 5, 21)),
        rounds=(
            RoundDates(1, date(2026, 9, 18), date(2026, 10, 2), date(2026, 10, 13)),
            RoundDates(2, date(2026, 10, 30), date(2026, 11, 13), date(2026, 11, 24)),
        ),
        visit=VisitWindow(date(2027, 4, 12), date(2027, 4, 16)),
        policy=Policy(declining_days=0),
    )


def student(name: str, *, consent: date | None = CONSENT) -> Student:
    last, gender, school, class_name, language, guardian = STUDENTS[name]
    return Student(name, name, last, gender, class_name, school, language, None, guardian, consent)


def officer(name: str, *, cleared: date | None = CLEARED, capacity: int | None = None) -> Officer:
    gender, agency, places = OFFICERS[name]
    places = places if capacity is None else capacity
    email = f"{name.lower()}@{agency}.example"
    return Officer(name, name, "Officer", gender, agency, email, places, ("en",), cleared, OfficerKind.SWORN)


def people(program_id: str) -> Roster:
    return Roster(
        program=program(program_id),
        students=[student(name) for name in STUDENTS],
        officers=[officer(name) for name in OFFICERS],
        staff=[StaffRole(name, name, f"{name.lower()}@staff.example", *what) for name, what in STAFF.items()],
        stock_letters=[
            StockLetter(stock, writer, "en", f"A letter for whoever needs it, from {writer}.")
            for stock, writer in STOCK.items()
        ],
    )


@dataclass
class TwoSchools:
    """What people do there, by their first names."""

    office: Office
    admin: asyncpg.Connection
    program: str
    rung: list[str]
    pairing: dict[str, UUID] = field(default_factory=dict)
    officer: dict[str, UUID] = field(default_factory=dict)
    student: dict[str, UUID] = field(default_factory=dict)
    staff: dict[str, UUID] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        return Scope.whole(self.program)

    @property
    def database(self) -> Database:
        return self.office.database

    def year(self, school: str) -> str:
        return f"{self.program}.{school}.2026"

    async def at(self, now: datetime) -> None:
        await self.admin.execute(
            "INSERT INTO virtual_clock VALUES ($1, $2)"
            " ON CONFLICT (program_id) DO UPDATE SET now_at = excluded.now_at",
            self.program,
            now,
        )

    async def arrive(self) -> None:
        """The roster is in."""
        await self.at(BEGIN)
        await roster.apply(self.office, people(self.program))
        await self.know_people()

    async def know_people(self) -> None:
        for known, table in ((self.student, "student"), (self.officer, "officer"), (self.staff, "staff")):
            rows = await self.admin.fetch(
                f"SELECT external_id, id FROM {table} WHERE program_id = $1", self.program
            )
            known.update((row["external_id"], row["id"]) for row in rows)

    async def pair(self) -> None:
        """Everybody has a pal, and has been introduced."""
        await matching.make_proposal(self.office, self.scope, seed=7)
        await matching.approve(self.office, self.scope, [], self.staff["Cora"])
        await self.know_pairings()
        for pairing_id in self.pairing.values():
            await pairings.introduce(self.office, self.scope, pairing_id)

    async def know_pairings(self) -> None:
        rows = await self.admin.fetch(
            "SELECT student.external_id, pairing.id FROM pairing JOIN student ON student.id = student_id"
            " WHERE pairing.program_id = $1",
            self.program,
        )
        self.pairing.update((row["external_id"], row["id"]) for row in rows)

    async def write(
        self, child: str, side: Side, text: str = "Hello, dear pal.", *, round_number: int = 1
    ) -> DraftRecord:
        """The child's letter by its teacher's hand, the officer's by its own."""
        school = STUDENTS[child][2]
        hand = (
            self.officer[PALS[child]]
            if side is Side.OFFICER
            else self.staff[{"north": "Tess", "south": "Tom"}[school]]
        )
        return await letters.hand_in(
            self.office,
            self.scope,
            pairing_id=self.pairing[child],
            round_number=round_number,
            side=side,
            letter=TypedLetter(text),
            language="en",
            uploaded_by=hand,
        )

    async def decide(
        self, draft: DraftRecord, verdict: Verdict = Verdict.APPROVE, *, by: str = "Mona"
    ) -> DecidedAndTold:
        returned = verdict is Verdict.RETURN
        return await letters.decide(
            self.office,
            self.scope,
            draft_id=draft.id,
            draft_hash=draft.hash,
            verdict=verdict,
            decided_by=self.staff[by],
            reason_for_child="Please leave out your address." if returned else None,
            reason_for_adult="It holds an address." if returned else None,
        )

    async def release(self, child: str, draft: DraftRecord) -> Delivery | Held:
        return await letters.release(
            self.office,
            self.scope,
            pairing_id=self.pairing[child],
            draft_id=draft.id,
            draft_hash=draft.hash,
        )

    async def deliver(
        self, child: str, side: Side, text: str = "Hello, dear pal.", *, round_number: int = 1
    ) -> Delivery:
        draft = await self.write(child, side, text, round_number=round_number)
        await self.decide(draft)
        delivery = await self.release(child, draft)
        assert isinstance(delivery, Delivery)
        return delivery

    async def stock_drafts(self) -> Sequence[DraftRecord]:
        rows = await self.admin.fetch(
            "SELECT id, letter_id, number, hash, received_at, true AS known FROM draft"
            " WHERE written_for = 'stock' AND program_id = $1 ORDER BY sequence",
            self.program,
        )
        return [DraftRecord(**row) for row in rows]

    async def approve_stock(self) -> None:
        for draft in await self.stock_drafts():
            await self.decide(draft)

    async def mails(self, kind: str | None = None) -> Sequence[asyncpg.Record]:
        rows: Sequence[asyncpg.Record] = await self.admin.fetch(
            "SELECT * FROM mail WHERE program_id = $1 AND ($2::text IS NULL OR kind = $2) ORDER BY sequence",
            self.program,
            kind,
        )
        return rows

    async def mailed_to(self, kind: str) -> list[str]:
        return sorted(row["to_address"] for row in await self.mails(kind))

    async def until_it_waits(self, task: asyncio.Task[Any]) -> None:
        """For what another transaction has locked; or until it is done, since nothing made it wait."""
        asked = (
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        async with asyncio.timeout(10):
            while not (task.done() or await self.admin.fetchval(asked)):  # noqa: ASYNC110 - the event is in the database
                await asyncio.sleep(0.01)

    async def count(self, table: str) -> int:
        number: int = await self.admin.fetchval(
            f"SELECT count(*) FROM {table} WHERE program_id = $1", self.program
        )
        return number


def an_office(database: Database, rung: list[str]) -> Office:
    return Office(
        database=database,
        keyring=Keyring({"test": bytes(32)}),
        links=Links("a key of tests only, long enough to sign", "https://desk.example"),
        from_address="pals@bluepals.example",
        ring=rung.append,
    )


async def two_schools(
    database: Database, admin: asyncpg.Connection, *, program_id: str = "stl", office: Office | None = None
) -> TwoSchools:
    """Their people are on record; nobody has a pal yet."""
    rung: list[str] = []
    schools = TwoSchools(office or an_office(database, rung), admin, program_id, rung)
    await schools.arrive()
    return schools


async def begun_year(
    postgres: PostgresServer, template: str, *, lived: Callable[[TwoSchools], Awaitable[None]] | None = None
) -> str:
    """A database in which everybody is paired and introduced, and what `lived` does: made once, and copied for each test."""
    name = await databases.copy(postgres, template, f"two_schools_{next(_numbers)}")
    async with _connected(postgres, name) as (database, admin):
        schools = await two_schools(database, admin)
        await schools.pair()
        if lived is not None:
            await lived(schools)
    return name


@asynccontextmanager
async def copied(postgres: PostgresServer, begun: str) -> AsyncIterator[TwoSchools]:
    async with (
        databases.copied(postgres, begun, f"{begun}_{next(_numbers)}") as name,
        _connected(postgres, name) as (database, admin),
    ):
        rung: list[str] = []
        schools = TwoSchools(an_office(database, rung), admin, "stl", rung)
        await schools.know_people()
        await schools.know_pairings()
        yield schools


@asynccontextmanager
async def _connected(
    postgres: PostgresServer, name: str
) -> AsyncIterator[tuple[Database, asyncpg.Connection]]:
    admin = await asyncpg.connect(postgres.url_of("postgres", name))
    async with Database.connected(postgres.url_of("bluepals_app", name), size=6) as database:
        yield database, admin
    await admin.close()
