"""The board's numbers: how far each school's rounds are, letter by letter."""

from datetime import date, timedelta

from bluepals.domain.board import Board, SideCount
from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side, Verdict
from bluepals.facts import cases, leaving, letters, pairings, year
from bluepals.facts.board import board_rounds
from bluepals.store import pauses
from bluepals.store.database import Scope
from tests.bluepals.facts.two_schools import CHILDREN_DUE, OFFICERS_DUE, TwoSchools

A_SECOND = timedelta(seconds=1)
NORTH = Scope("stl", schools=("north",))


async def board(schools: TwoSchools, scope: Scope | None = None) -> Board:
    async with schools.office.database.transaction(scope or schools.scope) as connection:
        return await board_rounds(connection)


async def count(schools: TwoSchools, side: Side = Side.STUDENT, number: int = 1) -> SideCount:
    """Of the north, where Ana and Ben write to Olga and Omar."""
    (north, _) = (await board(schools)).rows
    of = north.rounds[number]
    return of.students if side is Side.STUDENT else of.officers


def counted(
    written: int = 0, *, read: int = 0, released: int = 0, late: int = 0, missing: int = 0, stock: int = 0
) -> SideCount:
    return SideCount(2, written, read, released, late, missing, stock)


async def test_schools_are_rows_and_rounds_are_columns(schools: TwoSchools) -> None:
    shown = await board(schools)
    assert shown.numbers == [1, 2]
    assert [(row.school, row.name, [*row.rounds]) for row in shown.rows] == [
        ("north", "North School", [1, 2]),
        ("south", "South School", [1, 2]),
    ]
    assert [one.opens_on for one in shown.rows[0].rounds.values()] == [date(2026, 10, 13), date(2026, 11, 24)]
    assert await count(schools) == counted()


async def test_a_letter_is_counted_as_written_then_as_read_then_as_released(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    assert await count(schools) == counted(1)
    await schools.decide(draft)
    assert await count(schools) == counted(1, read=1)
    await schools.release("Ana", draft)
    assert await count(schools) == counted(1, read=1, released=1)
    assert await count(schools, Side.OFFICER) == await count(schools, number=2) == counted()


async def test_one_that_came_back_is_read_and_what_was_written_instead_is_not_yet(
    schools: TwoSchools,
) -> None:
    await schools.decide(await schools.write("Ana", Side.OFFICER, "My street is Elm."), Verdict.RETURN)
    assert await count(schools, Side.OFFICER) == counted(1, read=1)
    await schools.write("Ana", Side.OFFICER, "Hello.")
    assert await count(schools, Side.OFFICER) == counted(1)


async def test_a_letter_under_a_case_is_one_that_is_not_read_yet(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "My dog died.")
    before = await count(schools)
    await schools.decide(draft, Verdict.REFER)
    assert await count(schools) == before == counted(1)


async def test_a_worry_about_an_approved_letter_changes_no_number(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "My dog died.")
    await schools.decide(draft)
    before = await count(schools)
    await cases.worry(
        schools.office, schools.scope, draft_id=draft.id, by=schools.staff["Tess"], concern=Concern.SAD
    )
    assert await count(schools) == before


async def test_a_missed_letter_is_missing_until_it_comes_and_late_from_then_on(schools: TwoSchools) -> None:
    await schools.at(CHILDREN_DUE + A_SECOND)
    await letters.record_miss(schools.office, schools.scope, schools.pairing["Ana"], 1, Side.STUDENT)
    assert await count(schools) == counted(missing=1)
    await schools.write("Ana", Side.STUDENT)
    assert await count(schools) == counted(1, late=1)


async def test_a_stock_letter_is_counted_beside_what_it_stands_in_for(schools: TwoSchools) -> None:
    this = (schools.office, schools.scope, schools.pairing["Ana"], 1)
    await schools.approve_stock()
    await schools.at(OFFICERS_DUE + A_SECOND)
    await letters.record_miss(*this, Side.OFFICER)
    await letters.put_stock_letter(*this)
    assert await count(schools, Side.OFFICER) == counted(missing=1, stock=1)


async def test_a_letter_that_was_taken_out_of_the_pack_is_not_released(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.OFFICER)
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Lee"])
    assert (await count(schools, Side.OFFICER)).released == 0


async def test_who_has_ended_is_expected_to_write_nothing_after_that_and_has_written_what_was_before(
    schools: TwoSchools,
) -> None:
    await schools.deliver("Ana", Side.STUDENT)
    await schools.at(CHILDREN_DUE + A_SECOND)
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    assert (await count(schools)).of == 2
    assert (await count(schools, Side.OFFICER)).of == 1
    assert (await count(schools, number=2)).of == 1


async def test_a_child_who_comes_later_is_expected_from_its_first_round_on(schools: TwoSchools) -> None:
    await schools.admin.execute("UPDATE pairing SET first_round = 2 WHERE id = $1", schools.pairing["Ana"])
    assert [(await count(schools, number=number)).of for number in (1, 2)] == [1, 2]


async def test_a_round_that_was_left_out_is_not_on_the_board(schools: TwoSchools) -> None:
    async with schools.database.transaction(schools.scope) as connection:
        await pauses.leave_out(connection, schools.year("north"), 2, "dropped")
    north, south = (await board(schools)).rows
    assert ([*north.rounds], [*south.rounds]) == ([1], [1, 2])


async def test_the_year_that_runs_comes_before_one_that_is_prepared(schools: TwoSchools) -> None:
    await schools.admin.execute(
        "INSERT INTO program_year (id, program_id, school_id, first_year) VALUES ('stl.north.2027', 'stl', 'north', 2027)"
    )
    await year.open_year(schools.office, schools.scope, schools.year("north"))
    assert [row.school for row in (await board(schools)).rows] == ["north", "south"]
    await schools.admin.execute("UPDATE program_year SET state = 'closed' WHERE first_year = 2026")
    assert (await board(schools)).rows == [], "and it has no rounds yet"


async def test_a_program_without_a_year_has_an_empty_board(schools: TwoSchools) -> None:
    assert await board(schools, Scope.whole("another")) == Board([], [])


async def test_a_school_sees_its_own_row(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.STUDENT)
    north, _ = (await board(schools)).rows
    assert (await board(schools, NORTH)).rows == [north]
