"""A letter that worries someone: who is told, who attests, whose word closes the case, and what becomes of the letter."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from bluepals.domain.cases import Concern, LetterOutcome, OfficerOutcome
from bluepals.domain.letters import Side, TypedLetter, Verdict
from bluepals.domain.screening import screen
from bluepals.facts import cases, closing, daily, leaving, letters, year
from bluepals.facts.cases import Opened
from bluepals.facts.closing import Closing, Word
from bluepals.store import cases as store
from bluepals.store import counsel_page, deliveries, mail
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.letters import Copy, DraftRecord, NotTaken
from tests.bluepals.facts.two_schools import BEGIN, TwoSchools

SOON = date(2026, 9, 8)
DELIVER, KEEP = Word(LetterOutcome.DELIVER), Word(LetterOutcome.KEEP)
RETURN = Word(LetterOutcome.RETURN, reason_for_child="Write it again.", reason_for_adult="It has an address.")


async def worry(schools: TwoSchools, draft: DraftRecord, concern: Concern, *, by: str = "Tess") -> Opened:
    who = schools.staff.get(by) or schools.officer[by]
    return await cases.worry(schools.office, schools.scope, draft_id=draft.id, by=who, concern=concern)


async def attest(
    schools: TwoSchools, opened: Opened, by: str, reported_at: datetime | None = None
) -> cases.Attested:
    who = schools.staff.get(by) or schools.officer[by]
    return await cases.attest(
        schools.office, schools.scope, case_id=opened.case.id, by=who, reported_at=reported_at
    )


async def plan(schools: TwoSchools, opened: Opened, *, by: str = "Coco", day: date = SOON) -> None:
    await cases.plan(
        schools.office, schools.scope, case_id=opened.case.id, by=schools.staff[by], look_again_on=day
    )


async def close(schools: TwoSchools, opened: Opened, word: Word, *, by: str = "Coco") -> Closing:
    return await closing.close(
        schools.office, schools.scope, case_id=opened.case.id, by=schools.staff[by], word=word
    )


# ---- doors


async def test_a_worry_goes_to_the_counselor_with_ids_and_no_word_of_the_letter(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "My dog died and I am all alone.")
    opened = await worry(schools, draft, Concern.SAD)
    assert not opened.has_stopwatch
    (mail,) = await schools.mails("safety")
    assert mail["to_address"] == "coco@staff.example"
    text = mail["message"].decode().replace("=\r\n", "")
    assert str(opened.case.id) in text
    assert "Wednesday, September 2, 2026, 5:00 PM" in text, "a plan by the next school day"
    assert "dog" not in text
    assert "Ana" not in text


async def test_the_same_worry_again_is_the_same_case(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    first = await worry(schools, draft, Concern.UNSURE)
    again = await worry(schools, draft, Concern.UNSURE, by="Mona")
    assert (again.case.id, again.known) == (first.case.id, True)
    assert len(await schools.mails("safety")) == 1


async def test_who_does_not_see_a_letter_can_not_be_worried_about_it(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    for stranger in ("Tom", "Max", "Lee", "Olga", "Paula"):
        with pytest.raises(NotTaken, match="sees this letter"):
            await worry(schools, draft, Concern.SAD, by=stranger)
    assert await schools.count("case_file") == 0


async def test_an_officer_may_be_worried_about_a_letter_that_was_delivered(schools: TwoSchools) -> None:
    delivery = await schools.deliver("Ana", Side.STUDENT)
    draft = DraftRecord(delivery.draft_id, delivery.draft_id, 1, b"", BEGIN, known=True)
    opened = await worry(schools, draft, Concern.HARM, by="Olga")
    assert sorted(await schools.mailed_to("safety")) == sorted(
        ["coco@staff.example"] * 2 + ["mona@staff.example", "olga@city.example", "tess@staff.example"]
    ), "all who read it, and the counselor: for the stopwatch and for the child"
    assert opened.has_stopwatch


@pytest.mark.parametrize(
    ("side", "concern"), [(Side.STUDENT, Concern.CONDUCT), (Side.OFFICER, Concern.FAMILY)]
)
async def test_a_door_that_does_not_fit_the_letter_is_refused_with_the_others(
    schools: TwoSchools, side: Side, concern: Concern
) -> None:
    draft = await schools.write("Ana", side)
    with pytest.raises(NotTaken, match=r"Choose sad, unsure, .*harm"):
        await worry(schools, draft, concern, by="Mona")
    with pytest.raises(NotTaken, match="Choose"):
        await letters.decide(
            schools.office,
            schools.scope,
            draft_id=draft.id,
            draft_hash=draft.hash,
            verdict=Verdict.REFER,
            decided_by=schools.staff["Mona"],
            concern=concern,
        )
    assert await schools.count("decision") == 0, "not half a referral"


# ---- suspected harm


async def test_a_referral_opens_its_case_and_tells_each_reader_of_their_own_duty(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    decided = await schools.decide(draft, Verdict.REFER)
    assert decided.opened is not None
    assert decided.opened.has_stopwatch
    told = {row["key"]: row for row in await schools.mails("safety")}
    for reader in ("Tess", "Mona"):
        text = told[f"case-{decided.opened.case.id}-duty-{schools.staff[reader]}"]["message"].decode()
        text = text.replace("=\r\n", "").replace("\r\n", " ")
        assert "not done by telling a colleague" in text
        assert "1-800-422-4453" in text
        assert "/stl/cases" in text
    assert f"case-{decided.opened.case.id}-page-0-{schools.staff['Coco']}" in told


async def test_nobody_attests_for_another_and_only_who_has_read(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    opened = (await schools.decide(draft, Verdict.REFER)).opened
    assert opened is not None
    for other in ("Cora", "Coco", "Max"):
        with pytest.raises(NotTaken, match="each for themselves"):
            await attest(schools, opened, other)
    assert (await attest(schools, opened, "Mona")).still_to_attest == 1
    assert (await attest(schools, opened, "Mona")).known
    with pytest.raises(NotTaken, match="still to come"):
        await attest(schools, opened, "Tess", BEGIN + timedelta(hours=1))
    assert (await attest(schools, opened, "Tess", BEGIN - timedelta(hours=1))).still_to_attest == 0
    assert (await attest(schools, opened, "Mona", BEGIN)).known is False, "who saw no cause may report later"


async def test_closing_needs_all_attestations_and_the_counselors_word(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    opened = (await schools.decide(draft, Verdict.REFER)).opened
    assert opened is not None
    await attest(schools, opened, "Mona")
    with pytest.raises(NotTaken, match="1 reader of the letter has not attested yet"):
        await close(schools, opened, DELIVER)
    await attest(schools, opened, "Tess")
    for other in ("Cora", "Mona", "Cal"):
        with pytest.raises(NotTaken, match="by the word of its counselor"):
            await close(schools, opened, DELIVER, by=other)
    assert (await close(schools, opened, DELIVER)).closed
    with pytest.raises(NotTaken, match="closed already: the letter goes on"):
        await close(schools, opened, KEEP)


async def test_whoever_is_shown_the_letter_later_has_the_duty_too(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    opened = (await schools.decide(draft, Verdict.REFER)).opened
    assert opened is not None
    for _ in range(2):
        await cases.note_read(schools.office, schools.scope, draft.id, schools.staff["Coco"])
    key = f"case-{opened.case.id}-duty-{schools.staff['Coco']}"
    assert [row["key"] for row in await schools.mails("safety")].count(key) == 1
    assert (await attest(schools, opened, "Coco")).still_to_attest == 2


# ---- the stopwatch's pages


async def test_one_rung_after_the_other_then_all_of_them_and_who_is_missing_each_time(
    schools: TwoSchools,
) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    opened = (await schools.decide(draft, Verdict.REFER)).opened
    assert opened is not None
    await attest(schools, opened, "Mona")
    told: list[set[str]] = []
    waits = [(await cases.standing(schools.office, schools.scope, opened.case.id)).wait]
    for number in (1, 2, 2):
        before = len(await schools.mails("safety"))
        standing = await cases.page(schools.office, schools.scope, opened.case.id, number)
        told.append({row["to_address"].split("@")[0] for row in (await schools.mails("safety"))[before:]})
        waits.append(standing.wait)
    assert told == [{"cora", "tess"}, {"coco", "cora", "tess"}, set()], "the same page again tells nobody"
    assert waits == [timedelta(minutes=15), *[timedelta(hours=1)] * 3]
    await attest(schools, opened, "Tess")
    before = len(await schools.mails("safety"))
    assert (await cases.page(schools.office, schools.scope, opened.case.id, 3)).missing == 0
    assert len(await schools.mails("safety")) == before


# ---- what becomes of the letter


async def test_while_a_case_is_open_nothing_is_delivered_decided_or_replaced(schools: TwoSchools) -> None:
    approved = await schools.write("Ana", Side.STUDENT)
    await schools.decide(approved)
    await worry(schools, approved, Concern.SAD)
    assert await schools.release("Ana", approved) is Held.CASE
    undecided = await schools.write("Ben", Side.STUDENT)
    await worry(schools, undecided, Concern.SAD)
    with pytest.raises(NotTaken, match="under a case"):
        await schools.decide(undecided)
    with pytest.raises(NotTaken, match="is being read and can't be changed now"):
        await schools.write("Ben", Side.STUDENT, "Another one.")
    assert undecided.id not in {one.draft_id for one in await letters.waiting(schools.office, schools.scope)}


async def test_a_release_waits_for_the_case_that_is_being_committed_and_delivers_nothing(
    schools: TwoSchools,
) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft)
    async with schools.database.transaction(schools.scope) as connection:
        await store.lock_letter(connection, draft.id)
        await store.open_case(connection, draft.id, Concern.SAD, schools.staff["Tess"])
        release = asyncio.create_task(schools.release("Ana", draft))
        await schools.until_it_waits(release)
        assert not release.done()
    with pytest.raises(asyncpg.CheckViolationError, match="held by a case"):
        await release
    assert await schools.release("Ana", draft) is Held.CASE, "as the next attempt finds it"
    assert await schools.count("delivery") == 0


async def test_a_referred_letter_is_delivered_by_the_closing_of_its_case(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    opened = (await schools.decide(draft, Verdict.REFER)).opened
    assert opened is not None
    for reader in ("Mona", "Tess"):
        await attest(schools, opened, reader)
    done = await close(schools, opened, DELIVER)
    assert [(tell.fact, tell.body["verdict"]) for tell in done.tells] == [("letter_decided", "approve")]
    assert isinstance(await schools.release("Ana", draft), Delivery)


async def test_a_letter_that_was_approved_before_goes_on_when_its_case_closes(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await schools.decide(draft)
    opened = await worry(schools, draft, Concern.UNSURE)
    with pytest.raises(NotTaken, match="no plan yet"):
        await close(schools, opened, DELIVER)
    await plan(schools, opened)
    done = await close(schools, opened, DELIVER)
    assert [tell.fact for tell in done.tells] == ["gate_opened"]
    assert isinstance(await schools.release("Ana", draft), Delivery)


async def test_a_returned_letter_comes_again_and_a_kept_one_stays(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    opened = await worry(schools, draft, Concern.FAMILY)
    await plan(schools, opened)
    with pytest.raises(NotTaken, match="before counsel was asked"):
        await close(schools, opened, DELIVER)
    with pytest.raises(NotTaken, match="needs its reasons"):
        await close(schools, opened, Word(LetterOutcome.RETURN))
    await close(schools, opened, RETURN)
    assert await schools.mailed_to("returned") == ["tess@staff.example"]
    again = await schools.write("Ana", Side.STUDENT, "Without an address.")
    await schools.decide(again)
    kept = await worry(schools, again, Concern.SAD)
    await plan(schools, kept)
    assert (await close(schools, kept, KEEP)).tells == ()
    assert await schools.release("Ana", again) is Held.CASE


async def test_a_case_that_closes_after_its_pairing_has_ended_asks_nobody_to_write_again(
    schools: TwoSchools,
) -> None:
    opened = await worry(schools, await schools.write("Ana", Side.STUDENT), Concern.SAD)
    await plan(schools, opened)
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"])
    assert (await close(schools, opened, RETURN)).closed
    assert await schools.mailed_to("returned") == []


async def test_a_delivered_letter_is_not_returned_to_be_written_again(schools: TwoSchools) -> None:
    delivery = await schools.deliver("Ana", Side.STUDENT)
    draft = DraftRecord(delivery.draft_id, delivery.draft_id, 1, b"", BEGIN, known=True)
    opened = await worry(schools, draft, Concern.SAD, by="Olga")
    await plan(schools, opened)
    with pytest.raises(NotTaken, match="delivered already"):
        await close(schools, opened, RETURN)
    assert (await close(schools, opened, KEEP)).closed


async def test_a_letter_is_taken_out_of_a_pack_that_is_still_closed_and_a_person_finds_another(
    schools: TwoSchools,
) -> None:
    delivery = await schools.deliver("Ana", Side.OFFICER)
    year = schools.year("north")

    async def packed() -> int:
        async with schools.database.transaction(schools.scope) as connection:
            return len(await deliveries.pack(connection, year, "5A", 1))

    async def called() -> int:
        asked = "SELECT count(*) FROM attention WHERE kind = 'empty place in a pack' AND closed_at IS NULL"
        count: int = await schools.admin.fetchval(asked)
        return count

    assert (await packed(), await called()) == (1, 0)
    draft = DraftRecord(delivery.draft_id, delivery.draft_id, 1, b"", BEGIN, known=True)
    opened = await worry(schools, draft, Concern.UNSURE, by="Mona")
    assert (await packed(), await called()) == (0, 1)
    await plan(schools, opened)
    await close(schools, opened, DELIVER)
    assert (await packed(), await called()) == (1, 0)


async def empty_places(schools: TwoSchools) -> int:
    asked = "SELECT count(*) FROM attention WHERE kind = 'empty place in a pack' AND closed_at IS NULL"
    count: int = await schools.admin.fetchval(asked)
    return count


@pytest.mark.parametrize("outcome", [DELIVER, KEEP])
async def test_the_pack_has_come_meanwhile_and_the_teacher_hears_of_a_letter_that_goes_on_after_all(
    schools: TwoSchools, outcome: Word
) -> None:
    await year.open_year(schools.office, schools.scope, schools.year("north"))
    await schools.deliver("Ben", Side.OFFICER)
    delivery = await schools.deliver("Ana", Side.OFFICER)
    draft = DraftRecord(delivery.draft_id, delivery.draft_id, 1, b"", BEGIN, known=True)
    opened = await worry(schools, draft, Concern.UNSURE, by="Mona")
    assert await empty_places(schools) == 1
    await schools.at(datetime(2026, 10, 13, 13, tzinfo=UTC))
    await year.send_packs(schools.office, schools.scope, schools.year("north"), 1)
    assert await empty_places(schools) == 0, "nobody can fill it any more"
    await plan(schools, opened, day=date(2026, 10, 20))
    await close(schools, opened, outcome)
    assert await empty_places(schools) == 0
    told = [row["message"] for row in await schools.mails("pack") if row["key"].startswith("after-pack-")]
    assert len(told) == (1 if outcome is DELIVER else 0)
    assert all(b"The letter to Ana for opening day 1" in one for one in told)


# ---- a letter and its copy, under more than one case


def left_out(schools: TwoSchools, by: str) -> Copy:
    text = "Hello. [...]"
    return Copy(TypedLetter(text), screen(text), made_by=schools.staff[by])


async def copy_of(schools: TwoSchools, draft: DraftRecord) -> DraftRecord:
    row = await schools.admin.fetchrow(
        "SELECT id, letter_id, number, hash, received_at, true AS known FROM draft WHERE source = $1",
        draft.id,
    )
    return DraftRecord(**dict(row or {}))


@pytest.mark.parametrize("approved", [True, False])
async def test_another_case_lets_the_copy_go_and_never_the_letter_that_it_was_made_of(
    schools: TwoSchools, approved: bool
) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "Hello. They took my father away.")
    if approved:
        await schools.decide(draft)
    family, sad = await worry(schools, draft, Concern.FAMILY), await worry(schools, draft, Concern.SAD)
    for one in (family, sad):
        await plan(schools, one)
    await close(schools, family, Word(LetterOutcome.DELIVER, copy=left_out(schools, "Coco")))
    copy = await copy_of(schools, draft)
    assert await schools.release("Ana", copy) is Held.CASE
    with pytest.raises(NotTaken, match="copy of this letter has been approved"):
        await close(schools, sad, RETURN)
    assert [tell.fact for tell in (await close(schools, sad, DELIVER)).tells] == ["gate_opened"]
    assert await schools.release("Ana", draft) in {Held.CASE, Held.NO_SUCH_DECISION}
    assert isinstance(await schools.release("Ana", copy), Delivery)
    async with schools.database.transaction(schools.scope) as connection:
        rows = await counsel_page.cases_of(connection, schools.staff["Coco"])
    assert [(row.outcome, row.held) for row in rows] == [(LetterOutcome.DELIVER, False)] * 2


@pytest.mark.parametrize("outcome", [DELIVER, KEEP])
async def test_a_worry_about_a_letter_whose_copy_is_in_a_pack_takes_that_out_and_may_let_it_go(
    schools: TwoSchools, outcome: Word
) -> None:
    draft = await schools.write("Ana", Side.OFFICER, "Hello. My number is 314-555-0100.")
    await letters.approve_copy(
        schools.office,
        schools.scope,
        source_id=draft.id,
        source_hash=draft.hash,
        made=left_out(schools, "Mona"),
    )
    assert isinstance(await schools.release("Ana", await copy_of(schools, draft)), Delivery)
    await schools.at(BEGIN + timedelta(hours=1))
    opened = await worry(schools, draft, Concern.UNSURE, by="Mona")
    assert await empty_places(schools) == 1
    async with schools.database.transaction(schools.scope) as connection:
        (row,) = await counsel_page.cases_of(connection, schools.staff["Coco"])
    assert row.had_gone_on
    await plan(schools, opened)
    await close(schools, opened, outcome)
    async with schools.database.transaction(schools.scope) as connection:
        packed = len(await deliveries.pack(connection, schools.year("north"), "5A", 1))
    assert (packed, await empty_places(schools)) == ((1, 0) if outcome is DELIVER else (0, 1))


async def test_who_is_shown_what_a_copy_was_made_of_has_read_the_copy_in_which_harm_is_suspected(
    schools: TwoSchools,
) -> None:
    draft = await schools.write("Ana", Side.STUDENT, "Hello. My number is 314-555-0100.")
    await letters.approve_copy(
        schools.office,
        schools.scope,
        source_id=draft.id,
        source_hash=draft.hash,
        made=left_out(schools, "Cora"),
    )
    opened = await worry(schools, await copy_of(schools, draft), Concern.HARM)
    assert "mona@staff.example" not in await schools.mailed_to("safety")
    await letters.show(schools.office, schools.scope, draft.id, to=schools.staff["Mona"])
    assert "mona@staff.example" in await schools.mailed_to("safety")
    assert (await attest(schools, opened, "Mona")).still_to_attest == 2


async def test_nobody_is_asked_to_write_a_letter_again_that_another_case_still_holds(
    schools: TwoSchools,
) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    sad, unsure = await worry(schools, draft, Concern.SAD), await worry(schools, draft, Concern.UNSURE)
    for one in (sad, unsure):
        await plan(schools, one)
    with pytest.raises(NotTaken, match="Another case about this letter is open"):
        await close(schools, sad, RETURN)
    assert await schools.mailed_to("returned") == []
    await close(schools, sad, DELIVER)
    await close(schools, unsure, RETURN)
    assert await schools.mailed_to("returned") == ["tess@staff.example"]
    assert not (await schools.write("Ana", Side.STUDENT, "Without an address.")).known


async def test_a_plan_is_the_counselors_with_a_school_day_to_come(schools: TwoSchools) -> None:
    opened = await worry(schools, await schools.write("Ana", Side.STUDENT), Concern.SAD)
    with pytest.raises(NotTaken, match="Only the counselor"):
        await plan(schools, opened, by="Cora")
    with pytest.raises(NotTaken, match="is over"):
        await plan(schools, opened, day=date(2026, 8, 31))
    with pytest.raises(NotTaken, match="a Saturday"):
        await plan(schools, opened, day=date(2026, 9, 5))
    with pytest.raises(NotTaken, match=r"“Nobody” is no partner"):
        await cases.plan(
            schools.office,
            schools.scope,
            case_id=opened.case.id,
            by=schools.staff["Coco"],
            look_again_on=SOON,
            partners=["Nobody"],
        )
    assert await schools.count("case_plan") == 0


async def test_counsel_that_is_still_to_be_asked_has_not_been_asked(schools: TwoSchools) -> None:
    opened = await worry(schools, await schools.write("Ana", Side.STUDENT), Concern.FAMILY)
    await plan(schools, opened)
    for day, taken in ((date(2099, 1, 1), False), (date(2026, 9, 2), False), (date(2026, 9, 1), True)):
        word = Word(LetterOutcome.DELIVER, counsel_asked_on=day)
        if taken:
            assert (await close(schools, opened, word)).closed
            continue
        with pytest.raises(NotTaken, match="is still to come"):
            await close(schools, opened, word)


# ---- an officer's conduct


async def test_conduct_stops_the_officer_at_once_and_coordinator_and_liaison_decide(
    schools: TwoSchools,
) -> None:
    await schools.deliver("Ana", Side.OFFICER, "A letter for opening day.")
    theirs = await schools.write("Ana", Side.OFFICER, "Let us keep this a secret.", round_number=2)
    childs = await schools.write("Ana", Side.STUDENT)
    await schools.decide(childs)
    opened = await worry(schools, theirs, Concern.CONDUCT, by="Mona")
    assert await schools.mailed_to("safety") == ["cora@staff.example", "lee@staff.example"]
    assert await schools.release("Ana", childs) is Held.OFFICER_STOPPED
    asked = "SELECT count(*) FROM attention WHERE kind = 'empty place in a pack' AND closed_at IS NULL"
    assert await schools.admin.fetchval(asked) == 1, "their other letters wait too"
    with pytest.raises(NotTaken, match="Your letters rest for now"):
        await schools.write("Ana", Side.OFFICER, "Why?", round_number=1)
    with pytest.raises(NotTaken, match="never answered with a friendly return"):
        await close(schools, opened, RETURN, by="Cora")
    with pytest.raises(NotTaken, match="go on with all pals, or leave for good"):
        await close(schools, opened, KEEP, by="Cora")
    leaves, resumes = (
        Word(LetterOutcome.KEEP, one) for one in (OfficerOutcome.LEAVES, OfficerOutcome.RESUMES)
    )
    assert (await close(schools, opened, leaves, by="Cora")).waits_for == ("liaison",)
    assert (await close(schools, opened, resumes, by="Lee")).waits_for == ("coordinator",), "they disagree"
    done = await close(schools, opened, resumes, by="Cora")
    assert done.closed
    assert [tell.fact for tell in done.tells] == ["gate_opened"]
    assert isinstance(await schools.release("Ana", childs), Delivery)
    assert await schools.admin.fetchval(asked) == 0


async def test_an_officer_who_leaves_has_no_pal_any_more_and_the_child_gets_another_one(
    schools: TwoSchools,
) -> None:
    opened = await worry(schools, await schools.write("Ana", Side.OFFICER), Concern.CONDUCT, by="Mona")
    childs = await schools.write("Ana", Side.STUDENT)
    await schools.decide(childs)
    leaves = Word(LetterOutcome.KEEP, OfficerOutcome.LEAVES)
    await close(schools, opened, leaves, by="Cora")
    assert (await close(schools, opened, leaves, by="Lee")).closed
    assert await schools.release("Ana", childs) is Held.ENDED
    ended = await schools.admin.fetchrow(
        "SELECT end_reason, reason FROM pairing JOIN ending ON pairing_id = id WHERE id = $1",
        schools.pairing["Ana"],
    )
    assert tuple(ended or ()) == ("officer left", "stopped"), "the cause is the office's to know"
    sought = await schools.admin.fetchval(
        "SELECT count(*) FROM replacement WHERE pairing_id = $1 AND closed_at IS NULL", schools.pairing["Ana"]
    )
    assert sought == 1


async def test_the_liaison_is_left_out_when_the_policy_says_so(schools: TwoSchools) -> None:
    await schools.admin.execute(
        """UPDATE program SET definition = jsonb_set(definition, '{safety,liaison_decides}', 'false')"""
    )
    opened = await worry(schools, await schools.write("Ana", Side.OFFICER), Concern.CONDUCT, by="Mona")
    assert await schools.mailed_to("safety") == ["cora@staff.example"]
    assert (await close(schools, opened, Word(LetterOutcome.KEEP, OfficerOutcome.RESUMES), by="Cora")).closed


async def is_also_olga(schools: TwoSchools, who: str) -> None:
    """One address, and so one person."""
    await schools.admin.execute(
        "UPDATE staff SET email = 'Olga@city.example' WHERE id = $1", schools.staff[who]
    )


async def has_no_role_any_more(schools: TwoSchools, who: str) -> None:
    await schools.admin.execute("DELETE FROM staff_role WHERE staff_id = $1", schools.staff[who])


async def told_each_day(schools: TwoSchools) -> list[str]:
    """Who is asked for their word in the next morning's mail."""
    await schools.at(BEGIN + timedelta(days=1))
    await daily.compose_daily_mail(schools.office, schools.scope, (BEGIN + timedelta(days=1)).date())
    return [row["to_address"] for row in await schools.mails("case") if row["key"].startswith("daily-")]


