"""The next year begins with the pairs that both still want."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import Side, Verdict
from bluepals.domain.program import Program, RoundDates, School, VisitWindow, YearDates
from bluepals.domain.survey import QUESTIONS, Taker, answers
from bluepals.facts import (
    carry_over,
    cases,
    closing,
    family_page,
    leaving,
    letters,
    matching,
    moves,
    pairings,
    roster,
    year,
)
from bluepals.facts.carry_over import CarriedOver, CarryOverRefused
from bluepals.facts.closing import Word
from bluepals.facts.family_page import FamilyAtDesk
from bluepals.facts.roster import Roster
from bluepals.facts.who_may import NotTheirsToSay
from bluepals.store import certificates, holds, open_rows, status, surveys
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.endings import Reason
from bluepals.store.family_page import ChildRow, children
from bluepals.store.family_page import letters as family_letters
from bluepals.store.holds import Subject
from bluepals.store.letters import NotTaken
from tests.bluepals.facts.two_schools import YEAR_OVER, TwoSchools, people, program
from tests.mailroom import parsed

NEXT_SUMMER = datetime(2027, 8, 2, 12, tzinfo=UTC)


def next_year(program_id: str) -> Program:
    return replace(
        program(program_id),
        year=YearDates(date(2027, 8, 23), date(2028, 5, 19)),
        rounds=(
            RoundDates(1, date(2027, 9, 17), date(2027, 10, 1), date(2027, 10, 12)),
            RoundDates(2, date(2027, 10, 29), date(2027, 11, 12), date(2027, 11, 23)),
        ),
        visit=VisitWindow(date(2028, 4, 10), date(2028, 4, 14)),
    )


async def close_years(schools: TwoSchools) -> None:
    await schools.at(YEAR_OVER)
    for school in ("north", "south"):
        await year.open_year(schools.office, schools.scope, schools.year(school))
    for pairing in schools.pairing.values():
        await pairings.close(schools.office, schools.scope, pairing)
    for school in ("north", "south"):
        await year.close_year(schools.office, schools.scope, schools.year(school))


@pytest.fixture
async def next_summer(schools: TwoSchools) -> TwoSchools:
    """The year is over; the next one's folder is there, with the same officers for another year and no child yet."""
    await close_years(schools)
    await schools.at(NEXT_SUMMER)
    known = people(schools.program)
    officers = [replace(one, cleared_until=date(2028, 6, 30)) for one in known.officers]
    await roster.apply(schools.office, Roster(next_year(schools.program), [], officers, known.staff, []))
    return schools


async def say(
    schools: TwoSchools, child: str, *, student: bool | None = True, officer: bool | None = True
) -> None:
    for side, wants in ((Side.STUDENT, student), (Side.OFFICER, officer)):
        if wants is not None:
            await carry_over.say(
                schools.office,
                schools.scope,
                schools.pairing[child],
                side,
                wants=wants,
                by=schools.staff["Cora"],
            )


async def carry(schools: TwoSchools, by: str = "Cora") -> CarriedOver:
    return await carry_over.carry(schools.office, schools.scope, by=schools.staff[by])


async def test_whom_both_want_is_a_pair_of_the_new_year(next_summer: TwoSchools) -> None:
    await say(next_summer, "Ana")
    carried = await carry(next_summer)
    assert [pair.student for pair in carried.pairs] == ["Ana"]
    rows = await next_summer.admin.fetch(
        "SELECT program_year_id, student_id, officer_id FROM pairing WHERE ended_at IS NULL"
    )
    assert [tuple(row) for row in rows] == [
        ("stl.north.2027", next_summer.student["Ana"], next_summer.officer["Olga"])
    ]
    told = await next_summer.admin.fetch(
        "SELECT workflow_id FROM tell WHERE fact = 'pairs_approved' ORDER BY sequence"
    )
    assert told[-1]["workflow_id"] == "program-year-stl.north.2027"


