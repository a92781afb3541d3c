"""The coordinator's board: what needs a decision, what waits to be read, who waits for a pal, how far the rounds are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bluepals.domain.board import Board
from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.people import Role
from bluepals.facts import board, letters, replacements, silence
from bluepals.facts.desk import NotTheirs, PageClosed
from bluepals.facts.doors import Visitor
from bluepals.facts.office import Office
from bluepals.store import attention, matching, programs
from bluepals.store.attention import Call
from bluepals.store.database import Scope
from bluepals.store.matching import WaitingChild


@dataclass(frozen=True, slots=True)
class CoordinatorAtDesk:
    id: UUID
    scope: Scope


class Step(StrEnum):
    """What one button can answer to a call."""

    APPROVE_OFFICER = "approve the officer"
    REJECT_OFFICER = "reject the officer"
    WARN = "send the warning"
    MORE_TIME = "give more time"


_STEPS: Mapping[str, Sequence[Step]] = {
    "new officer": (Step.APPROVE_OFFICER, Step.REJECT_OFFICER),
    silence.KIND: (Step.WARN, Step.MORE_TIME),
}


@dataclass(frozen=True, slots=True)
class CallOnBoard:
    """`steps`: the buttons; without one the sentence says what to do."""

    call: Call
    since: str
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class CoordinatorsPage:
    """`oldest`: since when the letter has been waiting that has been waiting longest."""

    calls: Sequence[CallOnBoard]
    to_read: int
    oldest: str | None
    without_pal: Sequence[WaitingChild]
    board: Board


def coordinator_at_desk(visitor: Visitor) -> CoordinatorAtDesk:
    """Raises PageClosed."""
    if visitor.staff is None or Role.COORDINATOR not in visitor.roles:
        raise PageClosed("This page is for the program's coordinators.")
    return CoordinatorAtDesk(visitor.staff, Scope.whole(visitor.program))


async def coordinators_page(office: Office, coordinator: CoordinatorAtDesk) -> CoordinatorsPage:
    async with office.database.transaction(coordinator.scope) as connection:
        calendar = SchoolCalendar.of(await programs.load(connection))
        calls = await attention.open_calls(connection)
        without_pal = await matching.waiting_children(connection)
    waiting = await letters.waiting(office, coordinator.scope)
    oldest = min((one.received_at for one in waiting), default=None)
    return CoordinatorsPage(
        calls=[
            CallOnBoard(
                one, calendar.label(one.opened_at), _STEPS.get(one.kind, ()) if one.subject_id else ()
            )
            for one in calls
        ],
        to_read=len(waiting),
        oldest=calendar.label(oldest) if oldest else None,
        without_pal=without_pal,
        board=await board.board_rounds(office, coordinator.scope),
    )


async def take_step(
    office: Office, coordinator: CoordinatorAtDesk, key: str, step: Step, *, why: str
) -> None:
    """Answer a call. `why`: of a rejection. Raises NotTheirs when it is not open or has no such step, and Refused."""
    async with office.database.transaction(coordinator.scope) as connection:
        calls = {one.key: one for one in await attention.open_calls(connection)}
    call = calls.get(key)
    if call is None or call.subject_id is None or step not in _STEPS.get(call.kind, ()):
        raise NotTheirs
    scope, by = coordinator.scope, coordinator.id
    match step:
        case Step.APPROVE_OFFICER:
            await replacements.approve(office, scope, call.subject_id, by=by)
        case Step.REJECT_OFFICER:
            await replacements.reject(office, scope, call.subject_id, why=why, by=by)
        case Step.WARN:
            await silence.warn(office, scope, call.subject_id, by=by)
        case Step.MORE_TIME:
            await silence.give_more_time(office, scope, call.subject_id, by=by)
