"""The people who decide what is open: coordinator, counselor, liaison, and whoever has read a letter of a case."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.cases import Concern, LetterOutcome, OfficerOutcome
from bluepals.domain.letters import Side
from bluepals.domain.people import Role
from bluepals.domain.program import Program
from bluepals.domain.silence import Rung
from bluepals.facts import cases, closing, leaving, replacements, silence
from bluepals.facts.closing import Word
from bluepals.store import attention, people
from bluepals.store import silence as silences
from bluepals.store.database import Scope
from bluepals.store.endings import Reason
from rehearsal.cast import OpenCase, ProposedReserve, Staff, keys_of_pairings, open_cases, proposed_reserves
from rehearsal.dice import Dice
from rehearsal.rates import LifeRates
from service.parts import Parts
from service.referrals import Referrals

LOOK_AGAIN = 3  # school days after a counselor's plan
REASON = "Please write about your own days, and leave the family's out."

WriteAgain = Callable[[UUID, Side, int, date], None]
Settle = Callable[[], Awaitable[None]]  # until what was decided has been followed up


@dataclass
class Deciders:
    parts: Parts
    program: Program
    staff: Staff
    life: LifeRates
    dice: Dice
    write_again: WriteAgain
    settle: Settle

    def __post_init__(self) -> None:
        self._scope = Scope.whole(self.program.id)
        self._calendar = SchoolCalendar.of(self.program)
        self._referrals = Referrals(self.parts.client)

    async def decide(self, today: date) -> None:
        """About all that is open: letters that worry someone, next officers, officers who are silent."""
        async with self.parts.database.transaction(self._scope) as connection:
            worries = await open_cases(connection, self.program.timezone)
            proposed = await proposed_reserves(connection)
            called = any(call.kind == silence.KIND for call in await attention.open_calls(connection))
        for case in worries:
            await self._look_at(case, today)
        for one in proposed:
            await self._about_reserve(one)
        if called:
            await self._about_silences(today)

    # A letter that worries someone.

    async def _look_at(self, case: OpenCase, today: date) -> None:
        """Attested at once, planned and closed by the counselor on later days; conduct is decided by two."""
        if case.readers:
            await self._attest(case)
        elif case.opened_on < today:
            match case.kind:
                case Concern.CONDUCT:
                    await self._about_conduct(case)
                case Concern.HARM:
                    await self._close(case, Role.COUNSELOR, Word(LetterOutcome.KEEP))
                case _:
                    await self._support(case, today)

    async def _attest(self, case: OpenCase) -> None:
        """Who read it says so for themselves; of whether there was cause nothing is told here."""
        for reader in case.readers:
            await cases.attest(self.parts.office, self._scope, case_id=case.id, by=reader, reported_at=None)
        await self._referrals.attested(case.id)

    async def _support(self, case: OpenCase, today: date) -> None:
        if case.look_again_on is None:
            async with self.parts.database.transaction(self._scope) as connection:
                counselor = (await people.staff(connection, Role.COUNSELOR, school=case.school))[0]
                partners = [one.name for one in await people.partners(connection)]
            await cases.plan(
                self.parts.office,
                self._scope,
                case_id=case.id,
                by=counselor.id,
                look_again_on=self._calendar.add_school_days(today, LOOK_AGAIN),
                partners=partners[:1],
            )
        elif case.look_again_on <= today:
            await self._close(case, Role.COUNSELOR, self._word(case, today))

    def _word(self, case: OpenCase, today: date) -> Word:
        """A family's trouble is left out, or counsel has said that it may stay."""
        if case.kind is Concern.FAMILY and self.dice.happens(0.5, "left out", case.key, case.round_number):
            self.write_again(case.pairing_id, case.side, case.round_number, today)
            return Word(LetterOutcome.RETURN, reason_for_child=REASON, reason_for_adult=REASON)
        asked_on = case.opened_on if case.kind is Concern.FAMILY else None
        return Word(LetterOutcome.DELIVER, counsel_asked_on=asked_on)

    async def _about_conduct(self, case: OpenCase) -> None:
        resumes = self.dice.happens(0.5, "resumes", case.officer_key)
        word = Word(LetterOutcome.KEEP, OfficerOutcome.RESUMES if resumes else OfficerOutcome.LEAVES)
        for role in (Role.COORDINATOR, Role.LIAISON):
            await self._close(case, role, word)

    async def _close(self, case: OpenCase, role: Role, word: Word) -> None:
        async with self.parts.database.transaction(self._scope) as connection:
            who = (await people.staff(connection, role, school=case.school, agency=case.agency))[0]
        done = await closing.close(self.parts.office, self._scope, case_id=case.id, by=who.id, word=word)
        await self.parts.teller.tell_all(self._scope, done.tells)
        await self.settle()

    # A next officer.

    async def _about_reserve(self, one: ProposedReserve) -> None:
        office, by = self.parts.office, self.staff.coordinator
        if self.dice.happens(self.life.reserve_rejected, "rejected", one.key, one.reserve):
            why = "They know each other."
            await replacements.reject(office, self._scope, one.replacement_id, why=why, by=by)
        else:
            await replacements.approve(office, self._scope, one.replacement_id, by=by)

    # An officer who is silent.

    async def _about_silences(self, today: date) -> None:
        async with self.parts.database.transaction(self._scope) as connection:
            silent = await silences.silent_sides(connection)
            keys = await keys_of_pairings(connection)
        officers = [one for one in silent if one.silence.side is Side.OFFICER]
        for one in sorted(officers, key=lambda one: keys[one.pairing_id]):
            reached = one.silence.reached
            if Rung.TO_DECIDE in reached and reached[Rung.TO_DECIDE] == today:
                await self._replace_or_wait(one.pairing_id, keys[one.pairing_id])
            elif Rung.WARNING_PROPOSED in reached and Rung.WARNED not in reached:
                await silence.warn(self.parts.office, self._scope, one.pairing_id, by=self.staff.coordinator)

    async def _replace_or_wait(self, pairing_id: UUID, key: Sequence[str]) -> None:
        office, by = self.parts.office, self.staff.coordinator
        if self.dice.happens(self.life.silence_replaced, "silent", *key):
            await leaving.begin(office, self._scope, pairing_id, Reason.SILENCE, by=by)
            await self.settle()
        else:
            await silence.give_more_time(office, self._scope, pairing_id, by=by)
