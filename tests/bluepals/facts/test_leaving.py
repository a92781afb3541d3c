"""Who goes, for which reason: what still goes out, who is told, who is sought, and what can be taken back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from bluepals.domain.letters import Side, Verdict
from bluepals.domain.people import ConsentScope
from bluepals.facts import consents, daily, leaving, letters, matching, pairings, pauses, replacements, roster
from bluepals.facts.endings import EndingRefused
from bluepals.facts.leaving import LeavingRefused
from bluepals.facts.replacements import ReplacementRefused
from bluepals.facts.who_may import NotTheirsToSay
from bluepals.store import deliveries, endings, mail
from bluepals.store import pairings as pairing_rows
from bluepals.store.daily import owed_by_officers
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.endings import Reason
from bluepals.store.matching import candidates
from bluepals.store.pauses import Target, What
from tests.bluepals.facts.two_schools import (
    BEGIN,
    CHILDREN_DUE,
    OFFICERS,
    OFFICERS_DUE,
    PACK_CLOSES,
    TwoSchools,
    officer,
    people,
)

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
Gone = Callable[[TwoSchools], Awaitable[None]]


async def leave(
    schools: TwoSchools, officer: str = "Olga", reason: Reason = Reason.MOVED, *, by: str = "Cora"
) -> UUID | None:
    """The replacement of the officer's only child."""
    await leaving.leave(schools.office, schools.scope, schools.officer[officer], reason, by=schools.staff[by])
    return await opened(schools)


async def stop(schools: TwoSchools, officer: str = "Olga", by: str = "Lee") -> None:
    await leaving.stop(schools.office, schools.scope, schools.officer[officer], by=schools.staff[by])


async def withdrawn(schools: TwoSchools) -> None:
    await consents.withdraw(
        schools.office, schools.scope, "Ana", ConsentScope.LETTERS, by=schools.staff["Cora"]
    )


async def officer_dead(schools: TwoSchools) -> None:
    await leaving.officer_died(
        schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"]
    )


async def child_dead(schools: TwoSchools) -> None:
    await leaving.student_died(
        schools.office, schools.scope, schools.student["Ana"], by=schools.staff["Coco"]
    )


async def opened(schools: TwoSchools) -> UUID | None:
    found: UUID | None = await schools.admin.fetchval("SELECT id FROM replacement WHERE closed_at IS NULL")
    return found


async def give_places(schools: TwoSchools, *officers: str) -> None:
    """Reserves, from now on with a place."""
    await schools.admin.execute(
        "UPDATE officer SET capacity = 1 WHERE external_id = ANY ($1)", list(officers)
    )


async def look(schools: TwoSchools) -> replacements.Standing:
    one = await opened(schools)
    assert one is not None
    return await replacements.look_after(schools.office, schools.scope, one)


async def reserve(schools: TwoSchools) -> str | None:
    found: str | None = await schools.admin.fetchval(
        "SELECT external_id FROM replacement JOIN officer ON officer.id = reserve_id WHERE closed_at IS NULL"
    )
    return found


async def approve(schools: TwoSchools, by: str = "Cora") -> bool:
    one = await opened(schools)
    assert one is not None
    return await replacements.approve(schools.office, schools.scope, one, by=schools.staff[by])


async def begin_next(schools: TwoSchools) -> replacements.Standing:
    one = await opened(schools)
    assert one is not None
    return await replacements.begin_next(schools.office, schools.scope, one)


async def live_officers(schools: TwoSchools, child: str = "Ana") -> list[str]:
    rows = await schools.admin.fetch(
        "SELECT officer.external_id FROM pairing JOIN officer ON officer.id = officer_id"
        " WHERE student_id = $1 AND ended_at IS NULL",
        schools.student[child],
    )
    return [row["external_id"] for row in rows]


async def in_the_pack(schools: TwoSchools) -> list[str]:
    async with schools.database.transaction(schools.scope) as connection:
        pack = await deliveries.pack(connection, schools.year("north"), "5A", 1)
    return [f"{one.student_name.split()[0]} {one.kind}" for one in pack]


async def calls(schools: TwoSchools, kind: str) -> list[str]:
    rows = await schools.admin.fetch(
        "SELECT sentence FROM attention WHERE kind = $1 AND closed_at IS NULL ORDER BY opened_at", kind
    )
    return [row["sentence"] for row in rows]


async def test_both_are_asked_for_a_last_letter_and_it_goes_when_it_is_read(schools: TwoSchools) -> None:
    await leave(schools)
    assert await schools.mailed_to("leaves") == ["olga@city.example", "tess@staff.example"]
    await schools.deliver("Ana", Side.STUDENT, "Goodbye.")


