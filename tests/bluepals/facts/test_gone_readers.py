"""Who has read a letter of suspected harm and is gone: the dead owe nothing, who has left still does, and no case hangs on them."""

from datetime import timedelta
from uuid import UUID

import pytest

from bluepals.domain.cases import Concern, LetterOutcome
from bluepals.domain.letters import Side
from bluepals.facts import cases, closing, leaving, retention, staff
from bluepals.facts.cases import Opened
from bluepals.facts.closing import Word
from bluepals.store import case_lists
from bluepals.store.letters import NotTaken
from tests.bluepals.facts.two_schools import BEGIN, TwoSchools

OLGA = "olga@city.example"
HOUR = timedelta(hours=1)


async def tess_suspects_harm(schools: TwoSchools, draft_id: UUID) -> Opened:
    return await cases.worry(
        schools.office,
        schools.scope,
        draft_id=draft_id,
        by=schools.staff["Tess"],
        concern=Concern.HARM,
    )


async def read_by_olga(schools: TwoSchools) -> Opened:
    """Olga, who was given it, Tess, who typed it, and Mona, who approved it, have read the letter in which Tess suspects harm."""
    delivery = await schools.deliver("Ana", Side.STUDENT)
    return await tess_suspects_harm(schools, delivery.draft_id)


async def dies(schools: TwoSchools) -> None:
    await leaving.officer_died(
        schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Cora"]
    )


async def is_stopped(schools: TwoSchools) -> None:
    await leaving.stop(schools.office, schools.scope, schools.officer["Olga"], by=schools.staff["Lee"])


async def attest(schools: TwoSchools, opened: Opened, *readers: str) -> int:
    left = -1
    for reader in readers:
        by = schools.staff.get(reader) or schools.officer[reader]
        attested = await cases.attest(
            schools.office, schools.scope, case_id=opened.case.id, by=by, reported_at=None
        )
        left = attested.still_to_attest
    return left


async def page(schools: TwoSchools, opened: Opened, number: int) -> cases.Standing:
    return await cases.page(schools.office, schools.scope, opened.case.id, number)


async def not_reached(schools: TwoSchools, opened: Opened, *, by: str = "Coco", who: str = "Olga") -> int:
    return await cases.not_reached(
        schools.office,
        schools.scope,
        case_id=opened.case.id,
        by=schools.staff[by],
        person=schools.staff.get(who) or schools.officer[who],
    )


async def close(schools: TwoSchools, opened: Opened) -> bool:
    closed = await closing.close(
        schools.office,
        schools.scope,
        case_id=opened.case.id,
        by=schools.staff["Coco"],
        word=Word(LetterOutcome.KEEP),
    )
    return closed.closed


async def duties_of_olga(schools: TwoSchools) -> list[str]:
    """What was posted to her, and goes."""
    return [
        row["message"].decode().replace("=\r\n", "").replace("\r\n", " ")
        for row in await schools.mails("safety")
        if row["to_address"] == OLGA and row["state"] == "pending"
    ]


async def test_who_has_died_owes_nothing_and_nobody_attests_in_their_name(schools: TwoSchools) -> None:
    delivery = await schools.deliver("Ana", Side.STUDENT)
    await dies(schools)
    opened = await tess_suspects_harm(schools, delivery.draft_id)
    assert await duties_of_olga(schools) == []
    with pytest.raises(NotTaken, match="nobody attests in their name"):
        await attest(schools, opened, "Olga")
    assert (await page(schools, opened, 1)).missing == 2, "Tess and Mona"
    assert await duties_of_olga(schools) == []
    assert await attest(schools, opened, "Tess", "Mona") == 0
    assert await close(schools, opened)
    async with schools.database.transaction(schools.scope) as connection:
        readers = await case_lists.readers_of(connection, opened.case.id)
    assert [one["id"] for one in readers if one["has_died"]] == ["Olga"], "the case says so"


async def test_who_dies_while_the_case_is_open_is_waited_for_no_longer(schools: TwoSchools) -> None:
    opened = await read_by_olga(schools)
    assert len(await duties_of_olga(schools)) == 1
    await dies(schools)
    assert await duties_of_olga(schools) == [], "what had not left is called back, safety too"
    assert await attest(schools, opened, "Tess", "Mona") == 0
    assert (await page(schools, opened, 1)).missing == 0, "the stopwatch ends"


