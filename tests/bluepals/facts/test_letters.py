"""Letters: handed in, decided about, released and missed, each judged by the program's clock and committed once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from bluepals.domain.letters import DeliveryKind, ScannedLetter, Side, TypedLetter, Verdict
from bluepals.domain.people import Officer, Student
from bluepals.domain.screening import Risk, Screening, screen
from bluepals.facts import leaving, letters, officers_page, pairings, roster, year
from bluepals.facts.letters import DecidedAndTold
from bluepals.facts.officers_page import OfficerAtDesk
from bluepals.store import attention, status
from bluepals.store import letters as stored
from bluepals.store.attention import Call
from bluepals.store.database import Scope
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.letters import Copy, DraftRecord, Handed, NotTaken
from bluepals.store.unfinished import TypedOn
from tests.bluepals.facts.test_year import words
from tests.bluepals.facts.two_schools import (
    CHILDREN_DUE,
    OFFICERS_DUE,
    PACK_CLOSES,
    YEAR_OVER,
    TwoSchools,
    officer,
    people,
    student,
)
from tests.mailroom import parsed

A_SECOND = timedelta(seconds=1)
OTHER_WORDS = "A second thought."


async def miss(schools: TwoSchools, child: str, side: Side, round_number: int = 1) -> bool:
    return await letters.record_miss(
        schools.office, schools.scope, schools.pairing[child], round_number, side
    )


async def stock(schools: TwoSchools, child: str, round_number: int = 1) -> Delivery | None:
    put = await letters.put_stock_letter(schools.office, schools.scope, schools.pairing[child], round_number)
    assert not isinstance(put, Held)
    return put


async def calls(schools: TwoSchools) -> Sequence[Call]:
    async with schools.database.transaction(schools.scope) as connection:
        return await attention.open_calls(connection)


async def import_again(
    schools: TwoSchools, *, child: Student | None = None, pal: Officer | None = None
) -> None:
    """The roster comes again, with one child or officer as they are now."""
    now = people(schools.program)
    students = [child if child and one.student_id == child.student_id else one for one in now.students]
    officers = [pal if pal and one.officer_id == pal.officer_id else one for one in now.officers]
    await roster.apply(schools.office, replace(now, students=students, officers=officers))


# Handing in


async def test_a_letter_is_taken_in_with_the_time_of_the_programs_clock(schools: TwoSchools) -> None:
    now = datetime(2026, 9, 10, 15, 30, 1, tzinfo=UTC)
    await schools.at(now)
    draft = await schools.write("Ana", Side.STUDENT)
    assert (draft.number, draft.received_at, draft.known) == (1, now, False)


async def test_the_same_content_again_is_the_same_draft(schools: TwoSchools) -> None:
    first = await schools.write("Ana", Side.STUDENT)
    await schools.at(CHILDREN_DUE)
    again = await schools.write("Ana", Side.STUDENT)
    assert again == replace(first, known=True)
    assert await schools.count("draft") == 1 + 2  # and the stock letters


async def test_other_content_is_a_new_draft_of_the_same_letter(schools: TwoSchools) -> None:
    first = await schools.write("Ana", Side.STUDENT)
    second = await schools.write("Ana", Side.STUDENT, OTHER_WORDS)
    assert (second.letter_id, second.number) == (first.letter_id, 2)
    (waiting,) = [
        one for one in await letters.waiting(schools.office, schools.scope) if one.pairing_id is not None
    ]
    assert waiting.draft_id == second.id, "only the newest waits for a reader"


async def test_the_same_letter_handed_in_twice_at_once_is_one(schools: TwoSchools) -> None:
    drafts = await asyncio.gather(*(schools.write("Ana", Side.STUDENT) for _ in range(4)))
    assert len({draft.id for draft in drafts}) == 1


async def test_a_letter_for_no_round_or_no_pairing_is_refused_in_a_sentence(schools: TwoSchools) -> None:
    with pytest.raises(NotTaken, match="There is no round 3"):
        await schools.write("Ana", Side.STUDENT, round_number=3)
    schools.pairing["Ana"] = schools.student["Ana"]
    with pytest.raises(NotTaken, match="pairing show"):
        await schools.write("Ana", Side.STUDENT)


async def hand_in_pages(schools: TwoSchools) -> DraftRecord:
    return await letters.hand_in(
        schools.office,
        schools.scope,
        pairing_id=schools.pairing["Ana"],
        round_number=1,
        side=Side.STUDENT,
        letter=ScannedLetter(b"%PDF-1.7"),
        language="es",
        uploaded_by=schools.staff["Tess"],
    )


async def test_pages_are_unscreened_and_read_before_what_was_found_harmless(schools: TwoSchools) -> None:
    await schools.write("Ben", Side.STUDENT, "My dog likes the snow.")
    pages = await hand_in_pages(schools)
    waiting = await letters.waiting(schools.office, schools.scope)
    assert (waiting[0].draft_id, waiting[0].risk) == (pages.id, None)


async def test_a_stock_letter_needs_an_officer_with_a_gender(schools: TwoSchools) -> None:
    with pytest.raises(NotTaken, match="import the officers first"):
        await letters.hand_in_stock(
            schools.office,
            schools.scope,
            officer_id=schools.staff["Cora"],
            stock_id="s",
            letter=TypedLetter("Hello."),
            language="en",
        )


@pytest.mark.parametrize(
    ("verdict", "sentence"), [(Verdict.APPROVE, "approved"), (Verdict.REFER, "being read")]
)
async def test_what_is_settled_is_not_written_again(
    schools: TwoSchools, verdict: Verdict, sentence: str
) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft, verdict)
    with pytest.raises(NotTaken, match=sentence):
        await schools.write("Ana", Side.STUDENT, OTHER_WORDS)
    assert (await schools.write("Ana", Side.STUDENT)).known, "the same again is no news"


async def test_fault_17_a_letter_for_a_closed_pairing_is_kept_for_a_person(schools: TwoSchools) -> None:
    await schools.admin.execute(
        "UPDATE pairing SET ended_at = now(), end_reason = 'year closed' WHERE id = $1",
        schools.pairing["Ana"],
    )
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.write("Ana", Side.STUDENT)
    (call,) = await calls(schools)
    assert (call.subject_id, call.school, call.agency) == (draft.id, "north", "city")


# Deciding


async def test_a_decision_is_told_to_its_pairing_in_ids_and_states(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    told = await schools.decide(draft)
    assert told.tell is not None
    assert told.tell.workflow_id == f"pairing-{schools.pairing['Ana']}"
    assert told.tell.body == {
        "draft_id": str(draft.id),
        "hash": draft.hash.hex(),
        "verdict": "approve",
        "round_number": 1,
        "side": "student",
    }
    assert schools.rung[-1] == schools.program


async def test_a_decision_about_a_stock_letter_is_nobodys_to_hear(schools: TwoSchools) -> None:
    (first, *_) = await schools.stock_drafts()
    assert (await schools.decide(first)).tell is None


async def test_the_same_decision_again_changes_nothing(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    first, again = await schools.decide(draft, Verdict.RETURN), await schools.decide(draft, Verdict.RETURN)
    assert again.decided == replace(first.decided, known=True)
    assert again.tell == first.tell
    assert await schools.count("decision") == 1
    assert await schools.mailed_to("returned") == ["tess@staff.example"]


async def test_a_childs_returned_letter_goes_back_to_its_teacher_and_the_officers_to_the_officer(
    schools: TwoSchools,
) -> None:
    for side in Side:
        await schools.decide(await schools.write("Ana", side), Verdict.RETURN)
    mails = {row["to_address"]: parsed(row["message"]) for row in await schools.mails("returned")}
    assert {to: mail["Subject"] for to, mail in mails.items()} == {
        "olga@city.example": "Your letter to Ana came back to be changed",
        "tess@staff.example": "Ana's letter came back to be changed",
    }
    assert "What to say to Ana stands on your page." in words(mails["tess@staff.example"])
    due = await schools.admin.fetchval("SELECT due_again_at FROM decision LIMIT 1")
    # Five school days after the first of September, at five in the afternoon.
    assert due == datetime(2026, 9, 8, 22, tzinfo=UTC)


async def test_a_referred_letter_is_the_counselors_and_is_held(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft, Verdict.REFER)
    told = set(await schools.mailed_to("safety"))
    assert told == {"coco@staff.example", "mona@staff.example", "tess@staff.example"}, (
        "and whoever has read it"
    )
    assert await schools.release("Ana", draft) is Held.NO_SUCH_DECISION


async def test_nobody_decides_about_what_they_handed_in(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    with pytest.raises(NotTaken, match="Ask another moderator"):
        await schools.decide(draft, by="Tess")


async def test_a_decision_about_nothing_is_refused_in_a_sentence(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    with pytest.raises(NotTaken, match="letter waiting"):
        await schools.decide(replace(draft, id=draft.letter_id))
    with pytest.raises(NotTaken, match="letter waiting"):
        await letters.read(schools.office, schools.scope, draft.letter_id)


async def test_fault_16_of_two_moderators_in_the_same_second_one_decides(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    results = await asyncio.gather(
        schools.decide(draft, Verdict.APPROVE, by="Mona"),
        schools.decide(draft, Verdict.RETURN, by="Max"),
        return_exceptions=True,
    )
    (won,) = [one for one in results if isinstance(one, DecidedAndTold)]
    (lost,) = [one for one in results if isinstance(one, BaseException)]
    assert isinstance(lost, NotTaken)
    said = {Verdict.APPROVE: "approved already, by Mona.", Verdict.RETURN: "changed already, by Max."}
    assert said[won.decided.verdict] in str(lost)
    assert await schools.admin.fetchval("SELECT verdict FROM decision") == won.decided.verdict
    assert await schools.count("tell") == 1 + 2, (
        "the loser told nobody anything (two are of the approved pairs)"
    )


async def test_fault_16_an_approval_of_a_page_that_has_been_written_anew_fails(schools: TwoSchools) -> None:
    shown = await schools.write("Ana", Side.STUDENT)
    newer = await schools.write("Ana", Side.STUDENT, OTHER_WORDS)
    with pytest.raises(NotTaken, match="A newer draft has come in"):
        await schools.decide(shown)
    with pytest.raises(NotTaken, match="A newer draft has come in"):
        await schools.decide(replace(newer, hash=shown.hash))
    await schools.decide(newer)


async def test_fault_16_an_approval_and_a_newer_draft_at_once_leave_one_story(schools: TwoSchools) -> None:
    """Either the approval came first, and the new words are refused; or it came too late."""
    shown = await schools.write("Ana", Side.STUDENT)
    for attempt in range(8):
        decision, newer = await asyncio.gather(
            schools.decide(shown),
            schools.write("Ana", Side.STUDENT, f"Words {attempt}."),
            return_exceptions=True,
        )
        assert isinstance(decision, NotTaken) != isinstance(newer, NotTaken)
        if isinstance(newer, NotTaken):
            break
        assert not isinstance(newer, BaseException)
        shown = newer
    count = await schools.admin.fetchval("SELECT count(*) FROM decision")
    assert count == isinstance(newer, NotTaken)


async def test_fault_16_an_approval_waits_for_the_newer_draft_that_is_being_committed(
    schools: TwoSchools,
) -> None:
    shown = await schools.write("Ana", Side.STUDENT)
    async with schools.database.transaction(schools.scope) as connection:
        await stored.hand_in(
            connection,
            schools.office.keyring,
            pairing_id=schools.pairing["Ana"],
            round_number=1,
            side=Side.STUDENT,
            handed=Handed(TypedLetter(OTHER_WORDS), "en", schools.staff["Tess"], screen(OTHER_WORDS)),
        )
        deciding = asyncio.create_task(schools.decide(shown))
        await schools.until_it_waits(deciding)
    with pytest.raises(NotTaken, match="A newer draft has come in"):
        await deciding
    assert await schools.count("decision") == 0


# Releasing


async def test_a_childs_letter_goes_to_its_officer_when_it_is_approved_with_a_link_and_no_word_of_it(
    schools: TwoSchools,
) -> None:
    delivery = await schools.deliver("Ana", Side.STUDENT, "Mi gato se llama Luna.")
    assert (delivery.kind, delivery.opening, delivery.new) == (DeliveryKind.LETTER, None, True)
    (mail,) = await schools.mails("letter")
    assert mail["to_address"] == "olga@city.example"
    assert b"https://desk.example/stl/pals" in mail["message"].replace(b"=\r\n", b"")
    assert b"Luna" not in mail["message"]
    assert b"Alvarez" not in mail["message"]


@pytest.mark.parametrize(
    ("text", "readers"),
    [("Dear Olga, hi.", ["Cora", "Mona"]), ("I want to die.", ["Coco", "Cora", "Mona"])],
)
async def test_a_draft_is_shown_to_its_readers_and_a_worrying_one_to_its_counselor_and_it_is_on_record(
    schools: TwoSchools, text: str, readers: list[str]
) -> None:
    draft = await schools.write("Ana", Side.STUDENT, text)
    for name in readers:
        opened = await letters.show(schools.office, schools.scope, draft.id, to=schools.staff[name])
        assert opened.letter == TypedLetter(text)
    for name in {"Coco", "Cal", "Max", "Tess", "Lee"} - {*readers}:
        with pytest.raises(
            NotTaken, match="Only a moderator of this school or the coordinator reads its letters"
        ):
            await letters.show(schools.office, schools.scope, draft.id, to=schools.staff[name])
    noted = await schools.admin.fetch("SELECT reader FROM letter_read WHERE draft_id = $1", draft.id)
    assert {row["reader"] for row in noted} == {schools.staff[name] for name in readers}
    seen = await schools.admin.fetch("SELECT viewer FROM disclosure")
    assert [row["viewer"] for row in seen] == [schools.staff["Cora"]], "the others are of her school"


async def test_pages_that_are_not_shown_are_not_on_record_as_read(schools: TwoSchools) -> None:
    draft = await hand_in_pages(schools)
    await letters.show(schools.office, schools.scope, draft.id, to=schools.staff["Cora"])
    assert await schools.count("letter_read") == 0


async def test_an_officers_letter_waits_in_its_rounds_pack_and_nobody_is_told(schools: TwoSchools) -> None:
    delivery = await schools.deliver("Ana", Side.OFFICER)
    assert (delivery.kind, delivery.opening) == (DeliveryKind.LETTER, 1)
    assert await schools.mails("letter") == []


@pytest.mark.parametrize("side", list(Side))
async def test_a_letter_is_released_once(schools: TwoSchools, side: Side) -> None:
    draft = await schools.write("Ana", side)
    await schools.decide(draft)
    first, again = await schools.release("Ana", draft), await schools.release("Ana", draft)
    assert isinstance(first, Delivery)
    assert again == replace(first, new=False)
    assert len(await schools.mails("letter")) == (side is Side.STUDENT)


@pytest.mark.parametrize("verdict", [None, Verdict.RETURN])
async def test_what_is_not_approved_is_not_released_and_a_person_hears_of_it(
    schools: TwoSchools, verdict: Verdict | None
) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    if verdict is not None:
        await schools.decide(draft, verdict)
    assert await schools.release("Ana", draft) is Held.NO_SUCH_DECISION
    assert await schools.count("delivery") == 0
    assert len(await calls(schools)) == 1


async def test_an_approval_with_another_hash_or_for_another_pairing_is_none(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft)
    assert await schools.release("Ana", replace(draft, hash=bytes(32))) is Held.NO_SUCH_DECISION
    assert await schools.release("Ben", draft) is Held.NO_SUCH_DECISION


async def test_fault_10_a_letter_is_held_when_the_familys_consent_is_withdrawn_and_goes_when_it_is_back(
    schools: TwoSchools,
) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft)
    await import_again(schools, child=student("Ana", consent=None))
    assert await schools.release("Ana", draft) is Held.NO_CONSENT
    assert await schools.release("Ana", draft) is Held.NO_CONSENT
    (call,) = [one for one in await calls(schools) if one.kind == "letter held"]
    assert "no consent" in call.sentence
    assert "Ana" not in call.sentence
    assert await schools.mails("letter") == []
    await import_again(schools)
    assert isinstance(await schools.release("Ana", draft), Delivery)


@pytest.mark.parametrize(("last_day", "held"), [(date(2026, 9, 14), True), (date(2026, 9, 15), False)])
async def test_fault_10_a_clearance_ends_with_its_last_day_by_the_programs_clock_and_zone(
    schools: TwoSchools, last_day: date, held: bool
) -> None:
    draft = await schools.write("Ana", Side.OFFICER)
    await schools.decide(draft)
    await import_again(schools, pal=officer("Olga", cleared=last_day))
    await schools.at(datetime(2026, 9, 16, 4, 59, 59, tzinfo=UTC))  # a second before midnight in Chicago
    outcome = await schools.release("Ana", draft)
    assert (outcome is Held.NOT_CLEARED) == held
    await schools.at(datetime(2026, 9, 16, 5, 0, 0, tzinfo=UTC))
    if not held:
        assert isinstance(await schools.release("Ana", draft), Delivery), "what is delivered stays delivered"


async def test_fault_10_nobody_who_has_been_withdrawn_gets_a_letter(schools: TwoSchools) -> None:
    drafts = {child: await schools.write(child, Side.STUDENT) for child in ("Ana", "Ben", "Cleo")}
    for child, draft in drafts.items():
        await schools.decide(draft, by="Max" if child == "Cleo" else "Mona")
    await schools.admin.execute("UPDATE student SET withdrawn_at = now() WHERE external_id = 'Ana'")
    await schools.admin.execute("UPDATE officer SET withdrawn_at = now() WHERE external_id = 'Omar'")
    await schools.admin.execute(
        "UPDATE pairing SET ended_at = now(), end_reason = 'officer left' WHERE id = $1",
        schools.pairing["Cleo"],
    )
    held = [await schools.release(child, draft) for child, draft in drafts.items()]
    assert held == [Held.NO_CONSENT, Held.NOT_CLEARED, Held.ENDED]
    assert await schools.mails("letter") == []


@pytest.mark.parametrize(
    ("withdrawal", "held"),
    [
        ("UPDATE student SET withdrawn_at = now() WHERE external_id = 'Ana'", Held.NO_CONSENT),
        ("UPDATE officer SET withdrawn_at = now() WHERE external_id = 'Olga'", Held.NOT_CLEARED),
    ],
    ids=["child", "officer"],
)
async def test_fault_10_a_release_waits_for_the_withdrawal_that_is_being_committed(
    schools: TwoSchools, withdrawal: str, held: Held
) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft)
    async with schools.database.transaction(schools.scope) as connection:
        await connection.execute(withdrawal)
        releasing = asyncio.create_task(schools.release("Ana", draft))
        await schools.until_it_waits(releasing)
    assert await releasing is held
    assert await schools.mails("letter") == []


# Row 17: in time or late, by received_at


@pytest.mark.parametrize(("late", "missed"), [(timedelta(0), False), (A_SECOND, True)])
@pytest.mark.parametrize(("side", "due"), [(Side.STUDENT, CHILDREN_DUE), (Side.OFFICER, OFFICERS_DUE)])
async def test_fault_17_a_letter_is_in_time_up_to_its_last_second(
    schools: TwoSchools, side: Side, due: datetime, late: timedelta, missed: bool
) -> None:
    await schools.at(due + late)
    await schools.write("Ana", side)
    await schools.at(due + timedelta(hours=1))
    assert await miss(schools, "Ana", side) is missed


async def test_fault_17_a_first_draft_in_time_counts_though_it_was_returned(schools: TwoSchools) -> None:
    await schools.at(CHILDREN_DUE)
    await schools.decide(await schools.write("Ana", Side.STUDENT), Verdict.RETURN)
    await schools.at(CHILDREN_DUE + timedelta(days=3))
    assert not await miss(schools, "Ana", Side.STUDENT)
    assert (await schools.deliver("Ana", Side.STUDENT, OTHER_WORDS)).kind is DeliveryKind.LETTER


@pytest.mark.parametrize(
    ("late", "kind"), [(timedelta(0), DeliveryKind.LETTER), (A_SECOND, DeliveryKind.LATE)]
)
async def test_fault_17_a_late_childs_letter_is_delivered_when_approved(
    schools: TwoSchools, late: timedelta, kind: DeliveryKind
) -> None:
    await schools.at(CHILDREN_DUE + late)
    delivery = await schools.deliver("Ana", Side.STUDENT)
    assert (delivery.kind, delivery.opening) == (kind, None)
    assert await schools.mailed_to("letter") == ["olga@city.example"]


@pytest.mark.parametrize(
    ("late", "kind", "opening"), [(-A_SECOND, DeliveryKind.LETTER, 1), (timedelta(0), DeliveryKind.LATE, 2)]
)
async def test_fault_17_a_late_officers_letter_goes_with_the_next_opening_day(
    schools: TwoSchools, late: timedelta, kind: DeliveryKind, opening: int
) -> None:
    await schools.at(PACK_CLOSES + late)
    delivery = await schools.deliver("Ana", Side.OFFICER)
    assert (delivery.kind, delivery.opening) == (kind, opening)


async def test_fault_17_a_letter_whose_place_a_stock_letter_has_taken_goes_with_the_next_opening_day(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    await schools.at(OFFICERS_DUE + A_SECOND)
    assert await stock(schools, "Ana") is not None
    delivery = await schools.deliver("Ana", Side.OFFICER)
    assert (delivery.kind, delivery.opening) == (DeliveryKind.LATE, 2)


@pytest.mark.parametrize("round_number", [1, 2])
async def test_fault_17_an_officers_letter_after_the_last_round_goes_alone_and_its_teacher_hears_of_it(
    schools: TwoSchools, round_number: int
) -> None:
    await schools.at(datetime(2026, 12, 1, tzinfo=UTC))
    delivery = await schools.deliver("Ana", Side.OFFICER, round_number=round_number)
    assert (delivery.kind, delivery.opening) == (DeliveryKind.LATE, None)
    assert await schools.mailed_to("pack") == ["tess@staff.example"]


# Misses and stock letters


async def test_a_miss_is_recorded_once_and_the_officer_may_write_first(schools: TwoSchools) -> None:
    await schools.at(CHILDREN_DUE + A_SECOND)
    assert [await miss(schools, "Ana", Side.STUDENT) for _ in range(2)] == [True, True]
    assert await schools.count("miss") == 1
    (mail,) = await schools.mails("letter")
    assert (mail["to_address"], mail["useful_until"]) == ("olga@city.example", OFFICERS_DUE)


async def test_a_miss_stays_one_when_the_letter_comes_late(schools: TwoSchools) -> None:
    await schools.at(CHILDREN_DUE + A_SECOND)
    await miss(schools, "Ana", Side.STUDENT)
    await schools.deliver("Ana", Side.STUDENT)
    assert await miss(schools, "Ana", Side.STUDENT)


async def test_fault_10_nobody_is_asked_to_write_to_a_child_without_consent(schools: TwoSchools) -> None:
    await import_again(schools, child=student("Ana", consent=None))
    await schools.at(CHILDREN_DUE + A_SECOND)
    assert await miss(schools, "Ana", Side.STUDENT)
    assert await schools.mails("letter") == []


async def test_a_missing_officers_letter_is_replaced_once_by_a_stock_letter_of_that_gender(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    girls, boys = await stock(schools, "Ana"), await stock(schools, "Ben")
    assert girls is not None
    assert boys is not None
    assert (girls.kind, girls.opening, girls.new) == (DeliveryKind.STOCK, 1, True)
    writers = await schools.admin.fetch(
        "SELECT stock_id FROM delivery JOIN draft ON draft.id = draft_id JOIN letter ON letter.id = letter_id"
        " ORDER BY delivery.sequence"
    )
    assert [row["stock_id"] for row in writers] == ["s-rita", "s-rob"]
    assert await stock(schools, "Ana") == replace(girls, new=False)


async def test_a_child_whose_officer_has_written_needs_no_stock_letter(schools: TwoSchools) -> None:
    await schools.approve_stock()
    own = await schools.deliver("Ana", Side.OFFICER)
    assert await stock(schools, "Ana") == replace(own, new=False)


async def test_a_child_never_gets_the_same_stock_letter_twice_and_a_person_is_asked_for_another(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    assert await stock(schools, "Ana", 1) is not None
    assert [await stock(schools, "Ana", 2) for _ in range(2)] == [None, None]
    (call,) = await calls(schools)
    assert "no stock letter is left" in call.sentence
    await letters.hand_in_stock(
        schools.office,
        schools.scope,
        officer_id=schools.officer["Rita"],
        stock_id="s-rita-2",
        letter=TypedLetter("Another letter for whoever needs it."),
        language="en",
    )
    await schools.decide((await schools.stock_drafts())[-1])
    assert await stock(schools, "Ana", 2) is not None
    assert await calls(schools) == []


async def _close(schools: TwoSchools) -> None:
    await pairings.close(schools.office, schools.scope, schools.pairing["Ana"])


async def _stop(schools: TwoSchools) -> None:
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])


async def _open(schools: TwoSchools) -> None:
    await schools.at(PACK_CLOSES + timedelta(hours=14))
    await year.send_packs(schools.office, schools.scope, schools.year("north"), 1)


@pytest.mark.parametrize("over", [_close, _open], ids=["the pairing closes", "the class opens its letters"])
async def test_nobody_is_asked_for_a_letter_that_came_too_late_for(
    schools: TwoSchools, over: Callable[[TwoSchools], Awaitable[None]]
) -> None:
    await schools.at(OFFICERS_DUE)
    assert await stock(schools, "Ana") is None
    assert len(await calls(schools)) == 1
    await over(schools)
    assert await calls(schools) == []


async def test_while_the_child_is_between_two_officers_a_letter_is_still_asked_for(
    schools: TwoSchools,
) -> None:
    await schools.at(OFFICERS_DUE)
    assert await stock(schools, "Ana") is None
    await _stop(schools)
    assert "no stock letter" in {call.kind for call in await calls(schools)}


@pytest.mark.parametrize("over", [_close, _stop], ids=["closes", "is stopped"])
async def test_a_letter_is_held_no_longer_once_its_pairing_has_ended(
    schools: TwoSchools, over: Callable[[TwoSchools], Awaitable[None]]
) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft)
    await import_again(schools, child=student("Ana", consent=None))
    await schools.release("Ana", draft)
    assert "letter held" in {call.kind for call in await calls(schools)}
    await over(schools)
    assert await schools.release("Ana", draft) is Held.ENDED
    assert "letter held" not in {call.kind for call in await calls(schools)}


async def test_an_unread_stock_letter_replaces_nothing(schools: TwoSchools) -> None:
    assert await stock(schools, "Ana") is None


async def test_fault_10_a_child_without_consent_gets_no_stock_letter(schools: TwoSchools) -> None:
    await schools.approve_stock()
    await import_again(schools, child=student("Ana", consent=None))
    put = await letters.put_stock_letter(schools.office, schools.scope, schools.pairing["Ana"], 1)
    assert put is Held.NO_CONSENT
    assert await schools.count("delivery") == 0


async def test_fault_10_a_child_whose_officer_is_not_cleared_gets_one_all_the_same(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    await import_again(schools, pal=officer("Olga", cleared=None))
    assert await stock(schools, "Ana") is not None


async def test_a_stock_letter_and_the_officers_own_at_once_leave_one_in_the_round(
    schools: TwoSchools,
) -> None:
    await schools.approve_stock()
    draft = await schools.write("Ana", Side.OFFICER)
    await schools.decide(draft)
    await asyncio.gather(stock(schools, "Ana"), schools.release("Ana", draft), return_exceptions=True)
    await stock(schools, "Ana")
    await schools.release("Ana", draft)  # Whatever failed is repeated, as an activity is.
    rows = await schools.admin.fetch("SELECT kind, opening FROM delivery WHERE opening = 1")
    assert len(rows) == 1
    assert await schools.count("delivery") in {1, 2}


# Row 36: order and clock


async def test_fault_36_what_was_said_last_is_last_though_the_clock_stepped_back(schools: TwoSchools) -> None:
    await schools.at(datetime(2026, 9, 10, 12, tzinfo=UTC))
    first = await schools.write("Ana", Side.STUDENT)
    await schools.at(datetime(2026, 9, 10, 11, tzinfo=UTC))
    second = await schools.write("Ana", Side.STUDENT, OTHER_WORDS)
    assert second.received_at < first.received_at
    with pytest.raises(NotTaken, match="newer draft"):
        await schools.decide(first)
    await schools.decide(second)
    sequences = await schools.admin.fetch(
        "SELECT id FROM draft WHERE letter_id = $1 ORDER BY sequence", first.letter_id
    )
    assert [row["id"] for row in sequences] == [first.id, second.id]


async def test_fault_36_nobody_but_the_program_says_what_time_it_is(schools: TwoSchools) -> None:
    """The computer's clock is months away from the program's, and nothing is judged by it."""
    await schools.at(YEAR_OVER)
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft)
    delivery = await schools.release("Ana", draft)
    assert isinstance(delivery, Delivery)
    assert delivery.kind is DeliveryKind.LATE
    times = await schools.admin.fetchrow(
        "SELECT received_at, decided_at, released_at FROM draft JOIN decision ON decision.draft_id = draft.id"
        " JOIN delivery ON delivery.draft_id = draft.id"
    )
    assert times is not None
    assert set(times.values()) == {YEAR_OVER}


# What a screen says of a round


async def test_each_side_of_each_round_says_what_became_of_it(schools: TwoSchools) -> None:
    await schools.approve_stock()
    await schools.write("Ana", Side.STUDENT, round_number=2)
    await schools.deliver("Ana", Side.STUDENT)
    await schools.at(OFFICERS_DUE + A_SECOND)
    await miss(schools, "Ana", Side.OFFICER)
    async with schools.database.transaction(schools.scope) as connection:
        before = await status.rounds_of(connection, schools.pairing["Ana"])
    await stock(schools, "Ana")
    async with schools.database.transaction(schools.scope) as connection:
        after = await status.rounds_of(connection, schools.pairing["Ana"])
    assert [(row["student"], row["officer"]) for row in before] == [
        ("delivered: letter", "missed"),
        ("being read", "not yet"),
    ]
    assert after[0]["officer"] == "delivered: stock"


async def test_what_an_officer_has_begun_stays_when_a_reader_approves_a_copy_of_what_came_before(
    schools: TwoSchools,
) -> None:
    """It belongs in the next letter, as it does when the letter itself is approved."""
    draft = await schools.write("Ana", Side.OFFICER, "I live at 12 Elm Street.")
    olga = OfficerAtDesk(schools.officer["Olga"], "Olga", Scope(schools.program, agencies=("city",)))
    await officers_page.keep_unfinished(
        schools.office,
        olga,
        schools.pairing["Ana"],
        shown_round=1,
        typed_on=TypedOn(uuid4()),
        text="What I forgot to say.",
    )
    made = Copy(TypedLetter("I live here."), Screening((), Risk.NONE), schools.staff["Mona"])
    await letters.approve_copy(
        schools.office, schools.scope, source_id=draft.id, source_hash=draft.hash, made=made
    )
    (pal,) = (await officers_page.officer_page(schools.office, olga)).pals
    assert [one.text for one in pal.begun] == ["What I forgot to say."]
