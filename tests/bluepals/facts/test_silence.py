"""The ladder for silence, morning by morning, on a real database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bluepals.domain.letters import Side, TypedLetter
from bluepals.domain.people import Role, StaffRole
from bluepals.domain.refusals import Refused
from bluepals.domain.screening import Risk, Screening
from bluepals.domain.silence import ABSENT, Rung
from bluepals.facts import daily, leaving, letters, moves, pairings, pauses, replacements, roster, silence
from bluepals.facts.silence import SilenceRefused
from bluepals.store import letters as letter_store
from bluepals.store import mail
from bluepals.store import silence as store
from bluepals.store.endings import Reason
from bluepals.store.letters import Copy
from bluepals.store.pauses import Target, What
from bluepals.store.silence import SilentSide
from tests.bluepals.facts.two_schools import OFFICERS_DUE, TwoSchools, people
from tests.mailroom import parsed

SECOND_DUE = datetime(2026, 11, 13, 23, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


async def miss(schools: TwoSchools, child: str, side: Side, number: int) -> None:
    await letters.record_miss(schools.office, schools.scope, schools.pairing[child], number, side)


async def morning(schools: TwoSchools, day: date) -> None:
    await schools.at(datetime(day.year, day.month, day.day, 13, tzinfo=UTC))
    await daily.compose_daily_mail(schools.office, schools.scope, day)
    await all_mail_leaves(schools)


async def all_mail_leaves(schools: TwoSchools) -> None:
    """What waits for days is no silence of whom it did not reach."""
    await schools.admin.execute(
        "UPDATE mail SET state = 'sent', sent_at = program_now() WHERE state = 'pending'"
    )


async def the_silent(schools: TwoSchools, child: str) -> SilentSide | None:
    async with schools.database.transaction(schools.scope) as connection:
        return next(iter(await store.silent_sides(connection, schools.pairing[child])), None)


async def rungs(schools: TwoSchools, child: str) -> set[Rung]:
    one = await the_silent(schools, child)
    return set(one.silence.reached) if one else set()


async def newest_daily_mail(schools: TwoSchools, address: str) -> str:
    """As its reader sees it."""
    message = await schools.admin.fetchval(
        "SELECT message FROM mail WHERE kind = 'daily' AND to_address = $1 ORDER BY sequence DESC LIMIT 1",
        address,
    )
    body = parsed(message).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
async def silent(schools: TwoSchools) -> TwoSchools:
    """Ana's officer has missed both rounds, and the Monday after has come."""
    await all_mail_leaves(schools)
    await schools.at(OFFICERS_DUE + timedelta(seconds=1))
    await miss(schools, "Ana", Side.OFFICER, 1)
    await morning(schools, date(2026, 10, 5))
    await schools.at(SECOND_DUE + timedelta(seconds=1))
    await miss(schools, "Ana", Side.OFFICER, 2)
    await morning(schools, date(2026, 11, 16))
    return schools


async def warned(schools: TwoSchools) -> None:
    await morning(schools, date(2026, 12, 7))
    await silence.warn(schools.office, schools.scope, schools.pairing["Ana"], by=schools.staff["Cora"])
    await all_mail_leaves(schools)


async def test_after_one_miss_the_officer_gets_a_kind_word(schools: TwoSchools) -> None:
    await all_mail_leaves(schools)
    await schools.at(OFFICERS_DUE + timedelta(seconds=1))
    await miss(schools, "Ana", Side.OFFICER, 1)
    await morning(schools, date(2026, 10, 5))
    assert await rungs(schools, "Ana") == {Rung.KIND_WORD}
    assert "We missed your letter" in await newest_daily_mail(schools, "olga@city.example")


async def test_after_two_in_a_row_the_liaison_hears_of_it(silent: TwoSchools) -> None:
    assert await rungs(silent, "Ana") == {Rung.KIND_WORD, Rung.LIAISON}
    mail = await newest_daily_mail(silent, "lee@staff.example")
    assert "Olga Officer (Olga), silent since October 2" in mail


