"""Outgoing mail: rows 18, 19, 21 to 24 and 26 of docs/faults.md, with a real database and a real conversation."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from bluepals.settings import SmtpSettings
from bluepals.store.database import Database
from tests.mailroom import Mailroom, open_mailroom
from tests.scripted_smtp import Deed, Phase

HALF_AN_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)
NOBODY_LISTENS = 1  # a port


@pytest.fixture
async def room(database: Database, admin: asyncpg.Connection) -> AsyncIterator[Mailroom]:
    async with open_mailroom(database, admin) as room:
        yield room


async def test_fault_18_the_envelope_names_the_address_of_the_row_and_no_other(room: Mailroom) -> None:
    for number in range(5):
        await room.queue(f"m{number}", to=f"officer{number}@pd.example")
    await room.send()
    assert len(room.smtp.stored) == 5
    for stored, message in zip(room.smtp.stored, room.arrived(), strict=True):
        assert stored.recipients == (str(message["To"]),)


@pytest.mark.parametrize(
    "address", ['"A" <evil@x.example>', "a@b.example, c@d.example", "a@b\r\nRCPT TO:<c@d>", "ä@b.example"]
)
async def test_fault_18_a_row_whose_address_is_none_fails_and_nothing_is_said_to_the_server(
    room: Mailroom, address: str
) -> None:
    await room.queue("m")
    await room.admin.execute("UPDATE mail SET to_address = $1", address)
    await room.send()
    assert await room.state("m") == "failed"
    assert room.smtp.commands == []
    assert len(await room.calls()) == 1


def test_fault_21_a_server_has_ten_minutes_to_answer_a_whole_message() -> None:
    assert SmtpSettings().reply_timeout == 600.0


@pytest.mark.parametrize("deed", [Deed.STORE_AND_DROP, Deed.STORE_AND_SILENCE])
async def test_fault_21_after_no_answer_the_same_message_goes_once_more(room: Mailroom, deed: Deed) -> None:
    await room.use(reply_timeout=0.2)
    room.smtp.will(Phase.BODY, deed)
    await room.queue("m")
    await room.send()
    assert await room.state("m") == "unknown"
    assert await room.pause("m") >= HALF_AN_HOUR
    await room.pass_time(HALF_AN_HOUR)
    await room.send()
    assert await room.state("m") == "sent"
    assert room.arrived_ids() == ["<m@bluepals.example>"] * 2
    assert room.smtp.stored[0] == room.smtp.stored[1]
    assert (await room.row("m"))["bodies_started"] == 2, "the possible duplicate is on record"


async def test_fault_21_after_a_second_silence_a_person_looks_and_nothing_goes_again(room: Mailroom) -> None:
    room.smtp.will(Phase.BODY, Deed.STORE_AND_DROP, Deed.STORE_AND_DROP)
    await room.queue("m")
    await room.send()
    await room.send_for(10 * DAY, timedelta(hours=6))
    assert await room.state("m") == "unknown"
    assert len(room.smtp.stored) == 2
    (call,) = await room.calls()
    assert "may have arrived" in call


async def test_fault_21_a_refusal_is_an_answer_and_takes_nothing_from_the_one_repetition(
    room: Mailroom,
) -> None:
    room.smtp.will(Phase.BODY, "451 4.3.0 Later", "451 4.3.0 Later", Deed.DROP)
    await room.queue("m")
    await room.send()
    await room.send_for(DAY, HALF_AN_HOUR)
    assert await room.state("m") == "sent"
    assert (await room.row("m"))["bodies_started"] == 2


@pytest.mark.parametrize("phase", [Phase.GREETING, Phase.EHLO, Phase.MAIL, Phase.RCPT, Phase.DATA])
async def test_fault_22_a_link_lost_before_the_body_costs_nothing_but_time(
    room: Mailroom, phase: Phase
) -> None:
    room.smtp.will(phase, Deed.DROP)
    await room.queue("m")
    await room.send()
    assert await room.state("m") == "retry"
    assert room.smtp.stored == []
    await room.pass_time(HALF_AN_HOUR)
    await room.send()
    assert await room.state("m") == "sent"
    assert room.arrived_ids() == ["<m@bluepals.example>"]
    assert (await room.row("m"))["bodies_started"] == 1


async def test_fault_23_a_batch_that_died_before_the_body_is_taken_over(room: Mailroom) -> None:
    await room.queue("m")
    await _die(room, state="claimed", bodies=0)
    await room.send()
    assert await room.state("m") == "sent"
    assert len(room.smtp.stored) == 1
    assert (await room.row("m"))["bodies_started"] == 1


async def test_fault_23_a_batch_that_died_after_the_body_leaves_at_most_one_more_copy(room: Mailroom) -> None:
    await room.queue("m")
    await room.send()
    await _die(room, state="data_started", bodies=1)
    await room.send()
    assert await room.state("m") == "sent"
    assert room.arrived_ids() == ["<m@bluepals.example>"] * 2


async def test_fault_23_a_batch_that_died_twice_after_the_body_is_for_a_person(room: Mailroom) -> None:
    await room.queue("m")
    await _die(room, state="data_started", bodies=2)
    await room.send()
    assert await room.state("m") == "unknown"
    assert room.smtp.stored == []
    assert len(await room.calls()) == 1


async def test_fault_23_what_was_marked_as_sent_never_goes_again(room: Mailroom) -> None:
    await room.queue("m")
    await room.send()
    await room.send_for(DAY, timedelta(hours=6))
    assert len(room.smtp.stored) == 1


async def _die(room: Mailroom, *, state: str, bodies: int) -> None:
    """As a killed worker leaves its row, when its claim has run out."""
    await room.admin.execute(
        "UPDATE mail SET state = $1, bodies_started = $2, sent_at = NULL, claim = gen_random_uuid(),"
        " claimed_until = clock_timestamp() - interval '1 second'",
        state,
        bodies,
    )


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.BODY])
@pytest.mark.parametrize(
    "reply", ["450 4.2.0 Greylisted", "451 4.3.0 Later", "452 4.2.2 Full", "421 4.7.0 Busy"]
)
async def test_fault_24_a_server_that_puts_a_mail_off_gets_it_later(
    room: Mailroom, phase: Phase, reply: str
) -> None:
    room.smtp.will(phase, reply)
    await room.queue("m")
    await room.send()
    assert await room.state("m") == "retry"
    assert await room.pause("m") >= HALF_AN_HOUR
    await room.pass_time(HALF_AN_HOUR)
    await room.send()
    assert room.arrived_ids() == ["<m@bluepals.example>"]
    assert await room.calls() == []


async def test_fault_24_pauses_grow_and_a_mail_is_given_up_after_four_to_five_days(room: Mailroom) -> None:
    room.smtp.will(Phase.RCPT, *["450 4.2.0 Greylisted"] * 100)
    await room.queue("m")
    await room.send()
    begun, pauses = room.now, []
    while await room.state("m") == "retry":
        pauses.append(await room.pause("m"))
        await room.pass_time(pauses[-1])
        await room.send()
    assert pauses == sorted(pauses)
    assert 4 * DAY <= room.now - begun <= 5 * DAY
    assert await room.state("m") == "failed"
    assert len(await room.calls()) == 1
    assert await room.suppressed() == []


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.BODY])
@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"])
async def test_fault_24_an_address_that_its_server_calls_invalid_gets_nothing_more(
    room: Mailroom, phase: Phase, status: str
) -> None:
    room.smtp.will(phase, f"550 {status} No such person")
    await room.queue("first", to="Gone@pd.example")
    await room.send()
    assert await room.state("first") == "failed"
    assert await room.suppressed() == ["Gone@pd.example"]
    await room.queue("second", to="Gone@pd.example")
    await room.queue("other", to="dana@pd.example")
    await room.send()
    assert await room.state("second") == "cancelled"
    assert await room.state("other") == "sent"


@pytest.mark.parametrize(
    "reply", ["550 5.7.1 Policy", "552 5.2.2 Full", "554 No", "550 mentions 5.1.1 somewhere", "550 4.1.1 Odd"]
)
async def test_fault_24_any_other_refusal_is_final_for_the_mail_and_keeps_the_address(
    room: Mailroom, reply: str
) -> None:
    room.smtp.will(Phase.RCPT, reply)
    await room.queue("m")
    await room.send()
    assert await room.state("m") == "failed"
    assert await room.suppressed() == []
    (call,) = await room.calls()
    assert "dana" not in call
    await room.queue("next")
    await room.send()
    assert await room.state("next") == "sent"


async def test_fault_24_the_code_decides_whatever_the_text_says(room: Mailroom) -> None:
    room.smtp.will(Phase.BODY, "250 550 5.1.1 Ok")
    await room.queue("m")
    await room.send()
    assert await room.state("m") == "sent"
    assert await room.suppressed() == []


@pytest.mark.parametrize("reply", ["600 What", "354 Again", "nonsense"])
async def test_fault_24_an_answer_that_nobody_knows_is_no_answer(room: Mailroom, reply: str) -> None:
    room.smtp.will(Phase.BODY, reply)
    await room.queue("m")
    await room.send()
    assert await room.state("m") == "unknown"
    assert len(room.smtp.stored) == 0


@pytest.mark.parametrize("reply", ["600 What", "250 Not yet", "nonsense"])
async def test_fault_24_an_odd_answer_before_the_body_is_a_later(room: Mailroom, reply: str) -> None:
    room.smtp.will(Phase.DATA, reply)
    await room.queue("m")
    await room.send()
    assert await room.state("m") == "retry"
    assert (await room.row("m"))["bodies_started"] == 0


async def test_fault_26_six_days_without_a_server_lose_nothing(room: Mailroom) -> None:
    await room.use(port=NOBODY_LISTENS)
    await room.queue("letter-1")
    await room.queue("reminder", useful_until=room.now + 2 * DAY)
    await room.queue("letter-2")
    await room.send_for(3 * DAY, timedelta(hours=3))
    await room.queue("letter-3")
    await room.send_for(3 * DAY, timedelta(hours=3))
    (call,) = await room.calls()
    assert "mail server" in call
    await room.use()
    await room.pass_time(timedelta(minutes=5))
    await room.send()
    assert sorted(room.arrived_ids()) == [f"<letter-{number}@bluepals.example>" for number in (1, 2, 3)]
    assert await room.state("reminder") == "cancelled"
    assert await room.calls() == []


async def test_fault_26_what_waited_leaves_in_order_and_no_faster_than_allowed(
    database: Database, admin: asyncpg.Connection
) -> None:
    async with open_mailroom(database, admin, connections=1, per_minute=1200) as room:
        for number in range(6):
            await room.queue(f"m{number}")
        begun = time.monotonic()
        await room.send()
        assert room.arrived_ids() == [f"<m{number}@bluepals.example>" for number in range(6)]
        assert time.monotonic() - begun >= 5 * 60 / 1200


async def test_fault_26_time_without_a_server_takes_no_patience_from_a_mail_that_was_put_off(
    room: Mailroom,
) -> None:
    room.smtp.will(Phase.RCPT, "450 4.2.0 Greylisted")
    await room.queue("m")
    await room.send()
    await room.use(port=NOBODY_LISTENS)
    await room.send_for(6 * DAY, timedelta(hours=12))
    await room.use()
    room.smtp.will(Phase.RCPT, "450 4.2.0 Greylisted")
    await room.pass_time(timedelta(minutes=5))
    await room.send()
    assert await room.state("m") == "retry"


@pytest.mark.parametrize("phase", [Phase.GREETING, Phase.MAIL])
async def test_fault_26_a_server_that_refuses_us_altogether_fails_no_mail(
    room: Mailroom, phase: Phase
) -> None:
    room.smtp.will(phase, *["550 5.7.1 Not from you"] * 4)
    await room.queue("m")
    await room.send()
    assert await room.state("m") == "retry"
    (call,) = await room.calls()
    assert "550 5.7.1" in call
    room.smtp.script.clear()
    await room.pass_time(timedelta(minutes=5))
    await room.send()
    assert await room.state("m") == "sent"