async def test_a_liaison_hears_nothing_of_a_case_about_themselves_and_it_closes_without_them(
    schools: TwoSchools,
) -> None:
    await is_also_olga(schools, "Lee")
    opened = await worry(schools, await schools.write("Ana", Side.OFFICER), Concern.CONDUCT, by="Mona")
    assert await schools.mailed_to("safety") == ["cora@staff.example"]
    assert await told_each_day(schools) == ["cora@staff.example"]
    assert (await close(schools, opened, Word(LetterOutcome.KEEP, OfficerOutcome.RESUMES), by="Cora")).closed


async def test_a_coordinator_hears_nothing_of_a_case_about_themselves_and_another_one_decides(
    schools: TwoSchools,
) -> None:
    await is_also_olga(schools, "Cora")
    await schools.admin.execute(
        "INSERT INTO staff_role (staff_id, program_id, role) VALUES ($1, 'stl', 'coordinator')",
        schools.staff["Tess"],
    )
    await worry(schools, await schools.write("Ana", Side.OFFICER), Concern.CONDUCT, by="Mona")
    assert await schools.mailed_to("safety") == ["lee@staff.example", "tess@staff.example"]
    assert sorted(await told_each_day(schools)) == ["lee@staff.example", "tess@staff.example"]


async def test_another_liaison_of_the_agency_decides_with_the_coordinator(schools: TwoSchools) -> None:
    await is_also_olga(schools, "Lee")
    await schools.admin.execute(
        "UPDATE staff_role SET agency_id = 'city' WHERE staff_id = $1", schools.staff["Lou"]
    )
    opened = await worry(schools, await schools.write("Ana", Side.OFFICER), Concern.CONDUCT, by="Mona")
    assert await schools.mailed_to("safety") == ["cora@staff.example", "lou@staff.example"]
    resumes = Word(LetterOutcome.KEEP, OfficerOutcome.RESUMES)
    assert (await close(schools, opened, resumes, by="Cora")).waits_for == ("liaison",)
    assert (await close(schools, opened, resumes, by="Lou")).closed


