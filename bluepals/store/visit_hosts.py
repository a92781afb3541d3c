"""Reserves who host a child at the visit: whom to ask next, what they answer, whether they are needed still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bluepals.domain.sentences import Sentence
from bluepals.store.database import Connection
from bluepals.store.letters import NotTaken
from bluepals.store.visits import Answered

# A host who is asked still or has agreed, and may come; who is about to leave has said goodbye.
_HOSTED = (
    "EXISTS (SELECT FROM visit_host AS host JOIN officer AS reserve ON reserve.id = host.officer_id"
    " WHERE host.pairing_id = pairing.id AND host.program_year_id = pairing.program_year_id AND released_at IS NULL"
    " AND is_cleared(reserve) AND reserve.leaves_at IS NULL"
    " AND (host.answer = 'yes' OR (host.answer IS NULL AND host.answer_by > program_now())))"
)
_OWN_COMES = "visit.answer = 'yes' AND is_cleared(officer) AND pairing.ended_at IS NULL AND NOT rests_for_visit(pairing)"
# A child between two officers takes part too.
TAKES_PART = "(pairing.ended_at IS NULL OR is_between_officers(pairing.id))"


async def children_without_anybody(
    connection: Connection, program_year: str, resting_until: datetime
) -> Sequence[UUID]:
    """Their pairings: the officer refused, was silent over the limit, may not come or has gone, and nobody is asked instead.

    `resting_until`: from then on an officer who rests is not waited for any more.
    """
    rows = await connection.fetch(
        "SELECT pairing.id FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        " JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        f" WHERE pairing.program_year_id = $1 AND {TAKES_PART} AND has_consent_for(student, 'visit')"
        " AND (visit.answer = 'no' OR (visit.answer IS NULL AND visit.answer_by <= program_now() AND NOT is_frozen("
        "     'visits', visit.answer_by, pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id))"
        "   OR NOT is_cleared(officer) OR pairing.ended_at IS NOT NULL"
        "   OR (rests_for_visit(pairing) AND program_now() >= $2))"
        f" AND NOT {_HOSTED} ORDER BY student.class_name, in_alphabet(student.last_name), in_alphabet(student.first_name), student.id",
        program_year,
        resting_until,
    )
    return [row["id"] for row in rows]


async def anybody_rests(connection: Connection, program_year: str) -> bool:
    """Whether some child's officer rests, or a reserve who has agreed."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        f"   WHERE pairing.program_year_id = $1 AND {TAKES_PART} AND rests_for_visit(pairing))"
        " OR EXISTS (SELECT FROM visit_host WHERE program_year_id = $1 AND released_at IS NULL"
        "   AND rests_as_host(program_id, agency_id))",
        program_year,
    )
    return found


@dataclass(frozen=True, slots=True)
class CountedOn:
    """A visit that is ahead, at which a child counts on this officer."""

    program: str
    program_year: str
    agency: str


async def counted_on(connection: Connection, officer_id: UUID) -> Sequence[CountedOn]:
    rows = await connection.fetch(
        "SELECT year.program_id AS program, year.id AS program_year, officer.agency_id AS agency"
        " FROM officer JOIN program_year AS year ON year.program_id = officer.program_id"
        " WHERE officer.id = $1 AND visit_is_ahead(year.id) AND (EXISTS (SELECT FROM visit"
        "   JOIN pairing ON pairing.id = visit.pairing_id"
        "   WHERE pairing.officer_id = officer.id AND pairing.program_year_id = year.id)"
        " OR EXISTS (SELECT FROM visit_host WHERE visit_host.officer_id = officer.id"
        "   AND visit_host.program_year_id = year.id AND released_at IS NULL)) ORDER BY year.id",
        officer_id,
    )
    return [CountedOn(**row) for row in rows]


async def stayed_away_from(connection: Connection) -> Sequence[CountedOn]:
    """Visits that are ahead, of children who were to take part and whose families agree to it no longer."""
    rows = await connection.fetch(
        "SELECT DISTINCT pairing.program_id AS program, pairing.program_year_id AS program_year,"
        " pairing.agency_id AS agency FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        " JOIN student ON student.id = pairing.student_id"
        f" WHERE visit.answer_by IS NOT NULL AND {TAKES_PART} AND NOT has_consent_for(student, 'visit')"
        " AND visit_is_ahead(pairing.program_year_id) ORDER BY 2, 3"
    )
    return [CountedOn(**row) for row in rows]


