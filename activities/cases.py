"""The stopwatch of a suspected harm: where it stands, its pages, and the second channel."""

from dataclasses import dataclass
from uuid import UUID

from temporalio import activity
from temporalio.exceptions import ApplicationError

from bluepals.domain.sentences import Sentence
from bluepals.facts import cases
from bluepals.facts.cases import Standing
from bluepals.facts.office import Office
from bluepals.pager import Page, Pager, PagerAway
from bluepals.store import attention, stopwatches
from bluepals.store.database import Scope

MOST_RINGS = 5  # attempts for one page; the next one comes in minutes anyhow


@dataclass(frozen=True)
class OneCase:
    program: str
    case_id: str


@dataclass(frozen=True)
class PageOfCase:
    program: str
    case_id: str
    number: int


@dataclass(frozen=True)
class StopwatchStands:
    """How many are missing, the next page's number, and in how many seconds it is due."""

    missing: int
    page: int
    seconds: float


class CaseActivities:
    def __init__(self, office: Office, pager: Pager) -> None:
        self._office = office
        self._pager = pager

    @activity.defn
    async def look_at_stopwatch(self, order: OneCase) -> StopwatchStands:
        return _stands(await cases.standing(self._office, Scope.whole(order.program), UUID(order.case_id)))

    @activity.defn
    async def page(self, order: PageOfCase) -> StopwatchStands:
        """By mail, once for each number; nobody, when all have attested."""
        scope = Scope.whole(order.program)
        return _stands(await cases.page(self._office, scope, UUID(order.case_id), order.number))

    @activity.defn
    async def ring_pager(self, order: OneCase) -> int:
        """What the second channel has not had yet. How many pages; a pager that is away is a person's to mend."""
        scope, case_id = Scope.whole(order.program), UUID(order.case_id)
        async with self._office.database.transaction(scope) as connection:
            numbers = await stopwatches.pages_to_ring(connection, case_id)
        for number in numbers:
            try:
                await self._pager.ring(Page(order.program, case_id, number, self._office.links.desk))
            except PagerAway as away:
                await self._call_about_pager(scope, str(away))
                raise ApplicationError("The pager does not answer.", type="PagerAway") from None
            async with self._office.database.transaction(scope) as connection:
                await stopwatches.mark_rung(connection, case_id, number)
                await attention.settle(connection, attention.PAGER)
        return len(numbers)

    async def _call_about_pager(self, scope: Scope, why: str) -> None:
        async with self._office.database.transaction(scope) as connection:
            await attention.call(
                connection,
                key=attention.PAGER,
                kind=attention.PAGER,
                sentence=Sentence(
                    "The pager takes no page ({why}); mail goes out all the same: check BLUEPALS_PAGER_URL.",
                    why=why,
                ),
            )


def _stands(standing: Standing) -> StopwatchStands:
    return StopwatchStands(standing.missing, standing.page, standing.wait.total_seconds())
