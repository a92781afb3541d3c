"""A child changes schools and takes pal and letters along, or leaves them all with a farewell."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import Side
from bluepals.domain.people import ConsentScope, Gender
from bluepals.facts import (
    cases,
    closing,
    consents,
    declining,
    leaving,
    letters,
    matching,
    moves,
    pairings,
    pauses,
    replacements,
    roster,
    visit_hosts,
    visit_sheets,
    visits,
    year,
)
from bluepals.facts.closing import Word
from bluepals.facts.endings import EndingRefused
from bluepals.facts.moves import Left, Transferred
from bluepals.facts.roster import RosterRefused
from bluepals.facts.who_may import NotTheirsToSay
from bluepals.store import attention, audit, deliveries, endings, holds, rounds
from bluepals.store import pauses as pauses_store
from bluepals.store.database import Scope
from bluepals.store.deliveries import Delivery
from bluepals.store.endings import Reason
from bluepals.store.holds import Subject
from bluepals.store.letters import NotTaken
from bluepals.store.pauses import Target, What
from tests.bluepals.facts.two_schools import (
    BEGIN,
    CHILDREN_DUE,
    OFFICERS_DUE,
    PACK_CLOSES,
    YEAR_OVER,
    TwoSchools,
    people,
)
from tests.mailroom import parsed

ANSWERED = "SELECT answer FROM visit WHERE pairing_id = $1"


async def transfer(
    schools: TwoSchools, child: str = "Ana", to: str = "south", class_name: str = "5B"
) -> Transferred:
    return await moves.transfer(schools.office, schools.scope, child, school=to, class_name=class_name)


async def leave(schools: TwoSchools, child: str = "Ana") -> Left:
    return await moves.leave(schools.office, schools.scope, child, by=schools.staff["Cora"])


async def lived(schools: TwoSchools) -> UUID:
    """Ana has written and has been answered; her pairing."""
    await schools.deliver("Ana", Side.STUDENT, "From Ana.")
    await schools.deliver("Ana", Side.OFFICER, "From Olga.")
    return schools.pairing["Ana"]


async def test_pairing_and_letters_come_along_to_the_last_row(schools: TwoSchools) -> None:
    pairing = await lived(schools)
    assert await transfer(schools) == Transferred(pairing, "south", "5B", known=False)
    holders = await schools.admin.fetch(
        "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE attname = 'pairing_id'"
        " AND relkind = 'r' AND EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname = 'school_id')"
        " AND c.relname NOT IN ('pause', 'mail')"
    )
    for table in ("pairing", *(row["relname"] for row in holders)):
        own = "id" if table == "pairing" else "pairing_id"
        found = await schools.admin.fetch(f"SELECT DISTINCT school_id FROM {table} WHERE {own} = $1", pairing)
        assert [row["school_id"] for row in found] in ([], ["south"]), table
    for table in ("draft", "decision"):
        found = await schools.admin.fetch(
            f"SELECT DISTINCT school_id FROM {table} WHERE school_id IS NOT NULL"
        )
        assert [row["school_id"] for row in found] == ["south"], table


async def test_the_new_school_reads_them_and_the_old_one_no_longer(schools: TwoSchools) -> None:
    await lived(schools)
    await transfer(schools)
    seen = {}
    for school in ("north", "south"):
        async with schools.database.transaction(Scope(schools.program, schools=(school,))) as connection:
            pack = await deliveries.pack(connection, schools.year(school), "5B", 1)
            count = await connection.fetchval("SELECT count(*) FROM letter WHERE pairing_id IS NOT NULL")
            seen[school] = (count, [one.student_name for one in pack])
    assert seen == {"north": (0, []), "south": (2, ["Ana Alvarez"])}


async def test_the_year_goes_on_there(schools: TwoSchools) -> None:
    """By the moderator, the rounds and the classes of the new school."""
    await transfer(schools)
    draft = await schools.write("Ana", Side.STUDENT)
    with pytest.raises(NotTaken):
        await schools.decide(draft, by="Mona")
    await schools.decide(draft, by="Max")
    await schools.release("Ana", draft)
    calendar = await pairings.calendar_of(schools.office, schools.scope, schools.pairing["Ana"])
    assert (calendar.school, calendar.program_year) == ("south", schools.year("south"))
    assert [one.number for one in calendar.rounds] == [1, 2]
    told = await schools.admin.fetchval(
        "SELECT count(*) FROM tell WHERE fact = 'dates_changed' AND workflow_id = $1",
        f"pairing-{schools.pairing['Ana']}",
    )
    assert told == 1


@pytest.mark.parametrize("rests", [True, False])
async def test_a_letter_that_comes_after_its_new_class_has_opened_the_pack_is_told_to_the_teacher(
    schools: TwoSchools, *, rests: bool
) -> None:
    """Nobody there looks into a pack again that has been opened."""
    await schools.deliver("Ana", Side.OFFICER)
    await schools.at(PACK_CLOSES - timedelta(days=3))
    if rests:
        by = schools.staff["Cora"]
        where, what = Target(school="north"), [What.LETTERS]
        await pauses.pause(schools.office, schools.scope, where, what, reason="snow", by=by)
    await schools.at(PACK_CLOSES + timedelta(days=1))
    await schools.admin.execute("UPDATE round SET pack_sent_at = opens_at WHERE opens_at < program_now()")
    await transfer(schools)
    assert await schools.mailed_to("pack") == (["tom@staff.example"] if rests else [])


async def test_a_letter_in_the_pack_of_a_round_that_the_new_school_has_left_out_goes_another_way(
    schools: TwoSchools,
) -> None:
    await schools.deliver("Ana", Side.OFFICER)
    async with schools.database.transaction(schools.scope) as connection:
        await pauses_store.leave_out(connection, schools.year("south"), 1, "dropped")
    await transfer(schools)
    assert await schools.admin.fetchval("SELECT opening FROM delivery") == 2


async def take_back(schools: TwoSchools, by: str = "Cora") -> UUID | None:
    return await moves.take_back(schools.office, schools.scope, "Ana", by=schools.staff[by])


async def test_leaving_is_taken_back_while_no_farewell_has_gone_out(schools: TwoSchools) -> None:
    await leave(schools)
    assert await take_back(schools) == schools.pairing["Ana"]
    assert await schools.count("ending") == 0
    asked = await schools.mails("leaves")
    assert {mail["state"] for mail in asked} == {"cancelled"}, "nobody is asked for a farewell any more"
    calendar = await pairings.calendar_of(schools.office, schools.scope, schools.pairing["Ana"])
    assert calendar.rounds[0].officers_due == OFFICERS_DUE, "the dates are there again"


async def test_a_family_that_was_told_hears_in_its_language_that_the_letters_go_on(
    schools: TwoSchools,
) -> None:
    await leave(schools)
    await schools.admin.execute("UPDATE mail SET state = 'sent', sent_at = program_now(), bodies_started = 1")
    await take_back(schools)
    assert await schools.mailed_to("goes-on") == [
        "family.ana@home.example",
        "olga@city.example",
        "tess@staff.example",
    ]
    (family,) = [row for row in await schools.mails("goes-on") if row["to_address"].startswith("family")]
    assert parsed(family["message"])["Subject"] == "Las cartas de Ana continúan"


async def officer_leaves(schools: TwoSchools) -> None:
    by = schools.staff["Cora"]
    await leaving.leave(schools.office, schools.scope, schools.officer["Olga"], Reason.MOVED, by=by)


async def officer_stays(schools: TwoSchools) -> None:
    await leaving.take_back(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])


async def reasons(schools: TwoSchools) -> list[str]:
    return [row["reason"] for row in await schools.admin.fetch("SELECT reason FROM ending")]


async def test_a_child_who_comes_back_to_an_officer_who_leaves_too_is_sought_another_one(
    schools: TwoSchools,
) -> None:
    left = await leave(schools)
    await officer_leaves(schools)
    await take_back(schools)
    assert await reasons(schools) == ["moved"]
    farewell = await schools.admin.fetchval("SELECT farewell_until FROM replacement WHERE closed_at IS NULL")
    assert farewell == left.farewell_until
    await officer_stays(schools)
    assert await reasons(schools) == []


async def test_whoever_was_told_that_the_child_leaves_hears_that_they_go_on_when_the_officer_stays_too(
    schools: TwoSchools,
) -> None:
    await leave(schools)
    await schools.admin.execute("UPDATE mail SET state = 'sent', sent_at = program_now(), bodies_started = 1")
    await schools.at(BEGIN + timedelta(days=1))
    await officer_leaves(schools)
    await schools.at(BEGIN + timedelta(days=2))
    await take_back(schools)
    await schools.at(BEGIN + timedelta(days=3))
    await officer_stays(schools)
    assert await schools.mailed_to("goes-on") == [
        "family.ana@home.example",
        "olga@city.example",
        "tess@staff.example",
    ]


async def test_a_farewell_of_a_child_who_leaves_keeps_its_officer_from_nobody_else(
    schools: TwoSchools,
) -> None:
    await leave(schools)
    await schools.deliver("Ana", Side.STUDENT, "Goodbye.")
    await officer_leaves(schools)
    await officer_stays(schools)
    assert await reasons(schools) == ["left the school"]
    assert await schools.admin.fetchval("SELECT leaves_at FROM officer WHERE external_id = 'Olga'") is None


async def test_an_officer_who_stays_keeps_no_child_who_leaves(schools: TwoSchools) -> None:
    """Whoever of them said so first; and nobody is sought for a child who comes back to an officer who stays."""
    await officer_leaves(schools)
    await leave(schools)
    search = await schools.admin.fetchval("SELECT id FROM replacement")
    closed = await replacements.look_after(schools.office, schools.scope, search)
    assert closed.outcome == "child left"
    await officer_stays(schools)
    assert await reasons(schools) == ["left the school"]
    assert await take_back(schools) == schools.pairing["Ana"]
    assert await reasons(schools) == []
    assert await schools.count("replacement") == 1


async def test_after_a_farewell_of_a_child_the_sentence_says_what_to_do_instead(schools: TwoSchools) -> None:
    await leave(schools)
    await schools.deliver("Ana", Side.STUDENT, "Goodbye.")
    with pytest.raises(EndingRefused, match="Let it end, and match the two again"):
        await take_back(schools)
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    assert await take_back(schools) is None, "the child is matched again"


async def test_a_coordinator_takes_back_who_leaves_and_nobody_else(schools: TwoSchools) -> None:
    await leave(schools)
    with pytest.raises(NotTheirsToSay, match="Only a coordinator takes this back"):
        await take_back(schools, by="Tess")


async def test_a_transfer_again_changes_nothing(schools: TwoSchools) -> None:
    await transfer(schools)
    assert (await transfer(schools)).known


async def test_another_class_of_the_school_takes_the_child_alone(schools: TwoSchools) -> None:
    await transfer(schools, to="north", class_name="5C")
    async with schools.database.transaction(Scope(schools.program, schools=("north",))) as connection:
        assert await connection.fetchval("SELECT class_name FROM student WHERE external_id = 'Ana'") == "5C"
    assert await schools.admin.fetchval("SELECT count(*) FROM tell WHERE fact = 'dates_changed'") == 0


async def test_a_school_whose_year_has_not_been_opened_is_refused(schools: TwoSchools) -> None:
    await year.open_year(schools.office, schools.scope, schools.year("north"))
    with pytest.raises(NotTaken, match="The year of south is prepared, and that of north is not"):
        await transfer(schools)
    with pytest.raises(LookupError, match="no school 'west'"):
        await transfer(schools, to="west")


@pytest.mark.parametrize("between", [False, True])
async def test_a_roster_that_moves_a_child_with_a_pal_or_between_two_names_the_command(
    schools: TwoSchools, *, between: bool
) -> None:
    if between:
        await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    before = people(schools.program)
    moved = [
        replace(one, school="south", class_name="5B") if one.student_id == "Ana" else one
        for one in before.students
    ]
    with pytest.raises(RosterRefused, match=r"starter\.py student transfer"):
        await roster.apply(schools.office, replace(before, students=moved))
    await transfer(schools)
    await roster.apply(schools.office, replace(before, students=moved))
    with pytest.raises(RosterRefused, match="is another school than south, where student Ana has a pal"):
        await roster.apply(schools.office, before)


@pytest.mark.parametrize(
    ("who", "change", "says"),
    [
        ("Olga", {"agency": "county"}, "another agency than city, for which officer Olga writes to a child"),
        ("Olga", {"gender": Gender.MALE}, "is not female, by which officer Olga has been matched"),
        ("Ana", {"gender": None}, "is not female, by which student Ana has been matched"),
    ],
)
async def test_a_roster_that_makes_somebody_else_of_whom_somebody_writes_to_is_refused(
    schools: TwoSchools, who: str, change: dict[str, Any], says: str
) -> None:
    """An officer of another agency would see no pal on their page, and their old agency would."""
    before = people(schools.program)
    changed = replace(
        before,
        students=[replace(one, **change) if one.student_id == who else one for one in before.students],
        officers=[replace(one, **change) if one.officer_id == who else one for one in before.officers],
    )
    with pytest.raises(RosterRefused, match=says):
        await roster.apply(schools.office, changed)


async def test_a_roster_moves_and_corrects_whoever_writes_to_nobody(schools: TwoSchools) -> None:
    before = people(schools.program)
    officers = [
        replace(one, agency="county", gender=Gender.MALE) if one.officer_id == "Rita" else one
        for one in before.officers
    ]
    assert (await roster.apply(schools.office, replace(before, officers=officers))).officers == 1


async def test_a_child_who_has_left_and_stands_in_a_roster_is_asked_about(schools: TwoSchools) -> None:
    """Next year's, too: it would wait there for ever, and on no list of those who do."""
    await leave(schools)
    applied = await roster.apply(schools.office, people(schools.program))
    assert [one.about for one in applied.needs_person] == ["left Ana"]
    await take_back(schools)
    assert (await roster.apply(schools.office, people(schools.program))).needs_person == ()