async def to_invite(connection: Connection) -> Sequence[CountedOn]:
    """Visits that are ahead, of children who take part and whose officers are not asked."""
    rows = await connection.fetch(
        "SELECT DISTINCT pairing.program_id AS program, pairing.program_year_id AS program_year,"
        " pairing.agency_id AS agency FROM pairing JOIN student ON student.id = pairing.student_id"
        " LEFT JOIN visit ON visit.pairing_id = pairing.id"
        f" WHERE visit.answer_by IS NULL AND introduced_at IS NOT NULL AND {TAKES_PART} AND has_consent_for(student, 'visit')"
        " AND NOT rests_for_visit(pairing) AND visit_is_ahead(pairing.program_year_id) ORDER BY 2, 3"
    )
    return [CountedOn(**row) for row in rows]


async def uncleared(connection: Connection) -> Sequence[tuple[UUID, date | None]]:
    """Whose clearance has ended, and when, of the officers and reserves of visits that are ahead."""
    rows = await connection.fetch(
        "SELECT id, cleared_until FROM officer WHERE NOT coalesce(cleared_until >= program_today(), false)"
        " AND (EXISTS (SELECT FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        "   WHERE pairing.officer_id = officer.id AND visit_is_ahead(pairing.program_year_id))"
        " OR EXISTS (SELECT FROM visit_host WHERE visit_host.officer_id = officer.id AND released_at IS NULL"
        "   AND visit_is_ahead(visit_host.program_year_id))) ORDER BY id"
    )
    return [(row["id"], row["cleared_until"]) for row in rows]


@dataclass(frozen=True, slots=True)
class HostCard:
    """A reserve who was asked, as far as a notice may know the two; `id` is the request's, with the same officer each time."""

    id: UUID
    times_asked: int
    officer_id: UUID
    external_id: str
    first_name: str
    email: str
    agency: str
    officer_name: str
    student_first_name: str
    pairing_id: UUID
    answer: str | None


_CARD = (
    "SELECT host.id, host.times_asked, officer.id AS officer_id, officer.external_id, officer.first_name, officer.email, officer.agency_id AS agency,"
    " officer.first_name || ' ' || officer.last_name AS officer_name,"
    " student.first_name AS student_first_name, host.pairing_id, host.answer"
    " FROM visit_host AS host JOIN officer ON officer.id = host.officer_id"
    " JOIN pairing ON pairing.id = host.pairing_id JOIN student ON student.id = pairing.student_id WHERE {}"
)


async def ask_next(
    connection: Connection, pairing_id: UUID, agencies: Sequence[str], answer_by: datetime
) -> HostCard | None:
    """Who was ready before and was let go; then the least loaded reserve of the same gender who was not asked for this child.

    Nobody who has refused this visit, or was silent for too long. None: there is nobody left.
    """
    asked = await connection.fetchval(
        "WITH child AS (SELECT pairing.*, program_year.visit_sequence FROM pairing"
        "   JOIN program_year ON program_year.id = pairing.program_year_id WHERE pairing.id = $1),"
        " reserve AS (SELECT officer.id, officer.agency_id, officer.capacity,"
        "   (SELECT count(*) FROM pairing WHERE officer_id = officer.id AND ended_at IS NULL)"
        "   + (SELECT count(*) FROM visit_host WHERE officer_id = officer.id AND visit_host.program_year_id = child.program_year_id"
        "       AND released_at IS NULL AND answer IS DISTINCT FROM 'no') AS load,"
        "   EXISTS (SELECT FROM visit_host WHERE officer_id = officer.id AND visit_host.pairing_id = child.id"
        "     AND visit_host.program_year_id = child.program_year_id"
        "     AND visit_host.visit_sequence = child.visit_sequence AND answer = 'yes') AS was_ready"
        "   FROM officer, child WHERE officer.gender = child.gender AND officer.agency_id = ANY($2)"
        "   AND officer.id <> child.officer_id AND is_cleared(officer) AND officer.leaves_at IS NULL"
        "   AND NOT rests_as_host(officer.program_id, officer.agency_id)"
        "   AND NOT EXISTS (SELECT FROM visit_host WHERE officer_id = officer.id"
        "     AND visit_host.program_year_id = child.program_year_id AND visit_host.visit_sequence = child.visit_sequence"
        "     AND (visit_host.answer = 'no' OR (visit_host.pairing_id = child.id"
        "       AND (released_at IS NULL OR (visit_host.answer IS NULL AND visit_host.answer_by <= released_at)))))"
        "   AND NOT EXISTS (SELECT FROM visit JOIN pairing AS other ON other.id = visit.pairing_id"
        "     WHERE other.officer_id = officer.id AND other.program_year_id = child.program_year_id AND visit.answer = 'no'))"
        " INSERT INTO visit_host (program_id, program_year_id, school_id, agency_id, pairing_id, officer_id, gender,"
        "   visit_sequence, answer_by)"
        " SELECT child.program_id, child.program_year_id, child.school_id, reserve.agency_id, child.id, reserve.id,"
        "   child.gender, child.visit_sequence, $3 FROM reserve, child WHERE load < capacity"
        " ORDER BY was_ready DESC, load, reserve.id LIMIT 1"
        " ON CONFLICT (pairing_id, officer_id, program_year_id, visit_sequence) DO UPDATE SET (answer, answered_at, released_at, asked_at,"
        "   answer_by, times_asked) = (NULL, NULL, NULL, program_now(), excluded.answer_by, visit_host.times_asked + 1)"
        " RETURNING id",
        pairing_id,
        list(agencies),
        answer_by,
    )
    return await card(connection, asked) if asked else None