async def test_a_break_takes_no_day_from_a_farewell_and_the_next_pal_is_introduced_on_a_school_day(
    schools: TwoSchools,
) -> None:
    """The last day before it: a class writes at school."""
    await schools.admin.execute(
        """UPDATE program SET definition = jsonb_set(definition, '{year,breaks}',
           '[{"first": "2026-12-19", "last": "2027-01-03"}, {"first": "2027-01-29", "last": "2027-01-29"}]')"""
    )
    await schools.at(datetime(2026, 12, 18, 15, tzinfo=UTC))
    await leave(schools)
    (dates,) = await schools.admin.fetch("SELECT farewell_until, rest_until FROM replacement")
    assert dates["farewell_until"] == datetime(2027, 1, 15, 23, tzinfo=UTC), (
        "ten school days, as in any two weeks"
    )
    assert dates["rest_until"] == datetime(2027, 2, 1, 13, tzinfo=UTC)


async def test_said_again_after_the_farewell_it_changes_nothing(schools: TwoSchools) -> None:
    """The worker was away: the pairing has not closed, though its farewell is over."""
    replacement = await leave(schools)
    await schools.at(BEGIN + 6 * WEEK)
    assert await leave(schools, reason=Reason.BUSY) == replacement
    assert await schools.admin.fetchval("SELECT reason FROM ending") == "moved"


async def test_one_who_leaves_takes_no_new_child(schools: TwoSchools) -> None:
    await leave(schools)
    await look(schools)
    assert await reserve(schools) is None
    assert "waits: no officer has a free place" in (await calls(schools, "new officer"))[0]


async def test_a_reserve_of_the_same_gender_is_proposed_and_keeps_the_place(schools: TwoSchools) -> None:
    await give_places(schools, "Rita", "Rob")
    await leave(schools)
    await look(schools)
    assert await reserve(schools) == "Rita"
    async with schools.database.transaction(schools.scope) as connection:
        taken = {one.id: one.taken for one in await candidates(connection)}
    assert taken["Rita"] == 1


async def test_a_reserve_who_comes_with_the_next_roster_is_proposed_at_once(schools: TwoSchools) -> None:
    await leave(schools)
    await look(schools)
    again = people(schools.program)
    officers = [officer(name, capacity=1) if name == "Rita" else officer(name) for name in OFFICERS]
    await roster.apply(schools.office, replace(again, officers=officers))
    assert await reserve(schools) == "Rita"
    assert "Rita is proposed as the next one" in (await calls(schools, "new officer"))[0]


async def test_a_child_who_has_lost_an_officer_comes_before_all_others(schools: TwoSchools) -> None:
    await leave(schools)
    await schools.admin.execute(
        "INSERT INTO student (program_id, school_id, program_year_id, external_id, first_name, last_name, gender,"
        " pal_gender, class_name, language, consent_on, waiting_since) SELECT program_id, school_id, program_year_id,"
        " 'Eve', 'Eve', 'E', gender, pal_gender, class_name, language, consent_on, '2026-08-01' FROM student"
        " WHERE external_id = 'Ana'"
    )
    await give_places(schools, "Rita")
    proposed = await matching.make_proposal(schools.office, schools.scope, seed=1)
    assert (await reserve(schools), proposed.pairs) == ("Rita", 0)


async def test_a_rejected_reserve_is_not_proposed_again(schools: TwoSchools) -> None:
    await give_places(schools, "Rita")
    one = await leave(schools)
    assert one is not None
    await look(schools)
    await replacements.reject(schools.office, schools.scope, one, why="neighbours", by=schools.staff["Cora"])
    assert await reserve(schools) is None


async def test_only_a_coordinator_approves_and_twice_is_once(schools: TwoSchools) -> None:
    await give_places(schools, "Rita")
    await leave(schools)
    with pytest.raises(ReplacementRefused, match="No officer is proposed yet"):
        await approve(schools)
    await look(schools)
    with pytest.raises(NotTheirsToSay, match="Only a coordinator"):
        await approve(schools, by="Mona")
    assert await approve(schools)
    assert not await approve(schools)


async def test_nothing_begins_before_the_rest_is_over_and_then_once(schools: TwoSchools) -> None:
    await give_places(schools, "Rita")
    await leave(schools)
    await look(schools)
    await approve(schools)
    await schools.at(BEGIN + 3 * WEEK)
    assert not (await begin_next(schools)).begun
    assert await live_officers(schools) == ["Olga"]
    await schools.at(BEGIN + 4 * WEEK + DAY)
    for _ in range(2):
        assert (await begin_next(schools)).begun
        assert await live_officers(schools) == ["Rita"], "one ends and the other begins in one step"


