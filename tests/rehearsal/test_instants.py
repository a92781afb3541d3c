"""When a rehearsed year has to stop: by the dates on record, not by those that were planned."""

from datetime import datetime, timedelta

from bluepals.domain.calendar import SchoolCalendar, visit_day
from bluepals.store.database import Connection
from rehearsal import instants
from tests.bluepals.facts.two_schools import TwoSchools, program
from tests.bluepals.store.busy_year import trying

PROGRAM = program("stl")
CALENDAR = SchoolCalendar.of(PROGRAM)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


async def due_at(connection: Connection, at: datetime) -> bool:
    return await instants.any_between(connection, PROGRAM, at - MINUTE, at)


async def test_a_date_of_a_class_of_a_pairing_of_its_own_and_of_an_end_is_one(lived: TwoSchools):
    at = datetime.fromisoformat("2027-02-01T12:34:56+00:00")
    for change in (
        "UPDATE round SET students_due_at = NULL, officers_due_at = NULL, pack_closes_at = NULL, opens_at = $1",
        "UPDATE moved_round SET officers_due_at = $1",
        "UPDATE pairing SET introduced_at = NULL, first_round = NULL, declining_until = $1",
        "UPDATE visit SET answer_by = $1",
    ):
        async with trying(lived) as connection:
            assert not await due_at(connection, at)
            await connection.execute(change, at)
            assert await due_at(connection, at), change
            assert not await instants.any_between(connection, PROGRAM, at, at + MINUTE), (
                "only after the first"
            )


async def test_a_visit_is_prepared_before_the_day_on_record(lived: TwoSchools):
    async with trying(lived) as connection:
        day = CALENDAR.add_school_days(visit_day(PROGRAM), 3)
        noon_before = CALENDAR.instant(CALENDAR.add_school_days(day, -1), 12)
        assert not await due_at(connection, noon_before)
        await connection.execute("UPDATE program_year SET visit_on = $1", day)
        assert await due_at(connection, noon_before)
        assert await due_at(connection, CALENDAR.instant(day, PROGRAM.policy.due_hour))


async def test_the_year_ends_twice_an_hour_apart(connection: Connection):
    for hours in (1, 0):
        assert await due_at(
            connection, CALENDAR.instant(PROGRAM.year.last_day, PROGRAM.policy.due_hour - hours)
        )


async def test_pairings_that_live_and_those_that_end_are_told_apart(lived: TwoSchools):
    async with trying(lived) as connection:
        await connection.execute("DELETE FROM ending")
        await connection.execute("UPDATE pairing SET ended_at = NULL, end_reason = NULL")
        found = await instants.running(connection)
        everybody = {f"pairing-{one}" for one in lived.pairing.values()}
        assert (set(found.living), set(found.ending)) == (everybody, set())
        ana = lived.pairing["Ana"]
        await connection.execute(
            "INSERT INTO ending SELECT id, program_id, school_id, agency_id, 'left the school', program_now(),"
            " program_now() + interval '3 days', officer_id FROM pairing WHERE id = $1",
            ana,
        )
        found = await instants.running(connection)
    assert (set(found.living), set(found.ending)) == (everybody - {f"pairing-{ana}"}, {f"pairing-{ana}"})


async def test_children_between_two_officers_are_looked_after_in_the_morning():
    at = instants.looks_for_officers(PROGRAM, PROGRAM.year.first_day)
    assert at.astimezone(CALENDAR.zone).strftime("%H:%M") == "06:00"