async def test_nobody_but_the_office_takes_a_pairing_along(schools: TwoSchools) -> None:
    await schools.admin.execute(
        "UPDATE student SET school_id = 'south', program_year_id = $1", schools.year("south")
    )
    async with schools.database.transaction(Scope(schools.program, schools=("north",))) as connection:
        await connection.execute("SELECT follow_its_child($1)", schools.pairing["Ana"])
    assert (
        await schools.admin.fetchval("SELECT school_id FROM pairing WHERE id = $1", schools.pairing["Ana"])
        == "north"
    )


async def test_who_leaves_has_two_weeks_for_a_last_letter(schools: TwoSchools) -> None:
    until = datetime(2026, 9, 15, 22, tzinfo=UTC)
    assert await leave(schools) == Left(schools.pairing["Ana"], until, known=False)
    assert await schools.mailed_to("leaves") == [
        "family.ana@home.example",
        "olga@city.example",
        "tess@staff.example",
    ]
    async with schools.database.transaction(schools.scope) as connection:
        ending = await endings.of(connection, schools.pairing["Ana"])
    assert ending is not None
    assert (ending.reason, ending.farewell_until) == (Reason.LEFT_SCHOOL, until)
    await schools.deliver("Ana", Side.OFFICER, "Farewell.")
    assert await leave(schools) == Left(schools.pairing["Ana"], None, known=True)