async def card(connection: Connection, host_id: UUID) -> HostCard | None:
    row = await connection.fetchrow(_CARD.format("host.id = $1"), host_id)
    return HostCard(**row) if row else None


async def expected(connection: Connection, program_year: str) -> Sequence[HostCard]:
    """Those who agreed and are needed."""
    rows = await connection.fetch(
        _CARD.format(
            "host.program_year_id = $1 AND host.answer = 'yes' AND released_at IS NULL AND is_cleared(officer)"
            " AND officer.leaves_at IS NULL ORDER BY host.id"
        ),
        program_year,
    )
    return [HostCard(**row) for row in rows]


async def release(connection: Connection, program_year: str, *, everybody: bool) -> Sequence[HostCard]:
    """Let go whose child is met by its own officer after all, or everybody; of them, those who count on coming."""
    let_go = await connection.fetch(
        "UPDATE visit_host SET released_at = program_now() FROM pairing"
        " JOIN visit ON visit.pairing_id = pairing.id JOIN officer ON officer.id = pairing.officer_id"
        " JOIN student ON student.id = pairing.student_id"
        " WHERE pairing.id = visit_host.pairing_id AND visit_host.program_year_id = $1 AND released_at IS NULL"
        f" AND visit_host.attended IS NULL AND ($2 OR NOT {TAKES_PART} OR NOT has_consent_for(student, 'visit')"
        f"   OR pairing.program_year_id <> $1 OR ({_OWN_COMES}))"
        " RETURNING visit_host.id, visit_host.answer",
        program_year,
        everybody,
    )
    return await _who_is_told(connection, [row["id"] for row in let_go if row["answer"] != "no"])


async def release_who_can_not_come(connection: Connection, program_year: str) -> Sequence[HostCard]:
    """Let go who had agreed, and is not cleared any more or goes; of them, those who take part still."""
    let_go = await connection.fetch(
        "UPDATE visit_host SET released_at = program_now() FROM officer WHERE officer.id = visit_host.officer_id"
        " AND program_year_id = $1 AND released_at IS NULL AND attended IS NULL AND answer = 'yes'"
        " AND (NOT is_cleared(officer) OR officer.leaves_at IS NOT NULL) RETURNING visit_host.id",
        program_year,
    )
    return await _who_is_told(connection, [row["id"] for row in let_go])


async def _who_is_told(connection: Connection, host_ids: Sequence[UUID]) -> Sequence[HostCard]:
    """Nothing is sent to an officer who was stopped, has died or is gone."""
    rows = await connection.fetch(
        _CARD.format("host.id = ANY($1) AND officer.withdrawn_at IS NULL ORDER BY host.id"), host_ids
    )
    return [HostCard(**row) for row in rows]


