"""A pairing's year: each letter, miss, change and rest once, on its day; of a case a delay and nothing more."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.pairing_year import Moment, OpeningDay, PairingYear, Rest
from bluepals.facts import cases, closing, leaving, letters, pairings, pauses, replacements, visits
from bluepals.facts.closing import Word
from bluepals.facts.pairing_year import pairing_year
from bluepals.store.database import Scope
from bluepals.store.endings import Reason
from bluepals.store.letters import DraftRecord
from bluepals.store.pauses import Target, What
from tests.bluepals.facts.two_schools import BEGIN, CHILDREN_DUE, OFFICERS_DUE, TwoSchools

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
NORTH, SOUTH = Scope("stl", schools=("north",)), Scope("stl", schools=("south",))
CITY = Scope("stl", agencies=("city",))


async def year_of(schools: TwoSchools, child: str = "Ana", scope: Scope | None = None) -> PairingYear:
    return await pairing_year(schools.office, scope or schools.scope, schools.pairing[child])


def told(year: PairingYear) -> list[str]:
    return [_told(one) for one in year.moments]


def _told(one: Moment) -> str:
    letter = "" if one.side is None else f"{one.side} {one.round_number} "
    return f"{one.on:%m-%d} {letter}{one.kind}"


async def letters_told(schools: TwoSchools, child: str = "Ana", scope: Scope | None = None) -> list[str]:
    year = await year_of(schools, child, scope)
    return [_told(one) for one in year.moments if one.side]


async def worry(schools: TwoSchools, draft: DraftRecord, concern: Concern = Concern.SAD) -> UUID:
    opened = await cases.worry(
        schools.office, schools.scope, draft_id=draft.id, by=schools.staff["Tess"], concern=concern
    )
    return opened.case.id


async def close(schools: TwoSchools, case_id: UUID, outcome: LetterOutcome) -> None:
    this, by = (schools.office, schools.scope), schools.staff["Coco"]
    await cases.plan(*this, case_id=case_id, by=by, look_again_on=date(2026, 9, 15))
    await closing.close(*this, case_id=case_id, by=by, word=Word(outcome))


# ---- its frame


async def test_it_has_first_names_and_the_days_of_the_school_year(schools: TwoSchools) -> None:
    year = await year_of(schools)
    assert (year.student, year.officer) == ("Ana", "Olga")
    assert (year.first_day, year.last_day, year.today) == (
        date(2026, 8, 24),
        date(2027, 5, 21),
        date(2026, 9, 1),
    )
    assert year.opening_days == [OpeningDay(1, date(2026, 10, 13)), OpeningDay(2, date(2026, 11, 24))]


async def test_of_a_year_that_is_over_it_has_the_pairings_own_days(schools: TwoSchools) -> None:
    """The program's definition is the next year's by then."""
    await schools.at(datetime(2027, 5, 21, 22, tzinfo=UTC))
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    await schools.admin.execute(
        "UPDATE program SET definition = jsonb_set(definition, '{year,first_day}', '\"2027-08-23\"')"
    )
    year = await year_of(schools)
    assert (year.first_day, year.last_day) == (date(2026, 9, 1), date(2027, 5, 21))


async def test_there_is_no_year_of_a_pairing_that_is_not_there(schools: TwoSchools) -> None:
    with pytest.raises(LookupError, match="There is no pairing 00000000-0000-0000-0000-000000000007 here"):
        await pairing_year(schools.office, schools.scope, UUID(int=7))


# ---- letters


async def test_a_letter_each_way_is_told_once_on_the_day_on_which_it_was_released(
    schools: TwoSchools,
) -> None:
    await schools.at(BEGIN + DAY)
    sent = await schools.deliver("Ana", Side.STUDENT)
    await schools.at(BEGIN + 2 * DAY)
    answer = await schools.deliver("Ana", Side.OFFICER)
    year = await year_of(schools)
    assert told(year) == [
        "09-01 introduced",
        "09-02 student 1 delivered",
        "09-03 officer 1 delivered",
        "04-14 visit",
    ]
    assert [one.about for one in year.moments if one.side] == [sent.draft_id, answer.draft_id]


async def test_a_letter_that_is_not_delivered_yet_is_told_by_how_far_it_is(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    assert await letters_told(schools) == ["09-01 student 1 being read"]
    await schools.at(BEGIN + DAY)
    await schools.decide(draft)
    assert await letters_told(schools) == ["09-02 student 1 approved"]


async def test_a_letter_that_came_back_stays_beside_the_one_that_was_written_instead(
    schools: TwoSchools,
) -> None:
    await schools.decide(await schools.write("Ana", Side.STUDENT, "My street is Elm."), Verdict.RETURN)
    await schools.at(BEGIN + DAY)
    await schools.deliver("Ana", Side.STUDENT, "Hello.")
    assert await letters_told(schools) == ["09-01 student 1 returned", "09-02 student 1 delivered"]


async def test_a_draft_that_was_replaced_before_it_was_read_is_not_told(schools: TwoSchools) -> None:
    await schools.write("Ana", Side.STUDENT, "First.")
    second = await schools.write("Ana", Side.STUDENT, "Second.")
    assert await letters_told(schools) == ["09-01 student 1 being read"]
    assert [one.about for one in (await year_of(schools)).moments if one.side] == [second.id]


async def test_a_missed_date_is_told_with_the_stock_letter_and_the_late_one_that_came(
    schools: TwoSchools,
) -> None:
    this = (schools.office, schools.scope, schools.pairing["Ana"], 1)
    await schools.approve_stock()
    await schools.at(CHILDREN_DUE + timedelta(seconds=1))
    await letters.record_miss(*this, Side.STUDENT)
    await schools.at(CHILDREN_DUE + DAY)
    await schools.deliver("Ana", Side.STUDENT)
    await schools.at(OFFICERS_DUE + timedelta(seconds=1))
    await letters.record_miss(*this, Side.OFFICER)
    await letters.put_stock_letter(*this)
    assert await letters_told(schools) == [
        "09-18 student 1 missed",
        "09-19 student 1 delivered late",
        "10-02 officer 1 missed",
        "10-02 officer 1 stock letter",
    ]


# ---- what keeps a letter back


@pytest.mark.parametrize("before", [None, Verdict.APPROVE])
async def test_a_letter_under_an_open_case_is_delayed_since_it_came_in_and_no_more_is_told(
    schools: TwoSchools, before: Verdict | None
) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "My dog died.")
    if before:
        await schools.decide(draft, before)
    await schools.at(BEGIN + 3 * DAY)
    await worry(schools, draft)
    for scope in (schools.scope, NORTH):
        assert await letters_told(schools, scope=scope) == ["09-01 student 1 delayed"]


async def test_a_letter_that_a_reader_has_referred_is_delayed_like_any_other(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "My dog died.")
    await schools.at(BEGIN + DAY)
    await schools.decide(draft, Verdict.REFER)
    assert await letters_told(schools, scope=NORTH) == ["09-01 student 1 delayed"]


@pytest.mark.parametrize(
    ("outcome", "after"),
    [(LetterOutcome.DELIVER, "09-04 student 1 approved"), (LetterOutcome.KEEP, "09-01 student 1 delayed")],
)
async def test_a_case_that_is_closed_has_left_no_trace_but_what_became_of_the_letter(
    schools: TwoSchools, outcome: LetterOutcome, after: str
) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "My dog died.")
    case_id = await worry(schools, draft)
    await schools.at(BEGIN + 3 * DAY)
    await close(schools, case_id, outcome)
    assert await letters_told(schools, scope=NORTH) == [after]


async def test_a_letter_that_was_delivered_before_somebody_worried_stays_so(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "My dog died.")
    await schools.decide(draft)
    await schools.release("Ana", draft)
    before = await letters_told(schools, scope=NORTH)
    await schools.at(BEGIN + 3 * DAY)
    await worry(schools, draft)
    assert await letters_told(schools, scope=NORTH) == before == ["09-01 student 1 delivered"]


async def test_a_letter_that_was_taken_out_of_the_pack_is_delayed_and_no_cause_is_told(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    await schools.deliver("Ana", Side.OFFICER)
    await schools.at(BEGIN + DAY)
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Lee"])
    assert await letters_told(schools, scope=NORTH) == [
        "09-01 officer 1 delayed",
        "09-02 officer 1 stock letter",
    ]


# ---- people


async def test_who_leaves_says_farewell_and_the_childs_next_officer_is_named_by_the_pairing(
    schools: TwoSchools,
) -> None:
    this, cora = (schools.office, schools.scope), schools.staff["Cora"]
    first = schools.pairing["Ana"]
    await schools.admin.execute("UPDATE officer SET capacity = 1 WHERE external_id = 'Rita'")
    await leaving.leave(*this, schools.officer["Olga"], Reason.MOVED, by=cora)
    one = await schools.admin.fetchval("SELECT id FROM replacement")
    await replacements.look_after(*this, one)
    await replacements.approve(*this, one, by=cora)
    await schools.at(BEGIN + 4 * WEEK + DAY)
    await replacements.begin_next(*this, one)
    second = await schools.admin.fetchval("SELECT next_pairing_id FROM replacement")
    assert told(await pairing_year(*this, first)) == [
        "09-01 introduced",
        "09-01 farewell",
        "09-30 closed",
    ], "nobody has been introduced yet"
    await pairings.introduce(*this, second)
    before, after = await pairing_year(*this, first), await pairing_year(*this, second)
    assert told(before) == ["09-01 introduced", "09-01 farewell", "09-30 closed", "09-30 next officer"]
    assert told(after) == ["09-30 officer before", "09-30 introduced", "04-14 visit"]
    assert [one.about for one in (*before.moments, *after.moments) if one.about] == [second, first]
    assert after.officer == "Rita"


async def test_who_is_stopped_says_no_farewell_and_comes_to_no_visit(schools: TwoSchools) -> None:
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Lee"])
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    assert told(await year_of(schools)) == ["09-01 introduced", "09-01 closed"]


async def test_the_last_letters_of_a_day_come_before_the_end_of_all_letters(schools: TwoSchools) -> None:
    await schools.at(BEGIN + DAY)
    await schools.deliver("Ana", Side.STUDENT)
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    assert told(await year_of(schools))[1:] == ["09-02 student 1 delivered", "09-02 closed"]


# ---- the visit


@pytest.mark.parametrize(("came", "kind"), [(True, "came to the visit"), (False, "did not come")])
async def test_after_the_visit_it_is_told_who_came(schools: TwoSchools, came: bool, kind: str) -> None:
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await schools.at(datetime(2027, 4, 14, 20, tzinfo=UTC))
    await visits.attend(schools.office, schools.scope, schools.pairing["Ana"], came=came)
    assert told(await year_of(schools)) == ["09-01 introduced", f"04-14 {kind}"]


async def test_who_had_said_no_did_not_come_once_the_day_is_over(schools: TwoSchools) -> None:
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "no")
    assert told(await year_of(schools))[-1] == "04-14 visit"
    await schools.at(datetime(2027, 4, 15, 20, tzinfo=UTC))
    assert told(await year_of(schools))[-1] == "04-14 did not come"


async def test_a_visit_that_was_called_off_is_told_as_one(schools: TwoSchools) -> None:
    await visits.call_off(schools.office, schools.scope, schools.year("north"), read_aloud=False)
    assert told(await year_of(schools)) == ["09-01 introduced", "04-14 visit called off"]


# ---- pauses


async def pause(schools: TwoSchools, target: Target, what: What = What.LETTERS) -> None:
    await pauses.pause(schools.office, schools.scope, target, [what], reason="snow", by=schools.staff["Cora"])


async def resume(schools: TwoSchools, target: Target) -> None:
    this, by = (schools.office, schools.scope, target, [What.LETTERS]), schools.staff["Cora"]
    seen = await pauses.preview(*this, {}, by=by)
    await pauses.resume(*this, {}, by=by, agreed=seen.agreement)


@pytest.mark.parametrize("target", [Target(), Target(school="north"), Target(agency="city")])
async def test_a_rest_is_told_with_its_days_to_whomever_it_reaches(
    schools: TwoSchools, target: Target
) -> None:
    await schools.at(BEGIN + DAY)
    await pause(schools, target)
    assert (await year_of(schools)).rests == [Rest(date(2026, 9, 2), None, "letters")]
    await schools.at(BEGIN + 3 * DAY)
    await resume(schools, target)
    for scope in (schools.scope, NORTH, CITY):
        year = await year_of(schools, scope=scope)
        assert year.rests == [Rest(date(2026, 9, 2), date(2026, 9, 4), "letters")]
    others = [] if target != Target() else year.rests
    assert (await year_of(schools, "Cleo")).rests == others


async def test_a_rest_ends_with_the_pairing_and_one_after_it_is_not_told(schools: TwoSchools) -> None:
    await schools.at(BEGIN + DAY)
    await pause(schools, Target(school="north"))
    await schools.at(BEGIN + 2 * DAY)
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    await schools.at(BEGIN + 3 * DAY)
    await pause(schools, Target(agency="city"))
    assert (await year_of(schools)).rests == [Rest(date(2026, 9, 2), date(2026, 9, 3), "letters")]


async def test_while_visits_rest_the_visit_has_no_day(schools: TwoSchools) -> None:
    await pause(schools, Target(school="north"), What.VISITS)
    year = await year_of(schools)
    assert year.rests == [Rest(date(2026, 9, 1), None, "visits")]
    assert told(year) == ["09-01 introduced"]


# ---- who sees it


async def test_a_school_sees_the_same_as_the_office_and_another_school_nothing(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.STUDENT)
    await schools.write("Ana", Side.OFFICER)
    assert await year_of(schools, scope=NORTH) == await year_of(schools)
    with pytest.raises(LookupError):
        await year_of(schools, scope=SOUTH)


async def test_an_agency_sees_a_childs_letter_once_it_is_delivered(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    assert await letters_told(schools, scope=CITY) == []
    await schools.decide(draft)
    await schools.release("Ana", draft)
    assert await letters_told(schools, scope=CITY) == ["09-01 student 1 delivered"]


async def test_it_holds_nothing_that_a_letter_says(lived: TwoSchools) -> None:
    shown = repr(await year_of(lived))
    assert "Zephyrine" not in shown
    assert "Xochitlan" not in shown, "a last name"