async def test_who_has_left_is_not_matched_again(schools: TwoSchools) -> None:
    await leave(schools)
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])
    assert (await matching.make_proposal(schools.office, schools.scope, seed=1)).waiting == 0


async def test_who_was_never_introduced_leaves_without_a_word(schools: TwoSchools) -> None:
    await schools.admin.execute(
        "UPDATE pairing SET introduced_at = NULL, first_round = NULL WHERE id = $1", schools.pairing["Ana"]
    )
    assert await leave(schools) == Left(schools.pairing["Ana"], None, known=False)
    assert await schools.mails("leaves") == []
    assert (
        await schools.admin.fetchval("SELECT end_reason FROM pairing WHERE id = $1", schools.pairing["Ana"])
        is not None
    )


async def test_fault_10_a_letter_in_the_pack_is_not_opened_after_a_withdrawal(schools: TwoSchools) -> None:
    await lived(schools)
    await consents.withdraw(
        schools.office, schools.scope, "Ana", ConsentScope.LETTERS, by=schools.staff["Cora"]
    )
    await schools.at(PACK_CLOSES)
    async with schools.database.transaction(schools.scope) as connection:
        assert await rounds.classes_with_pack(connection, schools.year("north"), 1) == []
        assert await deliveries.pack(connection, schools.year("north"), "5A", 1) == []