async def test_the_next_pairing_has_no_dates_while_its_agency_rests(schools: TwoSchools) -> None:
    await give_places(schools, "Rita")
    await leave(schools)
    await look(schools)
    await approve(schools)
    await schools.at(BEGIN + 4 * WEEK + DAY)
    await pauses.pause(
        schools.office,
        schools.scope,
        Target(agency="city"),
        [What.LETTERS],
        reason="snow",
        by=schools.staff["Cora"],
    )
    assert (await begin_next(schools)).begun
    due = await schools.admin.fetch(
        "SELECT officers_due_at FROM moved_round JOIN pairing ON pairing.id = pairing_id"
        " WHERE officer_id = $1 AND number = 2",
        schools.officer["Rita"],
    )
    assert [row["officers_due_at"] for row in due] == [None]


async def test_a_reserve_who_goes_meanwhile_is_dropped_and_the_next_is_sought(schools: TwoSchools) -> None:
    await give_places(schools, "Rita")
    await leave(schools)
    await look(schools)
    await approve(schools)
    await leave(schools, "Rita")
    assert await reserve(schools) is None
    await look(schools)
    assert await reserve(schools) is None, "who leaves is no reserve"
    await schools.admin.execute("UPDATE officer SET leaves_at = NULL WHERE external_id = 'Rita'")
    await look(schools)
    await approve(schools)
    await schools.admin.execute("UPDATE officer SET capacity = 0 WHERE external_id = 'Rita'")
    await schools.at(BEGIN + 5 * WEEK)
    standing = await begin_next(schools)
    assert (standing.begun, standing.approved) == (False, False)