async def give_cleo_to_olga(schools: TwoSchools) -> None:
    await schools.admin.execute("SET session_replication_role = replica")  # Past the rules of matching.
    await schools.admin.execute(
        "UPDATE pairing SET (officer_id, agency_id) = ($1, 'city') WHERE id = $2",
        schools.officer["Olga"],
        schools.pairing["Cleo"],
    )
    await schools.admin.execute("RESET session_replication_role")


async def test_a_mail_has_each_heading_once_and_each_silent_officer_once(schools: TwoSchools) -> None:
    await give_cleo_to_olga(schools)
    await all_mail_leaves(schools)
    await schools.at(SECOND_DUE + timedelta(seconds=1))
    for child in ("Ana", "Ben", "Cleo"):
        for number in (1, 2):
            await miss(schools, child, Side.OFFICER, number)
    await morning(schools, date(2026, 11, 16))
    to_liaison = await newest_daily_mail(schools, "lee@staff.example")
    assert to_liaison.count("Officers who missed two letters in a row") == 1
    assert to_liaison.count("Olga Officer") == to_liaison.count("Omar Officer") == 1
    to_officer = await newest_daily_mail(schools, "olga@city.example")
    assert to_officer.count("We missed your letter") == 1
    assert "Ana would love" in to_officer
    assert "Cleo would love" in to_officer


async def test_three_weeks_later_a_warning_is_proposed_and_goes_out_when_it_is_approved(
    silent: TwoSchools,
) -> None:
    await morning(silent, date(2026, 12, 4))
    assert Rung.WARNING_PROPOSED not in await rungs(silent, "Ana")
    await warned(silent)
    assert await rungs(silent, "Ana") >= {Rung.WARNING_PROPOSED, Rung.WARNED}
    subjects = await silent.admin.fetch("SELECT key FROM mail WHERE key LIKE 'silence-warning-%'")
    assert len(subjects) == 1


async def test_two_weeks_after_the_warning_the_coordinator_decides_and_may_give_more_time(
    silent: TwoSchools,
) -> None:
    await warned(silent)
    await morning(silent, date(2026, 12, 21))
    one = await the_silent(silent, "Ana")
    assert one is not None
    assert one.silence.reached[Rung.TO_DECIDE] == date(2026, 12, 21)
    await silence.give_more_time(silent.office, silent.scope, silent.pairing["Ana"], by=silent.staff["Cora"])
    await morning(silent, date(2027, 1, 4))
    one = await the_silent(silent, "Ana")
    assert one is not None
    assert one.silence.reached[Rung.TO_DECIDE] == date(2027, 1, 4)


async def test_any_letter_ends_it(silent: TwoSchools) -> None:
    await morning(silent, date(2026, 12, 7))
    await silent.write("Ana", Side.OFFICER, "Here I am again.", round_number=2)
    assert await the_silent(silent, "Ana") is None
    await morning(silent, date(2026, 12, 8))
    assert await open_calls(silent, "silence") == 0


@pytest.mark.parametrize("late", [1, 2])
async def test_a_late_letter_ends_it_for_whichever_round_it_is(silent: TwoSchools, late: int) -> None:
    await silent.write("Ana", Side.OFFICER, "Better late than never.", round_number=late)
    assert await the_silent(silent, "Ana") is None


async def test_after_a_late_letter_the_next_miss_is_the_first_again(schools: TwoSchools) -> None:
    await all_mail_leaves(schools)
    await schools.at(OFFICERS_DUE + timedelta(seconds=1))
    await miss(schools, "Ana", Side.OFFICER, 1)
    await morning(schools, date(2026, 10, 5))
    await schools.write("Ana", Side.OFFICER, "Better late than never.", round_number=1)
    await schools.at(SECOND_DUE + timedelta(seconds=1))
    await miss(schools, "Ana", Side.OFFICER, 2)
    await morning(schools, date(2026, 11, 16))
    one = await the_silent(schools, "Ana")
    assert one is not None
    assert (one.silence.missed, set(one.silence.reached)) == (1, {Rung.KIND_WORD})