@pytest.mark.parametrize(("student", "officer"), [(True, None), (None, True), (True, False), (False, True)])
async def test_one_who_does_not_say_yes_is_enough_to_part(
    next_summer: TwoSchools, student: bool | None, officer: bool | None
) -> None:
    await say(next_summer, "Ana", student=student, officer=officer)
    assert (await carry(next_summer)).pairs == []


async def test_the_last_word_counts(next_summer: TwoSchools) -> None:
    await say(next_summer, "Ana")
    await say(next_summer, "Ana", student=None, officer=False)
    assert (await carry(next_summer)).pairs == []


async def test_the_school_s_counselor_hears_who_goes_on_and_may_say_no(next_summer: TwoSchools) -> None:
    await next_summer.admin.execute(
        "UPDATE program SET definition = jsonb_set(definition, '{policy,declining_days}', '7')"
    )
    await say(next_summer, "Ana")
    await carry(next_summer)
    (mail,) = await next_summer.mails("asked")
    assert mail["to_address"] == "coco@staff.example"
    assert b"Ana and Olga" in mail["message"]


async def test_nobody_is_carried_over_twice(next_summer: TwoSchools) -> None:
    await say(next_summer, "Ana")
    await carry(next_summer)
    again = await carry(next_summer)
    assert (again.pairs, again.before) == ([], 1)
    assert "Ana" not in {pair.student for pair in again.left}


async def test_a_wish_is_for_a_pair_whose_year_is_over(next_summer: TwoSchools) -> None:
    await say(next_summer, "Ana")
    await carry(next_summer)
    await _know_new_pairing(next_summer)
    with pytest.raises(NotTaken, match="of a year that is over"):
        await say(next_summer, "Ana")


async def test_who_goes_on_is_neither_asked_nor_introduced_like_a_stranger(next_summer: TwoSchools) -> None:
    await next_summer.admin.execute(
        "UPDATE program SET definition = jsonb_set(definition, '{policy,declining_days}', '7')"
    )
    await say(next_summer, "Ana")
    await carry(next_summer)
    await _know_new_pairing(next_summer)
    this = next_summer.office, next_summer.scope, next_summer.pairing["Ana"]
    await pairings.introduce(*this)
    family = FamilyAtDesk(
        next_summer.program, await _children(next_summer, next_summer.student["Ana"]), (), "en"
    )
    (child,) = await family_page.family_page(next_summer.office, family)
    assert (child.standing, child.row.goes_on) == ("asked", True)
    await next_summer.at(NEXT_SUMMER + timedelta(days=8))
    await pairings.introduce(*this)
    for kind in ("asked", "introduction"):
        mails = [parsed(one["message"])["Subject"] for one in await next_summer.mails(kind)][-2:]
        assert any("go on" in subject for subject in mails), mails
        assert any("siguen" in subject or "seguir" in subject for subject in mails), mails
    async with next_summer.database.transaction(next_summer.scope) as connection:
        told = [one["what"] for one in await status.story_of(connection, next_summer.pairing["Ana"])]
    assert told[0].startswith("pals since an earlier year, in pairing ")
    assert told[1] == "introduced"


async def _know_new_pairing(schools: TwoSchools) -> None:
    """Ana's."""
    schools.pairing["Ana"] = await schools.admin.fetchval(
        "SELECT id FROM pairing WHERE program_year_id = 'stl.north.2027'"
    )


async def _children(schools: TwoSchools, student: UUID) -> tuple[ChildRow, ...]:
    async with schools.database.transaction(schools.scope) as connection:
        return tuple(await children(connection, [student]))


async def test_a_closed_gate_hinders(next_summer: TwoSchools) -> None:
    await say(next_summer, "Ana")
    await next_summer.admin.execute("UPDATE student SET consent_on = NULL WHERE first_name = 'Ana'")
    carried = await carry(next_summer)
    assert carried.pairs == []
    assert {pair.student: pair.hindered for pair in carried.left}["Ana"] == "no consent"


