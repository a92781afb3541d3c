"""Pauses on record, and the dates of rounds that they move."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import asyncpg

from bluepals.domain.pauses import FrozenRound, Pause
from bluepals.domain.program import RoundDates
from bluepals.domain.refusals import Refused
from bluepals.domain.sentences import Sentence, together
from bluepals.domain.silence import ABSENT
from bluepals.store.database import Connection


class What(StrEnum):
    LETTERS = "letters"
    VISITS = "visits"


@dataclass(frozen=True, slots=True)
class Target:
    """What is paused: a school, an agency, a pairing, or with none of them the whole program."""

    school: str | None = None
    agency: str | None = None
    pairing_id: UUID | None = None

    @property
    def is_of_classes(self) -> bool:
        """Whole classes, with their opening days and their visit."""
        return self.agency is None and self.pairing_id is None

    @property
    def named(self) -> Sentence:
        """By its id, within a sentence."""
        match self:
            case Target(school=str(school)):
                return Sentence("school {school}", school=school)
            case Target(agency=str(agency)):
                return Sentence("agency {agency}", agency=agency)
            case Target(pairing_id=UUID() as pairing_id):
                return Sentence("pairing {pairing_id}", pairing_id=pairing_id)
        return Sentence("the program")

    def __str__(self) -> str:
        return str(self.named)


def resting(whats: Collection[What], of: str) -> Sentence:
    """Within a sentence."""
    if len(whats) > 1:
        return Sentence("the letters and the visits of {of}", of=of)
    return (
        Sentence("the letters of {of}", of=of)
        if What.LETTERS in whats
        else Sentence("the visits of {of}", of=of)
    )


class AlreadyPaused(Refused):
    """The same thing is paused already; the message says so."""

    def __init__(self, what: What, target: Target) -> None:
        super().__init__(already_paused(what, target.named))
        self.what = what


def already_paused(what: What, of: str) -> Sentence:
    return (
        Sentence("The letters of {of} are paused already.", of=of)
        if what is What.LETTERS
        else Sentence("The visits of {of} are paused already.", of=of)
    )


class NotPaused(Refused):
    """There is no such pause to end; the message says what is paused."""

    def __init__(self, whats: Sequence[What], target: Target, paused: "Sequence[OpenPause]") -> None:
        known = [resting([one.what], one.target.named) for one in paused]
        super().__init__(not_paused(whats, target.named, known))
        self.whats = whats


def not_paused(whats: Collection[What], of: str, paused: Sequence[str]) -> Sentence:
    """`paused`: all that is."""
    if len(whats) > 1:
        refused = Sentence("The letters and the visits of {of} are not paused.", of=of)
    elif What.LETTERS in whats:
        refused = Sentence("The letters of {of} are not paused.", of=of)
    else:
        refused = Sentence("The visits of {of} are not paused.", of=of)
    known = (
        Sentence("Paused: {paused}.", paused=together(*paused, between="; "))
        if paused
        else Sentence("Paused: nothing is.")
    )
    return together(refused, known)


_THIS = "school_id IS NOT DISTINCT FROM $1 AND agency_id IS NOT DISTINCT FROM $2 AND pairing_id IS NOT DISTINCT FROM $3"


async def begin(connection: Connection, target: Target, what: What, reason: str, by: UUID) -> None:
    """Raises AlreadyPaused, or LookupError when the program has no such school, agency or pairing."""
    try:
        await connection.execute(
            "INSERT INTO pause (program_id, school_id, agency_id, pairing_id, what, reason, paused_by)"
            " VALUES (current_setting('bluepals.program'), $1, $2, $3, $4, $5, $6)",
            target.school,
            target.agency,
            target.pairing_id,
            what,
            reason,
            by,
        )
    except asyncpg.UniqueViolationError:
        raise AlreadyPaused(what, target) from None
    except asyncpg.ForeignKeyViolationError:
        raise LookupError(f"There is no {target} in this program. See: starter.py status PROGRAM") from None


async def end(connection: Connection, target: Target, whats: Sequence[What], by: UUID) -> None:
    """Raises NotPaused when none of it is paused."""
    ended = await connection.fetch(
        f"UPDATE pause SET ended_at = program_now(), resumed_by = $4 WHERE {_THIS} AND what = ANY ($5::text[])"
        " AND ended_at IS NULL RETURNING id",
        target.school,
        target.agency,
        target.pairing_id,
        by,
        list(whats),
    )
    if not ended:
        raise NotPaused(whats, target, await open_pauses(connection))


async def end_rest(connection: Connection, pairing_id: UUID, reason: str) -> bool:
    """In the name of whoever has let it rest for this reason. False: it did not rest."""
    ended = await connection.execute(
        "UPDATE pause SET ended_at = program_now(), resumed_by = paused_by"
        " WHERE pairing_id = $1 AND what = 'letters' AND reason = $2 AND ended_at IS NULL",
        pairing_id,
        reason,
    )
    return ended == "UPDATE 1"


@dataclass(frozen=True, slots=True)
class OpenPause:
    target: Target
    what: What
    reason: str
    began_at: datetime


async def open_pauses(connection: Connection) -> Sequence[OpenPause]:
    """The oldest first."""
    rows = await connection.fetch(
        "SELECT school_id, agency_id, pairing_id, what, reason, began_at FROM pause"
        " WHERE ended_at IS NULL ORDER BY began_at, id"
    )
    return [
        OpenPause(
            Target(row["school_id"], row["agency_id"], row["pairing_id"]),
            What(row["what"]),
            ABSENT if row["reason"] == ABSENT else row["reason"],
            row["began_at"],
        )
        for row in rows
    ]


async def all_pauses(connection: Connection, what: What) -> Mapping[Target, Sequence[Pause]]:
    """Every pause that there ever was, by what was paused."""
    rows = await connection.fetch(
        "SELECT school_id, agency_id, pairing_id, began_at, ended_at FROM pause WHERE what = $1 ORDER BY began_at, id",
        what,
    )
    found: dict[Target, list[Pause]] = {}
    for row in rows:
        target = Target(row["school_id"], row["agency_id"], row["pairing_id"])
        found.setdefault(target, []).append(Pause(row["began_at"], row["ended_at"]))
    return found


async def next_version(connection: Connection) -> int:
    """The calendar has changed once more. It also keeps a second change out until this one is committed."""
    version: int = await connection.fetchval(
        "UPDATE program SET calendar_version = calendar_version + 1 RETURNING calendar_version"
    )
    return version


@dataclass(frozen=True, slots=True)
class PlannedRound:
    """A school's round as people planned it; pauses move it from there."""

    program_year: str
    school: str
    dates: RoundDates


