"""A small town's year, carried by the real workflows to its end: three pairings, two rounds, a bit of everything.

Its people bear names that the workflows could say themselves, so that a clean audit means something.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import asyncpg
from pydantic import SecretStr
from temporalio.client import Client, WorkflowUpdateFailedError

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.cases import LetterOutcome
from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.domain.people import Gender, Officer, OfficerKind, Role, StaffRole, StockLetter, Student
from bluepals.domain.program import Agency, Policy, Program, RoundDates, School, VisitWindow, YearDates
from bluepals.facts import cases, closing, letters, roster
from bluepals.facts.roster import Roster
from bluepals.mail.sending import Postbox
from bluepals.settings import Settings, SmtpSettings
from bluepals.store.cases import CaseRecord
from bluepals.store.database import Scope
from rehearsal.clock import VirtualClock
from service.opening import open_program
from service.parts import Parts, assembled
from service.referrals import Referrals
from service.workers import worker
from stack.mail_catcher import MailCatcher
from workflows.api import assignment, daily_mail, pairing, program_year, referral, visit_day
from workflows.assignment import Assignment
from workflows.daily_mail import DailyMail
from workflows.queue import TASK_QUEUE

PROGRAM = "town"
SCOPE = Scope.whole(PROGRAM)
PATIENCE = 30.0  # seconds
AFTERNOON, EVENING = time(15), time(17, 30)

# Who writes to whom, by the first names of the children.
GRACE, WILL, SAM = "Grace", "Will", "Sam"

WORDS = {
    GRACE: "My cat has learned to open the kitchen door and now she visits our neighbour at breakfast.",
    WILL: "I built a bridge of spaghetti in science class and it carried four heavy dictionaries.",
    SAM: "Every Saturday I bake bread with my grandmother, the kind with sesame on top of it.",
}


def first_day() -> date:
    """Virtual clocks only move forward: the year begins next February, on a Monday."""
    day = date(datetime.now(UTC).year + 1, 2, 1)
    return day + timedelta(days=-day.weekday() % 7)


def program() -> Program:
    """Two rounds of three weeks each. What closes on a Tuesday evening is opened on the Wednesday."""
    first = first_day()

    def day(number: int) -> date:
        return first + timedelta(days=number)

    return Program(
        id=PROGRAM,
        name="Town",
        timezone="America/Chicago",
        holidays=None,
        schools=(School("lincoln", "Lincoln School", ("metro",)),),
        agencies=(Agency("metro", "Metro Police"),),
        year=YearDates(first, day(74)),
        rounds=(RoundDates(1, day(4), day(18), day(30)), RoundDates(2, day(32), day(46), day(58))),
        visit=VisitWindow(day(63), day(64)),
        policy=Policy(declining_days=0),
    )


def settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        master_keys=SecretStr(f"test:{base64.b64encode(bytes(32)).decode()}"),
        link_key=SecretStr("a key of tests only, long enough to sign"),
    )


def town_roster() -> Roster:
    def child(number: str, first: str, last: str, gender: Gender | None) -> Student:
        guardian = (f"Rosa {last}", f"rosa.{last.lower()}@family.example")
        return Student(number, first, last, gender, "5a", "lincoln", "en", *guardian, first_day())

    def officer(number: str, first: str, last: str, gender: Gender, capacity: int = 1) -> Officer:
        until = first_day() + timedelta(days=400)
        address = f"{first.lower()}@pd.example"
        return Officer(
            number, first, last, gender, "metro", address, capacity, ("en",), until, OfficerKind.SWORN
        )

    def staff(number: str, name: str, role: Role, class_name: str | None = None) -> StaffRole:
        school = "lincoln" if role is Role.TEACHER else None
        return StaffRole(number, name, f"{number}@school.example", role, school, class_name, None)

    return Roster(
        program=program(),
        students=[
            child("1", GRACE, "Lincoln", Gender.FEMALE),
            child("2", WILL, "Stage", Gender.MALE),
            child("S-3003", SAM, "Due", None),
        ],
        officers=[
            officer("officer", "Dana", "Round", Gender.FEMALE),
            officer("P-77", "Mark", "Chicago", Gender.MALE),
            officer("123456", "Joy", "Read", Gender.FEMALE),
            officer("reserve", "Abel", "Stock", Gender.MALE, capacity=0),
        ],
        staff=[
            staff("coordinator", "Ms. May See", Role.COORDINATOR),
            staff("teacher", "Mr. Art Page", Role.TEACHER, "5a"),
            staff("reader", "Hope Letter", Role.MODERATOR),
            staff("counselor", "Faith Held", Role.COUNSELOR),
        ],
        stock_letters=[
            StockLetter("stock-1", "reserve", "en", "A warm hello to a pal I have not met so far.")
        ],
    )


@dataclass
class Town:
    """The town in its year. `now`: what it takes for the present."""

    parts: Parts
    admin: asyncpg.Connection
    clock: VirtualClock

    def __post_init__(self) -> None:
        self.program = program()
        self.calendar = SchoolCalendar.of(self.program)
        self.now = self.calendar.instant(first_day() - timedelta(days=1), AFTERNOON)
        self.running: set[str] = set()

    async def play(self) -> None:
        await self._summer()
        one, two = self.program.rounds
        await self._reach(one.students_due - timedelta(days=1), AFTERNOON)
        await self._daily_mail()
        await self._letter(GRACE, Side.STUDENT, 1)
        await self._letter(WILL, Side.STUDENT, 1, verdict=Verdict.RETURN)
        await self._letter(WILL, Side.STUDENT, 1, more=" It held for a whole minute.")
        await self._reach(one.officers_due - timedelta(days=1), AFTERNOON)
        await self._letter(GRACE, Side.OFFICER, 1)
        await self._letter(SAM, Side.OFFICER, 1)
        await self._reach(one.opens_on, AFTERNOON)  # Will's officer has missed it: a stock letter.
        await self._letter(WILL, Side.OFFICER, 1)  # late, with the next opening day
        await self._reach(two.students_due - timedelta(days=1), AFTERNOON)
        for child in (GRACE, SAM):
            await self._letter(child, Side.STUDENT, 2)
        await self._letter(WILL, Side.STUDENT, 2, verdict=Verdict.REFER)
        await self._reach(two.officers_due - timedelta(days=1), AFTERNOON)
        await self._letter(GRACE, Side.OFFICER, 2)
        await self._letter(WILL, Side.OFFICER, 2)
        await self._letter(SAM, Side.OFFICER, 2, verdict=Verdict.RETURN)
        await self._reach(
            two.opens_on, AFTERNOON
        )  # Sam's did not come again, and no woman wrote a stock letter.
        for days_left in (14, 8, 5, 0):
            await self._reach(self.program.year.last_day - timedelta(days=days_left), EVENING)
        await self._until(self._all_closed)

    async def _summer(self) -> None:
        await self.clock.turn_to(self.now)
        await roster.apply(self.parts.office, town_roster())
        coordinator = await self._id("SELECT id FROM staff WHERE external_id = 'coordinator'")
        await self.admin.execute(
            "UPDATE student SET pal_gender = 'female', pal_gender_reason = 'as the family prefers', pal_gender_by = $1"
            " WHERE external_id = 'S-3003'",
            coordinator,
        )
        (stock,) = await letters.waiting(self.parts.office, SCOPE)
        await self._decide(stock.draft_id, stock.hash, Verdict.APPROVE)
        await open_program(self.parts, self.program, seed=1)
        await self._until(lambda: self._approved(coordinator))
        self.parts.bell.ring(PROGRAM)
        await self._until(self._all_introduced)
        year = self.program.program_year_id("lincoln")
        self.running = {program_year.workflow_id(year), visit_day.workflow_id(year)}
        self.running |= {
            pairing.workflow_id(str(row["id"])) for row in await self.admin.fetch("SELECT id FROM pairing")
        }

    async def _daily_mail(self) -> None:
        day = self.now.date().isoformat()
        await self.parts.client.execute_workflow(
            DailyMail.run,
            daily_mail.DailyMailInput(PROGRAM, self.program.timezone, day),
            id=f"{daily_mail.workflow_id(PROGRAM)}-{day}",
            task_queue=TASK_QUEUE,
        )

    async def _approved(self, coordinator: UUID) -> bool:
        handle = self.parts.client.get_workflow_handle(
            assignment.workflow_id(PROGRAM, self.program.first_year)
        )
        try:
            decided = await handle.execute_update(
                Assignment.approve_pairs, assignment.DecideAboutPairs([], str(coordinator))
            )
        except WorkflowUpdateFailedError:  # Nothing is proposed so far.
            return False
        return decided.changed > 0

    async def _all_introduced(self) -> bool:
        return await self._count("SELECT count(*) FROM pairing WHERE introduced_at IS NOT NULL") == len(WORDS)

    async def _all_closed(self) -> bool:
        self.parts.bell.ring(PROGRAM)
        open_pairs = await self._count("SELECT count(*) FROM pairing WHERE ended_at IS NULL")
        return (
            open_pairs
            + await self._count("SELECT count(*) FROM mail WHERE state NOT IN ('sent', 'cancelled')")
            == 0
        )

    async def _letter(
        self, child: str, side: Side, number: int, *, verdict: Verdict = Verdict.APPROVE, more: str = ""
    ) -> None:
        """Handed in, read, decided about, and told."""
        pair = await self._id(
            "SELECT pairing.id FROM pairing JOIN student ON student.id = student_id WHERE first_name = $1",
            child,
        )
        writer = "SELECT officer_id FROM pairing WHERE id = $1"
        if side is Side.STUDENT:
            writer = "SELECT id FROM staff WHERE external_id = 'teacher' AND $1::uuid IS NOT NULL"
        draft = await letters.hand_in(
            self.parts.office,
            SCOPE,
            pairing_id=pair,
            round_number=number,
            side=side,
            letter=TypedLetter(f"Dear pal, this is letter {number} from the {side}. {WORDS[child]}{more}"),
            language="en",
            uploaded_by=await self._id(writer, pair),
        )
        await self.clock.move([pairing.workflow_id(str(pair))], self.now)
        await self._decide(draft.id, draft.hash, verdict)

    async def _decide(self, draft: UUID, draft_hash: bytes, verdict: Verdict) -> None:
        reason = "Please say how long it held." if verdict is Verdict.RETURN else None
        decided = await letters.decide(
            self.parts.office,
            SCOPE,
            draft_id=draft,
            draft_hash=draft_hash,
            verdict=verdict,
            decided_by=await self._id("SELECT id FROM staff WHERE external_id = 'reader'"),
            reason_for_child=reason,
            reason_for_adult=reason,
        )
        if decided.tell is not None:
            assert await self.parts.teller.tell(SCOPE, decided.tell)
        if decided.opened is not None:
            await self._close(decided.opened.case)

    async def _close(self, case: CaseRecord) -> None:
        """Nobody saw harm in the end: the letter goes on."""
        office, referrals = self.parts.office, Referrals(self.parts.client)
        await referrals.start_at_once(PROGRAM, case.id)
        for reader in ("teacher", "reader"):
            by = await self._id("SELECT id FROM staff WHERE external_id = $1", reader)
            await cases.attest(office, SCOPE, case_id=case.id, by=by, reported_at=None)
        await referrals.attested(case.id)
        await self.parts.client.get_workflow_handle(referral.workflow_id(str(case.id))).result()
        by = await self._id("SELECT id FROM staff WHERE external_id = 'counselor'")
        done = await closing.close(
            office, SCOPE, case_id=case.id, by=by, word=closing.Word(LetterOutcome.DELIVER)
        )
        for tell in done.tells:
            assert await self.parts.teller.tell(SCOPE, tell)

    async def _reach(self, day: date, at: time) -> None:
        """Evening by evening, so that the database knows what time it is when something is due."""
        target = self.calendar.instant(day, at)
        evening = self.calendar.instant(self.now.date(), EVENING)
        while (evening := evening + timedelta(days=1)) < target:
            if self._is_due_before(evening):
                await self._move(evening)
        await self._move(target)

    def _is_due_before(self, evening: datetime) -> bool:
        """Whether a letter is due, or a pack closes, on this day."""
        day = evening.astimezone(self.calendar.zone).date()
        due = {day for one in self.program.rounds for day in (one.students_due, one.officers_due)}
        return day in due | {one.opens_on - timedelta(days=1) for one in self.program.rounds}

    async def _move(self, to: datetime) -> None:
        self.now = to
        await self.clock.turn_to(to)
        self.running -= await self.clock.move(sorted(self.running), to)

    async def _until(self, reached: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await reached():  # noqa: ASYNC110 - the event is in the database
                await asyncio.sleep(0.05)

    async def _id(self, query: str, *values: object) -> UUID:
        found = await self.admin.fetchval(query, *values)
        assert isinstance(found, UUID)
        return found

    async def _count(self, query: str) -> int:
        count = await self.admin.fetchval(query)
        assert isinstance(count, int)
        return count


@asynccontextmanager
async def served(client: Client, url: str, admin_url: str, catcher: MailCatcher) -> AsyncIterator[Town]:
    """The town with a worker for it."""
    smtp = SmtpSettings(
        port=catcher.smtp_port, security="none", from_address="pals@bluepals.example", per_minute=60_000
    )
    async with AsyncExitStack() as running:
        admin = await asyncpg.connect(admin_url)
        running.push_async_callback(admin.close)
        parts = await running.enter_async_context(assembled(settings(url), client))
        postbox = Postbox(smtp)
        running.push_async_callback(postbox.close)
        await running.enter_async_context(worker(parts, postbox, build_id=""))
        yield Town(parts, admin, VirtualClock(client, admin, PROGRAM))