async def test_an_officer_who_has_left_since_takes_no_child_along(next_summer: TwoSchools) -> None:
    await say(next_summer, "Ana")
    await leaving.leave(
        next_summer.office,
        next_summer.scope,
        next_summer.officer["Olga"],
        Reason.MOVED,
        by=next_summer.staff["Cora"],
    )
    carried = await carry(next_summer)
    assert carried.pairs == []
    assert {pair.student: pair.hindered for pair in carried.left}["Ana"] == "the officer leaves"


async def test_a_child_who_has_left_since_goes_on_with_nobody(next_summer: TwoSchools) -> None:
    await say(next_summer, "Ana")
    await moves.leave(next_summer.office, next_summer.scope, "Ana", by=next_summer.staff["Cora"])
    carried = await carry(next_summer)
    assert carried.pairs == []
    assert {pair.student: pair.hindered for pair in carried.left}["Ana"] == "the child has left"


async def test_an_officer_of_another_agency_by_now_takes_no_child_along(next_summer: TwoSchools) -> None:
    await say(next_summer, "Ana")
    await next_summer.admin.execute("UPDATE officer SET agency_id = 'county' WHERE first_name = 'Olga'")
    carried = await carry(next_summer)
    assert {pair.student: pair.hindered for pair in carried.left}["Ana"] == "the officer is at another agency"


async def test_a_child_who_changes_schools_in_summer_goes_on_at_the_other_one(
    next_summer: TwoSchools,
) -> None:
    await say(next_summer, "Ana")
    await moves.transfer(next_summer.office, next_summer.scope, "Ana", school="south", class_name="5B")
    assert [pair.student for pair in (await carry(next_summer)).pairs] == ["Ana"]
    (pairing,) = await next_summer.admin.fetch(
        "SELECT school_id, program_year_id FROM pairing WHERE ended_at IS NULL"
    )
    assert tuple(pairing) == ("south", "stl.south.2027")


async def test_of_two_children_and_one_place_one_goes_on_and_the_other_is_said_not_to(
    schools: TwoSchools,
) -> None:
    """Who does not go on stays in the year that is over, and on its list."""
    before = people(schools.program)
    eva = replace(before.students[0], student_id="Eva", first_name="Eva", guardian_email=None)
    two = [replace(one, capacity=2) if one.officer_id == "Olga" else one for one in before.officers]
    await roster.apply(schools.office, replace(before, students=[*before.students, eva], officers=two))
    await schools.pair()
    await close_years(schools)
    await schools.at(NEXT_SUMMER)
    officers = [replace(one, cleared_until=date(2028, 6, 30)) for one in before.officers]
    await roster.apply(schools.office, Roster(next_year(schools.program), [], officers, before.staff, []))
    for child in ("Ana", "Eva"):
        await say(schools, child)
    carried = await carry(schools)
    (goes,) = [pair.student for pair in carried.pairs]
    (other,) = {"Ana", "Eva"} - {goes}
    assert {pair.student: pair.hindered for pair in carried.left}[other] == "the officer has no free place"
    again = await carry(schools)
    assert other in [pair.student for pair in again.left]


async def test_children_of_a_year_that_is_over_are_not_matched_anew(next_summer: TwoSchools) -> None:
    proposed = await matching.make_proposal(next_summer.office, next_summer.scope, seed=1)
    assert (proposed.pairs, proposed.waiting) == (0, 0)


async def test_while_the_year_goes_on_nobody_is_carried_over(schools: TwoSchools) -> None:
    with pytest.raises(CarryOverRefused, match="No year of this program is over yet"):
        await carry(schools)


async def test_without_a_next_year_nobody_is_carried_over(schools: TwoSchools) -> None:
    await close_years(schools)
    with pytest.raises(CarryOverRefused, match="Import its folder first"):
        await carry(schools)


async def test_only_a_coordinator_carries_over(next_summer: TwoSchools) -> None:
    with pytest.raises(NotTheirsToSay, match="Only a coordinator"):
        await carry(next_summer, by="Mona")


