"""A program year's opening days and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bluepals.domain.program import School
from bluepals.store.database import Connection


@dataclass(frozen=True, slots=True)
class Opening:
    """None: frozen, or left out."""

    school: str
    opens_on: date | None
    opens_at: datetime | None


async def one(connection: Connection, program_year: str, number: int) -> Opening:
    row = await connection.fetchrow(
        "SELECT school_id AS school, opening_day(round) AS opens_on, opens_at FROM round WHERE program_year_id = $1 AND number = $2",
        program_year,
        number,
    )
    if row is None:
        raise LookupError(f"There is no round {number} in {program_year}.")
    return Opening(**row)


async def opening_days(connection: Connection, program_year: str) -> Sequence[tuple[int, datetime | None]]:
    """In order; None: frozen by a pause. What was left out has none."""
    rows = await connection.fetch(
        "SELECT number, opens_at FROM round WHERE program_year_id = $1 AND left_out IS NULL ORDER BY number",
        program_year,
    )
    return [(row["number"], row["opens_at"]) for row in rows]


async def last_opening(connection: Connection, program_year: str) -> date | None:
    """Of its rounds as they are now; None: those that are left rest."""
    day: date | None = await connection.fetchval(
        "SELECT max(opening_day(round)) FROM round WHERE program_year_id = $1 AND left_out IS NULL",
        program_year,
    )
    return day


@dataclass(frozen=True, slots=True)
class ClassWithPack:
    class_name: str
    opens_on: date


async def classes_with_pack(
    connection: Connection, program_year: str, opening: int
) -> Sequence[ClassWithPack]:
    """Of an opening day that is not frozen."""
    rows = await connection.fetch(
        "SELECT DISTINCT student.class_name, class_opens_on(round, student.class_name) AS opens_on FROM delivery"
        " JOIN pairing ON pairing.id = delivery.pairing_id JOIN student ON student.id = pairing.student_id"
        " JOIN round ON round.program_year_id = pairing.program_year_id AND round.number = delivery.opening"
        " WHERE pairing.program_year_id = $1 AND delivery.opening = $2 AND withheld_at IS NULL AND has_consent(student)"
        " ORDER BY 1",
        program_year,
        opening,
    )
    return [ClassWithPack(**row) for row in rows]


async def mark_pack_sent(connection: Connection, program_year: str, number: int) -> None:
    await connection.execute(
        "UPDATE round SET pack_sent_at = program_now()"
        " WHERE program_year_id = $1 AND number = $2 AND pack_sent_at IS NULL",
        program_year,
        number,
    )


async def school_of(connection: Connection, program_year: str) -> School:
    row = await connection.fetchrow(
        "SELECT school.id, school.name FROM program_year"
        " JOIN school ON school.program_id = program_year.program_id AND school.id = program_year.school_id"
        " WHERE program_year.id = $1",
        program_year,
    )
    if row is None:
        raise LookupError(f"There is no program year {program_year}. See: starter.py status PROGRAM")
    return School(row["id"], row["name"], agencies=())


async def last(connection: Connection, program_year: str) -> int:
    """The round in which both say farewell: the last one that is not left out; 0: there is none."""
    number: int = await connection.fetchval(
        "SELECT coalesce(max(number), 0) FROM round WHERE program_year_id = $1 AND left_out IS NULL",
        program_year,
    )
    return number


async def numbers(connection: Connection, program_year: str) -> dict[str, int]:
    row = await connection.fetchrow(
        "WITH these AS (SELECT id FROM pairing WHERE program_year_id = $1)"
        " SELECT (SELECT count(*) FROM these) AS pairings,"
        " (SELECT count(*) FROM delivery JOIN these ON these.id = pairing_id WHERE kind <> 'stock' AND withheld_at IS NULL) AS letters,"
        " (SELECT count(*) FROM delivery JOIN these ON these.id = pairing_id WHERE kind = 'stock' AND withheld_at IS NULL) AS stock_letters,"
        " (SELECT count(*) FROM miss JOIN these ON these.id = pairing_id) AS missed,"
        " (SELECT count(*) FROM delivery JOIN these ON these.id = pairing_id WHERE kind = 'late' AND withheld_at IS NULL) AS late,"
        " (SELECT count(*) FROM visit JOIN these ON these.id = pairing_id WHERE attended) AS visits",
        program_year,
    )
    return dict(row or {})


@dataclass(frozen=True, slots=True)
class RoundInCalendar:
    """Its days as they stand now; None: frozen, or no longer within the year. `over`: opened. `left_out`: how."""

    program_year: str
    number: int
    students_due: date | None
    officers_due: date | None
    opens_on: date | None
    over: bool
    left_out: str | None


async def in_calendar(connection: Connection) -> Sequence[RoundInCalendar]:
    """Of the years that are not closed."""
    rows = await connection.fetch(
        "SELECT program_year_id AS program_year, number, local_day(students_due_at) AS students_due,"
        " local_day(officers_due_at) AS officers_due, opening_day(round) AS opens_on,"
        " coalesce(opens_at <= program_now(), false) AS over, left_out"
        " FROM round JOIN program_year ON program_year.id = program_year_id"
        " WHERE program_year.state <> 'closed' ORDER BY program_year_id, number"
    )
    return [RoundInCalendar(**row) for row in rows]
