"""Workflows that run as long as a row of theirs is open. The outbox sees to it, whatever became of the one before."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.open_rows import LeftAlone, OpenRow
from activities.people import Calendar
from activities.starting import keywords
from activities.visit import VisitStands
from activities.year import VisitTimes
from bluepals.domain.program import Program
from bluepals.domain.visit_plan import VisitState, visit_instants
from bluepals.facts import letters, pairings, visits
from bluepals.facts.office import Office
from bluepals.store import open_rows, programs, replacements, silence, status, stopwatches
from bluepals.store import visits as visit_rows
from bluepals.store.database import Connection, Scope
from bluepals.store.open_rows import OpenPairing, OpenYear
from service import starts
from workflows.api import assignment, pairing, program_year, visit_day
from workflows.queue import TASK_QUEUE

PATIENCE = timedelta(seconds=5)
THANKED_BY = timedelta(days=2)  # after the visit


async def start(client: Client, row: OpenRow) -> None:
    """Beside none that runs; one that was ended by hand comes back, one that has ended by itself as its row says."""
    with suppress(WorkflowAlreadyStartedError):
        await client.start_workflow(
            row.workflow,
            row.argument,
            id=row.workflow_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=row.reuse,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=row.summary,
            search_attributes=keywords(row.search_attributes),
            rpc_timeout=PATIENCE,
        )


async def _referrals(connection: Connection, program: str) -> Sequence[OpenRow]:
    return [starts.of_referral(program, case_id) for case_id in await stopwatches.open_referrals(connection)]


async def _replacements(connection: Connection, program: str) -> Sequence[OpenRow]:
    return [starts.of_replacement(program, one) for one in await replacements.needing_workflow(connection)]


KINDS: Sequence[Callable[[Connection, str], Awaitable[Sequence[OpenRow]]]] = (_referrals, _replacements)

# Begun by others, each once. They are many and live for a year: they are looked at seldom.
OF_THE_YEAR = (assignment.WORKFLOW, pairing.WORKFLOW, program_year.WORKFLOW, visit_day.WORKFLOW)


class OpenRows:
    def __init__(self, client: Client, office: Office) -> None:
        self._client = client
        self._office = office

    async def of(self, connection: Connection, program: str) -> Sequence[OpenRow]:
        return [row for kind in KINDS for row in await kind(connection, program)]

    async def left_alone(self, program: str) -> Sequence[LeftAlone]:
        """One list of all that run, so that thousands of pairings cost little more than a few."""
        async with self._office.database.transaction(Scope.whole(program)) as connection:
            years = [one for one in await open_rows.years(connection) if one.is_open]
            open_pairings = await open_rows.pairings(connection)
            if not years and not open_pairings:
                return []
            definition = await programs.load(connection)
            visited = [one for one in years if await _has_visit_to_come(connection, definition, one)]
        running = await self._running()
        ids = {definition.program_year_id(school.id) for school in definition.schools}
        matched = {definition.first_year for one in years if one.id in ids}
        rows = [
            *((program_year.workflow_id(one.id), partial(self._year, program, one)) for one in years),
            *(
                (assignment.workflow_id(program, year), partial(self._matching, definition))
                for year in matched
            ),
            *((visit_day.workflow_id(one.id), partial(self._visit, program, one)) for one in visited),
            *(
                (pairing.workflow_id(str(one.id)), partial(self._pairing, definition, one))
                for one in open_pairings
            ),
        ]
        return [LeftAlone(workflow_id, read) for workflow_id, read in rows if workflow_id not in running]

    async def start(self, row: OpenRow) -> None:
        await start(self._client, row)

    async def _running(self) -> set[str]:
        kinds = ", ".join(f"'{kind}'" for kind in OF_THE_YEAR)
        query = f"ExecutionStatus = 'Running' AND WorkflowType IN ({kinds})"
        return {one.id async for one in self._client.list_workflows(query)}

    async def _year(self, program: str, one: OpenYear) -> OpenRow:
        return starts.of_year(program, one)

    async def _matching(self, program: Program) -> OpenRow:
        async with self._office.database.transaction(Scope.whole(program.id)) as connection:
            stands = await open_rows.matching(connection)
        return starts.of_matching(program, stands, stands.seed or starts.SEED)

    async def _visit(self, program: str, one: OpenYear) -> OpenRow:
        found, plan = await visits.standing(self._office, Scope.whole(program), one.id)
        return starts.of_visit(program, one, VisitStands(VisitTimes.of(found), plan))

    async def _pairing(self, program: Program, one: OpenPairing) -> OpenRow:
        """Rounds that were opened while it did not run are over for it: what was missed in them is recorded here."""
        scope = Scope.whole(program.id)
        if not one.under_way:
            async with self._office.database.transaction(scope) as connection:
                return starts.of_new_pairing(program, one, await open_rows.so_far(connection, one.id))
        await letters.record_misses_of_opened_rounds(self._office, scope, one.id)
        calendar = Calendar.of(await pairings.calendar_of(self._office, scope, one.id))
        async with self._office.database.transaction(scope) as connection:
            so_far = await open_rows.so_far(connection, one.id)
            silent = [found.silence for found in await silence.silent_sides(connection, one.id)]
            story = [*await status.story_of(connection, one.id), await _begun_again(connection)]
        return starts.of_pairing(program, one, calendar, so_far, story, silent)


async def _begun_again(connection: Connection) -> status.Row:
    return {"at": await programs.now(connection), "what": "begun again from the record"}


async def _has_visit_to_come(connection: Connection, program: Program, one: OpenYear) -> bool:
    """Or thanks for it, or a second date."""
    now = await programs.now(connection)
    visit = visit_instants(program, (await visit_rows.date_now(connection, one.id)).on)
    match await visit_rows.standing(connection, one.id):
        case VisitState.PLANNED:
            return now < visit.over + THANKED_BY
        case VisitState.CALLED_OFF | VisitState.RESTS:
            return now < visit.latest
        case VisitState.READ_ALOUD:
            return False