async def test_a_school_of_two_years_has_a_row_for_each_with_its_own_letters(schools: TwoSchools) -> None:
    await schools.deliver("Ana", Side.STUDENT)
    await close_years(schools)
    await schools.at(NEXT_SUMMER)
    await roster.apply(schools.office, replace(people(schools.program), program=next_year(schools.program)))
    async with schools.database.transaction(schools.scope) as connection:
        found = {row["program_year"]: row["delivered"] for row in await status.schools(connection)}
    assert found == {
        "stl.north.2026": 1,
        "stl.north.2027": 0,
        "stl.south.2026": 0,
        "stl.south.2027": 0,
    }


async def rounds_become(schools: TwoSchools, left_out: str | None) -> None:
    """Round 1 of both schools has no day left; `left_out`: what people said then, None: nothing until the year was over."""
    await schools.admin.execute(
        "UPDATE round SET (students_due_at, officers_due_at, pack_closes_at, opens_at, left_out)"
        " = (NULL, NULL, NULL, NULL, $1) WHERE number = 1",
        left_out,
    )


async def go_on(schools: TwoSchools) -> CarriedOver:
    """Ana and Olga, into the next year; the pairing of it is Ana's from here on."""
    await close_years(schools)
    await schools.at(NEXT_SUMMER)
    known = people(schools.program)
    officers = [replace(one, cleared_until=date(2028, 6, 30)) for one in known.officers]
    await roster.apply(schools.office, Roster(next_year(schools.program), [], officers, known.staff, []))
    await say(schools, "Ana")
    carried = await carry(schools)
    await _know_new_pairing(schools)
    return carried


@pytest.mark.parametrize("left_out", ["carried", None])
async def test_letters_of_a_round_that_goes_into_the_next_year_are_its_first_ones(
    schools: TwoSchools, left_out: str | None
) -> None:
    drafts = [await schools.write("Ana", side) for side in (Side.STUDENT, Side.OFFICER)]
    for draft in drafts:
        await schools.decide(draft)
    await rounds_become(schools, left_out)
    carried = await go_on(schools)
    assert [pair.letters for pair in carried.pairs] == [2]
    told = await schools.admin.fetch(
        "SELECT body FROM tell WHERE workflow_id = $1 AND fact = 'letter_decided' ORDER BY sequence",
        f"pairing-{schools.pairing['Ana']}",
    )
    assert [json.loads(row["body"])["draft_id"] for row in told] == [str(draft.id) for draft in drafts]
    await pairings.introduce(schools.office, schools.scope, schools.pairing["Ana"])
    for draft, opening in zip(drafts, (None, 1), strict=True):
        delivery = await schools.release("Ana", draft)
        assert isinstance(delivery, Delivery)
        assert (delivery.round_number, delivery.kind, delivery.opening) == (1, "letter", opening)
    await schools.at(datetime(2027, 10, 2, 12, tzinfo=UTC))
    for side in Side:
        missed = await letters.record_miss(schools.office, schools.scope, schools.pairing["Ana"], 1, side)
        assert not missed


async def test_a_letter_that_nobody_has_read_yet_goes_along_and_is_read_then(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.OFFICER)
    await rounds_become(schools, "carried")
    await go_on(schools)
    decided = await schools.decide(draft)
    assert decided.tell is not None
    assert decided.tell.workflow_id == f"pairing-{schools.pairing['Ana']}"


@pytest.mark.parametrize("left_out", ["dropped", "carried"])
async def test_what_has_gone_out_come_back_or_was_dropped_stays_with_its_year(
    schools: TwoSchools, left_out: str
) -> None:
    await schools.deliver("Ana", Side.STUDENT)
    returned = await schools.write("Ana", Side.OFFICER)
    await schools.decide(returned, Verdict.APPROVE if left_out == "dropped" else Verdict.RETURN)
    await rounds_become(schools, left_out)
    assert [pair.letters for pair in (await go_on(schools)).pairs] == [0]
    years = await schools.admin.fetch("SELECT DISTINCT program_year_id FROM letter WHERE stock_id IS NULL")
    assert [row["program_year_id"] for row in years] == ["stl.north.2026"]