async def test_a_readers_copy_is_no_letter_of_who_is_silent(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.OFFICER, "I live at 12 Elm Street.", round_number=1)
    await schools.at(SECOND_DUE + timedelta(seconds=1))
    await miss(schools, "Ana", Side.OFFICER, 2)
    made = Copy(TypedLetter("I live here."), Screening((), Risk.NONE), schools.staff["Mona"])
    await schools.at(SECOND_DUE + DAY)
    async with schools.database.transaction(schools.scope) as connection:
        await letter_store.copy(connection, schools.office.keyring, draft.id, draft.hash, made)
    assert await the_silent(schools, "Ana") is not None


async def test_a_warning_that_a_pause_holds_back_is_not_sent_once_the_officer_has_written(
    silent: TwoSchools,
) -> None:
    await morning(silent, date(2026, 12, 7))
    by, pairing = silent.staff["Cora"], silent.pairing["Ana"]
    await silence.warn(silent.office, silent.scope, pairing, by=by)
    await pauses.pause(
        silent.office, silent.scope, Target(agency="city"), [What.LETTERS], reason="storm", by=by
    )
    await silent.write("Ana", Side.OFFICER, "Here I am.", round_number=2)
    waits = "SELECT state FROM mail WHERE starts_with(key, 'silence-warning-')"
    assert await silent.admin.fetchval(waits) == "cancelled"


async def test_the_same_morning_again_changes_nothing(silent: TwoSchools) -> None:
    before = await silent.admin.fetchval("SELECT count(*) FROM rung")
    await morning(silent, date(2026, 11, 16))
    assert await silent.admin.fetchval("SELECT count(*) FROM rung") == before


async def test_mail_that_does_not_get_through_is_no_silence(schools: TwoSchools) -> None:
    async with schools.database.transaction(schools.scope) as connection:
        await mail.queue(connection, mail.QueuedMail("x", "letter", "olga@city.example", "<x@y>", b"words"))
    await schools.admin.execute("UPDATE mail SET state = 'failed' WHERE key = 'x'")
    await schools.at(OFFICERS_DUE + timedelta(seconds=1))
    await miss(schools, "Ana", Side.OFFICER, 1)
    await morning(schools, date(2026, 10, 5))
    assert await rungs(schools, "Ana") == set()
    assert await open_calls(schools, "not reached") == 1


async def test_days_in_which_the_pairing_rests_do_not_count(silent: TwoSchools) -> None:
    this = (silent.office, silent.scope, Target(pairing_id=silent.pairing["Ana"]), [What.LETTERS])
    await pauses.pause(*this, reason="leave", by=silent.staff["Cora"])
    await morning(silent, date(2026, 12, 14))
    seen = await pauses.preview(*this, {}, by=silent.staff["Cora"])
    await pauses.resume(*this, {}, by=silent.staff["Cora"], agreed=seen.agreement)
    await morning(silent, date(2026, 12, 15))
    assert Rung.WARNING_PROPOSED not in await rungs(silent, "Ana")


async def test_days_in_which_a_school_rested_do_not_count_at_the_next_one_either(silent: TwoSchools) -> None:
    this = (silent.office, silent.scope, Target(school="north"), [What.LETTERS])
    await pauses.pause(*this, reason="snow", by=silent.staff["Cora"])
    await silent.at(datetime(2026, 12, 4, 15, tzinfo=UTC))
    seen = await pauses.preview(*this, {}, by=silent.staff["Cora"])
    await pauses.resume(*this, {}, by=silent.staff["Cora"], agreed=seen.agreement)
    await moves.transfer(silent.office, silent.scope, "Ana", school="south", class_name="5B")
    await morning(silent, date(2026, 12, 7))
    assert Rung.WARNING_PROPOSED not in await rungs(silent, "Ana")


async def test_what_a_school_rested_before_the_child_came_counts(silent: TwoSchools) -> None:
    this = (silent.office, silent.scope, Target(school="south"), [What.LETTERS])
    await pauses.pause(*this, reason="snow", by=silent.staff["Cora"])
    await silent.at(datetime(2026, 12, 4, 15, tzinfo=UTC))
    seen = await pauses.preview(*this, {}, by=silent.staff["Cora"])
    await pauses.resume(*this, {}, by=silent.staff["Cora"], agreed=seen.agreement)
    await moves.transfer(silent.office, silent.scope, "Ana", school="south", class_name="5B")
    await morning(silent, date(2026, 12, 7))
    assert Rung.WARNING_PROPOSED in await rungs(silent, "Ana")


