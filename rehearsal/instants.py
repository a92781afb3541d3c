"""When some workflow of the year wakes up, and which there are: by the dates and rows on record, which life changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bluepals.domain.calendar import SchoolCalendar
from bluepals.domain.program import Program
from bluepals.domain.visit_plan import visit_instants
from bluepals.facts.replacements import LOOK_AT
from bluepals.store.database import Connection
from workflows.api import new_officer, pairing


async def any_between(connection: Connection, program: Program, after: datetime, until: datetime) -> bool:
    """Whether something is due after the one instant and by the other."""
    on_record: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM ("
        "   SELECT unnest(ARRAY[students_due_at, officers_due_at, pack_closes_at, opens_at]) FROM round"
        "   UNION ALL SELECT unnest(ARRAY[students_due_at, officers_due_at]) FROM moved_round"
        "   UNION ALL SELECT declining_until FROM pairing WHERE introduced_at IS NULL"
        "   UNION ALL SELECT farewell_until FROM ending"
        "   UNION ALL SELECT answer_by FROM visit UNION ALL SELECT answer_by FROM visit_host"
        " ) AS instant (at) WHERE at > $1 AND at <= $2)",
        after,
        until,
    )
    if on_record:
        return True
    visits = await connection.fetch("SELECT DISTINCT visit_on FROM program_year")
    of_the_year = [
        *_end_of_year(program),
        *(at for row in visits for at in _of_visit(program, row["visit_on"])),
    ]
    return any(after < at <= until for at in of_the_year)


def _end_of_year(program: Program) -> Iterator[datetime]:
    calendar = SchoolCalendar.of(program)
    for hours in (1, 0):
        yield calendar.instant(program.year.last_day, program.policy.due_hour - hours)


def _of_visit(program: Program, day: date) -> Iterator[datetime]:
    instants = visit_instants(program, day)
    yield from (instants.invite_at, *instants.remind_at, instants.sheets_at, instants.over, instants.latest)
    yield SchoolCalendar.of(program).instant(day + timedelta(days=1), program.policy.due_hour)


def looks_for_officers(program: Program, day: date) -> datetime:
    """When every workflow of a child between two officers wakes up."""
    at: time = LOOK_AT
    return SchoolCalendar.of(program).instant(day, at)


@dataclass(frozen=True, slots=True)
class Running:
    """Workflows that belong to rows: of pairings that live, that end or have ended, and of children between two officers."""

    living: Sequence[str]
    ending: Sequence[str]
    between: Sequence[str]


async def running(connection: Connection) -> Running:
    rows = await connection.fetch(
        "SELECT id::text, ending.pairing_id IS NOT NULL AS ends FROM pairing"
        " LEFT JOIN ending ON ending.pairing_id = pairing.id WHERE ended_at IS NULL OR ending.pairing_id IS NOT NULL"
    )
    between = await connection.fetch("SELECT id::text FROM replacement WHERE closed_at IS NULL")
    return Running(
        living=[pairing.workflow_id(row["id"]) for row in rows if not row["ends"]],
        ending=[pairing.workflow_id(row["id"]) for row in rows if row["ends"]],
        between=[new_officer.workflow_id(row["id"]) for row in between],
    )
