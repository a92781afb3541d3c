"""An end's own transaction: what goes out no more, what everybody may know, and what can be taken back."""

from datetime import timedelta

import pytest

from bluepals.domain.letters import Side
from bluepals.facts import endings, letters
from bluepals.facts.endings import EndingRefused
from bluepals.facts.office import Letterhead
from bluepals.store import mail
from bluepals.store.database import Scope
from bluepals.store.deliveries import Held
from bluepals.store.endings import Reason
from tests.bluepals.facts.two_schools import BEGIN, TwoSchools

WEEKS = timedelta(weeks=2)


async def end(schools: TwoSchools, child: str, reason: Reason, *, farewell: bool = False) -> bool:
    return await endings.end(
        schools.office,
        schools.scope,
        schools.pairing[child],
        reason,
        farewell_until=BEGIN + WEEKS if farewell else None,
        by=schools.staff["Cora"],
    )


async def release(schools: TwoSchools, child: str) -> object:
    draft = await schools.write(child, Side.STUDENT, "Hello.")
    await schools.decide(draft)
    return await letters.release(
        schools.office,
        schools.scope,
        pairing_id=schools.pairing[child],
        draft_id=draft.id,
        draft_hash=draft.hash,
    )


@pytest.mark.parametrize("reason", [reason for reason in Reason if not reason.has_farewell])
async def test_fault_10_from_the_commit_on_nothing_goes_out(schools: TwoSchools, reason: Reason) -> None:
    await end(schools, "Ana", reason, farewell=True)
    assert await release(schools, "Ana") is Held.ENDED


async def test_fault_10_queued_mail_is_cancelled_and_that_of_others_is_not(schools: TwoSchools) -> None:
    async with schools.database.transaction(schools.scope) as connection:
        for key, kind, child in (("a", "letter", "Ana"), ("b", "safety", "Ana"), ("c", "letter", "Ben")):
            queued = mail.QueuedMail(
                key, kind, "x@y.example", f"<{key}@y>", b"words", pairing_id=schools.pairing[child]
            )
            await mail.queue(connection, queued)
    await end(schools, "Ana", Reason.CONSENT_WITHDRAWN)
    rows = await schools.admin.fetch("SELECT key, state FROM mail WHERE to_address = 'x@y.example'")
    assert dict(map(tuple, rows)) == {"a": "cancelled", "b": "pending", "c": "pending"}


async def test_a_second_end_changes_nothing(schools: TwoSchools) -> None:
    assert await end(schools, "Ana", Reason.BUSY, farewell=True)
    assert not await end(schools, "Ana", Reason.STOPPED)
    assert await schools.admin.fetchval("SELECT reason FROM ending") == "busy"


async def test_the_cause_is_seen_by_the_office_alone(schools: TwoSchools) -> None:
    await end(schools, "Ana", Reason.STOPPED)
    whole = Scope.whole(schools.program)
    seen = {}
    for name, scope in {
        "office": whole,
        "school": Scope(schools.program, schools=("north",)),
        "agency": Scope(schools.program, agencies=("city",)),
    }.items():
        async with schools.database.transaction(scope) as connection:
            seen[name] = (
                await connection.fetchval("SELECT count(*) FROM ending"),
                await connection.fetchval(
                    "SELECT end_reason FROM pairing WHERE id = $1", schools.pairing["Ana"]
                ),
            )
    assert seen == {
        "office": (1, "officer left"),
        "school": (0, "officer left"),
        "agency": (0, "officer left"),
    }


async def take_back(schools: TwoSchools) -> None:
    async with schools.office.committing(schools.scope) as connection:
        letterhead = await Letterhead.of(schools.office, connection)
        await endings.take_back_in(connection, letterhead, schools.pairing["Ana"], schools.staff["Cora"])


async def test_a_mistake_is_taken_back_while_no_farewell_has_gone_out(schools: TwoSchools) -> None:
    await end(schools, "Ana", Reason.MOVED, farewell=True)
    await take_back(schools)
    assert await end(schools, "Ana", Reason.MOVED, farewell=True), "as if it had never been"
    await release(schools, "Ana")
    with pytest.raises(EndingRefused, match=r"A farewell of pairing .* has gone out"):
        await take_back(schools)


async def test_what_has_ended_is_not_taken_back(schools: TwoSchools) -> None:
    await end(schools, "Ana", Reason.STOPPED)
    with pytest.raises(EndingRefused, match="has ended"):
        await take_back(schools)
