"""Pairings: begun from approved pairs, introduced, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.deliveries import Held


@dataclass(frozen=True, slots=True)
class PairingCard:
    """The two people of a pairing, as far as a notice may know them. `goes_on`: they were pals in an earlier year."""

    id: UUID
    program: str
    program_year: str
    school: str
    school_name: str
    agency: str
    agency_name: str
    student_first_name: str
    student_language: str
    class_name: str
    guardian_email: str | None
    guardian2_email: str | None
    officer_id: UUID
    officer_first_name: str
    officer_email: str
    ended: bool
    goes_on: bool

    @property
    def family(self) -> Sequence[str]:
        """Where its notices go: to each guardian who has an address and may be written to."""
        return [one for one in (self.guardian_email, self.guardian2_email) if one is not None]


async def card(connection: Connection, pairing_id: UUID) -> PairingCard:
    """Raises LookupError with a sentence."""
    row = await connection.fetchrow(
        "SELECT pairing.id, pairing.program_id AS program, pairing.program_year_id AS program_year,"
        " pairing.school_id AS school, school.name AS school_name, pairing.agency_id AS agency,"
        " agency.name AS agency_name, student.first_name AS student_first_name, student.language AS student_language, student.class_name,"
        " student.guardian_email, student.guardian2_email, officer.id AS officer_id, officer.first_name AS officer_first_name,"
        " officer.email AS officer_email, pairing.ended_at IS NOT NULL AS ended, goes_on(pairing) AS goes_on"
        " FROM pairing JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        " JOIN school ON school.program_id = pairing.program_id AND school.id = pairing.school_id"
        " JOIN agency ON agency.program_id = pairing.program_id AND agency.id = pairing.agency_id"
        " WHERE pairing.id = $1",
        pairing_id,
    )
    if row is None:
        raise LookupError(f"There is no pairing {pairing_id} here. See: starter.py pairing list PROGRAM")
    return PairingCard(**row)


@dataclass(frozen=True, slots=True)
class RoundTimes:
    """None: frozen by a pause, or no longer within the year."""

    number: int
    students_due: datetime | None
    officers_due: datetime | None
    pack_closes: datetime | None
    opens: datetime | None


async def closed_gate(connection: Connection, pairing_id: UUID) -> Held | None:
    """Why these two may not hear of each other now. Whoever would close a gate, or end it, waits. With its year, it is over."""
    gates = await connection.fetchrow(
        "SELECT pairing.ended_at IS NOT NULL OR EXISTS (SELECT FROM program_year WHERE id = pairing.program_year_id"
        "   AND state = 'closed') AS over, has_consent(student) AS consented, is_cleared(officer) AS cleared,"
        " is_paused('letters', pairing.program_id, pairing.school_id, pairing.agency_id, pairing.id) AS paused"
        " FROM pairing JOIN student ON student.id = pairing.student_id JOIN officer ON officer.id = pairing.officer_id"
        " WHERE pairing.id = $1 FOR UPDATE OF pairing FOR SHARE OF student, officer",
        pairing_id,
    )
    if gates is None or gates["over"]:
        return Held.ENDED
    if not gates["consented"]:
        return Held.NO_CONSENT
    if not gates["cleared"]:
        return Held.NOT_CLEARED
    if gates["paused"]:
        return Held.PAUSED
    return None


async def introduce(connection: Connection, pairing_id: UUID, joining_days: int) -> None:
    """From the first round for which the child has so many days; who was there from the start writes the first one.

    Pals since an earlier year, who are approved before all others, make nobody late.
    """
    await connection.execute(
        "UPDATE pairing SET introduced_at = program_now(), first_round = coalesce("
        "  (SELECT min(number) FROM pairing_round WHERE pairing_id = pairing.id AND students_due_at > program_now()"
        "    AND (local_day(students_due_at) >= program_today() + $2::int OR (number = 1 AND begins_on <= coalesce("
        "     (SELECT min(begins_on) FROM pairing AS one WHERE one.program_year_id = pairing.program_year_id"
        "       AND NOT goes_on(one)), begins_on)))),"
        "  (SELECT max(number) + 1 FROM round WHERE round.program_year_id = pairing.program_year_id))"
        " WHERE id = $1 AND introduced_at IS NULL",
        pairing_id,
        joining_days,
    )


async def rounds(connection: Connection, pairing_id: UUID) -> Sequence[RoundTimes]:
    """The rounds that this pairing writes; without those that were left out. Whoever says farewell misses no date."""
    rows = await connection.fetch(
        "SELECT round.number, CASE WHEN ending.pairing_id IS NULL THEN round.students_due_at END AS students_due,"
        " CASE WHEN ending.pairing_id IS NULL THEN round.officers_due_at END AS officers_due,"
        " round.pack_closes_at AS pack_closes, round.opens_at AS opens FROM pairing_round AS round JOIN pairing ON pairing.id = round.pairing_id"
        " LEFT JOIN ending ON ending.pairing_id = pairing.id"
        " WHERE pairing.id = $1 AND round.number >= pairing.first_round AND left_out IS NULL ORDER BY round.number",
        pairing_id,
    )
    return [RoundTimes(**row) for row in rows]


async def approved(connection: Connection, program_year: str) -> Sequence[UUID]:
    """Pairings of this year that have not been introduced; one that was declined meanwhile has to hear of it."""
    rows = await connection.fetch(
        "SELECT id FROM pairing WHERE program_year_id = $1 AND introduced_at IS NULL AND (ended_at IS NULL OR EXISTS"
        " (SELECT FROM tell WHERE workflow_id = 'pairing-' || pairing.id AND answered_at IS NULL)) ORDER BY id",
        program_year,
    )
    return [row["id"] for row in rows]


async def ending_with_the_year(connection: Connection, program_year: str) -> Sequence[UUID]:
    rows = await connection.fetch(
        "SELECT id FROM pairing WHERE program_year_id = $1 AND introduced_at IS NOT NULL AND ended_at IS NULL"
        " AND NOT EXISTS (SELECT FROM ending WHERE pairing_id = pairing.id) ORDER BY id",
        program_year,
    )
    return [row["id"] for row in rows]


async def end(connection: Connection, pairing_id: UUID, reason: str) -> None:
    await connection.execute(
        "UPDATE pairing SET ended_at = program_now(), end_reason = $2 WHERE id = $1 AND ended_at IS NULL",
        pairing_id,
        reason,
    )


async def live(connection: Connection, program_year: str) -> int:
    count: int = await connection.fetchval(
        "SELECT count(*) FROM pairing WHERE program_year_id = $1 AND ended_at IS NULL", program_year
    )
    return count


@dataclass(frozen=True, slots=True)
class PairingState:
    school: str
    agency: str
    ended: bool


async def state(connection: Connection, pairing_id: UUID) -> PairingState:
    """What either side may know of a pairing. Raises LookupError with a sentence."""
    row = await connection.fetchrow(
        "SELECT school_id AS school, agency_id AS agency, ended_at IS NOT NULL AS ended FROM pairing WHERE id = $1",
        pairing_id,
    )
    if row is None:
        raise LookupError(f"There is no pairing {pairing_id} here. See: starter.py pairing list PROGRAM")
    return PairingState(**row)


async def is_written_to(connection: Connection, pairing_id: UUID) -> bool:
    """Whether the two may still write, be it a farewell. Whoever would end it waits."""
    lives: bool = await connection.fetchval(
        "SELECT ended_at IS NULL FROM pairing WHERE id = $1 FOR SHARE", pairing_id
    )
    return lives


async def child_has_pal(connection: Connection, pairing_id: UUID) -> bool:
    """Whether this pairing's child is in one that lives."""
    lives: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pairing AS this JOIN pairing AS one ON one.student_id = this.student_id"
        " WHERE this.id = $1 AND one.ended_at IS NULL)",
        pairing_id,
    )
    return lives


async def answer_due(connection: Connection, pairing_id: UUID) -> datetime | None:
    """When the officer's next letter is due; None after the last round."""
    due: datetime | None = await connection.fetchval(
        "SELECT min(officers_due_at) FROM pairing_round WHERE pairing_id = $1 AND officers_due_at > program_now()",
        pairing_id,
    )
    return due
