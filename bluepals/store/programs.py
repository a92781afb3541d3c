"""The program's definition, its years and their rounds."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from bluepals.domain.calendar import round_deadlines, visit_day
from bluepals.domain.program import Program
from bluepals.store.database import Connection


@cache
def _definition() -> TypeAdapter[Program]:
    return TypeAdapter(Program)


async def save(connection: Connection, program: Program) -> bool:
    """The definition, with its schools, agencies, program years and rounds; False when it was there, the same."""
    definition: dict[str, Any] = _definition().dump_python(program, mode="json")
    if await connection.fetchval("SELECT definition FROM program WHERE id = $1", program.id) == definition:
        return False
    await connection.execute(
        "INSERT INTO program (id, name, definition) VALUES ($1, $2, $3)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, definition = excluded.definition",
        program.id,
        program.name,
        definition,
    )
    for table, rows in (("school", program.schools), ("agency", program.agencies)):
        await connection.executemany(
            f"INSERT INTO {table} (program_id, id, name) VALUES ($1, $2, $3)"
            " ON CONFLICT (program_id, id) DO UPDATE SET name = excluded.name",
            [(program.id, row.id, row.name) for row in rows],
        )
    for school in program.schools:
        await _save_year(connection, program, school.id)
    return True


async def _save_year(connection: Connection, program: Program, school: str) -> None:
    year = program.program_year_id(school)
    await connection.execute(
        "INSERT INTO program_year (id, program_id, school_id, first_year, visit_on) VALUES ($1, $2, $3, $4, $5)"
        # A day that people have moved stays where they put it.
        " ON CONFLICT (id) DO UPDATE SET visit_on ="
        "  CASE program_year.visit_sequence WHEN 0 THEN excluded.visit_on ELSE program_year.visit_on END",
        year,
        program.id,
        school,
        program.first_year,
        visit_day(program, school),
    )
    deadlines = {one.number: one for one in round_deadlines(program)}
    await connection.executemany(
        "INSERT INTO round (program_year_id, number, program_id, school_id, students_due, officers_due, opens_on,"
        " students_due_at, officers_due_at, pack_closes_at, opens_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        " ON CONFLICT (program_year_id, number) DO UPDATE SET (students_due, officers_due, opens_on, students_due_at,"
        " officers_due_at, pack_closes_at, opens_at) = (excluded.students_due, excluded.officers_due, excluded.opens_on,"
        " excluded.students_due_at, excluded.officers_due_at, excluded.pack_closes_at, excluded.opens_at)"
        # Once it is open, its dates are people's to move; a folder that names others has been refused before.
        " WHERE (SELECT state FROM program_year WHERE id = round.program_year_id) = 'prepared'",
        [
            (
                year,
                dates.number,
                program.id,
                school,
                dates.students_due,
                dates.officers_due,
                dates.opens_on,
                at.students_due,
                at.officers_due,
                at.pack_closes,
                at.opens,
            )
            for dates in program.rounds
            for at in (deadlines[dates.number],)
        ],
    )


async def load(connection: Connection) -> Program:
    """The program of this scope. Raises LookupError when it has not been imported."""
    definition = await connection.fetchval("SELECT definition FROM program")
    if definition is None:
        raise LookupError("This program is not on record. Import its folder first: starter.py import FOLDER")
    return _definition().validate_python(definition)


async def years(connection: Connection) -> Sequence[tuple[str, str, str]]:
    """Program year, school and state, by school."""
    rows = await connection.fetch("SELECT id, school_id, state FROM program_year ORDER BY school_id")
    return [(row["id"], row["school_id"], row["state"]) for row in rows]


async def open_year(connection: Connection, program_year: str) -> None:
    await connection.execute(
        "UPDATE program_year SET state = 'open', opened_at = program_now() WHERE id = $1 AND state = 'prepared'",
        program_year,
    )


async def close_year(connection: Connection, program_year: str) -> None:
    await connection.execute(
        "UPDATE program_year SET state = 'closed', closed_at = program_now() WHERE id = $1 AND state = 'open'",
        program_year,
    )


async def visit_on(connection: Connection, program_year: str) -> date:
    day: date = await connection.fetchval("SELECT visit_on FROM program_year WHERE id = $1", program_year)
    return day


async def calendar_version(connection: Connection) -> int:
    """How often pauses have changed the program's dates."""
    version: int = await connection.fetchval("SELECT calendar_version FROM program")
    return version


async def today(connection: Connection) -> date:
    day: date = await connection.fetchval("SELECT program_today()")
    return day


async def now(connection: Connection) -> datetime:
    at: datetime = await connection.fetchval("SELECT program_now()")
    return at
