"""Who pauses what, what that keeps back, and the dates that a coordinator agrees to before it ends."""

import ast
import pkgutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bluepals.domain.cases import Concern
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.program import RoundDates
from bluepals.domain.sentences import Sentence
from bluepals.facts import cases, daily, doors, letters, matching, pairings, pauses, roster, year
from bluepals.facts import dates as round_dates
from bluepals.facts.dates import Change
from bluepals.facts.pauses import Choice, NewCalendar, PauseRefused
from bluepals.facts.who_may import NotTheirsToSay
from bluepals.mail import notices
from bluepals.store import attention, mail, officers_page, teachers_page
from bluepals.store.database import Connection
from bluepals.store.deliveries import DateMoved, Held
from bluepals.store.pauses import AlreadyPaused, NotPaused, Target, What
from bluepals.store.teachers_page import SchoolClass
from tests.bluepals.facts.two_schools import CHILDREN_DUE, OFFICERS_DUE, PALS, YEAR_OVER, TwoSchools, people

EVERYTHING, NORTH, SOUTH, CITY = (
    Target(),
    Target(school="north"),
    Target(school="south"),
    Target(agency="city"),
)
LETTERS = [What.LETTERS]
WEEK = timedelta(weeks=1)
ADDRESS = "a@b.example"
MONDAY = datetime(2026, 9, 14, 12, tzinfo=UTC)
OPENS = datetime(2026, 10, 13, 12, tzinfo=UTC)
SPRING = datetime(2027, 3, 22, 15, tzinfo=UTC)  # too late for round 2


async def pause(schools: TwoSchools, target: Target = EVERYTHING, by: str = "Cora") -> NewCalendar:
    return await pauses.pause(
        schools.office, schools.scope, target, LETTERS, reason="snow", by=schools.staff[by]
    )


async def preview(
    schools: TwoSchools, target: Target = EVERYTHING, choices: Mapping[int, Choice] | None = None
) -> NewCalendar:
    return await pauses.preview(
        schools.office, schools.scope, target, LETTERS, choices or {}, by=schools.staff["Cora"]
    )


async def resume(
    schools: TwoSchools,
    target: Target = EVERYTHING,
    choices: Mapping[int, Choice] | None = None,
    agreed: str | None = None,
) -> NewCalendar:
    agreed = agreed or (await preview(schools, target, choices)).agreement
    return await pauses.resume(
        schools.office, schools.scope, target, LETTERS, choices or {}, by=schools.staff["Cora"], agreed=agreed
    )


async def dates(schools: TwoSchools, school: str, number: int = 1) -> Sequence[datetime | None]:
    row = await schools.admin.fetchrow(
        "SELECT students_due_at, officers_due_at, opens_at FROM round WHERE program_year_id = $1 AND number = $2",
        schools.year(school),
        number,
    )
    return list(row or ())


async def test_a_paused_school_has_no_dates_and_the_other_keeps_its_own(schools: TwoSchools) -> None:
    before = await dates(schools, "south")
    await schools.at(MONDAY)
    await pause(schools, NORTH)
    assert await dates(schools, "north") == [None, None, None]
    assert await dates(schools, "south") == before


