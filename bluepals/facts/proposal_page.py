"""The proposed pairs as a coordinator sees them: who with whom and why, what is missing, and who waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from bluepals.domain.program import Program
from bluepals.domain.refusals import Refused
from bluepals.facts import matching
from bluepals.facts.coordinators import CoordinatorAtDesk
from bluepals.facts.office import Office
from bluepals.store import matching as store
from bluepals.store import programs
from bluepals.store.matching import OpenPair, WaitingChild


class ProposalRefused(Refused):
    """Nothing has been decided; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """`needs`: of the whole program, by gender, as the matching of `matched_on` found it; what a school lacks another
    one's officers may have.
    """

    program: Program
    pairs: Sequence[OpenPair]
    needs: Sequence[dict[str, object]]
    matched_on: date | None
    waiting: Sequence[WaitingChild]

    @property
    def seen(self) -> str:
        """A few characters that stand for exactly these pairs."""
        return sha256(" ".join(sorted(str(pair.id) for pair in self.pairs)).encode()).hexdigest()[:8]


async def proposal_page(office: Office, coordinator: CoordinatorAtDesk) -> ProposalPage:
    async with office.database.transaction(coordinator.office_scope) as connection:
        return ProposalPage(
            program=await programs.load(connection),
            pairs=[one for one in await store.open_pairs(connection) if coordinator.sees(one.school)],
            needs=await store.latest_needs(connection),
            matched_on=await store.matched_on(connection),
            waiting=[one for one in await store.waiting_children(connection) if coordinator.sees(one.school)],
        )


async def some_pairs(
    office: Office, coordinator: CoordinatorAtDesk, ticked: Sequence[UUID]
) -> Sequence[UUID]:
    """Raises ProposalRefused."""
    if not ticked:
        raise ProposalRefused("No pair is ticked. Tick those that you mean, and send it again.")
    page = await proposal_page(office, coordinator)
    if not set(ticked) <= {pair.id for pair in page.pairs}:
        raise ProposalRefused(
            "One of these pairs is open no longer: the matching was made anew, or somebody has decided. Look again."
        )
    return ticked


async def all_pairs(office: Office, coordinator: CoordinatorAtDesk, seen: str) -> Sequence[UUID]:
    """Those that were on the page, and no others. Raises ProposalRefused."""
    page = await proposal_page(office, coordinator)
    if not page.pairs:
        raise ProposalRefused("No pair is open. Match those who wait, or see the board.")
    if page.seen != seen:
        raise ProposalRefused(
            "The open pairs are no longer those that you have seen: the matching was made anew, or somebody has"
            " decided. Look again."
        )
    return [pair.id for pair in page.pairs]


async def give_reason(
    office: Office, coordinator: CoordinatorAtDesk, pairs: Sequence[UUID], why: str
) -> None:
    """Of a rejection that follows; it stays on record. Raises ProposalRefused."""
    if not why:
        raise ProposalRefused("Say in a few words why not; it stays on record. Then send it again.")
    await matching.give_reason(office, coordinator.office_scope, pairs, why)


async def program_of(office: Office, coordinator: CoordinatorAtDesk) -> Program:
    async with office.database.transaction(coordinator.office_scope) as connection:
        return await programs.load(connection)
