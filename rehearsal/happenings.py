"""What life brings, done: by the facts that the command line and the desk commit."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.letters import Side
from bluepals.domain.people import ConsentScope
from bluepals.domain.program import Program
from bluepals.facts import carry_over, consents, leaving, moves, pauses, roster, visits
from bluepals.facts.pauses import Choice, PauseRefused
from bluepals.facts.roster import Roster
from bluepals.store import leaving as records
from bluepals.store import people
from bluepals.store.carry_over import past_pairs
from bluepals.store.database import Scope
from bluepals.store.endings import Reason
from bluepals.store.pauses import Target, What
from rehearsal.cast import Staff
from rehearsal.dice import Dice
from rehearsal.life import (
    ChildDies,
    ChildLeaves,
    ChildTransfers,
    ConsentWithdrawn,
    Event,
    LateChildren,
    OfficerGoes,
    SchoolsClose,
    SchoolsOpen,
    VisitMoves,
)
from service.parts import Parts
from workflows.api.visit_day import MoveVisit, workflow_id
from workflows.visit_day import VisitDay

SNOW, EPIDEMIC = "snow", "the schools are closed"
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

    async def bring(self, event: Event) -> None:
        match event:
            case SchoolsClose(school):
                await self._close(school)
            case SchoolsOpen(school):
                await self._open(school)
            case LateChildren(late):
                await self._come_late(late)
            case OfficerGoes(officer, reason):
                await self._officer_goes(officer, reason)
            case ConsentWithdrawn(student):
                await consents.withdraw(
                    self.parts.office, self._scope, student, ConsentScope.LETTERS, by=self.staff.coordinator
                )
            case ChildLeaves(student):
                await moves.leave(self.parts.office, self._scope, student, by=self.staff.coordinator)
            case ChildTransfers(student):
                await self._transfer(student)
            case ChildDies(student):
                await self._child_dies(student)
            case VisitMoves(school):
                await self._move_visit(self.program.program_year_id(school))

    async def _close(self, school: str | None) -> None:
        reason = EPIDEMIC if school is None else SNOW
        target = Target(school=school)
        await pauses.pause(
            self.parts.office, self._scope, target, list(What), reason=reason, by=self.staff.coordinator
        )

    async def _open(self, school: str | None) -> None:
        """Rounds that no longer fit are shortened; where too few days are left they are dropped."""
        if not await self._resume(Target(school=school), Choice.SHORTEN):
            await self._resume(Target(school=school), Choice.DROP)

    async def _resume(self, target: Target, choice: Choice) -> bool:
        this = (self.parts.office, self._scope, target, list(What))
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
        """As `visit move` does it, unless it rests or no later day is left."""
        async with self.parts.database.transaction(self._scope) as connection:
            day = await connection.fetchval(
                "SELECT visit_on FROM program_year WHERE id = $1 AND visit_is_ahead(id)"
                " AND NOT is_paused('visits', program_id, school_id, NULL, NULL)",
                program_year,
            )
        later = day and self._calendar.add_school_days(day, LATER)
        if later is None or later >= self.program.year.last_day:
            return
        workflow = workflow_id(program_year)
        await self.wake([workflow])
        await visits.give_reason(self.parts.office, self._scope, program_year, "Snow is forecast.")
        handle = self.parts.client.get_workflow_handle(workflow)
        await handle.execute_update(VisitDay.move_visit, MoveVisit(later.isoformat()))
