"""Invitations to the visit, answers, and who came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from bluepals.domain.sentences import Sentence
from bluepals.domain.visit_plan import VisitState
from bluepals.store.database import Connection
from bluepals.store.letters import NotTaken
from bluepals.store.pauses import Target


async def invite(connection: Connection, program_year: str, answer_by: datetime) -> None:
    """For each child that takes part: its officer is to be asked, or somebody found who meets it instead.

    Who rests is not asked, and has no limit until then.
    """
    await connection.execute(
        "INSERT INTO visit (pairing_id, program_id, school_id, agency_id, answer_by, times_asked)"
        " SELECT pairing.id, pairing.program_id, pairing.school_id, pairing.agency_id,"
        " CASE WHEN NOT rests_for_visit(pairing) THEN $2::timestamptz END, CASE WHEN rests_for_visit(pairing) THEN 0 ELSE 1 END"
        " FROM pairing"
        " JOIN student ON student.id = pairing.student_id WHERE pairing.program_year_id = $1"
        " AND CASE WHEN ended_at IS NULL THEN introduced_at IS NOT NULL ELSE is_between_officers(pairing.id) END"
        " AND has_consent_for(student, 'visit')"
        # Of a child that has come from another school, or takes part after all, or whose officer has rested: asked anew.
        " ON CONFLICT (pairing_id) DO UPDATE SET answer_by = excluded.answer_by, times_asked = visit.times_asked + 1"
        " WHERE visit.answer_by IS NULL AND excluded.answer_by IS NOT NULL",
        program_year,
        answer_by,
    )


async def is_ahead(connection: Connection, program_year: str) -> bool:
    ahead: bool = await connection.fetchval("SELECT visit_is_ahead($1)", program_year)
    return ahead


async def has_guests(connection: Connection, program_year: str) -> bool:
    """Whether people have been invited."""
    invited: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        " WHERE pairing.program_year_id = $1)",
        program_year,
    )
    return invited


async def forget_answer(connection: Connection, pairing_id: UUID) -> None:
    """Until the next invitation nobody waits for one."""
    await connection.execute(
        "UPDATE visit SET answer = NULL, answered_at = NULL, answer_by = NULL"
        " WHERE pairing_id = $1 AND attended IS NULL",
        pairing_id,
    )


@dataclass(frozen=True, slots=True)
class Guest:
    """An officer who is asked to a school's visit, with one or more pals there. `rests`: not asked anything now."""

    officer_id: UUID
    first_name: str
    email: str
    agency: str
    answer: str | None
    pairings: Sequence[UUID]
    times_asked: int
    rests: bool

    def file_sequence(self, of_day: int) -> int:
        """Of a calendar file: an invitation that follows on a word not to come takes its place, as one for another day does."""
        return of_day + 2 * (self.times_asked - 1)


_GUEST = (
    "officer.id AS officer_id, officer.first_name, officer.email, officer.agency_id AS agency,"
    " max(visit.answer) AS answer, array_agg(pairing.id ORDER BY pairing.id) AS pairings,"
    " max(times_asked) AS times_asked, bool_and(rests_for_visit(pairing)) AS rests"
    " FROM visit JOIN pairing ON pairing.id = visit.pairing_id JOIN officer ON officer.id = pairing.officer_id"
)
# Whose clearance has ended, or whose conduct is looked at, is not asked any more, but told of what becomes of their invitation.
_HEARS = (
    "(is_cleared(officer) OR (officer.withdrawn_at IS NULL"
    " AND EXISTS (SELECT FROM mail WHERE starts_with(mail.key, 'visit-' || $1::text || '-' || officer.id))))"
)
_GUESTS = (
    f"SELECT {_GUEST}"
    " JOIN student ON student.id = pairing.student_id WHERE pairing.program_year_id = $1"
    " AND pairing.ended_at IS NULL AND has_consent_for(student, 'visit') AND times_asked > 0 AND {}"
    " GROUP BY officer.id ORDER BY officer.id"
)


async def guests(connection: Connection, program_year: str) -> Sequence[Guest]:
    """All who have been asked."""
    return [Guest(**row) for row in await connection.fetch(_GUESTS.format(_HEARS), program_year)]


async def guests_to_ask(connection: Connection, program_year: str) -> Sequence[Guest]:
    """Those who do not rest, with the children for whom they don't. Who is to be invited anew is not yet one of them."""
    rows = await connection.fetch(
        _GUESTS.format(
            "is_cleared(officer) AND visit.answer_by IS NOT NULL AND NOT rests_for_visit(pairing)"
        ),
        program_year,
    )
    return [Guest(**row) for row in rows]