async def test_when_the_only_liaison_has_gone_the_coordinator_closes_the_case(schools: TwoSchools) -> None:
    opened = await worry(schools, await schools.write("Ana", Side.OFFICER), Concern.CONDUCT, by="Mona")
    resumes = Word(LetterOutcome.KEEP, OfficerOutcome.RESUMES)
    assert (await close(schools, opened, resumes, by="Cora")).waits_for == ("liaison",)
    await has_no_role_any_more(schools, "Lee")
    assert await told_each_day(schools) == ["cora@staff.example"]
    assert (await close(schools, opened, resumes, by="Cora")).closed


@pytest.mark.parametrize("claimed", [False, True])
async def test_conduct_within_the_readers_five_minutes_and_the_friendly_return_does_not_leave(
    schools: TwoSchools, claimed: bool
) -> None:
    theirs = await schools.write("Ana", Side.OFFICER, "Let us keep this a secret.")
    await letters.decide(
        schools.office,
        schools.scope,
        draft_id=theirs.id,
        draft_hash=theirs.hash,
        verdict=Verdict.RETURN,
        decided_by=schools.staff["Mona"],
        reason_for_child="Tell it another way.",
        reason_for_adult="It asks for a secret.",
        told_after=timedelta(minutes=5),
    )
    if claimed:
        await schools.at(BEGIN + timedelta(minutes=5))
        await claim(schools)
    opened = await worry(schools, theirs, Concern.CONDUCT, by="Tess")
    await schools.at(BEGIN + timedelta(minutes=30))
    assert "olga@city.example" not in await claim(schools), "and nothing else to this officer"
    resumes = Word(LetterOutcome.KEEP, OfficerOutcome.RESUMES)
    await close(schools, opened, resumes, by="Cora")
    await close(schools, opened, resumes, by="Lee")
    left = {row["kind"] for row in await schools.mails() if row["to_address"] == "olga@city.example"}
    assert left == {"introduction", "returned"}
    await claim(schools)
    rows = await schools.admin.fetch(
        "SELECT kind, state FROM mail WHERE to_address = 'olga@city.example' ORDER BY kind"
    )
    assert [tuple(row) for row in rows] == [("introduction", "claimed"), ("returned", "cancelled")], (
        "what waited goes when the officer resumes"
    )