async def test_a_pause_that_was_over_before_the_silence_delays_nothing(schools: TwoSchools) -> None:
    this = (schools.office, schools.scope, Target(pairing_id=schools.pairing["Ana"]), [What.LETTERS])
    await schools.at(datetime(2026, 8, 24, 13, tzinfo=UTC))
    await pauses.pause(*this, reason="leave", by=schools.staff["Cora"])
    await schools.at(datetime(2026, 8, 31, 13, tzinfo=UTC))
    seen = await pauses.preview(*this, {}, by=schools.staff["Cora"])
    await pauses.resume(*this, {}, by=schools.staff["Cora"], agreed=seen.agreement)
    await all_mail_leaves(schools)
    for number, due, monday in (
        (1, date(2026, 10, 9), date(2026, 10, 12)),
        (2, date(2026, 11, 20), date(2026, 11, 23)),
    ):
        await schools.at(datetime(due.year, due.month, due.day + 1, 12, tzinfo=UTC))
        await miss(schools, "Ana", Side.OFFICER, number)
        await morning(schools, monday)
    assert Rung.LIAISON in await rungs(schools, "Ana")
    await morning(schools, date(2026, 12, 14))
    assert Rung.WARNING_PROPOSED in await rungs(schools, "Ana"), "three weeks later to the day"


async def test_who_has_been_warned_is_not_warned_again(silent: TwoSchools) -> None:
    await warned(silent)
    await morning(silent, date(2026, 12, 21))
    with pytest.raises(SilenceRefused, match="was warned on December 7"):
        await silence.warn(silent.office, silent.scope, silent.pairing["Ana"], by=silent.staff["Cora"])
    assert await open_calls(silent, "silence") == 1, "it is still to be decided"


async def test_more_time_is_given_when_there_is_something_to_decide_and_once(silent: TwoSchools) -> None:
    this = (silent.office, silent.scope, silent.pairing["Ana"])
    await warned(silent)
    with pytest.raises(SilenceRefused, match="has not been warned, or still has time to answer"):
        await silence.give_more_time(*this, by=silent.staff["Cora"])
    await morning(silent, date(2026, 12, 21))
    await silence.give_more_time(*this, by=silent.staff["Cora"])
    with pytest.raises(SilenceRefused, match="got more time on December 21"):
        await silence.give_more_time(*this, by=silent.staff["Cora"])


async def test_a_child_who_is_absent_for_six_weeks_rests_until_its_next_letter(schools: TwoSchools) -> None:
    await schools.at(datetime(2026, 9, 18, 22, 0, 1, tzinfo=UTC))
    await miss(schools, "Ana", Side.STUDENT, 1)
    await morning(schools, date(2026, 10, 16))
    assert await open_calls(schools, "silence") == 1, "the coordinator is asked first"
    await morning(schools, date(2026, 10, 30))
    paused = "SELECT count(*) FROM pause WHERE pairing_id = $1 AND ended_at IS NULL"
    assert await schools.admin.fetchval(paused, schools.pairing["Ana"]) == 1
    await schools.at(datetime(2026, 11, 2, 15, tzinfo=UTC))
    await schools.write("Ana", Side.STUDENT, "I was ill.", round_number=2)
    await morning(schools, date(2026, 11, 3))
    assert await schools.admin.fetchval(paused, schools.pairing["Ana"]) == 0


async def _rests(schools: TwoSchools) -> None:
    """Ana has been absent for six weeks."""
    await schools.at(datetime(2026, 9, 18, 22, 0, 1, tzinfo=UTC))
    await miss(schools, "Ana", Side.STUDENT, 1)
    await morning(schools, date(2026, 10, 16))
    await morning(schools, date(2026, 10, 30))
    assert await schools.admin.fetchval("SELECT count(*) FROM pause WHERE ended_at IS NULL") == 1
    await schools.at(datetime(2026, 11, 2, 15, tzinfo=UTC))