async def test_a_miss_and_a_stock_letter_come_along_too(schools: TwoSchools) -> None:
    await schools.approve_stock()
    await schools.at(OFFICERS_DUE + timedelta(seconds=1))
    pairing = schools.pairing["Ana"]
    for side in Side:
        await letters.record_miss(schools.office, schools.scope, pairing, 1, side)
    await letters.put_stock_letter(schools.office, schools.scope, pairing, 1)
    await transfer(schools)
    async with schools.database.transaction(Scope(schools.program, schools=("south",))) as connection:
        assert len(await deliveries.pack(connection, schools.year("south"), "5B", 1)) == 1
        assert await connection.fetchval("SELECT count(*) FROM miss WHERE pairing_id = $1", pairing) == 2


async def test_a_letter_comes_along_under_its_case_and_after_it(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "My dog died.")
    by, this = schools.staff, (schools.office, schools.scope)
    opened = await cases.worry(*this, draft_id=draft.id, by=by["Tess"], concern=Concern.SAD)
    await transfer(schools)
    case_id, soon = opened.case.id, date(2026, 9, 15)
    await cases.plan(*this, case_id=case_id, by=by["Cal"], look_again_on=soon)
    word = Word(LetterOutcome.DELIVER)
    closed = await closing.close(*this, case_id=case_id, by=by["Cal"], word=word)
    assert closed.closed, "by the counselor of the new school"
    await moves.transfer(schools.office, schools.scope, "Ana", school="north", class_name="5A")
    assert await schools.admin.fetchval("SELECT school_id FROM case_file") == "north"