async def test_a_child_whose_officer_went_before_the_introduction_gets_stock_letters_too(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    await schools.admin.execute("UPDATE pairing SET introduced_at = NULL, first_round = NULL")
    one = await leave(schools)
    assert one is not None
    await schools.at(PACK_CLOSES - DAY)
    assert list((await look(schools)).empty_packs) == [1]
    assert isinstance(await replacements.put_stock_letter(schools.office, schools.scope, one, 1), Delivery)


async def test_the_family_is_told_once_in_its_language_and_not_why(schools: TwoSchools) -> None:
    await stop(schools)
    one = await opened(schools)
    assert one is not None
    for _ in range(2):
        await replacements.tell_family(schools.office, schools.scope, one)
    mails = await schools.mails("successor")
    assert [mail["to_address"] for mail in mails] == ["family.ana@home.example", "tess@staff.example"]
    assert "Estimada familia" in mails[0]["message"].decode()
    assert not any("stopped" in mail["message"].decode() for mail in mails)


async def test_between_two_officers_the_pack_holds_a_stock_letter(schools: TwoSchools) -> None:
    await schools.approve_stock()
    await stop(schools)
    assert not (await look(schools)).empty_packs, "opening day is far away"
    await schools.at(PACK_CLOSES - DAY)
    assert list((await look(schools)).empty_packs) == [1]
    one = await opened(schools)
    assert one is not None
    for _ in range(2):
        await replacements.put_stock_letter(schools.office, schools.scope, one, 1)
    assert await in_the_pack(schools) == ["Ana stock"]
    assert not (await look(schools)).empty_packs


async def test_a_stopped_officers_letter_is_held_back_and_a_stock_letter_goes_instead(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    await schools.deliver("Ana", Side.OFFICER, "From Olga.")
    assert await in_the_pack(schools) == ["Ana letter"]
    await stop(schools)
    assert await in_the_pack(schools) == ["Ana stock"]


async def test_a_stopped_officers_stock_letter_goes_to_no_child(schools: TwoSchools) -> None:
    await schools.approve_stock()
    await letters.put_stock_letter(schools.office, schools.scope, schools.pairing["Ana"], 1)
    assert await in_the_pack(schools) == ["Ana stock"]
    await stop(schools, "Rita")
    assert await in_the_pack(schools) == []
    await stop(schools, "Rob", by="Cora")
    assert await letters.put_stock_letter(schools.office, schools.scope, schools.pairing["Ben"], 1) is None
    assert "no stock letter is left" in (await calls(schools, "no stock letter"))[0]


async def test_a_stock_letter_that_is_held_back_while_letters_rest_asks_for_another_at_once(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    await letters.put_stock_letter(schools.office, schools.scope, schools.pairing["Ana"], 1)
    await pauses.pause(
        schools.office, schools.scope, Target(), [What.LETTERS], reason="snow", by=schools.staff["Cora"]
    )
    await stop(schools, "Rita")
    assert await in_the_pack(schools) == []
    assert "no stock letter is left" in (await calls(schools, "no stock letter"))[0]


async def test_a_letter_that_was_approved_before_the_stop_is_not_released(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.OFFICER)
    await schools.decide(draft)
    await stop(schools)
    assert await schools.release("Ana", draft) is Held.ENDED


@pytest.mark.parametrize("gone", [stop, officer_dead, child_dead, withdrawn])
async def test_a_letter_that_comes_back_after_its_pairing_has_ended_is_asked_for_again_of_nobody(
    schools: TwoSchools, gone: Gone
) -> None:
    drafts = [await schools.write("Ana", side) for side in Side]
    await gone(schools)
    for draft in drafts:
        await schools.decide(draft, Verdict.RETURN)
    assert await schools.mailed_to("returned") == []


async def test_nobody_is_told_that_a_letter_came_back_in_the_moment_in_which_its_pairing_ends(
    schools: TwoSchools,
) -> None:
    draft = await schools.write("Ana", Side.OFFICER)
    async with schools.office.committing(schools.scope) as connection:
        await pairing_rows.end(connection, schools.pairing["Ana"], Reason.STOPPED.shown)
        deciding = asyncio.create_task(schools.decide(draft, Verdict.RETURN))
        await schools.until_it_waits(deciding)
    await deciding
    assert await schools.mailed_to("returned") == []


async def test_a_farewell_that_comes_back_is_asked_for_again(schools: TwoSchools) -> None:
    await leave(schools)
    await schools.decide(await schools.write("Ana", Side.STUDENT, "Goodbye."), Verdict.RETURN)
    await schools.decide(await schools.write("Ana", Side.OFFICER, "Goodbye."), Verdict.RETURN)
    assert await schools.mailed_to("returned") == ["olga@city.example", "tess@staff.example"]


async def test_a_letter_that_nobody_is_given_any_more_is_still_read(schools: TwoSchools) -> None:
    """It may say what a counselor has to hear."""
    draft = await schools.write("Ana", Side.STUDENT, "I am all alone.")
    await stop(schools)
    assert draft.id in [one.draft_id for one in await letters.waiting(schools.office, schools.scope)]
    referred = await schools.decide(draft, Verdict.REFER)
    assert referred.opened


async def test_a_stop_cuts_a_farewell_short(schools: TwoSchools) -> None:
    await leave(schools)
    await stop(schools)
    assert await live_officers(schools) == []
    assert {row["state"] for row in await schools.mails("leaves")} == {"cancelled"}
    assert await schools.count("replacement") == 1


@pytest.mark.parametrize("by", ["Lou", "Mona", "Tess"])
async def test_only_the_agencys_liaison_or_a_coordinator_stops(schools: TwoSchools, by: str) -> None:
    with pytest.raises(NotTheirsToSay, match="Only the liaison of the officer's agency"):
        await stop(schools, by=by)


async def test_a_schools_coordinator_stops_whoever_writes_to_a_child_of_theirs(schools: TwoSchools) -> None:
    await schools.admin.execute(
        "INSERT INTO staff_role (staff_id, program_id, role, school_id) VALUES ($1, 'stl', 'coordinator', 'south')",
        schools.staff["Max"],
    )
    whom_to_ask = "the liaison of the officer's agency, or a coordinator of all schools or of one that"
    for name in ("Olga", "Rita"):
        for says in (leaving.stop, leaving.officer_died):
            with pytest.raises(NotTheirsToSay, match=whom_to_ask):
                await says(schools.office, schools.scope, schools.officer[name], by=schools.staff["Max"])
    assert await live_officers(schools) == ["Olga"]
    await stop(schools, "Paula", by="Max")
    assert await live_officers(schools, "Cleo") == []
    await stop(schools, "Paula", by="Max")
    await leaving.officer_died(
        schools.office, schools.scope, schools.officer["Paula"], by=schools.staff["Max"]
    )


async def test_a_death_is_told_to_the_counselor_first_and_to_no_family(schools: TwoSchools) -> None:
    await leaving.officer_died(
        schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"]
    )
    told = [row["to_address"] for row in await schools.mails("safety")]
    assert told == ["coco@staff.example", "cora@staff.example"]
    assert {
        row["state"]
        for row in await schools.mails()
        if row["to_address"] in ("family.ana@home.example", "olga@city.example")
    } == {"cancelled"}
    assert await opened(schools) is None, "people decide"
    assert "The officer of pairing" in (await calls(schools, "death"))[0]


async def test_after_a_death_people_say_when_it_goes_on(schools: TwoSchools) -> None:
    await leaving.officer_died(
        schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"]
    )
    await leaving.begin(
        schools.office, schools.scope, schools.pairing["Ana"], Reason.SILENCE, by=schools.staff["Cora"]
    )
    assert await opened(schools)
    assert await calls(schools, "death") == []


async def begin_after_death(schools: TwoSchools) -> UUID:
    return await leaving.begin(
        schools.office, schools.scope, schools.pairing["Ana"], Reason.MOVED, by=schools.staff["Cora"]
    )


async def proposed_after_death(schools: TwoSchools) -> None:
    await officer_dead(schools)
    await give_places(schools, "Rita")
    await matching.make_proposal(schools.office, schools.scope, seed=1)


async def match(schools: TwoSchools) -> int:
    decided = await matching.approve(schools.office, schools.scope, [], schools.staff["Cora"])
    return decided.changed


async def test_a_child_who_was_matched_after_a_death_is_sought_nobody_besides(schools: TwoSchools) -> None:
    await proposed_after_death(schools)
    assert await match(schools) == 1
    with pytest.raises(LeavingRefused, match="has another pal by now"):
        await begin_after_death(schools)


async def test_a_child_for_whom_one_is_sought_after_a_death_is_matched_with_nobody_besides(
    schools: TwoSchools,
) -> None:
    """Two pals at once are refused by the record, and the search would try that for ever."""
    await proposed_after_death(schools)
    await begin_after_death(schools)
    assert await match(schools) == 0
    await look(schools)
    await approve(schools)
    await schools.at(BEGIN + 3 * WEEK)
    assert (await begin_next(schools)).begun
    assert await live_officers(schools) == ["Rita"]


async def test_a_childs_death_halts_all_that_was_on_its_way(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.OFFICER, "From Olga.")
    for _ in range(2):
        await leaving.student_died(
            schools.office, schools.scope, schools.student["Ana"], by=schools.staff["Coco"]
        )
    assert await in_the_pack(schools) == []
    assert [row["to_address"] for row in await schools.mails("safety")] == [
        "coco@staff.example",
        "cora@staff.example",
    ]
    assert {row["state"] for row in await schools.mails() if row["pairing_id"] == schools.pairing["Ana"]} == {
        "cancelled"
    }
    assert await opened(schools) is None
    with pytest.raises(LeavingRefused, match="has ended"):
        await leaving.begin(
            schools.office, schools.scope, schools.pairing["Ana"], Reason.SILENCE, by=schools.staff["Cora"]
        )


async def take_back(schools: TwoSchools, officer: str = "Olga", by: str = "Cora") -> int:
    return await leaving.take_back(
        schools.office, schools.scope, schools.officer[officer], by=schools.staff[by]
    )


async def test_a_mistake_is_taken_back_and_nobody_is_sought(schools: TwoSchools) -> None:
    await leave(schools)
    assert await take_back(schools) == 1
    assert await opened(schools) is None
    await schools.deliver("Ana", Side.STUDENT, "Hello.")
    assert await leave(schools), "as if it had never been"


async def test_whoever_was_told_hears_that_it_goes_on_and_nobody_else(schools: TwoSchools) -> None:
    await leave(schools)
    await schools.admin.execute(
        "UPDATE mail SET state = 'sent', sent_at = program_now(), bodies_started = 1 WHERE to_address = 'olga@city.example'"
    )
    await take_back(schools)
    assert await schools.mailed_to("goes-on") == ["olga@city.example"]
    states = {row["to_address"]: row["state"] for row in await schools.mails("leaves")}
    assert states == {"olga@city.example": "sent", "tess@staff.example": "cancelled"}


async def test_after_a_farewell_the_sentence_says_what_to_do_instead(schools: TwoSchools) -> None:
    await leave(schools)
    await schools.deliver("Ana", Side.STUDENT, "Goodbye.")
    with pytest.raises(EndingRefused, match="has gone out"):
        await take_back(schools)
    assert await opened(schools)


async def test_what_is_stopped_is_not_taken_back(schools: TwoSchools) -> None:
    await stop(schools)
    with pytest.raises(LeavingRefused, match="import a new officer_id"):
        await take_back(schools)


async def test_who_does_not_leave_is_not_taken_back(schools: TwoSchools) -> None:
    with pytest.raises(LeavingRefused, match="is not leaving"):
        await take_back(schools)


async def test_who_leaves_is_said_and_taken_back_by_those_whose_officer_it_is(schools: TwoSchools) -> None:
    """Tess runs the north, where Olga writes, and Tom the south; Lee is the liaison of Olga's agency, and Lou of another."""
    await schools.admin.executemany(
        "INSERT INTO staff_role (staff_id, program_id, role, school_id) VALUES ($1, $2, 'coordinator', $3)",
        [
            (schools.staff["Tess"], schools.program, "north"),
            (schools.staff["Tom"], schools.program, "south"),
        ],
    )
    for name in ("Tom", "Lou", "Mona"):
        with pytest.raises(NotTheirsToSay, match="one that the officer writes to, says so"):
            await leave(schools, by=name)
    for name in ("Tess", "Lee"):
        assert await leave(schools, by=name)
        for other in ("Tom", "Lou", "Mona"):
            with pytest.raises(NotTheirsToSay, match="one that the officer writes to, says so"):
                await take_back(schools, by=other)
        assert await take_back(schools, by=name) == 1


async def test_an_ended_clearance_is_asked_about_first_and_then_begins_it(schools: TwoSchools) -> None:
    await schools.admin.execute("UPDATE officer SET cleared_until = '2026-08-31' WHERE external_id = 'Olga'")
    await daily.compose_daily_mail(schools.office, schools.scope, date(2026, 9, 1))
    (said,) = await calls(schools, "clearance")
    assert "officer Olga ended on 2026-08-31. Enter the new one under My agency, or in the roster" in said
    assert await opened(schools) is None
    await schools.at(BEGIN + 2 * WEEK)
    await daily.compose_daily_mail(schools.office, schools.scope, date(2026, 9, 15))
    assert await opened(schools)
    assert await schools.admin.fetchval("SELECT reason FROM ending") == "clearance ended"


async def test_a_renewed_clearance_ends_the_question(schools: TwoSchools) -> None:
    await schools.admin.execute("UPDATE officer SET cleared_until = '2026-08-31' WHERE external_id = 'Olga'")
    await daily.compose_daily_mail(schools.office, schools.scope, date(2026, 9, 1))
    await schools.admin.execute("UPDATE officer SET cleared_until = '2027-08-31' WHERE external_id = 'Olga'")
    await daily.compose_daily_mail(schools.office, schools.scope, date(2026, 9, 2))
    assert await calls(schools, "clearance") == []


async def test_no_officer_goes_without_anybody_looking_for_the_next(schools: TwoSchools) -> None:
    """Whatever else would end a pairing so: the transaction is refused."""
    with pytest.raises(asyncpg.CheckViolationError, match="nobody looks for its child's next officer"):
        async with schools.database.transaction(schools.scope) as connection:
            await endings.begin(connection, schools.pairing["Ana"], Reason.BUSY, None, schools.staff["Cora"])


async def test_the_next_officer_has_the_gender_of_the_one_before(schools: TwoSchools) -> None:
    await stop(schools)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="same_gender_as_the_reserve"):
        await schools.admin.execute("UPDATE replacement SET reserve_id = $1", schools.officer["Rob"])


async def test_a_child_is_sought_for_once(schools: TwoSchools) -> None:
    await stop(schools)
    with pytest.raises(asyncpg.UniqueViolationError, match="one_open_replacement_for_a_student"):
        await schools.admin.execute(
            "INSERT INTO replacement (program_id, school_id, agency_id, program_year_id, pairing_id, student_id, gender,"
            " begun_by, farewell_until, rest_until) SELECT program_id, school_id, agency_id, program_year_id, pairing_id,"
            " student_id, gender, begun_by, farewell_until, rest_until FROM replacement"
        )


async def test_begun_by_hand_after_silence(schools: TwoSchools) -> None:
    async def begin(by: str) -> Any:
        return await leaving.begin(
            schools.office, schools.scope, schools.pairing["Ana"], Reason.SILENCE, by=schools.staff[by]
        )

    with pytest.raises(NotTheirsToSay, match="Only a coordinator"):
        await begin("Lee")
    assert await begin("Cora") == await opened(schools)
    with pytest.raises(LeavingRefused, match="is ending already"):
        await begin("Cora")


@pytest.mark.parametrize("reason", [Reason.MOVED, Reason.SILENCE])
async def test_two_who_were_never_introduced_are_asked_for_no_farewell_and_are_not_introduced(
    schools: TwoSchools, reason: Reason
) -> None:
    this = schools.office, schools.scope, schools.pairing["Ana"]
    await schools.admin.execute("UPDATE pairing SET introduced_at = NULL, first_round = NULL")
    await leaving.begin(*this, reason, by=schools.staff["Cora"])
    assert await schools.mails("leaves") == []
    assert await pairings.introduce(*this) is Held.ENDED


async def test_who_says_farewell_is_not_nudged(schools: TwoSchools) -> None:
    async with schools.database.transaction(schools.scope) as connection:
        before = await owed_by_officers(connection, CHILDREN_DUE + 4 * WEEK)
    await leave(schools)
    async with schools.database.transaction(schools.scope) as connection:
        after = await owed_by_officers(connection, CHILDREN_DUE + 4 * WEEK)
    assert {one.first_name for one in before} - {one.first_name for one in after} == {"Olga"}


async def test_one_decides_while_another_begins_and_the_child_has_one_officer(schools: TwoSchools) -> None:
    await give_places(schools, "Rita")
    await stop(schools)
    await look(schools)
    await approve(schools)
    await schools.at(BEGIN + 3 * WEEK)
    one = await opened(schools)
    assert one is not None
    await asyncio.gather(*(replacements.begin_next(schools.office, schools.scope, one) for _ in range(4)))
    assert await live_officers(schools) == ["Rita"]
    assert (
        await schools.admin.fetchval("SELECT count(*) FROM proposed_pair WHERE replacement_id IS NOT NULL")
        == 1
    )


# ---- what a daily mail says of who has gone


async def eve_of_the_officers_date(schools: TwoSchools) -> None:
    """The morning on which Olga is reminded of Ana's letter, and Tess hears that Ana's own did not come."""
    await schools.admin.execute(
        "INSERT INTO miss (pairing_id, round_number, side, program_id, school_id, agency_id, recorded_at)"
        " SELECT id, 1, 'student', program_id, school_id, agency_id, $1 FROM pairing WHERE school_id = 'north'",
        CHILDREN_DUE,
    )
    await schools.at(OFFICERS_DUE - DAY)
    await daily.compose_daily_mail(schools.office, schools.scope, (OFFICERS_DUE - DAY).date())


async def daily_mails(schools: TwoSchools, who: str) -> list[tuple[str, str]]:
    return [
        (row["state"], row["message"].decode().replace("=\r\n", ""))
        for row in await schools.mails()
        if row["key"].startswith("daily-") and row["to_address"].startswith(who)
    ]


async def test_a_daily_mail_that_has_not_left_names_no_child_who_has_died_and_says_all_else(
    schools: TwoSchools,
) -> None:
    await eve_of_the_officers_date(schools)
    for who in ("olga", "tess"):
        assert [(state, "Ana" in text) for state, text in await daily_mails(schools, who)] == [
            ("pending", True)
        ]
    for _ in range(2):
        await leaving.student_died(
            schools.office, schools.scope, schools.student["Ana"], by=schools.staff["Coco"]
        )
    assert [state for state, _ in await daily_mails(schools, "olga")] == ["cancelled"], (
        "nothing else was in it"
    )
    before, anew = await daily_mails(schools, "tess")
    assert (before[0], anew[0]) == ("cancelled", "pending")
    assert "Ana" not in anew[1]
    assert "Ben of class 5A" in anew[1]
    assert [state for state, _ in await daily_mails(schools, "omar")] == ["pending"], "others are left alone"


async def test_a_daily_mail_that_has_not_left_names_no_officer_who_has_died(schools: TwoSchools) -> None:
    await schools.admin.execute("UPDATE officer SET cleared_until = '2026-10-10' WHERE agency_id = 'city'")
    await schools.at(OFFICERS_DUE - DAY)
    await daily.compose_daily_mail(schools.office, schools.scope, (OFFICERS_DUE - DAY).date())
    ((state, text),) = await daily_mails(schools, "lee")
    assert (state, "Olga Officer" in text, "Omar Officer" in text) == ("pending", True, True)
    await leaving.officer_died(
        schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"]
    )
    before, anew = await daily_mails(schools, "lee")
    assert (before[0], anew[0]) == ("cancelled", "pending")
    assert ("Olga Officer" in anew[1], "Omar Officer" in anew[1]) == (False, True)
    assert [state for state, _ in await daily_mails(schools, "olga")] == ["cancelled"]


@pytest.mark.parametrize("gone", [stop, withdrawn])
async def test_a_daily_mail_that_may_have_arrived_is_not_sent_once_more(
    schools: TwoSchools, gone: Gone
) -> None:
    await eve_of_the_officers_date(schools)
    claim_id = uuid4()
    async with schools.database.transaction(schools.scope) as connection:
        claimed = await mail.claim(connection, claim_id, 100)
        mails = await schools.mails("daily")
        (theirs,) = [row["id"] for row in mails if row["to_address"] == "olga@city.example"]
        assert theirs in [one.id for one in claimed]
        await mail.mark_data_started(connection, theirs, claim_id, DAY)
        await mail.mark_unknown(connection, theirs, claim_id, "none")
        await mail.release(connection, claim_id)
    await gone(schools)
    await schools.at(OFFICERS_DUE - DAY + timedelta(hours=2))
    async with schools.database.transaction(schools.scope) as connection:
        assert theirs not in [one.id for one in await mail.claim(connection, uuid4(), 100)]
    assert await schools.admin.fetchval("SELECT state FROM mail WHERE id = $1", theirs) == "unknown", (
        "for the record"
    )


# ---- the counselor, who may say no to the next officer as to the first


async def test_the_counselor_hears_of_the_next_officer_before_the_introduction(schools: TwoSchools) -> None:
    await schools.admin.execute(
        "UPDATE program SET definition = jsonb_set(definition, '{policy,declining_days}', '7')"
    )
    await give_places(schools, "Rita")
    await leave(schools)
    await look(schools)
    await approve(schools)
    await schools.at(BEGIN + 4 * WEEK + DAY)
    for _ in range(2):
        await begin_next(schools)
    (told,) = [row for row in await schools.mails() if row["key"].startswith("pairs-")]
    assert told["to_address"] == "coco@staff.example"
    assert "class 5A: Ana and Rita (City Police)" in told["message"].decode().replace("=\r\n", "")


async def child_died(schools: TwoSchools) -> None:
    await leaving.student_died(
        schools.office, schools.scope, schools.student["Ana"], by=schools.staff["Coco"]
    )


async def officer_died(schools: TwoSchools) -> None:
    await leaving.officer_died(
        schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"]
    )


async def lists_to_coco(schools: TwoSchools) -> list[tuple[str, list[str]]]:
    """State, and who is on it."""
    lists = [row for row in await schools.mails("asked") if row["to_address"] == "coco@staff.example"]
    said = [(row["state"], row["message"].decode().replace("=\r\n", "")) for row in lists]
    return [(state, [name for name in ("Ana", "Olga", "Ben") if name in text]) for state, text in said]


@pytest.mark.parametrize("gone", [child_died, officer_died, withdrawn, stop])
async def test_a_list_of_new_pairs_that_has_not_left_names_nobody_who_is_gone_and_all_others(
    asking: TwoSchools, gone: Gone
) -> None:
    assert await lists_to_coco(asking) == [("pending", ["Ana", "Olga", "Ben"])]
    for _ in range(2):
        await gone(asking)
    assert await lists_to_coco(asking) == [("cancelled", ["Ana", "Olga", "Ben"]), ("pending", ["Ben"])]
    (others,) = [row for row in await asking.mails("asked") if row["to_address"] == "cal@staff.example"]
    assert others["state"] == "pending", "a school's list is its own"


async def test_a_list_of_nobody_but_the_dead_is_not_written_anew(asking: TwoSchools) -> None:
    await child_died(asking)
    await leaving.officer_died(asking.office, asking.scope, asking.officer["Omar"], by=asking.staff["Cora"])
    assert [state for state, _ in await lists_to_coco(asking)] == ["cancelled", "cancelled"]


async def test_a_list_that_is_written_anew_names_the_day_until_which_each_of_its_pairs_may_be_declined(
    asking: TwoSchools,
) -> None:
    await pairings.ask(asking.office, asking.scope, asking.pairing["Ben"])
    await asking.at(BEGIN + DAY)
    await child_died(asking)
    *_, anew = [row for row in await asking.mails("asked") if row["to_address"] == "coco@staff.example"]
    assert "Tuesday, September 8" in anew["message"].decode().replace("=\r\n", "")


@pytest.mark.parametrize("told", [True, False])
async def test_an_officer_who_leaves_again_on_the_day_on_which_it_was_taken_back_is_asked_again(
    schools: TwoSchools, told: bool
) -> None:
    olga = (schools.office, schools.scope, schools.officer["Olga"])
    await leaving.leave(*olga, Reason.MOVED, by=schools.staff["Cora"])
    if told:
        await schools.admin.execute(
            "UPDATE mail SET state = 'sent', sent_at = program_now(), bodies_started = 1 WHERE kind = 'leaves'"
        )
    await schools.at(BEGIN + timedelta(hours=1))
    await leaving.take_back(*olga, by=schools.staff["Cora"])
    await schools.at(BEGIN + timedelta(hours=2))
    await leaving.leave(*olga, Reason.MOVED, by=schools.staff["Cora"])
    last = {
        mail["to_address"]: mail["kind"] for mail in await schools.mails() if mail["state"] != "cancelled"
    }
    assert sorted(to for to, kind in last.items() if kind == "leaves") == [
        "olga@city.example",
        "tess@staff.example",
    ]