async def test_while_an_officers_conduct_is_looked_at_no_mail_leaves_to_them_but_safety(
    schools: TwoSchools,
) -> None:
    another = await schools.write("Ana", Side.OFFICER, "Another one.", round_number=2)
    await worry(schools, await schools.write("Ana", Side.OFFICER), Concern.CONDUCT, by="Tess")
    await schools.decide(another, Verdict.RETURN)
    await schools.deliver("Ben", Side.STUDENT)
    told = await claim(schools)
    assert "olga@city.example" not in told
    assert "omar@city.example" in told


@pytest.mark.parametrize("claimed", [False, True])
async def test_mail_to_an_officers_former_address_waits_for_the_case_too(
    schools: TwoSchools, claimed: bool
) -> None:
    await schools.decide(
        await schools.write("Ana", Side.OFFICER, "Another one.", round_number=2), Verdict.RETURN
    )
    await moves_to(schools, "Olga", "olga.new@city.example")
    if claimed:
        assert "olga@city.example" in await claim(schools)
    await worry(schools, await schools.write("Ana", Side.OFFICER), Concern.CONDUCT, by="Tess")
    assert "olga@city.example" not in await claim(schools)
    held = [row["state"] for row in await schools.mails() if row["to_address"] == "olga@city.example"]
    assert set(held) <= {"pending", "retry"}, "also what a batch had in hand"


