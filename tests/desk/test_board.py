"""The coordinator's board: what needs them, with the button there; how far the rounds are; who waits."""

import re
from uuid import UUID

import httpx
import pytest

from bluepals.facts import leaving, replacements
from bluepals.facts.office import Letterhead
from bluepals.store.endings import Reason
from tests.desk.town import FIRST_ROUND, SCOPE, Town, Visitor


@pytest.fixture
async def seeking(town: Town) -> Town:
    """Kim can't go on: Rita of the same agency is proposed for Zoe."""
    await leaving.leave(town.parts.office, SCOPE, town.officers["kim"], Reason.BUSY, by=town.staff["cora"])
    async with town.parts.office.committing(SCOPE) as connection:
        await replacements.seek(connection, await Letterhead.of(town.parts.office, connection))
    return town


async def takes(visitor: Visitor, key: str, step: str, **fields: str) -> httpx.Response:
    data = {"form": await visitor.form_key(), "step": step, **fields}
    return await visitor.http.post(f"{visitor.path}/{key}", data=data)


async def call_about_zoe(town: Town) -> str:
    key: str = await town.admin.fetchval("SELECT key FROM attention WHERE kind = 'new officer'")
    return key


async def test_an_empty_desk_says_so(town: Town) -> None:
    page = await town.coordinator("cora").sees()
    assert "Nothing needs you." in page
    assert "No letter waits for a reader." in page


async def test_letters_that_wait_are_counted_with_the_oldest(town: Town) -> None:
    await town.hands_in("noah", "Hello")
    await town.on(FIRST_ROUND)
    await town.hands_in("maya", "Hello")
    page = await town.coordinator("cora").sees()
    assert re.search(
        r"<strong>2</strong> letters wait for a reader, the oldest since Tuesday, September 1", page
    )


async def test_who_waits_for_a_pal_is_named(town: Town) -> None:
    assert "Uma Yang, class 5A, north: waits for a female officer" in await town.coordinator("cora").sees()


async def test_each_schools_rounds_are_there_in_words_too(town: Town) -> None:
    await town.delivers("noah", "Hello")
    page = await town.coordinator("cora").sees()
    assert "Round 1, North School. Children: 1 of 4 written, 1 read, 1 released" in page
    assert "Round 2, South School. Children: 0 of 1 written" in page


async def test_the_next_officer_is_approved_by_a_button(seeking: Town) -> None:
    cora, key = seeking.coordinator("cora"), await call_about_zoe(seeking)
    assert "is proposed as the next one" in await cora.sees()
    done = await takes(cora, key, "approve the officer")
    assert "Nothing needs you." in done.text
    approved: UUID = await seeking.admin.fetchval("SELECT approved_by FROM replacement")
    assert approved == seeking.staff["cora"]


async def test_a_rejection_needs_a_reason(seeking: Town) -> None:
    cora, key = seeking.coordinator("cora"), await call_about_zoe(seeking)
    refused = await takes(cora, key, "reject the officer")
    assert refused.status_code == 422
    assert "Say in a few words why this officer is not to be next" in refused.text
    done = await takes(cora, key, "reject the officer", why="They are neighbours.")
    assert done.status_code == 200
    assert await seeking.admin.fetchval("SELECT approved_by FROM replacement") is None


async def test_a_button_that_a_call_does_not_have_is_no_page(seeking: Town) -> None:
    cora, key = seeking.coordinator("cora"), await call_about_zoe(seeking)
    assert (await takes(cora, key, "send the warning")).status_code == 404
    assert (await takes(cora, "nothing", "approve the officer")).status_code == 404


async def test_a_call_that_another_has_answered_is_answered(seeking: Town) -> None:
    cora, key = seeking.coordinator("cora"), await call_about_zoe(seeking)
    await takes(cora, key, "approve the officer")
    assert (await takes(cora, key, "approve the officer")).status_code == 404


@pytest.mark.parametrize("name", ["tess", "mo", "coco", "sam"])
async def test_the_board_is_the_coordinators(town: Town, name: str) -> None:
    visitor = town.coordinator(name)
    assert (await visitor.http.get(visitor.path)).status_code == 403
