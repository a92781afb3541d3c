"""A consent that is withdrawn in mid-flight: row 10 of docs/faults.md, with a real database and a real conversation."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from bluepals.domain.people import ConsentScope
from bluepals.facts import consents
from bluepals.facts.daily import compose_daily_mail
from bluepals.mail.sending import Postbox
from bluepals.store import mail
from bluepals.store.database import Connection, Database
from tests.bluepals.facts.two_schools import BEGIN, OFFICERS_DUE, TwoSchools, two_schools
from tests.mailroom import Mailroom, parsed, smtp_settings
from tests.scripted_smtp import scripted_smtp

DAY = timedelta(days=1)
PATIENCE = timedelta(minutes=10)
EVE = OFFICERS_DUE - DAY  # when officers are reminded
Mark = Callable[[Connection, UUID, UUID, str], Awaitable[object]]


@pytest.fixture
async def schools(database: Database, admin: asyncpg.Connection) -> TwoSchools:
    """Everybody is introduced, and the mails that say so have not left."""
    schools = await two_schools(database, admin)
    await schools.pair()
    return schools


@pytest.fixture
async def room(database: Database, admin: asyncpg.Connection, schools: TwoSchools) -> AsyncIterator[Mailroom]:
    async with scripted_smtp() as smtp:
        room = Mailroom(database, admin, smtp, Postbox(smtp_settings(smtp.port)), BEGIN)
        yield room
        await room.postbox.close()


async def withdraw(schools: TwoSchools) -> None:
    await consents.withdraw(
        schools.office, schools.scope, "Ana", ConsentScope.LETTERS, by=schools.staff["Cora"]
    )


async def begun(schools: TwoSchools) -> tuple[UUID, UUID]:
    """The mail to Ana's officer, whose body is going out just now, and the claim of the batch that sends it."""
    claim = uuid4()
    async with schools.database.transaction(schools.scope) as connection:
        claimed = await mail.claim(connection, claim, 100)
        (first,) = [one.id for one in claimed if one.to_address == "olga@city.example"]
        await mail.mark_data_started(connection, first, claim, PATIENCE)
        await mail.release(connection, claim)
    return first, claim


async def state(schools: TwoSchools, mail_id: UUID) -> str:
    return str(await schools.admin.fetchval("SELECT state FROM mail WHERE id = $1", mail_id))


async def test_fault_10_nothing_of_the_child_leaves_after_the_commit(
    schools: TwoSchools, room: Mailroom
) -> None:
    await withdraw(schools)
    await room.send()
    assert [one for one in room.arrived() if b"Ana" in one.as_bytes()] == []
    states = {row["to_address"]: row["state"] for row in await schools.mails("introduction")}
    assert (states["family.ana@home.example"], states["olga@city.example"]) == ("cancelled", "cancelled")
    assert states["family.cleo@home.example"] == "sent", "what concerns others goes on"


async def test_fault_10_a_reminder_that_names_the_child_does_not_leave_either(
    schools: TwoSchools, room: Mailroom
) -> None:
    await schools.at(EVE)
    await compose_daily_mail(schools.office, schools.scope, EVE.date())
    await withdraw(schools)
    states = {row["to_address"]: row["state"] for row in await schools.mails("daily")}
    assert (states["olga@city.example"], states["omar@city.example"]) == ("cancelled", "pending")


async def test_fault_10_a_message_that_is_being_sent_is_on_record_as_sent(schools: TwoSchools) -> None:
    mail_id, claim = await begun(schools)
    await withdraw(schools)
    assert await state(schools, mail_id) == "data_started"
    async with schools.database.transaction(schools.scope) as connection:
        await mail.mark_sent(connection, mail_id, claim, "250 2.0.0 Ok")
    assert await state(schools, mail_id) == "sent"


@pytest.mark.parametrize(
    ("answer", "mark", "end"),
    [
        ("none", mail.mark_unknown, "unknown"),
        ("451 4.7.1 Later", mail.mark_refused_for_now, "cancelled"),
    ],
)
async def test_fault_10_a_message_that_did_not_get_through_is_not_tried_again(
    schools: TwoSchools, room: Mailroom, answer: str, mark: Mark, end: str
) -> None:
    mail_id, claim = await begun(schools)
    await withdraw(schools)
    async with schools.database.transaction(schools.scope) as connection:
        await mark(connection, mail_id, claim, answer)
    await room.send_for(2 * DAY, timedelta(hours=6))
    assert await state(schools, mail_id) == end
    assert [one for one in room.arrived() if b"Ana" in one.as_bytes()] == []


async def test_fault_10_no_timer_and_no_reminder_speaks_of_the_child_any_more(
    schools: TwoSchools,
) -> None:
    await withdraw(schools)
    await schools.at(EVE)
    await compose_daily_mail(schools.office, schools.scope, EVE.date())
    daily = await schools.mails("daily")
    assert "olga@city.example" not in [row["to_address"] for row in daily]
    assert all(b"Ana" not in parsed(row["message"]).as_bytes() for row in daily)
