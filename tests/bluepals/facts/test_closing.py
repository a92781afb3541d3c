"""The end of a year: who is thanked and asked, what families hear of, what the community reads, what is printed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from bluepals.domain.people import ConsentScope, FollowOn
from bluepals.domain.survey import LONGEST_REMARK, QUESTIONS, Reply, SurveyRefused, Taker, answers
from bluepals.facts import certificates, leaving, pairings, roster, surveys, visits, year, year_report
from bluepals.store import surveys as store
from bluepals.store.letters import NotTaken
from bluepals.store.year_report import Tally
from tests.bluepals.facts.test_year import words
from tests.bluepals.facts.two_schools import CONSENT, YEAR_OVER, TwoSchools, people
from tests.desk.town import read_pdf
from tests.mailroom import parsed

ACADEMY = FollowOn("Teen Academy", date(2027, 6, 7), date(2027, 6, 18), "10 to 12", "https://academy.example")
AGREED = ((ConsentScope.FOLLOW_ON, CONSENT),)
OVER = FollowOn("GREAT", date(2026, 8, 1), date(2026, 8, 20), "10 to 12", "https://great.example")


async def test_officers_and_teachers_are_asked_once_and_reminded_once_unless_they_answered(
    schools: TwoSchools,
) -> None:
    north = schools.year("north")
    for _ in range(2):
        await visits.thank(schools.office, schools.scope, north)
    asked = ["olga@city.example", "omar@city.example", "tess@staff.example"]
    assert await schools.mailed_to("survey") == asked
    await schools.admin.execute("UPDATE mail SET bodies_started = 1 WHERE kind = 'survey'")
    said = answers(Taker.OFFICER, {question.key: "yes" for question in QUESTIONS[Taker.OFFICER]}, "")
    await surveys.answer(schools.office, schools.scope, schools.officer["Olga"], said)
    with pytest.raises(NotTaken, match="here already"):
        await surveys.answer(schools.office, schools.scope, schools.officer["Olga"], said)
    await year.open_year(schools.office, schools.scope, north)
    for _ in range(2):
        await year.close_year(schools.office, schools.scope, north)
    assert await schools.mailed_to("survey") == sorted([*asked, "omar@city.example", "tess@staff.example"])
    async with schools.database.transaction(schools.scope) as connection:
        counts = await store.counts(connection, Taker.OFFICER, 2026)
    assert counts["again"] == {Reply.YES: 1}


async def test_who_takes_part_no_longer_is_not_reminded(schools: TwoSchools) -> None:
    north = schools.year("north")
    await visits.thank(schools.office, schools.scope, north)
    await schools.admin.execute("UPDATE mail SET bodies_started = 1 WHERE kind = 'survey'")
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    await leaving.officer_died(
        schools.office, schools.scope, schools.officer["Omar"], by=schools.staff["Cora"]
    )
    await year.open_year(schools.office, schools.scope, north)
    await year.close_year(schools.office, schools.scope, north)
    reminders = [row["to_address"] for row in await schools.mails("survey") if row["bodies_started"] == 0]
    assert reminders == ["tess@staff.example"]


async def test_a_year_that_closes_without_a_visit_asks_and_does_not_remind_at_once(
    schools: TwoSchools,
) -> None:
    await schools.at(YEAR_OVER)
    for _ in range(2):
        await year.close_year(schools.office, schools.scope, schools.year("north"))
    assert await schools.mailed_to("survey") == [
        "olga@city.example",
        "omar@city.example",
        "tess@staff.example",
    ]


def test_a_survey_is_answered_as_a_whole_and_in_one_line() -> None:
    whole = {question.key: "yes" for question in QUESTIONS[Taker.TEACHER]}
    assert answers(Taker.TEACHER, whole, " Thank\nyou ").remark == "Thank you"
    with pytest.raises(SurveyRefused, match="each question"):
        answers(Taker.TEACHER, {**whole, "again": ""}, "")
    with pytest.raises(SurveyRefused, match="Shorten it"):
        answers(Taker.TEACHER, whole, "x" * (LONGEST_REMARK + 1))


AGREED = ((ConsentScope.FOLLOW_ON, CONSENT),)


async def offer(schools: TwoSchools, *programs: FollowOn) -> None:
    """Ana's and Cleo's families want to hear of it; Ben's has no address, Dan's did not agree."""
    folder = people("stl")
    wanted = [
        replace(one, further_consents=AGREED if one.student_id in {"Ana", "Ben", "Cleo"} else ())
        for one in folder.students
    ]
    await roster.apply(schools.office, replace(folder, students=wanted, follow_on=programs))


async def farewells(schools: TwoSchools) -> None:
    for pairing in schools.pairing.values():
        await pairings.say_farewell(schools.office, schools.scope, pairing)


async def test_a_family_that_agreed_hears_in_its_language_what_comes_next(schools: TwoSchools) -> None:
    await offer(schools, ACADEMY, OVER)
    await farewells(schools)
    assert await schools.mailed_to("follow-on") == ["family.ana@home.example", "family.cleo@home.example"]
    bodies = {mail["to_address"]: parsed(mail["message"]) for mail in await schools.mails("follow-on")}
    spanish, english = (words(bodies[f"family.{name}@home.example"]) for name in ("ana", "cleo"))
    assert "Teen Academy, lunes 7 de junio de 2027" in spanish
    assert "Teen Academy, Monday, June 7, 2027" in english
    assert "https://academy.example" in english
    assert "GREAT" not in english, "it is over"


async def test_without_an_offer_nobody_is_told_of_any(schools: TwoSchools) -> None:
    await offer(schools, ACADEMY)
    await offer(schools)
    await farewells(schools)
    assert await schools.mailed_to("follow-on") == []


async def test_a_certificate_is_printed_for_each_who_took_part(schools: TwoSchools) -> None:
    childrens = read_pdf(await certificates.of_school(schools.office, schools.scope, "north"))
    assert [name in page for name, page in zip(("Ana Alvarez", "Ben Brown"), childrens, strict=True)] == [
        True,
        True,
    ]
    assert "Certificado" in childrens[0]
    officers = read_pdf(await certificates.of_agency(schools.office, schools.scope, "city"))
    assert len(officers) == 2, "no page for a reserve officer without a pal"
    for nothing in (
        certificates.of_school(schools.office, schools.scope, "north", "6A"),
        certificates.of_agency(schools.office, schools.scope, "nowhere"),
    ):
        with pytest.raises(LookupError, match="has been introduced"):
            await nothing


async def test_the_same_certificates_are_the_same_bytes(schools: TwoSchools) -> None:
    one, again = [await certificates.of_school(schools.office, schools.scope, "north") for _ in range(2)]
    assert one == again


async def test_the_report_counts_the_year_and_shows_no_small_number(schools: TwoSchools) -> None:
    await schools.at(YEAR_OVER)
    made = await year_report.report(schools.office, schools.scope)
    assert (made.program, made.first_year) == ("stl", 2026)
    assert [one.name for one in made.schools] == ["North School", "South School"]
    assert {one.numbers["children"] for one in (*made.schools, *made.agencies)} == {None}
    assert made.total["children"] is None, "two schools of two children"


async def test_a_survey_that_nobody_answered_is_told_from_one_with_few_answers(schools: TwoSchools) -> None:
    said = answers(Taker.OFFICER, {question.key: "yes" for question in QUESTIONS[Taker.OFFICER]}, "")
    await visits.thank(schools.office, schools.scope, schools.year("north"))
    await surveys.answer(schools.office, schools.scope, schools.officer["Olga"], said)
    made = await year_report.report(schools.office, schools.scope)
    assert made.survey["teacher"] == {}
    assert {count for given in made.survey["officer"].values() for count in given.values()} == {None}


def tally(group: str, people: int, *, within: str | None = None, missed: int = 10) -> Tally:
    return Tally(
        group,
        within,
        people,
        people,
        people,
        10 * people,
        12 * people + missed,
        12 * people,
        2 * people,
        people,
    )


def shown(lines: Sequence[year_report.Line], column: str) -> dict[str, int | None]:
    return {one.name: one.numbers[column] for one in lines}


def test_a_small_school_is_hidden_with_another_one_and_its_precinct_with_its_neighbour() -> None:
    tables = year_report.Tables(
        [tally("a", 3), tally("b", 8), tally("c", 60)],
        [tally("x", 31), tally("y", 40)],
        [tally("1", 4, within="x"), tally("2", 7, within="x"), tally("3", 20, within="x")],
    )
    total, schools, agencies, precincts = tables.shown(tally("", 71))
    assert shown(schools, "children") == {"a": None, "b": None, "c": 60}
    assert shown(agencies, "children") == {"x": 31, "y": 40}
    assert shown(precincts, "children") == {"1": None, "2": None, "3": 20}
    assert total["children"] == 71
    assert shown(schools, "letters") == {"a": 30, "b": 80, "c": 600}, "letters are no people"


def test_a_total_that_one_table_can_not_bear_is_shown_by_none() -> None:
    tables = year_report.Tables([tally("a", 3), tally("b", 4)], [tally("x", 7)], [])
    total, schools, agencies, _ = tables.shown(tally("", 7))
    assert total["children"] is None
    assert shown(schools, "children") == {"a": None, "b": None}
    assert shown(agencies, "children") == {"x": None}, "it is the total"


def test_what_follows_from_a_few_missed_letters_is_hidden_with_them() -> None:
    tables = year_report.Tables(
        [tally("a", 30, missed=1), tally("b", 30), tally("c", 40)], [tally("x", 100)], []
    )
    _, schools, _, _ = tables.shown(tally("", 100))
    for column in ("due", "on_time", "on_time_rate"):
        assert shown(schools, column)["a"] is None
