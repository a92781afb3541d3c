"""A small program on a real database, its workflows on a real server, and a clock that the test turns.

Each test has a program of its own in one database; one worker serves them all.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.open_rows import OpenRowActivities, StartAgain
from activities.tells import TellActivities, TellDue, Teller, Told
from activities.year import VisitTimes
from bluepals.domain.calendar import RoundDeadlines, SchoolCalendar, round_deadlines, visit_day
from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.domain.people import Gender, Officer, OfficerKind, Role, StaffRole, StockLetter, Student
from bluepals.domain.program import Agency, Policy, Program, RoundDates, School, VisitWindow, YearDates
from bluepals.domain.visit_plan import visit_instants
from bluepals.facts import letters, matching, pauses, roster
from bluepals.facts.letters import DecidedAndTold
from bluepals.facts.office import Office
from bluepals.facts.pauses import Choice
from bluepals.facts.roster import Roster
from bluepals.links import Links
from bluepals.mail.sending import Postbox
from bluepals.settings import SmtpSettings
from bluepals.store import attention, people
from bluepals.store.content import Keyring
from bluepals.store.database import Database, Scope
from bluepals.store.letters import DraftRecord
from bluepals.store.pauses import Target, What
from rehearsal.clock import VirtualClock
from service.bell import Bell
from service.connection import connect
from service.open_rows import OpenRows
from service.parts import Parts
from service.workers import worker
from stack.postgres import PostgresServer
from stack.temporal import VIRTUAL_CLOCKS, TemporalOptions, temporal_server
from workflows.api import pairing, program_year
from workflows.api import visit_day as visit_workflow
from workflows.pairing import Pairing
from workflows.program_year import ProgramYear
from workflows.queue import TASK_QUEUE
from workflows.search_attributes import PROGRAM_YEAR, SCHOOL, TYPES
from workflows.visit_day import VisitDay

PATIENCE = 20.0  # seconds; what has not come by then does not come
MASTER_KEY = "test:" + "A" * 43 + "="
LINK_KEY = "a key of tests only, long enough to sign"
# A continue-as-new is suggested after 6 of the 2,000 updates that a run may have.
SHORT_HISTORIES = {"history.maxTotalUpdates.suggestContinueAsNewThreshold": 0.003}
EVERYTHING, LETTERS = Target(), [What.LETTERS]
NO_CHOICES: Mapping[int, Choice] = {}
AT_ONCE = Policy(declining_days=0)  # Approved today, introduced today.
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)


def forged(
    draft_id: str = "00000000-0000-4000-8000-000000000000", digest: str = "00" * 32
) -> dict[str, object]:
    """A well-formed fact about a decision that nobody has taken."""
    return {"draft_id": draft_id, "hash": digest, "verdict": "approve", "round_number": 1, "side": "officer"}


def first_day() -> date:
    """Virtual clocks only move forward: the year begins next February, on a Monday."""
    day = date(datetime.now(UTC).year + 1, 2, 1)
    return day + DAY * (-day.weekday() % 7)


def rounds_of(count: int, begin: date) -> tuple[RoundDates, ...]:
    """Children write by Friday, officers two weeks later, the class opens its letters after one more; then again."""
    fridays = [begin + 4 * DAY + 4 * WEEK * number for number in range(count)]
    return tuple(
        RoundDates(number, friday, friday + 2 * WEEK, friday + 3 * WEEK)
        for number, friday in enumerate(fridays, start=1)
    )


def a_program(name: str, *, rounds: int = 2, begin: date | None = None, policy: Policy = AT_ONCE) -> Program:
    begin = begin or first_day()
    visit = begin + 4 * WEEK * rounds + WEEK
    return Program(
        id=name,
        name=name.title(),
        timezone="America/Chicago",
        holidays=None,
        schools=(School("north", "North School", ("pd",)),),
        agencies=(Agency("pd", "Police Department"),),
        year=YearDates(begin, visit + 4 * WEEK + 4 * DAY),
        rounds=rounds_of(rounds, begin),
        visit=VisitWindow(visit, visit + 4 * DAY),
        policy=policy,
    )


def a_student(number: int, gender: Gender = Gender.FEMALE, **other: Any) -> Student:
    usual = Student(
        student_id=f"s{number:03}",
        first_name=f"Child{number}",
        last_name="Doe",
        gender=gender,
        class_name="5A",
        school="north",
        language="en",
        guardian_name="A Parent",
        guardian_email=f"parent{number}@home.example",
        consent=date(2026, 8, 1),
    )
    return replace(usual, **other)


def an_officer(number: int, gender: Gender = Gender.FEMALE, **other: Any) -> Officer:
    usual = Officer(
        officer_id=f"o{number:03}",
        first_name=f"Officer{number}",
        last_name="Roe",
        gender=gender,
        agency="pd",
        email=f"officer{number}@pd.example",
        capacity=1,
        languages=("en",),
        cleared_until=date(2099, 12, 31),
        kind=OfficerKind.SWORN,
    )
    return replace(usual, **other)


def staff() -> tuple[StaffRole, ...]:
    def one(role: Role, class_name: str | None = None) -> StaffRole:
        school = None if role is Role.COORDINATOR else "north"
        return StaffRole(f"a-{role}", f"The {role}", f"{role}@north.example", role, school, class_name, None)

    return (*map(one, (Role.COORDINATOR, Role.MODERATOR, Role.COUNSELOR)), one(Role.TEACHER, "5A"))


def stock_letters(count: int) -> tuple[StockLetter, ...]:
    texts = (f"Dear child, this is reserve letter {number}." for number in range(count))
    return tuple(StockLetter(f"stock{number}", "o001", "en", text) for number, text in enumerate(texts))


@dataclass(frozen=True)
class Served:
    """What all worlds share: one database, one worker."""

    parts: Parts
    admin: asyncpg.Connection
    rings: list[str]


@asynccontextmanager
async def apart(
    postgres: PostgresServer, template: str, database: str, **dynamic_config: object
) -> AsyncIterator[Served]:
    """A Temporal server, a database and a worker that no other test's worker takes tasks from."""
    owner = await asyncpg.connect(postgres.admin_url)
    await owner.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
    await owner.close()
    urls = postgres.url_of("bluepals_app", database), postgres.url_of("postgres", database)
    options = TemporalOptions(search_attributes=TYPES, dynamic_config={**VIRTUAL_CLOCKS, **dynamic_config})
    async with temporal_server(options, print) as server:
        client = await connect(target_host=server.address)
        async with serving(client, *urls) as served:
            yield served