async def who_stay_away(connection: Connection, program_year: str) -> Sequence[UUID]:
    """Pairings whose child was to take part, and has left, or whose family agrees to it no longer."""
    rows = await connection.fetch(
        "SELECT pairing.id FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        " JOIN student ON student.id = pairing.student_id WHERE pairing.program_year_id = $1"
        " AND visit.answer_by IS NOT NULL AND attended IS NULL AND NOT has_consent_for(student, 'visit')"
        " ORDER BY pairing.id",
        program_year,
    )
    return [row["id"] for row in rows]


async def meets_nobody_else(
    connection: Connection, program_year: str, pairing_ids: Sequence[UUID]
) -> Sequence[Guest]:
    """Of the officers of these children those who count on coming, and have no other pal there.

    Also where the family has ended the letters too; after a death people decide.
    """
    rows = await connection.fetch(
        f"SELECT {_GUEST} JOIN student ON student.id = pairing.student_id"
        f" WHERE pairing.program_year_id = $1 AND {_HEARS} AND (pairing.ended_at IS NULL"
        "   OR EXISTS (SELECT FROM ending WHERE pairing_id = pairing.id AND reason = 'consent withdrawn'))"
        " GROUP BY officer.id HAVING bool_or(pairing.id = ANY ($2)) AND NOT bool_or(has_consent_for(student, 'visit'))"
        " AND max(visit.answer) IS DISTINCT FROM 'no' ORDER BY officer.id",
        program_year,
        list(pairing_ids),
    )
    return [Guest(**row) for row in rows]


async def forget_limits(connection: Connection, target: Target) -> None:
    """Before a pause of this agency or pairing ends: who was still to answer when it began is asked anew."""
    await connection.execute(
        "UPDATE visit SET answer_by = NULL FROM pairing, pause WHERE pairing.id = visit.pairing_id AND visit.answer IS NULL"
        " AND attended IS NULL AND visit_is_ahead(program_year_id) AND pause.ended_at IS NULL AND what = 'visits'"
        " AND began_at < answer_by AND ((pause.agency_id = $1 AND pairing.agency_id = $1)"
        "   OR (pause.pairing_id = $2 AND pairing.id = $2))",
        target.agency,
        target.pairing_id,
    )


