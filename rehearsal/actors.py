"""The people of the year: they write, forget, write late, read, return, come to the visit. By dice and rates.

They use the functions that the desk and the commands use; what happens then is the service's own doing.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.domain.program import Program, RoundDates
from bluepals.domain.screening import Risk
from bluepals.facts import letters, visits
from bluepals.store.database import Scope
from bluepals.store.letters import WaitingDraft
from rehearsal.cast import Couple, Staff
from rehearsal.dice import Dice
from rehearsal.letters import Pen, Sample
from rehearsal.rates import Rates
from service.parts import Parts

WRITING_DAYS = 5  # school days before a date in which letters come in
LATE_DAYS = 6

Act = Callable[[], Awaitable[None]]
Meet = Callable[[UUID], Awaitable[None]]  # bring this pairing's workflow to the present


@dataclass
class Actors:
    parts: Parts
    program: Program
    staff: Staff
    couples: Sequence[Couple]
    rates: Rates
    dice: Dice
    meet: Meet
    agenda: dict[date, list[Act]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._scope = Scope.whole(self.program.id)
        self._calendar = SchoolCalendar.of(self.program)
        self._pen = Pen(self.dice)
        self._by_id = {couple.pairing_id: couple for couple in self.couples}
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
                self.agenda[day].append(partial(self._write, couple, side, dates.number, sample))

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

    async def act(self, day: date) -> None:
        for act in self.agenda.pop(day, ()):
            await act()

    async def _write(self, couple: Couple, side: Side, round_number: int, sample: Sample) -> None:
        hands_in = couple.officer_id
        if side is Side.STUDENT:
            hands_in = self.staff.teachers[couple.school, couple.class_name]
        await letters.hand_in(
            self.parts.office,
            self._scope,
            pairing_id=couple.pairing_id,
            round_number=round_number,
            side=side,
            letter=TypedLetter(self._pen.written(sample, couple)),
            language=sample.language,
            uploaded_by=hands_in,
        )

    async def read(self, today: date) -> None:
        """The moderators of each school share what waits."""
        for number, draft in enumerate(await letters.waiting(self.parts.office, self._scope)):
            readers = (
                self.staff.readers[draft.school] if draft.school else next(iter(self.staff.readers.values()))
            )
            await self._decide(draft, readers[number % len(readers)], today)

    async def _decide(self, draft: WaitingDraft, reader: UUID, today: date) -> None:
        """Contact details are returned, a great worry goes to the counselor; the reader sees the filter's marks."""
        opened = await letters.read(self.parts.office, self._scope, draft.draft_id)
        verdict = Verdict.APPROVE
        if opened.risk is Risk.HIGH:
            verdict = Verdict.REFER
        elif any(mark.kind != "worry" for mark in opened.marks):
            verdict = Verdict.RETURN
        if draft.pairing_id is not None:
            await self.meet(draft.pairing_id)
        decided = await letters.decide(
            self.parts.office,
            self._scope,
            draft_id=draft.draft_id,
            draft_hash=draft.hash,
            verdict=verdict,
            decided_by=reader,
            reason_for_child="Please leave out phone numbers, addresses and accounts."
            if verdict is Verdict.RETURN
            else None,
            reason_for_adult="It holds contact details; please send it without them."
            if verdict is Verdict.RETURN
            else None,
        )
        if decided.tell is not None:
            await self.parts.teller.tell(self._scope, decided.tell)
        if verdict is Verdict.RETURN and draft.pairing_id is not None and draft.round_number is not None:
            couple = self._by_id[draft.pairing_id]
            again = self._calendar.add_school_days(today, 2)
            sample = self._pen.second_draft(couple, draft.side, draft.round_number)
            self.agenda[again].append(partial(self._write, couple, draft.side, draft.round_number, sample))

    def plan_visit(self, visit: date) -> None:
        """Answers in the week after the invitation, attendance on the day."""
        invited = visit - timedelta(days=self.program.policy.invitation_days)
        for couple in self.couples:
            luck = self.dice.roll("visit", couple.key)
            if luck >= self.rates.visit_yes + self.rates.visit_no:
                continue
            says = "yes" if luck < self.rates.visit_yes else "no"
            day = self._calendar.add_school_days(
                invited, 1 + int(self.dice.roll("answer", couple.key) * WRITING_DAYS)
            )
            self.agenda[day].append(
                partial(visits.answer, self.parts.office, self._scope, couple.pairing_id, says)
            )
            if says == "yes":
                came = self.dice.happens(self.rates.visit_come, "came", couple.key)
                self.agenda[visit].append(
                    partial(visits.attend, self.parts.office, self._scope, couple.pairing_id, came=came)
                )