async def moves_to(schools: TwoSchools, officer: str, address: str) -> None:
    """By the roster."""
    await schools.admin.execute(
        "UPDATE officer SET email = $2 WHERE id = $1", schools.officer[officer], address
    )


async def claim(schools: TwoSchools) -> list[str]:
    """To whom the outbox would send now."""
    async with schools.database.transaction(schools.scope) as connection:
        return [one.to_address for one in await mail.claim(connection, uuid4(), 100)]


# ---- the daily mail


async def test_the_daily_mail_asks_for_a_plan_then_for_a_look_and_for_the_word_of_who_decides(
    schools: TwoSchools,
) -> None:
    sad = await worry(schools, await schools.write("Ana", Side.STUDENT), Concern.SAD)
    theirs = await worry(schools, await schools.write("Ben", Side.OFFICER), Concern.CONDUCT, by="Mona")

    async def said_on(day: date) -> dict[str, str]:
        await schools.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        await daily.compose_daily_mail(schools.office, schools.scope, day)
        return {
            row["to_address"].split("@")[0]: row["message"].decode().replace("=\r\n", "")
            for row in await schools.mails("case")
            if row["key"].startswith(f"daily-{day}")
        }

    said = await said_on(date(2026, 9, 2))
    assert f"case {sad.case.id}: a plan by Wednesday, September 2" in said["coco"]
    asked = "the conduct of Omar Officer (City Police), looked at since September 1: it waits for your word"
    assert all(asked in said[who] for who in ("cora", "lee"))
    assert str(theirs.case.id) not in str(said)
    assert "/stl/board" in said["cora"]
    assert "/stl/cases" in said["lee"]
    assert str(sad.case.id) not in said["cora"]
    assert "there is none" in (await said_on(date(2026, 9, 3)))["cora"], "a plan that is overdue"
    await plan(schools, sad)
    assert str(sad.case.id) not in str(await said_on(date(2026, 9, 4)))
    assert f"case {sad.case.id}: look again" in (await said_on(SOON))["coco"]


async def test_a_case_that_is_closed_is_in_the_daily_mail_on_its_day_to_look_again_and_on_no_other(
    schools: TwoSchools,
) -> None:
    sad = await worry(schools, await schools.write("Ana", Side.STUDENT), Concern.SAD)
    await plan(schools, sad)
    await cases.note_read(schools.office, schools.scope, sad.case.draft_id, schools.staff["Coco"])
    await close(schools, sad, DELIVER)

    async def is_said_on(day: date) -> bool:
        await schools.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        await daily.compose_daily_mail(schools.office, schools.scope, day)
        return any(
            f"case {sad.case.id}: look again".encode() in row["message"].replace(b"=\r\n", b"")
            for row in await schools.mails("case")
            if row["key"].startswith(f"daily-{day}")
        )

    assert [await is_said_on(SOON + timedelta(days=days)) for days in (-1, 0, 1)] == [False, True, False]
