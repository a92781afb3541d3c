"""The days on which a class opens its letters: its school's, or a later one that its teacher has set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bluepals.store.database import Connection
from bluepals.store.teachers_page import SchoolClass


@dataclass(frozen=True, slots=True)
class ClassOpening:
    """`schools_day`, `opens_on`: None while it is frozen. `next_day`: on which the school opens the letters of a later round."""

    number: int
    schools_day: date | None
    opens_on: date | None
    pack_came: bool
    opened: bool
    next_day: date | None

    @property
    def may_be_moved(self) -> bool:
        return self.opens_on is not None and not self.opened


async def openings(connection: Connection, of: SchoolClass) -> Mapping[int, ClassOpening]:
    """By round, without what was left out."""
    rows = await connection.fetch(
        "SELECT number, opening_day(round) AS schools_day, class_opens_on(round, $2) AS opens_on,"
        " pack_sent_at IS NOT NULL AS pack_came, class_has_opened(round, $2) AS opened,"
        " min(opening_day(round)) OVER (ORDER BY number ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_day"
        " FROM round WHERE program_year_id = $1 AND left_out IS NULL ORDER BY number",
        of.program_year,
        of.class_name,
    )
    return {row["number"]: ClassOpening(**row) for row in rows}


async def move(connection: Connection, of: SchoolClass, number: int, on: date, by: UUID) -> None:
    await connection.execute(
        "INSERT INTO class_opening (program_id, school_id, program_year_id, number, class_name, opens_on, moved_by)"
        " SELECT program_id, school_id, program_year_id, number, $3, $4, $5 FROM round"
        " WHERE program_year_id = $1 AND number = $2"
        " ON CONFLICT (program_year_id, number, class_name) DO UPDATE"
        " SET (opens_on, moved_by, moved_at) = (excluded.opens_on, excluded.moved_by, program_now())",
        of.program_year,
        number,
        of.class_name,
        on,
        by,
    )


async def back_to_the_schools_day(connection: Connection, of: SchoolClass, number: int) -> None:
    await connection.execute(
        "DELETE FROM class_opening WHERE program_year_id = $1 AND number = $2 AND class_name = $3",
        of.program_year,
        number,
        of.class_name,
    )
