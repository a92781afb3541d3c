"""The people of the year: they write, forget, write late, read, return, come to the visit. By dice and rates.

They use the functions that the desk and the commands use; what happens then is the service's own doing.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar, visit_day
from bluepals.domain.cases import LetterOutcome
from bluepals.domain.letters import Letter, Side, TypedLetter, Verdict
from bluepals.domain.people import Role
from bluepals.domain.program import Program, RoundDates
from bluepals.domain.screening import Risk
from bluepals.domain.visit_plan import visit_instants
from bluepals.facts import cases, closing, letters, visits
from bluepals.facts.cases import Opened
from bluepals.facts.closing import Word
from bluepals.facts.visit_hosts import host_now
from bluepals.store import cases as case_store
from bluepals.store import people, visit_hosts
from bluepals.store.database import Scope
from bluepals.store.letters import NotTaken, WaitingDraft
from rehearsal.cast import Couple, Staff
from rehearsal.dice import Dice
from rehearsal.handwriting import handwritten
from rehearsal.pen import Pen, Sample
from rehearsal.rates import Rates
from service.parts import Parts

WRITING_DAYS = 5  # school days before a date in which letters come in
LATE_DAYS = 6
AT_ONCE = 16  # people who act side by side; they mostly wait for answers

CHILDS_REASON = "Please leave out phone numbers, addresses and accounts."
ADULTS_REASON = "It holds contact details; please send it without them."

Meet = Callable[[AbstractSet[UUID]], Awaitable[None]]  # bring these pairings' workflows to the present


@dataclass(frozen=True, slots=True)
class Writing:
    """One letter that somebody will hand in."""

    couple: Couple
    side: Side
    round_number: int
    sample: Sample
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What one officer says to the invitation; None: whether the officer came, on the day."""

    couple: Couple
    says: str | None
    came: bool = False


