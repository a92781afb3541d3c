"""What life brings, done: by the facts that the command line and the desk commit."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from temporalio.client import WorkflowHandle

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Side
from bluepals.domain.people import ConsentScope
from bluepals.domain.program import Program
from bluepals.domain.visit_plan import VisitState
from bluepals.facts import carry_over, consents, declining, erasure, leaving, moves, pauses, roster, visits
from bluepals.facts.endings import EndingRefused
from bluepals.facts.pauses import Choice, PauseRefused
from bluepals.facts.roster import Roster
from bluepals.store import attention, people
from bluepals.store import leaving as records
from bluepals.store.carry_over import past_pairs
from bluepals.store.database import Scope
from bluepals.store.endings import Reason
from bluepals.store.letters import NotTaken
from bluepals.store.pauses import AlreadyPaused, Target, What
from rehearsal.cast import Staff
from rehearsal.dice import Dice
from rehearsal.life import (
    ChildDies,
    ChildLeaves,
    ChildStays,
    ChildTransfers,
    ConsentWithdrawn,
    Event,
    FamilyErases,
    LateChildren,
    LettersGoOn,
    LettersRest,
    OfficerGoes,
    SchoolsClose,
    SchoolsOpen,
    ToPeople,
    VisitCalledOff,
    VisitMoves,
)
from service.parts import Parts
from workflows.api.visit_day import CallOffVisit, MoveVisit, workflow_id
from workflows.visit_day import VisitDay

SNOW, EPIDEMIC, AWAY = "snow", "the schools are closed", "they are away"
LATER = 3  # school days by which a visit moves

Wake = Callable[[Sequence[str]], Awaitable[None]]  # bring these workflows to the present
MatchAgain = Callable[[], Awaitable[None]]


@dataclass
class Happenings:
    parts: Parts
    program: Program
    staff: Staff
    dice: Dice
    wake: Wake
    match_again: MatchAgain

    def __post_init__(self) -> None:
        self._scope = Scope.whole(self.program.id)
        self._calendar = SchoolCalendar.of(self.program)
        self._resting: dict[LettersRest, Target] = {}

    async def bring(self, event: Event) -> None:
        match event:
            case SchoolsClose(school):
                await self._close(school)
            case SchoolsOpen(school):
                await self._open(school)
            case LettersRest():
                await self._rest(event)
            case LettersGoOn(rest):
                if target := self._resting.pop(rest, None):
                    await self._resume(target, [What.LETTERS], Choice.DROP)
            case VisitMoves(school):
                await self._move_visit(self.program.program_year_id(school))
            case VisitCalledOff(school, read_aloud):
                await self._call_off_visit(self.program.program_year_id(school), read_aloud=read_aloud)
            case _:
                await self._bring_to_people(event)

    async def _bring_to_people(self, event: ToPeople) -> None:
        this, by = (self.parts.office, self._scope), self.staff.coordinator
        match event:
            case LateChildren(late):
                await self._come_late(late)
            case OfficerGoes(officer, reason):
                await self._officer_goes(officer, reason)
            case ConsentWithdrawn(student):
                await consents.withdraw(*this, student, ConsentScope.LETTERS, by=by)
            case FamilyErases(student):
                await self._erase(student)
            case ChildLeaves(student):
                await moves.leave(*this, student, by=by)
            case ChildStays(student):
                with suppress(EndingRefused):  # A farewell has gone out by now.
                    await moves.take_back(*this, student, by=by)
            case ChildTransfers(student):
                await self._transfer(student)
            case ChildDies(student):
                await self._child_dies(student)

    async def decline(self, rate: float) -> None:
        """Families and officers who would rather not, of the pairs that are asked; they give no reason."""
        async with self.parts.database.transaction(self._scope) as connection:
            asked = await connection.fetch(
                "SELECT pairing.id, student_id, officer_id, student.external_id AS student, officer.external_id AS officer"
                " FROM pairing JOIN student ON student.id = student_id JOIN officer ON officer.id = officer_id"
                " WHERE introduced_at IS NULL AND ended_at IS NULL ORDER BY student.external_id"
            )
        for one in asked:
            about = (one["student"], one["officer"])
            if self.dice.happens(rate, "declines", *about):
                by = (
                    one["student_id"] if self.dice.happens(0.5, "who declines", *about) else one["officer_id"]
                )
                await declining.decline(self.parts.office, self._scope, one["id"], by=by)

    async def has_declined(self) -> bool:
        """Whether somebody waits for another pal because of that."""
        async with self.parts.database.transaction(self._scope) as connection:
            return any(call.kind == "declined" for call in await attention.open_calls(connection))

    async def _close(self, school: str | None) -> None:
        reason = EPIDEMIC if school is None else SNOW
        target = Target(school=school)
        await pauses.pause(
            self.parts.office, self._scope, target, list(What), reason=reason, by=self.staff.coordinator
        )

    async def _open(self, school: str | None) -> None:
        """Rounds that no longer fit are shortened; where too few days are left they are dropped."""
        if not await self._resume(Target(school=school), list(What), Choice.SHORTEN):
            await self._resume(Target(school=school), list(What), Choice.DROP)

    async def _rest(self, rest: LettersRest) -> None:
        """Of the agency, or of the child's pairing, unless it rests already or has ended."""
        target = Target(agency=rest.agency, pairing_id=await self._living_pairing(rest.student))
        if target == Target():
            return
        with suppress(AlreadyPaused):
            await pauses.pause(
                self.parts.office,
                self._scope,
                target,
                [What.LETTERS],
                reason=AWAY,
                by=self.staff.coordinator,
            )
            self._resting[rest] = target

    async def _living_pairing(self, student: str | None) -> UUID | None:
        async with self.parts.database.transaction(self._scope) as connection:
            found: UUID | None = await connection.fetchval(
                "SELECT pairing.id FROM pairing JOIN student ON student.id = student_id"
                " WHERE external_id = $1 AND ended_at IS NULL",
                student,
            )
        return found

    async def _resume(self, target: Target, whats: Sequence[What], choice: Choice) -> bool:
        this = (self.parts.office, self._scope, target, whats)
        by = self.staff.coordinator
        seen = await pauses.preview(*this, {}, by=by)
        choices = {one.number: choice for one in seen.unfit}
        try:
            seen = await pauses.preview(*this, choices, by=by)
            await pauses.resume(*this, choices, by=by, agreed=seen.agreement)
        except PauseRefused:
            return False
        return True

    async def _come_late(self, late: Roster) -> None:
        await roster.apply(self.parts.office, late)
        await self.match_again()

    async def _officer_goes(self, officer: str, reason: Reason) -> None:
        async with self.parts.database.transaction(self._scope) as connection:
            whom = await people.officer_id(connection, officer)
        this, by = (self.parts.office, self._scope, whom), self.staff.coordinator
        match reason:
            case Reason.STOPPED:
                await leaving.stop(*this, by=by)
            case Reason.OFFICER_DIED:
                await leaving.officer_died(*this, by=by)
            case _:
                await leaving.leave(*this, reason, by=by)

    async def _child_dies(self, student: str) -> None:
        async with self.parts.database.transaction(self._scope) as connection:
            whom = await records.student(connection, student)
        await leaving.student_died(self.parts.office, self._scope, whom, by=self.staff.coordinator)

    async def _erase(self, student: str) -> None:
        """Asked for by the family, and confirmed; not while a case about the child is open."""
        await erasure.request_by_family(self.parts.office, self._scope, student)
        with suppress(NotTaken):
            await erasure.confirm(self.parts.office, self._scope, student, by=self.staff.coordinator)

    async def go_on_next_year(self, next_year: Roster, wants: float) -> None:
        """After a year that closed while its letters rested: pairs that both want go on in one with other children."""
        by, office = self.staff.coordinator, self.parts.office
        async with self.parts.database.transaction(self._scope) as connection:
            pairs = await past_pairs(connection)
        for pair in pairs:
            for side in Side:
                wish = self.dice.happens(wants, "next year", pair.student, pair.officer, side)
                await carry_over.say(office, self._scope, pair.pairing_id, side, wants=wish, by=by)
        await roster.apply(office, replace(next_year, students=()))
        await carry_over.carry(office, self._scope, by=by)

    async def _transfer(self, student: str) -> None:
        """To a class of another school that has a teacher."""
        async with self.parts.database.transaction(self._scope) as connection:
            school = await connection.fetchval(
                "SELECT school_id FROM student WHERE external_id = $1", student
            )
        classes = [of for of in sorted(self.staff.teachers) if of[0] != school]
        school, class_name = self.dice.pick(classes, "transfers to", student)
        await moves.transfer(self.parts.office, self._scope, student, school=school, class_name=class_name)

    async def _move_visit(self, program_year: str) -> None:
        """As `visit move` does it, also after it was called off, unless it rests or no later day is left."""
        day = await self._visit_ahead(program_year, [VisitState.PLANNED, VisitState.CALLED_OFF])
        later = day and self._calendar.add_school_days(day, LATER)
        if later is None or later >= self.program.year.last_day:
            return
        handle = await self._visit_knows_why(program_year)
        await handle.execute_update(VisitDay.move_visit, MoveVisit(later.isoformat()))

    async def _call_off_visit(self, program_year: str, *, read_aloud: bool) -> None:
        if await self._visit_ahead(program_year, [VisitState.PLANNED]):
            handle = await self._visit_knows_why(program_year)
            await handle.execute_update(VisitDay.call_off_visit, CallOffVisit(read_aloud))

    async def _visit_ahead(self, program_year: str, states: Sequence[VisitState]) -> date | None:
        """Its day; None: it is over, or in another state, or rests."""
        async with self.parts.database.transaction(self._scope) as connection:
            day: date | None = await connection.fetchval(
                "SELECT visit_on FROM program_year WHERE id = $1 AND visit_on >= program_today()"
                " AND visit_state = ANY ($2) AND NOT is_paused('visits', program_id, school_id, NULL, NULL)",
                program_year,
                list(states),
            )
        return day

    async def _visit_knows_why(self, program_year: str) -> WorkflowHandle[VisitDay, int]:
        """Its workflow, at the present, once the reason for a change is on record."""
        workflow = workflow_id(program_year)
        await self.wake([workflow])
        await visits.give_reason(self.parts.office, self._scope, program_year, "Snow is forecast.")
        return self.parts.client.get_workflow_handle_for(VisitDay.run, workflow)