async def test_a_letter_of_a_pair_that_does_not_go_on_is_counted_and_stays(schools: TwoSchools) -> None:
    await schools.decide(await schools.write("Ben", Side.OFFICER))
    await rounds_become(schools, "carried")
    carried = await go_on(schools)
    assert {pair.student: pair.letters for pair in carried.left}["Ben"] == 1


async def test_an_officers_letter_waits_for_the_next_year_and_nobody_is_called_a_childs_goes(
    schools: TwoSchools,
) -> None:
    drafts = {side: await schools.write("Ana", side) for side in Side}
    for draft in drafts.values():
        await schools.decide(draft)
    await rounds_become(schools, "carried")
    assert await schools.release("Ana", drafts[Side.OFFICER]) is Held.NEXT_YEAR
    assert isinstance(await schools.release("Ana", drafts[Side.STUDENT]), Delivery)
    assert not await schools.admin.fetchval("SELECT count(*) FROM attention WHERE kind = 'letter held'")


async def test_a_kept_letter_under_a_legal_hold_goes_along(schools: TwoSchools) -> None:
    await schools.write("Ana", Side.OFFICER)
    await rounds_become(schools, "carried")
    async with schools.database.transaction(schools.scope) as connection:
        child = schools.student["Ana"]
        await holds.hold(connection, key="k", subject=Subject.STUDENT, subject_id=child, reason="A court.")
    await go_on(schools)
    moved = await schools.admin.fetchval("SELECT written_for FROM draft WHERE written_for <> 'stock'")
    assert moved == f"{schools.pairing['Ana']}/1/officer"


@pytest.mark.parametrize("outcome", LetterOutcome)
async def test_a_letter_that_its_case_has_let_go_goes_along_and_no_other_of_a_case(
    schools: TwoSchools, outcome: LetterOutcome
) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    opened = await cases.worry(
        schools.office, schools.scope, draft_id=draft.id, by=schools.staff["Tess"], concern=Concern.SAD
    )
    case_id, coco = opened.case.id, schools.staff["Coco"]
    day = date(2026, 9, 8)
    await cases.plan(schools.office, schools.scope, case_id=case_id, by=coco, look_again_on=day)
    word = Word(outcome, reason_for_child="Write it again.", reason_for_adult="It has an address.")
    await closing.close(schools.office, schools.scope, case_id=case_id, by=coco, word=word)
    await rounds_become(schools, "carried")
    carried = await go_on(schools)
    assert [pair.letters for pair in carried.pairs] == [1 if outcome is LetterOutcome.DELIVER else 0]
    if outcome is LetterOutcome.DELIVER:
        await pairings.introduce(schools.office, schools.scope, schools.pairing["Ana"])
        assert isinstance(await schools.release("Ana", draft), Delivery)


async def test_pairs_that_go_on_make_no_child_late_that_is_matched_after_them(
    next_summer: TwoSchools,
) -> None:
    """Whoever is approved with the first matching belongs to round 1, though it is due in ten days."""
    await say(next_summer, "Ana")
    await carry(next_summer)
    await _know_new_pairing(next_summer)
    await next_summer.at(datetime(2027, 9, 7, 12, tzinfo=UTC))
    known = people(next_summer.program)
    newcomers = [
        replace(one, student_id=f"{one.student_id}-2027") for one in known.students if one.student_id == "Ben"
    ]
    officers = [replace(one, cleared_until=date(2028, 6, 30)) for one in known.officers]
    this_year = next_year(next_summer.program)
    await roster.apply(next_summer.office, Roster(this_year, newcomers, officers, known.staff, []))
    await matching.make_proposal(next_summer.office, next_summer.scope, seed=1)
    await matching.approve(next_summer.office, next_summer.scope, [], next_summer.staff["Cora"])
    rows = await next_summer.admin.fetch("SELECT id FROM pairing WHERE ended_at IS NULL")
    for row in rows:
        await pairings.introduce(next_summer.office, next_summer.scope, row["id"])
    first = await next_summer.admin.fetch("SELECT first_round FROM pairing WHERE ended_at IS NULL")
    assert [row["first_round"] for row in first] == [1, 1]


