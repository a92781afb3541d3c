"""A proposal made, and a coordinator's word about it. Nothing is sent to officers or families before."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from bluepals.domain.matching import needs, propose
from bluepals.domain.people import Role
from bluepals.facts import replacements, rounds
from bluepals.facts.new_pairs import tell_counselors
from bluepals.facts.office import Letterhead, Office, post
from bluepals.mail import notices
from bluepals.store import declining as store
from bluepals.store import matching, people, tells
from bluepals.store.database import Connection, Scope
from bluepals.store.tells import Tell


@dataclass(frozen=True, slots=True)
class Proposed:
    number: int
    pairs: int
    waiting: int


async def make_proposal(office: Office, scope: Scope, seed: int) -> Proposed:
    """Match everybody who may be matched and has no pal; what was open before is superseded."""
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        letterhead = await Letterhead.of(office, connection)
        await replacements.seek(connection, letterhead)  # Who has lost an officer is paired first.
        children, officers = await matching.children(connection), await matching.candidates(connection)
        serving = letterhead.program.serving
        proposal = propose(children, officers, serving, await matching.rejected(connection), seed)
        number = await matching.save_proposal(
            connection, scope.program, seed, proposal.pairs, needs(children, officers, serving)
        )
        proposed = Proposed(number, len(proposal.pairs), len(proposal.waiting))
        if proposed.pairs:
            await _tell_coordinators(connection, letterhead, proposed)
        return proposed


async def _tell_coordinators(connection: Connection, letterhead: Letterhead, proposed: Proposed) -> None:
    for coordinator in await people.staff(connection, Role.COORDINATOR):
        await post(
            connection,
            letterhead,
            notices.introductions.proposal_ready(
                name=coordinator.name,
                pairs=proposed.pairs,
                waiting=proposed.waiting,
                program=letterhead.program.id,
            ),
            key=f"proposal-{proposed.number}-{coordinator.id}",
            to=coordinator.email,
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """How many pairs this changed, how many are still open or can't be any more, and whom to tell."""

    changed: int
    still_open: int
    tells: Sequence[Tell] = ()
    superseded: int = 0


async def approve(office: Office, scope: Scope, pairs: Sequence[UUID], decided_by: UUID) -> Decided:
    """Approved pairs are pairings from here on; their schools' years hear of it."""
    async with office.committing(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        wanted = await _wanted(connection, pairs)
        superseded = await matching.supersede_impossible(connection, wanted)
        begun = await begin(office, connection, scope.program, wanted, decided_by)
        return Decided(begun.pairs, len(await matching.open_pairs(connection)), begun.tells, superseded)


@dataclass(frozen=True, slots=True)
class Begun:
    pairs: int
    tells: Sequence[Tell]


async def begin(
    office: Office, connection: Connection, program: str, pairs: Sequence[UUID], decided_by: UUID
) -> Begun:
    """Proposed pairs are pairings from here on; their counselors hear who is to be introduced, and their schools' years begin them."""
    count = await matching.approve(connection, pairs, decided_by)
    batch = sha256("".join(sorted(map(str, pairs))).encode()).hexdigest()
    letterhead = await Letterhead.of(office, connection)
    new = await store.new_pairs(connection, pairs)
    await rounds.date_new(connection, letterhead.program, [one.pairing_id for one in new])
    await tell_counselors(connection, letterhead, new, batch)
    told = [
        await tells.add(
            connection,
            program,
            workflow_id=f"program-year-{year}",
            fact="pairs_approved",
            key=batch,
            body={"batch": batch},
        )
        for year in await matching.program_years_of(connection, pairs)
    ]
    return Begun(count, told)


async def give_reason(office: Office, scope: Scope, pairs: Sequence[UUID], why: str) -> None:
    """Put on record why open pairs will be rejected; `reject` needs it there."""
    async with office.database.transaction(scope) as connection:
        await matching.note_reason(connection, await _wanted(connection, pairs), why)


async def reject(office: Office, scope: Scope, pairs: Sequence[UUID], decided_by: UUID) -> Decided:
    """Rejected pairs are not proposed again."""
    async with office.database.transaction(scope) as connection:
        await matching.one_at_a_time(connection, scope.program)
        changed = await matching.reject(connection, await _wanted(connection, pairs), decided_by)
        return Decided(changed, len(await matching.open_pairs(connection)))


async def _wanted(connection: Connection, pairs: Sequence[UUID]) -> Sequence[UUID]:
    """No pair named: all that are open."""
    return pairs or [pair.id for pair in await matching.open_pairs(connection)]