async def test_a_letter_under_a_legal_hold_comes_along(schools: TwoSchools) -> None:
    pairing = await lived(schools)
    async with schools.database.transaction(schools.scope) as connection:
        await holds.hold(
            connection,
            key="court",
            subject=Subject.PAIRING,
            subject_id=pairing,
            reason="A court asks.",
            set_by=schools.staff["Cora"],
        )
    assert (await transfer(schools)).school == "south"


async def test_after_a_transfer_the_officer_is_asked_for_the_other_schools_visit(schools: TwoSchools) -> None:
    for school in ("north", "south"):
        await visits.invite(schools.office, schools.scope, schools.year(school))
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "yes")
    await schools.admin.execute("UPDATE tell SET answered_at = program_now()")
    await transfer(schools)
    (off,) = await schools.mails("cancelled")
    assert off["to_address"] == "olga@city.example"
    assert "METHOD:CANCEL" in parsed(off["message"]).as_string()
    told = await schools.admin.fetch(
        "SELECT workflow_id FROM tell WHERE fact = 'visit_answered' AND answered_at IS NULL ORDER BY 1"
    )
    assert [row[0] for row in told] == [f"visit-day-{schools.year(school)}" for school in ("north", "south")]
    assert await schools.admin.fetchval(ANSWERED, schools.pairing["Ana"]) is None
    await visits.invite(schools.office, schools.scope, schools.year("south"))
    asked = [mail for mail in await schools.mails("visit") if mail["to_address"] == "olga@city.example"]
    assert len(asked) == 2, "once for each school"


async def test_after_a_transfer_who_had_refused_is_not_told_to_stay_away(schools: TwoSchools) -> None:
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "no")
    await transfer(schools)
    assert await schools.mails("cancelled") == []


async def test_a_host_is_let_go_when_the_child_has_changed_schools(schools: TwoSchools) -> None:
    await schools.admin.execute("UPDATE officer SET capacity = 1 WHERE external_id = 'Rita'")
    await visits.invite(schools.office, schools.scope, schools.year("north"))
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "no")
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))
    await transfer(schools)
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))
    assert await schools.admin.fetchval("SELECT bool_and(released_at IS NOT NULL) FROM visit_host")


async def _hosted_at_north(schools: TwoSchools) -> UUID:
    """Ana's officer can't come, and Rita meets her at the visit of the north; Rita's request."""
    await schools.admin.execute("UPDATE officer SET capacity = 1 WHERE external_id = 'Rita'")
    for school in ("north", "south"):
        await visits.invite(schools.office, schools.scope, schools.year(school))
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "no")
    await visit_hosts.settle_hosts(schools.office, schools.scope, schools.year("north"))
    request: UUID = await schools.admin.fetchval("SELECT id FROM visit_host")
    await visits.answer(schools.office, schools.scope, request, "yes")
    return request


async def test_a_host_of_the_visit_that_a_child_has_left_is_asked_for_the_other_schools(
    schools: TwoSchools,
) -> None:
    """Where an agency serves both; whichever of the two visits looks first."""
    await schools.admin.execute(
        "UPDATE program SET definition = jsonb_set(definition, '{schools,1,agencies}', '[\"county\", \"city\"]')"
    )
    north, south = schools.year("north"), schools.year("south")
    await _hosted_at_north(schools)
    await transfer(schools)
    await visits.invite(schools.office, schools.scope, south)
    await visits.answer(schools.office, schools.scope, schools.pairing["Ana"], "no")
    for looks in (south, north, south):
        await visit_hosts.settle_hosts(schools.office, schools.scope, looks)
    rows = await schools.admin.fetch(
        "SELECT program_year_id, released_at IS NOT NULL FROM visit_host ORDER BY asked_at, program_year_id"
    )
    assert [tuple(row) for row in rows] == [(north, True), (south, False)]


