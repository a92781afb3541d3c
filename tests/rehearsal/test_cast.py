"""Who plays in a rehearsal."""

from bluepals.store.database import Connection
from rehearsal.cast import Staff, couples
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
