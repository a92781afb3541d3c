"""A pairing's story, in order, as its office may know it."""

from datetime import UTC, date, datetime, timedelta

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import Side
from bluepals.facts import cases, closing, leaving, moves, pairings, pauses, visits, year
from bluepals.facts.closing import Word
from bluepals.facts.pairing_year import pairing_year
from bluepals.store import status
from bluepals.store.endings import Reason
from bluepals.store.pauses import Target, What
from tests.bluepals.facts.two_schools import BEGIN, TwoSchools

HOUR = timedelta(hours=1)


async def story(schools: TwoSchools, child: str = "Ana") -> list[str]:
    async with schools.database.transaction(schools.scope) as connection:
        moments = await status.story_of(connection, schools.pairing[child])
    assert [one["at"] for one in moments] == sorted(one["at"] for one in moments)
    assert all(isinstance(one["at"], datetime) for one in moments)
    return [str(one["what"]) for one in moments]


async def test_letters_come_in_are_read_and_go_on(schools: TwoSchools):
    await schools.deliver("Ana", Side.STUDENT, "From Ana.")
    await schools.deliver("Ana", Side.OFFICER, "From Olga.")
    assert await story(schools) == [
        "introduced",
        "round 1: officer's letter came in",
        "round 1: student's letter came in",
        "round 1: officer's letter approved",
        "round 1: student's letter approved",
        "round 1: officer's letter in the pack of opening day 1",
        "round 1: student's letter released",
    ]


async def test_a_pause_is_told_with_its_end_and_to_whomever_it_reaches(schools: TwoSchools):
    this, by = (schools.office, schools.scope, Target(school="north"), [What.LETTERS]), schools.staff["Cora"]
    await schools.at(BEGIN + HOUR)
    await pauses.pause(*this, reason="snow", by=by)
    await schools.at(BEGIN + 2 * HOUR)
    seen = await pauses.preview(*this, {}, by=by)
    await pauses.resume(*this, {}, by=by, agreed=seen.agreement)
    assert await story(schools) == ["introduced", "letters paused", "letters go on"]
    assert await story(schools, "Cleo") == ["introduced"]


async def test_a_pause_of_one_moment_begins_before_it_ends(schools: TwoSchools):
    this, by = (schools.office, schools.scope, Target(school="north"), [What.LETTERS]), schools.staff["Cora"]
    await schools.at(BEGIN + HOUR)
    await pauses.pause(*this, reason="snow", by=by)
    seen = await pauses.preview(*this, {}, by=by)
    await pauses.resume(*this, {}, by=by, agreed=seen.agreement)
    assert await story(schools) == ["introduced", "letters paused", "letters go on"]


async def test_a_pause_ends_before_another_begins_in_the_same_moment(schools: TwoSchools):
    this, by = (schools.office, schools.scope, Target(school="north"), [What.LETTERS]), schools.staff["Cora"]
    await schools.at(BEGIN + HOUR)
    await pauses.pause(*this, reason="snow", by=by)
    await schools.at(BEGIN + 2 * HOUR)
    seen = await pauses.preview(*this, {}, by=by)
    await pauses.resume(*this, {}, by=by, agreed=seen.agreement)
    await pauses.pause(*this, reason="more snow", by=by)
    assert await story(schools) == ["introduced", "letters paused", "letters go on", "letters paused"]


async def test_of_a_case_no_more_is_told_than_a_delay(schools: TwoSchools):
    draft, by = await schools.write("Ana", Side.STUDENT, "My dog died."), schools.staff
    this = (schools.office, schools.scope)
    opened = await cases.worry(*this, draft_id=draft.id, by=by["Tess"], concern=Concern.SAD)
    await cases.plan(*this, case_id=opened.case.id, by=by["Coco"], look_again_on=date(2026, 9, 15))
    word = Word(LetterOutcome.DELIVER)
    await closing.close(*this, case_id=opened.case.id, by=by["Coco"], word=word)
    assert await story(schools) == [
        "introduced",
        "round 1: student's letter came in",
        "round 1: student's letter delayed",
        "round 1: student's letter approved",
    ]


