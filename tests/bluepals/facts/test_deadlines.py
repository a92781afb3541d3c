"""Deadlines of single pairings: a pause freezes them, and when it ends they have the school days that they had left."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bluepals.domain.letters import Side, Verdict
from bluepals.facts import leaving, moves, pairings, pauses, replacements
from bluepals.facts.pairings import Asked
from bluepals.facts.pauses import NewCalendar
from bluepals.store import deadlines, mail
from bluepals.store.deadlines import Deadline
from bluepals.store.deliveries import DateMoved, Delivery, Held
from bluepals.store.endings import Reason
from bluepals.store.pauses import Target, What
from tests.bluepals.facts.test_declining import words
from tests.bluepals.facts.two_schools import BEGIN, YEAR_OVER, TwoSchools
from tests.mailroom import parsed

EVERYTHING, CITY = Target(), Target(agency="city")
NORTH, SOUTH = Target(school="north"), Target(school="south")
LETTERS = [What.LETTERS]
DAY = timedelta(days=1)
# Asked on a Tuesday at seven in the morning, until Tuesday of the week after, at five.
UNTIL = datetime(2026, 9, 8, 22, tzinfo=UTC)
# Paused the next morning, with five school days left; the letters go on six weeks later, on a Wednesday at seven.
PAUSED, RESUMED = BEGIN + DAY, datetime(2026, 10, 14, 12, tzinfo=UTC)
NEW_UNTIL = datetime(2026, 10, 20, 22, tzinfo=UTC)


async def pause(schools: TwoSchools, target: Target = EVERYTHING) -> NewCalendar:
    return await pauses.pause(
        schools.office, schools.scope, target, LETTERS, reason="flood", by=schools.staff["Cora"]
    )


async def preview(schools: TwoSchools, target: Target = EVERYTHING) -> NewCalendar:
    return await pauses.preview(schools.office, schools.scope, target, LETTERS, {}, by=schools.staff["Cora"])


async def resume(schools: TwoSchools, target: Target = EVERYTHING) -> NewCalendar:
    seen = await preview(schools, target)
    return await pauses.resume(
        schools.office,
        schools.scope,
        target,
        LETTERS,
        {},
        by=schools.staff["Cora"],
        agreed=seen.agreement,
    )


def of(seen: NewCalendar, what: Deadline, pairing_id: UUID) -> datetime | None:
    (one,) = [one for one in seen.deadlines if (one.what, one.pairing_id) == (what, pairing_id)]
    return None if one.frozen else one.at


async def leave(schools: TwoSchools, officer: str = "Olga") -> datetime:
    left = await leaving.leave(
        schools.office, schools.scope, schools.officer[officer], Reason.MOVED, by=schools.staff["Cora"]
    )
    assert left.farewell_until is not None
    return left.farewell_until


async def said_to(schools: TwoSchools, kind: str, address: str) -> Sequence[str]:
    """What leaves now, as it reads."""
    async with schools.database.transaction(schools.scope) as connection:
        await mail.cancel_stale(connection)
    rows = await schools.admin.fetch(
        "SELECT message FROM mail WHERE kind = $1 AND to_address = $2 AND state = 'pending' AND NOT held_by_a_pause(mail)"
        " ORDER BY sequence",
        kind,
        address,
    )
    return [words(parsed(row["message"])) for row in rows]


async def introduce(schools: TwoSchools, child: str = "Ana") -> object:
    return await pairings.introduce(schools.office, schools.scope, schools.pairing[child])


async def test_who_may_decline_may_do_so_as_long_after_a_pause_as_before(asking: TwoSchools) -> None:
    ana = asking.pairing["Ana"]
    assert await introduce(asking) == Asked(UNTIL)
    await asking.at(PAUSED)
    assert of(await pause(asking), Deadline.DECLINE, ana) is None
    await asking.at(RESUMED)
    assert await introduce(asking) is Held.PAUSED
    assert of(await preview(asking), Deadline.DECLINE, ana) == NEW_UNTIL
    assert of(await resume(asking), Deadline.DECLINE, ana) == NEW_UNTIL
    assert await introduce(asking) == Asked(NEW_UNTIL)
    await asking.at(NEW_UNTIL)
    assert not isinstance(await introduce(asking), Asked)


async def test_all_who_were_asked_hear_of_the_new_date_and_of_no_other(asking: TwoSchools) -> None:
    await introduce(asking)
    await asking.at(PAUSED)
    await pause(asking)
    for address in ("olga@city.example", "family.ana@home.example", "coco@staff.example"):
        assert await said_to(asking, "asked", address) == []
    await asking.at(RESUMED)
    await resume(asking)
    (officer,) = await said_to(asking, "asked", "olga@city.example")
    assert "Tuesday, October 20" in officer
    (family,) = await said_to(asking, "asked", "family.ana@home.example")
    assert "20 de octubre" in family
    of_ana, of_ben = sorted(
        await said_to(asking, "asked", "coco@staff.example"), key=lambda one: "Ana" not in one
    )
    assert "October 20" in of_ana
    assert "Ben and" in of_ben, "nobody has been asked about Ben before: that is done now"
    assert "October 21" in of_ben


async def test_a_deadline_waits_for_the_end_of_the_last_pause_that_reaches_it(asking: TwoSchools) -> None:
    ana = asking.pairing["Ana"]
    await introduce(asking)
    await asking.at(PAUSED)
    await pause(asking)
    await pause(asking, CITY)
    await asking.at(RESUMED - DAY)
    assert of(await resume(asking), Deadline.DECLINE, ana) is None
    await asking.at(RESUMED)
    assert of(await resume(asking, CITY), Deadline.DECLINE, ana) == NEW_UNTIL


async def test_a_pause_of_others_moves_nobodys_deadline(asking: TwoSchools) -> None:
    await introduce(asking)
    await asking.at(PAUSED)
    await pause(asking, Target(school="south"))
    await asking.at(PAUSED + DAY)
    await resume(asking, Target(school="south"))
    assert await introduce(asking) == Asked(UNTIL)


async def test_a_second_pause_takes_no_day_twice(asking: TwoSchools) -> None:
    """One that begins in the moment in which another one ends."""
    ana = asking.pairing["Ana"]
    await introduce(asking)
    await asking.at(PAUSED)
    await pause(asking)
    await asking.at(PAUSED + 7 * DAY)
    await resume(asking)
    await pause(asking, NORTH)
    await asking.at(RESUMED)
    assert of(await resume(asking, NORTH), Deadline.DECLINE, ana) == NEW_UNTIL


# ---- farewells, and the rest after them

MONDAY = datetime(2026, 9, 14, 12, tzinfo=UTC)
FAREWELL = datetime(2026, 9, 28, 22, tzinfo=UTC)
# Ten school days were left on the Tuesday after, and nineteen until the end of the rest.
ON_THE_13TH = datetime(2026, 10, 13, 12, tzinfo=UTC)
NEW_FAREWELL = datetime(2026, 10, 26, 22, tzinfo=UTC)
NEW_REST = datetime(2026, 11, 9, 13, tzinfo=UTC)


async def closes(schools: TwoSchools, child: str = "Ana") -> datetime:
    return (await pairings.calendar_of(schools.office, schools.scope, schools.pairing[child])).closes


async def test_a_farewell_that_is_paused_keeps_its_days_and_its_letters_go_out(schools: TwoSchools) -> None:
    ana = schools.pairing["Ana"]
    await schools.at(MONDAY)
    assert await leave(schools) == FAREWELL
    draft = await schools.write("Ana", Side.STUDENT, "Farewell.")
    await schools.at(MONDAY + DAY)
    await pause(schools)
    await schools.decide(draft)
    assert await schools.release("Ana", draft) is Held.PAUSED
    assert await closes(schools) == YEAR_OVER - timedelta(hours=1), "while it rests it has no other end"
    await schools.at(FAREWELL)
    with pytest.raises(DateMoved):
        await pairings.close(schools.office, schools.scope, ana, FAREWELL)
    await schools.at(ON_THE_13TH)
    assert of(await preview(schools), Deadline.FAREWELL, ana) == NEW_FAREWELL
    await resume(schools)
    assert await closes(schools) == NEW_FAREWELL
    assert isinstance(await schools.release("Ana", draft), Delivery)
    with pytest.raises(DateMoved):
        await pairings.close(schools.office, schools.scope, ana, FAREWELL)
    await schools.at(NEW_FAREWELL)
    await pairings.close(schools.office, schools.scope, ana, NEW_FAREWELL)
    assert await schools.admin.fetchval("SELECT end_reason FROM pairing WHERE id = $1", ana) == "officer left"


async def test_both_are_asked_for_their_last_letter_by_the_new_day(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await leave(schools)
    await schools.at(MONDAY + DAY)
    await pause(schools)
    await schools.at(ON_THE_13TH)
    await resume(schools)
    for address in ("olga@city.example", "tess@staff.example"):
        (said,) = await said_to(schools, "leaves", address)
        assert "October 26" in said


async def test_a_farewell_that_begins_in_a_pause_has_all_its_days_after_it(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools, NORTH)
    await schools.at(MONDAY + DAY)
    assert await leave(schools) == FAREWELL + DAY
    await schools.at(ON_THE_13TH)
    assert of(await resume(schools, NORTH), Deadline.FAREWELL, schools.pairing["Ana"]) == NEW_FAREWELL + DAY


async def test_the_rest_before_the_next_pal_is_frozen_with_the_farewell(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await leave(schools)
    search = await schools.admin.fetchval("SELECT id FROM replacement WHERE closed_at IS NULL")

    async def standing() -> tuple[bool, bool, int]:
        found = await replacements.look_after(schools.office, schools.scope, search)
        return found.farewell_over, found.rested, found.version

    await schools.at(MONDAY + DAY)
    await pause(schools)
    await schools.at(ON_THE_13TH)
    *frozen, version = await standing()
    assert frozen == [False, False]
    changed = await resume(schools)
    assert of(changed, Deadline.REST, schools.pairing["Ana"]) == NEW_REST
    *rests, newer = await standing()
    assert (rests, newer > version) == ([False, False], True)
    told = await schools.admin.fetchval(
        "SELECT count(*) FROM tell WHERE workflow_id = $1 AND body = $2",
        f"new-officer-{search}",
        f'{{"version": {newer}}}',
    )
    assert told == 1
    await schools.at(NEW_FAREWELL)
    assert (await standing())[:2] == (True, False)
    await schools.at(NEW_REST)
    assert (await standing())[:2] == (True, True)


async def test_what_had_passed_before_the_pause_has_passed(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await leave(schools)
    await schools.at(FAREWELL)
    await pause(schools)
    assert await closes(schools) == FAREWELL
    await schools.at(FAREWELL + 14 * DAY)
    await resume(schools)
    assert await closes(schools) == FAREWELL


# ---- letters that came back

RETURNED_DUE = datetime(2026, 9, 21, 22, tzinfo=UTC)


async def due_again(schools: TwoSchools) -> datetime | None:
    due: datetime | None = await schools.admin.fetchval("SELECT due_again(decision) FROM decision")
    return due


@pytest.mark.parametrize("told_before", [True, False])
async def test_a_returned_letter_is_due_again_by_a_new_date_and_who_was_not_told_hears_of_it(
    schools: TwoSchools, told_before: bool
) -> None:
    await schools.at(MONDAY)
    await schools.decide(await schools.write("Ana", Side.OFFICER), Verdict.RETURN)
    if told_before:
        await schools.admin.execute(
            "UPDATE mail SET state = 'sent', bodies_started = 1, sent_at = created_at WHERE kind = 'returned'"
        )
    assert await due_again(schools) == RETURNED_DUE
    await schools.at(MONDAY + DAY)
    await pause(schools, CITY)
    await schools.at(ON_THE_13TH)
    changed = await resume(schools, CITY)
    due = datetime(2026, 10, 19, 22, tzinfo=UTC)
    assert of(changed, Deadline.RETURNED, schools.pairing["Ana"]) == due
    assert await due_again(schools) == due
    said = await said_to(schools, "returned", "olga@city.example")
    assert [("October 19" in one) for one in said] == ([] if told_before else [True])


async def test_a_letter_that_has_been_written_again_has_no_date_any_more(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await schools.decide(await schools.write("Ana", Side.OFFICER), Verdict.RETURN)
    await schools.write("Ana", Side.OFFICER, "A better one.")
    assert (await pause(schools)).deadlines == []


# ---- a child who changes schools


async def transfer(schools: TwoSchools, to: str = "south", class_name: str = "5B") -> None:
    await moves.transfer(schools.office, schools.scope, "Ana", school=to, class_name=class_name)


async def test_who_leaves_a_school_that_rests_has_the_days_that_were_left(asking: TwoSchools) -> None:
    await introduce(asking)
    await asking.at(PAUSED)
    await pause(asking, NORTH)
    await asking.at(RESUMED)
    await transfer(asking)
    assert await introduce(asking) == Asked(NEW_UNTIL)
    for address, day in (("olga@city.example", "October 20"), ("family.ana@home.example", "20 de octubre")):
        assert day in (await said_to(asking, "asked", address))[-1]
    *_, of_the_new_school = await said_to(asking, "asked", "cal@staff.example")
    assert "Ana and Olga" in of_the_new_school
    await asking.at(RESUMED + 28 * DAY)
    await resume(asking, NORTH)
    assert await introduce(asking) != Asked(NEW_UNTIL + 28 * DAY), (
        "the rest of a school it has left is not its own"
    )


async def test_farewell_rest_and_returned_letter_keep_their_days_at_the_other_school(
    schools: TwoSchools,
) -> None:
    ana = schools.pairing["Ana"]
    await schools.at(MONDAY)
    await schools.decide(await schools.write("Ana", Side.OFFICER), Verdict.RETURN)
    await leave(schools)
    await schools.at(MONDAY + DAY)
    await pause(schools, NORTH)
    await schools.at(ON_THE_13TH)
    await transfer(schools)
    assert await closes(schools) == NEW_FAREWELL
    async with schools.database.transaction(schools.scope) as connection:
        open_now = {one.what: one.at for one in await deadlines.to_come(connection) if one.pairing_id == ana}
    assert open_now == {
        Deadline.FAREWELL: NEW_FAREWELL,
        Deadline.REST: NEW_REST,
        Deadline.RETURNED: datetime(2026, 10, 19, 22, tzinfo=UTC),
    }


async def test_a_pause_before_the_child_came_takes_no_day_from_it(schools: TwoSchools) -> None:
    """Ten school days were left when it came to a school that had rested for a week; one passed before at its own."""
    await schools.at(MONDAY - 7 * DAY)
    await pause(schools, SOUTH)
    await schools.at(MONDAY)
    await leave(schools)
    await schools.at(MONDAY + DAY)
    await transfer(schools)
    await schools.at(ON_THE_13TH)
    assert of(await resume(schools, SOUTH), Deadline.FAREWELL, schools.pairing["Ana"]) == NEW_FAREWELL


async def test_a_child_who_comes_back_has_lost_nothing_on_the_way(schools: TwoSchools) -> None:
    """Its school rests the whole time, the other one never."""
    await schools.at(MONDAY)
    await leave(schools)
    await schools.at(MONDAY + DAY)
    await pause(schools, NORTH)
    await schools.at(MONDAY + 8 * DAY)
    await transfer(schools)
    assert await closes(schools) == FAREWELL + 7 * DAY
    await schools.at(MONDAY + 10 * DAY)
    await transfer(schools, "north", "5A")
    await schools.at(ON_THE_13TH)
    two_days_less = NEW_FAREWELL - 4 * DAY  # with a weekend
    assert of(await resume(schools, NORTH), Deadline.FAREWELL, schools.pairing["Ana"]) == two_days_less


async def test_from_one_rest_into_another_a_deadline_stays_frozen(schools: TwoSchools) -> None:
    """Also when the other one began after the day on which it would have fallen."""
    await schools.at(MONDAY)
    await leave(schools)
    await schools.at(MONDAY + DAY)
    await pause(schools, NORTH)
    await schools.at(FAREWELL + DAY)
    await pause(schools, SOUTH)
    await schools.at(FAREWELL + 2 * DAY)
    await transfer(schools)
    assert await closes(schools) == YEAR_OVER - timedelta(hours=1)
    await schools.at(ON_THE_13TH)
    assert of(await resume(schools, SOUTH), Deadline.FAREWELL, schools.pairing["Ana"]) == NEW_FAREWELL
    assert await closes(schools) == NEW_FAREWELL


@pytest.mark.parametrize("between", [timedelta(), 7 * DAY])
async def test_a_deadline_that_two_pauses_freeze_one_after_the_other_waits_and_is_told_when_both_are_over(
    schools: TwoSchools, between: timedelta
) -> None:
    """The second begins after the day on which it would have fallen, and ends with the first or later."""
    await schools.at(MONDAY)
    await leave(schools)
    await schools.at(MONDAY + DAY)
    await pause(schools)
    await schools.at(FAREWELL + DAY)
    await pause(schools, CITY)
    await schools.at(ON_THE_13TH - between)
    assert of(await resume(schools), Deadline.FAREWELL, schools.pairing["Ana"]) is None
    assert await closes(schools) == YEAR_OVER - timedelta(hours=1)
    await schools.at(ON_THE_13TH)
    assert of(await resume(schools, CITY), Deadline.FAREWELL, schools.pairing["Ana"]) == NEW_FAREWELL
    (said,) = await said_to(schools, "leaves", "olga@city.example")
    assert "October 26" in said