async def test_who_was_stopped_before_is_told_once_with_a_link_of_their_own(schools: TwoSchools) -> None:
    delivery = await schools.deliver("Ana", Side.STUDENT)
    await is_stopped(schools)
    opened = await tess_suspects_harm(schools, delivery.draft_id)
    for number in (1, 2, 3):
        assert (await page(schools, opened, number)).missing == 3, "the duty is theirs as before"
    (told,) = await duties_of_olga(schools)
    assert "1-800-422-4453" in told
    assert schools.office.links.attest("stl", opened.case.id, schools.officer["Olga"]) in told.replace(
        "=3D", "="
    )
    assert "/stl/cases" not in told, "where they can't enter"


async def test_who_is_stopped_meanwhile_gets_the_link_with_the_next_page(schools: TwoSchools) -> None:
    opened = await read_by_olga(schools)
    await is_stopped(schools)
    for number in (1, 2):
        await page(schools, opened, number)
    assert ["/attest/" in one for one in await duties_of_olga(schools)] == [False, True]


async def test_a_case_closes_once_its_counselor_has_recorded_who_could_not_be_reached(
    schools: TwoSchools,
) -> None:
    opened = await read_by_olga(schools)
    with pytest.raises(NotTaken, match="Olga still takes part in the program"):
        await not_reached(schools, opened)
    await is_stopped(schools)
    assert await attest(schools, opened, "Tess", "Mona") == 1
    with pytest.raises(NotTaken, match="1 reader of the letter has not attested yet"):
        await close(schools, opened)
    with pytest.raises(NotTaken, match="Only the counselor of this school"):
        await not_reached(schools, opened, by="Cora")
    with pytest.raises(NotTaken, match="have not read this letter"):
        await not_reached(schools, opened, who="Omar")
    for _ in range(2):
        assert await not_reached(schools, opened) == 0
    assert (await page(schools, opened, 1)).missing == 0
    assert await close(schools, opened)
    assert await schools.admin.fetchval("SELECT count(*) FROM attestation") == 2, "it is no attestation"
    recorded = await schools.admin.fetchval("SELECT recorded_by FROM case_unreachable")
    assert recorded == schools.staff["Coco"]


async def test_who_could_not_be_reached_may_still_attest(schools: TwoSchools) -> None:
    opened = await read_by_olga(schools)
    await is_stopped(schools)
    await attest(schools, opened, "Tess", "Mona")
    await not_reached(schools, opened)
    assert await attest(schools, opened, "Olga") == 0
    assert await schools.admin.fetchval("SELECT count(*) FROM attestation") == 3


async def test_a_member_of_the_staff_who_has_left_is_told_by_link_too_and_off_the_list(
    schools: TwoSchools,
) -> None:
    await schools.admin.execute(
        """UPDATE program SET definition = jsonb_set(definition, '{safety,told}', '["Tess", "counselor"]')"""
    )
    draft = await schools.write("Ana", Side.STUDENT)
    await staff.leave(schools.office, schools.scope, schools.staff["Tess"], by=schools.staff["Cora"])
    await cases.worry(
        schools.office, schools.scope, draft_id=draft.id, by=schools.staff["Mona"], concern=Concern.HARM
    )
    (told,) = [row for row in await schools.mails("safety") if row["to_address"] == "tess@staff.example"]
    assert "-duty-by-link-" in told["key"]


async def test_whoever_stands_on_an_open_case_is_not_erased_before_it_is_closed(schools: TwoSchools) -> None:
    opened = await read_by_olga(schools)
    await is_stopped(schools)
    await attest(schools, opened, "Tess", "Mona")
    await schools.admin.execute("UPDATE pairing SET ended_at = $1, end_reason = 'officer left'", BEGIN)
    await schools.at(BEGIN + timedelta(days=731))
    erased = "SELECT erased_at IS NOT NULL FROM officer WHERE external_id = 'Olga'"
    await retention.delete_batch(schools.office, schools.scope, "people")
    assert not await schools.admin.fetchval(erased)
    await not_reached(schools, opened)
    await close(schools, opened)
    await retention.delete_batch(schools.office, schools.scope, "people")
    assert await schools.admin.fetchval(erased)


async def test_nobody_is_asked_who_was_erased_before_somebody_worried(schools: TwoSchools) -> None:
    delivery = await schools.deliver("Ana", Side.STUDENT)
    await is_stopped(schools)
    await schools.admin.execute(
        "UPDATE officer SET erased_at = now(), first_name = 'erased', last_name = 'erased', email = id || '@erased.invalid'"
        " WHERE external_id = 'Olga'"
    )
    opened = await tess_suspects_harm(schools, delivery.draft_id)
    assert not any("erased" in one for one in await schools.mailed_to("safety"))
    assert await attest(schools, opened, "Tess", "Mona") == 0