async def test_a_look_at_a_pause_begins_none_and_shows_what_freezes(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    by = schools.staff["Cora"]
    rest = await pauses.preview_pause(schools.office, schools.scope, NORTH, LETTERS, by=by)
    assert {one.school for one in rest.after.rounds if one not in rest.before.rounds} == {"north"}
    assert await dates(schools, "north") == [CHILDREN_DUE, OFFICERS_DUE, OPENS]
    assert await schools.admin.fetchval("SELECT count(*) FROM pause") == 0
    assert await schools.admin.fetchval("SELECT count(*) FROM tell WHERE fact = 'dates_changed'") == 0


async def test_a_pause_freezes_what_was_seen_or_nothing(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    by = schools.staff["Cora"]
    seen = await pauses.preview_pause(schools.office, schools.scope, EVERYTHING, LETTERS, by=by)
    await pause(schools, NORTH)

    async def begin(agreed: str) -> None:
        await pauses.pause_as_seen(
            schools.office, schools.scope, EVERYTHING, LETTERS, reason="snow", by=by, agreed=agreed
        )

    with pytest.raises(PauseRefused, match="Look again"):
        await begin(seen.agreement)
    assert await dates(schools, "south") == [CHILDREN_DUE, OFFICERS_DUE, OPENS]
    seen = await pauses.preview_pause(schools.office, schools.scope, EVERYTHING, LETTERS, by=by)
    await begin(seen.agreement)
    assert await dates(schools, "south") == [None, None, None]


async def test_what_had_passed_before_the_pause_stays_as_it_was(schools: TwoSchools) -> None:
    await schools.at(CHILDREN_DUE)
    await pause(schools)
    assert await dates(schools, "north") == [CHILDREN_DUE, None, None]


async def test_a_week_of_pause_moves_every_open_date_by_a_week(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(MONDAY + WEEK)
    await resume(schools)
    assert await dates(schools, "north") == [CHILDREN_DUE + WEEK, OFFICERS_DUE + WEEK, OPENS + WEEK]


async def test_a_preview_shows_the_dates_and_changes_nothing(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(MONDAY + WEEK)
    shown = await preview(schools)
    assert shown.rounds[0].students_due_at == CHILDREN_DUE + WEEK
    assert await dates(schools, "north") == [None, None, None]
    assert (await resume(schools, agreed=shown.agreement)).rounds == shown.rounds


async def test_a_resume_that_comes_too_late_for_what_was_agreed_is_refused(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    shown = await preview(schools)
    await schools.at(MONDAY + timedelta(days=1))
    with pytest.raises(PauseRefused, match="Look again first"):
        await resume(schools, agreed=shown.agreement)
    assert await dates(schools, "north") == [None, None, None]


async def test_the_inner_pause_wins(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools, NORTH)
    await pause(schools)
    await schools.at(MONDAY + WEEK)
    await resume(schools)
    assert await dates(schools, "north") == [None, None, None]
    assert (await dates(schools, "south"))[0] == CHILDREN_DUE + WEEK
    await schools.at(MONDAY + 2 * WEEK)
    await resume(schools, NORTH)
    assert (await dates(schools, "north"))[0] == CHILDREN_DUE + 2 * WEEK, "two pauses at once are one"


async def test_a_paused_agency_moves_its_officers_dates_and_no_opening_day(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    before = await dates(schools, "north")
    await pause(schools, CITY)
    assert await dates(schools, "north") == before
    await schools.at(MONDAY + WEEK)
    changed = await resume(schools, CITY)
    own = {one.pairing_id: one.officers_due_at for one in changed.own if one.number == 1}
    assert own == {schools.pairing[child]: OFFICERS_DUE + WEEK for child in ("Ana", "Ben")}


async def own_dates(schools: TwoSchools, child: str, number: int = 1) -> Sequence[datetime | None] | None:
    """None: it follows its class."""
    row = await schools.admin.fetchrow(
        "SELECT students_due_at, officers_due_at FROM moved_round WHERE pairing_id = $1 AND number = $2",
        schools.pairing[child],
        number,
    )
    return list(row) if row else None


async def pair_another(schools: TwoSchools) -> None:
    """Eva, who has just come to Ana's class, with Olga."""
    rows = people(schools.program)
    children = [*rows.students, replace(rows.students[0], student_id="Eva", first_name="Eva")]
    officers = [replace(one, capacity=2) if one.officer_id == "Olga" else one for one in rows.officers]
    await roster.apply(schools.office, replace(rows, students=children, officers=officers))
    await matching.make_proposal(schools.office, schools.scope, seed=7)
    await matching.approve(schools.office, schools.scope, [], schools.staff["Cora"])
    await schools.know_pairings()


async def test_a_pause_that_was_over_when_a_pairing_began_never_moves_its_dates(schools: TwoSchools) -> None:
    await pause(schools, CITY)
    await schools.at(MONDAY)
    await resume(schools, CITY)
    await pair_another(schools)
    ana = await own_dates(schools, "Ana")
    await pause(schools, SOUTH)
    assert await own_dates(schools, "Eva") is None
    assert await own_dates(schools, "Ana") == ana


async def test_a_pairing_that_begins_while_its_agency_rests_rests_at_once_and_gains_the_days_since_then(
    schools: TwoSchools,
) -> None:
    await pause(schools, CITY)
    await schools.at(MONDAY)
    await pair_another(schools)
    assert await own_dates(schools, "Eva") == [None, None]
    await schools.at(MONDAY + WEEK)
    await resume(schools, CITY)
    assert await own_dates(schools, "Eva") == [CHILDREN_DUE + WEEK, OFFICERS_DUE + WEEK]


async def test_only_a_coordinator_pauses(schools: TwoSchools) -> None:
    with pytest.raises(NotTheirsToSay, match="Only a coordinator"):
        await pause(schools, by="Mona")


async def test_what_is_paused_is_not_paused_again_and_what_is_not_is_not_resumed(schools: TwoSchools) -> None:
    await pause(schools, NORTH)
    with pytest.raises(AlreadyPaused, match="letters of school north are paused already"):
        await pause(schools, NORTH)
    with pytest.raises(
        NotPaused, match=r"letters of the program are not paused\. Paused: the letters of school north"
    ):
        await preview(schools)
    with pytest.raises(LookupError, match="no school west"):
        await pause(schools, Target(school="west"))


async def test_an_approved_letter_is_held_without_a_call_for_anybody(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "Hello.")
    await schools.decide(draft)
    await pause(schools)
    held = await letters.release(
        schools.office,
        schools.scope,
        pairing_id=schools.pairing["Ana"],
        draft_id=draft.id,
        draft_hash=draft.hash,
    )
    assert held is Held.PAUSED
    assert await schools.admin.fetchval("SELECT count(*) FROM attention WHERE closed_at IS NULL") == 0


async def test_no_miss_is_recorded_of_a_date_that_is_frozen_or_another_one(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(CHILDREN_DUE + WEEK)
    this = (schools.office, schools.scope, schools.pairing["Ana"], 1, Side.STUDENT)
    with pytest.raises(DateMoved):
        await letters.record_miss(*this, CHILDREN_DUE)
    await resume(schools)
    with pytest.raises(DateMoved):
        await letters.record_miss(*this, CHILDREN_DUE)


GOES_ALWAYS = {"safety", "case", "over", "entry", "passkey", "moved", "cancelled"}
OF_THE_VISIT = {"visit", "host", "sheets"}
OF_THE_LETTERS = {
    *("proposal", "asked", "declined", "introduction", "daily", "letter", "returned", "pack"),
    *("leaves", "successor", "goes-on", "farewell", "survey", "follow-on", "year"),
}


def written_kinds() -> set[str]:
    """Of all that the program writes to people."""
    trees = [ast.parse(one.read_text("utf-8")) for one in Path(notices.__path__[0]).glob("*.py")]
    keywords = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    return {
        one.value.value
        for one in keywords
        if one.arg == "kind" and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
    }


async def test_whether_a_pause_holds_it_is_said_of_each_kind_of_mail_that_is_written(
    schools: TwoSchools,
) -> None:
    known = {row["kind"]: row["held_by"] for row in await schools.admin.fetch("SELECT * FROM mail_kind")}
    assert known.keys() == written_kinds()
    assert {kind for kind, held_by in known.items() if held_by is None} == GOES_ALWAYS
    assert {kind for kind, held_by in known.items() if held_by == "visits"} == OF_THE_VISIT
    assert {kind for kind, held_by in known.items() if held_by == "letters"} == OF_THE_LETTERS


@pytest.mark.parametrize("what", What)
@pytest.mark.parametrize("level", ["program", "school", "agency", "pairing"])
async def test_each_mail_waits_for_the_end_of_the_pause_that_holds_its_kind(
    schools: TwoSchools, level: str, what: What
) -> None:
    """Of everybody whom it is about, and of nobody else."""
    ana, cleo = schools.pairing["Ana"], schools.pairing["Cleo"]
    target = {
        "program": EVERYTHING,
        "school": NORTH,
        "agency": CITY,
        "pairing": Target(pairing_id=ana),
    }[level]
    await schools.admin.execute("UPDATE mail SET state = 'cancelled'")
    await pauses.pause(schools.office, schools.scope, target, [what], reason="snow", by=schools.staff["Cora"])
    kinds = GOES_ALWAYS | OF_THE_VISIT | OF_THE_LETTERS
    async with schools.database.transaction(schools.scope) as connection:
        for kind in kinds:
            for school, agency, pairing in (("north", "city", ana), ("south", "county", cleo)):
                await mail.queue(
                    connection,
                    mail.QueuedMail(
                        f"{kind} {school}",
                        kind,
                        ADDRESS,
                        f"<{kind}{school}@b>",
                        f"{kind} {school}".encode(),
                        school=school,
                        agency=agency,
                        pairing_id=pairing,
                    ),
                )
        left = {one.message.decode() for one in await mail.claim(connection, uuid4(), 100)}
    held = OF_THE_VISIT if what is What.VISITS else OF_THE_LETTERS
    goes = {
        f"{kind} {school}"
        for kind in kinds
        for school in ("north", "south")
        if kind not in held or (school == "south" and level != "program")
    }
    assert left == goes


async def queued_in_a_pause(schools: TwoSchools, write: Callable[[Connection], Awaitable[None]]) -> set[str]:
    """Whom a mail that was queued in a pause of the whole program reaches all the same."""
    await schools.admin.execute("UPDATE mail SET state = 'cancelled'")
    await pauses.pause(
        schools.office, schools.scope, EVERYTHING, list(What), reason="epidemic", by=schools.staff["Cora"]
    )
    async with schools.database.transaction(schools.scope) as connection:
        await write(connection)
        return {one.to_address for one in await mail.claim(connection, uuid4(), 100)}


async def test_whoever_asks_to_be_let_in_is_let_in_also_while_everything_rests(schools: TwoSchools) -> None:
    async def ask(_: Connection) -> None:
        for address in ("family.ana@home.example", "olga@city.example", "tess@staff.example"):
            await doors.ask(schools.office, "stl", address=address, browser=address, source=address)

    assert await queued_in_a_pause(schools, ask) == {
        "family.ana@home.example",
        "olga@city.example",
        "tess@staff.example",
    }


async def test_what_a_case_waits_for_is_mailed_also_while_everything_rests(schools: TwoSchools) -> None:
    """Of the rest of the day they read nothing before the letters go on."""
    await schools.at(MONDAY)
    draft = await schools.write("Ana", Side.STUDENT)
    await cases.worry(
        schools.office, schools.scope, draft_id=draft.id, by=schools.staff["Mona"], concern=Concern.SAD
    )
    officers = await schools.write("Ben", Side.OFFICER)
    await cases.worry(
        schools.office, schools.scope, draft_id=officers.id, by=schools.staff["Mona"], concern=Concern.CONDUCT
    )
    async with schools.database.transaction(schools.scope) as connection:
        for kind in ("roster", "death"):
            await attention.call(
                connection, key=kind, kind=kind, sentence=Sentence("About a {kind}.", kind=kind)
            )

    async def morning(_: Connection) -> None:
        await schools.at(MONDAY + timedelta(days=1))
        await daily.compose_daily_mail(schools.office, schools.scope, date(2026, 9, 15))

    told = await queued_in_a_pause(schools, morning)
    assert told == {"coco@staff.example", "cora@staff.example", "lee@staff.example"}
    (mail_of_day,) = [one for one in await schools.mails("case") if one["to_address"] == "cora@staff.example"]
    assert b"waits for your word" in mail_of_day["message"]
    assert b"About a death." in mail_of_day["message"]
    assert b"About a roster." not in mail_of_day["message"]


async def test_a_clearance_is_asked_about_also_while_everything_rests_and_nobody_is_parted_over_it(
    schools: TwoSchools,
) -> None:
    """Six weeks: who was asked in them has as many school days afterwards as they would have had."""

    async def cleared(officer: str, until: date) -> None:
        await schools.admin.execute(
            "UPDATE officer SET cleared_until = $2 WHERE external_id = $1", officer, until
        )

    async def told(day: date) -> set[str]:
        await schools.at(datetime.combine(day, time(14), UTC))
        await daily.compose_daily_mail(schools.office, schools.scope, day)
        async with schools.database.transaction(schools.scope) as connection:
            return {one.to_address for one in await mail.claim(connection, uuid4(), 100)}

    async def parted() -> int:
        return await schools.count("ending")

    await schools.at(MONDAY)
    await pause(schools)
    await cleared("Olga", date(2026, 9, 14))
    await cleared("Omar", date(2026, 10, 15))
    assert await told(date(2026, 9, 15)) == {"cora@staff.example", "lee@staff.example"}
    await cleared("Omar", date(2027, 6, 30))
    assert await told(date(2026, 10, 20)) == {"cora@staff.example"}
    assert await parted() == 0
    await schools.at(datetime(2026, 10, 26, 15, tzinfo=UTC))
    await resume(schools)
    await told(date(2026, 11, 6))
    assert await parted() == 0
    await told(date(2026, 11, 10))
    assert await parted() == 1


async def close_in_a_pause(schools: TwoSchools) -> None:
    await schools.at(YEAR_OVER - WEEK)
    await schools.deliver("Ana", Side.STUDENT)
    await pauses.pause(
        schools.office, schools.scope, EVERYTHING, list(What), reason="epidemic", by=schools.staff["Cora"]
    )
    draft = await schools.write("Ben", Side.STUDENT)
    await schools.decide(draft, Verdict.RETURN)
    for pairing_id in schools.pairing.values():
        await pairings.say_farewell(schools.office, schools.scope, pairing_id)
    await schools.at(YEAR_OVER)
    for school in ("north", "south"):
        await year.close_year(schools.office, schools.scope, schools.year(school))


async def sent_now(schools: TwoSchools) -> set[str]:
    async with schools.database.transaction(schools.scope) as connection:
        await mail.cancel_stale(connection)
        claimed = [one.id for one in await mail.claim(connection, uuid4(), 1000)]
    rows = await schools.admin.fetch("SELECT DISTINCT kind FROM mail WHERE id = ANY ($1::uuid[])", claimed)
    return {row["kind"] for row in rows}


async def test_a_year_that_closes_in_a_pause_thanks_at_once_and_says_nothing_else_any_more(
    schools: TwoSchools,
) -> None:
    await close_in_a_pause(schools)
    assert await sent_now(schools) == {"farewell", "survey", "year"}
    states = await schools.admin.fetch(
        "SELECT DISTINCT state FROM mail WHERE kind NOT IN ('farewell', 'survey', 'year')"
    )
    assert {row["state"] for row in states} == {"cancelled"}


async def test_farewells_wait_for_the_end_of_the_year_or_of_the_pause(schools: TwoSchools) -> None:
    await schools.admin.execute("UPDATE mail SET state = 'cancelled'")
    await schools.at(YEAR_OVER - WEEK)
    await pause(schools)
    await pairings.say_farewell(schools.office, schools.scope, schools.pairing["Ana"])
    assert await sent_now(schools) == set()
    await schools.at(YEAR_OVER)
    assert await sent_now(schools) == {"farewell"}


async def test_what_could_not_leave_when_a_year_closed_is_no_news_in_august(schools: TwoSchools) -> None:
    await close_in_a_pause(schools)
    await schools.at(datetime(2027, 8, 20, 15, tzinfo=UTC))
    assert await sent_now(schools) == set()


async def test_a_round_without_a_day_is_named_and_a_person_says_what_becomes_of_it(
    schools: TwoSchools,
) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(SPRING)
    shown = await preview(schools)
    assert {one.number for one in shown.unfit} == {2}
    with pytest.raises(
        PauseRefused, match=r"no day left for round 2\. Say what becomes of it, as --round 2=drop"
    ):
        await resume(schools)


@pytest.mark.parametrize("choice", [Choice.DROP, Choice.CARRY])
async def test_a_round_that_is_left_out_is_in_no_calendar(schools: TwoSchools, choice: Choice) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(SPRING)
    changed = await resume(schools, choices={2: choice})
    assert {one.number for one in changed.rounds} == {1}


@pytest.mark.parametrize("choice", [Choice.DROP, Choice.CARRY])
async def test_a_letter_in_the_pack_of_a_round_that_is_left_out_goes_alone_and_its_teacher_hears_of_it(
    schools: TwoSchools, choice: Choice
) -> None:
    await schools.at(datetime(2026, 11, 12, 15, tzinfo=UTC))
    delivery = await schools.deliver("Ana", Side.OFFICER, round_number=2)
    await pause(schools, NORTH)
    await schools.at(datetime(2027, 5, 17, 15, tzinfo=UTC))
    await resume(schools, NORTH, {2: choice})
    of_class = SchoolClass(schools.year("north"), "north", "North School", "5A")
    async with schools.database.transaction(schools.scope) as connection:
        alone = await teachers_page.single_letters(connection, of_class)
    assert [one.draft_id for one in alone] == [delivery.draft_id]
    assert await schools.mailed_to("pack") == ["tess@staff.example"]


@pytest.mark.parametrize("side", list(Side))
async def test_whoever_has_changed_a_letter_in_a_pause_is_not_told_afterwards_that_it_came_back(
    schools: TwoSchools, side: Side
) -> None:
    await schools.at(MONDAY)
    await pause(schools, NORTH)
    draft = await schools.write("Ana", side)
    await schools.decide(draft, Verdict.RETURN)
    await schools.write("Ana", side, "Without an address.")
    await schools.at(MONDAY + WEEK)
    await resume(schools, NORTH)
    assert "returned" not in await sent_now(schools)


async def round_to_write(schools: TwoSchools, child: str = "Ana") -> int | None:
    """Of the letter that its officer's page asks for."""
    async with schools.database.transaction(schools.scope) as connection:
        (pal,) = await officers_page.pals(connection, schools.officer[PALS[child]])
    return pal.round_number


async def test_a_round_that_is_left_out_is_none_that_an_officer_writes(schools: TwoSchools) -> None:
    """Its letter would be refused, and the child's of the round that goes on left unanswered."""
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(SPRING)
    await resume(schools, choices={2: Choice.DROP})
    await schools.deliver("Ana", Side.STUDENT)
    assert await round_to_write(schools) == 1
    await schools.deliver("Ana", Side.OFFICER)
    assert await round_to_write(schools) is None


@pytest.mark.parametrize("target", [EVERYTHING, NORTH, CITY, None])
@pytest.mark.parametrize("written", [True, False])
async def test_what_an_officer_writes_in_a_pause_is_for_the_round_that_had_begun(
    schools: TwoSchools, target: Target | None, *, written: bool
) -> None:
    if written:
        await schools.deliver("Ana", Side.STUDENT)
    await schools.at(CHILDREN_DUE + timedelta(days=1))
    await pause(schools, target or Target(pairing_id=schools.pairing["Ana"]))
    assert await round_to_write(schools) == 1


async def test_an_opening_day_that_nobody_moves_stays_where_more_evenings_than_mornings_were_paused(
    schools: TwoSchools,
) -> None:
    await schools.admin.execute("UPDATE program_year SET state = 'open'")
    await schools.at(datetime(2026, 9, 14, 15, tzinfo=UTC))
    await pause(schools)
    await schools.at(datetime(2026, 9, 15, 23, tzinfo=UTC))  # two evenings, one morning
    await resume(schools)
    opens_at = (await dates(schools, "north", 2))[2]
    assert opens_at == datetime(2026, 11, 26, 13, tzinfo=UTC)
    for students_due in (date(2026, 11, 2), date(2026, 10, 30)):
        wanted = RoundDates(2, students_due, date(2026, 11, 17), date(2026, 11, 26))
        change = Change(schools.year("north"), wanted, along=False)
        by = schools.staff["Cora"]
        seen = await round_dates.preview(schools.office, schools.scope, change, by=by)
        await round_dates.move(schools.office, schools.scope, change, by=by, agreed=seen.agreement)
        assert (await dates(schools, "north", 2))[2] == opens_at


async def test_a_shortened_round_ends_before_the_last_day(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(SPRING)
    changed = await resume(schools, choices={2: Choice.SHORTEN})
    assert changed.unfit == []
    first, second = (one for one in changed.rounds if one.school == "north")
    days = [first.opens_at, second.students_due_at, second.officers_due_at, second.opens_at]
    known = [day for day in days if day is not None]
    assert len(known) == len(days)
    assert known == sorted(known)
    assert known[-1].date() == date(2027, 5, 20)


async def test_two_rounds_that_are_shortened_follow_each_other(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(datetime(2027, 4, 26, 15, tzinfo=UTC))  # too late for both
    changed = await resume(schools, choices={1: Choice.SHORTEN, 2: Choice.SHORTEN})
    first, second = (one for one in changed.rounds if one.school == "north")
    days = [
        day for one in (first, second) for day in (one.students_due_at, one.officers_due_at, one.opens_at)
    ]
    known = [day for day in days if day is not None]
    assert len(known) == len(days)
    assert known == sorted(set(known))
    assert known[-1].date() == date(2027, 5, 20)


async def test_two_rounds_need_twice_as_many_days_as_one(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(datetime(2027, 4, 29, 15, tzinfo=UTC))
    both = {1: Choice.SHORTEN, 2: Choice.SHORTEN}
    with pytest.raises(
        PauseRefused,
        match=r"and 1 later one can't be shortened: 15 school days are left .* and 16 are needed",
    ):
        await resume(schools, choices=both)
    assert (await resume(schools, choices=both | {2: Choice.DROP})).unfit == []


async def test_a_round_with_too_few_days_can_not_be_shortened(schools: TwoSchools) -> None:
    await schools.at(MONDAY)
    await pause(schools)
    await schools.at(datetime(2027, 4, 19, 15, tzinfo=UTC))
    with pytest.raises(PauseRefused, match=r"school days are left after .*, and 8 are needed"):
        await resume(schools, choices={2: Choice.SHORTEN})


async def _of_the_pairing(schools: TwoSchools) -> tuple[datetime | None, int]:
    calendar = await pairings.calendar_of(schools.office, schools.scope, schools.pairing["Ana"])
    return calendar.rounds[0].opens, calendar.version


async def _of_the_year(schools: TwoSchools) -> tuple[datetime | None, int]:
    opened = await year.open_year(schools.office, schools.scope, schools.year("north"))
    return opened.opening_days[0][1], opened.version


@pytest.mark.parametrize(
    ("reads", "dates_of"),
    [
        ("bluepals.store.pairings.rounds", _of_the_pairing),
        ("bluepals.store.rounds.opening_days", _of_the_year),
    ],
)
async def test_dates_that_were_read_as_a_pause_began_are_not_taken_for_its_own(
    schools: TwoSchools,
    monkeypatch: pytest.MonkeyPatch,
    reads: str,
    dates_of: Callable[[TwoSchools], Awaitable[tuple[datetime | None, int]]],
) -> None:
    read: Callable[..., Awaitable[Any]] = pkgutil.resolve_name(reads)

    async def and_a_pause_begins(*this: Any) -> Any:
        monkeypatch.undo()
        before = await read(*this)
        await pause(schools)
        return before

    monkeypatch.setattr(reads, and_a_pause_begins)
    opens, version = await dates_of(schools)
    assert opens is not None
    assert version < await schools.admin.fetchval("SELECT calendar_version FROM program")
