"""The people of the year: they write, forget, write late, read, return, come to the visit. By dice and rates.

They use the functions that the desk and the commands use; what happens then is the service's own doing.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.cases import Concern
from bluepals.domain.letters import Letter, Side, TypedLetter, Verdict
from bluepals.domain.program import Program
from bluepals.domain.screening import Risk
from bluepals.domain.survey import QUESTIONS, Answers, Reply
from bluepals.facts import letters, visits
from bluepals.facts import surveys as survey_facts
from bluepals.facts.visit_hosts import host_now
from bluepals.store import surveys, visit_hosts
from bluepals.store.database import Scope
from bluepals.store.letters import NotTaken, OpenedDraft, WaitingDraft
from rehearsal.cast import Couple, Invited, LetterToCome, Staff, changes, couples, invited, letters_to_come
from rehearsal.dice import Dice
from rehearsal.handwriting import handwritten
from rehearsal.pen import Pen, Sample
from rehearsal.rates import LifeRates, Rates
from service.parts import Parts
from service.referrals import Referrals

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


@dataclass
class Actors:
    parts: Parts
    program: Program
    staff: Staff
    rates: Rates
    life: LifeRates
    dice: Dice
    meet: Meet
    writings: dict[date, list[Writing]] = field(default_factory=dict)
    second_drafts: dict[date, list[Writing]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._scope = Scope.whole(self.program.id)
        self._calendar = SchoolCalendar.of(self.program)
        self._pen = Pen(self.dice)
        self._referrals = Referrals(self.parts.client)
        self._couples: dict[UUID, Couple] = {}
        self._seen: tuple[int, ...] | None = None
        self._places = asyncio.Semaphore(AT_ONCE)

    async def plan(self, today: date) -> None:
        """When each letter will be handed in; anew when dates have changed or people have come or gone."""
        async with self.parts.database.transaction(self._scope) as connection:
            seen = await changes(connection)
            if seen == self._seen:
                return
            self._seen = seen
            self._couples = {one.pairing_id: one for one in await couples(connection)}
            to_come = await letters_to_come(connection, self.program.timezone)
        self.writings = defaultdict(list)
        for letter in sorted(to_come, key=self._in_order):
            if (day := self._writing_day(letter)) is not None:
                self.writings[max(day, today)].append(self._writing(letter))

    def _in_order(self, letter: LetterToCome) -> tuple[str, str, Side, int]:
        """Of the schools' own ids: those of the database differ from rehearsal to rehearsal."""
        couple = self._couples[letter.pairing_id]
        return couple.key, couple.officer_key, letter.side, letter.round_number

    def _writing(self, letter: LetterToCome) -> Writing:
        couple, side, number = self._couples[letter.pairing_id], letter.side, letter.round_number
        scanned = side is Side.STUDENT and self.dice.happens(
            self.rates.scanned, "scanned", couple.key, number
        )
        return Writing(couple, side, number, self._pen.first_draft(couple, side, number), scanned)

    def _writing_day(self, letter: LetterToCome) -> date | None:
        couple, rates = self._couples[letter.pairing_id], self.rates
        on_time, late = (
            (rates.student_on_time, rates.student_late)
            if letter.side is Side.STUDENT
            else (rates.officer_on_time, rates.officer_late)
        )
        about = (letter.side, couple.key, couple.officer_key, letter.round_number)
        luck, days = self.dice.roll("writes", *about), self.dice.roll("day", *about)
        if luck < on_time:
            return self._calendar.add_school_days(letter.due, -int(days * WRITING_DAYS))
        if luck < on_time + late:
            return self._calendar.add_school_days(letter.due, 1 + int(days * LATE_DAYS))
        return None

    async def act(self, day: date) -> None:
        """Everybody who had planned something for this day."""
        await self.plan(day)
        written = [*self.writings.pop(day, ()), *self.second_drafts.pop(day, ())]
        await self._side_by_side(self._write(one) for one in written)
        await self._guests_reply(day)
        await self._hosts_reply(day)
        await self._answer_surveys()

    async def read(self, today: date) -> None:
        """The moderators of each school share what waits."""
        waiting = sorted(await letters.waiting(self.parts.office, self._scope), key=self._pile)
        await self.meet({draft.pairing_id for draft in waiting if draft.pairing_id is not None})
        await self._side_by_side(
            self._decide(draft, self._reader(draft, number), today) for number, draft in enumerate(waiting)
        )

    def _pile(self, draft: WaitingDraft) -> tuple[str, ...]:
        couple = self._couples.get(draft.pairing_id) if draft.pairing_id else None
        return (couple.key, couple.officer_key, draft.side, str(draft.round_number)) if couple else ()

    async def _side_by_side(self, deeds: Iterator[Awaitable[None]]) -> None:
        async def in_place(deed: Awaitable[None]) -> None:
            async with self._places:
                await deed

        await asyncio.gather(*(in_place(deed) for deed in deeds))

    async def _write(self, writing: Writing) -> None:
        couple = self._couples[writing.couple.pairing_id]
        if couple.ended:
            return
        hands_in = couple.officer_id
        if writing.side is Side.STUDENT:
            hands_in = self.staff.teachers[couple.school, couple.class_name]
        text = self._pen.written(writing.sample, couple)
        letter: Letter = await handwritten(text) if writing.scanned else TypedLetter(text)
        with suppress(NotTaken):  # Whose letters rest is told so on the page.
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

    async def _guests_reply(self, day: date) -> None:
        """Officers say in the week after the invitation whether they come, and come; for the others a host is sought."""
        async with self.parts.database.transaction(self._scope) as connection:
            asked = await invited(connection, self.program.timezone)
        await self._side_by_side(self._guest_replies(one, day) for one in asked)
        for one in asked:
            if one.answer == "yes" and one.visit_on == day and not self._comes(one):
                await self._find_host(one.pairing_id)

    async def _guest_replies(self, one: Invited, day: date) -> None:
        about = (one.key, one.officer_key, one.moves)
        wait = 1 + int(self.dice.roll("answer", *about) * WRITING_DAYS)
        if one.visit_on == day:
            if one.answer == "yes":
                await visits.attend(self.parts.office, self._scope, one.pairing_id, came=self._comes(one))
        elif one.answer is None and self._calendar.add_school_days(one.invited_on, wait) <= day:
            shares = {"yes": self.rates.visit_yes, "no": self.rates.visit_no}
            if says := self.dice.share(shares, "visit", *about):
                await visits.answer(self.parts.office, self._scope, one.pairing_id, says)

    def _comes(self, one: Invited) -> bool:
        return self.dice.happens(self.rates.visit_come, "came", one.key, one.officer_key)

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

    async def _find_host(self, pairing_id: UUID) -> None:
        with suppress(NotTaken):  # Nobody is there who could.
            await host_now(self.parts.office, self._scope, pairing_id)

    async def _answer_surveys(self) -> None:
        """Officers and teachers, on the day after they were asked; those who say nothing then say nothing."""
        years = [self.program.program_year_id(school.id) for school in self.program.schools]
        async with self.parts.database.transaction(self._scope) as connection:
            asked = {one.person: one for year in years for one in await surveys.asked(connection, year)}
        for one in asked.values():
            if not one.answered and self.dice.happens(self.life.survey_answered, "survey", one.email):
                replies = {
                    question.key: self.dice.pick(list(Reply), "reply", one.email, question.key)
                    for question in QUESTIONS[one.taker]
                }
                await survey_facts.answer(
                    self.parts.office, self._scope, one.person, Answers(replies, remark=None)
                )

    def _reader(self, draft: WaitingDraft, number: int) -> UUID:
        readers = self.staff.readers[draft.school] if draft.school else self.staff.all_readers
        return readers[number % len(readers)]

    async def _decide(self, draft: WaitingDraft, reader: UUID, today: date) -> None:
        verdict, concern = await self._verdict(draft)
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
            concern=concern,
        )
        if decided.opened is not None and decided.opened.has_stopwatch:
            case = decided.opened.case
            await self._referrals.start_at_once(self.program.id, case.id)
        if decided.tell is not None:
            await self.parts.teller.tell(self._scope, decided.tell)
        if returned and draft.pairing_id is not None and draft.round_number is not None:
            self.plan_second_draft(draft.pairing_id, draft.side, draft.round_number, today)

    async def _verdict(self, draft: WaitingDraft) -> tuple[Verdict, Concern]:
        """Contact details are returned, a worry goes through its door; the reader sees the filter's marks."""
        opened = await letters.read(self.parts.office, self._scope, draft.draft_id)
        if opened.risk is Risk.HIGH:
            return Verdict.REFER, Concern.HARM
        if any(mark.kind != "worry" for mark in opened.marks):
            return Verdict.RETURN, Concern.UNSURE
        if concern := self._worry(draft, opened):
            return Verdict.REFER, concern
        return Verdict.APPROVE, Concern.UNSURE

    def _worry(self, draft: WaitingDraft, opened: OpenedDraft) -> Concern | None:
        """What is between the lines: by dice, once for each letter's words."""
        if draft.pairing_id is None:
            return None
        couple, life = self._couples[draft.pairing_id], self.life
        doors = (
            {Concern.SAD: life.sad, Concern.FAMILY: life.family, Concern.HARM: life.harm}
            if draft.side is Side.STUDENT
            else {Concern.CONDUCT: life.conduct}
        )
        said = opened.letter.text if isinstance(opened.letter, TypedLetter) else "pages"
        return self.dice.share(
            doors, "worry", couple.key, couple.officer_key, draft.side, draft.round_number, said
        )

    def plan_second_draft(self, pairing_id: UUID, side: Side, round_number: int, today: date) -> None:
        couple = self._couples[pairing_id]
        sample = self._pen.second_draft(couple, side, round_number)
        day = self._calendar.add_school_days(today, 2)
        self.second_drafts[day].append(Writing(couple, side, round_number, sample))