async def test_an_end_is_told_without_its_cause(schools: TwoSchools):
    await leaving.leave(
        schools.office, schools.scope, schools.officer["Olga"], Reason.BUSY, by=schools.staff["Cora"]
    )
    told = await story(schools)
    assert told[0] == "introduced"
    assert told[1].startswith("ends, farewell until 2026-")
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    assert await story(schools) == ["introduced", "ends at once", "closed: officer left"]


async def test_what_a_silence_led_to_on_one_day_is_told_in_the_order_of_the_ladder(schools: TwoSchools):
    names = ["to decide", "warned", "more time", "warning proposed"]
    await schools.admin.executemany(
        "INSERT INTO rung (pairing_id, side, first_missed, name, program_id, school_id, agency_id, reached_on, reached_by)"
        " SELECT id, 'officer', 1, $2, program_id, school_id, agency_id, '2026-12-07', $3 FROM pairing WHERE id = $1",
        [(schools.pairing["Ana"], name, schools.staff["Cora"]) for name in names],
    )
    assert await story(schools) == [
        "introduced",
        "officer silent: warning proposed",
        "officer silent: warned",
        "officer silent: to decide",
        "officer silent: more time",
    ]


NORTHS_VISIT = datetime(2027, 4, 14, 20, tzinfo=UTC)


async def test_a_closed_pairing_ends_with_its_end_whatever_is_recorded_later(schools: TwoSchools):
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await schools.at(NORTHS_VISIT)
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    await schools.at(NORTHS_VISIT + HOUR)
    await visits.attend(schools.office, schools.scope, schools.pairing["Ana"], came=True)
    assert await story(schools) == [
        "introduced",
        "officer invited to the visit",
        "officer came to the visit",
        "closed: year closed",
    ]


async def test_an_officer_who_has_gone_is_not_told_as_invited_though_the_child_has_a_visit(
    schools: TwoSchools,
):
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    await schools.at(BEGIN + HOUR)
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    assert (await story(schools))[-1] == "closed: officer left"


async def test_who_comes_next_is_told_after_the_end_of_the_one_before(schools: TwoSchools):
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    await schools.admin.execute(
        "UPDATE replacement SET (reserve_id, approved_at, approved_by, next_pairing_id) = ($1, program_now(), $2, $3)",
        schools.officer["Rita"],
        schools.staff["Cora"],
        schools.pairing["Cleo"],
    )
    told = await story(schools)
    assert told[-2:] == ["closed: officer left", f"another officer, in pairing {schools.pairing['Cleo']}"]


async def test_rounds_before_a_late_pairing_and_after_its_end_are_not_waited_for(schools: TwoSchools):
    ana = schools.pairing["Ana"]
    await schools.admin.execute("UPDATE pairing SET first_round = 2 WHERE id = $1", ana)
    assert await states(schools) == ["before this pairing", "not yet"]
    await pairings.close(schools.office, schools.scope, ana)
    assert await states(schools) == ["before this pairing", "after this pairing"]


async def states(schools: TwoSchools) -> list[str]:
    """Of Ana's letters, round by round."""
    async with schools.database.transaction(schools.scope) as connection:
        return [row["student"] for row in await status.rounds_of(connection, schools.pairing["Ana"])]


async def test_a_change_of_schools_and_an_end_that_was_taken_back_are_told_in_order(schools: TwoSchools):
    this, by = (schools.office, schools.scope), schools.staff["Cora"]
    await year.open_year(*this, schools.year("north"))
    await year.open_year(*this, schools.year("south"))
    await schools.at(BEGIN + 24 * HOUR)
    await moves.leave(*this, "Ana", by=by)
    await schools.at(BEGIN + 48 * HOUR)
    await moves.take_back(*this, "Ana", by=by)
    await schools.at(BEGIN + 72 * HOUR)
    await moves.transfer(*this, "Ana", school="south", class_name="5B")
    assert await story(schools) == [
        "introduced",
        "ends, farewell until 2026-09-16",
        "does not end early after all",
        "at south from now on",
    ]
    found = await pairing_year(*this, schools.pairing["Ana"])
    assert [str(one.kind) for one in found.moments][:4] == [
        "introduced",
        "farewell",
        "goes on after all",
        "another school",
    ]