async def test_an_absent_child_that_leaves_is_said_farewell_to_and_its_officer_hears_of_it(
    schools: TwoSchools,
) -> None:
    await _rests(schools)
    left = await moves.leave(schools.office, schools.scope, "Ana", by=schools.staff["Cora"])
    calendar = await pairings.calendar_of(schools.office, schools.scope, schools.pairing["Ana"])
    assert calendar.closes == left.farewell_until
    held = await schools.admin.fetch(
        "SELECT to_address FROM mail WHERE kind = 'leaves' AND held_by_a_pause(mail)"
    )
    assert held == []


async def test_an_absent_child_that_stays_after_all_has_its_dates(schools: TwoSchools) -> None:
    await _rests(schools)
    await moves.leave(schools.office, schools.scope, "Ana", by=schools.staff["Cora"])
    await moves.take_back(schools.office, schools.scope, "Ana", by=schools.staff["Cora"])
    calendar = await pairings.calendar_of(schools.office, schools.scope, schools.pairing["Ana"])
    assert all(one.students_due and one.officers_due for one in calendar.rounds)


@pytest.mark.parametrize("how", ["leaves", "is stopped"])
async def test_an_absent_child_whose_officer_goes_gets_the_next_one(schools: TwoSchools, how: str) -> None:
    await _rests(schools)
    officer, by = schools.officer["Olga"], schools.staff["Cora"]
    if how == "leaves":
        await leaving.leave(schools.office, schools.scope, officer, Reason.MOVED, by=by)
    else:
        await leaving.stop(schools.office, schools.scope, officer, by=by)
    replacement = await schools.admin.fetchval("SELECT id FROM replacement")
    await schools.at(datetime(2026, 12, 7, 15, tzinfo=UTC))
    standing = await replacements.look_after(schools.office, schools.scope, replacement)
    assert (standing.farewell_over, standing.rested) == (True, True)


async def test_a_readers_copy_wakes_no_child_who_is_absent(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "I live at 12 Elm Street.")
    pairing = Target(pairing_id=schools.pairing["Ana"])
    await pauses.pause(
        schools.office,
        schools.scope,
        pairing,
        [What.LETTERS],
        reason=ABSENT,
        by=schools.staff["Cora"],
    )
    await schools.at(datetime(2026, 9, 2, 15, tzinfo=UTC))
    made = Copy(TypedLetter("I live here."), Screening((), Risk.NONE), schools.staff["Mona"])
    await letters.approve_copy(
        schools.office, schools.scope, source_id=draft.id, source_hash=draft.hash, made=made
    )
    await morning(schools, date(2026, 9, 3))
    assert await schools.admin.fetchval("SELECT count(*) FROM pause WHERE ended_at IS NULL") == 1


async def _no_mail_reaches(schools: TwoSchools, address: str) -> None:
    await schools.admin.execute(
        "INSERT INTO suppressed_address (program_id, address, reply) VALUES ($1, $2, '550 no such user')",
        schools.program,
        address,
    )


async def _child_is_silent(schools: TwoSchools, *, until: date) -> None:
    """Ana has missed a date, and the mornings from the next Monday on have come."""
    await schools.at(datetime(2026, 9, 18, 22, 0, 1, tzinfo=UTC))
    for child in ("Ana", "Ben"):
        await miss(schools, child, Side.STUDENT, 1)
    await mornings(schools, date(2026, 9, 21), until)


async def mornings(schools: TwoSchools, first: date, last: date) -> None:
    for day in (first + DAY * n for n in range((last - first).days + 1)):
        await morning(schools, day)


async def test_a_child_whose_teacher_no_mail_reaches_is_not_silent_and_a_person_hears_of_it_once_a_class(
    schools: TwoSchools,
) -> None:
    await all_mail_leaves(schools)
    await _no_mail_reaches(schools, "tess@staff.example")
    await _child_is_silent(schools, until=date(2026, 11, 2))
    assert await rungs(schools, "Ana") == set()
    sentence = "SELECT sentence FROM attention WHERE kind = 'not reached'"
    assert "any teacher of class 5A of school north" in await schools.admin.fetchval(sentence)
    assert await open_calls(schools, "not reached") == 1
    assert not await schools.count("pause")