async def planned_rounds(connection: Connection, first_year: int) -> Sequence[PlannedRound]:
    """Of this school year, where it is not closed; without what was left out."""
    rows = await connection.fetch(
        "SELECT round.program_year_id, round.school_id, number, students_due, officers_due, opens_on FROM round"
        " JOIN program_year ON program_year.id = round.program_year_id"
        " WHERE program_year.first_year = $1 AND program_year.state <> 'closed' AND round.left_out IS NULL"
        " ORDER BY round.program_year_id, number",
        first_year,
    )
    return [
        PlannedRound(
            row["program_year_id"],
            row["school_id"],
            RoundDates(row["number"], row["students_due"], row["officers_due"], row["opens_on"]),
        )
        for row in rows
    ]


async def move_rounds(connection: Connection, rounds: Sequence[tuple[str, FrozenRound]]) -> None:
    """By program year."""
    await connection.executemany(
        "UPDATE round SET students_due_at = $3, officers_due_at = $4, pack_closes_at = $5, opens_at = $6"
        " WHERE program_year_id = $1 AND number = $2",
        [
            (year, one.number, one.students_due, one.officers_due, one.pack_closes, one.opens)
            for year, one in rounds
        ],
    )


async def plan_anew(connection: Connection, program_year: str, dates: RoundDates, by: UUID) -> None:
    """A round that people have shortened or moved."""
    await connection.execute(
        "UPDATE round SET students_due = $3, officers_due = $4, opens_on = $5, planned_by = $6, planned_at = program_now()"
        " WHERE program_year_id = $1 AND number = $2",
        program_year,
        dates.number,
        dates.students_due,
        dates.officers_due,
        dates.opens_on,
        by,
    )


async def leave_out(connection: Connection, program_year: str, number: int, how: str) -> None:
    """A round that no longer fits: 'dropped', or 'carried' into the next year."""
    await connection.execute(
        "UPDATE round SET left_out = $3, students_due_at = NULL, officers_due_at = NULL, pack_closes_at = NULL,"
        " opens_at = NULL WHERE program_year_id = $1 AND number = $2",
        program_year,
        number,
        how,
    )


