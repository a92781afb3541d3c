"""Who plays in a rehearsal."""

from datetime import timedelta

from bluepals.domain.letters import Side
from bluepals.store.database import Connection
from rehearsal.cast import (
    Staff,
    changes,
    couples,
    invited,
    keys_of_pairings,
    letters_to_come,
    open_cases,
    proposed_reserves,
)
from tests.bluepals.facts.two_schools import PALS, TwoSchools
from tests.bluepals.store.busy_year import trying

CLASSES = {("north", "5A"), ("south", "5B")}


async def test_couples_are_the_pairings_in_the_order_of_the_schools_own_ids(
    connection: Connection, lived: TwoSchools
):
    """Ids of the database differ from rehearsal to rehearsal; dice and order must not hang on them."""
    cast = await couples(connection)
    assert [(one.key, one.officer_key) for one in cast] == sorted(PALS.items())
    assert {one.key: one.pairing_id for one in cast} == lived.pairing


async def test_a_couple_knows_its_names_its_class_and_its_languages(connection: Connection):
    ana = (await couples(connection))[0]
    assert (ana.student_name, ana.officer_name, ana.school, ana.class_name) == ("Ana", "Olga", "north", "5A")
    assert (ana.language, list(ana.officer_languages), ana.first_round) == ("es", ["en"], 1)


async def test_who_has_not_been_introduced_does_not_write(lived: TwoSchools):
    async with trying(lived) as connection:
        await connection.execute(
            "UPDATE pairing SET introduced_at = NULL, first_round = NULL WHERE id = $1", lived.pairing["Ana"]
        )
        cast = await couples(connection)
    assert [one.key for one in cast] == ["Ben", "Cleo", "Dan"]


async def test_teachers_hand_in_for_their_class_and_moderators_read_for_their_school(
    connection: Connection, lived: TwoSchools
):
    staff, known = await Staff.of(connection, CLASSES), lived.staff
    assert staff.coordinator == known["Cora"]
    assert staff.teachers == {("north", "5A"): known["Tess"], ("south", "5B"): known["Tom"]}
    assert staff.readers == {"north": [known["Mona"]], "south": [known["Max"]]}


async def test_reserve_letters_belong_to_no_school_and_every_moderator_may_read_them(
    connection: Connection, lived: TwoSchools
):
    staff = await Staff.of(connection, CLASSES)
    assert set(staff.all_readers) == {lived.staff["Mona"], lived.staff["Max"]}


async def test_a_class_without_a_teacher_has_nobody_who_hands_in(connection: Connection):
    staff = await Staff.of(connection, CLASSES | {("north", "5C")})
    assert staff.teachers.keys() == CLASSES


async def test_letters_to_come_are_those_of_which_nothing_has_come_in(
    connection: Connection, lived: TwoSchools
):
    to_come = await letters_to_come(connection, "America/Chicago")
    ana = {(one.round_number, one.side) for one in to_come if one.pairing_id == lived.pairing["Ana"]}
    assert ana == {(2, Side.OFFICER)}


async def test_who_says_farewell_writes_one_more_letter_until_then(lived: TwoSchools):
    async with trying(lived) as connection:
        await connection.execute("DELETE FROM ending")
        await connection.execute(
            "INSERT INTO ending SELECT id, program_id, school_id, agency_id, 'left the school', program_now(),"
            " program_now() + interval '3 days', officer_id FROM pairing WHERE id = $1",
            lived.pairing["Dan"],
        )
        to_come = await letters_to_come(connection, "America/Chicago")
        today = await connection.fetchval("SELECT program_today()")
    dan = [one for one in to_come if one.pairing_id == lived.pairing["Dan"]]
    assert [(one.side, one.round_number) for one in dan] == [(Side.OFFICER, 1), (Side.STUDENT, 1)]
    assert {one.due for one in dan} == {today + timedelta(days=3)}


async def test_whose_pairing_rests_goes_on_with_the_class(lived: TwoSchools):
    pairing = lived.pairing["Ben"]
    async with trying(lived) as connection:
        await connection.execute("DELETE FROM ending")
        await connection.execute(
            "INSERT INTO moved_round (pairing_id, number, program_id, school_id, agency_id)"
            " SELECT id, 2, program_id, school_id, agency_id FROM pairing WHERE id = $1"
            " ON CONFLICT (pairing_id, number) DO UPDATE SET students_due_at = NULL, officers_due_at = NULL",
            pairing,
        )
        to_come = await letters_to_come(connection, "America/Chicago")
        of_class = await connection.fetchval(
            "SELECT local_day(students_due_at) FROM round JOIN pairing USING (program_year_id)"
            " WHERE pairing.id = $1 AND number = 2",
            pairing,
        )
    ben = {(one.round_number, one.side): one.due for one in to_come if one.pairing_id == pairing}
    assert ben[2, Side.STUDENT] == of_class


async def test_an_introduction_a_new_calendar_and_a_stopped_officer_change_who_writes_and_when(
    lived: TwoSchools,
):
    async with trying(lived) as connection:
        seen = [await changes(connection)]
        await connection.execute(
            "UPDATE pairing SET introduced_at = NULL, first_round = NULL WHERE id = $1", lived.pairing["Ana"]
        )
        seen.append(await changes(connection))
        await connection.execute("UPDATE program SET calendar_version = calendar_version + 1")
        seen.append(await changes(connection))
    assert len(set(seen)) == 3


async def test_whoever_is_invited_is_known_by_the_schools_own_ids(connection: Connection):
    asked = await invited(connection, "America/Chicago")
    assert [(one.key, one.officer_key) for one in asked] == sorted(PALS.items())
    assert {one.moves for one in asked} == {0}


async def test_no_case_and_no_reserve_is_open_in_a_year_without_one(connection: Connection):
    assert await open_cases(connection, "America/Chicago") == []
    assert await proposed_reserves(connection) == []
    assert sorted((await keys_of_pairings(connection)).values()) == sorted(PALS.items())