async def test_a_child_with_another_teacher_who_is_reached_is_silent(schools: TwoSchools) -> None:
    await all_mail_leaves(schools)
    rows = people(schools.program)
    other = StaffRole("Ted", "Ted", "ted@staff.example", Role.TEACHER, "north", None, None)
    await roster.apply(schools.office, replace(rows, staff=[*rows.staff, other]))
    await _no_mail_reaches(schools, "tess@staff.example")
    await _child_is_silent(schools, until=date(2026, 9, 21))
    assert await rungs(schools, "Ana") == {Rung.TEACHER}


async def test_once_the_teacher_is_reached_again_the_ladder_goes_on_from_where_it_stood(
    schools: TwoSchools,
) -> None:
    await all_mail_leaves(schools)
    await _child_is_silent(schools, until=date(2026, 9, 28))
    await _no_mail_reaches(schools, "tess@staff.example")
    await mornings(schools, date(2026, 9, 29), date(2026, 10, 19))
    assert await rungs(schools, "Ana") == {Rung.TEACHER}, "three weeks stand still"
    rows = people(schools.program)
    staff = [replace(one, email="new@staff.example") if one.staff_id == "Tess" else one for one in rows.staff]
    await roster.apply(schools.office, replace(rows, staff=staff))
    await mornings(schools, date(2026, 10, 20), date(2026, 11, 5))
    assert await open_calls(schools, "not reached") == 0
    assert await rungs(schools, "Ana") == {Rung.TEACHER}
    await morning(schools, date(2026, 11, 6))
    assert await rungs(schools, "Ana") == {Rung.TEACHER, Rung.REST_PROPOSED}, "three weeks after October 16"


async def _coordinators_of(schools: TwoSchools, school: str | None) -> None:
    """Cora runs this school only; None: nobody runs any."""
    await schools.admin.execute(
        "DELETE FROM staff_role WHERE role = 'coordinator' AND $1::text IS NULL", school
    )
    await schools.admin.execute("UPDATE staff_role SET school_id = $1 WHERE role = 'coordinator'", school)


async def test_where_a_school_has_no_coordinator_the_child_rests_in_the_name_of_anothers(
    schools: TwoSchools,
) -> None:
    await _coordinators_of(schools, "south")
    await _child_is_silent(schools, until=date(2026, 9, 21))
    await morning(schools, date(2026, 10, 30))
    assert await schools.admin.fetchval("SELECT paused_by FROM pause LIMIT 1") == schools.staff["Cora"]


async def test_without_any_coordinator_everybody_elses_mail_goes_and_the_board_says_so(
    schools: TwoSchools,
) -> None:
    await _coordinators_of(schools, None)
    await _child_is_silent(schools, until=date(2026, 9, 21))
    await morning(schools, date(2026, 10, 30))
    assert "class 5A: 2 still to come" in await newest_daily_mail(schools, "tess@staff.example")
    assert Rung.RESTS not in await rungs(schools, "Ana")
    assert await open_calls(schools, "no coordinator") == 1
    await roster.apply(schools.office, people(schools.program))
    await morning(schools, date(2026, 11, 2))
    assert await open_calls(schools, "no coordinator") == 0
    assert await schools.count("pause") == 2


@pytest.mark.parametrize(
    ("by", "sentence"), [("Mona", "Only a coordinator"), ("Cora", "is not silent for so long")]
)
async def test_a_warning_that_nobody_may_send_is_refused(schools: TwoSchools, by: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        await silence.warn(schools.office, schools.scope, schools.pairing["Ana"], by=schools.staff[by])


async def open_calls(schools: TwoSchools, kind: str) -> int:
    count: int = await schools.admin.fetchval(
        "SELECT count(*) FROM attention WHERE kind = $1 AND closed_at IS NULL", kind
    )
    return count