@dataclass(frozen=True, slots=True)
class LivePairing:
    id: UUID
    program_year: str
    school: str
    agency: str
    paired_at: datetime


async def live_pairings(connection: Connection, target: Target) -> Sequence[LivePairing]:
    """Those that a pause of this would reach."""
    rows = await connection.fetch(
        "SELECT id, program_year_id AS program_year, school_id AS school, agency_id AS agency, paired_at FROM pairing"
        " WHERE ended_at IS NULL AND school_id = coalesce($1, school_id) AND agency_id = coalesce($2, agency_id)"
        " AND id = coalesce($3, id) ORDER BY id",
        target.school,
        target.agency,
        target.pairing_id,
    )
    return [LivePairing(**row) for row in rows]


async def move_pairings(
    connection: Connection, rounds: Sequence[tuple[UUID, FrozenRound]], among: Sequence[UUID]
) -> None:
    """Dates of their own for some of these pairings; the others follow their class."""
    await connection.execute("DELETE FROM moved_round WHERE pairing_id = ANY ($1::uuid[])", list(among))
    await connection.executemany(
        "INSERT INTO moved_round (pairing_id, number, program_id, school_id, agency_id, students_due_at, officers_due_at)"
        " SELECT id, $2, program_id, school_id, agency_id, $3, $4 FROM pairing WHERE id = $1",
        [(pairing_id, one.number, one.students_due, one.officers_due) for pairing_id, one in rounds],
    )


@dataclass(frozen=True, slots=True)
class RoundOnRecord:
    """`opens_at` None: frozen, or no longer within the year."""

    program_year: str
    school: str
    number: int
    students_due_at: datetime | None
    officers_due_at: datetime | None
    opens_at: datetime | None


async def rounds_to_come(connection: Connection) -> Sequence[RoundOnRecord]:
    """Whose letters have not been opened yet."""
    rows = await connection.fetch(
        "SELECT program_year_id AS program_year, round.school_id AS school, number, students_due_at, officers_due_at,"
        " opens_at FROM round JOIN program_year ON program_year.id = round.program_year_id"
        " WHERE program_year.state <> 'closed' AND left_out IS NULL AND coalesce(opens_at > program_now(), true)"
        " ORDER BY 1, number"
    )
    return [RoundOnRecord(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class OwnDates:
    pairing_id: UUID
    number: int
    students_due_at: datetime | None
    officers_due_at: datetime | None


async def own_dates_to_come(connection: Connection) -> Sequence[OwnDates]:
    """Of pairings that don't follow their class."""
    rows = await connection.fetch(
        "SELECT pairing_id, number, students_due_at, officers_due_at FROM moved_round"
        " WHERE coalesce(officers_due_at > program_now(), true) ORDER BY pairing_id, number"
    )
    return [OwnDates(**row) for row in rows]


async def last_opening_before(connection: Connection, program_year: str, number: int) -> date | None:
    """The local day of the opening before this round's, when it has a date."""
    day: date | None = await connection.fetchval(
        "SELECT max(opening_day(round)) FROM round WHERE program_year_id = $1 AND number < $2",
        program_year,
        number,
    )
    return day


@dataclass(frozen=True, slots=True)
class VisitOnRecord:
    """`on` None: it rests."""

    program_year: str
    school: str
    on: date | None


async def visits_to_come(connection: Connection) -> Sequence[VisitOnRecord]:
    rows = await connection.fetch(
        "SELECT id AS program_year, school_id AS school,"
        " CASE WHEN NOT is_paused('visits', program_id, school_id, NULL, NULL) THEN visit_on END AS \"on\""
        " FROM program_year WHERE state <> 'closed' AND visit_state = 'planned' AND visit_on >= program_today()"
        " ORDER BY id"
    )
    return [VisitOnRecord(**row) for row in rows]


async def rests(
    connection: Connection, what: What, *, school: str | None = None, agency: str | None = None
) -> bool:
    """Whether this is paused for a school, an agency, or with none of them for the whole program."""
    paused: bool = await connection.fetchval(
        "SELECT is_paused($1, current_setting('bluepals.program'), $2, $3, NULL)", what, school, agency
    )
    return paused
