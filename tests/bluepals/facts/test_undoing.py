"""A decision taken back: its own reader's, before anybody has heard of it; and never beside a release."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from bluepals.domain.letters import Side, Verdict
from bluepals.facts import letters
from bluepals.store import reading_page, tells
from bluepals.store.deliveries import Delivery, Held
from bluepals.store.letters import DraftRecord
from tests.bluepals.facts.two_schools import BEGIN, TwoSchools

WINDOW = timedelta(minutes=5)


async def decide(
    schools: TwoSchools, draft: DraftRecord, verdict: Verdict = Verdict.APPROVE, *, by: str = "Mona"
) -> None:
    await letters.decide(
        schools.office,
        schools.scope,
        draft_id=draft.id,
        draft_hash=draft.hash,
        verdict=verdict,
        decided_by=schools.staff[by],
        reason_for_child="Please leave out your address.",
        reason_for_adult="It holds an address.",
        told_after=WINDOW,
    )


async def take_back(schools: TwoSchools, draft: DraftRecord, *, by: str = "Mona") -> bool:
    async with schools.database.transaction(schools.scope) as connection:
        return await reading_page.take_back(connection, draft.id, schools.staff[by])


async def due(schools: TwoSchools) -> list[str]:
    async with schools.database.transaction(schools.scope) as connection:
        return [one.fact for one in await tells.due(connection, 10) if one.fact == "letter_decided"]


async def test_nobody_is_told_before_its_time(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await decide(schools, draft)
    await schools.at(BEGIN + WINDOW - timedelta(seconds=1))
    assert await due(schools) == []
    await schools.at(BEGIN + WINDOW)
    assert await due(schools) == ["letter_decided"]


async def test_it_is_as_if_it_had_never_been_said_and_on_record_that_it_was(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await decide(schools, draft)
    assert await take_back(schools, draft)
    assert await schools.release("Ana", draft) is Held.NO_SUCH_DECISION
    await schools.at(BEGIN + WINDOW)
    assert await due(schools) == []
    row = await schools.admin.fetchrow("SELECT * FROM undone_decision")
    assert row is not None
    assert (row["draft_id"], row["hash"], row["verdict"]) == (draft.id, draft.hash, "approve")
    assert (row["decided_by"], row["undone_at"]) == (schools.staff["Mona"], BEGIN)
    await decide(schools, draft, by="Cora")
    assert isinstance(await schools.release("Ana", draft), Delivery)


async def test_the_mail_about_a_letter_that_came_back_never_leaves_and_a_second_one_does(
    schools: TwoSchools,
) -> None:
    draft = await schools.write("Ana", Side.OFFICER)
    await decide(schools, draft, Verdict.RETURN)
    assert await take_back(schools, draft)
    await decide(schools, draft, Verdict.RETURN)
    first, second = await schools.mails("returned")
    assert (first["state"], second["state"]) == ("cancelled", "pending")
    assert second["next_attempt_at"] == BEGIN + WINDOW


async def test_it_is_the_readers_own_to_take_back(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await decide(schools, draft)
    assert not await take_back(schools, draft, by="Cora")
    assert await schools.count("undone_decision") == 0
    assert await schools.count("decision") == 1


async def test_once_it_is_to_be_told_it_stands(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await decide(schools, draft)
    await schools.at(BEGIN + WINDOW)
    assert not await take_back(schools, draft)


@pytest.mark.parametrize("verdict", [Verdict.REFER, Verdict.RETURN])
async def test_a_referral_stands_and_so_does_what_has_been_followed(
    schools: TwoSchools, verdict: Verdict
) -> None:
    draft = await schools.write("Ana", Side.OFFICER)
    await decide(schools, draft, verdict)
    if verdict is Verdict.RETURN:
        await schools.write("Ana", Side.OFFICER, "Another letter.")
    assert not await take_back(schools, draft)


async def test_an_approved_stock_letter_may_be_taken_back_until_a_child_has_it(schools: TwoSchools) -> None:
    (first, *_) = await schools.stock_drafts()
    await decide(schools, first)
    await schools.at(BEGIN + timedelta(days=1))
    assert await take_back(schools, first)
    await decide(schools, first)
    assert await letters.put_stock_letter(schools.office, schools.scope, schools.pairing["Ana"], 1)
    assert not await take_back(schools, first)


async def test_a_delivered_letter_keeps_its_decision_whatever_the_clock_says(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await decide(schools, draft)
    assert isinstance(await schools.release("Ana", draft), Delivery)
    assert not await take_back(schools, draft)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await schools.admin.execute("DELETE FROM decision WHERE draft_id = $1", draft.id)


async def test_a_release_waits_for_the_undoing_that_is_being_committed(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await decide(schools, draft)
    async with schools.database.transaction(schools.scope) as connection:
        assert await reading_page.take_back(connection, draft.id, schools.staff["Mona"])
        releasing = asyncio.create_task(schools.release("Ana", draft))
        await schools.until_it_waits(releasing)
    assert await releasing is Held.NO_SUCH_DECISION
    assert await schools.count("delivery") == 0


async def test_an_undoing_and_a_release_at_once_leave_one_story(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    for _ in range(5):
        await decide(schools, draft)
        undone, released = await asyncio.gather(take_back(schools, draft), schools.release("Ana", draft))
        assert undone is not isinstance(released, Delivery)
        if not undone:
            break


async def test_what_is_being_taken_back_is_told_to_nobody(schools: TwoSchools) -> None:
    draft = await schools.write("Ana", Side.STUDENT)
    await decide(schools, draft)
    async with schools.database.transaction(schools.scope) as connection:
        assert await reading_page.take_back(connection, draft.id, schools.staff["Mona"])
        await schools.at(BEGIN + WINDOW)
        assert await due(schools) == [], "its time has come in the very moment in which it is taken back"
