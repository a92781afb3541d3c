"""A roster applied: whole or not at all, people asked for what only they can settle, an open year's dates kept."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from bluepals.facts import roster
from bluepals.facts.office import Office
from bluepals.facts.roster import Roster, RosterRefused
from bluepals.store import programs
from bluepals.store.database import Database, Scope
from tests.bluepals.roster.village import (
    PROGRAM,
    STAFF,
    STUDENTS,
    office_on,
    officer,
    officers,
    read,
    staff,
    student,
    students,
)

SCOPE = Scope.whole("kc")
NORTH = "kc.north.2026"
ROUND_2 = PROGRAM[PROGRAM.rindex("[[rounds]]") : PROGRAM.index("[visit]")]


@pytest.fixture
def office(database: Database) -> Office:
    return office_on(database)


async def apply(office: Office, folder: Path, **files: str) -> roster.Applied:
    return await roster.apply(office, Roster.of(read(folder, **files)))


async def calls(admin: asyncpg.Connection, *, open_ones: bool = True) -> list[str]:
    rows = await admin.fetch(
        "SELECT key FROM attention WHERE kind = 'roster' AND (closed_at IS NULL) = $1 ORDER BY key", open_ones
    )
    return [row["key"] for row in rows]


async def open_the_year(database: Database, state: str = "open") -> None:
    async with database.transaction(SCOPE) as connection:
        await programs.open_year(connection, NORTH)
        if state == "closed":
            await programs.close_year(connection, NORTH)


async def refused(office: Office, folder: Path, program: str) -> list[tuple[str, str]]:
    with pytest.raises(RosterRefused) as found:
        await apply(office, folder, program__toml=program)
    for one in found.value.problems:
        assert one.file == "program.toml"
        assert one.problem in str(found.value)
    return [(one.column, one.value) for one in found.value.problems]


# ---- people


async def test_only_what_changed_is_counted(office: Office, tmp_path: Path) -> None:
    await apply(office, tmp_path)
    applied = await apply(
        office,
        tmp_path,
        students__csv=STUDENTS.replace("Ben", "Benjamin") + student("S-6") + "\n",
        staff__csv=STAFF.replace("kim@", "kim.lee@"),
    )
    assert (applied.students, applied.officers, applied.staff) == (2, 0, 1)


async def test_a_year_that_was_mistyped_takes_its_students_along(
    office: Office, tmp_path: Path, admin: asyncpg.Connection
) -> None:
    reading = read(tmp_path)
    assert reading.program is not None
    mistyped = replace(
        reading.program,
        year=replace(
            reading.program.year, first_day=date(2025, 8, 18), last_day=date(2026, 5, 29), breaks=()
        ),
        rounds=(
            replace(
                reading.program.rounds[0],
                students_due=date(2025, 9, 19),
                officers_due=date(2025, 10, 3),
                opens_on=date(2025, 10, 10),
            ),
        ),
        visit=replace(reading.program.visit, start=date(2026, 5, 11), end=date(2026, 5, 15)),
    )
    await roster.apply(office, replace(Roster.of(reading), program=mistyped))
    await roster.apply(office, Roster.of(reading))
    years = await admin.fetch("SELECT DISTINCT program_year_id FROM student ORDER BY 1")
    assert [row[0] for row in years] == [NORTH, "kc.south.2026"]


# ---- what a person has to look at


async def test_people_are_asked_once_by_id_and_no_more_when_it_is_settled(
    office: Office, tmp_path: Path, admin: asyncpg.Connection
) -> None:
    asking = students(student("S-8", gender="X"), student("S-9", consent=""))
    uncleared = officers(officer("O-9", cleared_until=""))
    await apply(office, tmp_path, students__csv=asking, officers__csv=uncleared)
    await apply(office, tmp_path, students__csv=f"A title\n{asking}", officers__csv=uncleared)
    assert await calls(admin) == [
        "roster officers cleared_until O-9",
        "roster students consent S-9",
        "roster students gender S-8",
    ]
    assert await calls(admin, open_ones=False) == []
    await apply(office, tmp_path, students__csv=students(student("S-8"), student("S-9", consent="")))
    assert await calls(admin) == ["roster students consent S-9"]
    assert len(await calls(admin, open_ones=False)) == 2


async def test_what_people_are_asked_names_no_child_and_says_whose_it_is(
    office: Office, tmp_path: Path, admin: asyncpg.Connection
) -> None:
    await apply(office, tmp_path, students__csv=students(student("S-9", consent="", gender="")))
    rows = await admin.fetch("SELECT sentence, school_id FROM attention WHERE kind = 'roster'")
    assert len(rows) == 2
    for row in rows:
        assert row["school_id"] == "north"
        assert row["sentence"].startswith("Student S-9 ")
        assert "Ana" not in row["sentence"]
        assert "Lopez" not in row["sentence"]


async def test_a_sentence_that_is_no_longer_true_is_replaced(
    office: Office, tmp_path: Path, admin: asyncpg.Connection
) -> None:
    for day in ("2026-01-31", "2026-02-28"):
        await apply(office, tmp_path, officers__csv=officers(officer("O-9", cleared_until=day)))
    rows = await admin.fetch("SELECT sentence FROM attention WHERE closed_at IS NULL")
    assert ["2026-02-28" in row["sentence"] for row in rows] == [True]


async def test_other_kinds_of_calls_are_left_alone(
    office: Office, database: Database, tmp_path: Path, admin: asyncpg.Connection
) -> None:
    await apply(office, tmp_path)
    await admin.execute(
        "INSERT INTO attention (program_id, key, kind, sentence) VALUES ('kc', 'k', 'mail', 's')"
    )
    await apply(office, tmp_path)
    assert await admin.fetchval("SELECT closed_at FROM attention WHERE key = 'k'") is None


# ---- what an import can't change


@pytest.mark.parametrize("state", ["open", "closed"])
async def test_the_dates_of_a_year_that_was_opened_stay(
    office: Office, database: Database, tmp_path: Path, state: str, admin: asyncpg.Connection
) -> None:
    await apply(office, tmp_path)
    await open_the_year(database, state)
    before = await admin.fetch("SELECT * FROM round ORDER BY program_year_id, number")
    moved = PROGRAM.replace("opens_on = 2026-10-09", "opens_on = 2026-10-12").replace('"US-MO"', '"US-KS"')
    moved += "\n[policy]\ndue_hour = 15\n"
    assert await refused(office, tmp_path, moved.replace("2026-10-12", "2026-10-13")) == [
        ("program.holidays", "US-KS"),
        ("rounds[1].opens_on", "2026-10-13"),
        ("policy.due_hour", "15"),
    ]
    assert await admin.fetch("SELECT * FROM round ORDER BY program_year_id, number") == before


async def test_of_a_year_that_was_opened_a_round_is_neither_taken_nor_added(
    office: Office, database: Database, tmp_path: Path
) -> None:
    await apply(office, tmp_path)
    await open_the_year(database)
    assert {
        key.split("]")[0] for key, _ in await refused(office, tmp_path, PROGRAM.replace(ROUND_2, ""))
    } == {"rounds[2"}


async def test_people_and_names_of_an_open_year_may_still_change(
    office: Office, database: Database, tmp_path: Path
) -> None:
    await apply(office, tmp_path)
    await open_the_year(database)
    program = PROGRAM.replace("North Elementary", "North School") + "\n[policy]\nnudge_hours = [48]\n"
    applied = await apply(
        office,
        tmp_path,
        program__toml=program,
        staff__csv=staff("K-2,Kit Ray,kit@example.org,counselor,south,,,"),
    )
    assert applied.total == 1


async def test_before_it_is_opened_a_year_s_dates_may_move_but_no_round_goes(
    office: Office, tmp_path: Path, admin: asyncpg.Connection
) -> None:
    await apply(office, tmp_path)
    await apply(
        office, tmp_path, program__toml=PROGRAM.replace("opens_on = 2026-10-09", "opens_on = 2026-10-13")
    )
    moved = await admin.fetchval(
        "SELECT opens_on FROM round WHERE program_year_id = $1 AND number = 1", NORTH
    )
    assert moved == date(2026, 10, 13)
    assert await refused(office, tmp_path, PROGRAM.replace(ROUND_2, "")) == [("rounds", "1")]


async def test_a_school_or_agency_on_record_is_not_dropped(office: Office, tmp_path: Path) -> None:
    reading = read(tmp_path)
    await roster.apply(office, Roster.of(reading))
    assert reading.program is not None
    smaller = replace(
        reading.program, schools=reading.program.schools[:1], agencies=reading.program.agencies[1:]
    )
    with pytest.raises(RosterRefused) as found:
        await roster.apply(office, Roster(smaller, (), (), (), ()))
    assert [(one.column, one.value) for one in found.value.problems] == [
        ("schools", "south"),
        ("agencies", "city"),
    ]


async def test_the_next_school_year_waits_until_this_one_is_closed(
    office: Office, database: Database, tmp_path: Path
) -> None:
    await apply(office, tmp_path)
    await open_the_year(database)
    later = PROGRAM.replace("2027-", "2028-").replace("2026-", "2027-")
    for wrong, right in (
        ("2027-09-18", "2027-09-17"),
        ("2027-10-02", "2027-10-01"),
        ("2027-10-09", "2027-10-08"),
        ("2028-01-15", "2028-01-14"),
        ("2028-01-29", "2028-01-28"),
        ("2028-02-05", "2028-02-04"),
        ("2027-08-17", "2027-08-16"),
        ("2028-05-28", "2028-05-26"),
        ("2028-05-21", "2028-05-19"),
        ("2028-05-10", "2028-05-10"),
    ):
        later = later.replace(wrong, right)
    assert await refused(office, tmp_path, later) == [("year.first_day", "2027-08-16")]
    async with database.transaction(SCOPE) as connection:
        await programs.close_year(connection, NORTH)
    await apply(office, tmp_path, program__toml=later)
