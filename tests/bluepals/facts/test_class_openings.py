"""A class opens its letters on a later day than its school: which days it may choose, and what waits for that day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side
from bluepals.domain.pairing_year import OpeningDay
from bluepals.domain.program import RoundDates
from bluepals.domain.sentences import Sentence
from bluepals.facts import cases, class_openings, dates, leaving, pairing_year, pauses, roster, year
from bluepals.facts.class_papers import pack
from bluepals.facts.dates import Change
from bluepals.facts.desk import NotTheirs
from bluepals.facts.teachers_page import TeacherAtDesk
from bluepals.store import attention, audit, family_page, teachers_page
from bluepals.store import cases as cases_store
from bluepals.store import class_openings as store
from bluepals.store.class_openings import ClassOpening
from bluepals.store.database import Scope
from bluepals.store.letters import NotTaken
from bluepals.store.pauses import Target, What
from tests.bluepals.facts.test_year import words
from tests.bluepals.facts.two_schools import BEGIN, TwoSchools, people
from tests.desk.town import read_pdf
from tests.mailroom import parsed

SCHOOLS_DAY, THURSDAY, FRIDAY = date(2026, 10, 13), date(2026, 10, 15), date(2026, 10, 16)
SECOND = date(2026, 11, 24)
OPENS = datetime(2026, 10, 13, 12, tzinfo=UTC)


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


async def teacher(schools: TwoSchools, name: str) -> TeacherAtDesk:
    async with schools.database.transaction(schools.scope) as connection:
        classes = tuple(await teachers_page.classes(connection, schools.staff[name]))
    scope = Scope(schools.program, schools=tuple({one.school for one in classes}))
    return TeacherAtDesk(schools.staff[name], name, scope, classes)


async def move(schools: TwoSchools, on: date, *, number: int = 1, by: str = "Tess") -> None:
    tess = await teacher(schools, by)
    await class_openings.move(schools.office, tess, schools.year("north"), "5A", number, on)


async def opening(schools: TwoSchools, number: int = 1) -> ClassOpening:
    tess = await teacher(schools, "Tess")
    async with schools.database.transaction(tess.scope) as connection:
        return (await store.openings(connection, tess.classes[0]))[number]


async def pack_comes(schools: TwoSchools) -> None:
    await schools.at(OPENS)
    await year.send_packs(schools.office, schools.scope, schools.year("north"), 1)


async def family_sees(schools: TwoSchools) -> list[date]:
    """The days of the officer's letters that Ana's family sees."""
    async with schools.database.transaction(schools.scope) as connection:
        found = await family_page.letters(connection, schools.student["Ana"])
    return [one.delivered_on for one in found if one.side is Side.OFFICER]


async def pause(schools: TwoSchools) -> None:
    await pauses.pause(
        schools.office, schools.scope, Target(), [What.LETTERS], reason="snow", by=schools.staff["Cora"]
    )


async def resume(schools: TwoSchools) -> None:
    this = (schools.office, schools.scope, Target(), [What.LETTERS])
    seen = await pauses.preview(*this, {}, by=schools.staff["Cora"])
    await pauses.resume(*this, {}, by=schools.staff["Cora"], agreed=seen.agreement)


# Which days


async def test_a_class_opens_with_its_school_until_its_teacher_chooses_a_later_day(
    schools: TwoSchools,
) -> None:
    assert (await opening(schools)).opens_on == SCHOOLS_DAY
    await move(schools, THURSDAY)
    await move(schools, FRIDAY)
    assert (await opening(schools)).opens_on == FRIDAY
    assert (await opening(schools, 2)).opens_on == SECOND, "another round stays"
    assert await schools.admin.fetchval("SELECT moved_by FROM class_opening") == schools.staff["Tess"]


async def test_by_the_schools_day_a_class_is_back_with_its_school(schools: TwoSchools) -> None:
    await move(schools, THURSDAY)
    await move(schools, SCHOOLS_DAY)
    assert (await opening(schools)).opens_on == SCHOOLS_DAY
    assert await schools.count("class_opening") == 0


async def test_the_other_teachers_of_the_class_hear_of_it_each_time_it_moves(schools: TwoSchools) -> None:
    await schools.admin.execute(
        "INSERT INTO staff_role (staff_id, program_id, role, school_id, class_name)"
        " SELECT id, program_id, 'teacher', 'north', CASE external_id WHEN 'Mona' THEN '5A' ELSE '5Z' END FROM staff"
        " WHERE external_id IN ('Mona', 'Cora')"
    )
    for hour, day in enumerate((THURSDAY, THURSDAY, FRIDAY, THURSDAY, SCHOOLS_DAY)):
        await schools.at(BEGIN + timedelta(hours=hour))
        await move(schools, day)
    told = [(row["to_address"], parsed(row["message"])["subject"]) for row in await schools.mails("pack")]
    days = ("Thursday, October 15", "Friday, October 16", "Thursday, October 15", "Tuesday, October 13")
    assert told == [("mona@staff.example", f"Opening day 1 of class 5A is on {day}") for day in days]
    first, *_ = await schools.mails("pack")
    assert "Tess has moved opening day 1 of class 5A from Tuesday, October 13 to" in words(
        parsed(first["message"])
    ).replace("\n", " ")
    await move(schools, FRIDAY, by="Mona")
    assert (await schools.mails("pack"))[-1]["to_address"] == "tess@staff.example"


@pytest.mark.parametrize(
    ("number", "on", "said"),
    [
        (
            1,
            date(2026, 10, 12),
            "The school opens its letters on Tuesday, October 13. Choose that day, or a later",
        ),
        (
            1,
            date(2026, 10, 17),
            "There is no school on Saturday, October 17. Choose another day, such as Monday, October 19",
        ),
        (
            1,
            SECOND,
            "On Tuesday, November 24 the next letters are opened. Choose Monday, November 23, or an earlier",
        ),
        (1, date(2027, 1, 11), "On Tuesday, November 24 the next letters are opened."),
        (
            2,
            date(2027, 5, 24),
            "After Friday, May 21 there is no school. Choose Friday, May 21, or an earlier day.",
        ),
    ],
)
async def test_another_day_is_refused_with_one_that_can_be_chosen(
    schools: TwoSchools, number: int, on: date, said: str
) -> None:
    with pytest.raises(NotTaken, match=said):
        await move(schools, on, number=number)
    assert await schools.count("class_opening") == 0


async def test_on_the_last_days_before_the_next_opening_no_day_after_it_is_proposed(
    schools: TwoSchools,
) -> None:
    await schools.admin.execute(
        "UPDATE round SET pack_closes_at = pack_closes_at - interval '3 days', opens_at = opens_at - interval '1 day'"
        " WHERE number = 2"
    )
    with pytest.raises(NotTaken, match="such as Friday, November 20"):
        await move(schools, date(2026, 11, 22))


async def test_a_day_that_is_over_is_refused(schools: TwoSchools) -> None:
    await move(schools, FRIDAY)
    await pack_comes(schools)
    await schools.at(morning(THURSDAY))
    for over in (SCHOOLS_DAY, date(2026, 10, 14)):
        with pytest.raises(NotTaken, match=r"is over\. Choose Thursday, October 15, or a later day"):
            await move(schools, over)
    await move(schools, THURSDAY)
    assert (await opening(schools)).opened


async def test_what_a_class_has_opened_is_not_opened_on_another_day(schools: TwoSchools) -> None:
    await pack_comes(schools)
    with pytest.raises(NotTaken, match="Your class opened these letters on Tuesday, October 13"):
        await move(schools, THURSDAY)


async def test_while_letters_rest_there_is_no_day_to_choose(schools: TwoSchools) -> None:
    await pause(schools)
    with pytest.raises(NotTaken, match="Letters rest at present"):
        await move(schools, THURSDAY)


async def test_only_the_class_s_own_teacher_chooses_and_only_for_a_round_of_the_year(
    schools: TwoSchools,
) -> None:
    with pytest.raises(NotTheirs):
        await move(schools, THURSDAY, by="Tom")
    with pytest.raises(NotTheirs):
        await move(schools, THURSDAY, number=9)
    await schools.admin.execute("UPDATE round SET left_out = 'dropped' WHERE number = 2")
    with pytest.raises(NotTheirs):
        await move(schools, date(2026, 11, 25), number=2)


async def test_no_school_sets_a_day_for_the_class_of_another(schools: TwoSchools) -> None:
    """Whatever the SQL."""
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with schools.database.transaction(Scope(schools.program, schools=("north",))) as connection:
            await connection.execute(
                "INSERT INTO class_opening (program_id, school_id, program_year_id, number, class_name, opens_on, moved_by)"
                " VALUES ('stl', 'north', 'stl.south.2026', 1, '5B', '2026-10-15', $1)",
                schools.staff["Tess"],
            )


# A round that is moved or rests


async def test_a_round_that_is_moved_behind_the_class_s_day_wins(schools: TwoSchools) -> None:
    await move(schools, THURSDAY)
    await schools.admin.execute("UPDATE program_year SET state = 'open'")
    before = (await dates_of(schools)) | {"opens_on": date(2026, 10, 20)}
    change = Change(schools.year("north"), RoundDates(1, **before), along=False)
    seen = await dates.preview(schools.office, schools.scope, change, by=schools.staff["Cora"])
    await dates.move(schools.office, schools.scope, change, by=schools.staff["Cora"], agreed=seen.agreement)
    assert (await opening(schools)).opens_on == date(2026, 10, 20)


async def dates_of(schools: TwoSchools) -> dict[str, date]:
    row = await schools.admin.fetchrow(
        "SELECT students_due, officers_due FROM round WHERE program_year_id = $1 AND number = 1",
        schools.year("north"),
    )
    return dict(row or {})


async def test_a_class_s_day_rests_with_its_round_and_the_later_of_both_holds_afterwards(
    schools: TwoSchools,
) -> None:
    await move(schools, THURSDAY)
    await pause(schools)
    assert (await opening(schools)).opens_on is None
    await schools.at(datetime(2026, 9, 15, 12, tzinfo=UTC))
    await resume(schools)
    after = await opening(schools)
    assert after.opens_on == after.schools_day != SCHOOLS_DAY


async def test_a_day_that_comes_while_letters_rest_is_held_when_they_go_on(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.OFFICER)
    await move(schools, THURSDAY)
    await pack_comes(schools)
    await schools.at(morning(date(2026, 10, 14)))
    await pause(schools)
    await schools.at(morning(FRIDAY))
    assert ((await opening(schools)).opens_on, await family_sees(schools)) == (None, [])
    await resume(schools)
    assert (await opening(schools)).opened
    assert await family_sees(schools) == [THURSDAY]


async def test_what_was_opened_before_a_pause_stays_opened(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.OFFICER)
    await move(schools, THURSDAY)
    await pack_comes(schools)
    await schools.at(morning(THURSDAY))
    await pause(schools)
    await schools.at(morning(FRIDAY))
    assert await family_sees(schools) == [THURSDAY]


# What waits for the class's day


async def test_the_pack_comes_on_the_schools_day_and_says_when_the_class_opens_it(
    schools: TwoSchools,
) -> None:
    await schools.deliver("Ana", Side.OFFICER)
    await move(schools, THURSDAY)
    await pack_comes(schools)
    (mail,) = await schools.mails("pack")
    assert "that class 5A opens on Thursday, October 15 are ready" in words(parsed(mail["message"]))
    printed = await pack(schools.office, await teacher(schools, "Tess"), schools.year("north"), "5A", 1)
    assert "Round 1 · Thursday, October 15, 2026" in read_pdf(printed)[0]


async def test_while_letters_rest_the_pack_names_no_day(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.OFFICER)
    await move(schools, FRIDAY)
    await pack_comes(schools)
    await schools.at(morning(date(2026, 10, 14)))
    await pause(schools)
    printed = await pack(schools.office, await teacher(schools, "Tess"), schools.year("north"), "5A", 1)
    assert "October" not in read_pdf(printed)[0]


async def test_a_family_sees_the_letter_when_the_class_has_opened_it(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.OFFICER)
    await move(schools, THURSDAY)
    await pack_comes(schools)
    assert await family_sees(schools) == []
    await schools.at(morning(THURSDAY))
    assert await family_sees(schools) == [THURSDAY]


async def test_a_letter_has_arrived_when_the_class_has_opened_it(schools: TwoSchools) -> None:
    delivery = await schools.deliver("Ana", Side.OFFICER)
    await move(schools, THURSDAY)
    await pack_comes(schools)

    async def arrived() -> bool:
        async with schools.database.transaction(schools.scope) as connection:
            has: bool = await connection.fetchval("SELECT has_arrived($1)", delivery.draft_id)
        return has

    assert not await arrived()
    await schools.at(morning(THURSDAY))
    assert await arrived()


async def test_a_pairing_s_year_has_the_class_s_opening_days(schools: TwoSchools) -> None:
    await move(schools, THURSDAY)
    lines = {
        child: await pairing_year.pairing_year(schools.office, schools.scope, schools.pairing[child])
        for child in ("Ana", "Cleo")
    }
    assert lines["Ana"].opening_days == [OpeningDay(1, THURSDAY), OpeningDay(2, SECOND)]
    assert lines["Cleo"].opening_days[0] == OpeningDay(1, SCHOOLS_DAY), "of another school's class"


async def test_its_officer_sees_the_same_days(schools: TwoSchools) -> None:
    await move(schools, THURSDAY)
    agency = Scope(schools.program, agencies=("city",))
    line = await pairing_year.pairing_year(schools.office, agency, schools.pairing["Ana"])
    assert line.opening_days[0] == OpeningDay(1, THURSDAY)


@pytest.mark.parametrize(("moved", "held_back"), [(True, True), (False, False)])
async def test_a_letter_of_a_stopped_officer_is_held_back_until_the_class_has_opened_it(
    schools: TwoSchools, moved: bool, held_back: bool
) -> None:
    await schools.approve_stock()
    await schools.deliver("Ana", Side.OFFICER)
    if moved:
        await move(schools, THURSDAY)
    await pack_comes(schools)
    await schools.at(OPENS + timedelta(hours=1))
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Lee"])
    withheld = await schools.admin.fetchval(
        "SELECT withheld_at IS NOT NULL FROM delivery WHERE kind = 'letter'"
    )
    assert withheld is held_back
    stock = await schools.admin.fetchval("SELECT count(*) FROM delivery WHERE kind = 'stock'")
    assert bool(stock) is held_back, "nobody sits there empty-handed"
    async with schools.database.transaction(schools.scope) as connection:
        (audited,) = await audit.openings(connection)
    assert audited.has_letter


@pytest.mark.parametrize("moved", [True, False])
async def test_a_letter_under_a_case_leaves_its_place_in_a_pack_that_the_class_has_not_opened(
    schools: TwoSchools, moved: bool
) -> None:
    delivery = await schools.deliver("Ana", Side.OFFICER)
    if moved:
        await move(schools, THURSDAY)
    await pack_comes(schools)
    by, draft = schools.staff["Tess"], delivery.draft_id
    opened = await cases.worry(schools.office, schools.scope, draft_id=draft, by=by, concern=Concern.UNSURE)
    async with schools.database.transaction(schools.scope) as connection:
        places = await cases_store.places_in_packs(connection, opened.case.id)
    assert [one.empty for one in places] == ([True] if moved else [])


async def test_a_call_for_a_stock_letter_stands_until_the_class_opens(schools: TwoSchools) -> None:
    await schools.deliver("Ben", Side.OFFICER)
    key = f"no-stock-{schools.pairing['Ana']}-1"
    await move(schools, THURSDAY)

    async def is_open() -> bool:
        async with schools.database.transaction(schools.scope) as connection:
            await attention.settle_what_is_over(connection)
            return key in {one.key for one in await attention.open_calls(connection)}

    async with schools.database.transaction(schools.scope) as connection:
        await attention.call(
            connection,
            key=key,
            kind="no stock letter",
            school="north",
            subject_id=schools.pairing["Ana"],
            sentence=Sentence("Ana has no letter."),
        )
    await pack_comes(schools)
    assert await is_open()
    await schools.at(morning(THURSDAY))
    assert not await is_open()


@pytest.mark.parametrize("children", [("Ana", "Ben"), ("Ana",)])
async def test_a_class_that_a_roster_renames_keeps_its_day_and_its_stacks(
    schools: TwoSchools, children: tuple[str, ...]
) -> None:
    """Where some go to a new class and some stay, none is renamed."""
    await schools.deliver("Ana", Side.OFFICER)
    await move(schools, THURSDAY)
    await schools.admin.execute(
        "INSERT INTO stack (id, program_id, school_id, program_year_id, class_name, round_number, uploaded_by, has_sheets,"
        " filed_at) VALUES (gen_random_uuid(), 'stl', 'north', $1, '5A', 1, $2, true, program_now())",
        schools.year("north"),
        schools.staff["Tess"],
    )
    known = people(schools.program)
    renamed = [
        replace(one, class_name="5 Hall") if one.student_id in children else one for one in known.students
    ]
    await roster.apply(schools.office, replace(known, students=renamed))
    became = "5 Hall" if children == ("Ana", "Ben") else "5A"
    for table in ("class_opening", "stack"):
        assert await schools.admin.fetchval(f"SELECT class_name FROM {table}") == became
    await pack_comes(schools)
    assert await family_sees(schools) == ([] if became == "5 Hall" else [SCHOOLS_DAY])