async def release_of(connection: Connection, pairing_ids: Sequence[UUID]) -> Sequence[HostCard]:
    """Let go whoever is to meet one of these children at a visit that is ahead; of them, those who have not refused."""
    let_go = await connection.fetch(
        "UPDATE visit_host SET released_at = program_now() WHERE pairing_id = ANY ($1::uuid[]) AND released_at IS NULL"
        " AND attended IS NULL AND visit_is_ahead(program_year_id) RETURNING id, answer",
        list(pairing_ids),
    )
    ids = [row["id"] for row in let_go if row["answer"] != "no"]
    rows = await connection.fetch(_CARD.format("host.id = ANY($1) ORDER BY host.id"), ids)
    return [HostCard(**row) for row in rows]


async def release_resting(
    connection: Connection, program_year: str, resting_until: datetime
) -> Sequence[HostCard]:
    """Let go who rests and has not answered, and from `resting_until` on also who has agreed."""
    let_go = await connection.fetch(
        "UPDATE visit_host SET released_at = program_now() WHERE program_year_id = $1 AND released_at IS NULL"
        " AND attended IS NULL AND answer IS DISTINCT FROM 'no' AND rests_as_host(program_id, agency_id)"
        " AND (answer IS NULL OR program_now() >= $2) RETURNING id",
        program_year,
        resting_until,
    )
    return await _who_is_told(connection, [row["id"] for row in let_go])


async def next_limit(connection: Connection, program_year: str) -> datetime | None:
    """When the next silence counts as a refusal."""
    limit: datetime | None = await connection.fetchval(
        "SELECT min(answer_by) FROM ("
        " SELECT visit.answer_by FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        "  WHERE pairing.program_year_id = $1 AND pairing.ended_at IS NULL AND visit.answer IS NULL"
        " UNION ALL SELECT answer_by FROM visit_host WHERE program_year_id = $1 AND answer IS NULL AND released_at IS NULL"
        ") AS limits WHERE answer_by > program_now()",
        program_year,
    )
    return limit


async def answer(connection: Connection, host_id: UUID, said: str) -> Answered | None:
    """None: there is no such request. Raises NotTaken with a sentence when nobody waits for the answer any more."""
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM visit_host WHERE id = $1)", host_id):
        return None
    row = await connection.fetchrow(
        "UPDATE visit_host SET answer = $2, answered_at = program_now()"
        " WHERE id = $1 AND released_at IS NULL AND attended IS NULL AND visit_is_ahead(program_year_id)"
        " AND ($2 = 'no' OR NOT EXISTS (SELECT FROM visit_host AS other WHERE other.pairing_id = visit_host.pairing_id"
        "   AND other.program_year_id = visit_host.program_year_id"
        "   AND other.id <> visit_host.id AND other.answer = 'yes' AND other.released_at IS NULL))"
        " RETURNING program_year_id AS program_year, agency_id AS agency",
        host_id,
        said,
    )
    if row is None:
        raise NotTaken(await _why_settled(connection, host_id))
    return Answered(**row)


async def _why_settled(connection: Connection, host_id: UUID) -> Sentence:
    why: str = await connection.fetchval(
        "SELECT CASE WHEN NOT visit_is_ahead(program_year_id) THEN 'over' WHEN attended IS NOT NULL THEN 'attended'"
        " WHEN released_at IS NOT NULL THEN 'released' ELSE 'taken' END FROM visit_host WHERE id = $1",
        host_id,
    )
    return _SETTLED[why]


_SETTLED = {
    "over": Sentence("This request is settled: the visit is over, or called off."),
    "attended": Sentence("This request is settled: whether this officer came is on record."),
    "released": Sentence(
        "This request is settled: the child's own officer comes after all, or the visit has another day."
    ),
    "taken": Sentence("This request is settled: somebody else meets this child."),
}


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A reserve's request, as its officer sees it on the desk."""

    id: UUID
    pairing_id: UUID
    student_first_name: str
    program_year: str
    school_name: str
    answer: str | None
    answer_by: datetime


async def of_officer(connection: Connection, officer_id: UUID) -> Sequence[OpenRequest]:
    rows = await connection.fetch(
        "SELECT host.id, host.pairing_id, hosted_child(host.id) AS student_first_name,"
        " host.program_year_id AS program_year, school.name AS school_name, host.answer, host.answer_by"
        " FROM visit_host AS host"
        " JOIN school ON school.program_id = host.program_id AND school.id = host.school_id"
        " WHERE host.officer_id = $1 AND released_at IS NULL AND attended IS NULL AND visit_is_ahead(program_year_id)"
        " ORDER BY asked_at, host.id",
        officer_id,
    )
    return [OpenRequest(**row) for row in rows]