async def come_again(schools: TwoSchools, *children: str) -> None:
    """The next year's folder has these children of the last one once more."""
    known = people(schools.program)
    again = [one for one in known.students if one.student_id in children]
    officers = [replace(one, cleared_until=date(2028, 6, 30)) for one in known.officers]
    await roster.apply(schools.office, Roster(next_year(schools.program), again, officers, known.staff, []))


async def test_the_next_year_has_a_matching_of_its_own(next_summer: TwoSchools) -> None:
    """So its opening proposes pairs, also where some go on from the last one."""

    async def is_proposed() -> bool:
        async with next_summer.database.transaction(next_summer.scope) as connection:
            return (await open_rows.matching(connection)).proposed

    await come_again(next_summer, "Ben")
    assert not await is_proposed()
    await say(next_summer, "Ana")
    await carry(next_summer)
    assert not await is_proposed()
    await matching.make_proposal(next_summer.office, next_summer.scope, seed=1)
    assert await is_proposed()


async def test_a_school_whose_year_was_never_opened_makes_no_next_year(schools: TwoSchools) -> None:
    known = people(schools.program)
    west = School("west", "West School", ("city",))
    with_west = replace(known.program, schools=(*known.program.schools, west))
    await roster.apply(schools.office, replace(known, program=with_west))
    await close_years(schools)
    await say(schools, "Ana")
    assert await carry_over.may_go_on(schools.office, schools.scope) == 0
    with pytest.raises(CarryOverRefused, match="Import its folder first"):
        await carry(schools)


async def test_a_pal_of_the_last_year_is_none_of_this_one(next_summer: TwoSchools) -> None:
    """A child who comes again and has no pal yet is counted so, and gets no certificate for the new year."""
    await come_again(next_summer, "Ana", "Ben")
    async with next_summer.database.transaction(next_summer.scope) as connection:
        without = {row["program_year"]: row["without_pal"] for row in await status.schools(connection)}
        assert without["stl.north.2027"] == 2
        assert await certificates.children(connection, "stl.north.2027", None) == []


async def test_a_family_reads_the_letters_of_this_year_before_those_of_the_last(schools: TwoSchools) -> None:
    for number in (1, 2):
        await schools.deliver("Ana", Side.STUDENT, round_number=number)
    await go_on(schools)
    await pairings.introduce(schools.office, schools.scope, schools.pairing["Ana"])
    await schools.deliver("Ana", Side.STUDENT, "From Ana, who is in sixth grade.")
    async with schools.database.transaction(schools.scope) as connection:
        found = await family_letters(connection, schools.student["Ana"])
    assert [(one.delivered_on.year, one.round_number) for one in found] == [(2027, 1), (2026, 2), (2026, 1)]


async def test_what_somebody_says_of_this_year_is_said_of_no_other(next_summer: TwoSchools) -> None:
    olga = next_summer.officer["Olga"]
    await next_summer.admin.execute(
        "INSERT INTO survey (program_id, first_year, role, agency_id, person) VALUES ('stl', 2027, 'officer', 'city', $1)",
        olga,
    )
    said = answers(Taker.OFFICER, {question.key: "yes" for question in QUESTIONS[Taker.OFFICER]}, "")
    async with next_summer.database.transaction(next_summer.scope) as connection:
        assert await surveys.answer(connection, olga, said)
        assert not await surveys.is_open(connection, olga)
        assert await surveys.counts(connection, Taker.OFFICER, 2026) == {}
        assert await surveys.counts(connection, Taker.OFFICER, 2027) != {}