@dataclass
class Actors:
    parts: Parts
    program: Program
    staff: Staff
    couples: Sequence[Couple]
    rates: Rates
    dice: Dice
    meet: Meet
    writings: dict[date, list[Writing]] = field(default_factory=lambda: defaultdict(list))
    replies: dict[date, list[Reply]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._scope = Scope.whole(self.program.id)
        self._calendar = SchoolCalendar.of(self.program)
        self._pen = Pen(self.dice)
        self._by_id = {couple.pairing_id: couple for couple in self.couples}
        self._places = asyncio.Semaphore(AT_ONCE)
        for couple in self.couples:
            for dates in self.program.rounds:
                if dates.number >= couple.first_round:
                    self._plan_round(couple, dates)

    def _plan_round(self, couple: Couple, dates: RoundDates) -> None:
        rates = self.rates
        for side, due, on_time, late in (
            (Side.STUDENT, dates.students_due, rates.student_on_time, rates.student_late),
            (Side.OFFICER, dates.officers_due, rates.officer_on_time, rates.officer_late),
        ):
            day = self._writing_day(couple, side, due, dates.number, on_time, late)
            if day is not None:
                sample = self._pen.first_draft(couple, side, dates.number)
                scanned = side is Side.STUDENT and self.dice.happens(
                    rates.scanned, "scanned", couple.key, dates.number
                )
                self.writings[day].append(Writing(couple, side, dates.number, sample, scanned))

    def _writing_day(
        self, couple: Couple, side: Side, due: date, round_number: int, on_time: float, late: float
    ) -> date | None:
        about = (side, couple.key, couple.officer_key, round_number)
        luck, days = self.dice.roll("writes", *about), self.dice.roll("day", *about)
        if luck < on_time:
            return self._calendar.add_school_days(due, -int(days * WRITING_DAYS))
        if luck < on_time + late:
            return self._calendar.add_school_days(due, 1 + int(days * LATE_DAYS))
        return None

    def plan_visit(self) -> None:
        """Answers in the week after the invitation and before the visit, attendance on the day."""
        for couple in self.couples:
            visit = visit_day(self.program, couple.school)
            invited = visit_instants(self.program, visit).invite_at.astimezone(self._calendar.zone).date()
            last = self._calendar.add_school_days(visit, -1)
            luck = self.dice.roll("visit", couple.key)
            if luck >= self.rates.visit_yes + self.rates.visit_no:
                continue
            says = "yes" if luck < self.rates.visit_yes else "no"
            wait = 1 + int(self.dice.roll("answer", couple.key) * WRITING_DAYS)
            if (day := min(self._calendar.add_school_days(invited, wait), last)) >= invited:
                self.replies[day].append(Reply(couple, says))
            if says == "yes":
                came = self.dice.happens(self.rates.visit_come, "came", couple.key)
                self.replies[visit].append(Reply(couple, None, came))

    async def act(self, day: date) -> None:
        """Everybody who had planned something for this day."""
        await self._side_by_side(self._write(one) for one in self.writings.pop(day, ()))
        replies = self.replies.pop(day, [])
        await self._side_by_side(self._reply(one) for one in replies)
        await self._hosts_reply(day)
        for one in replies:
            if one.says is None and not one.came:
                await self._find_host(one.couple)

    async def read(self, today: date) -> None:
        """The moderators of each school share what waits."""
        waiting = await letters.waiting(self.parts.office, self._scope)
        await self.meet({draft.pairing_id for draft in waiting if draft.pairing_id is not None})
        await self._side_by_side(
            self._decide(draft, self._reader(draft, number), today) for number, draft in enumerate(waiting)
        )

    async def _side_by_side(self, deeds: Iterator[Awaitable[None]]) -> None:
        async def in_place(deed: Awaitable[None]) -> None:
            async with self._places:
                await deed

        await asyncio.gather(*(in_place(deed) for deed in deeds))

    async def _write(self, writing: Writing) -> None:
        couple = writing.couple
        hands_in = couple.officer_id
        if writing.side is Side.STUDENT:
            hands_in = self.staff.teachers[couple.school, couple.class_name]
        text = self._pen.written(writing.sample, couple)
        letter: Letter = await handwritten(text) if writing.scanned else TypedLetter(text)
        await letters.hand_in(
            self.parts.office,
            self._scope,
            pairing_id=couple.pairing_id,
            round_number=writing.round_number,
            side=writing.side,
            letter=letter,
            language=writing.sample.language,
            uploaded_by=hands_in,
        )

    async def _reply(self, reply: Reply) -> None:
        pairing_id = reply.couple.pairing_id
        if reply.says is not None:
            await visits.answer(self.parts.office, self._scope, pairing_id, reply.says)
        else:
            await visits.attend(self.parts.office, self._scope, pairing_id, came=reply.came)

    async def _hosts_reply(self, day: date) -> None:
        """Reserves say whether they come in place of an officer, and come, as officers do."""
        async with self.parts.database.transaction(self._scope) as connection:
            waiting = await visit_hosts.waiting(connection)
        for one in waiting:
            about = (one.officer_key, one.student_key)
            luck = self.dice.roll("hosts", *about)
            if one.answer == "yes" and one.visit_on == day:
                came = self.dice.happens(self.rates.visit_come, "host came", *about)
                await visits.attend(self.parts.office, self._scope, one.id, came=came)
            elif one.answer is None and luck < self.rates.visit_yes + self.rates.visit_no:
                says = "yes" if luck < self.rates.visit_yes else "no"
                with suppress(NotTaken):  # Somebody else has agreed in the meantime.
                    await visits.answer(self.parts.office, self._scope, one.id, says)

    async def _find_host(self, couple: Couple) -> None:
        with suppress(NotTaken):  # Nobody is there who could.
            await host_now(self.parts.office, self._scope, couple.pairing_id)

    def _reader(self, draft: WaitingDraft, number: int) -> UUID:
        readers = self.staff.readers[draft.school] if draft.school else self.staff.all_readers
        return readers[number % len(readers)]

    async def _decide(self, draft: WaitingDraft, reader: UUID, today: date) -> None:
        verdict = await self._verdict(draft)
        returned = verdict is Verdict.RETURN
        decided = await letters.decide(
            self.parts.office,
            self._scope,
            draft_id=draft.draft_id,
            draft_hash=draft.hash,
            verdict=verdict,
            decided_by=reader,
            reason_for_child=CHILDS_REASON if returned else None,
            reason_for_adult=ADULTS_REASON if returned else None,
        )
        if decided.opened is not None:
            await self._look_after(decided.opened)
        if decided.tell is not None:
            await self.parts.teller.tell(self._scope, decided.tell)
        if returned:
            self._plan_second_draft(draft, today)

    async def _look_after(self, opened: Opened) -> None:
        """Whoever read it says so for themselves at once, and the counselor keeps the letter."""
        office, case = self.parts.office, opened.case
        async with self.parts.database.transaction(self._scope) as connection:
            readers = await case_store.still_to_attest(connection, case.id)
            counselors = await people.staff(connection, Role.COUNSELOR, school=case.school)
        for reader in readers:
            await cases.attest(office, self._scope, case_id=case.id, by=reader.id, reported_at=None)
        for counselor in counselors[:1]:
            word = Word(LetterOutcome.KEEP)
            await closing.close(office, self._scope, case_id=case.id, by=counselor.id, word=word)

    async def _verdict(self, draft: WaitingDraft) -> Verdict:
        """Contact details are returned, a great worry goes to the counselor; the reader sees the filter's marks."""
        opened = await letters.read(self.parts.office, self._scope, draft.draft_id)
        if opened.risk is Risk.HIGH:
            return Verdict.REFER
        if any(mark.kind != "worry" for mark in opened.marks):
            return Verdict.RETURN
        return Verdict.APPROVE

    def _plan_second_draft(self, draft: WaitingDraft, today: date) -> None:
        if draft.pairing_id is None or draft.round_number is None:
            return
        couple = self._by_id[draft.pairing_id]
        sample = self._pen.second_draft(couple, draft.side, draft.round_number)
        day = self._calendar.add_school_days(today, 2)
        self.writings[day].append(Writing(couple, draft.side, draft.round_number, sample))