async def was_asked(connection: Connection, host_id: UUID, officer_id: UUID) -> bool:
    """Whether the request is this officer's, be it settled or not."""
    asked: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM visit_host WHERE id = $1 AND officer_id = $2)", host_id, officer_id
    )
    return asked


async def agreed(connection: Connection, program_year: str, officer_id: UUID) -> bool:
    """Whether this officer meets a child there that is not their own pal."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM visit_host WHERE program_year_id = $1 AND officer_id = $2 AND answer = 'yes'"
        " AND released_at IS NULL)",
        program_year,
        officer_id,
    )
    return found


async def find_present(connection: Connection, pairing_id: UUID) -> HostCard | None:
    """Among those who have come: the same gender, whoever meets the fewest children. None: nobody is there."""
    found = await connection.fetchval(
        "WITH child AS (SELECT pairing.*, program_year.visit_sequence FROM pairing"
        "   JOIN program_year ON program_year.id = pairing.program_year_id WHERE pairing.id = $1),"
        " present AS (SELECT pairing.officer_id FROM visit JOIN pairing ON pairing.id = visit.pairing_id, child"
        "    WHERE visit.attended AND pairing.program_year_id = child.program_year_id"
        "   UNION ALL SELECT host.officer_id FROM visit_host AS host, child"
        "    WHERE host.attended AND released_at IS NULL AND host.program_year_id = child.program_year_id)"
        " INSERT INTO visit_host AS host (program_id, program_year_id, school_id, agency_id, pairing_id, officer_id, gender,"
        "   visit_sequence, answer_by, answer, answered_at, attended, recorded_at)"
        " SELECT child.program_id, child.program_year_id, child.school_id, officer.agency_id, child.id, officer.id,"
        "   child.gender, child.visit_sequence, program_now(), 'yes', program_now(), true, program_now()"
        "  FROM present JOIN officer ON officer.id = present.officer_id JOIN child ON officer.gender = child.gender"
        "  WHERE officer.id <> child.officer_id AND is_cleared(officer)"
        "  GROUP BY child.program_id, child.program_year_id, child.school_id, officer.agency_id, child.id, officer.id,"
        "   child.gender, child.visit_sequence ORDER BY count(*), officer.id LIMIT 1"
        " ON CONFLICT (pairing_id, officer_id, program_year_id, visit_sequence) DO UPDATE SET (answer, answered_at, released_at, attended,"
        "  recorded_at) = ('yes', program_now(), NULL, true, program_now()) RETURNING host.id",
        pairing_id,
    )
    return await card(connection, found) if found else None


async def present_host(connection: Connection, pairing_id: UUID) -> HostCard | None:
    """Who hosts this child now, on the day."""
    row = await connection.fetchrow(
        _CARD.format(
            "host.pairing_id = $1 AND host.program_year_id = pairing.program_year_id AND host.attended AND released_at IS NULL"
        ),
        pairing_id,
    )
    return HostCard(**row) if row else None


async def attend(connection: Connection, host_id: UUID, *, came: bool) -> bool:
    """False: nobody has agreed to such a request, or its day has not come."""
    changed = await connection.execute(
        "UPDATE visit_host SET attended = $2, recorded_at = program_now()"
        " WHERE id = $1 AND answer = 'yes' AND released_at IS NULL AND visit_has_begun(program_year_id)",
        host_id,
        came,
    )
    return bool(changed == "UPDATE 1")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reserve's request on its day or before; the keys are those of the roster."""

    id: UUID
    officer_key: str
    student_key: str
    answer: str | None
    visit_on: date


async def waiting(connection: Connection) -> Sequence[Waiting]:
    """All that still count and are not over."""
    rows = await connection.fetch(
        "SELECT host.id, officer.external_id AS officer_key, student.external_id AS student_key, host.answer, visit_on"
        " FROM visit_host AS host JOIN officer ON officer.id = host.officer_id"
        " JOIN pairing ON pairing.id = host.pairing_id JOIN student ON student.id = pairing.student_id"
        " JOIN program_year ON program_year.id = host.program_year_id"
        " WHERE released_at IS NULL AND host.attended IS NULL AND visit_is_ahead(program_year.id)"
        " ORDER BY student.external_id, officer.external_id"
    )
    return [Waiting(**row) for row in rows]