async def test_a_child_that_comes_after_its_old_schools_visit_is_not_taken_for_hosted_there(
    schools: TwoSchools,
) -> None:
    south, ana = schools.year("south"), schools.pairing["Ana"]
    request = await _hosted_at_north(schools)
    await schools.admin.execute("UPDATE program_year SET visit_on = '2027-04-28' WHERE id = $1", south)
    await schools.at(datetime(2027, 4, 15, 15, tzinfo=UTC))
    await visits.attend(schools.office, schools.scope, request, came=True)
    await transfer(schools)
    await visits.invite(schools.office, schools.scope, south)
    await visits.answer(schools.office, schools.scope, ana, "no")
    await visit_hosts.settle_hosts(schools.office, schools.scope, south)
    shown = await visit_sheets.overview(schools.office, schools.scope, south)
    assert [one.officer for one in shown.meetings if one.pairing == ana] == [None]
    assert await schools.admin.fetchval("SELECT count(*) FROM attention WHERE subject_id = $1", ana) == 1


async def test_a_child_between_two_officers_gets_its_stock_letter_at_the_new_school(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    assert await transfer(schools) == Transferred(None, "south", "5B", known=False)
    replacement = await schools.admin.fetchval("SELECT id FROM replacement")
    assert isinstance(
        await replacements.put_stock_letter(schools.office, schools.scope, replacement, 1), Delivery
    )
    async with schools.database.transaction(Scope(schools.program, schools=("south",))) as connection:
        pack = await deliveries.pack(connection, schools.year("south"), "5B", 1)
    assert [one.student_name for one in pack] == ["Ana Alvarez"]


async def test_a_child_between_two_officers_is_met_at_the_other_schools_visit(schools: TwoSchools) -> None:
    north, south = schools.year("north"), schools.year("south")
    for year_of_school in (north, south):
        await visits.invite(schools.office, schools.scope, year_of_school)
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    await schools.admin.execute("UPDATE tell SET answered_at = program_now()")
    await transfer(schools)
    async with schools.database.transaction(schools.scope) as connection:
        assert await visit_hosts.children_without_anybody(connection, north) == []
        assert await visit_hosts.children_without_anybody(connection, south) == [schools.pairing["Ana"]]
    told = await schools.admin.fetch("SELECT workflow_id FROM tell WHERE answered_at IS NULL ORDER BY 1")
    assert [row[0] for row in told] == [f"visit-day-{north}", f"visit-day-{south}"]


async def sought(schools: TwoSchools) -> UUID:
    """Olga is stopped, and Rita is proposed as the next one; the search."""
    await schools.admin.execute("UPDATE officer SET capacity = 1 WHERE external_id = 'Rita'")
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    search: UUID = await schools.admin.fetchval("SELECT id FROM replacement")
    await replacements.look_after(schools.office, schools.scope, search)
    return search


async def test_who_is_next_is_asked_of_the_other_school(schools: TwoSchools) -> None:
    await sought(schools)
    await transfer(schools)
    async with schools.database.transaction(schools.scope) as connection:
        (call,) = await attention.open_calls(connection)
    assert call.school == "south"
    assert "Officer Rita is proposed" in call.sentence


async def pack_of(schools: TwoSchools, school: str, class_name: str) -> list[str]:
    async with schools.database.transaction(Scope(schools.program, schools=(school,))) as connection:
        pack = await deliveries.pack(connection, schools.year(school), class_name, 1)
    return [one.student_name for one in pack if one.student_name.startswith("Ana")]


async def begun_but_not_writing(schools: TwoSchools, search: UUID) -> None:
    """Rita is introduced, and writes from round 2 on; the first one is the stock letter's."""
    this = schools.office, schools.scope
    await replacements.approve(*this, search, by=schools.staff["Cora"])
    await schools.at(CHILDREN_DUE + timedelta(days=1))
    await replacements.begin_next(*this, search)
    await pairings.introduce(*this, await schools.admin.fetchval("SELECT next_pairing_id FROM replacement"))


@pytest.mark.parametrize("filled_before", [True, False])
async def test_until_the_next_officer_writes_the_stock_letters_are_at_the_childs_school(
    schools: TwoSchools, *, filled_before: bool
) -> None:
    this = schools.office, schools.scope
    await schools.approve_stock()
    search = await sought(schools)
    await begun_but_not_writing(schools, search)
    await schools.at(PACK_CLOSES - timedelta(hours=1))
    if filled_before:
        await replacements.put_stock_letter(*this, search, 1)
    await transfer(schools)
    for number in (await replacements.look_after(*this, search)).empty_packs:
        await replacements.put_stock_letter(*this, search, number)
    assert (await pack_of(schools, "north", "5B"), await pack_of(schools, "south", "5B")) == (
        [],
        ["Ana Alvarez"],
    )


async def test_a_stock_letter_that_is_not_opened_yet_goes_along_when_the_next_one_was_declined(
    schools: TwoSchools,
) -> None:
    this = schools.office, schools.scope
    await schools.approve_stock()
    search = await sought(schools)
    await replacements.put_stock_letter(*this, search, 1)
    await replacements.approve(*this, search, by=schools.staff["Cora"])
    await schools.at(CHILDREN_DUE)
    await replacements.begin_next(*this, search)
    following = await schools.admin.fetchval("SELECT next_pairing_id FROM replacement")
    await declining.decline(*this, following, by=schools.staff["Coco"])
    assert (await replacements.look_after(*this, search)).outcome == "paired"
    await transfer(schools)
    assert await pack_of(schools, "south", "5B") == ["Ana Alvarez"]


@pytest.mark.parametrize("told", [True, False])
async def test_a_child_that_leaves_again_on_the_day_on_which_it_was_taken_back_is_said_farewell_to(
    schools: TwoSchools, told: bool
) -> None:
    await leave(schools)
    if told:
        await schools.admin.execute(
            "UPDATE mail SET state = 'sent', sent_at = program_now(), bodies_started = 1 WHERE kind = 'leaves'"
        )
    await schools.at(BEGIN + timedelta(hours=1))
    await moves.take_back(schools.office, schools.scope, "Ana", by=schools.staff["Cora"])
    await schools.at(BEGIN + timedelta(hours=2))
    await leave(schools)
    last = {
        mail["to_address"]: mail["kind"] for mail in await schools.mails() if mail["state"] != "cancelled"
    }
    assert sorted(to for to, kind in last.items() if kind == "leaves") == [
        "family.ana@home.example",
        "olga@city.example",
        "tess@staff.example",
    ]


@pytest.mark.parametrize(
    ("moved", "asked_for"),
    [(date(2026, 10, 16), [(1, True), (2, False)]), (date(2026, 10, 14), [(2, False)])],
)
async def test_the_audit_asks_for_the_opening_days_of_the_school_where_the_child_was(
    schools: TwoSchools, moved: date, asked_for: list[tuple[int, bool]]
) -> None:
    """The south opened its letters on the 13th; the north does so on the 15th, with the one that came on the 13th."""
    snow = (schools.office, schools.scope, Target(school="north"), [What.LETTERS])
    await schools.at(datetime(2026, 10, 5, 15, tzinfo=UTC))
    await pauses.pause(*snow, reason="snow", by=schools.staff["Cora"])
    await schools.at(datetime(2026, 10, 7, 15, tzinfo=UTC))
    agreed = (await pauses.preview(*snow, {}, by=schools.staff["Cora"])).agreement
    await pauses.resume(*snow, {}, by=schools.staff["Cora"], agreed=agreed)
    await schools.at(PACK_CLOSES + timedelta(days=1))
    await schools.deliver("Ana", Side.OFFICER)
    await schools.at(datetime(moved.year, moved.month, moved.day, 15, tzinfo=UTC))
    await transfer(schools)
    await schools.at(YEAR_OVER)
    await schools.admin.execute("UPDATE pairing SET ended_at = $1, end_reason = 'year closed'", YEAR_OVER)
    async with schools.database.transaction(schools.scope) as connection:
        found = await audit.openings(connection)
    mine = [one for one in found if one.pairing_id == schools.pairing["Ana"]]
    assert [(one.round_number, one.has_letter) for one in mine] == asked_for
