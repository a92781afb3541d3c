"""Pairs that are not introduced yet: who may still say no, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.mail import CALLED_BACK, MAY_STILL_GO


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pair stands before its introduction. `until` None: nobody has been asked."""

    student_id: UUID
    external_id: str
    officer_id: UUID
    introduced: bool
    until: datetime | None


async def standing(connection: Connection, pairing_id: UUID) -> Standing:
    """An introduction or an end of this pair waits. Raises LookupError with a sentence."""
    row = await connection.fetchrow(
        "SELECT student_id, external_id, officer_id, introduced_at IS NOT NULL AS introduced, declining_until AS until"
        " FROM pairing JOIN student ON student.id = student_id WHERE pairing.id = $1 FOR UPDATE OF pairing",
        pairing_id,
    )
    if row is None:
        raise LookupError(f"There is no pairing {pairing_id} here. See: starter.py pairing list PROGRAM")
    return Standing(**row)


async def ask(connection: Connection, pairing_id: UUID, until: datetime) -> None:
    await connection.execute(
        "UPDATE pairing SET declining_until = $2, asked_at = program_now() WHERE id = $1 AND declining_until IS NULL",
        pairing_id,
        until,
    )


@dataclass(frozen=True, slots=True)
class PairToCome:
    """A pair that is to be introduced. `until` None: the family and the officer are still to be asked."""

    pairing_id: UUID
    school_name: str
    class_name: str
    child: str
    officer_first_name: str
    agency_name: str
    until: datetime | None


async def pairs_to_come(connection: Connection, counselor: UUID) -> Sequence[PairToCome]:
    """Those of this counselor's schools, by class."""
    rows = await connection.fetch(
        "SELECT pairing.id AS pairing_id, school.name AS school_name, student.class_name,"
        " student.first_name || ' ' || student.last_name AS child, officer.first_name AS officer_first_name,"
        " agency.name AS agency_name, declining_until AS until"
        " FROM pairing JOIN student ON student.id = student_id JOIN officer ON officer.id = officer_id"
        " JOIN school ON school.program_id = pairing.program_id AND school.id = pairing.school_id"
        " JOIN agency ON agency.program_id = pairing.program_id AND agency.id = pairing.agency_id"
        " WHERE introduced_at IS NULL AND ended_at IS NULL"
        " AND holds_role($1, 'counselor', pairing.school_id, pairing.agency_id)"
        " ORDER BY 2, 3, in_alphabet(student.last_name), in_alphabet(student.first_name), 1",
        counselor,
    )
    return [PairToCome(**row) for row in rows]


async def is_counselors(connection: Connection, pairing_id: UUID, counselor: UUID) -> bool:
    """Whether this pair is of one of their schools."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pairing WHERE id = $1 AND holds_role($2, 'counselor', school_id, agency_id))",
        pairing_id,
        counselor,
    )
    return found


@dataclass(frozen=True, slots=True)
class NewPair:
    """`until` None: nobody has been asked yet."""

    pairing_id: UUID
    school: str
    class_name: str
    student_first_name: str
    officer_first_name: str
    agency_name: str
    until: datetime | None


_NEW_PAIRS = (
    "SELECT pairing.id AS pairing_id, pairing.school_id AS school, student.class_name,"
    " student.first_name AS student_first_name, officer.first_name AS officer_first_name,"
    " agency.name AS agency_name, declining_until AS until FROM pairing JOIN student ON student.id = student_id"
    " JOIN officer ON officer.id = officer_id"
    " JOIN agency ON agency.program_id = pairing.program_id AND agency.id = pairing.agency_id"
    " WHERE introduced_at IS NULL AND ended_at IS NULL AND {}"
    " ORDER BY 2, 3, in_alphabet(student.last_name), 4, 1"
)


async def new_pairs(connection: Connection, pairs: Sequence[UUID]) -> Sequence[NewPair]:
    """Of these proposed pairs those that are pairings now and will be introduced, by school."""
    rows = await connection.fetch(_NEW_PAIRS.format("proposed_pair_id = ANY ($1::uuid[])"), list(pairs))
    return [NewPair(**row) for row in rows]


async def pairs(connection: Connection, pairing_ids: Sequence[UUID]) -> Sequence[NewPair]:
    """Of these pairings those that will be introduced, by school."""
    rows = await connection.fetch(_NEW_PAIRS.format("pairing.id = ANY ($1::uuid[])"), list(pairing_ids))
    return [NewPair(**row) for row in rows]


async def not_asked(connection: Connection, schools: Sequence[str]) -> Sequence[NewPair]:
    """Pairs of these schools about which neither the family nor the officer has been asked."""
    rows = await connection.fetch(
        _NEW_PAIRS.format("declining_until IS NULL AND pairing.school_id = ANY ($1::text[])"), list(schools)
    )
    return [NewPair(**row) for row in rows]


async def is_kept_from_a_guardian(connection: Connection, pairing_id: UUID) -> bool:
    """Whether one of the child's guardians has no access."""
    kept: bool = await connection.fetchval(
        "SELECT NOT (guardian1_access AND guardian2_access) FROM pairing JOIN student ON student.id = student_id"
        " WHERE pairing.id = $1",
        pairing_id,
    )
    return kept


@dataclass(frozen=True, slots=True)
class CalledBack:
    """A counselor's list of new pairs that is not sent any more, or not once more."""

    mail_id: UUID
    school: str
    counselor: UUID
    pairings: Sequence[UUID]


async def call_back(connection: Connection, pairing_ids: Sequence[UUID]) -> Sequence[CalledBack]:
    """The lists with one of these; one that is just going out is left to whatever becomes of it."""
    rows = await connection.fetch(
        f"UPDATE mail SET {CALLED_BACK} WHERE starts_with(key, 'pairs-') AND tells_of && $1::uuid[]"
        f" AND recalled_at IS NULL AND {MAY_STILL_GO} RETURNING id AS mail_id, school_id AS school,"
        " right(key, 36)::uuid AS counselor, tells_of AS pairings, state",
        list(pairing_ids),
    )
    return [
        CalledBack(row["mail_id"], row["school"], row["counselor"], row["pairings"])
        for row in rows
        if row["state"] != "data_started"
    ]