@asynccontextmanager
async def serving(client: Client, url: str, admin_url: str) -> AsyncIterator[Served]:
    rings: list[str] = []
    postbox = Postbox(SmtpSettings.model_validate({"host": "127.0.0.1", "port": 1, "security": "none"}))
    admin = await asyncpg.connect(admin_url)
    async with Database.connected(url, size=8) as database:
        parts = parts_of(client, database, rings.append)
        async with worker(parts, postbox, build_id=""):
            yield Served(parts, admin, rings)
    await admin.close()
    await postbox.close()


def parts_of(client: Client, database: Database, ring: Callable[[str], None]) -> Parts:
    office = Office(
        database=database,
        keyring=Keyring.parse(MASTER_KEY),
        links=Links(LINK_KEY, "http://desk.example"),
        from_address="pals@bluepals.example",
        ring=ring,
    )
    return Parts(client, database, office, Teller(client, database), Bell(client))


async def eventually(reached: Callable[[], Awaitable[bool]], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not await reached():  # noqa: ASYNC110 - the event is on a server
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {PATIENCE} seconds") from None


async def _has_begun(handle: WorkflowHandle[Any, Any]) -> bool:
    try:
        await handle.describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


@dataclass
class World:
    """One program with one school; `now` is the program's time, and that of every workflow in `running`."""

    served: Served
    program: Program
    now: datetime = field(init=False)
    running: set[str] = field(default_factory=set)
    visit_on: date | None = None  # if it has moved
    limits: list[datetime] = field(default_factory=list)  # at which a silence ends

    def __post_init__(self) -> None:
        self.parts, self.admin = self.served.parts, self.served.admin
        self.client, self.office = self.parts.client, self.parts.office
        self.scope = Scope.whole(self.program.id)
        self.calendar = SchoolCalendar.of(self.program)
        self.year = self.program.program_year_id("north")
        self.clock = VirtualClock(self.client, self.admin, self.program.id)
        self.closes = self.calendar.instant(self.program.year.last_day, self.program.policy.due_hour)
        self.now = self.calendar.instant(self.program.year.first_day, 8)
        self.people: dict[str, UUID] = {}

    # Time

    async def reach(self, day: date, at: int | time = 17) -> None:
        """Live until then: whatever is due on the way happens at its time."""
        end = self.calendar.instant(day, at)
        for due in sorted({*(one for one in self._instants() if self.now < one < end), end}):
            self.now = due
            await self.clock.turn_to(due)
            self.running -= await self.clock.move(sorted(self.running), due)

    async def turn_clock(self, now: datetime) -> None:
        """The program's time only: the workflows stay where they are."""
        self.now = now
        await self.clock.turn_to(now)

    def round(self, number: int) -> RoundDates:
        return self.program.rounds[number - 1]

    def deadlines(self, number: int) -> RoundDeadlines:
        return round_deadlines(self.program)[number - 1]

    def _instants(self) -> Iterable[datetime]:
        for one in round_deadlines(self.program):
            yield from (one.students_due, one.officers_due, one.pack_closes, one.opens)
        visit = visit_instants(self.program, self.visit_on or visit_day(self.program))
        yield from (
            visit.invite_at,
            *visit.remind_at,
            visit.sheets_at,
            visit.over,
            visit.over + DAY,
            visit.latest,
        )
        yield from self.limits
        yield from (self.closes - timedelta(hours=1), self.closes)

    # People and pairs

    async def enroll(
        self,
        students: Sequence[Student] = (a_student(1),),
        officers: Sequence[Officer] = (an_officer(1),),
        stock: int = 0,
        more_staff: Sequence[StaffRole] = (),
    ) -> None:
        await self.clock.turn_to(self.now)
        await roster.apply(
            self.office,
            Roster(self.program, students, officers, (*staff(), *more_staff), stock_letters(stock)),
        )
        async with self.parts.database.transaction(self.scope) as connection:
            for role in (Role.COORDINATOR, Role.MODERATOR, Role.COUNSELOR, Role.TEACHER):
                self.people[role] = await people.staff_id(connection, f"a-{role}")
            for officer in officers:
                self.people[officer.officer_id] = await people.officer_id(connection, officer.officer_id)
        await self.approve_stock()

    async def approve_stock(self) -> None:
        for one in await letters.waiting(self.office, self.scope):
            if one.pairing_id is None:
                await self.decide(one, Verdict.APPROVE)

    async def pair(self) -> list[str]:
        """Match and approve, as the coordinator would; the pairings' ids, in the order of the students."""
        await matching.make_proposal(self.office, self.scope, seed=1)
        await matching.approve(self.office, self.scope, [], self.people[Role.COORDINATOR])
        rows = await self.admin.fetch(
            "SELECT pairing.id FROM pairing JOIN student ON student.id = student_id"
            " WHERE pairing.program_id = $1 ORDER BY external_id",
            self.program.id,
        )
        return [str(row["id"]) for row in rows]

    async def set_consent(self, day: date | None) -> None:
        await self.admin.execute(
            "UPDATE student SET consent_on = $2 WHERE program_id = $1", self.program.id, day
        )

    async def set_clearance(self, until: date | None) -> None:
        await self.admin.execute(
            "UPDATE officer SET cleared_until = $2 WHERE program_id = $1", self.program.id, until
        )

    async def open_gate(self, *, stock: int = 0) -> None:
        """The first child's and the first officer's files come again: all is there, and their pairing is told."""
        folder = Roster(self.program, [a_student(1)], [an_officer(1)], staff(), stock_letters(stock))
        await roster.apply(self.office, folder)
        await self.tell()

    # Pauses

    async def pause(self, target: Target = EVERYTHING, whats: Sequence[What] = LETTERS) -> None:
        """Its letters, from now on; and whoever lives by the calendar is told."""
        await self.pause_untold(target, whats)
        await self.tell()

    async def pause_untold(self, target: Target = EVERYTHING, whats: Sequence[What] = LETTERS) -> None:
        await pauses.pause(
            self.office, self.scope, target, whats, reason="snow", by=self.people[Role.COORDINATOR]
        )

    async def resume(
        self,
        target: Target = EVERYTHING,
        choices: Mapping[int, Choice] = NO_CHOICES,
        whats: Sequence[What] = LETTERS,
    ) -> None:
        by, this = self.people[Role.COORDINATOR], (self.office, self.scope, target, whats, choices)
        seen = await pauses.preview(*this, by=by)
        await pauses.resume(*this, by=by, agreed=seen.agreement)
        await self.tell()

    # Workflows

    async def begin_pairing(self, pairing_id: str) -> WorkflowHandle[Pairing, pairing.PairingClosed]:
        handle = await self.client.start_workflow(
            Pairing.run,
            pairing.PairingInput(self.program.id, pairing_id, self.closes.isoformat()),
            id=pairing.workflow_id(pairing_id),
            task_queue=TASK_QUEUE,
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(SCHOOL, "north"), SearchAttributePair(PROGRAM_YEAR, self.year)]
            ),
        )
        await self.attend(handle.id)
        return handle

    async def attend_pairing(self, pairing_id: str) -> WorkflowHandle[Any, Any]:
        """One that its year begins."""
        return await self.attend_begun(pairing.workflow_id(pairing_id))

    async def attend_begun(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        """One that somebody else begins."""
        handle = self.client.get_workflow_handle(workflow_id)
        await eventually(lambda: _has_begun(handle), f"{workflow_id} begins")
        await self.attend(workflow_id)
        return handle

    async def begin_year(self) -> WorkflowHandle[ProgramYear, Any]:
        handle = await self.client.start_workflow(
            ProgramYear.run,
            program_year.ProgramYearInput(self.program.id, self.year, "north"),
            id=program_year.workflow_id(self.year),
            task_queue=TASK_QUEUE,
        )
        await self.attend(handle.id)
        return handle

    async def begin_visit(self, times: VisitTimes) -> WorkflowHandle[VisitDay, int]:
        handle = await self.start_visit(times)
        await self.attend(handle.id)
        return handle

    async def start_visit(self, times: VisitTimes) -> WorkflowHandle[VisitDay, int]:
        """At the real time, not at the program's."""
        return await self.client.start_workflow(
            VisitDay.run,
            visit_workflow.VisitDayInput(self.program.id, self.year, times),
            id=visit_workflow.workflow_id(self.year),
            task_queue=TASK_QUEUE,
        )

    async def attend(self, workflow_id: str) -> None:
        """Bring a workflow to the program's time, and along with it from here on."""
        self.running.add(workflow_id)
        self.running -= await self.clock.move([workflow_id], self.now)

    async def details(self, handle: WorkflowHandle[Any, Any]) -> str:
        """What the Web UI shows as the workflow's current details."""
        metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    async def story(self, handle: WorkflowHandle[Any, Any]) -> list[str]:
        """The lines of a pairing's story, without their dates."""
        lines = (await self.details(handle)).splitlines()
        return [line.removeprefix("- ")[11:] for line in lines if line.startswith("- ")]

    async def attribute(self, handle: WorkflowHandle[Any, Any], key: SearchAttributeKey[Any]) -> Any:
        return (await handle.describe()).typed_search_attributes.get(key)

    # Letters

    async def exchange(self, pairing_id: str, number: int) -> None:
        """A round in which both write in time, up to its opening day."""
        await self.letter(pairing_id, Side.STUDENT, number)
        await self.reach(self.round(number).students_due)
        await self.letter(pairing_id, Side.OFFICER, number)
        await self.reach(self.round(number).opens_on, 6)

    async def write(self, pairing_id: str, side: Side, number: int, text: str = "") -> DraftRecord:
        return await letters.hand_in(
            self.office,
            self.scope,
            pairing_id=UUID(pairing_id),
            round_number=number,
            side=side,
            letter=TypedLetter(text or f"A letter of the {side}, round {number}."),
            language="en",
            uploaded_by=self.people["o001" if side is Side.OFFICER else Role.TEACHER],
        )

    async def decide(self, draft: Any, verdict: Verdict) -> DecidedAndTold:
        """The decision on record; the pairing has not heard of it."""
        returned = verdict is Verdict.RETURN
        return await letters.decide(
            self.office,
            self.scope,
            draft_id=getattr(draft, "draft_id", None) or draft.id,
            draft_hash=draft.hash,
            verdict=verdict,
            decided_by=self.people[Role.MODERATOR],
            reason_for_child="Please write it again." if returned else None,
            reason_for_adult="It has to be written again." if returned else None,
        )

    async def tell(self) -> int:
        """What the outbox does: every due fact is told. How many were answered."""
        rows = OpenRows(self.client, self.office)
        telling = TellActivities(self.parts.teller, self.parts.database, rows)
        told = await ActivityEnvironment().run(telling.tell_due, TellDue(self.program.id))
        assert isinstance(told, Told)
        return told.answered

    async def start_again(self) -> int:
        """What the outbox does every hour. How many workflows had been ended although their row is open."""
        looking = OpenRowActivities(OpenRows(self.client, self.office))
        count = await ActivityEnvironment().run(looking.start_again, StartAgain(self.program.id))
        assert isinstance(count, int)
        return count

    async def letter(
        self, pairing_id: str, side: Side, number: int, verdict: Verdict = Verdict.APPROVE, text: str = ""
    ) -> DraftRecord:
        """Written, read, decided, and the pairing has done what follows."""
        draft = await self.write(pairing_id, side, number, text)
        await self.decide(draft, verdict)
        await self.tell()
        if verdict is Verdict.APPROVE:
            await self.until_answered(draft)
        return draft

    async def until_answered(self, draft: DraftRecord) -> None:
        """An approved draft is delivered, or held for a person."""
        await eventually(
            lambda: self._exists(
                "SELECT FROM delivery WHERE draft_id = $1 UNION ALL"
                " SELECT FROM attention WHERE key = 'held-' || $1::uuid::text AND closed_at IS NULL",
                draft.id,
            ),
            "an approved letter is delivered or held",
        )

    async def delivered(self, draft: DraftRecord) -> bool:
        return await self._exists("SELECT FROM delivery WHERE draft_id = $1", draft.id)

    @staticmethod
    def unpacked(body: str) -> dict[str, object]:
        """A tell's body, as the superuser's connection reads it."""
        unpacked: dict[str, object] = json.loads(body)
        return unpacked

    async def deliveries(self, pairing_id: str) -> list[tuple[int, str, str, int | None]]:
        """Round, side, kind and opening day of what went to the other side, in that order."""
        rows = await self.admin.fetch(
            "SELECT round_number, side, kind, opening FROM delivery WHERE pairing_id = $1 ORDER BY sequence",
            UUID(pairing_id),
        )
        return [tuple(row) for row in rows]

    async def misses(self, pairing_id: str) -> list[tuple[int, str]]:
        rows = await self.admin.fetch(
            "SELECT round_number, side FROM miss WHERE pairing_id = $1 ORDER BY recorded_at, side DESC",
            UUID(pairing_id),
        )
        return [tuple(row) for row in rows]

    async def answers(self, fact: str) -> list[str | None]:
        rows = await self.admin.fetch(
            "SELECT answer FROM tell WHERE program_id = $1 AND fact = $2 ORDER BY sequence",
            self.program.id,
            fact,
        )
        return [row["answer"] for row in rows]

    async def calls(self) -> list[str]:
        """What a person is asked to look at."""
        async with self.parts.database.transaction(self.scope) as connection:
            return [call.in_full for call in await attention.open_calls(connection)]

    async def mails(self, kind: str) -> list[str]:
        """To whom mails of this kind are queued or sent, in order."""
        rows = await self.admin.fetch(
            "SELECT to_address FROM mail WHERE program_id = $1 AND kind = $2 ORDER BY sequence",
            self.program.id,
            kind,
        )
        return [row["to_address"] for row in rows]

    async def _exists(self, query: str, *values: object) -> bool:
        return bool(await self.admin.fetchval(f"SELECT EXISTS ({query})", *values))