async def came(connection: Connection, program_year: str) -> Sequence[Guest]:
    """Also when the year has closed on the evening of the visit."""
    rows = await connection.fetch(
        "SELECT officer.id AS officer_id, officer.first_name, officer.email, officer.agency_id AS agency,"
        " 'yes' AS answer, array_agg(pairing_id ORDER BY pairing_id) AS pairings, 1 AS times_asked, false AS rests FROM ("
        "  SELECT officer_id, pairing.id AS pairing_id FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        "   WHERE program_year_id = $1 AND visit.attended AND coalesce(end_reason, 'year closed') = 'year closed'"
        "  UNION SELECT officer_id, pairing_id FROM visit_host WHERE program_year_id = $1 AND attended AND released_at IS NULL"
        " ) AS present JOIN officer ON officer.id = present.officer_id GROUP BY officer.id ORDER BY officer.id",
        program_year,
    )
    return [Guest(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Answered:
    """Whose visit an answer belongs to."""

    program_year: str
    agency: str


async def answer(connection: Connection, pairing_id: UUID, said: str) -> Answered:
    """Yes or no; the last answer counts, until somebody has come or not. Raises NotTaken with a sentence."""
    row = await connection.fetchrow(
        "UPDATE visit SET answer = $2, answered_at = program_now() FROM pairing"
        " WHERE visit.pairing_id = $1 AND pairing.id = visit.pairing_id AND attended IS NULL AND answer_by IS NOT NULL"
        " AND visit_is_ahead(pairing.program_year_id)"
        " RETURNING pairing.program_year_id AS program_year, pairing.agency_id AS agency",
        pairing_id,
        said,
    )
    if row is None:
        raise NotTaken(
            "Pairing {pairing_id} has no open invitation. See: starter.py pairing show PROGRAM {pairing_id}",
            pairing_id=pairing_id,
        )
    return Answered(**row)


async def attend(connection: Connection, pairing_id: UUID, *, came: bool) -> None:
    """Raises NotTaken with a sentence."""
    changed = await connection.execute(
        "UPDATE visit SET attended = $2, recorded_at = program_now() FROM pairing"
        " WHERE visit.pairing_id = $1 AND pairing.id = visit.pairing_id AND visit_has_begun(program_year_id)",
        pairing_id,
        came,
    )
    if changed != "UPDATE 1":
        raise NotTaken(await _why_nobody_came(connection, pairing_id))


async def _why_nobody_came(connection: Connection, pairing_id: UUID) -> Sentence:
    year: str | None = await connection.fetchval(
        "SELECT program_year_id FROM visit JOIN pairing ON pairing.id = pairing_id WHERE pairing_id = $1",
        pairing_id,
    )
    if year is None:
        return Sentence(
            "Pairing {pairing_id} was never invited. See: starter.py pairing show PROGRAM {pairing_id}",
            pairing_id=pairing_id,
        )
    if await rests(connection, year):
        return Sentence(
            "The visit rests, and gets its day when that ends: who came is recorded from that day on."
        )
    return Sentence(
        "Who came is recorded from the day of the visit on, and not while it is called off. It is on {day}; has it"
        " moved? Then first: starter.py visit move PROGRAM PROGRAM-YEAR --to YEAR-MONTH-DAY",
        day=(await date_now(connection, year)).on,
    )


async def invited(connection: Connection, program_year: str) -> Sequence[UUID]:
    rows = await connection.fetch(
        "SELECT pairing_id FROM visit JOIN pairing ON pairing.id = visit.pairing_id"
        " WHERE program_year_id = $1 ORDER BY pairing_id",
        program_year,
    )
    return [row["pairing_id"] for row in rows]


@dataclass(frozen=True, slots=True)
class VisitDate:
    """A school's visit: its day, how often it has changed, and what people are told about that."""

    on: date
    sequence: int
    state: VisitState
    because: str | None


_DATE = (
    'SELECT visit_on AS "on", visit_sequence AS sequence, visit_state AS state, visit_because AS because'
    " FROM program_year WHERE id = $1"
)


async def date_of(connection: Connection, program_year: str) -> VisitDate:
    """Locked: of two changes one waits for the other. Raises LookupError with a sentence."""
    return _visit_date(await connection.fetchrow(f"{_DATE} FOR UPDATE", program_year), program_year)


async def lock(connection: Connection, pairing_ids: Sequence[UUID]) -> None:
    """The visits of these children, as `date_of` does."""
    await connection.execute(
        "SELECT FROM program_year WHERE id IN (SELECT program_year_id FROM pairing WHERE id = ANY ($1::uuid[]))"
        " ORDER BY id FOR UPDATE",
        list(pairing_ids),
    )


async def date_now(connection: Connection, program_year: str) -> VisitDate:
    """As somebody may be changing it. Raises LookupError with a sentence."""
    return _visit_date(await connection.fetchrow(_DATE, program_year), program_year)


def _visit_date(row: asyncpg.Record | None, program_year: str) -> VisitDate:
    if row is None:
        raise LookupError(f"There is no program year {program_year}. See: starter.py status PROGRAM")
    return VisitDate(**{**row, "state": VisitState(row["state"])})


async def give_reason(connection: Connection, program_year: str, because: str | None) -> None:
    """For the next change, if it is made."""
    await connection.execute(
        "UPDATE program_year SET visit_because_next = $2 WHERE id = $1", program_year, because
    )


async def change_date(connection: Connection, program_year: str, day: date) -> None:
    """With its reason. All answers, and who was recorded as there, belong to the day that they were given for."""
    await _forget_who_came(connection, program_year)
    await connection.execute(
        "UPDATE program_year SET visit_on = $2, visit_sequence = visit_sequence + 1, visit_state = 'planned',"
        " visit_because = visit_because_next, visit_because_next = NULL WHERE id = $1",
        program_year,
        day,
    )


async def _forget_who_came(connection: Connection, program_year: str) -> None:
    """Whoever had been recorded as there was not: another day asks all of them again."""
    await connection.execute(
        "WITH guests AS (UPDATE visit SET attended = NULL, recorded_at = NULL FROM pairing"
        "   WHERE pairing.id = visit.pairing_id AND pairing.program_year_id = $1)"
        " UPDATE visit_host SET attended = NULL, recorded_at = NULL WHERE program_year_id = $1",
        program_year,
    )


async def ask_again(connection: Connection, program_year: str, answer_by: datetime) -> None:
    await connection.execute(
        "UPDATE visit SET answer = NULL, answered_at = NULL,"
        " answer_by = CASE WHEN NOT rests_for_visit(pairing) THEN $2::timestamptz END FROM pairing"
        " WHERE pairing.id = visit.pairing_id AND pairing.program_year_id = $1 AND attended IS NULL"
        " AND answer_by IS NOT NULL",
        program_year,
        answer_by,
    )


async def call_off(connection: Connection, program_year: str, state: VisitState) -> None:
    """With its reason, or the one for which it was called off before."""
    await _forget_who_came(connection, program_year)
    await connection.execute(
        "UPDATE program_year SET visit_state = $2, visit_sequence = visit_sequence + 1, visit_because_next = NULL,"
        " visit_because = coalesce(visit_because_next, CASE visit_state WHEN 'called off' THEN visit_because END)"
        " WHERE id = $1",
        program_year,
        state,
    )


async def attended(connection: Connection, pairing_id: UUID) -> bool:
    came: bool | None = await connection.fetchval(
        "SELECT attended FROM visit WHERE pairing_id = $1", pairing_id
    )
    return bool(came)


async def expected_today(connection: Connection, name: str) -> Sequence[UUID]:
    """Officers of this name who were invited to a visit that is today, or have agreed to host there."""
    rows = await connection.fetch(
        "SELECT id FROM officer WHERE lower(first_name || ' ' || last_name) = lower($1) AND EXISTS ("
        "  SELECT FROM pairing JOIN visit ON visit.pairing_id = pairing.id JOIN program_year ON program_year.id = program_year_id"
        "   WHERE officer_id = officer.id AND ended_at IS NULL AND visit_on = program_today() AND visit_has_begun(program_year.id)"
        "  UNION ALL SELECT FROM visit_host JOIN program_year ON program_year.id = program_year_id"
        "   WHERE officer_id = officer.id AND answer = 'yes' AND released_at IS NULL"
        "   AND visit_on = program_today() AND visit_has_begun(program_year.id)) ORDER BY id",
        name,
    )
    return [row["id"] for row in rows]


async def attend_as(connection: Connection, officer_id: UUID, *, came: bool) -> Sequence[UUID]:
    """Of one officer, for every child that it meets today; their pairings."""
    rows = await connection.fetch(
        "WITH today AS (SELECT id FROM program_year WHERE visit_on = program_today() AND visit_has_begun(id)),"
        " own AS (UPDATE visit SET attended = $2, recorded_at = program_now() FROM pairing"
        "   WHERE pairing.id = visit.pairing_id AND pairing.officer_id = $1 AND pairing.ended_at IS NULL"
        "   AND pairing.program_year_id IN (SELECT id FROM today) RETURNING visit.pairing_id),"
        " hosted AS (UPDATE visit_host SET attended = $2, recorded_at = program_now()"
        "   WHERE officer_id = $1 AND answer = 'yes' AND released_at IS NULL"
        "   AND program_year_id IN (SELECT id FROM today) RETURNING pairing_id)"
        " SELECT pairing_id FROM own UNION SELECT pairing_id FROM hosted ORDER BY 1",
        officer_id,
        came,
    )
    return [row["pairing_id"] for row in rows]


async def rests(connection: Connection, program_year: str) -> bool:
    """Whether the visits of this school are paused."""
    paused: bool = await connection.fetchval(
        "SELECT is_paused('visits', program_id, school_id, NULL, NULL) FROM program_year WHERE id = $1",
        program_year,
    )
    return paused


async def standing(connection: Connection, program_year: str) -> VisitState:
    """As on record, or that it rests. Raises LookupError with a sentence."""
    state = (await date_now(connection, program_year)).state
    rest = state is VisitState.PLANNED and await rests(connection, program_year)
    return VisitState.RESTS if rest else state


async def rested_at(connection: Connection, program_year: str, at: datetime) -> bool:
    """Whether the visits of this school were paused then."""
    rested: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pause JOIN program_year AS year ON year.id = $1 WHERE what = 'visits'"
        " AND (num_nonnulls(pause.school_id, pause.agency_id, pairing_id) = 0 OR pause.school_id = year.school_id)"
        " AND began_at <= $2 AND coalesce(pause.ended_at, 'infinity') >= $2)",
        program_year,
        at,
    )
    return rested
