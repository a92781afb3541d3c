"""What calls for a coordinator, and the steps that answer it with one button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bluepals.domain.program import Program
from bluepals.domain.sentences import Sentence
from bluepals.domain.silence import ABSENT, Rung
from bluepals.facts import erasure, leaving, pauses, replacements, silence, visit_hosts, who_may
from bluepals.facts.desk import NotTheirs
from bluepals.facts.office import Office
from bluepals.store import attention, endings, programs
from bluepals.store import erasure as erasure_store
from bluepals.store import replacements as replacements_store
from bluepals.store import silence as silence_store
from bluepals.store.attention import Call
from bluepals.store.database import Connection, Scope
from bluepals.store.endings import Reason
from bluepals.store.pauses import Target, What


class Step(StrEnum):
    """What one button can answer to a call."""

    APPROVE_OFFICER = Sentence("approve the officer")
    REJECT_OFFICER = Sentence("reject the officer")
    WARN = Sentence("send the warning")
    MORE_TIME = Sentence("give more time")
    ANOTHER_OFFICER = Sentence("look for another officer")
    REST = Sentence("let the letters rest")
    ERASE = Sentence("erase the child")
    FIND_HOST = Sentence("find a host who is there")
    DEALT_WITH = Sentence("dealt with")


_STEPS: Mapping[str, Sequence[Step]] = {
    "erasure": (Step.ERASE,),
    visit_hosts.KIND: (Step.FIND_HOST,),
    # Nothing else ever says that these are in order.
    "mail": (Step.DEALT_WITH,),
    "late fact": (Step.DEALT_WITH,),
    "refused fact": (Step.DEALT_WITH,),
    "letter for a closed pairing": (Step.DEALT_WITH,),
    "no stock letter": (Step.DEALT_WITH,),
    "empty place in a pack": (Step.DEALT_WITH,),
}
_AFTER_RUNG: Mapping[Rung, Sequence[Step]] = {
    Rung.WARNING_PROPOSED: (Step.WARN,),
    Rung.TO_DECIDE: (Step.MORE_TIME, Step.ANOTHER_OFFICER),
    Rung.REST_PROPOSED: (Step.REST,),
}

# What follows from these is no silence any more; the call would stand until the next morning.
_ENDS_IT = frozenset({Step.ANOTHER_OFFICER, Step.REST})


@dataclass(frozen=True, slots=True)
class Decision:
    """`steps`: the buttons."""

    call: Call
    steps: Sequence[Step]

    @property
    def how(self) -> str | None:
        """The command that answers it, where no button does."""
        return None if self.steps else self.call.how


async def open_decisions(connection: Connection, program: Program, coordinator: UUID) -> Sequence[Decision]:
    """Those of this coordinator, the oldest first."""
    coordinators = await who_may.coordinators(connection, program)
    return [
        Decision(call, await _steps(connection, call))
        for call in await attention.open_calls(connection)
        if coordinator in {one.id for one in coordinators.of(call.school, call.agency)}
    ]


async def _steps(connection: Connection, call: Call) -> Sequence[Step]:
    match call.kind:
        case silence.KIND:
            return await _after_silence(connection, call)
        case replacements.KIND:
            return await _about_next_officer(connection, call)
        case attention.DEATH:
            return await _after_death(connection, call)
    return _STEPS.get(call.kind, ())


async def _after_silence(connection: Connection, call: Call) -> Sequence[Step]:
    """The newest rung that needs a coordinator."""
    for one in await silence_store.silent_sides(connection, call.subject_id):
        asked = [rung for rung in one.silence.reached if rung.needs_coordinator]
        if silence.key_of(one) == call.key and asked:
            return _AFTER_RUNG.get(max(asked, key=lambda rung: one.silence.reached[rung]), ())
    return ()


async def _about_next_officer(connection: Connection, call: Call) -> Sequence[Step]:
    for one in await replacements_store.listed(connection):
        if one.id == call.subject_id and one.reserve is not None:
            return (Step.APPROVE_OFFICER, Step.REJECT_OFFICER)
    return ()


async def _after_death(connection: Connection, call: Call) -> Sequence[Step]:
    """Whether a child whose officer has died is to have another one."""
    ending = None if call.subject_id is None else await endings.of(connection, call.subject_id)
    if ending is not None and ending.reason is Reason.OFFICER_DIED:
        return (Step.ANOTHER_OFFICER, Step.DEALT_WITH)
    return (Step.DEALT_WITH,)


async def take(office: Office, scope: Scope, key: str, step: Step, *, by: UUID, why: str) -> None:
    """Answer a call. `why`: of a rejection.

    Raises NotTheirs when it is not one of theirs or has no such step, Refused, and LookupError with a sentence.
    """
    async with office.database.transaction(scope) as connection:
        program = await programs.load(connection)
        found = {one.call.key: one for one in await open_decisions(connection, program, by)}
        if key not in found or step not in found[key].steps:
            raise NotTheirs
        call = found[key].call
        if step is Step.DEALT_WITH:
            await attention.settle_by_hand(connection, key, by)
            return
    if call.subject_id is None:
        raise NotTheirs
    await _answer(office, scope, call.subject_id, step, call.kind, by=by, why=why)
    if step in _ENDS_IT:
        async with office.database.transaction(scope) as connection:
            await attention.settle_by_hand(connection, key, by)


async def _answer(
    office: Office, scope: Scope, subject: UUID, step: Step, kind: str, *, by: UUID, why: str
) -> None:
    match step:
        case Step.APPROVE_OFFICER:
            await replacements.approve(office, scope, subject, by=by)
        case Step.REJECT_OFFICER:
            await replacements.reject(office, scope, subject, why=why, by=by)
        case Step.WARN:
            await silence.warn(office, scope, subject, by=by)
        case Step.MORE_TIME:
            await silence.give_more_time(office, scope, subject, by=by)
        case Step.ANOTHER_OFFICER:
            reason = Reason.OFFICER_DIED if kind == attention.DEATH else Reason.SILENCE
            await leaving.begin(office, scope, subject, reason, by=by)
        case Step.REST:
            target = Target(pairing_id=subject)
            await pauses.pause(office, scope, target, [What.LETTERS], reason=ABSENT, by=by)
        case Step.ERASE:
            async with office.database.transaction(scope) as connection:
                student = await erasure_store.external_id_of(connection, subject)
            await erasure.confirm(office, scope, student, by=by)
        case Step.FIND_HOST:
            await visit_hosts.host_now(office, scope, subject)
